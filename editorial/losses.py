"""What cleaning took away, in words for the editor."""

import re
from collections import Counter
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree, html

_LOOKS = re.compile(r"font|color|background|line-height|margin|text-indent", re.IGNORECASE)
_LOCAL = re.compile(r"\s*(?:file:|\\\\|[a-z]:[\\/])", re.IGNORECASE)
_DANGEROUS = re.compile(r"(?:javascript|data|vbscript|blob|about):", re.IGNORECASE)
_IGNORED = re.compile(r"[\x00-\x20]+")
_GROUPS = {
    "scripts": {"script"},
    "embeds": {"iframe", "frame", "object", "embed", "applet", "video", "audio", "portal"},
    "drawings": {"svg", "math", "canvas"},
    "controls": {"input", "textarea", "select", "button"},
}
_GROUP_OF = {tag: group for group, tags in _GROUPS.items() for tag in tags}

_WORDS: dict[str, Callable[[int], str]] = {
    "looks": lambda n: ngettext("%d font or colour", "%d fonts and colours", n) % n,
    "scripts": lambda n: ngettext("%d script", "%d scripts", n) % n,
    "handlers": lambda n: ngettext("%d script in an attribute", "%d scripts in attributes", n) % n,
    "embeds": lambda n: ngettext("%d embedded frame or player", "%d embedded frames and players", n) % n,
    "drawings": lambda n: ngettext("%d drawing", "%d drawings", n) % n,
    "controls": lambda n: ngettext("%d form field", "%d form fields", n) % n,
    "local links": lambda n: (
        ngettext("%d link to a file on the author’s computer", "%d links to files on the author’s computer", n) % n
    ),
    "dangerous links": lambda n: ngettext("%d unsafe link", "%d unsafe links", n) % n,
    "dead links": lambda n: ngettext("%d link to a missing place", "%d links to missing places", n) % n,
    "images": lambda n: (
        ngettext("%d picture that is not in the image library", "%d pictures that are not in the image library", n) % n
    ),
    "comments": lambda n: ngettext("%d reviewer’s comment", "%d reviewers’ comments", n) % n,
    "deletions": lambda n: ngettext("%d tracked deletion", "%d tracked deletions", n) % n,
    "lost notes": lambda n: ngettext("%d note number without its note", "%d note numbers without their notes", n) % n,
}


def count(raw: str) -> Counter[str]:
    """Count what a reader of the raw HTML would miss. Images and links inside the text are counted by the tidying."""
    found: Counter[str] = Counter()
    try:
        tree = html.fragment_fromstring(raw, create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return found
    for element in tree.iter(etree.Element):
        tag = str(element.tag).rpartition(":")[2]
        if group := _GROUP_OF.get(tag):
            found[group] += 1
        if tag == "font" or _LOOKS.search(element.get("style", "")):
            found["looks"] += 1
        found["handlers"] += sum(str(name).startswith("on") for name in element.attrib)
        href = (element.get("href") or "") if tag == "a" else ""
        if _LOCAL.match(href) and "#_" not in href:
            found["local links"] += 1
        elif _DANGEROUS.match(_IGNORED.sub("", href)):
            found["dangerous links"] += 1
    return found


def in_words(found: Counter[str]) -> list[str]:
    return [words(found[kind]) for kind, words in _WORDS.items() if found[kind]]


def sentence(dropped: list[str]) -> str:
    """One line for the editor, or nothing."""
    return _("Removed: %s.") % ", ".join(dropped) if dropped else ""
