"""What is not kept: sign-ups that nobody confirmed after a week, whoever left after two years."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from editorial import logs
from mail import letters
from subscriptions import barring
from subscriptions.models import ConsentRecord, Subscriber, Subscription, Suppression
from subscriptions.signing_up import IMPORTED
from subscriptions.wishes import CHANGE_HOLDS_FOR

UNCONFIRMED = timedelta(days=7)
LEFT = timedelta(days=730)
AT_A_TIME = 500


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
