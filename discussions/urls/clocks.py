"""The public answer clock: how agencies keep their word."""

from django.urls import path

from discussions.views import agencies

urlpatterns = [
    path("agencies/", agencies.index, name="agencies"),
    path("agencies/table.csv", agencies.table, name="agencies_csv"),
    path("agencies/<str:slug>/", agencies.detail, name="agency"),
]
