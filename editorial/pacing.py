"""How often one caller, one network and everyone together may do something, counted in the database, so that the limit is
the same however many processes and machines serve the site."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from editorial.callers import fingerprint_of, fingerprint_of_words, network_fingerprint_of
from editorial.models import CallerCount

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    whose: str  # "caller", "network", "everyone", or "subject": of what is done
    most: int
    seconds: int


# A person who mends a form a dozen times is let be; what was filled in rightly is more work for the desk.
TRIED = (Limit("caller", 40, 600),)
SENT = (Limit("caller", 5, 600), Limit("network", 30, 600), Limit("everyone", 120, 3600))


def count(purpose: str, request: HttpRequest, limits: tuple[Limit, ...], subject: str = "") -> int:
    """Count once more; the seconds to wait when one of the limits was reached before, else 0. The subject, such as an address
    that is written to, is kept as a fingerprint."""
    now = timezone.now()
    for limit in limits:
        began = datetime.fromtimestamp(now.timestamp() // limit.seconds * limit.seconds, UTC)
        if not _add(f"{purpose} {limit.whose}", _who(request, limit.whose, subject), began, limit.most):
            return max(1, limit.seconds - int((now - began).total_seconds()))
    return 0


def _who(request: HttpRequest, whose: str, subject: str) -> str:
    if whose == "subject":
        return fingerprint_of_words(subject)
    found = {"caller": fingerprint_of, "network": network_fingerprint_of}.get(whose)
    return found(request) if found else ""


# One statement, and the same whether or not anybody counted in this stretch before: how long it takes tells nothing.
ADD = """
    INSERT INTO {table} (purpose, caller, began_at, times) VALUES (%s, %s, %s, 1)
    ON CONFLICT (purpose, caller, began_at) DO UPDATE SET times = {table}.times + 1 WHERE {table}.times < %s"""


def _add(purpose: str, caller: str, began: datetime, most: int) -> bool:
    """One more in this stretch of time, unless it is full: the condition stands in the statement that counts."""
    statement = ADD.format(table=CallerCount._meta.db_table)
    with connection.cursor() as cursor:
        moment = connection.ops.adapt_datetimefield_value(began)
        cursor.execute(statement, [purpose, caller, moment, most])
        return bool(cursor.rowcount)


def purge() -> int:
    return CallerCount.objects.filter(began_at__lt=timezone.now() - KEPT).delete()[0]
