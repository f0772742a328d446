"""The desk that answers a subscriber: who they are, what they agreed to, what became of each message.

An address is typed into a form and never stands in an address of ours. Whoever looks is written down. Nobody here can
confirm a subscription: that is done from the subscriber's own mail alone.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from editorial import addresses, logs
from editorial.forms import AddressField
from editorial.generic import ModelAdmin
from mail.models import Letter
from subscriptions import barring, consents, importing, lists, personal_data, wishes
from subscriptions.links import scope_of
from subscriptions.models import Subscriber

SHOWN = 100  # messages
BY_STAFF = "staff"


class SearchForm(forms.Form):
    address = AddressField(label=_("E-mail address"), widget=forms.EmailInput({"autocomplete": "off"}))


class ImportForm(forms.Form):
    table = forms.FileField(
        label=_("Table"),
        help_text=_("CSV in UTF-8, with a column headed “email”, or with addresses in the first. Up to 1,000 lines."),
    )
    chosen = forms.MultipleChoiceField(
        label=_("Invite them to"), choices=list(lists.PLAIN.items()), widget=forms.CheckboxSelectMultiple
    )

    def clean_table(self) -> list[tuple[int, str]]:
        try:
            return importing.read(self.cleaned_data["table"].read(importing.MOST_BYTES + 1))
        except importing.TableRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None


@admin.register(Subscriber)
class SubscriberAdmin(ModelAdmin[Subscriber]):
    """Found by address alone. There is no list to leaf through."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        own = [
            ("data/", self.data_view, "data"),
            ("erase/", self.erase_view, "erase"),
            ("import/", self.import_view, "import"),
        ]
        named = [
            path(where, self.admin_site.admin_view(view), name=f"subscriptions_subscriber_{name}")
            for where, view, name in own
        ]
        return [*named, *super().get_urls()]

    def _require(self, request: HttpRequest, action: str) -> None:
        if not request.user.has_perm(f"subscriptions.{action}_subscriber"):
            raise PermissionDenied

    def _context(self, request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
        may = {name: request.user.has_perm(f"subscriptions.{name}_subscriber") for name in ("add", "change", "delete")}
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "may": may, **more}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        self._require(request, "view")
        form = SearchForm(request.POST if request.method == "POST" else None)
        context = self._context(request, now_("Answer a subscriber"), form=form)
        if form.is_valid():
            address = form.cleaned_data["address"]
            found = Subscriber.objects.filter(key=addresses.key_of(address)).first()
            of = personal_data.fingerprint(address)
            logs.event("subscriber looked for", of=of, found=bool(found), user=request.user.pk)
            if found:
                return HttpResponseRedirect(reverse("admin:subscriptions_subscriber_change", args=[found.pk]))
            context |= {"searched": address, "barred": barring.find(address), "letters": letters_to(address)}
        return TemplateResponse(request, "admin/subscriptions/search.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._require(request, "view")
        one = self.get_object(request, object_id)
        if one is None:
            raise Http404
        if request.method == "POST":
            return self._take_out(request, one)
        logs.event("personal data read", row=f"subscriber {one.pk}", user=request.user.pk)
        self.log_change(request, one, now_("Read."))
        context = self._context(
            request,
            now_("Subscriber"),
            subscriber=one,
            shown_address=addresses.shown(one.email),
            is_doubtful=addresses.is_doubtful(one.email),
            barred=barring.find(one.email),
            wishes=one.subscriptions.all(),
            consents=one.consents.all(),
            wordings=consents.WORDINGS,
            deliveries=one.deliveries.select_related("notification").order_by("-pk")[:SHOWN],
            letters=letters_to(one.email),
        )
        return TemplateResponse(request, "admin/subscriptions/subscriber.html", context)

    def _take_out(self, request: HttpRequest, one: Subscriber) -> HttpResponse:
        self._require(request, "change")
        number = request.POST.get("wish", "")
        rows = (
            one.subscriptions.filter(pk=int(number))
            if number.isascii() and number.isdigit() and len(number) < 18
            else []
        )
        if number == "all":
            count = wishes.leave_all(one, BY_STAFF)
        else:
            count = sum(wishes.leave(one, scope_of(wish.target), BY_STAFF) for wish in rows)
        self.log_change(request, one, now_("Removed from %d lists.") % count)
        words = ngettext("Removed from %d list, from this moment.", "Removed from %d lists, from this moment.", count)
        self.message_user(request, words % count, messages.SUCCESS if count else messages.WARNING)
        return HttpResponseRedirect(reverse("admin:subscriptions_subscriber_change", args=[one.pk]))

    def data_view(self, request: HttpRequest) -> HttpResponse:
        """Everything held about an address, to hand to its owner."""
        self._require(request, "change")
        address = self._posted_address(request)
        held = personal_data.about(address, by=request.user)  # type: ignore[arg-type]  # staff, or the desk would not be here
        is_text = request.POST.get("form") == "text"
        words, kind = (personal_data.as_text(held), "plain") if is_text else (personal_data.as_json(held), "json")
        response = HttpResponse(words, content_type=f"{'text' if is_text else 'application'}/{kind}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="personal-data.{"txt" if is_text else "json"}"'
        return response

    def erase_view(self, request: HttpRequest) -> HttpResponse:
        self._require(request, "delete")
        rows = personal_data.erase(self._posted_address(request), by=request.user)  # type: ignore[arg-type]
        words = ngettext("Erased: %d row.", "Erased: %d rows.", rows) % rows
        self.message_user(request, f"{words} {now_('A hash stays that bars an import.')}", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:subscriptions_subscriber_changelist"))

    def _posted_address(self, request: HttpRequest) -> str:
        form = SearchForm(request.POST)
        if request.method != "POST" or not form.is_valid():
            raise Http404
        return str(form.cleaned_data["address"])

    def import_view(self, request: HttpRequest) -> HttpResponse:
        self._require(request, "add")
        is_sent = request.method == "POST"
        form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
        taken = None
        if form.is_valid():
            wished = [found for name in form.cleaned_data["chosen"] if (found := lists.read(name))]
            taken = importing.invite(form.cleaned_data["table"], wished, request.user)  # type: ignore[arg-type]
        context = self._context(request, now_("Invite contacts"), form=form, taken=taken)
        return TemplateResponse(request, "admin/subscriptions/import.html", context)


def letters_to(address: str) -> list[Letter]:
    theirs = Letter.objects.filter(Q(to_address__iexact=address) | Q(reply_to__iexact=address))
    return list(theirs.order_by("-pk")[:SHOWN])
