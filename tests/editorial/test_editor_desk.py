"""What the editor asks the server: who may ask, and what comes back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from editorial import desk_views
from editorial.models import Image, Rendition
from tests.editorial.docx_builder import docx, inserted, paragraph
from tests.factories import ImageFactory, UserFactory

pytestmark = pytest.mark.django_db

PASTE, DOCX, IMAGES = "/admin/editor/paste/", "/admin/editor/docx/", "/admin/editor/images.json"


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True))
    return client


def test_only_staff_may_ask(client: Client) -> None:
    client.force_login(UserFactory())
    answers = [client.get(IMAGES), client.post(PASTE, {"html": "x"}), client.post(DOCX)]
    assert [(answer.status_code, answer.headers["Location"].split("?")[0]) for answer in answers] == [
        (302, "/admin/login/")
    ] * 3


def test_a_request_from_another_site_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(is_staff=True))
    assert [client.post(PASTE, {"html": "x"}).status_code, client.post(DOCX).status_code] == [403, 403]


def test_reading_by_post_and_writing_by_get_are_refused(editor: Client) -> None:
    assert [editor.post(IMAGES).status_code, editor.get(PASTE).status_code, editor.get(DOCX).status_code] == [
        405,
        405,
        405,
    ]


def test_a_paste_comes_back_clean_with_one_line_about_what_was_dropped(editor: Client) -> None:
    html = "<p class=MsoNormal style='color:red'>a<script>x</script></p>"
    answer = editor.post(PASTE, {"html": html})
    assert answer.json() == {"html": "<p>a</p>", "report": "Removed: 1 font or colour, 1 script."}
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_paste_that_is_too_large_is_refused_in_words(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_views, "MAX_PASTE", 10)
    answer = editor.post(PASTE, {"html": "x" * 11})
    assert (answer.status_code, answer.json()) == (
        413,
        {"error": "This is too much to paste at once. Paste it in parts."},
    )


def test_a_word_file_becomes_the_fields_of_a_draft(editor: Client) -> None:
    file = SimpleUploadedFile(
        "a.docx", docx(paragraph("T", style="Title"), paragraph("By A"), paragraph("Text.")).getvalue()
    )
    assert editor.post(DOCX, {"file": file}).json() == {
        "title": "T",
        "byline": "A",
        "synopsis": "",
        "body": "<p>Text.</p>",
        "about": "",
        "report": [],
    }


def test_tracked_changes_are_asked_about_and_then_accepted(editor: Client) -> None:
    data = docx(paragraph("a", inserted("b", "R. Kumar"))).getvalue()
    asked = editor.post(DOCX, {"file": SimpleUploadedFile("a.docx", data)})
    assert (asked.status_code, asked.json()["can_accept"]) == (409, True)
    assert "R. Kumar: 1" in asked.json()["error"]
    accepted = editor.post(DOCX, {"file": SimpleUploadedFile("a.docx", data), "accept_changes": "1"})
    assert accepted.json()["body"] == "<p>ab</p>"


@pytest.mark.parametrize(("data", "status"), [({}, 400), ({"file": SimpleUploadedFile("a.docx", b"%PDF")}, 422)])
def test_what_is_no_word_file_is_refused_in_words(
    editor: Client, data: dict[str, SimpleUploadedFile], status: int
) -> None:
    answer = editor.post(DOCX, data)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


def pictures(number: int, start: int = 0) -> list[Image]:
    return [ImageFactory(title=f"Picture {n}", sha256=f"{n:064}") for n in range(start, start + number)]


def ready(image: Image) -> str:
    """Give a picture a rendition that can be shown and return its address."""
    rendition, _new = Rendition.objects.get_or_create(image=image, crop="full", width=480, format=Rendition.Format.JPEG)
    Rendition.objects.filter(pk=rendition.pk).update(file=f"renditions/x/full-{image.pk}.jpg", height=320)
    return f"/files/renditions/x/full-{image.pk}.jpg"


def test_the_library_is_found_by_any_of_its_words(editor: Client) -> None:
    Image.objects.all().delete()
    port = ImageFactory(title="Port of Tuas", alt="Cranes at dawn", credit="A. Tan", caption="Tuas")
    ImageFactory(title="Parliament")
    Rendition.objects.all().delete()
    address = ready(port)
    answer = editor.get(IMAGES, {"q": "tuas cranes"}).json()
    assert answer == {
        "images": [
            {"src": address, "width": 480, "height": 320, "title": "Port of Tuas", "alt": "Cranes at dawn", "caption": "Tuas", "credit": "A. Tan"}
        ],
        "next": None,
    }  # fmt: skip


def test_the_library_comes_in_pages_and_wrong_pages_are_empty(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_views, "IMAGES_A_PAGE", 1)
    for image in pictures(2):
        ready(image)
    assert [len(editor.get(IMAGES, {"page": page}).json()["images"]) for page in ("0", "1", "2", "-1", "x")] == [
        1,
        1,
        0,
        1,
        1,
    ]
    assert [editor.get(IMAGES, {"page": page}).json()["next"] for page in ("0", "1")] == [1, None]


def test_a_listing_of_pictures_costs_the_same_for_one_and_for_three(editor: Client) -> None:
    counts: list[int] = []
    for number in (1, 3):
        for image in pictures(number, start=10 * number):
            ready(image)
        with CaptureQueriesContext(connection) as queries:
            editor.get(IMAGES)
        counts.append(len(queries))
    assert counts[0] == counts[1]
