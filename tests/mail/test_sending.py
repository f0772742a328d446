"""Letters over a real SMTP conversation: each reaches its reader once, or stands where somebody sees that it did not."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from mail import leaving, letters, sending
from mail.models import Letter, Outgoing
from tests.factories import UserFactory
from tests.smtp_sink import Sink, smtp_sink

pytestmark = pytest.mark.django_db
State = Outgoing.State


@pytest.fixture(params=[("PIPELINING", "CHUNKING"), ("PIPELINING",), ()], ids=" ".join)
def sink(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Sink]:
    with smtp_sink() as (found, port):
        found.offers = list(request.param)
        settings.MAILERS = {"default": mailer(port)}
        sending.Mailing.left_alone.clear()
        yield found
        sending.Mailing.left_alone.clear()


def mailer(port: int, timeout: float = 5) -> dict[str, object]:
    options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


def letter(to: str = "mei@example.org", key: str = "") -> Letter:
    return letters.write(key or f"test:{to}", ("Lim Mei 林美", to), "Your place is confirmed", "Come at nine.\n.\nRSIS")


def state_of(*rows: Letter) -> list[str]:
    return [Letter.objects.get(pk=row.pk).state for row in rows]


def later() -> None:
    """As if the pause of every letter were over."""
    Letter.objects.filter(state=State.DUE).update(due_at=timezone.now())


def test_a_letter_arrives_whole_once_and_is_written_down(sink: Sink) -> None:
    row = letter()
    assert (letters.send_due(), letters.send_due()) == (1, 0)
    (message,) = sink.messages
    assert (message["To"], message["Subject"]) == ("Lim Mei 林美 <mei@example.org>", "Your place is confirmed")
    assert message.get_content().splitlines() == ["Come at nine.", ".", "RSIS"]
    assert (message["Message-ID"], message["Auto-Submitted"]) == (row.message_id, "auto-generated")
    row.refresh_from_db()
    assert (row.state, row.reply, row.due_at, row.attempts) == (State.SENT, "250 OK", None, 1)


def test_written_twice_under_one_key_it_is_one_letter(sink: Sink) -> None:
    assert letter(key="a") == letter(key="a")
    letters.send_due()
    assert sink.to("mei@example.org") == 1


def test_a_calendar_file_goes_as_another_form_of_the_text_and_as_a_file(sink: Sink) -> None:
    text = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    letters.write(
        "c", ("", "mei@example.org"), "Invitation", "Come.", html="<p>Come.</p>",
        calendar=letters.Calendar(text, "REQUEST"),
    )  # fmt: skip
    letters.send_due()
    (message,) = sink.messages
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    part = next(one for one in message.walk() if one.get_content_type() == "text/calendar")
    assert (part.get_param("method"), part.get_content()) == ("REQUEST", text)


@pytest.mark.parametrize("field", ["to", "subject", "reply_to"])
def test_a_line_break_makes_no_second_header(field: str) -> None:
    evil = "Mei\r\nBcc: all@example.org"
    given = {
        "to": (evil if field == "to" else "Mei", "mei@example.org"),
        "subject": evil if field == "subject" else "Hello",
        "reply_to": "mei@example.org\nBcc: all@example.org" if field == "reply_to" else "",
    }
    with pytest.raises(ValueError, match=r"(?i)header|newline|linefeed|CR"):
        letters.write("x", given["to"], given["subject"], "Text", reply_to=given["reply_to"])  # type: ignore[arg-type]
    assert Letter.objects.count() == 0


def test_f5_refused_for_now_twice_it_comes_once_after_growing_pauses(
    sink: Sink, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    sink.behave("later@example.org", "data", "451 Try again", times=2)
    row, pauses = letter("later@example.org"), []
    for _attempt in range(2):
        letters.send_due()
        row.refresh_from_db()
        assert (row.state, row.reply) == (State.DUE, "451 Try again")
        assert row.due_at is not None
        pauses.append((row.due_at - timezone.now()) / timedelta(minutes=1))
        assert letters.send_due() == 0
        time_machine.move_to(row.due_at, tick=False)
    letters.send_due()
    assert (state_of(row), sink.to("later@example.org")) == ([State.SENT], 1)
    assert [0.8 <= pauses[0] <= 1.2, 1.6 <= pauses[1] <= 2.4] == [True, True]


def test_f5_after_three_days_of_refusals_it_is_given_up_with_the_servers_words(sink: Sink) -> None:
    sink.behave("later@example.org", "rcpt", "452 Mailbox full")
    row = letter("later@example.org")
    Letter.objects.update(created_at=timezone.now() - timedelta(hours=73))
    letters.send_due()
    row.refresh_from_db()
    assert (row.state, row.reply, row.due_at) == (State.FAILED, "452 Mailbox full", None)


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_f6_refused_for_good_it_is_not_tried_again_and_the_others_are_unharmed(sink: Sink, stage: str) -> None:
    sink.behave("gone@example.org", stage, "550 No such person")
    rows = [letter(to) for to in ("a@example.org", "gone@example.org", "b@example.org")]
    letters.send_due()
    later()
    letters.send_due()
    assert state_of(*rows) == [State.SENT, State.FAILED, State.SENT]
    assert (sink.to("gone@example.org"), sink.met["gone@example.org"], sink.connections) == (0, 1, 1)
    assert Letter.objects.get(pk=rows[1].pk).reply == "550 No such person"


def test_f4_a_line_cut_in_the_text_is_tried_again_and_comes_once(sink: Sink) -> None:
    sink.behave("cut@example.org", "cut", times=1)
    row = letters.write("big", ("", "cut@example.org"), "Long", "word " * 14 + ("\n" + "word " * 14) * 40_000)
    letters.send_due()
    assert (state_of(row), sink.to("cut@example.org")) == ([State.DUE], 0)
    later()
    letters.send_due()
    assert (state_of(row), sink.to("cut@example.org")) == ([State.SENT], 1)


@pytest.mark.parametrize("how", ["lose", "hang"])
def test_f3_f8_taken_without_an_answer_it_is_uncertain_and_never_sent_again_by_itself(
    sink: Sink, settings: Settings, how: str
) -> None:
    settings.MAILERS = {"default": mailer(settings.MAILERS["default"]["OPTIONS"]["port"], timeout=0.5)}
    sink.behave("lost@example.org", how)
    row, other = letter("lost@example.org"), letter("b@example.org")
    letters.send_due()
    letters.send_due()
    assert state_of(row, other) == [State.UNCERTAIN, State.SENT]
    assert (sink.to("lost@example.org"), sink.to("b@example.org")) == (1, 1)


def test_f7_a_server_too_busy_is_left_alone_and_no_letter_pays_for_it(sink: Sink) -> None:
    sink.mail_refusals = 1
    rows = [letter(f"{name}@example.org") for name in "abc"]
    letters.send_due()
    letters.send_due()
    assert (state_of(*rows), sink.connections) == ([State.DUE] * 3, 1)
    assert [Letter.objects.get(pk=row.pk).attempts for row in rows] == [0, 0, 0]
    sending.Mailing.left_alone.clear()
    letters.send_due()
    assert (state_of(*rows), len(sink.taken)) == ([State.SENT] * 3, 3)


def test_f9_r4_no_server_at_all_loses_nothing(settings: Settings) -> None:
    settings.MAILERS = {"default": mailer(1)}
    rows = [letter(f"{name}@example.org") for name in "abc"]
    assert letters.send_due() == 0
    with smtp_sink() as (sink, port):
        settings.MAILERS = {"default": mailer(port)}
        assert letters.send_due() == 0  # it is not asked again at once
        sending.Mailing.left_alone.clear()
        letters.send_due()
        assert [to for to, _data in sink.taken] == [row.to_address for row in rows]
    sending.Mailing.left_alone.clear()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_slept_through_its_time_hands_nothing_over_that_another_took(sink: Sink) -> None:
    row = letter()

    def sleep(_to: str) -> None:
        elsewhere(lambda: Letter.objects.filter(pk=row.pk).update(state=State.UNCERTAIN))
        pause.wait(2 * leaving.FRESH)

    pause = threading.Event()
    sink.at_rcpt = sleep
    letters.send_due()
    assert (state_of(row), sink.taken) == ([State.DUE], [])


def elsewhere(work: Callable[[], object]) -> None:
    """In another thread, as another process would, and until it is done."""

    def run() -> None:
        work()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_a_batch_is_found_in_the_order_of_its_index_though_the_planner_takes_many_rows_for_few() -> None:
    """As before the first statistics after a large mailing was addressed: it would sort all of them for each batch."""
    columns = ", ".join(one.column for one in Letter._meta.concrete_fields if one.column not in {"id", "key"})
    letter()
    numbers = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{numbers} INSERT INTO mail_letter (key, {columns}) SELECT key || n, {columns} FROM mail_letter, number"  # noqa: S608
            if connection.vendor == "postgresql"
            else f"INSERT INTO mail_letter (key, {columns}) {numbers} SELECT key || n, {columns} FROM mail_letter, number"  # noqa: S608
        )
    with CaptureQueriesContext(connection) as statements, transaction.atomic():
        letters.Letters().mark("somebody", 5)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    said = [one["sql"] for one in statements]
    with connection.cursor() as cursor:
        for statement in said[: next(place for place, one in enumerate(said) if one.startswith("SELECT "))]:
            if statement.startswith("SET "):
                cursor.execute(statement)
        cursor.execute(f"{explain} {next(one for one in said if one.startswith('SELECT '))}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert ("letter_due" in plan, "Sort" in plan, "TEMP B-TREE" in plan) == (True, False, False), plan


def test_f10_a_database_that_ends_amid_a_batch_costs_no_letter_and_doubles_none(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink.behave("gone@example.org", "data", "550 No such person")
    rows = [letter(to) for to in ("a@example.org", "gone@example.org", "b@example.org")]
    write_down = letters.Letters.write_down

    def gone(*given: object) -> None:
        if sink.taken:
            raise OperationalError("server closed the connection unexpectedly")
        write_down(*given)

    with monkeypatch.context() as patched:
        patched.setattr(letters.Letters, "write_down", gone)
        with pytest.raises(OperationalError):
            letters.send_due()
    assert state_of(*rows) == [State.HANDING] * 3
    letters.send_due()
    assert state_of(*rows) == [State.SENT, State.FAILED, State.SENT]
    assert Counter(to for to, _data in sink.taken) == {"a@example.org": 1, "b@example.org": 1}


def test_an_answer_that_is_none_leaves_the_letter_in_doubt(sink: Sink) -> None:
    sink.behave("odd@example.org", "data", "999 What?", times=1)
    row, other = letter("odd@example.org"), letter("b@example.org")
    letters.send_due()
    assert (state_of(row, other), sink.to("odd@example.org")) == ([State.UNCERTAIN, State.SENT], 0)


def test_f2_told_to_stop_it_ends_after_what_it_began_and_the_one_announced_with_it(sink: Sink) -> None:
    rows = [letter(f"{name}@example.org") for name in "abcd"]
    assert letters.Letters().send_due(stop=lambda: bool(sink.taken)) == 2
    assert state_of(*rows) == [State.SENT, State.SENT, State.DUE, State.DUE]
    assert list(Letter.objects.order_by("pk").values_list("claim", flat=True))[2:] == ["", ""]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_letter_once(sink: Sink) -> None:
    for number in range(60):
        letter(f"r{number}@example.org")

    def work() -> None:
        while letters.send_due(limit=7):
            pass
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert Counter(to for to, _data in sink.taken) == Counter({f"r{number}@example.org": 1 for number in range(60)})


KILLED = """
import django
django.setup()
from mail import letters
print("ready", flush=True)
while True:
    letters.send_due(limit=20)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_f1_s1_s2_workers_killed_at_any_moment_leave_nobody_out_and_write_to_nobody_twice(
    sink: Sink, settings: Settings
) -> None:
    everyone = [f"r{number}@example.org" for number in range(120)]
    for to in everyone:
        letter(to)
    port = settings.MAILERS["default"]["OPTIONS"]["port"]
    kills = 0
    chance = random.Random(7)
    open_letters = Letter.objects.filter(state__in=[State.DUE, State.HANDING])
    while open_letters.exists():
        with killable_worker(port) as kill:
            wanted = len(sink.taken) + min(chance.randint(5, 25), open_letters.count())
            wait_for(lambda wanted=wanted: len(sink.taken) >= wanted)  # type: ignore[misc]
            kill()
        kills += 1
        letters.Letters().take_over()
    came = Counter(to for to, _data in sink.taken)
    uncertain = set(Letter.objects.filter(state=State.UNCERTAIN).values_list("to_address", flat=True))
    assert [to for to, times in came.items() if times != 1] == []
    assert (set(everyone) - set(came) - uncertain, set(came) - set(everyone)) == (set(), set())
    assert len(uncertain) <= kills
    assert Letter.objects.filter(state=State.SENT).count() + len(uncertain) == 120


