"""Links that lead nowhere are found and led on (J17): in texts, in fields that hold an address, and in PDFs."""

import io
import socket
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pypdf import PdfWriter
from pypdf.annotations import Link
from pytest_django import Settings

from editorial import history, links, mending, outside, pdf_texts, redirects
from editorial.models import Batch, FoundLink, LinkTarget, ScanMark
from publications.models import Publication
from rsis import link_checking
from tests.factories import (
    CentreFactory,
    DocumentVersionFactory,
    PersonFactory,
    PublicationFactory,
    StaffProfileFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Outcome = LinkTarget.Outcome
LIST = "/admin/editorial/linktarget/"


def find_and_check() -> None:
    """What the worker does in a day."""
    ScanMark.objects.update(done_on=None)
    for _model in links.kinds():
        links.find_due()
    LinkTarget.objects.update(due_at=timezone.now())
    link_checking.check_due()


def found() -> dict[str, tuple[str, str]]:
    rows = LinkTarget.objects.filter(is_outside=False)
    return {row.address: (row.outcome, row.leads_to) for row in rows}


def linking(*addresses: str, **wanted: Any) -> Publication:
    body = "".join(f'<p><a href="{address}">Words</a></p>' for address in addresses)
    return PublicationFactory.create(body=body, **{"published": True, **wanted})


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/topics/a/#part", ("/topics/a/", False)), ("https://testserver/topics/a/?x=1", ("/topics/a/?x=1", False)),
        ("http://www.localhost:8000/caf%C3%A9", ("/café", False)), ("#note-1", None), ("mailto:a@b.example", None), ("tel:+65", None),
        ("relative/path", None), ("https://other.example/a#b", ("https://other.example/a", True)), ("http://[", None),
        ("//other.example/x", ("https://other.example/x", True)), ("https://other.example/" + "x" * 600, None),
    ],
)  # fmt: skip
def test_j17_a_link_is_known_by_where_it_leads(settings: Settings, href: str, address: tuple[str, bool] | None) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    assert links.normal(href) == address


def test_j17_missing_moved_and_living_targets_are_told_apart() -> None:
    topic = TopicFactory.create(slug="sea")
    renamed = PublicationFactory.create(published=True, slug="old-name", number="CO18025")
    old = renamed.get_absolute_url()
    renamed.slug = "new-name"
    with redirects.following(renamed):
        renamed.save()
    draft = PublicationFactory.create(slug="unseen")
    linking(
        topic.get_absolute_url(), old, draft.get_absolute_url(), "/no/such/page/", "/rsis-publication/rsis/co18025-x", "/CO18025", "/",
    )  # fmt: skip
    find_and_check()
    new = renamed.get_absolute_url()
    assert found() == {
        "/topics/sea/": (Outcome.THERE, ""), old: (Outcome.MOVED, new), draft.get_absolute_url(): (Outcome.MISSING, ""),
        "/no/such/page/": (Outcome.MISSING, ""), "/rsis-publication/rsis/co18025-x": (Outcome.MOVED, new),
        "/CO18025": (Outcome.THERE, ""), "/": (Outcome.THERE, ""),
    }  # fmt: skip


def test_j17_links_are_found_in_every_rich_text_and_forgotten_with_it() -> None:
    piece = linking("/a/", transcript='<p><a href="/b/">B</a></p>')
    StaffProfileFactory.create(biography='<p><a href="/c/">C</a></p>')
    CentreFactory.create(description='<p><a href="/d/">D</a></p>')
    linking("/trashed/", trashed=True)
    find_and_check()
    assert set(FoundLink.objects.values_list("href", "place")) == {
        ("/a/", "body"), ("/b/", "transcript"), ("/c/", "biography"), ("/d/", "description"),
    }  # fmt: skip
    Publication.objects.filter(pk=piece.pk).update(body="<p>None.</p>")
    find_and_check()
    assert sorted(LinkTarget.objects.values_list("address", flat=True)) == ["/b/", "/c/", "/d/"]


def test_j17_a_field_that_holds_an_address_counts_as_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the menu's does: its model names it."""
    monkeypatch.setattr(Publication, "link_fields", ("external_url",), raising=False)
    piece = PublicationFactory.create(published=True, external_url="http://localhost:8000/old/")
    redirects.address_changed("/old/", "/topics/")
    find_and_check()
    mending.mend(UserFactory.create(), lambda row: True)
    piece.refresh_from_db()
    assert piece.external_url == "/topics/"


