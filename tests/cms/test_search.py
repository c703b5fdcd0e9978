"""One box finds questions, answers, words, records and pages; what is hidden is found by nobody."""

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Locale

from cms import indexing
from cms.models import ArticlePage, HomePage, IndexCursor, InfoPage, SpacePage
from discussions import comments, events, live, moderation, replies, voting
from discussions.forms import new_client_id
from discussions.models import Comment, Phase
from integrations.models import SearchDocument
from tests import factories
from tests.cms import pages

pytestmark = pytest.mark.django_db


def found(client, words, **more):
    """The keys of what a reader is shown for these words."""
    response = client.get("/search/", {"q": words, **more})
    return [hit.key for group in response.context["groups"] for hit in group.hits]


def test_a_comment_is_found_by_two_characters_in_the_middle_of_a_sentence(client, site, space, member):
    comment = factories.say(space, member, "我覺得末班車可以再晚一點")
    assert found(client, "班車") == [f"comment:{comment.pk}"]
    text = client.get("/search/", {"q": "班車"}).content.decode()
    assert f"/p/{space.slug}/c/{comment.pk}/" in text and "<mark>班車</mark>" in text


def test_edited_withdrawn_hidden_and_restored_words_follow_at_once(client, site, space, member, moderator):
    comment = factories.say(space, member, "末班車太早")
    assert found(client, "末班")
    comments.edit(comment=comment, author=member, text="頭班車太晚")
    assert not found(client, "末班") and found(client, "頭班")
    comment = moderation.hide(target=comment, moderator=moderator, reason="spam")
    assert not found(client, "頭班")
    comment = moderation.restore(target=comment, moderator=moderator)
    assert found(client, "頭班")
    comments.withdraw(comment=comment, author=member)
    assert not found(client, "頭班")


def test_words_hidden_behind_the_back_of_the_index_are_no_result(client, site, space, member):
    comment = factories.say(space, member, "末班車太早")
    indexing.catch_up()
    Comment.objects.filter(pk=comment.pk).update(state="hidden", hidden_reason="spam")
    assert SearchDocument.objects.filter(key=f"comment:{comment.pk}").exists()
    assert not found(client, "末班")


def test_statements_and_official_answers_are_found(client, site, space, member, officer):
    statement = factories.propose(space, member, "夜間公車應該免費")
    comment = factories.say(space, member, "請說明經費")
    reply = replies.answer(
        space=space, officer=officer, text="經費來自停車基金", client_id=new_client_id(), comment=comment
    )
    assert found(client, "免費") == [f"statement:{statement.pk}"]
    assert found(client, "停車基金") == [f"answer:{reply.pk}"]


def test_a_space_is_found_by_its_question_and_a_draft_is_not(client, site):
    factories.make_space(title="捷運延伸", question="捷運應該延伸到哪裡？")
    factories.make_space(title="捷運票價", phase=Phase.DRAFT)
    response = client.get("/search/", {"q": "捷運"})
    titles = ["".join(text for text, _match in hit.title) for group in response.context["groups"] for hit in group.hits]
    assert titles == ["捷運延伸"]


def test_a_space_that_goes_back_to_its_draft_takes_its_words_along(client, site, communicator, member):
    client.force_login(communicator)
    page, space = pages.published_space_page(client)
    factories.say(space, member, "末班車太早")
    assert found(client, "末班")
    pages.edit_space_page(client, page, phase="draft", **{"action-publish": "1"})
    assert not found(client, "末班") and not found(client, "公車")
    assert not SearchDocument.objects.filter(visible=True, kind="comment").exists()
    pages.edit_space_page(client, page, phase="open", **{"action-publish": "1"})
    assert found(client, "末班")


def test_pages_and_rows_are_found_once_published_and_gone_once_taken_down(client, site):
    page = pages.info_page()
    assert f"page:{page.pk}" in found(client, "候車設施")
    rows = found(client, "夜市")
    assert rows == [f"record:{page.pk}:2"]
    text = client.get("/search/", {"q": "夜市"}).content.decode()
    assert f"{page.url}?from=2#row-2" in text
    page.unpublish()
    assert not found(client, "夜市") and not found(client, "候車設施")


def test_rows_that_a_new_table_no_longer_holds_are_not_found(client, site):
    page = pages.info_page()
    page.rows = [["臺北車站", "12"]]
    page.save_revision().publish()
    assert found(client, "台北車站") and not found(client, "夜市")


def test_a_deleted_page_is_not_found(client, site):
    page = pages.info_page()
    InfoPage.objects.get(pk=page.pk).delete()
    assert not found(client, "夜市") and not SearchDocument.objects.filter(visible=True, kind="record").exists()


def test_what_editors_wrote_about_a_space_is_found_and_goes_with_the_page(client, site, communicator):
    client.force_login(communicator)
    page, space = pages.published_space_page(client)
    page.body = [("paragraph", "<p>說明會在<b>活動中心</b>舉行</p>")]
    page.save_revision().publish()
    assert found(client, "活動中心") == [f"space:{space.pk}:zh-hant"]
    SpacePage.objects.get(pk=page.pk).delete()
    assert not found(client, "活動中心") and found(client, "公車班次")


def test_a_draft_of_a_page_is_not_found(client, site):
    home = HomePage.objects.get(locale=Locale.objects.get(language_code="zh-hant"))
    page = home.add_child(instance=ArticlePage(title="會議紀錄", slug="minutes", live=False, lede="委員會討論"))
    page.save_revision()
    assert not found(client, "委員會")
    page.save_revision().publish()
    assert found(client, "委員會") == [f"page:{page.pk}"]


