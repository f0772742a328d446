from events.models.event import (
    Event,
    EventKind,
    EventSeries,
    JoiningLink,
    Photograph,
    Session,
    Speaker,
)
from events.models.listing import EventQuerySet
from events.models.registration import CheckIn, EventNotice, Hold, Mode, Question, Registration, RegistrationDesk

__all__ = [
    "CheckIn",
    "Event",
    "EventKind",
    "EventNotice",
    "EventQuerySet",
    "EventSeries",
    "Hold",
    "JoiningLink",
    "Mode",
    "Photograph",
    "Question",
    "Registration",
    "RegistrationDesk",
    "Session",
    "Speaker",
]
