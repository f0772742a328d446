"""The passage of a text that answers a question, with the words that were asked for marked."""

import re
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from editorial.queries import Marker
from editorial.words import CHARACTER, WORD

LENGTH = 260
# How far into a text passages are looked for.
FAR = 20_000
_WORD = re.compile(f"{CHARACTER}|{WORD}")


def marked(text: str, marker: Marker) -> SafeString:
    """The text with <mark> round the words asked for. Everything in it is escaped, so nothing of it can run."""
    parts: list[str] = []
    end = 0
    for found in _WORD.finditer(text):
        if marker.asks_for(found[0]):
            parts += [escape(text[end : found.start()]), "<mark>", escape(found[0]), "</mark>"]
            end = found.end()
    parts.append(escape(text[end:]))
    return mark_safe("".join(parts).replace("</mark> <mark>", " "))  # noqa: S308 -- escaped above, piece by piece


def extract(texts: Iterable[str], marker: Marker) -> SafeString:
    """The passage in which most different words are found, of the first text that has most; else the first beginning."""
    whole = [" ".join(text[:FAR].split()) for text in texts]
    best, start, chosen = 0, 0, next((text for text in whole if text), "")
    for text in whole:
        count, place = _densest(text, marker)
        if count > best:
            best, start, chosen = count, place, text
    begin = max(0, start - LENGTH // 4)
    begin = 0 if begin < LENGTH // 6 else chosen.rfind(" ", 0, begin) + 1
    end = len(chosen) if len(chosen) <= begin + LENGTH else chosen.rfind(" ", begin + LENGTH // 2, begin + LENGTH)
    end = end if end > 0 else begin + LENGTH
    passage = marked(chosen[begin:end], marker)
    return mark_safe(f"{'… ' if begin else ''}{passage}{' …' if end < len(chosen) else ''}")  # noqa: S308 -- as above


def _densest(text: str, marker: Marker) -> tuple[int, int]:
    """How many different words a stretch of LENGTH holds at most, and where the first such stretch begins."""
    places = [(found.start(), marker.key(found[0])) for found in _WORD.finditer(text) if marker.asks_for(found[0])]
    best, where = 0, 0
    for number, (start, _key) in enumerate(places):
        within = {key for place, key in places[number : number + 40] if place < start + LENGTH * 2 // 3}
        if len(within) > best:
            best, where = len(within), start
    return best, where
