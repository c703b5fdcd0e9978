"""The moderators, and what everybody may read of their work."""

from django.urls import path

from discussions.views import moderation, moderation_log

urlpatterns = [
    path("p/<str:slug>/c/<int:pk>/hide/", moderation.one, name="hide_comment"),
    path("p/<str:slug>/moderate/<slug:kind>/<int:pk>/", moderation.one, name="moderate"),
    path("p/<str:slug>/report/<slug:kind>/<int:pk>/", moderation_log.report, name="report"),
    path("p/<str:slug>/moderation/", moderation_log.of_space, name="space_moderation_log"),
    path("p/<str:slug>/moderation/reasons/", moderation.set_reasons, name="moderation_reasons"),
    path("decisions/<int:pk>/", moderation_log.decision, name="appeal"),
    path("moderation/", moderation.index, name="moderation"),
    path("moderation/decide/", moderation.decide, name="moderation_decide"),
    path("moderation/claim/", moderation.claim, name="moderation_claim"),
    path("moderation/bursts/<int:pk>/seen/", moderation.see_burst, name="burst_seen"),
    path("moderation/appeals/", moderation.judge, name="appeals"),
    path("moderation/log/", moderation_log.whole, name="moderation_log"),
]
