from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from editorial import redirects
from editorial.generic import ModelAdmin


class AddressedAdmin[Row: Model](ModelAdmin[Row]):
    """For rows with a public page: when a save changes the address, the old one leads to the new one."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with redirects.following(obj):
            super().save_model(request, obj, form, change)
