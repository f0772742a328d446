"""The sizes, crops and formats of a picture that readers get: which there are, making them, and putting them in a page.

A page shows only what is ready, and something is ready from the moment of upload. To spend no statement on it, fetch
`prefetch_related("image__renditions")` with the items.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image as Pillow

from editorial import pictures
from editorial.models import Image, Rendition
from editorial.models.media import rendition_path
from editorial.storing import put

log = logging.getLogger(__name__)

FULL = "full"
FULL_WIDTHS = (480, 960, 1600)
# From the one every browser knows to the one that weighs least.
EVERY_FORMAT = (Rendition.Format.JPEG, Rendition.Format.WEBP, Rendition.Format.AVIF)
# Crop: proportion of width to height, widths, formats.
CROPS: dict[str, tuple[float, tuple[int, ...], tuple[Rendition.Format, ...]]] = {
    "card": (3 / 2, (480, 960), EVERY_FORMAT),
    "cover": (2 / 3, (320, 640), EVERY_FORMAT),
    "square": (1, (160, 320), EVERY_FORMAT),
    "share": (1200 / 630, (1200,), (Rendition.Format.JPEG,)),
}
MOST_ATTEMPTS = 3
# Longer than any picture takes; after it, the work of a worker that was killed is taken up by another.
LEASE = timedelta(minutes=5)
CONTENT_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}


@dataclass(frozen=True)
class Source:
    """One `<source>`: candidates of one format."""

    type: str
    srcset: str
    sizes: str


@dataclass(frozen=True)
class Picture:
    """What `<picture>` needs. `src` is the largest JPEG that is ready, `width` and `height` are its own."""

    sources: list[Source]
    src: str
    srcset: str
    sizes: str
    width: int
    height: int
    alt: str


def picture(image: Image | None, crop: str = FULL, sizes: str = "100vw") -> Picture | None:
    """The files of this crop that are ready, smallest first; the whole picture while the crop is still being made.

    `sizes` as in HTML. None without an image, or when nothing is ready. No statement if renditions were prefetched.
    """
    if image is None:
        return None
    ready = sorted((row for row in image.renditions.all() if row.file), key=lambda row: row.width)
    wanted = [row for row in ready if row.crop == crop]
    if not any(row.format == Rendition.Format.JPEG for row in wanted):
        wanted = [row for row in ready if row.crop == FULL]
    jpegs = [row for row in wanted if row.format == Rendition.Format.JPEG]
    if not jpegs:
        return None
    largest = jpegs[-1]
    # A format that has not caught up yet is left out: it would be chosen, and be too small.
    complete = [row.format for row in wanted if row.width == largest.width]
    return Picture(
        sources=[
            Source(CONTENT_TYPES[name], _srcset(row for row in wanted if row.format == name), sizes)
            for name in (Rendition.Format.AVIF, Rendition.Format.WEBP)
            if name in complete
        ],
        src=largest.file.url,
        srcset=_srcset(jpegs),
        sizes=sizes,
        width=largest.width,
        height=largest.height,
        alt="" if image.is_decorative else image.alt,
    )


sources = picture


def _srcset(rows: Iterable[Rendition]) -> str:
    return ", ".join(f"{row.file.url} {row.width}w" for row in rows)


def planned(image: Image) -> list[Rendition]:
    """Every rendition the picture should have, unsaved, the smallest JPEG first. Nothing is enlarged."""
    size = (image.width, image.height)
    rows = [
        Rendition(image=image, crop=FULL, width=width, height=_height(width, image.width / image.height), format=name)
        for width in _widths(FULL_WIDTHS, image.width)
        for name in EVERY_FORMAT
    ]
    for crop, (ratio, widths, formats) in CROPS.items():
        left, _top, right, _bottom = pictures.box_around(size, ratio, (50, 50))
        rows += [
            Rendition(image=image, crop=crop, width=width, height=_height(width, ratio), format=name)
            for width in _widths(widths, right - left)
            for name in formats
        ]
    return rows


def _widths(wanted: tuple[int, ...], available: int) -> list[int]:
    return sorted({min(width, available) for width in wanted})


def _height(width: int, ratio: float) -> int:
    return max(1, round(width / ratio))


@transaction.atomic
def order(image: Image) -> int:
    """Have every missing rendition made, and every crop that was cut around another focal point. Returns how many.

    Call it after saving an image whose focal point may have changed. Until a new crop is ready the old one is shown.
    """
    Rendition.objects.bulk_create(planned(image), ignore_conflicts=True)
    have = Rendition.objects.filter(image=image)
    stale = [row.pk for row in have.exclude(file="") if row.file.name != _name(row, image)]
    have.filter(pk__in=stale).update(due_at=timezone.now(), attempts=0, failed="")
    return have.filter(due_at__isnull=False).count()


def make_first(image: Image, pixels: Pillow.Image) -> None:
    """Write the smallest JPEG at once, so that no page ever waits for the worker. Raises OSError."""
    first = planned(image)[0]
    _write(first, image, pixels)
    first.file.name, first.due_at = _name(first, image), None
    first.save()


def oldest_due() -> datetime | None:
    """Since when the longest waiting rendition waits; None when nothing does."""
    waiting = Rendition.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


def make_due(limit: int = 4) -> int:
    """Claim and make up to this many renditions whose time has come. Returns how many were tried: 0 means none was due.

    Safe to run anywhere any number of times at once. One that fails is tried again, three times in all; then its row
    says why.
    """
    rows, opened = _claim(limit), dict[int, Pillow.Image]()
    for row in rows:
        try:
            if row.image_id not in opened:
                opened = {row.image_id: _open(row.image)}
            _write(row, row.image, opened[row.image_id])
        except (OSError, ValueError, MemoryError, pictures.Unreadable, pictures.TooLarge) as error:
            _fail(row, error)
            continue
        name = _name(row, row.image)
        # Only if the claim still holds: a focal point moved meanwhile leaves the row due.
        Rendition.objects.filter(pk=row.pk, due_at=row.due_at).update(file=name, due_at=None, failed="")
        log.info("Made %s", name)
    return len(rows)


@transaction.atomic
def _claim(limit: int) -> list[Rendition]:
    now = timezone.now()
    # Taken three times and never finished: whatever it does to a worker, it is not to do it again.
    lost = Rendition.objects.filter(due_at__lte=now, attempts__gte=MOST_ATTEMPTS)
    lost.update(due_at=None, failed=_("Every attempt was interrupted."))
    due = Rendition.objects.filter(due_at__lte=now).order_by("due_at", "image_id", "pk")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    keys = list(due.values_list("pk", flat=True)[:limit])
    # SQLite has one writer at a time, and the condition is asked again in the statement that takes the rows.
    Rendition.objects.filter(pk__in=keys, due_at__lte=now).update(due_at=now + LEASE, attempts=F("attempts") + 1)
    taken = Rendition.objects.filter(pk__in=keys, due_at=now + LEASE)
    return list(taken.select_related("image").order_by("image_id", "pk"))


def _open(image: Image) -> Pillow.Image:
    with default_storage.open(str(image.file.name)) as file:
        return pictures.read(file.read())


def _name(row: Rendition, image: Image) -> str:
    row.image = image
    return rendition_path(row, "")


def _write(row: Rendition, image: Image, pixels: Pillow.Image) -> None:
    box = (0, 0, pixels.width, pixels.height)
    if row.crop in CROPS:
        box = pictures.box_around(pixels.size, CROPS[row.crop][0], (image.focal_x, image.focal_y))
    height = row.height or _height(row.width, (box[2] - box[0]) / (box[3] - box[1]))
    put(_name(row, image), [pictures.encode(pictures.cut(pixels, box, (row.width, height)), row.format)])


def _fail(row: Rendition, error: Exception) -> None:
    words = (str(error) or type(error).__name__)[:200]
    again = None if row.attempts >= MOST_ATTEMPTS else timezone.now() + timedelta(minutes=row.attempts)
    Rendition.objects.filter(pk=row.pk, due_at=row.due_at).update(failed=words, due_at=again)
    log.error("Rendition %s failed (attempt %s of %s): %s", row.pk, row.attempts, MOST_ATTEMPTS, words)
