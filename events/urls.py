from django.urls import path, register_converter

from events import feeds, registration_views, views


class FourDigits:
    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04}"


class TwoDigits(FourDigits):
    regex = "[0-9]{2}"

    def to_url(self, value: int) -> str:
        return f"{value:02}"


register_converter(FourDigits, "yyyy")
register_converter(TwoDigits, "mm")

urlpatterns = [
    path("events/registration/<str:token>/", registration_views.own, name="registration"),
    path("events/<slug:slug>/register/", registration_views.register, name="register"),
    path("events/", views.coming, name="events"),
    path("events/past/", views.past, name="events-past"),
    path("events/calendar/", views.this_month, name="event-calendar"),
    path("events/calendar/<yyyy:year>/<mm:month>/", views.month, name="event-month"),
    path("events/calendar.ics", feeds.everything, name="events-ics"),
    *(
        path(f"events/feed.{form}", feeds.announcements, {"form": form}, name=f"events-{form}")
        for form in feeds.FORMATS
    ),
    path("research/<slug:slug>/events.ics", feeds.of_centre, name="centre-ics"),
    path("topics/<slug:slug>/events.ics", feeds.of_topic, name="topic-ics"),
    path("events/<slug:slug>/", views.event, name="event"),
    path("events/<slug:slug>/programme.pdf", views.programme, name="event-programme"),
    path("events/<slug:slug>/event.ics", feeds.single, name="event-ics"),
]
