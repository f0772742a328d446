"""Letting a person edit their own profile: a sign-in that opens nothing else, and a link with which to choose its password."""

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from editorial import logs
from editorial.models import User
from people.leaving import has_left
from people.models import Person


class InviteRefused(Exception):
    """The message is for the editor."""


@transaction.atomic
def invite(person: Person, by: User) -> str:
    """The address of the page on which the person chooses a password, without the host; works once, for three days.

    A new one makes earlier ones void. Raises InviteRefused: never for a sign-in that is in use or opens the desk, whose
    password the holder of the link could then set.
    """
    user = person.user
    if user is None:
        user = User.objects.create(username=_free_name(person), is_staff=False)
        person.user = user
        person.save()
    if user.is_staff or user.is_superuser or user.last_login is not None:
        raise InviteRefused(_("This person signs in already. An administrator can set a new password."))
    if has_left(user):
        raise InviteRefused(_("Every post of this person has ended, so there is no sign-in to give."))
    user.set_unusable_password()  # another password is another token, so links given before open nothing
    user.save()
    logs.event("invited to edit a profile", person=person.pk, user=by.pk)
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("welcome", args=[key, default_token_generator.make_token(user)])


def _free_name(person: Person) -> str:
    stem = person.slug[:140]
    name, count = stem, 1
    while User.objects.filter(username__iexact=name).exists():
        count += 1
        name = f"{stem}-{count}"
    return name
