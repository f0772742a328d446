"""What rooms above add to the box in which an item is published: they put it in here when they start."""

from typing import Any, Protocol

from django.http import HttpRequest

from editorial.models import Publishable


class Beside(Protocol):
    def box(self, request: HttpRequest, item: Publishable, step: str = "") -> str:
        """HTML between the schedule and the withdrawal; nothing where it has nothing to say of this item.

        On the screen of one step, such as the cancelling of an event, `step` names it.
        """

    def taken(self, request: HttpRequest, item: Any, step: str) -> None:
        """In the transaction of a step that was taken."""


BESIDE: list[Beside] = []
