"""Redirects from a file (J17): rehearsed, with every conflict by its line, and nothing but addresses of this site comes in."""

import io
import tracemalloc
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from editorial import redirect_lists, redirects
from editorial.models import Batch, Redirect
from editorial.redirect_lists import Refused
from tests.factories import PublicationFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db
IMPORT = "/admin/editorial/redirect/import/"


@pytest.fixture(autouse=True)
def pages() -> None:
    for slug in ("a", "b", "c"):
        TopicFactory.create(slug=slug)


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def plan(text: str | bytes) -> redirect_lists.Plan:
    return redirect_lists.plan(io.BytesIO(text.encode() if isinstance(text, str) else text))


def taken(text: str | bytes, *, replace: bool = False) -> set[tuple[str, str]]:
    redirect_lists.apply(plan(text), None, replace=replace)
    return set(Redirect.objects.values_list("old_path", "new_path"))


def test_j17_a_file_is_taken_in_with_or_without_headings_and_hosts() -> None:
    text = "Old address,New address\n/old-a/,/topics/a/\nhttps://www.rsis.example/old%20b?x=1#y,/topics/b/\n/?p=12,/topics/c/\n/x/,\n"
    assert taken(text) == {("/old-a/", "/topics/a/"), ("/old b", "/topics/b/"), ("/?p=12", "/topics/c/"), ("/x/", "")}
    assert [row.summary for row in Batch.objects.all()] == ["4 redirects taken in from a file of 4 lines"]


def test_j17_every_conflict_is_listed_by_its_line_and_left_out() -> None:
    redirects.address_changed("/ring/", "/lost/")
    hidden = PublicationFactory.create(slug="hidden").get_absolute_url()
    lines = [
        "/good/,/topics/a/",  # 1
        "/good/,/topics/b/",  # 2: said otherwise in line 1
        "not-an-address,/topics/a/",  # 3
        "/away/,https://elsewhere.example/x",  # 4
        "//evil.example/,/topics/a/",  # 5
        '"=HYPERLINK(""https://evil.example"")",/topics/a/',  # 6
        "/round/,/about-turn/",  # 7
        "/about-turn/,/round/",  # 8
        "/self/,/self/",  # 9
        f"/draft/,{hidden}",  # 10
        "/nowhere/,/no/such/page/",  # 11
        "/lost/,/ring/",  # 12: the register leads back
        "/js/,javascript:alert(1)",  # 13
        "/topics/c/,/topics/b/",  # 14: a page stands there
    ]
    found = plan("\n".join(lines))
    assert [line.old for line in found.new] == ["/good/"]
    assert sorted({number for number, _words in found.problems}) == list(range(2, 15))
    assert Redirect.objects.count() == 1


def test_j17_chains_of_the_file_and_of_the_register_are_one_hop() -> None:
    redirects.address_changed("/older/", "/one/")
    redirects.address_changed("/moved/", "/topics/c/")
    assert taken("/one/,/two/\n/two/,/three/\n/three/,/topics/a/\n/x/,/moved/\n") == {
        ("/older/", "/topics/a/"), ("/one/", "/topics/a/"), ("/two/", "/topics/a/"), ("/three/", "/topics/a/"),
        ("/moved/", "/topics/c/"), ("/x/", "/topics/c/"),
    }  # fmt: skip


def test_j17_no_chain_leads_through_a_page_that_stands() -> None:
    assert taken("/one/,/topics/a/\n/topics/a/,/topics/b/\n") == {("/one/", "/topics/a/")}


