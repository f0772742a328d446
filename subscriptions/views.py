"""The sign-up page, and the pages that letters lead to. Looking at any of them changes nothing: programs that examine mail
follow every link. What changes something is a button."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from editorial import pacing
from subscriptions import consents, lists, offering, signing_up, wishes
from subscriptions.forms import ArrangeForm, MoveForm, SignUpForm
from subscriptions.leaving import Leaving
from subscriptions.links import EVERYTHING, read, scope_of, token_of
from subscriptions.lists import Followable
from subscriptions.models import Subscriber, Subscription

ONE_CLICK = "one-click"
MANAGE, LEAVE = "subscription-manage", "subscription-unsubscribe"


def page_of_a_letter(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page whose address is the key to it: kept nowhere, told to nobody, and in need of no cookie."""

    @wraps(view)
    def shown(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(never_cache(require_http_methods(["GET", "HEAD", "POST"])(shown)))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def subscribe(request: HttpRequest) -> HttpResponse:
    """Whoever came by a link of a letter (`of`) adds lists at once; anybody else is sent a letter that asks."""
    token = request.GET.get("of", "")
    subscriber = read("manage", token)[0] if token else None
    is_sent = request.method == "POST"
    if is_sent and "preview" in request.POST:
        return preview(request, subscriber, token)
    form = SignUpForm(request.POST if is_sent else None, initial={"lists": wanted(request)}, subscriber=subscriber)

    def keep(data: dict[str, Any]) -> None:
        if subscriber:
            wishes.add(subscriber, data["lists"], data["frequency"], "sign-up page by a letter")
        else:
            signing_up.take_in(data["email"], data["lists"], data["frequency"], "sign-up page")

    outcome = form.outcome(request, keep)
    if outcome.is_taken:
        return redirect(reverse(MANAGE, args=[token]) if subscriber else reverse("subscribe") + "?sent=1")
    status = outcome.status if form.is_bound else 200
    return sign_up_page(request, form, token, status=status, wait=outcome.wait)


def preview(request: HttpRequest, subscriber: Subscriber | None, token: str) -> HttpResponse:
    """The form as it is filled in so far, with what the chosen lists would have sent. Nothing is kept."""
    wait = pacing.count("subscribe tried", request, pacing.TRIED)
    typed: dict[str, Any] = {
        name: request.POST.get(name, "")[:254].replace("\x00", "") for name in ("frequency", "email")
    }
    form = SignUpForm(initial={**typed, "lists": request.POST.getlist("lists")}, subscriber=subscriber)
    sent, more = offering.sent_lately([] if wait else form.followed())
    shown = {"previews": sent, "more_lists": more, "is_preview": True}
    return sign_up_page(request, form, token, status=429 if wait else 200, wait=wait, **shown)


def sign_up_page(
    request: HttpRequest, form: SignUpForm, token: str, *, status: int, wait: int, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "title": _("Subscribe by e-mail"),
        "wording": consents.wording(),
        "of": token,
        "is_sent": "sent" in request.GET and not form.is_bound,
        **more,
    }
    response = render(request, "subscriptions/subscribe.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer" if token else "same-origin"
    if wait:
        response["Retry-After"] = str(wait)
    return response


def wanted(request: HttpRequest) -> list[str]:
    """The lists that a link chooses beforehand: a plain one by its name, any other by its address."""
    given = [name for name in request.GET.getlist("list") if name in lists.PLAIN]
    read_ones = [lists.canonical(address) for address in request.GET.getlist("target")[:5]]
    return [*given, *(one[0] for one in read_ones if one)]


@page_of_a_letter
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    subscriber, _more = read("confirm", token)
    if request.method == "POST":
        if subscriber:
            wishes.confirm(subscriber, "confirmation page")
        return redirect(request.path)
    waiting = list(subscriber.subscriptions.filter(asked_at__isnull=False)) if subscriber else []
    is_subscribed = subscriber is not None and subscriber.state == Subscriber.State.CONFIRMED
    if waiting:
        title = _("These lists do not come yet") if is_subscribed else _("You are not subscribed yet")
    else:
        title = _("You are subscribed") if is_subscribed else _("Nothing waits for confirmation")
    sent, more = offering.sent_lately([Followable(one.target, one.label) for one in waiting])
    context = {
        "title": title,
        "waiting": waiting,
        "manage": token_of("manage", subscriber) if subscriber and is_subscribed else "",
        "previews": sent,
        "more_lists": more,
        "wording": consents.wording(),
    }
    return render(request, "subscriptions/confirm.html", context)


@page_of_a_letter
def manage(request: HttpRequest, token: str) -> HttpResponse:
    subscriber, _more = read("manage", token)
    if subscriber is None:
        return render(request, "subscriptions/gone.html", {"title": _("You are not subscribed")})
    if request.method == "POST":
        return manage_post(request, subscriber, token)
    return manage_page(request, subscriber, token)


def manage_post(request: HttpRequest, subscriber: Subscriber, token: str) -> HttpResponse:
    wish = active_of(subscriber)
    action = request.POST.get("action", "")
    if action == "move":
        return move(request, subscriber, token)
    if action == "leave":
        wishes.leave_all(subscriber, "preferences")
    elif action == "back":
        come_back(request, subscriber)
    elif action == "arrange":
        form = ArrangeForm(subscriber, wish, request.POST)
        if not form.is_valid():
            return manage_page(request, subscriber, token, arrange=form)
        hour = form.cleaned_data["hour"]
        wishes.arrange(subscriber, form.chosen_paces(), form.chosen_pause(), hour, "preferences")
    else:
        raise BadRequest("No such action")
    return redirect(reverse(MANAGE, args=[token]) + f"?done={action}")


def move(request: HttpRequest, subscriber: Subscriber, token: str) -> HttpResponse:
    form = MoveForm(request.POST)
    if not form.is_valid():
        return manage_page(request, subscriber, token, move=form)
    is_asked = wishes.ask_to_move(subscriber, form.cleaned_data["email"])
    return redirect(reverse(MANAGE, args=[token]) + f"?done={'move' if is_asked else 'later'}")


def come_back(request: HttpRequest, subscriber: Subscriber) -> None:
    """A list that was left just now, at another pace."""
    number, pace = request.POST.get("wish", ""), request.POST.get("pace", "")
    known = number.isascii() and number.isdigit() and len(number) < 18 and pace in Subscription.Frequency.values
    wish = subscriber.subscriptions.filter(pk=int(number)).first() if known else None
    if wish is None or subscriber.confirmed_at is None:
        raise BadRequest("No such list")
    wishes.add(subscriber, [Followable(wish.target, wish.label)], pace, "page of leaving")


def manage_page(request: HttpRequest, subscriber: Subscriber, token: str, **forms: Any) -> HttpResponse:
    active = active_of(subscriber)
    context = {
        "title": _("Your subscriptions"),
        "active": active,
        "arrange": ArrangeForm(subscriber, active),
        "move": MoveForm(),
        "token": token,
        "done": request.GET.get("done", ""),
        "paused_until": subscriber.paused_until,
        **forms,
    }
    return render(request, "subscriptions/manage.html", context, status=422 if forms else 200)


def active_of(subscriber: Subscriber) -> list[Subscription]:
    return list(subscriber.subscriptions.filter(is_active=True))


@page_of_a_letter
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: the POST of a mail program ends the list in hand, with no cookie, token or redirect in its way."""
    subscriber, more = read("unsubscribe", token)
    scope = more[0] if more else scope_of(EVERYTHING)
    has_left = request.method == "POST"
    if has_left and subscriber:
        wishes.leave(subscriber, scope, said_by(request))
    leaving = Leaving(subscriber, scope)
    if has_left:
        title = _("You have left") if subscriber else _("You are not subscribed")
    elif leaving.is_everything:
        title = _("Leave all lists?") if leaving.wanted else _("You are on no list")
    else:
        title = _("Leave this list?") if leaving.wanted else _("You are not on this list")
    context = {"title": title, "leaving": leaving, "has_left": has_left, "here": reverse(LEAVE, args=[token])}
    return render(request, "subscriptions/unsubscribe.html", context)


def said_by(request: HttpRequest) -> str:
    """Whatever the body is, it is a wish to leave; read only for the record."""
    try:
        return ONE_CLICK if request.POST.get("List-Unsubscribe") == "One-Click" else "page of leaving"
    except (MultiPartParserError, SuspiciousOperation, BadRequest, UnicodeError):
        return ONE_CLICK


@page_of_a_letter
def change(request: HttpRequest, token: str) -> HttpResponse:
    """One of two addresses agrees that letters come to the other."""
    subscriber, [side, moment] = read("change", token)
    is_open = subscriber is not None and wishes.is_wanted(subscriber, moment)
    has_agreed = False
    if subscriber and is_open and request.method == "POST":
        wishes.agree_to_move(subscriber, side)
        return redirect(request.path)
    if subscriber and is_open:
        has_agreed = subscriber.wanted_agreed == side
    return render(
        request,
        "subscriptions/change.html",
        {"title": _("Another address"), "is_open": is_open, "has_agreed": has_agreed, "side": side},
    )
