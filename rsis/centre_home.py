"""What a unit's own pages show: at its home what its editors chose, where they chose, and the newest everywhere else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from editorial import notes
from people.models import Appointment, StaffGroup, StaffProfile
from publications import catalogue
from publications.models import Project, Publication, Series
from research.models import CentreLink, ResearchCentre
from rsis.directory import with_public_page
from rsis.models import Slot

LATEST, ELSEWHERE, NEWSLETTERS, PROJECTS, PEOPLE = 6, 3, 3, 4, 6


@dataclass(frozen=True)
class Member:
    """Somebody who works in a unit, with the posts held there, and whether one of them heads it."""

    person: Any
    is_head: bool
    posts: list[Appointment]


@dataclass(frozen=True)
class Shown:
    """A piece on a unit's page, under the headline and image its editors gave it there."""

    piece: Publication
    slot: Slot | None = None

    @property
    def headline(self) -> str:
        return (self.slot.headline if self.slot else "") or self.piece.title

    @property
    def image(self) -> Any:
        return (self.slot.image if self.slot else None) or self.piece.image


@dataclass
class Unit:
    """The frame of every page of a unit: the unit with its parent, its short menu, and the units it is told apart from."""

    centre: ResearchCentre
    children: list[ResearchCentre] = field(default_factory=list)
    namesakes: list[ResearchCentre] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


def frame(centre: ResearchCentre) -> Unit:
    """Two statements."""
    same = Q(acronym=centre.acronym) if centre.acronym else Q(pk=None)
    near = ResearchCentre.objects.filter(Q(parent=centre) | same).exclude(pk=centre.pk).select_related("parent")
    found = list(near.defer("description"))
    return Unit(
        centre,
        children=[one for one in found if one.parent_id == centre.pk],
        namesakes=[one for one in found if one.acronym == centre.acronym != ""],
        links=[(one.label, one.address_within(centre)) for one in CentreLink.objects.filter(centre=centre)],
    )


def home(centre: ResearchCentre) -> dict[str, Any]:
    """The context of templates/research/centre.html. A chosen piece that is no longer public simply is not there."""
    slots = list(
        Slot.objects.current().filter(centre=centre).select_related("image").prefetch_related("image__renditions")
    )
    latest, newsletters = _newest(centre)
    works = Publication.objects.published().by_staff_of(centre).order_by("-issued_on", "-pk")
    elsewhere = list(works.values_list("pk", flat=True)[:ELSEWHERE])
    wanted = {*latest, *newsletters, *elsewhere, *(slot.publication_id for slot in slots)}
    pieces = Publication.objects.published().for_cards().in_bulk([key for key in wanted if key])
    chosen = [Shown(pieces[slot.publication_id], slot) for slot in slots if slot.publication_id in pieces]
    shown = _in_order(chosen, [pieces[key] for key in latest if key in pieces])
    people = members(centre)
    return {
        "unit": frame(centre),
        "description": notes.render(centre.description).html if centre.description else "",
        "lead": shown[0] if shown else None,
        "latest": shown[1 : LATEST + 1],
        "newsletters": [pieces[key] for key in newsletters if key in pieces],
        "elsewhere": [pieces[key] for key in elsewhere if key in pieces],
        "projects": list(projects_of(centre).for_cards()[:PROJECTS]),
        "heads": [one for one in people if one.is_head],
        "people": [one for one in people if not one.is_head][:PEOPLE],
        "headcount": len(people),
    }


def _in_order(chosen: list[Shown], newest: list[Publication]) -> list[Shown]:
    """The lead, what is pinned, then the newest; none twice. Without a chosen lead the first of the others leads."""
    leads = [one for one in chosen if one.slot and one.slot.place == Slot.Place.LEAD][:1]
    pinned = [one for one in chosen if one.slot and one.slot.place == Slot.Place.PINNED]
    rest = (Shown(piece) for piece in newest)
    found: dict[int, Shown] = {}
    for one in (*leads, *pinned, *rest):
        found.setdefault(one.piece.pk, one)
    return list(found.values())


def _newest(centre: ResearchCentre) -> tuple[list[int], list[int]]:
    """Keys of the unit's newest pieces of its own, newsletters apart, from the catalogue."""
    now = catalogue.current()
    own = now.bits("centre", centre.family)
    kinds = list(Series.objects.exclude(family=Series.Family.EXTERNAL).values_list("pk", "shape"))
    letters = own & now.bits("series", [key for key, shape in kinds if shape == Series.Shape.NEWSLETTER])
    pieces = own & now.bits("series", [key for key, shape in kinds if shape != Series.Shape.NEWSLETTER])
    return list(islice(now.newest(pieces), LATEST + 1)), list(islice(now.newest(letters), NEWSLETTERS))


def appointments(centre: ResearchCentre) -> QuerySet[Appointment]:
    """Posts in the unit and in the programmes within it: those held today, or for a closed unit those held in its time."""
    posts = Appointment.objects.filter(centre__in=centre.family)
    return posts if centre.is_closed else posts.current()


def members(centre: ResearchCentre) -> list[Member]:
    """Everyone with a public page and a post: heads first, then by rank and name. Posts, people, portraits."""
    groups = list(StaffGroup)
    profiles = StaffProfile.objects.published().select_related("photo").prefetch_related("photo__renditions")
    posts = (
        appointments(centre)
        .filter(person__in=with_public_page().values("pk"))
        .select_related("person", "centre")
        .prefetch_related(Prefetch("person__profile", profiles))
    )

    def heads(post: Appointment) -> bool:
        return post.is_head and post.centre_id == centre.pk  # whoever heads a programme within heads no more than that

    def order(post: Appointment) -> tuple[Any, ...]:
        return not heads(post), groups.index(StaffGroup(post.staff_group)), post.rank, post.person.sort_name, post.pk

    found: dict[int, Member] = {}
    for post in sorted(posts, key=order):
        found.setdefault(post.person_id, Member(post.person, heads(post), [])).posts.append(post)
    return list(found.values())


def by_group(people: Sequence[Member]) -> list[tuple[str, list[Member]]]:
    """In the order of the groups, each person once, under the group of the first post."""
    return [
        (str(group.label), those)
        for group in StaffGroup
        if (those := [one for one in people if one.posts[0].staff_group == group])
    ]


def projects_of(centre: ResearchCentre) -> Any:
    through: Any = Project.centres.through
    keys = through.objects.filter(researchcentre__in=centre.family).values("project_id")
    return Project.objects.published().filter(pk__in=keys)
