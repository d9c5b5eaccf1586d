"""The TextContrastExplorer without a page: ask, impose, pin, cancel."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import torch
import traitlets as t

from tests.sentences import CORPUS, WORDS, linear_bag
from tests.widgets.hands import MADE, FakeComm, told, until
from xaiwidgets import Explorer, TextClassifier, TextContrastExplorer, Window, contrast
from xaiwidgets.errors import InputError
from xaiwidgets.optimize import PreparedNetwork

MODEL = linear_bag()
FIELD = contrast.WordField(WORDS, MODEL.embedding, CORPUS, candidates=7)


def explorer(sentences: Any = "a very good film", **settings: Any) -> TextContrastExplorer:
    widget = TextContrastExplorer(MODEL, FIELD, sentences, **settings)
    MADE.append(widget)
    assert widget._run is not None
    widget._run.wait(30)
    return widget


def test_the_answer_is_what_explain_text_gives() -> None:
    widget = explorer()
    expected = contrast.explain_text(MODEL, FIELD, "a very good film", "negative").run()
    result = widget.result
    assert result is not None
    assert result.sentence == expected.sentence == ("a very bad film",)
    assert (result.weights == expected.weights).all()
    shown = widget.contrast
    assert shown is not None
    assert (shown["true_label"], shown["probe_label"]) == ("positive", "negative")
    assert shown["candidates"][2][0] == "good"
    assert shown["weights"].shape == (33, 4, 7)
    assert shown["holds"]
    assert widget.effects is not None
    assert widget.effects["leave_one_out"] == pytest.approx([0, 0.5, 2, 0], abs=1e-5)
    assert [word["text"] for word in widget.words] == ["a", "very", "good", "film"]
    assert [each["answer"] for each in widget.questions] == ["a very bad film"]


def test_the_python_that_is_copied_gives_the_same() -> None:
    widget = explorer(pinned=[1], tolerance=0.1)
    scope = {"model": MODEL, "generator": FIELD}
    exec(widget.code, scope)
    assert "pinned=[[1]], tolerance=0.1" in widget.code
    *_, last = widget.code.splitlines()
    assert (eval(last, scope).weights == widget.result.weights).all()  # type: ignore[union-attr]


def test_another_sentence_unpins_and_takes_back_a_probe_that_it_is() -> None:
    widget = explorer(pinned=[2], probe="negative")
    assert widget.probe == 0
    widget.sentence = "a bad plot"
    until(lambda: widget.result is not None and widget.result.words.shape == (1, 3))
    assert widget.pinned == []
    assert widget.probe is None
    assert widget.result.probe.tolist() == [1]  # type: ignore[union-attr]
    with pytest.raises(t.TraitError, match="predicted to be 'negative'"):
        widget.probe = "negative"
    with pytest.raises(t.TraitError, match="has no word"):
        widget.sentence = "123"
    with pytest.raises(t.TraitError, match="there are 3 words"):
        widget.pinned = [3]
    assert widget.sentence == "a bad plot"


def test_a_word_is_imposed_and_stays() -> None:
    widget = explorer()
    result = widget.impose(1, "rather").wait(30).contrast
    assert widget.sentence == "a rather good film"
    assert widget.pinned == [1]
    assert result.change[0, 1] == 0
    assert widget.impose(2, "bad").wait(30).contrast.true.tolist() == [0]
    assert widget.pinned == [1, 2]
    with pytest.raises(InputError, match="does not know 'goood'; did you mean 'good'"):
        widget.impose(0, "goood")
    with pytest.raises(InputError, match="words 0 to 3"):
        widget.impose(4, "good")
    assert len(widget.questions) == 3
    again = widget.ask_again(0).wait(30).contrast
    assert again.words[0].tolist() == ["a", "very", "good", "film"]
    assert widget.pinned == []
    assert len(widget.questions) == 3
    with pytest.raises(InputError, match="not among the 3"):
        widget.ask_again(3)


def test_commands_of_the_page_are_answered() -> None:
    widget = explorer()
    widget.comm = comm = FakeComm()
    assert told(comm, widget, "ask", sentence="a good plot")["ok"]
    until(lambda: widget.status["state"] == "done" and widget.contrast is not None)
    answer = told(comm, widget, "ask", sentence="...123")
    assert answer["ok"]  # marks are words, too
    answer = told(comm, widget, "ask", sentence="123")
    assert not answer["ok"] and "has no word" in answer["error"]["message"]
    assert told(comm, widget, "impose", place=0, word="rather")["ok"]


def test_sentences_of_a_file_are_there_to_choose_from() -> None:
    widget = explorer(["a very good film", "a very good film"])
    assert widget.sentences == ["a very good film"]
    widget.comm = comm = FakeComm()
    assert widget.add_file("mine.txt", [b"a bad plot\n123\na very good film"]) == {
        "name": "mine.txt",
        "index": 1,
        "notes": ["line 2: '123' has no word; write a sentence"],
    }
    assert widget.sentences == ["a very good film", "a bad plot"]
    assert widget.sentence == "a very good film", "until one is chosen"
    answer = told(comm, widget, "add", name="cat.png", buffers=[b"\x89PNG\xff"])
    assert not answer["ok"] and "no text in UTF-8" in answer["error"]["message"]
    assert len(widget.sentences) == 2


def test_both_parts_of_the_work_are_counted() -> None:
    steps = explorer().steps(explorer().state)
    assert {(step.done, step.total) for step in steps} == {(0, 2), (1, 2)}


def test_unknown_words_are_marked() -> None:
    widget = explorer("a good xylophone")
    assert [word["is_known"] for word in widget.words] == [True, True, False]


@pytest.mark.slow
def test_a_slow_search_is_cancelled_and_the_network_is_as_it_was() -> None:
    class Slow(torch.nn.Module):
        def __init__(self, net: torch.nn.Module) -> None:
            super().__init__()
            self.net = net

        def forward(self, numbers: torch.Tensor) -> torch.Tensor:
            time.sleep(0.02)
            return self.net(numbers)

    net = Slow(MODEL.net.net)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    slow = TextClassifier(net, WORDS, classes=MODEL.classes)
    widget = TextContrastExplorer(slow, FIELD, "a very good film")
    MADE.append(widget)
    widget.cancel()
    until(lambda: widget.status["state"] != "running")
    assert widget.contrast is None
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert not net.net.embedding._forward_hooks  # type: ignore[union-attr]
    assert widget.run().wait(60).contrast.converged[0]


def test_a_gesture_evaluates_a_new_sentence_once_and_a_known_one_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evaluate, here = PreparedNetwork.in_chunks, []

    def counted(network: PreparedNetwork, batch: torch.Tensor, *options: Any) -> torch.Tensor:
        if threading.current_thread() is threading.main_thread():
            here.append(batch.shape)
        return evaluate(network, batch, *options)

    monkeypatch.setattr(PreparedNetwork, "in_chunks", counted)
    model = linear_bag()
    widget = TextContrastExplorer(model, FIELD, "a very good film")
    MADE.append(widget)
    assert len(here) == 1
    for gesture, evaluations in (
        (widget.run, 0),
        (lambda: widget.ask("a good plot"), 1),
        (lambda: widget.ask("a good plot", pinned=[1]), 0),
        (lambda: widget.ask_again(0), 0),
        (lambda: widget.impose(1, "rather"), 1),
    ):
        here.clear()
        gesture().wait(30)
        assert len(here) == evaluations
    with torch.no_grad():
        model.net.net.embedding.weight[WORDS.index("good"), 0] = -2.0
    field = contrast.WordField(WORDS, model.embedding, CORPUS, candidates=7)
    other = TextContrastExplorer(model, field, "a good plot")
    MADE.append(other)
    assert other.run().wait(30).contrast.true.tolist() == [0]


def test_wrong_arguments_are_refused_at_once() -> None:
    for sentences, generator, message in (
        ([], FIELD, "sentences is empty"),
        (None, FIELD, "sentences is NoneType; give a str"),
        (["a film", "123"], FIELD, "has no word"),
        ("a film", 3, "WordField or a"),
        ("a film", contrast.WordField(WORDS, 2 * MODEL.embedding, CORPUS), "not the network's"),
    ):
        with pytest.raises(InputError, match=message):
            TextContrastExplorer(MODEL, generator, sentences)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="give a TextClassifier"):
        TextContrastExplorer(torch.nn.Linear(2, 2), FIELD, "a film")  # type: ignore[arg-type]


def test_the_page_opens_without_a_kernel(tmp_path: Any) -> None:
    text = explorer().to_html(tmp_path / "text.html").read_text()
    assert "TextContrastExplorer" in text
    assert "a very bad film" in text


def test_an_explorer_of_sentences_shows_their_words() -> None:
    widget = Explorer(MODEL, ["a very good film", "a very bad film"], budget=64)
    MADE.append(widget)
    widget.run().wait(30)
    assert widget.picture is not None
    assert widget.picture["words"] == ["a", "very", "good", "film"]
    assert widget.attribution is not None
    assert widget.attribution["cells"][0] == pytest.approx([0, 0.25, 1, 0], abs=1e-5)
    widget.edit("erase", Window(0, 2, 1, 1))
    until(lambda: widget.status["state"] == "done" and widget.original is not None)
    assert widget.picture["words"] == ["a", "very", "<pad>", "film"]
    assert widget.original["words"][2] == "good"  # type: ignore[index]
