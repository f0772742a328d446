"""The publications desk without scripts: choosing a series, filling in the form, authors, lists and numbers."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfWriter
from pytest_django import DjangoAssertNumQueries

from editorial import roles
from editorial.models import Image, State, User
from people.models import Person
from publications import numbering
from publications.models import NumberEntry, Publication, ReaderResponse, Series
from tests.desk_form import error_summary, form_data
from tests.factories import (
    AppointmentFactory,
    AuthorshipFactory,
    CentreFactory,
    PersonFactory,
    PublicationFactory,
    ReaderResponseFactory,
    SeriesFactory,
    TopicFactory,
    UserFactory,
    jpeg,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/publications/publication/"


@pytest.fixture
def editor() -> User:
    return UserFactory.create(is_staff=True, is_superuser=True)


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def commentary() -> Series:
    return SeriesFactory.create(commentary=True)


def fill_in(desk: Client, address: str, **values: Any) -> Any:
    """Open the form, change what is given, press “Save and continue”."""
    data = form_data(desk.get(address), "publication_form")
    return desk.post(address, data | {"_continue": "1"} | values)


def add(desk: Client, series: Series, **values: Any) -> Any:
    return fill_in(desk, f"{LIST}add/?series={series.pk}", **({"title": "On Straits"} | values))


def change(desk: Client, piece: Publication, **values: Any) -> Any:
    return fill_in(desk, f"{LIST}{piece.pk}/change/", **values)


def author(row: int, name: str, **more: Any) -> dict[str, Any]:
    values = {f"authorships-{row}-person_words": name, f"authorships-{row}-role": "author"}
    return values | {f"authorships-{row}-{key}": value for key, value in more.items()}


def blank_pdf(pages: int) -> bytes:
    """As a scanner gives it: pages without text."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    held = BytesIO()
    writer.write(held)
    return held.getvalue()


def test_adding_begins_with_a_page_of_series_and_their_next_numbers(desk: Client, commentary: Series) -> None:
    page = desk.get(f"{LIST}add/").content.decode()
    assert f'href="{LIST}add/?series={commentary.pk}"' in page
    assert f"next number CO{timezone.localdate():%y}001" in page


def test_a_new_piece_is_a_draft_of_its_series_without_a_number(desk: Client, commentary: Series, editor: User) -> None:
    response = add(desk, commentary, synopsis="In short.", body="<p>At length.</p>", tags="sea, law")
    assert error_summary(response) == ""
    piece = Publication.objects.get()
    assert (piece.series, piece.state, piece.number, piece.slug) == (commentary, State.DRAFT, None, "on-straits")
    assert (piece.created_by, piece.updated_by) == (editor, editor)
    assert sorted(piece.tags.names()) == ["law", "sea"]


@pytest.mark.parametrize("shape", Series.Shape.values)
def test_the_form_of_every_kind_of_piece_saves(desk: Client, shape: str) -> None:
    response = add(desk, SeriesFactory.create(shape=shape))
    assert error_summary(response) == ""
    assert Publication.objects.get().title == "On Straits"


def test_an_error_keeps_everything_typed_and_links_to_its_field(desk: Client, commentary: Series) -> None:
    topic = TopicFactory.create()
    response = add(
        desk, commentary, title="", synopsis="Kept.", body="<p>Kept too.</p>", topics=[topic.pk], **author(0, "Ann Tan")
    )
    assert not Publication.objects.exists()
    assert not Person.objects.exists()
    assert '<a href="#id_title">Title</a>' in response.content.decode()
    kept = form_data(response, "publication_form")
    assert (kept["synopsis"], kept["body"], kept["topics"]) == ("Kept.", "<p>Kept too.</p>", [str(topic.pk)])
    assert kept["authorships-0-person_words"] == "Ann Tan"


def test_a_name_nobody_has_makes_a_person_without_a_sign_in(desk: Client, commentary: Series) -> None:
    add(desk, commentary, **author(0, "  Ann   Tan "))
    row = Publication.objects.get().authorships.get()
    assert (row.person.name, row.person.user, row.printed_name) == ("Ann Tan", None, "Ann Tan")


