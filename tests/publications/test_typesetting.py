"""Typeset PDFs: what is printed, when it is made again, and what readers are handed."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker, Settings

from editorial import preview, publishing, renditions, saving
from editorial.models import State
from publications import typesetting
from publications.models import Publication, Series, TypesetPdf
from publications.typesetting.manuscript import Manuscript, manuscript
from tests.factories import (
    PDF,
    AuthorshipFactory,
    DocumentFactory,
    ImageFactory,
    NoticeFactory,
    PersonFactory,
    PublicationFactory,
    SeriesFactory,
    TopicFactory,
    TypesetPdfFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ROWS = "".join(f"<tr><th>Row {n}</th><td>{n} tonnes</td></tr>" for n in range(90))
BODY = (
    "<p>The strait is busy.<sup class='fn' data-note='Port statistics of the year.'></sup></p><h2>What has changed</h2>"
    "<p>Šarić and İstanbul, Łódź and Cần Thơ. <a href='/publications/'>Our archive</a>.</p>"
    "<blockquote class='pull'><p>Keep talking.</p></blockquote>"
    f"<table><caption>Freight</caption><thead><tr><th>Port</th><th>Weight</th></tr></thead><tbody>{ROWS}</tbody></table>"
    "<h3>A smaller matter</h3><p>Ships have grown.</p>"
)


def furnished(**values: Any) -> Publication:
    """A commentary with everything that is printed."""
    piece = PublicationFactory.create(
        **{
            "published": True,
            "series": SeriesFactory.create(commentary=True, licence="CC BY 4.0", review_note="Read by two editors."),
            "title": "Quiet Rules for Crowded Straits",
            "number": "CO25059",
            "synopsis": "Small agreements keep ships apart.",
            "body": BODY,
            "image": ImageFactory.create(caption="Two lanes.", credit="Source: Our own"),
            "issued_on": date(2025, 3, 20),
            "topics": [TopicFactory.create(name="Maritime Security")],
            **values,
        }
    )
    AuthorshipFactory.create(
        publication=piece,
        person__name="Phạm Ngọc Diễm Linh",
        printed_affiliation="Senior Fellow",
        printed_note="She writes on rivers.",
    )
    NoticeFactory.create(publication=piece, text="The year was wrong.")
    return piece


def printed(text: Manuscript, folder: Path) -> tuple[dict[str, Any], bytes]:
    folder.mkdir(exist_ok=True)
    (folder / "document.html").write_text(text.html)
    for beside, name in text.pictures.items():
        with default_storage.open(name) as file:
            (folder / beside).write_bytes(file.read())
    answers, _status = typesetting._run([folder], 100)
    answer = next(answers)
    return answer, (folder / "out.pdf").read_bytes() if "pages" in answer else b""


@pytest.fixture(scope="module")
def sheets(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], PdfReader]:
    """The furnished piece, printed once for all the tests that read it."""
    place = tmp_path_factory.mktemp("sheets")
    before, site.MEDIA_ROOT = site.MEDIA_ROOT, place / "files"
    with django_db_blocker.unblock(), transaction.atomic():
        piece = furnished()
        renditions.order(piece.image)
        renditions.make_due(limit=40)
        text = manuscript(piece)
        answer, data = printed(text, place / "out")
        transaction.set_rollback(True)
    site.MEDIA_ROOT = before
    return answer, PdfReader(io.BytesIO(data))


def runs(page: Any) -> list[tuple[float, str]]:
    """Size of type and words, in reading order."""
    found: list[tuple[float, str]] = []

    def note(text: str, _cm: Any, matrix: Any, _font: Any, size: float) -> None:
        if text.strip():
            found.append((round(abs(size * matrix[3]), 1), text.strip()))

    page.extract_text(visitor_text=note)
    return found


def test_w6_a_generated_pdf_is_tagged_titled_and_says_its_language(sheets: tuple[dict[str, Any], PdfReader]) -> None:
    _answer, pdf = sheets
    root: Any = pdf.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (True, "en-GB", True)  # fmt: skip
    assert "/StructTreeRoot" in root
    assert 'pdfuaid:part="1"' in metadata or "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author, pdf.metadata.subject) == (
        "CO25059 | Quiet Rules for Crowded Straits",
        "Phạm Ngọc Diễm Linh",
        "Small agreements keep ships apart.",
    )


def test_every_letter_has_a_glyph_and_the_style_sheet_is_understood(sheets: tuple[dict[str, Any], PdfReader]) -> None:
    answer, pdf = sheets
    assert answer == {"pages": len(pdf.pages), "complaints": []}


def test_gsc_8_the_title_is_the_largest_type_of_page_one_with_the_authors_below(
    sheets: tuple[dict[str, Any], PdfReader],
) -> None:
    found = runs(sheets[1].pages[0])
    largest = max(size for size, _words in found)
    everything = "".join(words for _size, words in found).replace(" ", "")
    order = [everything.index(words) for words in ("QuietRules", "PhạmNgọc", "SeniorFellow", "20March2025")]
    assert [words for size, words in found if size == largest] == ["Quiet Rules for Crowded Straits"]
    assert order == sorted(order)


@pytest.mark.parametrize(
    "words",
    [
        "S. Rajaratnam School of International Studies",
        "RSIS Commentary Series",
        "Small agreements keep ships apart.",
        "The year was wrong.",
        "Two lanes.",
        "Source: Our own",
        "Port statistics of the year.",
        "She writes on rivers.",
        "Maritime Security",
        "CC BY 4.0",
        "http://localhost:8000/CO25059",
        "http://localhost:8000/publications/rsis-commentary-series/quiet-rules-for-crowded-straits/",
        "Read by two editors.",
        "Šarić and İstanbul, Łódź and Cần Thơ.",
    ],
)
def test_smp_6_what_is_printed_can_be_searched(sheets: tuple[dict[str, Any], PdfReader], words: str) -> None:
    text = " ".join(" ".join(page.extract_text() for page in sheets[1].pages).split())
    assert words.replace(" ", "") in text.replace(" ", "").replace("-\n", "")


def test_corrections_stand_on_the_first_page(sheets: tuple[dict[str, Any], PdfReader]) -> None:
    assert "The year was wrong." in " ".join(sheets[1].pages[0].extract_text().split())


def test_the_head_of_a_table_is_repeated_on_every_page_it_runs_over(sheets: tuple[dict[str, Any], PdfReader]) -> None:
    pages = [page.extract_text() for page in sheets[1].pages]
    with_rows = [page for page in pages if "tonnes" in page]
    assert (len(with_rows) > 1, [page.count("Weight") for page in with_rows]) == (True, [1] * len(with_rows))


def test_headings_are_bookmarks_and_pictures_have_words(sheets: tuple[dict[str, Any], PdfReader]) -> None:
    pdf = sheets[1]

    def titles(entries: list[Any]) -> list[str]:
        return [title for one in entries for title in (titles(one) if isinstance(one, list) else [one.title])]

    def elements(node: Any) -> Iterator[Any]:
        node = node.get_object()
        if isinstance(node, list):
            for one in node:
                yield from elements(one)
        elif isinstance(node, dict):
            yield node
            if "/K" in node:
                yield from elements(node["/K"])

    figures = [one for one in elements(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"]) if one.get("/S") == "/Figure"]
    assert titles(pdf.outline)[0] == "Quiet Rules for Crowded Straits"
    assert {"What has changed", "A smaller matter"} <= set(titles(pdf.outline))
    assert [figure["/Alt"] for figure in figures] == ["Ships at anchor in a strait."]


def test_every_font_is_in_the_file(sheets: tuple[dict[str, Any], PdfReader]) -> None:
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in sheets[1].pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert [font for font in fonts if "/FontFile2" not in font and "/FontFile3" not in font] == []


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.png",
        "file:///etc/passwd",
        "typeset:files/../secret",
        "typeset:fonts/../printing.py",
        "ftp://x/y",
        "data:text/css,x",
    ],
)
def test_the_printer_opens_nothing_but_what_was_laid_beside_the_text(tmp_path: Path, address: str) -> None:
    (tmp_path / "secret").write_text("secret")
    html = f"<html lang=en><title>T</title><link rel=stylesheet href='{address}'><img src='{address}' alt=x><p>Words"
    answer, _data = printed(Manuscript(html), tmp_path / "out")
    assert (answer["pages"], len([line for line in answer["complaints"] if "Refused" in line])) == (1, 2)


def test_pictures_that_are_not_our_renditions_are_left_out() -> None:
    body = "<p>Words</p><p><img src='/files/originals/ab/secret.jpg' alt='x'><img src='/files/renditions/nothing' alt='x'></p>"
    text = manuscript(PublicationFactory.create(published=True, body=body))
    assert (text.pictures, text.html.count("<img")) == ({}, 0)


def make(piece: Publication) -> TypesetPdf:
    typesetting.make_due()
    return TypesetPdf.objects.get(publication=piece)


def test_the_worker_makes_the_file_and_the_page_offers_it(client: Client) -> None:
    piece = PublicationFactory.create(published=True, ready=True)
    row = make(piece)
    response = client.get(piece.get_file_url())
    data = b"".join(response)
    assert (row.due_at, row.failed, row.pages, row.size) == (None, "", len(PdfReader(io.BytesIO(data)).pages), len(data))  # fmt: skip
    assert f'href="{piece.get_file_url()}"' in client.get(piece.get_absolute_url()).content.decode()


def test_what_is_the_same_on_paper_is_not_printed_again() -> None:
    piece = PublicationFactory.create(published=True, ready=True)
    first = make(piece)
    saving.record(Publication.objects.get(pk=piece.pk), None)
    second = make(piece)
    assert (second.version, second.made_at, second.due_at) == (first.version + 1, first.made_at, None)


def test_j9_a_changed_text_is_printed_again() -> None:
    piece = PublicationFactory.create(published=True, ready=True)
    first = make(piece)
    piece.body = "<p>Other words altogether.</p>"
    piece.save()
    saving.record(piece, None)
    second = make(piece)
    with default_storage.open(second.file.name) as file:
        assert "Other words altogether." in PdfReader(file).pages[0].extract_text()
    assert (second.is_of(piece), second.sha256 != first.sha256) == (True, True)


def settled(piece: Publication) -> TypesetPdf:
    """The worker's file as it stands, with its stamp, without printing."""
    row = TypesetPdfFactory.create(publication=piece)
    row.stamp = vars(typesetting.wanted().get(pk=piece.pk))["stamp"]
    row.save()
    return row


