"""Two people, or two tabs of one, in the same piece (J7): a stale save never overwrites, and nobody loses a word."""

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from editorial import history, saving
from editorial.models import User
from publications.models import Publication
from tests.factories import PASSWORD, AuthorshipFactory, PersonFactory, PublicationFactory, TopicFactory, UserFactory
from tests.filled_form import CHANGE, open_form, read_form, send, staff

pytestmark = pytest.mark.django_db


def desk(user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or staff("view", "change", "publish"))
    return client


@pytest.fixture
def piece() -> Publication:
    made: Publication = PublicationFactory(title="The strait", synopsis="One two three.", body="<p>Ships pass.</p>")
    AuthorshipFactory(publication=made, person=PersonFactory(name="Ann Lee"), position=1)
    saving.record(made, None)
    return made


def fresh(piece: Publication) -> Publication:
    return Publication.objects.get(pk=piece.pk)


def names(piece: Publication) -> list[str]:
    return [row.name for row in fresh(piece).authorships.all()]


def test_the_second_saver_sees_both_and_overwrites_nothing(piece: Publication) -> None:
    ada = staff("view", "change", "publish")
    ada.first_name, ada.last_name = "Ada", "Tan"
    ada.save()
    first, second = desk(ada), desk()
    one, two = open_form(first, piece), open_form(second, piece)

    send(first, piece, one, title="The strait, by Ada", synopsis="One two four.")
    answer = send(second, piece, two, title="The strait, by me", body="<p>Many ships pass.</p>")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert (fresh(piece).title, fresh(piece).synopsis, fresh(piece).version) == (
        "The strait, by Ada",
        "One two four.",
        2,
    )
    assert "Ada Tan" in page
    assert "The strait, by <del>Ada</del><ins>me</ins>" in page
    assert "One two <del>four</del><ins>three</ins>." in page
    assert "<ins>Many ships</ins>" in page or "<ins>Many</ins>" in page
    assert "changed by both of you" in page
    assert "changed by them; yours is as it was before" in page
    assert "changed by you" in page
    mine = read_form(page)
    assert mine["title"].strip() == "The strait, by me"
    assert "Many ships pass." in mine["body"]
    assert mine["version"] == "2"


def test_keeping_mine_saves_it_and_theirs_stays_in_the_history(piece: Publication) -> None:
    first, second = desk(), desk()
    one, two = open_form(first, piece), open_form(second, piece)
    send(first, piece, one, title="Theirs")
    conflict = send(second, piece, two, title="Mine")

    answer = send(second, piece, read_form(conflict.content))

    assert answer.status_code == 302
    assert fresh(piece).title == "Mine"
    assert [row.data["fields"]["title"] for row in history.revisions(piece)] == ["Mine", "Theirs", "The strait"]


def test_a_third_save_in_between_makes_a_new_conflict(piece: Publication) -> None:
    first, second = desk(), desk()
    one, two = open_form(first, piece), open_form(second, piece)
    send(first, piece, one, title="Theirs")
    conflict = send(second, piece, two, title="Mine")
    send(first, piece, open_form(first, piece), title="Theirs again")

    answer = send(second, piece, read_form(conflict.content))

    assert answer.status_code == 409
    assert fresh(piece).title == "Theirs again"
    assert read_form(answer.content)["title"].strip() == "Mine"


def test_two_tabs_of_one_user_are_two_editors(piece: Publication) -> None:
    client = desk()
    one, two = open_form(client, piece), open_form(client, piece)

    saved = send(client, piece, one, title="In the first tab")
    answer = send(client, piece, two, title="In the second tab")

    assert (saved.status_code, answer.status_code) == (302, 409)
    assert fresh(piece).title == "In the first tab"
    assert read_form(answer.content)["title"].strip() == "In the second tab"


def test_a_step_is_not_taken_in_a_conflict(piece: Publication) -> None:
    first, second = desk(), desk()
    one, two = open_form(first, piece), open_form(second, piece)
    send(first, piece, one, title="Theirs")

    answer = send(second, piece, two, title="Mine", _step="publish")

    assert answer.status_code == 409
    assert fresh(piece).state == "draft"


def test_an_author_added_meanwhile_can_be_kept_or_not(piece: Publication) -> None:
    client = desk()
    form = open_form(client, piece)
    AuthorshipFactory(publication=piece, person=PersonFactory(name="Ben Ong"), position=2)
    saving.record(fresh(piece), None)

    conflict = send(client, piece, form, title="Mine")
    again = read_form(conflict.content)

    assert "<del>Ben Ong" in conflict.content.decode()
    assert again["authorships-1-DELETE"] == "on"
    del again["authorships-1-DELETE"]
    assert send(client, piece, again).status_code == 302
    assert names(piece) == ["Ann Lee", "Ben Ong"]


