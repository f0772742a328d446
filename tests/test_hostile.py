"""What nobody sends by mistake: every public address and form, under every kind of input the requirements list."""

import time
import unicodedata
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from editorial.models import CallerCount
from publications.forms import ResponseForm
from publications.models import Publication, ReaderResponse
from tests.addresses import fill, public_addresses
from tests.factories import PublicationFactory, SeriesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def answer(client: Client, address: str) -> tuple[int, str, float]:
    """Status, host redirected to, and seconds taken."""
    started = time.perf_counter()
    response = client.get(address)
    if response.streaming:
        b"".join(response)
    host = urlsplit(response.headers.get("Location", "")).netloc
    return response.status_code, host, time.perf_counter() - started


def wrong(client: Client, addresses: list[str], allowed: set[int]) -> dict[str, tuple[int, str, float]]:
    """Those that were answered with another status, with another host, or in more than three seconds."""
    found = {address[:120]: answer(client, address) for address in addresses}
    return {name: one for name, one in found.items() if one[0] not in allowed or one[1] or one[2] > 3}


def test_x4_every_address_of_the_list_answers(client: Client) -> None:
    fill()
    addresses = public_addresses()
    found = {name: answer(client, address)[0] for name, address in addresses.items() if "respond" not in name}
    assert {name: status for name, status in found.items() if status >= 500} == {}
    assert {
        found[name] for name in ("home", "archive", "publication", "publication-file", "person", "preview", "tag")
    } == {200}


REFUSED_IN_PATHS = ("%00", "a%00b", "%ff%fe", "%c0%ae%c0%ae", "%0d%0aX-Injected:1", "%0a", "%7f", "%ed%a0%80")


def outside_the_desk() -> list[str]:
    """The desk answers whatever lies below its address by asking who is there."""
    return [address for address in public_addresses().values() if not address.startswith("/admin/")]


@pytest.mark.slow
@pytest.mark.parametrize("hostile", REFUSED_IN_PATHS)
def test_x4_bytes_that_no_address_has_are_refused_in_every_path(client: Client, hostile: str) -> None:
    fill(1)
    addresses = [address.rstrip("/") + "/" + hostile + tail for address in outside_the_desk() for tail in ("", "/")]
    assert wrong(client, addresses, {400, 404}) == {}


ODD_IN_PATHS = (
    "..%2f..%2f..%2fetc%2fpasswd", "%252e%252e%252fetc%252fpasswd", "..%5c..%5cwindows", "%2e%2e/%2e%2e/manage.py",
    "....//....//etc/passwd", "C:\\boot.ini", "file:///etc/passwd", "%zz", "%", "a" * 7000, "a/" * 40, "'%20OR%201=1--",
    "{{7*7}}", "%7B0.__class__%7D", "%25s%25n", "<script>alert(1)</script>", "\u202etxt.exe", "٣٤", "-1", "1" + "0" * 38,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("hostile", ODD_IN_PATHS, ids=lambda text: text[:20])
def test_x4_climbing_long_and_speaking_paths_find_nothing(client: Client, hostile: str) -> None:
    fill(1)
    addresses = [address.rstrip("/") + "/" + hostile for address in outside_the_desk()]
    assert wrong(client, addresses, {301, 400, 404}) == {}
    found = [client.get(address) for address in addresses]
    assert [
        one for one in found if not one.streaming and (b"root:" in one.content or b"<script>alert" in one.content)
    ] == []


ODD_QUERIES = (
    "page=0", "page=-1", "page=1" + "0" * 30, "page=abc", "page=1&page=2", "page[]=1", "page=%D9%A3", "page=1e3", "page=NaN",
    "sort=__class__", "sort=password", "sort=-created_by__password", "sort=x&sort=y", "topic[]=a&topic[b]=c", "year=0",
    "year=99999999999999999999", "year=-5", "series__slug=x&created_by__password__startswith=p", "id__in=1,2", "__proto__=1",
    "topic=%ff%fe", "topic=%ed%a0%80", "topic=%EF%BF%BE", "tag='%20OR%201=1--", "author=%25", "author=_", "topic=a%20%26%20%7C%20!%20(",
    "q=%27%22%60", "q=a%20%26%20%7C%20%21", "q=%28%28%28", "q=%22unbalanced", "q=*", "q={{7|add:7}}", "q={0.__class__}",
    "letter=%F0%9F%98%80", "letter='", "version=-1", "version=9" + "9" * 40, "density=x", "=&=&&&", "%", "%zz=%zz", "?", ";;;",
    "next=//evil.example/", "next=javascript:alert(1)", "url=https://evil.example", "utm_source=%0d%0aSet-Cookie:x=1",
    "verb=ListRecords&metadataPrefix=%27", "format=..%2f..", "download=1",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("query", ODD_QUERIES, ids=lambda text: text[:24])
def test_x4_odd_queries_are_ignored_or_refused_everywhere(client: Client, query: str) -> None:
    fill(1)
    addresses = [f"{address}?{query}" for name, address in public_addresses().items() if "respond" not in name]
    assert wrong(client, addresses, {200, 301, 302, 400, 404, 422}) == {}


TOO_MUCH = {
    "a NUL": "topic=%00",
    "7,000 letters": "q=" + "a" * 7000,
    "2,000 parameters": "&".join(f"a{number}=1" for number in range(2000)),
}


@pytest.mark.parametrize("query", TOO_MUCH.values(), ids=TOO_MUCH)
def test_x4_too_much_in_a_query_is_refused_everywhere_before_any_statement(client: Client, query: str) -> None:
    fill(1)
    addresses = [f"{address}?{query}" for address in public_addresses().values()]
    with CaptureQueriesContext(
        connection,
    ) as statements:
        assert wrong(client, addresses, {400}) == {}
    assert len(statements) == 0


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/", "/\\evil.example/", "/%5cevil.example", "///evil.example/publications",
                                  "/%2f%2fevil.example", "/publications//evil.example", "//evil.example/%2e%2e"])  # fmt: skip
