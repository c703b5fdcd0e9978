"""Surveys."""

from django.urls import path

from discussions.views import surveys

urlpatterns = [
    path("p/<str:slug>/surveys/", surveys.index, name="surveys"),
    path("p/<str:slug>/surveys/<int:pk>/", surveys.detail, name="survey"),
    path("p/<str:slug>/surveys/<int:pk>/answer/", surveys.answer, name="answer_survey"),
    path("p/<str:slug>/surveys/<int:pk>/poll/", surveys.answer_quick_poll, name="answer_quick_poll"),
    path("p/<str:slug>/surveys/<int:pk>/results/", surveys.results, name="survey_results"),
    path("p/<str:slug>/surveys/words/<int:question>/", surveys.words, name="survey_words"),
]
