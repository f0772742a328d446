"""The register of old addresses at the desk: by hand, from a file after a rehearsal, and out as a file."""

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from editorial import redirect_lists, redirects, targets
from editorial.desk.attempt import editor
from editorial.generic import ModelAdmin, ModelForm
from editorial.models import Redirect
from editorial.redirect_lists import Refused

SALT = "redirects to take in"
KEPT_SECONDS = 3600
SHOWN = 200


class RedirectForm(ModelForm[Redirect]):
    class Meta:
        model = Redirect
        fields = ("old_path", "new_path", "is_prefix")

    def clean_old_path(self) -> str:
        return self._address("old_path")

    def clean_new_path(self) -> str:
        return self._address("new_path") if self.cleaned_data["new_path"] else ""

    def _address(self, name: str) -> str:
        given = str(self.cleaned_data[name]).strip()
        if not redirects.is_local(given):
            raise forms.ValidationError(_("Give an address of this site: it begins with one slash, without the host."))
        return given

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        old, new = data.get("old_path", ""), data.get("new_path", "")
        if not new or not old:
            return data
        end = redirects.resolve(new) or new
        if end == old:
            self.add_error("new_path", _("This redirect would lead to itself."))
        elif targets.follow(end) is None:
            self.add_error("new_path", _("Readers get no page there. Choose an address that is public now."))
        return data


class ListForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=gettext_lazy(
            "Two columns: the old address, and the new one (empty for what is gone). A third column with “yes” moves everything "
            "below too. At most 50,000 lines and 10 MB."
        ),
    )


class RedirectScreens(ModelAdmin[Redirect]):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name="editorial_redirect_import"),
            path("export/", view(self.export_view), name="editorial_redirect_export"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Redirect, form: Any, change: bool) -> None:
        """Chains are made into one hop and loops are undone, as for every change of address."""
        if change:
            Redirect.objects.filter(pk=obj.pk).delete()
        if obj.new_path:
            redirects.add(obj.old_path, obj.new_path, is_prefix=obj.is_prefix)
        else:
            redirects.gone(obj.old_path, is_prefix=obj.is_prefix)
        obj.pk = Redirect.objects.get(old_path=obj.old_path).pk

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request) or not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST" and "plan" in request.POST:
            return self.take_in(request)
        form = ListForm(request.POST or None, request.FILES or None)
        plan, token = None, ""
        if request.method == "POST" and form.is_valid():
            try:
                plan, token = self.rehearse(request, form.cleaned_data["file"])
            except Refused as refusal:
                form.add_error("file", str(refusal))
        return self.show_import(request, form, plan, token)

    def rehearse(self, request: HttpRequest, upload: Any) -> tuple[redirect_lists.Plan, str]:
        """The plan, and the key under which the very same file is taken in when it is confirmed within the hour."""
        if upload.size > redirect_lists.LARGEST:
            raise Refused(_("The file is larger than 10 MB. Bring it in parts."))
        plan = redirect_lists.plan(upload.file)
        upload.file.seek(0)
        digest = hashlib.sha256(upload.file.read()).hexdigest()
        upload.file.seek(0)
        name = default_storage.save(f"{redirect_lists.FOLDER}/{digest[:32]}-{editor(request).pk}.csv", upload)
        return plan, signing.dumps({"name": name, "user": editor(request).pk}, salt=SALT)

    def take_in(self, request: HttpRequest) -> HttpResponse:
        here = reverse("admin:editorial_redirect_import")
        try:
            held = signing.loads(request.POST["plan"], salt=SALT, max_age=KEPT_SECONDS)
            if held["user"] != editor(request).pk:
                raise PermissionDenied
            with default_storage.open(held["name"]) as file:
                plan = redirect_lists.plan(file)  # again, because the register may have changed since
        except (signing.BadSignature, FileNotFoundError, Refused):
            self.message_user(request, _("The rehearsal is over an hour old. Bring the file again."), messages.ERROR)
            return HttpResponseRedirect(here)
        batch = redirect_lists.apply(plan, editor(request), replace=request.POST.get("replace") == "on")
        default_storage.delete(held["name"])
        words = ngettext("%(count)s redirect was taken in.", "%(count)s redirects were taken in.", batch.count)
        self.message_user(request, words % {"count": batch.count}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:editorial_redirect_changelist"))

    def show_import(
        self, request: HttpRequest, form: ListForm, plan: redirect_lists.Plan | None, token: str
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take in redirects from a file"),
            "opts": self.opts,
            "form": form,
            "plan": plan,
            "token": token,
            "problems": plan.problems[:SHOWN] if plan else (),
            "replacing": plan.replacing[:SHOWN] if plan else (),
            "examples": plan.new[:10] if plan else (),
        }
        return TemplateResponse(request, "admin/editorial/import_redirects.html", context)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        lines = redirect_lists.rows(Redirect.objects.order_by("old_path").iterator(chunk_size=2000))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="redirects.csv"'
        return response
