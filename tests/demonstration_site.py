"""A reader of the demonstration, and what stands on its pages."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from lxml import html as lxml_html

from publications.models import Publication


@dataclass
class Site:
    """A reader of the demonstration, and the newest commentary with a picture."""

    client: Client = field(default_factory=Client)

    def open(self, address: str) -> Any:
        response = self.client.get(address)
        assert response.status_code == 200, address
        return lxml_html.fromstring(response.content.decode())

    @property
    def commentary(self) -> Publication:
        ours = Publication.objects.published().filter(series__slug="rsis-commentary-series", image__isnull=False)
        return ours.select_related("series", "image").order_by("-issued_on")[0]

    @property
    def article(self) -> Any:
        return self.open(self.commentary.get_absolute_url())

    @property
    def header(self) -> Any:
        return self.article.cssselect("header.masthead")[0]

    @property
    def footer(self) -> Any:
        return self.article.cssselect("footer")[0]


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def texts(within: Any, selector: str) -> list[str]:
    return [text(one) for one in within.cssselect(selector)]


def link(within: Any, words: str) -> str:
    """Where the only link of these words leads."""
    (found,) = {one.get("href") for one in within.cssselect("a") if text(one).startswith(words)}
    return str(found)
