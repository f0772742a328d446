"""What invented readers wrote: enquiries in every state, and feedback over a year, from texts/letterbox.txt."""

from datetime import datetime, timedelta

from django.utils import timezone

from contact import receiving
from contact.models import Enquiry, Feedback, Subject
from editorial.models import User
from mail.models import Letter
from people.models import Person
from rsis.demo import records
from rsis.demo.records import Record

PAGES = ("/", "/publications/", "/people/", "/research/", "/search/", "/publications/rsis-commentary-series/")
# Numbers given in the last twelve months, the oldest first: the site got better.
MONTHS = ("3434", "2543", "44353", "3545", "54435", "45546", "54455", "65445", "545665", "56545", "66556", "565656")


def load(people: dict[str, Person]) -> None:
    """Once: on a site that has had an enquiry or feedback, nothing is written."""
    Subject.objects.filter(recipients="").update(recipients="desk@rsis.example")
    if Enquiry.objects.exists() or Feedback.objects.exists():
        return
    now = timezone.now()
    for number, record in enumerate(records.read("letterbox.txt")):
        if record.get("rating"):
            _feedback(record, number, now)
        else:
            _enquiry(record, people, now)
    for back, given in enumerate(reversed(MONTHS)):
        for place, rating in enumerate(given):
            at = now - timedelta(days=30 * back + 3 * place, hours=place)
            key = f"{back} {place}".rjust(64, "0")
            page = PAGES[(back + place * 5) % len(PAGES)]
            Feedback.objects.create(rating=int(rating), page=page, at=at, fingerprint=key, release="1.0")
    Letter.objects.all().delete()  # invented people are not written to


def _enquiry(record: Record, people: dict[str, Person], now: datetime) -> None:
    at = now - timedelta(days=int(record.get("ago", "0")), hours=4)
    more = {}
    if record.get("outlet"):
        more = {
            "person": people[record.get("for")],
            "outlet": record.get("outlet"),
            "medium": record.get("medium"),
            "deadline_at": at + timedelta(days=2, hours=6),
            "deadline_zone": record.get("zone"),
        }
    subject = Subject.objects.get(slug=record.get("about"))
    text = record.text.replace("'", "’")
    enquiry = receiving.receive(subject, record.get("name"), f"{record.key}@reader.example", text, **more)
    state = record.get("state", Enquiry.State.NEW)
    Enquiry.objects.filter(pk=enquiry.pk).update(
        at=at,
        state=state,
        notes=record.get("notes"),
        settled_at=None if state == Enquiry.State.NEW else at + timedelta(days=1),
        assigned_to=User.objects.filter(username=record.get("by")).first() if record.get("by") else None,
    )


def _feedback(record: Record, number: int, now: datetime) -> None:
    Feedback.objects.create(
        rating=int(record.get("rating")),
        liked=record.get("liked").replace("'", "’"),
        improve=record.get("improve").replace("'", "’"),
        email=f"{record.key}@reader.example" if record.get("answer") else "",
        page=record.get("page"),
        release="1.0",
        at=now - timedelta(days=int(record.get("ago", "0")), hours=2),
        fingerprint=f"letterbox {number}".rjust(64, "0"),
    )
