"""Nothing that the form of registration does tells whether an address is registered: neither its words (of those
test_registration_pages.py), nor the work that its answer waits for."""

from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import RegistrationDesk
from tests.event_factories import RegistrationDeskFactory
from tests.events.test_registration_pages import rows, send, subjects

pytestmark = pytest.mark.django_db


def test_the_form_takes_as_many_statements_for_somebody_registered_as_for_anybody(
    client: Client,
) -> None:
    desk: RegistrationDesk = RegistrationDeskFactory.create()
    send(client, desk)
    counted = []
    for to in ("first@example.org", "new@example.org", "mei@example.org", "mei@example.org"):
        with CaptureQueriesContext(connection) as asked:
            send(client, desk, email=to)
        kinds = Counter(one["sql"].partition(" ")[0] for one in asked)
        counted.append((len(asked), kinds["SELECT"], kinds["INSERT"] + kinds["UPDATE"]))
    assert counted[1:] == [counted[1]] * 3
    assert (subjects(), len(rows())) == (["Your place is confirmed: Straits in Winter"], 3)
