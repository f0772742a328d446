"""The list of erasures: keyed hashes of the addresses that were erased, each with its time.

It stands in the database and, because a restored backup does not know what was erased after it was made, in a file beside
it. Every night both are brought to the same state and applied again.
"""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from editorial import logs
from subscriptions import barring
from subscriptions.models import Erasure


def note(address: str) -> None:
    """In the transaction that erases. Of several times the last stands."""
    digest, now = barring.digests_of(address)[0], timezone.now()
    Erasure.objects.update_or_create(digest=digest, defaults={"at": now})
    _append({digest: now})


def known() -> dict[str, datetime]:
    """By hash the time of its last erasure; table and file are the same afterwards."""
    in_table, in_file = dict(Erasure.objects.values_list("digest", "at")), _read()
    found = in_table | {key: at for key, at in in_file.items() if key not in in_table or at > in_table[key]}
    for digest, at in found.items():
        if in_table.get(digest) != at:
            Erasure.objects.update_or_create(digest=digest, defaults={"at": at})
    _append({digest: at for digest, at in found.items() if in_file.get(digest) != at})
    return found


def _read() -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    try:
        lines = Path(settings.ERASURES_FILE).read_text().splitlines()
    except OSError:
        return found
    for line in lines:
        digest, _blank, when = line.partition(" ")
        try:
            at = datetime.fromisoformat(when)
        except ValueError:
            continue  # a line that was cut
        if at.tzinfo and (digest not in found or at > found[digest]):
            found[digest] = at
    return found


def _append(lines: dict[str, datetime]) -> None:
    """A file that cannot be written holds no erasure up: the night tries it again."""
    if not lines:
        return
    data = "".join(f"{digest} {at.isoformat()}\n" for digest, at in lines.items()).encode()
    try:
        descriptor = os.open(settings.ERASURES_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            file.write(data)
            os.fsync(file.fileno())
    except OSError as error:
        logs.event("list of erasures not written", error=type(error).__name__)
