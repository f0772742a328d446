"""Whether our own links lead to a page: asked of the site itself, the register and the rules for old addresses."""

import re
from datetime import timedelta

from django.http import QueryDict
from django.utils import timezone

from editorial import targets
from editorial.models import LinkTarget
from rsis import old_addresses, suggesting

AT_ONCE = 200
AGAIN = timedelta(days=1)
# The short address of a number leads on by design, for ever.
PERMANENT = re.compile(r"/[A-Za-z]{1,6}\d[A-Za-z0-9-]{2,14}/?")
NOT_PAGES = ("/files/", "/static/", "/admin/", "/preview/")


def check_due() -> int:
    """Look at the targets that were not looked at since yesterday. Returns how many: 0 means none was due."""
    due = list(
        LinkTarget.objects.filter(is_outside=False, due_at__lte=timezone.now()).order_by("due_at", "pk")[:AT_ONCE]
    )
    check(due)
    return len(due)


def check(rows: list[LinkTarget]) -> None:
    there, _unchecked = targets.existing(row.address for row in rows)
    now = timezone.now()
    for row in rows:
        if row.address in there or row.address.startswith(NOT_PAGES[:2]):
            row.outcome, row.leads_to, row.status = LinkTarget.Outcome.THERE, "", ""
        else:
            row.outcome, row.leads_to, row.status = where(row.address)
        row.checked_at, row.due_at = now, now + AGAIN
    LinkTarget.objects.bulk_update(rows, ["outcome", "leads_to", "status", "checked_at", "due_at"])


def where(address: str) -> tuple[LinkTarget.Outcome, str, str]:
    """Outcome, where it leads or what was probably meant, and a word for the editor."""
    if address.startswith(NOT_PAGES):
        return LinkTarget.Outcome.MISSING, "", "not for readers"
    path, _mark, query = address.partition("?")
    now = None if path == "/" and query else targets.follow(address)
    if path == "/" and not old_addresses.is_old_query(path, query):
        return LinkTarget.Outcome.THERE, "", ""
    if now == address or (now and PERMANENT.fullmatch(path)):
        return LinkTarget.Outcome.THERE, "", ""
    found = now or (old_addresses.find_query(QueryDict(query)) if path == "/" else old_addresses.find(path))
    if found:
        return LinkTarget.Outcome.MOVED, found, ""
    return LinkTarget.Outcome.MISSING, suggesting.nearest(path), "410" if found == old_addresses.GONE else "404"
