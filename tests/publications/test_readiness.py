"""What stops publication and what is only asked, in words that say what to do."""

from typing import Any

import pytest

from publications.models import Publication, Series
from publications.readiness import Problem, problems
from tests.factories import (
    AuthorshipFactory,
    DocumentFactory,
    DocumentVersionFactory,
    ImageFactory,
    PublicationFactory,
    SeriesFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db
Shape = Series.Shape


def ready(shape: Series.Shape = Shape.COMMENTARY, **fields: Any) -> Publication:
    """A piece of which nothing is asked, but for what `fields` takes away."""
    whole: dict[str, Any] = {
        "synopsis": "In short.",
        "body": "<p>At length.</p>",
        "topics": [TopicFactory.create()],
        "isbn": "9789810000000",
        "host_publication": "A Journal",
        "doi": "10.1000/182",
        "media_url": "https://www.youtube.com/watch?v=x",
        "transcript": "<p>Words said.</p>",
    }
    series = fields.pop("series", None) or SeriesFactory.create(shape=shape)
    return PublicationFactory.create(ready=True, **whole | {"series": series} | fields)


def fields_of(publication: Publication, level: str) -> list[str]:
    return [problem.field for problem in problems(publication) if problem.level == level]


@pytest.mark.parametrize("shape", Shape.values)
def test_a_whole_piece_of_any_shape_raises_nothing(shape: Series.Shape) -> None:
    assert problems(ready(shape)) == []


@pytest.mark.parametrize(
    ("shape", "missing", "field"),
    [
        (Shape.COMMENTARY, {"title": " "}, "title"),
        (Shape.COMMENTARY, {"body": ""}, "body"),
        (Shape.PAPER, {"body": ""}, "body"),
        (Shape.NEWSLETTER, {"body": ""}, "body"),
        (Shape.NEWS, {"body": ""}, "body"),
        (Shape.SPEECH, {"body": "", "media_url": ""}, "body"),
        (Shape.BOOK, {"body": "", "synopsis": ""}, "synopsis"),
        (Shape.EXTERNAL, {"host_publication": "", "doi": ""}, "host_publication"),
        (Shape.RECORDING, {"media_url": ""}, "media_url"),
    ],
)
def test_what_readers_must_have_stops_publication(shape: Series.Shape, missing: dict[str, str], field: str) -> None:
    assert fields_of(ready(shape, **missing), "error") == [field]


@pytest.mark.parametrize("shape", [Shape.PAPER, Shape.NEWSLETTER, Shape.NEWS, Shape.SPEECH])
def test_a_pdf_stands_for_the_text_except_in_a_commentary(shape: Series.Shape) -> None:
    assert fields_of(ready(shape, body="", media_url="", document=DocumentFactory.create()), "error") == []
    assert fields_of(ready(Shape.COMMENTARY, body="", document=DocumentFactory.create()), "error") == ["body"]


@pytest.mark.parametrize(
    ("shape", "level"),
    [
        (Shape.COMMENTARY, "error"),
        (Shape.BOOK, "error"),
        (Shape.EXTERNAL, "error"),
        (Shape.SPEECH, "error"),
        (Shape.PAPER, "question"),
        (Shape.RECORDING, "question"),
        (Shape.JOURNAL, None),
        (Shape.NEWSLETTER, None),
        (Shape.NEWS, None),
    ],
)
def test_who_has_to_be_named_depends_on_the_shape(shape: Series.Shape, level: str | None) -> None:
    piece = ready(shape)
    piece.authorships.all().delete()
    assert [(p.level, p.field) for p in problems(piece)] == ([(level, "authorships")] if level else [])


def test_an_article_of_a_journal_issue_needs_an_author_though_the_issue_does_not() -> None:
    issue = ready(Shape.JOURNAL)
    article = ready(series=issue.series, part_of=issue)
    article.authorships.all().delete()
    assert fields_of(article, "error") == ["authorships"]


def test_a_synopsis_is_needed_where_the_series_says_so() -> None:
    assert fields_of(ready(series=SeriesFactory.create(commentary=True), synopsis=" "), "error") == ["synopsis"]
    assert fields_of(ready(Shape.PAPER, synopsis=""), "error") == []


def test_a_picture_needs_a_description_and_a_credit() -> None:
    assert fields_of(ready(image=ImageFactory.create(credit="")), "error") == ["image"]
    assert fields_of(ready(image=ImageFactory.create(alt="", is_decorative=True)), "error") == []
    undescribed = ready(image=ImageFactory.create())
    assert undescribed.image is not None
    undescribed.image.alt = ""  # the database refuses it already
    assert fields_of(undescribed, "error") == ["image"]


def test_a_document_needs_a_file_and_a_scan_is_asked_about() -> None:
    assert fields_of(ready(document=DocumentFactory.create(versions=False)), "error") == ["document"]
    scan = DocumentVersionFactory.create(has_text=False).document
    scan.refresh_from_db()
    assert problems(ready(document=scan)) == [
        Problem("question", "document", "The PDF is a scan: nobody can search it or hear it. Is there one with text?")
    ]


@pytest.mark.parametrize(
    ("shape", "missing", "field"),
    [
        (Shape.COMMENTARY, {"topics": []}, "topics"),
        (Shape.COMMENTARY, {"synopsis": "word " * 121}, "synopsis"),
        (Shape.BOOK, {"isbn": ""}, "isbn"),
        (Shape.EXTERNAL, {"doi": ""}, "external_url"),
        (Shape.RECORDING, {"transcript": ""}, "transcript"),
    ],
)
def test_what_readers_would_miss_is_asked_about(shape: Series.Shape, missing: dict[str, Any], field: str) -> None:
    piece = ready(shape, **missing)
    assert fields_of(piece, "error") == []
    assert fields_of(piece, "question") == [field]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<h3>Deep</h3><p>x</p>", "The heading “Deep” skips a level. Go from heading 2 to 3 to 4, one at a time."),
        ("<h2>A</h2><h4>B</h4>", "The heading “B” skips a level. Go from heading 2 to 3 to 4, one at a time."),
        ('<p><a href="/a/">Click here</a></p>', "The link “Click here” says nothing by itself. Name what it leads to."),
        ('<p><a href="/a/">Read more…</a></p>', "The link “Read more…” says nothing by itself. Name what it leads to."),
        ('<p><a href="/a/"> </a>x</p>', "A link has no words. Write what it leads to, or remove it."),
    ],
)
def test_headings_and_links_that_hinder_readers_are_asked_about(body: str, message: str) -> None:
    piece = ready()
    piece.body = body
    assert problems(piece) == [Problem("question", "body", message)]


def test_headings_in_order_and_links_that_name_their_target_are_left_alone() -> None:
    body = '<h2>A</h2><h3>B</h3><h4>C</h4><h2>D</h2><p><a href="/a/">The report of 2024</a> is <a id="x"></a>here.</p>'
    assert problems(ready(body=body)) == []


def test_a_picture_in_the_text_without_a_description_stops_publication() -> None:
    piece = ready()
    piece.body = '<p><img src="/files/x.jpg"></p><p><img src="/files/y.jpg" alt=""></p>'
    assert fields_of(piece, "error") == ["body"]


def test_errors_come_before_questions_and_the_same_words_only_once() -> None:
    piece = ready(Shape.COMMENTARY, topics=[])
    piece.body = '<p><a href="/a/">here</a> and <a href="/b/">here</a></p>'
    piece.authorships.all().delete()
    assert [(p.level, p.field) for p in problems(piece)] == [
        ("error", "authorships"),
        ("question", "topics"),
        ("question", "body"),
    ]
    AuthorshipFactory.create(publication=piece)
    assert fields_of(piece, "error") == []
