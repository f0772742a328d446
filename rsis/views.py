"""Pages that gather from every room: home, people, search."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from editorial import notes
from editorial.metadata import absolute
from editorial.metadata import page as page_metadata
from people.models import Person, StaffProfile
from publications.listing import Listing
from publications.models import Series
from rsis import consent, followed, health, metadata, unanswered
from rsis import search as searching
from rsis.directory import with_public_page
from rsis.front_page import front_page
from rsis.navigation import furniture


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "rsis/home.html", front_page() | {"metadata": metadata.home()})


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everyone with a page, by the first letter of what they are sorted by."""
    initials = list(with_public_page().order_by("sort_name").values_list("sort_name", flat=True))
    letters = sorted({name[:1].upper() for name in initials if name})
    letter = request.GET.get("letter", "")[:1].upper()
    chosen = with_public_page().prefetch_related("appointments__centre").order_by("sort_name", "pk")
    if letter in letters:
        chosen = chosen.filter(sort_name__istartswith=letter)
    else:
        letter, chosen = "", chosen[:400]
    context = {"people": chosen, "letters": letters, "letter": letter, "metadata": metadata.of_people(letter)}
    return render(request, "people/people.html", context)


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    one = get_object_or_404(Person, slug=slug)
    found = StaffProfile.objects.published().filter(person=one).select_related("photo")
    profile = found.prefetch_related("expertise", "regions", "photo__renditions").first()
    listing = Listing(request.GET, request.path, fixed={"author": one})
    if profile is None and not listing.within.exists():
        raise Http404
    posts = list(one.appointments.select_related("centre"))
    current = set(one.appointments.current().values_list("pk", flat=True)) if posts else set()
    context: dict[str, Any] = {
        "person": one,
        "profile": profile,
        "biography": notes.render(profile.biography).html if profile else "",
        "posts": [post for post in posts if post.pk in current],
        "former_posts": [post for post in posts if post.pk not in current],
        "listing": listing,
    }
    context["metadata"] = metadata.of_person(one, profile, context["posts"], listing.canonical)
    return render(request, "people/person.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    found = searching.context(request.GET, request.path)
    if found["question"] and not found["total"] and unanswered.is_by_hand(request):
        unanswered.note(found["question"])
    return render(request, "rsis/search.html", found)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "rsis/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "rsis/privacy.html")


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
