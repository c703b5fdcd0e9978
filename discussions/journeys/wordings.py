"""Suggested wording of a member, and what comments and suggestions changed in a draft text."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import reasons, wordings
from discussions.journeys.contribution import Contribution, step
from discussions.models import State, VersionCause, Wording

SOURCE = "wording"


def of(member, cut, limit: int):
    """The newest `limit` of them behind the cut."""
    found = wordings.with_support(Wording.objects.filter(author=member)).select_related("space")
    for wording in cut.of(found, source=SOURCE, at="made_at")[:limit]:
        yield Contribution(
            source=SOURCE,
            key=wording.pk,
            space=wording.space,
            words=wording.text,
            at=wording.made_at,
            url=wording.get_absolute_url(),
            hidden_reason=reasons.words(wording.hidden_reason),
            is_gone=wording.state == State.WITHDRAWN,
            is_held=wording.state == State.HELD,
            more=[_supported(wording), _judged(wording)],
        )


def find_changes(items: list[Contribution]) -> None:
    """Say of comments and suggestions which versions of a text they changed: one query for each kind."""
    for source, column in (("comment", "comment"), (SOURCE, "wording")):
        mine = {item.key: item for item in items if item.source == source}
        if not mine:
            continue
        causes = VersionCause.objects.filter(**{f"{column}__in": mine}, version__published_at__isnull=False)
        for cause in causes.select_related("version").order_by("version__number", "pk"):
            item = mine[getattr(cause, f"{column}_id")]
            address = [item.space.slug, cause.version.text_id, cause.version.number]
            item.more.append(
                step(
                    _("Changed the text"),
                    "done",
                    at=cause.version.published_at,
                    words=_("See the change in version %(number)d") % {"number": cause.version.number},
                    url=reverse("discussions:text_changes", args=address) + f"#p{cause.paragraph_id}",
                )
            )


def _supported(wording: Wording) -> dict:
    count = wording.n_supports
    words = ngettext("%(n)d person wants these words", "%(n)d people want these words", count) % {"n": count}
    return step(_("Support"), "done" if count else "next", words=words if count else "")


def _judged(wording: Wording) -> dict:
    if wording.outcome == Wording.Outcome.OPEN:
        return step(_("The agency decides about your wording"), "next")
    label = wording.get_outcome_display()
    return step(label, "done", at=wording.judged_at, words=wording.outcome_reason, url=wording.get_absolute_url())
