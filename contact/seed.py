"""What readers write about, as reference data. Addresses are for the school to fill in: none is known for certain."""

from contact.models import Subject

_SOON = (
    "Thank you for writing to the S. Rajaratnam School of International Studies. A member of the team reads every "
    "message; we answer within five working days. If it is urgent, write again and say by when you need to hear from us."
)
_PRESS = (
    "Thank you for your enquiry. The press desk reads it on every working day from 9 am to 6 pm Singapore time, asks the "
    "expert whether and when an interview is possible, and answers before your deadline wherever it can."
)
_ACCESS = (
    "Thank you for telling us. Whoever looks after the website reads your message, and you will have an answer within "
    "five working days."
)
_DATA = (
    "Thank you for your request. We answer requests about personal data within thirty days, and may first ask you for "
    "something that shows us that the data are yours."
)
# Label, short name, acknowledgement.
SUBJECTS = (
    ("General enquiry", "general", _SOON),
    ("Media enquiry", "media", _PRESS),
    ("Publications: corrections, permission to reprint", "publications", _SOON),
    ("Events and registration", "events", _SOON),
    ("Graduate education and admissions", "graduate-education", _SOON),
    ("The website, and access to it for people with disabilities", "website", _ACCESS),
    ("Personal data that the school holds about me", "personal-data", _DATA),
)


def load() -> int:
    """Create the subjects that are missing; returns how many."""
    made = 0
    for position, (label, slug, reply) in enumerate(SUBJECTS):
        given = {"label": label, "reply": reply, "position": position, "is_press": slug == "media"}
        made += Subject.objects.get_or_create(slug=slug, defaults=given)[1]
    return made
