"""The commands a stranger starts with, and the shape of the code they then read."""

import ast
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENT = re.compile(r"([a-z0-9-]+)==([^ ;]+)( ; [^\\]+)?( \\)?")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run from another folder, to show that no command depends on where it is started."""
    env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"} | environment
    return subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, timeout=60, check=False)


def start_site(var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(
        sys.executable, ROOT / "bin" / "run.py", VAR_DIR=str(var), DEMO="no", PORT=str(free_port()), **environment
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / lock).read_text().splitlines()
    return {match[1]: match[2] for match in map(REQUIREMENT.fullmatch, lines) if match}


@pytest.mark.parametrize("lock", ["base.txt", "dev.txt"])
def test_lock_holds_names_versions_and_hashes_and_nothing_else(lock: str) -> None:
    lines = (ROOT / "requirements" / lock).read_text().splitlines()
    assert [line for line in lines if not REQUIREMENT.fullmatch(line) and not HASH.fullmatch(line)] == []


def test_development_lock_contains_the_runtime_lock() -> None:
    runtime, development = pins("base.txt"), pins("dev.txt")
    assert {name: development.get(name) for name in runtime} == runtime


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The start commands alone, without a virtual environment."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    return tmp_path


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH with what a shell script needs, and no Python."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sh", "dirname", "cat"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_without_any_python_the_words_say_how_to_get_one(checkout: Path, programs: Path) -> None:
    done = run(checkout / "bin" / "python", "-V", PATH=str(programs))
    assert done.returncode == 1
    assert done.stderr.startswith("This project needs Python 3.12 or newer (3.13 is best), and none was found")
    assert "pyenv install 3.13" in done.stderr


def test_old_python_and_shims_that_refuse_are_passed_over(checkout: Path, programs: Path, tmp_path: Path) -> None:
    write_program(programs / "python3.13", 'echo "pyenv: python3.13: command not found" >&2; exit 127')
    write_program(programs / "python3", "exit 1")  # what an older Python answers to the question for its version
    found = tmp_path / ".pyenv" / "versions" / "3.12.1" / "bin" / "python"
    found.parent.mkdir(parents=True)
    write_program(found, f'exec {sys.executable} "$@"')
    done = run(checkout / "bin" / "python", "-c", "print('started')", PATH=str(programs), HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "started\n")


def test_python_without_venv_is_named_with_the_package_to_install(checkout: Path, programs: Path) -> None:
    write_program(programs / "python3.13", 'case "$2" in *ensurepip*) exit 1;; esac')
    done = run(checkout / "bin" / "python", "-V", PATH=str(programs))
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


@pytest.mark.slow
def test_packages_that_cannot_be_fetched_are_explained(checkout: Path) -> None:
    (checkout / "requirements").mkdir()
    (checkout / "requirements" / "base.txt").write_text(f"nowhere==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    environment = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    done = run(sys.executable, checkout / "bin" / "run.py", PORT=str(free_port()), **environment)
    assert done.returncode == 1
    assert "The packages could not be installed" in done.stderr
    assert "PIP_INDEX_URL" in done.stderr
    assert not (checkout / ".venv" / "lock.sha256").exists()


def test_a_first_start_waits_for_another_and_takes_what_that_one_installed(checkout: Path) -> None:
    (checkout / "requirements").mkdir()
    lock = checkout / "requirements" / "base.txt"
    for name in ("base.txt", "dev.txt"):
        lock.with_name(name).write_text("nowhere==1.0\n")
    command = (sys.executable, checkout / "bin" / "environment.py", "base")
    with lock.open() as held:
        flock(held, LOCK_EX)  # as the other start does
        with subprocess.Popen(command, env={"PIP_NO_INDEX": "1"}, stderr=subprocess.PIPE, text=True) as second:
            assert second.stderr
            assert second.stderr.readline() == "Waiting for another start that is installing the packages ...\n"
            (checkout / ".venv").mkdir()
            (checkout / ".venv" / "lock.sha256").write_text(hashlib.sha256(lock.read_bytes()).hexdigest())
            flock(held, LOCK_UN)
            assert (second.stderr.read(), second.wait(60)) == ("", 0)
    assert [path.name for path in (checkout / ".venv").iterdir()] == ["lock.sha256"]


def test_port_in_use_is_said_with_another_to_try(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(sys.executable, ROOT / "bin" / "run.py", PORT=str(port), VAR_DIR=str(tmp_path))
    assert done.returncode == 1
    assert f"PORT={port + 1} make run" in done.stderr


def test_port_that_is_no_number_is_refused(tmp_path: Path) -> None:
    done = run(sys.executable, ROOT / "bin" / "run.py", PORT="eighty", VAR_DIR=str(tmp_path))
    assert (done.returncode, done.stderr.count("PORT must be a number")) == (1, 1)


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    done = start_site(tmp_path / "var")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Cannot write to {tmp_path / 'var'}")


@pytest.mark.slow
def test_database_that_cannot_be_migrated_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "rsis.sqlite3").write_bytes(b"not a database, and more than sixteen octets long" * 100)
    done = start_site(tmp_path)
    assert done.returncode == 1
    assert "The database could not be brought up to date" in done.stderr


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    env = {"PATH": "/usr/bin:/bin", "VAR_DIR": str(tmp_path), "DEMO": "no", "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, ROOT / "bin" / "run.py"], env=env, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as program:
        yield program, port
        program.kill()


@pytest.mark.slow
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_site_starts_and_stops_with_nothing_left_running(
    site: tuple[subprocess.Popen[str], int], told: signal.Signals, tmp_path: Path
) -> None:
    program, port = site
    assert program.stderr
    assert any("The site is ready" in line for line in program.stderr)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert answer.status == 200
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    program.send_signal(told)
    assert program.wait(timeout=15) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_page_that_reaches_outside_the_site_is_caught(page: Page, complaints: list[str]) -> None:
    page.goto("about:blank")
    page.evaluate("fetch('https://elsewhere.example/').catch(() => null)")
    assert complaints[0] == "left the site: https://elsewhere.example/"
    complaints.clear()


ROOMS = (
    "rsis", "subscriptions", "events", "contact", "institution", "publications", "people", "research", "mail",
    "editorial",
)  # fmt: skip
SOURCES = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path.parent.name != "migrations"]
NAMELESS = {"utils", "helpers", "common", "misc", "base", "services", "manager", "managers"}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines of each function in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_no_function_is_longer_than_40_lines_and_no_view_than_25() -> None:
    lengths = ((name, lines, 25 if "views.py" in name else 40) for path in SOURCES for name, lines in functions(path))
    assert {name: lines for name, lines, limit in lengths if lines > limit} == {}


def test_every_file_is_named_for_its_subject() -> None:
    assert [str(path.relative_to(ROOT)) for path in SOURCES if path.stem in NAMELESS] == []
