"""The groups of the desk and what each may do. Running it again puts the permissions back as written here."""

from django.contrib.auth.models import Group, Permission

WRITE = ("view", "add", "change")
EVERYTHING = ("view", "add", "change", "delete")

# Model names, with the actions each role adds to those of the role before it.
AUTHORS: dict[str, tuple[str, ...]] = {
    "publications.publication": WRITE,
    "publications.authorship": EVERYTHING,
    "publications.project": WRITE,
    "publications.investigator": EVERYTHING,
    "publications.projectoutput": EVERYTHING,
    "publications.series": ("view",),
    "publications.notice": ("view",),
    "publications.bulletinitem": EVERYTHING,
    "publications.newsletter": ("view",),
    "publications.podcastshow": ("view",),
    "publications.resourcepage": WRITE,
    "publications.resourceblock": EVERYTHING,
    "publications.numberentry": ("view",),
    "publications.abbreviation": ("view",),
    "publications.expansion": ("view",),
    "publications.award": ("view",),
    "publications.awarding": ("view",),
    "events.event": WRITE,
    "events.session": EVERYTHING,
    "events.speaker": EVERYTHING,
    "events.photograph": EVERYTHING,
    "events.joininglink": EVERYTHING,
    "events.eventkind": ("view",),
    "events.eventseries": ("view",),
    "people.person": WRITE,
    "people.appointment": ("view",),
    "people.staffprofile": ("view",),
    "people.language": ("view",),
    "research.topic": ("view",),
    "research.region": ("view",),
    "research.researchcentre": ("view",),
    "institution.page": WRITE,
    "institution.attachment": EVERYTHING,
    "institution.edition": EVERYTHING,
    "institution.intake": EVERYTHING,
    "institution.degree": EVERYTHING,
    "institution.calendardate": EVERYTHING,
    "institution.question": EVERYTHING,
    "institution.location": EVERYTHING,
    "institution.route": EVERYTHING,
    "institution.vacancy": WRITE,
    "institution.honour": ("view",),
    "institution.recipient": ("view",),
    "institution.professorship": ("view",),
    "institution.holder": ("view",),
    "editorial.image": WRITE,
    "editorial.document": WRITE,
    "editorial.documentversion": ("view", "add"),
    "editorial.revision": ("view",),
    "editorial.previewlink": WRITE,
    "taggit.tag": ("view", "add"),
}
EDITORS: dict[str, tuple[str, ...]] = {
    "events.event": ("delete",),
    "events.eventseries": ("add", "change"),
    "events.registration": (*WRITE, "check_in", "export"),
    "events.registrationdesk": WRITE,
    "events.question": EVERYTHING,
    "publications.publication": ("delete",),
    "publications.notice": ("add", "change", "delete"),
    "publications.project": ("delete",),
    "publications.newsletter": ("add", "change"),
    "publications.podcastshow": ("add", "change"),
    "publications.resourcepage": ("delete",),
    "publications.readerresponse": ("view", "change"),
    "publications.abbreviation": ("add", "change", "delete"),
    "publications.expansion": ("add", "change", "delete"),
    "contact.enquiry": ("view", "change"),
    "contact.subject": ("view",),
    "contact.feedback": ("view",),
    "people.person": ("delete",),
    "people.appointment": ("add", "change", "delete"),
    "people.staffprofile": ("add", "change", "delete"),
    "people.language": ("add", "change"),
    "research.researchcentre": ("change",),
    "research.centrelink": EVERYTHING,
    "institution.page": ("delete",),
    "institution.vacancy": ("delete",),
    "institution.honour": ("add", "change", "delete"),
    "institution.recipient": ("add", "change", "delete"),
    "institution.professorship": ("add", "change", "delete"),
    "institution.holder": ("add", "change", "delete"),
    "editorial.image": ("delete",),
    "editorial.batch": ("view",),
    "editorial.linktarget": ("view",),
    "editorial.missedaddress": ("view",),
    "taggit.tag": ("change", "delete"),
    "rsis.unansweredsearch": ("view",),
}
PUBLISHERS: dict[str, tuple[str, ...]] = {
    "events.event": ("publish",),
    "events.registrationdesk": ("run",),
    "publications.publication": ("publish",),
    "publications.project": ("publish",),
    "publications.resourcepage": ("publish",),
    "publications.newsletter": ("delete",),
    "publications.podcastshow": ("delete",),
    "people.staffprofile": ("publish",),
    "people.person": ("merge", "invite"),
    "institution.page": ("publish",),
    "institution.vacancy": ("publish",),
    "publications.numberentry": ("add",),
    "publications.series": ("change",),
    "publications.readerresponse": ("delete",),
    "publications.award": ("add", "change", "delete"),
    "publications.awarding": ("add", "change", "delete"),
    "contact.enquiry": ("delete",),
    "contact.subject": ("add", "change", "delete"),
    "subscriptions.subscriber": ("view",),
    "subscriptions.notification": ("view", "change"),
    "subscriptions.bounce": ("view",),
    "subscriptions.suppression": ("view",),
    "rsis.slot": EVERYTHING,
    "rsis.unansweredsearch": ("delete",),
    "editorial.redirect": WRITE,
    "editorial.linktarget": ("change",),
    "editorial.missedaddress": ("delete",),
    "editorial.batch": ("change",),
    "editorial.deletionlock": ("view", "add", "delete"),
}
ADMINISTRATORS: dict[str, tuple[str, ...]] = {
    "events.eventkind": ("add", "change", "delete"),
    "events.eventseries": ("delete",),
    "publications.series": ("add", "delete"),
    "people.language": ("delete",),
    "research.topic": ("add", "change", "delete"),
    "research.region": ("add", "change", "delete"),
    "research.researchcentre": ("add", "delete"),
    "editorial.document": ("delete",),
    "editorial.redirect": ("delete",),
    "contact.feedback": ("delete",),
    "editorial.user": EVERYTHING,
    "auth.group": EVERYTHING,
    "mail.letter": ("view", "change"),
    # To invite contacts, to take somebody off lists and give their data out, to erase them.
    "subscriptions.subscriber": ("add", "change", "delete"),
    "subscriptions.suppression": ("change",),
    "subscriptions.forgotten": ("view",),
    "rsis.menuitem": EVERYTHING,
    "rsis.sitesettings": WRITE,
    "rsis.socialaccount": EVERYTHING,
    "mfa.authenticator": ("view", "delete"),
    "axes.accessattempt": ("view", "delete"),
}
# Beside the four, for whoever keeps the site itself and need not edit what is published.
WEB_EDITORS: dict[str, tuple[str, ...]] = {
    "rsis.menuitem": EVERYTHING,
    "rsis.sitesettings": WRITE,
    "rsis.socialaccount": EVERYTHING,
    "editorial.linktarget": ("view",),
    "rsis.slot": EVERYTHING,
    "rsis.unansweredsearch": ("view", "delete"),
    "editorial.redirect": WRITE,
    "editorial.image": WRITE,
    "publications.publication": ("view",),
    "people.person": ("view",),
}
ROLES = {"Authors": AUTHORS, "Editors": EDITORS, "Publishers": PUBLISHERS, "Administrators": ADMINISTRATORS}

# For an evening, with an account of its own: names at the door, and nothing else.
AT_THE_DOOR: dict[str, tuple[str, ...]] = {"events.registration": ("check_in",), "events.registrationdesk": ("view",)}

BESIDE = {"Web editors": WEB_EDITORS, "At the door": AT_THE_DOOR}


def load() -> int:
    """Create the groups that are missing, give every group its permissions, and return how many groups were made."""
    made = 0
    may: set[Permission] = set()
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in Permission.objects.select_related("content_type")
    }

    def granted(grants: dict[str, tuple[str, ...]]) -> set[Permission]:
        codes = (
            (model.partition(".")[0], f"{action}_{model.partition('.')[2]}")
            for model, actions in grants.items()
            for action in actions
        )
        return {known[code] for code in codes if code in known}

    groups: dict[str, set[Permission]] = {}
    for name, grants in ROLES.items():
        may |= granted(grants)
        groups[name] = set(may)
    groups |= {name: granted(grants) for name, grants in BESIDE.items()}
    for name, permissions in groups.items():
        group, created = Group.objects.get_or_create(name=name)
        group.permissions.set(permissions)
        made += created
    return made
