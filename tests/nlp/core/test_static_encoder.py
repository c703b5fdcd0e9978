import numpy as np
import pytest

from nlp.core import encoders, static_encoder
from nlp.core.static_encoder import Features, StaticEncoder, hashes_of
from nlp.core.text import simplify


@pytest.fixture(scope="module")
def static():
    return encoders.load("static")


@pytest.fixture
def features():
    """A handful of features over the Latin letters and Han characters."""
    letters = np.arange(0x10000, dtype=np.uint32)
    classes = np.zeros(0x10000, dtype=np.uint8)
    letters[ord("A") : ord("Z") + 1] += 32
    classes[ord("A") : ord("Z") + 1] = classes[ord("a") : ord("z") + 1] = static_encoder.WORD
    classes[0x4E00:0xA000] = static_encoder.GRAM
    letters[classes == static_encoder.SPACE] = ord(" ")
    vocabulary = ["good", "not", "not good", "公", "公車", "公車站牌"]
    return Features(letters, classes, hashes_of(vocabulary), 16), vocabulary


def found(features, texts):
    reader, vocabulary = features
    bags = reader(texts)
    parts = np.split(bags.rows, bags.starts[1:-1])
    return [[vocabulary[row] if row < len(vocabulary) else "piece" for row in part] for part in parts]


def test_words_pairs_and_runs_of_characters_are_found(features):
    assert found(features, ["Not GOOD", "公車站牌"]) == [["not", "good", "not good"], ["公", "公車", "公車站牌"]]


def test_nothing_is_found_across_a_boundary_or_another_text(features):
    assert found(features, ["not, good", "公/車", "not", "good"]) == [["not", "good"], ["公"], ["not"], ["good"]]


def test_an_unknown_word_is_read_by_its_pieces(features):
    assert found(features, ["goo", "", "good"]) == [["piece"] * 5, [], ["good"]]


def test_rows_are_unit_and_in_the_order_given(static, town):
    texts = [one.text for one in town]
    vectors = static.encode(texts)
    assert vectors.shape == (len(texts), static.dim) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(static.encode(texts[::-1])[::-1], vectors)


def test_a_vector_depends_on_its_text_alone(static, town):
    texts = [one.text for one in town] * 500
    together = static.encode(texts)
    for position in (0, 37, 10_000, len(texts) - 1):
        assert static.encode([texts[position]]).tobytes() == together[position].tobytes()


def test_no_texts_give_no_rows(static):
    assert static.encode([]).shape == (0, static.dim)


def test_anything_can_be_read(static):
    vectors = static.encode(["", "-", "😀" * 50, "\ud800", "\U0010fffd", "公車" * 100_000, "שלום", "กรุงเทพ", "a\nb\0c"])
    assert np.isfinite(vectors).all() and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[1])


def test_case_and_spelling_make_no_difference(static, town):
    texts = [one.text for one in town]
    same = static.encode([simplify(text).upper() for text in texts])
    assert np.einsum("ij,ij->i", static.encode(texts), same).min() > 0.999


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("公車班次太少", "巴士要等很久", "營養午餐不好吃"),
        ("房租太貴了", "租金應該要有補貼", "流浪狗應該要結紮"),
        ("醫院要等很久", "看醫生的時間太長", "圖書館的書很舊"),
        ("The rent is too high", "Housing costs more than we can pay", "The park needs more trees"),
        ("Teachers are paid too little", "Raise the salaries in our schools", "The river floods every spring"),
        ("公車班次太少", "There are not enough buses", "The lunch at school tastes bad"),
        ("政府應該調降電價", "Electricity prices should be lowered", "Dogs must be on a leash"),
    ],
)
def test_like_meaning_is_near(static, text, near, far):
    one, other, unrelated = static.encode([text, near, far])
    assert one @ other > one @ unrelated + 0.1


def test_twins_in_two_languages_find_each_other(static):
    chinese = ["公車要準時", "學校午餐太貴", "垃圾車太早來", "公園需要更多樹", "房價太高", "健保費不要漲"]
    english = [
        "Buses should be on time",
        "School lunch is too expensive",
        "The garbage truck comes too early",
        "The park needs more trees",
        "Housing prices are too high",
        "Do not raise health insurance fees",
    ]
    likeness = static.encode(chinese) @ static.encode(english).T
    assert (likeness.argmax(axis=1) == np.arange(len(chinese))).all()


def test_it_agrees_with_its_teacher_about_what_is_near(static, town, town_vectors):
    """The rank correlation of all pairs' likeness; shuffled rows would give 0."""
    ours = static.encode([one.text for one in town])
    pairs = np.triu_indices(len(town), 1)
    ranks = [(vectors @ vectors.T)[pairs].argsort().argsort() for vectors in (ours, town_vectors)]
    assert np.corrcoef(ranks)[0, 1] > 0.7


def test_a_fingerprint_names_the_table(static):
    assert static.fingerprint == static_encoder.SHA256 != "0" * 64


def test_a_damaged_table_is_refused(tmp_path):
    damaged = tmp_path / static_encoder.FILE.name
    content = bytearray(static_encoder.FILE.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(encoders.EncoderUnavailable, match="damaged"):
        StaticEncoder(damaged)


def test_a_missing_table_is_said_in_plain_words(tmp_path):
    with pytest.raises(encoders.EncoderUnavailable, match="Install Minyi again"):
        StaticEncoder(tmp_path / "static.npz")
