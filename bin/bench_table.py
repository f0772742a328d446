"""From what the slices brought to the lines of a table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from statistics import median

from bench_client import Slice

BARE, CONSTANT = "bare view", "constant view"
COLUMNS = ("", "requests/s", "of bare", "of constant", "p50 ms", "p95 ms", "SQL", "failed", "of smallest")


@dataclass
class Row:
    """One target on one server, over all rounds."""

    name: str
    statements: int | None
    expected: int = 200
    slices: list[Slice] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median(one.rate for one in self.slices)

    def percentile(self, share: float) -> float:
        """Milliseconds; the median over the rounds of each round's percentile. NaN when nothing was answered."""
        found = [percentile(one.times, share) for one in self.slices if one.times]
        return median(found) * 1000 if found else float("nan")

    @property
    def failures(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for one in self.slices:
            found.update(one.failures(self.expected))
        return found


Rows = Mapping[str, Row]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that this share of them does not exceed."""
    ordered = sorted(values)
    place = max(0, -(-len(ordered) * share // 1) - 1)  # rounded up
    return ordered[int(place)]


def share_of(rows: Rows, name: str, yardstick: str) -> float:
    """In percent. NaN when the yardstick brought nothing."""
    return 100 * rows[name].rate / rows[yardstick].rate if rows[yardstick].rate else float("nan")


def lines_of(rows: Rows, smallest: Rows | None) -> list[list[str]]:
    """`smallest` are the rows of the first, smallest database: growth is judged by shares of the bare view, so that a machine
    that was busier meanwhile does not count."""
    lines = []
    for name, row in rows.items():
        kept = share_of(rows, name, BARE) / share_of(smallest, name, BARE) if smallest else float("nan")
        lines.append(
            [
                name, figure(row.rate), percent(share_of(rows, name, BARE)), percent(share_of(rows, name, CONSTANT)),
                f"{row.percentile(0.5):.1f}", f"{row.percentile(0.95):.1f}",
                sql(row), told(row.failures), "" if isnan(kept) else f"{kept:.2f}",
            ]
        )  # fmt: skip
    return lines


def figure(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"


def percent(share: float) -> str:
    return f"{share:.0f} %" if share >= 10 else f"{share:.1f} %"


def sql(row: Row) -> str:
    return "–" if row.statements is None else str(row.statements)


def told(failures: Mapping[str, int]) -> str:
    return ", ".join(f"{count} × {name}" for name, count in sorted(failures.items())) or "0"


def markdown(columns: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table that reads well as it is, too: words to the left, figures to the right."""
    widths = [max(len(line[place]) for line in [columns, *lines]) for place in range(len(columns))]

    def written(line: Sequence[str]) -> str:
        cells = [
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        return f"| {' | '.join(cells)} |"

    rule = [("-" * width if place == 0 else "-" * (width - 1) + ":") for place, width in enumerate(widths)]
    return "\n".join([written(columns), f"| {' | '.join(rule)} |", *map(written, lines)])


def summary(results: Mapping[int, Mapping[str, Rows]]) -> str:
    """For a README: answers a second, and the share of the bare view, at each size; then the largest size with the page cache."""
    sizes, largest = list(results), max(results)
    columns = ["", *(f"{size:,} pieces" for size in sizes), "p95 ms", "SQL", "with page cache", "its p95 ms"]
    lines = []
    for name, row in results[largest]["off"].items():
        kept = results[largest]["process"][name]
        shares = [
            f"{figure(rows[name].rate)} ({percent(share_of(rows, name, BARE))})"
            for rows in (results[size]["off"] for size in sizes)
        ]
        now, then = (f"{one.percentile(0.95):.1f}" for one in (row, kept))
        lines.append([name, *shares, now, sql(row), figure(kept.rate), then])
    return markdown(columns, lines)
