"""Counting what readers look for and do not find. docs/decisions/search.md says which searches are counted."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from editorial.queries import Question
from editorial.words import words
from rsis.models import UnansweredSearch

# More different ones are somebody's game, and are not kept.
MOST = 5000
KEPT = timedelta(days=400)


def is_by_hand(request: HttpRequest) -> bool:
    """Whether a person sent our own form: only a browser says so, of a click or key on a page of this site.

    Robots that follow links say nothing of the kind, so reading the site, however often, changes nothing in it.
    """
    told = (request.headers.get(f"Sec-Fetch-{name}", "") for name in ("Site", "Mode", "User"))
    return request.method == "GET" and tuple(told) == ("same-origin", "navigate", "?1")


def note(question: Question) -> None:
    """Count the words once more. Addresses and telephone numbers are nobody's business and are not kept."""
    asked = words(question.text).lower().strip()[:100].strip()
    if not asked or "@" in question.text or sum(character.isdigit() for character in asked) > 8:
        return
    known = UnansweredSearch.objects.filter(words=asked)
    if known.update(times=F("times") + 1, last_on=timezone.localdate()) or UnansweredSearch.objects.count() >= MOST:
        return
    try:
        with transaction.atomic():
            UnansweredSearch.objects.create(words=asked)
    except IntegrityError:  # somebody else asked it first at this very moment
        known.update(times=F("times") + 1)


def purge() -> int:
    """Forget what nobody looked for in over a year."""
    return UnansweredSearch.objects.filter(last_on__lt=timezone.localdate() - KEPT).delete()[0]
