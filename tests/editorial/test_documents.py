import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.http import Http404, HttpResponseBase
from django.test import RequestFactory
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from pytest_django import Settings

from editorial.documents import serve
from editorial.examining import clean_name
from editorial.models import Document, DocumentVersion, User
from editorial.uploads import UploadRefused, accept_document, replace_document

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def connection_outlives_responses() -> Iterator[None]:
    """Closing a response says that its request is over, which closes the connection a test still needs."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


def pdf(pages: int = 1, words: str = "The strait and its neighbours, again", **extra: Any) -> bytes:
    """A PDF made for the test; `extra` goes into its catalogue."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for _number in range(pages):
        page = writer.add_blank_page(595, 842)
        if words:
            text = DecodedStreamObject()
            text.set_data(f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode())
            page[NameObject("/Contents")] = writer._add_object(text)
            fonts = DictionaryObject({NameObject("/F1"): font})
            page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    for key, value in extra.items():
        writer.root_object[NameObject(f"/{key}")] = value
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def action(kind: str, **more: str) -> DictionaryObject:
    entries = {NameObject("/S"): NameObject(f"/{kind}")}
    return DictionaryObject(entries | {NameObject(f"/{key}"): TextStringObject(text) for key, text in more.items()})


def locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf())))
    writer.encrypt("secret", algorithm="RC4-128")
    return written(writer)


def with_attachment(name: str, content: bytes) -> bytes:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf())))
    writer.add_attachment(name, content)
    return written(writer)


def looping_pdf() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def word(*extra: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *extra):
            archive.writestr(name, "<x/>")
    return out.getvalue()


def upload(data: bytes, name: str = "final FINAL v3.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def accept(data: bytes | None = None, name: str = "paper.pdf", kind: str = "pdf") -> Document:
    return accept_document(upload(pdf() if data is None else data, name), kind, "Paper")


def current(document: Document) -> DocumentVersion:
    assert document.current is not None
    return document.current


def get(document: Document, path: str = "/x.pdf", user: Any = None, **headers: str) -> HttpResponseBase:
    request = RequestFactory().get(path, headers=headers)
    request.user = user or AnonymousUser()
    document.refresh_from_db()
    return serve(request, document.current, "CO25059")


def body(response: Any) -> bytes:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return bytes(data)


def test_a_pdf_is_taken_with_its_pages_counted_and_its_text_found() -> None:
    version = current(accept(pdf(3), "C:\\fakepath\\final.pdf"))
    assert (version.number, version.pages, version.has_text, version.original_name, version.content_type) == (
        1,
        3,
        True,
        "final.pdf",
        "application/pdf",
    )


def test_a_scan_is_taken_and_known_to_have_no_text() -> None:
    assert current(accept(pdf(words=""))).has_text is False


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"<html><script>alert(1)</script>%PDF-1.4 %%EOF", "This is not a PDF"),
        (b"MZ\x90", "This is not a PDF"),
        (pdf()[:-40], "This is not a PDF"),
        (b"%PDF-1.4\nnothing here\n%%EOF", "The PDF is damaged"),
        (looping_pdf(), "The PDF (is damaged|takes too long|has no pages)"),
        (pdf(0), "The PDF has no pages."),
        (locked_pdf(), "The PDF is protected by a password"),
        (pdf(OpenAction=action("JavaScript", JS="app.alert(1)")), "The PDF holds a script."),
        (pdf(AA=DictionaryObject({NameObject("/WC"): action("JavaScript", JS="x")})), "The PDF holds a script."),
        (pdf(OpenAction=action("Launch", F="cmd.exe")), "The PDF tries to start a program."),
        (pdf(OpenAction=action("SubmitForm", F="http://x.example")), "The PDF holds a form that sends data"),
        (with_attachment("run.exe", b"MZ"), "A program is attached"),
        (with_attachment("picture.png", b"MZ\x90\0"), "A program is attached"),
    ],
)
def test_a_hostile_or_broken_pdf_is_refused_with_words_and_leaves_nothing(
    data: bytes, words: str, media_folder: Path
) -> None:
    with pytest.raises(UploadRefused, match=f"^{words}"):
        accept(data)
    assert (Document.objects.count(), [path for path in media_folder.rglob("*") if path.is_file()]) == (0, [])


def test_a_script_nothing_leads_to_is_found_too() -> None:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf())))
    writer._add_object(action("JavaScript", JS="app.alert(1)"))
    with pytest.raises(UploadRefused, match=r"^The PDF holds a script"):
        accept(written(writer))


