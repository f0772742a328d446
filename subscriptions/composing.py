"""The words of a mailing, from one set of facts as HTML and as text, with gaps where one reader's letter differs."""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from editorial import metadata
from editorial.metadata import absolute
from editorial.models import Publishable
from subscriptions.entries import Entry, clean, entries_of, items_of
from subscriptions.models import Notification

__all__ = ["clean"]  # for those who put words of their own between ours
# Of the entries of a digest together; the rest is for head, style and foot. And of what stands around the words of one.
MOST_OCTETS, AROUND = 92_000, 420
# Letters that no text of ours holds stand where something differs from reader to reader.
GAP = re.compile("\ue000([a-z]+)\ue001")


class Person(NamedTuple):
    """What is one reader's own: why they get it, how they leave, and where they choose."""

    why: str
    leave: str
    manage: str
    mail: str


GAPS = Person(*(f"\ue000{name}\ue001" for name in Person._fields))


@dataclass(frozen=True)
class Mailing:
    subject: str
    entries: list[Entry]
    is_digest: bool
    web_copy: str

    def text(self, person: Person | None = GAPS) -> str:
        """At most 72 letters a line, addresses whole."""
        blocks = [self.subject] if self.is_digest else []
        for one in self.entries:
            blocks.append("\n".join([one.kind, filled(one.title), *map(filled, one.lines)]))
            blocks += [filled(words) for words in (one.notice, one.synopsis) if words]
            blocks.append(one.url)
        blocks.append("-" * 24)
        if person:
            blocks += [
                _("You get this because you follow %(list)s.") % {"list": person.why},
                _("Unsubscribe from this list:") + f"\n{person.leave}",
                _("Change what you get, and how often:") + f"\n{person.manage}",
                _("You can also unsubscribe by an e-mail to this address; it may be empty:") + f"\n{person.mail}",
                _("Read this letter in a browser:") + f"\n{self.web_copy}",
            ]
        return "\n\n".join([*blocks, filled(postal_line())]) + "\n"

    def html(self, person: Person | None = GAPS) -> str:
        context = {"mailing": self, "person": person, "site": settings.SITE_URL, "postal": postal_line()}
        return render_to_string("subscriptions/mailing.html", context)


def filled(text: str) -> str:
    return textwrap.fill(text, 72, break_long_words=False, break_on_hyphens=False)


def postal_line() -> str:
    """Who sends it, and where they are: the law asks for it, and for an address that answers."""
    facts = metadata.publisher_from[-1]()
    place = f"{facts.city} {facts.postcode}".strip()
    return ", ".join(part for part in (facts.name, facts.university, facts.street, place) if part)


def of_items(subject: str, items: Iterable[Publishable], *, is_digest: bool, web_copy: str) -> Mailing:
    entries = entries_of(items)
    return Mailing(clean(subject), fitting(entries) if is_digest else entries, is_digest, web_copy)


def fitting(entries: list[Entry]) -> list[Entry]:
    """Of a digest too long for Gmail, which cuts at 102,400 octets, the later entries stand without their synopsis, and if
    need be with title and first line alone."""
    for keep in (len(entries), len(entries) // 2, len(entries) // 6, 0):
        shown = [one if place < keep else one._replace(synopsis="") for place, one in enumerate(entries)]
        if sum(map(_octets, shown)) <= MOST_OCTETS:
            return shown
    return [one._replace(synopsis="", lines=one.lines[:1], notice="") for one in entries]


def _octets(one: Entry) -> int:
    """In the HTML part, what stands around the words included."""
    words = [one.kind, one.title, one.url, *one.lines, one.notice, one.synopsis]
    return AROUND + sum(len(escape(text).encode()) for text in words)


def of_notification(held: Notification, keys: list[int] | None = None, *, with_gone: bool = False) -> Mailing | None:
    """As it goes out now: what readers can no longer see is left out. None when nothing is left.

    `with_gone` is for the public copy, in which the notice of what was withdrawn stands in its place.
    """
    wanted = items_of(held, keys, with_gone=with_gone)
    if not wanted:
        return None
    found = of_items(held.subject, wanted, is_digest=bool(held.occasion), web_copy=web_copy_of(held))
    return replace(found, subject=found.entries[0].title) if found.is_digest and len(wanted) == 1 else found


def web_copy_of(held: Notification) -> str:
    return absolute(reverse("mailing", args=[held.pk]))
