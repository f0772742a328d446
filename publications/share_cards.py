"""The card that other sites show beside a link: the pattern of the cover, and number, title, series and school in type.

Drawn when it is first asked for, kept under a name made from everything on it, and drawn again when that changes.
"""

import hashlib
import re
import unicodedata
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.html import escape

from editorial.documents import Stored
from editorial.notes import starts_rtl
from editorial.storing import put
from publications.covers import pattern
from publications.models import Publication

WIDTH, HEIGHT = 1200, 630
SCHOOL = "S. Rajaratnam School of International Studies"
FONTS = Path(__file__).with_name("fonts")
SERIF, SANS = "'Source Serif 4', serif", "'Source Sans 3 ExtraLight', sans-serif"
# The face for titles in other scripts, by the first word of their letters' names; from the system, where it has them.
FACES = {
    "CJK": "Noto Serif CJK SC",
    "HIRAGANA": "Noto Serif CJK JP",
    "KATAKANA": "Noto Serif CJK JP",
    "HANGUL": "Noto Serif CJK KR",
    "ARABIC": "Noto Naskh Arabic",
    "TAMIL": "Noto Sans Tamil",
    "DEVANAGARI": "Noto Serif Devanagari",
    "THAI": "Noto Serif Thai",
    "MYANMAR": "Noto Serif Myanmar",
    "KHMER": "Noto Serif Khmer",
    "LAO": "Noto Serif Lao",
    "CYRILLIC": "Noto Serif",
    "GREEK": "Noto Serif",
}
LEFT, RIGHT = 64, 756  # of the type; the pattern begins beyond
TOP, ROOM = 218, 340  # where the title begins, and how high it may be
SIZES = (64, 58, 52, 46, 41, 37, 33, 29)
LEADING = 1.18
KEPT_FOR = timedelta(days=60)
# Characters between which a line may break without a space, as in Chinese and Japanese.
WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
TOKEN = re.compile(f"[{WIDE}]|[^\\s{WIDE}]+")

# One at a time in each process, so that a crowd of first requests takes neither all threads nor all memory.
_drawing = Lock()


def share_card(publication: Publication) -> Stored:
    """The PNG, in our storage."""
    svg = card_svg(publication)
    digest = hashlib.sha256(f"{svg} {version('resvg-py')}".encode()).hexdigest()
    name = f"cards/{digest[:2]}/{digest}.png"
    if not default_storage.exists(name):
        with _drawing:
            put(name, [_png(svg)])
    return Stored(
        name,
        default_storage.size(name),
        "image/png",
        ".png",
        f"c-{digest[:20]}",
        default_storage.get_modified_time(name),
    )


def sweep() -> int:
    """Delete cards drawn long ago: those still asked for are drawn again. Returns how many."""
    count = 0
    if not default_storage.exists("cards"):
        return 0
    for folder in default_storage.listdir("cards")[0]:
        for file in default_storage.listdir(f"cards/{folder}")[1]:
            name = f"cards/{folder}/{file}"
            if default_storage.get_modified_time(name) < timezone.now() - KEPT_FOR:
                default_storage.delete(name)
                count += 1
    return count


def card_svg(publication: Publication) -> str:
    motif, colours = pattern(publication)
    title = _plain(publication.title)
    size, lines = fit(title)
    face = _face(title)
    is_rtl = starts_rtl(title)
    x, anchor = (RIGHT, "end") if is_rtl else (LEFT, "start")
    number = publication.number or ""
    after = LEFT + 18 + (round(_length(number, 26) * 1.06) + 46 if number else 0)
    head = (
        f'<text x="{LEFT + 18}" y="160" font-size="26" font-weight="600" letter-spacing="1.5" fill="#fff">{escape(number)}</text>'
        f'<text x="{after}" y="160" font-size="26" fill="{colours.light}">{escape(_cut(_plain(publication.series.name), 42))}</text>'
    )
    set_title = "".join(
        f'<text x="{x}" y="{TOP + size + round(place * size * LEADING)}" font-size="{size}" font-weight="600" '
        f'font-family="{face}" text-anchor="{anchor}" fill="#fff">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours.deep}"/>'
        f'<svg x="820" y="0" width="380" height="630" viewBox="60 0 241.3 400" preserveAspectRatio="xMidYMid slice">'
        f'<rect width="600" height="400" fill="{colours.paper}"/>{motif}</svg>'
        f'<g font-family="{SANS}"><rect x="{LEFT}" y="138" width="6" height="27" fill="{colours.light}"/>{head}'
        f'<text x="{LEFT}" y="82" font-size="34" font-weight="600" letter-spacing="1" fill="#fff">RSIS</text>'
        f'<text x="{LEFT + 92}" y="82" font-size="23" fill="{colours.light}">{SCHOOL}</text></g>{set_title}</svg>'
    )


