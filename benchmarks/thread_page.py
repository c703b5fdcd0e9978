"""The discussion page with 100, 5,000 and 100,000 comments, in every order and far behind the top.

`python -m benchmarks.thread_page --most 1000000` adds the largest size (a few minutes to fill).

Peer: the template most people write first, which walks `comment.replies.all` and `comment.author` recursively. It is
measured up to 1,000 comments; it shows the whole thread, the product shows some branches and links to the rest.
"""

import argparse
import random
import time

from benchmarks import place

SIZES = (100, 5_000, 100_000)
PEER = 1_000
WANTED, WANTED_BYTES = 12, 100_000
WANTED_RATIO, WANTED_RATIO_MILLION = 1.3, 1.5  # the largest against 100 comments; a million against 5,000
REPEATS = 31
ROOTS = 20
NAIVE = {
    "thread.html": "{% for comment in comments %}{% include 'comment.html' %}{% endfor %}",
    "comment.html": (
        "<article><p>{{ comment.author.display_name }}</p><p>{{ comment.text|linebreaksbr }}</p>"
        "{% for comment in comment.replies.all %}{% include 'comment.html' %}{% endfor %}</article>"
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the largest number of comments")
    most = parser.parse_args().most
    place.prepare()
    from django.core.management import call_command
    from django.test import Client

    call_command("setup_site", verbosity=0)
    people = place.members(200)
    reader, failures = Client(headers={"host": "localhost"}), []
    sizes = sorted({size for size in (*SIZES, most) if size <= most})
    spaces = {size: _filled(place.space(f"thread-{size}"), people, size) for size in sizes}
    print("processor time of a page, median and 95th percentile in ms; statements; bytes of HTML; comments shown")
    taken: dict[tuple[int, str], list[float]] = {}
    full: set[tuple[int, str]] = set()
    statements: dict[str, set[int]] = {}
    pages = {size: dict(_addresses(spaces[size], size)) for size in sizes}
    names = list(pages[sizes[0]])
    for name in names:
        # The sizes take turns, so that whatever else the machine does falls on all of them alike.
        times = _measured(reader, {size: pages[size][name] for size in sizes})
        for size in sizes:
            taken[size, name] = times[size]
            count, page = _looked_at(reader, pages[size][name])
            length, shown = len(page), page.count(b'class="thread__item ')
            if page.count(b"thread__item--depth-0") >= ROOTS:
                full.add((size, name))
            statements.setdefault(name, set()).add(count)
            told = f"{count:>2} statements  {length / 1000:>4.0f} kB  {shown:>3} comments"
            print(f"{size:>9,}  {name:<24} {_ms(times[size])}  {told}", flush=True)
            if count > WANTED or length > WANTED_BYTES:
                failures.append(f"{size} {name}: {count} statements, {length} bytes")
    for name, counts in statements.items():
        if len(counts) > 1:
            failures.append(f"{name}: the number of statements depends on the length of the thread: {counts}")
    failures += _compared(taken, full, names, 100, min(most, SIZES[-1]), WANTED_RATIO, _middle, "median")
    if most >= 1_000_000:
        failures += _compared(taken, full, names, 5_000, most, WANTED_RATIO_MILLION, _slow, "95th percentile")
    _peer(people, reader, failures)
    place.finish(failures)


def _addresses(space, size: int):
    """The top of each order, and a page from far behind it."""
    from discussions import cursors
    from discussions.models import Comment
    from discussions.threads import COLUMNS, Sort

    # The page that ends with nearly the oldest branches, and the one behind all that many people agree with.
    late = Comment.objects.filter(space=space, parent=None).order_by("id")[21:22].get().pk
    for sort in Sort:
        yield f"{sort.value}", f"/p/{space.slug}/?sort={sort.value}"
        value, number = (late, late) if COLUMNS[sort] == "id" else (1, 2**62)
        edge = cursors.made(f"{sort.value}:", value, number)
        yield f"{sort.value}, far behind", f"/p/{space.slug}/thread/?sort={sort.value}&before={edge}"
    yield "questions, unanswered", f"/p/{space.slug}/?sort=unanswered&kind=question"


def _measured(reader, addresses: dict[int, str]) -> dict[int, list[float]]:
    """Seconds of the processor for REPEATS cold requests of each page, one of each in turn."""
    from django.core.cache import cache

    from discussions.views.frame import GLANCE_SECONDS

    for address in addresses.values():
        page = reader.get(address)  # templates and connections are warm from here on
        assert page.status_code == 200, (page.status_code, address)
    times: dict[int, list[float]] = {size: [] for size in addresses}
    for _turn in range(REPEATS):
        for size, address in addresses.items():
            # The figures in the rail are counted once in GLANCE_SECONDS for all readers; the thread is read anew here.
            kept = {key: cache.get(key) for key in _glances(cache)}
            cache.clear()
            cache.set_many(kept, GLANCE_SECONDS)
            started = time.process_time()
            reader.get(address)
            times[size].append(time.process_time() - started)
    return times


def _looked_at(reader, address: str) -> tuple[int, bytes]:
    """How many statements a page takes that nobody has read yet, and the page."""
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cache.clear()
    with CaptureQueriesContext(connection) as cold:
        page = reader.get(address)
    assert not any("OFFSET" in sql.replace("LIMIT 1 OFFSET", "") for sql in (q["sql"] for q in cold.captured_queries))
    return place.statements_in(cold.captured_queries), page.content


def _glances(cache):
    return [key.split(":", 2)[2] for key in list(cache._cache) if ":glance:" in key]


def _compared(taken, full, names, small: int, large: int, wanted: float, measure, called: str) -> list[str]:
    """The worst ratio of the large to the small, told and judged: over the orders whose pages hold ROOTS branches in
    both, and of any page of the large to the page that a reader of the small one meets first.
    """
    first = measure(taken[small, names[0]])
    same = {name: measure(taken[large, name]) / measure(taken[small, name]) for name in names if (small, name) in full}
    every = {name: measure(taken[large, name]) / first for name in names}
    missed = []
    for ratios, against in ((same, "the same page"), (every, f"its first page, {names[0]}")):
        worst = max(ratios, key=ratios.__getitem__)
        told = f"{large:,} against {small:,}, {called}, {against}: at most {ratios[worst]:.2f} times ({worst})"
        print(f"{told}; wanted {wanted}")
        missed += [f"{told}, wanted {wanted}"] if ratios[worst] > wanted else []
    return missed


def _peer(people, reader, failures) -> None:
    from django.db import connection
    from django.template import Context, Engine
    from django.test.utils import CaptureQueriesContext

    from discussions.models import Comment

    space = _filled(place.space("thread-peer"), people, PEER)
    engine = Engine(loaders=[("django.template.loaders.locmem.Loader", NAIVE)])
    with CaptureQueriesContext(connection) as queries:
        started = time.process_time()
        engine.get_template("thread.html").render(
            Context({"comments": Comment.objects.filter(space=space, parent=None)})
        )
        lazy = time.process_time() - started
    many = place.statements_in(queries.captured_queries)
    times = _measured(reader, {PEER: f"/p/{space.slug}/"})[PEER]
    count, _page = _looked_at(reader, f"/p/{space.slug}/")
    print(
        f"peer, {PEER:,} comments: {many:,} statements ({many / count:.0f} times), "
        f"{lazy / _middle(times):.1f} times as long"
    )


def _middle(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def _slow(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _ms(times: list[float]) -> str:
    return f"{1000 * _middle(times):>6.1f} {1000 * _slow(times):>6.1f}"


def _filled(space, people, size: int):
    """A thread with branches of all depths: three in ten start a branch, the others answer something said lately."""
    from django.utils import timezone

    from discussions import counting
    from discussions.ids import new_id, path_step
    from discussions.models import Comment
    from discussions.models.comments import MAX_DEPTH

    chance, now, number, lately, batch = random.Random(size), timezone.now(), new_id(), [], []
    for count in range(size):
        number += 1 << 20
        row = Comment(id=number, space=space, author=chance.choice(people), text=f"第 {count} 則意見。" * 3)
        row.path, row.client_id, row.posted_at = path_step(number), f"thread-{size}-{count}", now
        row.kind = chance.choice(Comment.Kind.values)
        row.n_agree = int(chance.paretovariate(1.2)) - 1
        parent = chance.choice(lately) if lately and chance.random() > 0.3 else None
        if parent is not None and parent.depth < MAX_DEPTH - 1:
            row.parent_id, row.root_id, row.depth = parent.pk, parent.root_id or parent.pk, parent.depth + 1
            row.path = parent.path + row.path
        lately = [*lately[-39:], row]
        batch.append(row)
        if len(batch) == 5000:
            Comment.objects.bulk_create(batch, batch_size=500)
            batch = []
    Comment.objects.bulk_create(batch, batch_size=500)
    counting.catch_up_space(space.pk)
    return space


if __name__ == "__main__":
    main()
