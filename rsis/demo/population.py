"""Writing the invented people: names, posts with dates, and the public pages of those who work at the school."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.text import slugify

from editorial import publishing
from editorial.models import User
from people.models import Appointment, Person, StaffGroup, StaffProfile
from research.models import Region, ResearchCentre, Topic
from rsis.demo import lightmark, records
from rsis.demo.records import Record

LETTERS = str.maketrans({"Đ": "D", "đ": "d", "ð": "d", "Å": "A", "ø": "o"})


def slug_of(name: str) -> str:
    return slugify(name.translate(LETTERS))


def load(today: date, by: User) -> dict[str, Person]:
    """Create those who are missing; give everyone by the key the texts use. Someone who exists is left alone."""
    people: dict[str, Person] = {}
    for record in records.read("people*.txt"):
        slug = slug_of(record.get("name"))
        existing = Person.objects.filter(slug=slug).first()
        people[record.key] = existing or _create(record, slug, today, by)
    return people


def _create(record: Record, slug: str, today: date, by: User) -> Person:
    person = Person.objects.create(
        name=record.get("name"),
        native_name=record.get("native"),
        family_name=record.get("family"),
        given_names=record.get("given"),
        sort_name=record.get("sort"),
        slug=slug,
        orcid=record.get("orcid") or None,
    )
    for line in record.all("post"):
        _appoint(person, line, today)
    if record.text:
        _profile(person, record, today, by)
    return person


def _appoint(person: Person, line: str, today: date) -> None:
    title, group, centre, span, rank, *head = [part.strip() for part in line.split("|")]
    since, _to, until = span.partition(" to ")
    Appointment.objects.create(
        person=person,
        title=title,
        staff_group=StaffGroup[group.upper()],
        centre=None if centre == "-" else ResearchCentre.objects.get(slug=centre),
        started_on=today - timedelta(days=int(since)),
        ended_on=today - timedelta(days=int(until)) if until else None,
        rank=int(rank),
        is_head=bool(head),
    )


def _profile(person: Person, record: Record, today: date, by: User) -> None:
    first_post = person.appointments.order_by("started_on").first()
    since = first_post.started_on if first_post and first_post.started_on else today
    profile = StaffProfile.objects.create(
        person=person,
        biography=lightmark.to_html(record.text),
        languages=record.get("languages"),
        degrees=record.get("degrees").replace("; ", "\n"),
        public_email=f"{slug_of(record.key)}@rsis.example",
        created_by=by,
    )
    profile.expertise.set(Topic.objects.filter(slug__in=record.words("expertise")))
    profile.regions.set(Region.objects.filter(slug__in=record.words("regions")))
    publishing.publish(profile, datetime.combine(since, time(9), timezone.get_default_timezone()), by)


def affiliation(record: Record, person: Person, on: date) -> tuple[str, str]:
    """What is printed beside the name and under the text, from the post held on that day."""
    outside = record.get("affiliation")
    if outside:
        return outside[0].upper() + outside[1:], f"{person.name} is {outside}."
    post = (
        person.appointments.exclude(staff_group=StaffGroup.GOVERNORS)
        .exclude(started_on__gt=on)
        .exclude(ended_on__lt=on)
        .select_related("centre")
        .first()
    ) or person.appointments.select_related("centre").first()
    if post is None:
        return "", ""
    unit = f", {post.centre.name}" if post.centre else ""
    words = f"{_article(post.title)}{post.title}{unit.replace(', ', ' at the ', 1)}"
    note = (
        f"{person.name} is {words}, S. Rajaratnam School of International Studies (RSIS), "
        "Nanyang Technological University, Singapore."
    )
    return f"{post.title}{unit}", note


def _article(title: str) -> str:
    """Offices of which there is one stand without an article: "is Dean", but "is a Research Fellow"."""
    if title.startswith(("Dean", "Executive", "Chairman", "Head", "Manager", "Senior Director", "Senior Manager")):
        return ""
    return "an " if title[0] in "AEIOU" else "a "
