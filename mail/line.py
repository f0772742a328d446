"""The connection to a mail server, and what its answers to one message mean.

2xx sent, 4xx and a line cut before the end of the text later again, 5xx failed, a line cut after the end of the text
uncertain. The end of the text goes out by itself, once the rest has arrived: a line cut before it has carried nothing.

Where the server takes texts as chunks (RFC 3030), the next message goes out whole with the end of the one before, all but its
own end: one journey to the server and back for each.
"""

import fcntl
import re
import select
import smtplib
import socket
import ssl
import termios
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.policy import SMTP as SMTP_POLICY
from email.utils import parseaddr
from functools import cached_property
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.smtp import EmailBackend

from mail.models import Outgoing

TIMEOUT = 30  # seconds of silence after which a mail server is given up
State = Outgoing.State
SEVEN_BITS = SMTP_POLICY.clone(cte_type="7bit")  # for servers that take no more
NO_ADDRESS = re.compile(r"[\x00-\x1f\x7f<>]")  # what would end it, or the command


@dataclass(frozen=True)
class Parcel:
    """A message ready to go: envelope and bytes, and for other mailers than SMTP the message itself."""

    sender: str
    to: str
    data: bytes
    message: EmailMultiAlternatives | None = None

    @cached_property
    def envelope(self) -> tuple[bytes, bytes, bytes]:
        """The commands before the text. Raises ValueError for addresses that no server could take."""
        if NO_ADDRESS.search(self.sender) or NO_ADDRESS.search(self.to):
            raise ValueError("An address with a letter that ends it")
        return f"MAIL FROM:<{self.sender}>\r\n".encode("ascii"), f"RCPT TO:<{self.to}>\r\n".encode("ascii"), b"DATA\r\n"

    @cached_property
    def text(self) -> bytes:
        return self.data if self.data.endswith(b"\r\n") else self.data + b"\r\n"


def parcel_of(message: EmailMultiAlternatives, to: str, sender: str = "") -> Parcel:
    return Parcel(
        sender=sender or parseaddr(message.from_email)[1],
        to=to,
        data=message.message(policy=SEVEN_BITS).as_bytes(),
        message=message,
    )


class Outcome(NamedTuple):
    state: State
    reply: str = ""
    is_of_server: bool = False  # nothing to do with this message: try none for a while


WITHHELD = Outcome(State.SKIPPED)
END, LAST = b".\r\n", b"BDAT 0 LAST\r\n"
NOTHING = b"\0" * 4
LONGEST_REPLY = 64_000
type LookAhead = Callable[[], Parcel | None]
# It yields for how many seconds it waits for the server at most, and is told whether the server spoke.
type Dialogue[Result] = Generator[float, bool, Result]
type Reply = tuple[int, bytes]