def test_a_name_somebody_has_asks_who_is_meant(desk: Client, commentary: Series) -> None:
    known = PersonFactory.create(name="Nguyễn Thị Lan")
    AppointmentFactory.create(person=known, title="Senior Fellow", centre=CentreFactory.create(name="Centre of Seas"))
    AuthorshipFactory.create(person=known, publication__title="An Earlier Piece")
    response = add(desk, commentary, **author(0, "Lan Nguyen Thi"))
    assert "There is somebody of this name already" in error_summary(response)
    page = response.content.decode()
    assert "Nguyễn Thị Lan · Senior Fellow, Centre of Seas · An Earlier Piece" in page
    assert Person.objects.count() == 1


@pytest.mark.parametrize(("answer", "people"), [("known", 1), ("new", 2)])
def test_the_answer_decides_between_the_known_person_and_a_new_one(
    desk: Client, commentary: Series, answer: str, people: int
) -> None:
    known = PersonFactory.create(name="Wei Lim")
    who = str(known.pk) if answer == "known" else "new"
    response = add(desk, commentary, **author(0, "Lim Wei", same_person=who))
    assert error_summary(response) == ""
    assert Person.objects.count() == people
    assert (Publication.objects.get().authorships.get().person == known) is (answer == "known")


def test_post_and_unit_of_today_are_printed_once_and_stay_as_edited(desk: Client, commentary: Series) -> None:
    person = PersonFactory.create(name="Wei Lim")
    post = AppointmentFactory.create(person=person, title="Fellow", centre=CentreFactory.create(name="Centre of Seas"))
    add(desk, commentary, **author(0, "Wei Lim", person=str(person.pk)))
    piece = Publication.objects.get()
    row = piece.authorships.get()
    assert (row.printed_affiliation, row.printed_note) == (
        "Fellow, Centre of Seas",
        "Wei Lim is Fellow, Centre of Seas, at RSIS.",
    )
    post.title = "Dean"
    post.save()
    change(desk, piece, **{"authorships-0-printed_note": ""})
    row.refresh_from_db()
    assert (row.printed_affiliation, row.printed_note) == ("Fellow, Centre of Seas", "")


def test_authors_are_kept_in_the_order_of_their_figures(desk: Client, commentary: Series) -> None:
    names = ["Ann Tan", "Ben Goh", "Cy Lee"]
    rows = author(0, names[0], position="3") | author(1, names[1], position="1") | author(2, names[2], position="2")
    add(desk, commentary, **rows, **{"authorships-TOTAL_FORMS": "3"})
    piece = Publication.objects.get()
    assert [(row.position, row.person.name) for row in piece.authorships.all()] == [
        (1, "Ben Goh"),
        (2, "Cy Lee"),
        (3, "Ann Tan"),
    ]
    change(desk, piece, **{"authorships-0-position": "9"})
    assert [row.person.name for row in piece.authorships.all()] == ["Cy Lee", "Ann Tan", "Ben Goh"]


def test_a_picture_uploaded_with_a_piece_joins_the_library(desk: Client, commentary: Series) -> None:
    upload = SimpleUploadedFile("boats.jpg", jpeg(), "image/jpeg")
    add(desk, commentary, new_image=upload, new_image_alt="Boats at dusk.", new_image_credit="A. Photographer")
    image = Publication.objects.get().image
    assert image is not None
    assert (image.title, image.alt, image.credit) == ("boats", "Boats at dusk.", "A. Photographer")


def test_a_picture_without_description_or_credit_is_not_taken(desk: Client, commentary: Series) -> None:
    response = add(desk, commentary, new_image=SimpleUploadedFile("boats.jpg", jpeg(), "image/jpeg"))
    summary = error_summary(response)
    assert "Describe the picture" in summary
    assert "Give the credit of the picture" in summary
    assert not Image.objects.exists()


def test_a_picture_taken_stays_chosen_when_something_else_is_amiss(desk: Client, commentary: Series) -> None:
    upload = SimpleUploadedFile("boats.jpg", jpeg(), "image/jpeg")
    response = add(desk, commentary, title="", new_image=upload, new_image_is_decorative="on", new_image_credit="A. P.")
    assert form_data(response, "publication_form")["image"] == str(Image.objects.get().pk)


def test_a_second_pdf_is_a_version_behind_the_same_document(desk: Client, commentary: Series) -> None:
    add(desk, commentary, new_document=SimpleUploadedFile("draft.pdf", blank_pdf(1), "application/pdf"))
    piece = Publication.objects.get()
    first = piece.document
    change(desk, piece, new_document=SimpleUploadedFile("final.pdf", blank_pdf(2), "application/pdf"))
    piece.refresh_from_db()
    assert piece.document == first
    assert first is not None
    assert [version.original_name for version in first.versions.all()] == ["final.pdf", "draft.pdf"]
    page = desk.get(f"{LIST}{piece.pk}/change/").content.decode()
    assert "version 2" in page
    assert "no text layer" in page


