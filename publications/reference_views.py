"""Public pages of the reference shelf: the glossary of abbreviations, and the pieces that were given an award."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from editorial.metadata import absolute
from editorial.metadata import page as page_metadata
from publications.glossary import UsesListing, by_letter
from publications.models import Abbreviation, Award, Awarding, Publication


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Every abbreviation from A to Z, or those that the words of `?q=` are found in."""
    given = request.GET.getlist("q")
    words = " ".join(given[0].split())[:100] if len(given) == 1 else ""
    terms = Abbreviation.objects.with_meanings()
    found = list(terms.matching(words) if words else terms)
    title = _("Glossary of Abbreviations")
    context = {
        "title": title,
        "groups": by_letter(found),
        "words": words,
        "count": len(found),
        "metadata": page_metadata(title, absolute(request.path), []),
    }
    return render(request, "publications/glossary.html", context)


@require_safe
def abbreviation(request: HttpRequest, slug: str) -> HttpResponse:
    """One abbreviation with all it stands for, and the pieces that use it."""
    one = get_object_or_404(Abbreviation.objects.with_meanings(), slug=slug)
    within = Publication.objects.published().filter(abbreviation_uses__abbreviation=one)
    listing = UsesListing(request.GET, request.path, within=within)
    context = {
        "title": one.short,
        "term": one,
        "listing": listing,
        "metadata": page_metadata(one.short, listing.canonical, one.trail),
    }
    return render(request, "publications/abbreviation.html", context)


@require_safe
def awarded(request: HttpRequest) -> HttpResponse:
    """Every public piece that was given an award, the latest year first."""
    public = Publication.objects.published()
    given = (
        Awarding.objects.filter(publication__in=public)
        .select_related("award")
        .prefetch_related(Prefetch("publication", public.for_cards()))
    )
    years: dict[int, list[Awarding]] = {}
    for one in given:
        years.setdefault(one.year, []).append(one)
    trail = [(_("Publications"), reverse("archive"))]
    title = _("Policy-relevant Articles Given RSIS Award")
    context = {
        "title": title,
        "years": list(years.items()),
        "awards": [one for one in Award.objects.all() if one.description],
        "trail": trail,
        "metadata": page_metadata(title, absolute(request.path), trail),
    }
    return render(request, "publications/awarded.html", context)
