"""The desk of draft texts: paste, preview, align, name causes, publish, judge."""

import re
import uuid

import pytest
from django.urls import reverse

from discussions import comments, texts, versions
from discussions.models import DraftText, Event, Passage, TextVersion, VersionCause, Wording
from tests.discussions.drafts import FIRST, SECOND, begin, make_draft_space, paragraph, publish, suggest
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafting(site, agency):
    return make_draft_space(agency=agency)


@pytest.fixture
def desk(client, site, communicator):
    client.force_login(communicator)
    return client


@pytest.fixture
def first(drafting, communicator):
    return publish(begin(drafting, communicator), communicator)


def at(text, name="text_desk"):
    return reverse(name, args=[text.space.slug, text.pk])


def fields(page):
    """What a browser would send of the form on this page: every control with its present value."""
    sent = {}
    for name, value in re.findall(r'<input type="text" name="((?:which|into|links)-[^"]+)"[^>]*?value="([^"]*)"', page):
        sent[name] = value
    for name, options in re.findall(r'<select name="(how-[^"]+)">(.*?)</select>', page):
        sent[name] = re.search(r'value="(\w+)" selected', options)[1]
    return sent


def test_a_communicator_begins_a_text_and_sees_how_it_is_read_before_anything_is_kept(desk, drafting):
    url = reverse("texts_desk", args=[drafting.slug])
    response = desk.post(url, {"title": "電信資費辦法草案", "client_id": uuid.uuid4().hex}, follow=True)
    text = DraftText.objects.get()
    assert response.redirect_chain[-1][0] == at(text)
    page = desk.post(at(text), {"source": FIRST, "note": "", "do": "preview"}).content.decode()
    assert "第二條第二項第二款" in page and not TextVersion.objects.exists()
    response = desk.post(at(text), {"source": FIRST, "note": "第一次公開。", "do": "keep"}, follow=True)
    assert response.redirect_chain[-1][0] == at(text, "text_desk_next")
    desk.post(at(text, "text_desk_next"), {"do": "publish"})
    assert texts.latest(text).note == "第一次公開。"
    assert "電信資費辦法草案" in desk.get(url).content.decode()


def test_a_text_without_articles_says_so_and_loses_nothing(desk, drafting, communicator):
    text = begin(drafting, communicator)
    page = desk.post(at(text), {"source": "前言很長\n\n第二段也很長", "do": "preview"}).content.decode()
    assert 'role="alert"' in page and "前言很長" in page and "第二段也很長" in page


def test_the_same_words_and_empty_words_are_refused_with_the_words_kept(desk, first):
    response = desk.post(at(first.text), {"source": FIRST, "do": "keep"})
    assert "資費摘要，應記載下列事項" in response.content.decode() and response.status_code == 400
    assert TextVersion.objects.count() == 1
    assert "error-message" in desk.post(at(first.text), {"source": " ", "do": "keep"}).content.decode()


@pytest.mark.parametrize("role", ["", "Moderators", "Planners"])
def test_the_desk_is_closed_to_others(client, first, role):
    client.force_login(make_member(role=role))
    for url in (reverse("texts_desk", args=[first.text.space.slug]), at(first.text), at(first.text, "text_desk_next")):
        assert client.get(url).status_code in (302, 403)
        assert client.post(url, {"source": SECOND, "do": "keep", "title": "x"}).status_code in (302, 403)
    assert TextVersion.objects.count() == 1


