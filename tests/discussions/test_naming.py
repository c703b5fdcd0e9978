"""Names: free to choose, but not to be taken for an agency or for those who run the site."""

import pytest

from discussions.errors import InvalidText
from discussions.naming import cleaned_name, skeleton
from tests.factories import make_agency, make_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["王小明", "台北通勤族", "Wen-hui", "Ольга", "小編的貓", "José", "官校學生"])
def test_ordinary_names_are_kept(name, agency):
    assert cleaned_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "示範交通局",
        "示 範 交 通 局",
        "示范交通局",
        "示範交通局客服",
        "示範交通局\u200b",
        "ＭＩＮＹＩ",
        "аdmin",
        "Adm1n",
        "ADMlN",
        "admín",
        "𝐚𝐝𝐦𝐢𝐧",
        "rnoderator",
        "版主",
        "管理員",
        "官方_帳號",
    ],
)
def test_a_name_that_looks_official_is_refused(name, agency):
    with pytest.raises(InvalidText) as refusal:
        cleaned_name(name)
    assert refusal.value.code == "name_like_official"


def test_the_name_of_somebody_with_a_role_is_refused_and_a_citizens_is_not(moderator, member):
    moderator.display_name = "陳版務"
    moderator.save()
    with pytest.raises(InvalidText):
        cleaned_name("陳 版務")
    assert cleaned_name(member.display_name) == member.display_name


def test_people_of_an_agency_may_be_called_by_it(agency):
    officer = make_member(agency=agency)
    assert cleaned_name(f"{agency.name}王科長", member=officer) == f"{agency.name}王科長"


def test_the_english_name_of_an_agency_is_its_name_as_well():
    agency = make_agency("市政府")
    agency.name_en = "City Transport Bureau"
    agency.save()
    with pytest.raises(InvalidText):
        cleaned_name("Citу Transport Bureau")


def test_an_agency_without_an_english_name_refuses_nobody(agency):
    assert agency.name_en == "" and cleaned_name("林大同")


def test_a_skeleton_is_its_own_skeleton():
    for name in ("示範交通局", "аdmin", "Wen-hui", "ＭＩＮＹＩ"):
        assert skeleton(skeleton(name)) == skeleton(name)


def test_signing_up_under_the_name_of_an_agency_is_refused(client, agency):
    from discussions.models import Member

    page = client.post(
        "/accounts/signup/",
        {"email": "x@example.org", "display_name": "示範交通局", "password1": "correct-horse-battery"},
    )
    assert page.status_code == 200 and not Member.objects.filter(email="x@example.org").exists()
