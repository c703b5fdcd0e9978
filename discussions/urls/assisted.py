"""People without a screen of their own."""

from django.urls import path

from discussions.views import assistance, plain

urlpatterns = [
    path("assist/", assistance.index, name="assist"),
    path("assist/begin/", assistance.begin, name="begin_sitting"),
    path("assist/<int:pk>/", assistance.sitting, name="sitting"),
    path("assist/<int:pk>/survey/<int:survey_pk>/", assistance.survey, name="sitting_survey"),
    path("assist/<int:pk>/slip/", assistance.slip, name="sitting_slip"),
    path("paper/<str:code>/", assistance.sheet, name="paper"),
    path("p/<str:slug>/plain/", plain.index, name="plain"),
    path("p/<str:slug>/paper/", assistance.newest_sheet, name="space_paper"),
    path("p/<str:slug>/paper/new/", assistance.make_sheet, name="make_paper"),
    path("me/receipt/", assistance.receipt, name="receipt"),
]
