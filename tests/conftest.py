"""What every test can ask for. Data comes from tests/factories.py, a real browser from `page` and `new_page`."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from editorial import held
from people import entries
from publications import catalogue
from rsis import navigation, page_cache
from rsis.demo import content
from rsis.navigation import Furniture

CHROMIUM_OPTIONS = [
    "--no-sandbox",  # refuses to start as root otherwise
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",  # a request to the outside is reported, never made
]

REPORT_CSP_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event =>
    console.error(`CSP ${event.violatedDirective}: ${event.blockedURI} in ${event.sourceFile}, ${event.lineNumber}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(autouse=True)
def media_folder(settings: Settings, tmp_path: Path) -> Path:
    """Uploads of a test go with it."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.ERASURES_FILE = str(tmp_path / "erasures")
    settings.WORK_MARK_FILE = tmp_path / "work-mark"
    settings.MAIL_JOURNALS = tmp_path / "journals"
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def empty_catalogue() -> None:
    """A test that was rolled back leaves its keys to the next, for other pieces; and what is held, its settings."""
    catalogue.forget()
    entries.forget()
    held.forget()


@pytest.fixture(autouse=True)
def bare_furniture(media_folder: Path) -> None:
    """Header and footer as of an empty site, read already: a test of anything else is not about them. A test of the menu
    begins with `navigation.hold()`; where writes are committed they are read anew by themselves."""
    navigation.hold(Furniture(page_cache.edition().now()))


@pytest.fixture(scope="session", autouse=True)
def static_files() -> Iterator[None]:
    """pytest-django knows Django's own static files app by its name, and not the trimmed one we install instead."""
    with mock.patch("django.test.testcases._StaticFilesHandler", StaticFilesHandler):
        yield


@pytest.fixture(scope="module")
def demonstration(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The site as the demonstration fills it today, once for a module and taken back afterwards; each test is undone
    within it. Its uploads are in the folder that this gives, for a test to put into MEDIA_ROOT."""
    folder = tmp_path_factory.mktemp("demonstration")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        content.load(timezone.localdate())
        yield folder
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for path in map(shutil.which, names) if path), None)
    assert found, "No Chromium on PATH. Install it, or run the tests without it: make test-quick"
    # Playwright's loop runs in the thread of the tests, where Django would otherwise refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser found wrong: console errors, CSP violations, exceptions, requests that left the site.

    A test that provokes one asserts it and clears the list; anything left fails the test.
    """
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def new_page(chromium: Browser, live_server: LiveServer, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Open a page as a visitor of one's own (own cookies), with the options of Playwright's `new_context`:
    `new_page(java_script_enabled=False)`, `new_page(viewport={"width": 390, "height": 844})`.
    """
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, locale="en-GB", timezone_id="Asia/Singapore", **options
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_init_script(REPORT_CSP_VIOLATIONS)
        context.on("console", lambda line: complaints.append(f"console: {line.text}") if line.type == "error" else None)
        context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
        context.on("request", lambda request: note_if_outside(request.url))
        return context.new_page()

    def note_if_outside(url: str) -> None:
        if not url.startswith((live_server.url, "data:", "blob:")):
            complaints.append(f"left the site: {url}")

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()
