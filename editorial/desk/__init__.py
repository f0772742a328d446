"""The desk's screens for publishable items: one form, its conflicts, its history, its preview links and its trash."""

from editorial.desk.attempt import editor
from editorial.desk.screen import PublishableAdmin

__all__ = ["PublishableAdmin", "editor"]