def fit(title: str) -> tuple[int, list[str]]:
    """The largest size in which the whole title fits, and its lines; cut short if none is small enough."""
    size, lines = SIZES[-1], [""]
    for size in SIZES:
        lines = _lines(title, size)
        if len(lines) * size * LEADING <= ROOM and max(_length(line, size) for line in lines) <= RIGHT - LEFT:
            return size, lines
    most = int(ROOM / (size * LEADING))
    return size, [*lines[: most - 1], lines[most - 1][:-1].rstrip() + "…"] if len(lines) > most else lines


def _lines(title: str, size: int) -> list[str]:
    lines = [""]
    for match in TOKEN.finditer(title):
        gap = " " if match.start() and title[match.start() - 1].isspace() and lines[-1] else ""
        word = match[0]
        if lines[-1] and _length(lines[-1] + gap + word, size) > RIGHT - LEFT:
            lines.append("")
            gap = ""
        while _length(word, size) > RIGHT - LEFT:  # a word longer than a line, if only in the smallest size
            room = next(end for end in range(len(word), 0, -1) if end == 1 or _length(word[:end], size) <= RIGHT - LEFT)
            lines[-1], word = word[:room], word[room:]
            if not word:
                break
            lines.append("")
        lines[-1] += gap + word
    return lines


def _length(text: str, size: int) -> float:
    """In pixels; guessed, on the wide side, where our own fonts have no such letter."""
    advances = _advances()
    return sum(advances.get(letter) or _guess(letter) for letter in text) * size


def _guess(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    return 0.66 if unicodedata.bidirectional(letter) in {"R", "AL"} else 1.0


@cache
def _advances() -> dict[str, float]:
    """Of the letters in the face of titles, in ems."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- 6 MiB in each process, which few of them ever draw with

    found: dict[str, float] = {}
    for path in sorted(FONTS.glob("source-serif-4-*-600-normal.woff2")):
        font = TTFont(path)
        unit, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        found |= {chr(code): widths[glyph][0] / unit for code, glyph in font.getBestCmap().items()}
    return found


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="rsis-fonts-")  # goes when the process ends


@cache
def _fonts() -> list[str]:
    """Our fonts in the form that resvg reads, the parts of each put together, for the life of this process."""
    from fontTools.merge import Merger  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    place = Path(_folder().name)
    files = []
    for path in sorted(FONTS.glob("*-latin-[46]00-normal.woff2")):
        parts = []
        for part in ("latin", "latin-ext", "vietnamese"):
            font = TTFont(path.with_name(path.name.replace("-latin-", f"-{part}-")))
            font.flavor = None
            parts.append(BytesIO())
            font.save(parts[-1])
        files.append(str(place / f"{path.stem}.ttf"))
        Merger().merge(parts).save(files[-1])
    return files


def _png(svg: str) -> bytes:
    from resvg_py import svg_to_bytes  # noqa: PLC0415

    needs_others = any(letter not in _advances() for letter in re.sub(r"<[^>]*>", "", svg))
    return bytes(svg_to_bytes(svg_string=svg, font_files=_fonts(), skip_system_fonts=not needs_others))


def _face(title: str) -> str:
    other = next((letter for letter in title if letter.isalpha() and letter not in _advances()), "")
    face = FACES.get(unicodedata.name(other, "").split(" ")[0]) if other else None
    return f"'{face}', {SERIF}" if face else SERIF


def _plain(text: str) -> str:
    """In one line, without what an XML document may not hold."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
