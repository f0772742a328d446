"""A PostgreSQL of our own for as long as a test run takes: empty, on a socket only we reach, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Debian keeps the server's programs off PATH, one folder for each version.
FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)

# Speed for safety, the right trade for a database that lives for minutes.
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses='' -c max_connections=200"


class NotAvailable(Exception):
    """No cluster could be made; the message says what to install or set."""


def server_program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(map(str, FOLDERS)))


@contextmanager
def throwaway_postgres() -> Iterator[str]:
    """Yield the DATABASE_URL of a new cluster and remove it at the end. Raises NotAvailable."""
    initdb, pg_ctl = server_program("initdb"), server_program("pg_ctl")
    if not initdb or not pg_ctl:
        raise NotAvailable(
            "PostgreSQL's programs (initdb, pg_ctl) were not found. Install them (Debian and Ubuntu: apt-get install "
            "postgresql), or name a server to test on: DATABASE_URL=postgres://user:password@host/name make test"
        )
    folder = Path(tempfile.mkdtemp(prefix="rsis-pg-"))
    data = folder / "data"
    owner = unprivileged_owner(folder)

    def call(*command: str) -> None:
        # Its output to a file: the server keeps the descriptors it was started with.
        with (folder / "log").open("a") as log:
            subprocess.run(
                command, check=True, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=owner
            )

    try:
        call(initdb, "-D", str(data), "-U", "rsis", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        call(pg_ctl, "-D", str(data), "-w", "-o", f"{OPTIONS} -k {folder}", "start")
        try:
            yield f"postgres://rsis@/postgres?host={folder}"
        finally:
            call(pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop")
    except subprocess.CalledProcessError as error:
        raise NotAvailable(f"PostgreSQL did not start ({error}):\n{(folder / 'log').read_text()}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged_owner(folder: Path) -> int | None:
    """The server refuses to run as root: hand the folder to an account without rights. None when we are not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    owner = names.get("postgres", names.get("nobody", 65534))
    os.chown(folder, owner, -1)
    return owner
