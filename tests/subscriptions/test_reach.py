"""Who would be told, as an editor sees it before publishing: exact for few, bounded for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from subscriptions import barring, reach
from subscriptions.models import Suppression
from tests.factories import PublicationFactory, TopicFactory
from tests.subscriptions.mailing_stand import reader

pytestmark = pytest.mark.django_db
MARITIME = "/topics/maritime/"


def found(piece: object) -> tuple[str, list[tuple[str, int]]]:
    got = reach.reach_of(piece)  # type: ignore[arg-type]
    return got.told, got.lists


def test_people_are_counted_once_and_each_list_by_itself() -> None:
    piece = PublicationFactory.create(topics=[TopicFactory.create(slug="maritime")])
    assert found(piece) == ("0 subscribers", [])
    reader("a@example.org", "publications", MARITIME)
    assert found(piece) == ("1 subscriber", [(f"List {MARITIME}", 1), ("List publications", 1)])
    reader("b@example.org", MARITIME)
    reader("c@example.org", MARITIME, frequency="weekly")
    assert found(piece) == ("2 subscribers", [(f"List {MARITIME}", 2), ("List publications", 1)])


@pytest.mark.parametrize("stretches", [4, 20])
def test_of_very_many_a_sample_tells_about_how_many(monkeypatch: pytest.MonkeyPatch, stretches: int) -> None:
    for name, value in {"COUNTED": 10, "STRETCHES": stretches, "LENGTH": 6, "SEEN_OFTEN": 5}.items():
        monkeypatch.setattr(reach, name, value)
    barred = reader("barred@example.org", "/tags/rare/")
    barring.bar(barred.email, Suppression.Cause.COMPLAINT, subscriber=barred)
    for number in range(119):
        also = [MARITIME] * (number % 2 == 0) + ["/tags/rare/"] * (number == 1)
        reader(f"r{number}@example.org", "publications", *also)
    piece = PublicationFactory.create(topics=[TopicFactory.create(slug="maritime")], tags=["rare"])
    told, by_list = found(piece)
    assert told == "about 120 subscribers"
    assert by_list == [("List publications", 120), (f"List {MARITIME}", 60), ("List /tags/rare/", 1)]


def test_however_many_searches_are_followed_a_few_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "ASKED", 2)
    piece = PublicationFactory.create(title="Straits and Cables")
    costs = []
    for number, query in enumerate(["strait", "nothing", "cable", "harbour"]):
        reader(f"r{number}@example.org", f"/search/?q={query}")
        reader(f"s{number}@example.org", f"/search/?q={query}")
        found(piece)
        with CaptureQueriesContext(connection) as asked:
            reach.reach_of(piece)
        costs.append(len(asked))
    assert costs[1:] == [costs[1]] * 3
