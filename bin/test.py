"""Everything that has to hold before a change is taken, in one command that sets up what it needs.

bin/test.py            all of it: lint, types, contracts, deployment checks, the suite on SQLite and on PostgreSQL
bin/test.py --lint     only what reads the code
bin/test.py --quick    only the suite on SQLite, without the browser

Every step runs, also after one that failed; the end says which failed.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from environment import ROOT, VENV, prepare, say
from postgres import NotAvailable, throwaway_postgres
from system import install_system_packages

STEP_SECONDS = 25 * 60
PUBLIC_SITE = {
    "DEBUG": "0",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "www.example.org",
    "DATABASE_URL": "sqlite://:memory:",
    "SMTP_HOST": "mail.example.org",
}

failed: list[str] = []


def main(arguments: Sequence[str]) -> None:
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    prepare("dev")
    if "--lint" in arguments:
        read_the_code()
    elif "--quick" in arguments:
        run_pytest("SQLite, without the browser", {"DATABASE_URL": ""}, "-m", "not browser and not slow")
    else:
        install_system_packages()
        read_the_code()
        check_as_deployed()
        run_the_suite()
    took = f"{time.monotonic() - started:.0f} s"
    if failed:
        sys.exit(f"\nFAILED after {took}: {', '.join(failed)}")
    say(f"\nAll passed in {took}.")


def read_the_code() -> None:
    run("ruff check", "ruff", "check", "--quiet")
    run("ruff format", "ruff", "format", "--check", "--quiet")
    run("types", "mypy")
    run("import contracts", "lint-imports", "--no-cache", "--no-logo")
    run("templates", "djlint", "--lint", "--quiet", "templates")
    run("dependencies", "deptry", "--no-ansi", ".")


def check_as_deployed() -> None:
    """With the variables of a public site, as an administrator will start it."""
    with tempfile.TemporaryDirectory() as folder:
        env = PUBLIC_SITE | {"STATIC_ROOT": folder}
        run("check --deploy", "python", "manage.py", "check", "--deploy", "--fail-level", "WARNING", env=env)
        run("migrations complete", "python", "manage.py", "makemigrations", "--check", "--dry-run", env=env)
        run("static files", "python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0", env=env)


def run_the_suite() -> None:
    given = os.environ.get("DATABASE_URL", "")
    run_pytest("SQLite", {"DATABASE_URL": ""})
    if given.startswith("postgres"):
        run_pytest("the PostgreSQL of DATABASE_URL", {"DATABASE_URL": given})
        return
    try:
        with throwaway_postgres() as url:
            run_pytest("PostgreSQL", {"DATABASE_URL": url})
    except NotAvailable as reason:
        say(f"\n{reason}")
        failed.append("pytest on PostgreSQL")


def run_pytest(database: str, env: dict[str, str], *arguments: str) -> None:
    """On every core, each with a database and a browser of its own."""
    cores = ("--numprocesses", "auto", "--maxprocesses", "4", "--dist", "worksteal")
    run(f"pytest on {database}", "pytest", *cores, *arguments, env=env)


def run(name: str, program: str, *arguments: str, env: dict[str, str] | None = None) -> None:
    """Run a program of the virtual environment and remember whether it failed."""
    say(f"\n--- {name}")
    started = time.monotonic()
    command = [str(VENV / "bin" / program), *arguments]
    environment = os.environ | (env or {})
    try:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, timeout=STEP_SECONDS, check=False)
        passed = done.returncode == 0
    except subprocess.TimeoutExpired:
        say(f"Stopped: it did not end within {STEP_SECONDS // 60} minutes.")
        passed = False
    say(f"{'passed' if passed else 'FAILED'} in {time.monotonic() - started:.1f} s")
    if not passed:
        failed.append(name)


if __name__ == "__main__":
    main(sys.argv[1:])
