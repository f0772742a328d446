"""The rich text editor in a real browser: every function works under the policy of its form, and nothing hostile runs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from editorial.models import Rendition
from publications.models import Publication, Series
from tests.editorial.docx_builder import docx, inserted, paragraph, reference
from tests.editorial.test_html import HOSTILE
from tests.factories import ImageFactory, PublicationFactory, SeriesFactory, UserFactory, jpeg

pytestmark = pytest.mark.django_db(transaction=True)

EDITABLE = "#cke_id_body .cke_editable"
REPORT = ".rich-text-report"


@pytest.fixture
def series() -> Series:
    return SeriesFactory.create()


@pytest.fixture
def desk(page: Page, live_server: LiveServer, client: Client) -> Page:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return page


@pytest.fixture
def editor(desk: Page, series: Series) -> Iterator[Page]:
    """A new piece, with the cursor in its text."""
    desk.goto(f"/admin/publications/publication/add/?series={series.pk}")
    ready(desk)
    desk.locator(EDITABLE).click()
    return desk


def ready(page: Page) -> None:
    expect(page.locator(f"{EDITABLE}[contenteditable=true]")).to_be_visible()


def wait_for_report(page: Page) -> str:
    report = page.locator(REPORT).first
    expect(report).not_to_be_empty()
    return report.text_content() or ""


def written(page: Page) -> str:
    data: str = page.evaluate("CKEDITOR.instances.id_body.getData()")
    return "".join(line.strip() for line in data.splitlines())


def press(page: Page, button: str) -> None:
    page.locator(f"#cke_id_body .cke_button__{button}").click()


def paste(page: Page, html: str) -> None:
    """What the browser does with a clipboard that holds HTML."""
    page.locator(EDITABLE).evaluate(
        """(box, html) => {
            const clipboard = new DataTransfer();
            clipboard.setData("text/html", html);
            clipboard.setData("text/plain", "plain");
            box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: clipboard, bubbles: true, cancelable: true}));
        }""",
        html,
    )


def ok(page: Page) -> None:
    page.locator(".cke_dialog:visible .cke_dialog_ui_button_ok").click()


def save(page: Page) -> None:
    with page.expect_navigation():
        page.locator("[name=_save]").first.click()


def test_words_can_be_written_emphasised_and_made_headings(editor: Page) -> None:
    editor.keyboard.type("A heading")
    editor.locator("#cke_id_body .cke_combo__format .cke_combo_button").click()
    editor.frame_locator("iframe.cke_panel_frame:visible").get_by_role("option", name="Heading 2").click()
    editor.locator(EDITABLE).press("End")
    editor.keyboard.press("Enter")
    press(editor, "bold")
    editor.keyboard.type("bold")
    press(editor, "bold")
    editor.keyboard.type(" plain")
    assert written(editor) == "<h2>A heading</h2><p><strong>bold</strong> plain</p>"


def test_the_box_has_a_name_for_screen_readers(editor: Page) -> None:
    assert editor.locator(EDITABLE).get_attribute("role") == "textbox"
    assert editor.locator(EDITABLE).get_attribute("aria-label") == "Text"


def test_a_link_is_made_in_its_dialog(editor: Page) -> None:
    editor.keyboard.type("word")
    editor.locator(f"{EDITABLE} p").dblclick(position={"x": 12, "y": 12})
    press(editor, "link")
    editor.locator(".cke_dialog:visible").get_by_label("URL").fill("https://example.org/a")
    ok(editor)
    assert written(editor) == '<p><a href="https://example.org/a">word</a></p>'


def test_a_table_has_a_header_row_and_a_caption_and_no_looks(editor: Page) -> None:
    press(editor, "table")
    dialog = editor.locator(".cke_dialog:visible")
    dialog.get_by_label("Headers").select_option("row")
    dialog.get_by_label("Caption").fill("Trade")
    ok(editor)
    data = written(editor)
    assert "<caption>Trade</caption>" in data
    assert data.count('<th scope="col">') == 2
    assert "style=" not in data
    assert "border" not in data


def test_a_note_is_written_changed_and_deleted_and_numbered_as_it_stands(editor: Page) -> None:
    editor.keyboard.type("Word")
    press(editor, "footnote")
    box = editor.locator(".cke_dialog:visible .note-box")
    box.press_sequentially("See ")
    editor.locator(".cke_dialog:visible").get_by_role("button", name="Italic").click()
    box.press_sequentially("Survival")
    ok(editor)
    assert written(editor) == ('<p>Word<sup class="fn" data-note="See &lt;em&gt;Survival&lt;/em&gt;"></sup></p>')
    shown = editor.locator(f"{EDITABLE} sup.fn")
    assert shown.evaluate("mark => getComputedStyle(mark, '::after').content") == '"[" counter(note) "]"'

    shown.dblclick()
    assert box.inner_html() == "See <em>Survival</em>"
    box.press("End")
    box.press_sequentially(", p. 4")
    ok(editor)
    assert "Survival, p. 4" in written(editor)

    shown.dblclick()
    editor.locator(".cke_dialog:visible").get_by_role("button", name="Delete note").click()
    assert written(editor) == "<p>Word</p>"


def test_an_empty_note_is_not_made(editor: Page) -> None:
    editor.keyboard.type("Word")
    press(editor, "footnote")
    messages: list[str] = []
    editor.once("dialog", lambda dialog: (messages.append(dialog.message), dialog.accept()))
    ok(editor)
    assert messages == ["Write the note, or choose Cancel."]
    editor.locator(".cke_dialog:visible .cke_dialog_ui_button_cancel").click()
    assert written(editor) == "<p>Word</p>"


def test_a_picture_comes_from_the_library_with_its_words(editor: Page) -> None:
    image = ImageFactory(title="Port of Tuas", alt="Cranes at dawn", caption="Tuas", credit="A. Tan")
    Rendition.objects.filter(image=image).delete()
    name = f"renditions/{image.sha256[:32]}/full-480.jpg"
    Path(settings.MEDIA_ROOT, name).parent.mkdir(parents=True, exist_ok=True)
    Path(settings.MEDIA_ROOT, name).write_bytes(jpeg(480, 320))
    Rendition.objects.create(image=image, width=480, height=320, format="jpeg", file=name)
    press(editor, "picture")
    dialog = editor.locator(".cke_dialog:visible")
    dialog.get_by_label("Find a picture").fill("tuas")
    dialog.get_by_role("button", name="Port of Tuas").click()
    ok(editor)
    assert written(editor) == (
        f'<figure class="image"><img alt="Cranes at dawn" height="320" src="/files/{name}" width="480" />'
        "<figcaption>Tuas – A. Tan</figcaption></figure>"
    )


WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><p class=MsoNormal style="color:red">One<a href="#_ftn1" '
    'name="_ftnref1"><span class=MsoFootnoteReference>[1]</span></a><o:p></o:p></p><p class=MsoListParagraph '
    'style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">·<span>&nbsp; </span></span>item</p>'
    '<div style="mso-element:footnote-list"><hr><div id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1">[1]</a> '
    "The note</p></div></div></body></html>"
)


def test_a_paste_from_word_is_cleaned_reported_and_undone(editor: Page) -> None:
    editor.keyboard.type("Before. ")
    paste(editor, WORD)
    assert wait_for_report(editor) == "Pasted and cleaned. Removed: 1 font or colour."
    assert editor.locator(REPORT).first.get_attribute("aria-live") == "polite"
    assert written(editor).endswith('One<sup class="fn" data-note="The note"></sup></p><ul><li>item</li></ul>')
    press(editor, "undo")
    assert written(editor) in {"<p>Before.</p>", "<p>Before.&nbsp;</p>", "<p>Before. </p>"}


def test_a_word_file_fills_the_form_after_changes_are_accepted(editor: Page, complaints: list[str]) -> None:
    file = docx(
        paragraph("A title", style="Title"),
        paragraph("Synopsis"),
        paragraph("In short."),
        paragraph("Commentary"),
        paragraph("Text", reference(1), inserted(" new", "R. Kumar")),
        footnotes={1: paragraph("A note")},
    )
    asked: list[str] = []
    editor.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    with editor.expect_file_chooser() as chooser:
        press(editor, "docx")
    chooser.value.set_files([{"name": "a.docx", "mimeType": "application/zip", "buffer": file.getvalue()}])
    assert wait_for_report(editor).startswith("The text was taken from the file. 1 note was linked.")
    assert len(asked) == 1
    assert "R. Kumar: 1" in asked[0]
    assert editor.locator("#id_title").input_value() == "A title"
    assert editor.locator("#id_synopsis").input_value() == "In short."
    assert written(editor) == '<p>Text<sup class="fn" data-note="A note"></sup> new</p>'
    assert len(complaints) == 1  # the browser itself says that the first answer was 409
    complaints.clear()


def test_a_file_that_is_not_word_changes_nothing(editor: Page, complaints: list[str]) -> None:
    editor.keyboard.type("Mine")
    with editor.expect_file_chooser() as chooser:
        press(editor, "docx")
    chooser.value.set_files([{"name": "a.docx", "mimeType": "application/zip", "buffer": b"%PDF"}])
    assert wait_for_report(editor) == "This is not a Word document. Choose a file that ends in .docx."
    assert written(editor) == "<p>Mine</p>"
    assert len(complaints) == 1  # the browser itself says that the answer was 422
    complaints.clear()


def test_the_source_can_be_read_and_is_filtered(editor: Page) -> None:
    press(editor, "source")
    source = editor.locator("#cke_id_body textarea.cke_source")
    source.fill(
        '<h2 style="color:red" onclick="x">H</h2><p>a<script>hacked = 1</script><img src=x onerror="hacked = 2"></p>'
    )
    press(editor, "source")
    ready(editor)
    assert written(editor).startswith("<h2>H</h2><p>a")
    assert editor.evaluate("window.hacked") is None
    editor.evaluate("CKEDITOR.instances.id_body.setData('')")


def test_a_saved_text_is_stored_clean_and_comes_back(editor: Page) -> None:
    editor.keyboard.type("Stored")
    editor.evaluate('CKEDITOR.instances.id_body.insertHtml(\'<sup class="fn" data-note="n"></sup>\')')
    editor.fill("#id_title", "A title")
    save(editor)
    stored = Publication.objects.get()
    editor.goto(f"/admin/publications/publication/{stored.pk}/change/")
    ready(editor)
    assert stored.body == '<p>Stored<sup class="fn" data-note="n"></sup></p>'
    assert written(editor) == stored.body


def test_nothing_hostile_runs_when_the_editor_opens_it_or_takes_it_in(desk: Page, complaints: list[str]) -> None:
    everything = "".join(HOSTILE).replace("alert(1)", "window.hacked=1")
    piece = PublicationFactory()
    # Around the ORM, as a row from before a rule would be.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE publications_publication SET body = %s WHERE id = %s", [everything, piece.pk])
    desk.goto(f"/admin/publications/publication/{piece.pk}/change/")
    ready(desk)
    assert desk.evaluate("window.hacked") is None
    assert [line for line in complaints if "404" not in line] == []
    for part in HOSTILE:
        desk.evaluate("html => CKEDITOR.instances.id_body.setData(html)", part.replace("alert(1)", "window.hacked=1"))
    paste(desk, everything)
    wait_for_report(desk)
    assert desk.evaluate("window.hacked") is None
    desk.evaluate("CKEDITOR.instances.id_body.setData('')")
    # The browser lists what the policy stopped (pictures of another site among it); no script failed, because none ran.
    assert [line for line in complaints if line.startswith("script:")] == []
    complaints.clear()


def test_a_hostile_note_does_not_run_when_its_dialog_opens(editor: Page) -> None:
    hostile = '<p>x<sup class="fn" data-note="&lt;img src=x onerror=&quot;window.hacked=1&quot;&gt;words&lt;a href=&quot;javascript:1&quot;&gt;l&lt;/a&gt;"></sup></p>'
    editor.evaluate("html => CKEDITOR.instances.id_body.setData(html)", hostile)
    editor.locator(f"{EDITABLE} sup.fn").dblclick()
    assert editor.locator(".cke_dialog:visible .note-box").inner_html() == "wordsl"
    assert editor.evaluate("window.hacked") is None
    editor.locator(".cke_dialog:visible .cke_dialog_ui_button_cancel").click()


def test_without_scripts_the_text_is_written_in_a_plain_box(
    series: Series, new_page: Callable[..., Page], live_server: LiveServer, client: Client
) -> None:
    page = new_page(java_script_enabled=False)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(f"/admin/publications/publication/add/?series={series.pk}")
    page.fill("#id_title", "A title")
    page.fill("#id_body", "One.\n\nTwo <script>x</script>")
    save(page)
    assert Publication.objects.get().body == "<p>One.</p>\n<p>Two</p>"