def test_x4_no_path_leads_to_another_host(client: Client, path: str) -> None:
    response = client.get("/", PATH_INFO=path)  # the client would take what follows // for a host
    assert (response.status_code in {301, 400, 404}, urlsplit(response.headers.get("Location", "")).netloc) == (
        True,
        "",
    )


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\thttps://evil.example"],
)
def test_x4_signing_in_leads_to_no_other_host(client: Client, target: str) -> None:
    page = client.get(f"/admin/login/?next={quote(target)}", follow=True)
    assert page.status_code == 200
    assert b'action="https://evil' not in page.content


@pytest.mark.parametrize("path", ["/wp-login.php", "/xmlrpc.php", "/wp-json/wp/v2/users", "/wp-admin/", "/.env", "/.git/config", "/no-such-page/",
                                  "/index.php?p=1", "/cgi-bin/x.cgi", "/vendor/phpunit/x.php"])  # fmt: skip
def test_x4_what_robots_try_costs_little_and_leaves_no_cookie(client: Client, path: str) -> None:
    with CaptureQueriesContext(connection) as statements:
        response = client.get(path)
    assert (response.status_code, dict(response.cookies)) == (404, {})
    assert len(statements) <= 5


@pytest.mark.parametrize(
    "cookie", ['"a\\000b-and-eight-letters"', '"\\012Set-Cookie: x"', "x" * 3000, "'; DROP TABLE--", "\xff\xfe" * 9]
)
def test_x4_odd_cookies_are_no_error_of_ours(client: Client, cookie: str) -> None:
    PublicationFactory.create(published=True)
    for address in ("/", "/publications/", "/admin/"):
        response = client.get(address, headers={"cookie": f"session={cookie}; csrf={cookie}; messages={cookie}"})
        assert response.status_code in {200, 302, 400}


@pytest.mark.parametrize("host", ["evil.example", "localhost:1@evil.example", "", "a" * 300, "local host", "[::1"])
def test_x4_a_forged_host_is_refused_in_our_own_words(client: Client, host: str) -> None:
    response = client.get("/", headers={"host": host, "x-forwarded-host": "evil.example"})
    assert (response.status_code, b"evil.example" in response.content) == (400, False)
    assert b"This request could not be read" in response.content


# The form for responses


@pytest.fixture
def piece() -> Publication:
    series = SeriesFactory.create(commentary=True, allows_responses=True)
    made: Publication = PublicationFactory.create(series=series, published=True)
    return made


def filled(client: Client, piece: Publication, **changes: Any) -> dict[str, Any]:
    """The form as the page gives it, filled in as a person would an hour later."""
    form = client.get(piece.get_respond_url()).context["form"]
    return {"name": "Mei", "affiliation": "", "email": "mei@example.org", "text": "A thought.", "website": "",
            "opened": an_hour_old(form)} | changes  # fmt: skip


def an_hour_old(form: Any) -> str:
    return signing.dumps(
        signing.loads(form["opened"].value(), salt=ResponseForm.salt()) - 3600, salt=ResponseForm.salt()
    )


def post(client: Client, piece: Publication, **changes: Any) -> Any:
    return client.post(piece.get_respond_url(), filled(client, piece, **changes))


def stored() -> list[ReaderResponse]:
    return list(ReaderResponse.objects.all())


