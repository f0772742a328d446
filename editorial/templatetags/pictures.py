from typing import Any

from django import template

from editorial import renditions
from editorial.models import Image

register = template.Library()


@register.inclusion_tag("components/picture.html")
def picture(
    image: Image | None, crop: str = "full", sizes: str = "100vw", alt: str | None = None, is_first: bool = False
) -> dict[str, Any]:
    """`{% picture publication.image "card" sizes="(min-width: 40rem) 20rem, 100vw" %}`.

    `alt=""` where the title beside it says the same; `is_first` for the picture a page opens with, loaded at once.
    """
    found = renditions.picture(image, crop, sizes)
    return {"picture": found, "alt": found.alt if found and alt is None else alt, "is_first": is_first}
