"""People without a screen of their own."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
