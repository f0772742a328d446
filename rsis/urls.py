from allauth.account import views as account_views
from django.contrib import admin
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView

from editorial import file_views
from editorial import views as editorial_views
from events import views as event_views
from events.models import Event
from institution import views as institution_views
from institution.models import Page, Vacancy
from people import desk_views
from publications import media_views
from publications import views as publication_views
from publications.feeds import FORMATS
from publications.models import Project, Publication, ResourcePage
from research.models import ResearchCentre
from rsis import feeds, people_views, preview_views, research_views, sitemaps, views

# How each kind of item shows itself through a preview link.
PAGES = {
    Publication: publication_views.show,
    Project: research_views.show_project,
    ResourcePage: media_views.show_resource_page,
    Event: event_views.show,
    Page: institution_views.show,
    Vacancy: institution_views.show_vacancy,
}
KIND = ResearchCentre.Kind
unit = "research/<slug:slug>/"
# Whoever was invited chooses a password, and then signs in with it.
welcome = PasswordResetConfirmView.as_view(
    template_name="account/welcome.html", success_url=reverse_lazy("own-profile")
)

urlpatterns = [
    path("", views.home, name="home"),
    path("people/", people_views.people, name="people"),
    path("people/experts/", people_views.experts, name="experts"),
    path("people/groups/<slug:slug>/", people_views.group, name="people-group"),
    path("", include("contact.urls")),
    path("", include("subscriptions.urls")),
    path("people/<slug:slug>/", people_views.person, name="person"),
    path("research/", research_views.research, name="research"),
    path("research/centres/", research_views.kind, {"kind": KIND.CENTRE}, name="research-centres"),
    path("research/programmes/", research_views.kind, {"kind": KIND.PROGRAMME}, name="research-programmes"),
    path("research/other/", research_views.kind, {"kind": KIND.OTHER}, name="research-other"),
    path("research/projects/", research_views.projects, name="projects"),
    path("research/projects/<slug:slug>/", research_views.project, name="project"),
    path("research/research-at-rsis/", RedirectView.as_view(pattern_name="projects", permanent=True)),
    path(unit, research_views.centre, name="centre"),
    path(f"{unit}publications/", research_views.publications, name="centre-publications"),
    path(f"{unit}staff-publications/", research_views.staff_publications, name="centre-staff-publications"),
    path(f"{unit}people/", research_views.people, name="centre-people"),
    path(f"{unit}projects/", research_views.unit_projects, name="centre-projects"),
    path("search/", views.search, name="search"),
    path("menu/", views.site_map, name="site-map"),
    path("feeds/", views.feeds_page, name="feeds"),
    path("feeds/rsis.opml", views.opml, name="opml"),
    path("cookies/", views.cookies, name="cookies"),
    path("healthz", views.live, name="live"),
    path("readyz", views.ready, name="ready"),
    path("preview/<str:token>/", editorial_views.preview, {"pages": PAGES}, name="preview"),
    path("preview/<str:token>/<str:stem>.pdf", editorial_views.preview_file, name="preview-file"),
    path("files/renditions/<path:name>", file_views.rendition, name="rendition"),
    path("admin/login/", account_views.login, name="account_login"),
    path("admin/logout/", account_views.logout, name="account_logout"),
    path("admin/account/confirm/", account_views.reauthenticate, name="account_reauthenticate"),
    path("admin/account/inactive/", account_views.account_inactive, name="account_inactive"),
    path("admin/account/sign-up/", account_views.signup, name="account_signup"),
    path("admin/account/sessions/", include("allauth.usersessions.urls")),
    path("admin/account/2fa/", include("allauth.mfa.urls")),
    path("admin/account/welcome/<uidb64>/<token>/", welcome, name="welcome"),
    path("admin/profile/", desk_views.own_profile, name="own-profile"),
    path("admin/editor/", include("editorial.desk_urls")),
    path("admin/rsis/slot/preview/", admin.site.admin_view(preview_views.home), name="home-then"),
    path("admin/rsis/slot/preview/<slug:slug>/", admin.site.admin_view(preview_views.centre), name="centre-then"),
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:name>-<int:number>.xml", sitemaps.part, name="sitemap-part"),
    path("news-sitemap.xml", sitemaps.news, name="news-sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path(".well-known/security.txt", sitemaps.security, name="security"),
    path("security.txt", RedirectView.as_view(pattern_name="security", permanent=True)),
    *(path(f"people/<slug:slug>/feed.{form}", feeds.person, {"form": form}) for form in FORMATS),
    *(path(f"{unit}feed.{form}", feeds.centre, {"form": form}, name=f"centre-{form}") for form in FORMATS),
    *(path(f"{unit}publications/feed.{form}", feeds.centre, {"form": form}) for form in FORMATS),
    *(path(f"{unit}staff-publications/feed.{form}", feeds.staff_publications, {"form": form}) for form in FORMATS),
    path("", include("events.urls")),
    path("", include("publications.urls")),
    path("", include("institution.urls")),  # last: a page may have any address that nothing above has
]

handler404 = views.missing
