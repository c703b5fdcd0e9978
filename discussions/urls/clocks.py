"""The public answer clock."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
