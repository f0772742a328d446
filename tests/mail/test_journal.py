"""What a worker had in its hands when it ended, and what its journal says of it."""

import errno
import os
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from mail import journal, letters, sending
from mail.batch import Batch
from mail.line import Outcome
from mail.models import Letter, Outgoing
from tests.mail.test_sending import letter, sink, state_of
from tests.smtp_sink import Sink

__all__ = ["sink"]  # the fixture
pytestmark = pytest.mark.django_db
State = Outgoing.State


def in_hand(*rows: Letter) -> str:
    """As a worker marks them; the name of its journal."""
    claim = uuid.uuid4().hex
    marked = letters.Letters().mark(claim, len(rows))
    assert marked == [row.pk for row in rows]
    return claim


def left_journal(folder: Path, claim: str, *lines: str, machine: str = "") -> Path:
    """As a worker that was killed leaves it: nobody holds its lock."""
    folder.mkdir(exist_ok=True)
    file = folder / f"letter-{claim}"
    file.write_text("\n".join([machine or journal.start_of_machine(), *lines, ""]))
    return file


@pytest.fixture
def journals(settings: Settings) -> Path:
    return Path(settings.MAIL_JOURNALS)


def test_f1_s2_what_a_dead_worker_had_in_hand_is_settled_at_once_as_its_journal_says(
    sink: Sink, journals: Path
) -> None:
    rows = [letter(f"{name}@example.org") for name in ("begun", "taken", "refused", "later", "waiting", "torn")]
    begun, taken, refused, later, _waiting, torn = rows
    file = left_journal(
        journals, in_hand(*rows),
        f"{begun.pk} begun", f"{taken.pk} begun", f"{taken.pk} sent 250 OK", f"{refused.pk} failed 550 No such person",
        f"{later.pk} begun", f"{later.pk} due 451 Try again",
    )  # fmt: skip
    with file.open("a") as lines:
        lines.write(f"{torn.pk} beg")  # killed amid the line, so that no end of a text followed it
    letters.send_due()
    assert state_of(*rows) == [
        State.UNCERTAIN, State.SENT, State.FAILED, State.DUE, State.SENT, State.SENT,
    ]  # fmt: skip
    assert [to for to, _data in sink.taken] == ["waiting@example.org", "torn@example.org"]
    assert (Letter.objects.get(pk=taken.pk).reply, Letter.objects.get(pk=later.pk).attempts) == ("250 OK", 1)


def test_s2_without_its_journal_all_that_a_dead_worker_had_in_hand_is_uncertain_once_its_time_ran_out(
    sink: Sink, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    rows = [letter(f"{name}@example.org") for name in "abc"]
    in_hand(*rows)
    letters.send_due()
    assert (state_of(*rows), sink.taken) == ([State.HANDING] * 3, [])
    time_machine.shift(sending.LEASE + timedelta(seconds=1))
    letters.send_due()
    assert (state_of(*rows), sink.taken) == ([State.UNCERTAIN] * 3, [])


def test_s2_after_another_start_of_the_machine_a_journal_vouches_only_for_what_it_says(
    sink: Sink, journals: Path
) -> None:
    rows = [letter(f"{name}@example.org") for name in "ab"]
    left_journal(journals, in_hand(*rows), f"{rows[0].pk} sent 250 OK", machine="another start")
    letters.send_due()
    assert (state_of(*rows), sink.taken) == ([State.SENT, State.UNCERTAIN], [])


def test_f1_a_worker_that_lives_keeps_what_it_has_in_hand(sink: Sink, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    row = letter()
    with journal.Journal("letter") as alive:
        letters.Letters().mark(alive.claim, 1)
        letters.send_due()
        assert (state_of(row), sink.taken) == ([State.HANDING], [])
        time_machine.shift(sending.LEASE + timedelta(seconds=1))
        letters.send_due()
        assert (state_of(row), sink.taken) == ([State.UNCERTAIN], [])
        batch = Batch(alive.claim, [row.pk], ended=[(row, Outcome(State.SENT, "250 OK"))])
        letters.Letters().write_down(batch)
        assert state_of(row) == [State.SENT]


def test_a_journal_is_gone_once_everything_is_written_down_and_read_by_nobody_else(sink: Sink, journals: Path) -> None:
    letter()
    modes: list[str] = []
    sink.at_rcpt = lambda _to: modes.extend(oct(one.stat().st_mode & 0o777) for one in [journals, *journals.iterdir()])
    letters.send_due()
    assert (modes, list(journals.iterdir())) == (["0o700", "0o600"], [])


@pytest.mark.parametrize("full", ["from the start", "at the first letter"])
def test_where_the_journal_cannot_be_written_nothing_is_handed_over_and_the_log_says_so(
    sink: Sink, settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    rows = [letter(f"{name}@example.org") for name in "ab"]
    write, lines = os.write, []

    def no_space(file: int, data: bytes) -> int:
        lines.append(data)
        if full == "from the start" or len(lines) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data)

    with monkeypatch.context() as patched:
        patched.setattr("mail.journal.os.write", no_space)
        assert letters.send_due() == 0
    assert (state_of(*rows), sink.taken) == ([State.DUE] * 2, [])
    assert [line.message for line in caplog.records if line.name == "mail.sending"] == [
        "Nothing is handed over: the journal in MAIL_JOURNALS cannot be written ([Errno 28] No space left on device)"
    ]
    letters.send_due()
    assert (state_of(*rows), len(sink.taken)) == ([State.SENT] * 2, 2)
