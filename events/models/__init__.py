from events.models.event import Event, EventKind, EventSeries, JoiningLink, Photograph, Session, Speaker
from events.models.registration import EventNotice, Hold, Mode, Question, Registration, RegistrationDesk

__all__ = [
    "Event",
    "EventKind",
    "EventNotice",
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
