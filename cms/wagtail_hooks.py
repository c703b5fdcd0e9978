"""What Minyi adds to the Wagtail admin."""

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html, json_script
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from cms import answer_viewsets, audits, browser_words, dashboards, instruments, monitors, publishing, topic_edits
from cms.instruments import spaces
from cms.models import SpacePage
from cms.viewsets import CivicViewSets
from cms.webhooks import desk as webhooks
from discussions import rules


class OpinionMenuItem(MenuItem):
    """The planner's desk, for those who may read it."""

    def is_shown(self, request):
        return bool(rules.may_read_opinion(request.user))


class SpacesMenuItem(MenuItem):
    """The desk of the discussions, for those who set them up."""

    def is_shown(self, request):
        return bool(rules.may_arrange(request.user))


class ModerationMenuItem(MenuItem):
    """The queue of reported comments, for moderators and facilitators."""

    def is_shown(self, request):
        return bool(rules.may_moderate(request.user))


class AnswersMenuItem(MenuItem):
    """What an agency has to answer, for its officers."""

    def is_shown(self, request):
        return bool(rules.may_answer(request.user))


@hooks.register("register_admin_urls")
def desk_urls():
    return [
        path("opinion/", dashboards.index, name="opinion_desk"),
        path("opinion/<str:slug>/", dashboards.space, name="opinion_space"),
        path("opinion/<str:slug>/state/", dashboards.state, name="opinion_state"),
        path("opinion/<str:slug>/topics/<int:number>/", dashboards.topic, name="opinion_topic"),
        path("opinion/<str:slug>/coverage/", audits.coverage, name="opinion_coverage"),
        path("opinion/<str:slug>/compare/", audits.compare, name="opinion_compare"),
        *(
            path(f"opinion/<str:slug>/topics/<int:number>/{kind}/", topic_edits.change, {"kind": kind}, f"topic_{kind}")
            for kind in ("rename", "merge", "move", "keep")
        ),
        path("opinion/<str:slug>/edits/<int:pk>/undo/", topic_edits.undo, name="topic_edit_undo"),
        path("monitors/<int:pk>/", monitors.detail, name="monitor_desk"),
        path("monitors/<int:pk>/fetch/", monitors.fetch, name="monitor_fetch"),
        path("monitors/<int:pk>/import/", monitors.import_file, name="monitor_import"),
        *spaces.urlpatterns,
        *instruments.urlpatterns,
        *webhooks.urlpatterns,
    ]


@hooks.register("register_admin_menu_item")
def opinion_menu_item():
    return OpinionMenuItem(_("Opinion"), reverse("opinion_desk"), name="opinion", icon_name="comment", order=150)


@hooks.register("register_admin_menu_item")
def spaces_menu_item():
    return SpacesMenuItem(_("Discussions"), reverse("space_desks"), name="spaces", icon_name="group", order=140)


@hooks.register("register_admin_menu_item")
def answers_menu_item():
    return AnswersMenuItem(_("To answer"), reverse("to_answer"), name="answers", icon_name="mail", order=155)


@hooks.register("register_page_header_buttons")
def desk_button(page, user, view_name, next_url=None):
    """From the page of a discussion to its desk."""
    space = publishing.space_of(page) if isinstance(page.specific_deferred, SpacePage) else None
    if space is not None and rules.may_arrange(user):
        url = reverse("space_desk", args=[space.slug])
        yield Button(_("Desk of this discussion"), url, icon_name="group", priority=5)


@hooks.register("construct_help_menu")
def house_help(request, menu_items):
    """What is new in Wagtail is news for those who look after the installation, not for editors."""
    menu_items[:] = [item for item in menu_items if not str(item.name).startswith("whats-new")]


hooks.register("construct_snippet_action_menu", answer_viewsets.without_undoing)
answer_viewsets.register()


@hooks.register("register_admin_menu_item")
def moderation_menu_item():
    return ModerationMenuItem(
        _("Moderation"), reverse("discussions:moderation"), name="moderation", icon_name="warning", order=160
    )


@hooks.register("insert_global_admin_css")
def desk_css():
    return format_html('<link rel="stylesheet" href="{}">', static("minyi/css/desk.css"))


@hooks.register("insert_global_admin_css")
def admin_words():
    """Before all other scripts, as some of them look their words up when they are read."""
    words = json_script(browser_words.catalogue(), "admin-words")
    return format_html('{}<script src="{}"></script>', words, static("cms/admin_words.js"))


@hooks.register("insert_global_admin_js")
def admin_js():
    return format_html('<script src="{}"></script>', static("cms/admin.js"))


@hooks.register("register_admin_viewset")
def desk_viewsets():
    return CivicViewSets()