def test_j17_what_was_saved_is_looked_at_again_at_once() -> None:
    piece = linking("/a/")
    find_and_check()
    Publication.objects.filter(pk=piece.pk).update(body='<p><a href="/fresh/">F</a></p>')
    piece.refresh_from_db()
    history.add_revision(piece, None)
    links.find_due()
    assert list(FoundLink.objects.values_list("href", flat=True)) == ["/fresh/"]


def pdf_with_links() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_annotation(0, Link(rect=(0, 0, 50, 50), url="http://localhost:8000/old/"))
    writer.add_annotation(0, Link(rect=(0, 50, 50, 90), url="https://other.example/x"))
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def test_j17_links_of_pdfs_are_listed_and_never_rewritten(client: Client) -> None:
    version = DocumentVersionFactory.create(content=pdf_with_links())
    redirects.address_changed("/old/", "/topics/")
    pdf_texts.read_due()
    find_and_check()
    assert found() == {"/old/": (Outcome.MOVED, "/topics/")}
    assert LinkTarget.objects.get(is_outside=True).address == "https://other.example/x"
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    page = client.get(f"{LIST}mend/").content.decode()
    assert ("No link leads to a page that has moved" in page, str(version.document) in page) == (True, True)


def test_j17_all_moved_links_are_led_on_in_one_step_with_a_revision_each_and_a_line_in_the_log(client: Client) -> None:
    redirects.address_changed("/old/", "/topics/")
    piece = linking("/old/#part", "/old/", "https://other.example/old/", "/older/")
    centre = CentreFactory.create(description='<p><a href="http://localhost:8000/old/">Here</a></p>')
    find_and_check()
    editor = UserFactory.create(is_staff=True, is_superuser=True)
    client.force_login(editor)

    rehearsed = client.get(f"{LIST}mend/").content.decode()
    piece.refresh_from_db()
    assert ("3 links lead to pages that have moved" in rehearsed, "/old/" in piece.body) == (True, True)

    client.post(f"{LIST}mend/")
    before = piece.state, piece.publish_at, piece.changed_at
    piece.refresh_from_db()
    centre.refresh_from_db()
    assert piece.body.replace("\n", "") == (
        '<p><a href="/topics/#part">Words</a></p><p><a href="/topics/">Words</a></p>'
        '<p><a href="https://other.example/old/">Words</a></p><p><a href="/older/">Words</a></p>'
    )
    assert centre.description == '<p><a href="/topics/">Here</a></p>'
    assert (piece.version, (piece.state, piece.publish_at, piece.changed_at)) == (1, before)
    assert [(one.note, one.by) for one in history.revisions(piece)] == [
        ("Links led to where their pages are now", editor)
    ]
    assert [batch.summary for batch in Batch.objects.all()] == ["3 links led to where their pages are now"]
    assert LogEntry.objects.filter(user=editor).count() == 2
    assert mending.moved().count() == 0
    assert "No link leads" in client.get(f"{LIST}mend/").content.decode()


def test_j17_what_an_editor_may_not_change_stays(client: Client) -> None:
    redirects.address_changed("/old/", "/topics/")
    piece = linking("/old/")
    find_and_check()
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=("view_linktarget", "change_linktarget", "change_publication"))
    )
    client.force_login(user)
    assert "You may not change it" in client.get(f"{LIST}mend/").content.decode()
    client.post(f"{LIST}mend/")
    piece.refresh_from_db()
    assert (piece.version, "/old/" in piece.body) == (0, True)


def test_j17_the_report_names_the_texts_and_needs_a_right(client: Client) -> None:
    piece = linking("/no/such/", title="A Piece With a Dead Link")
    find_and_check()
    client.force_login(UserFactory.create(is_staff=True))
    assert [client.get(LIST).status_code, client.get(f"{LIST}mend/").status_code] == [403, 403]
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    page = client.get(LIST).content.decode()
    assert ("/no/such/" in page, f"/admin/publications/publication/{piece.pk}/change/" in page) == (True, True)


