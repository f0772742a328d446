"""Names in their plainest form: accents, case and punctuation do not count."""

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
LETTERS = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})


def fold(text: str) -> list[str]:
    """The words of a name in their plainest form: `Nguyễn-Đức` gives `nguyen`, `duc`."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.findall(r"\w+", re.sub(r"['’ʼ`.]", "", plain))


def sort_key(name: str) -> str:
    """What lists sort by, the same in every database."""
    return " ".join(fold(name))


def letter(key: str) -> str:
    """The heading a name stands under: A to Z, or # for a name in another script."""
    first = key[:1].upper()
    return first if first.isascii() and first.isalpha() else "#"
