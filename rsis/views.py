"""Pages that gather from every room: home, search, and those about the site itself."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from editorial.metadata import absolute
from editorial.metadata import page as page_metadata
from publications.models import Series
from rsis import consent, followed, front_page, health, unanswered
from rsis import search as searching
from rsis.navigation import furniture


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "composed.html", {"parts": front_page.home()})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    found = searching.context(request.GET, request.path)
    if found["question"] and not found["total"] and unanswered.is_by_hand(request):
        unanswered.note(found["question"])
    return render(request, "rsis/search.html", found)


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """The menu written out on one page."""
    about = page_metadata(_("Site map"), absolute(request.path), [])
    return render(request, "rsis/site_map.html", {"menu": furniture().menu, "metadata": about})


@require_safe
def feeds_page(request: HttpRequest) -> HttpResponse:
    """What can be followed with a feed reader, and how."""
    about = page_metadata(_("RSS and other feeds"), absolute(request.path), [])
    return render(request, "rsis/feeds.html", {"groups": followed.groups(), "metadata": about})


@require_safe
def opml(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(followed.opml(), content_type="text/x-opml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rsis.opml"'
    return response


# A forged answer could do no more than press one of two buttons, and a token would make every page differ.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def cookies(request: HttpRequest) -> HttpResponse:
    """What cookies the site sets, and the reader's choice about those that need one."""
    question = consent.question(request, furniture().site)
    if request.method != "POST":
        return render(request, "rsis/cookies.html", {"question": question})
    choice = request.POST.get("choice", "")
    if choice not in consent.CHOICES or not consent.is_from_here(request):
        raise BadRequest("Not an answer of ours")
    response = redirect(consent.back_to(request.POST.get("next", "")))
    consent.remember(response, choice)
    return response


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Whether the web server should be let live: it answers. Asks nothing of anyone."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    problems = health.problems()
    words = "".join(f"{name} {words}\n" for name, words in problems.items()) or "ready\n"
    return HttpResponse(words, content_type="text/plain; charset=utf-8", status=503 if problems else 200)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 with a way on."""
    shelf = Series.objects.filter(family=Series.Family.INHOUSE)
    return render(request, "404.html", {"shelf": shelf}, status=404)
