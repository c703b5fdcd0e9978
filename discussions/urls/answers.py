"""Results, official answers, and what was handed to the agency."""

from django.urls import path

from discussions.views import answers, results

urlpatterns = [
    path("p/<str:slug>/c/<int:pk>/answer/", answers.answer_comment, name="answer_comment"),
    path("p/<str:slug>/results/", results.index, name="results"),
    path("p/<str:slug>/answers/", answers.index, name="answers"),
    path("p/<str:slug>/answers/<int:pk>/", answers.detail, name="answer"),
    path("p/<str:slug>/handover/", answers.handover, name="handover"),
    path("p/<str:slug>/handover/<int:pk>/", answers.handover_group, name="handover_group"),
]