def test_an_editor_corrects_the_alignment_names_causes_and_publishes(desk, first, communicator, member, neighbour):
    text, fee = first.text, paragraph(first, "第三條")
    made = suggest(paragraph(first, "第二條第一項"), member)
    said = comments.post(
        space=text.space, author=neighbour, text="長者看不懂簡訊", client_id=uuid.uuid4().hex, paragraph=fee
    )
    desk.post(at(text), {"source": SECOND, "do": "keep"})
    url = at(text, "text_desk_next")
    page = desk.get(url).content.decode()
    second = TextVersion.objects.get(number=2)
    elderly = Passage.objects.get(version=second, label="第三條")
    ended = f"o{fee.pk}"
    assert f'name="how-n{elderly.pk}"' in page and f'name="into-{ended}"' in page
    changed = Passage.objects.get(version=second, label="第二條第一項")
    assert f'name="cause-n{changed.pk}" value="w{made.pk}"' in page

    sent = fields(page) | {f"cause-n{changed.pk}": f"w{made.pk}", "do": "save"}
    sent |= {f"how-n{elderly.pk}": "new", f"links-n{elderly.pk}": said.get_absolute_url(), f"into-{ended}": "第四條"}
    assert desk.post(url, sent).status_code == 302
    assert {cause.comment or cause.wording for cause in VersionCause.objects.all()} == {made, said}
    assert list(Passage.objects.get(version=second, label="第四條").merged.all()) == [fee]

    sent = fields(desk.get(url).content.decode()) | {f"how-n{elderly.pk}": "same", f"which-n{elderly.pk}": "第三條"}
    sent |= {f"cause-n{changed.pk}": f"w{made.pk}", f"into-{ended}": "", "do": "publish"}
    desk.post(url, sent)
    second.refresh_from_db()
    made.refresh_from_db()
    assert second.published_at is not None and made.outcome == Wording.Outcome.TAKEN
    assert paragraph(second, "第三條") == fee
    assert Event.objects.filter(type="wording.taken").count() == 1


def test_a_place_that_is_not_there_is_refused_and_what_was_typed_stays(desk, first):
    desk.post(at(first.text), {"source": SECOND, "do": "keep"})
    url = at(first.text, "text_desk_next")
    elderly = Passage.objects.get(version__number=2, label="第三條")
    for wrong in ("第九十九條", "1. 第一章"):
        sent = fields(desk.get(url).content.decode())
        sent |= {f"how-n{elderly.pk}": "same", f"which-n{elderly.pk}": wrong, "do": "publish"}
        response = desk.post(url, sent)
        page = response.content.decode()
        assert response.status_code == 400 and 'role="alert"' in page and f'value="{wrong}"' in page
    assert texts.latest(first.text) == first


def test_a_version_is_thrown_away_and_what_another_editor_did_is_told(desk, first, communicator):
    versions.prepare(text=first.text, editor=make_member(role="Communicators"), source=SECOND)
    response = desk.post(at(first.text), {"source": SECOND + "\n第五條　附則。", "do": "keep"})
    assert response.status_code == 409 and "第五條　附則。" in response.content.decode()
    desk.post(at(first.text, "text_desk_next"), {"do": "discard"})
    assert TextVersion.objects.get() == first
    assert desk.post(at(first.text, "text_desk_next"), {"do": "publish"}).status_code == 302


def test_a_suggestion_is_judged_with_a_reason(desk, first, member):
    made = suggest(paragraph(first, "第二條第一項"), member)
    assert member.display_name in desk.get(at(first.text)).content.decode()
    url = reverse("judge_wording", args=[made.space.slug, made.pk])
    desk.post(url, {"outcome": "declined", "reason": ""})
    desk.post(url, {"outcome": "nonsense", "reason": "因為。"})
    made.refresh_from_db()
    assert made.outcome == Wording.Outcome.OPEN
    page = desk.post(url, {"outcome": "declined", "reason": "電信法已有規定。"}, follow=True).content.decode()
    made.refresh_from_db()
    assert made.outcome == Wording.Outcome.DECLINED and "電信法已有規定。" in page


def test_three_hundred_changed_paragraphs_are_aligned_in_parts(desk, drafting, communicator):
    source = "\n".join(f"第{number}條　業者應辦理第{number}類資費之事項。" for number in range(1, 301))
    text = publish(begin(drafting, communicator), communicator, source).text
    desk.post(at(text), {"source": source.replace("辦理", "據實辦理"), "do": "keep"})
    page = desk.get(at(text, "text_desk_next")).content.decode()
    assert page.count('class="desk-change"') == 60
    last = desk.get(at(text, "text_desk_next") + "?part=5").content.decode()
    assert "第300條" in last and last.count('class="desk-change"') == 60
    assert desk.post(at(text, "text_desk_next") + "?part=5", fields(last) | {"do": "publish"}).status_code == 302
    assert texts.latest(text).number == 2
