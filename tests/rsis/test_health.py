from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from editorial import renditions
from editorial.uploads import accept_image
from rsis.warming_up import warm_up
from tests.factories import UserFactory, jpeg


def test_a_server_that_lives_says_so_without_any_statement(client: Client) -> None:
    client.cookies["session"] = "a-session-of-someone"
    response = client.get("/healthz")  # without the django_db mark any statement would raise
    assert (response.status_code, response.content, response.headers["Content-Type"]) == (
        200,
        b"ok\n",
        "text/plain; charset=utf-8",
    )
    assert "no-store" in response["Cache-Control"]
    assert response.cookies == {}


@pytest.mark.django_db
def test_ready_costs_two_statements(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_worker_that_is_not_running_is_told_with_its_delay(client: Client) -> None:
    accept_image(ContentFile(jpeg(), "sea.jpg"), alt="Sea", credit="RSIS")
    with time_machine.travel(timezone.now() + timedelta(minutes=9), tick=False):
        assert client.get("/readyz").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        late = client.get("/readyz")
        assert (late.status_code, late.content) == (503, b"worker 31 minutes behind; is it running?\n")
        while renditions.make_due():
            pass
        assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_gone_is_told_without_a_word_of_its_own(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserFactory.create()
    connections.close_all()
    nowhere = "/nonexistent/secret-host" if connection.vendor == "postgresql" else ""
    monkeypatch.setitem(connection.settings_dict, "HOST", nowhere)
    monkeypatch.setitem(connection.settings_dict, "NAME", "/nonexistent/secret-name")
    response = client.get("/readyz")
    connections.close_all()
    assert (response.status_code, response.content) == (503, b"database does not answer\n")


@pytest.mark.django_db
def test_a_cache_that_forgets_is_told(client: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"cache does not keep what it is given\n")


@pytest.mark.django_db
def test_both_are_asked_without_tls_on_a_site_that_redirects_to_it(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert [client.get(address).status_code for address in ("/healthz", "/readyz", "/")] == [200, 200, 301]


@pytest.mark.django_db
def test_a_server_warms_up_without_asking_the_database(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        warm_up()
