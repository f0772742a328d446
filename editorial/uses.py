"""Where a picture or a document is used, asked of every model that points at it."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import ForeignObjectRel, Model, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from editorial.fields import RichTextField
from editorial.models import FoundLink, Image

SHOWN = 50


def uses(row: Model) -> Iterator[tuple[str, str, str]]:
    """(kind, words, address on the desk or "") of the rows that point at this one, at most 50 of each kind; for a
    picture, of those with it in their text as well.

    Rows that belong to it (versions, renditions) are parts, not uses.
    """
    found = {(type(user), user.pk): user for users in _users(row) for user in users[:SHOWN]}
    for user in found.values():
        yield str(user._meta.verbose_name), str(user), address_of(user)


def linking(row: Model) -> Iterator[tuple[str, str, str]]:
    """The same of the rows whose texts link to the page of this one, as the worker found them."""
    address = row.get_absolute_url()  # type: ignore[attr-defined]
    found = FoundLink.objects.filter(target__address=address).prefetch_related("item").order_by("pk")
    for item in dict.fromkeys(one.item for one in found[:SHOWN] if one.item is not None and one.item != row):
        yield str(item._meta.verbose_name), str(item), address_of(item)


def address_of(row: Model) -> str:
    """Its form on the desk, or nothing when it has none."""
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""


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
    """Goes with it, and has no form of its own: a version, a rendition, a line of a byline, and no place on the home page."""
    goes_with_it = relation.on_delete is not None and relation.on_delete.__name__ == "CASCADE"
    return goes_with_it and not address_of(relation.related_model(pk=1))
