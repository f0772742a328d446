"""What the tests need of the operating system: installed where we may (Debian, Ubuntu; as root), named where not."""

import ctypes.util
import os
import shutil
import subprocess
import sys

from environment import say
from postgres import server_program

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What WeasyPrint loads, and the package it is in.
LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}


def install_system_packages() -> None:
    missing = missing_packages()
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(
            f"The tests need {' and '.join(missing)} on this machine. Install and try again"
            f" (Debian and Ubuntu: sudo {' '.join(command)})."
        )
    say(f"Installing {' and '.join(missing)} ...")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "--quiet"], command):
        if subprocess.run(step, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False).returncode:
            sys.exit(f"{' '.join(step)} failed (the reason is above). The tests need {' and '.join(missing)}.")


def missing_packages() -> list[str]:
    """Debian's names for what is missing. A server named in DATABASE_URL spares PostgreSQL's programs."""
    missing = []
    if not any(map(shutil.which, BROWSERS)):
        missing.append("chromium")
    if not os.environ.get("DATABASE_URL", "").startswith("postgres") and not server_program("initdb"):
        missing.append("postgresql")
    if not shutil.which("redis-server"):
        missing.append("redis-server")
    missing += [package for library, package in LIBRARIES.items() if not ctypes.util.find_library(library)]
    return missing
