from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_isbn(value: str) -> None:
    """Check length and check digit of an ISBN-13, or of an ISBN-10 as older books carry it (ISO 2108).

    Raises ValidationError that says what to check.
    """
    digits = value.replace("-", "").replace(" ", "").upper()
    if len(digits) == 13 and digits.isascii() and digits.isdigit():
        total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
        if total % 10 == 0:
            return
    elif len(digits) == 10 and digits.isascii() and digits[:9].isdigit() and (digits[9].isdigit() or digits[9] == "X"):
        total = sum((10 - place) * (10 if digit == "X" else int(digit)) for place, digit in enumerate(digits))
        if total % 11 == 0:
            return
    raise ValidationError(_("This is no valid ISBN: it has 13 (or 10) digits, and the last one checks the others."))
