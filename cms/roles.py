"""The kinds of people who keep the house, and what each may do."""

from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

ADMIN = "wagtailadmin.access_admin"


@dataclass(frozen=True, slots=True)
class Role:
    """`name` is the group's name in the database, `shown` the one on screen; `pages` is what it may do with pages."""

    name: str
    shown: object
    permissions: tuple[str, ...]
    pages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def _all(app: str, *models: str, verbs: tuple[str, ...] = ("view", "add", "change", "delete")) -> tuple[str, ...]:
    return tuple(f"{app}.{verb}_{model}" for model in models for verb in verbs)


# Sessions and polls change at the live desk, by actions that leave an event.
_LIVE = _all("discussions", "livesession", verbs=("view", "add"))
# Answers are never deleted; publishing one is the second person's part.
_DRAFT = ("view", "change")
_APPROVED = (*_DRAFT, "publish")
_MONITORS = _all("integrations", "monitor", verbs=("view", "add", "change"))

ROLES = (
    Role(
        "Communicators",
        _("Communicators"),
        (
            ADMIN,
            "simple_translation.submit_translation",
            "discussions.arrange",
            *_all("discussions", "agency", verbs=("view", "add", "change")),
        ),
        pages=("add_page", "change_page", "publish_page", "bulk_delete_page"),
        files=("add_image", "choose_image", "change_image", "add_document", "choose_document", "change_document"),
    ),
    Role("Planners", _("Planners"), (ADMIN, "discussions.read_opinion", "nlp.add_topicedit", *_MONITORS)),
    Role("Facilitators", _("Facilitators"), (ADMIN, "discussions.facilitate", "discussions.moderate", *_LIVE)),
    Role("Stenographers", _("Stenographers"), ("discussions.transcribe",)),
    Role("Moderators", _("Moderators"), (ADMIN, "discussions.moderate")),
    Role("Frontline", _("Frontline helpers"), ("discussions.assist",)),
    Role(
        "Officers",
        _("Officers"),
        (ADMIN, "discussions.read_opinion", "discussions.answer", *_all("cms", "answerdraft", verbs=_DRAFT)),
        files=("add_document", "choose_document"),
    ),
    # They approve what officers of their agency have drafted.
    Role(
        "Approvers",
        _("Approvers"),
        (ADMIN, "discussions.read_opinion", "discussions.answer", *_all("cms", "answerdraft", verbs=_APPROVED)),
        files=("add_document", "choose_document"),
    ),
)


@dataclass(slots=True)
class Change:
    """What `sync` did: names of groups it made, and permissions it could not find (an app that is not installed)."""

    made: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def sync() -> Change:
    """Make the groups and give them what ROLES says. Harmless to repeat.

    What they may do with pages and files is exactly that: Wagtail brings a group "Moderators" of its own that may
    publish everything, and here moderators judge comments. Other permissions an administrator added stay.
    """
    change = Change()
    with transaction.atomic():
        for role in ROLES:
            group, is_new = Group.objects.get_or_create(name=role.name)
            if is_new:
                change.made.append(role.name)
            found = _permissions(role.permissions)
            change.missing += sorted(set(role.permissions) - set(found))
            group.permissions.add(*found.values())
            _grant_pages(group, role.pages)
            _grant_files(group, role.files)
    return change


def shown_name(name: str) -> str:
    """A group's name in the reader's language; groups of an administrator's own making keep theirs."""
    return next((str(role.shown) for role in ROLES if role.name == name), name)


def _permissions(wanted: tuple[str, ...]) -> dict[str, Permission]:
    if not wanted:
        return {}
    condition = Q()
    for label in wanted:
        app, _dot, codename = label.partition(".")
        condition |= Q(content_type__app_label=app, codename=codename)
    found = Permission.objects.filter(condition).select_related("content_type")
    return {f"{permission.content_type.app_label}.{permission.codename}": permission for permission in found}


def _grant_pages(group: Group, codenames: tuple[str, ...]) -> None:
    """Under every home page, in every language. Before there is one, nothing is granted; `setup_site` comes back."""
    permissions = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=codenames)
    homes = Page.objects.filter(depth=2, content_type__app_label="cms", content_type__model="homepage")
    granted = [
        GroupPagePermission.objects.get_or_create(group=group, page=home, permission=permission)[0].pk
        for permission in permissions
        for home in homes
    ]
    GroupPagePermission.objects.filter(group=group).exclude(pk__in=granted).delete()


def _grant_files(group: Group, codenames: tuple[str, ...]) -> None:
    root = Collection.get_first_root_node()
    permissions = Permission.objects.filter(
        content_type__app_label__in=("wagtailimages", "wagtaildocs"), codename__in=codenames
    )
    granted = [
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)[0].pk
        for permission in (permissions if root else ())
    ]
    GroupCollectionPermission.objects.filter(group=group).exclude(pk__in=granted).delete()
