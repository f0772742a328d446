"""From "notify" at publishing to one delivery for each person: held for a few minutes, then addressed batch by batch.

Each step locks its notification and leaves it as if it had never begun when it is cut off, so that any number of workers
may take part and be killed: no person is left out, and a constraint keeps a second delivery away.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial.models import Publishable, User
from mail.leaving import let_go
from mail.models import Outgoing
from subscriptions import digests, matching, sender_check
from subscriptions.models import Notification, Subscriber

HOLD = timedelta(minutes=5)
TOO_LATE = timedelta(hours=2)
# Subscribers (by key) that are looked at in one transaction, and batches that one turn of the worker takes.
BATCH, BATCHES_A_TURN = 50_000, 4
State = Notification.State
STOPPED = "Stopped"  # in the reply of a delivery that a stop caught in a worker's hands
OPEN = (Outgoing.State.DUE, Outgoing.State.HANDING)


class NotAllowed(Exception):
    """The step does not follow from where the notification stands. The message is for the editor."""


def notification_of(item: Publishable) -> Notification | None:
    kind = ContentType.objects.get_for_model(item)
    return Notification.objects.filter(content_type=kind, object_id=item.pk, occasion="", change="").first()


def item_of(notification: Notification) -> Any:
    """The item as it stands now; None for a digest and for what is gone."""
    kind = notification.content_type
    model = kind.model_class() if kind else None
    return model._default_manager.filter(pk=notification.object_id).first() if model else None


@transaction.atomic
def wish(item: Publishable, by: User | None, *, change: str = "", subject: str = "") -> Notification:
    """Announce the item once it is public and the hold is over. Within the transaction of the step that publishes it.

    A `change` is told by itself, under a subject of its own. One that was held or stopped before anybody was addressed
    begins anew; one that went out stays as it is.
    """
    due = max(timezone.now(), item.publish_at or timezone.now()) + HOLD
    facts = {"subject": (subject or str(getattr(item, "title", item)))[:250], "due_at": due, "by": by}
    kind = ContentType.objects.get_for_model(item)
    found, is_new = Notification.objects.select_for_update().get_or_create(
        content_type=kind, object_id=item.pk, occasion="", change=change, defaults=facts
    )
    if not is_new and found.announced_at is None:
        Notification.objects.filter(pk=found.pk).update(**facts, state=State.HELD, stopped_because="")
        found.refresh_from_db()
    return found


@transaction.atomic
def stop(notification: Notification, because: str) -> None:
    """No further letter of it leaves, those in a worker's hands included; what is left can go out later."""
    held = Notification.objects.select_for_update().get(pk=notification.pk)
    if held.state in (State.STOPPED, State.DONE):
        raise NotAllowed(_("There is nothing left to stop: the last letter was handed over."))
    held.state, held.stopped_because = State.STOPPED, because[:200]
    held.save(update_fields=["state", "stopped_because"])
    held.deliveries.filter(state=Outgoing.State.DUE).update(due_at=None)
    let_go(held.deliveries.all())


@transaction.atomic
def go_on(notification: Notification) -> int:
    """Send now what waits: the whole of a late one, the rest of a stopped one. How many are addressed and unsent."""
    held = Notification.objects.select_for_update().get(pk=notification.pk)
    if held.state not in (State.STOPPED, State.LATE, State.HELD):
        raise NotAllowed(_("It is under way already."))
    if held.content_type_id and not _is_public(held):
        raise NotAllowed(_("Readers cannot see the piece. Publish it first."))
    now = timezone.now()
    held.state = State.HELD if held.announced_at is None else State.EXPANDING
    held.due_at, held.stopped_because = now, ""
    held.save(update_fields=["state", "due_at", "stopped_because"])
    caught = Q(state=Outgoing.State.SKIPPED, reply=STOPPED)
    waiting = held.deliveries.filter(Q(state=Outgoing.State.DUE, due_at__isnull=True) | caught)
    return int(waiting.update(state=Outgoing.State.DUE, due_at=now, claim="", reply=""))


def work() -> int:
    """One turn of the worker: what is due to begin, to go on being addressed, or to be called done."""
    stop_what_is_gone()
    digests.begin_due()
    return begin_due() + sum(1 for one in _under_way() if _address(one)) + finish()


def begin_due() -> int:
    """Begin those whose hold is over. Too late, it waits for a person; of an item gone from readers, it stops."""
    now, begun = timezone.now(), 0
    for key in Notification.objects.filter(state=State.HELD, due_at__lte=now).values_list("pk", flat=True)[:20]:
        with transaction.atomic():
            held = _locked(key, State.HELD)
            if held is None:
                continue
            if held.content_type_id and not _is_public(held):
                held.state, held.stopped_because = State.STOPPED, _("Readers cannot see it.")
            elif now - held.due_at > TOO_LATE:
                held.state = State.LATE
            elif words := sender_check.refusal():
                held.state, held.stopped_because = State.STOPPED, words[:200]
            else:
                _begin(held)
                begun += 1
            held.save()
    return begun


