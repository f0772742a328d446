"""From a wish to a confirmed wish. The form only writes down; the worker answers by letter, so that neither what is shown
nor how long it takes tells whether an address was known.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial import addresses, logs
from mail import letters
from mail.composing import Composition, written
from subscriptions import barring, consents, links
from subscriptions.lists import Followable
from subscriptions.models import ConsentRecord, Subscriber, Subscription, Suppression

ONE_LETTER_IN = timedelta(days=1)
REMINDED_AFTER = timedelta(hours=48)
IMPORTED = "import"
NAMED = 12  # lists that a letter names


@transaction.atomic
def take_in(email: str, wished: Iterable[Followable], frequency: str, source: str) -> Subscriber:
    """Write a wish down: by the same statements whether or not the address is known. Nothing that is active changes."""
    now, key, chosen = timezone.now(), addresses.key_of(email), list(wished)
    Subscriber.objects.bulk_create([Subscriber(email=email, key=key)], ignore_conflicts=True)
    later = ExpressionWrapper(F("asked_at") + ONE_LETTER_IN, output_field=DateTimeField())
    due = Case(When(asked_at__gt=now - ONE_LETTER_IN, then=later), default=Value(now), output_field=DateTimeField())
    Subscriber.objects.filter(key=key).update(answer_due_at=due)
    subscriber = Subscriber.objects.get(key=key)
    _wish(subscriber, chosen, frequency, now)
    consents.record(subscriber, ConsentRecord.Step.ASKED, [one.target for one in chosen], source)
    return subscriber


def _wish(subscriber: Subscriber, chosen: list[Followable], frequency: str, now: datetime) -> None:
    Subscription.objects.bulk_create(
        (
            Subscription(
                subscriber=subscriber, target=one.target, label=one.label, frequency=frequency, created_at=now, asked_at=now
            )
            for one in chosen
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    waiting = subscriber.subscriptions.filter(target__in=[one.target for one in chosen], is_active=False)
    waiting.update(frequency=frequency, asked_at=now)


def answer_due(limit: int = 20) -> int:
    """Write the letters that answer sign-ups: one to an address in a day, whatever happens on the form."""
    return _each(Subscriber.objects.filter(answer_due_at__lte=timezone.now()).order_by("answer_due_at"), limit, _answer)


def remind_due(limit: int = 20) -> int:
    """Once, two days after the letter that was not followed."""
    waiting = Subscription.objects.filter(subscriber=OuterRef("pk"), asked_at__isnull=False)
    late = Subscriber.objects.filter(
        Exists(waiting),
        state=Subscriber.State.UNCONFIRMED,
        asked_at__lte=timezone.now() - REMINDED_AFTER,
        reminded_at__isnull=True,
    )
    return _each(late.order_by("asked_at"), limit, _remind)


def _each(rows: QuerySet[Subscriber], limit: int, do: Callable[[Subscriber], None]) -> int:
    """Each in a transaction of its own, under a lock: however many workers ask, there is one letter."""
    done = 0
    for key in list(rows.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            locked = rows.filter(pk=key)
            if connection.features.has_select_for_update_skip_locked:
                locked = locked.select_for_update(skip_locked=True, of=("self",))
            if subscriber := locked.first():
                do(subscriber)
                done += 1
    return done


def _answer(subscriber: Subscriber) -> None:
    due = subscriber.answer_due_at
    assert due is not None
    now = timezone.now()
    Subscriber.objects.filter(pk=subscriber.pk).update(answer_due_at=None, asked_at=now)
    barred = barring.find(subscriber.email)
    if barred and barred.cause != Suppression.Cause.ERASED:
        logs.event("sign-up of a barred address", subscriber=subscriber.pk, cause=barred.cause)
        return
    waiting = list(subscriber.subscriptions.filter(asked_at__isnull=False))
    if waiting:
        is_invited = subscriber.consents.order_by("pk").values_list("source", flat=True).last() == IMPORTED
        words = invitation(subscriber, waiting) if is_invited else request(subscriber, waiting)
    elif subscriber.state == Subscriber.State.CONFIRMED:
        words = already(subscriber)
    else:
        return
    _write(f"subscriber {subscriber.pk} answered {due.isoformat()}", subscriber, *words)
    logs.event("sign-up answered", subscriber=subscriber.pk, lists=len(waiting))


def _remind(subscriber: Subscriber) -> None:
    Subscriber.objects.filter(pk=subscriber.pk).update(reminded_at=timezone.now())
    waiting = list(subscriber.subscriptions.filter(asked_at__isnull=False))
    if not barring.find(subscriber.email):
        _write(f"subscriber {subscriber.pk} reminded", subscriber, *request(subscriber, waiting, again=True))
        logs.event("sign-up reminded", subscriber=subscriber.pk)


def _write(key: str, subscriber: Subscriber, subject: str, words: Composition) -> None:
    text, html = written(words)
    letters.write(key, ("", subscriber.email), subject, text, html=html)


def request(subscriber: Subscriber, waiting: list[Subscription], again: bool = False) -> tuple[str, Composition]:
    is_more = subscriber.state == Subscriber.State.CONFIRMED
    opening = _("Somebody, most likely you, asked on our website that RSIS write to this address about:")
    if again:
        opening = _("Two days ago somebody, most likely you, asked that RSIS write to this address about:")
    small = [
        _("Was it not you? Then do nothing: without confirmation nothing is sent, and we forget the address in a week.")
    ]
    if is_more:
        small = [_("Was it not you? Then do nothing: what you receive today stays as it is.")]
    words = Composition(
        heading=_("You do not receive these lists yet") if is_more else _("You are not subscribed yet"),
        paragraphs=[opening, named(waiting), _("The button leads to a page on which one more button confirms it.")],
        button=(_("Open the confirmation page"), links.confirm_url(subscriber)),
        small=[*small, _this_is_the_last()] if again else small,
    )
    return (_("Not confirmed yet: RSIS by e-mail") if again else _("Please confirm: RSIS by e-mail")), words


def _this_is_the_last() -> str:
    return _("This is the only reminder.")


def invitation(subscriber: Subscriber, waiting: list[Subscription]) -> tuple[str, Composition]:
    return _("An invitation: RSIS by e-mail"), Composition(
        heading=_("Would you like to hear from RSIS?"),
        paragraphs=[
            _("Your address is on a list of contacts of the school. We would gladly write to you about:"),
            named(waiting),
            _("You are not subscribed, and without your confirmation this stays the only letter."),
        ],
        button=(_("Open the confirmation page"), links.confirm_url(subscriber)),
        small=[_("If you do nothing, we forget the address in a week.")],
    )


def already(subscriber: Subscriber) -> tuple[str, Composition]:
    return _("You receive these lists already: RSIS by e-mail"), Composition(
        heading=_("You are subscribed already"),
        paragraphs=[
            _("Somebody, most likely you, asked on our website for lists that this address receives already."),
            _("Nothing has changed. How often they come, and which, you can change on the page of your subscriptions."),
        ],
        button=(_("Your subscriptions"), links.manage_url(subscriber)),
        small=[_("Was it not you? Then do nothing.")],
    )


def named(wishes: list[Subscription]) -> str:
    """`Maritime Security; Policy Reports; 3 more lists.`"""
    shown = [one.label for one in wishes[:NAMED]]
    if more := len(wishes) - len(shown):
        shown.append(ngettext("%d more list", "%d more lists", more) % more)
    return "; ".join(shown) + "."
