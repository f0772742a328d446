from django.urls import path, re_path
from django.views.generic import RedirectView

from publications import feeds, media_views, reference_views, views
from publications.models import OWN_PLACES

inhouse = "publications/<slug:series>/"
external = "publications/external/<slug:series>/"
media = "media/<slug:series>/"

urlpatterns = [
    path("publications/", views.archive, name="archive"),
    path("publications/year/<int:year>/", views.year, {"family": "inhouse"}, name="archive-year"),
    path("publications/for-the-year/", views.bibliography, {"family": "inhouse"}, name="inhouse-bibliography"),
    path("publications/in-house/", views.family, {"family": "inhouse"}, name="inhouse"),
    path(
        "publications/rsis-publications/",  # as the site before this one had it
        RedirectView.as_view(pattern_name="inhouse", permanent=True, query_string=True),
    ),
    path("publications/external/", views.family, {"family": "external"}, name="external"),
    path(
        "publications/external/for-the-year/",
        views.bibliography,
        {"family": "external"},
        name="external-bibliography",
    ),
    path("publications/external/year/<int:year>/", views.year, {"family": "external"}, name="external-year"),
    # A page at "media/" itself would be taken for a folder of uploads, for which scanners look there.
    path("media/", RedirectView.as_view(pattern_name="media", permanent=True, query_string=True)),
    path("media/all/", media_views.media, name="media"),
    path("media/podcasts/", media_views.podcasts, name="podcasts"),
    path("media/podcasts/feed.rss", feeds.podcast, name="podcasts-rss"),
    path("media/podcasts/shows/<slug:slug>/", media_views.show, name="show"),
    path("media/podcasts/shows/<slug:slug>/feed.rss", feeds.podcast, name="show-rss"),
    path("media/resource-pages/", media_views.other_resource_pages, name="resource-pages"),
    path("media/resource-pages/<slug:slug>/", media_views.resource_page, name="resource-page"),
    re_path(rf"^media/(?P<slug>{'|'.join(OWN_PLACES)})/$", media_views.resource_page, name="media-section"),
    path("publications/awarded/", reference_views.awarded, name="awarded"),
    path("glossary/", reference_views.glossary, name="glossary"),
    path("glossary/<slug:slug>/", reference_views.abbreviation, name="abbreviation"),
    path("topics/", views.terms, {"kind": "topic"}, name="topics"),
    path("topics/<slug:slug>/", views.term, {"kind": "topic"}, name="topic"),
    path("regions/", views.terms, {"kind": "region"}, name="regions"),
    path("regions/<slug:slug>/", views.term, {"kind": "region"}, name="region"),
    path("tags/<slug:slug>/", views.tag, name="tag"),
    path("covers/<int:pk>.svg", views.cover, name="cover"),
    path("covers/<int:pk>.png", views.share_card, name="share-card"),
]
for prefix, address, family in (
    ("external-", external, "external"),
    ("media-", media, "media"),
    ("", inhouse, "inhouse"),
):
    urlpatterns += [
        path(address, views.series, {"family": family}, name=f"{prefix}series"),
        path(f"{address}<slug:slug>/", views.publication, {"family": family}, name=f"{prefix}publication"),
        path(f"{address}<slug:slug>/respond/", views.respond, {"family": family}, name=f"{prefix}publication-respond"),
        path(
            f"{address}<slug:slug>/recording/",
            views.recording,
            {"family": family},
            name=f"{prefix}publication-recording",
        ),
        path(f"{address}<slug:slug>/<str:stem>.pdf", views.file, {"family": family}, name=f"{prefix}publication-file"),
        path(
            f"{address}<slug:slug>/cite.<str:extension>",
            views.cite,
            {"family": family},
            name=f"{prefix}publication-cite",
        ),
    ]
for form in feeds.FORMATS:
    urlpatterns += [
        path(f"publications/feed.{form}", feeds.archive, {"form": form}, name=f"archive-{form}"),
        path(f"publications/in-house/feed.{form}", feeds.family, {"form": form, "family": "inhouse"}),
        path(f"publications/external/feed.{form}", feeds.family, {"form": form, "family": "external"}),
        path(f"media/all/feed.{form}", feeds.family, {"form": form, "family": "media"}),
        path(f"publications/year/<int:year>/feed.{form}", feeds.year, {"form": form, "family": "inhouse"}),
        path(f"publications/external/year/<int:year>/feed.{form}", feeds.year, {"form": form, "family": "external"}),
        path(f"{external}feed.{form}", feeds.series, {"form": form, "family": "external"}),
        path(f"{media}feed.{form}", feeds.series, {"form": form, "family": "media"}),
        path(f"{inhouse}feed.{form}", feeds.series, {"form": form, "family": "inhouse"}),
        path(f"topics/<slug:slug>/feed.{form}", feeds.term, {"form": form, "kind": "topic"}),
        path(f"regions/<slug:slug>/feed.{form}", feeds.term, {"form": form, "kind": "region"}),
        path(f"tags/<slug:slug>/feed.{form}", feeds.tag, {"form": form}),
    ]
# Every listing as a list of references, at `export.bib` and the like below its own address.
for address, about in (
    ("publications/", {"about": "archive"}),
    ("publications/year/<int:year>/", {"about": "year", "family": "inhouse"}),
    ("publications/external/year/<int:year>/", {"about": "year", "family": "external"}),
    ("publications/in-house/", {"about": "family", "family": "inhouse"}),
    ("publications/external/", {"about": "family", "family": "external"}),
    ("media/all/", {"about": "family", "family": "media"}),
    ("topics/<slug:slug>/", {"about": "topic"}),
    ("regions/<slug:slug>/", {"about": "region"}),
    ("tags/<slug:slug>/", {"about": "tag"}),
    ("people/<slug:slug>/", {"about": "author"}),
    ("research/<slug:slug>/", {"about": "centre"}),
    ("research/<slug:slug>/publications/", {"about": "centre"}),
    ("research/<slug:slug>/staff-publications/", {"about": "staff"}),
    ("publications/external/<slug:slug>/", {"about": "series", "family": "external"}),
    ("media/<slug:slug>/", {"about": "series", "family": "media"}),
    ("publications/<slug:slug>/", {"about": "series", "family": "inhouse"}),
):
    urlpatterns.append(path(f"{address}export.<str:extension>", views.export, about))
# Last: one word of letters and digits that names a number in the register.
urlpatterns.append(re_path(r"^(?P<number>[A-Za-z]{1,6}[0-9][A-Za-z0-9-]{2,14})/?$", views.number, name="number"))