def test_an_english_reader_finds_english_pages_and_everybody_s_words(client, site, space, member):
    comment = factories.say(space, member, "The last bus leaves too early")
    home = HomePage.objects.get(locale__language_code="en")
    page = home.add_child(instance=ArticlePage(title="About the bus", slug="about-bus"))
    page.save_revision().publish()
    response = client.get("/en/search/", {"q": "bus"})
    keys = {hit.key for group in response.context["groups"] for hit in group.hits}
    assert keys == {f"comment:{comment.pk}", f"page:{page.pk}"}
    assert found(client, "bus") == [f"comment:{comment.pk}"]


def test_results_of_one_kind_are_read_page_by_page(client, site, space, member):
    for number in range(25):
        factories.say(space, member, f"末班車的第{number}個理由")
    first = client.get("/search/", {"q": "末班", "kind": "words"})
    group = first.context["groups"][0]
    assert len(group.hits) == 20 and group.results.total == 25
    second = client.get(group.more_url)
    keys = [hit.key for hit in group.hits] + [hit.key for hit in second.context["groups"][0].hits]
    assert len(set(keys)) == 25
    assert len(client.get("/search/", {"q": "末班"}).context["groups"][0].hits) == 4


def test_markup_in_words_and_in_the_query_stays_words(client, site, space, member):
    factories.say(space, member, "<script>alert(1)</script> 末班車")
    text = client.get("/search/", {"q": "末班 <script>"}).content.decode()
    assert "<script>alert" not in text and "&lt;" in text


@pytest.mark.parametrize("query", ["", "   ", '"', "NEAR(a b)", "a" * 500, "%", "😀"])
def test_no_query_breaks_the_page(client, site, space, query):
    assert client.get("/search/", {"q": query, "after": "x", "kind": "nothing"}).status_code == 200


def test_nothing_found_says_what_to_try(client, site):
    text = client.get("/search/", {"q": "沒有這個詞"}).content.decode()
    assert "沒有這個詞" in text and 'class="empty' in text


def test_catching_up_takes_bounded_steps_and_forgets_nothing(site, space, member):
    indexing.catch_up()
    for number in range(7):
        factories.say(space, member, f"理由{number}")
    assert indexing.catch_up(limit=3) == 3
    assert SearchDocument.objects.filter(kind="comment").count() == 3
    assert indexing.catch_up(limit=100) == 4
    assert indexing.catch_up() == 0
    assert SearchDocument.objects.filter(kind="comment").count() == 7
    assert IndexCursor.objects.get(space=space).seq == events.last_seq(space.pk)


def test_catching_up_twice_changes_nothing(site, space, member):
    factories.say(space, member, "末班車太早")
    indexing.catch_up()
    before = list(SearchDocument.objects.values_list("key", "body"))
    IndexCursor.objects.update(seq=0)
    indexing.catch_up()
    assert list(SearchDocument.objects.values_list("key", "body")) == before


def test_bulk_work_is_indexed_as_a_whole(site, space, member):
    indexing.catch_up()
    statement = factories.propose(space, member, "夜間公車應該免費")
    IndexCursor.objects.filter(space=space).update(seq=events.last_seq(space.pk))
    assert not SearchDocument.objects.filter(key=f"statement:{statement.pk}").exists()
    from django.db import transaction

    with transaction.atomic():
        events.lock(space.pk)
        events.append(space, "statements.imported", {"statements": 1, "votes": 0})
    indexing.catch_up()
    assert SearchDocument.objects.filter(key=f"statement:{statement.pk}").exists()


def test_a_vote_costs_the_index_nothing(site, space, member, neighbour, django_assert_max_num_queries):
    statement = factories.propose(space, member, "夜間公車應該免費")
    indexing.catch_up()
    voting.cast(statement=statement, member=neighbour, value=1)
    with django_assert_max_num_queries(6):
        indexing.catch_up()


def test_the_index_is_made_anew_from_its_owners(client, site, space, member):
    factories.say(space, member, "末班車太早")
    page = pages.info_page()
    indexing.catch_up()
    SearchDocument.objects.all().delete()
    call_command("rebuild_search", verbosity=0)
    assert found(client, "末班") and f"page:{page.pk}" in found(client, "候車設施") and found(client, "夜市")


def test_a_line_of_a_transcript_is_found_until_it_is_hidden(client, site, space, facilitator, moderator):
    session = live.plan_session(space=space, facilitator=facilitator, title="說明會", starts_at=timezone.now())
    live.open_session(session=session, facilitator=facilitator)
    line = live.write_line(
        session=session, author=facilitator, speaker="科長", text="接駁車每小時一班", client_id="said-00001"
    )
    live.paste_lines(session=session, author=facilitator, text="局長：月台門明年完工", client_id="paste-0001")
    assert found(client, "接駁車") == [f"line:{line.pk}"]
    assert f"/live/{session.code}/lines/?at=1#t1" in client.get("/search/", {"q": "接駁車"}).content.decode()
    assert len(found(client, "月台門")) == 1
    moderation.hide(target=line, moderator=moderator, reason="personal")
    assert not found(client, "接駁車")
    live.withdraw_line(line=session.lines.get(number=2), author=facilitator)
    assert not found(client, "月台門")
