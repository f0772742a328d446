"""What the desk's screens of one kind of item have in common: addresses, the item for who may change it, a page."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from editorial.generic import ModelAdmin
from editorial.models import Publishable

Address = tuple[str, Callable[..., Any], str]


class Screens[Item: Publishable](ModelAdmin[Item]):
    def address(self, suffix: str, *args: Any) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{suffix}"
        return reverse(name, args=args)

    def editable(self, request: HttpRequest, pk: Any) -> Item:
        """The item, for somebody who may change it. Raises Http404 and PermissionDenied."""
        item = self.get_object(request, str(pk))
        if item is None:
            raise Http404
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        return item

    def show(self, request: HttpRequest, template: str, item: Item | None, **context: Any) -> HttpResponse:
        everything = {**self.admin_site.each_context(request), "opts": self.opts, "item": item, **context}
        return TemplateResponse(request, f"admin/editorial/{template}.html", everything)
