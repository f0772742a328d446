"""Before something is announced: who would get it, how it reads, and a test to oneself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from editorial.desk import editor
from editorial.generic import ModelAdmin
from editorial.metadata import absolute
from mail import letters
from subscriptions import composing, lists
from subscriptions.desk import ANNOUNCED, may_notify
from subscriptions.models import Notification
from subscriptions.reach import reach_of

LETTER_CSP = {"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE], "frame-ancestors": [CSP.NONE]}


def example(kind: str) -> composing.Person:
    """Somebody on the plain list, for the look before."""
    why = lists.PLAIN[lists.EVENTS if kind == "event" else lists.PUBLICATIONS]
    here = absolute("/subscribe/")
    return composing.Person(why=str(why), leave=here, manage=here, mail=f"leave@{settings.BULK_RETURN_DOMAIN}")


class LookBefore(ModelAdmin[Notification]):
    def about_view(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        """Before it is announced: who would get it, how it reads, and a test to oneself."""
        item, letter = self._letter(request, kind, pk)
        context = {
            **self.admin_site.each_context(request),
            "title": item.title,
            "opts": self.opts,
            "item": item,
            "kind": kind,
            "item_url": reverse(admin_urlname(item._meta, SafeString("change")), args=[item.pk]),
            "reach": reach_of(item),
            "text": letter.text(example(kind)),
            "address": request.user.email,  # type: ignore[union-attr]  # nobody unknown comes to the desk
        }
        return TemplateResponse(request, "admin/subscriptions/about.html", context)

    def letter_view(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        _item, letter = self._letter(request, kind, pk)
        response = HttpResponse(letter.html(example(kind)))
        vars(response)["_csp_config"] = LETTER_CSP
        return response

    def test_view(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        item, letter = self._letter(request, kind, pk)
        user = editor(request)
        if request.method != "POST":
            raise Http404
        if user is None or not user.email:
            self.message_user(request, _("Your account has no e-mail address. Ask an administrator."), messages.ERROR)
            return redirect("admin:subscriptions_notification_about", kind, pk)
        key = f"test of {kind} {item.pk} to {user.pk} at {timezone.now():%Y-%m-%d %H:%M}"  # one a minute
        subject = str(_("Test: %(subject)s")) % {"subject": letter.subject}
        letters.write(
            key,
            (user.get_full_name(), user.email),
            subject[:250],
            letter.text(example(kind)),
            html=letter.html(example(kind)),
        )
        self.message_user(
            request, _("A test is on its way to %(address)s.") % {"address": user.email}, messages.SUCCESS
        )
        return redirect("admin:subscriptions_notification_about", kind, pk)

    def _letter(self, request: HttpRequest, kind: str, pk: int) -> tuple[Any, composing.Mailing]:
        model = ANNOUNCED.get(kind)
        if model is None:
            raise Http404
        if not may_notify(request, model):
            raise PermissionDenied
        rows: Any = model.objects.present()
        item: Any = get_object_or_404(rows.for_cards(), pk=pk)
        return item, composing.of_items(item.title, [item], is_digest=False, web_copy=absolute("/"))
