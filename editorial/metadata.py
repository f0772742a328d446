"""What machines read in the head of a page: Open Graph, links and one block of JSON-LD. Costs no statement."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

Node = dict[str, Any]
Trail = list[tuple[str, str]]

ORGANISATION = "S. Rajaratnam School of International Studies"
SHORT_NAME = "RSIS"
PLACE = "Singapore"
# Beside what ends a script element, what ends a line in old JavaScript.
UNSAFE = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Link:
    """A `<link>` in the head, and a `Link` header where `in_header` says so."""

    rel: str
    href: str
    type: str = ""
    in_head: bool = True
    in_header: bool = True

    def __str__(self) -> str:
        address = quote(self.href, safe=":/?#[]@!$&'()*+,;=%~")
        return f'<{address}>; rel="{self.rel}"' + (f'; type="{self.type}"' if self.type else "")


@dataclass(frozen=True)
class Metadata:
    """The arguments of templates/components/metadata.html. Empty values are left out."""

    url: str
    nodes: list[Node]
    properties: list[tuple[str, str]] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def json_ld(self) -> SafeString:
        graph = {"@context": "https://schema.org", "@graph": [without_gaps(node) for node in self.nodes]}
        # Nothing in it can be read as mark-up, so that no title ends the element it stands in.
        return mark_safe(json.dumps(graph, ensure_ascii=False).translate(UNSAFE))  # noqa: S308 -- < > & are escaped

    @property
    def header(self) -> str:
        return ", ".join(str(link) for link in self.links if link.in_header)

    @property
    def head_links(self) -> list[Link]:
        return [link for link in self.links if link.in_head]


def absolute(path: str) -> str:
    """The public address of a path of ours; an address with a host stays as it is."""
    return path if "://" in path else str(settings.SITE_URL).rstrip("/") + path


def summary(text: str, length: int = 200) -> str:
    return Truncator(" ".join(text.split())).chars(length)


def without_gaps(value: Any) -> Any:
    """The same without empty values, at any depth."""
    if isinstance(value, dict):
        kept = {name: without_gaps(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if not is_gap(one)}
    if isinstance(value, list):
        return [one for one in map(without_gaps, value) if not is_gap(one)]
    return value


def is_gap(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


@dataclass(frozen=True)
class Publisher:
    """Who publishes the site, as machines read it."""

    name: str = ORGANISATION
    short_name: str = SHORT_NAME
    university: str = "Nanyang Technological University"
    street: str = "Block S4, Level B3, 50 Nanyang Avenue"
    city: str = PLACE
    postcode: str = "639798"
    country: str = "SG"
    phone: str = ""
    accounts: tuple[str, ...] = ()


# The room of the settings puts in here how they are read; without it the facts are those above.
publisher_from: list[Callable[[], Publisher]] = [Publisher]


def organisation() -> Node:
    facts = publisher_from[-1]()
    return {
        "@type": "CollegeOrUniversity",
        "@id": absolute("/#organisation"),
        "name": facts.name,
        "alternateName": facts.short_name,
        "url": absolute("/"),
        "logo": absolute(static("icon.svg")),
        "parentOrganization": {"@type": "CollegeOrUniversity", "name": facts.university} if facts.university else None,
        "telephone": facts.phone,
        "sameAs": list(facts.accounts),
        "address": {
            "@type": "PostalAddress",
            "streetAddress": facts.street,
            "addressLocality": facts.city,
            "postalCode": facts.postcode,
            "addressCountry": facts.country,
        },
    }


def breadcrumbs(trail: Iterable[tuple[str, str]], here: str) -> Node:
    """The trail that components/crumbs.html shows, with the same arguments."""
    steps = [(SHORT_NAME, reverse("home")), *trail]
    items: list[Node] = [
        {"@type": "ListItem", "position": position, "name": str(label), "item": absolute(address)}
        for position, (label, address) in enumerate(steps, start=1)
    ]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [*items, {"@type": "ListItem", "position": len(items) + 1, "name": here}],
    }


def open_graph(title: str, url: str, description: str = "", kind: str = "website") -> list[tuple[str, str]]:
    return [
        ("og:site_name", SHORT_NAME),
        ("og:locale", "en_GB"),
        ("og:type", kind),
        ("og:title", title),
        ("og:url", url),
        ("og:description", summary(description)),
    ]


def page(title: str, url: str, trail: Trail, description: str = "", *nodes: Node) -> Metadata:
    """What every page with a breadcrumb has, and what else is said of this one."""
    return Metadata(
        url,
        nodes=[*nodes, breadcrumbs(trail, title)],
        properties=open_graph(title, url, description),
        names=[("twitter:card", "summary")],
    )
