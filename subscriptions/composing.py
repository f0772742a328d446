"""The words of a mailing, from one set of facts as HTML and as text, with gaps where one reader's letter differs."""

import re
import textwrap
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from editorial import metadata
from editorial.metadata import absolute
from publications.models import Publication
from subscriptions.models import Notification

LONGEST_SYNOPSIS = 420
# Letters that no text of ours holds stand where something differs from reader to reader.
GAP = re.compile("\ue000([a-z]+)\ue001")
PRIVATE = str.maketrans("", "", "\ue000\ue001")


class Entry(NamedTuple):
    kind: str
    title: str
    url: str
    byline: str
    date: str
    synopsis: str


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
            line = " · ".join(part for part in (one.byline, one.date) if part)
            blocks.append("\n".join([one.kind, filled(one.title), filled(line)]))
            blocks += [filled(one.synopsis)] if one.synopsis else []
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


def of_pieces(subject: str, pieces: list[Publication], *, is_digest: bool, web_copy: str) -> Mailing:
    return Mailing(clean(subject), [entry_of(one) for one in pieces], is_digest, web_copy)


def of_notification(held: Notification, keys: list[int] | None = None) -> Mailing | None:
    """As it goes out now: what readers can no longer see is left out. None when nothing is left."""
    wanted = pieces_of(held, keys)
    if not wanted:
        return None
    subject = held.subject
    if held.occasion and len(wanted) == 1:
        subject = wanted[0].title
    return of_pieces(subject, wanted, is_digest=bool(held.occasion), web_copy=web_copy_of(held))


def pieces_of(held: Notification, keys: list[int] | None = None) -> list[Publication]:
    """The pieces of a single announcement, or of those that a digest names, in their order."""
    if keys is None:
        objects = [held.object_id]
    else:
        by_key = dict(Notification.objects.filter(pk__in=keys).values_list("pk", "object_id"))
        objects = [by_key[key] for key in keys if key in by_key]
    found = Publication.objects.published().for_cards().in_bulk([one for one in objects if one])
    return [found[key] for key in objects if key in found]


def web_copy_of(held: Notification) -> str:
    return absolute(reverse("mailing", args=[held.pk]))


def entry_of(piece: Publication) -> Entry:
    names = ", ".join(one.name for one in piece.authorships.all())
    kind = f"{piece.series.name} · {piece.number}" if piece.number else piece.series.name
    synopsis = metadata.summary(piece.synopsis, LONGEST_SYNOPSIS)
    url = absolute(piece.get_absolute_url())
    return Entry(*map(clean, (kind, piece.title, url, names, piece.printed_date, synopsis)))


def clean(text: str) -> str:
    """On one line, without the letters that mark gaps."""
    return " ".join(text.translate(PRIVATE).split())