def test_a_file_that_is_no_pdf_is_refused_beside_the_field(desk: Client, commentary: Series) -> None:
    response = add(desk, commentary, new_document=SimpleUploadedFile("x.pdf", b"MZ", "application/pdf"))
    assert '<a href="#id_new_document">Upload a PDF</a>' in response.content.decode()
    assert not Publication.objects.exists()


def test_the_piece_answered_is_found_by_its_number(desk: Client, commentary: Series) -> None:
    earlier = PublicationFactory.create(series=commentary, number="CO25059", title="An Earlier Piece")
    add(desk, commentary, responds_to_words="co25059")
    assert Publication.objects.get(title="On Straits").responds_to == earlier


def test_an_unclear_answer_names_what_was_found(desk: Client, commentary: Series) -> None:
    PublicationFactory.create(title="Sea Lanes")
    PublicationFactory.create(title="Sea Ports")
    summary = error_summary(add(desk, commentary, responds_to_words="sea"))
    assert "Sea Lanes" in summary
    assert "Sea Ports" in summary


def test_two_pieces_of_a_series_cannot_share_an_address(desk: Client, commentary: Series) -> None:
    PublicationFactory.create(series=commentary, slug="on-straits")
    assert "Another piece of this series has that address" in error_summary(add(desk, commentary, slug="on-straits"))


