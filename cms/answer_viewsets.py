"""Drafts of answers in the Wagtail admin: each agency sees and edits its own."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.snippets.action_menu import UnpublishMenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, UnpublishView

from cms.answer_drafts import AnswerDraft


class NoUnpublishView(UnpublishView):
    """What an agency has said to the public stays said."""

    def dispatch(self, request, *args, **kwargs):
        raise PermissionDenied(_("A published answer stays. It can be corrected, and both versions can be read."))


class AnswerDraftViewSet(SnippetViewSet):
    """Begun at the desk "To answer", which knows what is to be answered."""

    model = AnswerDraft
    icon = "mail"
    menu_label = _("Drafts of answers")
    menu_order = 156
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = False
    unpublish_view_class = NoUnpublishView
    list_display = [
        TitleColumn("__str__", label=_("Answer"), url_name="wagtailsnippets_cms_answerdraft:edit"),
        Column("officer", label=_("Signs")),
        Column("status_string", label=_("State")),
    ]
    list_filter = []

    def get_queryset(self, request):
        return readable(request.user).select_related("space", "agency", "officer")

    def get_urlpatterns(self):
        # Wagtail asks for the queryset in its lists alone; the views of one draft are many, its history and its
        # previews among them, and all of them have the words.
        patterns = super().get_urlpatterns()
        for pattern in patterns:
            pattern.callback = _for_its_agency(pattern.callback)
        return patterns


def readable(member):
    """The drafts that this person may read: those of their agency."""
    drafts = AnswerDraft.objects.all()
    return drafts if member.is_superuser else drafts.filter(agency=member.agency_id)


def _for_its_agency(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        key = kwargs.get("pk")
        if key is not None and not (str(key).isdecimal() and readable(request.user).filter(pk=int(key)).exists()):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def without_undoing(menu_items, request, context) -> None:
    """What an agency has said is corrected, never taken off: no item for that in the menu of a draft."""
    if context["model"] is AnswerDraft:
        menu_items[:] = [item for item in menu_items if not isinstance(item, UnpublishMenuItem)]


def register() -> None:
    """Called by `wagtail_hooks`."""
    register_snippet(AnswerDraftViewSet)
