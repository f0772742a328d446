"""What a byline says of a person today, and a person from nothing but a name."""

from django.utils.text import slugify
from django.utils.translation import gettext as _

from people.models import Appointment, Person
from people.models.person import TAKEN_SLUGS


def create_from_name(name: str) -> Person:
    """Make a person with a free address. Family and given names are left empty: they cannot be told from a name."""
    name = " ".join(name.split())[:200]
    stem = slugify(name)[:110] or "person"
    slug, count = stem, 1
    while slug in TAKEN_SLUGS or Person.objects.filter(slug=slug).exists():
        count += 1
        slug = f"{stem}-{count}"
    return Person.objects.create(name=name, slug=slug)


def current_post(person: Person) -> Appointment | None:
    return Appointment.objects.filter(person=person).current().select_related("centre").first()


def affiliation(person: Person) -> str:
    """Today's post and unit, such as `Senior Fellow, Maritime Security Programme`; empty for outsiders."""
    post = current_post(person)
    return str(post) if post else ""


def about(person: Person) -> str:
    """The sentence printed under a text when the editor writes none; empty for outsiders."""
    post = current_post(person)
    if post is None:
        return ""
    words = {"name": person.name, "post": post.title, "unit": post.centre.name if post.centre else ""}
    if not post.centre:
        return _("%(name)s is %(post)s at RSIS.") % words
    return _("%(name)s is %(post)s, %(unit)s, at RSIS.") % words
