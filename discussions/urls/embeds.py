"""Pages shown on other sites."""

from django.urls import path

from discussions.views import embeds

urlpatterns = [
    path("embed/<str:slug>/", embeds.ballot, name="embed"),
    path("embed/<str:slug>/<int:pk>/vote/", embeds.vote, name="embed_vote"),
    path("embed/<str:slug>/<int:pk>/undo/", embeds.undo, name="embed_undo"),
    path("p/<str:slug>/embed/", embeds.code, name="embed_code"),
]
