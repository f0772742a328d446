"""Small pictures for the desk's lists, made from the private originals on request."""

import io

from PIL import Image as Pillow
from PIL import ImageOps

from editorial.models import Image

BOX = (240, 160)


def thumbnail(image: Image) -> bytes:
    """A JPEG of 240 by 160 pixels cut around the focal point. Raises OSError when the original is missing or damaged."""
    with image.file.open("rb") as original, Pillow.open(original) as picture:
        picture.draft("RGB", (BOX[0] * 2, BOX[1] * 2))
        flat = Pillow.new("RGB", picture.size, "white")
        shown = picture.convert("RGBA")
        flat.paste(shown, mask=shown.getchannel("A"))
    centre = (image.focal_x / 100, image.focal_y / 100)
    small = io.BytesIO()
    ImageOps.fit(flat, BOX, centering=centre).save(small, "JPEG", quality=82)
    return small.getvalue()
