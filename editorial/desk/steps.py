"""The steps an editor may choose together with saving, and the time read from the form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from editorial.models import Publishable, State
from editorial.publishing import NotAllowed

SINGAPORE = ZoneInfo("Asia/Singapore")
Right = Literal["change", "publish", "delete"]


@dataclass(frozen=True)
class Step:
    """`name` is what the button sends; `is_offered` says whether the step follows from where an item stands."""

    name: str
    right: Right
    is_offered: Callable[[Publishable], bool]


STEPS = (
    Step("submit", "change", lambda item: item.state == State.DRAFT),
    Step("publish", "publish", lambda item: not item.is_public and not item.is_withdrawn),
    Step("schedule", "publish", lambda item: not item.is_public and not item.is_withdrawn),
    Step("draft", "change", lambda item: item.state == State.IN_REVIEW),
    Step("unschedule", "publish", lambda item: item.is_scheduled),
    Step("withdraw", "publish", lambda item: item.is_public),
    Step("reinstate", "publish", lambda item: item.is_withdrawn),
)


def offered(item: Publishable, has_right: Callable[[Right], bool]) -> set[str]:
    return {step.name for step in STEPS if step.is_offered(item) and has_right(step.right)}


def right_for(name: str) -> Right | None:
    """The right a step needs; None for a step there is not."""
    return next((step.right for step in STEPS if step.name == name), None)


def next_morning(now: datetime) -> datetime:
    """The next 06:00 in Singapore."""
    here = now.astimezone(SINGAPORE)
    morning = here.replace(hour=6, minute=0, second=0, microsecond=0)
    return morning if morning > here else morning + timedelta(days=1)


def read_time(given: str) -> datetime:
    """`2026-11-24 06:00`, as typed or as a browser sends it, read as Singapore time wherever the server and the editor are.

    Raises NotAllowed for what is no time, and for a time that has passed.
    """
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise NotAllowed(_("Give the date and the time from which readers shall see it.")) from error
    if moment.tzinfo is not None:
        raise NotAllowed(_("Give the time as in Singapore, without a zone."))
    moment = moment.replace(tzinfo=SINGAPORE)
    if moment <= timezone.now():
        raise NotAllowed(_("That time has passed. Choose a later one, or publish now."))
    return moment
