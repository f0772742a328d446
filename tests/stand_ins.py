"""The addresses of the site, before them plain pages at those of the seeded menu that are being built elsewhere.

WAITING names them. A test fails as soon as one of them has a page of its own, so that it leaves this list.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path

from people.models import StaffGroup
from rsis.urls import handler404
from rsis.urls import urlpatterns as own

__all__ = ["WAITING", "handler404", "urlpatterns"]

WAITING = (
    "about/", "about/introduction/", "about/building-the-foundations/", "about/welcome-message/",
    "about/honours-and-awards/", "about/endowment-fund/", "about/endowed-professorships/", "about/career-opportunities/",
    "about/getting-to-rsis/", *(f"people/groups/{group}/" for group in StaffGroup.values),
    "research/centres/", "research/programmes/", "research/other/", "research/projects/",
    "graduate-education/", "graduate-education/graduate-programmes-office/",
    "graduate-education/exchange-partners-and-programmes/", "graduate-education/how-to-apply/",
    "graduate-education/financial-assistance/", "graduate-education/meet-the-admissions-team/",
    "graduate-education/alumni/", "outreach/", "outreach/global-networks/", "outreach/global-networks/about/",
    "outreach/global-networks/alumni/", "outreach/executive-education/", "outreach/executive-education/about/",
    "outreach/executive-education/srp-executive-programme/",
    "outreach/executive-education/terrorism-analyst-training-course/", "outreach/international-programmes/",
    "outreach/international-programmes/about/", "outreach/international-programmes/appsmo/",
    "outreach/international-programmes/appsno/", "outreach/international-programmes/iccs/",
    "outreach/international-programmes/isf-asia/", "glossary/", "publications/awarded/", "media/cohesive-societies/",
    "media/sustainable-security/", "media/resource-pages/", "contact/", "terms/", "feedback/", "subscribe/",
)  # fmt: skip


def plain(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html", {"title": "A page"})


urlpatterns: list[URLPattern | URLResolver] = [*(path(address, plain) for address in WAITING), *own]
