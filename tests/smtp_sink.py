"""A real SMTP server on a port of its own, which keeps what it took and misbehaves for chosen recipients."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax


class Sink:
    """What came, in order. `behave` says what to do for a recipient instead of taking the message:

    a reply by its stage (`rcpt`, `data`), for the first `times` of asking; or `cut` the line in the middle of the text,
    `lose` the answer after taking it, `hang` after taking it.
    """

    def __init__(self) -> None:
        self.offers = ["PIPELINING", "CHUNKING"]
        self.at_rcpt: Callable[[str], None] = lambda _recipient: None
        self.keeps_waiting: Callable[[str], bool] = lambda _recipient: False  # on that line; the others go on
        self.taken: list[tuple[str, bytes]] = []
        self.behaviour: dict[str, tuple[str, str, int]] = {}
        self.met: Counter[str] = Counter()
        self.mail_refusals = 0
        self.connections = 0

    def behave(self, recipient: str, stage: str, reply: str = "", times: int = 1_000) -> None:
        self.behaviour[recipient] = (stage, reply, times)

    def asked(self, recipient: str, stage: str) -> str | None:
        """The reply to give at this stage, "" to misbehave in silence, None to go on."""
        wanted, reply, times = self.behaviour.get(recipient, ("", "", 0))
        if wanted != stage or self.met[recipient] >= times:
            return None
        self.met[recipient] += 1
        return reply

    def to(self, recipient: str) -> int:
        return sum(1 for one, _data in self.taken if one == recipient)

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(data, policy=policy.default) for _to, data in self.taken]  # type: ignore[misc]

    # What aiosmtpd asks of a handler.

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], *(f"250-{name}" for name in self.offers), *responses[1:]]

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail_refusals:
            self.mail_refusals -= 1
            return "421 Too busy"
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.at_rcpt(address)
        while self.keeps_waiting(address):
            await asyncio.sleep(0.005)
        refusal = self.asked(address, "rcpt")
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        (to,) = envelope.rcpt_tos
        if refusal := self.asked(to, "data"):
            return refusal
        assert isinstance(envelope.original_content, bytes)
        self.taken.append((to, envelope.original_content))
        if self.asked(to, "lose") is not None:
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
        if self.asked(to, "hang") is not None:
            await asyncio.sleep(60)
        return "250 OK"


class Server(SMTP):
    """Takes a text in chunks too (RFC 3030), and cuts the line in the middle of it where the sink says so."""

    def _create_session(self) -> Session:
        self.event_handler.connections += 1
        return super()._create_session()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        if self._is_to_be_cut():
            await self.push("354 End with a dot")
            await self._reader.read(200)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)

    @syntax("BDAT size [LAST]")
    async def smtp_BDAT(self, arg: str) -> None:
        assert self.envelope is not None
        size, _gap, last = arg.partition(" ")
        if not last and self._is_to_be_cut():
            await self._reader.read(200)
            self.transport.abort()
            return
        chunk = await self._reader.readexactly(int(size))
        if not self.envelope.rcpt_tos:
            await self.push("503 No valid recipients")
            return
        self.envelope.original_content = (self.envelope.original_content or b"") + chunk
        if not last:
            await self.push("250 OK")
            return
        said = await self.event_handler.handle_DATA(self, self.session, self.envelope)
        self._set_post_data_state()
        await self.push(said)

    def _is_to_be_cut(self) -> bool:
        assert self.envelope is not None
        to = self.envelope.rcpt_tos
        return bool(to) and self.event_handler.asked(to[0], "cut") is not None


class _Controller(Controller):
    def factory(self) -> Any:
        return Server(self.handler, enable_SMTPUTF8=True, data_size_limit=0)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_sink() -> Iterator[tuple[Sink, int]]:
    """A sink, and the port that it listens on."""
    sink = Sink()
    controller = _Controller(sink, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        sink.connections = 0  # the controller made one to see whether it listens
        yield sink, controller.port
    finally:
        controller.stop()
