"""Free tags: one for each meaning, however it is typed."""

import re
import unicodedata
from typing import Any

from taggit.managers import _TaggableManager
from taggit.models import Tag

SPACES = re.compile(r"\s+")
ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic letters; in other scripts marks make other words


def tidy(name: str) -> str:
    """As it is kept: letters of usual width, one space between words, none at the ends."""
    return SPACES.sub(" ", unicodedata.normalize("NFKC", name)).strip()[:100]


def same(name: str) -> str:
    """What two spellings of one tag have in common: no matter the case, the width, the accents and the spaces."""
    plain = ACCENTS.sub("", unicodedata.normalize("NFD", tidy(name).casefold()))
    return unicodedata.normalize("NFC", plain)


class TagManager(_TaggableManager):
    """Finds the tag that is there before it makes another. One statement for all tags, which are a few thousand at most."""

    def _to_tag_model_instances(self, tags: Any, tag_kwargs: Any) -> Any:
        words = [tidy(tag) for tag in tags if isinstance(tag, str)]
        known: dict[str, Tag] = {}
        if words:
            for tag in self.through.tag_model()._default_manager.order_by("-pk"):
                known[same(tag.name)] = tag  # of twins from before, the oldest
        wanted: list[Any] = []
        for tag in tags:
            if not isinstance(tag, str):
                wanted.append(tag)
            elif name := tidy(tag):
                wanted.append(known.setdefault(same(name), name))
        return super()._to_tag_model_instances(wanted, tag_kwargs)
