"""Writing letters. A letter is a row in the same transaction as what it tells of; the worker sends it after that."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.utils import timezone

from mail.line import Parcel, parcel_of
from mail.models import Letter, Outgoing
from mail.sending import Mailing

# The text goes first, the record of what was sent to whom later.
TEXT_KEPT = timedelta(days=14)
RECORD_KEPT = timedelta(days=90)


class Calendar(NamedTuple):
    text: str
    method: str


NONE = Calendar("", "")


def write(
    key: str,
    to: tuple[str, str],
    subject: str,
    text: str,
    *,
    html: str = "",
    reply_to: str = "",
    calendar: Calendar = NONE,
) -> Letter:
    """A letter to a name and an address, sent once however often it is written under the same key.

    Raises ValueError when subject, name or address would break a header.
    """
    facts: dict[str, str] = {
        "to_name": to[0], "to_address": to[1], "subject": subject, "text": text, "html": html, "reply_to": reply_to,
        "calendar": calendar.text, "calendar_method": calendar.method,
    }  # fmt: skip
    Letter(key=key, **facts).message().message()
    Letter.objects.bulk_create([Letter(key=key, **facts)], ignore_conflicts=True)
    return Letter.objects.get(key=key)


def is_written(key: str) -> bool:
    return Letter.objects.filter(key=key).exists()


class Letters(Mailing[Letter]):
    model = Letter
    mailer = "default"

    def parcel(self, row: Letter) -> Parcel:
        message: EmailMultiAlternatives = row.message()
        return parcel_of(message, row.to_address)


def send_due(limit: int = 50) -> int:
    return Letters().send_due(limit)


def forget(address: str, until: datetime | None = None) -> int:
    """Remove every letter to somebody, or that carries their words, whatever became of it; those written up to then."""
    theirs = Letter.objects.filter(Q(to_address__iexact=address) | Q(reply_to__iexact=address))
    return int(theirs.filter(created_at__lte=until or timezone.now()).delete()[0])


def tidy() -> int:
    """Texts of letters that arrived, then the letters themselves, after their time."""
    now = timezone.now()
    done = Q(state__in=[Outgoing.State.SENT, Outgoing.State.SKIPPED])
    old = Letter.objects.filter(done, created_at__lt=now - TEXT_KEPT).exclude(text="")
    emptied = old.update(text="", html="", calendar="")
    gone, _each = Letter.objects.filter(created_at__lt=now - RECORD_KEPT, due_at__isnull=True).delete()
    return emptied + gone
