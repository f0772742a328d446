"""Showing a draft without an account, and one's own unsaved form (J5)."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editorial import history, preview, saving
from editorial.models import PreviewLink
from publications.models import Publication
from tests.factories import (
    DocumentFactory,
    DocumentVersionFactory,
    PersonFactory,
    PublicationFactory,
    SeriesFactory,
    TopicFactory,
)
from tests.filled_form import open_form, read_form, staff

pytestmark = pytest.mark.django_db
SECRET = "The text nobody has seen"


def draft(**kwargs: Any) -> Publication:
    piece: Publication = PublicationFactory(title=SECRET, body="<p>Its words.</p>", **kwargs)
    return piece


def read(answer: Any) -> bytes:
    """The whole body; reading a stream to its end closes it without touching the connection of the test."""
    return b"".join(answer)


def test_a_link_shows_a_draft_to_somebody_without_an_account(client: Client) -> None:
    link = preview.make_link(draft(), None)

    answer = client.get(preview.link_url(link))

    assert answer.status_code == 200
    assert SECRET in answer.content.decode()
    assert "Its words." in answer.content.decode()


def test_a_link_works_for_seven_days_unless_said_otherwise(client: Client) -> None:
    week, long = preview.make_link(draft(), None), preview.make_link(draft(), None, days=30)
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        answers = [client.get(preview.link_url(link)).status_code for link in (week, long)]

    assert answers == [404, 200]


def test_a_link_that_opens_nothing_says_so_in_words_and_says_whom_to_ask(client: Client) -> None:
    link = preview.make_link(draft(), None)
    preview.revoke(link)
    page = client.get(preview.link_url(link)).content.decode()
    assert page.count("<h1>This link does not work</h1>") == 1
    assert "Ask the person who sent it for a new one." in page
    assert SECRET not in page


@pytest.mark.parametrize("days", [0, -1, 91, 10_000])
def test_no_link_lasts_for_ever_or_no_time(days: int) -> None:
    with pytest.raises(ValueError, match="1 to 90 days"):
        preview.make_link(draft(), None, days=days)


def test_the_latest_text_is_shown_unless_the_link_is_frozen(client: Client) -> None:
    first, second = PersonFactory(name="First Author"), PersonFactory(name="Second Author")
    old_topic, new_topic = TopicFactory(name="Old topic"), TopicFactory(name="New topic")
    piece = draft(authors=[first], topics=[old_topic], tags=["frozen tag"])
    frozen, latest = preview.make_link(piece, None, frozen=True), preview.make_link(piece, None)
    piece.title = "Another title"
    piece.save()
    piece.authorships.update(person=second, printed_name="Second Author")
    piece.topics.set([new_topic])
    piece.tags.clear()
    now = history.snapshot(piece)

    old, new = (client.get(preview.link_url(link)).content.decode() for link in (frozen, latest))

    for words, others in ((old, new), (new, old)):
        assert words != others
    assert [word in old for word in (SECRET, "First Author", "Old topic", "frozen tag")] == [True] * 4
    assert [word in old for word in ("Another title", "Second Author", "New topic")] == [False] * 3
    assert [word in new for word in ("Another title", "Second Author", "New topic")] == [True] * 3
    assert history.snapshot(Publication.objects.get(pk=piece.pk)) == now
    assert Publication.objects.get(pk=piece.pk).version == piece.version


def test_pages_and_files_are_kept_nowhere_and_listed_nowhere(client: Client) -> None:
    piece = draft(document=DocumentFactory())
    address = preview.link_url(preview.make_link(piece, None))

    for path in (address, f"{address}{piece.file_stem}.pdf", "/preview/forged/"):
        answer = client.get(path)
        read(answer)
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Cache-Control"] == "no-store, private"
        assert answer["Referrer-Policy"] == "no-referrer"


def test_the_pdf_comes_through_the_link_and_the_page_points_to_it(client: Client) -> None:
    piece = draft(document=DocumentFactory())
    version = piece.document.versions.get()  # type: ignore[union-attr]
    address = preview.link_url(preview.make_link(piece, None))

    page = client.get(address).content.decode()
    answer = client.get(f"{address}{piece.file_stem}.pdf")

    assert f"{address}{piece.file_stem}.pdf" in page
    assert piece.get_file_url() not in page
    with version.file.open() as file:
        assert read(answer) == file.read()
    assert client.get(piece.get_file_url()).status_code == 404
    assert client.get(f"{address}other.pdf").status_code == 404


def test_a_frozen_link_gives_the_file_of_that_time(client: Client) -> None:
    piece = draft(document=DocumentFactory())
    old = piece.document.versions.get()  # type: ignore[union-attr]
    address = preview.link_url(preview.make_link(piece, None, frozen=True))
    DocumentVersionFactory(document=piece.document, number=2)

    answer = client.get(f"{address}{piece.file_stem}.pdf")

    with old.file.open() as file:
        assert read(answer) == file.read()
    assert piece.document.versions.count() == 2  # type: ignore[union-attr]


def test_openings_are_counted_and_asking_for_the_headers_is_none(client: Client) -> None:
    link = preview.make_link(draft(), None)
    client.get(preview.link_url(link))
    client.get(preview.link_url(link))
    client.head(preview.link_url(link))

    link.refresh_from_db()
    assert link.opens == 2
    assert link.last_opened_at is not None


def closed_links() -> dict[str, str]:
    """One address of each kind that opens nothing."""
    expired, revoked, trashed, withdrawn = (preview.make_link(draft(), None) for _ in range(4))
    PreviewLink.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    preview.revoke(revoked)
    Publication.objects.filter(pk=trashed.object_id).update(deleted_at=timezone.now())
    Publication.objects.filter(pk=withdrawn.object_id).update(state="withdrawn")
    gone = preview.make_link(draft(), None)
    Publication.objects.filter(pk=gone.object_id).delete()
    real = preview.link_url(preview.make_link(draft(), None))
    return {
        **{name: preview.link_url(link) for name, link in (
            ("expired", expired), ("revoked", revoked), ("trashed", trashed), ("withdrawn", withdrawn), ("gone", gone)
        )},
        "forged": real[:-2] + ("a" if real[-2] != "a" else "b") + "/",
        "unsigned": "/preview/" + "A" * 43 + "/",
        "unknown": "/preview/" + Signer(salt="editorial.preview").sign("B" * 43) + "/",
        "of another purpose": "/preview/" + Signer(salt="other").sign("C" * 43) + "/",
    }  # fmt: skip


def test_every_link_that_opens_nothing_gets_the_same_answer_at_the_same_cost(client: Client) -> None:
    answers, costs, headers = set(), set(), set()
    links = closed_links()
    client.get(links["forged"])

    for address in links.values():
        with CaptureQueriesContext(
            connection,
        ) as spent:
            answer = client.get(address)
        text = re.sub(r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
        answers.add((answer.status_code, text.replace(address, "")))
        costs.add(len(spent))
        headers.add(tuple(sorted((name, value) for name, value in answer.items() if name != "Content-Security-Policy")))

    assert [len(answers), len(costs), len(headers)] == [1, 1, 1]
    assert answers.pop()[0] == 404


def test_a_link_opens_one_item_and_no_public_address(client: Client) -> None:
    piece, other = draft(), draft(series=SeriesFactory())
    link = preview.make_link(piece, None)
    client.get(preview.link_url(link))

    assert client.get(piece.get_absolute_url()).status_code == 404
    assert client.get(other.get_absolute_url()).status_code == 404


def test_links_cannot_be_guessed() -> None:
    piece = draft()
    keys = {preview.make_link(piece, None).key for _ in range(20)}

    assert len(keys) == 20
    assert {len(key) for key in keys} == {43}


# --- The desk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(staff("view", "add", "change"))
    return client


def test_an_editor_makes_copies_and_revokes_links(desk: Client) -> None:
    piece = draft()
    address = f"/admin/publications/publication/{piece.pk}/share/"

    desk.post(address, {"days": "3", "frozen": "on"})
    link = PreviewLink.objects.get()
    page = desk.get(address).content.decode()
    opened = Client().get(preview.link_url(link)).status_code
    desk.post(address, {"revoke": str(link.pk)})

    assert f"http://testserver{preview.link_url(link)}" in page
    assert link.revision is not None
    assert link.expires_at - link.created_at < timedelta(days=3, minutes=1)
    assert opened == 200
    assert Client().get(preview.link_url(link)).status_code == 404
    assert "Revoked" in desk.get(address).content.decode()


def test_a_link_of_another_item_cannot_be_revoked_from_here(desk: Client) -> None:
    piece, link = draft(), preview.make_link(draft(), None)

    answer = desk.post(f"/admin/publications/publication/{piece.pk}/share/", {"revoke": str(link.pk)})

    assert answer.status_code == 404
    assert PreviewLink.objects.get().is_open


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_who_may_not_change_an_item_cannot_share_it(client: Client, method: str) -> None:
    client.force_login(staff("view"))
    answer = getattr(client, method)(f"/admin/publications/publication/{draft().pk}/share/", {"days": "7"})

    assert answer.status_code == 403
    assert PreviewLink.objects.count() == 0


def test_the_unsaved_form_is_shown_as_the_page_and_nothing_of_it_is_stored(desk: Client) -> None:
    piece = draft(authors=[PersonFactory()])
    saving.record(piece, None)
    form = open_form(desk, piece)
    before = history.snapshot(piece)
    changed = {**form, "title": "Not saved yet", "body": "<p>Unsaved words.</p>", "tags": "fresh, tag"}

    answer = desk.post(f"/admin/publications/publication/{piece.pk}/preview/", changed)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert [word in page for word in ("Not saved yet", "Unsaved words.", "fresh", "<main")] == [True] * 4
    assert "script-src-attr" not in answer["Content-Security-Policy"]
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
    assert history.snapshot(Publication.objects.get(pk=piece.pk)) == before
    assert (Publication.objects.get(pk=piece.pk).version, history.revisions(piece).count()) == (1, 1)


def test_a_piece_that_was_never_saved_can_be_previewed(desk: Client) -> None:
    series = SeriesFactory()
    form = read_form(desk.get(f"/admin/publications/publication/add/?series={series.pk}").content)

    answer = desk.post(
        f"/admin/publications/publication/add/preview/?series={series.pk}", {**form, "title": "Never saved"}
    )

    assert "Never saved" in answer.content.decode()
    assert answer.status_code == 200
    assert Publication.objects.count() == 0


def test_a_form_with_errors_comes_back_instead_of_a_preview(desk: Client) -> None:
    piece = draft()

    answer = desk.post(
        f"/admin/publications/publication/{piece.pk}/preview/",
        {**open_form(desk, piece), "title": "", "synopsis": "Kept"},
    )

    page = answer.content.decode()
    assert ">\nKept</textarea>" in page or ">Kept</textarea>" in page
    assert f'action="/admin/publications/publication/{piece.pk}/change/"' in page


def test_staff_without_the_right_cannot_preview_by_a_crafted_form(client: Client) -> None:
    piece = draft()
    client.force_login(staff())
    address = f"/admin/publications/publication/{piece.pk}/preview/"

    answers = [client.get(address), client.post(address, {"version": "0", "title": "x"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert SECRET not in answers[0].content.decode() + answers[1].content.decode()
