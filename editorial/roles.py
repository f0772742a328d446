"""The four groups of the desk and what each may do. Running it again puts the permissions back as written here."""

from django.contrib.auth.models import Group, Permission

WRITE = ("view", "add", "change")
EVERYTHING = ("view", "add", "change", "delete")

# Model names, with the actions each role adds to those of the role before it.
AUTHORS: dict[str, tuple[str, ...]] = {
    "publications.publication": WRITE,
    "publications.authorship": EVERYTHING,
    "publications.series": ("view",),
    "publications.notice": ("view",),
    "publications.numberentry": ("view",),
    "people.person": WRITE,
    "people.appointment": ("view",),
    "people.staffprofile": ("view",),
    "research.topic": ("view",),
    "research.region": ("view",),
    "research.researchcentre": ("view",),
    "editorial.image": WRITE,
    "editorial.document": WRITE,
    "editorial.documentversion": ("view", "add"),
    "editorial.revision": ("view",),
    "editorial.previewlink": WRITE,
    "taggit.tag": ("view", "add"),
}
EDITORS: dict[str, tuple[str, ...]] = {
    "publications.publication": ("delete",),
    "publications.notice": ("add", "change", "delete"),
    "publications.readerresponse": ("view", "change"),
    "people.person": ("delete",),
    "people.appointment": ("add", "change", "delete"),
    "people.staffprofile": ("add", "change", "delete"),
    "research.researchcentre": ("change",),
    "editorial.image": ("delete",),
    "editorial.batch": ("view",),
    "editorial.linktarget": ("view",),
    "editorial.missedaddress": ("view",),
    "taggit.tag": ("change", "delete"),
    "rsis.unansweredsearch": ("view",),
}
PUBLISHERS: dict[str, tuple[str, ...]] = {
    "publications.publication": ("publish",),
    "people.staffprofile": ("publish",),
    "publications.numberentry": ("add",),
    "publications.series": ("change",),
    "publications.readerresponse": ("delete",),
    "rsis.slot": EVERYTHING,
    "rsis.unansweredsearch": ("delete",),
    "editorial.redirect": WRITE,
    "editorial.linktarget": ("change",),
    "editorial.missedaddress": ("delete",),
    "editorial.batch": ("change",),
    "editorial.deletionlock": ("view", "add", "delete"),
}
ADMINISTRATORS: dict[str, tuple[str, ...]] = {
    "publications.series": ("add", "delete"),
    "research.topic": ("add", "change", "delete"),
    "research.region": ("add", "change", "delete"),
    "research.researchcentre": ("add", "delete"),
    "editorial.document": ("delete",),
    "editorial.redirect": ("delete",),
    "editorial.user": EVERYTHING,
    "auth.group": EVERYTHING,
    "mfa.authenticator": ("view", "delete"),
    "axes.accessattempt": ("view", "delete"),
}
ROLES = {"Authors": AUTHORS, "Editors": EDITORS, "Publishers": PUBLISHERS, "Administrators": ADMINISTRATORS}


def load() -> int:
    """Create the groups that are missing, give every group its permissions, and return how many groups were made."""
    made = 0
    may: set[Permission] = set()
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, grants in ROLES.items():
        for model, actions in grants.items():
            app, model_name = model.split(".")
            codes = ((app, f"{action}_{model_name}") for action in actions)
            may.update(known[code] for code in codes if code in known)
        group, created = Group.objects.get_or_create(name=name)
        group.permissions.set(may)
        made += created
    return made
