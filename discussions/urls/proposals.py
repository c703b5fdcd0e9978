"""Citizens' proposals."""

from django.urls import path

from discussions.views import merges, proposals, signing

urlpatterns = [
    path("p/<str:slug>/proposals/", proposals.index, name="proposals"),
    path("p/<str:slug>/proposals/new/", proposals.new, name="save_proposal"),
    path("p/<str:slug>/proposals/alike/", proposals.alike, name="alike_proposals"),
    path("p/<str:slug>/proposals/<int:pk>/", signing.one, name="proposal"),
    path("p/<str:slug>/proposals/<int:pk>/thread/", signing.older, name="older_proposal_comments"),
    path("p/<str:slug>/proposals/<int:pk>/c/", signing.comment, name="comment_on_proposal"),
    path("p/<str:slug>/proposals/<int:pk>/sign/", signing.sign, name="sign_proposal"),
    path("p/<str:slug>/proposals/<int:pk>/unsign/", signing.unsign, name="unsign_proposal"),
    path("p/<str:slug>/proposals/<int:pk>/edit/", proposals.edit, name="edit_proposal"),
    path("p/<str:slug>/proposals/<int:pk>/check/", proposals.check, name="check_proposal"),
    path("p/<str:slug>/proposals/<int:pk>/add/", proposals.add, name="add_to_proposal"),
    path("p/<str:slug>/proposals/<int:pk>/withdraw/", proposals.withdraw, name="withdraw_proposal"),
    path("p/<str:slug>/proposals/<int:pk>/merge/", merges.ask, name="merge_proposal"),
    path("p/<str:slug>/proposals/merges/<int:pk>/", merges.one, name="proposal_merge"),
]
