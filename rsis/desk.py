"""The editors' desk: its front page lists what waits, and its suggestions say who is who."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.models import Enquiry
from editorial.models import Image, State, User
from institution.models import Page, Vacancy
from institution.readiness import OLD
from people.models import Person, Proposal
from publications import numbering
from publications.models import Authorship, NumberEntry, Publication, ReaderResponse, Series
from rsis.sections import sections

SHOWN = 6
# Packages of others, under what somebody at the desk finds in them.
NAMES = {"auth": _("Groups"), "axes": _("Failed sign-ins"), "mfa": _("Second factors"), "taggit": _("Tags")}
LISTS = {"Notification": _("Mailings")}  # as their own page calls them


class Suggestions(AutocompleteJsonView):
    """Adds a second line to each suggestion, in a fixed number of statements for the page."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        rows = list(context["object_list"])
        context["object_list"] = rows
        self.notes = notes_on(rows)
        return context

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        result: dict[str, str] = super().serialize_result(obj, to_field_name)
        return {**result, "note": self.notes.get(obj.pk, "")}


def notes_on(rows: list[Any]) -> dict[Any, str]:
    """Post and last piece of people; state of publications; credit of images."""
    if not rows:
        return {}
    if isinstance(rows[0], Publication):
        return {row.pk: row.standing for row in rows}
    if isinstance(rows[0], Image):
        return {row.pk: row.credit for row in rows}
    return notes_on_people(rows) if isinstance(rows[0], Person) else {}


def notes_on_people(people: list[Any]) -> dict[Any, str]:
    pieces = Authorship.objects.filter(person__in=people, publication__deleted_at__isnull=True)
    newest_last = pieces.order_by("publication__issued_on", "publication_id").values_list(
        "person_id", "publication__number", "publication__title"
    )
    last = {person: (number, title) for person, number, title in newest_last}
    notes = {}
    for person in people:
        posts = "; ".join(str(post) for post in getattr(person, "current_posts", []))
        number, title = last.get(person.pk, ("", ""))
        piece = " ".join(part for part in (number, title) if part)
        notes[person.pk] = " · ".join(part for part in (posts, piece) if part)
    return notes


class Desk(AdminSite):
    site_header = _("RSIS desk")
    site_title = _("RSIS desk")
    index_title = _("Today")
    index_template = "admin/desk.html"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Screens of django-allauth stay out: they would show the secrets behind the second factor to every administrator.
        So does that of django-taggit: it shows every use of a tag as a form, thousands at once. We have our own."""
        if not str(getattr(admin_class, "__module__", "")).startswith(("allauth.", "taggit.")):
            super().register(model_or_iterable, admin_class, **options)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), **sections(request)}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps: list[Any] = super().get_app_list(request, app_label)
        for app in apps:
            app["name"] = NAMES.get(app["app_label"], app["name"])
            for model in app["models"]:
                model["name"] = LISTS.get(model["object_name"], model["name"])
        return apps

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:  # type: ignore[override]  # as Django itself types views
        return Suggestions.as_view(admin_site=self)(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        user = request.user
        trays = today(user) if isinstance(user, User) and user.has_perm("publications.view_publication") else []
        trays += pages_at_work(user) if isinstance(user, User) else []
        return super().index(request, {**(extra_context or {}), "trays": trays, "day": timezone.localtime()})


def today(user: User) -> list[dict[str, Any]]:
    """The trays of the desk, each with its rows, the true count, and the list that holds them all."""
    pieces = Publication.objects.present().for_cards().select_related("updated_by")
    trays = [
        tray(_("In review"), pieces.filter(state=State.IN_REVIEW).order_by("updated_at"), "state=in_review"),
        tray(_("Scheduled"), pieces.scheduled().order_by("publish_at"), "state=scheduled"),
        tray(
            _("Drafts you saved last"),
            pieces.filter(state=State.DRAFT, updated_by=user).order_by("-updated_at"),
            "state=draft&mine=1",
        ),
    ]
    if user.has_perm("publications.view_readerresponse"):
        waiting = ReaderResponse.objects.filter(verdict=ReaderResponse.Verdict.WAITING).select_related("publication")
        trays.append({"title": _("Responses waiting"), "responses": waiting[:SHOWN], "count": waiting.count()})
    if user.has_perm("people.publish_staffprofile"):
        sent = (
            Proposal.objects.filter(verdict=Proposal.Verdict.WAITING).select_related("profile__person").order_by("at")
        )
        trays.append({"title": _("Profiles to approve"), "proposals": sent[:SHOWN], "count": sent.count()})
    if user.has_perm("contact.view_enquiry"):
        new = Enquiry.objects.waiting().select_related("subject").order_by("at")
        trays.append({"title": _("New enquiries"), "enquiries": new[:SHOWN], "count": new.count()})
    if user.has_perm("publications.view_numberentry"):
        found = gaps_this_year()
        trays.append({"title": _("Gaps in numbers"), "gaps": found, "count": sum(len(gaps) for _s, _p, gaps in found)})
    return trays


def pages_at_work(user: User) -> list[dict[str, Any]]:
    """Pages and vacancies that wait for a reviewer or their hour, and pages nobody has looked at for long."""
    trays = []
    kinds: tuple[tuple[Any, Any], ...] = (
        (Page, _("Pages on their way")),
        (Vacancy, _("Vacancies on their way")),
    )
    for kind, title in kinds:
        name = kind._meta.model_name
        if user.has_perm(f"institution.view_{name}"):
            rows = kind.objects.present().filter(state=State.IN_REVIEW) | kind.objects.scheduled()
            trays.append(item_tray(title, rows.order_by("updated_at", "pk"), f"institution_{name}"))
    if user.has_perm("institution.view_page"):
        old = Page.objects.published().exclude(reviewed_on__gt=timezone.localdate() - OLD)
        rows = old.order_by(F("reviewed_on").asc(nulls_first=True), "pk")
        trays.append(item_tray(_("Pages to look at again"), rows, "institution_page", "review=old"))
    return trays


def item_tray(title: Any, rows: QuerySet[Any], screen: str, query: str = "") -> dict[str, Any]:
    """A tray of anything publishable; `screen` is the first part of the names of its screens' addresses."""
    listed = [(row, reverse(f"admin:{screen}_change", args=[row.pk])) for row in rows[:SHOWN]]
    address = reverse(f"admin:{screen}_changelist") + (f"?{query}" if query else "")
    return {"title": title, "listed": listed, "count": rows.count(), "address": address}


def tray(title: Any, rows: QuerySet[Publication], query: str) -> dict[str, Any]:
    return {"title": title, "pieces": rows[:SHOWN], "count": rows.count(), "query": query}


def gaps_this_year() -> list[tuple[Series, int, list[str]]]:
    """Series with skipped numbers in the running year or run: only those whose highest number exceeds their count."""
    day = timezone.localdate()
    found = []
    counted = NumberEntry.objects.filter(sequence__isnull=False).values("series", "period").annotate(given=Count("pk"))
    numbered = {series.pk: series for series in Series.objects.exclude(number_pattern="")}
    for row in counted:
        series = numbered.get(row["series"])
        if series is None or row["period"] != numbering.period_of(series, day):
            continue
        if numbering.last_sequence(series, row["period"]) == row["given"]:
            continue
        words = [numbering.render(series, day, gap) for gap in numbering.gaps(series, row["period"])]
        found.append((series, row["period"], words))
    return found
