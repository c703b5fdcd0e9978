"""The search index follows the event log.

Each change in a space leaves a numbered event. `catch_up` reads the events after the place it reached and brings the
documents they speak of to the state of the database, so it may run late, twice or side by side and ends the same.
Pages have no events: they are indexed when Wagtail says that they were published or taken down.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils import translation
from wagtail.models import Locale, Page

from cms import tablepages
from cms.models import ArticlePage, IndexCursor, InfoHubPage, InfoPage, SpacePage
from discussions import events, petitions
from discussions.models import Comment, Event, Phase, Proposal, Question, Reply, Space, Statement, TranscriptLine
from integrations.models import SearchDocument
from integrations.search import documents
from integrations.search.port import Document, get_backend

BATCH = 500
PAGE_MODELS = (ArticlePage, InfoHubPage, InfoPage)

# What the events are about -> the kind of document. An event of one of these nouns with an id concerns that one thing.
ONE = {
    "comment": "comment",
    "statement": "statement",
    "proposal": "proposal",
    "question": "question",
    "line": "line",
    "reply": "answer",
    "space": "space",
    "phase": "space",
}
# What changes a count and no words.
COUNTED = frozenset(("proposal.signed", "proposal.unsigned"))
# Bulk work says so in the plural and names no ids: the whole space is read again.
MANY = frozenset(("comments", "statements", "questions", "lines", "replies", "members", "spaces"))


def catch_up(limit: int = 500) -> int:
    """Bring the index up to date with at most `limit` events. Returns how many were read."""
    _meet_new_spaces()
    behind = IndexCursor.objects.filter(Exists(Event.objects.filter(space=OuterRef("space"), seq__gt=OuterRef("seq"))))
    read = 0
    for cursor in behind.select_related("space").order_by("pk"):
        while read < limit:
            news = events.since(cursor.space_id, cursor.seq)[: limit - read]
            if not news:
                break
            _follow(cursor.space, news)
            _move(cursor, news[-1].seq)
            read += len(news)
        if read >= limit:
            break
    return read


def rebuild(progress: Callable[[str, int], None] | None = None) -> int:
    """Make the whole index anew from its owners. Returns how many documents it holds."""
    backend = get_backend()
    backend.clear()
    IndexCursor.objects.all().delete()
    _meet_new_spaces(progress)
    for model in PAGE_MODELS:
        for page in model.objects.live().select_related("locale").iterator(chunk_size=50):
            index_page(page)
        if progress:
            progress(model._meta.label, model.objects.live().count())
    return backend.rebuild()


def index_page(page: Page) -> None:
    """Put a published page, and the rows of its table, into the index."""
    if isinstance(page, SpacePage):
        if page.space is not None:
            index_space(page.space)
        return
    if not isinstance(page, PAGE_MODELS):
        return
    backend = get_backend()
    backend.index([_page_document(page)])
    if isinstance(page, InfoPage):
        backend.index(_records(page))
        backend.delete(key for key in _known_records(page) if int(key.rpartition(":")[2]) > len(page.rows))


def forget_page(page: Page) -> None:
    """Take a page that was unpublished or deleted, and the rows of its table, out of the index."""
    if isinstance(page, SpacePage):
        if page.space is not None:
            index_space(page.space, without=page)
        return
    get_backend().delete([documents.key("page", page.pk), *_known_records(page)])


def index_space(space: Space, *, without: Page | None = None) -> None:
    """Put title, question and editorial text of a space into the index, once for each language.

    `without` is a page that is being taken down and is still in the database.
    """
    get_backend().index(_space_documents(space, without))


def _meet_new_spaces(progress: Callable[[str, int], None] | None = None) -> None:
    """Read spaces that have no cursor yet as a whole."""
    for space in Space.objects.exclude(pk__in=IndexCursor.objects.values("space")):
        seq = events.last_seq(space.pk)
        count = _read_whole(space)
        IndexCursor.objects.update_or_create(space=space, defaults={"seq": seq})
        if progress:
            progress(space.slug, count)


def _move(cursor: IndexCursor, seq: int) -> None:
    # Somebody else may have gone further meanwhile; a cursor never goes back.
    IndexCursor.objects.filter(pk=cursor.pk, seq__lt=seq).update(seq=seq)
    cursor.seq = seq


def _follow(space: Space, news: list[Event]) -> None:
    touched: dict[str, set[int]] = defaultdict(set)
    for event in news:
        noun, _dot, _verb = event.type.partition(".")
        if noun in MANY:
            _read_whole(space)
            return
        if noun in ONE and "id" in event.data and event.type not in COUNTED:
            touched[ONE[noun]].add(event.data["id"])
    if touched.pop("space", None):
        # The phase may have changed, and with it what the public may find.
        _read_whole(Space.objects.get(pk=space.pk))
        return
    for kind, ids in touched.items():
        _refresh(kind, ids)


def _refresh(kind: str, ids: Iterable[int]) -> None:
    """Bring the documents of some contributions to what the database says about them now."""
    ids = set(ids)
    found = dict(_contributions(kind, pk__in=ids))
    backend = get_backend()
    backend.delete([documents.key(kind, number) for number in ids - set(found)])
    backend.index(found.values())


def _read_whole(space: Space) -> int:
    """Index everything in a space, in batches. Returns how many contributions it holds."""
    index_space(space)
    backend = get_backend()
    count = 0
    scopes = dict.fromkeys(("comment", "statement", "proposal", "answer"), "space") | dict.fromkeys(
        ("question", "line"), "session__space"
    )
    for kind, scope in scopes.items():
        batch: list[Document] = []
        for _number, document in _contributions(kind, **{scope: space}):
            batch.append(document)
            count += 1
            if len(batch) == BATCH:
                backend.index(batch)
                batch = []
        backend.index(batch)
    if space.phase == Phase.DRAFT:
        _hide_whole(space)
    return count


def _hide_whole(space: Space) -> None:
    """A space that went back to its draft is found by nobody; its words stay where they are."""
    backend = get_backend()
    for kind, rows in (
        ("comment", space.comments.values_list("pk", flat=True)),
        ("statement", space.statements.order_by().values_list("pk", flat=True)),
        ("proposal", space.proposals.values_list("pk", flat=True)),
        ("question", Question.objects.filter(session__space=space).values_list("pk", flat=True)),
        ("line", TranscriptLine.objects.filter(session__space=space).values_list("pk", flat=True)),
        ("answer", space.official_replies.order_by().values_list("pk", flat=True)),
    ):
        backend.delete(documents.key(kind, number) for number in rows.iterator(chunk_size=BATCH))


def _contributions(kind: str, **scope) -> Iterator[tuple[int, Document]]:
    """(number, document) of the contributions of a kind that the public may see."""
    make, rows = {
        "comment": (_comment, Comment.objects.published().exclude(space__phase=Phase.DRAFT).select_related("space")),
        "statement": (
            _statement,
            Statement.objects.published().exclude(space__phase=Phase.DRAFT).select_related("space"),
        ),
        "proposal": (_proposal, petitions.published().exclude(space__phase=Phase.DRAFT).select_related("space")),
        "question": (
            _question,
            Question.objects.published().exclude(session__space__phase=Phase.DRAFT).select_related("session__space"),
        ),
        "line": (
            _line,
            TranscriptLine.objects.published()
            .exclude(session__space__phase=Phase.DRAFT)
            .select_related("session__space"),
        ),
        "answer": (_answer, Reply.objects.exclude(space__phase=Phase.DRAFT).select_related("space", "agency")),
    }[kind]
    for row in rows.filter(**scope).order_by("pk").iterator(chunk_size=BATCH):
        yield row.pk, make(row)


def _comment(row: Comment) -> Document:
    return documents.comment(
        number=row.pk,
        title=row.space.title,
        text=row.text,
        url=row.space.path(f"c/{row.pk}/"),
        language="",
        date=row.posted_at,
    )


def _statement(row: Statement) -> Document:
    url = row.space.path(f"statements/{row.pk}/")
    return Document(documents.key("statement", row.pk), "statement", row.space.title, row.text, url, "", row.made_at)


def _proposal(row: Proposal) -> Document:
    url = row.space.path(f"proposals/{row.pk}/")
    return Document(documents.key("proposal", row.pk), "proposal", row.title, row.text, url, "", row.published_at)


def _question(row: Question) -> Document:
    url = f"/live/{row.session.code}/#q{row.pk}"
    return Document(documents.key("question", row.pk), "question", row.session.title, row.text, url, "", row.asked_at)


def _line(row: TranscriptLine) -> Document:
    url = f"/live/{row.session.code}/lines/?at={row.number}#t{row.number}"
    text = f"{row.speaker}：{row.text}" if row.speaker else row.text
    return Document(documents.key("line", row.pk), "line", row.session.title, text, url, "", row.typed_at)


def _answer(row: Reply) -> Document:
    url = row.space.path("answers/") + f"#a{row.pk}"
    title = f"{row.agency.name} · {row.space.title}"
    return Document(documents.key("answer", row.pk), "answer", title, row.text, url, "", row.answered_at)


def _space_documents(space: Space, without: Page | None) -> list[Document]:
    pages = SpacePage.objects.live().filter(space_link__space=space).select_related("locale")
    bodies = {page.locale.language_code: _html(page) for page in pages if without is None or page.pk != without.pk}
    first = Locale.get_default().language_code
    versions = {first: (space.title, space.question)}
    for code in bodies:
        versions[code] = (space.title, space.question)
    if space.title_en:
        versions["en"] = (space.title_en, space.question_en or space.question)
    texts = []
    for code in dict.fromkeys((first, "en", *versions)):
        title, question = versions.get(code, ("", ""))
        body = "\n".join(part for part in (question, documents.plain(bodies.get(code, ""))) if part)
        key = documents.key("space", f"{space.pk}:{code}")
        # Without a version of its own a language has no document, and the one it may have had goes.
        visible = space.phase != Phase.DRAFT and code in versions
        texts.append(Document(key, "space", title, body, space.path(), code, space.created_at, visible=visible))
    return texts


def _page_document(page) -> Document:
    parts = [getattr(page, name, "") for name in ("lede", "summary", "source_name")]
    return documents.page(
        number=page.pk,
        title=page.title,
        html="\n".join(f"<p>{part}</p>" for part in parts if part) + _html(page),
        url=page.url or "",
        language=page.locale.language_code,
        date=page.last_published_at,
        visible=page.live,
    )


def _html(page) -> str:
    with translation.override(page.locale.language_code):
        return render_to_string("cms/body.html", {"page": page})


def _records(page: InfoPage) -> Iterator[Document]:
    for number, row in enumerate(page.rows, start=1):
        yield documents.record(
            number=f"{page.pk}:{number}",
            title=page.title,
            values=row,
            url=tablepages.record_url(page.url or "", number),
            language=page.locale.language_code,
            date=page.last_published_at,
            visible=page.live,
        )


def _known_records(page: Page) -> list[str]:
    """Keys of the rows of a page that are in the index now."""
    known = SearchDocument.objects.filter(key__startswith=documents.key("record", f"{page.pk}:"))
    return list(known.values_list("key", flat=True))
