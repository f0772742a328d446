"""Whether addresses on other sites still answer: asked by the worker, never by a request, one at a time and politely.

An address comes from a text that somebody wrote, so it is asked like a stranger's: only http and https on their own ports,
only where its name leads to public addresses, connected to the very address that was looked at, few bytes, little time, and
each further hop looked at anew.
"""

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from editorial.models import LinkTarget

SECONDS = 8.0
MOST_HOPS = 4
MOST_BYTES = 16 * 1024
PAUSE_FOR_HOST = timedelta(minutes=1)
AGAIN = timedelta(days=30)
AFTER_FAILURE = (timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
LEASE = timedelta(minutes=5)
# What an address that is there may still answer to a program: ask in person.
SHY = {401, 403, 405, 406, 429, 451, 999}
KEPT = "/%:@!$&'()*+,;=~-._?"  # of an address as it is written
ASK_WHOLE = {400, 403, 404, 405, 406, 500, 501, 503}  # of HEAD, which some servers do not know


class NotAsked(Exception):
    """The address is not one we ask. The message says why, in a word."""


@dataclass(frozen=True)
class Answer:
    outcome: LinkTarget.Outcome
    status: str
    leads_to: str = ""


def check_due(limit: int = 3) -> int:
    """Claim and ask up to this many, never two of one host.

    Returns 0, whatever it did, so that the worker comes to its other work in between and no site is asked in a hurry.
    """
    if not settings.CHECK_OUTSIDE_LINKS:
        return 0
    rows = _claim(limit)
    for row in rows:
        _note(row, ask(row.address))
    return 0


@transaction.atomic
def _claim(limit: int) -> list[LinkTarget]:
    now = timezone.now()
    due = LinkTarget.objects.filter(is_outside=True, due_at__lte=now).order_by("due_at", "pk")[: limit * 20]
    chosen: dict[str, LinkTarget] = {}
    for row in due:
        if len(chosen) < limit:
            chosen.setdefault(_host(row.address), row)
    taken = []
    for host, row in chosen.items():
        if LinkTarget.objects.filter(pk=row.pk, due_at__lte=now).update(due_at=now + LEASE):
            taken.append(row)
            others = LinkTarget.objects.filter(is_outside=True, due_at__lte=now, address__contains=f"//{host}")
            others.update(due_at=now + PAUSE_FOR_HOST)
    return taken


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _note(row: LinkTarget, answer: Answer) -> None:
    is_failure = answer.outcome in {LinkTarget.Outcome.MISSING, LinkTarget.Outcome.FAILING}
    failures = min(row.failures + 1, 1000) if is_failure else 0
    pause = AFTER_FAILURE[min(failures, len(AFTER_FAILURE)) - 1] if is_failure else AGAIN
    # A site that is down for an hour is no dead link: it is one after three failures.
    outcome = (
        LinkTarget.Outcome.WAITING if is_failure and failures < 3 and answer.outcome == "failing" else answer.outcome
    )
    LinkTarget.objects.filter(pk=row.pk).update(
        outcome=outcome, status=answer.status[:100], leads_to=answer.leads_to[:500], failures=failures,
        checked_at=timezone.now(), due_at=timezone.now() + pause,
    )  # fmt: skip


def ask(address: str) -> Answer:
    """What the address answers, followed over a few hops. Never raises."""
    here = address
    try:
        for _hop in range(MOST_HOPS):
            status, location = _ask_once(here)
            if status in {301, 302, 303, 307, 308} and location:
                here = urljoin(here, location)[:500]
                continue
            return _read(status, here, address)
    except NotAsked as reason:
        return Answer(LinkTarget.Outcome.REFUSED, str(reason))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(LinkTarget.Outcome.FAILING, type(error).__name__)
    return Answer(LinkTarget.Outcome.FAILING, "too many hops")


def _read(status: int, here: str, address: str) -> Answer:
    if status in {404, 410}:
        return Answer(LinkTarget.Outcome.MISSING, str(status))
    if status >= 500:
        return Answer(LinkTarget.Outcome.FAILING, str(status))
    if status >= 400 and status not in SHY:
        return Answer(LinkTarget.Outcome.MISSING, str(status))
    is_elsewhere = here.rstrip("/") != address.rstrip("/")
    return Answer(
        LinkTarget.Outcome.MOVED if is_elsewhere else LinkTarget.Outcome.THERE,
        str(status),
        here if is_elsewhere else "",
    )


def _ask_once(address: str) -> tuple[int, str]:
    status, location = _request("HEAD", address)
    return _request("GET", address) if status in ASK_WHOLE else (status, location)


def _request(method: str, address: str) -> tuple[int, str]:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise NotAsked("not a plain web address")
    port = 443 if parts.scheme == "https" else 80
    if parts.port not in {None, port}:
        raise NotAsked("another port")
    host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    connection = Pinned(host, public_address(host, port), port, is_secure=parts.scheme == "https")
    try:
        query = f"?{quote(parts.query, safe=KEPT)}" if parts.query else ""
        headers = {"User-Agent": f"RSIS link check (+{settings.SITE_URL})", "Accept": "*/*", "Connection": "close"}
        connection.request(method, quote(parts.path or "/", safe=KEPT) + query, headers=headers)
        response = connection.getresponse()
        if method == "GET":
            response.read(MOST_BYTES)
        return response.status, response.getheader("Location", "") or ""
    finally:
        connection.close()


def public_address(host: str, port: int) -> str:
    """The first address the name leads to, if all of them are on the public internet. Raises NotAsked, OSError."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for one in found:
        address = ipaddress.ip_address(one.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        if not mapped.is_global or mapped.is_multicast or mapped.is_reserved:
            raise NotAsked("not a public address")
    if not found:
        raise NotAsked("no address")
    return found[0]


class Pinned(http.client.HTTPConnection):
    """To the address that was looked at, whatever the name leads to a moment later; the certificate is that of the name."""

    def __init__(self, host: str, address: str, port: int, *, is_secure: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.address, self.is_secure = address, is_secure

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), SECONDS)
        if self.is_secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
