"""A communicator sets up a process and follows it through its stages; a citizen on a phone sees where it stands."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from discussions import phases
from discussions.models import Phase, Space
from tests.browser.house import EN, PHONE, said
from tests.factories import make_agency, make_member, make_space


def narrow_enough(page) -> bool:
    """Nothing makes the page wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_communicator_chooses_a_process_publishes_and_the_discussion_opens_by_itself(house):
    house.do(call_command, "setup_site", verbosity=0)
    page = house.visit(house.do(make_member, role="Communicators"))
    index = house.do(_list_of_discussions)
    page.goto(f"/admin/pages/add/cms/spacepage/{index}/")
    page.locator("[name=title]").fill("宿舍熱水")
    page.locator("[name=question]").fill("宿舍熱水應該供應到幾點？")
    tomorrow = timezone.localdate() + timedelta(days=1)
    page.locator("[name=process]").select_option("agency")
    page.locator("[name=starts_on]").fill(tomorrow.isoformat())
    page.keyboard.press("Escape")
    page.get_by_role("tab", name=said("Promote")).click()
    page.locator("[name=slug]").fill("dormitory")
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator("[name=action-publish]").click()
    page.wait_for_url(f"**/admin/pages/{index}/")
    space = house.do(Space.objects.get, slug="dormitory")
    assert (space.phase, timezone.localdate(space.opens_at)) == (Phase.DRAFT, tomorrow)

    # Nobody sees it before; everybody does from its first second on.
    visitor = house.visit(size=PHONE)
    assert visitor.goto("/p/dormitory/").status == 404
    house.do(phases.advance, space=space, now=space.opens_at)
    visitor.goto("/p/dormitory/")
    expect(visitor.locator("h1")).to_have_text("宿舍熱水應該供應到幾點？")
    expect(visitor.locator(".phases__line .is-now strong")).to_be_visible()
    assert narrow_enough(visitor)

    # At the desk: the next stage, by hand.
    page.goto("/admin/discussions/")
    page.get_by_role("link", name="宿舍熱水", exact=True).click()
    page.locator("[name=phase]").select_option("voting")
    page.locator(".desk-filters button").click()
    expect(page.locator(".desk-steps .is-now")).to_contain_text(said("Voting"))
    assert house.do(Space.objects.get, slug="dormitory").phase == Phase.VOTING


def test_a_citizen_on_a_phone_reads_all_stages_and_what_may_be_done(house):
    now = timezone.now()
    space = house.do(
        make_space,
        agency=house.do(make_agency),
        instruments={"statements": {}, "live": {}},
        voting_at=now + timedelta(days=5),
        review_at=now + timedelta(days=9),
        answer_due_at=now + timedelta(days=30),
    )
    page = house.visit(size=PHONE, language=EN)
    page.goto(f"/en{space.get_absolute_url()}".replace("/en/en/", "/en/"))
    expect(page.locator(".phases__now")).to_contain_text("You can now vote on statements")
    expect(page.locator(".phases__next")).to_contain_text("Next: Voting")
    page.locator(".phases__all summary").click()
    expect(page.locator(".phases__all li")).to_have_count(4)
    expect(page.locator(".phases__all li").last).to_contain_text("by ")
    assert narrow_enough(page)

    # Without a discussion the front offers the other rooms.
    page.get_by_role("heading", name="Statements").get_by_role("link").click()
    page.wait_for_url("**/statements/")


def _list_of_discussions() -> int:
    from cms.models import SpaceIndexPage

    return SpaceIndexPage.objects.order_by("pk").first().pk


def test_a_date_nobody_can_read_stays_as_it_was_typed_and_is_refused(house):
    house.do(call_command, "setup_site", verbosity=0)
    page = house.visit(house.do(make_member, role="Communicators"))
    space = house.do(make_space)
    page.goto(f"/admin/discussions/{space.slug}/")
    for name, nonsense in (("voting_at", "下週三"), ("review_at", "2026-13-45 99:00")):
        page.locator(f"[name={name}]").fill(nonsense)
        page.keyboard.press("Tab")
        expect(page.locator(f"[name={name}]")).to_have_value(nonsense)
    page.keyboard.press("Escape")
    page.locator("form", has=page.locator("[name=voting_at]")).locator(
        "button[type=submit], button:not([type])"
    ).last.click()
    for name, nonsense in (("voting_at", "下週三"), ("review_at", "2026-13-45 99:00")):
        expect(page.locator(f"[name={name}]")).to_have_value(nonsense)
        expect(page.locator(f"[name={name}]")).to_have_attribute("aria-invalid", "true")
    assert house.do(Space.objects.get, pk=space.pk).voting_at is None
