"""Rows of the room events, for tests."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from editorial.models import State
from events.models import Event, EventKind, Registration, RegistrationDesk


class EventKindFactory(DjangoModelFactory[EventKind]):
    class Meta:
        model = EventKind
        django_get_or_create = ("slug",)

    name = "Public lecture"
    slug = "public-lecture"


class EventFactory(DjangoModelFactory[Event]):
    class Meta:
        model = Event

    class Params:
        published = factory.Trait(
            state=State.PUBLISHED,
            publish_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
            first_published_at=factory.SelfAttribute("publish_at"),
        )

    title = "Straits in Winter"
    slug = factory.Sequence(lambda number: f"straits-in-winter-{number}" if number else "straits-in-winter")
    kind = factory.SubFactory(EventKindFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=2))
    venue = "Lecture Theatre, Block S4"


class RegistrationDeskFactory(DjangoModelFactory[RegistrationDesk]):
    class Meta:
        model = RegistrationDesk

    event = factory.SubFactory(EventFactory, published=True)


class RegistrationFactory(DjangoModelFactory[Registration]):
    class Meta:
        model = Registration

    desk = factory.SubFactory(RegistrationDeskFactory)
    name = "Tan Hui Min"
    email = factory.Sequence(lambda number: f"guest{number}@example.org")
    state = Registration.State.CONFIRMED
