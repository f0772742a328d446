"""The number desk: CO25059 is the series' prefix, the year and a running number, given once and never again.

The register (NumberEntry) decides. Its lines outlive withdrawal, trash and purge, and its unique constraints hold
whatever route a number comes by.
"""

import re
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial.models import User
from publications.models import NumberEntry, Publication, Series

# Numbers stand in file names and addresses, so no slashes or blanks.
BY_HAND = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,19}", re.ASCII)
# A longer "running number" is a typing slip, or words of another kind. Gaps are counted up to the highest, too.
HIGHEST = 99_999
# How many words taken by another series, or by hand, are stepped over before somebody has to look.
STEPS = 200


class NumberRefused(Exception):
    """The number cannot be given; the message says why."""


@transaction.atomic
def allocate(publication: Publication, by: User | None, on: date | None = None) -> NumberEntry:
    """Give the publication the next number of its series for the day (default: its printed date).

    Returns the entry it already has, if any. Parallel calls queue for the series row (on SQLite for the transaction).
    Raises NumberRefused when the series is not numbered.
    """
    series = _hold(publication)
    existing = NumberEntry.objects.filter(publication=publication).first()
    if existing:
        publication.number = existing.number
        return existing
    if not series.is_numbered:
        raise NumberRefused(_("The series %(series)s has no numbering pattern.") % {"series": series})
    day = on or publication.issued_on
    first = last_sequence(series, period_of(series, day)) + 1
    for sequence in range(first, first + STEPS):
        line = NumberEntry(series=series, by=by)
        if _enter(line, publication, day, sequence):
            return line
    raise NumberRefused(
        _("The next %(count)s numbers of %(series)s are taken. Check the pattern of the series.")
        % {"count": STEPS, "series": series}
    )


def next_number(series: Series, on: date) -> str:
    """What the next piece would be called if it were numbered now. A forecast: only `allocate` gives numbers."""
    return render(series, on, last_sequence(series, period_of(series, on)) + 1) if series.is_numbered else ""


def gaps(series: Series, period: int) -> list[int]:
    """Sequences below the highest one given that nobody has."""
    lines = NumberEntry.objects.filter(series=series, period=period, sequence__isnull=False)
    given = {sequence for sequence in lines.values_list("sequence", flat=True) if sequence}
    return [sequence for sequence in range(1, max(given, default=0)) if sequence not in given]


@transaction.atomic
def fill_gap(publication: Publication, period: int, sequence: int, reason: str, by: User | None) -> NumberEntry:
    """Give a skipped number to an unnumbered publication. Raises NumberRefused without a reason or without the gap."""
    series = _hold(publication)
    if not reason.strip():
        raise NumberRefused(_("Say why this number is given out of turn."))
    if not series.is_numbered or sequence not in gaps(series, period):
        raise NumberRefused(_("That number is not free: only gaps in the register can be filled."))
    line = NumberEntry(series=series, by=by, reason=reason.strip())
    _enter_or_refuse(line, publication, day_of(series, period), sequence)
    return line


@transaction.atomic
def register_by_hand(publication: Publication, number: str, reason: str, by: User | None) -> NumberEntry:
    """Enter a number the piece already bears in print.

    One that follows the pattern takes its place in the sequence; any other is kept as it is, outside it.
    Raises NumberRefused for signs that cannot stand in an address, and for a number given before.
    """
    series = _hold(publication)
    number = number.strip().upper()
    if not BY_HAND.fullmatch(number):
        raise NumberRefused(_("A number has at most 20 letters, digits, dots and dashes: CO25059."))
    line = NumberEntry(series=series, by=by, reason=reason.strip(), number=number)
    _enter_or_refuse(line, publication, *(_read(series, number) or (None, None)))
    return line


def _hold(publication: Publication) -> Series:
    return Series.objects.select_for_update().get(pk=publication.series_id)


def _enter_or_refuse(line: NumberEntry, piece: Publication, day: date | None, sequence: int | None) -> None:
    had = NumberEntry.objects.filter(publication=piece).first()
    if had:
        raise NumberRefused(_("The piece has the number %(number)s already.") % {"number": had.number})
    if not _enter(line, piece, day, sequence):
        raise NumberRefused(_("%(number)s has been given before.") % {"number": line.number})


