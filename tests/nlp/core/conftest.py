"""One encoder for all tests of the core, and a small town's opinions in Chinese and English."""

import numpy as np
import pytest

from nlp.core import encoders
from nlp.core.records import Text

BUSES = [
    "公車班次太少，等了四十分鐘還沒來",
    "希望公車路線可以延伸到車站後面",
    "公車站沒有遮雨棚，下雨天很狼狽",
    "晚上十點以後就沒有公車可以回家了",
    "公車司機開得太快，老人家站不穩",
    "公車動態看板常常壞掉，根本不知道還要等多久",
    "這條公車路線取消以後，我們上班要轉兩次車",
    "公車票價可以不要再漲了嗎",
    "公車站牌被樹擋住，司機看不到有人在等",
    "尖峰時間公車擠到上不去，應該加開班次",
]
SCHOOLS = [
    "國小營養午餐的菜色越來越差，小孩都不吃",
    "學校老師一直離職，孩子換了三個導師",
    "國中教室到了夏天超過三十五度，應該裝冷氣",
    "學校圖書館的書太舊了，孩子不想借",
    "國小下課後的課後照顧班名額不夠",
    "孩子的學校操場整修了兩年還沒完工",
    "老師太辛苦，行政工作應該交給學校職員",
    "營養午餐費一個月漲兩百，家長沒有收到說明",
    "國小教室的桌椅太矮，高年級的孩子坐得很不舒服",
    "學校應該多教孩子游泳",
]
RUBBISH = [
    "垃圾車來的時間太早，上班族根本倒不到垃圾",
    "資源回收站旁邊堆滿垃圾，臭味很重",
    "廚餘桶沒有洗，夏天都是蒼蠅",
    "有人半夜把垃圾丟在公園，環保局都不管",
    "垃圾袋太薄，一裝就破",
    "回收分類規定每個地方不一樣，資源回收很難配合",
    "焚化爐的煙讓附近居民不敢開窗",
    "建議在社區設垃圾子車，晚下班的人才能倒垃圾",
    "路邊的垃圾桶都被拿掉了，垃圾只好帶回家",
    "資源回收的阿伯很親切，會教我們怎麼分類",
]
TREES = [
    "The park needs more trees and shade for summer",
    "Please stop cutting down the old trees in the park",
    "New trees were planted along the river park last month and they look lovely",
    "Dead branches fall from the park trees every storm",
    "The park lawn is dry because nobody waters the trees",
    "Trees in the park make the whole neighbourhood cooler",
    "Plant native trees instead of palms in our parks",
    "The roots of the park trees have broken the path",
]


@pytest.fixture(scope="session")
def use():
    return encoders.load("use")


def as_texts(lines, start=0):
    return [Text(id=start + i, text=line, author=f"person {start + i}") for i, line in enumerate(lines)]


@pytest.fixture(scope="session")
def town():
    """Thirty-eight opinions by as many people; position // 10 is the subject."""
    return as_texts(BUSES + SCHOOLS + RUBBISH + TREES)


@pytest.fixture(scope="session")
def town_vectors(use, town):
    return use.encode([one.text for one in town])


class FakeEncoder:
    """Directions on a circle of subjects for tests that need no language; refuses texts that hold the word broken."""

    name = "fake"
    fingerprint = "0" * 64
    dim = 4

    def encode(self, texts):
        if any("broken" in text for text in texts):
            raise ValueError("cannot read this")
        rows = np.zeros((len(texts), 4), dtype=np.float32)
        for i, text in enumerate(texts):
            rows[i, len(text) % 4] = 1
        return rows


class BagEncoder:
    """Texts that share letters point the same way: enough of a language for tests of what does not hang on words."""

    name = "bag"
    fingerprint = "1" * 64
    dim = 32

    def encode(self, texts):
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for i, text in enumerate(texts):
            for character in text:
                rows[i] += np.random.default_rng(ord(character)).standard_normal(self.dim, dtype=np.float32)
        return encoders.unit_rows(rows)


@pytest.fixture
def bag_encoder():
    return BagEncoder()


@pytest.fixture
def fake_encoder():
    return FakeEncoder()
