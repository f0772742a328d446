"""The public forms as a person fills them in: opened an hour ago, without the bait."""

import time
from typing import Any

from django.core import signing
from django.test import Client

from contact.forms import EnquiryForm, ExpertForm, FeedbackForm
from editorial.forms import PublicForm

ENQUIRY = {"sender": "Mei Lin", "email": "mei@example.org", "subject": "general", "message": "May I visit?"}
EXPERT = {
    "sender": "Mei Lin", "email": "mei@example.org", "outlet": "The Courier", "medium": "print",
    "deadline": "2026-03-21T18:00", "zone": "Asia/Singapore", "question": "What now?",
}  # fmt: skip
FEEDBACK = {
    "rating": "5",
    "liked": "The notes.",
    "improve": "The menu.",
    "email": "mei@example.org",
    "page": "/people/",
}
FORMS: dict[str, tuple[type[PublicForm], dict[str, str]]] = {
    "/contact/": (EnquiryForm, ENQUIRY),
    "/people/wei/enquiry/": (ExpertForm, EXPERT),
    "/feedback/": (FeedbackForm, FEEDBACK),
}


def filled(address: str, **changes: Any) -> dict[str, Any]:
    form, usual = FORMS[address]
    opened = signing.dumps(int(time.time()) - 3600, salt=form.salt())
    return usual | {"website": "", "opened": opened} | changes


def send(client: Client, address: str, **changes: Any) -> Any:
    return client.post(address, filled(address, **changes))
