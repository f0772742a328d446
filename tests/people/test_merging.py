"""Two records of one person become one: everything moves, nothing that was printed changes, every address leads on."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from editorial import history
from editorial.models import Revision
from people import merging
from people.duplicates import suspicions
from people.models import Merge, Person
from publications.models import Authorship
from tests.desk_form import error_summary
from tests.factories import (
    AppointmentFactory,
    AuthorshipFactory,
    PersonFactory,
    PublicationFactory,
    SlotFactory,
    StaffProfileFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def two() -> tuple[Person, Person]:
    return PersonFactory.create(name="Nguyễn Thị Lan", slug="lan"), PersonFactory.create(
        name="Lan Nguyen", slug="lan-2"
    )


@pytest.fixture
def desk(client: Client) -> Client:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["merge_person", "view_person", "change_person", "invite_person"])
    )
    client.force_login(user)
    return client


def test_j12_merging_moves_every_relation_and_the_counts_add_up() -> None:
    kept, gone = two()
    for person, pieces in ((kept, 2), (gone, 3)):
        for _piece in range(pieces):
            PublicationFactory.create(published=True, authors=[person])
    AppointmentFactory.create(person=gone)
    StaffProfileFactory.create(person=gone, published=True)
    SlotFactory.create(person=gone, publication=None, place="experts")
    report = merging.merge(kept, gone, None)
    assert {one.label: one.count for one in report.moved if one.count} == {
        "Authors": 3, "Appointments": 1, "Staff profiles": 1, "Page slots": 1,
    }  # fmt: skip
    page = Client().get("/people/lan/").content.decode()
    assert ("<strong>5 publications</strong>" in page, kept.appointments.count(), kept.profile.is_public) == (
        True,
        1,
        True,
    )
    assert not Person.objects.filter(slug="lan-2").exists()


def test_j12_every_model_that_points_at_a_person_is_walked() -> None:
    """A relation of a room to come is moved too: nothing that refers to a person is named in people/merging.py."""
    kept, gone = two()
    with CaptureQueriesContext(connection) as queries:
        merging.preview(kept, gone)
    asked = " ".join(query["sql"] for query in queries)
    pointing = {
        relation.related_model._meta.db_table
        for relation in Person._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and not relation.many_to_many
    }
    assert {"publications_authorship", "people_appointment", "people_staffprofile", "rsis_slot"} <= pointing
    assert {table for table in pointing if table not in asked} == set()


def test_j12_bylines_stay_as_they_were_printed_though_nothing_was_written_out() -> None:
    kept, gone = two()
    piece = PublicationFactory.create(published=True, ready=True)
    Authorship.objects.all().delete()
    AuthorshipFactory.create(publication=piece, person=gone, printed_name="")
    merging.merge(kept, gone, None)
    byline = Authorship.objects.get()
    assert (byline.person, byline.name) == (kept, "Lan Nguyen")
    page = Client().get(piece.get_absolute_url()).content.decode()
    assert '<a href="/people/lan/" rel="author">Lan Nguyen</a>' in page


@pytest.mark.parametrize("below", ["", "feed.atom", "export.bib"])
def test_j12_the_old_address_leads_to_the_new_with_all_below_it(client: Client, below: str) -> None:
    kept, gone = two()
    PublicationFactory.create(published=True, authors=[gone])
    merging.merge(kept, gone, None)
    response = client.get(f"/people/lan-2/{below}")
    assert (response.status_code, response["Location"]) == (301, f"/people/lan/{below}")


def test_j12_merging_on_leads_in_one_hop_and_old_revisions_still_find_the_author(client: Client) -> None:
    first, second = two()
    third = PersonFactory.create(slug="lan-3")
    piece = PublicationFactory.create(published=True, authors=[first])
    revision = history.add_revision(piece, None)
    assert isinstance(revision, Revision)
    merging.merge(second, first, None)
    merging.merge(third, second, None)
    assert client.get("/people/lan/")["Location"] == "/people/lan-3/"
    Authorship.objects.all().delete()
    assert history.apply(piece, revision.data) == []
    assert [(one.person, one.name) for one in piece.authorships.all()] == [(third, "Nguyễn Thị Lan")]


def test_j12_what_only_the_other_knew_is_taken_over_and_what_is_let_go_is_said() -> None:
    kept = PersonFactory.create(name="Ana", email="ana@example.org")
    gone = PersonFactory.create(
        name="Ana Berg", family_name="Berg", given_names="Ana", orcid="0000-0002-1825-0097", email="b@example.org", user=UserFactory.create()
    )  # fmt: skip
    user, report = gone.user, merging.merge(kept, gone, None)
    kept.refresh_from_db()
    assert (kept.sort_name, kept.orcid, kept.email, kept.user) == (
        "Berg, Ana",
        "0000-0002-1825-0097",
        "ana@example.org",
        user,
    )
    assert report.dropped == [("E-mail address, for staff only", "b@example.org"), ("Name", "Ana Berg")]


def refusals(kept: Person, gone: Person) -> str:
    with pytest.raises(merging.MergeRefused) as refused:
        merging.merge(kept, gone, None)
    assert Person.objects.filter(pk=gone.pk).exists()
    return " ".join(refused.value.reasons)


def test_j12_two_profiles_are_a_refusal_in_words() -> None:
    kept, gone = two()
    for person in (kept, gone):
        StaffProfileFactory.create(person=person)
        PublicationFactory.create(authors=[person])
    assert "Each of the two has a staff profile." in refusals(kept, gone)
    assert gone.authorships.count() == 1


def test_j12_two_bylines_of_one_piece_are_a_refusal_that_names_it() -> None:
    kept, gone = two()
    PublicationFactory.create(title="Written Twice", authors=[kept, gone])
    assert "Written Twice" in refusals(kept, gone)


def test_j12_two_orcid_ids_are_a_refusal() -> None:
    kept, gone = two()
    Person.objects.filter(pk=kept.pk).update(orcid="0000-0002-1825-0097")
    Person.objects.filter(pk=gone.pk).update(orcid="0000-0001-5109-3700")
    assert "ORCID iD" in refusals(kept, gone)


def test_j12_nobody_is_merged_into_themselves() -> None:
    kept, _gone = two()
    assert "two different persons" in refusals(kept, kept)


def test_j12_the_preview_says_what_would_move_and_moves_nothing(desk: Client) -> None:
    kept, gone = two()
    PublicationFactory.create(title="Of the Other", authors=[gone])
    page = desk.get(f"/admin/people/person/{kept.pk}/merge/", {"other_words": "lan-2 nobody"}).content.decode()
    assert "Nothing is called" in page
    page = desk.get(
        f"/admin/people/person/{kept.pk}/merge/", {"other": gone.pk, "other_words": "Lan Nguyen"}
    ).content.decode()
    assert [words in page for words in ("Authors: 1", "/people/lan-2/ will lead to /people/lan/.")] == [True, True]
    assert (gone.authorships.count(), Merge.objects.count()) == (1, 0)


def test_j12_merging_at_the_desk_is_written_into_the_history_of_the_person(desk: Client) -> None:
    kept, gone = two()
    PublicationFactory.create(authors=[gone])
    response = desk.post(f"/admin/people/person/{kept.pk}/merge/", {"other": gone.pk})
    assert (response.status_code, error_summary(response)) == (302, "")
    words = LogEntry.objects.get(object_id=str(kept.pk)).change_message
    assert words == "“Lan Nguyen” (lan-2) was merged into this person. Moved: Authors: 1."


@pytest.mark.parametrize("address", ["{}/merge/", "duplicates/", "{}/invite/"])
def test_j12_only_who_may_merge_opens_the_screens(client: Client, desk: Client, address: str) -> None:
    kept, _gone = two()
    where = "/admin/people/person/" + address.format(kept.pk)
    assert desk.get(where).status_code == 200
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_person", "change_person"]))
    client.force_login(user)
    assert (client.get(where).status_code, client.post(where).status_code) == (403, 403)


def test_j12_duplicates_are_suggested_by_name_and_address_and_settled_by_orcid(desk: Client) -> None:
    kept, gone = two()
    kept.orcid = "0000-0002-1825-0097"
    Person.objects.filter(pk=kept.pk).update(name="Nguyễn Lan", orcid=kept.orcid)
    mail, profile = (
        PersonFactory.create(email="M@example.org"),
        StaffProfileFactory.create(public_email="m@example.org"),
    )
    PersonFactory.create(name="Nobody Else")
    found = {(one.kept, one.gone): one.reason for one in suspicions()}
    assert found == {(kept.pk, gone.pk): "the same name", (profile.person_id, mail.pk): "the same e-mail address"}
    assert "Compare and merge" in desk.get("/admin/people/person/duplicates/").content.decode()
    Person.objects.filter(pk=gone.pk).update(orcid="0000-0001-5109-3700")
    assert [one.gone for one in suspicions()] == [mail.pk]


@pytest.mark.parametrize("column", ["orcid", "email"])
def test_j12_a_second_record_with_an_orcid_or_address_that_is_taken_is_refused(column: str) -> None:
    value = {"orcid": "0000-0002-1825-0097", "email": "a@example.org"}[column]
    PersonFactory.create(name="Ann Tan", slug="ann-tan", **{column: value})
    with pytest.raises(ValidationError) as refused:
        PersonFactory.build(**{column: value}).full_clean()
    words = "Ann Tan has it already (/people/ann-tan/). If it is the same person, merge the two records."
    assert refused.value.message_dict == {column: [words]}
