"""Questions about many events: what comes, what is over, whose it is."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import Q, QuerySet

from editorial import moments
from editorial.models import PublishableQuerySet
from people.models import Person
from research.models import ResearchCentre, Topic

# How long calendars that follow us hear of what is over, and of what was cancelled.
KEPT_IN_CALENDARS = timedelta(days=365)
CANCELLED_KEPT = timedelta(days=90)


class EventQuerySet(PublishableQuerySet[Any]):
    def coming(self, now: datetime | None = None) -> Self:
        """Not over yet, the next first. A postponed one without a new date is still to come."""
        return self.filter(ends_at__gt=now or moments.now()).order_by("starts_at", "pk")

    def past(self, now: datetime | None = None) -> Self:
        """Over, the latest first."""
        return self.filter(ends_at__lte=now or moments.now()).order_by("-starts_at", "-pk")

    def for_calendars(self) -> Self:
        """What a calendar that follows us is told: what comes, what was in the last year, and what was just cancelled."""
        now = moments.now()
        cancelled = Q(status="cancelled", calendar_changed_at__gt=now - CANCELLED_KEPT)
        return self.filter(Q(ends_at__gt=now - KEPT_IN_CALENDARS) | cancelled).order_by("starts_at", "pk")

    def of_centre(self, centre: ResearchCentre) -> Self:
        """Of a unit and of the programmes within it."""
        return self._once(centres__in=centre.family)

    def of_topic(self, topic: Topic) -> Self:
        """Of a topic and of all below it."""
        return self._once(topics__in=[one.pk for one in topic.descendants(include_self=True)])

    def of_speaker(self, person: Person) -> Self:
        return self._once(speakers__person=person)

    def _once(self, **where: Any) -> Self:
        """Each event once, however many of its units, topics or parts in the programme fit."""
        return self.filter(pk__in=self.model._default_manager.filter(**where).order_by().values("pk"))

    def hours(self, after: datetime) -> list[QuerySet[Any, Any]]:
        """An event appears at its hour, begins and is over."""
        return [*super().hours(after), *(moments.first_of(self, name, after) for name in ("starts_at", "ends_at"))]

    def for_cards(self) -> Self:
        """With everything a line in a list shows, in a fixed number of statements."""
        return (
            self.select_related("kind", "image")
            .prefetch_related("centres", "image__renditions")
            .defer("body", "transcript")
        )
