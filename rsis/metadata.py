"""What machines read of the pages that gather from every room."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from editorial import renditions
from editorial.metadata import ORGANISATION, Metadata, absolute, open_graph, organisation, page
from people.models import Appointment, Person, StaffGroup, StaffProfile
from research.models import ResearchCentre


def home() -> Metadata:
    site = {
        "@type": "WebSite",
        "@id": absolute("/#website"),
        "name": "RSIS",
        "alternateName": ORGANISATION,
        "url": absolute("/"),
        "inLanguage": "en-GB",
        "publisher": {"@id": organisation()["@id"]},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": absolute("/search/?q={search_term_string}")},
        },
    }
    description = _("Commentary, research and books on the security and politics of Asia, from Singapore.")
    return Metadata(
        absolute("/"),
        nodes=[site, organisation()],
        properties=open_graph(ORGANISATION, absolute("/"), description),
        names=[("twitter:card", "summary")],
    )


def under_people() -> list[tuple[str, str]]:
    """What stands above a list of people in its breadcrumb."""
    return [(_("People"), reverse("people"))]


def of_people(url: str) -> Metadata:
    return page(_("People"), url, [])


def of_group(group: StaffGroup, url: str) -> Metadata:
    return page(str(group.label), url, under_people())


def of_experts(url: str) -> Metadata:
    described = _("Scholars of the school who speak to journalists, by topic, region, language and medium.")
    return page(_("Experts for journalists"), url, under_people(), described)


def of_research() -> Metadata:
    return page(_("Research"), absolute(reverse("research")), [])


def of_person(person: Person, profile: StaffProfile | None, posts: Sequence[Appointment], url: str) -> Metadata:
    """Only what the page shows. The e-mail address stays out even where it is on the page: robots harvest this."""
    portrait = renditions.picture(profile.photo, "square") if profile else None
    who = {
        "@type": "Person",
        "@id": f"{absolute(person.get_absolute_url())}#person",
        "name": person.name,
        "alternateName": person.native_name,
        "url": absolute(person.get_absolute_url()),
        "jobTitle": [post.title for post in posts],
        "affiliation": organisation() if posts else None,
        "worksFor": [
            {"@type": "Organization", "name": str(post.centre), "url": absolute(post.centre.get_absolute_url())}
            for post in posts
            if post.centre
        ],
        "knowsAbout": [str(topic) for topic in profile.expertise.all()] if profile else [],
        "knowsLanguage": [language.code for language in profile.speaks.all()] if profile else [],
        "sameAs": f"https://orcid.org/{person.orcid}" if person.orcid else "",
        "image": absolute(portrait.src) if portrait else "",
    }
    node = {"@type": "ProfilePage", "url": url, "mainEntity": who}
    described = "; ".join(str(post) for post in posts)
    found = page(person.name, url, person.trail, described, node)
    found.properties[2] = ("og:type", "profile")
    return found


def of_centre(centre: ResearchCentre, url: str) -> Metadata:
    unit = {
        "@type": "ResearchOrganization",
        "name": centre.name,
        "alternateName": centre.acronym,
        "description": centre.summary,
        "url": absolute(centre.get_absolute_url()),
        "foundingDate": centre.opened_on.isoformat() if centre.opened_on else "",
        "dissolutionDate": centre.closed_on.isoformat() if centre.closed_on and centre.is_closed else "",
        "parentOrganization": _above(centre),
    }
    return page(centre.name, url, centre.trail, centre.summary, unit)


def _above(centre: ResearchCentre) -> dict[str, object]:
    if not centre.parent:
        return organisation()
    above = {"name": centre.parent.name, "url": absolute(centre.parent.get_absolute_url())}
    return {"@type": "ResearchOrganization", **above}
