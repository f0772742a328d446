from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from editorial.desk import editor
from editorial.generic import ModelAdmin
from people import proposing
from people.models import Proposal


@admin.register(Proposal)
class ProposalAdmin(ModelAdmin[Proposal]):
    """What people want changed in their own profiles: read, then accept or return. Needs the right to publish profiles."""

    list_display = ("person", "verdict", "sender", "at", "note")
    list_filter = ("verdict",)
    list_select_related = ("profile__person", "by")
    list_per_page = 60

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        return bool(request.user.has_perm("people.publish_staffprofile"))

    def has_view_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        return super().get_queryset(request).select_related("profile__person", "by", "decided_by")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        proposal = self.get_object(request, object_id) if object_id else None
        if proposal is None:
            raise Http404
        if not self.has_change_permission(request, proposal):
            raise PermissionDenied
        if request.method == "POST":
            return self.decide(request, proposal)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "item": proposal,
            "title": _("%(name)s proposes") % {"name": proposal},
            "differences": proposing.compared(proposal) if proposal.is_waiting else [],
            "answer": request.session.pop("unsent_answer", ""),
        }
        return TemplateResponse(request, "admin/people/proposal.html", context)

    def decide(self, request: HttpRequest, proposal: Proposal) -> HttpResponse:
        answer = request.POST.get("answer", "").replace("\0", "")[:300]
        try:
            if request.POST.get("verdict") == "accept":
                proposing.accept(proposal, editor(request))
                self.message_user(request, _("Accepted. The profile is public as proposed."))
            else:
                proposing.send_back(proposal, editor(request), answer)
                self.message_user(request, _("Returned, with your words."))
        except proposing.ProposalRefused as refusal:
            request.session["unsent_answer"] = answer
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(reverse("admin:people_proposal_changelist") + "?verdict__exact=waiting")

    @admin.display(description=gettext_lazy("person"), ordering="profile__person__sort_key")
    def person(self, proposal: Proposal) -> str:
        return str(proposal.profile)

    @admin.display(description=gettext_lazy("sent by"))
    def sender(self, proposal: Proposal) -> str:
        return (proposal.by.get_full_name() or proposal.by.get_username()) if proposal.by else "–"
