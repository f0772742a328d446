"""The site under gunicorn for the benchmark, without and with the page cache."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from environment import PYTHON, ROOT

WORKERS, THREADS = 2, 4
STARTING_SECONDS, STOPPING_SECONDS = 30, 10


class Memory(NamedTuple):
    """MiB of the two workers. A page that several processes share counts by its share, so that nothing counts twice."""

    workers: float
    everything: float  # with the process they were made from
    resident: float  # of the workers, what they share counted twice


def in_mebibytes(process: str) -> dict[str, float]:
    """Raises OSError."""
    lines = [line.split() for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()]
    return {name[:-1]: int(value) / 1024 for name, value, *unit in lines if unit == ["kB"]}


@dataclass(frozen=True)
class Server:
    mode: str  # of PAGE_CACHE
    port: int
    program: subprocess.Popen[bytes]

    def headers_of(self, path: str, headers: dict[str, str]) -> dict[str, str]:
        """The headers of a page. Ends the program when it is none. Raises OSError."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=STARTING_SECONDS)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            sys.exit(f"{path} answers {answer.status}; nothing can be measured.")
        return {name.lower(): value for name, value in answer.getheaders()}

    def memory(self) -> Memory | None:
        """None where there is no /proc."""
        parent = str(self.program.pid)
        try:
            workers = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            held = {process: in_mebibytes(process) for process in [parent, *workers]}
        except OSError:
            return None
        shared = {process: facts["Pss"] for process, facts in held.items()}
        return Memory(
            sum(shared[process] for process in workers),
            sum(shared.values()),
            sum(held[process]["Rss"] for process in workers),
        )

    def wait_until_ready(self) -> None:
        ends = time.monotonic() + STARTING_SECONDS
        while True:
            try:
                self.headers_of("/healthz", {"Host": "localhost"})
            except OSError:
                if self.program.poll() is not None or time.monotonic() > ends:
                    sys.exit("The web server did not start (the reason may stand above).")
                time.sleep(0.1)
            else:
                return


@contextmanager
def serving(modes: list[str], env: dict[str, str]) -> Iterator[list[Server]]:
    """A server for each mode of the page cache, on ports of this machine that were free. Stopped at the end."""
    servers: list[Server] = []
    try:
        servers.extend(start(mode, env) for mode in modes)
        for server in servers:
            server.wait_until_ready()
        yield servers
    finally:
        for server in servers:
            server.program.terminate()
        for server in servers:
            wait_for_end(server.program)


def wait_for_end(program: subprocess.Popen[bytes]) -> None:
    """Also of its workers, which gunicorn kills at the last without waiting: the group is theirs alone."""
    try:
        program.wait(STOPPING_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
    ends = time.monotonic() + STOPPING_SECONDS
    while time.monotonic() < ends:
        try:
            os.killpg(program.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        time.sleep(0.02)


def start(mode: str, env: dict[str, str]) -> Server:
    # The socket is handed over, not its number, so that no other program can come between.
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        program = subprocess.Popen(
            [
                *(PYTHON, "-m", "gunicorn", "rsis.wsgi", "--bind", f"fd://{listening.fileno()}"),
                *("--workers", str(WORKERS), "--threads", str(THREADS), "--log-level", "warning"),
                *("--no-control-socket", "--graceful-timeout", "2"),
            ],
            cwd=ROOT,
            env=env | {"PAGE_CACHE": mode},
            stdin=subprocess.DEVNULL,
            pass_fds=[listening.fileno()],
            start_new_session=True,  # Ctrl-C reaches only this program, which then stops it in an orderly way
        )
        return Server(mode, listening.getsockname()[1], program)
