"""A change of address says what it will do before it is saved (J17), whatever has the address."""

from typing import Any

import pytest
from django.test import Client

from editorial import redirects
from editorial.models import Redirect
from publications.models import Publication
from tests.desk_form import error_summary, form_data, mark
from tests.factories import PersonFactory, PublicationFactory, SeriesFactory, TopicFactory, UserFactory
from tests.filled_form import CHANGE, open_form, read_form, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def test_j17_a_new_slug_says_that_a_redirect_will_be_made_and_makes_it_on_a_yes(desk: Client) -> None:
    piece = PublicationFactory.create(published=True, ready=True, slug="old", number="CO18025")
    old = piece.get_absolute_url()
    form = open_form(desk, piece)
    asked = send(desk, piece, form, slug="new")
    piece.refresh_from_db()
    assert (piece.slug, Redirect.objects.count()) == ("old", 0)
    new = old.replace("/old/", "/new/")
    assert f"1 redirect will be made: {old} will lead to {new}." in error_summary(asked)

    send(desk, piece, {**form, "slug": "new", "address_confirmed": mark(asked)})
    piece.refresh_from_db()
    assert (piece.slug, desk.get(old)["Location"], Redirect.objects.count()) == ("new", new, 1)


def test_j17_a_yes_to_one_address_is_none_to_another(desk: Client) -> None:
    piece = PublicationFactory.create(published=True, ready=True, slug="old")
    form = open_form(desk, piece)
    yes = mark(send(desk, piece, form, slug="new"))
    send(desk, piece, form, slug="newer", address_confirmed=yes)
    piece.refresh_from_db()
    assert piece.slug == "old"


def test_j17_what_readers_never_saw_changes_its_address_without_a_question(desk: Client) -> None:
    piece = PublicationFactory.create(slug="old")
    send(desk, piece, open_form(desk, piece), slug="new")
    piece.refresh_from_db()
    assert (piece.slug, Redirect.objects.count()) == ("new", 0)


@pytest.mark.parametrize(
    ("factory", "where", "wanted"),
    [
        (SeriesFactory, "publications/series", {}),
        (TopicFactory, "research/topic", {}),
        (PersonFactory, "people/person", {}),
    ],
)
def test_j17_series_topics_and_people_ask_too(desk: Client, factory: Any, where: str, wanted: dict[str, Any]) -> None:
    row = factory.create(slug="old", **wanted)
    address = f"/admin/{where}/{row.pk}/change/"
    form = form_data(desk.get(address), f"{where.rpartition('/')[2]}_form") | {"slug": "new"}
    asked = desk.post(address, form)
    assert "1 redirect will be made" in error_summary(asked)
    done = desk.post(address, form | {"address_confirmed": mark(asked)})
    row.refresh_from_db()
    assert (done.status_code, row.slug, Redirect.objects.count()) == (302, "new", 1)


def test_j17_away_and_back_again_leaves_no_loop(desk: Client) -> None:
    piece = PublicationFactory.create(published=True, ready=True, slug="a", number="CO18025")
    first = piece.get_absolute_url()
    for slug in ("b", "a"):
        form = open_form(desk, piece)
        yes = mark(send(desk, piece, form, slug=slug))
        send(desk, piece, form, slug=slug, address_confirmed=yes)
    second = first.replace("/a/", "/b/")
    assert (desk.get(first).status_code, desk.get(second)["Location"]) == (200, first)


def test_j17_a_new_item_takes_an_old_address_only_after_a_warning(desk: Client) -> None:
    series = SeriesFactory.create()
    moved = PublicationFactory.create(published=True, series=series, slug="old")
    old = moved.get_absolute_url()
    moved.slug = "new"
    with redirects.following(moved):
        moved.save()
    add = f"/admin/publications/publication/add/?series={series.pk}"
    form = read_form(desk.get(add).content) | {"title": "Newcomer", "slug": "old"}
    warned = desk.post(add, form)
    assert f"{old} leads readers to {moved.get_absolute_url()} today." in error_summary(warned)
    assert Publication.objects.count() == 1
    desk.post(add, form | {"address_confirmed": mark(warned)})
    assert (Publication.objects.get(slug="old").title, redirects.resolve(old)) == ("Newcomer", moved.get_absolute_url())


def test_j17_publishing_on_an_old_address_warns_once_more(desk: Client) -> None:
    piece = PublicationFactory.create(ready=True, slug="a")
    Redirect.objects.create(old_path=piece.get_absolute_url(), new_path="/topics/")
    form = open_form(desk, piece)
    warned = send(desk, piece, form, _step="publish")
    assert "That ends when this is public" in error_summary(warned)
    send(desk, piece, form, _step="publish", address_confirmed=mark(warned))
    assert (desk.get(piece.get_absolute_url()).status_code, Redirect.objects.count()) == (200, 0)


def test_j17_the_question_keeps_what_was_typed(desk: Client) -> None:
    piece = PublicationFactory.create(published=True, ready=True, slug="old")
    asked = send(desk, piece, open_form(desk, piece), slug="new", title="Typed just now")
    page = asked.content.decode()
    assert ("Typed just now" in page, 'value="new"' in page, desk.get(CHANGE.format(piece.pk)).status_code) == (
        True,
        True,
        200,
    )


def test_j17_moving_to_another_series_says_so_first_and_the_old_address_is_one_hop(desk: Client) -> None:
    piece = PublicationFactory.create(published=True, ready=True, slug="kept")
    series, old = SeriesFactory.create(slug="elsewhere"), piece.get_absolute_url()
    address = f"/admin/publications/publication/{piece.pk}/move/"
    looked = " ".join(desk.post(address, {"series": series.pk}).content.decode().split())
    piece.refresh_from_db()
    assert ("1 redirect will be made:" in looked, piece.series == series) == (True, False)
    desk.post(address, {"series": series.pk, "version": piece.version, "confirmed": "1"})
    assert (desk.get(old)["Location"], Redirect.objects.count()) == ("/publications/elsewhere/kept/", 1)


def test_j17_a_numbered_piece_and_one_saved_meanwhile_stay_in_their_series(desk: Client) -> None:
    numbered, stale = PublicationFactory.create(number="CO18025"), PublicationFactory.create(version=3)
    series = SeriesFactory.create()
    for piece, words in ((numbered, "a number of its series"), (stale, "saved in the meantime")):
        address = f"/admin/publications/publication/{piece.pk}/move/"
        answer = desk.post(address, {"series": series.pk, "version": "1", "confirmed": "1"})
        assert words in answer.content.decode()
    assert Publication.objects.filter(series=series).count() == 0
