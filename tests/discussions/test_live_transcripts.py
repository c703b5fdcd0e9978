"""The transcript of a session: written, corrected, taken back, pasted, read from a file and written to one."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from discussions import events, live, moderation, transcripts
from discussions.errors import Conflict, InvalidText, NotAllowed, SignInNeeded
from discussions.live import captions
from discussions.live.transcripts import LINES_LIMIT, Said, read_speakers
from discussions.models import Question, TranscriptLine
from nlp.models import Opinion
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def stenographer(roles):
    return factories.make_member(name="記錄員", role="Stenographers")


@pytest.fixture
def session(space, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    return live.open_session(session=planned, facilitator=facilitator)


def write(session, author, text, number=1, **more):
    return live.write_line(session=session, author=author, text=text, client_id=f"line-{number:06}", **more)


def url(name, session):
    return reverse(f"discussions:{name}", args=[session.code])


def told(space):
    return [event.type for event in events.since(space.pk, 0)]


# Writing


def test_a_line_has_a_number_a_speaker_and_its_moment(session, stenographer, space):
    later = session.opened_at + timedelta(minutes=2, milliseconds=40)
    first = write(session, stenographer, "大家好。", speaker="主席", now=later)
    second = write(session, stenographer, "謝謝主席。", 2, speaker="運輸科")
    assert (first.number, first.starts_ms, first.speaker) == (1, 120_040, "主席")
    assert second.number == 2
    assert told(space)[-2:] == ["line.added", "line.added"]


def test_a_line_sent_again_is_one_line_and_elsewhere_a_conflict(session, stenographer, space, facilitator):
    first = write(session, stenographer, "大家好。")
    live.correct_line(line=first, author=stenographer, text="各位好。")
    assert write(session, stenographer, "大家好。") == first
    assert TranscriptLine.objects.count() == 1
    other = live.plan_session(space=space, facilitator=facilitator, title="另一場", starts_at=timezone.now())
    with pytest.raises(Conflict):
        write(live.open_session(session=other, facilitator=facilitator), stenographer, "大家好。")


def test_members_do_not_write_the_transcript_and_visitors_sign_in_first(session, member):
    with pytest.raises(NotAllowed):
        write(session, member, "我說的")
    with pytest.raises(SignInNeeded):
        write(session, AnonymousUser(), "我說的")
    assert not TranscriptLine.objects.exists()


def test_facilitators_write_it_too_but_not_before_the_session_began(space, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="說明會", starts_at=timezone.now())
    with pytest.raises(NotAllowed) as refusal:
        write(planned, facilitator, "大家好。")
    assert refusal.value.code == "not_begun"
    assert write(live.open_session(session=planned, facilitator=facilitator), facilitator, "大家好。").number == 1


def test_what_is_typed_after_the_end_stands_at_the_end(session, stenographer, facilitator):
    closed = live.close_session(session=session, facilitator=facilitator)
    late = write(closed, stenographer, "散會。", now=closed.closed_at + timedelta(hours=3))
    assert late.starts_ms == closed.ms_of(closed.closed_at)


@pytest.mark.parametrize("words", ["", "，。", "字" * 501])
def test_a_line_without_words_or_too_long_is_refused(session, stenographer, words):
    with pytest.raises(InvalidText):
        write(session, stenographer, words)


def test_a_full_transcript_takes_no_more(session, stenographer, facilitator):
    line = write(session, stenographer, "大家好。")
    TranscriptLine.objects.filter(pk=line.pk).update(number=LINES_LIMIT)
    with pytest.raises(NotAllowed) as refusal:
        write(session, facilitator, "還有一句", 2)
    assert refusal.value.code == "transcript_full"


def test_lines_do_not_enter_the_opinion_stream(session, stenographer):
    line = write(session, stenographer, "我反對刪減夜間公車。", speaker="里長")
    live.correct_line(line=line, author=stenographer, text="我反對刪減所有夜間公車。")
    assert not Opinion.objects.exists()


# Correcting and taking back


def test_any_stenographer_corrects_a_line_and_number_and_moment_stay(session, stenographer, facilitator, space):
    line = write(session, stenographer, "末班車十一點", speaker="科長")
    moved = live.correct_line(line=line, author=facilitator, text="末班車十二點", speaker="處長")
    assert (moved.number, moved.starts_ms, moved.text, moved.speaker) == (1, line.starts_ms, "末班車十二點", "處長")
    again = live.correct_line(line=line, author=facilitator, text="末班車十二點")
    assert again.speaker == "處長" and told(space).count("line.corrected") == 1


def test_a_line_taken_back_has_no_words_and_its_number_is_not_given_again(session, stenographer, member):
    line = write(session, stenographer, "打錯了", speaker="主席")
    with pytest.raises(NotAllowed):
        live.withdraw_line(line=line, author=member)
    live.withdraw_line(line=line, author=stenographer)
    line.refresh_from_db()
    assert (line.state, line.text, line.speaker) == ("withdrawn", "", "")
    with pytest.raises(NotAllowed):
        live.correct_line(line=line, author=stenographer, text="再來一次")
    assert write(session, stenographer, "對的", 2).number == 2


def test_a_moderator_hides_a_line_and_brings_it_back(client, session, stenographer, moderator, space):
    line = write(session, stenographer, "說了某人的電話號碼")
    moderation.hide(target=line, moderator=moderator, reason="personal")
    assert "電話號碼" not in client.get(url("live_lines", session)).content.decode()
    assert "電話號碼" not in client.get(url("live", session)).content.decode()
    assert "電話號碼" not in b"".join(client.get(url("live_captions", session)).streaming_content).decode()
    with pytest.raises(NotAllowed):
        live.correct_line(line=line, author=stenographer, text="改寫")
    moderation.restore(target=line, moderator=moderator)
    assert "電話號碼" in client.get(url("live_lines", session)).content.decode()
    assert told(space)[-2:] == ["line.hidden", "line.restored"]


# Many lines at once


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        ("主席：大家好", [("主席", "大家好")]),
        ("主席：大家好\n請坐", [("主席", "大家好"), ("主席", "請坐")]),
        ("Ms Lin: hello\n\n陳科長： 您好", [("Ms Lin", "hello"), ("陳科長", "您好")]),
        ("見 https://example.org/a", [("", "見 https://example.org/a")]),
        ("末班車是 23:40", [("", "末班車是 23:40")]),
        ("我要說的是，請注意：不要停駛", [("", "我要說的是，請注意：不要停駛")]),
    ],
)
def test_a_paste_says_who_speaks(pasted, read):
    assert read_speakers(pasted) == read


def test_a_paste_adds_its_lines_once_with_one_event(session, stenographer, space):
    sent = {
        "session": session,
        "author": stenographer,
        "text": "主席：開會。\n開會。\n科長：好。",
        "client_id": "paste-0001",
    }
    assert live.paste_lines(**sent) == 3
    assert live.paste_lines(**sent) == 0
    said = [(line.number, line.speaker, line.text) for line in transcripts.lines_of(session)]
    assert said == [(1, "主席", "開會。"), (2, "主席", "開會。"), (3, "科長", "好。")]
    assert told(space).count("lines.imported") == 1


def test_a_paste_with_a_line_that_cannot_be_taken_adds_nothing(session, stenographer, member):
    with pytest.raises(InvalidText):
        live.paste_lines(session=session, author=stenographer, text=f"好的\n{'長' * 501}", client_id="paste-0001")
    with pytest.raises(NotAllowed):
        live.paste_lines(session=session, author=member, text="好的", client_id="paste-0002")
    assert not TranscriptLine.objects.exists()


# WebVTT

FILE = """WEBVTT 公聽會

