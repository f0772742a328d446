"""What happened can be told from the log, and nothing about readers."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from editorial import logs, preview, publishing
from tests.factories import PASSWORD, PublicationFactory, SeriesFactory, UserFactory


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """Every line as a machine reads it."""
    found: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(logs.JsonLines().format(record)))

    keeper = Keep()
    logging.getLogger().addHandler(keeper)
    cache.clear()
    yield found
    logging.getLogger().removeHandler(keeper)
    cache.clear()


def facts(line: dict[str, Any], *names: str) -> list[Any]:
    return [line.get(name) for name in names]


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_route_and_not_its_query_or_address(
    client: Client, lines: list[dict[str, Any]]
) -> None:
    client.get("/publications/?topic=secret-thought", REMOTE_ADDR="192.0.2.7", headers={"user-agent": "Mozilla"})
    (line,) = lines
    assert facts(line, "what", "method", "route", "status", "level") == ["request", "GET", "archive", 200, "INFO"]
    assert len(line["request"]) == 16
    assert isinstance(line["ms"], int)
    assert [word for word in ("secret-thought", "192.0.2.7", "Mozilla") if word in json.dumps(line)] == []


@pytest.mark.django_db
def test_addresses_are_kept_only_when_asked_for(
    client: Client, lines: list[dict[str, Any]], settings: Settings
) -> None:
    settings.LOG_ADDRESSES = True
    client.get("/privacy/", REMOTE_ADDR="192.0.2.7")
    assert [line["address"] for line in lines] == ["192.0.2.7"]


@pytest.mark.django_db
def test_the_key_of_a_preview_is_in_no_line(client: Client, lines: list[dict[str, Any]]) -> None:
    address = preview.link_url(preview.make_link(PublicationFactory.create(), None))
    client.get(address)
    client.get(address[:-3] + "x/")
    assert [line["route"] for line in lines] == ["preview", "preview"]
    assert [line for line in lines if address.split("/")[2] in json.dumps(line)] == []


@pytest.mark.django_db
def test_refusals_are_lines_with_their_status_and_without_what_was_sent(
    client: Client, lines: list[dict[str, Any]]
) -> None:
    client.get("/?q=%00")
    client.get("/no-such-page/")
    client.get("/", headers={"host": "evil.example"})
    client.generic("TRACE", "/")
    assert [facts(line, "path", "route", "status") for line in lines] == [
        ["/", None, 400], ["/no-such-page/", None, 404], ["/", None, 400], ["/", None, 405],
    ]  # fmt: skip
    assert "evil" not in json.dumps(lines)


@pytest.mark.django_db
def test_signing_in_failing_and_leaving_are_lines_without_names(client: Client, lines: list[dict[str, Any]]) -> None:
    user = UserFactory.create(username="mei", is_staff=True)
    client.post("/admin/login/", {"login": "mei", "password": "my real password"})
    client.post("/admin/login/", {"login": "mei", "password": PASSWORD})
    client.post("/admin/logout/")
    told = [facts(line, "what", "user") for line in lines if line["what"] != "request"]
    assert told == [["sign-in refused", None], ["signed in", user.pk], ["signed out", user.pk]]
    assert [word for word in ("mei", "my real password", PASSWORD) if word in json.dumps(lines)] == []


@pytest.mark.django_db
def test_steps_of_publishing_say_who_and_what(lines: list[dict[str, Any]]) -> None:
    user = UserFactory.create()
    piece = PublicationFactory.create(ready=True, series=SeriesFactory.create(commentary=True))
    publishing.publish(piece, timezone.now(), user)
    publishing.withdraw(piece, "A reason", user)
    item = f"publications.publication {piece.pk}"
    assert [facts(line, "what", "item", "state", "user") for line in lines] == [
        ["step", item, "published", user.pk], ["step", item, "withdrawn", user.pk],
    ]  # fmt: skip


@pytest.mark.django_db
def test_an_error_of_ours_is_told_with_its_trace_and_the_id_of_its_request(
    lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rsis.front_page.home", lambda: 1 / 0)
    Client(raise_request_exception=False).get("/")
    error, request = lines
    assert ("ZeroDivisionError" in error["trace"], request["status"]) == (True, 500)
    assert error["request"] == request["request"]


@given(st.text())
def test_no_text_breaks_out_of_its_line(text: str) -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "%s", (text,), None)
    record.facts = {"path": text}
    for formatter in (logs.JsonLines(), logs.Words()):
        line = formatter.format(record)
        assert len(line.splitlines()) == 1
        assert [letter for letter in line if letter < " "] == []
