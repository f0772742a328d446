"""Readers, pieces and a mail server for tests of mailings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils import timezone

from mail import sending as engine
from publications.models import Publication
from subscriptions import announcing, lists
from subscriptions.models import Delivery, Notification, Subscriber, Subscription
from subscriptions.sending import Deliveries
from tests.factories import PublicationFactory
from tests.smtp_sink import Sink, smtp_sink


def reader(email: str = "mei@example.org", *targets: str, frequency: str = "once", **facts: Any) -> Subscriber:
    """Confirmed, with wishes that are active; of the plain list of publications when none is named."""
    now = timezone.now() - timedelta(days=30)
    given: dict[str, Any] = {"state": "confirmed", "confirmed_at": now, "created_at": now} | facts
    found, _new = Subscriber.objects.get_or_create(key=email.casefold(), defaults={"email": email, **given})
    for target in targets or (lists.PUBLICATIONS,):
        Subscription.objects.create(
            subscriber=found, target=target, label=f"List {target}", frequency=frequency, is_active=True, created_at=now
        )
    return found


def piece(**facts: Any) -> Publication:
    """Public for an hour."""
    return PublicationFactory.create(published=True, **facts)


def announced(one: Publication | None = None) -> Notification:
    """Wished, its hold over, addressed."""
    held = announcing.wish(one or piece(), None)
    Notification.objects.filter(pk=held.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    announcing.work()
    held.refresh_from_db()
    return held


def addressed(held: Notification) -> list[str]:
    return sorted(held.deliveries.values_list("subscriber__email", flat=True))


@contextmanager
def bulk_sink(settings: Any) -> Iterator[Sink]:
    with smtp_sink() as (found, port):
        options = {"host": "127.0.0.1", "port": port, "timeout": 5}
        one = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
        settings.MAILERS = {"default": one, "bulk": one}
        settings.BULK_A_MINUTE = 0
        settings.BULK_CONNECTIONS = 1  # threads would not see what a test has not committed
        forget()
        yield found
        forget()


def forget() -> None:
    engine.Mailing.left_alone.clear()
    Deliveries.prepared.clear()
    Deliveries.labels.clear()


def fates(held: Notification) -> dict[str, str]:
    return dict(Delivery.objects.filter(notification=held).values_list("subscriber__email", "state"))