class Line:
    """A connection to the mail server of one mailer, opened when first needed and kept. Or another mailer, message by
    message: its answers are then all there is to go by.

    A dialogue is a generator, so that one worker can lead several of them at a time.
    """

    def __init__(self, mailer: str) -> None:
        self.backend = mailers[mailer]
        self.socket: socket.socket | None = None
        self.is_pipelining = self.is_chunking = False
        self._forget()
        self.is_handed_whole = False
        self.announced: Parcel | None = None  # its envelope went out with the end of the text before
        if isinstance(self.backend, EmailBackend) and self.backend.timeout is None:
            self.backend.timeout = TIMEOUT

    def fileno(self) -> int:
        assert self.socket is not None
        return self.socket.fileno()

    def open(self) -> Outcome | None:
        """Make sure of a connection. Why not, when there is none to be had."""
        if self.socket and not self.announced and has_spoken(self.socket):  # to say that it has waited long enough
            self.drop()
        try:
            if self.backend.open() and isinstance(self.backend, EmailBackend):
                server = self.backend.connection
                assert server is not None
                server.ehlo_or_helo_if_needed()
                assert server.sock is not None
                server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.socket, self.is_pipelining = server.sock, server.has_extn("pipelining")
                self.is_chunking = self.is_pipelining and server.has_extn("chunking")
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            return Outcome(State.DUE, words_of(error), is_of_server=True)
        return None

    def close(self) -> None:
        if self.announced:
            self.drop()
        try:
            self.backend.close()
        except (OSError, smtplib.SMTPException):
            pass
        self.drop()

    def drop(self) -> None:
        """Forget a connection that is of no more use, without a word to the server."""
        self.announced, self.socket = None, None
        self._forget()
        if isinstance(self.backend, EmailBackend) and self.backend.connection:
            self.backend.connection.close()
            self.backend.connection = None

    def _forget(self) -> None:
        self.replies: deque[Reply] = deque()
        self.said: list[bytes] = []  # of a reply whose last line is to come
        self.heard = b""  # of a line whose end is to come

    def hand_over(
        self, parcel: Parcel, may_end: Callable[[], bool], look_ahead: LookAhead = lambda: None
    ) -> Dialogue[Outcome]:
        """`may_end` is asked right before the end of the text goes out: without its consent the server gets no message.
        What it raises ends the connection too. `look_ahead` is asked while the text travels, and names the parcel that
        will be handed over next on this line without fail.
        """
        if not isinstance(self.backend, EmailBackend):
            return (yield from self._by_other_means(parcel)) if may_end() else WITHHELD
        self.is_handed_whole = False
        try:
            number, words = yield from self._talk(parcel, may_end, look_ahead)
            if number == 421:
                self.drop()
                return Outcome(State.DUE, said(number, words), is_of_server=True)
            if not self.is_handed_whole:
                yield from self._clear()
        except Withheld:
            self.drop()
            return WITHHELD
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            return Outcome(State.UNCERTAIN if self.is_handed_whole else State.DUE, words_of(error))
        except BaseException:
            self.drop()
            raise
        return Outcome(judged(number, self.is_handed_whole), said(number, words))

    def _talk(self, parcel: Parcel, may_end: Callable[[], bool], look_ahead: LookAhead) -> Dialogue[Reply]:
        """The server's last word: on the whole text, or its refusal before it."""
        assert self.announced is None or self.announced is parcel, "what was announced comes next"
        if self.is_pipelining and not self.announced:
            self._write(self._opening(parcel))
        self.announced = None
        further = look_ahead() if self.is_chunking else None
        if refusal := (yield from self._refusal(parcel)):
            return refusal
        if not self.is_chunking:
            text = dotted(parcel.text)
            # In two parts: a receiver acknowledges a second one at once, and a single one only after some 40 ms.
            self._write(text[: len(text) // 2])
            self._write(text[len(text) // 2 :])
            further = look_ahead()
        if self.replies or (not self.is_chunking and (yield from self._has_more_to_say())):
            return (yield from self._reply())  # to nothing that was asked: it takes no text now
        if not may_end():
            raise Withheld
        self.is_handed_whole = True
        end = LAST if self.is_chunking else END
        if further and self.is_pipelining:
            self.announced = further
            self._write(end + self._opening(further))
        else:
            self._write(end)
        return (yield from self._reply())

    def _opening(self, parcel: Parcel) -> bytes:
        """All that goes out at once before the end of the text (RFC 2920): as a chunk the text too."""
        if not self.is_chunking:
            return b"".join(parcel.envelope)
        sender, to, _data = parcel.envelope
        return b"%b%bBDAT %d\r\n%b" % (sender, to, len(parcel.text), parcel.text)

    def _refusal(self, parcel: Parcel) -> Dialogue[Reply | None]:
        """Three answers, to what is out already or goes command by command."""
        refused, number = None, 0
        for command in parcel.envelope:
            if not self.is_pipelining:
                self._write(command)
            number, words = self.replies.popleft() if self.replies else (yield from self._reply())
            if 200 <= number < 400:
                continue
            refused = refused or (number, words)
            if number == 421 or not self.is_pipelining:
                return number, words
        if refused and number == 354:  # it waits for a text all the same; hanging up is the one way to send it none
            self.drop()
        return refused

    def _clear(self) -> Dialogue[None]:
        """Make the line ready for the next message after a refusal."""
        if self.socket is None:
            return
        try:
            self._write(b"RSET\r\n")
            yield from self._reply()
        except (OSError, smtplib.SMTPException):
            self.drop()

    def _write(self, data: bytes) -> None:
        if self.socket is None:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        self.socket.sendall(data)

    def _reply(self) -> Dialogue[Reply]:
        while not self.replies:
            yield from self._listen()
        return self.replies.popleft()

    def _listen(self) -> Dialogue[None]:
        line, wait = self.socket, getattr(self.backend, "timeout", TIMEOUT)
        has_some = isinstance(line, ssl.SSLSocket) and line.pending()
        if not has_some and not (yield wait):
            raise TimeoutError(f"The server was silent for {wait:g} seconds")
        data = line.recv(65_536) if line else b""
        if not data or len(self.heard) + sum(map(len, self.said)) > LONGEST_REPLY:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        self._take(data)

    def _take(self, data: bytes) -> None:
        """Lines to replies, of which each may have several; what is not whole yet is kept."""
        *lines, self.heard = (self.heard + data).split(b"\n")
        for line in lines:
            number = int(line[:3]) if line[:3].isdigit() else 0
            self.said.append(line[4:].strip())
            if not number or line[3:4] != b"-":
                self.replies.append((number, b"\n".join(self.said)))
                self.said = []

    def _has_more_to_say(self) -> Dialogue[bool]:
        """Whether the server spoke, or hung up, although it is our turn. Looked at once all that was sent has arrived
        there, or after a second of waiting for that; where the system cannot tell what has arrived, at once.
        """
        assert self.socket is not None
        for attempt in range(205):
            if self.replies or self.heard or has_spoken(self.socket):
                return True
            if has_arrived(self.socket):
                return False
            yield min(0.0001 * 2**attempt, 0.005)
        return False

    def _by_other_means(self, parcel: Parcel) -> Dialogue[Outcome]:
        """By the library of a provider: only its status codes say for certain that nothing was taken."""
        assert parcel.message is not None
        with ThreadPoolExecutor(1) as thread:  # these block; other lines go on
            sending = thread.submit(self.backend.send_messages, [parcel.message])
            while not sending.done():
                yield 0.005
        error = sending.exception()
        if error is None:
            return Outcome(State.SENT)
        if isinstance(error, ConnectionRefusedError | socket.gaierror):
            return Outcome(State.DUE, words_of(error), is_of_server=True)
        status = getattr(error, "status_code", None)
        if status is None:
            return Outcome(State.UNCERTAIN, words_of(error))
        return Outcome(State.DUE if status in {408, 429} or status >= 500 else State.FAILED, words_of(error))


class Withheld(Exception):
    """The text may not be ended."""


def dotted(data: bytes) -> bytes:
    """A text of whole lines as it goes over the line (RFC 5321 4.5.2), with dots at their heads doubled; all but the end."""
    doubled = data.replace(b"\r\n.", b"\r\n..") if b"\r\n." in data else data
    return b"." + doubled if doubled.startswith(b".") else doubled


def has_spoken(line: socket.socket) -> bool:
    """Or hung up."""
    return bool(select.select([line], [], [], 0)[0])


def has_arrived(line: socket.socket) -> bool:
    """Whether the other side has acknowledged all that was sent. True where the system cannot tell."""
    try:
        return fcntl.ioctl(line.fileno(), termios.TIOCOUTQ, NOTHING) == NOTHING
    except OSError:
        return True


def judged(number: int, is_handed_whole: bool) -> State:
    """2xx taken, 4xx refused for now, 5xx for good. What is no answer leaves open whether a whole text was taken."""
    if is_handed_whole:
        return {2: State.SENT, 4: State.DUE, 5: State.FAILED}.get(number // 100, State.UNCERTAIN)
    return State.FAILED if 500 <= number < 600 else State.DUE


def said(number: int, words: bytes) -> str:
    return f"{number} {words.decode(errors='replace')}"


def words_of(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        given = error.smtp_error
        return said(error.smtp_code, given if isinstance(given, bytes) else str(given).encode())
    return str(error) or type(error).__name__
