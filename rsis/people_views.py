"""The people of the school: the directory, its groups, the finder for journalists, and each person's page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from contact.receiving import may_be_asked_for
from editorial import notes
from people.directory import Directory, Experts
from people.models import Person, StaffGroup, StaffProfile
from rsis import metadata
from rsis.directory import Works, shelf


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    directory = Directory(request.GET, request.path, shelf())
    context = {"directory": directory, "metadata": metadata.of_people(directory.canonical)}
    return render(request, "people/people.html", context)


@require_safe
def group(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in StaffGroup.values:
        raise Http404
    one = StaffGroup(slug)
    directory = Directory(request.GET, request.path, shelf(), fixed={"group": one.value})
    described = metadata.of_group(one, directory.canonical)
    groups = [(str(other.label), reverse("people-group", args=[other.value]), other == one) for other in StaffGroup]
    context = {"group": one, "groups": groups, "directory": directory, "trail": metadata.under_people()}
    return render(request, "people/group.html", context | {"metadata": described})


@require_safe
def experts(request: HttpRequest) -> HttpResponse:
    directory = Experts(request.GET, request.path, shelf())
    described = metadata.of_experts(directory.canonical)
    context = {"directory": directory, "trail": metadata.under_people(), "metadata": described}
    return render(request, "people/experts.html", context)


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    one = get_object_or_404(Person, slug=slug, has_page=True)
    found = StaffProfile.objects.published().filter(person=one).select_related("photo")
    profile = found.prefetch_related("expertise", "regions", "speaks", "reads", "photo__renditions").first()
    listing = Works(request.GET, request.path, fixed={"author": one})
    if profile is None and not listing.within.exists():
        raise Http404
    held = list(one.appointments.select_related("centre"))
    posts = [post for post in held if post.is_current]
    former = sorted((post for post in held if post.is_over), key=lambda post: str(post.ended_on), reverse=True)
    context: dict[str, Any] = {
        "person": one,
        "profile": profile,
        "biography": notes.render(profile.biography).html if profile else "",
        "posts": posts,
        "former_posts": former,
        "has_left": bool(former) and not posts,
        "may_be_asked": profile is not None and may_be_asked_for(profile),
        "listing": listing,
        "experts_url": reverse("experts"),
        "metadata": metadata.of_person(one, profile, posts, listing.canonical),
    }
    return render(request, "people/person.html", context)