def test_a_pdf_that_unpacks_to_gigabytes_takes_no_more_than_its_limits() -> None:
    stream = DecodedStreamObject()
    stream.set_data(b" " * 200_000_000)
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    page[NameObject("/Contents")] = ArrayObject([writer._add_object(stream.flate_encode())] * 50)
    page[NameObject("/Rotate")] = NumberObject(0)
    document = accept(written(writer))
    assert current(document).pages == 1


def test_a_harmless_attachment_is_taken() -> None:
    assert current(accept(with_attachment("data.csv", b"a,b\n1,2\n"))).pages == 1


def test_a_true_pdf_that_is_also_an_archive_is_taken_as_a_pdf() -> None:
    assert current(accept(pdf() + word())).content_type == "application/pdf"


@pytest.mark.parametrize(
    ("kind", "data", "name", "content_type", "suffix"),
    [
        ("audio", b"ID3\x04" + b"\0" * 99, "talk.mp3", "audio/mpeg", ".mp3"),
        ("audio", b"\xff\xfb\x90\0" + b"\0" * 99, "talk.mp3", "audio/mpeg", ".mp3"),
        ("audio", b"\0\0\0\x20ftypM4A " + b"\0" * 99, "talk.m4a", "audio/mp4", ".m4a"),
        ("audio", b"OggS" + b"\0" * 99, "talk.ogg", "audio/ogg", ".ogg"),
        ("video", b"\0\0\0\x20ftypisom" + b"\0" * 99, "talk.mp4", "video/mp4", ".mp4"),
        ("video", b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm", "talk.webm", "video/webm", ".webm"),
        ("source", word(), "draft.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
         ".docx"),
    ],
)  # fmt: skip
def test_recordings_and_drafts_are_known_by_their_content(
    kind: str, data: bytes, name: str, content_type: str, suffix: str
) -> None:
    version = current(accept(data, name, kind))
    assert (version.content_type, version.suffix) == (content_type, suffix)


@pytest.mark.parametrize(
    ("kind", "data", "name", "words"),
    [
        ("audio", pdf(), "talk.mp3", "This is not an MP3"),
        ("video", b"<html>", "talk.mp4", "This is not an MP4"),
        ("source", word("word/vbaProject.bin"), "draft.docx", "This is not a Word document"),
        ("source", b"PK\x03\x04", "draft.docx", "This is not a Word document"),
        ("pdf", pdf(), "paper.pdf.exe", "The name of the file ends in .exe"),
    ],
)
def test_a_file_of_another_kind_is_refused(kind: str, data: bytes, name: str, words: str) -> None:
    with pytest.raises(UploadRefused, match=f"^{words}"):
        accept(data, name, kind)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("ஆய்வு 论文.pdf", "ஆய்வு 论文.pdf"),
        ("Cafe\u0301.pdf", "Café.pdf"),
        ("a\r\nb\x00c.pdf", "abc.pdf"),
        ("x" * 300 + ".pdf", "x" * 247 + ".pdf"),
        (".", ""),
    ],
)
def test_names_are_kept_fit_to_be_shown(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_replaced_file_keeps_its_address_and_name_and_changes_its_tag() -> None:
    document = accept()
    before = get(document)
    replace_document(document, upload(pdf(2), "another name.pdf"))
    after = get(document)
    assert [answer["Content-Disposition"] for answer in (before, after)] == [
        "inline; filename=\"CO25059.pdf\"; filename*=UTF-8''CO25059.pdf"
    ] * 2
    assert (before["ETag"] == after["ETag"], body(before), body(after)) == (False, pdf(), pdf(2))


def test_the_same_bytes_make_no_new_version() -> None:
    document = accept()
    assert replace_document(document, upload(pdf())) == document.versions.get()


def test_when_the_new_file_fails_the_old_one_still_serves(settings: Settings, tmp_path: Path) -> None:
    document = accept()
    folder = settings.MEDIA_ROOT
    (tmp_path / "full").touch()
    settings.MEDIA_ROOT = tmp_path / "full"
    with pytest.raises(UploadRefused, match=r"^The file could not be stored"):
        replace_document(document, upload(pdf(2)))
    settings.MEDIA_ROOT = folder
    with pytest.raises(UploadRefused):
        replace_document(document, upload(b"<html>"))
    assert (body(get(document)), document.versions.count()) == (pdf(), 1)


@pytest.mark.django_db(transaction=True)
def test_replacements_at_once_get_different_numbers() -> None:
    document = accept()

    def replace(pages: int) -> int:
        try:
            return replace_document(Document.objects.get(pk=document.pk), upload(pdf(pages))).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(replace, range(2, 6))) == [2, 3, 4, 5]
    document.refresh_from_db()
    assert current(document).number == 5


