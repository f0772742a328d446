import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import OperationalError

from editorial.uploads import accept_image
from rsis.management.commands import worker
from rsis.management.commands.worker import Duty, Worker
from tests.editorial.test_images import drawing, encoded, upload

pytestmark = pytest.mark.django_db


def test_once_does_what_is_due_and_ends() -> None:
    image = accept_image(upload(encoded(drawing())), alt="Ships", credit="RSIS")
    call_command("worker", "--once")
    assert set(image.renditions.values_list("due_at", "failed")) == {(None, "")}


def test_a_database_that_is_away_is_waited_for_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, waits, left = (
        threading.Event(),
        [],
        [OperationalError("gone"), OperationalError("gone"), OperationalError("gone")],
    )

    def work() -> int:
        if left:
            raise left.pop()
        return 0

    def wait(timeout: float | None = None) -> bool:
        waits.append(timeout)
        if len(waits) == 4:
            stop.set()
        return stop.is_set()

    monkeypatch.setattr(worker.connections, "close_all", lambda: None)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(stop, "wait", wait)
    Worker(stop, (Duty("flaky", work),)).run()
    assert waits == [1, 2, 4, worker.PAUSE_SECONDS]


def test_told_to_stop_it_takes_nothing_new() -> None:
    stop, done = threading.Event(), []

    def work() -> int:
        done.append(1)
        stop.set()
        return 1

    Worker(stop, (Duty("endless", work),)).run()
    assert done == [1]


def test_nightly_work_is_done_once_a_night_by_each_worker(time_machine: Callable[..., None]) -> None:
    done: list[int] = []
    sweep = Duty("sweep", lambda: done.append(1) or 3, is_nightly=True)  # type: ignore[func-returns-value]
    time_machine.move_to("2026-11-23T02:00:00+08:00")
    night = Worker(threading.Event(), (sweep,))
    counts = []
    for moment in ("2026-11-23T02:59:00+08:00", "2026-11-23T03:00:00+08:00", "2026-11-23T09:00:00+08:00", "2026-11-24T03:01:00+08:00"):  # fmt: skip
        time_machine.move_to(moment)
        night.do_everything(nightly=night.is_night())
        counts.append(len(done))
    assert counts == [0, 1, 1, 2]


@pytest.mark.slow
def test_the_program_ends_with_status_0_within_ten_seconds_of_sigterm(tmp_path: Path) -> None:
    database = tmp_path / "worker.sqlite3"
    env = os.environ | {
        "DEBUG": "1",
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "rsis.settings",
    }
    manage = [sys.executable, str(site.BASE_DIR / "manage.py")]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], env=env, check=True, timeout=120)
    with subprocess.Popen([*manage, "worker"], env=env, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr is not None
        assert next(line for line in program.stderr if "Worker" in line).endswith("Worker started\n")
        program.send_signal(signal.SIGTERM)
        _out, rest = program.communicate(timeout=10)
    assert (program.returncode, rest.strip().endswith("Worker stopped")) == (0, True)
