"""Guests, levels of verification, and keys for programs."""

from django.urls import path

from discussions.views import identity, keys

urlpatterns = [
    path("me/identity/", identity.index, name="identity"),
    path("me/identity/telephone/", identity.ask_for_code, name="ask_for_code"),
    path("me/keys/", keys.keys, name="keys"),
    path("me/keys/<int:pk>/revoke/", keys.revoke, name="revoke_key"),
    path("interface/", keys.interface, name="interface"),
    path("me/identity/telephone/code/", identity.confirm_code, name="confirm_code"),
]
