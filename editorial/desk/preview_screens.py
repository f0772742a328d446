"""The editors' own preview, of what is in the form and not yet saved, and the links for people without an account."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from editorial import preview
from editorial.desk.attempt import attempt_of, editor
from editorial.desk.screens import Address, Screens
from editorial.models import Publishable

DAYS = (1, 3, 7, 14, 30)


class PreviewScreens[Item: Publishable](Screens[Item]):
    def preview_addresses(self) -> list[Address]:
        return [
            ("add/preview/", self.preview_view, "preview_new"),
            ("<int:pk>/preview/", self.preview_view, "preview"),
            ("<int:pk>/share/", self.share_view, "share"),
        ]

    def preview_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """GET shows the item as saved; POST shows the form as filled in, and stores nothing of it."""
        if request.method == "POST":
            attempt_of(request).purpose = "preview"
            request.FILES.clear()
            response: HttpResponse = self.changeform_view(request, str(pk) if pk else None)
            return response
        item = self.get_object(request, str(pk)) if pk else None
        if item is None:
            raise Http404
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        return self.page_of_unsaved(request, item)

    def page_of_unsaved(self, request: HttpRequest, item: Any) -> HttpResponse:
        response = preview.page_of(request, self.model._default_manager.get(pk=item.pk))
        preview.seal(response)
        return response

    def share_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The links to one item: make one, copy it, see how often it was opened, revoke it."""
        item = self.editable(request, pk)
        if request.method == "POST":
            self.act_on_links(request, item)
            return HttpResponseRedirect(self.address("share", pk))
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        rows = [(link, request.build_absolute_uri(preview.link_url(link))) for link in preview.links(item)]
        title = _("Show “%(item)s” to somebody without an account") % {"item": item}
        return self.show(request, "share", item, title=title, links=rows, days=DAYS)

    def act_on_links(self, request: HttpRequest, item: Any) -> None:
        revoked = request.POST.get("revoke", "")
        if revoked:
            if not (revoked.isascii() and revoked.isdigit() and len(revoked) < 18):
                raise Http404
            preview.revoke(get_object_or_404(preview.links(item), pk=int(revoked)))
            self.message_user(request, _("The link is revoked. It opens nothing any more."))
            return
        days = request.POST.get("days", "")
        if days not in {str(count) for count in DAYS}:
            self.message_user(request, _("Choose for how many days the link shall work."), messages.ERROR)
            return
        preview.make_link(item, editor(request), int(days), frozen=request.POST.get("frozen") == "on")
        self.message_user(request, _("The link is made. Copy it from the list below."))
