"""Proposals as people meet them: written, compared, published, co-signed by keyboard on a telephone, at the desk."""

from django.urls import reverse
from playwright.sync_api import expect

from discussions.models import Proposal, Signature
from nlp import placing
from nlp.models import Corpus
from tests.browser.house import PHONE, said
from tests.browser.test_keyboard import press_tab_until
from tests.discussions.proposing import proposing_space, published
from tests.factories import make_member

FITS = "() => document.documentElement.scrollWidth <= innerWidth"
TITLE, TEXT = "夜校放學以後要有末班車", "夜校九點四十下課，末班車九點半開走，請延到十點十分。"


def read(space) -> None:
    """What was proposed gets its vector, as the worker gives it."""
    placing.embed_new(Corpus.objects.get(pk=space.corpus_id), placing.load_encoder(), None)


def address(name: str, *args) -> str:
    return reverse(f"discussions:{name}", args=args)


def test_a_proposal_is_written_compared_and_published_and_a_second_person_signs_by_keyboard(house):
    space = house.do(proposing_space, threshold=3)
    earlier = house.do(published, space, house.do(make_member), "夜校下課後末班車請延到十點", "夜校下課已經沒有公車。")
    house.do(read, space)

    author = house.visit(house.do(make_member), size=PHONE)
    author.goto(house.do(address, "proposals", space.slug))
    author.get_by_role("link", name=said("Write a proposal")).click()
    author.locator("#id_title").fill(TITLE)
    author.locator("#id_text").press_sequentially(TEXT)
    expect(author.locator("#alike")).to_contain_text(earlier.title)
    author.get_by_role("button", name=said("Save the draft and go on")).click()
    expect(author.locator(".alike")).to_contain_text(earlier.title)
    assert author.evaluate(FITS), "the page is wider than the telephone"
    author.get_by_role("button", name=said("Publish my proposal")).click()
    expect(author.locator("h1")).to_have_text(TITLE)
    expect(author.locator(".signing__count strong")).to_have_text("1")

    reader = house.visit(house.do(make_member), size=PHONE)
    reader.goto(author.url)
    assert reader.evaluate(FITS), "the proposal is wider than the telephone"
    for words, count in (
        ("You have co-signed this proposal.", "2"),
        ("Your signature is taken back.", "1"),
        ("You have co-signed this proposal.", "2"),
    ):
        press_tab_until(reader, ".signing button")
        reader.keyboard.press("Enter")
        expect(reader.locator(".signing__said:focus")).to_contain_text(said(words))
        expect(reader.locator(".signing__count strong")).to_have_text(count)

    def counts():
        proposal = Proposal.objects.get(title=TITLE)
        return proposal.n_signatures, Signature.objects.filter(proposal=proposal).count()

    assert house.do(counts) == (2, 2)
    author.reload()
    expect(author.locator(".signing__count strong")).to_have_text("2")
    expect(author.get_by_role("link", name=said("Add to my proposal"))).to_be_visible()
    expect(author.get_by_role("link", name=said("Change the proposal"))).to_have_count(0)


def test_at_the_threshold_the_clock_stands_on_the_page_and_at_the_desk(house):
    space = house.do(proposing_space, threshold=2)
    proposal = house.do(published, space, house.do(make_member))
    reader = house.visit(house.do(make_member), script=False)
    reader.goto(house.do(proposal.get_absolute_url))
    reader.get_by_role("button", name=said("Co-sign"), exact=True).click()
    expect(reader.locator(".tag").first).to_have_text(said("needs the agency"))
    expect(reader.locator("article .clock").first).to_be_visible()

    communicator = house.visit(house.do(make_member, role="Communicators"))
    communicator.goto(house.do(reverse, "proposal_desk", args=[space.slug]))
    row = communicator.locator(".desk-table tbody tr", has_text=proposal.title)
    expect(row).to_contain_text("2")
    communicator.locator("[name=threshold]").fill("700")
    communicator.get_by_role("button", name=said("Save the terms")).click()
    expect(communicator.locator("[name=threshold]")).to_have_value("700")
    assert house.do(lambda: Proposal.objects.get(pk=proposal.pk).threshold) == 2
    assert house.do(lambda: Signature.objects.filter(proposal=proposal).count()) == 2
