"""The publications desk in a real browser: suggestions, rows of authors, and work that outlives whatever happens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from publications.models import Publication, Series
from tests.factories import (
    PASSWORD,
    AppointmentFactory,
    PersonFactory,
    PublicationFactory,
    SeriesFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def series() -> Series:
    return SeriesFactory.create(commentary=True)


def sign_in(page: Page) -> None:
    page.fill("#id_username", "ed")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")


@pytest.fixture
def desk(page: Page) -> Page:
    UserFactory.create(username="ed", is_staff=True, is_superuser=True)
    page.goto("/admin/login/")
    sign_in(page)
    return page


def open_form(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#cke_id_body .cke_editable")


def new_piece(series: Series) -> str:
    return f"/admin/publications/publication/add/?series={series.pk}"


def type_text(page: Page, text: str) -> None:
    editor = page.locator("#cke_id_body .cke_editable")
    editor.click()
    page.keyboard.type(text)


def test_j12_a_person_is_chosen_from_suggestions_with_the_keyboard(desk: Page, series: Series) -> None:
    person = PersonFactory.create(name="Nguyễn Thị Lan")
    AppointmentFactory.create(person=person, title="Senior Fellow", centre=None)
    open_form(desk, new_piece(series))
    desk.fill("#id_title", "On Straits")
    box = desk.get_by_role("combobox", name="Name")
    box.press_sequentially("lan nguy")
    expect(desk.locator(".finder-list [role=option]")).to_have_text("Nguyễn Thị LanSenior Fellow")
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("Nguyễn Thị Lan")
    desk.click("[name=_save]")
    expect(desk.locator(".messagelist")).to_contain_text("Saved.")
    assert Publication.objects.get().authorships.get().person == person


def test_j12_a_name_that_nobody_has_is_said_to_make_a_new_person(desk: Page, series: Series) -> None:
    PersonFactory.create(name="Ann Tan")
    open_form(desk, new_piece(series))
    box = desk.get_by_role("combobox", name="Name")
    said = desk.locator("[data-author-row] .finder-status")
    box.press_sequentially("Ann Tam")
    expect(said).to_be_visible()
    expect(said).to_have_text("Nobody has this name yet. Saving makes a new person of it.")
    box.press("Backspace")
    expect(desk.locator(".finder-list [role=option]")).to_have_text("Ann Tan")
    box.press("ArrowDown")
    box.press("Enter")
    expect(said).to_have_text("")


@pytest.mark.parametrize("place", ["#id_title", "#cke_id_body .cke_editable"])
def test_a_piece_is_saved_by_key_from_wherever_one_types(desk: Page, series: Series, place: str) -> None:
    open_form(desk, new_piece(series))
    desk.fill("#id_title", "Saved by key")
    desk.locator(place).focus()
    desk.keyboard.press("Control+s")
    expect(desk.locator(".messagelist")).to_contain_text("Saved.")
    assert Publication.objects.get().title == "Saved by key"


def test_the_state_of_a_piece_and_what_follows_a_tree_are_reached_without_passing_what_is_between(desk: Page) -> None:
    for number in range(13):
        TopicFactory.create(name=f"Topic {number:02}")
    piece = PublicationFactory.create()
    open_form(desk, f"/admin/publications/publication/{piece.pk}/change/")
    desk.get_by_role("link", name="Skip to state and saving").press("Enter")
    expect(desk.locator("#state-heading")).to_be_focused()
    desk.locator(".skip-tree[href='#id_topics-end']").press("Enter")
    expect(desk.locator("#id_topics-end")).to_be_focused()
    desk.keyboard.press("Tab")
    expect(desk.locator("#id_topics :focus")).to_have_count(0)


def test_j13_authors_change_places_by_keyboard_and_the_change_is_announced(desk: Page) -> None:
    people = [PersonFactory.create(name=name) for name in ("Ann Tan", "Ben Goh")]
    piece = PublicationFactory.create(authors=people)
    open_form(desk, f"/admin/publications/publication/{piece.pk}/change/")
    desk.locator("[data-author-row]").nth(1).get_by_role("button", name="Up").press("Enter")
    expect(desk.locator("[data-author-status]")).to_have_text("Ben Goh is now number 1 of 3.")
    desk.click("[name=_save]")
    expect(desk.locator(".messagelist")).to_contain_text("Saved.")
    assert [row.person.name for row in piece.authorships.all()] == ["Ben Goh", "Ann Tan"]


def test_an_author_is_added_and_another_removed(desk: Page) -> None:
    piece = PublicationFactory.create(authors=[PersonFactory.create(name="Ann Tan")])
    open_form(desk, f"/admin/publications/publication/{piece.pk}/change/")
    desk.locator("[data-author-row]").first.get_by_role("button", name="Remove").click()
    desk.get_by_role("button", name="Add an author").click()
    desk.keyboard.type("Cy Lee")
    desk.click("[name=_save]")
    expect(desk.locator(".messagelist")).to_contain_text("Saved.")
    assert [row.person.name for row in piece.authorships.all()] == ["Cy Lee"]


def test_text_typed_before_the_session_ended_comes_back_after_signing_in(desk: Page, series: Series) -> None:
    open_form(desk, new_piece(series))
    desk.fill("#id_title", "Typed before the end")
    type_text(desk, "A paragraph that nobody wants to write twice.")
    desk.context.clear_cookies(name="session")
    desk.click("[name=_save]")
    sign_in(desk)
    desk.get_by_role("button", name="Bring back what you typed at").click()
    expect(desk.locator("#id_title")).to_have_value("Typed before the end")
    expect(desk.locator("#cke_id_body .cke_editable")).to_have_text("A paragraph that nobody wants to write twice.")
    desk.click("[name=_save]")
    expect(desk.locator(".messagelist")).to_contain_text("Saved.")
    assert "nobody wants to write twice" in Publication.objects.get().body
    open_form(desk, new_piece(series))
    expect(desk.locator("#id_title")).to_have_value("")
    expect(desk.locator(".keeper-offer")).to_have_count(0)


def test_text_typed_before_a_crash_is_offered_with_its_authors(desk: Page, series: Series) -> None:
    open_form(desk, new_piece(series))
    desk.fill("#id_title", "Before the crash")
    desk.get_by_role("button", name="Add an author").click()
    desk.keyboard.type("Cy Lee")
    expect(desk.locator(".keeper-status")).to_contain_text("Saved in this browser")
    crashed, after = desk, desk.context.new_page()
    crashed.close(run_before_unload=False)
    after.goto(new_piece(series))
    after.get_by_role("button", name="Bring back what you typed at").click()
    expect(after.locator("#id_title")).to_have_value("Before the crash")
    expect(after.locator("[data-author-row]").nth(1).get_by_role("combobox", name="Name")).to_have_value("Cy Lee")


def test_what_is_thrown_away_is_not_offered_again(desk: Page, series: Series) -> None:
    open_form(desk, new_piece(series))
    desk.fill("#id_title", "Not wanted")
    expect(desk.locator(".keeper-status")).to_contain_text("Saved in this browser")
    desk.on("dialog", lambda dialog: dialog.accept())
    open_form(desk, new_piece(series))
    desk.get_by_role("button", name="Throw it away").click()
    expect(desk.locator(".keeper-offer")).to_have_count(0)
    open_form(desk, new_piece(series))
    expect(desk.locator(".keeper-offer")).to_have_count(0)


def test_work_of_an_earlier_visit_is_not_lost_by_typing_on(desk: Page, series: Series) -> None:
    desk.on("dialog", lambda dialog: dialog.accept())
    for title in ("First visit", "Second visit"):
        open_form(desk, new_piece(series))
        desk.fill("#id_title", title)
        expect(desk.locator(".keeper-status")).to_contain_text("Saved in this browser")
    open_form(desk, new_piece(series))
    expect(desk.locator(".keeper-offer")).to_have_count(2)
    desk.locator(".keeper-offer").nth(1).get_by_role("button", name="Bring back what you typed at").click()
    expect(desk.locator("#id_title")).to_have_value("First visit")


def test_what_came_back_with_an_error_is_not_offered_once_it_is_saved(desk: Page, series: Series) -> None:
    open_form(desk, new_piece(series))
    type_text(desk, "A text that has no title yet.")
    desk.locator("form").evaluate_all("forms => forms.forEach(form => { form.noValidate = true; })")
    desk.click("[name=_save]")
    expect(desk.locator("#error-summary")).to_be_visible()
    desk.fill("#id_title", "Now it has one")
    desk.click("[name=_save]")
    expect(desk.locator(".messagelist")).to_contain_text("Saved.")
    open_form(desk, new_piece(series))
    expect(desk.locator(".keeper-offer")).to_have_count(0)


def test_leaving_with_unsaved_work_asks_first(desk: Page, series: Series) -> None:
    asked: list[str] = []
    open_form(desk, new_piece(series))
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.get_by_role("link", name="Coming up").click()
    assert asked == []
    open_form(desk, new_piece(series))
    desk.locator("#id_title").press_sequentially("Something")
    desk.get_by_role("link", name="Coming up").click()
    desk.wait_for_url("**/coming-up/")
    assert asked == ["beforeunload"]


def test_the_whole_form_works_without_scripts(new_page: Callable[..., Page], series: Series) -> None:
    UserFactory.create(username="ed", is_staff=True, is_superuser=True)
    page = new_page(java_script_enabled=False)
    page.goto("/admin/login/")
    sign_in(page)
    page.goto("/admin/publications/publication/add/")
    page.get_by_role("link", name="RSIS Commentary Series").click()
    page.fill("#id_title", "On Straits")
    page.fill("#id_authorships-0-person", "Cy Lee")
    page.fill("#id_body", "<p>At length.</p>")
    page.click("[name=_save]")
    piece = Publication.objects.get()
    assert (piece.title, piece.body) == ("On Straits", "<p>At length.</p>")
    assert piece.authorships.get().person.name == "Cy Lee"


def test_the_desk_fits_a_phone(new_page: Callable[..., Page], series: Series) -> None:
    UserFactory.create(username="ed", is_staff=True, is_superuser=True)
    piece = PublicationFactory.create(
        series=series, title="A Title of Many Words " * 6, authors=[PersonFactory.create()]
    )
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto("/admin/login/")
    sign_in(page)
    widths = {}
    for address in (
        "",
        "publications/publication/",
        f"publications/publication/{piece.pk}/change/",
        "publications/numberentry/",
    ):
        page.goto(f"/admin/{address}")
        widths[address] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(widths, 390)


def test_the_schedule_button_says_when_while_the_time_is_typed(desk: Page) -> None:
    piece = PublicationFactory.create()
    open_form(desk, f"/admin/publications/publication/{piece.pk}/change/")
    desk.fill("#schedule-for", "2031-03-20 06:00")
    expect(desk.locator("[data-schedule-button]")).to_have_text("Schedule for Thu 20 Mar 2031, 06:00 SGT")
