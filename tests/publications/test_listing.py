"""The one listing: facets whose figures equal the lists behind them, stable pages, and a catalogue that is never late."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from editorial import publishing
from publications import catalogue
from publications.listing import PER_PAGE, Listing
from publications.models import Publication, Series
from publications.related import closest, neighbours, related
from research.models import Topic
from tests.factories import (
    CentreFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    SeriesFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive() -> int:
    """Sixty public pieces with topics, regions, centres, authors, years and tags in every mixture, and some hidden."""
    chance = Random(7)
    parent = TopicFactory.create(name="Security")
    topics = [parent, *(TopicFactory.create(parent=parent) for _ in range(2)), TopicFactory.create()]
    regions = RegionFactory.create_batch(3)
    centres, people = CentreFactory.create_batch(2), PersonFactory.create_batch(4)
    series = [*SeriesFactory.create_batch(2), SeriesFactory.create(external=True), SeriesFactory.create(media=True)]
    for number in range(70):
        PublicationFactory.create(
            published=number < 60,
            scheduled=number >= 65,
            series=chance.choice(series),
            issued_on=date(2024 + number % 3, 1 + number % 12, 1),
            topics=chance.sample(topics, chance.randint(0, 3)),
            regions=chance.sample(regions, chance.randint(0, 2)),
            centres=chance.sample(centres, chance.randint(0, 1)),
            authors=chance.sample(people, chance.randint(1, 3)),
            tags=chance.sample(["sea", "trade", "law"], chance.randint(0, 2)),
        )
    return 60


def listing(query: str = "", path: str = "/publications/") -> Listing:
    return Listing(QueryDict(query), path)


def query_of(url: str) -> str:
    return url.partition("?")[2]


def choices(query: str) -> Iterator[tuple[str, int]]:
    """Where every choice of every facet leads, with the figure that stands beside it."""
    for facet in listing(query).facets:
        for value in facet.values:
            if not value.is_active:
                yield query_of(value.url), value.count


def test_the_archive_holds_what_is_published_and_nothing_else(archive: int) -> None:
    assert listing().count == archive == Publication.objects.published().count()
    assert Publication.objects.count() > archive


def test_every_figure_is_the_length_of_the_list_behind_it(archive: int) -> None:
    found = list(choices(""))
    assert len(found) > 20
    assert [count for _query, count in found] == [listing(query).narrowed().count() for query, _count in found]


def test_figures_stay_true_when_facets_are_combined(archive: int) -> None:
    chance, query = Random(3), ""
    for _depth in range(4):
        found = [(one, count) for one, count in choices(query) if count]
        assert [count for _query, count in found] == [listing(one).narrowed().count() for one, _count in found]
        query = chance.choice(found)[0]
    assert len(listing(query).chosen) >= 2


def test_a_topic_stands_for_itself_and_all_below_it(archive: int) -> None:
    parent = listing("topic=" + _slug("Security"))
    below = Publication.objects.published().filter(topics__name="Security") | Publication.objects.published().filter(
        topics__parent__name="Security"
    )
    assert parent.count == below.distinct().count()


def _slug(topic: str) -> str:
    return str(TopicFactory._meta.model.objects.get(name=topic).slug)


def test_a_chosen_filter_is_removed_by_its_link_and_the_others_stay(archive: int) -> None:
    query = next(one for one, count in choices("year=2025") if count and "tag=" in one)
    shown = listing(query)
    assert {one.facet_label for one in shown.active} == {"Year", "Tag"}
    assert sorted(query_of(one.remove_url) for one in shown.active) == sorted(
        ["year=2025", next(part for part in query.split("&") if part.startswith("tag="))]
    )
    assert shown.clear_url == "/publications/"


@pytest.mark.parametrize("sort", ["newest", "oldest", "title"])
def test_the_pages_of_a_list_hold_every_piece_once_in_its_order(archive: int, sort: str) -> None:
    first = listing(f"sort={sort}")
    pages = [listing(f"sort={sort}&page={number}").page for number in first.page.paginator.page_range]
    pieces = [piece for page in pages for piece in page]
    everything = list(Publication.objects.published().order_by("-issued_on", "-pk"))
    expected = {
        "newest": everything,
        "oldest": everything[::-1],
        "title": sorted(everything, key=lambda piece: (piece.title.casefold(), piece.pk)),
    }
    assert [len(page) for page in pages] == [PER_PAGE] * 3
    assert [piece.pk for piece in pieces] == [piece.pk for piece in expected[sort]]


def test_pieces_of_one_day_keep_their_places(archive: int) -> None:
    day = date(2099, 1, 1)
    same = [piece.pk for piece in PublicationFactory.create_batch(5, published=True, issued_on=day)]
    for _again in range(2):
        catalogue.forget()
        assert [piece.pk for piece in listing().page][:5] == same[::-1]


def test_a_scheduled_piece_joins_lists_and_figures_at_its_second(archive: int) -> None:
    due = timezone.now() + timedelta(hours=1)
    piece = PublicationFactory.create(
        scheduled=True, publish_at=due, tags=["lighthouse"], issued_on=timezone.localdate()
    )

    def seen() -> tuple[int, int]:
        found = listing("tag=lighthouse") if piece.tags.exists() else listing()
        return listing().count, found.narrowed().count()

    with time_machine.travel(due - timedelta(seconds=1), tick=False):
        assert seen() == (archive, 0)
    with time_machine.travel(due, tick=False):
        assert seen() == (archive + 1, 1)
        assert [facet.label for facet in listing("tag=lighthouse").active] == ["lighthouse"]


def test_the_catalogue_sees_every_change_that_a_list_shows(archive: int) -> None:
    piece = PublicationFactory.create(published=True, title="Buoys", topics=[])
    topic, person = TopicFactory.create(), PersonFactory.create()

    def figures() -> tuple[int, int, int, int]:
        return (
            listing().count,
            listing(f"topic={topic.slug}").count if listing(f"topic={topic.slug}").chosen else -1,
            listing(f"author={person.slug}").count,
            listing("tag=buoys").count if listing("tag=buoys").chosen else -1,
        )

    assert figures() == (archive + 1, 0, 0, -1)
    piece.topics.add(topic)
    piece.authorships.create(person=person)
    piece.tags.add("buoys")
    assert figures() == (archive + 1, 1, 1, 1)
    piece.topics.clear()
    publishing.withdraw(piece, "A slip.", None)
    assert figures() == (archive, 0, 0, 0)


def test_a_list_without_scripts_is_narrowed_by_its_form(client: Client, archive: int) -> None:
    page = client.get("/publications/", {"year": "2025", "series": "", "topic": "", "sort": "oldest", "density": ""})
    assert (page.status_code, page.context["listing"].count) == (200, listing("year=2025").count)
    assert '<option value="2025" selected>' in page.content.decode()


@pytest.mark.parametrize("kind", ["topic", "region", "centre", "author", "tag", "series"])
@pytest.mark.parametrize("count", [1, 3])
def test_every_narrower_list_costs_the_same_for_one_and_three_pieces(
    client: Client, kind: str, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    costs = {"topic": 9, "region": 9, "centre": 14, "author": 8, "tag": 3, "series": 4}
    topic, region, centre, person = (
        TopicFactory.create(), RegionFactory.create(), CentreFactory.create(), PersonFactory.create()
    )  # fmt: skip
    series = SeriesFactory.create()
    PublicationFactory.create_batch(
        count, published=True, series=series, topics=[topic], regions=[region], centres=[centre], authors=[person],
        tags=["sea"],
    )  # fmt: skip
    addresses = {
        "topic": topic.get_absolute_url(),
        "region": region.get_absolute_url(),
        "centre": centre.get_absolute_url(),
        "author": person.get_absolute_url(),
        "tag": "/tags/sea/",
        "series": series.get_absolute_url(),
    }
    client.get("/publications/")  # reads the catalogue
    client.get("/")  # and which events come
    with django_assert_num_queries(costs[kind]):
        client.get(addresses[kind])


@pytest.mark.parametrize(
    ("address", "family", "title"),
    [
        ("/publications/year/2025/", Series.Family.INHOUSE, "RSIS Publications for the Year 2025"),
        ("/publications/external/year/2025/", Series.Family.EXTERNAL, "External Publications for the Year 2025"),
    ],
)
def test_the_bibliography_of_a_year_holds_its_family_and_year(
    client: Client, archive: int, address: str, family: str, title: str
) -> None:
    page = client.get(address)
    expected = Publication.objects.published().filter(series__family=family, issued_on__year=2025)
    assert f"<h1>{title}</h1>" in page.content.decode()
    assert page.context["listing"].count == expected.count() > 0
    assert page.context["year_links"] == [2026, 2025, 2024]


def test_the_catalogue_weighs_what_is_related_as_the_database_does(archive: int) -> None:
    series = Series.objects.first()
    whole = PublicationFactory.create(published=True, topics=[TopicFactory.create(), *_some_topics()], series=series)
    part = PublicationFactory.create(published=True, part_of=whole, topics=_some_topics(), series=series)
    person = PersonFactory.create()
    for piece in (whole, part):  # in two roles, and still one author
        piece.authorships.create(person=person, role="author")
        piece.authorships.create(person=person, role="editor")
    known = catalogue.current()
    for piece in Publication.objects.published().select_related("series"):
        keys = {
            "topic": list(piece.topics.order_by().values_list("pk", flat=True)),
            "region": list(piece.regions.order_by().values_list("pk", flat=True)),
            "author": list(piece.authorships.values_list("person", flat=True)),
        }
        besides = {piece.pk, *piece.parts.values_list("pk", flat=True)}
        assert closest(known, piece, keys, besides) == [one.pk for one in related(piece)]
        older, newer = neighbours(piece)
        assert known.beside(piece.series_id, piece.pk) == (older and older.pk, newer and newer.pk)


def _some_topics() -> list[Topic]:
    return list(Topic.objects.all()[:2])


def test_sets_of_few_pieces_answer_as_those_of_many(archive: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def answers() -> list[object]:
        known = catalogue.current()
        half = known.bits("year", [2025])
        facets = [(facet.name, facet.values) for facet in listing("year=2025").facets]
        page = [piece.pk for piece in listing("year=2025&sort=title").page]
        return [facets, page, list(known.newest(half)), [known.counts(name, half) for name in sorted(known.sets)]]

    expected = answers()
    monkeypatch.setattr(catalogue, "FEW", 1)  # every set as a list of places
    catalogue.forget()
    assert answers() == expected


def test_a_list_and_an_article_asked_of_one_process_keep_what_they_hold_apart(client: Client) -> None:
    piece = PublicationFactory.create(published=True)
    addresses = (piece.get_absolute_url(), "/publications/", piece.get_absolute_url())
    assert [client.get(address).status_code for address in addresses] == [200] * 3
