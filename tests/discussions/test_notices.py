"""Who is told of what, and how: on the page, by mail, as a feed, as a calendar."""

import smtplib
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from discussions import events, moderation, replies, voting
from discussions.errors import NotAllowed, NotFound
from discussions.forms import new_client_id
from discussions.models import Event, Follow, Notice, NoticeSettings, Phase
from discussions.notices import announcing, following, inbox, mail, passes, recipients
from tests.factories import make_member, make_space, propose, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]
MORNING = timezone.localtime().replace(hour=8, minute=30, second=0, microsecond=0)


def announce(space):
    return announcing.announce.func(space.pk)


def told(member):
    return [line.sentence for line in inbox.of(member).lines]


def send(moment=None):
    return mail.send_mail.func((moment or timezone.now()).isoformat())


def confirm(*members):
    for member in members:
        EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)


@pytest.fixture
def answered(space, member, neighbour):
    """A comment of `member` that `neighbour` has answered; everybody was told."""
    root = say(space, member, "末班車太早")
    say(space, neighbour, "同意，加班的人最慘", parent_id=root.pk)
    announce(space)
    return root


def test_whoever_is_answered_is_told_and_nobody_else(answered, member, neighbour):
    assert told(member) and not told(neighbour)
    assert Notice.objects.get().is_direct


def test_announcing_twice_tells_nobody_twice(answered, space, member):
    assert announce(space) == 0
    assert Notice.objects.count() == 1


def test_a_crash_between_two_stretches_repeats_no_notice(answered, space):
    from discussions.models import NoticeCursor

    NoticeCursor.objects.update(seq=0)
    announce(space)
    assert Notice.objects.count() == 1


def test_whoever_is_named_in_the_branch_is_told_at_once(answered, space, member, neighbour):
    third = make_member(name="第三人")
    say(space, third, "@林大同 您怎麼看？", parent_id=answered.pk)
    announce(space)
    assert Notice.objects.filter(member=neighbour, is_direct=True).count() == 1


def test_an_at_sign_before_a_stranger_tells_nobody(answered, space):
    stranger = make_member(name="沒來過的人")
    say(space, make_member(), "@沒來過的人 您怎麼看？", parent_id=answered.pk)
    announce(space)
    assert not told(stranger)


def test_those_who_voted_hear_of_the_next_stage_and_strangers_do_not(space, member, neighbour):
    stranger = make_member()
    voting.cast(statement=propose(space, member, "深夜要有公車"), member=neighbour, value=1)
    locked = events.lock(space.pk)
    events.append(locked, "phase.changed", {"id": space.pk, "phase": "review"})
    announce(space)
    assert told(neighbour) and told(member) and not told(stranger)


def test_the_author_of_an_answered_comment_hears_of_the_answer(space, member, officer):
    comment = say(space, member, "末班車太早")
    replies.answer(space=space, officer=officer, text="延後到零點。", client_id=new_client_id(), comment=comment)
    announce(space)
    [notice] = Notice.objects.filter(member=member)
    assert notice.is_direct and str(officer.agency) in told(member)[0]


def test_whoever_mutes_a_space_hears_only_what_is_meant_for_them(space, member, neighbour):
    root = say(space, member, "末班車太早")
    following.mute(member=member, space=space)
    events.append(events.lock(space.pk), "phase.changed", {"id": space.pk, "phase": "review"})
    say(space, neighbour, "我也這樣想", parent_id=root.pk)
    announce(space)
    assert Notice.objects.filter(member=member).count() == 1 and Notice.objects.get(member=member).is_direct


def test_followers_of_a_branch_hear_of_new_answers(answered, space):
    reader = make_member()
    following.follow(member=reader, space=space, comment=answered)
    following.follow(member=reader, space=space, comment=answered)
    say(space, make_member(), "還有週末班次", parent_id=answered.pk)
    announce(space)
    assert len(told(reader)) == 1 and Follow.objects.count() == 1


def test_nothing_of_another_space_or_of_a_draft_can_be_followed(space, answered, member):
    with pytest.raises(NotFound):
        following.follow(member=member, space=make_space(), comment=answered)
    with pytest.raises(NotAllowed):
        following.follow(member=member, space=make_space(phase=Phase.DRAFT))


