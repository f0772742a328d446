"""Pictures for the demonstration, drawn by program: flat landscapes and patterns, the same on every load."""

import io
import math
from collections.abc import Callable
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow
from PIL import ImageDraw

from editorial import uploads
from editorial.models import Image, Rendition, User
from rsis.demo import lightmark, records
from rsis.demo.records import Record

Colour = tuple[int, int, int]
Palette = tuple[Colour, Colour, Colour, Colour]
Draw = ImageDraw.ImageDraw
Size = tuple[int, int]

LANDSCAPE, PORTRAIT = (1600, 1000), (1000, 1500)
# Ground, two middle tones and an accent each.
PALETTES: dict[str, Palette] = {
    "dawn": ((244, 226, 205), (214, 150, 118), (112, 78, 92), (138, 21, 56)),
    "sea": ((222, 233, 232), (112, 160, 168), (23, 76, 92), (232, 176, 96)),
    "paddy": ((236, 238, 214), (150, 176, 104), (62, 96, 70), (208, 120, 60)),
    "night": ((34, 38, 58), (66, 78, 116), (120, 138, 176), (240, 190, 110)),
    "stone": ((238, 232, 222), (188, 176, 158), (98, 90, 84), (15, 76, 92)),
}


def load(by: User) -> tuple[dict[str, Image], dict[str, str]]:
    """Put the pictures into the library; give them, and the HTML that sets each into a text, by key."""
    images: dict[str, Image] = {}
    for record in records.read("pictures.txt"):
        images[record.key] = Image.objects.filter(title=record.get("title")).first() or _accept(record, by)
    return images, {key: _figure(image) for key, image in images.items()}


def _accept(record: Record, by: User) -> Image:
    picture = draw(
        record.key, record.get("motif"), record.get("palette"), PORTRAIT if record.get("portrait") else LANDSCAPE
    )
    content = io.BytesIO()
    picture.save(content, "PNG")
    file = SimpleUploadedFile(f"{record.key}.png", content.getvalue(), content_type="image/png")
    fields: dict[str, Any] = {name: record.get(name).replace("'", "’") for name in ("title", "alt", "caption")}
    try:
        return uploads.accept_image(file, **fields, credit="Illustration: RSIS", licence="CC BY 4.0", uploaded_by=by)
    except uploads.DuplicateImage as duplicate:
        return duplicate.existing


