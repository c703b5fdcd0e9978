"""Search in the database we already have: FTS5 on SQLite, tsvector with GIN on PostgreSQL.

SearchDocument is the store of record; beside it stands an index table of tokens made by `han`. The engines' own
parsers are kept out: SQLite receives tokens it cannot split further, PostgreSQL ready-made vectors.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from itertools import islice
from typing import TypeVar

from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from integrations.models import SearchDocument
from integrations.search import han
from integrations.search.port import Document, Hit, Request, Results

BATCH = 200
RECORD = SearchDocument._meta.db_table
T = TypeVar("T")
TITLE_GAP = 100  # positions between title and body, so that no phrase runs across


class DatabaseBackend:
    """The default engine. Ranking: bm25 or ts_rank with the title counting four times; then the newest first."""

    is_remote = False

    def index(self, documents: Iterable[Document]) -> None:
        waiting = iter(documents)
        while batch := list(islice(waiting, BATCH)):
            unique = {document.key: document for document in batch}
            shown = [document for document in unique.values() if document.visible]
            self.delete([document.key for document in unique.values() if not document.visible])
            if shown:
                self._write(shown)

    def delete(self, keys: Iterable[str]) -> None:
        waiting = iter(keys)
        while batch := list(islice(waiting, BATCH)):
            with transaction.atomic():
                rows = SearchDocument.objects.filter(key__in=batch)
                _index().remove([row.pk for row in rows.only("pk")])
                self._drop(rows)

    def clear(self) -> None:
        with transaction.atomic():
            _index().empty()
            SearchDocument.objects.all().delete()

    def search(
        self,
        query: str,
        *,
        kinds: Sequence[str] | None = None,
        language: str | None = None,
        limit: int = 20,
        after: str | None = None,
    ) -> Results:
        request = Request.read(query, kinds=kinds, language=language, limit=limit, after=after)
        if not request.phrases:
            return Results(notice=request.notice)
        scores, total = _index().find(request)
        return Results(hits_of(scores, request), total, request.cursor(total), request.notice)

    def drain(self, *, limit: int = 1000) -> int:
        return 0

    def rebuild(self) -> int:
        with transaction.atomic():
            return _index().refill()

    def _write(self, documents: list[Document]) -> None:
        version = time.time_ns() // 1000
        rows = [
            SearchDocument(
                key=document.key,
                kind=document.kind,
                title=_storable(document.title),
                body=_storable(document.body),
                url=document.url[:500],
                language=document.language,
                date=document.date,
                visible=True,
                version=version,
            )
            for document in documents
        ]
        fields = ["kind", "title", "body", "url", "language", "date", "visible", "version", "indexed_at"]
        with transaction.atomic():
            SearchDocument.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=fields)
            _index().put(rows)

    def _drop(self, rows: QuerySet[SearchDocument]) -> None:
        rows.delete()


def ensure_index() -> None:
    """Make the index table if it is missing and fill it from the store of record. Harmless to repeat."""
    with transaction.atomic():
        _index().create()
        _index().refill()


def hits_of(scores: dict[str, float], request: Request) -> tuple[Hit, ...]:
    """Results in the order of `scores` (key -> score), their words fresh from the store of record: what is not
    visible there is no result, whatever an engine says.
    """
    rows = SearchDocument.objects.filter(visible=True).in_bulk(list(scores), field_name="key")
    return tuple(_hit(rows[key], request, score) for key, score in scores.items() if key in rows)


def _hit(row: SearchDocument, request: Request, score: float) -> Hit:
    return Hit(
        key=row.key,
        kind=row.kind,
        title=han.highlight(row.title, request.phrases),
        snippet=han.snippet(row.body, request.phrases),
        url=row.url,
        language=row.language,
        date=row.date,
        score=score,
    )


class _Index:
    """The table of tokens beside the store of record. A missing table (new test database, restored dump) is made."""

    table = ""
    number = ""
    # A failed statement spoils the whole transaction, unless it ran in a savepoint.
    is_fragile = False

    def create(self) -> None:
        raise NotImplementedError

    def put(self, rows: list[SearchDocument]) -> None:
        raise NotImplementedError

    def find(self, request: Request) -> tuple[dict[str, float], int]:
        raise NotImplementedError

    def remove(self, numbers: list[int]) -> None:
        if numbers:
            marks = ", ".join(["%s"] * len(numbers))
            self.execute(f"DELETE FROM {self.table} WHERE {self.number} IN ({marks})", numbers)

    def empty(self) -> None:
        self.execute(f"DELETE FROM {self.table}")

    def refill(self) -> int:
        self.empty()
        count, batch = 0, []
        for row in SearchDocument.objects.filter(visible=True).iterator(chunk_size=BATCH):
            batch.append(row)
            if len(batch) == BATCH:
                self.put(batch)
                count, batch = count + len(batch), []
        if batch:
            self.put(batch)
        return count + len(batch)

    def execute(self, sql: str, values: Sequence = ()) -> None:
        self.attempt(lambda cursor: cursor.execute(sql, values))

    def attempt(self, operation: Callable[[CursorWrapper], T]) -> T:
        try:
            with transaction.atomic() if self.is_fragile else nullcontext(), connection.cursor() as cursor:
                return operation(cursor)
        except DatabaseError:
            if self.table in connection.introspection.table_names():
                raise
            ensure_index()
            with connection.cursor() as cursor:
                return operation(cursor)

    def select(self, columns: str, source: str, values: list, request: Request, *, order: str, ranked: Sequence = ()):
        """(key -> score of one page, number of all). `values` fill `source`, `ranked` what `columns` ask besides."""

        def read(cursor: CursorWrapper) -> tuple[dict[str, float], int]:
            page = [*ranked, *values, request.limit, request.offset]
            cursor.execute(f"SELECT {columns} {source} ORDER BY {order} LIMIT %s OFFSET %s", page)
            found = dict(cursor.fetchall())
            if not request.offset and len(found) < request.limit:
                return found, len(found)
            cursor.execute(f"SELECT COUNT(*) {source}", values)
            return found, cursor.fetchone()[0]

        return self.attempt(read)

    def filters(self, request: Request) -> tuple[str, list]:
        clauses, values = ["d.visible"], []
        if request.kinds:
            clauses.append(f"d.kind IN ({', '.join(['%s'] * len(request.kinds))})")
            values += request.kinds
        if request.language:
            clauses.append("d.language IN (%s, '')")
            values.append(request.language)
        return " AND ".join(clauses), values


class _SqliteIndex(_Index):
    table = "integrations_search_fts"
    number = "rowid"
    # Every character of our tokens belongs to them, also Han that SQLite's tables of Unicode do not know yet.
    tokenizer = "unicode61 remove_diacritics 0 categories ''L* N* M* Co Cn''"

    def create(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {self.table} USING fts5(title, body, tokenize='{self.tokenizer}')"
            )

    def put(self, rows: list[SearchDocument]) -> None:
        self.remove([row.pk for row in rows])
        values = [(row.pk, " ".join(han.tokens(row.title)), " ".join(han.tokens(row.body))) for row in rows]
        insert = f"INSERT INTO {self.table} (rowid, title, body) VALUES (%s, %s, %s)"
        self.attempt(lambda cursor: cursor.executemany(insert, values))

    def find(self, request: Request) -> tuple[dict[str, float], int]:
        # Within double quotes FTS5 reads nothing as syntax; tokens hold no quotation marks.
        match = " AND ".join(
            f'"{" ".join(phrase.tokens)}"{"*" if phrase.is_prefix else ""}' for phrase in request.phrases
        )
        where, values = self.filters(request)
        source = (
            f"FROM {self.table} JOIN {RECORD} d ON d.id = {self.table}.rowid WHERE {self.table} MATCH %s AND {where}"
        )
        columns, order = f"d.key, -bm25({self.table}, 4.0, 1.0) AS score", "score DESC, d.date DESC, d.id DESC"
        return self.select(columns, source, [match, *values], request, order=order)


class _PostgresIndex(_Index):
    table = "integrations_search_vector"
    number = "document_id"
    is_fragile = True

    def create(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {self.table} (document_id bigint PRIMARY KEY, vector tsvector NOT NULL)"
            )
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {self.table}_gin ON {self.table} USING gin (vector)")

    def put(self, rows: list[SearchDocument]) -> None:
        values = [(row.pk, _vector(row.title, row.body)) for row in rows]
        insert = (
            f"INSERT INTO {self.table} (document_id, vector) VALUES (%s, %s::tsvector) "
            "ON CONFLICT (document_id) DO UPDATE SET vector = EXCLUDED.vector"
        )
        self.attempt(lambda cursor: cursor.executemany(insert, values))

    def find(self, request: Request) -> tuple[dict[str, float], int]:
        query = " & ".join(
            "(" + " <-> ".join(f"'{token}'{':*' if phrase.is_prefix else ''}" for token in phrase.tokens) + ")"
            for phrase in request.phrases
        )
        where, values = self.filters(request)
        source = (
            f"FROM {self.table} v JOIN {RECORD} d ON d.id = v.document_id WHERE v.vector @@ %s::tsquery AND {where}"
        )
        columns = "d.key, ts_rank('{0.1, 0.1, 0.25, 1.0}', v.vector, %s::tsquery) AS score"
        order = "score DESC, d.date DESC NULLS LAST, d.id DESC"
        return self.select(columns, source, [query, *values], request, order=order, ranked=[query])


def _storable(text: str) -> str:
    return text.replace("\x00", "")  # PostgreSQL has no place for it


def _vector(title: str, body: str) -> str:
    """A tsvector in PostgreSQL's own notation: 'token':position and weight (A title, B body)."""
    parts = [f"'{token}':{place}A" for place, token in enumerate(han.tokens(title)[:1000], start=1)]
    start = len(parts) + TITLE_GAP
    parts += [f"'{token}':{place}B" for place, token in enumerate(han.tokens(body), start=start)]
    return " ".join(parts)


def _index() -> _Index:
    return {"sqlite": _SqliteIndex, "postgresql": _PostgresIndex}[connection.vendor]()
