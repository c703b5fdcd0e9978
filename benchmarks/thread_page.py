"""Rendering a discussion page with 10, 1,000 and 10,000 comments.

Peer: the template most people write first, which walks `comment.replies.all` and `comment.author` recursively. It is
measured up to 1,000 comments; it shows the whole thread, the product shows the newest branches and links to the rest.
"""

import random
import time

from benchmarks import place

SIZES = (10, 1_000, 10_000)
PEER_LIMIT = 1_000
WANTED = 12
REPEATS = 5
NAIVE = {
    "thread.html": "{% for comment in comments %}{% include 'comment.html' %}{% endfor %}",
    "comment.html": (
        "<article><p>{{ comment.author.display_name }}</p><p>{{ comment.text|linebreaksbr }}</p>"
        "{% for comment in comment.replies.all %}{% include 'comment.html' %}{% endfor %}</article>"
    ),
}


def main() -> None:
    place.prepare()
    from django.core.cache import cache
    from django.core.management import call_command
    from django.db import connection
    from django.template import Context, Engine
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from discussions.models import Comment

    call_command("setup_site", verbosity=0)
    people = place.members(200)
    engine = Engine(loaders=[("django.template.loaders.locmem.Loader", NAIVE)])
    naive = engine.get_template("thread.html")
    reader, failures, counts = Client(headers={"host": "localhost"}), [], {}
    print("comments   statements cold/warm   time cold      HTML        peer")
    for size in SIZES:
        space = place.space(f"thread-{size}")
        _fill(space, people, size)
        reader.get(f"/p/{space.slug}/")  # templates and connections are warm from here on
        times = []
        for _turn in range(REPEATS):
            cache.clear()
            started = time.perf_counter()
            with CaptureQueriesContext(connection) as cold:
                page = reader.get(f"/p/{space.slug}/")
            times.append(time.perf_counter() - started)
        with CaptureQueriesContext(connection) as warm:
            reader.get(f"/p/{space.slug}/")
        assert page.status_code == 200, page.status_code
        counts[size] = place.statements_in(cold.captured_queries)
        told = f"{counts[size]:>6} / {place.statements_in(warm.captured_queries)}"
        peer = "-"
        if size <= PEER_LIMIT:
            with CaptureQueriesContext(connection) as queries:
                started = time.perf_counter()
                naive.render(Context({"comments": Comment.objects.filter(space=space, parent=None)}))
                taken = time.perf_counter() - started
            lazy = place.statements_in(queries.captured_queries)
            ratio = lazy / counts[size]
            peer = f"{lazy:,} statements ({ratio:.0f} times), {taken / sorted(times)[REPEATS // 2]:.1f} times as long"
        print(f"{size:>8,}   {told:<20} {place.median_ms(times):>10}   {len(page.content) / 1000:>6.0f} kB   {peer}")
    if len(set(counts.values())) > 1:
        failures.append(f"the number of statements depends on the length of the thread: {counts}")
    if max(counts.values()) > WANTED:
        failures.append(f"{max(counts.values())} statements, wanted at most {WANTED}")
    place.finish(failures)


def _fill(space, people, size: int) -> None:
    """A thread with branches of all depths: three in ten start a branch, the others answer something said lately."""
    from django.utils import timezone

    from discussions.ids import new_id, path_step
    from discussions.models import Comment
    from discussions.models.comments import MAX_DEPTH

    chance, now, number, rows = random.Random(size), timezone.now(), new_id(), []
    for count in range(size):
        number += 1 << 20
        row = Comment(id=number, space=space, author=chance.choice(people), text=f"第 {count} 則意見。" * 4)
        row.path, row.client_id, row.posted_at = path_step(number), f"thread-{size}-{count}", now
        parent = chance.choice(rows[-40:]) if rows and chance.random() > 0.3 else None
        if parent is not None and parent.depth < MAX_DEPTH - 1:
            row.parent_id, row.root_id, row.depth = parent.pk, parent.root_id or parent.pk, parent.depth + 1
            row.path = parent.path + row.path
        rows.append(row)
    Comment.objects.bulk_create(rows, batch_size=500)


if __name__ == "__main__":
    main()