def wait_for(done: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _attempt in range(15_000):
        if done():
            return
        pause.wait(0.002)
    raise AssertionError("It did not come to that within 30 seconds.")


class killable_worker:  # noqa: N801 -- used like a function
    """A process that sends on the database of the test, and how to kill it."""

    def __init__(self, port: int, program: str = KILLED) -> None:
        database = connection.settings_dict
        name = str(database["NAME"])
        url = f"sqlite:///{name}"
        if connection.vendor == "postgresql":
            server, mark, query = os.environ["DATABASE_URL"].partition(
                "?"
            )  # a socket's folder in the query has slashes too
            url = server.rpartition("/")[0] + f"/{name}{mark}{query}"
        self.code = program
        self.env = os.environ | {
            "DEBUG": "1", "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "rsis.settings", "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(port), "SMTP_TLS": "0", "BULK_A_MINUTE": "0", "BULK_CONNECTIONS": "1", "LOG_LEVEL": "CRITICAL", "MAIL_JOURNALS": str(site.MAIL_JOURNALS),
        }  # fmt: skip

    def __enter__(self) -> Callable[[], None]:
        self.program = subprocess.Popen(
            [sys.executable, "-c", self.code], env=self.env, cwd=site.BASE_DIR, stdout=subprocess.PIPE
        )
        assert self.program.stdout is not None
        assert self.program.stdout.readline() == b"ready\n"
        return self.kill

    def kill(self) -> None:
        self.program.send_signal(signal.SIGKILL)
        self.program.wait()

    def __exit__(self, *_why: object) -> None:
        self.kill()
        assert self.program.stdout is not None
        self.program.stdout.close()


@pytest.mark.usefixtures("sink")
def test_staff_may_have_what_failed_sent_once_more_and_nothing_else(client: Client, sink: Sink) -> None:
    sink.behave("gone@example.org", "rcpt", "550 No such person", times=1)
    rows = [letter("gone@example.org"), letter("b@example.org")]
    letters.send_due()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    chosen = {"action": "send_again", "_selected_action": [row.pk for row in rows]}
    client.post("/admin/mail/letter/", chosen)
    letters.send_due()
    assert (state_of(*rows), sink.to("gone@example.org"), sink.to("b@example.org")) == ([State.SENT] * 2, 1, 1)
    assert client.get(f"/admin/mail/letter/{rows[0].pk}/change/").status_code == 200
