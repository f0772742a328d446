"""The code that is read at the door: on the own page of whoever has a place, and on badges."""

import re
from uuid import UUID

import qrcode
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from events.models import Registration

QUIET = 4  # modules of empty room around it, as ISO/IEC 18004 wants
MARK = re.compile(r"([0-9a-f]{32})/?\s*$", re.IGNORECASE)


def address(registration: Registration) -> str:
    """What the code says: an address of the desk, so that any telephone that is signed in there can read it."""
    site: str = settings.SITE_URL
    return site.rstrip("/") + reverse("admin:events_door", args=[registration.mark.hex])


def mark_in(text: str) -> UUID | None:
    """The mark in what was read from a code, or typed."""
    found = MARK.search(text.strip().replace("-", ""))
    return UUID(found[1]) if found else None


def drawing(registration: Registration) -> SafeString:
    """The code as a picture without a file: one path, black on white in any theme."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
    code.add_data(address(registration))
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h{width}v1h-{width}z" for y, row in enumerate(rows) for x, width in _runs(row))
    size = len(rows)
    # Safe: figures of ours alone.
    return mark_safe(  # noqa: S308
        f'<svg class="ticket-code" viewBox="0 0 {size} {size}" width="{size * 4}" height="{size * 4}" '
        f'shape-rendering="crispEdges" aria-hidden="true"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """(start, length) of each run of dark modules."""
    found: list[tuple[int, int]] = []
    start = None
    for x, is_dark in enumerate([*row, False]):
        if is_dark and start is None:
            start = x
        elif not is_dark and start is not None:
            found.append((start, x - start))
            start = None
    return found