def _figure(image: Image) -> str:
    """The largest JPEG made so far, with the caption and credit an editor's figure carries."""
    rendition = (
        image.renditions.filter(crop="full", format=Rendition.Format.JPEG).exclude(file="").order_by("-width").first()
    )
    if rendition is None:
        return ""
    caption = lightmark.inline(f"{image.caption} {image.credit}.")
    size = f'width="{rendition.width}" height="{rendition.height}"'
    return (
        f'<figure class="image"><img src="{rendition.file.url}" alt="{image.alt}" {size}>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def draw(seed: str, motif: str, palette: str, size: Size) -> Pillow.Image:
    """One picture; drawn at double size and reduced, so that edges are smooth."""
    colours = PALETTES[palette]
    big = (size[0] * 2, size[1] * 2)
    picture = Pillow.new("RGB", big, colours[0])
    MOTIFS[motif](ImageDraw.Draw(picture), big, colours, Random(seed))  # noqa: S311 -- a drawing, not a secret
    return picture.resize(size, Pillow.Resampling.LANCZOS)


def _horizon(draw: Draw, size: Size, colours: Palette, chance: Random) -> None:
    """Water in bands under a low sun, with one or two ships."""
    width, height = size
    line = int(height * 0.46)
    radius = height // 9
    sun = int(width * chance.uniform(0.25, 0.75))
    draw.ellipse((sun - radius, line - radius, sun + radius, line + radius), fill=colours[3])
    for band in range(9):
        top = line + int((height - line) * (band / 9) ** 1.4)
        draw.rectangle((0, top, width, height), fill=_mix(colours[1], colours[2], band / 8))
    for _ship in range(2):
        left, length = int(width * chance.uniform(0.05, 0.75)), int(width * chance.uniform(0.1, 0.2))
        _hull(draw, left, line + height // 60, length, colours[2])


def _hull(draw: Draw, left: int, water: int, length: int, colour: Colour) -> None:
    depth = length // 9
    draw.polygon(
        [
            (left, water - depth),
            (left + length, water - depth),
            (left + length - depth, water),
            (left + depth // 2, water),
        ],
        fill=colour,
    )
    draw.rectangle((left + length // 12, water - 3 * depth, left + length // 5, water - depth), fill=colour)
    for box in range(6):
        start = left + length // 4 + box * length // 9
        draw.rectangle((start, water - 2 * depth, start + length // 11, water - depth - depth // 8), fill=colour)


def _lanes(draw: Draw, size: Size, colours: Palette, chance: Random) -> None:
    """A strait from above: two coasts and the dashed lanes between them."""
    width, height = size
    draw.rectangle((0, 0, width, height), fill=colours[1])
    _coast(draw, size, colours[0], chance, at_top=True)
    _coast(draw, size, colours[0], chance, at_top=False)
    for lane in (-1, 1):
        for step in range(0, width, width // 34):
            middle = height // 2 + lane * height // 15 + int(math.sin(step / width * 4) * height / 14)
            draw.rounded_rectangle((step, middle, step + width // 60, middle + height // 160), 6, fill=colours[2])
    for _ship in range(9):
        across = chance.uniform(0.05, 0.95)
        middle = height // 2 + chance.choice((-1, 1)) * height // 11 + int(math.sin(across * 4) * height / 14)
        left, length = int(across * width), width // 40
        draw.polygon([(left, middle), (left + length, middle + 14), (left, middle + 28)], fill=colours[3])


def _coast(draw: Draw, size: Size, colour: Colour, chance: Random, *, at_top: bool) -> None:
    width, height = size
    waves = [(chance.uniform(2, 14), chance.uniform(0, 6), chance.uniform(0.01, 0.045)) for _wave in range(5)]
    edge = []
    for step in range(0, width + 1, width // 160):
        shift = sum(math.sin(step / width * rate + start) * weight for rate, start, weight in waves)
        reach = int(height * (0.22 + shift))
        edge.append((step, reach if at_top else height - reach))
    border = 0 if at_top else height
    draw.polygon([(0, border), *edge, (width, border)], fill=colour)


def _hills(draw: Draw, size: Size, colours: Palette, chance: Random) -> None:
    """Ridges one behind another, paler with distance."""
    width, height = size
    radius = height // 12
    left = int(width * chance.uniform(0.2, 0.8))
    draw.ellipse((left - radius, height // 5 - radius, left + radius, height // 5 + radius), fill=colours[3])
    for ridge in range(6):
        level, swell = 0.38 + ridge * 0.11, chance.uniform(0.03, 0.08)
        rates = [chance.uniform(2, 9) for _rate in range(3)]
        points = []
        for step in range(0, width + 1, width // 120):
            rise = sum(math.sin(step / width * rate + ridge) for rate in rates) * swell / 2
            points.append((step, int(height * (level + rise))))
        draw.polygon([(0, height), *points, (width, height)], fill=_mix(colours[1], colours[2], ridge / 5))


def _terraces(draw: Draw, size: Size, colours: Palette, chance: Random) -> None:
    """Curved paddies, like contour lines."""
    width, height = size
    middle = (int(width * chance.uniform(0.3, 0.7)), int(height * 1.25))
    for ring in range(16, 0, -1):
        reach = int(height * 0.1 * ring)
        tone = colours[3] if ring == 9 else _mix(colours[1], colours[2], (ring * 5 % 7) / 7)
        box = (middle[0] - int(reach * 1.3), middle[1] - reach, middle[0] + int(reach * 1.3), middle[1] + reach)
        draw.ellipse(box, fill=tone, outline=colours[0], width=height // 150)


def _boxes(draw: Draw, size: Size, colours: Palette, chance: Random) -> None:
    """Stacked containers in a yard."""
    width, height = size
    across, down = 12, 9
    for column in range(across):
        tall = chance.randint(3, down)
        for row in range(tall):
            left, top = column * width // across, height - (row + 1) * height // down
            tone = colours[3] if chance.random() < 0.08 else _mix(colours[1], colours[2], chance.random())
            draw.rectangle((left + 8, top + 8, left + width // across - 8, top + height // down - 8), fill=tone)
            for rib in range(1, 6):
                x = left + rib * width // across // 6
                draw.line((x, top + 26, x, top + height // down - 26), fill=_mix(tone, colours[0], 0.25), width=4)


def _network(draw: Draw, size: Size, colours: Palette, chance: Random) -> None:
    """Landing points joined by arcs."""
    width, height = size
    points = [
        (chance.randint(width // 14, width * 13 // 14), chance.randint(height // 10, height * 9 // 10))
        for _p in range(17)
    ]
    for index, start in enumerate(points):
        near = sorted(points[index + 1 :], key=lambda end, start=start: math.dist(start, end))[:2]  # type: ignore[misc]
        for end in near:
            bend = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2 + height // 16)
            path = [_curve(start, bend, end, step / 30) for step in range(31)]
            draw.line(path, fill=colours[1], width=9, joint="curve")
    for index, (left, top) in enumerate(points):
        radius = height // 90 if index % 4 else height // 50
        draw.ellipse((left - radius, top - radius, left + radius, top + radius), fill=colours[2 if index % 4 else 3])


def _curve(start: tuple[int, int], bend: tuple[int, int], end: tuple[int, int], at: float) -> tuple[float, float]:
    weights = ((1 - at) ** 2, 2 * at * (1 - at), at**2)
    points = (start, bend, end)
    x = sum(weight * point[0] for weight, point in zip(weights, points, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, points, strict=True))
    return x, y


def _windows(draw: Draw, size: Size, colours: Palette, chance: Random) -> None:
    """Housing blocks in the evening."""
    width, height = size
    left = 0
    while left < width:
        wide, top = chance.randint(width // 9, width // 5), chance.randint(height // 6, height // 2)
        tone = _mix(colours[1], colours[2], chance.random() * 0.6)
        draw.rectangle((left, top, left + wide - 20, height), fill=tone)
        for x in range(left + 30, left + wide - 90, 80):
            for y in range(top + 40, height - 90, 100):
                lit = colours[3] if chance.random() < 0.3 else _mix(tone, colours[0], 0.4)
                draw.rectangle((x, y, x + 44, y + 56), fill=lit)
        left += wide


def _mix(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


MOTIFS: dict[str, Callable[[Draw, Size, Palette, Random], None]] = {
    "horizon": _horizon,
    "lanes": _lanes,
    "hills": _hills,
    "terraces": _terraces,
    "boxes": _boxes,
    "network": _network,
    "windows": _windows,
}
