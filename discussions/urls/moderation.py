"""The moderators."""

from django.urls import path

from discussions.views import moderation

urlpatterns = [
    path("p/<str:slug>/c/<int:pk>/hide/", moderation.hide, name="hide_comment"),
    path("p/<str:slug>/c/<int:pk>/restore/", moderation.restore, name="restore_comment"),
    path("p/<str:slug>/c/<int:pk>/keep/", moderation.keep, name="keep_comment"),
    path("moderation/", moderation.queue, name="moderation"),
]
