"""Live sessions."""

from django.urls import path

from discussions import streams
from discussions.views import desk_questions, hands, live, live_desk, live_reactions, polls, questions, transcripts

urlpatterns = [
    path("stream/p/<int:space_id>/", streams.answer_once, name="stream"),
    path("p/<str:slug>/live/", live.of_space, name="space_live"),
    path("live/", live.index, name="live_index"),
    path("live/join/", live.join, name="live_join"),
    path("live/<slug:code>/", live.room, name="live"),
    path("live/<slug:code>/state/", live.state, name="live_state"),
    path("live/<slug:code>/screen/", live.screen, name="live_screen"),
    path("live/<slug:code>/ask/", questions.ask, name="ask"),
    path("live/<slug:code>/asked/", questions.already_asked, name="already_asked"),
    path("live/<slug:code>/questions/<int:pk>/raise/", questions.raise_question, name="raise_question"),
    path("live/<slug:code>/questions/<int:pk>/withdraw/", questions.withdraw, name="withdraw_question"),
    path("live/<slug:code>/questions/<slug:column>/", questions.listing, name="live_questions"),
    path("live/<slug:code>/hand/", hands.raise_hand, name="raise_hand"),
    path("live/<slug:code>/polls/<int:pk>/vote/", polls.answer_poll, name="answer_poll"),
    path("live/<slug:code>/statement/vote/", polls.vote_statement, name="vote_live_statement"),
    path("live/<slug:code>/react/", live_reactions.react, name="live_react"),
    path("live/<slug:code>/lines/", transcripts.lines, name="live_lines"),
    path("live/<slug:code>/transcript/", transcripts.stenographer, name="live_transcript"),
    path("live/<slug:code>/transcript.vtt", transcripts.captions, name="live_captions"),
    path("live/<slug:code>/desk/", live_desk.desk, name="live_desk"),
    path("live/<slug:code>/desk/<slug:column>/", desk_questions.column, name="live_desk_column"),
]
