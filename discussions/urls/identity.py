"""Guests and levels of verification."""

from django.urls import path

from discussions.views import identity

urlpatterns = [
    path("me/identity/", identity.index, name="identity"),
    path("me/identity/telephone/", identity.ask_for_code, name="ask_for_code"),
    path("me/identity/telephone/code/", identity.confirm_code, name="confirm_code"),
]
