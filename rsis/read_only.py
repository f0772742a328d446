"""Screens of lines that the site itself writes."""

from django.db.models import Model
from django.http import HttpRequest

from editorial.generic import ModelAdmin


class ReadOnly[Row: Model](ModelAdmin[Row]):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False
