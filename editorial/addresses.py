"""Which e-mail addresses are taken, and how they are kept: the one rule for every form.

Kept as typed, with the host as DNS has it (`bücher.example` becomes `xn--bcher-kva.example`). Compared by `key`, so that
`Mei@Example.ORG` and `mei@example.org` are one person. What our mail could not carry is refused with words.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

LONGEST_NAME = 64
LONGEST = 254
# Turn the order of letters round, or take no room: in an address or a name they only deceive.
UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
# The atoms of RFC 5322 without the per cent sign: old relays read it as a second address, and attacks hide line ends in it.
_NAME = re.compile(r"[A-Za-z0-9!#$&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
# Small letters of other scripts that look like Latin ones.
_LATIN_LOOKS = frozenset("асԁеһіјӏорԛѕԝхуғʏοανρτυγ")


class Refused(ValueError):
    """An address that cannot be taken; the message says why, for whoever typed it."""


@dataclass(frozen=True)
class Address:
    stored: str
    shown: str
    # The host pretends to be another by letters of other scripts. Taken all the same; the desk is told.
    is_doubtful: bool

    @property
    def key(self) -> str:
        return key_of(self.stored)


def key_of(stored: str) -> str:
    """What two addresses of one person have in common."""
    return stored.strip().casefold()


def read(typed: str) -> Address:
    """Raises Refused."""
    text = unicodedata.normalize("NFC", typed).strip(" \t\u00a0\u3000")
    usual = _("Enter a valid e-mail address, such as name@example.org.")
    if UNSEEN.search(text) or any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        raise Refused(_("This address contains a line break or an invisible character. Type it again by hand."))
    name, sign, host = text.rpartition("@")
    if not sign or len(text) > LONGEST:
        raise Refused(usual)
    _check_name(name, usual)
    labels = _labels(host, usual)
    stored = f"{name}@{'.'.join(labels)}"
    if len(stored) > LONGEST:
        raise Refused(usual)
    seen = [_seen(label) for label in labels]
    return Address(stored, f"{name}@{'.'.join(seen)}", any(_deceives(label) for label in seen))


def shown(stored: str) -> str:
    """A stored address as its owner writes it."""
    try:
        return read(stored).shown
    except Refused:
        return stored


def is_doubtful(stored: str) -> bool:
    try:
        return read(stored).is_doubtful
    except Refused:
        return True


def _check_name(name: str, usual: str) -> None:
    if name.startswith('"'):
        raise Refused(_("Our mail cannot reach addresses in quotation marks. Give another one, please."))
    if not name.isascii() and "@" not in name:
        raise Refused(_("Our mail cannot reach addresses with other than English letters before the @ yet."))
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise Refused(usual)


def _labels(host: str, usual: str) -> list[str]:
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise Refused(usual) from None
    labels = host.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise Refused(usual)
    return labels


def _seen(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label.lower().encode("ascii").decode("idna")
    except UnicodeError:
        return label


def _deceives(label: str) -> bool:
    letters = [letter for letter in label if letter.isalpha()]
    scripts = {unicodedata.name(letter, "?").partition(" ")[0] for letter in letters}
    is_mixed = "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
    return is_mixed or (bool(letters) and not label.isascii() and set(letters) <= _LATIN_LOOKS)
