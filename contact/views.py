"""The forms of the contact page, of the expert enquiry and of the feedback, at addresses of their own: their tokens make
every copy of a page differ and set a cookie, which no other page of the site does."""

from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contact import receiving
from contact.forms import EnquiryForm, ExpertForm, FeedbackForm, page_of
from contact.models import Subject
from editorial.forms import Outcome, PublicForm


def show_form(request: HttpRequest, template: str, form: PublicForm, outcome: Outcome, **context: Any) -> HttpResponse:
    """The form: empty, sent, with what has to be put right, or with how long to wait."""
    status = outcome.status if form.is_bound else 200
    is_sent = "sent" in request.GET and not form.is_bound
    response = render(request, template, {"form": form, "is_sent": is_sent, **context}, status=status)
    if outcome.wait:
        response["Retry-After"] = str(outcome.wait)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contact(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("subject", "")
    initial = {"subject": wanted} if wanted in Subject.objects.offered().values_list("slug", flat=True) else {}
    form = EnquiryForm(request.POST if request.method == "POST" else None, initial=initial)
    outcome = form.outcome(request, lambda data: receiving.receive(**{name: data[name] for name in form.visible}))
    if outcome.is_taken:
        return redirect(reverse("contact") + "?sent=1")
    return show_form(request, "contact/contact.html", form, outcome, title=_("Contact Us"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def expert_enquiry(request: HttpRequest, slug: str) -> HttpResponse:
    person, desk = receiving.expert(slug), receiving.press_desk()
    if person is None or desk is None:
        raise Http404
    form = ExpertForm(request.POST if request.method == "POST" else None)

    def keep(data: dict[str, Any]) -> None:
        receiving.receive(
            desk, data["sender"], data["email"], data["question"], person=person, outlet=data["outlet"],
            medium=data["medium"], deadline_at=data["deadline_at"], deadline_zone=data["zone"],
        )  # fmt: skip

    outcome = form.outcome(request, keep)
    if outcome.is_taken:
        return redirect(reverse("expert-enquiry", args=[slug]) + "?sent=1")
    context = {"person": person, "trail": [*person.trail, (person.name, person.get_absolute_url())]}
    return show_form(request, "contact/expert.html", form, outcome, title=_("Media enquiry"), **context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def feedback(request: HttpRequest) -> HttpResponse:
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial={"page": came_from(request)})
    fields = ("rating", "liked", "improve", "email", "page")
    outcome = form.outcome(request, lambda data: receiving.receive_feedback(**{name: data[name] for name in fields}))
    if outcome.is_taken:
        page = form.cleaned_data["page"]
        return redirect(reverse("feedback", query={"sent": "1"} | ({"from": page} if page else {})))
    back = page_of(request.GET.get("from", ""))
    return show_form(request, "contact/feedback.html", form, outcome, title=_("Help us improve"), back=back)


def came_from(request: HttpRequest) -> str:
    """As the link said, or else as the browser did, if it was a page of ours."""
    if given := page_of(request.GET.get("from", "")):
        return given
    try:
        referrer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    return page_of(referrer.path) if referrer.netloc == request.get_host() and referrer.path != request.path else ""
