"""Small charts as SVG, made on the server: no script, no style of their own, and always beside a table with the figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LINE = 30
LABEL = 240
WIDTH = 720
COLUMN_HEIGHT = 180


@dataclass(frozen=True)
class Bar:
    label: str
    value: float
    words: str


def rows(bars: Sequence[Bar], title: str, most: float) -> SafeString:
    """Lying bars, one to a line, for labels of some length."""
    room = WIDTH - LABEL - 60
    drawn = format_html_join(
        "",
        '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="chart-bar" x="{}" y="{}" width="{}" height="18"></rect>'
        '<text class="chart-value" x="{}" y="{}">{}</text>',
        (
            (
                LABEL - 10, place * LINE + 19, _short(bar.label, 34), LABEL, place * LINE + 5,
                (wide := _length(bar.value, most, room)), LABEL + wide + 8, place * LINE + 19, bar.words,
            )
            for place, bar in enumerate(bars)
        ),
    )  # fmt: skip
    return _svg(title, len(bars) * LINE + 6, drawn)


def columns(bars: Sequence[Bar], title: str, most: float) -> SafeString:
    """Standing bars from left to right, for what happened over time."""
    step = WIDTH / max(len(bars), 1)
    wide = min(step * 0.7, 56)
    every = -(-len(bars) // 12)
    drawn = format_html_join(
        "",
        '<rect class="chart-bar" x="{}" y="{}" width="{}" height="{}"></rect>'
        '<text class="chart-value" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="chart-label" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (
                f"{place * step + (step - wide) / 2:.1f}", 24 + COLUMN_HEIGHT - tall, f"{wide:.1f}", tall,
                (middle := f"{place * step + step / 2:.1f}"), 18 + COLUMN_HEIGHT - tall, bar.words,
                middle, COLUMN_HEIGHT + 44, bar.label if place % every == 0 else "",
            )
            for place, bar in enumerate(bars)
            for tall in [_length(bar.value, most, COLUMN_HEIGHT)]
        ),
    )  # fmt: skip
    return _svg(title, COLUMN_HEIGHT + 56, drawn)


def _svg(title: str, height: int, drawn: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}</svg>',
        WIDTH, height, title, drawn,
    )  # fmt: skip


def _length(value: float, most: float, room: int) -> int:
    return max(1, round(room * min(value, most) / most)) if most and value else 0


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"…{text[-most + 1 :]}"