def _enter(line: NumberEntry, piece: Publication, day: date | None, sequence: int | None) -> bool:
    """Write the line and the number of its piece; False when a unique constraint says that it is taken."""
    line.publication, line.sequence = piece, sequence
    if day and sequence:
        line.period, line.number = period_of(line.series, day), render(line.series, day, sequence)
    try:
        with transaction.atomic():
            line.save(force_insert=True)
            Publication.objects.filter(pk=piece.pk).update(number=line.number)
    except IntegrityError:
        return False
    piece.number = line.number
    return True


def last_sequence(series: Series, period: int) -> int:
    return NumberEntry.objects.filter(series=series, period=period).aggregate(last=Max("sequence"))["last"] or 0


def period_of(series: Series, day: date) -> int:
    """2025 for yearly series, 250319 for those numbered by day, 0 for those that run on."""
    match series.number_reset:
        case Series.NumberReset.YEARLY:
            return day.year
        case Series.NumberReset.DAILY:
            return int(f"{day:%y%m%d}")
        case _:
            return 0


def day_of(series: Series, period: int) -> date:
    """A day within the period, for writing its numbers. Raises ValueError for a period that is no date."""
    match series.number_reset:
        case Series.NumberReset.YEARLY:
            return date(period, 1, 1)
        case Series.NumberReset.DAILY:
            return _day(f"{period:06}")
        case _:
            return timezone.localdate()


def render(series: Series, day: date, sequence: int) -> str:
    """The number in words. A second piece of one period in a series without a running number gets `-2`."""
    number = series.number_pattern.format(
        prefix=series.prefix, yy=f"{day:%y}", yyyy=f"{day.year:04}", yymmdd=f"{day:%y%m%d}", seq=sequence
    )
    return number if "{seq" in series.number_pattern or sequence == 1 else f"{number}-{sequence}"


def parse(series: Series, number: str) -> tuple[int, int] | None:
    """Period and sequence of a number that follows the series' pattern, else None. The inverse of `render`."""
    read = _read(series, number)
    return (period_of(series, read[0]), read[1]) if read else None


TOKENS = {"prefix": "", "yyyy": r"\d{4}", "yymmdd": r"\d{6}", "yy": r"\d{2}", "seq": r"\d+"}


def _read(series: Series, number: str) -> tuple[date, int] | None:
    """A day of the period and the sequence. Only what `render` would write counts: CO25059, not CO250059."""
    if not series.is_numbered:
        return None
    pieces = re.split(r"\{(\w+)(?::\d+)?\}", series.number_pattern)
    tokens = TOKENS | {"prefix": re.escape(series.prefix)}
    # re.split leaves literal words at even places, names of tokens at odd ones.
    pattern = "".join(
        f"(?P<{piece}>{tokens[piece]})" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
    )
    if "seq" not in pieces[1::2]:
        pattern += r"(?:-(?P<seq>\d+))?"
    match = re.fullmatch(pattern, number, re.ASCII)
    if not match:
        return None
    found = match.groupdict()
    try:
        day, sequence = _day_named(found), int(found["seq"] or 1)
    except ValueError:
        return None
    return (day, sequence) if 0 < sequence <= HIGHEST and render(series, day, sequence) == number else None


def _day_named(found: dict[str, str]) -> date:
    if found.get("yymmdd"):
        return _day(found["yymmdd"])
    if found.get("yyyy"):
        return date(int(found["yyyy"]), 1, 1)
    return date(_century(int(found["yy"])), 1, 1) if found.get("yy") else timezone.localdate()


def _day(yymmdd: str) -> date:
    return date(_century(int(yymmdd[:2])), int(yymmdd[2:4]), int(yymmdd[4:]))


def _century(two_digits: int) -> int:
    """The school began in 1996: 96 to 99 are of the last century."""
    return (1900 if two_digits >= 96 else 2000) + two_digits
