"""No public answer, its words, its length or the work behind it tells whether an address is known.

What is compared of time are the statements: their number and kind are the same, so the time is, on any machine and under any
load; a measured time would tell of the machine.
"""

import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mail.models import Letter
from subscriptions import barring, links, personal_data, wishes
from subscriptions.models import Subscriber, Suppression
from tests.subscriptions.signing import filled, letters_to, subscribed

pytestmark = pytest.mark.django_db

VALUES = re.compile(r'VALUES|UNNEST|WHERE|SET|(?<=POINT) "')
HIDDEN = re.compile(r"(csrfmiddlewaretoken|opened)\" value=\"[^\"]*|nonce-[\w-]+")


def told(ask: Any) -> tuple[int, str, str, list[str]]:
    """What anybody can see of an answer, and what was asked of the database for it."""
    with CaptureQueriesContext(connection) as asked:
        answer = ask()
    words = HIDDEN.sub("", answer.content.decode())
    return answer.status_code, answer.get("Location", ""), words, [VALUES.split(one["sql"])[0] for one in asked]


def kinds_of_addresses(client: Client) -> list[str]:
    """Unknown, confirmed, waiting, left, complained, erased; nobody was written to today."""
    with time_machine.travel("2026-03-18 10:00+08:00"):
        for name in ("known", "left", "erased"):
            subscribed(client, email=f"{name}@example.org")
        client.post("/subscribe/", filled(email="waiting@example.org"))
        letters_to("waiting@example.org")
        wishes.leave_all(Subscriber.objects.get(key="left@example.org"), "test")
        barring.bar("complained@example.org", Suppression.Cause.COMPLAINT)
        personal_data.erase("erased@example.org")
    return [f"{name}@example.org" for name in ("unknown", "known", "waiting", "left", "complained", "erased")]


def test_j24_signing_up_tells_nothing(client: Client) -> None:
    addresses = kinds_of_addresses(client)
    with time_machine.travel("2026-03-20 10:00+08:00"):
        Client().post("/subscribe/", filled(email="first@example.org", lists=["events"]), REMOTE_ADDR="10.9.0.1")
        found = [
            told(lambda: Client().post("/subscribe/", filled(email=one, lists=["events"]), REMOTE_ADDR=f"10.{n}.0.1"))  # noqa: B023
            for n, one in enumerate(addresses)
        ]
    assert found == [found[0]] * len(addresses)
    assert found[0][:2] == (302, "/subscribe/?sent=1")


def test_asking_for_the_page_of_ones_subscriptions_is_signing_up_and_tells_nothing_but_by_letter(
    client: Client,
) -> None:
    """There is no form of its own for it: whoever is known gets a letter with the way to it, and sees the same page."""
    addresses = kinds_of_addresses(client)[:2]
    with time_machine.travel("2026-03-20 10:00+08:00"):
        Client().post("/subscribe/", filled(email="first@example.org"), REMOTE_ADDR="10.9.0.1")
        found = [
            told(lambda: Client().post("/subscribe/", filled(email=one), REMOTE_ADDR=f"10.{n}.0.1"))  # noqa: B023
            for n, one in enumerate(addresses)
        ]
        letter = letters_to("known@example.org")[-1]
    assert (found[0] == found[1], "/subscriptions/manage/" in letter.text) == (True, True)


def forged(token: str) -> str:
    return token[:-1] + ("a" if token[-1] != "a" else "b")


@pytest.mark.parametrize("page", ["unsubscribe", "manage", "confirm", "change"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_token_tells_nothing_of_whom_it_would_name(client: Client, page: str, method: str) -> None:
    known = subscribed(client)
    stranger = Subscriber(email="nobody@example.org", key="nobody@example.org")
    more = {"unsubscribe": [links.scope_of("publications")], "change": ["old", "1"]}.get(page, [])
    tokens = [forged(links.token_of(page, one, *more)) for one in (known, stranger)]
    found = [told(lambda: getattr(client, method)(f"/subscriptions/{page}/{one}/")) for one in tokens]  # noqa: B023
    status, place, words, asked = found[0]
    assert (found[1][:2], found[1][3]) == ((status, place), asked)
    assert words.replace(tokens[0], "") == found[1][2].replace(tokens[1], "")
    assert (status, [one for one in asked if "subscriptions_" in one]) == (404, [])
    assert known.subscriptions.filter(is_active=True).count() == 1


def test_wishing_for_another_address_tells_nothing_of_the_other(client: Client) -> None:
    """A letter goes to both, whoever they are."""
    addresses = kinds_of_addresses(client)[:4]
    found = []
    for number, one in enumerate(addresses):
        with time_machine.travel("2026-03-20 10:00+08:00"):
            asker = subscribed(client, email=f"asker{number}@example.org")
            path = f"/subscriptions/manage/{links.token_of('manage', asker)}/"
            found.append(told(lambda: client.post(path, {"action": "move", "email": one})))  # noqa: B023
            found[-1] = (found[-1][0], found[-1][1].replace(path, ""), *found[-1][2:])
    assert found == [found[0]] * len(addresses)
    assert Letter.objects.filter(subject__contains="another address").count() >= 2 * len(addresses)
