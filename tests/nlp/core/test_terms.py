import pytest

from nlp.core import terms, text


def read(*lines):
    return terms.read(lines, (text.tokens(line) for line in lines))


def spelled(found):
    return set(terms.spellings(found, range(len(found.keys))).values())


def test_phrases_stand_beside_their_words():
    assert {"計程車", "職業駕照", "計程車職業駕照"} <= spelled(read("計程車職業駕照"))
    assert {"cost of living", "cost"} <= spelled(read("the cost of living"))
    assert not {"of", "the cost"} & spelled(read("the cost of living"))


def test_what_is_parted_by_a_mark_is_no_phrase():
    found = spelled(read("roads, bridges", "公車、垃圾"))
    assert "roads, bridges" not in found and "公車、垃圾" not in found


def test_every_term_stands_where_it_says():
    lines = ["New Zealand taxes land", "土地稅太低"]
    found = read(*lines)
    for row, term, start, end in zip(found.rows, found.terms, found.starts, found.ends, strict=True):
        words = text.tokens(lines[row][start:end])
        assert found.keys[term] == tuple(token.key for token in words)


def test_words_after_to_and_will_are_less_surely_things():
    found = read("we will yield", "they should yield", "the roads of our town", "to the roads")
    nouns = dict(zip(found.keys, found.nouns.tolist(), strict=True))
    assert nouns["yield",] < nouns["road",]


def test_capitals_that_only_begin_a_sentence_are_not_a_name():
    assert {"parking", "Brexit"} <= spelled(read("Parking is full. Brexit hurts", "Parking is dear, says Brexit"))
    assert "New Zealand" in spelled(read("New Zealand is small"))


def test_texts_and_tokens_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError):
        terms.read(["a", "b"], [[]])
    assert terms.read([], []).keys == ()
