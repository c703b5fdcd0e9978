"""The sheet on which an editor says which paragraph is which, and what people said that made it change."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from discussions import differences, versions
from discussions.changes import Change
from discussions.errors import CivicError
from discussions.models import Comment, Member, Passage, TextVersion, Wording
from discussions.versions import Place

ON_ONE_PAGE = 60
MOST_CANDIDATES = 600
CONTINUES, SPLIT, NEW = "same", "split", "new"
_ADDRESS = re.compile(r"/(?P<kind>c|wording)/(?P<pk>\d{1,18})(?:/|\s|$)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that people said about the paragraph, as a box to tick."""

    key: str
    words: str
    name: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One changed paragraph on the sheet. `key` names its fields; `how` and `which` say where it comes from, `into`
    where a paragraph went that is not there any more."""

    change: Change
    key: str
    how: str
    which: str
    into: str
    candidates: list[Candidate]
    links: str


@dataclass(frozen=True, slots=True)
class WordingLine:
    """A suggestion on the desk: what it would change."""

    wording: Wording
    words: list[tuple[str, str]]
    place: str


class Sheet:
    """What changed in the version in preparation, a page of it at a time. `sent` are the fields of a refused form."""

    def __init__(self, version: TextVersion, old: TextVersion | None, changes: list[Change], *, part: str, sent):
        changed = [change for change in changes if change.is_change] if old is not None else []
        self.parts = max(1, -(-len(changed) // ON_ONE_PAGE))
        self.part = min(max(1, int(part)), self.parts) if part.isascii() and part.isdigit() and len(part) < 6 else 1
        self.olds = [handle(passage) for passage in _passages(old)]
        self.news = [handle(passage) for passage in _passages(version)]
        shown = changed[(self.part - 1) * ON_ONE_PAGE : self.part * ON_ONE_PAGE]
        said = _said_about(version, shown)
        self.rows = [_row(change, said.get(change.passage.paragraph_id, []), sent) for change in shown]

    @property
    def part_numbers(self) -> range:
        return range(1, self.parts + 1)


def handle(passage: Passage) -> str:
    """A name for a place that no other place of its version has."""
    return f"{passage.position + 1}. {passage.name}"


def save(version: TextVersion, editor: Member, sent) -> None:
    """Write down what the sheet says. Raises CivicError with the place that cannot be so."""
    before = {passage.position: passage for passage in _passages(_old(version))}
    after = {passage.position: passage for passage in _passages(version)}
    standing = {f"n{passage.pk}": passage for passage in after.values()}
    ended = {f"o{passage.paragraph_id}": passage for passage in before.values()}
    places = {}
    for key, passage in standing.items():
        if how := sent.get(f"how-{key}"):
            same = _named(sent.get(f"which-{key}", ""), before) if how in (CONTINUES, SPLIT) else None
            places[passage.pk] = {
                CONTINUES: Place(same=same.paragraph_id if same else None),
                SPLIT: Place(split_from=same.paragraph_id if same else None),
            }.get(how, Place())
    places = _with_merged(places, after, ended, sent)
    if places:
        versions.align(version=version, editor=editor, places=places)
    # The alignment may have given paragraphs other places: causes go to those that hold the places now.
    now = dict(version.passages.values_list("pk", "paragraph"))
    contributions = {
        now.get(passage.pk, passage.paragraph_id): _chosen(version, sent, key)
        for key, passage in {**standing, **ended}.items()
        if f"links-{key}" in sent
    }
    if contributions:
        versions.attribute(version=version, editor=editor, causes=contributions)


def suggestions(found: list[Wording]) -> list[WordingLine]:
    """Suggestions with their differences against the words they were written for: one query."""
    bases = {
        (one.paragraph_id, one.version_id): one
        for one in Passage.objects.filter(
            paragraph__in={row.paragraph_id for row in found}, version__in={row.version_id for row in found}
        )
    }
    lines = []
    for row in found:
        base = bases.get((row.paragraph_id, row.version_id))
        words = differences.words(base.words if base else "", row.text)
        lines.append(WordingLine(row, words, base.name if base else ""))
    return lines


def _old(version: TextVersion) -> TextVersion | None:
    return version.text.versions.filter(number=version.number - 1).first()


def _passages(version: TextVersion | None) -> list[Passage]:
    return list(Passage.objects.filter(version=version).order_by("position")) if version is not None else []


def _named(words: str, places: dict[int, Passage]) -> Passage:
    """The passage an editor names: by its place ("12. 第三條"), or by its number alone."""
    leading = re.match(r"\s*(\d{1,6})\s*\.", words)
    found = places.get(int(leading[1]) - 1) if leading else None
    if found is None:
        found = next((passage for passage in places.values() if passage.label and passage.label == words.strip()), None)
    if found is None:
        raise CivicError(_("“%(words)s” is no place of this text.") % {"words": words[:40]}, code="unknown_paragraph")
    return found


def _with_merged(places: dict[int, Place], after, ended, sent) -> dict[int, Place]:
    """Add what was joined: the sheet asks that of the paragraphs that went away."""
    hosts = {key: sent.get(f"into-{key}", "").strip() for key in ended if f"into-{key}" in sent}
    if not hosts:
        return places
    asked = {ended[key].paragraph_id for key in hosts}
    wanted: dict[int, set[int]] = {}
    for key, words in hosts.items():
        if words:
            wanted.setdefault(_named(words, after).pk, set()).add(ended[key].paragraph_id)
    before_ids = {passage.paragraph_id for passage in ended.values()}
    for passage in after.values():
        joined = set(passage.merged.values_list("pk", flat=True))
        final = joined - asked | wanted.get(passage.pk, set())
        if final == joined and passage.pk not in places:
            continue
        place = places.get(passage.pk)
        if place is None:
            continued = passage.paragraph_id if passage.paragraph_id in before_ids else None
            place = Place(same=continued, split_from=None if continued else passage.split_from_id)
        places[passage.pk] = Place(same=place.same, split_from=place.split_from, merged=frozenset(final))
    return places


def _chosen(version: TextVersion, sent, key: str) -> list[Wording | Comment]:
    """What was ticked, and what was named by its address."""
    keys = set(sent.getlist(f"cause-{key}"))
    for found in _ADDRESS.finditer(sent.get(f"links-{key}", "") + "\n"):
        keys.add(("w" if found["kind"] == "wording" else "c") + found["pk"])
    numbers = {kind: [int(one[1:]) for one in keys if re.fullmatch(kind + r"\d{1,18}", one)] for kind in "wc"}
    space = version.text.space_id
    return [
        *Wording.objects.published().filter(space=space, pk__in=numbers["w"]),
        *Comment.objects.published().filter(space=space, pk__in=numbers["c"]),
    ]


def _said_about(version: TextVersion, shown: list[Change]) -> dict[int, list[Candidate]]:
    """What can be ticked for each changed paragraph: what was said about it, about what it came from and what it took
    in, and what was named before. Three queries."""
    sources: dict[int, set[int]] = {}
    for change in shown:
        paragraph = change.passage.paragraph_id
        sources[paragraph] = {paragraph}
        if change.after is not None:
            sources[paragraph] |= {one.pk for one in change.after.merged.all()}
            sources[paragraph] |= {change.after.split_from_id} - {None}
    about = set().union(*sources.values()) if sources else set()
    chosen: dict[int, set[str]] = {paragraph: set() for paragraph in sources}
    named: dict[str, Wording | Comment] = {}
    for cause in version.causes.select_related(
        "wording__author", "wording__space", "comment__author", "comment__space"
    ):
        key = _key(cause.wording or cause.comment)
        named[key] = cause.wording or cause.comment
        chosen.setdefault(cause.paragraph_id, set()).add(key)
    found: dict[int, list[Wording | Comment]] = {}
    for model in (Wording, Comment):
        rows = model.objects.published().filter(paragraph__in=about).select_related("author", "space").order_by("-pk")
        for row in rows[:MOST_CANDIDATES]:
            found.setdefault(row.paragraph_id, []).append(row)
    said = {}
    for paragraph, places in sources.items():
        rows = {_key(row): row for place in sorted(places) for row in found.get(place, [])}
        rows |= {key: named[key] for key in chosen[paragraph]}
        said[paragraph] = [_candidate(row, key in chosen[paragraph]) for key, row in rows.items()]
    return said


def _key(row: Wording | Comment) -> str:
    return f"{'w' if isinstance(row, Wording) else 'c'}{row.pk}"


def _candidate(row: Wording | Comment, is_chosen: bool) -> Candidate:
    return Candidate(_key(row), row.words, row.author.display_name, row.get_absolute_url(), is_chosen)


def _row(change: Change, candidates: list[Candidate], sent) -> Row:
    passage = change.after
    if passage is None:
        key = f"o{change.before.paragraph_id}"
        into = sent.get(f"into-{key}", handle(change.host) if change.host else "")
        return Row(change, key, "", "", into, candidates, sent.get(f"links-{key}", ""))
    key = f"n{passage.pk}"
    origin = change.before or change.origin
    how = CONTINUES if change.before else SPLIT if change.origin else NEW
    return Row(
        change,
        key,
        sent.get(f"how-{key}", how),
        sent.get(f"which-{key}", handle(origin) if origin else ""),
        "",
        candidates,
        sent.get(f"links-{key}", ""),
    )
