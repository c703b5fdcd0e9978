"""Drafts of answers in the Wagtail admin: each agency sees and edits its own."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.snippets.action_menu import UnpublishMenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import EditView, SnippetViewSet, UnpublishView

from cms.answer_drafts import AnswerDraft


class AnswerEditView(EditView):
    """One draft, for people of its agency."""

    def get_object(self):
        draft = super().get_object()
        member = self.request.user
        if not member.is_superuser and draft.agency_id != member.agency_id:
            raise PermissionDenied
        return draft


class NoUnpublishView(UnpublishView):
    """What an agency has said to the public stays said."""

    def dispatch(self, request, *args, **kwargs):
        raise PermissionDenied(_("A published answer stays. It can be corrected, and both versions can be read."))


class AnswerDraftViewSet(SnippetViewSet):
    """Begun at the desk "To answer", which knows what is to be answered."""

    model = AnswerDraft
    icon = "mail"
    menu_label = _("Drafts of answers")
    copy_view_enabled = False
    inspect_view_enabled = False
    edit_view_class = AnswerEditView
    unpublish_view_class = NoUnpublishView
    list_display = [
        TitleColumn("__str__", label=_("Answer"), url_name="wagtailsnippets_cms_answerdraft:edit"),
        Column("officer", label=_("Signs")),
        Column("status_string", label=_("State")),
    ]
    list_filter = []

    def get_queryset(self, request):
        found = AnswerDraft.objects.select_related("space", "agency", "officer")
        return found if request.user.is_superuser else found.filter(agency=request.user.agency_id)


def without_undoing(menu_items, request, context) -> None:
    """What an agency has said is corrected, never taken off: no item for that in the menu of a draft."""
    if context["model"] is AnswerDraft:
        menu_items[:] = [item for item in menu_items if not isinstance(item, UnpublishMenuItem)]


def register() -> None:
    """Called by `wagtail_hooks`."""
    register_snippet(AnswerDraftViewSet)
