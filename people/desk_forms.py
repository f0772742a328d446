"""The forms of a person and of a staff profile."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from editorial.finder import FinderField
from editorial.generic import ModelForm
from editorial.media_forms import find_images
from editorial.models import Image, User
from people.matching import matching
from people.models import Person, StaffProfile
from research.models import Region, Topic
from research.tree_fields import TreeField


def find_users(words: str) -> QuerySet[User]:
    exact = User.objects.filter(username__iexact=words)
    return exact if exact.exists() else User.objects.filter(Q(username__icontains=words) | Q(email__icontains=words))


class PersonForm(ModelForm[Person]):
    user = FinderField(
        User.objects.all(),
        source=("people", "person", "user"),
        find=find_users,
        required=False,
        label=_("Sign-in"),
        help_text=_("The user name, for somebody who edits here. Authors need none."),
    )

    class Meta:
        model = Person
        fields: Any = "__all__"


class StaffProfileForm(ModelForm[StaffProfile]):
    person = FinderField(
        Person.objects.all(), source=("people", "staffprofile", "person"), find=matching, label=_("Person")
    )
    photo = FinderField(
        Image.objects.all(),
        source=("people", "staffprofile", "photo"),
        find=find_images,
        required=False,
        label=_("Portrait"),
        help_text=_("Part of its title in the image library."),
    )
    expertise = TreeField(Topic.objects.with_tree_fields(), required=False, label=_("Expertise"))
    regions = TreeField(Region.objects.with_tree_fields(), required=False, label=_("Regions"))

    class Meta:
        model = StaffProfile
        fields: Any = "__all__"
