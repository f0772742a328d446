"""At the door: who has come. A device may be offline, and send the same arrival as often as it likes: it counts once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial.models import User
from events import correspondence, registering
from events.models import CheckIn, Registration, RegistrationDesk
from events.registering import Asked, NotPossible

State = Registration.State
# A device that was offline tells of the past; one whose clock is wrong tells of anything.
OLDEST = timedelta(hours=24)


@dataclass(frozen=True)
class Arrival:
    """Somebody on the list, by their mark; or who walked in, by name, and address if they gave one."""

    client_id: UUID
    at: datetime
    mark: UUID | None = None
    name: str = ""
    email: str = ""


def check_in(desk: RegistrationDesk, arrival: Arrival, by: User | None, *, admit: bool = False) -> Registration:
    """Note an arrival. The earliest of several counts. Raises NotPossible with the words for the door.

    `admit` gives a place first to somebody who has none yet.
    """
    with registering.held(desk) as now:
        before = CheckIn.objects.filter(client_id=arrival.client_id).select_related("registration").first()
        if before is not None:
            if before.registration.desk_id != now.pk:
                raise NotPossible(_("This arrival was noted for another event."))
            return before.registration
        one = _who(now, arrival)
        if one.state != State.CONFIRMED:
            if not admit:
                raise NotPossible(_("%(state)s: without a place so far.") % {"state": one.get_state_display()})
            one = registering.confirm(one)
        moment = _believed(arrival.at)
        CheckIn.objects.create(client_id=arrival.client_id, registration=one, at=moment, by=by)
        return _count(one)


def _who(desk: RegistrationDesk, arrival: Arrival) -> Registration:
    if arrival.mark is None:
        return registering.register(desk, Asked(arrival.name, arrival.email), Registration.Source.DOOR)
    found: Registration | None = desk.registrations.filter(mark=arrival.mark, erased_at=None).first()
    if found is None:
        raise NotPossible(_("This code belongs to nobody registered for this event."))
    return found


def _believed(at: datetime) -> datetime:
    now = timezone.now()
    return max(min(at, now), now - OLDEST)


def _count(one: Registration) -> Registration:
    first = (
        CheckIn.objects.filter(registration=one, is_undone=False).order_by("at").values_list("at", flat=True).first()
    )
    one.checked_in_at = first
    one.save(update_fields=["checked_in_at"])
    return one


def undo(registration: Registration) -> Registration:
    """Not here after all. What the devices sent stays known, so that sending it again changes nothing."""
    with registering.held(registration.desk) as desk:
        one: Registration = desk.registrations.get(pk=registration.pk)
        CheckIn.objects.filter(registration=one).update(is_undone=True)
        return _count(one)


def counts(desk: RegistrationDesk) -> dict[str, int]:
    """How things stand, in one statement. `seats` counts guests as well; `late` the offers that are left to the desk to end."""
    late = Q(state=State.OFFERED, offer_until__lte=timezone.now() - correspondence.TOO_LATE)
    here = Q(checked_in_at__isnull=False)
    seats: Any = Sum(F("guests") + 1, filter=Q(state=State.CONFIRMED))
    found = desk.registrations.aggregate(
        **{str(state): Count("pk", filter=Q(state=state)) for state in State},
        seats=seats,
        late=Count("pk", filter=late),
        here=Count("pk", filter=here),
        walked_in=Count("pk", filter=here & Q(source=Registration.Source.DOOR)),
    )
    return {name: int(value or 0) for name, value in found.items()}
