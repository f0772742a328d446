from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rsis.models.links import validate_outside

SCHOOL = "S. Rajaratnam School of International Studies"
validate_phone = RegexValidator(r"^\+?[0-9][0-9 ()-]{5,24}$", _("Digits and blanks only, as in +65 6000 0000."))


class SiteSettings(models.Model):
    """The facts that stand on every page. One row; a site without it shows the defaults."""

    name = models.CharField(_("name"), max_length=120, default=SCHOOL)
    short_name = models.CharField(_("short name"), max_length=20, default="RSIS")
    descriptor = models.CharField(
        _("what it is"), max_length=120, blank=True, default="Think Tank and Graduate School",
        help_text=_("A few words under the name."),
    )  # fmt: skip
    motto = models.CharField(_("motto"), max_length=80, blank=True, default="Ponder The Improbable")
    since_year = models.PositiveSmallIntegerField(
        _("since"),
        null=True,
        blank=True,
        default=1996,
        help_text=_(
            "The year after the motto. The former site printed 1966, yet the institute from which the school grew opened "
            "in 1996; change or clear the year here if the school decides otherwise."
        ),
    )
    parent_name = models.CharField(
        _("university"), max_length=120, blank=True, default="Nanyang Technological University",
        help_text=_("Shown at the head of every page and first in the postal address."),
    )  # fmt: skip
    parent_url = models.CharField(
        _("its address"), max_length=200, blank=True, default="https://www.ntu.edu.sg/", validators=[validate_outside]
    )
    building = models.CharField(_("building"), max_length=120, blank=True, default="Block S4, Level B3")
    street = models.CharField(_("street"), max_length=120, blank=True, default="50 Nanyang Avenue")
    city = models.CharField(_("city"), max_length=60, blank=True, default="Singapore")
    postcode = models.CharField(_("postcode"), max_length=12, blank=True, default="639798")
    country = models.CharField(
        _("country"), max_length=2, default="SG", validators=[RegexValidator("^[A-Z]{2}$", _("Two capital letters."))],
        help_text=_("Its code in two letters, for search engines."),
    )  # fmt: skip
    phone = models.CharField(
        _("telephone"), max_length=30, blank=True, validators=[validate_phone],
        help_text=_("With the country code. Leave empty to print none."),
    )  # fmt: skip
    legal_line = models.CharField(
        _("copyright line"), max_length=200, default=f"Copyright © {SCHOOL}. All rights reserved."
    )
    counter_url = models.CharField(
        _("visitor counter"),
        max_length=300,
        blank=True,
        validators=[validate_outside],
        help_text=_(
            "The address of a script that counts visits. Empty, the site needs nobody’s consent and asks for none. "
            "Filled in, every reader is asked first, and the script loads only for those who accept."
        ),
    )

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="one_row_of_settings"),
            models.CheckConstraint(
                condition=Q(since_year__isnull=True) | Q(since_year__gte=1900, since_year__lte=2100),
                name="since_is_a_year",
                violation_error_message=_("Give the year with four digits."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Site settings"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @property
    def tagline(self) -> str:
        since = _("Since %(year)s") % {"year": self.since_year} if self.since_year else ""
        return " ".join(part for part in (self.motto, since) if part)

    @property
    def address_lines(self) -> list[str]:
        """As on an envelope: university, building, street, city with postcode."""
        place = f"{self.city} {self.postcode}".strip()
        return [line for line in (self.parent_name, self.building, self.street, place) if line]

    @property
    def phone_digits(self) -> str:
        return "".join(letter for letter in self.phone if letter.isdigit() or letter == "+")

    @property
    def needs_consent(self) -> bool:
        return bool(self.counter_url)


class SocialAccount(models.Model):
    """An account of the school elsewhere, always shown with the name of its network."""

    site = models.ForeignKey(SiteSettings, models.CASCADE, related_name="accounts")
    network = models.CharField(_("network"), max_length=40, help_text=_("As readers know it: Facebook, YouTube …"))
    handle = models.CharField(_("name there"), max_length=80)
    address = models.CharField(_("address"), max_length=300, validators=[validate_outside])
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("account elsewhere")
        verbose_name_plural = _("accounts elsewhere")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "address"], name="one_line_for_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.handle}"
