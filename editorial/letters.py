"""Letters to one person about their own doing: written as rows, sent by the worker.

Whoever fills in a form never waits for a mail server, and a server that is away loses nothing: a letter is tried again
with growing pauses for three days. What the server refuses for good is not tried again. A worker ended in the middle
leaves its letter to the next, which marks it as in doubt and sends it under the same Message-ID.
"""

import logging
import smtplib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers, make_msgid
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from editorial.models import Letter

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 3, 10, 30, 60, 120, 240, 480)]  # then the last, again and again
GIVE_UP = timedelta(hours=72)
KEPT = timedelta(days=90)


def write(key: str, to: str, subject: str, text: str, reply_to: str = "") -> bool:
    """Have a letter sent, in the caller's transaction. False when the same letter was written before."""
    host = str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].rstrip(">") or "localhost"
    before = Letter.objects.filter(key=key)
    if before.exists():
        return False
    letter = Letter(
        key=key, to=to, reply_to=reply_to, subject=" ".join(subject.split())[:200], text=text,
        message_id=make_msgid(domain=host),
    )  # fmt: skip
    return bool(Letter.objects.bulk_create([letter], ignore_conflicts=True))


def send_due(limit: int = 10) -> int:
    """Claim and send up to this many letters whose time has come; returns how many were tried.

    When the mail server itself does not answer, the rest is left for later instead of knocking once for each.
    """
    letters = _claim(limit)
    if not letters:
        return 0
    mailer: Any = mailers["default"]
    try:
        for place, letter in enumerate(letters):
            if not _send(letter, mailer):
                _put_back(letters[place + 1 :])
                break
    finally:
        _close(mailer)
    return len(letters)


@transaction.atomic
def _claim(limit: int) -> list[Letter]:
    now = timezone.now()
    due = Letter.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    keys = list(due.values_list("pk", flat=True)[:limit])
    if not keys:
        return []
    taken = Letter.objects.filter(pk__in=keys, due_at__lte=now)
    taken.filter(is_in_hand=True).update(is_in_doubt=True)
    taken.update(due_at=now + LEASE, attempts=F("attempts") + 1, is_in_hand=True)
    return list(Letter.objects.filter(pk__in=keys, due_at=now + LEASE).order_by("created_at", "pk"))


def _send(letter: Letter, mailer: Any) -> bool:
    """False when the server cannot be talked to at all. A refusal of this letter alone does not stop the others."""
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    answers_to = [letter.reply_to] if letter.reply_to else None
    message = EmailMessage(letter.subject, letter.text, None, [letter.to], headers=headers, reply_to=answers_to)
    try:
        mailer.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refusal:
        code, words = next(iter(refusal.recipients.values()), (550, b""))
        _refused(letter, int(code), words)
        return True
    except smtplib.SMTPAuthenticationError as error:  # our password is wrong, not the letter
        _later(letter, f"{error.smtp_code} {_text(error.smtp_error)}")
        return False
    except smtplib.SMTPResponseException as refusal:
        _refused(letter, refusal.smtp_code, refusal.smtp_error)
        return refusal.smtp_code != 421
    except (OSError, smtplib.SMTPException) as error:
        _later(letter, f"{type(error).__name__}: {error}")
        return False
    except ValueError as error:  # a header that cannot be written; forms refuse those before
        _over(letter, Letter.State.FAILED, f"{type(error).__name__}")
        return True
    _over(letter, Letter.State.SENT, "")
    return True


def _refused(letter: Letter, code: int, words: Any) -> None:
    said = f"{code} {_text(words)}"
    if code >= 500:
        _over(letter, Letter.State.FAILED, said)
    else:
        _later(letter, said)


def _later(letter: Letter, said: str) -> None:
    if timezone.now() - letter.created_at > GIVE_UP:
        _over(letter, Letter.State.FAILED, said)
        return
    pause = PAUSES[min(letter.attempts, len(PAUSES)) - 1]
    ours = Letter.objects.filter(pk=letter.pk, due_at=letter.due_at)
    ours.update(due_at=timezone.now() + pause, is_in_hand=False, answer=said[:300])
    log.warning("Letter %s not sent yet (attempt %s)", letter.pk, letter.attempts)


def _over(letter: Letter, state: Letter.State, said: str) -> None:
    sent_at = timezone.now() if state == Letter.State.SENT else None
    text = "" if state == Letter.State.SENT else letter.text
    Letter.objects.filter(pk=letter.pk).update(
        state=state, due_at=None, is_in_hand=False, sent_at=sent_at, text=text, answer=said[:300]
    )
    if state == Letter.State.FAILED:
        log.error("Letter %s could not be sent", letter.pk)


def _put_back(letters: list[Letter]) -> None:
    Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        due_at=timezone.now() + PAUSES[0], attempts=F("attempts") - 1, is_in_hand=False
    )


def _close(mailer: Any) -> None:
    try:
        mailer.close()
    except (OSError, smtplib.SMTPException):
        log.warning("The mail server did not say goodbye")


def _text(words: Any) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)


def forget(address: str) -> int:
    """Remove every letter to somebody, or that carries their words, whatever became of it."""
    theirs = Letter.objects.filter(to__iexact=address) | Letter.objects.filter(reply_to__iexact=address)
    return theirs.delete()[0]


def purge() -> int:
    """Letters that are over are remembered for a while, in case somebody asks where one is."""
    return Letter.objects.exclude(state=Letter.State.WAITING).filter(created_at__lt=timezone.now() - KEPT).delete()[0]
