"""Writing the research projects, who edits the page of one centre, and what stands there."""

import re
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.text import slugify

from editorial import publishing, saving
from editorial.models import User
from people.models import Person
from publications.models import Investigator, Project, ProjectOutput, Publication
from research.models import Region, ResearchCentre, Topic
from rsis.demo import lightmark, records
from rsis.demo.records import Record
from rsis.models import Slot

OUTSIDER = re.compile(r"(?P<name>[^(]+) \((?P<affiliation>[^)]+)\)")


def load(today: date, by: User, people: dict[str, Person], pieces: dict[str, Publication]) -> None:
    """Create what is missing; a project that exists is left alone."""
    for record in records.read("projects.txt"):
        slug = slugify(record.get("title"))[:110].strip("-")
        if not Project.objects.filter(slug=slug).exists():
            _create(record, slug, today, by, people, pieces)


def _create(
    record: Record, slug: str, today: date, by: User, people: dict[str, Person], pieces: dict[str, Publication]
) -> None:
    first, _to, last = record.get("span").partition(" to ")
    project = Project(
        title=_words(record.get("title")),
        slug=slug,
        summary=_words(record.get("summary")),
        abstract=lightmark.to_html(record.text),
        output_kind=record.get("output"),
        funder=_words(record.get("funder")),
        started_on=_day(first, today),
        ended_on=_day(last, today),
        created_by=by,
    )
    project.full_clean(exclude=["created_by", "updated_by"])
    project.save()
    project.centres.set(ResearchCentre.objects.filter(slug__in=record.words("centres")))
    project.topics.set(Topic.objects.filter(slug__in=record.words("topics")))
    project.regions.set(Region.objects.filter(slug__in=record.words("regions")))
    for position, line in enumerate(record.get("by").split(";"), start=1):
        _join(project, line.strip(), position, people)
    for position, key in enumerate(record.words("outputs"), start=1):
        ProjectOutput.objects.create(project=project, publication=pieces[key], position=position)
    saving.record(project, by)
    start = project.started_on or today
    morning = datetime.combine(start, time(9), timezone.get_default_timezone())
    publishing.publish(project, min(morning, timezone.now() - timedelta(hours=1)), by)


def _join(project: Project, line: str, position: int, people: dict[str, Person]) -> None:
    who, _colon, role = line.partition(":")
    outsider = OUTSIDER.fullmatch(who)
    known: dict[str, object] = dict(outsider.groupdict()) if outsider else {"person": people[who]}
    Investigator.objects.create(
        project=project, position=position, role=role or Investigator.Role.PRINCIPAL, **known
    )  # fmt: skip


def _day(given: str, today: date) -> date:
    """A date, or so many days before today."""
    return date.fromisoformat(given) if given.count("-") == 2 else today - timedelta(days=int(given))


def _words(text: str) -> str:
    return text.replace("'", "’")


def centre_page(pieces: dict[str, Publication]) -> None:
    """One page that somebody fills: a lead under a headline of its own for a month, and a pinned paper."""
    centre = ResearchCentre.objects.get(slug="idss")
    centre.editors.add(User.objects.get(username="idss"))
    if Slot.objects.filter(centre__isnull=False).exists():
        return
    Slot.objects.create(
        centre=centre,
        place=Slot.Place.LEAD,
        publication=pieces["ip-deterrence"],
        headline="How to count warheads when nobody has agreed to count",
        image=pieces["quiet-rules"].image,
        ends_at=timezone.now() + timedelta(days=30),
    )
    Slot.objects.create(centre=centre, place=Slot.Place.PINNED, publication=pieces["quiet-rules"])
