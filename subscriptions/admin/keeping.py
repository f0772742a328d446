from django.contrib import admin
from django.http import HttpRequest

from subscriptions.admin.mailings import ReadOnly
from subscriptions.models import Forgotten


@admin.register(Forgotten)
class ForgottenAdmin(ReadOnly[Forgotten]):
    """That the rules of keeping are applied, night by night."""

    list_display = ("on", "what", "count")
    list_filter = ("what",)
    date_hierarchy = "on"

    def has_change_permission(self, _request: HttpRequest, _obj: Forgotten | None = None) -> bool:
        return False
