"""Reading a thread costs the same whether it holds ten comments or thousands."""

import pytest
from django.db import connection
from django.utils import timezone

from discussions import threads
from discussions.ids import new_id, path_step
from discussions.models import Comment
from tests.factories import say

pytestmark = pytest.mark.django_db


def fill(space, author, *, roots, replies):
    """Many comments at once, as an import would write them."""
    rows = []
    for number in range(roots):
        root = Comment(
            id=new_id(),
            space=space,
            author=author,
            text=f"意見 {number}",
            client_id=f"r{number}-{new_id()}",
            posted_at=timezone.now(),
        )
        root.path = path_step(root.id)
        rows.append(root)
        for below in range(replies):
            reply = Comment(
                id=new_id(),
                space=space,
                author=author,
                parent=root,
                root=root,
                depth=1,
                text=f"回覆 {number}.{below}",
                client_id=f"p{number}-{below}-{new_id()}",
                posted_at=timezone.now(),
            )
            reply.path = root.path + path_step(reply.id)
            rows.append(reply)
    Comment.objects.bulk_create(sorted(rows, key=lambda row: row.depth))
    return rows


@pytest.mark.parametrize(("roots", "replies"), [(2, 3), (100, 9), (1000, 9)])
def test_a_page_takes_three_queries_at_any_size(space, member, roots, replies, django_assert_num_queries):
    fill(space, member, roots=roots, replies=replies)
    with django_assert_num_queries(3):
        page = threads.page(space)
        [branch.root.author.display_name for branch in page.branches]
    assert len(page.branches) == min(roots, threads.ROOTS)
    shown = [len(branch.replies) for branch in page.branches]
    assert sum(shown) == min(3 * roots, threads.SHOWN_REPLIES) and min(shown) >= 1
    assert all(branch.more == (replies > len(branch.replies)) for branch in page.branches)


def test_a_page_of_lively_branches_is_no_longer_than_one_of_quiet_branches(space, member, client):
    """Every branch shows how it goes on, the first ones a little more, and the rest stands behind a link."""
    fill(space, member, roots=4, replies=30)
    few = threads.page(space)
    assert [len(branch.replies) for branch in few.branches] == [3, 3, 3, 3] and all(one.more for one in few.branches)
    fill(space, member, roots=8, replies=30)
    some = threads.page(space)
    assert [len(branch.replies) for branch in some.branches] == [2] * 8 + [1] * 4
    fill(space, member, roots=30, replies=30)
    many = threads.page(space)
    assert [len(branch.replies) for branch in many.branches] == [1] * threads.ROOTS
    below = Comment.objects.filter(root=many.branches[0].root).order_by("path")
    assert many.branches[0].replies == [below.first()]
    page = client.get(f"/p/{space.slug}/").content.decode()
    assert all(f'href="/p/{space.slug}/c/{branch.root.pk}/">' in page for branch in many.branches)
    assert page.count("thread__item ") == 2 * threads.ROOTS and len(page.encode()) < 100_000


def test_no_page_counts_rows_off(space, member, django_assert_num_queries):
    fill(space, member, roots=60, replies=0)
    with django_assert_num_queries(4) as queries:
        first = threads.page(space)
        threads.page(space, before=first.older)
    assert not any(
        "OFFSET" in query["sql"] and "LIMIT 1 OFFSET" not in query["sql"] for query in queries.captured_queries
    )


def test_walking_the_pages_meets_every_comment_once(space, member):
    fill(space, member, roots=45, replies=0)
    seen, before = [], ""
    while True:
        page = threads.page(space, before=before)
        seen += [branch.root.pk for branch in page.branches]
        if page.older is None:
            break
        before = page.older
    assert len(seen) == len(set(seen)) == 45
    assert seen == sorted(seen, reverse=True)


def test_replies_come_in_reading_order_page_by_page(space, member):
    fill(space, member, roots=1, replies=120)
    root = Comment.objects.get(parent=None)
    seen, after = [], ""
    while after is not None:
        _ancestors, page = threads.around(root, after=after)
        seen += [reply.path for reply in page.replies]
        after = page.after
    assert seen == sorted(seen) and len(seen) == 120


def test_a_comment_is_shown_in_its_place(space, member, neighbour):
    root = say(space, member, "最上面的意見")
    middle = say(space, neighbour, "中間的回覆", parent_id=root.pk)
    leaf = say(space, member, "最下面的回覆", parent_id=middle.pk)
    ancestors, page = threads.around(middle)
    assert ancestors == [root] and page.replies == [leaf]


def test_every_query_of_a_page_follows_an_index(space, member, django_assert_num_queries):
    """What makes the millionth comment as cheap to show as the tenth: no table is read through, nothing is sorted."""
    if connection.vendor != "sqlite":
        pytest.skip("the plan is read in SQLite's words")
    fill(space, member, roots=60, replies=5)
    with django_assert_num_queries(3) as queries:
        first = threads.page(space)
    with django_assert_num_queries(3) as more:
        threads.page(space, before=first.older)
    with django_assert_num_queries(3) as replies:
        threads.around(first.branches[0].replies[0], after=first.branches[0].replies[-1].path)
    for query in (*queries.captured_queries, *more.captured_queries, *replies.captured_queries):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [row[3] for row in cursor.fetchall()]
        assert not [step for step in plan if step.startswith("SCAN discussions_comment")], (query["sql"], plan)
