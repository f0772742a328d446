"""What surrounds the pieces: accounts, notices, reader responses, places on the home page, one number left unused."""

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from editorial.models import User
from people.models import Person
from publications import responses
from publications.models import Notice, NumberEntry, Publication, ReaderResponse, Series
from publications.numbering import last_sequence, period_of, render
from rsis.demo import records
from rsis.demo.records import Record
from rsis.models import Slot

PASSWORD = "rsis-demo"  # noqa: S105 -- printed by `make run`; the command refuses to make it on a public site
ACCOUNTS = {
    "admin": ("Demonstration administrator", "Administrators"),
    "publisher": ("Demonstration publisher", "Publishers"),
    "editor": ("Demonstration editor", "Editors"),
    "author": ("Demonstration author", "Authors"),
    "idss": ("Demonstration editor of a centre’s page", "Authors"),
}


def accounts() -> User:
    """Make the sign-ins that are missing; give the administrator. An existing account keeps its password."""
    missing = ACCOUNTS.keys() - set(User.objects.values_list("username", flat=True))
    password = make_password(PASSWORD) if missing else ""  # slow on purpose, so once for all
    for username, (name, group) in ACCOUNTS.items():
        if username not in missing:
            continue
        user = User(username=username, first_name=name, email=f"{username}@rsis.example", is_staff=True)
        user.is_superuser = username == "admin"
        user.password = password
        user.save()
        user.groups.set(Group.objects.filter(name=group))
    return User.objects.get(username="admin")


def leave_a_number_unused(series: Series, day: date, by: User) -> None:
    """The register shows editors a retired number and, before it, a gap that may be filled."""
    sequence = last_sequence(series, period_of(series, day)) + 2
    NumberEntry.objects.create(
        series=series,
        period=period_of(series, day),
        sequence=sequence,
        number=render(series, day, sequence),
        reason="Announced to the press, then not published.",
        by=by,
    )


def correspondence(made: dict[str, Publication], today: date, by: User) -> None:
    """Notices and what readers wrote, from texts/desk.txt."""
    for record in records.read("desk.txt"):
        publication = made.get(record.get("on"))
        if publication is None:
            continue
        if record.get("kind"):
            Notice.objects.get_or_create(
                publication=publication,
                kind=record.get("kind"),
                text=record.text.replace("'", "’"),
                defaults={"on": today - timedelta(days=int(record.get("ago", "0"))), "by": by},
            )
        else:
            _response(record, publication, by)


def _response(record: Record, publication: Publication, by: User) -> None:
    response = responses.receive(
        publication,
        name=record.get("name"),
        affiliation=record.get("affiliation"),
        email=f"{record.key}@reader.example",
        text=record.text.replace("'", "’"),
    )
    days = timedelta(days=int(record.get("ago", "0")), hours=5)
    ReaderResponse.objects.filter(pk=response.pk).update(at=timezone.now() - days)
    verdict = ReaderResponse.Verdict(record.get("verdict", "waiting"))
    if verdict != ReaderResponse.Verdict.WAITING:
        responses.judge(response, verdict, by)


def home_page(made: dict[str, Publication], people: dict[str, Person]) -> None:
    """A lead, a pinned commentary for two weeks, and three experts; the Latest Book is left to follow the newest."""
    if Slot.objects.filter(centre=None).exists():
        return
    now = timezone.now()
    Slot.objects.create(place=Slot.Place.LEAD, publication=made["quiet-rules"], ends_at=now + timedelta(days=30))
    Slot.objects.create(
        place=Slot.Place.COMMENTARIES,
        publication=made["first-three-days"],
        starts_at=now,
        ends_at=now + timedelta(days=14),
    )
    for position, key in enumerate(("naphatsorn", "ilangovan", "kanimozhi"), start=1):
        Slot.objects.create(place=Slot.Place.EXPERTS, person=people[key], position=position)
