"""Confirming, changing and leaving. Each takes the subscriber's row first, so that of two at one moment the later stands,
and whatever is done twice is done once.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial import addresses, logs
from mail import letters
from mail.composing import Composition, written
from mail.leaving import let_go
from mail.models import Letter
from subscriptions import barring, consents, links
from subscriptions.lists import Followable
from subscriptions.models import ConsentRecord, Delivery, Subscriber, Subscription, Suppression

Step = ConsentRecord.Step
State = Subscriber.State
PAUSES = (1, 2, 4, 8, 12)  # weeks
CHANGE_HOLDS_FOR = timedelta(days=7)


def _hold(subscriber: Subscriber) -> Subscriber:
    return Subscriber.objects.select_for_update().get(pk=subscriber.pk)


@transaction.atomic
def confirm(subscriber: Subscriber, source: str) -> int:
    """What waits becomes active; how many lists that were. Only whoever holds a link of a letter comes here."""
    held, now = _hold(subscriber), timezone.now()
    waiting = held.subscriptions.filter(asked_at__isnull=False)
    targets = list(waiting.values_list("target", flat=True))
    if not targets:
        return 0
    waiting.update(is_active=True, asked_at=None, sent_to=now)
    Subscriber.objects.filter(pk=held.pk).update(
        state=State.CONFIRMED, confirmed_at=held.confirmed_at or now, answer_due_at=None
    )
    consents.record(held, Step.CONFIRMED, targets, source)
    barred = barring.find(held.email)
    if barred and barred.cause == Suppression.Cause.ERASED:
        barring.lift(held.email, "Confirmed anew from the address itself.")
    logs.event("subscription confirmed", subscriber=held.pk, lists=len(targets))
    return len(targets)


@transaction.atomic
def add(subscriber: Subscriber, chosen: list[Followable], frequency: str, source: str) -> int:
    """Further lists of somebody who came by a link of a letter; no further letter is needed."""
    held, now = _hold(subscriber), timezone.now()
    Subscription.objects.bulk_create(
        (Subscription(subscriber=held, target=one.target, label=one.label, asked_at=now) for one in chosen),
        ignore_conflicts=True,
    )
    wanted = held.subscriptions.filter(target__in=[one.target for one in chosen], is_active=False)
    wanted.update(asked_at=now, frequency=frequency)
    consents.record(held, Step.ASKED, wanted.values_list("target", flat=True), source)
    return confirm(held, source)


@transaction.atomic
def leave(subscriber: Subscriber, scope: str, source: str) -> int:
    """The list of a link (its hash), all of one pace, or everything; how many lists were left."""
    held = _hold(subscriber)
    wishes = [one for one in held.subscriptions.all() if one.is_active or one.asked_at]
    everything = scope == links.scope_of(links.EVERYTHING)
    left = [one for one in wishes if everything or scope in {links.scope_of(one.target), links.scope_of(one.frequency)}]
    return _take_out(held, held.subscriptions.filter(pk__in=[one.pk for one in left]), source)


def leave_all(subscriber: Subscriber, source: str) -> int:
    return leave(subscriber, links.scope_of(links.EVERYTHING), source)


def _take_out(held: Subscriber, rows: QuerySet[Subscription], source: str) -> int:
    targets = list(rows.values_list("target", flat=True))
    if not targets:
        return 0
    rows.update(is_active=False, asked_at=None)
    consents.record(held, Step.WITHDRAWN, targets, source)
    wishes = held.subscriptions
    if not wishes.filter(is_active=True).exists() and not wishes.filter(asked_at__isnull=False).exists():
        Subscriber.objects.filter(pk=held.pk).update(state=State.LEFT, answer_due_at=None)
    let_go(Delivery.objects.filter(subscriber=held.pk))
    logs.event("list left", subscriber=held.pk, lists=len(targets), by=source)
    return len(targets)


@transaction.atomic
def arrange(subscriber: Subscriber, paces: dict[int, str], pause: int | None, hour: int, source: str) -> None:
    """How often each list comes (by its row; an empty pace leaves it), a pause of so many weeks, the hour of digests.

    Without a number of weeks the pause stays as it is.
    """
    held = _hold(subscriber)
    active = {one.pk: one for one in held.subscriptions.filter(is_active=True)}
    given = {active[key]: pace for key, pace in paces.items() if key in active}
    for pace in Subscription.Frequency.values:
        changed = [one for one, wanted in given.items() if wanted == pace != one.frequency]
        if changed:
            held.subscriptions.filter(pk__in=[one.pk for one in changed]).update(frequency=pace, sent_to=timezone.now())
            consents.record(held, Step.CHANGED, [one.target for one in changed], f"{source}: {pace}")
    _take_out(held, held.subscriptions.filter(pk__in=[one.pk for one, wanted in given.items() if not wanted]), source)
    until = held.paused_until
    if pause is not None:
        until = timezone.localdate() + timedelta(weeks=pause) if pause else None
    Subscriber.objects.filter(pk=held.pk).update(paused_until=until, digest_hour=hour)
    if pause:
        let_go(Delivery.objects.filter(subscriber=held.pk))
    logs.event("subscriptions arranged", subscriber=held.pk)


@transaction.atomic
def ask_to_move(subscriber: Subscriber, email: str) -> bool:
    """Ask both addresses; a letter to each, at most once a day. Whether the other is known to us is not told."""
    held, now = _hold(subscriber), timezone.now()
    is_same = addresses.key_of(email) == held.key
    is_soon = held.wanted_at is not None and held.wanted_at > now - timedelta(days=1)
    if is_same or is_soon:
        return False
    held.wanted_email, held.wanted_agreed, held.wanted_at = email, "", now
    held.save(update_fields=["wanted_email", "wanted_agreed", "wanted_at"])
    sides = ((links.OLD, held.email), (links.NEW, email))
    _asked_old, asked_new = [_ask_to_move(held, side, address, now) for side, address in sides]
    # To an address that is barred a letter is written as well, though it does not leave: the time that the answer takes tells
    # no more than its words.
    is_barred = barring.find(email) is not None
    state, due_at = (Letter.State.SKIPPED, None) if is_barred else (Letter.State.DUE, now)
    Letter.objects.filter(pk=asked_new.pk).update(state=state, due_at=due_at)
    consents.record(held, Step.CHANGED, ["another address"], "preferences: asked")
    return True


def _ask_to_move(subscriber: Subscriber, side: str, address: str, now: datetime) -> Letter:
    text, html = written(_request_to_move(subscriber, side))
    key = f"subscriber {subscriber.pk} moves {now.isoformat()} {side}"
    subject = _("Please confirm: another address for RSIS by e-mail")
    return letters.write(key, ("", address), subject, text, html=html)


def _request_to_move(subscriber: Subscriber, side: str) -> Composition:
    here = {
        links.OLD: _("Your RSIS letters are to come to another address. If this is what you want, say so."),
        links.NEW: _("Somebody who receives letters from RSIS wants to receive them at this address. If it is you, say so."),
    }  # fmt: skip
    return Composition(
        heading=_("Nothing has changed yet"),
        paragraphs=[here[side], _("The change is made once both addresses, the old and the new, have confirmed it.")],
        button=(_("Open the confirmation page"), links.change_url(subscriber, side)),
        small=[_("Was it not you? Then do nothing, and everything stays as it is.")],
    )


def is_wanted(subscriber: Subscriber, moment: str) -> bool:
    """Whether a link is about the change wished last, and still in time."""
    in_time = subscriber.wanted_at is not None and subscriber.wanted_at >= timezone.now() - CHANGE_HOLDS_FOR
    return in_time and links.is_current(subscriber, moment)


@transaction.atomic
def agree_to_move(subscriber: Subscriber, side: str) -> bool:
    """One of the two agrees. True once both have: the address is then another one, with the same wishes."""
    held = _hold(subscriber)
    if not held.wanted_email or (held.wanted_at and held.wanted_at < timezone.now() - CHANGE_HOLDS_FOR):
        return False
    if held.wanted_agreed in {"", side}:
        Subscriber.objects.filter(pk=held.pk).update(wanted_agreed=side)
        return False
    key = addresses.key_of(held.wanted_email)
    for other in Subscriber.objects.select_for_update().filter(key=key).exclude(pk=held.pk):
        _take_over(held, other)
    Subscriber.objects.filter(pk=held.pk).update(
        email=held.wanted_email, key=key, wanted_email="", wanted_agreed="", wanted_at=None
    )
    barring.follow(held, held.wanted_email)
    consents.record(held, Step.CHANGED, ["another address"], "both addresses")
    logs.event("address of a subscriber changed", subscriber=held.pk)
    return True


def _take_over(held: Subscriber, other: Subscriber) -> None:
    """The new address was a subscriber's too, and its owner has just agreed: one person, one row."""
    known = set(held.subscriptions.filter(is_active=True).values_list("target", flat=True))
    more = other.subscriptions.filter(is_active=True).exclude(target__in=known)
    held.subscriptions.filter(target__in=list(more.values_list("target", flat=True))).delete()
    more.update(subscriber=held)
    other.delete()
