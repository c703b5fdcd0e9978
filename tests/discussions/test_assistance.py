"""People without a screen of their own: somebody enters what they say, it counts as theirs, the helper is on record."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from discussions import assistance, proposals
from discussions.errors import CivicError, NotAllowed, NotFound
from discussions.forms import new_client_id
from discussions.models import (
    AssistedAct,
    Channel,
    Comment,
    Level,
    Member,
    Phase,
    Receipt,
    Signature,
    Sitting,
    Vote,
)
from tests.factories import make_member, make_space, propose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def helper(roles):
    return make_member(role="Frontline")


@pytest.fixture
def town_hall(agency):
    return make_space(agency=agency, instruments={"comments": {}, "statements": {}, "proposals": {"threshold": 5}})


@pytest.fixture
def statement(town_hall, member):
    return propose(town_hall, member, "深夜要有公車")


@pytest.fixture
def proposal(town_hall, member):
    draft = proposals.save(
        space=town_hall, author=member, title="延後末班車", text="希望末班車延到零點。", client_id=new_client_id()
    )
    return proposals.publish(proposal=draft, author=member)


def begin(helper, space, **fields):
    terms = {"channel": Channel.ASSISTED, "consent": Sitting.Consent.SPOKEN, **fields}
    return assistance.begin(helper=helper, space=space, **terms)


def enter(begun, helper, **fields):
    return assistance.enter(sitting=begun.sitting, helper=helper, client_id=new_client_id(), **fields)


def test_what_somebody_says_at_the_counter_counts_as_theirs(helper, town_hall, statement, proposal):
    begun = begin(helper, town_hall)
    enter(begun, helper, comment="我不會用電腦，但我每天坐公車", votes={statement.pk: 1}, signed=[proposal.pk])
    comment = Comment.objects.get()
    assert comment.author == begun.sitting.person != helper
    assert {comment.channel, Vote.objects.get(member=comment.author).channel} == {Channel.ASSISTED}
    assert Signature.objects.filter(member=comment.author, channel=Channel.ASSISTED).exists()
    assert AssistedAct.objects.count() == 3 and AssistedAct.objects.first().sitting.helper == helper


def test_the_helper_is_named_in_no_public_place(client, helper, town_hall):
    helper.display_name = "里辦公室志工甲"
    helper.save()
    begun = begin(helper, town_hall)
    enter(begun, helper, comment="我不會用電腦")
    for path in ("", "data/"):
        page = client.get(f"/p/{town_hall.slug}/{path}").content.decode()
        assert "里辦公室志工甲" not in page


@pytest.mark.parametrize("consent", ["", "maybe"])
def test_without_consent_nothing_begins(helper, town_hall, consent):
    with pytest.raises(NotAllowed):
        begin(helper, town_hall, consent=consent)
    assert not Sitting.objects.exists()


def test_citizens_and_officers_do_not_enter_things_for_others(town_hall, member, officer):
    for somebody in (member, officer):
        with pytest.raises(NotAllowed):
            begin(somebody, town_hall)


def test_one_document_is_one_person_at_every_counter(helper, town_hall, statement):
    other_helper = make_member(role="Frontline")
    first = begin(helper, town_hall, document="A123456789")
    enter(first, helper, votes={statement.pk: 1})
    second = begin(other_helper, town_hall, document="ａ123-456-789")
    enter(second, other_helper, votes={statement.pk: -1})
    assert first.sitting.person == second.sitting.person
    assert Vote.objects.get().value == -1 and Vote.objects.get().level == Level.EID
    assert "A123456789" not in str([list(model.objects.values()) for model in (Member, Sitting, Receipt)])


@pytest.mark.parametrize("document", ["12", "不是號碼", "A" * 30])
def test_what_is_no_document_number_is_refused(helper, town_hall, document):
    with pytest.raises(CivicError):
        begin(helper, town_hall, document=document)


def test_the_receipt_finds_the_person_again_and_only_its_digest_is_kept(helper, town_hall):
    begun = begin(helper, town_hall)
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", begun.receipt)
    again = begin(helper, town_hall, receipt=begun.receipt.lower().replace("-", " "))
    assert again.sitting.person == begun.sitting.person and again.receipt == ""
    assert begun.receipt.replace("-", "") not in str(list(Receipt.objects.values()))
    with pytest.raises(NotFound):
        begin(helper, town_hall, receipt="AAAA-AAAA-AAAA")


def test_the_same_form_sent_twice_is_entered_once(helper, town_hall, statement):
    begun, key = begin(helper, town_hall), new_client_id()
    for _ in range(2):
        assistance.enter(
            sitting=begun.sitting, helper=helper, client_id=key, comment="只說一次", votes={statement.pk: 1}
        )
    assert Comment.objects.count() == 1 and AssistedAct.objects.count() == 2


def test_all_of_it_or_nothing(helper, town_hall, statement):
    elsewhere = propose(make_space(), make_member(), "別處的主張")
    begun = begin(helper, town_hall)
    with pytest.raises(NotFound):
        enter(begun, helper, comment="這句也不會留下", votes={statement.pk: 1, elsewhere.pk: 1})
    assert not Comment.objects.exists() and not Vote.objects.exists() and not AssistedAct.objects.exists()


def test_the_phase_holds_at_the_counter_as_well(helper, agency):
    over = make_space(agency=agency, phase=Phase.REVIEW)
    begun = begin(helper, over)
    with pytest.raises(NotAllowed):
        enter(begun, helper, comment="來得及嗎")


def test_an_old_sitting_and_that_of_another_take_nothing(helper, town_hall):
    begun = begin(helper, town_hall)
    with pytest.raises(NotAllowed):
        enter(begun, make_member(role="Frontline"), comment="別人接手")
    Sitting.objects.update(began_at=begun.sitting.began_at - assistance.LASTS * 2)
    with pytest.raises(NotAllowed):
        enter(begun, helper, comment="隔天才想到")


def test_the_record_of_what_was_entered_cannot_be_changed(helper, town_hall):
    begun = begin(helper, town_hall)
    [act] = enter(begun, helper, comment="我不會用電腦")
    with pytest.raises(ValueError):
        act.save()
    with pytest.raises(ValueError):
        act.delete()


def test_at_home_the_person_reads_what_became_of_it_and_keeps_it(client, helper, town_hall, member):
    begun = begin(helper, town_hall)
    enter(begun, helper, comment="我不會用電腦，但我每天坐公車")
    address = reverse("discussions:receipt")
    assert "我每天坐公車" in client.post(address, {"code": begun.receipt}).content.decode()
    assert client.post(address, {"code": "AAAA-AAAA-AAAA"}).status_code == 404
    client.force_login(member)
    assert client.post(address, {"code": begun.receipt, "keep": "on"}).status_code == 302
    assert Comment.objects.get().author == member
    assert client.post(address, {"code": begun.receipt}).status_code == 404


def test_codes_cannot_be_found_by_trying(client, helper, town_hall):
    address = reverse("discussions:receipt")
    answers = [client.post(address, {"code": f"AAAA-AAAA-{number:04}"}).status_code for number in range(21)]
    assert answers[0] == 404 and answers[-1] == 429


def test_a_sheet_is_printed_and_keyed_in_under_its_code(client, helper, town_hall, statement, proposal):
    client.force_login(helper)
    made = client.post(reverse("discussions:make_paper", args=[town_hall.slug]))
    code = made["Location"].rstrip("/").rsplit("/", 1)[1]
    client.logout()
    printed = client.get(reverse("discussions:space_paper", args=[town_hall.slug]), follow=True).content.decode()
    assert code in printed and "深夜要有公車" in printed and "延後末班車" in printed and "<svg" in printed
    helper.refresh_from_db()
    client.force_login(helper)
    assert code in client.get(reverse("discussions:assist"), {"form": code.lower()}).content.decode()
    begun = client.post(
        reverse("discussions:begin_sitting"),
        {"space": town_hall.pk, "channel": "paper", "form": code, "consent": "signed"},
    )
    page = client.get(begun["Location"]).content.decode()
    key = re.search(r'name="client_id" value="([^"]+)"', page)[1]
    sent = {"client_id": key, f"vote-{statement.pk}": "1", f"sign-{proposal.pk}": "on", "comment": "寫在紙上的話"}
    assert client.post(begun["Location"], sent).status_code == 302
    assert set(Vote.objects.values_list("channel", flat=True)) == {Channel.PAPER}
    slip = client.get(begun["Location"] + "slip/").content.decode()
    assert re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", slip)


CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}")


def begun_at_the_counter(client, space):
    return client.post(
        reverse("discussions:begin_sitting"), {"space": space.pk, "channel": "assisted", "consent": "spoken"}
    )["Location"]


def test_the_code_of_a_receipt_is_shown_once_and_then_nowhere(client, helper, town_hall):
    client.force_login(helper)
    place = begun_at_the_counter(client, town_hall)
    assert CODE.search(client.get(place + "slip/").content.decode())
    for address in (place + "slip/", place, reverse("discussions:assist")):
        assert not CODE.search(client.get(address).content.decode())
    assert not CODE.search(str(dict(client.session)))


def test_a_code_whose_slip_nobody_printed_does_not_outlast_its_sitting(client, helper, town_hall, monkeypatch):
    client.force_login(helper)
    first = begun_at_the_counter(client, town_hall)
    second = begun_at_the_counter(client, town_hall)
    assert len(CODE.findall(str(dict(client.session)))) == 2
    monkeypatch.setattr(assistance, "LASTS", timedelta(0))
    third = begun_at_the_counter(client, town_hall)
    assert len(CODE.findall(str(dict(client.session)))) == 1
    assert not CODE.search(client.get(first + "slip/").content.decode())
    assert not CODE.search(client.get(second + "slip/").content.decode())
    assert CODE.search(client.get(third + "slip/").content.decode())


def test_a_form_that_lacks_something_comes_back_with_every_word(client, helper, town_hall, statement):
    client.force_login(helper)
    begun = begin(helper, town_hall)
    address = reverse("discussions:sitting", args=[begun.sitting.pk])
    response = client.post(address, {"client_id": "x", "comment": "這些字不能不見", f"vote-{statement.pk}": "9"})
    assert response.status_code == 422 and "這些字不能不見" in response.content.decode()
    refused = client.post(reverse("discussions:begin_sitting"), {"space": town_hall.pk, "channel": "paper"})
    assert refused.status_code == 422 and not Comment.objects.exists()


def test_the_counter_is_for_helpers(client, helper, town_hall, member):
    begun = begin(helper, town_hall)
    client.force_login(member)
    for address in (reverse("discussions:assist"), reverse("discussions:sitting", args=[begun.sitting.pk])):
        assert client.get(address).status_code == 403
    client.force_login(make_member(role="Frontline"))
    assert client.get(reverse("discussions:sitting", args=[begun.sitting.pk])).status_code == 404
    assert client.get(reverse("discussions:paper", args=["NOSUCH"])).status_code == 404


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_plain_view_says_what_it_is_about_and_what_to_do(client, town_hall, language):
    town_hall.plain, town_hall.plain_en = "公車時間要改。您可以說您的想法。", "Bus times will change."
    town_hall.save()
    page = client.get(f"{language}/p/{town_hall.slug}/plain/").content.decode()
    assert (town_hall.plain_en if language else town_hall.plain) in page
    assert "large-type" in page and reverse("discussions:proposals", args=[town_hall.slug]) in page


def test_larger_letters_are_remembered_without_javascript(client, town_hall):
    address = town_hall.get_absolute_url()
    assert "large-type" not in client.get(address).content.decode()
    response = client.post(reverse("letters"), {"size": "large", "next": address})
    assert response["Location"] == address and "large-type" in client.get(address).content.decode()
    client.post(reverse("letters"), {"size": "normal", "next": address})
    assert "large-type" not in client.get(address).content.decode()
    elsewhere = client.post(reverse("letters"), {"size": "large", "next": "https://elsewhere.example/"})
    assert elsewhere["Location"] == "/"


def test_the_counter_offers_only_discussions_that_take_something(client, helper, agency, town_hall):
    over = make_space(agency=agency, title="早就答覆的議題", phase=Phase.ANSWERED)
    sheet = assistance.make_form(space=over, editor=helper)
    client.force_login(helper)
    page = client.get(reverse("discussions:assist")).content.decode()
    assert town_hall.title in page and "早就答覆的議題" not in page
    late = client.get(reverse("discussions:assist"), {"form": sheet.code}).content.decode()
    assert "這張表單的討論已經不收意見了" in late


def test_answers_are_keyed_in_in_the_order_of_the_sheet(client, helper, town_hall, statement):
    sheet = assistance.make_form(space=town_hall, editor=helper)
    begun = begin(helper, town_hall, form=sheet, channel=Channel.PAPER)
    client.force_login(helper)
    page = client.get(reverse("discussions:sitting", args=[begun.sitting.pk])).content.decode()
    assert f"1. {statement.text}" in page
    assert re.findall(rf'name="vote-{statement.pk}" value="(-?\d)"', page) == ["1", "-1", "0"]


def test_a_helper_finds_the_counter_from_every_page_and_nobody_else_does(client, helper, member):
    counter = f'href="{reverse("discussions:assist")}"'
    client.force_login(helper)
    assert counter in client.get(reverse("discussions:me")).content.decode()
    client.force_login(member)
    assert counter not in client.get(reverse("discussions:me")).content.decode()
