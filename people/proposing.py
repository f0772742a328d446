"""A person's own changes to the profile: sent in, compared with what stands, accepted or returned."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial import history, publishing, saving
from editorial.compare import Difference, differences
from editorial.models import State, User
from people.models import Person, Proposal, StaffProfile


class ProposalRefused(Exception):
    """The message is for whoever sent or decides it."""


def profile_of(person: Person, by: User) -> StaffProfile:
    """The person's profile; a first draft of it, which nobody sees, for somebody who has none."""
    found: StaffProfile | None = StaffProfile.objects.filter(person=person).first()
    return found or StaffProfile.objects.create(person=person, created_by=by)


def waiting(profile: StaffProfile) -> Proposal | None:
    return profile.proposals.filter(verdict=Proposal.Verdict.WAITING).first()


def initial(profile: StaffProfile) -> dict[str, Any]:
    """What a form of the profile starts from: the profile with what was sent in last."""
    proposal = waiting(profile)
    return {**proposal.data["fields"], **proposal.data["sets"]} if proposal else {}


@transaction.atomic
def propose(profile: StaffProfile, form: Any, by: User, note: str) -> Proposal:
    """Keep what a valid form would make of the profile, without making it. Takes the place of what was sent before.

    Raises ProposalRefused when nothing differs.
    """
    StaffProfile.objects.select_for_update(of=("self",)).get(pk=profile.pk)
    before = history.snapshot(StaffProfile.objects.get(pk=profile.pk))
    after = _as_if_saved(form)
    changed = set(history.changed_parts(before, after))
    data = {
        kind: {name: value for name, value in after[kind].items() if name in changed} for kind in ("fields", "sets")
    }
    if not (data["fields"] or data["sets"]):
        raise ProposalRefused(_("Nothing differs from your public profile, so there is nothing to send."))
    profile.proposals.filter(verdict=Proposal.Verdict.WAITING).delete()
    labels = {name: words for name, words in after["labels"].items() if name.partition(":")[0] in changed}
    return Proposal.objects.create(profile=profile, data={**data, "labels": labels}, by=by, note=note)


def _as_if_saved(form: Any) -> history.Snapshot:
    with transaction.atomic():
        item = form.save()
        after = history.snapshot(StaffProfile.objects.get(pk=item.pk))
        transaction.set_rollback(True)
    return after


def compared(proposal: Proposal) -> list[Difference]:
    """The profile as it stands against what is proposed, part by part."""
    profile = StaffProfile.objects.get(pk=proposal.profile_id)
    return differences(StaffProfile, history.snapshot(profile), proposal.data)


@transaction.atomic
def accept(proposal: Proposal, by: User) -> StaffProfile:
    """Write it to the profile, as a revision, and make the profile public if it was not. Raises ProposalRefused."""
    held = _held(proposal)
    profile: StaffProfile = StaffProfile.objects.select_for_update(of=("self",)).get(pk=held.profile_id)
    if profile.deleted_at is not None or profile.state == State.WITHDRAWN:
        raise ProposalRefused(
            _("The profile is withdrawn or in the trash. Bring it back first, or return the changes.")
        )
    history.apply(profile, {"children": {}, "files": {}, **held.data})
    name = held.by.get_full_name() or held.by.get_username() if held.by else _("somebody")
    saving.record(profile, by, note=_("Accepted what %(name)s sent in") % {"name": name})
    if profile.state != State.PUBLISHED:
        publishing.publish(profile, timezone.now(), by)
    _decide(held, Proposal.Verdict.ACCEPTED, by)
    return profile


@transaction.atomic
def send_back(proposal: Proposal, by: User, answer: str) -> None:
    """Raises ProposalRefused without a word of why."""
    if not answer.strip():
        raise ProposalRefused(_("Say in a sentence what should be different."))
    held = _held(proposal)
    held.answer = answer.strip()[:300]
    _decide(held, Proposal.Verdict.RETURNED, by)


def _held(proposal: Proposal) -> Proposal:
    held = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if not held.is_waiting:
        raise ProposalRefused(_("Somebody has decided this in the meantime."))
    return held


def _decide(proposal: Proposal, verdict: Proposal.Verdict, by: User) -> None:
    proposal.verdict, proposal.decided_by, proposal.decided_at = verdict, by, timezone.now()
    proposal.save()
