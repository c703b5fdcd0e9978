"""The front of a space and its comments."""

from django.urls import path

from discussions.views import comments, reactions, spaces

urlpatterns = [
    path("p/<str:slug>/", spaces.front, name="space"),
    path("p/<str:slug>/thread/", comments.older, name="older_comments"),
    path("p/<str:slug>/c/", comments.post, name="post_comment"),
    path("p/<str:slug>/alike/<int:pk>/", comments.alike, name="alike_comments"),
    path("p/<str:slug>/react/", reactions.react, name="react"),
    path("p/<str:slug>/similar/", reactions.similar, name="similar_comments"),
    path("p/<str:slug>/c/<int:pk>/", comments.permalink, name="comment"),
    path("p/<str:slug>/c/<int:pk>/history/", comments.history, name="comment_history"),
    path("p/<str:slug>/c/<int:pk>/edit/", comments.edit, name="edit_comment"),
    path("p/<str:slug>/c/<int:pk>/withdraw/", comments.withdraw, name="withdraw_comment"),
    path("p/<str:slug>/c/<int:pk>/report/", comments.report, name="report_comment"),
]
