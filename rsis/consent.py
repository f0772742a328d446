"""Cookies that need a reader's consent: asked for only when an editor turned something on that needs it (a visitor counter).

The site itself sets no such cookie. The choice is one cookie of ours with one word in it; whoever has not chosen gets
nothing that needs consent. docs/decisions/cookies.md
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from editorial.redirects import is_local
from rsis.models import SiteSettings

COOKIE = "consent"
ACCEPT, REJECT = "accept", "reject"
CHOICES = (ACCEPT, REJECT)
REMEMBERED = 180 * 24 * 3600  # seconds


@dataclass(frozen=True)
class Question:
    counter_url: str
    choice: str
    path: str

    @property
    def is_open(self) -> bool:
        return self.choice == ""

    @property
    def is_accepted(self) -> bool:
        return self.choice == ACCEPT


def choice_of(request: HttpRequest) -> str:
    given = request.COOKIES.get(COOKIE, "")
    return given if given in CHOICES else ""


def question(request: HttpRequest, site: SiteSettings) -> Question | None:
    """What to ask or load on this page; None on a site that does nothing that needs consent."""
    return Question(site.counter_url, choice_of(request), request.path) if site.needs_consent else None


def settle(request: HttpRequest, response: HttpResponseBase, site: SiteSettings) -> None:
    """Tell caches that pages differ by the choice, and let the counter in where it was accepted."""
    if not site.needs_consent:
        return
    patch_vary_headers(response, ["Cookie"])
    if choice_of(request) == ACCEPT:
        parts = urlsplit(site.counter_url)
        host = f"{parts.scheme}://{parts.netloc}"
        policy = dict(vars(response).get("_csp_config") or settings.SECURE_CSP)
        for name in ("script-src", "connect-src", "img-src"):
            policy[name] = [*policy.get(name, ()), host]
        vars(response)["_csp_config"] = policy  # what csp_override sets; it decorates whole views only


def is_from_here(request: HttpRequest) -> bool:
    """Whether the form was sent from a page of ours. Pages are the same for everybody and carry no token."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def remember(response: HttpResponse, choice: str) -> None:
    response.set_cookie(
        COOKIE, choice, max_age=REMEMBERED, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def back_to(given: str) -> str:
    """The page the reader came from, if it is one of ours."""
    return given if len(given) <= 500 and is_local(given) else "/"
