"""The desk under hostile input: whoever may sign in may still mistype, and stolen sign-ins exist."""

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from publications.models import Publication
from tests.addresses import fill
from tests.factories import UserFactory, jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def desk_addresses() -> dict[str, str]:
    """Every address below /admin/, with the key of a publication where it asks for one."""
    key = Publication.objects.get(number="CO25059").pk
    found: dict[str, str] = {}

    def gather(patterns: list[URLPattern | URLResolver], names: tuple[str, ...], above: set[str]) -> None:
        for one in patterns:
            keys = above | set(one.pattern.regex.groupindex)
            if isinstance(one, URLResolver):
                gather(one.url_patterns, (*names, one.namespace) if one.namespace else names, keys)
            elif one.name and keys <= {"object_id", "pk", "app_label"}:
                values = {name: "publications" if name == "app_label" else key for name in keys}
                full = ":".join((*names, one.name))
                found[full] = reverse(full, kwargs=values)

    below = [one for one in get_resolver().url_patterns if str(one.pattern).startswith("admin/")]
    gather(below, (), set())
    return found


ODD = (
    "q=%ff%fe", "q=%27%22%28%28%28", "q=" + "a" * 3000, "p=-1", "p=1" + "0" * 30, "p=x", "o=99.-99", "o=x", "e=1", "all=",
    "title__regex=(((", "title__iregex=[", "pk__in=a,b", "state=nothing", "series__id__exact=x", "series__id__exact=99999999999999999999",
    "id=99999999999999999999", "created_by__password__startswith=p", "_to_field=password", "_popup=1&_to_field=x", "_changelist_filters=%25%ff",
    "term=%ff&app_label=x&model_name=y&field_name=z", "app_label=publications&model_name=publication&field_name=password&term=a",
    "year=99999", "issued_on__year=0", "issued_on__year=99999999999", "version=%ff", "from=x&to=y", "series=x&day=y", "day=2025-02-30",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("query", ODD, ids=lambda text: text[:24])
def test_x4_odd_queries_are_no_error_anywhere_in_the_desk(desk: Client, query: str) -> None:
    fill(1)
    found = {}
    for name, address in desk_addresses().items():
        if "logout" in name:
            continue
        before = transaction.savepoint_create()
        response = desk.get(f"{address}?{query}")
        transaction.savepoint_rollback(before)
        if response.status_code >= 500:
            found[name] = response.status_code
    assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "value",
    ["a\0b", "\ud800".encode("utf-8", "surrogatepass"), "9" * 40, "-1", "x" * 100_000, "[]", "NaN", "٣"],
    ids=repr,
)
def test_x4_odd_values_posted_to_the_desk_are_no_error(desk: Client, value: str | bytes) -> None:
    fill(1)
    names = (
        "action", "_selected_action", "select_across", "index", "title", "slug", "series", "state", "body", "version", "_version", "number",
        "authorship_set-TOTAL_FORMS", "form-TOTAL_FORMS", "form-INITIAL_FORMS", "form-0-id", "at", "publish_at_0", "reason", "days", "note",
        "username", "password", "old_password", "new_password1", "html", "text", "term", "_save", "_step", "token",
    )  # fmt: skip
    found = {}
    for name, address in desk_addresses().items():
        if "logout" in name:
            continue
        before = transaction.savepoint_create()
        response = desk.post(address, dict.fromkeys(names, value))
        transaction.savepoint_rollback(before)
        if response.status_code >= 500:
            found[name] = response.status_code
    assert found == {}


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a\r\nX: y.jpg", "con.jpg", "-rf.jpg", "x" * 300 + ".jpg", "தமிழ்.jpg", "a\u202egpj.exe.jpg"],
)
def test_x6_the_name_of_an_upload_never_becomes_a_path(desk: Client, name: str, media_folder: object) -> None:
    from pathlib import Path  # noqa: PLC0415

    file = ContentFile(jpeg(), "x.jpg")
    file.name = name.rpartition("/")[2] or name
    response = desk.post(
        reverse("admin:editorial_image_add"), {"file": file, "alt": "Sea", "credit": "RSIS", "licence": ""}
    )
    assert response.status_code in {200, 302}
    assert isinstance(media_folder, Path)
    stray = [
        path
        for path in media_folder.rglob("*")
        if path.is_file() and path.relative_to(media_folder).parts[0] not in {"originals", "renditions"}
    ]
    assert stray == []
