"""A statement composed once gives what its queryset gives."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, F, SlugField
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from editorial.models import Document
from editorial.prepared import NOW, Given, Prepared
from publications.models import Authorship, Publication
from tests.factories import AuthorshipFactory, DocumentFactory, ImageFactory, PublicationFactory

pytestmark = pytest.mark.django_db

LIKE_A_PERCENT = Prepared(
    lambda: Publication.objects.published(at=NOW).filter(title__contains="100 %", slug=Given("slug", SlugField()))
)
BY_KEYS = Prepared(
    lambda: (
        Publication.objects.filter(pk__in=[Given("first"), Given("second")])
        .select_related("series", "image", "document__current")
        .annotate(names=Count("authorships"))
        .order_by("pk")
    )
)
NAMES = Prepared(lambda: Authorship.objects.filter(publication=Given("key")).values_list("printed_name", F("position")))
SOME = Prepared(lambda: Publication.objects.only("title").order_by("pk"))


def fields_of(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_rows_and_what_is_joined_to_them_are_as_the_queryset_gives_them() -> None:
    rich = PublicationFactory.create(published=True, image=ImageFactory.create(), document=DocumentFactory.create())
    plain = PublicationFactory.create(duration=timedelta(minutes=3))
    AuthorshipFactory.create_batch(2, publication=rich)
    found: list[Any] = []
    for first, second in ((rich, plain), (plain, rich), (rich, rich)):
        pieces = Publication.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk")
        expected = list(pieces.annotate(names=Count("authorships")))
        found = BY_KEYS.rows(first=first.pk, second=second.pk)
        assert [fields_of(row) for row in found] == [fields_of(row) for row in expected]
    assert found[0].document.current == Document.objects.get().current
    assert (found[0].image, found[0].series) == (rich.image, rich.series)


def test_a_second_question_is_one_statement_and_none_for_what_is_joined(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    piece = PublicationFactory.create(image=None)
    BY_KEYS.rows(first=0, second=0)
    with django_assert_num_queries(1):
        (found,) = BY_KEYS.rows(first=piece.pk, second=0)
        assert (found.series.name, found.image) == (piece.series.name, None)


def test_what_stands_in_the_statement_itself_may_hold_any_letter() -> None:
    piece = PublicationFactory.create(published=True, title="It's 100 % $1 «given 0»", slug="it-s")
    assert LIKE_A_PERCENT.rows(slug="it-s") == [piece]
    assert LIKE_A_PERCENT.rows(slug="it-s'; DROP TABLE publications_publication; --") == []
    assert LIKE_A_PERCENT.rows(slug="it-s", now=timezone.now() - timedelta(days=9_999)) == []


def test_values_are_tuples_and_fields_left_out_come_when_they_are_asked_for() -> None:
    one = AuthorshipFactory.create(printed_name="Mei", position=3)
    assert NAMES.rows(key=one.publication_id) == [("Mei", 3)]
    (found,) = SOME.rows()
    assert (found.get_deferred_fields() > {"body", "synopsis"}, found.slug) == (True, one.publication.slug)


def test_a_new_connection_prepares_its_own() -> None:
    one = AuthorshipFactory.create(printed_name="Mei", position=3)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            NAMES.rows(key=one.publication_id)
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = %s", [NAMES.name])
            assert cursor.fetchone() == (1,)
    assert NAMES.rows(key=one.publication_id) == NAMES.rows(key=one.publication_id) == [("Mei", 3)]