def test_the_list_costs_the_same_for_one_and_for_three(
    desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def make() -> None:
        people = [PersonFactory.create(), PersonFactory.create()]
        PublicationFactory.create(published=True, authors=people, updated_by=UserFactory.create())

    make()
    desk.get(LIST)  # content types are remembered from here on
    with django_assert_num_queries(9):
        assert desk.get(LIST).content.count(b'class="field-headline"') == 1
    make()
    make()
    with django_assert_num_queries(9):
        assert desk.get(LIST).content.count(b'class="field-headline"') == 3


def test_the_list_says_the_state_in_words_and_filters_by_it(desk: Client) -> None:
    scheduled = PublicationFactory.create(scheduled=True, title="To come")
    PublicationFactory.create(title="A draft")
    page = desk.get(f"{LIST}?state=scheduled").content.decode()
    assert scheduled.standing.startswith("Scheduled for ")
    assert scheduled.standing in page
    assert "A draft" not in page


@pytest.mark.parametrize("words", ["CO25059", "straits", "Photographer"])
def test_the_list_finds_by_number_title_and_author(desk: Client, words: str) -> None:
    PublicationFactory.create(
        number="CO25059", title="On Straits", authors=[PersonFactory.create(name="Ann Photographer")]
    )
    PublicationFactory.create(title="Another")
    page = desk.get(LIST, {"q": words}).content.decode()
    assert "On Straits" in page
    assert "Another" not in page


def test_coming_up_lists_what_is_scheduled_by_day(desk: Client) -> None:
    PublicationFactory.create(scheduled=True, title="To come")
    PublicationFactory.create(published=True, title="Out already")
    page = desk.get(f"{LIST}coming-up/").content.decode()
    assert "To come" in page
    assert "Out already" not in page


def gap(commentary: Series, editor: User) -> int:
    """A register in which number 1 was skipped; returns its period."""
    year = timezone.localdate().year
    NumberEntry.objects.create(series=commentary, period=year, sequence=2, number=f"CO{year % 100}002", by=editor)
    return year


def test_a_skipped_number_is_given_with_a_reason(desk: Client, commentary: Series, editor: User) -> None:
    year = gap(commentary, editor)
    piece = PublicationFactory.create(series=commentary, title="Late")
    address = f"{reverse('admin:publications_numberentry_changelist')}?series={commentary.pk}&period={year}"
    assert f"CO{year % 100}001" in desk.get(address).content.decode()
    desk.post(
        address, {"_fill": "1", "gap-sequence": "1", "gap-publication_words": "Late", "gap-reason": "Was held back"}
    )
    piece.refresh_from_db()
    assert piece.number == f"CO{year % 100}001"
    assert NumberEntry.objects.get(publication=piece).reason == "Was held back"
    assert numbering.gaps(commentary, year) == []


def test_an_old_number_is_entered_as_printed(desk: Client, commentary: Series) -> None:
    piece = PublicationFactory.create(series=commentary, title="Old")
    data = {"_enter": "1", "old-number": "CO07042", "old-publication_words": "Old", "old-reason": "From the archive"}
    desk.post(reverse("admin:publications_numberentry_changelist"), data)
    piece.refresh_from_db()
    assert piece.number == "CO07042"


def test_a_number_given_before_is_refused_in_words(desk: Client, commentary: Series) -> None:
    numbering.register_by_hand(PublicationFactory.create(series=commentary), "CO07042", "", None)
    PublicationFactory.create(series=commentary, title="Old")
    data = {"_enter": "1", "old-number": "co07042", "old-publication_words": "Old", "old-reason": "Twice"}
    page = desk.post(reverse("admin:publications_numberentry_changelist"), data).content.decode()
    assert "CO07042 has been given before" in page


@pytest.mark.parametrize("verdict", ["approved", "refused"])
def test_a_response_is_judged_with_one_press(desk: Client, editor: User, verdict: str) -> None:
    response = ReaderResponseFactory.create()
    address = reverse("admin:publications_readerresponse_judge", args=[response.pk, verdict])
    assert address in desk.get(reverse("admin:publications_readerresponse_changelist"), follow=True).content.decode()
    assert desk.get(address).status_code == 405
    desk.post(address)
    response.refresh_from_db()
    assert (response.verdict, response.judged_by) == (verdict, editor)


def test_the_desk_shows_what_waits(desk: Client, editor: User, commentary: Series) -> None:
    PublicationFactory.create(in_review=True, title="For review")
    PublicationFactory.create(scheduled=True, title="To come")
    PublicationFactory.create(title="Mine", updated_by=editor)
    PublicationFactory.create(title="Of another")
    ReaderResponseFactory.create(name="A reader", publication=PublicationFactory.create(published=True))
    gap(commentary, editor)
    page = desk.get("/admin/").content.decode()
    for words in ("For review", "To come", "Mine", "A reader", f"CO{timezone.localdate():%y}001"):
        assert words in page
    assert "Of another" not in page


def test_suggestions_ignore_accents_and_order_and_say_who_it_is(desk: Client) -> None:
    person = PersonFactory.create(name="Nguyễn Thị Lan")
    AppointmentFactory.create(person=person, title="Senior Fellow", centre=None)
    AuthorshipFactory.create(person=person, publication__title="Reefs")
    PersonFactory.create(name="Somebody Else")
    query = {"app_label": "publications", "model_name": "authorship", "field_name": "person", "term": "lan nguyen"}
    answer = desk.get("/admin/autocomplete/", query).json()
    assert answer["results"] == [{"id": str(person.pk), "text": "Nguyễn Thị Lan", "note": "Senior Fellow · Reefs"}]


def test_every_role_has_what_the_one_before_it_has_and_only_administrators_make_topics() -> None:
    assert (roles.load(), roles.load()) == (6, 0)
    members = {}
    for name in roles.ROLES:
        member = UserFactory.create(is_staff=True)
        member.groups.add(roles.Group.objects.get(name=name))
        members[name] = User.objects.get(pk=member.pk)
    allowed = {name: member.get_all_permissions() for name, member in members.items()}
    assert allowed["Authors"] < allowed["Editors"] < allowed["Publishers"] < allowed["Administrators"]
    assert [name for name in members if "research.add_topic" in allowed[name]] == ["Administrators"]


@pytest.mark.parametrize("role", list(roles.ROLES))
def test_every_role_can_open_the_desk_and_write_a_draft(client: Client, commentary: Series, role: str) -> None:
    roles.load()
    member = UserFactory.create(is_staff=True)
    member.groups.add(roles.Group.objects.get(name=role))
    client.force_login(member)
    assert client.get("/admin/").status_code == 200
    assert error_summary(add(client, commentary, **author(0, "Ann Tan"))) == ""
    assert Publication.objects.get().authorships.get().person.name == "Ann Tan"


def test_a_response_is_not_judged_by_someone_without_the_right(client: Client) -> None:
    roles.load()
    response = ReaderResponseFactory.create()
    member = UserFactory.create(is_staff=True)
    member.groups.add(roles.Group.objects.get(name="Authors"))
    client.force_login(member)
    address = reverse("admin:publications_readerresponse_judge", args=[response.pk, "approved"])
    assert client.post(address).status_code == 403
    assert ReaderResponse.objects.get().verdict == "waiting"
