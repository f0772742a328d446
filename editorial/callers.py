"""Where a request comes from, as far as that can be believed."""

import hashlib
import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The caller's address, "" when unknown. X-Forwarded-For is believed only behind our proxy, and of it only the last
    entry, which the proxy wrote: whatever stands before it came from the caller.
    """
    given = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        given = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or given
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        # One household or office has a whole network of them.
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def fingerprint_of(request: HttpRequest) -> str:
    """Tells callers apart for counting without keeping anyone's address."""
    return fingerprint_of_words(address_of(request))


def network_fingerprint_of(request: HttpRequest) -> str:
    """The same for the network around the caller: 256 addresses of the old kind, what a provider gives of the new."""
    address = address_of(request)
    width = 48 if ":" in address else 24
    return fingerprint_of_words(str(ipaddress.ip_network((address, width), strict=False)) if address else "")


def fingerprint_of_words(words: str) -> str:
    return hashlib.blake2b(words.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()