# --- Other sites ---------------------------------------------------------------------------------------------------------
class Elsewhere(BaseHTTPRequestHandler):
    """A site that dislikes HEAD in one place, leads on in another, and notes what it is asked."""

    asked: list[tuple[str, str]] = []

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        self.asked.append((self.command, self.path))
        status = {"/gone": 410, "/missing": 404, "/broken": 500, "/shy": 403}.get(self.path, 200)
        if self.path == "/no-head":
            status = 405 if self.command == "HEAD" else 200
        if self.path in {"/away", "/inside"}:
            status = 302
        self.send_response(status)
        if self.path == "/away":
            self.send_header("Location", "/here")
        if self.path == "/inside":
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        pass


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Names lead to a server of this test as if it were public; everything else of the check is as it is."""
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    Elsewhere.asked.clear()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    real = outside.public_address
    here = server.server_address[1]

    def connect(pinned: outside.Pinned) -> None:
        pinned.sock = socket.create_connection(("127.0.0.1", here), 2)

    def look(host: str, port: int) -> str:
        return "127.0.0.1" if host.endswith(".example") else real(host, port)

    monkeypatch.setattr(outside, "public_address", look)
    monkeypatch.setattr(outside.Pinned, "connect", connect)
    yield Elsewhere
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "outcome", "leads_to"),
    [
        ("/", Outcome.THERE, ""), ("/no-head", Outcome.THERE, ""), ("/shy", Outcome.THERE, ""), ("/gone", Outcome.MISSING, ""),
        ("/missing", Outcome.MISSING, ""), ("/broken", Outcome.FAILING, ""), ("/away", Outcome.MOVED, "http://a.example/here"),
        ("/inside", Outcome.REFUSED, ""),
    ],
)  # fmt: skip
def test_j17_another_site_is_asked_with_head_then_get(elsewhere: Any, path: str, outcome: str, leads_to: str) -> None:
    answer = outside.ask(f"http://a.example{path}")
    assert (answer.outcome, answer.leads_to) == (outcome, leads_to)
    assert [method for method, asked in elsewhere.asked if asked == path][:1] == ["HEAD"]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/", "http://localhost/", "http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/", "http://[::1]/",
        "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://2130706433/", "http://224.0.0.1/", "ftp://a.example/", "file:///etc/passwd",
        "http://a.example:22/", "http://user:word@a.example/", "gopher://a.example/", "http://100.64.0.1/",
    ],
)  # fmt: skip
def test_j17_no_private_address_and_no_other_door_is_ever_asked(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    def never(*_given: Any, **_more: Any) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "create_connection", never)
    assert outside.ask(address).outcome == Outcome.REFUSED


def test_j17_one_host_is_asked_once_in_a_round_and_a_dead_link_is_one_after_three_failures(
    elsewhere: Any, settings: Settings
) -> None:
    settings.CHECK_OUTSIDE_LINKS = True
    for address in ("http://a.example/broken", "http://a.example/2", "http://b.example/"):
        LinkTarget.objects.create(address=address, is_outside=True)
    outside.check_due(limit=5)
    assert len(elsewhere.asked) == 3  # of a.example HEAD and GET of one address, of b.example HEAD
    states = []
    for _attempt in range(2):
        LinkTarget.objects.update(due_at=timezone.now() + timedelta(days=9))
        LinkTarget.objects.filter(address="http://a.example/broken").update(due_at=timezone.now())
        states.append(LinkTarget.objects.get(address="http://a.example/broken").outcome)
        outside.check_due(limit=5)
    states.append(LinkTarget.objects.get(address="http://a.example/broken").outcome)
    assert states == [Outcome.WAITING, Outcome.WAITING, Outcome.FAILING]


def test_j17_nothing_is_asked_where_it_is_switched_off_nor_by_a_request(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    LinkTarget.objects.create(address="http://a.example/", is_outside=True)
    asked: list[str] = []
    monkeypatch.setattr(outside, "ask", asked.append)
    outside.check_due()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    client.get(f"{LIST}?outcome=all")
    assert asked == []


def test_j17_an_author_keeps_the_right_person(settings: Settings) -> None:
    """A renamed person's links are led on like any other."""
    person = PersonFactory.create(slug="old-name")
    PublicationFactory.create(published=True, authors=[person])
    piece = linking(person.get_absolute_url())
    person.slug = "new-name"
    with redirects.following(person):
        person.save()
    find_and_check()
    mending.mend(UserFactory.create(), lambda row: True)
    piece.refresh_from_db()
    assert 'href="/people/new-name/"' in piece.body
