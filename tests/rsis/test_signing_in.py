"""Signing in: a name, a password, and for whoever may publish a second factor; and how a session ends."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from axes.models import AccessAttempt
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import Settings

from editorial.models import User
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def strict(settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    settings.AXES_ENABLED = True


def publisher(**kwargs: Any) -> User:
    user: User = UserFactory.create(username="mei", is_staff=True, **kwargs)
    rights = Permission.objects.filter(codename__in=["publish_publication", "view_publication"])
    user.user_permissions.set(rights)
    return user


def author() -> User:
    user: User = UserFactory.create(username="wei", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_publication"))
    return user


def sign_in(client: Client, name: str = "mei", password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/admin/login/", {"login": name, "password": password, **extra})


def code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def with_app(user: User) -> str:
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


@pytest.mark.usefixtures("strict")
def test_whoever_may_publish_gets_nowhere_without_a_second_factor(client: Client) -> None:
    publisher()
    assert sign_in(client).headers["Location"] == "/admin/"
    for address in (
        "/admin/",
        "/admin/publications/publication/",
        "/admin/editor/",
        "/admin/password_change/",
        "/admin/autocomplete/",
    ):
        assert client.get(address).headers["Location"] == "/admin/account/2fa/"
    assert client.post("/admin/publications/publication/add/").headers["Location"] == "/admin/account/2fa/"


@pytest.mark.usefixtures("strict")
def test_a_superuser_needs_one_too_and_an_author_does_not(client: Client) -> None:
    UserFactory.create(username="root", is_staff=True, is_superuser=True)
    author()
    sign_in(client, "root")
    assert client.get("/admin/").status_code == 302
    client.post("/admin/logout/")
    sign_in(client, "wei")
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("strict")
def test_the_second_factor_is_asked_for_and_a_wrong_one_opens_nothing(client: Client) -> None:
    secret = with_app(publisher())
    assert sign_in(client).headers["Location"] == "/admin/account/2fa/authenticate/"
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
    assert client.post("/admin/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/admin/").status_code == 302
    right = client.post("/admin/account/2fa/authenticate/", {"code": code(secret)})
    assert (right.headers["Location"], client.get("/admin/").status_code) == ("/admin/", 200)


@pytest.mark.usefixtures("strict")
def test_a_code_works_once(client: Client) -> None:
    secret = with_app(publisher())
    used = code(secret)
    for expected in (302, 200):
        sign_in(client)
        assert client.post("/admin/account/2fa/authenticate/", {"code": used}).status_code == expected
        client.post("/admin/logout/")


@pytest.mark.usefixtures("strict")
def test_a_recovery_code_stands_in_once(client: Client) -> None:
    user = publisher()
    with_app(user)
    spare = RecoveryCodes.activate(user).get_unused_codes()[0]
    for expected in (302, 200):
        sign_in(client)
        assert client.post("/admin/account/2fa/authenticate/", {"code": spare}).status_code == expected
        client.post("/admin/logout/")


@pytest.mark.usefixtures("strict")
def test_guessing_codes_is_stopped(client: Client) -> None:
    with_app(publisher())
    sign_in(client)
    answers = [client.post("/admin/account/2fa/authenticate/", {"code": f"{number:06}"}) for number in range(12)]
    assert answers[-1].status_code == 429 or "Too many failed" in answers[-1].content.decode()


@pytest.mark.usefixtures("strict")
def test_five_wrong_passwords_pause_one_name_from_one_network_for_a_quarter_of_an_hour(client: Client) -> None:
    publisher()
    UserFactory.create(username="wei", is_staff=True)
    statuses = [sign_in(client, password="wrong").status_code for _each in range(5)]
    assert statuses == [200] * 4 + [429]
    locked = sign_in(client)  # with the right password
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert "paused for 15 minutes" in locked.content.decode()
    cache.clear()
    assert sign_in(client, "wei").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.9")).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert sign_in(Client()).status_code == 302


@pytest.mark.usefixtures("strict")
def test_the_pause_is_kept_in_the_database_and_a_forged_address_does_not_end_it(client: Client) -> None:
    publisher()
    for number in range(5):
        cache.clear()
        client.post("/admin/login/", {"login": "mei", "password": "x"}, headers={"x-forwarded-for": f"10.0.0.{number}"})
    assert [(one.username, one.ip_address, one.failures_since_start) for one in AccessAttempt.objects.all()] == [
        ("mei", "127.0.0.1", 5)
    ]


@pytest.mark.usefixtures("strict")
def test_a_name_that_does_not_exist_is_answered_like_a_wrong_password(client: Client) -> None:
    publisher()

    def words(name: str) -> tuple[int, list[str]]:
        response = sign_in(client, name, "wrong")
        return response.status_code, list(response.context["form"].non_field_errors())

    assert words("mei") == words("nobody")


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_x4_signing_in_ends_on_this_site(client: Client, target: str) -> None:
    author()
    assert sign_in(client, "wei", next=target).headers["Location"] == "/admin/"


def test_signing_in_leads_back_to_where_one_was_going(client: Client) -> None:
    author()
    asked = client.get("/admin/publications/publication/")
    assert asked.headers["Location"] == "/admin/login/?next=/admin/publications/publication/"
    assert (
        'name="next" value="/admin/publications/publication/"' in client.get(asked.headers["Location"]).content.decode()
    )
    assert (
        sign_in(client, "wei", next="/admin/publications/publication/").headers["Location"]
        == "/admin/publications/publication/"
    )


def test_somebody_without_the_right_to_the_desk_is_told_so_and_not_sent_in_a_circle(client: Client) -> None:
    client.force_login(UserFactory.create(username="reader"))
    page = client.get("/admin/", follow=True)
    assert page.status_code == 200
    assert "You are signed in as reader" in page.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up(client: Client, method: str) -> None:
    sent = {"username": "new", "password1": "a long enough password", "password2": "a long enough password"}
    getattr(client, method)("/admin/account/sign-up/", sent)
    assert User.objects.count() == 0


def test_the_session_gets_a_new_key_at_sign_in_and_ends_at_sign_out(client: Client) -> None:
    author()
    client.get("/admin/login/")
    before = client.session.session_key
    sign_in(client, "wei")
    key = client.session.session_key
    client.post("/admin/logout/")
    stolen = Client()
    stolen.cookies["session"] = key
    assert (before == key, stolen.get("/admin/").status_code) == (False, 302)


def test_a_session_ends_two_hours_after_its_last_use_and_twelve_after_its_first(client: Client) -> None:
    author()
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        sign_in(client, "wei")
        assert client.get("/admin/").status_code == 200
    for minutes, expected in ((119, 200), (237, 200), (237 + 121, 302)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert client.get("/admin/").status_code == expected
    with time_machine.travel(start, tick=False):
        sign_in(client, "wei")
    seen = []
    for hours in range(14):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            seen.append(client.get("/admin/").status_code)
    assert seen == [200] * 13 + [302]


def test_every_other_session_ends_when_the_password_changes_and_when_the_account_is_closed(client: Client) -> None:
    user = author()
    other, third = Client(), Client()
    for one in (client, other, third):
        cache.clear()
        sign_in(one, "wei")
    changed = {
        "old_password": PASSWORD,
        "new_password1": "nine purple herons wading",
        "new_password2": "nine purple herons wading",
    }
    client.post("/admin/password_change/", changed)
    assert [one.get("/admin/").status_code for one in (client, other)] == [200, 302]
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [("short", False), ("password123456", False), ("wei-wei-wei1", False), ("123456789012", False), ("nine purple herons wading", True), ("ñ" * 200, True)],
)  # fmt: skip
def test_passwords_need_twelve_letters_that_are_not_on_the_common_list(
    client: Client, password: str, is_taken: bool
) -> None:
    user = UserFactory.create(username="wei-wei-wei", is_staff=True)
    client.force_login(user)
    client.post(
        "/admin/password_change/", {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    )
    user.refresh_from_db()
    assert user.check_password(password) == is_taken


def test_ones_sessions_are_listed_and_the_others_ended(client: Client) -> None:
    author()
    other = Client(headers={"user-agent": "Another browser"})
    sign_in(other, "wei")
    sign_in(client, "wei")
    assert "Another browser" in client.get("/admin/account/sessions/").content.decode()
    client.post("/admin/account/sessions/")
    assert [one.get("/admin/").status_code for one in (client, other)] == [200, 302]


def test_administrators_see_that_there_is_a_second_factor_and_never_its_secret(client: Client) -> None:
    user = publisher()
    secret = with_app(user)
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    row = Authenticator.objects.get(user=user)
    pages = [client.get(f"/admin/mfa/authenticator/{tail}").content.decode() for tail in ("", f"{row.pk}/change/")]
    assert ["mei" in page for page in pages] == [True, True]
    assert [secret in page or str(row.data["secret"]) in page for page in pages] == [False, False]
    client.post(f"/admin/mfa/authenticator/{row.pk}/delete/", {"post": "yes"})
    assert Authenticator.objects.count() == 0


# In a browser


@pytest.fixture
def signed_in(page: Page, settings: Settings) -> Page:
    settings.REQUIRE_SECOND_FACTOR = True
    publisher()
    page.goto("/admin/login/")
    enter(page)
    return page


def enter(page: Page) -> None:
    page.fill("#id_username", "mei")
    page.fill("#id_password", PASSWORD)
    page.click("text=Log in")


def add_virtual_key(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_made_and_then_opens_the_desk_without_a_password(signed_in: Page) -> None:
    page = signed_in
    add_virtual_key(page)
    assert page.url.endswith("/admin/account/2fa/")
    page.goto("/admin/account/2fa/webauthn/add/")
    if "/confirm/" in page.url or "reauthenticate" in page.url:
        page.fill("#id_password", PASSWORD)
        page.click("#content button[type=submit]")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/2fa/**")
    page.wait_for_timeout(500)
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    page.goto("/admin/logout/")
    page.click("#content button[type=submit]")
    page.goto("/admin/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/admin/")
    assert page.locator("#site-name").count() == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_an_app_is_set_up_and_used_without_scripts(
    new_page: Callable[..., Page], settings: Settings, scripts: bool
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    publisher()
    page = new_page(java_script_enabled=scripts)
    page.goto("/admin/login/")
    enter(page)
    page.click("text=Activate")
    if page.locator("#id_password").count():
        page.fill("#id_password", PASSWORD)
        page.click("#content button[type=submit]")
    secret = page.locator("code").inner_text()
    assert page.locator(".qr svg").count() == 1
    page.fill("#id_code", code(secret))
    page.click("#content button[type=submit]")
    page.wait_for_url("**/recovery-codes/**")
    page.goto("/admin/")
    assert page.locator("#site-name").count() == 1
    page.goto("/admin/account/sessions/")
    page.goto("/admin/account/2fa/")
    assert Authenticator.objects.count() == 2
