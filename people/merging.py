"""Making one person of two records. Everything that points at the one, in whatever room, points at the other then.

The relations are found by asking the models, so that those of rooms to come move too: foreign keys, one-to-one,
many-to-many and generic ones. What cannot be joined without somebody's decision is a refusal that says what to decide.
"""

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from editorial import logs, redirects
from editorial.models import User
from people.bylines import keep_as_printed
from people.models import Merge, Person

# Of these a person has one: two different ones need a decision.
SINGLE = ("orcid", "user")
EXAMPLES = 5


class MergeRefused(Exception):
    """The two cannot be joined as they are. `reasons` are sentences for the editor."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass
class Moved:
    """Rows of one kind that move: how many, and the first of them in words."""

    label: str
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, words: str) -> None:
        self.count += 1
        if self.count <= EXAMPLES:
            self.examples.append(words)


@dataclass
class Report:
    kept: Person
    gone: Person
    old_path: str
    new_path: str
    moved: list[Moved] = field(default_factory=list)
    filled: list[tuple[str, str]] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def kind(self, model: type[models.Model]) -> Moved:
        label = capfirst(str(model._meta.verbose_name_plural))
        known = next((one for one in self.moved if one.label == label), None)
        if known is None:
            known = Moved(label)
            self.moved.append(known)
        return known

    @property
    def sentence(self) -> str:
        """For the history of the person that stays."""
        what = "; ".join(f"{one.label}: {one.count}" for one in self.moved if one.count) or _("nothing else")
        words = {"name": self.gone.name, "slug": self.gone.slug, "what": what}
        return _("“%(name)s” (%(slug)s) was merged into this person. Moved: %(what)s.") % words


def preview(kept: Person, gone: Person) -> Report:
    """What `merge` would do, by doing it and undoing it; `reasons` say why it would refuse."""
    with transaction.atomic():
        report = _join(kept.pk, gone.pk, None)
        transaction.set_rollback(True)
    return report


def merge(kept: Person, gone: Person, by: User | None) -> Report:
    """Join `gone` into `kept`, all or nothing. Raises MergeRefused."""
    with transaction.atomic():
        report = _join(kept.pk, gone.pk, by)
        if report.reasons:
            raise MergeRefused(report.reasons)
    logs.event("persons merged", kept=kept.pk, gone=gone.pk, user=by.pk if by else None)
    return report


def _join(kept_key: int, gone_key: int, by: User | None) -> Report:
    locked = {person.pk: person for person in Person.objects.select_for_update().filter(pk__in=[kept_key, gone_key])}
    if len(locked) != 2:
        raise MergeRefused([_("Choose two different persons who both still exist.")])
    kept, gone = locked[kept_key], locked[gone_key]
    report = Report(kept, gone, gone.get_absolute_url(), kept.get_absolute_url())
    keep_as_printed(gone)
    for relation in gone._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and not relation.many_to_many:
            _move(report, relation)
    _move_generic(report)
    _fill(report)
    if not report.reasons:
        Merge.objects.create(person=kept, old_key=gone.pk, name=gone.name, by=by)
        gone.delete()
        kept.save()
        redirects.address_changed(report.old_path, report.new_path, is_prefix=True)
    return report


def _move(report: Report, relation: models.ForeignObjectRel) -> None:
    """Rows of one relation, one by one, so that what stands in the way of one can be named."""
    model: Any = relation.related_model
    column = relation.field.name
    rows = model._base_manager.filter(**{column: report.gone.pk})
    if relation.one_to_one and rows.exists() and model._base_manager.filter(**{column: report.kept.pk}).exists():
        words = {"what": str(model._meta.verbose_name)}
        report.reasons.append(
            _("Each of the two has a %(what)s. Decide which one stays and remove the other first.") % words
        )
        return
    kind = report.kind(model)
    for row in rows.select_for_update():
        _point(report, kind, row, {column: report.kept.pk})


def _point(report: Report, kind: Moved, row: models.Model, change: dict[str, Any]) -> None:
    words, of = str(row), _owner(row, change)
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**change)
    except IntegrityError:
        if type(row)._meta.auto_created:
            row.delete()  # a bare link, which the other has as well
            return
        values = {"kind": str(row._meta.verbose_name), "row": words, "of": of}
        report.reasons.append(
            _("Both are named in the same place (%(kind)s “%(row)s”, %(of)s). Remove one of the two there first.")
            % values
        )
        return
    kind.add(words if of in words else f"{words} ({of})")


def _owner(row: models.Model, change: dict[str, Any]) -> str:
    """What else the row belongs to, such as the publication of a byline."""
    others = (one for one in row._meta.concrete_fields if one.many_to_one and one.name not in change)
    return "; ".join(str(getattr(row, one.name)) for one in others if getattr(row, one.attname) is not None) or ""


def _move_generic(report: Report) -> None:
    person = ContentType.objects.get_for_model(Person)
    for model in apps.get_models(include_auto_created=True):
        for one in model._meta.private_fields:
            if isinstance(one, GenericForeignKey):
                wanted = {one.ct_field: person, one.fk_field: report.gone.pk}
                kind = report.kind(model)
                for row in model._base_manager.filter(**wanted).select_for_update():
                    _point(report, kind, row, {one.fk_field: report.kept.pk})


def _fill(report: Report) -> None:
    """What only the other record knew. Two different iDs or sign-ins need a decision; a second e-mail address is let go."""
    kept, gone = report.kept, report.gone
    was_usual = kept.sort_name == kept.usual_sort_name
    if not (kept.family_name or kept.given_names):
        _take(report, "family_name")
        _take(report, "given_names")
    if was_usual:
        kept.sort_name = kept.usual_sort_name
    for name in ("native_name", "orcid", "user", "email"):
        mine, other = getattr(kept, name), getattr(gone, name)
        if not mine:
            _take(report, name)
        elif other and other != mine and name in SINGLE:
            words = {"field": _label(name)}
            report.reasons.append(
                _("The two have different entries in “%(field)s”. If they are one person, remove the wrong one first.")
                % words
            )
        elif other and other != mine:
            report.dropped.append((_label(name), str(other)))
    if gone.name != kept.name:
        report.dropped.append((_label("name"), gone.name))


def _take(report: Report, name: str) -> None:
    other = getattr(report.gone, name)
    if other:
        setattr(report.kept, name, other)
        report.filled.append((_label(name), str(other)))


def _label(name: str) -> str:
    return capfirst(str(Person._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
