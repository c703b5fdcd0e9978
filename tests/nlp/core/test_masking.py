import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.core import masking, text

ORDER = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def is_valid_identity(number):
    """The rule as the household registration offices explain it, written down a second time and in another way."""
    code = str(ORDER.index(number[0]) + 10)
    second = number[1] if number[1].isdigit() else str(ORDER.index(number[1]) + 10)[1]
    digits = code + second + number[2:]
    total = int(digits[0]) + sum(int(digits[i]) * (10 - i) for i in range(1, 10))
    return (10 - total % 10) % 10 == int(digits[10])


@st.composite
def identities(draw):
    start = draw(st.sampled_from(ORDER)) + draw(st.sampled_from("1289ABCD"))
    body = start + "".join(draw(st.lists(st.sampled_from(string.digits), min_size=7, max_size=7)))
    return next(body + last for last in string.digits if is_valid_identity(body + last))


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("我的身分證 A123456789 被盜用", "我的身分證 〔證號〕 被盜用"),
        ("証號Ａ１２３４５６７８９，請查", "証號〔證號〕，請查"),
        ("居留證 A800000014 快過期", "居留證 〔證號〕 快過期"),
        ("舊式 AA00000009 還能用嗎", "舊式 〔證號〕 還能用嗎"),
        ("身分證字號 A123456780 打錯", "身分證字號 〔證號〕 打錯"),
        ("打給我 0912345678", "打給我 〔電話〕"),
        ("０９１２－３４５－６７８找我", "〔電話〕找我"),
        ("+886 912 345 678", "〔電話〕"),
        ("(+886)912-345-678 王", "〔電話〕 王"),
        ("0912345678,0922333444", "〔電話〕,〔電話〕"),
        ("洽(02)2720-8889 分機 1234", "洽〔電話〕"),
        ("市話0227208889", "市話〔電話〕"),
        ("049-2332161 里辦公室", "〔電話〕 里辦公室"),
        ("(082)325-655", "〔電話〕"),
        ("+886-2-2720-8889", "〔電話〕"),
        ("里長電話：2720-8889", "里長電話：〔電話〕"),
        ("Zalo +84 912 345 678", "Zalo [phone]"),
        ("My phone is 0912-345-678, call me", "My phone is [phone], call me"),
        ("我的电话是 0912345678 谢谢", "我的电话是 〔电话〕 谢谢"),
        ("寄到 lin.wang@example.com.tw 謝謝", "寄到 〔電子郵件〕 謝謝"),
        ("Write to lin＠example.org.", "Write to [e-mail]."),
        ("AYU-6688 一直違停", "〔車牌〕 一直違停"),
        ("那台 5566-EJ 停在紅線上", "那台 〔車牌〕 停在紅線上"),
        ("車號 1A-2345 的車", "車號 〔車牌〕 的車"),
        ("刷卡 4111 1111 1111 1111 失敗", "刷卡 〔卡號〕 失敗"),
        ("請匯款到帳號 0123456789012", "請匯款到帳號 〔帳號〕"),
        ("匯到郵局(700)0001234-1234567", "匯到郵局〔帳號〕"),
        ("加我 LINE ID: lin_wang", "加我 LINE ID: 〔LINE ID〕"),
    ],
)
def test_personal_data_is_replaced_by_its_name(written, masked):
    assert masking.mask(written) == masked


