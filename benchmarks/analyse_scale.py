"""Does the analysis grow with the opinions and not faster? Time from 1,000 to 100,000, and memory at the most.

    .venv/bin/python -m benchmarks.analyse_scale [--data OPINIONS.csv] [--encoder static] [--sizes 1000 10000 100000]

Each size is one run of `python -m nlp analyse` in a process of its own. Opinions are made up by joining parts of
sentences; with --data they are rows of that file, repeated with other parts of it. Ends with 1 when time grows faster
than n^1.1 or memory passes 1.5 GB.
"""

import argparse
import csv
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

FASTEST_GROWTH = 1.1
MOST_MEMORY = 1500
"""MB"""
PLACES = [
    "公車站", "國小", "公園", "河邊", "菜市場", "車站前面", "圖書館", "里民活動中心", "巷口", "醫院", "停車場", "夜市",
    "the station", "our school", "the park", "the river", "the market", "the library", "the clinic", "our street",
]  # fmt: skip
SUBJECTS = [
    "路燈", "人行道", "班次", "營養午餐", "垃圾桶", "遮雨棚", "機車停車格", "課後照顧", "廁所", "消防通道", "噪音",
    "the lamps", "the pavement", "the timetable", "the lunches", "the bins", "the trees", "the shelter", "the noise",
]  # fmt: skip
VERBS = [
    "壞了很久", "應該增加", "比以前好", "需要有人管", "讓老人家很不方便", "花太多錢", "拜託快點改善", "很受歡迎",
    "have been broken for months", "should come first", "got better this year", "cost too much", "need more care",
]  # fmt: skip
TAILS = [
    "，已經反映三次了", "，希望市府重視", "，小孩每天都要經過", "，謝謝", "，晚上很危險", "，附近的人都這麼說",
    " and nobody answers", " for the children", " before winter", ", please", " say the neighbours", " at night",
]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a CSV file with the column text to draw from")
    parser.add_argument("--encoder", default="static")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options = parser.parse_args()
    seconds, memory = [], []
    print(f"{'opinions':>10} {'seconds':>9} {'CPU s':>8} {'MB':>7}  stages")
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            path = Path(folder) / f"{size}.csv"
            write(path, size, options.data)
            wall, cpu, megabytes, timings = measure(path, Path(folder) / str(size), options.encoder)
            seconds.append(sum(timings.values()))
            memory.append(megabytes)
            stages = "  ".join(f"{name} {value:.1f}" for name, value in timings.items())
            print(f"{size:>10,} {wall:>9.1f} {cpu:>8.1f} {megabytes:>7.0f}  {stages}", flush=True)
    first, last = options.sizes[0], options.sizes[-1]
    growth = math.log(seconds[-1] / seconds[0]) / math.log(last / first)
    print(f"time of the stages grows as n^{growth:.2f} from {first:,} to {last:,} (at most n^{FASTEST_GROWTH})")
    print(f"memory at most {max(memory):.0f} MB (at most {MOST_MEMORY})")
    return 0 if growth <= FASTEST_GROWTH and max(memory) <= MOST_MEMORY else 1


def measure(path: Path, out: Path, encoder: str) -> tuple[float, float, float, dict[str, float]]:
    """Seconds by the clock and of the CPU, peak memory in MB, and seconds per stage of one run."""
    code = (
        "import resource, sys\n"
        "from nlp.cli.main import main\n"
        "ended = main(sys.argv[1:])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
        "sys.exit(ended)\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, "analyse", str(path), "--out", str(out), "--encoder", encoder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    timings = json.loads((out / "run.json").read_text(encoding="utf-8"))["timings"]
    return wall, cpu, int(done.stderr.split()[-1]) / unit, timings


def write(path: Path, size: int, data: Path | None) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "text", "author"])
        for number, words in enumerate(drawn(size, data) if data else made_up(size)):
            writer.writerow([number, words, f"p{number % (size * 2 // 3)}"])


def made_up(size: int) -> Iterator[str]:
    generator = np.random.default_rng(1)
    for _ in range(size):
        parts = [PLACES, SUBJECTS, VERBS, TAILS]
        place, subject, verb, tail = (part[int(generator.integers(len(part)))] for part in parts)
        yield f"{place} {subject}{verb}{tail} {int(generator.integers(1000))}"


def drawn(size: int, data: Path) -> Iterator[str]:
    with data.open(encoding="utf-8-sig", newline="") as stream:
        texts = [row["text"] for row in csv.DictReader(stream)]
    generator = np.random.default_rng(1)
    for number in range(size):
        other = texts[int(generator.integers(len(texts)))]
        yield texts[number] if number < len(texts) else f"{texts[number % len(texts)][:60]} {other[:60]}"


if __name__ == "__main__":
    sys.exit(main())
