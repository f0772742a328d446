"""How the lists fare: charts by month with the same figures as a table, and the lists beside each other."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from editorial import charts
from editorial.charts import Bar
from editorial.generic import ModelAdmin
from subscriptions import growth
from subscriptions.growth import Line
from subscriptions.models import Notification, Subscription

CHARTS: dict[str, str | Promise] = {
    "followers": _("Subscribers at the end of each month"),
    "sent": _("Letters sent"),
    "bounced": _("Letters that came back"),
    "complaints": _("Complaints"),
    "left": _("Unsubscribed"),
}


class Figures(ModelAdmin[Notification]):
    def figures_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        target = request.GET.get("list", "")[:400].replace("\x00", "")
        label = Subscription.objects.filter(target=target).values_list("label", flat=True).first() if target else ""
        if label is None:
            raise Http404
        months = growth.months_of(target)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("How the lists fare"),
            "opts": self.opts,
            "target": target,
            "label": label,
            "months": months,
            "charts": [(name, words, chart(months, name, str(words))) for name, words in CHARTS.items()],
            "lists": growth.by_list(),
        }
        return TemplateResponse(request, "admin/subscriptions/figures.html", context)


def chart(months: list[Line], name: str, title: str) -> SafeString:
    values = [int(getattr(one, name)) for one in months]
    if not any(values):
        return format_html('<p class="quiet">{}</p>', _("None in these twelve months."))
    bars = [Bar(one.label, value, f"{value:,}") for one, value in zip(months, values, strict=True)]
    return charts.columns(bars, title, max(values))