def rename(piece: Publication) -> None:
    Series.objects.filter(pk=piece.series_id).update(name="Another Name")


def credit(piece: Publication) -> None:
    type(piece.image).objects.filter(pk=piece.image_id).update(credit="Somebody Else")


def renumber(piece: Publication) -> None:
    Publication.objects.filter(pk=piece.pk).update(number="CO25060")


def save(piece: Publication) -> None:
    saving.record(Publication.objects.get(pk=piece.pk), None)


@pytest.mark.parametrize("change", [rename, credit, renumber, save])
def test_anything_that_may_be_printed_makes_the_file_stale(change: Any) -> None:
    piece = furnished()
    row = settled(piece)
    before = typesetting.order_stale()
    change(piece)
    assert (before, typesetting.order_stale(), typesetting.order_stale()) == (0, 1, 0)
    row.refresh_from_db()
    assert row.due_at is not None


def test_only_public_and_scheduled_in_house_texts_without_an_upload_are_wanted() -> None:
    book = SeriesFactory.create(shape=Series.Shape.BOOK)
    wanted = [PublicationFactory.create(published=True, ready=True), PublicationFactory.create(scheduled=True, ready=True)]  # fmt: skip
    PublicationFactory.create(ready=True)
    PublicationFactory.create(withdrawn=True, ready=True)
    PublicationFactory.create(published=True, trashed=True, ready=True)
    PublicationFactory.create(published=True, ready=True, series=book)
    PublicationFactory.create(published=True, ready=True, document=DocumentFactory.create())
    PublicationFactory.create(published=True, ready=True, series=SeriesFactory.create(external=True))
    PublicationFactory.create(published=True, ready=True, series=SeriesFactory.create(media=True))
    assert set(typesetting.wanted()) == set(wanted)


