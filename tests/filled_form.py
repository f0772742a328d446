"""The form of an item as a browser without scripts would fill it in and send it back."""

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from lxml import html as lxml_html

from editorial.models import User
from publications.models import Publication
from tests.factories import UserFactory

CHANGE = "/admin/publications/publication/{}/change/"


def staff(*actions: str) -> User:
    """Somebody at the desk with these rights to publications: `staff("view", "change")`. Authors go with them."""
    user: User = UserFactory.create(is_staff=True)
    names = [f"{action}_publication" for action in actions]
    if "change" in actions:
        names += [
            f"{action}_{row}" for action in ("view", "add", "change", "delete") for row in ("authorship", "notice")
        ]
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="publications", codename__in=names))
    return user


def read_form(markup: str | bytes, form_id: str = "publication_form") -> dict[str, Any]:
    """What pressing the first button of the form would send."""
    tree: Any = lxml_html.fromstring(markup)
    form = tree.get_element_by_id(form_id)
    for pattern in form.xpath(".//template"):
        pattern.drop_tree()
    data: dict[str, Any] = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in data.items()}


def open_form(client: Client, piece: Publication) -> dict[str, Any]:
    response = client.get(CHANGE.format(piece.pk))
    assert response.status_code == 200
    return read_form(response.content)


def send(client: Client, piece: Publication, form: dict[str, Any], **changes: Any) -> Any:
    return client.post(CHANGE.format(piece.pk), {**form, **changes})
