"""Pages that gather from every room: home, people, research."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from editorial import notes
from people.models import Appointment, Person, StaffProfile
from publications import catalogue
from publications.listing import Listing
from publications.models import Series
from research.models import ResearchCentre
from rsis import front_page, health, metadata, unanswered
from rsis import search as searching
from rsis.directory import with_public_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "composed.html", {"parts": front_page.home()})


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
    if profile is None and not listing.bits:
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
def research(request: HttpRequest) -> HttpResponse:
    now = catalogue.current()
    counts = now.counts("centre", now.everything)
    below: dict[int | None, list[ResearchCentre]] = {}
    for one in ResearchCentre.objects.select_related("parent"):
        below.setdefault(one.parent_id, []).append(one)
    groups = [
        (
            kind.label,
            [(one, counts.get(one.pk, 0), below.get(one.pk, [])) for one in below.get(None, []) if one.kind == kind],
        )
        for kind in ResearchCentre.Kind
    ]
    tree = [(label, units) for label, units in groups if units]
    return render(request, "research/research.html", {"groups": tree, "metadata": metadata.of_research()})


@require_safe
def centre(request: HttpRequest, slug: str) -> HttpResponse:
    one = get_object_or_404(ResearchCentre.objects.select_related("parent"), slug=slug)
    listing = Listing(request.GET, request.path, fixed={"centre": one})
    public = with_public_page().values("pk")
    posts = Appointment.objects.current().filter(centre=one, person__in=public).select_related("person")
    context: dict[str, Any] = {
        "centre": one,
        "description": notes.render(one.description).html if one.description else "",
        "children": list(one.children.all()),
        "heads": [post for post in posts if post.is_head],
        "staff": [post for post in posts if not post.is_head],
        "listing": listing,
        "metadata": metadata.of_centre(one, listing.canonical),
    }
    return render(request, "research/centre.html", context)


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
