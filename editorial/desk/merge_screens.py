"""Merging one row of a list into another: chosen, looked at, done, and taken back from the log of bulk changes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from editorial import merging
from editorial.desk.attempt import editor
from editorial.generic import ModelAdmin
from editorial.publishing import NotAllowed


class MergeScreens[Row: Model](ModelAdmin[Row]):
    change_form_template = "admin/editorial/mergeable_form.html"

    def page_of(self, row: Any) -> str:
        return str(row.get_absolute_url())

    def field_for_kept(self, row: Any) -> Any:
        others = type(row)._default_manager.exclude(pk=row.pk).order_by("name")
        return forms.ModelChoiceField(others, label=_("Merge it into"))

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_merge"
        return [path("<int:pk>/merge/", self.admin_site.admin_view(self.merge_view), name=name), *super().get_urls()]

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row) or not self.has_delete_permission(request, row):
            raise PermissionDenied
        form = forms.Form(request.POST or None)
        form.fields["kept"] = self.field_for_kept(row)
        kept = form.cleaned_data["kept"] if request.method == "POST" and form.is_valid() else None
        if kept is not None and "confirmed" in request.POST:
            try:
                batch = merging.merge(row, kept, editor(request), address_of=self.page_of)
            except NotAllowed as refusal:
                form.add_error("kept", str(refusal))
                kept = None
            else:
                self.message_user(request, f"{batch.summary}.", messages.SUCCESS)
                return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Merge “%(name)s” into another") % {"name": row},
            "opts": self.opts,
            "item": row,
            "form": form,
            "kept": kept,
            "moves": merging.moves(row, kept) if kept else (),
            "old": self.page_of(row),
            "new": self.page_of(kept) if kept else "",
        }
        return TemplateResponse(request, "admin/editorial/merge.html", context)
