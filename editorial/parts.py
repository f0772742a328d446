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
    """As the blocks of base.html are called."""

    title: SafeString
    head: SafeString
    crumbs: SafeString
    main: SafeString


def parts_of(template: str, context: dict[str, Any]) -> Parts:
    cut = secrets.token_hex(16)  # nothing that any text could hold
    whole = render_to_string(template, context | {"layout": "parts.html", "cut": cut})
    # Safe: pieces of a page that the template escaped.
    return Parts(*(mark_safe(part) for part in whole.split(cut)))  # noqa: S308
