"""What is not kept: sign-ups that nobody confirmed after a week, who got which mailing after ninety days, whoever left after
two years. Each night's count of these and of the other rooms' rules stands at the desk.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from editorial import logs
from mail import letters
from subscriptions import barring, reporting
from subscriptions.models import (
    Bounce,
    ConsentRecord,
    Forgotten,
    Notification,
    Subscriber,
    Subscription,
    Suppression,
    Tally,
)
from subscriptions.signing_up import IMPORTED
from subscriptions.wishes import CHANGE_HOLDS_FOR

UNCONFIRMED = timedelta(days=7)
LEFT = timedelta(days=730)
DELIVERIES = timedelta(days=90)
AT_A_TIME = 500
MAILINGS_A_NIGHT = 50


def counted(what: str, rule: Callable[[], int]) -> Callable[[], int]:
    """The rule, with what it removed written down for the day."""

    def run() -> int:
        count = rule()
        if count:
            day, _is_new = Forgotten.objects.get_or_create(on=timezone.localdate(), what=what, defaults={"count": 0})
            Forgotten.objects.filter(pk=day.pk).update(count=F("count") + count)
        return count

    return run


def tally_old() -> int:
    """Of mailings of long ago figures by list are kept, and no longer who got them. How many deliveries went."""
    ended = [Notification.State.DONE, Notification.State.STOPPED]
    old = Notification.objects.filter(state__in=ended, announced_at__lt=timezone.now() - DELIVERIES)
    return sum(_tally(one) for one in old.filter(deliveries__isnull=False).distinct().order_by("pk")[:MAILINGS_A_NIGHT])


@transaction.atomic
def _tally(held: Notification) -> int:
    Tally.objects.bulk_create(
        Tally(notification=held, target=target, **reporting.kept(figures))
        for target, figures in reporting.by_target(held).items()
    )
    Bounce.objects.filter(delivery__notification=held).delete()
    # As delete(), which would fetch every row to look for the bounces that went just now.
    return held.deliveries.all()._raw_delete(held.deliveries.db)  # noqa: SLF001


def erase_old() -> int:
    """Nightly; how many were erased stands in the log, never whose."""
    now = timezone.now()
    lately = Subscription.objects.filter(subscriber=OuterRef("pk"), asked_at__gte=now - UNCONFIRMED)
    said_since = ConsentRecord.objects.filter(subscriber=OuterRef("pk"), at__gte=now - LEFT)
    old = Subscriber.objects.filter(
        ~Exists(lately), created_at__lt=now - UNCONFIRMED, state=Subscriber.State.UNCONFIRMED
    )
    gone = Subscriber.objects.filter(~Exists(said_since), state=Subscriber.State.LEFT, created_at__lt=now - LEFT)
    unconfirmed = sum(_erase(one) for one in old.order_by("pk")[:AT_A_TIME])
    left = sum(_erase(one) for one in gone.order_by("pk")[:AT_A_TIME])
    waiting = Subscription.objects.filter(asked_at__lt=now - UNCONFIRMED, is_active=False).update(asked_at=None)
    moves = Subscriber.objects.exclude(wanted_email="").filter(wanted_at__lt=now - CHANGE_HOLDS_FOR)
    moved = moves.update(wanted_email="", wanted_agreed="", wanted_at=None)
    if unconfirmed or left or waiting or moved:
        logs.event("old sign-ups erased", unconfirmed=unconfirmed, left=left, wishes=waiting, other_addresses=moved)
    return unconfirmed + left + waiting + moved


@transaction.atomic
def _erase(subscriber: Subscriber) -> int:
    """Whoever did not answer an invitation is not invited again: of them a keyed hash stays."""
    if subscriber.consents.order_by("pk").values_list("source", flat=True).last() == IMPORTED:
        barring.bar(subscriber.email, Suppression.Cause.ERASED, "Invited by an import, and did not confirm.")
    letters.forget(subscriber.email)
    subscriber.delete()
    return 1