NOTE made by hand --> no cue

1
00:00:01.000 --> 00:00:04.000
<v 主席>各位好 &amp; <i>歡迎</i>

00:05.500 --> 00:00:07.000 align:start
<v.loud 科長>謝謝</v> <v 主席>請說</v>

00:99:00.000 --> 00:99:01.000
times that are none

00:00:09.000 --> 00:00:08.000
it ends before it begins

00:00:10.000 --> 00:00:12.000

"""


def test_a_file_is_read_with_its_voices_and_broken_cues_are_named(session, stenographer, space):
    found = captions.read(FILE.encode())
    assert [(said.starts_ms, said.speaker, said.text) for said in found.lines] == [
        (1000, "主席", "各位好 & 歡迎"),
        (5500, "科長", "謝謝"),
        (5500, "主席", "請說"),
    ]
    assert [(one.place, one.times[:12]) for one in found.broken] == [
        (3, "00:99:00.000"),
        (4, "00:00:09.000"),
        (5, "00:00:10.000"),
    ]
    assert live.import_lines(session=session, author=stenographer, lines=found.lines) == 3
    assert live.import_lines(session=session, author=stenographer, lines=found.lines) == 0
    assert told(space).count("lines.imported") == 1


def test_a_file_read_again_by_somebody_else_does_not_undo_corrections(session, stenographer, facilitator):
    found = captions.read(FILE.encode())
    live.import_lines(session=session, author=stenographer, lines=found.lines)
    first, second, _third = transcripts.lines_of(session)
    live.correct_line(line=first, author=stenographer, text="各位好，歡迎")
    live.withdraw_line(line=second, author=stenographer)
    assert live.import_lines(session=session, author=facilitator, lines=found.lines) == 0
    assert [line.text for line in transcripts.lines_of(session)] == ["各位好，歡迎", "請說"]


@pytest.mark.parametrize(
    "content",
    [b"", b"1\n00:00:01,000 --> 00:00:02,000\nSubRip", "WEBVTT\n\n好".encode("utf-16"), b"WEBVTT" + b" " * 2**21],
)
def test_what_is_no_webvtt_or_too_large_is_refused(content):
    with pytest.raises(InvalidText):
        captions.read(content)


def test_a_file_with_too_many_cues_is_refused(monkeypatch):
    monkeypatch.setattr(captions, "CUE_LIMIT", 2)
    with pytest.raises(InvalidText):
        captions.read(b"WEBVTT\n" + b"\n00:01.000 --> 00:02.000\nwords\n" * 3)


def test_what_is_written_to_a_file_is_read_again_as_it_was(session, stenographer):
    said = [
        Said(0, "1 < 2 & 3 > 2 --> 對嗎", "A & <B>"),
        Said(3_661_005, "<v 假的>不是聲音", "", 3_662_000),
        Said(3_661_005, "&amp; 照抄", "主席"),
    ]
    live.import_lines(session=session, author=stenographer, lines=said)
    text = "".join(captions.written(transcripts.lines_of(session)))
    again = captions.read(text.encode())
    assert not again.broken
    assert [(one.starts_ms, one.text, one.speaker) for one in again.lines] == [
        (one.starts_ms, one.text, one.speaker) for one in said
    ]
    assert live.import_lines(session=session, author=stenographer, lines=again.lines) == 0


# Reading


def test_a_long_transcript_is_read_by_stretches_in_both_directions(session, stenographer, django_assert_num_queries):
    live.import_lines(session=session, author=stenographer, lines=[Said(n * 1000, f"第 {n} 句") for n in range(250)])
    with django_assert_num_queries(2):
        first = transcripts.page(session)
    second = transcripts.page(session, after=first.after)
    third = transcripts.page(session, after=second.after)
    assert [len(one.lines) for one in (first, second, third)] == [100, 100, 50]
    assert (first.before, third.after) == ("", "")
    back = transcripts.page(session, before=third.before)
    assert [line.pk for line in back.lines] == [line.pk for line in second.lines]
    assert [line.number for line in transcripts.latest(session).lines][-1] == 250


def test_a_line_can_be_cited_and_found_by_its_moment(client, session, stenographer):
    live.import_lines(session=session, author=stenographer, lines=[Said(n * 1000, f"第 {n} 句") for n in range(250)])
    line = TranscriptLine.objects.get(number=180)
    page = client.get(line.get_absolute_url().partition("#")[0]).content.decode()
    assert 'id="t180"' in page and "第 179 句" in page
    answer = client.get(url("live_lines", session), {"ms": "179500"})
    assert answer.url == line.get_absolute_url()


@pytest.mark.parametrize(
    "query", ["?at=999999999999999999", "?ms=-1", "?ms=999999999999999999", "?after=bent", "?before=~"]
)
def test_a_place_that_is_none_shows_the_beginning(client, session, query):
    assert client.get(url("live_lines", session) + query, follow=True).status_code == 200


def test_a_question_stands_where_it_went_to_the_panel(client, session, stenographer, member, facilitator):
    write(session, stenographer, "開場", now=session.opened_at)
    asked = live.ask(session=session, author=member, text="末班車會延後嗎", client_id="asked-0001")
    live.mark_current(question=asked, facilitator=facilitator)
    after = write(session, stenographer, "回答您的問題", 2, now=timezone.now() + timedelta(seconds=1))
    lines = transcripts.page(session).lines
    assert [question.pk for question in lines[1].put] == [asked.pk] and lines[1] == after and not lines[0].put
    assert f"#q{asked.pk}" in client.get(url("live_lines", session)).content.decode()


def test_no_question_is_lost_or_shown_twice_between_two_stretches(session, stenographer, member, facilitator):
    live.import_lines(session=session, author=stenographer, lines=[Said(n * 1000, f"第 {n} 句") for n in range(150)])
    opened = session.opened_at
    put = {500: "開場", 99_000: "正好", 99_500: "之間", 149_900: "最後"}
    for number, (ms, text) in enumerate(put.items()):
        asked = live.ask(session=session, author=member, text=text, client_id=f"asked-{number:04}")
        live.mark_answered(question=asked, facilitator=facilitator)
        Question.objects.filter(pk=asked.pk).update(put_at=opened + timedelta(milliseconds=ms))
    first = transcripts.page(session)
    second = transcripts.page(session, after=first.after)

    def tied(stretch):
        return [question.text for line in stretch.lines for question in line.put] + [one.text for one in stretch.put]

    assert tied(first) + tied(second) == list(put.values()) and tied(first) == ["開場", "正好"]
    assert [question.text for question in second.put] == ["最後"]
    assert tied(transcripts.latest(session)) == ["最後"]


# Pages


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_room_shows_the_last_lines(client, session, stenographer, prefix):
    write(session, stenographer, "大家好。", speaker="主席")
    page = client.get(prefix + url("live", session)).content.decode()
    assert 'id="t1"' in page and "主席" in page and 'aria-live="off"' in page


def test_the_page_of_the_stenographer_works_by_plain_forms(client, session, stenographer):
    client.force_login(stenographer)
    here = url("live_transcript", session)
    assert client.get(here).status_code == 200
    client.post(here, {"act": "write", "client_id": "plain-0001", "speaker": "主席", "text": "大家好。"})
    line = TranscriptLine.objects.get()
    assert client.get(here).context["line_form"]["speaker"].value() == "主席"
    client.post(here, {"act": "correct", "id": line.pk, "speaker": "主席", "text": "各位好。"})
    client.post(here, {"act": "paste", "client_id": "plain-0002", "text": "科長：您好"})
    client.post(here, {"act": "import", "file": SimpleUploadedFile("a.vtt", FILE.encode())})
    assert sorted(TranscriptLine.objects.values_list("text", flat=True)) == sorted(
        ["各位好。", "您好", "各位好 & 歡迎", "謝謝", "請說"]
    )
    client.post(here, {"act": "withdraw", "id": line.pk})
    line.refresh_from_db()
    assert line.state == "withdrawn"


def test_what_is_refused_comes_back_in_the_form(client, session, stenographer):
    client.force_login(stenographer)
    here = url("live_transcript", session)
    answer = client.post(here, {"act": "write", "client_id": "plain-0001", "speaker": "主席", "text": "長" * 501})
    assert answer.status_code == 422 and "長" * 501 in answer.content.decode()
    line = write(session, stenographer, "大家好。")
    answer = client.post(here, {"act": "correct", "id": line.pk, "speaker": "", "text": ""})
    assert answer.status_code == 422
    assert client.post(here, {"act": "import", "file": SimpleUploadedFile("a.vtt", b"no")}).status_code == 422
    assert client.post(here, {"act": "sing"}).status_code == 400


def test_the_page_of_the_stenographer_is_closed_to_others(client, session, member):
    assert client.get(url("live_transcript", session)).status_code in (302, 401, 403)
    client.force_login(member)
    assert client.get(url("live_transcript", session)).status_code == 403
