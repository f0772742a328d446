"""What every answer carries, judged as MDN's Observatory judges it: the header that costs points is the one that is missing."""

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from playwright.sync_api import Page
from pytest_django import Settings

from editorial import renditions
from editorial.models import User
from editorial.uploads import accept_image
from tests.factories import PASSWORD, PublicationFactory, UserFactory, jpeg

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": POLICY,
}
PUBLIC = ("/", "/publications/", "/people/", "/topics/", "/regions/", "/research/", "/media/all/", "/privacy/")


@pytest.mark.parametrize("address", [*PUBLIC, "/admin/login/", "/admin/", "/no-such-page/", "/?q=%00"])
def test_x2_every_answer_carries_the_headers_that_reach_a_plus(client: Client, address: str) -> None:
    response = client.get(address)
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert response["Permissions-Policy"].startswith("accelerometer=()")


def test_x2_the_desk_carries_them_too_and_only_forms_with_the_editor_are_excepted(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    piece = PublicationFactory.create()
    policies = {
        address: client.get(address)["Content-Security-Policy"]
        for address in (
            "/admin/",
            "/admin/publications/publication/",
            f"/admin/publications/publication/{piece.pk}/change/",
        )
    }
    relaxed = [address for address, policy in policies.items() if policy != POLICY]
    assert relaxed == [f"/admin/publications/publication/{piece.pk}/change/"]
    assert "script-src 'self';" in policies[relaxed[0]]


def test_x2_what_somebody_saw_while_signed_in_is_kept_by_no_cache(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    addresses = (
        "/admin/",
        "/admin/account/2fa/",
        "/admin/password_change/",
        "/admin/no-such-page/",
        "/",
        "/no-such-page/",
    )
    found = [client.get(address).headers.get("Cache-Control", "") for address in addresses]
    assert ["private" in value for value in found] == [True] * len(addresses)
    assert ["no-store" in value for value in found] == [True] * 4 + [False, True]


def test_x2_an_error_of_ours_carries_them_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr("rsis.views.front_page", lambda: 1 / 0)
    response = client.get("/")
    assert response.status_code == 500
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE


def test_x2_pictures_may_be_shown_by_feed_readers_on_other_sites(client: Client) -> None:
    shown = renditions.picture(accept_image(ContentFile(jpeg(), "sea.jpg"), alt="Sea", credit="RSIS"))
    assert shown
    response = client.get(shown.src)
    b"".join(response)
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_x2_a_page_is_the_same_bytes_for_every_reader() -> None:
    PublicationFactory.create(published=True)
    assert Client().get("/publications/").content == Client().get("/publications/").content


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND", "X\tY"])
@pytest.mark.parametrize("address", ["/", "/admin/", "/no-such-page/"])
def test_x2_methods_nobody_needs_are_refused_everywhere(client: Client, address: str, method: str) -> None:
    assert client.generic(method, address).status_code == 405


def settings_of_a_public_site(*names: str) -> dict[str, object]:
    """The values of these settings with the environment of a public site, read in a process of its own."""
    program = f"import json; from rsis import settings as s; print(json.dumps([getattr(s, n) for n in {names!r}]))"
    env = {"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "www.example.org", "DATABASE_URL": "sqlite://:memory:"}
    path = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env | path, capture_output=True, text=True, check=True
    )
    return dict(zip(names, json.loads(done.stdout), strict=True))


def test_x2_cookies_of_a_public_site_are_secure_hidden_from_scripts_and_bound_to_the_host() -> None:
    for kind in ("SESSION", "CSRF"):
        found = settings_of_a_public_site(f"{kind}_COOKIE_NAME", f"{kind}_COOKIE_SECURE", f"{kind}_COOKIE_HTTPONLY")
        assert list(found.values()) == [f"__Host-{kind.lower()}", True, True]


def test_x2_the_cookie_of_messages_is_bound_to_the_host_too(settings: Settings) -> None:
    from rsis import message_storage  # noqa: PLC0415 -- read again with the setting of a public site

    settings.HTTPS = True
    assert importlib.reload(message_storage).HostCookieStorage.cookie_name == "__Host-messages"
    settings.HTTPS = False
    importlib.reload(message_storage)


def test_x2_readers_get_no_cookie(client: Client) -> None:
    PublicationFactory.create(published=True)
    assert {address: dict(client.get(address).cookies) for address in (*PUBLIC, "/no-such-page/")} == {
        address: {} for address in (*PUBLIC, "/no-such-page/")
    }


def test_x2_no_template_has_an_inline_script_style_or_handler() -> None:
    inline = re.compile(
        r"<script(?![^>]*\b(src|type=\"application/)\b)|<style|\sstyle=|\son(?!e=)[a-z]+=|javascript:", re.IGNORECASE
    )
    pages = [path.name for path in (ROOT / "templates").rglob("*.html") if inline.search(path.read_text())]
    # Read by the program that typesets, and by programs for mail, which know no style sheets beside a letter.
    assert sorted(pages) == ["badges.html", "letter.html", "mailing.html", "speaker_sheet.html", "typeset.html"]


def test_x2_the_desk_works_under_the_policy(page: Page) -> None:
    User.objects.create_superuser("mei", "mei@example.org", PASSWORD)
    page.goto("/admin/login/")
    page.fill("#id_username", "mei")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    for address in (
        "/admin/",
        "/admin/publications/publication/",
        "/admin/publications/series/add/",
        "/admin/password_change/",
    ):
        page.goto(address)
    assert page.title().startswith("Password change")
