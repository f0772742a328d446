"""The sign-up form as a person fills it in, and the links of the letters that answer it."""

import re
import time
from typing import Any

from django.core import signing
from django.test import Client

from mail.models import Letter
from subscriptions import signing_up
from subscriptions.forms import SignUpForm
from subscriptions.models import Subscriber

ADDRESS = "/subscribe/"
# What a statement of the database begins with, the same for all values.
WITHOUT_VALUES = re.compile(r'VALUES|UNNEST|WHERE|SET|(?<=POINT) "')
LINK = re.compile(r"https?://[^/\s]+(/subscriptions/[a-z]+/[^\s\"<]+)")


def filled(**changes: Any) -> dict[str, Any]:
    opened = signing.dumps(int(time.time()) - 3600, salt=SignUpForm.salt())
    usual = {
        "email": "mei@example.org",
        "lists": ["publications"],
        "frequency": "once",
        "website": "",
        "opened": opened,
    }
    return usual | changes


def sign_up(client: Client, **changes: Any) -> Any:
    return client.post(ADDRESS, filled(**changes))


def letters_to(address: str = "mei@example.org") -> list[Letter]:
    """Those written so far, what is due now included."""
    signing_up.answer_due()
    return list(Letter.objects.filter(to_address=address).order_by("pk"))


def link_of(letter: Letter) -> str:
    found = LINK.search(letter.text)
    assert found
    return found[1]


def subscribed(client: Client, **changes: Any) -> Subscriber:
    """Signed up and confirmed, as a person does it."""
    sign_up(client, **changes)
    address = changes.get("email", "mei@example.org")
    client.post(link_of(letters_to(address)[-1]))
    return Subscriber.objects.get(key=address.casefold())
