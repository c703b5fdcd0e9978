"""Notices, feeds and calendars."""

from django.urls import path

from discussions.views import notices

urlpatterns = [
    path("notices/", notices.index, name="notices"),
    path("notices/read/", notices.read, name="notices_read"),
    path("notices/<int:pk>/", notices.go, name="notice"),
    path("notices/settings/", notices.choose, name="notice_settings"),
    path("notices/off/<str:given>/", notices.off, name="notices_off"),
    path("notices/push/", notices.subscribe, name="push"),
    path("notices/worker.js", notices.worker, name="push_worker"),
    path("feed/", notices.site_feed, name="site_feed"),
    path("calendar.ics", notices.site_calendar, name="site_calendar"),
    path("p/<str:slug>/feed/", notices.space_feed, name="space_feed"),
    path("p/<str:slug>/calendar.ics", notices.space_calendar, name="space_calendar"),
    path("p/<str:slug>/follow/", notices.follow, name="follow"),
    path("p/<str:slug>/hear/", notices.of_space, name="hear"),
]
