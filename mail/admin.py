from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from editorial.generic import ModelAdmin
from mail.models import Letter


@admin.register(Letter)
class LetterAdmin(ModelAdmin[Letter]):
    """What became of each letter. Nothing is written here; one that failed or is uncertain may be sent once more."""

    list_display = ("to_address", "subject", "state", "due_at", "sent_at", "reply")
    list_filter = ("state",)
    search_fields = ("to_address", "subject")
    actions = ("send_again",)
    show_full_result_count = False

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mail.change_letter")

    @admin.action(description=_("Send once more what failed or is uncertain"), permissions=["send"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[Letter]) -> None:
        count = chosen.filter(state__in=[Letter.State.FAILED, Letter.State.UNCERTAIN]).update(
            state=Letter.State.DUE, due_at=timezone.now(), created_at=timezone.now(), claim="", attempts=0
        )
        words = ngettext("%d letter goes out again.", "%d letters go out again.", count) % count
        self.message_user(request, words, messages.SUCCESS if count else messages.WARNING)
