"""What a person who was invited can open: their own profile."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods

from editorial.editor_csp import EDITOR_CSP
from editorial.models import User
from people import proposing
from people.desk_forms import OwnProfileForm
from people.models import Person, StaffProfile


@never_cache
@csp_override(EDITOR_CSP)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_profile(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    person = Person.objects.filter(user=request.user).first()
    if person is None:
        raise Http404
    is_sent = request.method == "POST"
    stored = StaffProfile.objects.filter(person=person).first()
    profile = proposing.profile_of(person, request.user) if is_sent else stored or StaffProfile(person=person)
    given = (request.POST, request.FILES) if is_sent else (None, None)
    form = OwnProfileForm(*given, instance=profile, initial=proposing.initial(profile) if profile.pk else {})
    if is_sent and form.is_valid():
        try:
            proposing.propose(profile, form, request.user, form.cleaned_data["note"])
        except proposing.ProposalRefused as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(request, _("Sent. Readers see it when an editor has accepted it."))
        return redirect("own-profile")
    last = profile.proposals.first() if profile.pk else None
    context = {"person": person, "profile": stored, "form": form, "last": last}
    return render(request, "people/own_profile.html", context)
