"""An answer from the first draft to the person who asked: two people in the admin, one citizen, one clock."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cms.answer_drafts import AnswerDraft
from discussions import clocks, events
from discussions.models import AnswerClock, Phase, Space
from nlp.models import Opinion, Run, Topic
from tests.browser.house import PHONE, said
from tests.factories import make_agency, make_member, make_space, say

ANSWER = "本局決定三月起加開兩班夜間公車。"


def in_review():
    """A discussion whose review began three days ago: one question, read into one topic of five people."""
    agency = make_agency()
    space = make_space(agency=agency, title="夜間公車", question="夜間公車該怎麼加開？")
    citizen = make_member(name="陳小明")
    asked = say(space, citizen, "末班車可以晚一點嗎", kind="question")
    now = timezone.now()
    run = Run.objects.create(
        corpus_id=space.corpus_id, kind=Run.Kind.TOPICS, seed=0, code_version="test", started_at=now, finished_at=now
    )
    Topic.objects.create(
        run=run, number=1, rank=0, label="末班車太早", size_posts=6, size_people=5, share=1, centroid=b""
    )
    Opinion.objects.filter(source="comment", source_key=str(asked.pk)).update(topic_number=1, encoder="test")
    with transaction.atomic():
        Space.objects.filter(pk=space.pk).update(phase=Phase.REVIEW)
        clocks.start(space=events.lock(space.pk), now=now - timedelta(days=3))
    return space, citizen, make_member(role="Officers", agency=agency), make_member(role="Approvers", agency=agency)


def test_an_officer_drafts_a_colleague_approves_and_the_citizen_finds_the_answer(house):
    space, citizen, officer, approver = house.do(in_review)

    # The citizen sees that the agency owes an answer, and by when.
    reader = house.visit(citizen, size=PHONE)
    reader.goto(space.get_absolute_url())
    expect(reader.locator(".clock")).to_contain_text("56")
    reader.goto("/me/")
    expect(reader.locator(".journey")).to_contain_text(said("Handed to the agency"))

    # The officer writes the answer in the admin and sends it to a colleague.
    desk = house.visit(officer)
    desk.goto(reverse("to_answer"))
    desk.get_by_role("link", name="夜間公車").first.click()
    desk.get_by_role("button", name=said("Write the answer")).click()
    desk.locator("[name=text]").fill(ANSWER)
    draft = house.do(AnswerDraft.objects.get)
    desk.locator(".w-dropdown--dropup-button [data-w-dropdown-target=toggle], .footer .w-dropdown button").first.click()
    desk.locator("[name=action-submit]").click()
    expect(desk.locator(".messages, [data-w-messages]").first).to_be_visible()
    reader.goto(reverse("discussions:answers", args=[space.slug]))
    expect(reader.locator("main")).not_to_contain_text(ANSWER)

    # Somebody else of the same agency approves it.
    judge = house.visit(approver)
    judge.goto(reverse("wagtailsnippets_cms_answerdraft:edit", args=[draft.pk]))
    judge.locator(".footer .w-dropdown button").first.click()
    judge.locator("[data-workflow-action-name=approve]").first.click()
    expect(judge.locator(".messages, [data-w-messages]").first).to_be_visible()

    # It is public, the clock has stopped, and the citizen finds it under their own words.
    assert house.do(AnswerClock.objects.get, space=space).answered_at is not None
    reader.goto("/me/")
    expect(reader.locator(".journey")).to_contain_text(said("Answered as a whole"))
    reader.goto(space.get_absolute_url())
    expect(reader.locator(".clock--done")).to_be_visible()
    reader.goto(reverse("discussions:answers", args=[space.slug]))
    expect(reader.locator(".answer")).to_contain_text(ANSWER)
