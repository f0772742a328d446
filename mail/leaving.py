"""Whoever no longer wants a message is answered once no worker is about to send it.

A worker asks who still wants the rows in its hands, after it has marked them and so that the answer is never older than FRESH
when the end of a text goes out. So of what is written and committed here, either the worker hears when it asks, or the mark
can be seen here.
"""

import time
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mail.models import Outgoing

FRESH = 0.2  # seconds
LONGEST_WAIT = 2 * FRESH
LOOK_EVERY = 0.02


def let_go(rows: QuerySet[Any]) -> None:
    """Once the transaction is over, wait until no worker has any of these rows in its hands. Most often none has."""
    transaction.on_commit(partial(_wait, rows.filter(state=Outgoing.State.HANDING)))


def _wait(handing: QuerySet[Any]) -> None:
    until = time.monotonic() + LONGEST_WAIT
    while handing.exists() and time.monotonic() < until:
        time.sleep(LOOK_EVERY)