def stop_what_is_gone() -> None:
    """Withdrawn, or taken back to draft, while it was being sent."""
    for held in Notification.objects.filter(state__in=[State.EXPANDING, State.SENDING], occasion=""):
        if not _is_public(held):
            stop(held, _("Readers cannot see it."))


def _begin(held: Notification) -> None:
    item = item_of(held)
    held.targets = matching.targets_of(item)
    held.subject = held.subject if held.change else item.title[:250]
    held.state, held.announced_at, held.expanded_to = State.EXPANDING, timezone.now(), 0


def _under_way() -> list[int]:
    return list(Notification.objects.filter(state=State.EXPANDING).order_by("due_at").values_list("pk", flat=True))


def _address(key: int) -> bool:
    """A few batches of one notification. True when anything was done."""
    one_batch: Callable[[Notification, int, int], int]
    for turn in range(BATCHES_A_TURN):
        with transaction.atomic():
            held = _locked(key, State.EXPANDING)
            if held is None:
                return turn > 0
            last = Subscriber.objects.aggregate(last=Max("pk"))["last"] or 0
            start = held.expanded_to
            if start is not None:
                one_batch = digests.address if held.occasion else address
                upto = start + (digests.BATCH if held.occasion else BATCH)
                one_batch(held, start, upto)
                held.expanded_to = upto if upto < last else None
            if held.expanded_to is None:
                held.state = State.SENDING
            held.save(update_fields=["expanded_to", "state"])
            if held.state == State.SENDING:
                return True
    return True


def address(held: Notification, start: int, upto: int) -> int:
    """Deliveries to those with keys above `start` and up to `upto`, in one statement. How many are new.

    A person on several of the lists has one, with the list that comes first as the reason. The range is said of each table,
    as the database would not conclude it from one to the other and read all wishes for each batch.
    """
    now = timezone.now()
    if not held.targets:
        return 0
    target, domain, given = "(%s::text[])[first.place]", "split_part(person.key, '@', 2)", held.targets
    if connection.vendor == "sqlite":
        target, domain = (
            "json_extract(%s, '$[' || (first.place - 1) || ']')",
            "substr(person.key, instr(person.key, '@') + 1)",
        )
        given = json.dumps(held.targets)
    places = " ".join(f"WHEN %s THEN {place}" for place, _target in enumerate(held.targets, 1))
    marks = ", ".join(["%s"] * len(held.targets))
    statement = f"""
        INSERT INTO subscriptions_delivery (notification_id, subscriber_id, target, domain, state, due_at, attempts,
            claim, reply, created_at)
        SELECT %s, person.id, {target}, {domain}, 'due', %s, 0, '', '', %s
        FROM (SELECT subscriber_id, min(CASE target {places} END) AS place FROM subscriptions_subscription
            WHERE is_active AND frequency = 'once' AND target IN ({marks})
                AND subscriber_id > %s AND subscriber_id <= %s
            GROUP BY subscriber_id) first
        JOIN subscriptions_subscriber person ON person.id = first.subscriber_id
        WHERE person.id > %s AND person.id <= %s AND person.state = 'confirmed'
            AND (person.paused_until IS NULL OR person.paused_until <= %s)
            AND person.id NOT IN (SELECT subscriber_id FROM subscriptions_suppression
                WHERE lifted_at IS NULL AND subscriber_id > %s AND subscriber_id <= %s)"""  # noqa: S608 -- names of ours
    today, span = timezone.localdate(), (start, upto)
    values = [held.pk, given, now, now, *held.targets, *held.targets, *span, *span, today, *span]
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(statement, values)
        except IntegrityError:  # some have theirs: seldom, and asking for it each time costs a tenth
            cursor.execute(statement + " ON CONFLICT DO NOTHING", values)
        return int(cursor.rowcount)


def finish() -> int:
    """Those of which nothing is left to send."""
    now, done = timezone.now(), 0
    for held in Notification.objects.filter(state=State.SENDING):
        if not held.deliveries.filter(state__in=OPEN).exists():
            done += Notification.objects.filter(pk=held.pk, state=State.SENDING).update(
                state=State.DONE, finished_at=now
            )
    return done


def _locked(key: int, state: State) -> Notification | None:
    """Held until the transaction ends; None when somebody else has it, or has moved it on."""
    rows = Notification.objects.filter(pk=key, state=state)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    else:
        rows.update(state=F("state"))  # takes the one lock that SQLite has
    return rows.first()


def _is_public(held: Notification) -> bool:
    item = item_of(held)
    return bool(item is not None and item.is_public)
