"""Pages shown on other sites."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
