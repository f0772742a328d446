"""Screens about one person that are not a form of its columns: merging two records, likely duplicates, an invitation."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from editorial.desk import editor
from editorial.desk.addressed import AddressedAdmin
from people import inviting, merging
from people.desk_forms import OtherPersonForm
from people.duplicates import suspicions
from people.models import Appointment, Person, StaffProfile

SHOWN = 100


class JoiningScreens(AddressedAdmin[Person]):
    def get_urls(self) -> list[URLPattern]:
        screens: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("duplicates/", self.duplicates_view, "duplicates"),
            ("<int:pk>/merge/", self.merge_view, "merge"),
            ("<int:pk>/invite/", self.invite_view, "invite"),
        ]
        own = [
            path(address, self.admin_site.admin_view(view), name=f"people_person_{name}")
            for address, view, name in screens
        ]
        return [*own, *super().get_urls()]

    def _require(self, request: HttpRequest, right: str) -> None:
        if not request.user.has_perm(f"people.{right}"):
            raise PermissionDenied

    def _person(self, request: HttpRequest, pk: Any) -> Person:
        person = self.get_object(request, str(pk))
        if person is None:
            raise Http404
        return person

    def _screen(self, request: HttpRequest, template: str, item: Person | None, **context: Any) -> HttpResponse:
        everything = {**self.admin_site.each_context(request), "opts": self.opts, "item": item, **context}
        return TemplateResponse(request, f"admin/people/{template}.html", everything)

    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        self._require(request, "merge_person")
        found = suspicions()
        shown = found[:SHOWN]
        people = self._described({key for one in shown for key in (one.kept, one.gone)})
        pairs = [(people[one.kept], people[one.gone], one.reason) for one in shown]
        title = _("Perhaps one person twice")
        return self._screen(request, "duplicates", None, title=title, pairs=pairs, count=len(found))

    @staticmethod
    def _described(keys: set[int]) -> dict[int, Any]:
        current = Appointment.objects.current().select_related("centre")
        return Person.objects.prefetch_related(Prefetch("appointments", current, to_attr="current_posts")).in_bulk(keys)

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET asks for the other record, and with it shows what would move; POST does it."""
        self._require(request, "merge_person")
        kept = self._person(request, pk)
        form = OtherPersonForm(
            request.GET if "other_words" in request.GET or "other" in request.GET else None, kept=kept
        )
        if request.method == "POST":
            return self._merge(request, kept, self._person(request, request.POST.get("other", "")))
        other: Person | None = form.cleaned_data["other"] if form.is_bound and form.is_valid() else None
        report = merging.preview(kept, other) if other else None
        title = _("Merge another record into “%(name)s”") % {"name": kept}
        return self._screen(request, "merge", kept, title=title, form=form, other=other, report=report)

    def _merge(self, request: HttpRequest, kept: Person, other: Person) -> HttpResponse:
        try:
            report = merging.merge(kept, other, editor(request))
        except merging.MergeRefused as refusal:
            for reason in refusal.reasons:
                self.message_user(request, reason, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:people_person_merge", args=[kept.pk]))
        self.log_change(request, report.kept, report.sentence)
        self.message_user(request, report.sentence)
        return HttpResponseRedirect(reverse("admin:people_person_change", args=[kept.pk]))

    def invite_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The link is shown once, in the answer to the click, and kept nowhere."""
        self._require(request, "invite_person")
        person = self._person(request, pk)
        address, refusal = "", ""
        if request.method == "POST":
            try:
                address = request.build_absolute_uri(inviting.invite(person, editor(request)))
            except inviting.InviteRefused as refused:
                refusal = str(refused)
            else:
                self.log_change(request, person, _("Invited to edit the profile"))
                person.refresh_from_db()
        title = _("Invite %(name)s to edit their profile") % {"name": person}
        profile = StaffProfile.objects.filter(person=person).first()
        context = {"title": title, "address": address, "refusal": refusal, "profile": profile}
        return self._screen(request, "invite", person, **context)
