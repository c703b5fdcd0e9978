import numpy as np

from nlp.core import languages
from nlp.core.descriptions import Opinions, describe
from nlp.core.levels import Level
from nlp.core.records import Text


def topic_of(*lines, is_whole=False):
    """The one topic that these opinions of as many people are; the first ones are the most typical."""
    vectors = np.array([[1.0, 0.1 * place] for place in range(len(lines))], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [Text(place, line, author=f"p{place}") for place, line in enumerate(lines)]
    said = [languages.identify(line) for line in lines]
    opinions = Opinions.read(texts, lines, said, vectors, None, np.ones(len(lines), dtype=bool))
    level = Level(np.zeros(len(lines), np.int64), vectors[:1], (1,), np.zeros(0, np.int64))
    (topic,) = describe(opinions, level, analysed=len(lines), is_whole=is_whole)
    return topic


def test_words_that_only_simplified_posts_use_are_shown_as_most_people_write():
    traditional = ["捷運末班車太早", "捷運末班車要延後", "希望捷運末班車晚一點"]
    topic = topic_of(*traditional, "地铁的停车场太贵", "停车场不够")
    assert "停車場" in topic.keywords and not {"停车场", "地铁"} & set(topic.keywords)


def test_a_topic_of_simplified_posts_is_shown_in_simplified():
    topic = topic_of("停车场太贵", "停车场不够", "停车场很远", "停車場太少")
    assert topic.label == "停车场"


def test_a_topic_without_shared_words_is_called_by_a_quote_in_the_language_of_most():
    assert topic_of("I don't know", "沒有什麼意見", "辛苦大家了", "謝謝你們").label == "沒有什麼意見"


def test_a_topic_without_quotes_in_its_language_is_called_by_its_most_typical():
    assert topic_of("I don't know").label == "I don't know"


def test_where_nothing_was_parted_it_is_said_in_the_language_of_most():
    assert topic_of("All is well", "沒有什麼意見", "謝謝你們", is_whole=True).label == "全部意見"
