"""A mailing as bytes, made once: for each reader only what is theirs is put between the pieces.

Addresses that come back to us carry the delivery's key and a seal over it, so that a bounce, or a wish to leave that was
mailed, names its delivery without a word of it being understood, and nobody can leave for others.
"""

import hmac
import quopri
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from functools import cached_property, lru_cache
from html import escape
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from editorial.metadata import absolute
from mail.line import Parcel
from subscriptions import dkim
from subscriptions.composing import GAP, Mailing
from subscriptions.links import Addresses, scope_of
from subscriptions.models import Delivery

SOFT = b"=\r\n"
BOUNCES, LEAVE, LIST_ID_LABEL = "bounces", "leave", "mailings"
BOUNDARY = "=_rsis_mailing_part"
QUOTED_GAP, WHY = re.compile(rb"\0([a-z]+)\0"), b"\0why\0"


def seal(kind: str, key: int, secret: str = "") -> str:
    given = (secret or settings.SECRET_KEY).encode()
    return hmac.digest(given, b"subscriptions.%b.%d" % (kind.encode(), key), "sha256")[:8].hex()


def address_back(kind: str, key: int) -> str:
    """`bounces+12-…@` or `leave+12-…@`: mail to it is about this delivery."""
    return f"{kind}+{key}-{seal(kind, key)}@{settings.BULK_RETURN_DOMAIN}"


def delivery_key(kind: str, address: str) -> int | None:
    """The delivery that an address of ours names; None for a broken or a forged one. Holds through a change of keys."""
    start, plus, rest = address.strip().strip("<>").lower().partition("@")[0].partition("+")
    number, _dash, given = rest.partition("-")
    return _sealed(kind, number, given) if start == kind and plus else None


def message_key(given: str) -> int | None:
    """The delivery whose message has this Message-ID."""
    number, _dot, rest = given.strip().strip("<>").partition("@")[0].partition(".")
    return _sealed("message", number, rest)


def _sealed(kind: str, number: str, given: str) -> int | None:
    if not (number.isascii() and number.isdigit() and len(number) < 19 and given.isascii()):
        return None
    secrets = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    is_ours = any(hmac.compare_digest(seal(kind, int(number), one), given) for one in secrets)
    return int(number) if is_ours else None


class Recipient(NamedTuple):
    """What is asked of a delivery in order to send it. Named as the columns are, by COLUMNS, since a row of the model takes
    longer to make than its letter.
    """

    pk: int
    created_at: datetime
    target: str
    domain: str
    items: list[int] | None
    notification: int
    occasion: str
    email: str
    mark: UUID


COLUMNS = (
    "pk", "created_at", "target", "domain", "items", "notification_id", "notification__occasion",
    "subscriber__email", "subscriber__mark",
)  # fmt: skip


@dataclass(frozen=True)
class Common:
    """What all readers of a mailing have in common. Raises ValueError when its subject would be two headers."""

    mailing: Mailing
    occasion: str = ""  # of a digest

    @cached_property
    def text(self) -> bytes:
        return with_gaps(self.mailing.text())

    @cached_property
    def html(self) -> bytes:
        return with_gaps(self.mailing.html())

    @cached_property
    def bodies(self) -> dict[str, list[bytes]]:
        return {}

    def body(self, why: str) -> list[bytes]:
        """For all who get it for this reason: bytes, name of a gap, bytes, ... In the gaps stand addresses of ours, none of
        which has a letter that HTML writes otherwise.
        """
        if why not in self.bodies:
            text = self.text.replace(WHY, in_gap(why))
            html = self.html.replace(WHY, in_gap(escape(why)))
            parts = [part_head("text/plain"), text, part_head("text/html"), html, f"\r\n--{BOUNDARY}--\r\n".encode()]
            self.bodies[why] = QUOTED_GAP.split(b"".join(parts))
        return self.bodies[why]

    @cached_property
    def head(self) -> bytes:
        page = absolute(reverse("subscribe"))
        return b"".join(
            [
                field("From", settings.BULK_FROM),
                field("Subject", self.mailing.subject),
                field("Reply-To", settings.BULK_REPLY_TO),
                field("List-Id", f"RSIS mailings <{LIST_ID_LABEL}.{settings.MAIL_DOMAIN}>"),
                field("List-Help", f"<{page}>"),
                field("List-Owner", f"<mailto:{parseaddr(settings.BULK_REPLY_TO)[1]}>"),
                field("List-Archive", f"<{self.mailing.web_copy}>"),
                field("List-Post", "NO"),
                b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n",
                f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n'.encode(),
            ]
        )

    @cached_property
    def leave(self) -> Addresses:
        return Addresses("unsubscribe")

    @cached_property
    def manage(self) -> Addresses:
        return Addresses("manage")

    def parcel(self, row: Recipient, why: str) -> Parcel:
        to, leave_mail, mark = row.email, address_back(LEAVE, row.pk), row.mark.hex
        leave = self.leave.of(mark, scope_of(scope_in(self.occasion, row.target)))
        manage = self.manage.of(mark)
        gaps = {b"leave": in_gap(leave), b"manage": in_gap(manage), b"mail": in_gap(leave_mail)}
        own = (
            field("To", to)
            + f"Date: {dated(row.created_at)}\r\nMessage-ID: {message_id(row.pk)}\r\n"
            f"List-Unsubscribe: <{leave}>,\r\n <mailto:{leave_mail}?subject=unsubscribe>\r\n".encode()
        )
        body = b"".join([gaps[piece] if place % 2 else piece for place, piece in enumerate(self.body(why))])
        data = dkim.signed(self.head + own, body)
        whole = None if is_by_smtp() else RawMessage(data, self.mailing.subject, settings.BULK_FROM, to)
        return Parcel(sender=address_back(BOUNCES, row.pk), to=to, data=data, message=whole)


