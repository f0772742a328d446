"""Ask a server on this machine for one thing over and over on several kept connections, and note how each answer came.

One thread and plain sockets. What it costs is measured with the rest (`Slice.client`): at some thousand answers a second
it takes a few hundredths of a core, so it is the server that is measured. On a busy machine it would wait for its turn
while the server has nothing to do; where it may (as root), it therefore goes before other programs.
"""

import os
import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PATIENCE = 10  # seconds until an answer counts as failed
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
WITHOUT_BODY = (204, 304)


class Unreadable(Exception):
    """An answer that is not HTTP, or does not say how long it is."""


@dataclass
class Slice:
    """What happened in one slice."""

    seconds: float = 0.0  # from the first question to the last answer
    times: list[float] = field(default_factory=list)  # seconds from question to last byte, of each answer
    statuses: Counter[str] = field(default_factory=Counter)
    client: float = 0.0  # seconds of processor time that asking took

    @property
    def rate(self) -> float:
        """Answers a second, the last ones included: where an answer takes as long as a slice, none would else be counted."""
        return len(self.times) / self.seconds

    def failures(self, expected: int) -> dict[str, int]:
        return {name: count for name, count in self.statuses.items() if name != str(expected)}


def question(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("ascii")


def answer_length(received: bytes | bytearray) -> tuple[int, int] | None:
    """Status and length of the answer that begins here, header and body; None while its header is not whole.

    Raises Unreadable.
    """
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    if not received.startswith(b"HTTP/1.1 ") or not received[9:12].isdigit():
        raise Unreadable(bytes(received[:20]))
    status = int(received[9:12])
    if status in WITHOUT_BODY:
        return status, end + 4
    found = LENGTH.search(received, 0, end)
    if found is None:
        raise Unreadable("no Content-Length")
    return status, end + 4 + int(found[1])


class Reader:
    """One connection, with one question under way."""

    def __init__(self, selector: selectors.BaseSelector, port: int, questions: Iterator[bytes]) -> None:
        self.selector, self.port, self.questions = selector, port, questions
        self.connect()

    def connect(self) -> None:
        """Raises OSError."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(self.socket, selectors.EVENT_READ, self)
        self.ask()

    def ask(self) -> None:
        """Raises OSError."""
        self.received, self.expected = bytearray(), (0, 0)
        text = next(self.questions)
        self.asked_at = time.perf_counter()
        self.socket.sendall(text)

    def hear(self) -> str:
        """The status once the answer is whole, before that an empty string. Raises OSError, Unreadable."""
        more = self.socket.recv(262_144)
        if not more:
            raise ConnectionResetError
        self.received += more
        if not self.expected[1]:
            self.expected = answer_length(self.received) or (0, 0)
        status, length = self.expected
        return str(status) if length and len(self.received) >= length else ""

    def close(self) -> None:
        if self.socket.fileno() >= 0:
            self.selector.unregister(self.socket)
            self.socket.close()


@contextmanager
def going_first() -> Iterator[bool]:
    """Ahead of other programs for as long as this lasts; says whether that was allowed. Start no program meanwhile."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    try:
        os.setpriority(os.PRIO_PROCESS, 0, before - 10)
    except PermissionError:
        yield False
        return
    try:
        yield True
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, before)


def run_slice(port: int, questions: Iterator[bytes], readers: int, seconds: float) -> Slice:
    """So many readers ask one question after another for these seconds, and then wait for the last answers.

    They take the questions, which must not end, from one pile. Raises OSError when nobody listens.
    """
    opened: list[Reader] = []
    result, cpu, begins = Slice(), time.process_time(), time.perf_counter()
    with selectors.DefaultSelector() as selector:
        try:
            opened.extend(Reader(selector, port, questions) for _ in range(readers))
            _listen(selector, result, begins + seconds)
        finally:
            for reader in opened:
                reader.close()
    result.seconds, result.client = time.perf_counter() - begins, time.process_time() - cpu
    return result


def _listen(selector: selectors.BaseSelector, result: Slice, ends: float) -> None:
    while waiting := len(selector.get_map()):
        ready = selector.select(0.1)
        if not ready and time.perf_counter() > ends + PATIENCE:
            result.statuses["no answer"] += waiting
            return
        for key, _events in ready:
            _hear(key.data, result, ends)


def _hear(reader: Reader, result: Slice, ends: float) -> None:
    try:
        status = reader.hear()
        if not status:
            return
        now = time.perf_counter()
        result.statuses[status] += 1
        result.times.append(now - reader.asked_at)
        if now < ends:
            reader.ask()
        else:
            reader.close()
    except (OSError, Unreadable) as error:
        result.statuses[type(error).__name__] += 1
        reader.close()
        if time.perf_counter() < ends:
            reader.connect()
