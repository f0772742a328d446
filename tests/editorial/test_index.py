"""What the database makes of texts has to be what Python makes of them, or extracts and answers part ways."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from editorial.html import clean
from editorial.words import entries, number_words, plain, stem, words

pytestmark = pytest.mark.django_db

TEXTS = [path.read_text() for path in sorted((Path(settings.BASE_DIR) / "rsis/demo/texts").glob("*.txt"))]


def of_the_database(function: str, text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [text])
        return str(cursor.fetchone()[0])


def test_every_word_of_the_demonstration_is_stemmed_alike() -> None:
    known = sorted({word for text in TEXTS for word in words(text).lower().split() if word.isascii()})
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT word, (ts_lexize('search_porter', trim(search_words(word))))[1] FROM unnest(%s::text[]) AS word",
                [known],
            )
            found = dict(cursor.fetchall())
        else:
            cursor.execute("CREATE VIRTUAL TABLE temp.held USING fts5(word, tokenize='porter unicode61')")
            cursor.executemany(
                "INSERT INTO temp.held (rowid, word) VALUES (%s, search_words(%s))", list(enumerate(known))
            )
            cursor.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('temp', 'held', 'instance')")
            cursor.execute("SELECT doc, term FROM temp.terms")
            found = {known[place]: term for place, term in cursor.fetchall()}
            cursor.execute("DROP TABLE temp.terms")
            cursor.execute("DROP TABLE temp.held")
    assert len(known) > 6000
    assert {word: found[word] for word in known if found[word] != stem(word)} == {}


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_the_words_of_the_demonstration_are_the_same(text: str) -> None:
    assert of_the_database("search_words", text[:20_000]).split() == entries(text[:20_000]).split()


@hypothesis_settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200))
@example("China’s ﬁrst, naïve Đông; Straße, œuvre — 南海 Élysée ’s's")
def test_any_text_has_the_same_words(text: str) -> None:
    assert of_the_database("search_words", text).split() == entries(text).split()


@pytest.mark.parametrize(
    "html",
    [
        '<p>The <em>inter</em>national order.<sup class="fn" data-note="See <em>Ports</em> &amp; <a href=\'https://x.example/?a=1&b=2\'>trade</a>."></sup></p>',
        "<h2>A&nbsp;head</h2><p>1 &lt; 2 &amp; 3</p><ul><li>One</li><li>Two</li></ul>",
        "<table><tr><td>a</td><td>b</td></tr></table>",
    ],
)
def test_stored_text_is_taken_apart_alike(html: str) -> None:
    stored = clean(html)
    assert words(of_the_database("search_plain", stored)).split() == words(plain(stored)).split()
    assert {"href", "em", "data", "note", "amp", "nbsp"} & set(words(plain(stored)).split()) == set()


def test_numbers_are_taken_apart_alike() -> None:
    for number in ("CO25059", "IDSS-12", "", "WP.4"):
        assert of_the_database("search_number", number).strip() == number_words(number).strip()
