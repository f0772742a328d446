"""Reader responses: taken in, held, and shown only after an editor has read them."""

import hashlib
from datetime import timedelta

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from editorial.models import User
from publications.models import Publication, ReaderResponse

PAUSE = 600  # seconds
MOST_FROM_ONE = 5  # responses in that time
MOST_AN_HOUR = 120  # from everyone together; more than editors could read


def pause_before_next(caller: str) -> int:
    """Count a response from this caller; the seconds to wait, 0 when it may come in.

    Counted by caller in the cache, so for each web process when the cache is not shared, and for all callers together
    by what the database holds.
    """
    key = f"responses:{caller}"
    cache.add(key, 0, PAUSE)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out in between
        count = 1
    hour_ago = timezone.now() - timedelta(hours=1)
    if count > MOST_FROM_ONE or ReaderResponse.objects.filter(at__gte=hour_ago).count() >= MOST_AN_HOUR:
        return PAUSE
    return 0


def receive(publication: Publication, *, name: str, affiliation: str, email: str, text: str) -> ReaderResponse:
    """Hold a response for the editors. The same words from the same address, sent twice, are one response."""
    print_of = hashlib.sha256(f"{publication.pk}\n{email.casefold()}\n{' '.join(text.split())}".encode()).hexdigest()
    try:
        with transaction.atomic():
            return ReaderResponse.objects.create(
                publication=publication,
                name=name,
                affiliation=affiliation,
                email=email,
                text=text,
                fingerprint=print_of,
            )
    except IntegrityError:
        return ReaderResponse.objects.get(fingerprint=print_of)


def judge(response: ReaderResponse, verdict: ReaderResponse.Verdict, by: User) -> None:
    """Approve or refuse; either can be changed later."""
    response.verdict, response.judged_by, response.judged_at = verdict, by, timezone.now()
    response.save(update_fields=["verdict", "judged_by", "judged_at"])
