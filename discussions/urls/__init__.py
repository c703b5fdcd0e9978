"""Addresses of the civic domain, one module per noun. Everything about one policy lies below /p/<slug>/."""

from discussions.urls import (
    answers,
    assisted,
    budgets,
    clocks,
    comments,
    embeds,
    exports,
    identity,
    live,
    me,
    moderation,
    notices,
    proposals,
    statements,
    surveys,
    texts,
)

app_name = "discussions"

urlpatterns = [
    *comments.urlpatterns,
    *statements.urlpatterns,
    *answers.urlpatterns,
    *live.urlpatterns,
    *moderation.urlpatterns,
    *me.urlpatterns,
    *proposals.urlpatterns,
    *texts.urlpatterns,
    *surveys.urlpatterns,
    *budgets.urlpatterns,
    *clocks.urlpatterns,
    *notices.urlpatterns,
    *identity.urlpatterns,
    *assisted.urlpatterns,
    *exports.urlpatterns,
    *embeds.urlpatterns,
]
