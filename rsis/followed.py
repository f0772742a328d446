"""The feeds of the site by kind of list, for the page that explains them and as OPML for feed readers."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from lxml import etree
from lxml.builder import E

from editorial.metadata import absolute
from publications.models import Series
from research.models import Region, ResearchCentre, Topic


@dataclass(frozen=True)
class Followed:
    """A list with feeds below its address."""

    label: str
    page: str

    @property
    def atom(self) -> str:
        return f"{self.page}feed.atom"

    @property
    def json(self) -> str:
        return f"{self.page}feed.json"


@dataclass(frozen=True)
class Group:
    label: str
    feeds: list[Followed]


def groups() -> list[Group]:
    """Four statements."""
    whole = [
        Followed(_("Everything we publish"), reverse("archive")),
        *(Followed(str(family.label), reverse(name)) for family, name in FAMILIES.items()),
        Followed(_("Events"), reverse("events")),
    ]
    by_family: dict[str, list[Followed]] = {}
    for one in Series.objects.order_by("family", "position", "name"):
        by_family.setdefault(one.family, []).append(Followed(one.name, one.get_absolute_url()))
    found = [Group(_("Everything"), whole)]
    found += [Group(str(family.label), by_family.get(family, [])) for family in FAMILIES]
    for label, rows in (
        (_("Research centres and programmes"), ResearchCentre.objects.all()),
        (_("Topics"), Topic.objects.with_tree_fields()),
        (_("Regions"), Region.objects.with_tree_fields()),
    ):
        found.append(Group(label, [Followed(row.name, row.get_absolute_url()) for row in rows]))
    return [group for group in found if group.feeds]


FAMILIES = {
    Series.Family.INHOUSE: "inhouse",
    Series.Family.EXTERNAL: "external",
    Series.Family.MEDIA: "media",
}


def opml() -> bytes:
    """OPML 2.0, with the lists that most readers want: everything, and every series."""
    chosen = groups()[: 1 + len(FAMILIES)]
    body = E.body(
        *(
            E.outline(
                *(
                    E.outline(type="rss", text=one.label, xmlUrl=absolute(one.atom), htmlUrl=absolute(one.page))
                    for one in group.feeds
                ),
                text=group.label,
            )
            for group in chosen
        )
    )
    document = E.opml(E.head(E.title("RSIS")), body, version="2.0")
    return etree.tostring(document, xml_declaration=True, encoding="utf-8", pretty_print=True)
