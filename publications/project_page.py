"""What the page of a project shows, in five statements beside its own."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from editorial.metadata import Metadata, Trail, absolute, organisation, page
from editorial.notes import render
from people.models import Person, StaffProfile
from publications.models import Authorship, Investigator, Project, Publication


def project_context(project: Project) -> dict[str, Any]:
    """The context of templates/research/project.html."""
    investigators = list(project.investigators.all())
    linked = with_a_page([one.person_id for one in investigators if one.person_id])
    trail = [(_("Research"), reverse("research")), ("Research@RSIS", reverse("projects"))]
    return {
        "project": project,
        "trail": trail,
        "canonical": absolute(project.get_absolute_url()),
        "abstract": render(project.abstract).html if project.abstract else "",
        "investigators": [(one, one.person_id in linked) for one in investigators],
        "centres": list(project.centres.all()),
        "topics": list(project.topics.all()),
        "regions": list(project.regions.all()),
        "outputs": list(Publication.objects.published().for_cards().filter(output_rows__project=project.pk).order_by(
            "output_rows__position", "output_rows__pk"
        )),
        "metadata": metadata(project, investigators, trail),
    }  # fmt: skip


def with_a_page(keys: list[int]) -> set[int]:
    """Which of these people readers can visit: by a published profile, or a published piece. One statement."""
    profiles = StaffProfile.objects.published().filter(person__in=keys).order_by().values("person_id")
    pieces = Authorship.objects.filter(person__in=keys, publication__in=Publication.objects.published())
    found = Person.objects.filter(pk__in=keys).filter(pk__in=profiles.union(pieces.order_by().values("person_id")))
    return set(found.order_by().values_list("pk", flat=True))


def metadata(project: Project, investigators: list[Investigator], trail: Trail) -> Metadata:
    url = absolute(project.get_absolute_url())
    node = {
        "@type": "ResearchProject",
        "name": project.title,
        "description": project.summary,
        "url": url,
        "foundingDate": project.started_on.isoformat() if project.started_on else "",
        "dissolutionDate": project.ended_on.isoformat() if project.ended_on else "",
        "parentOrganization": organisation(),
        "funder": {"@type": "Organization", "name": project.funder} if project.funder else None,
        "member": [{"@type": "Person", "name": one.shown_name} for one in investigators],
    }
    return page(project.title, url, trail, project.summary, node)
