"""Addresses of the civic domain. Everything about one policy lies below /p/<slug>/."""

from django.urls import path

from discussions.views import answers, comments, live, me, moderation, results, spaces, statements

app_name = "discussions"

urlpatterns = [
    path("p/<str:slug>/", spaces.front, name="space"),
    path("p/<str:slug>/thread/", comments.older, name="older_comments"),
    path("p/<str:slug>/c/", comments.post, name="post_comment"),
    path("p/<str:slug>/c/<int:pk>/", comments.permalink, name="comment"),
    path("p/<str:slug>/c/<int:pk>/edit/", comments.edit, name="edit_comment"),
    path("p/<str:slug>/c/<int:pk>/withdraw/", comments.withdraw, name="withdraw_comment"),
    path("p/<str:slug>/c/<int:pk>/report/", comments.report, name="report_comment"),
    path("p/<str:slug>/c/<int:pk>/hide/", moderation.hide, name="hide_comment"),
    path("p/<str:slug>/c/<int:pk>/restore/", moderation.restore, name="restore_comment"),
    path("p/<str:slug>/c/<int:pk>/keep/", moderation.keep, name="keep_comment"),
    path("p/<str:slug>/c/<int:pk>/answer/", answers.answer_comment, name="answer_comment"),
    path("p/<str:slug>/statements/", statements.index, name="statements"),
    path("p/<str:slug>/statements/new/", statements.state, name="make_statement"),
    path("p/<str:slug>/statements/<int:pk>/vote/", statements.vote, name="vote"),
    path("p/<str:slug>/statements/<int:pk>/undo/", statements.undo, name="undo_vote"),
    path("p/<str:slug>/results/", results.index, name="results"),
    path("p/<str:slug>/answers/", answers.index, name="answers"),
    path("p/<str:slug>/live/", live.of_space, name="space_live"),
    path("live/", live.index, name="live_index"),
    path("live/<slug:code>/", live.room, name="live"),
    path("live/<slug:code>/state/", live.state, name="live_state"),
    path("live/<slug:code>/screen/", live.screen, name="live_screen"),
    path("live/<slug:code>/ask/", live.ask, name="ask"),
    path("live/<slug:code>/questions/<int:pk>/raise/", live.raise_question, name="raise_question"),
    path("live/<slug:code>/polls/<int:pk>/vote/", live.answer_poll, name="answer_poll"),
    path("live/<slug:code>/desk/", live.desk, name="live_desk"),
    path("me/", me.index, name="me"),
    path("moderation/", moderation.queue, name="moderation"),
]