def test_a_notice_never_holds_words_that_were_hidden(client, space, member, neighbour, moderator):
    root = say(space, member, "末班車太早")
    reply = say(space, neighbour, "這句話之後會被隱藏", parent_id=root.pk)
    announce(space)
    moderation.hide(target=reply, moderator=moderator, reason="insult")
    announce(space)
    client.force_login(member)
    assert "這句話之後會被隱藏" not in client.get(reverse("discussions:notices")).content.decode()
    assert told(neighbour)


def test_the_bell_rings_and_falls_silent(client, site, answered, member):
    client.force_login(member)
    assert 'class="news"' in client.get("/").content.decode()
    page = client.get(reverse("discussions:notices"))
    client.post(reverse("discussions:notices_read"), {"up_to": page.context["newest"]})
    assert 'class="news"' not in client.get("/").content.decode()
    response = client.get(reverse("discussions:notice", args=[Notice.objects.get().pk]))
    assert response.status_code == 302 and response["Location"].startswith("/p/")


def test_nobody_reads_the_notices_of_another(client, answered, neighbour):
    client.force_login(neighbour)
    assert client.get(reverse("discussions:notice", args=[Notice.objects.get().pk])).status_code == 404
    client.logout()
    assert client.get(reverse("discussions:notices")).status_code == 302


def test_reading_notices_takes_the_same_queries_however_many(space, member, neighbour, django_assert_max_num_queries):
    root = say(space, member, "末班車太早")
    for number in range(12):
        say(space, neighbour, f"回覆 {number}", parent_id=root.pk)
    announce(space)
    with django_assert_max_num_queries(3):
        assert len(inbox.of(member).lines) == 12


# Mail


def test_an_answer_is_mailed_at_once_and_once(answered, member):
    confirm(member)
    assert send() == 1 and send() == 0
    [message] = outbox.outbox
    assert message.to == [member.email] and "List-Unsubscribe" in message.extra_headers
    assert "加班的人最慘" not in message.body


def test_everything_else_waits_for_one_digest_a_day(space, member, neighbour):
    say(space, member, "末班車太早")
    confirm(member)
    NoticeSettings.objects.create(member=member, digest_at=MORNING - timedelta(minutes=20))
    for number in range(3):
        events.append(events.lock(space.pk), "handover.made", {"id": number, "posts": 9, "people": 9})
    announce(space)
    assert send(MORNING) == 0
    assert send(MORNING + timedelta(days=1)) == 1
    assert len(outbox.outbox) == 1 and outbox.outbox[0].body.count("- ") >= 3
    assert send(MORNING + timedelta(days=1, minutes=5)) == 0


def test_an_address_nobody_confirmed_gets_no_mail(answered):
    assert send() == 0 and not outbox.outbox


@pytest.mark.parametrize(("rhythm", "sent"), [("never", 0), ("direct", 1), ("weekly", 1)])
def test_members_choose_how_much_mail_they_get(answered, member, rhythm, sent):
    confirm(member)
    NoticeSettings.objects.create(member=member, rhythm=rhythm)
    assert send() == sent


def test_a_mail_server_that_is_down_loses_nothing(answered, member, settings, monkeypatch):
    confirm(member)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert send() == 0 and Notice.objects.filter(mailed_at=None).count() == 1
    assert mail.enqueue_due() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send() == 0
    cache.clear()
    assert send() == 1 and not Notice.objects.filter(mailed_at=None).exists()


