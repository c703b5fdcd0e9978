"""Results and official answers."""

from django.urls import path

from discussions.views import answers, results

urlpatterns = [
    path("p/<str:slug>/c/<int:pk>/answer/", answers.answer_comment, name="answer_comment"),
    path("p/<str:slug>/results/", results.index, name="results"),
    path("p/<str:slug>/answers/", answers.index, name="answers"),
]
