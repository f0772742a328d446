"""Date and time as the clock shows them at the place of an event: typed without a zone, read in the event's own."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SINGAPORE = ZoneInfo("Asia/Singapore")
USUAL = (
    "Asia/Singapore", "Asia/Jakarta", "Asia/Bangkok", "Asia/Manila", "Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney",
    "Europe/London", "Europe/Brussels", "America/New_York", "UTC",
)  # fmt: skip
EARLIEST = 1900


class LocalMomentField(forms.Field):
    """Gives a time without a zone; `in_zone` then makes a moment of it. `zone` is that of the moments it shows."""

    zone: ZoneInfo = SINGAPORE
    # Shows the last day of whole days, whose end is the midnight after it.
    is_last_day = False

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, datetime) or value.tzinfo is None:
            return value
        local = value.astimezone(self.zone) - timedelta(days=self.is_last_day)
        return f"{local:%Y-%m-%dT%H:%M}"

    def to_python(self, value: Any) -> datetime | None:
        text = str(value or "").strip()
        if not text:
            return None
        words = _("Give day and hour as year-month-day and hour:minute: 2026-11-24 18:30")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(words) from error
        if moment.tzinfo is not None or not EARLIEST <= moment.year <= 9000:
            raise ValidationError(words)
        return moment.replace(second=0, microsecond=0)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "")[:16] != str(data or "").strip().replace(" ", "T")[:16]


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """Raises ValidationError for an hour that the clocks of the place leave out when they go forward."""
    found = moment.replace(tzinfo=zone)
    if found.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValidationError(_("That hour does not exist there on that day: the clocks go forward. Give another."))
    return found.astimezone(UTC)


def whole_days(first: datetime, last: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the midnight before the first to the midnight after the last."""
    begins = datetime.combine(first, time(), zone)
    return begins.astimezone(UTC), datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)


def zone_choices() -> list[Any]:
    """Those used most, then all that are named for a place."""
    named = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix")))
    return [
        (_("Often used"), [(name, words_of(name)) for name in USUAL]),
        (_("All"), [(name, words_of(name)) for name in named if name not in USUAL]),
    ]


def words_of(name: str) -> str:
    return name.replace("_", " ").replace("/", ": ", 1)


def read_span(form: Any, data: dict[str, Any]) -> None:
    """Turn what was typed into moments: `starts_at` and `ends_at`, by `time_zone` and `is_all_day`.

    Errors go to their fields. What cannot be read as a moment leaves the data: a time without a zone is none.
    """
    first, last, name = (data.get(field) for field in ("starts_at", "ends_at", "time_zone"))
    if not first or not last or not name:
        data.pop("starts_at", None)
        data.pop("ends_at", None)
        return
    zone = ZoneInfo(name)
    if data.get("is_all_day"):
        data["starts_at"], data["ends_at"] = whole_days(first, last, zone)
    else:
        read_moments(form, data, zone)
    if {"starts_at", "ends_at"} <= data.keys() and data["ends_at"] <= data["starts_at"]:
        form.add_error("ends_at", _("The event ends before it begins."))


def read_moments(form: Any, data: dict[str, Any], zone: ZoneInfo) -> None:
    for field in ("starts_at", "ends_at"):
        if data.get(field):
            try:
                data[field] = in_zone(data[field], zone)
            except ValidationError as error:
                form.add_error(field, error)