def test_an_author_removed_meanwhile_comes_back_with_mine(piece: Publication) -> None:
    client = desk()
    form = open_form(client, piece)
    piece.authorships.all().delete()
    AuthorshipFactory(publication=piece, person=PersonFactory(name="Ben Ong"), position=1)
    saving.record(fresh(piece), None)

    conflict = send(client, piece, form, title="Mine")
    answer = send(client, piece, read_form(conflict.content))

    assert (conflict.status_code, answer.status_code) == (409, 302)
    assert names(piece) == ["Ann Lee"]


def test_topics_are_part_of_it(piece: Publication) -> None:
    client = desk()
    mine, theirs = TopicFactory(name="Mine"), TopicFactory(name="Theirs")
    form = open_form(client, piece)
    piece.topics.set([theirs])
    saving.record(fresh(piece), None)

    conflict = send(client, piece, form, topics=[mine.pk])

    assert "<del>Theirs</del>" in conflict.content.decode()
    assert "<ins>Mine</ins>" in conflict.content.decode()
    assert list(fresh(piece).topics.all()) == [theirs]


def test_a_stale_form_with_errors_keeps_its_words_too(piece: Publication) -> None:
    client = desk()
    form = open_form(client, piece)
    saving.record(fresh(piece), None)

    answer = send(client, piece, form, title="", synopsis="My words")

    assert answer.status_code == 409
    assert read_form(answer.content)["synopsis"].strip() == "My words"
    assert "cannot be compared" in answer.content.decode()


@pytest.mark.parametrize("version", ["", "-1", "9" * 30, "x", "٣"])
def test_a_form_without_its_version_saves_nothing(piece: Publication, version: str) -> None:
    client = desk()

    answer = send(client, piece, open_form(client, piece), title="Mine", version=version)

    assert answer.status_code == 409
    assert fresh(piece).title == "The strait"


def test_a_conflict_shows_nothing_to_staff_who_may_not_change_the_item(piece: Publication) -> None:
    client = desk(staff("view"))

    answer = client.post(CHANGE.format(piece.pk), {"version": "0", "title": "Mine"})

    assert answer.status_code == 403
    assert "Ships pass." not in answer.content.decode()


def test_hostile_text_is_shown_as_text(piece: Publication) -> None:
    first, second = desk(), desk()
    one, two = open_form(first, piece), open_form(second, piece)
    send(first, piece, one, title="<script>theirs()</script>")

    answer = send(second, piece, two, title="<script>mine()</script>")

    assert "<script>theirs()" not in answer.content.decode()
    assert "<script>mine()" not in answer.content.decode()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_fifty_saves_at_once_exactly_one_wins_and_the_others_keep_their_text(live_server: LiveServer) -> None:
    piece = PublicationFactory(title="Start")
    AuthorshipFactory(publication=piece, position=1)
    saving.record(piece, None)
    forms = []
    for _ in range(2):
        user = UserFactory(is_staff=True, is_superuser=True)
        client = Client()
        assert client.login(username=user.username, password=PASSWORD)
        form = open_form(client, piece)
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        forms.append((form, cookies))
    address = live_server.url.removeprefix("http://")

    def save(turn: int) -> tuple[int, str]:
        form, cookies = forms[turn % 2]
        body = urlencode({**form, "title": f"Saver number {turn}", "synopsis": f"Words of {turn}."}, doseq=True)
        connection = HTTPConnection(address, timeout=120)
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", CHANGE.format(piece.pk), body, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        return answer.status, page

    with ThreadPoolExecutor(50) as pool:
        answers: list[Any] = list(pool.map(save, range(50)))

    statuses = [status for status, _page in answers]
    winner = statuses.index(302)
    assert sorted(statuses) == [302] + [409] * 49
    assert (fresh(piece).title, fresh(piece).version) == (f"Saver number {winner}", 2)
    assert history.revisions(piece).count() == 2
    for turn, (_status, page) in enumerate(answers):
        if turn != winner:
            mine = read_form(page)
            assert (mine["title"].strip(), mine["synopsis"].strip()) == (f"Saver number {turn}", f"Words of {turn}.")
            assert mine["version"] == "2"