def test_a_piece_without_a_text_is_looked_at_once() -> None:
    piece = PublicationFactory.create(published=True)
    row = make(piece)
    assert (row.due_at, bool(row.file), typesetting.order_stale()) == (None, False, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_looking_for_stale_files_costs_the_same_for_one_piece_and_for_three(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for piece in PublicationFactory.create_batch(count, published=True, ready=True):
        settled(piece)
    with django_assert_num_queries(2), CaptureQueriesContext(connection) as queries:
        assert typesetting.order_stale() == 0
    assert [query["sql"] for query in queries if '"body"' in query["sql"]] == []


def program(path: Path, lines: str) -> Path:
    path.write_text(f"import json, os, sys, time\n{lines}\n")
    return path


@pytest.fixture
def due() -> TypesetPdf:
    assert typesetting.can_typeset(), "Typesetting needs Pango: see docs/deployment.md"
    return TypesetPdf.objects.create(publication=PublicationFactory.create(published=True, ready=True))


def test_a_text_that_cannot_be_printed_is_given_up_after_three_attempts_until_it_is_saved_again(
    due: TypesetPdf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, time_machine: Any
) -> None:
    monkeypatch.setattr(typesetting, "PRINTER", program(tmp_path / "p.py", "print(json.dumps({'problem': 'No.'}))"))
    start = timezone.now()
    tries = []
    for minutes in (0, 2, 5, 30):
        time_machine.move_to(start + timedelta(minutes=minutes, seconds=1))
        tries.append(typesetting.make_due())
    due.refresh_from_db()
    assert (tries, due.attempts, due.failed, due.due_at) == ([1, 1, 1, 0], 3, "No.", None)
    saving.record(Publication.objects.get(pk=due.publication_id), None)
    assert typesetting.order_stale() == 1


def test_a_printer_that_hangs_is_ended(due: TypesetPdf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(typesetting, "PRINTER", program(tmp_path / "p.py", "time.sleep(60)"))
    monkeypatch.setattr(typesetting, "SECONDS_FOR_ALL", 0.2)
    monkeypatch.setattr(typesetting, "SECONDS_FOR_EACH", 0.2)
    typesetting.make_due()
    due.refresh_from_db()
    assert (due.attempts, due.failed) == (1, "It took more time or memory than is allowed.")


def test_a_printer_told_to_stop_with_the_worker_is_nobodys_failure(
    due: TypesetPdf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(typesetting, "PRINTER", program(tmp_path / "p.py", "os.kill(os.getpid(), 15)"))
    typesetting.make_due()
    due.refresh_from_db()
    assert (due.attempts, due.failed, due.due_at is not None) == (0, "", True)


def test_what_a_killed_worker_had_claimed_becomes_due_again(due: TypesetPdf, time_machine: Any) -> None:
    (mine,) = typesetting._claim(5)
    assert typesetting._claim(5) == []
    time_machine.move_to(timezone.now() + typesetting.LEASE + timedelta(seconds=1))
    (again,) = typesetting._claim(5)
    assert (again.pk, again.attempts) == (mine.pk, 2)
    assert typesetting._settle(mine, failed="late") is False  # the first one's late answer changes nothing


def test_without_pango_it_says_once_what_to_install_and_the_orders_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    piece = PublicationFactory.create(published=True, ready=True)
    words = json.dumps({"missing": "cannot load library 'libpango-1.0-0'"})
    monkeypatch.setattr(typesetting, "PRINTER", program(tmp_path / "p.py", f"print({words!r})"))
    typesetting.can_typeset.cache_clear()
    assert (typesetting.make_due(), typesetting.make_due()) == (0, 0)
    typesetting.can_typeset.cache_clear()
    assert [record.getMessage().count("apt-get install libpango-1.0-0") for record in caplog.records] == [1]
    assert "Download PDF" not in client.get(piece.get_absolute_url()).content.decode()


def test_files_that_no_row_names_go_after_a_day(time_machine: Any, media_folder: Path) -> None:
    kept = TypesetPdfFactory.create()
    dropped = TypesetPdfFactory.create()
    TypesetPdf.objects.filter(pk=dropped.pk).update(file=kept.file.name)
    assert typesetting.sweep() == 0
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert typesetting.sweep() == 1
    assert (default_storage.exists(kept.file.name), default_storage.exists(dropped.file.name)) == (True, False)


def file_status(client: Client, piece: Publication) -> int:
    response = client.get(piece.get_file_url())
    if response.streaming:
        b"".join(response)
    offered = f'href="{piece.get_file_url()}"' in client.get(piece.get_absolute_url()).content.decode()
    assert offered == (response.status_code == 200)
    return int(response.status_code)


def test_the_old_file_serves_until_the_new_one_is_ready_but_not_for_longer_than_an_hour(
    client: Client, time_machine: Any
) -> None:
    piece = furnished()
    settled(piece)
    piece.body = "<p>Better words.</p>"
    piece.save()
    saving.record(piece, None)
    before = file_status(client, piece)
    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    assert (before, file_status(client, piece)) == (200, 404)


def test_j9_a_file_without_the_newest_correction_is_not_handed_out(client: Client) -> None:
    piece = furnished()
    settled(piece)
    before = file_status(client, piece)
    NoticeFactory.create(publication=piece, text="The name was wrong too.")
    saving.record(Publication.objects.get(pk=piece.pk), None)
    assert (before, file_status(client, piece)) == (200, 404)


def test_a_file_under_another_number_is_not_handed_out(client: Client) -> None:
    piece = furnished()
    settled(piece)
    renumber(piece)
    piece.refresh_from_db()
    assert file_status(client, piece) == 404


def test_a_withdrawn_piece_hands_out_nothing(client: Client) -> None:
    piece = furnished()
    settled(piece)
    publishing.withdraw(piece, "At the request of the authors.", None)
    assert (piece.state, client.get(piece.get_file_url()).status_code) == (State.WITHDRAWN, 404)


def test_an_uploaded_pdf_takes_precedence(client: Client) -> None:
    piece = PublicationFactory.create(published=True, ready=True, document=DocumentFactory.create())
    TypesetPdfFactory.create(publication=piece, content=PDF + b"% typeset\n")
    assert b"".join(client.get(piece.get_file_url())) != PDF + b"% typeset\n"
    assert piece.public_pdf == piece.document.current


def test_sig_1_sig_2_htp_2_how_the_file_is_handed_out(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://www.example.org"
    piece = furnished()
    row = TypesetPdfFactory.create(publication=piece)
    first = client.get(piece.get_file_url())
    part = client.get(piece.get_file_url(), headers={"Range": "bytes=0-4"})
    same = client.get(piece.get_file_url(), headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, first["Content-Type"], first["X-Content-Type-Options"]) == (200, "application/pdf", "nosniff")  # fmt: skip
    assert first["Content-Disposition"] == "inline; filename=\"CO25059.pdf\"; filename*=UTF-8''CO25059.pdf"
    assert first["Link"] == f'<https://www.example.org{piece.get_absolute_url()}>; rel="canonical"'
    assert (int(first["Content-Length"]), len(b"".join(first))) == (row.size, row.size)
    assert (part.status_code, b"".join(part), same.status_code) == (206, b"%PDF-", 304)
    assert client.get(piece.get_file_url() + "?version=1").status_code == 404


def test_a_preview_does_not_offer_the_file_made_of_the_public_text(client: Client) -> None:
    piece = PublicationFactory.create(scheduled=True, ready=True)
    TypesetPdfFactory.create(publication=piece)
    page = client.get(preview.link_url(preview.make_link(piece, None))).content.decode()
    assert (page.count(piece.title) > 0, page.count("Download PDF")) == (True, 0)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Made Thu 20 Mar 2025, 06:00 SGT, 1 page."),
        ({"version": 77}, "Being made. Until then readers get none."),
        ({"file": "", "failed": "No.", "due_at": None}, "Could not be made: No. It is tried again when the piece is saved."),
    ],
)  # fmt: skip
def test_the_desk_says_how_it_stands_with_the_pdf(client: Client, values: dict[str, Any], sentence: str) -> None:
    piece = furnished()
    TypesetPdfFactory.create(publication=piece, made_at=datetime(2025, 3, 19, 22, 0, tzinfo=UTC))
    NoticeFactory.create(publication=piece)
    TypesetPdf.objects.update(**values)
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    page = client.get(f"/admin/publications/publication/{piece.pk}/change/").content.decode()
    assert page.count(sentence) == 1


def test_the_names_of_several_authors_are_printed_in_their_order() -> None:
    people = [PersonFactory.create(name=name) for name in ("Zeta", "Alpha", "Mu")]
    text = manuscript(PublicationFactory.create(published=True, body="<p>Words.</p>", authors=people))
    assert text.html.count('content="Zeta, Alpha, Mu"') == 1
