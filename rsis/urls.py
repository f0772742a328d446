from allauth.account import views as account_views
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from editorial import file_views
from editorial import views as editorial_views
from publications import views as publication_views
from publications.feeds import FORMATS
from publications.models import Publication
from rsis import feeds, sitemaps, views

# How each kind of item shows itself through a preview link.
PAGES = {Publication: publication_views.show}

urlpatterns = [
    path("", views.home, name="home"),
    path("people/", views.people, name="people"),
    path("people/<slug:slug>/", views.person, name="person"),
    path("research/", views.research, name="research"),
    path("research/<slug:slug>/", views.centre, name="centre"),
    path("search/", views.search, name="search"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
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
    path("admin/editor/", include("editorial.desk_urls")),
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:name>-<int:number>.xml", sitemaps.part, name="sitemap-part"),
    path("news-sitemap.xml", sitemaps.news, name="news-sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path(".well-known/security.txt", sitemaps.security, name="security"),
    path("security.txt", RedirectView.as_view(pattern_name="security", permanent=True)),
    path("feed/", RedirectView.as_view(pattern_name="archive-atom", permanent=True)),  # of the site before this one
    *(path(f"people/<slug:slug>/feed.{form}", feeds.person, {"form": form}) for form in FORMATS),
    *(path(f"research/<slug:slug>/feed.{form}", feeds.centre, {"form": form}) for form in FORMATS),
    path("", include("events.urls")),
    path("", include("publications.urls")),
]

handler404 = views.missing
