"""Who stands in the directory, and under what each is found: held in memory, as the catalogue of publications is.

Keys and addresses only, read through `published()`; what a page shows is fetched through `published()` again. Before
every use a stamp says whether anything changed, an hour or a day that came included; then it is read anew.
"""

from collections.abc import Container, Hashable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.db.models import Max, Model, QuerySet
from django.utils.translation import gettext_lazy as _

from editorial import held, moments
from people.folding import letter
from people.models import Appointment, Language, Person, StaffGroup, StaffProfile
from people.models.profile import MEDIA
from people.zones import offset, zone_words
from research.models import Region, ResearchCentre, Topic

TODAY, ANYBODY = "today", "all"
PROFILE = ("id", "person_id", "is_expert", "time_zone", *MEDIA.values())
WHO = {TODAY: _("At RSIS today"), ANYBODY: _("Everyone with a page")}


@dataclass
class Entry:
    """`values` has, for each facet, what the person is found under; `ranks` the best rank in each group."""

    key: int
    sort_key: str
    is_expert: bool = False
    values: dict[str, set[str]] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)

    def add(self, facet: str, *found: str) -> None:
        self.values.setdefault(facet, set()).update(found)

    def has(self, facet: str, value: str) -> bool:
        return value in self.values.get(facet, ())


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    depth: int = 0


@dataclass
class Shelf:
    entries: list[Entry]
    options: dict[str, list[Option]]


_held: list[tuple[tuple[Any, ...], Shelf]] = []
_reading = Lock()


def current(authors: Container[Hashable], stamp: Hashable) -> Shelf:
    """The shelf as of now. `stamp` is another whenever `authors` are. Two statements when nothing changed."""
    latest = StaffProfile.objects.published().aggregate(latest=Max("publish_at"))["latest"]
    now = (stamp, moments.today(), latest, held.mark().everything)
    for known, shelf in _held:
        if known == now:
            return shelf
    with _reading:  # whoever comes meanwhile waits for this reading instead of doing the same
        if not _held or _held[0][0] != now:
            _held[:] = [(now, read(authors))]
        return _held[0][1]


def forget() -> None:
    """For tests, which roll back and use the same keys again for other people."""
    _held.clear()


def read(authors: Container[Hashable]) -> Shelf:
    """Everybody with a public page: by a published profile, or as one of the `authors` of what is published."""
    rows = StaffProfile.objects.published().order_by().values(*PROFILE)
    profiles: dict[int, dict[str, Any]] = {row["person_id"]: row for row in rows}
    found = {
        key: Entry(key, sort_key)
        for key, sort_key in Person.objects.filter(has_page=True).values_list("pk", "sort_key")
        if key in profiles or key in authors
    }
    options = {"who": [Option(value, str(label)) for value, label in WHO.items()]}
    options["group"] = [Option(group.value, str(group.label)) for group in StaffGroup]
    for entry in found.values():
        entry.add("who", ANYBODY)
        entry.add("letter", letter(entry.sort_key))
    _posts(found, options)
    for name, through, model in (("topic", "expertise", Topic), ("region", "regions", Region)):
        options[name] = _terms(found, profiles, name, _links(through), model)
    _languages(found, profiles, options)
    for person, row in profiles.items():
        if person in found:
            _media(found[person], row)
    options["letter"] = [Option(one, one) for one in sorted({letter(entry.sort_key) for entry in found.values()})]
    options["medium"] = [Option(value, _words(column)) for value, column in MEDIA.items()]
    options["zone"] = _zones(entry for entry in found.values() if entry.is_expert)
    return Shelf(list(found.values()), options)


def _words(column: str) -> str:
    text = str(StaffProfile._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
    return text[:1].upper() + text[1:]


def _posts(found: dict[int, Entry], options: dict[str, list[Option]]) -> None:
    centres = {key: (slug, name) for key, slug, name in ResearchCentre.objects.values_list("pk", "slug", "name")}
    rows = Appointment.objects.current().order_by().values_list("person_id", "staff_group", "rank", "centre_id")
    for person, group, rank, centre in rows:
        entry = found.get(person)
        if entry is None:
            continue
        entry.add("who", TODAY)
        entry.add("group", group)
        entry.ranks[group] = min(rank, entry.ranks.get(group, rank))
        if centre:
            entry.add("centre", centres[centre][0])
    options["centre"] = [Option(slug, name) for slug, name in centres.values()]


def _links(through: str) -> QuerySet[Any, Any]:
    field = StaffProfile._meta.get_field(through)
    model: type[Model] = field.remote_field.through  # type: ignore[union-attr]
    target = f"{field.related_model._meta.model_name}_id"  # type: ignore[union-attr]
    return model._default_manager.order_by().values_list("staffprofile_id", target)


def _terms(
    found: dict[int, Entry],
    profiles: dict[int, Any],
    name: str,
    links: Iterable[tuple[int, int]],
    model: type[Topic] | type[Region],
) -> list[Option]:
    """A topic or region stands for itself and all below it, as in every list."""
    nodes = {node.pk: node for node in model.objects.with_tree_fields()}
    persons = {row["id"]: person for person, row in profiles.items()}
    for profile, term in links:
        entry = found.get(persons.get(profile, 0))
        if entry is not None:
            entry.add(name, *(nodes[key].slug for key in nodes[term].tree_path))
    return [Option(node.slug, node.name, node.tree_depth) for node in nodes.values()]


def _languages(found: dict[int, Entry], profiles: dict[int, Any], options: dict[str, list[Option]]) -> None:
    languages = {key: (code, name) for key, code, name in Language.objects.values_list("pk", "code", "name")}
    persons = {row["id"]: person for person, row in profiles.items()}
    for profile, language in _links("speaks"):
        entry = found.get(persons.get(profile, 0))
        if entry is not None:
            entry.add("language", languages[language][0])
    options["language"] = [Option(code, name) for code, name in languages.values()]


def _media(entry: Entry, profile: dict[str, Any]) -> None:
    entry.is_expert = profile["is_expert"] and entry.has("who", TODAY)
    entry.add("medium", *(value for value, column in MEDIA.items() if profile[column]))
    entry.add("zone", profile["time_zone"])


def _zones(experts: Iterable[Entry]) -> list[Option]:
    names = {zone for entry in experts for zone in entry.values.get("zone", ())}
    return [Option(name, zone_words(name)) for name in sorted(names, key=lambda name: (offset(name), name))]
