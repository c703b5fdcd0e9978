"""Newest, most agreed, most discussed, unanswered: each by an index, page by page with a signed cursor."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q
from django.urls import reverse

from discussions import comments, counting, cursors, moderation, reactions, replies, threads
from discussions.models import Comment, ReplyCount
from discussions.threads import Sort
from tests.discussions.test_threads import fill
from tests.factories import make_member, make_space, say

pytestmark = pytest.mark.django_db


def walk(space, **asked):
    """Every root in the order asked for, page by page."""
    seen, before = [], ""
    while before is not None:
        page = threads.page(space, before=before, **asked)
        seen += [branch.root for branch in page.branches]
        before = page.older
    return seen


def counted_by_rows(space):
    below = Count("pk", filter=Q(state="visible"))
    rows = dict(Comment.objects.filter(space=space, parent__isnull=False).values_list("root").annotate(n=below))
    return {root.pk: rows.get(root.pk, 0) for root in Comment.objects.filter(space=space, parent=None)}


def counters(space):
    return dict(Comment.objects.filter(space=space, parent=None).values_list("pk", "n_replies"))


@pytest.fixture
def busy(space, member):
    """Sixty roots with differing numbers of replies and agreement, many of them equal."""
    fill(space, member, roots=60, replies=0)
    for number, root in enumerate(Comment.objects.filter(space=space).order_by("id")):
        Comment.objects.filter(pk=root.pk).update(
            n_agree=number % 7, n_replies=number % 5, kind="question" if number % 3 == 0 else "opinion"
        )
    return space


@pytest.mark.parametrize("kind", ["", "question"])
@pytest.mark.parametrize("sort", Sort.values)
def test_walking_an_order_meets_every_root_once(busy, sort, kind):
    seen = walk(busy, sort=sort, kind=kind)
    column = threads.COLUMNS[Sort(sort)]
    keys = [(getattr(root, column), root.pk) for root in seen]
    wanted = [
        root
        for root in Comment.objects.filter(space=busy, parent=None)
        if (not kind or root.kind == kind) and (sort != Sort.UNANSWERED or root.n_replies == 0)
    ]
    assert keys == sorted(keys, reverse=True)
    assert {root.pk for root in seen} == {root.pk for root in wanted} and len(seen) == len(wanted) > 0


@pytest.mark.parametrize("kind", ["", "question"])
@pytest.mark.parametrize("sort", Sort.values)
def test_every_order_follows_an_index_and_counts_nothing_off(busy, sort, kind, django_assert_max_num_queries):
    if connection.vendor != "sqlite":
        pytest.skip("the plan is read in SQLite's words")
    column = threads.COLUMNS[Sort(sort)]
    edge = Comment.objects.filter(space=busy, kind="question", n_replies=0).order_by("-id").first()
    before = cursors.made(f"{sort}:{kind}", getattr(edge, column), edge.pk)
    with django_assert_max_num_queries(3) as queries:
        threads.page(busy, before=before, sort=sort, kind=kind)
    sql = queries.captured_queries[0]["sql"]
    assert "OFFSET" not in sql.replace("LIMIT 1 OFFSET", "")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = [row[3] for row in cursor.fetchall()]
    roots = next(step for step in plan if "discussions_comment" in step and "INDEX" in step)
    assert "comment_" in roots and "<" in roots, plan
    assert not [step for step in plan if step.startswith("SCAN discussions_comment") or "TEMP B-TREE" in step], plan


@pytest.mark.parametrize("cursor", ["", "nonsense", "1.2~abc", "9" * 300, "~", "'; DROP TABLE"])
def test_a_cursor_made_up_begins_at_the_top(busy, cursor):
    for sort in Sort.values:
        first = threads.page(busy, sort=sort)
        assert threads.page(busy, sort=sort, before=cursor).branches[0].root == first.branches[0].root


def test_a_cursor_of_one_order_is_none_of_another(busy):
    older = threads.page(busy, sort=Sort.AGREED).older
    top = threads.page(busy, sort=Sort.DISCUSSED).branches[0].root
    assert threads.page(busy, sort=Sort.DISCUSSED, before=older).branches[0].root == top


def test_the_most_agreed_stands_first(space, member, neighbour):
    first, second = say(space, neighbour, "少人同意"), say(space, neighbour, "多人同意")
    for person in (member, make_member(), make_member()):
        reactions.give(comment=second, member=person, kind="agree")
    reactions.give(comment=first, member=member, kind="agree")
    assert [root.pk for root in walk(space, sort=Sort.AGREED)] == [second.pk, first.pk]


def test_replies_are_counted_from_the_log_whoever_changed_them(space, member, neighbour, moderator):
    quiet, busy = say(space, member, "沒人回"), say(space, member, "很多人回")
    written = [say(space, neighbour, f"回覆 {number}", parent_id=busy.pk) for number in range(3)]
    say(space, member, "回覆的回覆", parent_id=written[0].pk)
    counting.catch_up()
    assert counters(space) == counted_by_rows(space) == {quiet.pk: 0, busy.pk: 4}
    moderation.hide(target=written[1], moderator=moderator, reason="spam")
    comments.withdraw(comment=written[2], author=neighbour)
    counting.catch_up()
    assert counters(space) == counted_by_rows(space) == {quiet.pk: 0, busy.pk: 2}
    written[1].refresh_from_db()
    moderation.restore(target=written[1], moderator=moderator)
    counting.catch_up()
    assert counters(space)[busy.pk] == 3
    assert [root.pk for root in walk(space, sort=Sort.DISCUSSED)] == [busy.pk, quiet.pk]


def test_what_waits_for_a_moderator_counts_when_it_is_released(member, moderator):
    space = make_space(holds_first_posts=True)
    space_root = Comment.objects.get(pk=say(space, member, "第一則").pk)
    moderation.release(target=space_root, moderator=moderator)
    newcomer = make_member()
    held = say(space, newcomer, "我的第一句", parent_id=space_root.pk)
    counting.catch_up()
    assert counters(space)[space_root.pk] == 0
    moderation.release(target=held, moderator=moderator)
    counting.catch_up()
    assert counters(space)[space_root.pk] == 1


def test_unanswered_is_what_nobody_has_answered(space, member, neighbour, officer):
    open_one, replied, answered = (say(space, member, text, kind="question") for text in ("為何？", "何時？", "多少？"))
    say(space, neighbour, "我知道", parent_id=replied.pk)
    replies.answer(space=space, officer=officer, text="官方回覆如下。", client_id="answer-0001", comment=answered)
    counting.catch_up()
    assert [root.pk for root in walk(space, sort=Sort.UNANSWERED, kind="question")] == [open_one.pk]


def test_counting_twice_changes_nothing_and_reads_only_what_is_new(space, member):
    root = say(space, member, "主題")
    say(space, member, "回覆", parent_id=root.pk)
    assert counting.catch_up() > 0
    assert counting.catch_up() == 0
    say(space, member, "再回覆", parent_id=root.pk)
    assert counting.catch_up() == 1
    assert ReplyCount.objects.get(space=space).seq == 3 and counters(space) == {root.pk: 2}


def test_an_import_without_events_is_counted_at_first_sight(space, member):
    fill(space, member, roots=3, replies=4)
    counting.catch_up()
    assert set(counters(space).values()) == {4}


def test_the_page_offers_every_order_and_kind_by_links(client, busy):
    front = client.get(busy.get_absolute_url()).content.decode()
    for query in ("?sort=agreed", "?sort=discussed", "?sort=unanswered", "?kind=question", "?kind=suggestion"):
        assert f'{query}#order"' in front
    page = client.get(busy.get_absolute_url() + "?sort=agreed").content.decode()
    assert 'aria-current="true"' in page and "?sort=agreed&amp;before=" in page
    assert 'data-live="no"' in page


def test_an_order_or_kind_that_does_not_exist_shows_the_newest(client, busy):
    page = client.get(busy.get_absolute_url() + "?sort=%27;--&kind=angry").content.decode()
    assert 'data-live="yes"' in page


def test_the_next_page_of_an_order_goes_on_in_it(client, busy):
    address = reverse("discussions:older_comments", args=[busy.slug])
    page = threads.page(busy, sort=Sort.AGREED)
    html = client.get(address, {"sort": "agreed", "before": page.older}).content.decode()
    following = threads.page(busy, sort=Sort.AGREED, before=page.older)
    assert all(f'id="c{branch.root.pk}"' in html for branch in following.branches)
    assert not any(f'id="c{branch.root.pk}"' in html for branch in page.branches)


@pytest.mark.parametrize("sort", Sort.values)
def test_every_order_keeps_within_the_queries_and_bytes_of_the_front(client, busy, member, sort):
    from django.test.utils import CaptureQueriesContext

    client.force_login(make_member())
    address = busy.get_absolute_url() + f"?sort={sort}"
    client.get(address)
    cache.clear()
    with CaptureQueriesContext(connection) as cold:
        page = client.get(address)
    with CaptureQueriesContext(connection) as warm:
        client.get(address)
    assert len(cold) <= 12 and len(warm) <= 6 and len(page.content) <= 100_000
