"""Addresses that are not written to any more, kept as keyed hashes: they say nothing to whoever reads the table."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from editorial.addresses import key_of
from subscriptions.models import Subscriber, Suppression


def digests_of(address: str) -> list[str]:
    """The hash under today's key, then those under former keys: a change of keys lets nobody back in."""
    words = key_of(address).encode()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.new(f"barred {key}".encode(), words, hashlib.sha256).hexdigest() for key in keys]


def find(address: str) -> Suppression | None:
    """Why an address is not written to now; None when it may be."""
    return Suppression.objects.filter(digest__in=digests_of(address), lifted_at__isnull=True).first()


def bar(address: str, cause: str, raw: str = "", subscriber: Subscriber | None = None) -> Suppression:
    """From now on; of several causes the first stands until it is lifted."""
    if known := find(address):
        return known
    facts = {"cause": cause, "raw": raw, "at": timezone.now(), "subscriber": subscriber}
    lifted = {"lifted_at": None, "lifted_note": ""}
    return Suppression.objects.update_or_create(digest=digests_of(address)[0], defaults=facts | lifted)[0]


def follow(subscriber: Subscriber, address: str) -> None:
    """The subscriber has another address now: what barred the former one bars it alone."""
    Suppression.objects.filter(subscriber=subscriber).update(subscriber=None)
    Suppression.objects.filter(digest__in=digests_of(address)).update(subscriber=subscriber)


def lift(address: str, note: str) -> int:
    """Write to it again; the note says why."""
    rows = Suppression.objects.filter(digest__in=digests_of(address), lifted_at__isnull=True)
    return rows.update(lifted_at=timezone.now(), lifted_note=note[:300])


def bar_unless_back(address: str, erased_at: datetime) -> None:
    """As after an erasure, unless somebody confirmed the address anew since."""
    known = Suppression.objects.filter(digest__in=digests_of(address)).first()
    is_back = known is not None and known.lifted_at is not None and known.lifted_at > erased_at
    if not is_back:
        bar(address, Suppression.Cause.ERASED).forget_words()
