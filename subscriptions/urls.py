from django.urls import path

from subscriptions import mailing_views, views

urlpatterns = [
    path("subscribe/", views.subscribe, name="subscribe"),
    path("subscriptions/confirm/<str:token>/", views.confirm, name="subscription-confirm"),
    path("subscriptions/manage/<str:token>/", views.manage, name="subscription-manage"),
    path("subscriptions/change/<str:token>/", views.change, name="subscription-change"),
    path("subscriptions/unsubscribe/<str:token>/", views.unsubscribe, name="subscription-unsubscribe"),
    path("subscriptions/mailings/<int:pk>/", mailing_views.mailing, name="mailing"),
    # Mail programs that lose the last letter are answered all the same, and without a redirect.
    path("subscriptions/unsubscribe/<str:token>", views.unsubscribe),
]
