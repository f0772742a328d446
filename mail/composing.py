"""One set of words, written out as plain text and as HTML that needs no picture and reads in light and dark."""

import textwrap
from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string


@dataclass(frozen=True)
class Composition:
    """Plain text throughout; addresses only in `button`, and after a label in `facts`."""

    heading: str
    paragraphs: list[str]
    facts: list[tuple[str, str]] = field(default_factory=list)
    button: tuple[str, str] | None = None
    small: list[str] = field(default_factory=list)


def written(words: Composition) -> tuple[str, str]:
    """As text, at most 72 letters a line, and as HTML."""
    context = {"words": words, "site": settings.SITE_URL}
    return as_text(words), render_to_string("mail/letter.html", context)


def as_text(words: Composition) -> str:
    blocks = [
        words.heading,
        *(textwrap.fill(one, 72, break_long_words=False, break_on_hyphens=False) for one in words.paragraphs),
    ]
    if words.facts:
        blocks.append("\n".join(f"{label}: {value}" for label, value in words.facts))
    if words.button:
        blocks.append(f"{words.button[0]}:\n{words.button[1]}")
    blocks += [textwrap.fill(one, 72, break_long_words=False, break_on_hyphens=False) for one in words.small]
    blocks.append(f"--\nRSIS, S. Rajaratnam School of International Studies\n{settings.SITE_URL}")
    return "\n\n".join(blocks) + "\n"
