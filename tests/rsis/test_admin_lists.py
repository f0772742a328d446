"""Every list of the desk, with search and every filter, costs the same for one row as for three, and less than twenty statements."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from taggit.models import Tag

from editorial.models import Batch, DeletionLock, FoundLink, LinkTarget, MissedAddress
from events.models import EventKind, EventSeries
from mail import letters
from people.models import Proposal
from rsis.models import MenuItem, SiteSettings, UnansweredSearch
from subscriptions.models import Bounce, Delivery, Forgotten, Notification, Subscriber, Suppression
from tests.event_factories import EventFactory, RegistrationDeskFactory
from tests.factories import (
    AbbreviationFactory,
    AppointmentFactory,
    AwardingFactory,
    CentreFactory,
    DocumentFactory,
    EnquiryFactory,
    FeedbackFactory,
    HolderFactory,
    ImageFactory,
    LanguageFactory,
    NewsletterFactory,
    PageFactory,
    PersonFactory,
    PodcastShowFactory,
    ProjectFactory,
    PublicationFactory,
    ReaderResponseFactory,
    RecipientFactory,
    RedirectFactory,
    RegionFactory,
    ResourcePageFactory,
    SeriesFactory,
    SlotFactory,
    StaffProfileFactory,
    TopicFactory,
    UserFactory,
    VacancyFactory,
)

pytestmark = pytest.mark.django_db
MOST = 20


def numbered(text: str) -> str:
    return text.replace("%s", str(Tag.objects.count()))


def piece() -> Any:
    person = PersonFactory.create()
    AppointmentFactory.create(person=person, centre=CentreFactory.create())
    found = PublicationFactory.create(
        authors=[person], image=ImageFactory.create(), updated_by=UserFactory.create(), published=True
    )
    Tag.objects.create(name=numbered("tag %s"), slug=numbered("tag-%s"))
    return found


def more() -> None:
    """A row of every kind that has a list, each pointing at others of its own."""
    one = piece()
    user = UserFactory.create()
    SeriesFactory.create()
    TopicFactory.create()
    RegionFactory.create()
    CentreFactory.create(parent=CentreFactory.create())
    DocumentFactory.create()
    StaffProfileFactory.create()
    SlotFactory.create(publication=one, image=ImageFactory.create())
    ReaderResponseFactory.create(publication=one)
    RedirectFactory.create()
    MissedAddress.objects.create(path=numbered("/missing/%s/"), suggestion="/topics/")
    target = LinkTarget.objects.create(address=numbered("/dead/%s/"), outcome=LinkTarget.Outcome.MISSING)
    kind = ContentType.objects.get_for_model(type(one))
    FoundLink.objects.create(content_type=kind, object_id=one.pk, place="body", href="/dead/", target=target)
    UnansweredSearch.objects.create(words=numbered("words %s"))
    Batch.objects.create(kind="merge", summary="Merged", by=user)
    DeletionLock.objects.create(content_type=kind, object_id=one.pk, reason="Kept", by=user)
    Group.objects.create(name=numbered("Group %s"))
    Authenticator.objects.create(user=user, type="totp", data={})
    more_of_other_rooms(one)


def more_of_other_rooms(one: Any) -> None:
    term = AbbreviationFactory.create()
    term.expansions.create(words="Another meaning", topic=TopicFactory.create())
    AwardingFactory.create(publication=one)
    PodcastShowFactory.create()
    NewsletterFactory.create(centre=CentreFactory.create())
    ResourcePageFactory.create(updated_by=UserFactory.create())
    ProjectFactory.create(centres=[CentreFactory.create()], people=[PersonFactory.create()], outputs=[one])
    LanguageFactory.create()
    Proposal.objects.create(profile=StaffProfileFactory.create(), data={}, by=UserFactory.create())
    page = PageFactory.create(centre=CentreFactory.create(), updated_by=UserFactory.create())
    PageFactory.create(parent=page)
    VacancyFactory.create(centre=page.centre)
    RecipientFactory.create(person=PersonFactory.create())
    HolderFactory.create(person=PersonFactory.create())
    EnquiryFactory.create(person=PersonFactory.create(), assigned_to=UserFactory.create())
    FeedbackFactory.create()
    letters.write(numbered("letter %s"), ("", "mei@example.org"), "Your enquiry", "Thank you.")
    MenuItem.objects.create(label=numbered("Line %s"), address=one.series.get_absolute_url())
    SiteSettings.objects.get_or_create(pk=1)
    more_of_events_and_subscriptions(one)


def more_of_events_and_subscriptions(one: Any) -> None:
    kind = EventKind.objects.create(name=numbered("Kind %s"), slug=numbered("kind-%s"))
    line = EventSeries.objects.create(name=numbered("Line of events %s"), slug=numbered("line-%s"))
    RegistrationDeskFactory.create(event=EventFactory.create(slug=numbered("event-%s"), kind=kind, series=line))
    address = numbered("reader%s@example.org")
    subscriber = Subscriber.objects.create(email=address, key=address)
    notification = Notification.objects.create(
        content_type=ContentType.objects.get_for_model(type(one)), object_id=one.pk, subject="A piece"
    )
    delivery = Delivery.objects.create(
        notification=notification, subscriber=subscriber, target="publications", domain="example.org"
    )
    Bounce.objects.create(delivery=delivery, subscriber=subscriber, kind=Bounce.Kind.HARD)
    Suppression.objects.create(digest=numbered("digest %s"), cause=Suppression.Cause.HARD)
    Forgotten.objects.create(on=timezone.localdate(), what=numbered("kind %s"), count=1)


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def lists(client: Client) -> Iterator[str]:
    """Each list as it is, searched, and with the first choice of each filter."""
    for model, screen in admin.site._registry.items():
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield address
        if screen.search_fields:
            yield f"{address}?q=a"
        answer = client.get(address, follow=True)
        changelist = (answer.context or {}).get("cl") if answer.status_code == 200 else None
        for spec in changelist.filter_specs if changelist else ():
            choices = [choice["query_string"] for choice in spec.choices(changelist)]
            yield from (address + choice for choice in choices[1:2])


def cost(client: Client, address: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, follow=True)
    return answer.status_code, len(queries)


def test_every_list_costs_the_same_with_more_rows_and_less_than_twenty_statements(desk: Client) -> None:
    more()
    known = list(lists(desk))
    for address in known:
        cost(desk, address)  # what is asked once for a process: kinds of content
    one = {address: cost(desk, address) for address in known}
    more()
    more()
    three = {address: cost(desk, address) for address in known}
    assert {address: (one[address], three[address]) for address in known if one[address] != three[address]} == {}
    assert {address: found for address, found in three.items() if found[0] != 200 or found[1] >= MOST} == {}
    assert len(known) > 2 * len(admin.site._registry) - 10


def test_every_kind_with_a_list_has_rows_in_the_test_above() -> None:
    """A list nobody fills proves nothing. The register of numbers and the lines of failed sign-ins have screens of their own kind."""
    more()
    empty = {model._meta.label for model in admin.site._registry if not model._default_manager.exists()}
    assert empty - {"axes.AccessAttempt", "axes.AccessLog", "axes.AccessFailureLog"} == {"publications.NumberEntry"}


def test_each_box_of_a_list_that_is_edited_in_place_says_of_which_row_it_is(desk: Client) -> None:
    more()
    unnamed, boxes = [], 0
    for model, screen in admin.site._registry.items():
        if screen.list_editable:
            page = desk.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/").content.decode()
            found = re.findall(r'<input [^>]*name="form-\d+-position"[^>]*>', page)
            boxes += len(found)
            unnamed += [box for box in found if 'aria-label="Order' not in box]
    assert (unnamed, boxes > 7) == ([], True)
