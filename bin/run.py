"""Start the site on this machine: packages, database, demonstration content, web server and worker, in that order.

The site runs with the settings of a public one (no DEBUG), so that what you see is what readers will get; what a public
site must be told (secret key, host names, database) has a local default here, and every variable given wins over it.
`DEBUG=1 make run` is for work on the code: error pages that explain, and a restart at every change of a Python file.
"""

import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from environment import PYTHON, ROOT, manage, prepare, say

STOPPING_SECONDS = 10
DEMONSTRATION_FAILED = 4  # what bin/fill.py ends with

NOT_MIGRATED = """
The database could not be brought up to date (the reason is above). Nothing was started.
  Cannot connect? Check DATABASE_URL; without it the site uses a file of its own under var/.
  A migration failed? The database is as it was before that migration: mend the cause and start again.
  Only demonstration content in it? Remove var/rsis.sqlite3 and start again."""

NOT_LOADED = """
The demonstration content could not be loaded (the reason is above). Nothing was started.
To start with an empty site instead: DEMO=no make run"""


def main() -> None:
    host, port = os.environ.get("HOST", "127.0.0.1"), read_port()
    refuse_taken_port(host, port)
    var = writable_folder(Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve())
    prepare("base")
    env = local_defaults(var, port) | os.environ
    sign_in = fill_database(env)
    if not debug(env):
        collect_static_files(var, env)
    serve(host, port, env, sign_in)


def read_port() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isdecimal() or not 0 < int(given) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, and it is {given!r}. Try: PORT=8001 make run")
    return int(given)


def refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(
                f"Cannot listen on {host}:{port} ({error.strerror}).\n"
                f"Another program, perhaps this site started twice, has the port. Stop it, or choose another port:\n"
                f"    PORT={port + 1} make run"
            )


def writable_folder(folder: Path) -> Path:
    """Where database, uploads, collected files and secret key live."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        sys.exit(
            f"Cannot write to {folder} ({error.strerror}): the database and the uploaded files are kept there.\n"
            f"Give yourself the right to write there, make room on the disk, or name another folder:\n"
            f"    VAR_DIR=/some/other/folder make run"
        )
    return folder


def local_defaults(var: Path, port: int) -> dict[str, str]:
    return {
        "SECRET_KEY": secret_key(var / "secret_key"),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "DATABASE_URL": f"sqlite:///{var / 'rsis.sqlite3'}",
        "MEDIA_ROOT": str(var / "files"),
        "STATIC_ROOT": str(var / "static"),
        "SITE_URL": f"http://localhost:{port}",
        "HTTPS": "0",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "text",
        "REQUIRE_SECOND_FACTOR": "0",  # the demonstration can be looked at without a phone
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "1",  # threads share their memory instead of each keeping what it freed
    }


def secret_key(path: Path) -> str:
    """Made on the first start and kept, so that a restart does not sign everyone out. Readable by its owner only."""
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def debug(env: dict[str, str]) -> bool:
    return env.get("DEBUG", "").lower() in {"1", "true", "yes", "on", "t", "y", "ok"}


def fill_database(env: dict[str, str]) -> str:
    """Migrate, and load the demonstration content unless there is some or DEMO says no; returns how to sign in."""
    wanted = env.get("DEMO", "yes").lower() not in {"no", "0", "false", "off"}
    command = [PYTHON, str(ROOT / "bin" / "fill.py"), *(["--demonstration"] if wanted else [])]
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == DEMONSTRATION_FAILED:
        sys.exit(NOT_LOADED)
    if done.returncode:
        sys.exit(NOT_MIGRATED)
    return done.stdout


def collect_static_files(var: Path, env: dict[str, str]) -> None:
    """Copy, compress and name by content what browsers load; skipped while nothing it is made from has changed."""
    sources = [ROOT / "requirements" / "base.txt", ROOT / "rsis" / "settings.py", ROOT / "rsis" / "staticfiles.py"]
    sources += sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    facts = "\n".join(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sources if path.exists())
    state = hashlib.sha256((env["STATIC_ROOT"] + facts).encode()).hexdigest()
    stamp = var / "static.sha256"
    if stamp.is_file() and stamp.read_text() == state and Path(env["STATIC_ROOT"]).is_dir():
        return
    say("Collecting style sheets and scripts (again only when they change) ...")
    if not manage("collectstatic", "--no-input", "--clear", "--verbosity", "0", env=env):
        sys.exit("The style sheets and scripts could not be collected (the reason is above). Nothing was started.")
    stamp.write_text(state)


def serve(host: str, port: int, env: dict[str, str], sign_in: str) -> None:
    """Run web server and worker until one of them ends or we are told to stop; then stop both."""
    signal.signal(signal.SIGTERM, stop_on_signal)
    signal.signal(signal.SIGINT, stop_on_signal)
    if debug(env):
        web = [PYTHON, "manage.py", "runserver", f"{host}:{port}"]  # reads changed code and templates again
    else:
        web = [PYTHON, "-m", "gunicorn", "rsis.wsgi", "--bind", f"{host}:{port}", "--threads", "8"]
        web += ["--no-control-socket", "--log-level", "warning", "--graceful-timeout", "5"]
    programs: dict[str, subprocess.Popen[bytes]] = {}
    try:
        # Each in a session of its own: Ctrl-C reaches only this program, which then stops them in an orderly way.
        programs["web server"] = start(web, env)
        programs["worker"] = start([PYTHON, "manage.py", "worker"], env)
        if answers(host, port, programs):
            say(f"\nThe site is ready:   http://localhost:{port}/\nThe editors' desk:   http://localhost:{port}/admin/")
            say(f"{sign_in}\nStop with Ctrl-C.".lstrip())
        wait_for_an_end(programs)
    finally:
        for program in programs.values():
            program.terminate()
        for program in programs.values():
            try:
                program.wait(STOPPING_SECONDS)
            except subprocess.TimeoutExpired:
                program.kill()


def start(command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, start_new_session=True)


def stop_on_signal(_number: int, _frame: FrameType | None) -> None:
    say("\nStopping ...")
    sys.exit(0)


def answers(host: str, port: int, programs: dict[str, subprocess.Popen[bytes]]) -> bool:
    """Wait for the home page; false when a program ended first."""
    here = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 -- compared, not listened on
    while all(program.poll() is None for program in programs.values()):
        try:
            urllib.request.urlopen(f"http://{here}:{port}/", timeout=10)
        except urllib.error.HTTPError as error:
            say(f"The home page answers with an error ({error.code} {error.reason}); the reason may stand above.")
            return True
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


def wait_for_an_end(programs: dict[str, subprocess.Popen[bytes]]) -> None:
    while True:
        for name, program in programs.items():
            if program.poll() is not None:
                sys.exit(f"The {name} ended with status {program.returncode} (the reason is above); stopping.")
        time.sleep(0.2)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # before there was anything to stop
        sys.exit(130)
