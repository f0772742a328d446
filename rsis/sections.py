"""The lists that the head of every page of the desk leads to, as far as somebody may open them."""

from typing import Any, Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# What it is called there, who may see it, and its address.
LISTS: Final = (
    (_("Publications"), "publications.view_publication", "publications_publication_changelist"),
    (_("Coming up"), "publications.view_publication", "publications_coming_up"),
    (_("Events"), "events.view_event", "events_event_changelist"),
    (_("Numbers"), "publications.view_numberentry", "publications_numberentry_changelist"),
    (_("Responses"), "publications.view_readerresponse", "publications_readerresponse_changelist"),
    (_("Pages"), "institution.view_page", "institution_page_changelist"),
    (_("Enquiries"), "contact.view_enquiry", "contact_enquiry_changelist"),
    (_("Subscribers"), "subscriptions.view_subscriber", "subscriptions_subscriber_changelist"),
    (_("People"), "people.view_person", "people_person_changelist"),
    (_("Images"), "editorial.view_image", "editorial_image_changelist"),
    (_("Site menu"), "rsis.change_menuitem", "rsis_menuitem_changelist"),
)


class Section(NamedTuple):
    title: Any
    address: str


def sections(request: HttpRequest) -> dict[str, Any]:
    """For the head of the page: all of them, and the one the page is in, if any."""
    shown = [Section(title, reverse(f"admin:{name}")) for title, right, name in LISTS if request.user.has_perm(right)]
    # One may lie within another: the longest address that leads here is the nearest.
    here = [section for section in shown if request.path.startswith(section.address)]
    return {"sections": shown, "section": max(here, key=lambda section: len(section.address), default=None)}
