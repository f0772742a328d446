"""Reading, cleaning and cutting pictures with Pillow. Knows bytes and pixels; no rows, no requests."""

import hashlib
import io
import struct
import zlib
from typing import Any

from PIL import Image as Pillow
from PIL import ImageCms, ImageOps
from PIL.Image import DecompressionBombError, DecompressionBombWarning, Resampling

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000

# What Pillow's decoders raise on damaged or hostile bytes.
UNREADABLE = (
    OSError, ValueError, TypeError, SyntaxError, KeyError, IndexError, EOFError, OverflowError, ZeroDivisionError,
    AttributeError, RuntimeError, struct.error, zlib.error,
)  # fmt: skip

PNG_START = b"\x89PNG\r\n\x1a\n"
# Text can unpack to hundreds of megabytes, and none of it is wanted.
PNG_WORDS = {b"tEXt", b"zTXt", b"iTXt", b"eXIf"}


class Unreadable(Exception):
    """These bytes are no picture that can be taken."""


class TooLarge(Exception):
    """The picture has more pixels than will be decoded."""


def read(data: bytes) -> Pillow.Image:
    """Decode the first frame, upright, in sRGB, with nothing but pixels: no EXIF, XMP, comment or profile.

    The result is RGB or RGBA. The size is read and judged before any pixel is decoded. Raises Unreadable or TooLarge.
    """
    if data.startswith(PNG_START):
        data = _without_words(data)
    try:
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise TooLarge
            if not width or not height:
                raise Unreadable
            picture.load()
            return _only_pixels(picture)
    except (DecompressionBombError, DecompressionBombWarning):
        raise TooLarge from None
    except UNREADABLE as error:
        raise Unreadable from error


def _without_words(data: bytes) -> bytes:
    """A PNG without text chunks, and with right check sums: a damaged one is no reason to refuse a picture."""
    parts, place = [PNG_START], len(PNG_START)
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4])
        kind = data[place + 4 : place + 8]
        body = data[place + 4 : place + 8 + length]
        if len(body) < length + 4:
            break
        if kind not in PNG_WORDS:
            parts += [data[place : place + 4], body, zlib.crc32(body).to_bytes(4)]
        place += length + 12
        if kind == b"IEND":
            break
    return b"".join(parts)


def _only_pixels(picture: Pillow.Image) -> Pillow.Image:
    profile = picture.info.get("icc_profile")
    try:
        upright = ImageOps.exif_transpose(picture)
    except UNREADABLE:
        upright = picture  # its notes are damaged, its pixels are not
    if upright.mode.startswith("I"):  # 16 bits a pixel
        upright = upright.point(lambda value: value / 256).convert("L")
    plain = _in_srgb(upright, profile) if profile and upright.mode in {"RGB", "RGBA", "CMYK", "L"} else upright
    has_alpha = plain.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in plain.info
    plain = plain.convert("RGBA" if has_alpha else "RGB")
    if has_alpha and plain.getchannel("A").getextrema() == (255, 255):
        plain = plain.convert("RGB")
    plain.info = {}
    return plain


def _in_srgb(picture: Pillow.Image, profile: bytes) -> Pillow.Image:
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (*UNREADABLE, ImageCms.PyCMSError):
        return picture
    return changed or picture


def fingerprint(picture: Pillow.Image) -> str:
    """SHA-256 of size and pixels: the same picture under another name, or with other notes in it, is the same."""
    digest = hashlib.sha256(f"{picture.mode} {picture.width} {picture.height} ".encode())
    for top in range(0, picture.height, 256):  # in strips, to hold no second copy
        digest.update(picture.crop((0, top, picture.width, min(picture.height, top + 256))).tobytes())
    return digest.hexdigest()


def original(picture: Pillow.Image, is_lossless: bool) -> tuple[bytes, str]:
    """The bytes to keep, and their extension: PNG for drawings and transparency, else a JPEG with no visible loss."""
    if is_lossless or picture.mode == "RGBA":
        return _save(picture, "PNG", compress_level=3), "png"
    return _save(picture, "JPEG", quality=95, subsampling=0), "jpg"


def encode(picture: Pillow.Image, format_name: str) -> bytes:
    """As "avif", "webp" or "jpeg" for readers. JPEG knows no transparency: it is laid on white."""
    match format_name:
        case "avif":
            return _save(picture, "AVIF", quality=60, speed=7, max_threads=1)
        case "webp":
            return _save(picture, "WEBP", quality=80, method=4)
        case _:
            return _save(_on_white(picture), "JPEG", quality=82, optimize=True, progressive=True)


def _save(picture: Pillow.Image, format_name: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, format_name, **options)
    return out.getvalue()


def _on_white(picture: Pillow.Image) -> Pillow.Image:
    if picture.mode != "RGBA":
        return picture
    white = Pillow.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def cut(picture: Pillow.Image, box: tuple[int, int, int, int], size: tuple[int, int]) -> Pillow.Image:
    return picture.resize(size, Resampling.LANCZOS, box=box, reducing_gap=3.0)


def box_around(size: tuple[int, int], ratio: float, focus: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest box of this ratio (width by height) inside, as near to the focal point (per cent) as it can be."""
    width, height = size
    box_width, box_height = (width, round(width / ratio)) if width / height < ratio else (round(height * ratio), height)
    box_width, box_height = max(1, min(width, box_width)), max(1, min(height, box_height))
    left = min(max(0, round(width * focus[0] / 100 - box_width / 2)), width - box_width)
    top = min(max(0, round(height * focus[1] / 100 - box_height / 2)), height - box_height)
    return left, top, left + box_width, top + box_height
