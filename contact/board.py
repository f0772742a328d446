"""What readers think of the site, in figures: by month, by number given, by page."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Avg, Count
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format

from contact.models import Feedback
from editorial.charts import Bar
from publications.references import row_of_cells

MOST_PAGES = 20
COLUMNS = ("received", "rating", "liked", "improve", "page", "release")


@dataclass(frozen=True)
class Line:
    """One row of a table and one bar of its chart."""

    label: str
    count: int
    average: float


def by_month(months: int = 24) -> list[Line]:
    """The last months that had any, oldest first."""
    rows = (
        Feedback.objects.annotate(month=TruncMonth("at"))
        .values("month").annotate(count=Count("pk"), average=Avg("rating")).order_by("-month")[:months]
    )  # fmt: skip
    return [Line(date_format(row["month"], "M Y"), row["count"], row["average"]) for row in reversed(rows)]


def by_rating() -> list[Line]:
    counts = dict(Feedback.objects.order_by().values_list("rating").annotate(Count("pk")))
    return [Line(str(rating), counts.get(rating, 0), rating) for rating in range(1, 7)]


def by_page() -> list[Line]:
    """The pages that most was said about, the least liked first."""
    rows = (
        Feedback.objects.exclude(page="")
        .values("page").annotate(count=Count("pk"), average=Avg("rating")).order_by("-count", "page")[:MOST_PAGES]
    )  # fmt: skip
    found = [Line(row["page"], row["count"], row["average"]) for row in rows]
    return sorted(found, key=lambda line: (line.average, -line.count))


def averages(lines: list[Line]) -> list[Bar]:
    return [Bar(line.label, line.average, f"{line.average:.1f}") for line in lines]


def counts(lines: list[Line]) -> list[Bar]:
    return [Bar(line.label, line.count, str(line.count)) for line in lines]


def csv_lines() -> Iterator[str]:
    """Without addresses: a table is passed on. Nothing in it is run as a formula."""
    yield "\ufeff" + row_of_cells(COLUMNS)
    rows = Feedback.objects.order_by("at", "pk")
    for one in rows.iterator(chunk_size=500):
        cells = (one.at.isoformat(timespec="seconds"), one.rating, one.liked, one.improve, one.page, one.release)
        yield row_of_cells(map(str, cells))
