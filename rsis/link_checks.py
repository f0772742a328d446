"""Whether outside addresses of the menu and of the settings still answer: asked by the worker, one at a time, with limits.

No more than a few kilobytes are read, for a few seconds, over a few redirects, and only from public networks: an address
typed at the desk must not make this machine ask its neighbours. Every step connects to the very address that was looked at.
"""

import http.client
import ipaddress
import socket
import ssl
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from django.db.models import Q
from django.utils import timezone

from rsis.models import LinkCheck, MenuItem, SiteSettings, SocialAccount

SECONDS = 8.0
MOST_STEPS = 4
MOST_BYTES = 4096
CLAIMED_FOR = timedelta(minutes=10)
AGENT = "RSIS link check"
MOVED = {301, 302, 303, 307, 308}
# The page is there, though not for a program: sign-in walls and shops for robots.
THERE = {401, 403, 405, 406, 429, 999}


class NoAnswer(Exception):
    """In words for the desk."""


def addresses() -> set[str]:
    """Every outside address that header and footer may show."""
    outside = MenuItem.objects.filter(address__contains="://").values_list("address", flat=True)
    sites = SiteSettings.objects.values_list("parent_url", "counter_url")
    return {
        *outside,
        *SocialAccount.objects.values_list("address", flat=True),
        *(one for row in sites for one in row if one),
    }


def check_due(limit: int = 1) -> int:
    """Ask for what is due, and forget addresses that nothing names any more. Returns how many were asked for."""
    wanted = addresses()
    known = set(LinkCheck.objects.values_list("address", flat=True))
    if known - wanted:
        LinkCheck.objects.filter(address__in=known - wanted).delete()
    if wanted - known:
        LinkCheck.objects.bulk_create([LinkCheck(address=one) for one in wanted - known], ignore_conflicts=True)
    done = 0
    for check in LinkCheck.objects.filter(due_at__lte=timezone.now()).order_by("due_at")[:limit]:
        claim = Q(pk=check.pk, due_at=check.due_at)
        if LinkCheck.objects.filter(claim).update(due_at=timezone.now() + CLAIMED_FOR):
            check.note(problem_with(check.address))
            done += 1
    return done


def problem_with(address: str) -> str:
    """Empty when somebody answers there, else what is wrong in a few words."""
    try:
        for _step in range(MOST_STEPS):
            status, location = _ask(address)
            if status in MOVED and location:
                address = urljoin(address, location)
                continue
            return "" if status < 400 or status in THERE else f"Answers with {status}"
    except NoAnswer as reason:
        return str(reason)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"Does not answer ({type(error).__name__})"
    return "Leads on and on"


def _ask(address: str) -> tuple[int, str]:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NoAnswer("Is no web address")
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    near = _public_address(parts.hostname, port)
    connection = http.client.HTTPConnection(parts.hostname, port, timeout=SECONDS)
    try:
        connection.sock = socket.create_connection((near, port), timeout=SECONDS)
        if secure:
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=parts.hostname)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.hostname if port in {80, 443} else f"{parts.hostname}:{port}"
        connection.request("GET", path, headers={"Host": host, "User-Agent": AGENT, "Accept": "text/html,*/*"})
        answer = connection.getresponse()
        answer.read(MOST_BYTES)
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()


def _public_address(host: str, port: int) -> str:
    """Where to connect to. Raises NoAnswer unless every address of the host lies in the public internet."""
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not found or not all(ipaddress.ip_address(one.partition("%")[0]).is_global for one in found):
        raise NoAnswer("Is not in the public internet")
    return min(found, key=lambda one: ":" in one)
