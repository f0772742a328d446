"""J12 and J13: who is credited, without a sign-in or a profile; in what order, and with the words of that day."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from editorial import history, publishing, saving
from editorial.models import User
from people.models import Person
from publications.author_forms import describe
from publications.models import Publication
from publications.typesetting.manuscript import manuscript
from subscriptions.models import Notification
from tests.factories import (
    AppointmentFactory,
    AuthorshipFactory,
    CentreFactory,
    PersonFactory,
    PublicationFactory,
    SeriesFactory,
    StaffProfileFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ORDER = ["Zainal Abidin", "Đặng Vân", "Anna van den Berg"]


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def suggested(desk: Client, words: str) -> list[tuple[str, str]]:
    query = {"app_label": "publications", "model_name": "authorship", "field_name": "person", "term": words}
    return [(row["text"], row["note"]) for row in desk.get("/admin/autocomplete/", query).json()["results"]]


@pytest.mark.parametrize("words", ["dang van", "VÂN ĐẶNG", "van d", "鄧雲"])
def test_j12_typing_a_name_offers_who_is_there_with_post_and_last_piece(desk: Client, words: str) -> None:
    person = PersonFactory.create(name="Đặng Vân", native_name="鄧雲")
    PersonFactory.create(name="Somebody Else")
    AppointmentFactory.create(person=person, title="Senior Fellow", centre=CentreFactory.create(name="The Unit"))
    for title, day in (("Older", "2024-01-01"), ("Newer", "2025-01-01")):
        AuthorshipFactory.create(person=person, publication__title=title, publication__issued_on=day)
    assert suggested(desk, words) == [("Đặng Vân", "Senior Fellow, The Unit · Newer")]
    assert describe(person) == "Đặng Vân · Senior Fellow, The Unit · Newer"


def test_j12_suggestions_cost_the_same_for_one_and_for_three(desk: Client, django_assert_num_queries: Any) -> None:
    for _person in range(3):
        person = PersonFactory.create(name="Wei Lim")
        AuthorshipFactory.create(person=person)
        with django_assert_num_queries(8):
            assert suggested(desk, "lim")[0][0] == "Wei Lim"


def test_j12_a_name_is_enough_and_gives_no_sign_in() -> None:
    person = Person.objects.create(name="Only Name", slug="only-name")
    person.full_clean()
    assert (person.user, User.objects.count(), person.sort_name) == (None, 0, "Only Name")


@pytest.mark.parametrize(
    ("has_page", "published", "status"),
    [(True, True, 200), (True, False, 404), (False, True, 404), (False, False, 404)],
)
def test_j12_a_page_only_if_wished_and_never_an_empty_one(
    client: Client, has_page: bool, published: bool, status: int
) -> None:
    person = PersonFactory.create(has_page=has_page)
    PublicationFactory.create(authors=[person], **({"published": True} if published else {}))
    assert client.get(person.get_absolute_url()).status_code == status
    assert client.get(person.get_absolute_url() + "feed.atom").status_code == status


def test_j12_a_person_may_be_linked_to_a_sign_in_later_and_nothing_moves(client: Client) -> None:
    person = PersonFactory.create()
    PublicationFactory.create(published=True, authors=[person])
    before = client.get(person.get_absolute_url()).content
    person.user = UserFactory.create()
    person.save()
    assert client.get(person.get_absolute_url()).content == before


def signed(**state: Any) -> Publication:
    people = [PersonFactory.create(name=name) for name in ORDER]
    piece: Publication = PublicationFactory.create(
        ready=True, authors=people, series=SeriesFactory.create(slug="s"), slug="p", **state
    )
    return piece


def in_order(text: str, names: list[str]) -> list[str]:
    """The names as they first stand in a text."""
    return sorted(names, key=text.index)


def test_j13_the_order_is_one_on_page_in_meta_bibtex_feeds_pdf_and_mail(client: Client) -> None:
    piece = signed(published=True)
    page = client.get(piece.get_absolute_url()).content.decode()
    body = page[page.index("<main") :]
    assert re.findall(r'name="citation_author" content="([^"]*)"', page) == [
        "Zainal Abidin",
        "Đặng Vân",
        "Anna van den Berg",
    ]
    announced = Notification.objects.create(
        content_type=ContentType.objects.get_for_model(piece), object_id=piece.pk, subject="New", announced_at=timezone.now()
    )  # fmt: skip
    places = {
        "page": body,
        "JSON-LD": page[page.index('"author"') :],
        "BibTeX": client.get(piece.get_cite_url("bib")).content.decode(),
        "Atom": client.get("/publications/feed.atom").content.decode(),
        "JSON Feed": client.get("/publications/feed.json").content.decode(),
        "PDF": manuscript(piece).html.partition("<body")[2],
        "mail": client.get(reverse("mailing", args=[announced.pk])).content.decode(),
    }
    assert {place: in_order(text, ORDER) for place, text in places.items()} == dict.fromkeys(places, ORDER)


def test_j13_name_post_and_note_stay_with_the_piece_when_the_person_changes(client: Client) -> None:
    person = PersonFactory.create(name="Mei Lin", slug="mei")
    piece = PublicationFactory.create(published=True, ready=True)
    AuthorshipFactory.create(
        publication=piece, person=person, role="translator", printed_name="Mei Lin", printed_affiliation="Research Fellow", position=9
    )  # fmt: skip
    AppointmentFactory.create(person=person, title="Dean")
    Person.objects.filter(pk=person.pk).update(name="Mei Tan")
    page = client.get(piece.get_absolute_url()).content.decode()
    block = page[page.index('class="authors"') :].partition("</header>")[0]
    assert [words in block for words in ("Translator:", "Mei Lin", "Research Fellow")] == [True, True, True]
    assert ("Mei Tan" in block, "Dean" in block) == (False, False)


def test_j13_a_byline_leads_to_the_profile(client: Client) -> None:
    person = StaffProfileFactory.create(published=True, person__slug="mei").person
    piece = PublicationFactory.create(published=True, ready=True, authors=[person])
    assert (
        f'<a href="/people/mei/" rel="author">{person.name}</a>'
        in client.get(piece.get_absolute_url()).content.decode()
    )


def test_j13_publishing_scheduling_and_restoring_keep_the_order() -> None:
    piece, by = signed(), UserFactory.create()
    saving.record(piece, by)
    first = history.latest(piece)
    assert first is not None

    def order() -> list[str]:
        return [one.name for one in Publication.objects.get(pk=piece.pk).authorships.all()]

    publishing.publish(piece, timezone.now() + timedelta(days=1), by)
    assert order() == ORDER
    publishing.return_to_draft(piece, by)
    for place, row in enumerate(reversed(list(piece.authorships.all()))):
        type(row).objects.filter(pk=row.pk).update(position=place)
    saving.record(piece, by)
    assert order() == list(reversed(ORDER))
    saving.restore(piece, first, by)
    publishing.publish(piece, timezone.now(), by)
    assert order() == ORDER
