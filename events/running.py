"""Who runs the registration of which event. Everything that shows or changes registrants asks here."""

from typing import Any

from django.db.models import Q

from editorial.models import User
from events.models import Event


def runs(user: Any) -> Any:
    """The events whose registration this person runs: all of them, or those of their centres and those they help at."""
    events = Event.objects.present()
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return events.none()
    if user.has_perm("events.run_registrationdesk"):
        return events
    if not (user.has_perm("events.view_registration") or user.has_perm("events.check_in_registration")):
        return events.none()
    return events.filter(Q(centres__editors=user) | Q(desk__helpers=user)).distinct()


def may_run(user: Any, event: Event) -> bool:
    return bool(runs(user).filter(pk=event.pk).exists())
