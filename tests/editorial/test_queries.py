import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editorial.extracts import extract, marked
from editorial.queries import Marker, ask
from editorial.words import fold, number_words, plain, stem, words


@pytest.mark.parametrize(
    ("typed", "tsquery", "fts5"),
    [
        ("strait trade", "('strait') & ('trade')", '("strait") AND ("trade")'),
        ('"code of conduct"', "(('code' <-> 'of' <-> 'conduct'))", '("code of conduct")'),
        ("“code of conduct", "(('code' <-> 'of' <-> 'conduct'))", '("code of conduct")'),
        ("strait -trade", "('strait') & !('trade')", '(("strait")) NOT ("trade")'),
        ("secur*", "('secur':*)", '("secur" *)'),
        ("sea OR strait law", "('sea' | 'strait') & ('law')", '("sea" OR "strait") AND ("law")'),
        ("the security of Asia", "('security') & ('Asia')", '("security") AND ("Asia")'),
        ("the", "('the')", '("the")'),
        ("Élysée", "('Elysee')", '("Elysee")'),
        ("CO25/059", "((('CO25' <-> '059'))) | 'CO25059'", '(("CO25 059")) OR "CO25059"'),
        ("南海", "(('南' <-> '海'))", '("南 海")'),
        ("a' & | ! :* --", "('a')", '("a")'),
        ("OR sea OR", "('sea')", '("sea")'),
    ],
)
def test_a_question_is_written_for_both_databases(typed: str, tsquery: str, fts5: str) -> None:
    question = ask(typed)
    assert question is not None
    assert (question.for_postgresql(), question.for_sqlite()) == (tsquery, fts5)


@pytest.mark.parametrize("typed", ["", "   ", "-trade", '""', "-", "*", "!&|", "\x00", "…"])
def test_what_names_nothing_asks_for_nothing(typed: str) -> None:
    assert ask(typed) is None


@pytest.mark.parametrize(("typed", "number"), [("co 25059", "co25059"), ("IDSS-12", "IDSS12"), ("sea 2 three", "")])
def test_what_may_be_a_number_is_asked_for_as_one_too(typed: str, number: str) -> None:
    question = ask(typed)
    assert question is not None
    assert question.number == number


def test_stored_text_gives_its_words_without_tags_and_with_its_notes() -> None:
    html = (
        '<p>The <em>inter</em>national order.<sup class="fn" data-note="See &lt;em&gt;Ports&lt;/em&gt; &amp;amp; trade.">'
        "</sup></p><h2>Next&nbsp;part</h2>"
    )
    assert words(plain(html)).split() == ["The", "international", "order", "See", "Ports", "trade", "Next", "part"]


def test_words_are_parted_alike_whatever_typographers_do() -> None:
    assert words("China’s ﬁrst ‘trade-offs’, naïve Đông").split() == [
        "China",
        "first",
        "trade",
        "offs",
        "naive",
        "Dong",
    ]


def test_a_number_is_one_word_however_it_is_printed() -> None:
    assert number_words("IDSS-12") == "IDSS-12 IDSS12"


@given(st.text())
def test_words_hold_nothing_that_a_query_language_reads(text: str) -> None:
    assert not set(words(text)) & set("'\"\\&|!:*()<>{}^-+~\x00")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def marker(typed: str) -> Marker:
    question = ask(typed)
    assert question is not None
    return Marker(question)


def test_forms_of_a_word_are_marked_as_they_stand() -> None:
    assert (
        marked("Governing the Élysée", marker("governance elysee")) == "<mark>Governing</mark> the <mark>Élysée</mark>"
    )


def test_a_beginning_marks_every_word_that_begins_so() -> None:
    assert marked("secure securities insecure", marker("secur*")) == "<mark>secure securities</mark> insecure"


def test_hostile_text_never_runs() -> None:
    text = '<script>alert("sea")</script> & <mark>sea</mark> <img src=x onerror=sea>'
    assert marked(text, marker("sea")) == (
        "&lt;script&gt;alert(&quot;<mark>sea</mark>&quot;)&lt;/script&gt; &amp; &lt;mark&gt;<mark>sea</mark>&lt;/mark&gt;"
        " &lt;img src=x onerror=<mark>sea</mark>&gt;"
    )


@given(st.text(), st.text(max_size=20))
def test_an_extract_holds_no_mark_up_but_ours(text: str, typed: str) -> None:
    question = ask(typed)
    if question is None:
        return
    passage = extract([text], Marker(question))
    assert set(passage.replace("<mark>", "").replace("</mark>", "")) & set("<>") == set()
    assert passage.count("<mark>") == passage.count("</mark>")


def test_the_passage_with_most_of_the_words_is_shown() -> None:
    text = "Sea. " + "Nothing here. " * 60 + "The law of the sea is old. " + "Nothing there. " * 60
    passage = extract(["A synopsis.", text], marker("sea law"))
    assert "The <mark>law</mark> of the <mark>sea</mark> is old." in passage
    assert (passage[:2], passage[-2:]) == ("… ", " …")


@pytest.fixture
def hurried_threads() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hurried_threads")
def test_readers_who_search_at_once_do_not_spoil_each_others_words() -> None:
    asked = ["relational", "securities", "maritime", "hopefulness", "cats", "electrical", "trade", "formalise"] * 300
    fresh = stem.__wrapped__  # without its memory, which would keep a spoilt word
    alone = [fresh(word) for word in asked]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(fresh, asked)) == alone
