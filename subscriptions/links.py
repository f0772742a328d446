"""Addresses of ours in letters. They are signed and never expire, hold no e-mail address, and survive a change of keys
(SECRET_KEY_FALLBACKS). They name the subscriber by a mark, and the list in hand by a hash.
"""

import hashlib
from uuid import UUID

from django.core.signing import BadSignature, Signer, b64_encode
from django.http import Http404
from django.urls import reverse
from django.utils.crypto import salted_hmac

from editorial.metadata import absolute
from subscriptions.models import Subscriber

EVERYTHING = ""
SEP = "~"
OLD, NEW = "old", "new"


def unsubscribe_url(subscriber: Subscriber, target: str = EVERYTHING) -> str:
    """Leaves one list: its target. `daily` or `weekly` leaves all that comes at that pace, nothing leaves everything."""
    return _address("unsubscribe", subscriber, scope_of(target))


def manage_url(subscriber: Subscriber) -> str:
    return _address("manage", subscriber)


def confirm_url(subscriber: Subscriber) -> str:
    return _address("confirm", subscriber)


def change_url(subscriber: Subscriber, side: str) -> str:
    """To agree, as the old or the new address, to the change wished last."""
    return _address("change", subscriber, side, _moment_of(subscriber))


class Addresses:
    """Of one purpose for many subscribers: what they have in common is made once, the beginning of the signature too."""

    def __init__(self, purpose: str) -> None:
        signer = _signer(purpose)
        self.begun = salted_hmac(_salt(purpose) + "signer", "", signer.key, algorithm=signer.algorithm)
        self.before, self.after = absolute(reverse(f"subscription-{purpose}", args=["*"])).split("*")

    def of(self, mark: str, *more: str) -> str:
        """As the functions above write it."""
        signed, given = self.begun.copy(), ".".join([mark, *more])
        signed.update(given.encode())
        return f"{self.before}{given}{SEP}{b64_encode(signed.digest()).decode()}{self.after}"


def scope_of(target: str) -> str:
    return hashlib.sha256(target.encode()).hexdigest()[:16]


def token_of(purpose: str, subscriber: Subscriber, *more: str) -> str:
    return _signer(purpose).sign(".".join([subscriber.mark.hex, *more]))


def read(purpose: str, token: str) -> tuple[Subscriber | None, list[str]]:
    """Whom a link of ours names, None when they are erased, and what else stands in it. Raises Http404 for any other."""
    try:
        mark, *more = _signer(purpose).unsign(token).split(".")
    except BadSignature:
        raise Http404 from None
    return Subscriber.objects.filter(mark=UUID(mark)).first(), more


def is_current(subscriber: Subscriber, moment: str) -> bool:
    """Whether a link of a change of address is about the change wished last."""
    return bool(subscriber.wanted_email) and moment == _moment_of(subscriber)


def _moment_of(subscriber: Subscriber) -> str:
    return str(int(subscriber.wanted_at.timestamp())) if subscriber.wanted_at else ""


def _signer(purpose: str) -> Signer:
    return Signer(salt=_salt(purpose), sep=SEP)


def _salt(purpose: str) -> str:
    return f"subscriptions {purpose}"


def _address(purpose: str, subscriber: Subscriber, *more: str) -> str:
    return absolute(reverse(f"subscription-{purpose}", args=[token_of(purpose, subscriber, *more)]))
