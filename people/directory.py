"""One list of people, narrowed by the query string, in stable pages. docs/decisions/people.md says by which rules."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, overload

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from editorial.paged import Paged, page_number, single
from people.entries import ANYBODY, TODAY, Entry, Option, Shelf
from people.models import Appointment, Person, StaffProfile

PER_PAGE = 60
LABELS: dict[str, str | Promise] = {
    "who": _("Who"),
    "group": _("Staff group"),
    "centre": _("Centre or programme"),
    "topic": _("Expertise"),
    "region": _("Region"),
    "language": _("Language"),
    "medium": _("Medium"),
    "zone": _("Time zone"),
    "letter": _("Letter"),
}


@dataclass(frozen=True)
class Value:
    label: str
    value: str
    count: int
    url: str
    is_active: bool
    depth: int = 0

    @property
    def indented(self) -> str:
        """For a list of options, which has no other way to show depth."""
        return "\u00a0" * 4 * self.depth + self.label


@dataclass
class Facet:
    name: str
    label: str
    values: list[Value] = field(default_factory=list)

    @property
    def active(self) -> Value | None:
        return next((value for value in self.values if value.is_active), None)


@dataclass(frozen=True)
class ChosenFilter:
    facet_label: str
    label: str
    remove_url: str


@dataclass
class Card:
    """A person with what a list shows: the published profile if there is one, posts of today, and those that ended."""

    person: Person
    profile: StaffProfile | None = None
    posts: list[Appointment] = field(default_factory=list)
    former: list[Appointment] = field(default_factory=list)


class Cards(Sequence[Card]):
    """The cards of a list, fetched by the page."""

    def __init__(self, entries: list[Entry], group: str = "") -> None:
        self.entries, self.group = entries, group

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, index: int) -> Card: ...
    @overload
    def __getitem__(self, index: slice) -> list[Card]: ...
    def __getitem__(self, index: int | slice) -> Card | list[Card]:
        if isinstance(index, int):
            return self[index : index + 1][0]
        return cards([entry.key for entry in self.entries[index]], self.group)


def cards(keys: list[int], group: str = "") -> list[Card]:
    """In the order of the keys; with a group, its posts only. A fixed number of statements."""
    people = Person.objects.in_bulk(keys)
    found = {key: Card(people[key]) for key in keys if key in people}
    profiles = StaffProfile.objects.published().filter(person__in=keys).select_related("photo")
    for profile in profiles.prefetch_related("photo__renditions", "expertise", "speaks"):
        found[profile.person_id].profile = profile
    for post in Appointment.objects.filter(person__in=keys).select_related("centre"):
        card = found[post.person_id]
        if post.is_current and group in ("", post.staff_group):
            card.posts.append(post)
        elif post.is_over:
            card.former.append(post)
    return list(found.values())


class Directory(Paged):
    """People under `fixed` choices that the page itself is about, and under those of the query string.

    A facet takes one value. What means nothing in the query string is ignored: an unknown parameter or value, one given
    twice, a page that does not exist.
    """

    facet_names: ClassVar[tuple[str, ...]] = ("group", "centre", "topic", "region", "language")
    # Read from the query, and shown by the page in another way than as a facet.
    settled: ClassVar[tuple[str, ...]] = ("who", "letter")

    def __init__(self, query: QueryDict, path: str, shelf: Shelf, fixed: dict[str, str] | None = None) -> None:
        self.path, self.options, self.fixed = path, shelf.options, fixed or {}
        self.entries = [
            entry for entry in shelf.entries if all(entry.has(name, value) for name, value in self.fixed.items())
        ]
        self.chosen: dict[str, Option] = {}
        for name in (*self.settled, *self.facet_names):
            given = "" if name in self.fixed else single(query, name)
            option = next((one for one in self.options[name] if one.value == given), None)
            if option is not None and not (name == "who" and option.value == TODAY):
                self.chosen[name] = option
        self.number = page_number(query)

    def found(self, without: str = "") -> list[Entry]:
        wanted = {name: option.value for name, option in self.chosen.items()}
        if "who" in self.settled and "who" not in wanted:
            wanted["who"] = TODAY
        wanted.pop(without, None)
        return [entry for entry in self.entries if all(entry.has(name, value) for name, value in wanted.items())]

    @cached_property
    def group(self) -> str:
        """The one group the list is of, whose order of rank it then has."""
        return self.fixed.get("group") or (self.chosen["group"].value if "group" in self.chosen else "")

    @cached_property
    def listed(self) -> list[Entry]:
        return sorted(self.found(), key=lambda entry: (entry.ranks.get(self.group, 0), entry.sort_key, entry.key))

    @property
    def count(self) -> int:
        return len(self.listed)

    @cached_property
    def page(self) -> "Page[Card]":
        paginator: Paginator[Card] = Paginator(Cards(self.listed, self.group), PER_PAGE)
        return paginator.page(self.number if self.number in paginator.page_range else 1)

    @cached_property
    def shown(self) -> list[Card]:
        return list(self.page.object_list)

    def facet(self, name: str) -> Facet:
        counts: Counter[str] = Counter()
        for entry in self.found(without=name):
            counts.update(entry.values.get(name, ()))
        active = self.chosen[name].value if name in self.chosen else TODAY if name == "who" else ""
        return Facet(name, str(LABELS[name]), list(self._values(name, counts, active)))

    def _values(self, name: str, counts: Counter[str], active: str) -> Iterable[Value]:
        for one in self.options[name]:
            if counts[one.value] or one.value == active:
                url = self.url(**{name: "" if one.value in (active, TODAY) else one.value})
                yield Value(one.label, one.value, counts[one.value], url, one.value == active, one.depth)

    @cached_property
    def facets(self) -> list[Facet]:
        """Those with something to choose."""
        wanted = (name for name in self.facet_names if name not in self.fixed)
        return [facet for name in wanted if (facet := self.facet(name)).values]

    @cached_property
    def letters(self) -> Facet:
        return self.facet("letter")

    @property
    def offers_letters(self) -> bool:
        """Above the whole list, or what one letter left of it; what a filter left is short."""
        return not self.chosen.keys() - {"who", "letter"} and bool(len(self.letters.values) > 1 or self.letters.active)

    @cached_property
    def who(self) -> Facet:
        return self.facet("who")

    @cached_property
    def groups(self) -> Facet:
        """Every group of today with its size, whatever is chosen."""
        counts = Counter(value for entry in self.entries for value in entry.values.get("group", ()))
        return Facet(
            "group", "", [Value(one.label, one.value, counts[one.value], "", False) for one in self.options["group"]]
        )

    @cached_property
    def active(self) -> list[ChosenFilter]:
        chosen = ((name, option) for name, option in self.chosen.items() if name != "who")
        return [ChosenFilter(str(LABELS[name]), option.label, self.url(**{name: ""})) for name, option in chosen]

    @property
    def is_everyone(self) -> bool:
        return "who" in self.chosen and self.chosen["who"].value == ANYBODY

    @property
    def offers_links(self) -> bool:
        """Links where nothing is chosen yet; later the form alone, or robots would find addresses without end."""
        return not self.active

    def parameters(self) -> dict[str, str]:
        return {name: option.value for name, option in self.chosen.items()}

    @property
    def clear_url(self) -> str:
        return self.url(**dict.fromkeys(self.chosen.keys() - {"who"}, ""))


class Experts(Directory):
    """Those of today who are ready to speak to journalists."""

    facet_names = ("topic", "region", "language", "medium", "zone")
    settled = ()

    def __init__(self, query: QueryDict, path: str, shelf: Shelf) -> None:
        experts = [entry for entry in shelf.entries if entry.is_expert]
        super().__init__(query, path, Shelf(experts, shelf.options))
