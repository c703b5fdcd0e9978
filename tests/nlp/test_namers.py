import json

import pytest

from nlp.core import naming
from nlp.namers import HttpNamer


def test_a_model_is_asked_in_the_usual_way(model):
    assert HttpNamer(model.url, "small", key="k").name(["公車"], ["夜間公車太少"], "zh-Hant") == "夜間公車"
    path, authorization, body = model.asked[0]
    assert path == "/v1/chat/completions" and authorization == "Bearer k"
    assert body["model"] == "small" and body["temperature"] == 0
    assert json.loads(body["messages"][1]["content"])["opinions"] == ["夜間公車太少"]


@pytest.mark.parametrize(
    ("status", "answer"),
    [(500, "{}"), (200, "not json"), (200, '{"choices": []}'), (200, '{"choices": [{"message": {"content": null}}]}')],
)
def test_a_model_that_answers_something_else_names_nothing_and_is_left_alone(model, status, answer):
    model.status, model.answer = status, answer
    namer = HttpNamer(model.url, "small")
    for _ in range(4):
        with pytest.raises(naming.NamerFailed):
            namer.name(["公車"], ["夜間公車太少"], "zh-Hant")
    assert len(model.asked) == 2


def test_a_slow_model_is_not_waited_for(model):
    model.delay = 20
    assert (
        naming.suggest(HttpNamer(model.url, "small", timeout=(1, 0.1)), "公車", [], ["夜間公車"], "zh-Hant") == "公車"
    )


def test_an_address_that_is_none_is_refused():
    with pytest.raises(ValueError, match="not the address"):
        HttpNamer("file:///etc/passwd", "small")
