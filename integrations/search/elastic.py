"""Search in Elasticsearch, with the database backend underneath.

Every change goes to the database first and is sent on after commit; what Elasticsearch misses stays marked and is sent
by `drain`. Every result is looked up in the database, so a document removed there is gone at once. While Elasticsearch
is away the database answers, and says so.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from elasticsearch import ApiError, Elasticsearch, TransportError, dsl, helpers

from integrations.models import SearchDocument
from integrations.search import han
from integrations.search.database import DatabaseBackend, hits_of
from integrations.search.port import Document, Request, Results

log = logging.getLogger(__name__)

QUICK = 1.5  # seconds a reader or a citizen who posts may lose to Elasticsearch
PATIENT = 20  # seconds for background work
REST = 15  # seconds in which a server that failed is left alone
CHUNK = 500
RETRIED = (429, 502, 503, 504)

one_tai = dsl.char_filter("one_tai", "mapping", mappings=["台=>臺"])
# Pairs of Han characters, as in `han`; and single characters for queries of one.
pairs = dsl.analyzer(
    "pairs", tokenizer="standard", char_filter=[one_tai], filter=["cjk_width", "lowercase", "cjk_bigram"]
)
singles = dsl.analyzer("singles", tokenizer="standard", char_filter=[one_tai], filter=["cjk_width", "lowercase"])


class Entry(dsl.Document):
    """The shape of a document in Elasticsearch. Titles and bodies are searched, never read back."""

    key = dsl.Keyword()
    kind = dsl.Keyword()
    language = dsl.Keyword()
    date = dsl.Date()
    title = dsl.Text(analyzer=pairs, fields={"singles": dsl.Text(analyzer=singles)})
    body = dsl.Text(analyzer=pairs, fields={"singles": dsl.Text(analyzer=singles)})

    class Meta:
        dynamic = dsl.MetaField("strict")


class ElasticBackend(DatabaseBackend):
    """`index` names the alias that is read; "<index>-write" is the one that is written."""

    is_remote = True

    def __init__(self, *, url: str, index: str = "minyi", quick: float = QUICK):
        self.alias = index
        self.write_alias = f"{index}-write"
        self.client = Elasticsearch(
            url, request_timeout=PATIENT, retry_on_timeout=True, max_retries=3, retry_on_status=RETRIED
        )
        self.quick = self.client.options(request_timeout=quick, max_retries=0, retry_on_timeout=False)
        self.away_until = 0.0
        self.is_prepared = False

    def delete(self, keys: Iterable[str]) -> None:
        keys = list(keys)
        super().delete(keys)
        self._send_after_commit(keys)

    def clear(self) -> None:
        super().clear()
        try:
            self._replace_index()
        except (ApiError, TransportError) as error:
            self._leave_alone(error)  # what is left there finds nothing in the database and is no result

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
        if time.monotonic() >= self.away_until:
            try:
                return self._find(request)
            except (ApiError, TransportError) as error:
                self._leave_alone(error)
        results = super().search(query, kinds=kinds, language=language, limit=limit, after=after)
        notice = _("Search is running in its simple form for the moment. Nothing is missing; the order may differ.")
        return replace(results, notice=f"{results.notice} {notice}".strip())

    def drain(self, *, limit: int = 1000) -> int:
        """As the port says. What it has sent can be found when it returns."""
        waiting = SearchDocument.objects.filter(indexed_at=None).order_by("pk")[:limit]
        try:
            taken = self._send(list(waiting), self.client)
            if taken:
                self.client.indices.refresh(index=self.write_alias)
        except (ApiError, TransportError) as error:
            self._leave_alone(error)
            return 0
        self.away_until = 0.0
        return taken

    def rebuild(self) -> int:
        """Fill a new index beside the old one, then exchange them. When that fails it raises and the old one stays."""
        super().rebuild()
        return self._replace_index()

    def _write(self, documents: list[Document]) -> None:
        super()._write(documents)
        self._send_after_commit([document.key for document in documents])

    def _drop(self, rows: QuerySet[SearchDocument]) -> None:
        # The row stays, without its words, until Elasticsearch has forgotten the document too.
        version = time.time_ns() // 1000
        rows.update(title="", body="", url="", visible=False, version=version, indexed_at=None)

    def _send_after_commit(self, keys: list[str]) -> None:
        transaction.on_commit(partial(self._send_quickly, keys))

    def _send_quickly(self, keys: list[str]) -> None:
        if time.monotonic() < self.away_until:
            return
        try:
            self._send(list(SearchDocument.objects.filter(key__in=keys, indexed_at=None)), self.quick)
        except (ApiError, TransportError) as error:
            self._leave_alone(error)

    def _send(self, rows: list[SearchDocument], client: Elasticsearch) -> int:
        """Bring rows to Elasticsearch and mark those it took. Versions keep a slow worker from undoing a quick one."""
        if not rows:
            return 0
        self._prepare(client)
        taken = self._bulk(rows, client, self.write_alias)
        versions = {row.key: row.version for row in rows}
        with transaction.atomic():
            now = SearchDocument.objects.select_for_update().filter(key__in=taken).only("key", "version")
            # A row written again in the meantime has another version and stays waiting.
            sent = SearchDocument.objects.filter(pk__in=[row.pk for row in now if row.version == versions[row.key]])
            sent.filter(visible=False).delete()
            sent.update(indexed_at=timezone.now())
        return len(taken)

    def _bulk(self, rows: Iterable[SearchDocument], client: Elasticsearch, target: str) -> list[str]:
        taken = []
        actions = (self._action(row, target) for row in rows)
        # Without its alias the index is gone; an automatic one would know nothing of our analyzers.
        by_alias = target == self.write_alias
        answers = helpers.streaming_bulk(
            client, actions, chunk_size=CHUNK, raise_on_error=False, require_alias=by_alias
        )
        for is_done, answer in answers:
            result = next(iter(answer.values()))
            # 409: a newer version is there already. 404: what we delete never arrived.
            if is_done or result.get("status") == 409 or ("delete" in answer and result.get("status") == 404):
                taken.append(result["_id"])
            else:
                self.is_prepared = False
                log.warning("search document %s not taken: status %s", result.get("_id"), result.get("status"))
        return taken

    def _action(self, row: SearchDocument, target: str) -> dict:
        action = {"_index": target, "_id": row.key, "version": row.version, "version_type": "external_gte"}
        if not row.visible:
            return {**action, "_op_type": "delete"}
        source = {name: getattr(row, name) for name in ("key", "kind", "language", "date")}
        source |= {"title": han.parted(row.title), "body": han.parted(row.body)}
        return {**action, "_op_type": "index", "_source": source}

    def _find(self, request: Request) -> Results:
        search = dsl.Search(using=self.quick, index=self.alias).source(False).extra(track_total_hits=True)
        for phrase in request.phrases:
            part = ".singles" if phrase.is_prefix else ""
            fields = [f"title{part}^4", f"body{part}"]
            search = search.query("multi_match", query=phrase.text, type="phrase", fields=fields)
        if request.kinds:
            search = search.filter("terms", kind=list(request.kinds))
        if request.language:
            search = search.filter("terms", language=[request.language, ""])
        search = search.sort("_score", {"date": {"order": "desc", "missing": "_last"}}, {"key": "desc"})
        answer = search[request.offset : request.offset + request.limit].execute()
        hits = hits_of({hit.meta.id: float(hit.meta.score or 0) for hit in answer}, request)
        total = answer.hits.total.value - (len(answer) - len(hits))
        return Results(hits, total, request.cursor(answer.hits.total.value), request.notice)

    def _prepare(self, client: Elasticsearch) -> None:
        if self.is_prepared:
            return
        if not client.indices.exists_alias(name=self.write_alias):
            name = self._create(client)
            actions = [{"add": {"index": name, "alias": alias}} for alias in (self.alias, self.write_alias)]
            client.indices.update_aliases(actions=actions)
        self.is_prepared = True

    def _create(self, client: Elasticsearch) -> str:
        name = f"{self.alias}-v1-{time.time_ns()}"
        index = Entry._index.clone(name=name, using=client)
        index.create()
        return name

    def _replace_index(self) -> int:
        self._prepare(self.client)
        started = time.time_ns() // 1000
        old = list(self.client.indices.get_alias(name=self.alias))
        written = list(self.client.indices.get_alias(name=self.write_alias))
        new = self._create(self.client)
        self._point(self.write_alias, written, [new])
        try:
            rows = SearchDocument.objects.filter(visible=True).iterator(chunk_size=CHUNK)
            count = len(self._bulk(rows, self.client, new))
            self.client.indices.refresh(index=new)
            self._point(self.alias, old, [new])
        except (ApiError, TransportError):
            self._point(self.write_alias, [new], written)
            self.client.indices.delete(index=new)
            SearchDocument.objects.filter(version__gte=started).update(indexed_at=None)
            raise
        self.client.indices.delete(index=old)
        SearchDocument.objects.filter(visible=False).delete()
        SearchDocument.objects.filter(version__lt=started).update(indexed_at=timezone.now())
        return count

    def _point(self, alias: str, old: list[str], new: list[str]) -> None:
        actions = [{"remove": {"index": name, "alias": alias}} for name in old]
        actions += [{"add": {"index": name, "alias": alias}} for name in new]
        self.client.indices.update_aliases(actions=actions)

    def _leave_alone(self, error: Exception) -> None:
        self.away_until = time.monotonic() + REST
        self.is_prepared = False
        log.warning("Elasticsearch failed (%s); the database answers for %s seconds", type(error).__name__, REST)
