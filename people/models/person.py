from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.folding import letter, sort_key

# Addresses of lists, which no person's page may stand in the way of.
TAKEN_SLUGS = ("groups", "experts")


def validate_orcid(value: str) -> None:
    """Check form and check digit (ISO 7064 MOD 11-2), as orcid.org describes it.

    Raises ValidationError with the form to use.
    """
    digits = value.replace("-", "")
    well_formed = len(value) == 19 and digits[:-1].isascii() and digits[:-1].isdigit() and value[4::5] == "---"
    if well_formed and len(digits) == 16:
        total = 0
        for digit in digits[:-1]:
            total = (total + int(digit)) * 2
        check = (12 - total % 11) % 11
        if digits[-1] == ("X" if check == 10 else str(check)):
            return
    raise ValidationError(_("An ORCID iD looks like 0000-0002-1825-0097. Check each digit of this one."))


def validate_slug_is_free(value: str) -> None:
    if value in TAKEN_SLUGS:
        raise ValidationError(_("“%(value)s” is the address of a list. Add a word to it."), params={"value": value})


class Person(models.Model):
    """Anyone with a byline, an office or a lectern. Being one needs a name and nothing more, and gives no login."""

    name = models.CharField(_("name"), max_length=200, help_text=_("As the person writes it, in reading order."))
    native_name = models.CharField(_("name in its own script"), max_length=100, blank=True)
    family_name = models.CharField(
        _("family name"),
        max_length=100,
        blank=True,
        help_text=_("What citations and lists sort by. Leave empty for a person with a single name or a patronymic."),
    )
    given_names = models.CharField(_("given names"), max_length=100, blank=True)
    sort_name = models.CharField(
        _("sorted as"),
        max_length=200,
        blank=True,
        help_text=_("Filled in from family name and given names. Change it where custom differs: Berg, Anna van den."),
    )
    # The same in its plainest form, so that every database sorts alike and Đặng stands under D.
    sort_key = models.CharField(max_length=300, editable=False, default="", db_index=True)
    slug = models.SlugField(
        _("address"),
        max_length=120,
        unique=True,
        validators=[validate_slug_is_free],
        help_text=_("The last part of the page's address."),
    )
    has_page = models.BooleanField(
        _("wishes a page"),
        default=True,
        help_text=_(
            "Untick it for an author who wants none: bylines stay, without a link. An empty page is never shown."
        ),
    )
    # NULL, not "", so that uniqueness holds only among those who have one.
    orcid = models.CharField(
        _("ORCID iD"), max_length=19, null=True, blank=True, unique=True, validators=[validate_orcid]
    )
    email = models.EmailField(_("e-mail address, for staff only"), null=True, blank=True, unique=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("sign-in"),
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar[list[str]] = ["sort_key", "pk"]
        permissions = [
            ("merge_person", "Can merge persons"),
            ("invite_person", "Can invite a person to edit their own profile"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.sort_name:
            self.sort_name = self.usual_sort_name
        self.sort_key = sort_key(self.sort_name)[:300]
        self.orcid = self.orcid or None
        self.email = self.email or None
        super().save(*args, **kwargs)

    def unique_error_message(self, model_class: type[models.Model], unique_check: Any) -> ValidationError:
        """Says whose it is: the two records may be of one person."""
        if unique_check not in (("orcid",), ("email",)):
            return super().unique_error_message(model_class, unique_check)
        field = unique_check[0]
        owner = Person.objects.get(**{field: getattr(self, field)})
        words = _("%(owner)s has it already (%(path)s). If it is the same person, merge the two records.")
        return ValidationError(words, code="unique", params={"owner": owner, "path": owner.get_absolute_url()})

    @property
    def usual_sort_name(self) -> str:
        """Family name, given names; without a family name the whole name, as for a patronymic or a single name."""
        if not self.family_name:
            return self.name
        return ", ".join(part for part in (self.family_name, self.given_names) if part)

    @property
    def letter(self) -> str:
        return letter(self.sort_key)

    @property
    def page_url(self) -> str:
        """The address for a byline to lead to; empty for who wishes no page."""
        return self.get_absolute_url() if self.has_page else ""

    @property
    def initials(self) -> str:
        """For a monogram: of family and given name, else of the first and last word."""
        words = [self.given_names, self.family_name] if self.given_names and self.family_name else self.name.split()
        letters = [word.strip("()’'\"")[:1].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
        return "".join(letters)

    @property
    def trail(self) -> list[tuple[str, str]]:
        return [(str(_("People")), reverse("people"))]

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.slug])

    @classmethod
    def successor(cls, pk: int) -> int | None:
        """The key of whom a person that is gone was merged into."""
        return Merge.objects.filter(old_key=pk).values_list("person_id", flat=True).first()


class Merge(models.Model):
    """That a record of a person went into another: what was saved before under the old key still finds its person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="merges", verbose_name=_("person"))
    old_key = models.PositiveBigIntegerField(unique=True)
    name = models.CharField(_("name"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("merged"), default=timezone.now)

    class Meta:
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name
