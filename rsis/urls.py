from django.contrib import admin
from django.urls import include, path

from editorial import file_views
from editorial import views as editorial_views
from publications import views as publication_views
from publications.models import Publication
from rsis import views

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
    path("preview/<str:token>/", editorial_views.preview, {"pages": PAGES}, name="preview"),
    path("preview/<str:token>/<str:stem>.pdf", editorial_views.preview_file, name="preview-file"),
    path("files/renditions/<path:name>", file_views.rendition, name="rendition"),
    path("admin/editor/", include("editorial.desk_urls")),
    path("admin/", admin.site.urls),
    path("", include("publications.urls")),
]

handler404 = views.missing
