"""Whether the site can work: what it leans on, asked one by one."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.utils import timezone

from editorial import renditions

LATEST = timedelta(minutes=10)  # what is due waits seconds while a worker runs


def problems() -> dict[str, str]:
    """The parts that do not work, each with words for whoever keeps the site. Never more than words of ours: the page is
    open to everyone, so no message of a database or cache is passed on."""
    found = {name: problem() for name, problem in PARTS.items()}
    if found["database"]:
        return {"database": found["database"]}  # the others would say the same in other words
    return {name: words for name, words in found.items() if words}


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return ""


def kept() -> str:
    key, value = f"health:{secrets.token_hex(8)}", secrets.token_hex(8)
    try:
        cache.set(key, value, timeout=10)
        held = cache.get(key)
        cache.delete(key)
    except Exception:  # noqa: BLE001 -- each cache has errors of its own
        return "does not answer"
    return "" if held == value else "does not keep what it is given"


def worker() -> str:
    try:
        due = renditions.oldest_due()
    except DatabaseError:
        return "cannot be asked"
    late = timezone.now() - due if due else timedelta()
    return f"{late // timedelta(minutes=1)} minutes behind; is it running?" if late > LATEST else ""


PARTS: dict[str, Callable[[], str]] = {"database": database, "cache": kept, "worker": worker}
