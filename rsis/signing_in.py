"""Who may sign in, and how: what we decide where django-allauth and django-axes leave it to us."""

import time
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from editorial import logs
from editorial.callers import address_of
from editorial.models import User
from people.leaving import has_left
from people.models import Person


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made in the desk."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        """Name and password were right; whoever has left does not come in for all that."""
        answer = super().pre_login(request, user, **kwargs)
        if answer is None and has_left(user):
            logs.event("sign-in closed", user=user.pk)
            return render(request, "account/closed.html", status=403)
        return answer

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk; for somebody invited to no more than that, their own profile."""
        user = request.user
        if isinstance(user, User) and not user.is_staff and Person.objects.filter(user=user).exists():
            return reverse("own-profile")
        return str(super().get_login_redirect_url(request))

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Only what went wrong. The desk takes a word of success after a form was sent for a word about that form, and lets go
        of what was typed; and these pages show by themselves what became of them.
        """
        if level >= messages.WARNING:
            super().add_message(request, level, *args, **kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "unknown"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def build_totp_svg(self, url: str) -> str:
        """The square to scan, fit to stand in a page."""
        drawing: str = super().build_totp_svg(url)
        return drawing.partition("?>")[2] or drawing


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]
    """Passwords are managed by programs; they know these fields by their usual names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"id": "id_username", "autocomplete": "username webauthn"}
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


def second_factor_is_missing(user: User) -> bool:
    return settings.REQUIRE_SECOND_FACTOR and may_publish(user) and not Authenticator.objects.filter(user=user).exists()


def may_publish(user: User) -> bool:
    return user.is_superuser or any(".publish_" in right for right in user.get_all_permissions())


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any]) -> HttpResponse:
    """The answer while a name is locked for a network; the same whether or not there is such a name."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    logs.event("sign-in paused")
    answer = render(request, "account/locked.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer


def note_sign_in(user: User, request: HttpRequest, **_kwargs: Any) -> None:
    """From here on count the limits of the session, which rsis.middleware asks."""
    request.session["began_at"] = request.session["seen_at"] = int(time.time())
    logs.event("signed in", user=user.pk)


def note_sign_out(user: User | None, **_kwargs: Any) -> None:
    logs.event("signed out", user=user.pk if user else None)


def note_failure(**_kwargs: Any) -> None:
    """Without the name that was tried: people type their password there."""
    logs.event("sign-in refused")
