"""What the owner of the domain has to have in DNS, and we in our settings, before providers take bulk mail from us.

Python asks no TXT records by itself, so a question of a few bytes goes to the name servers of this machine (RFC 1035).
"""

import base64
import secrets
import socket
import struct
from email.utils import parseaddr
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from django.conf import settings

from subscriptions import dkim

GOOD, MISSING, UNKNOWN = "good", "missing", "unknown"
SECONDS = 3.0
TXT = 16


class Finding(NamedTuple):
    standing: str
    about: str
    words: str


class NoAnswer(Exception):
    """No name server can be asked from here."""


def everything() -> list[Finding]:
    sender = parseaddr(settings.BULK_FROM)[1].rpartition("@")[2]
    return [of_senders(), of_server(), of_spf(), of_dkim(), of_dmarc(sender), of_reverse()]


def refusal() -> str:
    """Why no mailing may begin, from our own settings alone; empty when it may. With DEBUG nothing leaves anyway."""
    if settings.DEBUG:
        return ""
    found = [of_senders()]
    if settings.DKIM_KEY_FILE and not Path(settings.DKIM_KEY_FILE).is_file():
        found.append(Finding(MISSING, "DKIM", f"{settings.DKIM_KEY_FILE} is not there."))
    return next((f"{one.about}: {one.words}" for one in found if one.standing == MISSING), "")


def of_senders() -> Finding:
    bulk, letters = parseaddr(settings.BULK_FROM)[1], parseaddr(settings.MAIL_FROM)[1]
    if not bulk or bulk.casefold() == letters.casefold():
        words = (
            "BULK_FROM and MAIL_FROM are one address. Give bulk mail its own, or a complaint about it bars letters too."
        )
        return Finding(MISSING, "Sender", words)
    return Finding(GOOD, "Sender", f"bulk mail comes from {bulk}, letters from {letters}")


def of_server() -> Finding:
    if not str(settings.MAILERS["bulk"]["BACKEND"]).endswith("smtp.EmailBackend"):
        return Finding(
            MISSING, "Mail server", "Neither BULK_SMTP_HOST nor SMTP_HOST is set: nothing leaves this machine."
        )
    if not settings.MAILERS["bulk"]["OPTIONS"].get("use_tls"):
        return Finding(MISSING, "Mail server", "BULK_SMTP_TLS is off: the way to the server is not encrypted.")
    return Finding(GOOD, "Mail server", str(settings.MAILERS["bulk"]["OPTIONS"]["host"]))


def of_spf() -> Finding:
    host = settings.BULK_RETURN_DOMAIN
    found = _records(host)
    if found is None:
        return cannot("SPF", host)
    if one := next((record for record in found if record.startswith("v=spf1")), None):
        return Finding(GOOD, "SPF", f"{host}: {one}")
    return Finding(MISSING, "SPF", f"{host} needs a TXT record such as: v=spf1 mx a:<mail server> -all")


def of_dkim() -> Finding:
    name = f"{settings.DKIM_SELECTOR}._domainkey.{settings.DKIM_DOMAIN}"
    if not settings.DKIM_KEY_FILE:
        words = "DKIM_KEY_FILE is not set. Unless the mail server signs, and signs List-Unsubscribe and List-Unsubscribe-Post, set it."
        return Finding(UNKNOWN, "DKIM", words)
    if not Path(settings.DKIM_KEY_FILE).is_file():
        return Finding(MISSING, "DKIM", f"{settings.DKIM_KEY_FILE} is not there.")
    wanted = public_record()
    found = _records(name)
    if found is None:
        return Finding(UNKNOWN, "DKIM", f"no name server answers from here. {name} has to be: {wanted}")
    if any("".join(record.split()).endswith(wanted.rpartition("p=")[2]) for record in found):
        return Finding(GOOD, "DKIM", f"{name} has our key")
    return Finding(MISSING, "DKIM", f"{name} needs the TXT record: {wanted}")


def public_record() -> str:
    public = dkim.key_in(settings.DKIM_KEY_FILE).public_key()
    encoded = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(encoded).decode()}"


def of_dmarc(sender: str) -> Finding:
    found = _records(f"_dmarc.{sender}")
    if found is None:
        return cannot("DMARC", f"_dmarc.{sender}")
    if one := next((record for record in found if record.startswith("v=DMARC1")), None):
        return Finding(GOOD, "DMARC", one)
    return Finding(MISSING, "DMARC", f"_dmarc.{sender} needs a TXT record, at least: v=DMARC1; p=none")


def of_reverse() -> Finding:
    host = settings.MAILERS["bulk"].get("OPTIONS", {}).get("host", "")
    if not host:
        return Finding(UNKNOWN, "Reverse DNS", "no mail server is set")
    try:
        address = socket.getaddrinfo(host, 25, type=socket.SOCK_STREAM)[0][4][0]
        name = socket.gethostbyaddr(str(address))[0]
        back = {one[4][0] for one in socket.getaddrinfo(name, 25, type=socket.SOCK_STREAM)}
    except OSError:
        return cannot("Reverse DNS", host)
    if address in back:
        return Finding(GOOD, "Reverse DNS", f"{address} is {name}, and back")
    return Finding(
        MISSING, "Reverse DNS", f"{address} is called {name}, which leads elsewhere. Ask whoever owns the address."
    )


def cannot(about: str, name: str) -> Finding:
    return Finding(UNKNOWN, about, f"{name} could not be asked: no name server answers from here")


def _records(name: str) -> list[str] | None:
    try:
        return records(name)
    except NoAnswer:
        return None


def records(name: str) -> list[str]:
    """The TXT records of a name. Raises NoAnswer."""
    number = secrets.randbelow(65536)
    labels = b"".join(bytes([len(part)]) + part for part in name.encode("idna").split(b"."))
    question = struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", TXT, 1)
    for server in name_servers():
        family = socket.AF_INET6 if ":" in server else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as line:
                line.settimeout(SECONDS)
                line.connect((server, 53))
                line.send(question)
                answer = line.recv(8192)
        except OSError:
            continue
        if len(answer) > 12 and struct.unpack(">H", answer[:2])[0] == number and answer[3] & 15 in {0, 3}:
            return read_answer(answer)
    raise NoAnswer


def name_servers() -> list[str]:
    try:
        lines = Path("/etc/resolv.conf").read_text().splitlines()
    except OSError:
        return []
    return [line.split()[1] for line in lines if line.startswith("nameserver ") and len(line.split()) > 1]


def read_answer(answer: bytes) -> list[str]:
    questions, answers = struct.unpack(">2H", answer[4:8])
    place, found = 12, []
    for _number in range(questions):
        place = after_name(answer, place) + 4
    for _number in range(answers):
        place = after_name(answer, place)
        kind, _class, _ttl, length = struct.unpack(">2HIH", answer[place : place + 10])
        place += 10
        if kind == TXT:
            found.append(texts(answer[place : place + length]))
        place += length
    return found


def texts(data: bytes) -> str:
    parts, place = [], 0
    while place < len(data):
        parts.append(data[place + 1 : place + 1 + data[place]])
        place += 1 + data[place]
    return b"".join(parts).decode(errors="replace")


def after_name(answer: bytes, place: int) -> int:
    while answer[place]:
        if answer[place] & 0xC0:
            return place + 2
        place += 1 + answer[place]
    return place + 1
