"""Contacts of the school from a table: each is invited by one letter, and is subscribed only by confirming it."""

import csv
import io
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from editorial import addresses, logs
from editorial.models import User
from subscriptions import barring, signing_up
from subscriptions.lists import Followable
from subscriptions.models import Subscriber, Subscription

MOST_BYTES = 1_000_000
MOST_ROWS = 1_000


class TableRefused(ValueError):
    """The message says why, for whoever chose the file."""


@dataclass
class Taken:
    invited: int = 0
    known: int = 0  # whatever their state: an import changes nothing for them
    barred: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)  # line and reason


def read(data: bytes) -> list[tuple[int, str]]:
    """Lines and addresses: of the column that is headed so, or of the first. Raises TableRefused."""
    if len(data) > MOST_BYTES:
        raise TableRefused(_("The file is larger than 1 MB. Divide it, please."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableRefused(_("The file is not a table in UTF-8. Save it as “CSV UTF-8” and try again.")) from None
    try:
        rows = [row for row in csv.reader(io.StringIO(text.replace("\0", ""))) if any(cell.strip() for cell in row)]
    except csv.Error:
        raise TableRefused(_("The file is no table of comma-separated values.")) from None
    if not rows:
        raise TableRefused(_("The file is empty."))
    heads = [cell.strip().casefold() for cell in rows[0]]
    column = next(
        (n for n, head in enumerate(heads) if head in {"email", "e-mail", "e-mail address", "email address"}), -1
    )
    found = [(n, row[max(column, 0)] if len(row) > max(column, 0) else "") for n, row in enumerate(rows, 1)]
    found = found[1:] if column >= 0 else found
    if len(found) > MOST_ROWS:
        raise TableRefused(_("More than %d lines. Divide the file, please.") % MOST_ROWS)
    return found


def invite(rows: list[tuple[int, str]], wished: list[Followable], by: User) -> Taken:
    taken = Taken()
    for line, typed in rows:
        try:
            email = addresses.read(typed).stored
        except addresses.Refused as refusal:
            taken.refused.append((line, str(refusal)))
            continue
        if Subscriber.objects.filter(key=addresses.key_of(email)).exists():
            taken.known += 1
        elif barring.find(email):
            taken.barred += 1
        else:
            invited = signing_up.take_in(email, wished, Subscription.Frequency.AT_ONCE, signing_up.IMPORTED)
            # An invitation is not repeated.
            Subscriber.objects.filter(pk=invited.pk).update(reminded_at=timezone.now())
            taken.invited += 1
    facts = {"invited": taken.invited, "known": taken.known, "barred": taken.barred, "refused": len(taken.refused)}
    logs.event("contacts imported", user=by.pk, **facts)
    return taken
