from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from editorial import redirects
from editorial.middleware import TextGZipMiddleware
from editorial.models import Redirect
from publications.models import Publication, Series
from rsis.middleware import OldAddressMiddleware
from tests.factories import PersonFactory, PublicationFactory, SeriesFactory, TopicFactory

pytestmark = pytest.mark.django_db


def rows() -> set[tuple[str, str]]:
    return set(Redirect.objects.values_list("old_path", "new_path"))


def test_an_old_address_answers_with_the_new_one_and_keeps_the_query(client: Client) -> None:
    redirects.address_changed("/gone/old/", "/topics/", is_prefix=True)
    answer = client.get("/gone/old/?page=2&q=%E6%B5%B7")
    assert (answer.status_code, answer["Location"]) == (301, "/topics/?page=2&q=%E6%B5%B7")
    assert client.head("/gone/old").status_code == 301
    assert client.post("/gone/old/").status_code == 404


def test_what_lies_below_moves_along_and_the_nearest_move_wins() -> None:
    redirects.address_changed("/a/", "/x/", is_prefix=True)
    redirects.address_changed("/a/b/", "/y/b/", is_prefix=True)
    assert [redirects.resolve(path) for path in ("/a/", "/a/c/d.pdf", "/a/b/e.pdf", "/ab/", "/")] == [
        "/x/",
        "/x/c/d.pdf",
        "/y/b/e.pdf",
        None,
        None,
    ]


def test_a_row_for_one_page_takes_nothing_below_along() -> None:
    redirects.address_changed("/a/", "/x/")
    assert (redirects.resolve("/a/"), redirects.resolve("/a/b/")) == ("/x/", None)


def test_a_chain_is_one_hop() -> None:
    for old, new in (("/a/", "/b/"), ("/b/", "/c/"), ("/c/", "/d/")):
        redirects.address_changed(old, new)
    assert rows() == {("/a/", "/d/"), ("/b/", "/d/"), ("/c/", "/d/")}


def test_away_and_back_leaves_the_live_address_winning() -> None:
    redirects.address_changed("/a/", "/b/", is_prefix=True)
    redirects.address_changed("/b/", "/a/", is_prefix=True)
    assert rows() == {("/b/", "/a/")}


def test_a_page_costs_nothing_and_a_missing_one_a_single_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    found = OldAddressMiddleware(lambda request: HttpResponse())
    missing = OldAddressMiddleware(lambda request: HttpResponseNotFound())
    deep = RequestFactory().get("/" + "a/" * 40)
    with django_assert_num_queries(0):
        found(deep)
        missing(RequestFactory().get("/" + "a" * 7000))
    with django_assert_num_queries(1):
        assert missing(deep).status_code == 404


@pytest.mark.parametrize(
    "target", ["//evil.example/", "/\\evil.example/", "https://evil.example/", "javascript:alert(1)", "x"]
)
def test_never_to_another_host(target: str) -> None:
    with pytest.raises(ValueError, match="Not an address of this site"):
        redirects.address_changed("/a/", target)
    Redirect.objects.create(old_path="/a/", new_path=target)
    assert redirects.resolve("/a/") is None


def test_a_tail_cannot_turn_a_row_into_another_host() -> None:
    Redirect.objects.create(old_path="/a/", new_path="/", is_prefix=True)
    assert redirects.resolve("/a//evil.example/") is None


