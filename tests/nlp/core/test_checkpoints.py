import numpy as np
import pytest

from nlp.core.checkpoints import Checkpoints, key_of

ROWS = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture
def kept(tmp_path):
    store = Checkpoints(tmp_path / "work")
    store.keep(key_of("one"), {"rows": ROWS, "names": np.array(["甲", "乙"])})
    return store


def only_file(store):
    (path,) = [path for path in store.folder.rglob("*") if path.is_file()]
    return path


def test_what_was_kept_is_found_again_exactly(kept):
    arrays = Checkpoints(kept.folder).recall(key_of("one"))
    assert arrays["rows"].tobytes() == ROWS.tobytes() and arrays["rows"].dtype == np.float32
    assert arrays["names"].tolist() == ["甲", "乙"]


def test_what_was_never_kept_is_not_found(kept):
    assert kept.recall(key_of("two")) is None and kept.damaged == 0


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[:40] + b"?" + data[41:], lambda data: b""]
)
def test_a_damaged_checkpoint_is_noticed_and_made_again(kept, damage):
    path = only_file(kept)
    path.write_bytes(damage(path.read_bytes()))
    made = kept.recall_or_make(key_of("one"), lambda: {"rows": ROWS + 1})
    assert kept.damaged == 1 and made["rows"][0, 0] == 1
    assert Checkpoints(kept.folder).recall(key_of("one"))["rows"][0, 0] == 1


def test_what_is_kept_is_not_made_twice(kept):
    assert kept.recall_or_make(key_of("one"), pytest.fail)["rows"].shape == (2, 3)


def test_a_write_that_fails_leaves_nothing_behind(kept, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nlp.core.checkpoints.os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        kept.keep(key_of("two"), {"rows": ROWS})
    only_file(kept)


def test_clearing_takes_only_its_own_files(kept):
    (kept.folder / "notes.txt").write_text("mine")
    kept.clear()
    assert only_file(kept).name == "notes.txt"


def test_keys_tell_parts_and_kinds_apart():
    keys = [
        key_of("ab", "c"),
        key_of("a", "bc"),
        key_of("1"),
        key_of(1),
        key_of(1.0),
        key_of(None),
        key_of(ROWS),
        key_of(ROWS.T),
        key_of(ROWS.reshape(3, 2)),
        key_of(ROWS.astype(np.float64)),
    ]
    assert len(set(keys)) == len(keys) and key_of("ab", "c") == keys[0]
