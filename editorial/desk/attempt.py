"""One submission of an item's form: what it is for, and what became of it. Kept with the request that brought it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from editorial.models import User

if TYPE_CHECKING:
    from editorial.desk.conflicts import Panel


@dataclass
class Attempt:
    """`version` is the one the form was opened with; a refusal makes the form show again, with everything typed in it."""

    purpose: Literal["save", "preview", "compare"] = "save"
    version: int = -1
    refusal: str = ""
    panel: "Panel | None" = None


class Undone(Exception):
    """Leaves the transaction with what it was for, so that nothing of it is stored."""

    def __init__(self, result: Any) -> None:
        super().__init__("undone on purpose")
        self.result = result


def attempt_of(request: HttpRequest) -> Attempt:
    found: Attempt = vars(request).setdefault("desk_attempt", Attempt())
    return found


def posted_version(request: HttpRequest) -> int:
    """The version the form was opened with; -1, which no item has, when it is missing or garbled."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def editor(request: HttpRequest) -> User:
    """Whoever is signed in. Raises PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class Refusable(forms.BaseForm):
    """A form that is refused as a whole with these words, so that it comes back as it was filled in."""

    refusal = ""

    def clean(self) -> dict[str, Any] | None:
        data: dict[str, Any] | None = super().clean()
        if self.refusal:
            self.add_error(None, self.refusal)
        return data
