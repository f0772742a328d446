"""The lists that the sign-up page offers by themselves, in groups, and what they would have sent lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Window
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import clock
from events.models import Event
from publications.models import Publication, Series
from research.models import Region, ResearchCentre, Topic, as_tree
from subscriptions import lists
from subscriptions.lists import Followable

SHOWN = 6  # titles of a list
MOST_LISTS = 3  # of which a page shows what they would have sent
WHAT_COMES = {
    lists.PUBLICATIONS: gettext_lazy("Commentaries, papers, reports and books of all in-house series."),
    lists.EVENTS: gettext_lazy("Lectures, seminars and conferences, as they are announced."),
}


@dataclass(frozen=True)
class Choice:
    target: str
    label: str
    depth: int = 0
    is_chosen: bool = False
    note: str = ""


@dataclass(frozen=True)
class Group:
    label: str
    choices: list[Choice]

    @property
    def slug(self) -> str:
        """For ids in the page."""
        return slugify(self.label)

    @property
    def chosen(self) -> int:
        return sum(choice.is_chosen for choice in self.choices)


class Shown(NamedTuple):
    url: str
    title: str
    language: str
    about: str  # what it is, and of when


@dataclass(frozen=True)
class Sent:
    """A list and what it would have sent, the latest first; how many pieces and events that is in all."""

    label: str
    pieces: int
    events: int
    items: list[Shown]

    @property
    def more(self) -> int:
        return self.pieces + self.events - len(self.items)


def plain() -> list[Choice]:
    return [Choice(target, str(label), note=str(WHAT_COMES[target])) for target, label in lists.PLAIN.items()]


def groups() -> list[Group]:
    """Four statements."""
    series = Series.objects.order_by("family", "position", "name")
    found = [
        Group(
            _("%(collection)s, by series") % {"collection": family.label},
            [Choice(one.get_absolute_url(), one.name) for one in series if one.family == family],
        )
        for family in Series.Family
    ]
    for label, model in ((_("Topics"), Topic), (_("Regions"), Region)):
        terms = model.objects.with_tree_fields()
        found.append(Group(label, [Choice(one.get_absolute_url(), one.name, one.tree_depth) for one in terms]))
    units = as_tree(list(ResearchCentre.objects.all()))
    centres = [Choice(one.get_absolute_url(), one.name, depth) for one, depth in units]
    found.append(Group(_("Research centres and programmes"), centres))
    return [group for group in found if group.choices]


def sent_lately(followed: Sequence[Followable]) -> tuple[list[Sent], int]:
    """Of the first few lists, each of which costs up to eight statements, and how many lists more there are."""
    return [_sent(one) for one in followed[:MOST_LISTS]], max(len(followed) - MOST_LISTS, 0)


def _sent(one: Followable) -> Sent:
    found = lists.read(one.target) or one  # as it was chosen, only its name is known
    of_pieces, of_events = found.recent()
    in_all = Window(Count("pk"))  # counted in the same statement
    pieces = list(of_pieces.select_related("series").defer("body").annotate(in_all=in_all)[:SHOWN])
    events = list(of_events.select_related("kind").defer("body", "transcript").annotate(in_all=in_all)[:SHOWN])
    few: list[Publication | Event] = [*pieces, *events]
    few.sort(key=lambda item: (item.publish_at, item.pk), reverse=True)
    numbers = [vars(rows[0])["in_all"] if rows else 0 for rows in (pieces, events)]
    return Sent(one.label, numbers[0], numbers[1], [_shown(item) for item in few[:SHOWN]])


def _shown(item: Publication | Event) -> Shown:
    what, when = (item.kind, clock.spans(item)[0]) if isinstance(item, Event) else (item.series, item.printed_date)
    return Shown(item.get_absolute_url(), item.title, item.language, f"{what}, {when}")
