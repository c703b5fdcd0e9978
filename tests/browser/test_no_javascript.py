"""Without JavaScript everything a citizen or a moderator does works by plain pages and forms."""

import pytest
from playwright.sync_api import expect

from discussions import ballots, live, moderation, reasons
from discussions.forms import new_client_id
from discussions.models import Appeal, Budget, BudgetBallot, Channel, Follow, Level, PollVote, Proposal, Vote, Wording
from tests.browser.house import PHONE, said
from tests.browser.instruments import OFFERED
from tests.browser.test_whole_house import open_session
from tests.discussions import drafts, proposing
from tests.discussions.test_budgets import make_budget
from tests.factories import PASSWORD, make_member, make_space, propose, say


@pytest.fixture
def space(house):
    """A discussion in which a neighbour has spoken and made a statement."""
    made = house.do(make_space)
    neighbour = house.do(make_member, name="林大同")
    house.do(say, made, neighbour, "幹線要加密，接駁要準時")
    house.do(propose, made, neighbour, "深夜要有公車")
    return made


def test_a_citizen_signs_in_comments_replies_votes_states_asks_and_finds(house, space):
    citizen = house.do(make_member, name="陳小明")
    session = house.do(open_session, space)
    page = house.visit(script=False)

    page.goto(space.get_absolute_url())
    page.locator("#id_text").fill("還沒登入就先寫好的話")
    page.locator("#composer button[type=submit]").click()
    expect(page.locator("#id_text")).to_have_value("還沒登入就先寫好的話")

    page.goto(f"/accounts/login/?next={space.get_absolute_url()}")
    page.locator("[name=login]").fill(citizen.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=said("Sign in"), exact=True).click()
    expect(page).to_have_url(f"{house.url}{space.get_absolute_url()}")

    page.locator("#id_text").fill("沒有程式也能說的意見")
    page.locator("#composer button[type=submit]").click()
    expect(page.locator("#thread .comment__words", has_text="沒有程式也能說的意見")).to_have_count(1)

    neighbours = page.locator("#thread > li", has_text="幹線要加密")
    neighbours.get_by_role("link", name=said("Reply"), exact=True).click()
    page.locator("#id_text").fill("同意，尤其離峰")
    page.locator("#composer button[type=submit]").click()
    expect(page.locator("main .thread .comment__words", has_text="同意，尤其離峰")).to_have_count(1)

    page.goto(f"{space.get_absolute_url()}statements/")
    page.locator("#ballot-agree").click()
    expect(page.locator("#ballot-agree")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#ballot .ballot__result")).to_contain_text("100")
    page.locator("#id_text").fill("站牌要有座位")
    page.get_by_role("button", name=said("Put it to the vote")).click()
    expect(page.locator("main").get_by_text("站牌要有座位").first).to_be_visible()

    page.goto(session.get_absolute_url())
    page.locator("#id_text").fill("沒有程式也能問嗎？")
    page.get_by_role("button", name=said("Send my question")).click()
    question = page.locator("[data-question]", has_text="沒有程式也能問嗎？")
    expect(question).to_have_count(1)
    question.locator(".question__raise").click()
    expect(
        page.locator("[data-question]", has_text="沒有程式也能問嗎？").locator(".question__raise")
    ).to_have_attribute("aria-pressed", "true")

    page.locator("#search-bar").fill("接駁")
    page.locator("#search-bar").press("Enter")
    expect(page.locator(".result", has_text="接駁要準時")).to_have_count(1)


def test_in_a_live_session_everything_is_shown_and_taken(house, space):
    def opened():
        facilitator, session = make_member(role="Facilitators"), open_session(space)
        led = {"session": session, "facilitator": facilitator}
        live.begin_item(item=live.add_item(**led, title="說明改點", speakers="局長"), facilitator=facilitator)
        asked = [
            live.ask(session=session, author=make_member(), text=text, client_id=new_client_id())
            for text in ("接駁車會停嗎？", "轉乘要錢嗎？")
        ]
        live.mark_current(question=asked[0], facilitator=facilitator)
        live.mark_answered(question=asked[1], facilitator=facilitator, answer="兩小時內免費。")
        live.open_hands(**led)
        polls = [
            live.add_poll(**led, question="先改哪一樣？", options=["班次", "路線"]),
            live.add_poll(**led, kind="multiple", question="何時搭車？", options=["早", "午", "晚"]),
            live.add_poll(**led, kind="words", question="用幾個字說說公車"),
        ]
        for poll in polls:
            live.open_poll(poll=poll, facilitator=facilitator)
        live.put_statement(**led, statement=space.statements.get())
        live.write_line(session=session, author=facilitator, speaker="局長", text="大家好。", client_id=new_client_id())
        return session, facilitator

    session, facilitator = house.do(opened)
    citizen = house.do(make_member)
    page = house.visit(citizen, size=PHONE, script=False)
    page.goto(session.get_absolute_url())
    for words in ("說明改點", "接駁車會停嗎？", "兩小時內免費。", "大家好。", "深夜要有公車"):
        expect(page.locator("main")).to_contain_text(words)

    page.locator("#id_text").fill("夜間會加班嗎？")
    page.get_by_role("button", name=said("Send my question")).click()
    expect(page.locator('[data-list="asked"]')).to_contain_text("夜間會加班嗎？")
    current = page.locator('[data-list="current"] .question__raise')
    current.click()
    expect(current).to_have_attribute("aria-pressed", "true")

    poll = page.locator("[data-poll]", has_text="先改哪一樣？")
    poll.locator("[value='1']").check()
    poll.get_by_role("button", name=said("Send my answer")).click()
    expect(poll.locator("[data-answered]")).to_be_visible()
    poll = page.locator("[data-poll]", has_text="何時搭車？")
    for value in "02":
        poll.locator(f"[value='{value}']").check()
    poll.get_by_role("button", name=said("Send my answer")).click()
    expect(poll.locator("[data-answered]")).to_be_visible()
    poll = page.locator("[data-poll]", has_text="用幾個字說說公車")
    poll.locator("[name=words]").first.fill("準時")
    poll.get_by_role("button", name=said("Send my words")).click()
    expect(poll.locator("[data-answered]")).to_be_visible()
    page.locator("[data-statement] button[value='1']").click()
    expect(page.locator("[data-statement] button[value='1']")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-reaction=clap]").click()
    page.get_by_role("button", name=said("Raise my hand")).click()
    expect(page.get_by_role("button", name=said("Take my hand down"))).to_be_visible()
    votes = house.do(
        lambda: list(PollVote.objects.filter(member=citizen).order_by("pk").values_list("option", flat=True))
    )
    assert votes[:3] == [1, 0, 2]

    house.do(lambda: live.close_session(session=session, facilitator=facilitator))
    page.reload()
    for words in ("夜間會加班嗎？", "兩小時內免費。", "何時搭車？", "大家好。"):
        expect(page.locator("#record-body")).to_contain_text(words)


def test_a_moderator_hides_what_a_reader_reported_and_brings_it_back(house, space):
    comment = house.do(say, space, house.do(make_member), "隔壁的貓今天又跑來了")
    reader = house.visit(house.do(make_member), script=False)
    reader.goto(comment.get_absolute_url())
    reader.get_by_role("link", name=said("Report to the moderators")).click()
    reader.locator("[name=reason]").select_option("spam")
    reader.get_by_role("button", name=said("Send report")).click()

    page = house.visit(house.do(make_member, role="Moderators"), script=False)
    page.goto("/moderation/")
    reported = page.locator("[data-group]", has_text="隔壁的貓今天")
    reported.locator("select").select_option("spam")
    reported.get_by_role("button", name=said("Hide"), exact=True).click()
    page.goto("/moderation/log/")
    expect(page.locator("main")).to_contain_text(reasons.words("spam"))

    reader.goto(space.get_absolute_url())
    expect(reader.get_by_text("隔壁的貓")).to_have_count(0)
    expect(reader.locator(f"#c{comment.pk}")).to_contain_text(reasons.words("spam"))

    page.goto(comment.get_absolute_url())
    page.get_by_role("link", name=said("Moderate"), exact=True).click()
    page.get_by_role("button", name=said("Bring it back")).click()
    reader.reload()
    expect(reader.get_by_text("隔壁的貓")).to_have_count(1)


def test_a_citizen_proposes_and_another_signs_and_discusses(house):
    space = house.do(make_space, instruments=OFFERED)
    author = house.visit(house.do(make_member), size=PHONE, script=False)
    author.goto(f"{space.get_absolute_url()}proposals/")
    author.get_by_role("link", name=said("Write a proposal")).click()
    author.locator("#id_title").fill("站牌都要有燈")
    author.locator("#id_text").fill("晚上的站牌看不清楚，請裝上感應燈。")
    author.get_by_role("button", name=said("Save the draft and go on")).click()
    author.get_by_role("button", name=said("Publish my proposal")).click()
    expect(author.locator("h1")).to_have_text("站牌都要有燈")

    reader = house.visit(house.do(make_member), size=PHONE, script=False)
    reader.goto(author.url)
    reader.get_by_role("button", name=said("Co-sign"), exact=True).click()
    expect(reader.locator(".signing__count strong")).to_have_text("2")
    reader.get_by_role("button", name=said("Take my signature back")).click()
    expect(reader.locator(".signing__count strong")).to_have_text("1")
    reader.locator("#id_text").fill("支持，那裡真的很暗")
    reader.locator("#composer button[type=submit]").click()
    expect(reader.locator("main .comment__words", has_text="支持，那裡真的很暗")).to_have_count(1)
    assert house.do(lambda: Proposal.objects.get(space=space).n_signatures) == 1


def test_a_paragraph_is_voted_on_and_reworded_and_others_want_the_words_too(house):
    def published():
        editor = make_member(role="Communicators")
        space = drafts.make_draft_space()
        version = drafts.publish(drafts.begin(space, editor), editor)
        where = drafts.paragraph(version, "第三條")
        return where, drafts.suggest(where, make_member(), text="漫遊費用應設上限，並即時通知。")

    where, wording = house.do(published)
    page = house.visit(house.do(make_member), size=PHONE, script=False)
    page.goto(where.get_absolute_url())
    page.locator(".draft-vote button[value='1']").click()
    expect(page.locator(".draft-vote button[value='1']")).to_have_attribute("aria-pressed", "true")
    page.locator(f"#s{wording.pk}").get_by_role("button", name=said("I want these words too")).click()
    expect(page.locator(f"#s{wording.pk} .deed[aria-pressed]")).to_have_attribute("aria-pressed", "true")
    page.locator("#suggest > summary").click()
    page.locator("#suggest [name=text]").fill("漫遊費用應設每日上限。")
    page.get_by_role("button", name=said("Send my wording")).click()
    expect(page.locator(".draft-wording")).to_have_count(2)
    page.locator("#comments [name=text]").fill("出國一次就收到三萬元帳單")
    page.locator("#comments form button").first.click()
    expect(page.locator("#comments .comment__words", has_text="三萬元帳單")).to_have_count(1)
    assert house.do(Wording.objects.filter(paragraph=where).count) == 2


def test_a_ballot_on_money_is_added_up_before_it_is_cast(house):
    def made():
        return make_budget(make_space(), make_member(is_superuser=True), kind=Budget.Kind.KNAPSACK)

    budget, citizen = house.do(made), house.do(make_member)
    page = house.visit(citizen, size=PHONE, script=False)
    page.goto(house.do(budget.get_absolute_url))
    page.locator("[name=project]").nth(0).check()
    page.locator("[name=project]").nth(1).check()
    page.get_by_role("button", name=said("Only add up")).click()
    expect(page.locator("[data-sum]")).to_contain_text("NT$1,100,000")
    expect(page.locator("[data-sum]")).to_have_class("budget-sum__words is-over")
    page.locator("[name=project]").nth(1).uncheck()
    page.get_by_role("button", name=said("Cast my ballot")).click()
    expect(page.locator(".notice--success").first).to_be_visible()
    assert len(house.do(lambda: ballots.chosen(BudgetBallot.objects.get(budget=budget, member=citizen)))) == 1


def test_a_guest_votes_on_another_site_and_takes_it_back(house):
    space = house.do(make_space, instruments=OFFERED)
    statement = house.do(propose, space, house.do(make_member), "深夜要有公車")
    page = house.visit(size=PHONE, script=False)
    page.goto(f"/embed/{space.slug}/")
    page.locator("#ballot-agree").click()
    expect(page.locator("#ballot .ballot__result")).to_contain_text("100")
    cast = house.do(Vote.objects.get, statement=statement)
    assert (cast.value, cast.level, cast.channel) == (1, Level.GUEST, Channel.EMBED)
    page.get_by_role("button", name=said("Take my answer back")).click()
    expect(page.locator("#ballot-agree")).to_be_visible()
    assert not house.do(Vote.objects.filter(statement=statement).exists)


def test_an_author_appeals_follows_and_chooses_how_to_hear(house, space):
    author = house.do(make_member)

    def hidden():
        said_here = say(space, author, "隔壁的貓今天又跑來了")
        return moderation.hide(target=said_here, moderator=make_member(role="Moderators"), reason="spam")

    decision = house.do(lambda: moderation.last_decision(hidden()))
    page = house.visit(author, size=PHONE, script=False)
    page.goto(f"/decisions/{decision.pk}/")
    page.locator("#text").fill("貓一直跑到路上，跟公車安全有關")
    page.get_by_role("button", name=said("Send the appeal")).click()
    expect(page.locator("#appeal")).to_contain_text("跟公車安全有關")
    assert house.do(Appeal.objects.filter(decision=decision).count) == 1

    page.goto(f"{space.get_absolute_url()}hear/")
    page.locator(".hearlist__row form button").first.click()
    assert house.do(Follow.objects.filter(member=author, space=space).count) == 1
    page.goto("/notices/settings/")
    page.locator("[name=rhythm][value=weekly]").check()
    page.get_by_role("button", name=said("Save"), exact=True).click()
    expect(page.locator("[name=rhythm][value=weekly]")).to_be_checked()


def test_at_the_counter_everything_is_entered_by_plain_forms(house):
    space = house.do(make_space, instruments=OFFERED)
    statement = house.do(propose, space, house.do(make_member), "深夜要有公車")
    proposal = house.do(proposing.published, space, house.do(make_member))
    page = house.visit(house.do(make_member, role="Frontline"), script=False)
    page.goto("/assist/")
    page.locator("[name=space]").select_option(str(space.pk))
    page.locator("[name=consent][value=spoken]").check()
    page.get_by_role("button", name=said("Begin"), exact=True).click()
    page.locator(f"[name=vote-{statement.pk}][value='-1']").check()
    page.locator(f"[name=sign-{proposal.pk}]").check()
    page.get_by_role("button", name=said("Enter it as theirs")).click()
    page.get_by_role("link", name=said("Print the receipt")).click()
    expect(page.locator(".slip__code")).to_be_visible()
    assert house.do(Vote.objects.get, statement=statement).channel == Channel.ASSISTED
    assert house.do(lambda: Proposal.objects.get(pk=proposal.pk).n_signatures) == 2
