"""Many at once, over real web servers and a real worker that is killed: J22.1 and the sending of confirmations."""

import http.client
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings as site
from django.core import signing
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from events import correspondence, registering
from events.models import Mode, Registration
from events.registering import Asked
from events.registration_forms import RegistrationForm
from mail import letters
from mail.models import Letter
from tests.event_factories import EventFactory, RegistrationDeskFactory
from tests.mail.test_sending import killable_worker, mailer, wait_for
from tests.smtp_sink import smtp_sink

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
State = Registration.State
TOKEN = "a" * 32  # of a reader: cookie and field agree


@contextmanager
def web_servers() -> Iterator[int]:
    """Two web processes with eight threads each on the database of the test, as a public site runs; their port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "rsis.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
               "--threads", "8", "--no-control-socket", "--log-level", "critical"]  # fmt: skip
    env = killable_worker(1).env | {"BEHIND_PROXY": "1"}
    program = subprocess.Popen(command, env=env, cwd=site.BASE_DIR, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(port))
        yield port
    finally:
        program.terminate()
        program.wait()


def answers(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
            line.request("GET", "/healthz", headers={"Host": "localhost"})
            return line.getresponse().status == 200
    except OSError:
        return False


def post(port: int, slug: str, number: int) -> tuple[int, str]:
    """Somebody registers from a network of their own."""
    opened = signing.dumps(int(time.time()) - 60, salt=RegistrationForm.salt())
    body = urlencode({"name": f"Person {number}", "email": f"p{number}@example.org", "affiliation": "", "needs": "", "website": "",
                      "opened": opened, "consent": "on", "consent_version": "1", "csrfmiddlewaretoken": TOKEN})  # fmt: skip
    headers = {"Host": "localhost", "Cookie": f"csrf={TOKEN}", "Content-Type": "application/x-www-form-urlencoded",
               "X-Forwarded-For": f"10.{number // 250}.{number % 250}.1", "X-Forwarded-Proto": "https"}  # fmt: skip
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    line.request("POST", f"/events/{slug}/register/", body, headers | {"Origin": "https://localhost"})
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status, answer.getheader("Location", "")


def test_j22_1_five_hundred_race_for_a_hundred_places_and_exactly_those_are_given() -> None:
    people, places = (500, 100) if connection.vendor == "postgresql" else (60, 12)
    desk = RegistrationDeskFactory.create(seats_in_person=places)
    slug = desk.event.slug
    twice = list(range(0, people, 10))  # with an impatient finger
    with web_servers() as port, ThreadPoolExecutor(40) as crowd:
        found = list(crowd.map(lambda number: post(port, slug, number), [*range(people), *twice]))
    assert Counter(found) == {(302, f"/events/{slug}/register/?sent=1"): people + len(twice)}
    rows = list(desk.registrations.order_by("pk").values_list("state", flat=True))
    assert rows == ["confirmed"] * places + ["waiting"] * (people - places)
    waiting = list(desk.registrations.waiting(Mode.IN_PERSON).values_list("pk", "queued_at"))
    assert waiting == sorted(waiting, key=lambda one: (one[1], one[0]))
    assert [pk for pk, _at in waiting] == sorted(pk for pk, _at in waiting)
    assert Counter(Letter.objects.values_list("to_address", flat=True)) == {
        f"p{number}@example.org": 1 for number in range(people)
    }


def test_f1_a_worker_killed_among_confirmations_and_a_reminder_leaves_nobody_out_and_doubles_none(
    settings: Settings,
) -> None:
    event = EventFactory.create(published=True, starts_at=timezone.now() + timedelta(hours=2))
    # Due an hour ago: what is later than two waits for a person.
    desk = RegistrationDeskFactory.create(event=event, seats_in_person=None, reminder_hours=3)
    everyone = [f"p{number}@example.org" for number in range(40)]
    for to in everyone:
        registering.register(desk, Asked(to, to))
    correspondence.order_reminders()
    with smtp_sink() as (sink, port):
        settings.MAILERS = {"default": mailer(port)}
        kills = 0
        while correspondence.write_notices(limit=15) + Letter.objects.filter(due_at__isnull=False).count():
            with killable_worker(port) as kill:
                wanted = len(sink.taken) + min(20, Letter.objects.filter(due_at__isnull=False).count())
                wait_for(lambda wanted=wanted: len(sink.taken) >= wanted)  # type: ignore[misc]
                kill()
            kills += 1
            Letter.objects.exclude(claimed_until=None).update(claimed_until=timezone.now() - timedelta(seconds=1))
            letters.Letters().take_over()
        came = Counter((message["To"], message["Subject"].partition(":")[0]) for message in sink.messages)
    uncertain = set(Letter.objects.filter(state=Letter.State.UNCERTAIN).values_list("to_address", "subject"))
    assert [one for one, times in came.items() if times > 1] == []
    assert (len(came) + len(uncertain) >= 80, Letter.objects.count(), kills > 2) == (True, 80, True)
    assert len(uncertain) <= kills
