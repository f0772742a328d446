"""A page in parts: what belongs to its subject, made apart from the frame that belongs to the site.

A template that begins with `{% extends layout|default:"base.html" %}` makes a whole page, or with `parts_of` the parts of one,
which templates/composed.html sets into the frame. It must then ask nothing of the request.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True)
class Parts:
    """What the blocks of base.html hold, in UTF-8: as text, one typographic quotation mark would double the memory."""

    blocks: tuple[bytes, bytes, bytes, bytes]

    @property
    def title(self) -> SafeString:
        return self._text(0)

    @property
    def head(self) -> SafeString:
        return self._text(1)

    @property
    def crumbs(self) -> SafeString:
        return self._text(2)

    @property
    def main(self) -> SafeString:
        return self._text(3)

    def _text(self, place: int) -> SafeString:
        # Safe: pieces of a page that the template escaped.
        return mark_safe(self.blocks[place].decode("utf-8", "surrogatepass"))  # noqa: S308


def parts_of(template: str, context: dict[str, Any]) -> Parts:
    cut = secrets.token_hex(16)  # nothing that any text could hold
    whole = render_to_string(template, context | {"layout": "parts.html", "cut": cut})
    title, head, crumbs, main = (part.encode("utf-8", "surrogatepass") for part in whole.split(cut))
    return Parts((title, head, crumbs, main))
