"""Records that are probably of one person: the same e-mail address, or the same name in whatever order and accents."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from people.folding import fold
from people.models import Person, StaffProfile


@dataclass(frozen=True)
class Suspicion:
    """Two keys, the likelier to stay first, and what they share."""

    kept: int
    gone: int
    reason: str


def suspicions() -> list[Suspicion]:
    """Three statements. Two different ORCID iDs are two persons, however alike the rest: giving both settles a case."""
    orcids: dict[int, str] = {}
    shared: dict[tuple[str, str], list[int]] = defaultdict(list)
    profiles = dict(StaffProfile.objects.values_list("person_id", "public_email"))
    for key, name, native, orcid, email in Person.objects.order_by("pk").values_list(
        "pk", "name", "native_name", "orcid", "email"
    ):
        orcids[key] = (orcid or "").upper()
        for sign in _signs(name, native, orcids[key], {email or "", profiles.get(key, "")}):
            shared[sign].append(key)
    found: dict[tuple[int, int], str] = {}
    for (reason, _sign), keys in shared.items():
        for first, second in _pairs(keys):
            if not (orcids[first] and orcids[second] and orcids[first] != orcids[second]):
                found.setdefault((first, second), reason)
    weight = {key: (key in profiles, bool(orcids[key]), -key) for pair in found for key in pair}
    return [
        Suspicion(max(pair, key=weight.__getitem__), min(pair, key=weight.__getitem__), reason)
        for pair, reason in found.items()
    ]


def _signs(name: str, native: str, orcid: str, emails: set[str]) -> Iterator[tuple[str, str]]:
    if orcid:
        yield _("the same ORCID iD"), orcid
    for email in {one.strip().casefold() for one in emails if one}:
        yield _("the same e-mail address"), email
    for words in {" ".join(sorted(fold(one))) for one in (name, native)}:
        if words:
            yield _("the same name"), words


def _pairs(keys: list[int]) -> Iterator[tuple[int, int]]:
    """Each later record with the first: three of one name are two pairs, and settled one after the other."""
    return ((keys[0], other) for other in keys[1:])
