from people.models.appointment import Appointment, AppointmentQuerySet, StaffGroup
from people.models.languages import Language
from people.models.person import Merge, Person, validate_orcid
from people.models.profile import StaffProfile, StaffProfileQuerySet
from people.models.proposal import Proposal

__all__ = [
    "Appointment",
    "AppointmentQuerySet",
    "Language",
    "Merge",
    "Person",
    "Proposal",
    "StaffGroup",
    "StaffProfile",
    "StaffProfileQuerySet",
    "validate_orcid",
]
