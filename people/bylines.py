"""What is printed under a name stays when the person's name changes."""

from django.db.models import ForeignObjectRel

from people.models import Person


def keep_as_printed(person: Person) -> None:
    """Call before a name changes: models above that print a person's name write it out (their `keep_printed`)."""
    models = {
        relation.related_model for relation in Person._meta.get_fields() if isinstance(relation, ForeignObjectRel)
    }
    for model in models:
        keep = getattr(model, "keep_printed", None)
        if keep is not None:
            keep(person)
