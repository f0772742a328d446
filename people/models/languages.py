from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# Language, script, region and private use of RFC 5646 (BCP 47), which is more than is spoken at the school.
TAG = r"^(?:[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+)\Z"


class Language(models.Model):
    """A language people speak, so that whoever needs an interview in it finds them."""

    code = models.CharField(
        _("code"),
        max_length=35,
        unique=True,
        validators=[RegexValidator(TAG, _("A language tag looks like ms, cmn or zh-Hant."))],
        help_text=_("The language tag (BCP 47), such as ms for Malay."),
    )
    name = models.CharField(_("name"), max_length=60, unique=True, help_text=_("In English."))

    class Meta:
        verbose_name = _("language")
        verbose_name_plural = _("languages")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name
