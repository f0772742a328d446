"""Time zones in words, by the clocks of today."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def zone_words(name: str) -> str:
    """`Singapore (UTC+08:00)`."""
    place = name.rpartition("/")[2].replace("_", " ")
    text = f"{_now(name):%z}"
    return f"{place} (UTC{text[:3]}:{text[3:5]})"


def offset(name: str) -> float:
    """Seconds ahead of UTC."""
    found = _now(name).utcoffset()
    return found.total_seconds() if found is not None else 0.0


def _now(name: str) -> datetime:
    return timezone.now().astimezone(ZoneInfo(name))
