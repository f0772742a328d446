from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _


def validate_outside(address: str) -> None:
    """A whole address of another site. Raises ValidationError for other schemes, and for one with a name and password."""
    URLValidator(schemes=["https", "http"], message=_("Write the whole address: https://www.example.org/page."))(
        address
    )
    if "@" in address.partition("://")[2].partition("/")[0]:
        raise ValidationError(_("Leave out the name and password before the @."))
