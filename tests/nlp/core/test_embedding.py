import os
import signal

import numpy as np
import pytest

from nlp.core import embedding, encoders, executors
from nlp.core.checkpoints import Checkpoints
from tests.nlp.core.conftest import BagEncoder

WORDS = [f"{place} {subject}" for place in ("park", "bus", "school") for subject in range(100)]


@pytest.fixture(scope="module")
def two_workers():
    with executors.load("processes", workers=2) as executor:
        yield executor


class Counting(BagEncoder):
    def __init__(self):
        self.seen = []

    def encode(self, texts):
        self.seen.extend(texts)
        return super().encode(texts)


class Deadly(BagEncoder):
    """Kills the process that reads the word poison."""

    def encode(self, texts):
        if any("poison" in text for text in texts):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts)


class Choosy(BagEncoder):
    def encode(self, texts):
        if any("broken" in text for text in texts):
            raise ValueError("cannot read this")
        rows = super().encode(texts)
        rows[[i for i, text in enumerate(texts) if "void" in text]] = np.nan
        return rows


class Damaged(BagEncoder):
    def encode(self, texts):
        raise encoders.EncoderUnavailable("The weights are damaged: install them again.")


def test_vectors_do_not_hang_on_where_they_are_made(two_workers):
    here, _ = embedding.embed(WORDS, BagEncoder())
    there, failed = embedding.embed(WORDS, BagEncoder(), executor=two_workers, loader=BagEncoder)
    assert here.tobytes() == there.tobytes() and failed == {}


def test_vectors_do_not_hang_on_the_order_of_texts():
    here, _ = embedding.embed(WORDS, BagEncoder())
    back, _ = embedding.embed(WORDS[::-1], BagEncoder())
    assert here.tobytes() == back[::-1].tobytes()


def test_equal_texts_are_encoded_once():
    encoder = Counting()
    vectors, _ = embedding.embed(["bus", "park", "bus"], encoder)
    assert sorted(encoder.seen) == ["bus", "park"] and (vectors[0] == vectors[2]).all()


def test_what_is_kept_is_not_encoded_again_and_is_the_same(tmp_path):
    whole, _ = embedding.embed(WORDS, BagEncoder())
    stopped = Checkpoints(tmp_path)

    class Stop(Exception):
        pass

    def stop(done, total):
        if done > 200:
            raise Stop

    with pytest.raises(Stop):
        embedding.embed(WORDS, BagEncoder(), checkpoints=stopped, progress=stop)
    encoder = Counting()
    resumed, _ = embedding.embed(WORDS, encoder, checkpoints=Checkpoints(tmp_path))
    assert resumed.tobytes() == whole.tobytes() and 0 < len(encoder.seen) < len(WORDS)


def test_weights_that_changed_are_never_mixed_with_what_is_kept(tmp_path):
    embedding.embed(WORDS, BagEncoder(), checkpoints=Checkpoints(tmp_path))
    other = Counting()
    other.fingerprint = "2" * 64
    embedding.embed(WORDS, other, checkpoints=Checkpoints(tmp_path))
    assert len(other.seen) == len(WORDS)


def test_a_worker_with_other_weights_is_refused(two_workers):
    other = BagEncoder()
    other.fingerprint = "2" * 64
    with pytest.raises(encoders.EncoderUnavailable, match="other weights"):
        embedding.embed(WORDS, other, executor=two_workers, loader=BagEncoder)


def test_texts_an_encoder_cannot_read_fail_alone():
    vectors, failed = embedding.embed(["fine", "broken", "void", "broken"], Choosy())
    assert sorted(failed) == [1, 2, 3] and "cannot read this" in failed[1] and failed[2] == embedding.NO_VECTOR
    assert vectors[0].any() and not vectors[1:].any()


def test_a_text_that_kills_its_workers_fails_alone(two_workers):
    words = ["fine", "poison", "also fine"]
    vectors, failed = embedding.embed(words, BagEncoder(), executor=two_workers, loader=Deadly)
    assert list(failed) == [1] and "ended 3 times" in failed[1]
    assert vectors[[0, 2]].tobytes() == embedding.embed(["fine", "also fine"], BagEncoder())[0].tobytes()


def test_damaged_weights_stop_everything_with_what_to_do(two_workers):
    with pytest.raises(encoders.EncoderUnavailable, match="install them again"):
        embedding.embed(WORDS, Damaged())
    with pytest.raises(encoders.EncoderUnavailable, match="install them again"):
        embedding.embed(WORDS, Damaged(), executor=two_workers, loader=Damaged)


def test_workers_that_can_never_run_are_not_tried_forever(monkeypatch):
    class Dying:
        is_remote = False

        def map(self, function, items):
            return (executors.Lost() for _ in items)

    with pytest.raises(encoders.EncoderUnavailable, match="fewer workers"):
        embedding.embed([str(number) for number in range(40)], BagEncoder(), executor=Dying())