@pytest.mark.parametrize(
    "written",
    """
    COVID-19 疫情|5G 基地台|PM2.5 超標|A4-1234 紙張|ISO-9001 認證|CNS-15506|ISO-27001|2023-2024 年度
    2023/05/12|112年5月3日|民國 109 年 1 月 1 日|02-28 紀念日|09-12-2023 10:30|2023-09-12 10:30:00
    第 12-1 條|勞基法第84條之1|NT$1,234,567|贊成 12345678 票反對 87654321 票|郵遞區號 106409|106-17 台北
    307 路公車|公車 BL-15|捷運 R10 站|1999 專線|打 0800-123-456|電話 165 反詐騙|BR-189 班機|3.1415926535
    0.0912345678|1,234,567,890|192.168.0.1|2330 台積電|統一編號 12345678|帳戶裡有 1000000000 元
    SDG-2030 目標|AI-2024 自駕車論壇|CB-650 機車|100-200 公尺|停車 12:30-13:30|0601-0630 施工
    字第1120123456號|第 0212345678 號|ISBN 978-957-13-1234-5|25.0330,121.5654|A123456788
    4111 1111 1111 1112|+10000 人|@city_hall|Model-3 電動車|預算 2500000000 元|1234567890 人次
    GPT-4 很強|107-2 學期
    手機 2020-2023 銷量|郵局 2023 05 12 100 件|銀行利率 2020 2021 2022|RFC-2616 標準|B1-1234 號車位|20240512
    """.strip()
    .replace("\n    ", "|")
    .split("|"),
)
def test_numbers_that_are_nobodys_stay(written):
    assert masking.find(written) == ()
    assert masking.mask(written) == written


def test_where_something_stands_is_told_in_order():
    written = "A123456789 或 0912345678"
    assert masking.find(written) == (masking.Span("id", 0, 10), masking.Span("phone", 13, 23))


def test_a_cleaned_text_loses_its_personal_data_too():
    cleaned = text.clean("電話０２－２７２０８８８９＃123\u200b，信箱 lin@example.org")
    assert masking.mask(cleaned) == "電話〔電話〕,信箱 〔電子郵件〕"


@given(identities(), st.text(max_size=5), st.text(max_size=5))
def test_no_valid_identity_number_is_left(number, before, after):
    masked = masking.mask(f"{before} {number}，{after}")
    left = re.findall(r"(?<![A-Za-z0-9])[A-Z][1289A-D][0-9]{8}(?![A-Za-z0-9])", masked)
    assert not [one for one in left if is_valid_identity(one)]


PIECES = st.sampled_from(
    "A123456789|AA00000009|0912345678|0912-345-678|02-27208889|27208889|a@b.com|x_1@c.org.tw|ABC-1234|1234-AB|帳號|電話".split(
        "|"
    )
    + "車|車牌 |LINE ID: |4111111111111111|(|)|-|,|.|+|886|#| |_|12345|〔電話〕|[phone]|、|好|ab|第|\x00".split("|")
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_masking_twice_is_masking_once(written):
    masked = masking.mask(written)
    assert masking.mask(masked) == masked


@given(st.text(alphabet=st.characters(exclude_categories=["Nd"], exclude_characters="@＠")))
def test_text_without_digits_or_an_at_sign_is_left_alone(written):
    if "LINE" not in written.upper():
        assert masking.mask(written) == written


@pytest.mark.parametrize(
    "unit",
    ["a@b.com_", "02-27208889-", "0912345678", "0912345678.", "A123456789", "ABC-1234-", "1-", "a.", "12345 ", "+886 "],
)
def test_a_very_long_text_is_masked_in_one_go(unit):
    written = unit * (100_000 // len(unit))
    masked = masking.mask(written)
    assert masking.mask(masked) == masked


@pytest.mark.parametrize("said", ["wang(at)gmail.com", "wang [at] gmail [dot] com", "wang(AT)mail.gov.tw"])
def test_an_address_of_mail_spelt_out_is_masked_too(said):
    assert masking.mask(f"請寄 {said} 給我") == "請寄 〔電子郵件〕 給我"


@pytest.mark.parametrize("number", ["000012345678", "0000 1234 5678", "0000-1234-5678"])
def test_the_number_of_a_health_card_is_masked_where_it_is_called_so(number):
    assert masking.mask(f"健保卡 {number} 被鎖卡") == "健保卡 〔證號〕 被鎖卡"


@pytest.mark.parametrize("said", ["meet me (at) noon.", "健保卡 1200 萬人在用", "look [at] this", "健保卡 112 年換發"])
def test_what_only_begins_like_one_stays(said):
    assert masking.mask(said) == said
