"""Topics against people's labels and against other ways to find them, on the same vectors, in one run.

    python -m benchmarks.topics --data DIR [--encoder use] [--speed]

DIR holds topics_en_polis.csv and topics_zh_tnews.csv (columns text, label) and civic.csv (columns topic, zh, en).
BERTopic, EVoC and HDBSCAN are measured where they can be imported; Leiden at fixed resolutions always. Prints, for each
set and method, the number of topics found, V-measure, ARI, AMI, the share left over and seconds; ends with exit code 1
when ours has a lower ARI than the best of the others as they come (Leiden at resolution 1; ties within 0.01) or leaves
more than 10 % over. The other resolutions of Leiden are printed to show what hindsight would choose.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks import place
from nlp.core import encoders, graph, measures, pipeline, quality, topics
from nlp.core.records import LEFT_OVER

SEEDS = 3
CALLS = 3
HINDSIGHT = {"Leiden, resolution 0.5", "Leiden, resolution 2.0"}
Method = Callable[[np.ndarray, int], np.ndarray]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def texts_of(folder: Path) -> dict[str, tuple[list[str], list[str]]]:
    """{set: (texts, labels)}"""
    sets = {}
    for name in ("topics_en_polis", "topics_zh_tnews"):
        found = rows(folder / f"{name}.csv")
        sets[name] = [row["text"] for row in found], [row["label"] for row in found]
    civic = rows(folder / "civic.csv")
    subjects = [row["topic"] for row in civic]
    sets["civic (zh)"] = [row["zh"] for row in civic], subjects
    sets["civic (zh + en)"] = [row["zh"] for row in civic] + [row["en"] for row in civic], subjects * 2
    sample = np.sort(np.random.default_rng(7).permutation(len(sets["topics_zh_tnews"][0]))[:900])
    titles, named = sets["topics_zh_tnews"]
    sets["topics_zh_tnews, 900"] = [titles[i] for i in sample], [named[i] for i in sample]
    return sets


def ours(vectors: np.ndarray, seed: int) -> np.ndarray:
    return topics.find_topics(vectors, seed=seed, levels=1).labels


def leiden(resolution: float) -> Method:
    def part(vectors: np.ndarray, seed: int) -> np.ndarray:
        near = int(np.clip(round(len(vectors) ** 0.5), 5, 15))
        drawn = graph.as_igraph(graph.build(graph.comparable(vectors), near))
        return graph.communities(drawn, resolution, seed, rounds=-1)

    return part


def bertopic(vectors: np.ndarray, seed: int) -> np.ndarray:
    from bertopic import BERTopic
    from umap import UMAP

    # BERTopic's own defaults, with the seed it leaves out.
    reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    words = [f"word{i % 97} text{i % 89}" for i in range(len(vectors))]
    return np.array(BERTopic(umap_model=reduce).fit_transform(words, embeddings=vectors)[0])


def evoc(vectors: np.ndarray, seed: int) -> np.ndarray:
    import evoc

    return evoc.EVoC(random_state=seed).fit_predict(vectors)


def density(vectors: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.cluster import HDBSCAN
    from sklearn.decomposition import PCA

    flat = PCA(n_components=min(50, len(vectors) - 1), random_state=seed).fit_transform(vectors)
    return HDBSCAN(min_cluster_size=10, copy=True).fit_predict(flat)


def methods() -> dict[str, Method]:
    found: dict[str, Method] = {"Minyi": ours}
    found |= {f"Leiden, resolution {resolution}": leiden(resolution) for resolution in (0.5, 1.0, 2.0)}
    found["HDBSCAN on 50 components"] = density
    if find_spec("bertopic"):
        found["BERTopic"] = bertopic
    if find_spec("evoc"):
        found["EVoC"] = evoc
    return found


def judge(vectors: np.ndarray, truth: np.ndarray, method: Method) -> dict[str, float]:
    """The medians over seeds; what is left over counts as one more topic in V-measure, ARI and AMI."""
    runs = []
    for seed in range(SEEDS):
        started = time.perf_counter()
        labels = np.asarray(method(vectors, seed))
        runs.append(
            {
                "k": len(set(labels.tolist()) - {LEFT_OVER}),
                "V": measures.v_measure(truth, labels),
                "ARI": quality.agreement(truth, labels),
                "AMI": measures.adjusted_information(truth, labels),
                "left": float((labels == LEFT_OVER).mean()),
                "s": time.perf_counter() - started,
                "first": labels,
            }
        )
    told = {name: statistics.median(run[name] for run in runs) for name in ("k", "V", "ARI", "AMI", "left", "s")}
    told["seeds"] = statistics.mean(quality.agreement(runs[0]["first"], run["first"]) for run in runs[1:])
    return told


def quality_table(sets: dict[str, tuple[np.ndarray, np.ndarray]]) -> list[str]:
    failures = []
    print(
        "| data | method | k | V | ARI | AMI | left over | s | between seeds |\n|---|---|---|---|---|---|---|---|---|"
    )
    for name, (vectors, truth) in sets.items():
        scores = {}
        for method, part in methods().items():
            told = scores[method] = judge(vectors, truth, part)
            figures = " | ".join(f"{told[one]:.3f}" for one in ("V", "ARI", "AMI", "left"))
            print(
                f"| {name} | {method} | {told['k']:.0f} | {figures} | {told['s']:.2f} | {told['seeds']:.2f} |",
                flush=True,
            )
        k = int(truth.max()) + 1
        told = judge(vectors, truth, lambda rows, seed, k=k: topics.find_topics(rows, seed=seed, k=k, levels=1).labels)
        print(
            f"| {name} | Minyi, k given | {k} | {told['V']:.3f} | {told['ARI']:.3f} | {told['AMI']:.3f} | 0 | - | - |"
        )
        best = max(one["ARI"] for method, one in scores.items() if method not in {"Minyi", *HINDSIGHT})
        if scores["Minyi"]["ARI"] < best - 0.01:
            failures.append(f"{name}: ARI {scores['Minyi']['ARI']:.3f}, the best of the others {best:.3f}")
        if scores["Minyi"]["left"] > 0.1:
            failures.append(f"{name}: {scores['Minyi']['left']:.0%} left over")
    return failures


def speed_table(vectors: np.ndarray) -> None:
    """Seconds by size, the shortest of CALLS; the rows are mixtures of two of the given vectors where there are not
    enough of them.
    """
    generator = np.random.default_rng(0)
    print("\n| opinions | topics, s | with parts, s |\n|---|---|---|")
    for count in (500, 1000, 5000, 20_000, 100_000):
        one, other = generator.integers(0, len(vectors), (2, count))
        mixed = 0.7 * vectors[one] + 0.3 * vectors[other]
        mixed = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)
        taken = []
        for levels in (1, 2):
            calls = []
            for _call in range(CALLS):
                started = time.perf_counter()
                found = topics.find_topics(mixed, levels=levels)
                calls.append(time.perf_counter() - started)
            taken.append(min(calls))
        print(f"| {count:,} | {taken[0]:.2f} | {taken[1]:.2f} |", flush=True)
    started = time.perf_counter()
    for row in range(100):
        topics.place(mixed[row : row + 1], found.centroids, found.threshold)
    print(f"\nplacing one opinion in 100,000: {10 * (time.perf_counter() - started):.3f} ms")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--data", type=Path, required=True)
    words.add_argument("--encoder", default="use")
    words.add_argument("--speed", action="store_true", help="measure seconds by size as well")
    asked = words.parse_args()
    encoder = encoders.load(asked.encoder, Path(tempfile.gettempdir()) / "minyi-models")
    sets = {}
    for name, (texts, named) in texts_of(asked.data).items():
        vectors = encoder.encode([pipeline.clean_for_encoding(text) or "-" for text in texts])
        sets[name] = vectors, np.unique(named, return_inverse=True)[1]
    failures = quality_table(sets)
    if asked.speed:
        speed_table(sets["topics_zh_tnews"][0])
    place.finish(failures)


if __name__ == "__main__":
    main()
