"""Pages, vacancies, honours and chairs at the desk."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from editorial import history, preview, publishing, roles, saving
from editorial.models import State
from institution.models import Honour, Page, Professorship, Question, Vacancy
from tests.desk_form import error_summary, form_data
from tests.factories import (
    AttachmentFactory,
    CentreFactory,
    DocumentFactory,
    EditionFactory,
    PageFactory,
    PersonFactory,
    PublicationFactory,
    QuestionFactory,
    UserFactory,
    VacancyFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def send(desk: Client, address: str, form: str, **fields: object) -> str:
    return error_summary(desk.post(address, form_data(desk.get(address), form) | fields))


def change(page: Page) -> str:
    return f"/admin/institution/page/{page.pk}/change/"


def test_a_page_is_drafted_below_another_and_published(desk: Client) -> None:
    about = PageFactory.create(slug="about", published=True)
    fields = {
        "title": "Introduction",
        "slug": "introduction",
        "parent": about.pk,
        "summary": "In short.",
        "body": "<p>At length.</p>",
    }
    assert send(desk, "/admin/institution/page/add/", "page_form", **fields) == ""
    page = Page.objects.get(slug="introduction")
    assert (page.path, page.state, desk.get("/about/introduction/").status_code) == (
        "about/introduction",
        State.DRAFT,
        404,
    )
    assert send(desk, change(page), "page_form", _step="publish") == ""
    assert desk.get("/about/introduction/").status_code == 200


@pytest.mark.parametrize(
    ("kind", "empty", "words"),
    [("text", "summary", "Write the summary"), ("text", "body", "Write the text"), ("message", "", "Say who signs")],
)
def test_an_unready_page_is_not_published(desk: Client, kind: str, empty: str, words: str) -> None:
    page = PageFactory.create(kind=kind)
    fields = {empty: ""} if empty else {}
    assert words in send(desk, change(page), "page_form", _step="publish", **fields)
    assert Page.objects.get(pk=page.pk).state == State.DRAFT


def test_a_vacancy_whose_day_has_passed_is_not_published(desk: Client) -> None:
    post = VacancyFactory.create(closes_on=timezone.localdate() - timedelta(days=1))
    address = f"/admin/institution/vacancy/{post.pk}/change/"
    assert "The closing date has passed" in send(desk, address, "vacancy_form", _step="publish")


def test_a_vacancy_is_listed_on_the_page_of_vacancies_without_being_asked(desk: Client) -> None:
    listed = PageFactory.create(kind="vacancies", published=True)
    fields = {
        "title": "Fellow",
        "slug": "fellow",
        "reference": "R-1",
        "closes_on": "2030-03-20",
        "closes_time": "17:00",
    }
    assert send(desk, "/admin/institution/vacancy/add/", "vacancy_form", **fields) == ""
    post = Vacancy.objects.get()
    assert (post.page, str(post.closes_at)) == (listed, "2030-03-20 09:00:00+00:00")


def test_a_closing_time_without_a_date_is_refused_in_words(desk: Client) -> None:
    post = VacancyFactory.create()
    address = f"/admin/institution/vacancy/{post.pk}/change/"
    assert "Give the closing date as well" in send(desk, address, "vacancy_form", closes_time="17:00")


def test_rows_of_a_kind_are_saved_with_the_page_and_come_back_with_it(desk: Client) -> None:
    page = PageFactory.create(kind="faq")
    first = {
        "questions-TOTAL_FORMS": "1",
        "questions-0-question": "Why?",
        "questions-0-answer": "<p>So.</p>",
        "questions-0-position": "0",
    }
    assert send(desk, change(page), "page_form", **first) == ""
    revision = history.latest(page)
    assert revision is not None
    Question.objects.update(question="What for?")
    QuestionFactory.create(page=page)
    page.refresh_from_db()
    assert saving.restore(page, revision, None) == []
    assert list(page.questions.values_list("question", flat=True)) == ["Why?"]


def test_the_form_holds_the_rows_of_its_kind_alone(desk: Client) -> None:
    page = desk.get(change(PageFactory.create(kind="programme"))).content.decode()
    held = [f"{name}-TOTAL_FORMS" in page for name in ("editions", "attachments", "questions", "routes")]
    assert held == [True, True, False, False]


def test_a_change_of_kind_is_saved_at_once(desk: Client) -> None:
    page = PageFactory.create()
    assert send(desk, change(page), "page_form", kind="faq") == ""
    assert "questions-TOTAL_FORMS" in desk.get(change(page)).content.decode()


def test_documents_and_reports_are_found_by_title(desk: Client) -> None:
    page = PageFactory.create(kind="programme")
    document, report = DocumentFactory.create(title="Accounts 2025"), PublicationFactory.create(title="What Was Said")
    rows = {
        "attachments-TOTAL_FORMS": "1", "attachments-0-label": "Accounts", "attachments-0-slug": "accounts",
        "attachments-0-document_words": "accounts", "attachments-0-position": "0",
        "editions-TOTAL_FORMS": "1", "editions-0-year": "2025", "editions-0-report_words": "what was",
    }  # fmt: skip
    assert send(desk, change(page), "page_form", **rows) == ""
    assert (page.attachments.get().document, page.editions.get().report) == (document, report)


def test_a_document_in_use_is_named_and_kept(desk: Client) -> None:
    attachment = AttachmentFactory.create()
    shown = desk.get(f"/admin/editorial/document/{attachment.document_id}/change/").content.decode()
    assert "The Accounts" in shown


def test_an_edition_without_sense_is_refused_in_words(desk: Client) -> None:
    page = PageFactory.create(kind="programme")
    EditionFactory.create(page=page, year=2025)
    rows = {
        "editions-TOTAL_FORMS": "2",
        "editions-1-year": "2026",
        "editions-1-starts_on": "2026-02-02",
        "editions-1-ends_on": "2026-02-01",
    }
    assert "It ends before it begins" in send(desk, change(page), "page_form", **rows)


def test_a_page_and_a_vacancy_are_previewed_as_typed_and_by_link(desk: Client, client: Client) -> None:
    page, post = PageFactory.create(slug="a", body="<p>Saved.</p>"), VacancyFactory.create(body="<p>Duties.</p>")
    data = form_data(desk.get(change(page)), "page_form") | {"body": "<p>Typed.</p>"}
    shown = desk.post(f"/admin/institution/page/{page.pk}/preview/", data)
    assert (b"Typed." in shown.content, "no-store" in shown["Cache-Control"]) == (True, True)
    client.logout()
    for item, words in ((page, b"Saved."), (post, b"Duties.")):
        response = client.get(preview.link_url(preview.make_link(item, None)))
        assert (response.status_code, words in response.content, b"application/ld+json" in response.content) == (
            200,
            True,
            False,
        )
        assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_honours_and_chairs_are_entered_with_people_and_names(desk: Client) -> None:
    person = PersonFactory.create(name="Nguyễn Thị Lan")
    honour = {
        "year": "2025",
        "award": "Prize",
        "recipients-TOTAL_FORMS": "2",
        "recipients-0-person_words": "nguyen lan",
        "recipients-0-position": "0",
        "recipients-1-name": "An Outsider",
        "recipients-1-position": "1",
    }
    assert send(desk, "/admin/institution/honour/add/", "honour_form", **honour) == ""
    assert [(row.person, str(row)) for row in Honour.objects.get().recipients.all()] == [
        (person, person.name),
        (None, "An Outsider"),
    ]
    chair = {"name": "Chair", "holders-TOTAL_FORMS": "1", "holders-0-name": "", "holders-0-started_on": "2025-01-01"}
    assert "Choose a person, or give a name" in send(
        desk, "/admin/institution/professorship/add/", "professorship_form", **chair
    )
    assert (
        send(
            desk,
            "/admin/institution/professorship/add/",
            "professorship_form",
            **chair | {"holders-0-name": "A Holder"},
        )
        == ""
    )
    assert Professorship.objects.get().holders.get().name == "A Holder"
    assert "A Holder" in desk.get("/admin/institution/professorship/").content.decode()
    assert "An Outsider" in desk.get("/admin/institution/honour/").content.decode()


def test_what_waits_stands_on_the_desk_and_in_coming_up(desk: Client) -> None:
    waiting = PageFactory.create(in_review=True, title="Page That Waits")
    VacancyFactory.create(scheduled=True, title="Post To Come", page__reviewed_on=timezone.localdate())
    PageFactory.create(published=True, title="Long Unseen", reviewed_on=timezone.localdate() - timedelta(days=366))
    today = desk.get("/admin/").content.decode()
    assert [words in today for words in ("Page That Waits", "Post To Come", "Long Unseen", change(waiting))] == [
        True
    ] * 4
    coming = desk.get("/admin/publications/publication/coming-up/").content.decode()
    assert ("Post To Come" in coming, "Page That Waits" in coming) == (True, False)


@pytest.mark.parametrize(
    ("role", "may"),
    [("Authors", (200, "Submit for review", False)), ("Publishers", (200, "Publish now", True))],
)
def test_authors_write_and_publishers_publish(client: Client, role: str, may: tuple[int, str, bool]) -> None:
    roles.load()
    user = UserFactory.create(is_staff=True)
    user.groups.set([Group.objects.get(name=role)])
    client.force_login(user)
    response = client.get(change(PageFactory.create()))
    shown = response.content.decode()
    assert (response.status_code, may[1] in shown, "Publish now" in shown) == (may[0], True, may[2])


@pytest.mark.parametrize("value", ["a\0b", "9" * 40, "-1", "x" * 100_000, "[]", "٣"], ids=repr)
def test_odd_values_in_the_forms_are_no_error(desk: Client, value: str) -> None:
    page, post = PageFactory.create(kind="programme"), VacancyFactory.create()
    names = (
        "title",
        "slug",
        "parent",
        "centre",
        "position",
        "signed_by",
        "signed_by_words",
        "shows",
        "reviewed_on",
        "kind",
        "closes_on",
        "closes_time",
        "page",
        "editions-TOTAL_FORMS",
        "version",
    )
    desk.raise_request_exception = False
    codes = []
    for address, form in (
        (change(page), "page_form"),
        (f"/admin/institution/vacancy/{post.pk}/change/", "vacancy_form"),
    ):
        data = form_data(desk.get(address), form)
        codes += [desk.post(address, data | {name: value}).status_code for name in names]
    assert [code for code in codes if code >= 500] == []


def test_the_list_of_pages_costs_the_same_whatever_is_in_it(desk: Client, django_assert_num_queries: object) -> None:
    counts = []
    for _more in range(2):
        PageFactory.create_batch(2, centre=CentreFactory.create())
        with django_assert_num_queries(9, exact=False) as asked:  # type: ignore[operator]
            desk.get("/admin/institution/page/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_steps_of_a_page_are_told_as_of_any_item(desk: Client) -> None:
    page = PageFactory.create(slug="a")
    publishing.publish(page, timezone.now(), None)
    withdrawn = {"_step": "withdraw", "withdrawal_reason": "Out of date.", "withdrawal_confirmed": "on"}
    assert send(desk, change(page), "page_form", **withdrawn) == ""
    assert "Out of date." in desk.get("/a/").content.decode()
