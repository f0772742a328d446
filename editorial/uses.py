"""Where a picture or a document is used, asked of every model that points at it."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import ForeignObjectRel, Model, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from editorial.fields import RichTextField
from editorial.models import Image

SHOWN = 50


def uses(row: Model) -> Iterator[tuple[str, str, str]]:
    """(kind, words, address on the desk or "") of the rows that point at this one, at most 50 of each kind; for a
    picture, of those with it in their text as well.

    Rows that belong to it (versions, renditions) are parts, not uses.
    """
    found = {(type(user), user.pk): user for users in _users(row) for user in users[:SHOWN]}
    for user in found.values():
        options = user._meta
        try:
            address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[user.pk])
        except NoReverseMatch:
            address = ""
        yield str(options.verbose_name), str(user), address


def _users(row: Model) -> Iterator[QuerySet[Model]]:
    for relation in row._meta.get_fields(include_hidden=True):  # a portrait is pointed at without a name to go back by
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many or _belongs(relation):
            continue
        if isinstance(model := relation.related_model, type):
            yield model._default_manager.filter(**{relation.field.name: row})
    if isinstance(row, Image):
        # The address of every rendition begins with this part of the hash.
        shown = f"renditions/{row.sha256[:32]}/"
        for model in apps.get_models():
            texts = [field.name for field in model._meta.get_fields() if isinstance(field, RichTextField)]
            if texts:
                yield model._default_manager.filter(
                    Q(*((f"{name}__contains", shown) for name in texts), _connector=Q.OR)
                )


def _belongs(relation: ForeignObjectRel) -> bool:
    return relation.on_delete is not None and relation.on_delete.__name__ == "CASCADE"