@pytest.mark.django_db(transaction=True)
def test_two_hundred_readers_during_a_replacement_get_the_old_or_the_new_file_and_never_a_mix() -> None:
    old, new = pdf(1), pdf(40)
    document = accept(old)
    started = threading.Barrier(9)

    def read(number: int) -> tuple[str, str]:
        if number < 8:
            started.wait()
        try:
            answer = get(Document.objects.get(pk=document.pk))
            return answer["Content-Length"], hashlib.sha256(body(answer)).hexdigest()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(read, range(200))
        started.wait()
        replace_document(document, upload(new))
        seen = set(answers)
    whole = {(str(len(data)), hashlib.sha256(data).hexdigest()) for data in (old, new)}
    assert seen | whole == whole
    assert body(get(document)) == new


def test_a_reader_who_has_the_file_is_told_so() -> None:
    document = accept()
    first = get(document)
    first.close()
    by_tag = get(document, **{"If-None-Match": first["ETag"]})
    by_date = get(document, **{"If-Modified-Since": first["Last-Modified"]})
    assert (by_tag.status_code, by_date.status_code) == (304, 304)
    assert current(document).sha256 not in first["ETag"]


@pytest.mark.parametrize(
    ("asked", "status", "told", "part"),
    [
        ("bytes=0-99", 206, "bytes 0-99/{size}", slice(0, 100)),
        ("bytes=100-", 206, "bytes 100-{last}/{size}", slice(100, None)),
        ("bytes=-50", 206, "bytes {from_end}-{last}/{size}", slice(-50, None)),
        ("bytes=0-999999999", 206, "bytes 0-{last}/{size}", slice(0, None)),
        ("bytes=5-1", 200, None, slice(None)),
        ("bytes=0-1,4-5", 200, None, slice(None)),
        ("chapters=1-2", 200, None, slice(None)),
        ("bytes=-", 200, None, slice(None)),
        ("bytes=99999999-", 416, "bytes */{size}", slice(0)),
        ("bytes=-0", 416, "bytes */{size}", slice(0)),
    ],
)
def test_a_part_can_be_asked_for(asked: str, status: int, told: str | None, part: slice) -> None:
    document, data = accept(), pdf()
    answer = get(document, Range=asked)
    size = len(data)
    expected = told and told.format(size=size, last=size - 1, from_end=size - 50)
    assert (answer.status_code, answer.get("Content-Range"), body(answer)) == (status, expected, data[part])


def test_a_part_of_a_file_that_changed_since_is_the_whole_new_file() -> None:
    document = accept()
    stale = get(document)
    stale.close()
    replace_document(document, upload(pdf(2)))
    assert body(get(document, **{"Range": "bytes=0-9", "If-Range": stale["ETag"]})) == pdf(2)
    latest = get(document)
    latest.close()
    fresh = latest["ETag"]
    assert body(get(document, **{"Range": "bytes=0-9", "If-Range": fresh})) == pdf(2)[:10]


def test_nothing_in_a_document_may_run_as_part_of_the_site() -> None:
    answer = get(accept())
    answer.close()
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"].split(";")[0]) == (
        "nosniff",
        "default-src 'none'",
    )


def test_older_versions_are_for_staff_unless_they_were_made_public() -> None:
    document = accept()
    replace_document(document, upload(pdf(2)))
    staff = User(is_staff=True)
    with pytest.raises(Http404):
        get(document, "/x.pdf?version=1")
    assert body(get(document, "/x.pdf?version=1", staff)) == pdf()
    document.versions.filter(number=1).update(is_public=True)
    assert body(get(document, "/x.pdf?version=1")) == pdf()
    assert body(get(document, "/x.pdf?version=2")) == pdf(2)


@pytest.mark.parametrize("asked", ["0", "3", "-1", "x", "", "1e3", "٣", "9" * 40])
def test_a_version_that_is_not_there_is_not_found(asked: str) -> None:
    with pytest.raises(Http404):
        get(accept(), f"/x.pdf?version={asked}", User(is_staff=True))


def test_an_authors_file_is_for_staff_only() -> None:
    document = accept(word(), "draft.docx", "source")
    with pytest.raises(Http404):
        get(document)
    assert body(get(document, user=User(is_staff=True))) == word()
