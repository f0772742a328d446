"""The virtual environment of this checkout, made from a lock file.

Standard library only: this runs before anything is installed.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
LOCKS = ROOT / "requirements"

# Holds the digest of the lock last installed whole; absent while an installation is under way.
STAMP = VENV / "lock.sha256"

NOT_INSTALLED = """
The packages could not be installed (pip's own words are above).
  No network? The first start needs one, or a package index of yours: set PIP_INDEX_URL (a proxy: HTTPS_PROXY).
  "Hashes do not match"? The index served another file than the one that was locked. Use another index.
  No space or no permission? {venv} must be writable and needs about 400 MB.
Starting again continues where this stopped."""


def digest(lock: str) -> str:
    return hashlib.sha256((LOCKS / f"{lock}.txt").read_bytes()).hexdigest()


def is_installed(lock: str) -> bool:
    """The development lock contains everything of the runtime lock, so it serves for both."""
    if not STAMP.is_file():
        return False
    return STAMP.read_text() in {digest(lock), digest("dev")}


def prepare(lock: str) -> None:
    """Bring .venv in line with requirements/<lock>.txt; at once when it already is. Exits with words when it cannot."""
    if is_ours() and is_installed(lock):
        return
    before = stamped_at()
    with one_at_a_time():
        # What another start has installed meanwhile must not be torn down under its feet.
        if stamped_at() == before or not is_installed(lock):
            install(lock)


def stamped_at() -> int:
    """When an installation last became whole, in nanoseconds; 0 for never."""
    return STAMP.stat().st_mtime_ns if STAMP.is_file() else 0


def is_ours() -> bool:
    """Whether this very program runs in .venv."""
    return Path(sys.prefix).resolve() == VENV.resolve()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two first starts at once would tear down what the other puts up."""
    with (LOCKS / "base.txt").open() as held:  # any file that is always there
        try:
            flock(held, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            say("Waiting for another start that is installing the packages ...")
            flock(held, LOCK_EX)
        yield


def install(lock: str) -> None:
    say(f"Installing the packages of requirements/{lock}.txt into .venv (once, until that file changes) ...")
    STAMP.unlink(missing_ok=True)
    try:
        if not is_ours():
            subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], check=True)
        # Apart from making the folder, because an earlier start may have been interrupted between the two.
        subprocess.run([PYTHON, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
        pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--retries", "2"]
        subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(LOCKS / f"{lock}.txt")], check=True)
        STAMP.write_text(digest(lock))
    except (subprocess.CalledProcessError, OSError) as error:
        if isinstance(error, OSError):
            say(str(error))
        sys.exit(NOT_INSTALLED.format(venv=VENV))


def manage(*arguments: str, env: dict[str, str]) -> bool:
    """Run a management command in the prepared environment; false when it failed (its own words were printed)."""
    done = subprocess.run([PYTHON, "manage.py", *arguments], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.chdir(ROOT)
    prepare(sys.argv[1] if len(sys.argv) > 1 else "dev")