KEPT_AS_TYPED = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }} {0.__class__} %s %(x)s", "+ADw-script+AD4-",
    "<![CDATA[x]]><!-- x -->", "'; DROP TABLE x; --", "1 UNION SELECT password", "pg_sleep(10)", "a & | ! (", "=HYPERLINK(1)",
    "=cmd|' /C calc'!A0", "தமிழ் عربى 中文 😀", "a" + "\u0301" * 40, "Words\nin\n\nlines",
)  # fmt: skip


@pytest.mark.parametrize("text", KEPT_AS_TYPED, ids=lambda text: text[:20])
def test_x4_words_of_every_kind_are_kept_as_typed_and_shown_as_text(
    client: Client, piece: Publication, text: str
) -> None:
    assert post(client, piece, text=text).status_code == 302
    (held,) = stored()
    assert held.text == unicodedata.normalize("NFC", text)
    ReaderResponse.objects.update(verdict="approved")
    page = client.get(piece.get_absolute_url()).content.decode()
    assert (page.count("<script>alert(1)"), page.count("<img src=x"), "14 " in page.split('id="responses"')[1]) == (
        0,
        0,
        False,
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Mei\u202etxt.exe", "Meitxt.exe"),
        ("M\u200be\u200di\ufeff", "Mei"),
        ("Me\u0301i\u2066\u2069", "Méi"),
        ("Z" + "\u0335" * 60, "Z\u0335\u0335"),
        ("Me\0i\x07", "Mei"),
        ("  Mei \t Lin ", "Mei  Lin"),
        ("முருகன் Ōe 山田", "முருகன் Ōe 山田"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
    ],
)  # fmt: skip
def test_x4_what_only_deceives_is_dropped_from_names(client: Client, piece: Publication, typed: str, kept: str) -> None:
    assert post(client, piece, name=typed, affiliation=typed).status_code == 302
    assert [(one.name, one.affiliation) for one in stored()] == [(kept, kept)]


REFUSED = [
    ("name", "Mei\r\nBcc: all@example.org"), ("affiliation", "X\nY"), ("text", "a\0b"), ("email", "mei\0@example.org"),
    ("name", ""), ("name", " \u200b "), ("text", " \n "), ("text", "x" * 100_000), ("name", "x" * 100_000), ("email", ""),
    ("email", "mei"), ("email", "mei@example"), ("email", ".mei@example.org"), ("email", "m..ei@example.org"),
    ("email", "mei@[127.0.0.1]"), ("email", "a@example.org,b@example.org"), ("email", "Mei <mei@example.org>"),
    ("email", "mei@example.org\r\nBcc: all@example.org"), ("email", "mei@example.org%0aBcc:x"), ("email", "a" * 65 + "@example.org"),
    ("email", "mei@" + "a." * 130 + "org"), ("email", "mei\u202e@example.org"), ("email", "<b>mei@example.org"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), REFUSED, ids=lambda text: repr(text)[:24])
def test_x4_what_cannot_be_taken_is_refused_with_words_and_nothing_typed_is_lost(
    client: Client, piece: Publication, field: str, value: str
) -> None:
    sent = {"text": "Kept words", field: value}
    response = post(client, piece, **sent)
    assert (response.status_code, stored()) == (422, [])
    assert list(response.context["form"].errors) == [field]
    assert field == "text" or "Kept words" in response.content.decode()


TAKEN = ["mei+rsis@example.org", "m.e.i@mail.example.org", "o'brien@example.org", "mei@xn--bcher-kva.example", "MEI@Example.ORG",
         " mei@example.org "]  # fmt: skip


@pytest.mark.parametrize("email", TAKEN)
def test_x4_good_addresses_are_taken(client: Client, piece: Publication, email: str) -> None:
    assert post(client, piece, email=email).status_code == 302
    assert [one.email for one in stored()] == [email.strip()]


def test_x4_an_address_in_another_script_is_kept_as_dns_has_it(client: Client, piece: Publication) -> None:
    assert post(client, piece, email="mei@bücher.example").status_code == 302
    assert [one.email for one in stored()] == ["mei@xn--bcher-kva.example"]


def test_x4_unknown_fields_are_never_assigned(client: Client, piece: Publication) -> None:
    post(client, piece, verdict="approved", is_staff="1", publication="999", judged_by="1", at="2001-01-01")
    assert [(one.verdict, one.publication, one.judged_by, one.at.year > 2001) for one in stored()] == [
        ("waiting", piece, None, True)
    ]


def test_x4_a_field_given_twice_is_refused(client: Client, piece: Publication) -> None:
    sent = filled(client, piece) | {"email": ["mei@example.org", "other@example.org"]}
    assert (client.post(piece.get_respond_url(), sent).status_code, stored()) == (400, [])


