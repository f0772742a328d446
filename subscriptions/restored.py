"""A restored backup sends nothing by itself: what is due in it may have been sent since it was made.

Workers move a number on, in the database and in a file beside it. A database whose number is behind its file, or without a
file whose number stood still for hours, was restored: then no mail leaves until a person has said what becomes of what
waits (`manage.py after_restore`).
"""

import logging
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from editorial import logs
from events import correspondence
from events.models import EventNotice
from mail.models import Letter, Outgoing
from subscriptions import announcing, digests
from subscriptions.models import FeedNews, Notification, Subscriber, WorkMark

MOVED_EVERY = timedelta(minutes=1)
STILL_FOR = timedelta(hours=2)
LOST_BY_A_CRASH = 2  # moves, of a database that does not wait for its disk
MAY_BE_SENT = "It was due in a restored backup, and may have been sent since that was made."
log = logging.getLogger(__name__)


def may_send() -> bool:
    """Asked by the worker before each turn of mail."""
    mark, is_new = WorkMark.objects.get_or_create(pk=1)
    if mark.held_since:
        return False
    now, in_file = timezone.now(), _read()
    is_behind = in_file > mark.number + LOST_BY_A_CRASH if in_file is not None else now - mark.at > STILL_FOR
    if is_behind and not is_new:
        WorkMark.objects.filter(pk=1, held_since=None).update(held_since=now)
        log.error("This database was restored. No mail leaves until somebody runs: manage.py after_restore")
        logs.event("mail held after a restore")
        return False
    if is_new or now - mark.at > MOVED_EVERY:
        WorkMark.objects.filter(pk=1, number=mark.number).update(number=F("number") + 1, at=now)
        _write(mark.number + 1)
    elif in_file != mark.number:
        _write(mark.number)
    return True


def is_held() -> bool:
    return WorkMark.objects.filter(held_since__isnull=False).exists()


@transaction.atomic
def release() -> None:
    """Mail leaves again, with all that waits."""
    mark, _is_new = WorkMark.objects.select_for_update().get_or_create(pk=1)
    mark.number, mark.at, mark.held_since = max(mark.number, _read() or 0) + 1, timezone.now(), None
    mark.save()
    _write(mark.number)
    logs.event("mail released after a restore")


@transaction.atomic
def set_aside() -> dict[str, int]:
    """What waits is listed for people and does not go by itself: mailings stopped, letters uncertain, reminders taken as told."""
    now, state = timezone.now(), Notification.State
    open_ones = Notification.objects.filter(state__in=[state.HELD, state.EXPANDING, state.SENDING])
    due = Letter.objects.filter(state__in=[Outgoing.State.DUE, Outgoing.State.HANDING])
    found = {"mailings": 0, "letters": due.update(state=Outgoing.State.UNCERTAIN, due_at=None, reply=MAY_BE_SENT)}
    for held in open_ones:
        announcing.stop(held, MAY_BE_SENT)
        found["mailings"] += 1
    waits = Q(answer_due_at__isnull=False) | Q(state=Subscriber.State.UNCONFIRMED, reminded_at=None)
    found["sign-ups"] = Subscriber.objects.filter(waits).update(answer_due_at=None, reminded_at=now)
    correspondence.order_reminders()
    found["notices of events"] = EventNotice.objects.filter(written_to__isnull=False).update(written_to=None)
    found["news of feeds"] = FeedNews.objects.filter(due_at__lte=now).delete()[0]
    _pass_over_digests()
    return found


def _pass_over_digests() -> None:
    """Digests whose hour has come count as gone out: what they held is not sent again."""
    digests.begin_due()
    for held in Notification.objects.filter(state=Notification.State.EXPANDING).exclude(occasion=""):
        announcing.stop(held, MAY_BE_SENT)


def _read() -> int | None:
    try:
        return int(Path(settings.WORK_MARK_FILE).read_text())
    except (OSError, ValueError):
        return None


def _write(number: int) -> None:
    path = Path(settings.WORK_MARK_FILE)
    try:
        part = path.with_name(f"{path.name}.part")
        part.write_text(str(number))
        part.replace(path)
    except OSError:
        log.warning("%s cannot be written: a restored database is then known only when it is hours old", path)
