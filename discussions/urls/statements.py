"""Statements and votes."""

from django.urls import path

from discussions.views import statements

urlpatterns = [
    path("p/<str:slug>/statements/", statements.index, name="statements"),
    path("p/<str:slug>/statements/me/", statements.me, name="my_position"),
    path("p/<str:slug>/statements/new/", statements.state, name="make_statement"),
    path("p/<str:slug>/statements/similar/", statements.similar, name="similar_statements"),
    path("p/<str:slug>/statements/<int:pk>/", statements.statement, name="statement"),
    path("p/<str:slug>/statements/<int:pk>/vote/", statements.vote, name="vote"),
    path("p/<str:slug>/statements/<int:pk>/undo/", statements.undo, name="undo_vote"),
]