@pytest.mark.parametrize("path", ["/%00", "/a%00b/", "/publications/x%00/y/", "/%0d%0aSet-Cookie:x", "/?q=%00"])
def test_a_malformed_address_is_a_bad_request(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.parametrize(
    "path", ["/%ff", "/%c0%ae%c0%ae/", "/..%2f..%2fetc/passwd", "/%252e%252e/", "/%zz", "/a" * 3000]
)
def test_an_odd_address_is_no_error_of_ours(client: Client, path: str) -> None:
    assert client.get(path).status_code in {400, 404}


def test_by_hand_a_redirect_follows_what_moved_and_never_leads_to_itself() -> None:
    redirects.address_changed("/b/", "/c/")
    redirects.add("/a/", "/b/")
    with pytest.raises(ValueError, match="lead to itself"):
        redirects.add("/c/", "/b/")
    assert rows() == {("/a/", "/c/"), ("/b/", "/c/")}


def test_a_new_slug_takes_page_and_file_along() -> None:
    piece = PublicationFactory.create(published=True, slug="old")
    page, file = piece.get_absolute_url(), piece.get_file_url()
    piece.slug = "new"
    assert [old for old, _new in redirects.moves(piece)] == [page, file]
    with redirects.following(piece):
        piece.save()
    assert redirects.resolve(page) == piece.get_absolute_url()
    assert redirects.resolve(file) == piece.get_file_url()


def test_a_new_series_slug_takes_every_piece_along() -> None:
    piece = PublicationFactory.create(published=True)
    old, file = piece.get_absolute_url(), piece.get_file_url()
    piece.series.slug = "renamed"
    with redirects.following(piece.series):
        piece.series.save()
    assert (redirects.resolve(old), redirects.resolve(file)) == (piece.get_absolute_url(), piece.get_file_url())


def test_people_and_topics_are_followed_too() -> None:
    for item in (PersonFactory.create(), TopicFactory.create()):
        old = item.get_absolute_url()
        item.slug = "renamed"
        with redirects.following(item):
            item.save()
        assert redirects.resolve(old) == item.get_absolute_url()


def test_what_readers_never_saw_leaves_no_redirect() -> None:
    for traits in ({}, {"scheduled": True}):
        piece = PublicationFactory.create(**traits)
        piece.slug = "renamed"
        with redirects.following(piece):
            piece.save()
    assert rows() == set()


def test_no_redirect_without_the_move_it_belongs_to() -> None:
    piece = PublicationFactory.create(published=True)
    piece.slug = "renamed"

    def save_and_fail() -> None:
        with redirects.following(piece):
            piece.save()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        save_and_fail()
    piece.refresh_from_db()
    assert (piece.slug == "renamed", rows()) == (False, set())


def test_a_new_piece_takes_over_an_old_address_when_it_goes_live_and_not_before() -> None:
    series = SeriesFactory.create()
    mover = PublicationFactory.create(published=True, series=series, slug="first")
    old = mover.get_absolute_url()
    mover.slug = "second"
    with redirects.following(mover):
        mover.save()
    newcomer = PublicationFactory.build(series=series, slug="first", title="New")
    with redirects.following(newcomer):
        newcomer.save()
    assert (redirects.resolve(old), redirects.taken_from(old).count()) == (mover.get_absolute_url(), 1)
    with redirects.following(newcomer):
        newcomer.state, newcomer.publish_at = "published", timezone.now() - timedelta(minutes=1)
        newcomer.save()
    assert (redirects.resolve(old), redirects.free(old)) == (None, 0)


def test_a_series_that_takes_an_old_address_leaves_the_pieces_of_the_former_one_reachable() -> None:
    piece = PublicationFactory.create(published=True)
    old, slug = piece.get_absolute_url(), piece.series.slug
    piece.series.slug = "renamed"
    with redirects.following(piece.series):
        piece.series.save()
    newcomer = SeriesFactory.build(slug=slug)
    with redirects.following(newcomer):
        newcomer.save()
    assert redirects.resolve(old) == piece.get_absolute_url()


@dataclass
class Former:
    """Every address a piece has had, with the piece."""

    of: dict[str, Publication]

    def note(self) -> None:
        for piece in Publication.objects.select_related("series"):
            self.of[piece.get_absolute_url()] = piece

    def check(self) -> None:
        live = {piece.get_absolute_url() for piece in Publication.objects.select_related("series")}
        for path, piece in self.of.items():
            if path not in live:
                assert redirects.resolve(path) == Publication.objects.get(pk=piece.pk).get_absolute_url(), path
        assert live & set(Redirect.objects.values_list("old_path", flat=True)) == set()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=10))
def test_after_any_moves_every_former_address_reaches_the_present_one_in_one_hop(moves: list[tuple[int, int]]) -> None:
    """Pieces change slug and series, series change slug, there and back, in any order."""
    with transaction.atomic():
        pieces = [PublicationFactory.create(published=True, slug=f"piece{n}-0") for n in range(2)]
        series = [piece.series for piece in pieces]
        for number, one in enumerate(series):
            Series.objects.filter(pk=one.pk).update(slug=f"series{number}-0")
        former = Former({})
        former.note()
        for what, to in moves:
            if what < 2:
                item: Publication | Series = Publication.objects.get(pk=pieces[what].pk)
                item.slug = f"piece{what}-{to}"
            elif what < 4:
                item = Series.objects.get(pk=series[what - 2].pk)
                item.slug = f"series{what - 2}-{to}"
            else:
                item = Publication.objects.get(pk=pieces[to % 2].pk)
                item.series = next(one for one in Series.objects.all() if one.pk != item.series_id)
            with redirects.following(item):
                item.save()
            former.note()
            former.check()
        transaction.set_rollback(True)


def test_files_are_sent_uncompressed_and_pages_compressed() -> None:
    def compressed(content_type: str) -> str | None:
        def answer(request: HttpRequest) -> HttpResponse:
            return HttpResponse("x" * 5000, content_type=content_type)

        return TextGZipMiddleware(answer)(RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})).get(
            "Content-Encoding"
        )

    assert [compressed(kind) for kind in ("text/html; charset=utf-8", "application/pdf", "image/jpeg")] == [
        "gzip",
        None,
        None,
    ]
