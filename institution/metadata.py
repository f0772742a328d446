"""What machines read of the pages of the institution. Only what the page shows; costs no statement."""

from typing import Any

from django.utils import timezone

from editorial import renditions
from editorial.markup import plain_text
from editorial.metadata import Metadata, Node, absolute, organisation
from editorial.metadata import page as page_metadata
from institution.models import Page, Vacancy

Context = dict[str, Any]


def of_page(context: Context) -> Metadata:
    """`context` as institution.page.context gives it."""
    page: Page = context["page"]
    source: Page = context["source"]
    url = canonical(page, source, context)
    found = page_metadata(
        page.title, url, context["trail"], source.summary, *NODES.get(source.kind, _text)(source, url, context)
    )
    picture = renditions.picture(source.image, "share")
    if picture:
        found.properties.append(("og:image", absolute(picture.src)))
        found.properties.append(("og:image:alt", picture.alt))
    return found


def canonical(page: Page, source: Page, context: Context) -> str:
    """The other place's address for a page that shows another's text; with the year, where one is chosen."""
    chosen = [
        f"{name}={value}"
        for name, value in (("to", context.get("honour_group")), ("year", context.get("honour_year")))
        if value
    ]
    return absolute(source.get_absolute_url()) + ("?" + "&".join(chosen) if chosen else "")


def _text(page: Page, url: str, context: Context) -> list[Node]:
    node: Node = {
        "@type": "AboutPage" if page.path.startswith("about") else "WebPage",
        "@id": url,
        "url": url,
        "name": page.title,
        "description": page.summary,
        "inLanguage": "en-GB",
        "publisher": {"@id": organisation()["@id"]},
    }
    if page.signature:
        node["author"] = {"@type": "Person", "name": page.signature, "jobTitle": page.signed_post}
    return [node]


def _questions(page: Page, url: str, context: Context) -> list[Node]:
    asked = [
        {
            "@type": "Question",
            "name": row.question,
            "acceptedAnswer": {"@type": "Answer", "text": plain_text(row.answer)},
        }
        for _heading, rows in context["questions"]
        for row, _html in rows
    ]
    return [{"@type": "FAQPage", "@id": url, "url": url, "name": page.title, "mainEntity": asked}] if asked else []


def _directions(page: Page, url: str, context: Context) -> list[Node]:
    place = context["location"]
    if place is None:
        return _text(page, url, context)
    node: Node = {
        "@type": "Place",
        "@id": f"{url}#place",
        "name": place.name,
        "url": url,
        "address": organisation()["address"],
        "geo": {"@type": "GeoCoordinates", "latitude": str(place.latitude), "longitude": str(place.longitude)},
        "hasMap": place.map_url,
    }
    return [*_text(page, url, context), node]


def _degree(page: Page, url: str, context: Context) -> list[Node]:
    facts = context["degree"]
    node: Node = {
        "@type": "EducationalOccupationalProgram",
        "@id": url,
        "url": url,
        "name": page.title,
        "description": page.summary,
        "provider": organisation(),
    }
    if facts:
        node |= {
            "educationalCredentialAwarded": facts.award,
            "educationalProgramMode": facts.mode,
            "applicationStartDate": facts.opens_on.isoformat() if facts.opens_on else "",
            "applicationDeadline": facts.closes_on.isoformat() if facts.closes_on else "",
        }
    return [node]


def _course(page: Page, url: str, context: Context) -> list[Node]:
    runs = [
        {
            "@type": "CourseInstance",
            "name": row.name,
            "startDate": row.starts_on.isoformat(),
            "endDate": row.ends_on.isoformat() if row.ends_on else "",
            "courseMode": "onsite",
            "location": row.venue,
        }
        for row in context["coming_intakes"]
    ]
    course = {"@type": "Course", "@id": url, "url": url, "name": page.title, "description": page.summary}
    return [course | {"provider": organisation(), "hasCourseInstance": runs}]


def _programme(page: Page, url: str, context: Context) -> list[Node]:
    held = [
        {
            "@type": "Event",
            "name": f"{page.title} {row.year}",
            "description": row.theme,
            "startDate": row.starts_on.isoformat(),
            "endDate": row.ends_on.isoformat() if row.ends_on else "",
            "location": {"@type": "Place", "name": row.venue, "address": row.venue},
        }
        for row, _report in context["editions"]
        if row.starts_on and row.venue
    ]
    series = {"@type": "EventSeries", "@id": url, "url": url, "name": page.title, "description": page.summary}
    return [series | {"organizer": organisation(), "subEvent": held}]


NODES: dict[str, Any] = {
    Page.Kind.FAQ: _questions,
    Page.Kind.DIRECTIONS: _directions,
    Page.Kind.DEGREE: _degree,
    Page.Kind.COURSE: _course,
    Page.Kind.PROGRAMME: _programme,
}


def of_vacancy(vacancy: Vacancy, trail: list[tuple[str, str]]) -> Metadata:
    url = absolute(vacancy.get_absolute_url())
    posted = vacancy.first_published_at or vacancy.publish_at
    school = organisation()
    node: Node = {
        "@type": "JobPosting",
        "@id": url,
        "url": url,
        "title": vacancy.title,
        "description": str(vacancy.body),
        "identifier": {"@type": "PropertyValue", "name": school["name"], "value": vacancy.reference},
        "datePosted": timezone.localdate(posted).isoformat() if posted else "",
        "validThrough": timezone.localtime(vacancy.closes_at).isoformat() if vacancy.closes_at else "",
        "employmentType": vacancy.terms,
        "hiringOrganization": school,
        "employmentUnit": {"@type": "Organization", "name": vacancy.centre.name} if vacancy.centre else None,
        "jobLocation": {"@type": "Place", "address": school["address"]},
    }
    return page_metadata(vacancy.title, url, trail, vacancy.summary, node)
