"""Promises with a figure that no single room keeps: time, queries, settings."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from editorial.models import State, User
from publications.models import Publication
from tests.addresses import fill, public_addresses
from tests.factories import DocumentFactory, PublicationFactory

ROOT = Path(__file__).resolve().parent.parent
SIX = datetime(2025, 3, 19, 22, 0, tzinfo=UTC)  # Thu 20 March 2025, 06:00 in Singapore
SECRET = "The Embargoed Title"
PUBLIC_SITE = {
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnop",
    "ALLOWED_HOSTS": "www.example.org",
    "DATABASE_URL": "sqlite://:memory:",
    "SMTP_HOST": "mail.example.org",
}


def everything(client: Client) -> dict[str, bytes]:
    """What every public address answers, whole."""
    answers: dict[str, bytes] = {}
    for name, address in public_addresses().items():
        if "preview" not in name and "respond" not in name:
            response = client.get(address)
            answers[name] = b"".join(response) if response.streaming else response.content
    return answers


@pytest.mark.django_db
def test_r11_nothing_is_seen_before_its_second_on_any_address_and_everything_at_it(client: Client) -> None:
    with time_machine.travel(SIX.replace(hour=20), tick=False):
        fill(1)
    item = PublicationFactory.create(
        series=Publication.objects.get(number="CO25059").series, title=SECRET, slug="embargoed", number="CO25060",
        document=DocumentFactory.create(), body="<p>Embargoed words.</p>",
    )  # fmt: skip
    Publication.objects.filter(pk=item.pk).update(state=State.PUBLISHED, publish_at=SIX, first_published_at=SIX)
    item.refresh_from_db()
    own = [item.get_absolute_url(), item.get_file_url(), "/CO25060", f"/covers/{item.pk}.svg"]
    with time_machine.travel(SIX.replace(hour=21, minute=59, second=59, microsecond=999_999), tick=False):
        before = everything(client)  # also fills whatever is kept for later readers
        assert [name for name, page in before.items() if SECRET.encode() in page or b"CO25060" in page] == []
        assert [client.get(address).status_code for address in own] == [404] * 4
    with time_machine.travel(SIX, tick=False):
        after = everything(client)
        shown = {name for name, page in after.items() if SECRET.encode() in page}
        assert {"home", "archive", "inhouse", "series"} <= shown
        found = [client.get(address) for address in own]
        assert [(one.status_code, b"".join(one) if one.streaming else b"")[0] for one in found] == [200, 200, 301, 200]


@pytest.mark.django_db
def test_r12_no_page_takes_more_than_thirty_statements(client: Client) -> None:
    fill(12)
    counts = {}
    for name, address in public_addresses().items():
        cache.clear()
        with CaptureQueriesContext(connection) as statements:
            response = client.get(address)
            if response.streaming:
                b"".join(response)
        counts[name] = len(statements)
    assert counts["publication"] > 0
    assert {name: count for name, count in counts.items() if count > 30} == {}


def on_a_public_site(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    env = PUBLIC_SITE | {"PATH": os.environ["PATH"]} | extra
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_x8_the_deployment_check_has_nothing_to_say() -> None:
    done = on_a_public_site("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (1 silenced).")


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_x8_without_its_secrets_a_public_site_does_not_start(missing: str) -> None:
    done = on_a_public_site("manage.py", "check", **{missing: ""})
    assert (done.returncode, f"Set {missing} in the environment" in done.stderr) == (1, True)


def test_x8_without_a_word_in_the_environment_a_public_site_is_closed() -> None:
    names = (
        "DEBUG",
        "HTTPS",
        "REQUIRE_SECOND_FACTOR",
        "BEHIND_PROXY",
        "LOG_ADDRESSES",
        "LOG_FORMAT",
        "SECURE_HSTS_SECONDS",
    )
    program = f"import json; from rsis import settings as s; print(json.dumps([getattr(s, n) for n in {names!r}]))"
    values: list[Any] = json.loads(on_a_public_site("-c", program).stdout)
    assert dict(zip(names, values, strict=True)) == {
        "DEBUG": False, "HTTPS": True, "REQUIRE_SECOND_FACTOR": True, "BEHIND_PROXY": False, "LOG_ADDRESSES": False,
        "LOG_FORMAT": "json", "SECURE_HSTS_SECONDS": 31_536_000,
    }  # fmt: skip


@pytest.mark.django_db
def test_x8_there_is_no_account_nobody_made() -> None:
    assert User.objects.count() == 0
