"""Those registered as a table for spreadsheets, safe against formulae, read in batches."""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime
from io import StringIO
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Registration, RegistrationDesk
from publications.references import cell

BATCH = 500
BOM = "\ufeff"  # tells spreadsheets that it is UTF-8
Column = tuple[str, Callable[[Registration], str]]


def everyone(desk: RegistrationDesk) -> Iterator[str]:
    """All that is known about each, the desk's own questions last."""
    columns: list[Column] = [
        (_("Name"), lambda one: one.name),
        (_("E-mail"), lambda one: one.email),
        (_("Organisation"), lambda one: one.affiliation),
        (_("Takes part"), lambda one: one.get_mode_display()),
        (_("Guests"), lambda one: str(one.guests)),
        (_("State"), lambda one: one.get_state_display()),
        (_("Came by"), lambda one: one.get_source_display()),
        (_("Registered (SGT)"), lambda one: _moment(one.registered_at)),
        (_("Checked in (SGT)"), lambda one: _moment(one.checked_in_at)),
        (_("Dietary and access needs"), lambda one: one.needs),
        (_("Note"), lambda one: one.note),
        *((question.text, _answer_to(str(question.pk))) for question in desk.questions.all()),
    ]
    return _table(columns, desk.registrations.filter(erased_at=None).order_by("name", "pk"))


def attendance(desk: RegistrationDesk) -> Iterator[str]:
    """Who came, in the order of coming, without addresses; then who had a place and did not."""
    columns: list[Column] = [
        (_("Name"), lambda one: one.name),
        (_("Organisation"), lambda one: one.affiliation),
        (_("Takes part"), lambda one: one.get_mode_display()),
        (_("Guests"), lambda one: str(one.guests)),
        (_("Came by"), lambda one: one.get_source_display()),
        (_("Checked in (SGT)"), lambda one: _moment(one.checked_in_at)),
        (_("Came"), lambda one: _("yes") if one.checked_in_at else _("no")),
    ]
    rows = desk.registrations.filter(state=Registration.State.CONFIRMED, erased_at=None)
    came, missed = rows.exclude(checked_in_at=None), rows.filter(checked_in_at=None)
    yield from _table(columns, came.order_by("checked_in_at", "pk"))
    yield from islice(_table(columns, missed.order_by("name", "pk")), 1, None)  # without its heads


def _answer_to(key: str) -> Callable[[Registration], str]:
    def answer(one: Registration) -> str:
        found = one.answers.get(key, "")
        return (_("yes") if found else _("no")) if isinstance(found, bool) else str(found)

    return answer


def _moment(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _table(columns: list[Column], rows: Any) -> Iterator[str]:
    yield BOM + _line([name for name, _value in columns])
    for one in rows.iterator(chunk_size=BATCH):
        yield _line([value(one) for _name, value in columns])


def _line(cells: list[str]) -> str:
    line = StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow([cell(one) for one in cells])
    return line.getvalue()