def test_one_wrong_address_does_not_hold_up_the_others(answered, space, member, neighbour, monkeypatch):
    say(space, member, "我回您", parent_id=Event.objects.filter(type="comment.posted").last().data["id"])
    announce(space)
    confirm(member, neighbour)
    from django.core.mail.backends import locmem

    real = locmem.EmailBackend.send_messages

    def picky(self, messages):
        if messages[0].to == [min(member, neighbour, key=lambda one: one.pk).email]:
            raise smtplib.SMTPRecipientsRefused({})
        return real(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", picky)
    send()
    assert len(outbox.outbox) == 1 and not Notice.objects.filter(mailed_at=None).exists()


def test_one_press_stops_the_mail_without_signing_in(client, answered, member):
    confirm(member)
    address = reverse("discussions:notices_off", args=[passes.make(member)])
    assert client.get(address).status_code == 200
    assert not NoticeSettings.objects.filter(rhythm="never").exists()
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert send() == 0
    assert client.post(reverse("discussions:notices_off", args=["made-up"])).status_code == 404


def test_names_in_mails_are_words_and_not_markup(space, neighbour):
    odd = make_member(name="<script>alert(1)</script>")
    confirm(odd)
    root = say(space, odd, "我的名字很奇怪")
    say(space, neighbour, "真的", parent_id=root.pk)
    announce(space)
    send()
    html = outbox.outbox[0].alternatives[0][0]
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_settings_are_saved_by_form_and_nonsense_is_not(client, member):
    client.force_login(member)
    address = reverse("discussions:notice_settings")
    assert client.post(address, {"rhythm": "hourly", "language": "en"}).status_code == 422
    assert client.post(address, {"rhythm": "weekly", "language": "en"}).status_code == 302
    assert NoticeSettings.objects.get().rhythm == "weekly"


def test_following_by_form(client, space, member):
    client.force_login(member)
    address = reverse("discussions:follow", args=[space.slug])
    assert client.post(address, {"verb": "follow", "kind": "space"}).status_code == 302
    assert recipients.followers(space.pk) == {member.pk}
    client.post(address, {"verb": "mute", "kind": "space"})
    assert recipients.followers(space.pk) == set()
    assert client.post(address, {"verb": "follow", "kind": "comment"}).status_code == 400
    assert client.post(address, {"verb": "follow", "kind": "proposal", "target": 99}).status_code == 404
    there = client.post(address, {"verb": "follow", "kind": "space", "back": "https://elsewhere.example/"})
    assert there.status_code == 400


# Feeds and calendars


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_feed_is_atom_and_tells_the_steps(client, space, language):
    events.append(events.lock(space.pk), "phase.changed", {"id": space.pk, "phase": "review"})
    for address in (f"{language}/p/{space.slug}/feed/", f"{language}/feed/"):
        feed = ElementTree.fromstring(client.get(address).content)
        assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
        assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 1


def test_a_draft_is_in_no_feed_and_no_calendar(client):
    draft = make_space(phase=Phase.DRAFT, review_at=timezone.now())
    events.append(events.lock(draft.pk), "phase.changed", {"id": draft.pk, "phase": "open"})
    assert draft.title not in client.get("/feed/").content.decode()
    assert b"review" not in client.get("/calendar.ics").content
    assert client.get(f"/p/{draft.slug}/feed/").status_code == 404
    assert client.get(f"/p/{draft.slug}/calendar.ics").status_code == 404


def test_the_calendar_holds_the_dates_of_the_stages(client, space):
    space.review_at = timezone.now() + timedelta(days=20)
    space.save()
    calendar = Calendar.from_ical(client.get(f"/p/{space.slug}/calendar.ics").content)
    starts = [entry["dtstart"].dt for entry in calendar.walk("VEVENT")]
    assert space.review_at.replace(microsecond=0) in starts
    assert all(space.title in str(entry["summary"]) for entry in calendar.walk("VEVENT"))


def test_every_event_a_citizen_would_want_to_hear_of_has_its_words():
    from discussions.notices import words

    silent = {"comment.posted", "phase.changed", "reply.given", "question.state", "question.merged", "silence.set"}
    assert not [name for name in recipients.HEARD if name not in words._PLAIN and name not in silent]


def test_a_push_subscription_is_taken_and_given_back(client, member):
    from discussions.models import PushSubscription

    client.force_login(member)
    address = reverse("discussions:push")
    data = {"endpoint": "https://push.example/abc", "key": "B" * 87, "secret": "s" * 22}
    assert client.post(address, data).status_code == 204
    assert client.post(address, {**data, "key": "short"}).status_code == 400
    assert PushSubscription.objects.get().member == member
    client.post(address, {"endpoint": data["endpoint"], "stop": "on"})
    assert not PushSubscription.objects.exists()
    assert client.get(reverse("discussions:push_worker"))["Service-Worker-Allowed"] == "/"


@pytest.mark.parametrize("language", ["", "/en"])
def test_one_page_says_how_to_hear_of_a_discussion(client, space, member, language):
    comment = say(space, member, "末班車太早")
    address = f"{language}/p/{space.slug}/hear/?comment={comment.pk}"
    assert "feed" in client.get(address).content.decode()
    client.force_login(member)
    follow = reverse("discussions:follow", args=[space.slug])
    client.post(follow, {"verb": "follow", "kind": "comment", "target": comment.pk, "back": address})
    client.post(follow, {"verb": "mute", "kind": "space", "back": address})
    rows = client.get(address).context["rows"]
    assert [(row["kind"], row["is_followed"], row["is_muted"]) for row in rows] == [
        ("comment", False, False),
        ("space", False, True),
    ]
    assert client.get(f"/p/{space.slug}/hear/?comment=<script>").status_code == 200
