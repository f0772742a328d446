"""The written set: about 130 pieces by some 60 invented people, with everything a reader and an editor should meet."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from contact import seed as contact_seed
from editorial import roles
from editorial.models import User
from people import seed as people_seed
from people.models import Person
from publications import seed as publications_seed
from research import seed as research_seed
from rsis import menu_seed
from rsis.demo import (
    artwork,
    desk,
    events,
    guests,
    letterbox,
    pieces,
    population,
    records,
    reference,
    research,
    school,
    section,
)  # fmt: skip
from rsis.demo.records import Record

# Before this piece is numbered, the register skips one number and retires the next.
AFTER_THE_GAP = "rice"
PEOPLE = "people.txt"
NO_PIECES = {
    PEOPLE, "people_units.txt", "pictures.txt", "desk.txt", "projects.txt", "media_pages.txt", "glossary.txt", "letterbox.txt",
    "events.txt",
}  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    people: dict[str, Person]
    created: int


def written() -> list[Record]:
    """Every piece of the texts, oldest first; pieces of one day in the order of the files."""
    found = [record for record in records.read("*.txt") if record.source not in NO_PIECES]
    return sorted(found, key=lambda record: -int(record.get("ago", "0")))


@transaction.atomic
def load(today: date) -> Loaded:
    """Write what is missing, all or nothing. Running it again changes nothing."""
    research_seed.load()
    people_seed.load()
    publications_seed.load()
    publications_seed.load_newsletters()
    roles.load()
    menu_seed.load()
    by: User = desk.accounts()
    people = population.load(today, by)
    contact_seed.load()
    images, figures = artwork.load(by)
    loader = pieces.Loader(today, by, people, images, figures)
    for record in written():
        if record.key == AFTER_THE_GAP and not _is_there(loader, record):
            desk.leave_a_number_unused(loader.series_of(record), loader.day_of(record), by)
        loader.load(record)
    desk.correspondence(loader.made, today, by)
    research.load(today, by, people, loader.made)
    events.Loader(today, by, people, images, loader.made).load()
    guests.load(by)
    desk.home_page(loader.made, people)
    research.centre_page(loader.made)
    school.load(today, by, people, images, loader.made)
    section.pages(loader.made, people, images, today, by)
    reference.glossary()
    reference.awards(loader.made)
    letterbox.load(people)
    return Loaded(people, loader.created)


def _is_there(loader: pieces.Loader, record: Record) -> bool:
    return loader.series_of(record).publications.filter(title=record.get("title").replace("'", "’")).exists()
