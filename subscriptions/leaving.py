"""What the page of leaving says: which list is in hand, what still comes, and the ways back."""

from dataclasses import dataclass
from functools import cached_property

from subscriptions import links
from subscriptions.models import Subscriber, Subscription


@dataclass(frozen=True)
class Leaving:
    subscriber: Subscriber | None
    scope: str  # the hash in the link

    @property
    def is_everything(self) -> bool:
        return self.scope == links.scope_of(links.EVERYTHING)

    @cached_property
    def rows(self) -> list[Subscription]:
        return list(self.subscriber.subscriptions.all()) if self.subscriber else []

    @property
    def still(self) -> list[Subscription]:
        """What comes beside the lists in hand."""
        return [one for one in self.rows if one.is_active and one not in self.in_hand]

    @property
    def in_hand(self) -> list[Subscription]:
        if self.is_everything:
            return self.rows
        return [one for one in self.rows if self.scope in {links.scope_of(one.target), links.scope_of(one.frequency)}]

    @property
    def wanted(self) -> list[Subscription]:
        """Of the lists in hand those that may still be left."""
        return [one for one in self.in_hand if one.is_active or one.asked_at]

    @property
    def left(self) -> Subscription | None:
        """One list that was left and may come less often instead."""
        gone = [one for one in self.in_hand if not one.is_active]
        may_return = self.subscriber is not None and self.subscriber.confirmed_at is not None
        return gone[0] if may_return and len(gone) == 1 else None

    @property
    def everything_token(self) -> str:
        return (
            links.token_of("unsubscribe", self.subscriber, links.scope_of(links.EVERYTHING)) if self.subscriber else ""
        )

    @property
    def manage_token(self) -> str:
        return links.token_of("manage", self.subscriber) if self.subscriber else ""
