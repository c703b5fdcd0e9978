"""The agenda of a live session, its video, the time until it begins, and the code by which people join."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from discussions import events, frames, live
from discussions.errors import CivicError, InvalidText, NotAllowed
from discussions.live import agendas, videos
from discussions.models import AgendaDocument, AgendaItem, LiveSession

pytestmark = pytest.mark.django_db

SOON = timedelta(days=3)


@pytest.fixture
def session(space, facilitator):
    return live.plan_session(
        space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now() + SOON
    )


@pytest.fixture
def points(session, facilitator):
    rows = (("開場", "局長", 10), ("新時刻表", "運輸科", 20), ("提問", "", None))
    return [
        live.add_item(session=session, facilitator=facilitator, title=title, speakers=speakers, minutes=minutes)
        for title, speakers, minutes in rows
    ]


def titles(session):
    return [item.title for item in agendas.read(session).items]


def room(client, session, tongue="zh-hant"):
    prefix = "" if tongue == "zh-hant" else "/en"
    return client.get(f"{prefix}/live/{session.code}/").content.decode()


# Announcing


def test_a_session_is_announced_with_its_end_its_subject_and_its_video(space, facilitator):
    begins = timezone.now() + SOON
    made = live.plan_session(
        space=space,
        facilitator=facilitator,
        title="公車改點說明會",
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
        about="請搭夜間公車的人來。",
        video_url="https://youtu.be/dQw4w9WgXcQ",
    )
    assert agendas.read(made).video.frame == "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"


@pytest.mark.parametrize("hours", [0, -1, 25])
def test_a_session_that_ends_before_it_begins_or_takes_more_than_a_day_is_refused(session, facilitator, hours):
    with pytest.raises(CivicError) as refusal:
        live.change_session(
            session=session,
            facilitator=facilitator,
            title=session.title,
            starts_at=session.starts_at,
            ends_at=session.starts_at + timedelta(hours=hours),
        )
    assert refusal.value.code == "dates"


def test_what_was_announced_can_be_changed_but_not_when_it_began_and_not_by_members(session, facilitator, member):
    plan = {"title": "公車改點公聽會", "starts_at": session.starts_at + timedelta(days=1)}
    changed = live.change_session(session=session, facilitator=facilitator, **plan)
    assert changed.title == "公車改點公聽會"
    live.open_session(session=changed, facilitator=facilitator)

    with pytest.raises(NotAllowed) as refusal:
        live.change_session(session=changed, facilitator=facilitator, **(plan | {"starts_at": timezone.now()}))
    assert refusal.value.code == "session_begun"
    with pytest.raises(NotAllowed):
        live.change_session(session=changed, facilitator=member, **plan)


def test_the_clock_of_a_session_goes_on_when_it_is_opened_again(session, facilitator):
    first = live.open_session(session=session, facilitator=facilitator).opened_at
    closed = live.close_session(session=session, facilitator=facilitator)
    assert closed.closed_at >= first
    again = live.open_session(session=session, facilitator=facilitator)
    assert (again.opened_at, again.closed_at) == (first, None)


# Points


def test_points_stand_in_their_order_with_the_time_at_which_they_should_begin(session, points):
    read = agendas.read(session)
    assert titles(session) == ["開場", "新時刻表", "提問"]
    assert [item.due_at - session.starts_at for item in read.items] == [
        timedelta(0),
        timedelta(minutes=10),
        timedelta(minutes=30),
    ]


def test_a_point_changes_places_with_its_neighbour_and_the_first_stays_first(session, points, facilitator):
    live.move_item(item=points[2], facilitator=facilitator, up=True)
    assert titles(session) == ["開場", "提問", "新時刻表"]
    live.move_item(item=points[0], facilitator=facilitator, up=True)
    assert titles(session) == ["開場", "提問", "新時刻表"]
    live.move_item(item=points[0], facilitator=facilitator, up=False)
    assert titles(session) == ["提問", "開場", "新時刻表"]


def test_a_point_without_words_with_odd_minutes_or_by_a_member_is_refused(session, facilitator, member):
    with pytest.raises(InvalidText):
        live.add_item(session=session, facilitator=facilitator, title=" ")
    with pytest.raises(CivicError):
        live.add_item(session=session, facilitator=facilitator, title="開場", minutes=0)
    with pytest.raises(NotAllowed):
        live.add_item(session=session, facilitator=member, title="開場")
    assert not AgendaItem.objects.exists()


def test_the_room_goes_from_point_to_point_while_the_session_is_open(session, points, facilitator, member):
    with pytest.raises(NotAllowed) as refusal:
        live.begin_item(item=points[0], facilitator=facilitator)
    assert refusal.value.code == "session_not_open"
    live.open_session(session=session, facilitator=facilitator)
    with pytest.raises(NotAllowed):
        live.begin_item(item=points[0], facilitator=member)

    live.begin_item(item=points[0], facilitator=facilitator)
    live.begin_item(item=points[1], facilitator=facilitator)

    first, second = AgendaItem.objects.order_by("position")[:2]
    assert first.began_at <= first.ended_at <= second.began_at
    session.refresh_from_db()
    assert agendas.read(session).current == second
    live.close_session(session=session, facilitator=facilitator)
    session.refresh_from_db()
    assert session.current_item_id is None
    assert AgendaItem.objects.get(pk=second.pk).ended_at is not None


def test_a_question_belongs_to_the_point_at_which_it_was_asked(session, points, facilitator, member):
    live.open_session(session=session, facilitator=facilitator)
    live.begin_item(item=points[1], facilitator=facilitator)
    asked = live.ask(session=session, author=member, text="假日也改嗎？", client_id="first-time-1")
    assert asked.item == points[1]


def test_a_point_the_room_was_at_stays_in_the_record(session, points, facilitator):
    live.open_session(session=session, facilitator=facilitator)
    live.begin_item(item=points[0], facilitator=facilitator)
    with pytest.raises(NotAllowed) as refusal:
        live.remove_item(item=points[0], facilitator=facilitator)
    assert refusal.value.code == "item_begun"
    live.remove_item(item=points[2], facilitator=facilitator)
    assert titles(session) == ["開場", "新時刻表"]


def test_documents_need_an_address_that_is_safe_to_follow(points, facilitator):
    live.add_document(item=points[0], facilitator=facilitator, title="時刻表", url="https://example.gov.tw/a.pdf")
    for address in ("http://example.gov.tw/a.pdf", "javascript:alert(1)", "https://user@example.gov.tw/", "https://["):
        with pytest.raises(CivicError):
            live.add_document(item=points[0], facilitator=facilitator, title="時刻表", url=address)
    assert AgendaDocument.objects.count() == 1


# What pages hear


def test_every_open_page_hears_of_the_agenda_in_its_language(session, points, facilitator, space):
    before = events.last_seq(space.pk)
    live.open_session(session=session, facilitator=facilitator)
    live.begin_item(item=points[0], facilitator=facilitator)
    frame = next(made for made in frames.load(space.pk, before).frames if made.key == ("agenda", session.pk))
    assert '"type":"agenda.changed"' in frame.texts["en"] and f'"item":"{points[0].pk}"' in frame.texts["en"]
    assert "開場" in frame.texts["zh-hant"] and ">now<" in frame.texts["en"]


def test_the_agenda_is_read_in_two_queries_however_long_it_is(session, points, facilitator, django_assert_num_queries):
    for item in points:
        live.add_document(item=item, facilitator=facilitator, title="附件", url="https://example.gov.tw/a.pdf")
    with django_assert_num_queries(2):
        read = agendas.read(LiveSession(pk=session.pk, starts_at=session.starts_at))
        assert [len(item.documents.all()) for item in read.items] == [1, 1, 1]


@pytest.mark.parametrize(("tongue", "words"), [("zh-hant", "議程"), ("en", "Agenda")])
def test_the_room_shows_agenda_documents_and_the_time_until_it_begins(
    client, session, points, facilitator, tongue, words
):
    live.add_document(item=points[0], facilitator=facilitator, title="時刻表", url="https://example.gov.tw/a.pdf")
    page = room(client, session, tongue)
    assert words in page and "新時刻表" in page and "https://example.gov.tw/a.pdf" in page
    assert f'data-countdown="{timezone.localtime(session.starts_at).isoformat()[:16]}' in page


# Videos


@pytest.mark.parametrize(
    ("address", "frame"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://www.youtube.com/live/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://m.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://ivod.example.gov.tw/Play/1?x=1", "https://ivod.example.gov.tw/Play/1?x=1"),
    ],
)
def test_a_video_is_shown_in_a_player_that_sets_no_cookie(settings, address, frame):
    settings.LIVE_VIDEO_HOSTS = ["www.youtube.com", "vimeo.com", "ivod.example.gov.tw"]
    assert videos.read(address).frame == frame


@pytest.mark.parametrize(
    "address",
    [
        "http://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com.example.org/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com@example.org/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com:8443/watch?v=dQw4w9WgXcQ",
        "https://example.org/video",
        "https://www.youtube.com/feed/subscriptions",
        "javascript:alert(1)",
        "https://[",
    ],
)
def test_a_video_from_elsewhere_or_no_video_at_all_is_refused(settings, address):
    settings.LIVE_VIDEO_HOSTS = ["www.youtube.com"]
    with pytest.raises(CivicError):
        videos.read(address)


def test_the_room_may_frame_the_players_and_loads_none_by_itself(client, session, facilitator):
    live.change_session(
        session=session,
        facilitator=facilitator,
        title=session.title,
        starts_at=session.starts_at,
        video_url="https://vimeo.com/76979871",
    )
    answer = client.get(f"/live/{session.code}/")
    page = answer.content.decode()
    assert "<iframe" not in page and 'data-video="https://player.vimeo.com/video/76979871?dnt=1"' in page
    assert "frame-src https://player.vimeo.com https://www.youtube-nocookie.com" in answer["Content-Security-Policy"]
    assert "frame-src" not in client.get("/live/")["Content-Security-Policy"]


# Joining


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:U}"])
def test_people_join_by_the_code_however_they_type_it(client, session, typed):
    code = session.code.upper() if "U" in typed else session.code
    typed = typed.replace(":U", "").format(f"{code[:3]} {code[3:]}")
    answer = client.get(reverse("discussions:live_join"), {"code": typed})
    assert answer.url == f"/live/{session.code}/"


@pytest.mark.parametrize("typed", ["zzzzzz", "", "<script>", "a" * 31])
def test_a_code_that_leads_nowhere_comes_back_in_the_form(client, session, typed):
    answer = client.get(reverse("discussions:live_join"), {"code": typed})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.content.decode() and 'name="code"' in answer.content.decode()
