"""The cover of a piece that has no image: a flat pattern seeded by its number, its series' hue, its title in type.

Deterministic: the same piece gives the same bytes, so it can be cached for good. Share cards bear the same pattern.
"""

import hashlib
import math
import random
import textwrap
from colorsys import hls_to_rgb
from typing import NamedTuple

from django.utils.html import escape

from publications.models import Publication

WIDTH, HEIGHT = 600, 800
LINE = 46


class Colours(NamedTuple):
    """Shades of the series' hue."""

    paper: str
    deep: str
    mid: str
    light: str


def pattern(publication: Publication) -> tuple[str, Colours]:
    """Shapes for a field of 600 by 400 (some reach beyond it), and the colours they are drawn in."""
    seed = publication.number or f"{publication.series.slug}/{publication.slug}"
    chance = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 -- a drawing, not a secret
    hue = publication.series.hue
    colours = Colours(*(_colour(hue, *shade) for shade in ((0.93, 0.3), (0.24, 0.5), (0.45, 0.42), (0.78, 0.4))))
    return chance.choice((_rings, _tides, _grid, _rays))(chance, colours[1:]), colours


def cover_svg(publication: Publication) -> str:
    """A whole SVG document, 3:4, without scripts, links or fonts of its own."""
    motif, (paper, deep, _mid, light) = pattern(publication)
    lines = textwrap.wrap(publication.title, 22, max_lines=6, placeholder=" …")
    title = "".join(f'<tspan x="44" dy="{LINE}">{escape(line)}</tspan>' for line in lines)
    label = escape((publication.number or publication.series.name).upper())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{paper}"/>{motif}'
        f'<rect y="400" width="{WIDTH}" height="400" fill="{deep}"/>'
        f'<text x="44" y="448" font-family="system-ui,sans-serif" font-size="20" letter-spacing="2" fill="{light}">{label}</text>'
        f'<text y="462" font-family="Charter,Georgia,serif" font-size="38" fill="#fff">{title}</text>'
        f'<text x="44" y="768" font-family="system-ui,sans-serif" font-size="18" fill="{light}">RSIS</text></svg>'
    )


def _colour(hue: int, lightness: float, saturation: float) -> str:
    red, green, blue = hls_to_rgb(hue / 360, lightness, saturation)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def _rings(chance: random.Random, colours: tuple[str, ...]) -> str:
    x, y = chance.randint(120, 480), chance.randint(100, 300)
    widths = (6, 14, 26)
    return "".join(
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" stroke="{chance.choice(colours)}" stroke-width="{chance.choice(widths)}"/>'
        for radius in range(40, 520, chance.choice((44, 58, 72)))
    )


def _tides(chance: random.Random, colours: tuple[str, ...]) -> str:
    paths = []
    for row, y in enumerate(range(60, 420, 52)):
        height, phase = chance.randint(10, 30), chance.random() * 6
        points = " ".join(f"{x},{y + height * math.sin(x / 70 + phase):.1f}" for x in range(0, WIDTH + 1, 20))
        paths.append(f'<polygon points="0,400 {points} {WIDTH},400" fill="{colours[row % 3]}"/>')
    return "".join(paths)


def _grid(chance: random.Random, colours: tuple[str, ...]) -> str:
    size = 75
    cells = []
    for x in range(0, WIDTH, size):
        for y in range(25, 400, size):
            if chance.random() < 0.62:
                corner = chance.choice((f"{x},{y}", f"{x + size},{y + size}"))
                cells.append(
                    f'<polygon points="{corner} {x + size},{y} {x},{y + size}" fill="{chance.choice(colours)}"/>'
                )
    return "".join(cells)


def _rays(chance: random.Random, colours: tuple[str, ...]) -> str:
    x = chance.randint(100, 500)
    edges = sorted(chance.randint(-200, 800) for _each in range(16))
    return "".join(
        f'<polygon points="{x},400 {left},0 {right},0" fill="{colours[place % 3]}"/>'
        for place, (left, right) in enumerate(zip(edges[::2], edges[1::2], strict=True))
    )