def test_j17_what_leads_elsewhere_today_changes_only_on_request_and_a_second_time_changes_nothing() -> None:
    redirects.address_changed("/old/", "/topics/a/")
    text = "/old/,/topics/b/\n/new/,/topics/b/\n"
    assert [(line.old, was) for line, was in plan(text).replacing] == [("/old/", "/topics/a/")]
    assert ("/old/", "/topics/a/") in taken(text)
    after = taken(text, replace=True)
    assert after == {("/old/", "/topics/b/"), ("/new/", "/topics/b/")}
    again = plan(text)
    assert (again.same, again.new, again.replacing) == (2, [], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_j17_files_come_as_programs_write_them(encoding: str, delimiter: str, newline: str) -> None:
    text = newline.join([delimiter.join(("old", "new")), delimiter.join(("/café/", "/topics/a/"))])
    assert [line.old for line in plan(text.encode(encoding)).new] == ["/café/"]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04\x00\x00", b"x" * (redirect_lists.LARGEST + 1), b"/a/,/topics/a/\n" * 50_002]
)
def test_j17_what_is_no_list_or_too_long_is_refused_with_words(content: bytes) -> None:
    with pytest.raises(Refused, match=r"CSV|10 MB|50,000"):
        plan(content)


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b",,,\n", b'"unclosed', b"\xff\xfe", b"a" * 200_000, b"/\xed\xa0\x80/,/topics/a/"]
)
def test_j17_an_odd_file_is_no_error_of_ours(content: bytes) -> None:
    try:
        found = plan(content).new
    except Refused:
        found = []
    assert found == []


def test_j17_fifty_thousand_lines_are_planned_in_bounded_memory() -> None:
    content = b"".join(
        b"/old/address/of/a/piece/%d/,/topics/%c/\n" % (number, b"abc"[number % 3]) for number in range(50_000)
    )
    tracemalloc.start()
    found = plan(content)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(found.new), found.problems, most < 100 * 2**20) == (50_000, [], True)


def test_j17_the_desk_shows_what_would_change_and_changes_it_on_a_second_press(desk: Client) -> None:
    file = SimpleUploadedFile("list.csv", b"/old/,/topics/a/\nnonsense,/topics/a/\n", "text/csv")
    rehearsed = desk.post(IMPORT, {"file": file})
    page = rehearsed.content.decode()
    assert (Redirect.objects.count(), "nonsense" in page, "Nothing is changed yet" in page) == (0, True, True)
    done = desk.post(IMPORT, {"plan": rehearsed.context["token"]}, follow=True)
    assert "1 redirect was taken in" in done.content.decode()
    assert desk.get("/old/")["Location"] == "/topics/a/"


def test_j17_a_forged_or_foreign_plan_takes_nothing_in(desk: Client, client: Client) -> None:
    answer = desk.post(IMPORT, {"plan": "forged"}, follow=True)
    assert ("Bring the file again" in answer.content.decode(), Redirect.objects.count()) == (True, 0)


def test_j17_who_may_not_change_redirects_takes_none_in(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True))
    assert [client.get(IMPORT).status_code, client.get("/admin/editorial/redirect/export/").status_code] == [403, 403]


def test_j17_what_is_given_out_can_be_taken_in_again_and_holds_no_formula(desk: Client) -> None:
    redirects.add("/old/", "/topics/a/", is_prefix=True)
    redirects.gone("/x/")
    content = b"".join(desk.get("/admin/editorial/redirect/export/"))
    assert plan(content).same == 2
    assert [line for line in content.decode("utf-8-sig").splitlines()[1:] if not line.startswith("/")] == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"old_path": "//x", "new_path": "/topics/a/"}, "begins with one slash"),
        ({"old_path": "/a/", "new_path": "https://x.example/"}, "begins with one slash"),
        ({"old_path": "/a/", "new_path": "/a/"}, "lead to itself"),
        ({"old_path": "/a/", "new_path": "/no/page/"}, "Readers get no page there"),
    ],
)
def test_j17_a_redirect_by_hand_is_refused_with_words(desk: Client, values: dict[str, Any], words: str) -> None:
    answer = desk.post("/admin/editorial/redirect/add/", values)
    assert (words in answer.content.decode(), Redirect.objects.count()) == (True, 0)
