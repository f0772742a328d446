"""The report of an event, begun with what is known of it."""

from django.db import transaction
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from editorial import saving
from editorial.models import User
from editorial.publishing import NotAllowed
from events import calendar, clock
from events.models import Event
from publications.models import Publication, Series

SERIES = "commemorative-event-reports"


@transaction.atomic
def start_report(event: Event, by: User | None) -> Publication:
    """A draft in the series of event reports, named as the report of this event. Its number, ER and the date of the event,
    is given when it is published. Raises NotAllowed."""
    now = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if now.report_id is not None:
        raise NotAllowed(_("The event has a report already."))
    series = Series.objects.filter(family=Series.Family.INHOUSE, slug=SERIES).first()
    if series is None:
        raise NotAllowed(_("There is no series of event reports. Ask an administrator to make it."))
    report = Publication.objects.create(
        series=series,
        title=now.title,
        occasion=f"{now.kind}, {clock.spans(now)[0]}"[: Publication._meta.get_field("occasion").max_length or 200],
        issued_on=now.first_day,
        body=outline(now),
        allow_responses=series.allows_responses,
        created_by=by,
        updated_by=by,
    )
    for name in ("centres", "topics", "regions"):
        getattr(report, name).set(getattr(now, name).all())
    saving.record(report, by, _("Begun as the report of an event"))
    now.report = report
    now.save(update_fields=["report", "updated_at"])
    saving.record(now, by, _("Report begun"))
    return report


def outline(event: Event) -> str:
    """When, where, who and what, as headings for the rapporteur to write under."""
    facts = [*clock.spans(event), calendar.location(event)]
    if event.is_chatham_house:
        facts.append(_("Held under the Chatham House Rule: no speaker is named with what was said."))
    parts = [format_html_join("\n", "<p>{}</p>", ((line,) for line in facts if line))]
    people = [
        (", ".join(part for part in (one.printed_name, one.affiliation) if part), one.get_role_display())
        for one in event.speakers.select_related("person")
    ]
    sessions = [(one.title,) for one in event.sessions.all()] or [(_("What was said"),)]
    parts.append(format_html_join("\n", "<h2>{}</h2>\n<p></p>", sessions))
    if people:
        rows = format_html_join("\n", "<li>{} ({})</li>", people)
        parts.append(format_html("<h2>{}</h2>\n<ul>{}</ul>", _("Speakers"), rows))
    return SafeString("\n").join(part for part in parts if part)