MULTIPART = "multipart/form-data; boundary=x"
BODIES = {
    "3,000 fields": ("&".join(f"f{number}=1" for number in range(3000)), "application/x-www-form-urlencoded", {400, 413}),
    "12 MB": ("text=" + "a" * 12_000_000, "application/x-www-form-urlencoded", {400, 413}),
    "a list": ('{"text": "a"}', "application/json", {400, 403, 422}),
    "no boundary": ("--x\r\n", "multipart/form-data", {400}),
    "nothing after the boundary": ("--x", MULTIPART, {400, 422}),
    "a part without its end": ('--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nabc', MULTIPART, {400, 422}),
    "a file where words belong": (
        '--x\r\nContent-Disposition: form-data; name="text"; filename="../x"\r\n\r\nabc\r\n--x--', MULTIPART, {400, 422}),
    "broken base64": (
        '--x\r\nContent-Disposition: form-data; name="text"\r\nContent-Transfer-Encoding: base64\r\n\r\na\r\n--x--', MULTIPART, {400, 422}),
    "an unknown character set": ("text=a", "application/x-www-form-urlencoded; charset=x-nothing", {400, 422}),
    "UTF-7": ("text=%2BADw-", "application/x-www-form-urlencoded; charset=utf-7", {400, 422}),
    "broken UTF-8": ("text=%ff%fe&name=%ed%a0%80", "application/x-www-form-urlencoded", {422}),
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
def test_x4_broken_and_oversized_bodies_are_refused_with_our_own_words(
    client: Client, piece: Publication, kind: str
) -> None:
    body, content_type, allowed = BODIES[kind]
    response: HttpResponse = client.generic("POST", piece.get_respond_url(), body.encode(), content_type)
    assert response.status_code in allowed
    assert b"| RSIS</title>" in response.content
    assert stored() == []


def test_x4_a_form_without_its_token_gets_our_own_page(piece: Publication) -> None:
    strict = Client(enforce_csrf_checks=True)
    for sent in ({"data": filled(strict, piece)}, {"data": '{"text": "a"}', "content_type": "application/json"}):
        response = strict.post(piece.get_respond_url(), **sent)
        assert (response.status_code, stored()) == (403, [])
        assert "This form could not be checked" in response.content.decode()
        assert "default-src 'none'" in response["Content-Security-Policy"]


def test_x4_the_bait_is_thanked_and_not_kept(client: Client, piece: Publication) -> None:
    response = post(client, piece, website="https://buy.example")
    assert (response.status_code, stored()) == (302, [])
    assert "Thank you." in client.get(response["Location"]).content.decode()


def test_x4_too_many_responses_are_asked_to_wait_and_lose_nothing(client: Client, piece: Publication) -> None:
    with time_machine.travel(datetime(2036, 3, 20, 10, tzinfo=UTC), tick=False):
        answers = [post(client, piece, text=f"Thought {number}") for number in range(7)]
    assert [one.status_code for one in answers] == [302] * 5 + [429] * 2
    assert answers[-1]["Retry-After"] == "600"
    page = answers[-1].content.decode()
    assert ("Thought 6" in page, "send it again in 10 minutes" in page) == (True, True)
    assert len(stored()) == 5


def test_x4_a_hundred_a_minute_from_many_places_are_slowed_too(client: Client, piece: Publication) -> None:
    with time_machine.travel(datetime(2036, 3, 20, 10, tzinfo=UTC), tick=False):
        CallerCount.objects.create(purpose="response sent everyone", began_at=timezone.now(), times=120)
        assert post(client, piece).status_code == 429


def test_x4_a_forged_forwarded_address_is_not_believed(client: Client, piece: Publication, settings: Settings) -> None:
    def statuses(**headers: str) -> list[int]:
        CallerCount.objects.all().delete()
        return [
            client.post(piece.get_respond_url(), filled(client, piece, text=f"{headers}{number}"),
                        headers={name: value.format(number) for name, value in headers.items()}).status_code
            for number in range(6)
        ]  # fmt: skip

    assert statuses(**{"x-forwarded-for": "10.0.0.{}"}) == [302] * 5 + [429]  # nobody stands before us
    settings.BEHIND_PROXY = True
    assert statuses(**{"x-forwarded-for": "10.0.0.{}, 192.0.2.1"}) == [302] * 5 + [429]  # the proxy wrote the last
    assert statuses(**{"x-forwarded-for": "10.0.0.9, 192.0.2.{}"}) == [302] * 6
    assert statuses(**{"x-forwarded-for": "2001:db8::{}"}) == [302] * 5 + [429]  # one network of one household


@pytest.mark.parametrize(
    ("method", "status"), [("get", 200), ("head", 200), ("options", 405), ("put", 405), ("delete", 405)]
)
def test_x4_a_response_is_only_ever_posted(client: Client, piece: Publication, method: str, status: int) -> None:
    assert (getattr(client, method)(piece.get_respond_url()).status_code, stored()) == (status, [])