def scope_for(row: Delivery) -> str:
    """What one click leaves: the list in hand, or all that comes at the pace of a digest."""
    return scope_in(row.notification.occasion, row.target)


def scope_in(occasion: str, target: str) -> str:
    return occasion.partition(" ")[0] or target


@lru_cache(maxsize=64)
def dated(moment: datetime) -> str:
    """Most letters of a mailing were written at one moment."""
    return format_datetime(moment)


def message_id(key: int) -> str:
    """The same at every attempt, so that a second copy can be known for one."""
    return f"<{key}.{seal('message', key)}@{settings.MAIL_DOMAIN}>"


def field(name: str, value: str) -> bytes:
    """A header, folded and encoded. Raises ValueError for what would be two."""
    if "\n" in value or "\r" in value or "\0" in value:
        raise ValueError(f"A line break in {name}")
    if name in {"From", "Reply-To"}:
        shown, address = parseaddr(value)
        value = formataddr((shown, address))
    if name == "Subject":
        charset = "us-ascii" if value.isascii() else "utf-8"
        return f"Subject: {Header(value, charset, 70, 'Subject').encode(linesep='\r\n')}\r\n".encode()
    line = f"{name}: {value}\r\n"
    if not line.isascii():
        raise ValueError(f"{name} has letters that no mail server is sure to take")
    return line.encode()


def with_gaps(text: str) -> bytes:
    """Quoted-printable with CRLF, and the gaps between."""
    parts = enumerate(GAP.split(text))
    return b"".join(b"\0%b\0" % part.encode() if place % 2 else quoted(part) for place, part in parts)


def quoted(text: str) -> bytes:
    made = quopri.encodestring(text.replace("\r\n", "\n").encode())
    return made.replace(b"\n", b"\r\n") if b"\n" in made else made


def in_gap(value: str) -> bytes:
    """A soft line end on both sides, so that no line grows too long."""
    return SOFT + quoted(value) + SOFT


def part_head(kind: str) -> bytes:
    return (
        f'\r\n--{BOUNDARY}\r\nContent-Type: {kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    ).encode()


def is_by_smtp() -> bool:
    return str(settings.MAILERS["bulk"]["BACKEND"]).endswith("smtp.EmailBackend")


class RawMessage(EmailMultiAlternatives):
    """For mailers that take a message and not bytes: the same bytes, and the parts that a provider's library asks for."""

    def __init__(self, data: bytes, subject: str, sender: str, to: str) -> None:
        self.made: Any = BytesParser(EmailMessage, policy=SMTP).parsebytes(data)
        headers = {name: str(value) for name, value in self.made.items() if name.startswith(("List-", "Message-"))}
        parts = {part.get_content_type(): part for part in self.made.walk()}
        super().__init__(subject, content_of(parts["text/plain"]), sender, [to], headers=headers)
        self.attach_alternative(content_of(parts["text/html"]), "text/html")

    def message(self, **_options: Any) -> Any:
        return self.made


def content_of(part: Any) -> str:
    return str(part.get_content())
