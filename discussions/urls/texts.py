"""Draft texts."""

from django.urls import path

from discussions.views import paragraphs, texts

urlpatterns = [
    path("p/<str:slug>/text/", texts.index, name="texts"),
    path("p/<str:slug>/text/<int:pk>/", texts.read, name="text"),
    path("p/<str:slug>/text/<int:pk>/v/<int:number>/", texts.version, name="text_version"),
    path("p/<str:slug>/text/<int:pk>/changes/<int:number>/", texts.changed, name="text_changes"),
    path("p/<str:slug>/text/<int:pk>/p/<int:paragraph>/", paragraphs.read, name="paragraph"),
    path("p/<str:slug>/text/<int:pk>/p/<int:paragraph>/vote/", paragraphs.vote, name="vote_paragraph"),
    path("p/<str:slug>/text/<int:pk>/p/<int:paragraph>/comment/", paragraphs.comment, name="comment_paragraph"),
    path("p/<str:slug>/text/<int:pk>/p/<int:paragraph>/suggest/", paragraphs.suggest, name="suggest_wording"),
    path("p/<str:slug>/wording/<int:pk>/", paragraphs.wording, name="wording"),
    path("p/<str:slug>/wording/<int:pk>/support/", paragraphs.support, name="support_wording"),
    path("p/<str:slug>/wording/<int:pk>/withdraw/", paragraphs.withdraw, name="withdraw_wording"),
]
