"""The one door for files from outside. The content decides what a file is; its name is only ever shown."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from PIL import Image as Pillow

from editorial import pictures, renditions
from editorial.examining import Facts, Upload, UploadRefused, cannot_store, clean_name, examine, refuse_infected
from editorial.models import Document, DocumentVersion, Image, User
from editorial.storing import put

__all__ = [
    "DuplicateImage",
    "UploadRefused",
    "accept_document",
    "accept_image",
    "check_document",
    "replace_document",
]

MAX_IMAGE_BYTES = 25 * 1024 * 1024
IMAGE_SUFFIXES = {"jpg", "jpeg", "jpe", "jfif", "png", "webp", "avif", "gif"}
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}


class DuplicateImage(UploadRefused):
    """The library has this very picture, as `existing`: offer it."""

    def __init__(self, existing: Image) -> None:
        self.existing = existing
        super().__init__(_("The library has this picture already: “%(title)s”. Choose it there.") % {"title": existing})


def accept_image(file: Upload, *, reuse: bool = False, **fields: Any) -> Image:
    """Take a picture into the library: checked, turned upright, without EXIF, place or comment, smallest size made.

    `fields` are those of Image: title (the file's name by default), alt or is_decorative, credit, caption, licence,
    focal_x, focal_y, uploaded_by. Raises UploadRefused with words for the editor; DuplicateImage, one of them, when
    the library has it, unless `reuse`: then that one is returned, unchanged.
    """
    fields = _checked(fields)
    pixels, is_lossless = _read_image(file)
    sha256 = pictures.fingerprint(pixels)
    existing = Image.objects.filter(sha256=sha256).first()
    if existing is None:
        fields["title"] = (fields.get("title") or _title(file))[:200]
        try:
            return _keep_image(pixels, is_lossless, fields | {"sha256": sha256})
        except IntegrityError:  # the same picture came in twice at once
            existing = Image.objects.get(sha256=sha256)
    if reuse:
        return existing
    raise DuplicateImage(existing)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    stripped = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    if not stripped.get("alt") and not stripped.get("is_decorative"):
        raise UploadRefused(_("Describe the picture, or tick “decorative”."))
    if not stripped.get("credit"):
        raise UploadRefused(_("Give the credit: who made the picture or owns it."))
    return stripped


def _title(file: Upload) -> str:
    stem, _dot, ending = clean_name(file.name or "").rpartition(".")
    return stem or ending or str(_("Untitled picture"))


def _read_image(file: Upload) -> tuple[Pillow.Image, bool]:
    """The decoded picture, and whether it came in a format without loss. Raises UploadRefused."""
    file.seek(0)
    data = file.read(MAX_IMAGE_BYTES + 1)
    if not data:
        raise UploadRefused(_("The file is empty."))
    if len(data) > MAX_IMAGE_BYTES:
        raise UploadRefused(_("The picture is larger than 25 MB. Save it smaller and try again."))
    refuse_infected([data])
    try:
        pixels = pictures.read(data)
    except pictures.TooLarge:
        raise UploadRefused(_("The picture has more than 40 million pixels. Make it smaller and try again.")) from None
    except pictures.Unreadable:
        raise UploadRefused(_why_not(data)) from None
    _stem, dot, suffix = clean_name(file.name or "").rpartition(".")
    if dot and suffix.lower() not in IMAGE_SUFFIXES:
        raise UploadRefused(_("The name of the file does not end like that of a picture (.jpg, .png, .webp …)."))
    return pixels, data[:4] in {b"\x89PNG", b"GIF8"}


def _why_not(data: bytes) -> str:
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return _("HEIC pictures cannot be read here. Export the picture as JPEG.")
    if b"<svg" in data[:4096].lower():
        return _("SVG drawings can carry scripts and are not taken. Export the drawing as PNG.")
    return _("This is not a JPEG, PNG, WebP, AVIF or GIF picture, or it is damaged. Open it and save it again.")


def _keep_image(pixels: Pillow.Image, is_lossless: bool, fields: dict[str, Any]) -> Image:
    data, extension = pictures.original(pixels, is_lossless)
    sha256: str = fields["sha256"]
    name = f"originals/{sha256[:2]}/{sha256}.{extension}"
    image = Image(**fields, file=name, width=pixels.width, height=pixels.height)
    # Files first: without its row a file is only waste, without its file a row is a broken page.
    try:
        put(name, [data])
        with transaction.atomic():
            image.save()
            renditions.make_first(image, pixels)
            renditions.order(image)
    except OSError as error:
        raise UploadRefused(cannot_store(error)) from error
    return image


def check_document(file: Upload, kind: str) -> None:
    """Look at a file without keeping it, so that a form can refuse it. Raises UploadRefused with words."""
    examine(file, kind, keep=False)


def accept_document(file: Upload, kind: str, title: str, by: User | None = None) -> Document:
    """Take a file of this Document.Kind as version 1 of a new document. Raises UploadRefused with words."""
    facts = examine(file, kind)
    with transaction.atomic():
        document = Document.objects.create(title=(title or facts.original_name)[:200], kind=kind)
        _add_version(document, facts, 1, by)
    return document


def replace_document(document: Document, file: Upload, by: User | None = None) -> DocumentVersion:
    """Put a new version behind the same address. The very bytes of the current version make no new one.

    Raises UploadRefused with words; then the version before still serves. Concurrent calls get different numbers.
    """
    facts = examine(file, document.kind)
    with transaction.atomic():
        locked = Document.objects.select_for_update().get(pk=document.pk)
        current = locked.versions.order_by("-number").first()
        if current is None or current.sha256 != facts.sha256:
            current = _add_version(locked, facts, current.number + 1 if current else 1, by)
    document.current = current
    return current


def _add_version(document: Document, facts: Facts, number: int, by: User | None) -> DocumentVersion:
    version = DocumentVersion.objects.create(
        document=document, number=number, file=facts.stored_name, original_name=facts.original_name,
        content_type=facts.content_type, suffix=facts.suffix, size=facts.size, sha256=facts.sha256, pages=facts.pages,
        has_text=facts.has_text, uploaded_by=by,
    )  # fmt: skip
    document.current = version
    return version
