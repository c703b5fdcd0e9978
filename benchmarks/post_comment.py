"""Posting a comment: how many SQL statements, and how long against a bare INSERT of the row.

Peer: `Comment.save()` in a transaction of its own, without rules, resend check, opinion stream or event.
"""

import time

from benchmarks import place

WANTED = 8
REPEATS = 60


def main() -> None:
    place.prepare()
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from discussions import comments
    from discussions.ids import new_id, path_step
    from discussions.models import Comment

    space, people = place.space(), place.members(REPEATS + 5)
    first = comments.post(space=space, author=people[0], text="第一則意見", client_id="first-one")

    counted = {}
    with CaptureQueriesContext(connection) as queries:
        comments.post(space=space, author=people[1], text="公車應該準時", client_id="bench-root")
    counted["a comment"] = place.statements_in(queries.captured_queries)
    with CaptureQueriesContext(connection) as queries:
        comments.post(space=space, author=people[2], text="同意", client_id="bench-reply", parent_id=first.pk)
    counted["a reply"] = place.statements_in(queries.captured_queries)
    with CaptureQueriesContext(connection) as queries:
        comments.post(space=space, author=people[2], text="同意", client_id="bench-reply", parent_id=first.pk)
    counted["the same sent again"] = place.statements_in(queries.captured_queries)

    browser = Client(headers={"hx-request": "true", "host": "localhost"})
    browser.force_login(people[3])
    form = {"text": "班次太少", "client_id": "bench-http"}
    browser.post(f"/p/{space.slug}/c/", form | {"client_id": "bench-warm"})
    with CaptureQueriesContext(connection) as queries:
        answer = browser.post(f"/p/{space.slug}/c/", form)
    assert answer.status_code == 201, answer.status_code
    request = place.statements_in(queries.captured_queries)

    ours, bare = [], []
    for number, person in enumerate(people[5:]):
        started = time.perf_counter()
        comments.post(space=space, author=person, text=f"第 {number} 則意見", client_id=f"bench-{number}-ours")
        ours.append(time.perf_counter() - started)
        started = time.perf_counter()
        with transaction.atomic():
            row = Comment(
                id=new_id(), space=space, author=person, text=f"第 {number} 則", client_id=f"bench-{number}-bare"
            )
            row.path, row.posted_at = path_step(row.pk), timezone.now()
            row.save(force_insert=True)
        bare.append(time.perf_counter() - started)

    print("comments.post, SQL statements (wanted: at most 8)")
    for name, count in counted.items():
        print(f"  {name}: {count}")
    print(f"  the whole htmx request of a signed-in member: {request}")
    ratio = sorted(ours)[len(ours) // 2] / sorted(bare)[len(bare) // 2]
    print(f"time: {place.median_ms(ours)} against {place.median_ms(bare)} for the bare INSERT: {ratio:.1f} times")
    place.finish([f"{name} takes {count} statements" for name, count in counted.items() if count > WANTED])


if __name__ == "__main__":
    main()
