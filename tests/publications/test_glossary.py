"""The glossary: its pages, the index of uses behind them, and what an article shows of it."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from editorial import saving
from publications import glossary
from publications.models import Abbreviation, AbbreviationUse, Expansion, Publication
from tests.factories import AbbreviationFactory, PublicationFactory, TopicFactory, UserFactory
from tests.filled_form import open_form, send

pytestmark = pytest.mark.django_db


def piece_with(body: str, **given: Any) -> Publication:
    piece: Publication = PublicationFactory.create(published=True, body=body, **given)
    AbbreviationUse.objects.renew([piece])
    return piece


def uses(piece: Publication) -> dict[str, str]:
    return {use.abbreviation.short: use.expansion.words for use in piece.abbreviation_uses.for_page()}


def test_uses_are_exact_words_of_title_synopsis_text_and_transcript() -> None:
    for short in ("ARF", "EAS", "EEZ", "TAC", "WHO", "DOC", "P/CVE"):
        AbbreviationFactory.create(short=short)
    piece = piece_with(
        "<p>EEZs, who, DOCTOR, WHOLE, P/CVE.</p>", title="The ARF", synopsis="EAS.", transcript="<p>TAC</p>"
    )
    assert set(uses(piece)) == {"ARF", "EAS", "EEZ", "TAC", "P/CVE"}


def test_a_saved_change_of_the_text_changes_the_index_in_the_same_transaction() -> None:
    AbbreviationFactory.create(short="ARF")
    AbbreviationFactory.create(short="EAS")
    piece = PublicationFactory.create(body="<p>ARF</p>")
    saving.record(piece, None)
    before = set(uses(piece))
    piece.body = "<p>EAS</p>"
    piece.save()
    saving.record(piece, None)
    assert (before, set(uses(piece))) == ({"ARF"}, {"EAS"})


def test_the_topic_of_a_piece_chooses_between_meanings() -> None:
    term = AbbreviationFactory.create(short="APT", words="ASEAN Plus Three")
    cyber = TopicFactory.create()
    Expansion.objects.create(abbreviation=term, words="advanced persistent threat", topic=cyber)
    plain, other = piece_with("<p>APT</p>"), piece_with("<p>APT</p>", topics=[cyber])
    assert (uses(plain), uses(other)) == ({"APT": "ASEAN Plus Three"}, {"APT": "advanced persistent threat"})


def test_where_no_meaning_fits_nothing_is_claimed() -> None:
    term = AbbreviationFactory.create(short="MOU")
    Expansion.objects.update(topic=TopicFactory.create())
    Expansion.objects.create(abbreviation=term, words="another", topic=TopicFactory.create())
    assert uses(piece_with("<p>MOU</p>")) == {}


def test_an_editor_leaves_a_term_alone_in_one_piece(client: Client) -> None:
    AbbreviationFactory.create(short="WHO", words="World Health Organization")
    piece, other = piece_with("<p>The WHO.</p>"), piece_with("<p>The WHO.</p>")
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    response = send(client, piece, open_form(client, piece), plain_abbreviations="WHO")
    assert response.status_code == 302
    assert (uses(piece), set(uses(other))) == ({}, {"WHO"})
    assert "World Health" not in client.get(piece.get_absolute_url()).content.decode()


def test_a_term_that_is_not_in_the_glossary_is_named(client: Client) -> None:
    piece = piece_with("<p>Words.</p>")
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    page = send(client, piece, open_form(client, piece), plain_abbreviations="WHO, NOPE").content.decode()
    assert "Not in the glossary: WHO, NOPE." in page


def test_the_worker_finds_a_new_term_in_old_pieces_and_then_has_nothing_to_do() -> None:
    piece = PublicationFactory.create(published=True, body="<p>The ARF met.</p>")
    PublicationFactory.create(published=True, body="<p>Nothing.</p>")
    AbbreviationFactory.create(short="ARF", words="ASEAN Regional Forum")
    assert (glossary.read_due(), glossary.read_due(), uses(piece)) == (1, 0, {"ARF": "ASEAN Regional Forum"})
    Expansion.objects.get().delete()
    assert uses(piece) == {}


def test_the_worker_reads_in_batches_and_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glossary, "BATCH", 2)
    PublicationFactory.create_batch(5, published=True, body="<p>ARF</p>")
    AbbreviationFactory.create(short="ARF")
    assert [glossary.read_due() for _time in range(4)] == [1, 1, 1, 0]
    assert AbbreviationUse.objects.count() == 5


def test_the_index_can_be_made_again_from_the_texts() -> None:
    AbbreviationFactory.create(short="ARF")
    piece = piece_with("<p>ARF</p>")
    AbbreviationUse.objects.all().delete()
    said = StringIO()
    call_command("rebuild_glossary", stdout=said)
    assert said.getvalue() == "1 pieces read.\n"
    assert (set(uses(piece)), Abbreviation.objects.get().read_to) == ({"ARF"}, None)


def test_reading_pieces_costs_the_same_for_one_and_for_three(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    AbbreviationFactory.create(short="ARF")
    for count in (1, 3):
        pieces = PublicationFactory.create_batch(count, body="<p>ARF</p>")
        with django_assert_num_queries(8):  # a savepoint around six
            AbbreviationUse.objects.renew(pieces)


def test_an_article_spells_a_term_out_once_and_lists_it_at_the_end(client: Client) -> None:
    AbbreviationFactory.create(short="ARF", words="ASEAN Regional Forum")
    page = client.get(piece_with("<p>The ARF met. The ARF parted.</p>").get_absolute_url()).content.decode()
    assert page.count("(ASEAN Regional Forum)") == 1
    assert page.count("met. The ARF parted") == 1  # the text itself stands there once
    listed = page.partition('id="abbreviations"')[2].partition("</section>")[0]
    assert ('href="/glossary/arf/"' in listed, "<dd>ASEAN Regional Forum</dd>" in listed) == (True, True)


def test_a_term_that_everyone_knows_is_listed_and_not_spelt_out(client: Client) -> None:
    AbbreviationFactory.create(short="UN", words="United Nations", is_expanded=False)
    page = client.get(piece_with("<p>The UN met.</p>").get_absolute_url()).content.decode()
    assert ("(United Nations)" in page, "<dd>United Nations</dd>" in page) == (False, True)


def test_a_text_of_another_language_is_left_as_it_is(client: Client) -> None:
    AbbreviationFactory.create(short="ARF", words="ASEAN Regional Forum")
    page = client.get(piece_with("<p>L'ARF, ARF.</p>", language="fr").get_absolute_url()).content.decode()
    assert ("(ASEAN Regional Forum)" in page, "<dd>ASEAN Regional Forum</dd>" in page) == (False, True)


def test_feeds_and_references_carry_the_text_of_the_author_alone(client: Client) -> None:
    AbbreviationFactory.create(short="ARF", words="ASEAN Regional Forum")
    piece_with("<p>The ARF met.</p>")
    for address in ("/publications/feed.atom", "/publications/feed.json"):
        assert "ASEAN Regional Forum" not in client.get(address).content.decode()


@pytest.mark.parametrize("terms", [1, 3])
def test_an_article_costs_the_same_with_one_term_and_with_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, terms: int
) -> None:
    for short in ("ARF", "EAS", "TAC")[:terms]:
        AbbreviationFactory.create(short=short)
    piece = piece_with("<p>ARF, EAS, TAC.</p>")
    other = piece_with("<p>ARF, EAS, TAC.</p>")
    client.get("/publications/")
    client.get(other.get_absolute_url())
    with django_assert_num_queries(STATEMENTS_OF_AN_ARTICLE):
        client.get(piece.get_absolute_url())


@pytest.mark.parametrize("terms", [1, 3])
def test_the_glossary_costs_the_same_for_one_and_for_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, terms: int
) -> None:
    for _term in range(terms):
        AbbreviationFactory.create()
    with django_assert_num_queries(2):
        client.get("/glossary/")


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_term_costs_the_same_for_one_piece_and_for_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, pieces: int
) -> None:
    AbbreviationFactory.create(short="ARF")
    for _piece in range(pieces):
        piece_with("<p>ARF</p>")
    client.get("/glossary/arf/")
    with django_assert_num_queries(STATEMENTS_OF_A_TERM):
        client.get("/glossary/arf/")


STATEMENTS_OF_AN_ARTICLE = 6
STATEMENTS_OF_A_TERM = 4


def test_the_glossary_goes_from_a_to_z_by_letter_with_anchors(client: Client) -> None:
    for short in ("ZOPFAN", "ARF", "5G", "ASEAN"):
        AbbreviationFactory.create(short=short)
    page = client.get("/glossary/").content.decode()
    assert [part.partition('"')[0] for part in page.split('<div id="')[1:]] == ["5g", "arf", "asean", "zopfan"]
    assert [part.partition('"')[0] for part in page.split('href="#letter-')[1:]] == ["09", "a", "z"]


@pytest.mark.parametrize(
    ("words", "found"),
    [("arf", ["arf"]), ("regional forum", ["arf"]), ("zzz", []), ("", ["arf", "eas"]), ("%", []), ("'", [])],
)
def test_the_glossary_is_searched_by_letters_and_by_meaning(client: Client, words: str, found: list[str]) -> None:
    AbbreviationFactory.create(short="ARF", words="ASEAN Regional Forum")
    AbbreviationFactory.create(short="EAS", words="East Asia Summit")
    page = client.get("/glossary/", {"q": words}).content.decode()
    assert [part.partition('"')[0] for part in page.split('<div id="')[1:]] == found
