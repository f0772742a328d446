from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Person
from publications.models.publication import Publication


class Authorship(models.Model):
    """The only record of who wrote a piece: in what order and role, under what name and affiliation at the time.

    What is printed is written once and changed only by hand: a person's later name or post does not touch it.
    """

    class Role(models.TextChoices):
        AUTHOR = "author", _("Author")
        EDITOR = "editor", _("Editor")
        TRANSLATOR = "translator", _("Translator")
        INTERVIEWER = "interviewer", _("Interviewer")
        SPEAKER = "speaker", _("Speaker")
        MODERATOR = "moderator", _("Moderator")
        HOST = "host", _("Host")
        CONTRIBUTOR = "contributor", _("Contributor")

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="authorships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="authorships", verbose_name=_("person"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.AUTHOR)
    printed_name = models.CharField(
        _("name as printed"), max_length=200, blank=True, help_text=_("Filled in with the person’s name of today.")
    )
    printed_affiliation = models.CharField(
        _("affiliation as printed"), max_length=300, blank=True, help_text=_("Post and institution on the day.")
    )
    printed_note = models.TextField(
        _("about the author"), blank=True, help_text=_("One or two sentences printed under the text.")
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["publication", "person", "role"],
                name="one_authorship_per_role",
                violation_error_message=_("This person is already named in that role."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.printed_name or self.person.name

    @classmethod
    def keep_printed(cls, person: Person) -> None:
        """Write the name out where a byline left it to the person, whose name is about to change."""
        cls.objects.filter(person=person, printed_name="").update(printed_name=person.name)
