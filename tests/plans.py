"""How the database means to answer a query: does it read a table from end to end, or sort what it finds?"""

import json

from django.apps import apps
from django.db import connection, transaction

FEW = {"discussions_space", "discussions_agency", "discussions_member", "discussions_moderationtally"}
"""Tables that do not grow with what people contribute, or are read by key alone."""


def faults(queries) -> list[tuple[str, str]]:
    """(what, query) for each query that reads a growing table of the discussions through, or counts rows off.

    `queries` are captured ones. Walking along an index and stopping at a limit is fine, and so is an index that holds
    only a few of the rows.
    """
    found = []
    for sql in (query["sql"] for query in queries):
        if sql.startswith("SELECT"):
            found += [(fault, sql) for fault in _of(sql)]
    return found


def _of(sql: str) -> list[str]:
    counted_off = ["OFFSET"] if "OFFSET" in sql.replace("LIMIT 1 OFFSET", "") else []
    return counted_off + (_sqlite(sql) if connection.vendor == "sqlite" else _postgresql(sql))


def _sqlite(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [row[3] for row in cursor.fetchall()]
    walks = "LIMIT" in sql and not any("TEMP B-TREE" in step for step in steps)
    return [
        step
        for step in steps
        if step.startswith("SCAN discussions_")
        and step.split()[1] not in FEW
        and not walks
        and step.split()[-1] not in partial_indexes()
    ]


def _postgresql(sql: str) -> list[str]:
    """So small a table is read through for good reason: what counts is whether it has to be, by whatever way."""
    ways = (["seqscan"], ["seqscan", "indexscan", "indexonlyscan"])
    found = [list(_read_through(_postgresql_plan(sql, without), walks=False)) for without in ways]
    return min(found, key=len)


def _postgresql_plan(sql: str, without: list[str]) -> dict:
    with transaction.atomic(), connection.cursor() as cursor:
        for way in without:
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        answer = cursor.fetchone()[0]
        for way in without:
            cursor.execute(f"SET LOCAL enable_{way} = on")
    (plan,) = json.loads(answer) if isinstance(answer, str) else answer
    return plan["Plan"]


def _read_through(node: dict, *, walks: bool):
    kind, table = node["Node Type"], node.get("Relation Name", "")
    walks = kind == "Limit" or walks and kind in {"Nested Loop", "Subquery Scan", "Index Scan", "LockRows", "Memoize"}
    grows = table.startswith("discussions_") and table not in FEW
    if grows and kind == "Seq Scan":
        yield f"Seq Scan on {table}"
    if grows and kind in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node and not walks:
        if node["Index Name"] not in partial_indexes():
            yield f"all of {table} by {node['Index Name']}"
    for child in node.get("Plans", ()):
        yield from _read_through(child, walks=walks)


def partial_indexes() -> set[str]:
    """The names of indexes that hold some rows only."""
    models = apps.get_app_config("discussions").get_models()
    return {index.name for model in models for index in model._meta.indexes if index.condition is not None}
