"""The site's settings, with what tests need otherwise. DATABASE_URL says on which database the suite runs."""

import os
import tempfile
from pathlib import Path

os.environ["DEBUG"] = "1"  # for the embedded defaults; the test runner turns DEBUG itself off

from rsis.settings import *  # noqa: F403
from rsis.settings import DATABASES, MIDDLEWARE

# Tests with threads or a browser need a database that several connections see: on SQLite a file, not memory.
# No crash has to be survived, so nothing is flushed to disk.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    fast = Path("/dev/shm")  # noqa: S108 -- memory, where there is such a place; the name carries the process
    folder = fast if os.access(fast, os.W_OK) else Path(tempfile.gettempdir())
    DATABASES["default"]["TEST"] = {"NAME": str(folder / f"rsis-test-{os.getpid()}.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0

# Its own, or every test run on this machine would move on the edition of the others.
PAGE_CACHE_FILE = Path(tempfile.gettempdir()) / f"rsis-test-{os.getpid()}.edition"

# Most tests sign in with a password alone; tests/rsis/test_signing_in.py asks for the rest.
REQUIRE_SECOND_FACTOR = False
AXES_ENABLED = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# WhiteNoise walks every static file when a client is made; the live server of the tests serves them by itself.
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]
