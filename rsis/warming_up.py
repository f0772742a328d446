"""What a server does before its first question, so that no reader waits for it and all workers share it."""

from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.urls import get_resolver

from editorial import notes

PUBLIC = (
    "components",
    "contact",
    "events",
    "institution",
    "people",
    "publications",
    "research",
    "rsis",
    "subscriptions",
)


def warm_up() -> None:
    """Addresses, templates, words and what reads stored texts. Asks nothing of the database, which may not be there yet."""
    assert get_resolver().reverse_dict  # reading it fills it
    folder = settings.BASE_DIR / "templates"
    for path in [*folder.glob("*.html"), *(path for name in PUBLIC for path in folder.glob(f"{name}/*.html"))]:
        get_template(str(path.relative_to(folder)))
    render_to_string("base.html", {"title": ""})
    notes.render("<h2>One</h2><p>Two</p>")
