"""The public log: counts and reasons for anybody, never the words, never names."""

import csv
import io
import re

import pytest
from django.urls import reverse

from discussions import appeals, moderation, modlog, reasons
from discussions.exports import TABLES
from discussions.models import ModerationAct, ModerationTally, ModerationWeek, Phase
from tests.factories import make_member, make_space, propose, say

pytestmark = pytest.mark.django_db

WORDS = "這句話被藏起來以後誰都不該再看到"


@pytest.fixture
def second(roles):
    return make_member(role="Moderators", name="林第二版主")


@pytest.fixture
def decided(space, member, moderator, second):
    hidden = moderation.hide(target=say(space, member, WORDS), moderator=moderator, reason="insult", note="私下的話")
    moderation.hide(target=say(space, member, "隔壁的貓今天又跑來了"), moderator=moderator, reason="spam")
    appeal = appeals.make(decision=moderation.last_decision(hidden), author=member, text="這不是罵人")
    appeals.judge(appeal=appeal, moderator=second, outcome="upheld", answer="請改寫")
    return hidden


def test_the_counts_say_what_was_decided_and_what_became_of_appeals(space, decided):
    found = modlog.summary(space)
    assert found.decisions == 3
    assert dict(found.reasons) == {reasons.words("insult"): 1, reasons.words("spam"): 1}
    assert sum(n for _week, n in found.weeks) == 3
    assert (found.appeals, found.upheld, found.overturned) == (1, 1, 0)
    assert modlog.summary(make_space()).decisions == 0


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_everybody_reads_the_log_without_words_and_names(client, site, space, decided, member, moderator, prefix):
    for address in (
        reverse("discussions:moderation_log"),
        reverse("discussions:space_moderation_log", args=[space.slug]),
        "/api/v1/moderation",
        "/api/v1/moderation/summary",
        f"/api/v1/spaces/{space.slug}/moderation",
        f"/api/v1/spaces/{space.slug}/moderation/summary",
        f"/api/v1/spaces/{space.slug}/moderation/reasons",
    ):
        answer = client.get(address if address.startswith("/api") else prefix + address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        for secret in (
            WORDS,
            "私下的話",
            "隔壁的貓今天又跑來了",
            member.display_name,
            moderator.display_name,
            "林第二版主",
        ):
            assert secret not in page, (address, secret)


def test_the_log_of_a_draft_stays_with_those_who_prepare_it(client, site, member, moderator):
    space = make_space()
    moderation.hide(target=say(space, member, WORDS), moderator=moderator, reason="spam")
    space.phase = Phase.DRAFT
    space.save(update_fields=["phase"])
    assert modlog.summary().decisions == 0
    assert client.get(reverse("discussions:space_moderation_log", args=[space.slug])).status_code == 404
    assert client.get(f"/api/v1/spaces/{space.slug}/moderation").status_code == 404


def test_a_moderator_keeps_one_number(space, member, moderator, second):
    for _turn in range(2):
        moderation.hide(target=say(space, member, "多餘的話語"), moderator=moderator, reason="spam")
    moderation.hide(target=say(space, member, "又一句話語"), moderator=second, reason="spam")
    numbers = [entry.moderator for entry in modlog.entries(space)[0]]
    assert numbers[1] == numbers[2] != numbers[0]


def test_many_decisions_leave_no_more_numbers_to_read_than_few(space, member, moderator, second):
    """The log tells its numbers from rows that the decisions keep, and these are what counting would find."""
    target = say(space, member, WORDS)

    def rows():
        return ModerationTally.objects.count() + ModerationWeek.objects.count()

    moderation.hide(target=target, moderator=moderator, reason="spam")
    moderation.restore(target=target, moderator=second)
    few = rows()
    for _turn in range(6):
        moderation.hide(target=target, moderator=moderator, reason="spam")
        moderation.restore(target=target, moderator=second)
    assert rows() == few
    target = moderation.hide(target=target, moderator=moderator, reason="spam")
    appeal = appeals.make(decision=moderation.last_decision(target), author=member, text="這不是廣告")
    appeals.judge(appeal=appeal, moderator=second, outcome="overturned")
    for found in (modlog.summary(space), modlog.summary()):
        assert found.decisions == ModerationAct.objects.count() == 16
        assert {n for _label, n in found.acts} == {8} and found.weeks[-1][1] == 16
        assert (found.appeals, found.overturned, found.upheld, found.open_appeals) == (1, 1, 0, 0)


def test_the_log_is_paged_and_read_in_a_fixed_number_of_queries(
    client, site, space, member, moderator, django_assert_max_num_queries
):
    act = {"space": space, "act": "hide", "target": "comment", "reason": "spam", "moderator": moderator}
    moderation.hide(target=say(space, member, "第一句話語"), moderator=moderator, reason="spam")
    ModerationAct.objects.bulk_create([ModerationAct(**act, target_id=number) for number in range(120)])
    with django_assert_max_num_queries(3):
        first, older = modlog.entries(space)
        modlog.summary(space)
    second, oldest = modlog.entries(space, before=older)
    third, end = modlog.entries(space, before=oldest)
    seen = [entry.id for entry in (*first, *second, *third)]
    assert len(seen) == len(set(seen)) == 121 and end is None


def test_the_log_is_open_data(space, decided):
    tables = {table.name: table for table in TABLES}
    rows = list(tables["moderation"].rows(space))
    assert [row[3] for row in rows] == ["hide", "hide", "uphold"]
    assert all(len(row) == len(tables["moderation"].columns) for row in rows)
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    assert WORDS not in lines.getvalue() and "私下的話" not in lines.getvalue()
    codes = [row[0] for row in tables["moderation_reasons"].rows(space)]
    assert set(codes) >= set(reasons.HOUSE)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_an_author_reads_the_reason_and_appeals_by_form(client, site, space, member, moderator, prefix):
    comment = moderation.hide(
        target=say(space, member, WORDS), moderator=moderator, reason="insult", note="請對事不對人"
    )
    client.force_login(member)
    address = reverse("discussions:appeal", args=[moderation.last_decision(comment).pk])
    assert address in client.get(prefix + comment.get_absolute_url()).content.decode()
    page = client.get(prefix + address).content.decode()
    assert "請對事不對人" in page and 200 == client.get(address).status_code
    assert client.post(address, {"text": " "}).status_code == 422
    answer = client.post(prefix + address, {"text": "這是批評政策，不是罵人"}, follow=True)
    assert "這是批評政策，不是罵人" in answer.content.decode()
    assert client.post(address, {"text": "再試一次看看"}).status_code == 422


def test_nobody_but_the_author_sees_the_decision_page(client, site, space, member, neighbour, moderator):
    comment = moderation.hide(target=say(space, member, WORDS), moderator=moderator, reason="insult")
    address = reverse("discussions:appeal", args=[moderation.last_decision(comment).pk])
    assert client.get(address).status_code == 302
    for other in (neighbour, moderator):
        client.force_login(other)
        assert client.get(address).status_code == 404


def test_a_space_offers_its_own_reasons_by_form(client, site, space, moderator, neighbour):
    address = reverse("discussions:moderation_reasons", args=[space.slug])
    client.force_login(moderator)
    client.post(address, {"label": "洩漏考題", "label_en": "Leaks exam questions"})
    own = space.moderation_reasons.get()
    assert "洩漏考題" in client.get(address).content.decode()
    client.post(address, {"take_away": own.pk})
    assert not space.moderation_reasons.filter(is_offered=True).exists()
    client.force_login(neighbour)
    assert client.post(address, {"label": "不喜歡", "label_en": "Dislike"}).status_code == 403


def test_any_kind_of_contribution_is_reported_and_moderated_by_form(client, site, space, member, neighbour, moderator):
    statement = propose(space, member, "班次要更密")
    client.force_login(neighbour)
    address = reverse("discussions:report", args=[space.slug, "statement", statement.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "because"}).status_code == 422
    client.post(address, {"reason": "spam"})
    client.force_login(moderator)
    one = reverse("discussions:moderate", args=[space.slug, "statement", statement.pk])
    assert "班次要更密" in client.get(one).content.decode()
    client.post(one, {"act": "hide", "reason": "spam"})
    statement.refresh_from_db()
    assert statement.state == "hidden"
    client.post(one, {"act": "restore"})
    statement.refresh_from_db()
    assert statement.state == "visible"
    assert client.get(reverse("discussions:moderate", args=[space.slug, "nothing", 1])).status_code == 404


def test_a_reason_that_is_refused_is_still_in_its_form_and_the_way_back_is_open(client, space, communicator):
    address = reverse("discussions:moderation_reasons", args=[space.slug])
    client.force_login(communicator)
    given = {"label": "車號", "label_en": "Plates", "explanation": "請用申訴表單"}
    assert client.post(address, given).status_code == 302
    again = client.post(address, given)
    page = again.content.decode()
    assert again.status_code == 400 and 'value="Plates"' in page and "請用申訴表單</textarea>" in page
    assert client.get(again.context["crumbs"][0]["url"]).status_code == 200


def test_one_is_counted_as_one(client, site, space, decided):
    page = client.get(f"/en/p/{space.slug}/moderation/").content.decode()
    assert "appeal made" in page and "appeals made" not in page and "decisions made" in page


def test_on_a_telephone_each_value_of_the_log_says_which_column_it_is_of(client, site, space, decided):
    page = client.get(f"/en/p/{space.slug}/moderation/").content.decode()
    row = page.partition('<tr role="row" id="act-')[2].partition("</tr>")[0]
    assert re.findall('data-label="([^"]+)"', row) == ["When", "Kind", "Decision", "Reason", "Decided by", "Appeal"]
