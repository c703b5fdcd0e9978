"""Budget choices."""

from django.urls import path

from discussions.views import budgets

urlpatterns = [
    path("p/<str:slug>/budgets/", budgets.index, name="budgets"),
    path("p/<str:slug>/budgets/<int:pk>/", budgets.detail, name="budget"),
    path("p/<str:slug>/budgets/<int:pk>/ballot/", budgets.cast, name="cast_ballot"),
    path("p/<str:slug>/budgets/<int:pk>/result/", budgets.result, name="budget_result"),
]
