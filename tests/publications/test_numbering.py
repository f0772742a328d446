"""The number desk: one number a piece, in order, without doubles, and never again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from editorial import publishing, saving, trash
from publications import numbering, seed
from publications.models import NumberEntry, Publication, Series
from tests.factories import PublicationFactory, SeriesFactory

pytestmark = pytest.mark.django_db
IN_2025 = date(2025, 3, 19)


@pytest.fixture
def commentaries() -> Series:
    return SeriesFactory.create(commentary=True)


def piece(series: Series, **kwargs: Any) -> Publication:
    return PublicationFactory.create(series=series, issued_on=IN_2025, **kwargs)


def give(series: Series, count: int = 1) -> list[str]:
    return [numbering.allocate(piece(series), None).number for _ in range(count)]


def test_a_number_is_prefix_year_and_sequence(commentaries: Series) -> None:
    assert give(commentaries, 3) == ["CO25001", "CO25002", "CO25003"]


def test_each_year_begins_again(commentaries: Series) -> None:
    give(commentaries, 2)
    later = PublicationFactory.create(series=commentaries, issued_on=date(2026, 1, 1))
    assert numbering.allocate(later, None).number == "CO26001"


def test_a_piece_keeps_the_number_it_has(commentaries: Series) -> None:
    one = piece(commentaries)
    assert [numbering.allocate(one, None).number for _ in range(2)] == ["CO25001", "CO25001"]
    assert NumberEntry.objects.count() == 1


def test_an_unnumbered_series_gives_none() -> None:
    with pytest.raises(numbering.NumberRefused, match="has no numbering pattern"):
        numbering.allocate(PublicationFactory.create(), None)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_requests_at_once_get_twenty_numbers(commentaries: Series) -> None:
    keys = [piece(commentaries).pk for _ in range(20)]

    def allocate(key: int) -> str:
        try:
            with saving.turn():
                return numbering.allocate(Publication.objects.get(pk=key), None).number
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        given = list(pool.map(allocate, keys))
    assert sorted(given) == [f"CO25{number:03}" for number in range(1, 21)]
    assert list(Publication.objects.order_by("number").values_list("number", flat=True)) == sorted(given)


def test_a_gap_is_listed_and_filled_with_a_reason(commentaries: Series) -> None:
    numbering.register_by_hand(piece(commentaries), "CO25004", "Printed", None)
    assert numbering.gaps(commentaries, 2025) == [1, 2, 3]
    with pytest.raises(numbering.NumberRefused, match="Say why"):
        numbering.fill_gap(piece(commentaries), 2025, 2, "  ", None)
    line = numbering.fill_gap(piece(commentaries), 2025, 2, "Held back for the minister", None)
    assert (line.number, line.reason) == ("CO25002", "Held back for the minister")
    assert numbering.gaps(commentaries, 2025) == [1, 3]
    assert give(commentaries) == ["CO25005"]


def test_what_is_no_gap_cannot_be_filled(commentaries: Series) -> None:
    give(commentaries, 2)
    for sequence in (1, 2, 3, 0, -1):
        with pytest.raises(numbering.NumberRefused, match="not free"):
            numbering.fill_gap(piece(commentaries), 2025, sequence, "Why not", None)


def test_a_number_is_not_given_again_after_withdrawal_trash_or_purge(commentaries: Series) -> None:
    withdrawn, trashed, purged = (piece(commentaries, ready=True) for _ in range(3))
    for one in (withdrawn, trashed, purged):
        numbering.allocate(one, None)
    publishing.publish(withdrawn, timezone.now(), None)
    publishing.withdraw(withdrawn, "A slip.", None)
    trash.move_to_trash(purged, None)
    assert trash.purge(timezone.now() + timedelta(seconds=1)) == 1
    trash.move_to_trash(trashed, None)
    assert give(commentaries) == ["CO25004"]
    assert NumberEntry.objects.filter(number="CO25003", publication=None).count() == 1
    with pytest.raises(numbering.NumberRefused, match="given before"):
        numbering.register_by_hand(piece(commentaries), "CO25003", "Again", None)


def test_the_database_refuses_a_number_twice(commentaries: Series) -> None:
    give(commentaries)
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberEntry.objects.create(series=commentaries, period=2025, sequence=9, number="CO25001")
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberEntry.objects.create(series=commentaries, period=2025, sequence=1, number="CO25099")


@pytest.mark.parametrize("number", ["CO 25/059", "", "x" * 21, "CO25059\n", "Ｃ", "../etc"])
def test_a_number_that_cannot_stand_in_an_address_is_refused(commentaries: Series, number: str) -> None:
    if number.strip() == "CO25059":
        assert numbering.register_by_hand(piece(commentaries), number, "", None).number == "CO25059"
        return
    with pytest.raises(numbering.NumberRefused, match="at most 20 letters"):
        numbering.register_by_hand(piece(commentaries), number, "", None)


def test_an_old_number_of_another_kind_is_kept_outside_the_sequence(commentaries: Series) -> None:
    line = numbering.register_by_hand(piece(commentaries), "rsis-96", "Before the present pattern", None)
    assert (line.number, line.sequence) == ("RSIS-96", None)
    assert give(commentaries) == ["CO25001"]


def test_a_second_report_of_one_day_gets_a_second_number() -> None:
    reports = SeriesFactory.create(prefix="ER", number_pattern="{prefix}{yymmdd}", number_reset="day")
    assert give(reports, 2) == ["ER250319", "ER250319-2"]


PATTERNS = {
    "CO25059": ("{prefix}{yy}{seq:03}", "year"),
    "IP21014": ("{prefix}{yy}{seq:03}", "year"),
    "ER250319": ("{prefix}{yymmdd}", "day"),
    "WP345": ("{prefix}{seq:03}", "never"),
}


@given(
    number=st.sampled_from(sorted(PATTERNS)),
    day=st.dates(date(1996, 1, 1), date(2095, 12, 31)),
    sequence=st.integers(1, numbering.HIGHEST),
)
def test_every_number_is_read_back_as_it_was_written(number: str, day: date, sequence: int) -> None:
    pattern, reset = PATTERNS[number]
    series = Series(prefix=number[:2], number_pattern=pattern, number_reset=reset)
    assert numbering.parse(series, numbering.render(series, day, sequence)) == (
        numbering.period_of(series, day),
        sequence,
    )


@given(words=st.text(max_size=12))
def test_other_words_are_no_number_or_read_as_themselves(words: str) -> None:
    series = Series(prefix="CO", number_pattern="{prefix}{yy}{seq:03}", number_reset="year")
    found = numbering.parse(series, words)
    if found:
        assert numbering.render(series, date(found[0], 1, 1), found[1]) == words


IN_HOUSE = [
    "Annual Reviews", "Books", "Bulletins and Newsletters", "RSIS Commentary Series",
    "Counter Terrorist Trends and Analyses", "Commemorative / Event Reports", "Future Issues", "IDSS Papers",
    "Interreligious Relations", "Monographs", "NTS Insight", "Policy Reports", "Working Papers",
]  # fmt: skip
EXTERNAL = [
    "Authored Books", "Journal Articles", "Edited Books", "Chapters in Edited Books", "Policy Reports",
    "Working Papers", "Op-Eds",
]  # fmt: skip
MEDIA = ["News Releases", "Speeches", "Video/Audio Channel", "External Podcasts"]


@pytest.mark.parametrize(("family", "names"), [("inhouse", IN_HOUSE), ("external", EXTERNAL), ("media", MEDIA)])
def test_the_series_of_the_school_are_there_under_their_names_and_in_their_order(family: str, names: list[str]) -> None:
    assert seed.load() == 24
    assert list(Series.objects.filter(family=family).values_list("name", flat=True)) == names


def test_loading_the_series_again_leaves_them_as_their_editors_made_them() -> None:
    seed.load()
    Series.objects.filter(slug="future-issues").update(prefix="FX", name="Futures")
    assert seed.load() == 0
    assert Series.objects.filter(prefix="FX", name="Futures").count() == 1


@pytest.mark.parametrize(
    ("slug", "number"),
    [("rsis-commentary-series", "CO25001"), ("idss-papers", "IP25001"), ("commemorative-event-reports", "ER250319")],
)
def test_the_confirmed_prefixes_make_the_numbers_of_today(slug: str, number: str) -> None:
    seed.load()
    assert give(Series.objects.get(slug=slug)) == [number]
