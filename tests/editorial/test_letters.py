"""Letters are rows: none is lost when the mail server is away, none is sent twice, none is tried for ever."""

import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from editorial import letters
from editorial.models import Letter

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 3, 20, 9, tzinfo=UTC)


def write(key: str = "one", **given: Any) -> Letter:
    letters.write(**({"key": key, "to": "mei@example.org", "subject": "Thanks", "text": "Words."} | given))
    return Letter.objects.get(key=key)


def failing(error: Exception) -> Any:
    return mock.patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=error)


def test_a_letter_is_sent_once_with_where_to_answer_and_then_forgets_its_words() -> None:
    letter = write(reply_to="writer@example.org")
    assert (letters.send_due(), letters.send_due()) == (1, 0)
    (sent,) = mail.outbox
    assert (sent.to, sent.reply_to, sent.subject, sent.body) == (
        ["mei@example.org"], ["writer@example.org"], "Thanks", "Words.",
    )  # fmt: skip
    assert sent.extra_headers["Message-ID"] == letter.message_id
    letter.refresh_from_db()
    assert (letter.state, letter.text, letter.due_at, letter.attempts) == ("sent", "", None, 1)


def test_the_same_letter_cannot_be_written_twice() -> None:
    write()
    assert letters.write("one", "mei@example.org", "Again", "Words.") is False
    assert Letter.objects.count() == 1


def test_a_line_break_never_reaches_a_header() -> None:
    assert write(subject="Thanks\r\nBcc: all@example.org").subject == "Thanks Bcc: all@example.org"


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPServerDisconnected("gone"),
                                   smtplib.SMTPAuthenticationError(535, b"no")])  # fmt: skip
def test_a_server_that_is_away_is_asked_again_later_and_nothing_is_lost(error: Exception) -> None:
    with time_machine.travel(NINE, tick=False):
        write("one")
        write("two")
        with failing(error) as knocked:
            assert (letters.send_due(), letters.send_due()) == (2, 0)
        assert knocked.call_count == 1  # one knock, not one for each letter
    with time_machine.travel(NINE + timedelta(minutes=2), tick=False):
        letters.send_due()
    assert sorted(Letter.objects.values_list("state", "is_in_doubt")) == [("sent", False)] * 2
    assert len(mail.outbox) == 2


def test_a_refusal_for_good_is_never_tried_again_and_harms_no_other() -> None:
    bad, good = write("bad"), write("good")
    refusal = smtplib.SMTPRecipientsRefused({"mei@example.org": (550, b"no such box")})
    with mock.patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=[refusal, 1]):
        letters.send_due()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.answer, good.state) == ("failed", "550 no such box", "sent")


def test_after_three_days_a_letter_fails_where_somebody_sees_it() -> None:
    with time_machine.travel(NINE, tick=False):
        letter = write()
    with time_machine.travel(NINE + timedelta(hours=73), tick=False), failing(TimeoutError()):
        letters.send_due()
    letter.refresh_from_db()
    assert (letter.state, letter.due_at, letter.answer) == ("failed", None, "TimeoutError: ")


def test_a_worker_that_was_ended_leaves_its_letter_to_the_next_under_the_same_id() -> None:
    with time_machine.travel(NINE, tick=False):
        letter = write()
        with failing(KeyboardInterrupt()), pytest.raises(KeyboardInterrupt):  # type: ignore[arg-type]
            letters.send_due()
    with time_machine.travel(NINE + timedelta(minutes=3), tick=False):
        assert letters.send_due() == 1
    letter.refresh_from_db()
    assert (letter.state, letter.is_in_doubt, letter.attempts) == ("sent", True, 2)
    assert mail.outbox[0].extra_headers["Message-ID"] == letter.message_id


def test_pauses_grow() -> None:
    with time_machine.travel(NINE, tick=False) as clock, failing(TimeoutError()):
        letter, waits = write(), []
        for _time in range(4):
            letters.send_due()
            letter.refresh_from_db()
            assert letter.due_at is not None
            waits.append(int((letter.due_at - timezone.now()).total_seconds() / 60))
            clock.move_to(letter.due_at)
    assert waits == [1, 3, 10, 30]


@pytest.mark.parametrize(("days", "kept"), [(89, 1), (91, 0)])
def test_old_letters_are_forgotten(days: int, kept: int) -> None:
    with time_machine.travel(NINE, tick=False):
        write()
        letters.send_due()
    with time_machine.travel(NINE + timedelta(days=days), tick=False):
        letters.purge()
    assert Letter.objects.count() == kept


def test_two_workers_never_take_the_same_letter(django_assert_num_queries: Callable[..., Any]) -> None:
    write()
    first, second = letters._claim(10), letters._claim(10)
    assert (len(first), len(second)) == (1, 0)


def test_nothing_due_costs_one_statement(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(3):  # a transaction around the one that asks
        letters.send_due()
