"""The pages of a draft text as people use them, without JavaScript, in both languages."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from discussions import comments, moderation, texts, versions, wordings
from discussions.models import Comment, ParagraphVote, Wording, WordingSupport
from tests.discussions.drafts import FIRST, SECOND, begin, make_draft_space, paragraph, publish, suggest
from tests.factories import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def first(agency, communicator):
    return publish(begin(make_draft_space(agency=agency), communicator), communicator)


@pytest.fixture
def fee(first):
    return paragraph(first, "第三條")


@pytest.fixture
def citizen(client, member):
    client.force_login(member)
    return client


def address(name, where, *rest):
    return reverse(f"discussions:{name}", args=[where.text.space.slug, where.text_id, where.pk, *rest])


def send(client, name, where, **data):
    return client.post(address(name, where), {"client_id": uuid.uuid4().hex, **data}, follow=True)


def shown(client, url):
    response = client.get(url, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_the_text_is_read_with_contents_numbers_and_what_people_said(client, first, fee, member):
    comments.post(space=fee.text.space, author=member, text="上限要多少？", client_id=uuid.uuid4().hex, paragraph=fee)
    suggest(fee, member, text="漫遊費用上限三千元。")
    page = shown(client, reverse("discussions:texts", args=[fee.text.space.slug]))
    assert "第二條第二項第一款" in page and "每月總金額" in page
    assert f'href="?part=1#p{fee.pk}"' in page and f'id="p{fee.pk}"' in page
    with translation.override("zh-hant"):
        assert translation.gettext("Table of contents") in page


@pytest.mark.parametrize("name", ["text", "paragraph"])
def test_the_pages_speak_both_languages(client, fee, name):
    args = [fee.text.space.slug, fee.text_id] + ([fee.pk] if name == "paragraph" else [])
    found = {}
    for language in ("zh-hant", "en"):
        with translation.override(language):
            found[language] = shown(client, reverse(f"discussions:{name}", args=args))
    marks = {"text": ("Table of contents", "目錄"), "paragraph": ("Suggest better words", "建議更好的文字")}[name]
    assert marks[0] in found["en"] and marks[1] in found["zh-hant"]
    assert marks[0] not in found["zh-hant"]


def test_a_text_that_is_only_being_prepared_does_not_exist_for_readers(client, agency, communicator):
    text = begin(make_draft_space(agency=agency), communicator)
    prepared = versions.prepare(text=text, editor=communicator, source=FIRST)
    where = paragraph(prepared, "第三條")
    assert client.get(text.get_absolute_url()).status_code == 404
    assert client.get(address("paragraph", where)).status_code == 404
    assert "漫遊" not in shown(client, reverse("discussions:texts", args=[text.space.slug]))


def test_a_paragraph_of_another_text_is_not_found_here(client, first, fee, communicator):
    other = publish(begin(fee.text.space, communicator), communicator)
    elsewhere = paragraph(other, "第三條")
    url = reverse("discussions:paragraph", args=[fee.text.space.slug, fee.text_id, elsewhere.pk])
    assert client.get(url).status_code == 404
    assert (
        client.get(reverse("discussions:text_version", args=[fee.text.space.slug, fee.text_id, 9])).status_code == 404
    )


def test_a_citizen_votes_changes_the_vote_and_takes_it_back(citizen, fee):
    page = send(citizen, "vote_paragraph", fee, value="1").content.decode()
    assert 'value="1" aria-pressed="true"' in page
    assert 'value="-1" aria-pressed="true"' in send(citizen, "vote_paragraph", fee, value="-1").content.decode()
    send(citizen, "vote_paragraph", fee, value="0")
    assert not ParagraphVote.objects.exists()
    assert send(citizen, "vote_paragraph", fee, value="7").status_code == 422


def test_a_citizen_suggests_words_and_sees_the_difference(citizen, fee):
    page = send(
        citizen, "suggest_wording", fee, text="漫遊費用應設每日上限。", reason="每月才算就太晚了。"
    ).content.decode()
    assert "<ins>" in page and "每月才算就太晚了" in page
    made = Wording.objects.get()
    assert f'id="s{made.pk}"' in page
    assert made.text in shown(citizen, reverse("discussions:withdraw_wording", args=[made.space.slug, made.pk]))


def test_words_for_a_paragraph_removed_meanwhile_stay_in_the_form(citizen, fee, communicator):
    publish(fee.text, communicator, SECOND)
    response = send(citizen, "suggest_wording", fee, text="漫遊費用上限三千元。", reason="出國五天帳單一萬二。")
    page = response.content.decode()
    assert response.status_code == 403
    assert "漫遊費用上限三千元。" in page and "出國五天帳單一萬二。" in page
    assert not Wording.objects.exists()
    response = send(citizen, "comment_paragraph", fee, text="上限要多少？")
    assert response.status_code == 403 and "上限要多少？" in response.content.decode()
    assert not Comment.objects.exists()


def test_a_stranger_is_asked_to_sign_in_with_the_words_kept(client, fee):
    response = send(client, "suggest_wording", fee, text="漫遊費用上限三千元。")
    assert response.status_code == 401 and "漫遊費用上限三千元。" in response.content.decode()


def test_a_comment_stands_under_its_paragraph_and_not_in_the_discussion(citizen, fee):
    assert "上限三千比較合理" in send(citizen, "comment_paragraph", fee, text="上限三千比較合理").content.decode()
    assert Comment.objects.get().paragraph == fee
    assert "上限三千比較合理" not in shown(citizen, fee.text.space.get_absolute_url())


def test_others_support_a_suggestion_and_change_their_mind(citizen, fee, neighbour, member):
    made = suggest(fee, neighbour, text="漫遊費用上限三千元。")
    url = reverse("discussions:support_wording", args=[made.space.slug, made.pk])
    citizen.post(url, {"value": "1"})
    assert WordingSupport.objects.get().member == member
    citizen.post(url, {"value": "0"})
    assert not WordingSupport.objects.exists()
    assert citizen.post(url, {"value": "x"}).status_code == 422
    own = suggest(fee, member, text="漫遊費用上限兩千元。")
    assert (
        citizen.post(reverse("discussions:support_wording", args=[own.space.slug, own.pk]), {"value": "1"}).status_code
        == 403
    )


def test_readers_ask_the_moderators_to_look_at_a_suggestion(citizen, fee, neighbour):
    made = suggest(fee, neighbour, text="業者都是騙子，免談。")
    url = reverse("discussions:report", args=[made.space.slug, "wording", made.pk])
    assert url in shown(citizen, address("paragraph", fee))
    assert citizen.get(url).status_code == 200


def test_hidden_and_held_words_leave_the_pages(client, fee, member, moderator):
    made = suggest(fee, member, text="漫遊費用上限三千元。")
    moderation.hide(target=made, moderator=moderator, reason="off_topic")
    for url in (address("paragraph", fee), made.get_absolute_url()):
        assert "上限三千元" not in shown(client, url)


def test_what_changed_is_told_with_its_causes_and_side_by_side(client, first, communicator, member):
    where = paragraph(first, "第二條第一項")
    made = suggest(where, member, reason="簽約當天才拿到來不及看。")
    second = versions.prepare(text=first.text, editor=communicator, source=SECOND)
    versions.attribute(version=second, editor=communicator, causes={where.pk: [made]})
    versions.publish(version=second, editor=communicator)
    url = reverse("discussions:text_changes", args=[made.space.slug, first.text_id, 2])
    page = shown(client, url)
    assert "三日</ins>" in page.replace('<span class="visually-hidden">]</span>', "")
    assert made.get_absolute_url() in page and member.display_name in page
    assert "簽約當天才拿到來不及看" in page
    assert "漫遊費用應設上限" in page
    assert 'class="draft-sides"' in shown(client, f"{url}?view=side")
    assert client.get(f"{url}?from=2").status_code == 404
    assert client.get(reverse("discussions:text_changes", args=[made.space.slug, first.text_id, 1])).status_code == 404
    own = shown(client, made.get_absolute_url())
    assert f"changes/2/#p{where.pk}" in own
    assert "業者應於簽約前交付一頁資費摘要。" in shown(client, first.get_absolute_url())


def test_the_page_of_a_removed_paragraph_tells_so_and_keeps_what_was_said(client, fee, member, communicator):
    comments.post(space=fee.text.space, author=member, text="上限要多少？", client_id=uuid.uuid4().hex, paragraph=fee)
    publish(fee.text, communicator, SECOND)
    page = shown(client, address("paragraph", fee))
    assert "上限要多少？" in page and "漫遊費用應設上限。" in page
    assert address("suggest_wording", fee) not in page and address("vote_paragraph", fee) not in page


def long_source(count):
    clauses = "業者應於簽約前交付資費摘要並說明違約金之計算方式及漫遊費用之上限且應保存紀錄五年備供主管機關查核"
    chapters = []
    for number in range(1, count + 1):
        if number % 20 == 1:
            chapters.append(f"第{number // 20 + 1}章　揭露")
        chapters.append(f"第{number}條　第{number}類{clauses}。")
    return "\n".join(chapters)


def test_three_hundred_paragraphs_cost_as_many_queries_as_three_and_little_weight(client, communicator, member):
    needed = {}
    for count in (3, 300):
        first = publish(begin(make_draft_space(), communicator), communicator, long_source(count))
        where = paragraph(first, "第2條")
        suggest(where, member, text="業者應交付摘要。")
        for name, url in (("text", first.text.get_absolute_url()), ("paragraph", address("paragraph", where))):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                response = client.get(url)
            assert len(response.content) < 100_000
            needed.setdefault(name, set()).add(len(queries))
    assert all(len(found) == 1 for found in needed.values()), needed
    pages = texts.parts(texts.passages(first))
    assert len(pages) > 1 and sum(map(len, pages)) == 315
    last = client.get(f"{first.text.get_absolute_url()}?part={len(pages)}").content
    assert "第300條".encode() in last and len(last) < 100_000


def test_a_very_long_text_stays_light_and_its_contents_lead_everywhere(client, communicator):
    first = publish(begin(make_draft_space(), communicator), communicator, long_source(1200))
    response = client.get(first.text.get_absolute_url() + "?part=3")
    page = response.content.decode()
    assert len(response.content) < 100_000
    pages = texts.parts(texts.passages(first))
    assert all(f"?part={number}#p" in page for number in range(1, len(pages) + 1))
    assert f'#p{pages[2][-1].paragraph_id}"' in page and f'#p{pages[5][-1].paragraph_id}"' not in page


def test_a_part_bent_by_hand_shows_the_page_all_the_same(client, first, fee):
    for query in ("part=x", "part=99999999999", "part=-1", "after=a-b&before=%27", f"after={'9' * 40}-1"):
        assert client.get(f"{first.text.get_absolute_url()}?{query}").status_code == 200
        assert client.get(f"{address('paragraph', fee)}?{query}").status_code == 200


def test_suggestions_beyond_the_first_page_are_reached_by_links(client, fee):
    made = [suggest(fee, make_member(), text=f"漫遊費用上限{number}千元。") for number in range(1, 24)]
    wordings.support(wording=made[0], member=make_member())
    page = shown(client, address("paragraph", fee))
    assert page.index(f'id="s{made[0].pk}"') < page.index(f'id="s{made[-1].pk}"')
    further = page.split("?after=", 1)[1].split("#", 1)[0]
    rest = shown(client, f"{address('paragraph', fee)}?after={further}")
    assert all(f'id="s{one.pk}"' in page or f'id="s{one.pk}"' in rest for one in made)


def test_a_reply_to_a_comment_on_a_paragraph_stays_in_its_discussion(citizen, fee, neighbour):
    said = comments.post(
        space=fee.text.space, author=neighbour, text="上限要多少？", client_id=uuid.uuid4().hex, paragraph=fee
    )
    data = {"text": "三千元比較合理", "client_id": uuid.uuid4().hex, "parent": said.pk}
    assert citizen.post(reverse("discussions:post_comment", args=[fee.text.space.slug]), data).status_code == 302
    assert Comment.objects.get(parent=said).paragraph == fee
    assert "三千元比較合理" in shown(citizen, address("paragraph", fee))
