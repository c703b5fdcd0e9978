"""A member's own pages."""

from django.urls import path

from discussions.views import me

urlpatterns = [
    path("me/", me.index, name="me"),
]
