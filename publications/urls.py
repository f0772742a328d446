from django.urls import path, re_path

from publications import views

inhouse = "publications/<slug:series>/"
external = "publications/external/<slug:series>/"
media = "media/<slug:series>/"

urlpatterns = [
    path("publications/", views.archive, name="archive"),
    path("publications/year/<int:year>/", views.year, {"family": "inhouse"}, name="archive-year"),
    path("publications/rsis-publications/", views.family, {"family": "inhouse"}, name="inhouse"),
    path("publications/external/", views.family, {"family": "external"}, name="external"),
    path("publications/external/year/<int:year>/", views.year, {"family": "external"}, name="external-year"),
    path("media/", views.family, {"family": "media"}, name="media"),
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
    ]
# Last: one word of letters and digits that names a number in the register.
urlpatterns.append(re_path(r"^(?P<number>[A-Za-z]{1,6}[0-9][A-Za-z0-9-]{2,14})/?$", views.number, name="number"))
