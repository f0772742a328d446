"""First look."""

import pytest
from django.test import Client
from tests.event_factories import EventFactory

pytestmark = pytest.mark.django_db


def test_x(client: Client) -> None:
    e = EventFactory.create(published=True)
    for a in (
        "/events/",
        "/events/past/",
        "/events/calendar/",
        e.get_absolute_url(),
        "/events/calendar.ics",
        e.get_absolute_url() + "event.ics",
        "/events/feed.atom",
        "/events/feed.json",
        "/search/?q=straits",
        "/sitemap-events-1.xml",
        "/sitemap.xml",
    ):
        r = client.get(a, follow=True)
        assert r.status_code == 200, a
    print(client.get("/events/calendar.ics").content.decode())
