"""Signing up, and the page on which a subscriber arranges what comes."""

from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from editorial import addresses, pacing
from editorial.forms import AddressField, PublicForm
from subscriptions import lists, offering
from subscriptions.lists import Followable
from subscriptions.models import Subscriber, Subscription
from subscriptions.wishes import PAUSES

DAY = 86_400
MOST_LISTS = 40  # in one sign-up
AT_AN_ADDRESS = pacing.Limit("subject", 10, DAY)


class ListsField(forms.MultipleChoiceField):
    """Targets of lists. Those that the page offers are known already; any other is read as the address of a listing."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known: dict[str, str] = {}

    def valid_value(self, value: Any) -> bool:
        return True

    def clean(self, value: Any) -> list[Followable]:
        chosen = list(dict.fromkeys(super().clean(value)))
        if len(chosen) > MOST_LISTS:
            raise ValidationError(_("Choose up to %(most)d lists at a time."), params={"most": MOST_LISTS})
        found = [self._read(one) for one in chosen]
        return list({one.target: one for one in found}.values())

    def _read(self, target: str) -> Followable:
        if label := self.known.get(target):
            return Followable(target, label)
        found = lists.read(target)
        if found is None:
            raise ValidationError(_("One of the lists is not there any more. Choose again, please."), code="gone")
        return found


class SignUpForm(PublicForm):
    """Choices, pace and address. For somebody who came by a link of a letter the address is known and not asked."""

    form_name = "subscribe"
    visible: ClassVar[tuple[str, ...]] = ("lists", "frequency", "email")
    limits = (AT_AN_ADDRESS, *pacing.SENT)

    lists = ListsField(label=_("Lists"), error_messages={"required": _("Choose at least one list.")})
    frequency = forms.ChoiceField(
        label=_("How often"), choices=Subscription.Frequency.choices, initial=Subscription.Frequency.AT_ONCE,
        widget=forms.RadioSelect, error_messages={"invalid_choice": _("Choose one of the three.")},
    )  # fmt: skip
    email = AddressField(
        label=_("Your e-mail address"), widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("A letter goes there, with a link that confirms. Without it nothing is sent."),
        error_messages={"required": _("Give the address to which the letters are to come.")},
    )  # fmt: skip

    def __init__(self, *args: Any, subscriber: Subscriber | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscriber = subscriber
        if subscriber:
            del self.fields["email"]
        self.fields["lists"].known = {one.target: one.label for one in self._offered}  # type: ignore[attr-defined]

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.visible if name in self.fields]

    @property
    def limited_subject(self) -> str:
        return self.subscriber.key if self.subscriber else addresses.key_of(self.cleaned_data.get("email", ""))

    @cached_property
    def _groups(self) -> list[offering.Group]:
        return offering.groups()

    @cached_property
    def _offered(self) -> list[offering.Choice]:
        return [*offering.plain(), *(choice for group in self._groups for choice in group.choices)]

    @cached_property
    def chosen(self) -> set[str]:
        value = self["lists"].value()
        return set(value) if isinstance(value, list | tuple) else set()

    @property
    def plain(self) -> list[offering.Choice]:
        return self._marked(offering.plain())

    @property
    def groups(self) -> list[offering.Group]:
        return [offering.Group(group.label, self._marked(group.choices)) for group in self._groups]

    @cached_property
    def others(self) -> list[offering.Choice]:
        """Chosen lists that the page does not offer by itself: one with filters, a person, a tag, a search."""
        further = [
            lists.canonical(one) for one in sorted(self.chosen - {one.target for one in self._offered})[:MOST_LISTS]
        ]
        return [offering.Choice(*one, is_chosen=True) for one in further if one]

    def _marked(self, choices: list[offering.Choice]) -> list[offering.Choice]:
        return [replace(one, is_chosen=one.target in self.chosen) for one in choices]

    def followed(self) -> list[Followable]:
        """What is chosen so far, whatever else is amiss."""
        known = [Followable(one.target, one.label) for one in self._offered if one.target in self.chosen]
        return [*known, *(Followable(one.target, one.label) for one in self.others)][:MOST_LISTS]


class ArrangeForm(forms.Form):
    """How often each list comes, a pause, the hour of digests."""

    def __init__(self, subscriber: Subscriber, wishes: list[Subscription], data: Any = None) -> None:
        super().__init__(data, auto_id="arrange-%s")
        for one in wishes:
            self.fields[f"pace-{one.pk}"] = forms.ChoiceField(
                label=one.label, choices=[*Subscription.Frequency.choices, ("", now_("Not any more"))],
                initial=one.frequency, required=False,
            )  # fmt: skip
        until = subscriber.paused_until
        is_paused = until is not None and until > timezone.localdate()
        weeks = [(str(n), ngettext("For %d week", "For %d weeks", n) % n) for n in PAUSES]
        kept = [("", now_("Until %(day)s") % {"day": date_format(until, "j F Y")})] if until and is_paused else []
        self.fields["pause"] = forms.ChoiceField(
            label=_("Pause all letters"), choices=[*kept, ("0", now_("No pause")), *weeks], required=False,
            initial="" if kept else "0",
        )  # fmt: skip
        self.fields["hour"] = forms.TypedChoiceField(
            label=_("Hour of daily and weekly letters (Singapore time)"), coerce=int,
            choices=[(n, f"{n:02}:00") for n in range(24)], initial=subscriber.digest_hour,
        )  # fmt: skip

    @property
    def paces(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("pace-")]

    @property
    def about_all(self) -> list[forms.BoundField]:
        return [self["pause"], self["hour"]]

    def chosen_paces(self) -> dict[int, str]:
        """By the row of a list. What was not sent at all, such as a list added meanwhile, is left alone."""
        return {
            int(name.removeprefix("pace-")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("pace-") and name in self.data
        }

    def chosen_pause(self) -> int | None:
        given = self.cleaned_data["pause"]
        return int(given) if given else None


class MoveForm(forms.Form):
    email = AddressField(
        label=_("Your other address"), widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("A letter goes to both addresses. The change is made once both have confirmed it."),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="move-%s")
        is_amiss = self.is_bound and "email" in self.errors
        attrs = self.fields["email"].widget.attrs
        attrs["aria-describedby"] = "move-email-help move-email-error" if is_amiss else "move-email-help"
