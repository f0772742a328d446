"""Composing events by the thousand, for measuring: the same for the same seed, as the desk would have stored them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import batched, chain, count
from random import Random

from django.db import reset_queries, transaction
from django.utils import timezone
from django.utils.text import slugify

from editorial.models import State
from events import seed
from events.models import Event, EventKind, Speaker
from people.models import Person
from research.models import Region, ResearchCentre, Topic
from rsis.demo.subjects import ANGLES, PLACES, Place, Subject, subjects

BATCH = 1000
YEARS = 15
AHEAD = 180  # days
HOURS = (9, 10, 14, 15, 17, 18, 19)
VENUES = ("Lecture Theatre 1, Block S4", "Keypoint Room, Block S4", "Seminar Room 2, Block S4", "The Regent Hall")


def compose(total: int, people_seed: int, today: date) -> Iterator[int]:
    """Add events until there are `total`, giving the count after every batch."""
    seed.load()
    composer = Composer(total, people_seed, today)
    done = Event.objects.count()
    for indices in batched(count(done), BATCH, strict=False):
        if done >= total:
            return
        chosen = indices[: total - done]
        with transaction.atomic():
            composer.write(chosen)
        done += len(chosen)
        reset_queries()
        yield done


class Composer:
    def __init__(self, total: int, seed: int, today: date) -> None:
        self.total, self.seed, self.today = total, seed, today
        self.kinds = list(EventKind.objects.all())
        self.subjects = subjects()
        self.people = dict(Person.objects.values_list("pk", "name").order_by("pk"))
        self.keys = {
            model: dict(model._default_manager.values_list("slug", "pk")) for model in (ResearchCentre, Topic, Region)
        }

    def write(self, indices: tuple[int, ...]) -> None:
        made = [self._event(index) for index in indices]
        Event.objects.bulk_create([event for event, *_rest in made])
        Speaker.objects.bulk_create(chain.from_iterable(self._speakers(event, index) for event, index, *_rest in made))
        for model, through in (
            (ResearchCentre, Event.centres.through),
            (Topic, Event.topics.through),
            (Region, Event.regions.through),
        ):
            through._default_manager.bulk_create(
                through(event_id=event.pk, **{f"{model._meta.model_name}_id": self.keys[model][slug]})
                for event, _index, subject, place in made
                for slug in _slugs(model, subject, place)
            )

    def _event(self, index: int) -> tuple[Event, int, Subject, Place]:
        chance = Random(f"{self.seed}/event/{index}")  # noqa: S311 -- repeatable, not secret
        subject = chance.choice(self.subjects)
        place, other = chance.sample(PLACES, 2)
        title = f"{subject.title(chance, place)}: {chance.choice(ANGLES)}"
        share = index / max(1, self.total)
        day = self.today + timedelta(days=AHEAD - round((1 - share) * YEARS * 365))
        starts_at = datetime.combine(day, time(chance.choice(HOURS)), timezone.get_default_timezone())
        is_online = chance.random() < 0.4
        published_at = min(starts_at - timedelta(days=40), timezone.now() - timedelta(hours=1))
        event = Event(
            title=title,
            slug=f"{slugify(title)[:120]}-{index}",
            kind=chance.choice(self.kinds),
            summary=subject.synopsis(chance, place, other),
            body=subject.body(chance, place, other),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=chance.choice((60, 90, 120, 1500))),
            venue="" if is_online and chance.random() < 0.5 else chance.choice(VENUES),
            is_online=is_online,
            audience=chance.choice(Event.Audience.values),
            state=State.PUBLISHED,
            publish_at=published_at,
            first_published_at=published_at,
            version=1,
        )
        return event, index, subject, place

    def _speakers(self, event: Event, index: int) -> Iterator[Speaker]:
        chance = Random(f"{self.seed}/speakers/{index}")  # noqa: S311 -- as above
        keys = chance.sample(list(self.people), min(len(self.people), chance.choice((1, 2, 3))))
        for position, key in enumerate(keys, start=1):
            yield Speaker(event=event, person_id=key, name=self.people[key], position=position)


def _slugs(model: type, subject: Subject, place: Place) -> tuple[str, ...]:
    if model is Region:
        return place.regions
    return subject.centres[:1] if model is ResearchCentre else subject.topics[:2]
