"""A change of address is asked about before it is saved, and leaves a redirect when it is."""

import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial import redirects
from editorial.generic import ModelAdmin
from editorial.models import Redirect

# Fields that an address may be made of.
PARTS_OF_ADDRESSES = {"slug", "series", "family", "parent", "path"}


class AsksAboutAddress(forms.BaseForm):
    """Refuses a change of address, or the taking of an old one, until the box below the question has been ticked.

    The box carries a mark of what was asked, so that a yes to one address is none to another.
    """

    address_question: str = ""
    address_mark: str = ""
    asks_about_address: bool = True
    goes_live: bool = False

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.asks_about_address:
            return
        words = self._moves() + self._taken()
        if not words:
            return
        question = " ".join(words)
        self.address_mark = hashlib.sha256(question.encode()).hexdigest()[:16]
        if self.data.get("address_confirmed") != self.address_mark:
            self.address_question = question
            self.add_error(None, question)

    @property
    def _item(self) -> Any:
        return self.instance  # type: ignore[attr-defined]

    def _changes_address(self) -> bool:
        return self._item.pk is None or bool(PARTS_OF_ADDRESSES.intersection(self.changed_data))

    def _moves(self) -> list[str]:
        if self._item.pk is None or not self._changes_address():
            return []
        moves = redirects.moves(self._item)
        if not moves:
            return []
        words = ngettext("%(count)s redirect will be made:", "%(count)s redirects will be made:", len(moves))
        lines = [_("%(old)s will lead to %(new)s.") % {"old": old, "new": new} for old, new in moves]
        return [words % {"count": len(moves)}, *lines]

    def _taken(self) -> list[str]:
        """The old address of something else that this one would take over when it is public."""
        if not (self._changes_address() or self.goes_live) or getattr(self._item, "holds_pages", False):
            return []
        try:
            address = self._item.get_absolute_url()
        except (NoReverseMatch, ObjectDoesNotExist):  # not known before it is saved, and then made to be free
            return []
        old = redirects.taken_from(address).first()
        return [self._warning(old)] if old else []

    @staticmethod
    def _warning(old: Redirect) -> str:
        if not old.new_path:
            return _("%(old)s is told to be gone for good. That ends when this is public.") % {"old": old.old_path}
        return _("%(old)s leads readers to %(new)s today. That ends when this is public.") % {
            "old": old.old_path,
            "new": old.new_path,
        }


def asking(form: Any, **said: Any) -> Any:
    """The form class, asking about addresses. One that has questions of its own keeps them."""
    bases = (form,) if issubclass(form, AsksAboutAddress) else (AsksAboutAddress, form)
    return type(form.__name__, bases, said)


class AddressedAdmin[Row: Model](ModelAdmin[Row]):
    """For rows with a public page: when a save changes the address, the old one leads to the new one."""

    def get_form(self, request: HttpRequest, obj: Row | None = None, change: bool = False, **kwargs: Any) -> Any:
        return asking(super().get_form(request, obj, change=change, **kwargs))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with redirects.following(obj):
            super().save_model(request, obj, form, change)
