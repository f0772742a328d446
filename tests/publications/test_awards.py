"""Awards: the page by year, the badge on the piece, the filter on the desk."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from publications.models import Awarding
from tests.factories import AwardFactory, AwardingFactory, PublicationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_pieces_with_an_award_stand_under_its_year_the_latest_first(client: Client) -> None:
    award = AwardFactory.create(name="RSIS Award", description="Given by a jury.")
    for year, title in ((2023, "Older"), (2025, "Newer")):
        AwardingFactory.create(award=award, year=year, publication__title=title, citation=f"Said in {year}.")
    page = client.get("/publications/awarded/").content.decode()
    assert "<h1>Policy-relevant Articles Given RSIS Award</h1>" in page
    places = [page.index(words) for words in ("Given by a jury.", 'id="year-2025"', "Newer", "Said in 2025.",
                                              'id="year-2023"', "Older", "Said in 2023.")]  # fmt: skip
    assert places == sorted(places)


def test_a_piece_bears_its_award_with_the_year_and_the_way_to_the_others(client: Client) -> None:
    one = AwardingFactory.create(award__name="RSIS Award", year=2025)
    AwardingFactory.create(award__name="Another Prize", year=2024, publication=one.publication)
    page = client.get(one.publication.get_absolute_url()).content.decode()
    badges = page.partition('class="awards row"')[2].partition("</ul>")[0]
    assert badges.index('href="/publications/awarded/#year-2025">RSIS Award 2025') < badges.index("Another Prize 2024")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_award_and_for_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    AwardingFactory.create_batch(count)
    with django_assert_num_queries(4):
        client.get("/publications/awarded/")


def test_a_piece_is_given_an_award_once_and_in_a_year_there_was() -> None:
    one = AwardingFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        Awarding.objects.create(award=one.award, publication=one.publication, year=2024)
    with pytest.raises(ValidationError):
        Awarding(award=one.award, publication=PublicationFactory.create(), year=25).full_clean()


def test_the_desk_lists_pieces_by_award(client: Client) -> None:
    one = AwardingFactory.create(publication__title="Honoured")
    PublicationFactory.create(title="Not Honoured Yet")
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    for given, seen in ((str(one.award.pk), False), ("x", True), ("9" * 30, True)):
        page = client.get("/admin/publications/publication/", {"award": given}).content.decode()
        assert ("Not Honoured Yet" in page, "Honoured" in page) == (seen, True)


def test_an_awarding_is_written_on_the_desk(client: Client) -> None:
    award, piece = AwardFactory.create(), PublicationFactory.create(title="Honoured")
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    sent = {
        "award": award.pk,
        "publication": "",
        "publication_words": "Honoured",
        "year": "2025",
        "citation": "Well said.",
    }
    assert client.post("/admin/publications/awarding/add/", sent).status_code == 302
    assert list(Awarding.objects.values_list("publication", "year", "citation")) == [(piece.pk, 2025, "Well said.")]
