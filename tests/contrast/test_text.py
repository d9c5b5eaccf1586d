from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.sentences import CORPUS, SCORES, WORDS, linear_bag
from xaiwidgets import contrast
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.sentences import Sentence


@pytest.fixture(scope="module")
def model() -> Any:
    return linear_bag()


@pytest.fixture(scope="module")
def field(model: Any) -> contrast.WordField:
    return contrast.WordField(WORDS, model.embedding, CORPUS, candidates=7)


# --- soft words ------------------------------------------------------------------------------


def test_a_sure_word_has_its_own_embedding(model: Any) -> None:
    soft = contrast.SoftmaxEmbedding(model.embedding)
    numbers = torch.tensor([[2, 4, 6]])
    one_hot = torch.nn.functional.one_hot(numbers, len(WORDS)).float()
    assert torch.allclose(soft(50 * one_hot), model.embedding[numbers], atol=1e-5)


def test_probabilities_are_refused_where_logits_belong() -> None:
    soft = contrast.SoftmaxEmbedding(torch.rand(5216, 3))
    logits = torch.randn(2, 4, 5216)
    with pytest.raises(InputError, match=r"no word would weigh more than 0\.00052"):
        soft(logits.softmax(-1))
    assert torch.allclose(soft(logits.softmax(-1).log()), soft(logits), atol=1e-5)
    with pytest.raises(InputError, match=r"\(B, T, 5216\)"):
        soft(torch.zeros(1, 2, 3))
    with pytest.raises(InputError, match="one row for each word"):
        contrast.SoftmaxEmbedding(torch.zeros(3))


def test_of_a_linear_bag_the_boundary_is_as_far_as_gap_over_gradient(model: Any) -> None:
    class Identity:
        def encode(self, images: Tensor) -> Tensor:
            return images

        def decode(self, latents: Tensor) -> Tensor:
            return latents

    tensor = model.input("a very good film")
    found = contrast.explain(model, Identity(), tensor[None], "negative", tolerance=1e-4).run()
    # The log odds are the sum of the first coordinates; each of four words can move.
    gap = SCORES["very"] + SCORES["good"]
    assert math.isclose(found.distance[0], gap / math.sqrt(4), rel_tol=1e-3)


# --- the field of words ----------------------------------------------------------------------


def test_a_field_starts_at_the_sentence_and_lets_neighbours_choose(
    model: Any, field: contrast.WordField
) -> None:
    sentence = model.sentences.read("a very good film")
    place = field.at(sentence)
    weights = place.weights(place.encode(torch.zeros(1)))[0]
    assert torch.allclose(weights[:, 0], torch.tensor(0.9))
    assert torch.allclose(weights.sum(1), torch.tensor(1.0))
    assert place.candidates[:, 0].tolist() == list(sentence.numbers)
    # Between "very" and "film" the corpus has "bad" alone beside "good"; padding never.
    best = place.candidates[2, 1 + int(weights[2, 1:].argmax())]
    assert WORDS[int(best)] == "bad"
    assert not {0, 1} & {*place.candidates.flatten().tolist()}


def test_a_field_takes_the_network_for_its_words(model: Any, field: contrast.WordField) -> None:
    same = contrast.WordField(model, model.embedding, CORPUS, candidates=7)
    sentence = model.sentences.read("a very good film")
    assert torch.equal(same.at(sentence).candidates, field.at(sentence).candidates)


def test_what_is_pinned_or_special_stays(model: Any, field: contrast.WordField) -> None:
    read = model.sentences.read("a very good film")
    sentence = Sentence(read.words, read.numbers, special=(0,))
    place = field.at(sentence, pinned=[2])
    weights = place.weights(torch.randn(3, 4, 7))
    assert bool((weights[:, [0, 2], 0] == 1).all())
    assert bool((weights[:, [1, 3], 0] < 1).all())


def test_a_word_between_words_pairs_as_counted_by_hand(model: Any) -> None:
    field = contrast.WordField(WORDS, model.embedding, ["a good film", "a bad"], candidates=7)
    numbers = model.sentences.read("a good film").numbers
    scores = field._pairs.scores(numbers, 1)
    # After "a": good once, bad once of 2. Before "film": good once of 1; of bad, 0 of 1.
    share = {word: field._pairs._shares[WORDS.index(word)] for word in ("good", "bad", "film")}
    good = (1 + share["good"]) / 3 * (1 + share["film"]) / 2
    bad = (1 + share["bad"]) / 3 * share["film"] / 2
    assert math.isclose(scores[WORDS.index("good")], math.log(good))
    assert math.isclose(scores[WORDS.index("bad")], math.log(bad))


def test_words_of_a_source_come_before_those_of_the_corpus(model: Any) -> None:
    told = {"plot": -0.1, "nowhere": -3.0}
    field = contrast.WordField(
        WORDS, model.embedding, CORPUS, candidates=3, candidates_from=lambda words, at: told
    )
    place = field.at(model.sentences.read("a good film"))
    assert place.candidates[1, :2].tolist() == [WORDS.index("good"), WORDS.index("plot")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep": 0.4}, "above 0.5"),
        ({"candidates": 1}, "at least 2"),
        ({"candidates_from": 3}, "function of words"),
        ({"corpus": []}, "corpus is empty"),
        ({"corpus": "a film"}, "one str"),
        ({"embedding": torch.zeros(2, 3)}, "one row for each word"),
    ],
)
def test_settings_of_a_field_are_checked(model: Any, options: Any, message: str) -> None:
    settings = {"vocabulary": WORDS, "embedding": model.embedding, "corpus": CORPUS, **options}
    with pytest.raises(InputError, match=message):
        contrast.WordField(**settings)


def test_a_layer_of_embeddings_is_as_good_as_its_numbers(model: Any) -> None:
    layer = torch.nn.Embedding.from_pretrained(model.embedding)
    logits = torch.randn(1, 3, len(WORDS))
    soft, same = contrast.SoftmaxEmbedding(layer), contrast.SoftmaxEmbedding(model.embedding)
    assert torch.equal(soft(logits), same(logits))
    assert torch.equal(contrast.WordField(WORDS, layer, CORPUS).embedding, model.embedding)
    assert torch.equal(contrast.SentenceAutoEncoder(WORDS, layer).embedding, model.embedding)


# --- explain_text ----------------------------------------------------------------------------


def test_the_word_that_decides_gives_way(model: Any, field: contrast.WordField) -> None:
    found = contrast.explain_text(
        model, field, ["a very good film", "a bad plot"], ["negative", None], frames=5
    ).run()
    assert repr(found) == "TextContrast(2 of 2 reached, 2 hold in real words)"
    assert found.true.tolist() == [1, 0]
    assert found.probe.tolist() == found.hard_log_likelihoods.argmax(1).tolist() == [0, 1]
    assert found.start_class.tolist() == [1, 0]
    assert found.most_changed == ("good", "bad")
    assert found.replaced(0) == {"good": "bad"}
    assert found.sentence[0] == "a very bad film"
    assert found.replacements[0].tolist() == ["a", "very", "bad", "film"]
    assert found.words[1].tolist() == ["a", "bad", "plot", ""]
    assert found.weights.shape == (5, 2, 4, 7)
    assert np.allclose(found.weights[:, 0].sum(-1), 1, atol=1e-5)
    assert found.weights[0, 0, 2, 0] == pytest.approx(0.9)
    gaps = found.log_likelihoods[-1, :, 1] - found.log_likelihoods[-1, :, 0]
    assert np.abs(gaps).max() <= 0.05
    assert repr(found[1]) == "TextContrast(1 of 1 reached, 1 hold in real words)"
    assert found[1].sentence == found.sentence[1:]
    drawn = found.plot(classes=model.classes)
    assert drawn._repr_png_().startswith(b"\x89PNG")
    first, second = drawn.axes
    assert first.get_title() == "positive: why not negative?"
    labels = [label.get_text() for label in first.get_xticklabels()]
    assert labels == ["a\n", "very\n", "good\n→ bad", "film\n"]
    assert len(second.patches) == 3, "a bar a word, none where the sentence has ended"
    assert first.get_ylim() == second.get_ylim() == (0, 1), "all or nothing gives way"
    heights = [bar.get_height() for bar in first.patches]
    assert heights == pytest.approx(found.change[0].tolist())
    (only,) = found.plot(1).axes
    assert only.get_title() == "class 1: why not class 0?"


def test_words_that_are_pinned_leave_it_to_the_others(
    model: Any, field: contrast.WordField
) -> None:
    found = contrast.explain_text(
        model, field, "a very good film", "negative", pinned=[[2]], frames=2
    ).run()
    assert found.change[0, 2] == 0
    assert found.replacements[0, 2] == "good"
    with pytest.raises(InputError, match="words 0 to 2"):
        contrast.explain_text(model, field, "a good film", pinned=[[3]])
    for wrong in ([], [0], "good"):
        with pytest.raises(InputError, match="for each of 1"):
            contrast.explain_text(model, field, "a good film", pinned=wrong)


def test_a_sentence_of_pinned_words_reaches_no_boundary(
    model: Any, field: contrast.WordField
) -> None:
    found = contrast.explain_text(
        model, field, "a good film", "negative", pinned=[[0, 1, 2]], frames=2
    ).run()
    assert not found.converged[0]
    assert not found.holds[0]
    assert found.sentence == ("a good film",)
    assert found.replaced() == {}
    title = found.plot(classes=model.classes).axes[0].get_title()
    assert title == "positive: why not negative?; in real words still positive"


def test_unknown_words_are_said_and_stay_as_written(model: Any, field: contrast.WordField) -> None:
    found = contrast.explain_text(model, field, "a good xylophone", frames=2).run()
    assert found.words[0].tolist() == ["a", "good", "xylophone"]
    assert found.unknown[0].tolist() == [False, False, True]


def test_a_generator_that_begins_elsewhere_is_said(model: Any) -> None:
    other = model.sentences.embed(model.sentences.read("a bad film").numbers)

    class Elsewhere:
        candidates = torch.tensor([[2], [4], [6]])

        def at(self, sentence: Sentence, pinned: Any = ()) -> Any:
            return self

        def encode(self, images: Tensor) -> Tensor:
            return torch.zeros(len(images), 1)

        def decode(self, latents: Tensor) -> Tensor:
            return other[None] + 0 * latents[:, :, None, None]

        def weights(self, latents: Tensor) -> Tensor:
            return torch.ones(len(latents), 3, 1)

    found = contrast.explain_text(model, Elsewhere(), "a good film", frames=3).run()
    assert (found.true[0], found.start_class[0]) == (1, 0)
    assert not found.converged[0]
    assert not found.holds[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a good film", "positive"), "sentence 0, 'a good film', is predicted"),
        (("a good film", "neutral"), "neutral"),
        (([],), "no sentences"),
        ((None,), "sentences is NoneType"),
        ((b"a good film",), "sentences is bytes; give a str"),
        ((["123"],), "has no word"),
        (("a good film", None), "frames is 1"),
        (("a good film", None), "method is 'gradient'"),
        (("a good film", None), "tolerance is 0"),
        (("a good film", None), "max_steps is 0"),
    ],
)
def test_bad_questions_fail_at_once(
    model: Any, field: contrast.WordField, arguments: Any, message: str
) -> None:
    name, _, value = message.partition(" is ")
    options: Any = {name: eval(value)} if value in ("1", "0", "'gradient'") else {}
    with pytest.raises(InputError, match=message):
        contrast.explain_text(model, field, *arguments, **options)
    with pytest.raises(InputError, match="give a TextClassifier"):
        contrast.explain_text(torch.nn.Linear(2, 2), field, "a")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="WordField or a"):
        contrast.explain_text(model, 3, "a")  # type: ignore[arg-type]


def test_embeddings_of_another_network_are_refused(model: Any) -> None:
    for other in (2 * model.embedding, model.embedding[:, :1]):
        with pytest.raises(InputError, match="are not the network's"):
            contrast.explain_text(model, contrast.WordField(WORDS, other, CORPUS), "a good film")


def test_a_preview_has_the_sentences_that_are_done(model: Any, field: contrast.WordField) -> None:
    work = contrast.explain_text(model, field, ["a good film", "a bad film"], frames=2)
    previews = [progress.preview for progress in work if progress.has_preview]
    assert {len(preview) for preview in previews} == {1, 2}


# --- what stands beside ----------------------------------------------------------------------


def test_of_a_linear_bag_both_trivial_answers_are_exact(model: Any) -> None:
    effects = contrast.word_effects(model, "a very good plot").run()
    expected = [SCORES.get(word, 0) for word in effects.words]
    assert effects.leave_one_out == pytest.approx(expected, abs=1e-5)
    assert effects.gradient == pytest.approx(expected, abs=1e-5)
    assert effects.strongest == ("good", "good")
    # What stands in a word's place when it is left out may add something itself.
    padded = linear_bag()
    padded.net.net.embedding.weight.data[0, 0] = 0.75
    effects = contrast.word_effects(padded, "a very good plot").run()
    assert effects.leave_one_out == pytest.approx([e - 0.75 for e in expected], abs=1e-5)
    assert effects.gradient == pytest.approx(effects.leave_one_out, abs=1e-5)
    against = contrast.word_effects(model, "a very good plot", "positive")
    assert against.run().leave_one_out == pytest.approx([0] * 4)


# --- the thesis's generator ------------------------------------------------------------------


@pytest.fixture(scope="module")
def auto_encoder(model: Any) -> contrast.SentenceAutoEncoder:
    made = contrast.SentenceAutoEncoder(WORDS, model.embedding, latent=8, hidden=24)
    return made.fit(CORPUS, epochs=120, learning_rate=0.02, missing=0.1).run()


@pytest.mark.slow
def test_an_auto_encoder_writes_its_sentences_again(
    auto_encoder: contrast.SentenceAutoEncoder, model: Any, tmp_path: Path
) -> None:
    right = []
    for text in CORPUS:
        sentence = model.sentences.read(text)
        place = auto_encoder.at(sentence)
        weights = place.weights(place.encode(model.input(text)[None]))[0]
        right.append((weights.argmax(1) == 0).float().mean())
    assert torch.stack(right).mean() > 0.9
    again = contrast.SentenceAutoEncoder.load(auto_encoder.save(tmp_path / "made.safetensors"))
    assert torch.equal(again.latents_of(CORPUS), auto_encoder.latents_of(CORPUS))
    with pytest.raises(DataError, match="holds SentenceAutoEncoder"):
        contrast.VAE.load(tmp_path / "made.safetensors")


def test_an_auto_encoder_is_a_generator_of_text(
    auto_encoder: contrast.SentenceAutoEncoder, model: Any
) -> None:
    found = contrast.explain_text(model, auto_encoder, "a very good film", frames=3).run()
    assert found.start_class.tolist() == [1]
    assert found.converged[0]
    assert found.weights.shape == (3, 1, 4, len(WORDS))
    assert np.allclose(found.weights.sum(-1), 1, atol=1e-5)


@pytest.mark.parametrize("options", [{"missing": 1.0}, {"epochs": 0}, {"learning_rate": 2}])
def test_settings_of_a_training_are_checked(
    auto_encoder: contrast.SentenceAutoEncoder, options: Any
) -> None:
    with pytest.raises(InputError):
        auto_encoder.fit(CORPUS, **options)
    with pytest.raises(InputError, match="no sentences"):
        auto_encoder.fit(["123"])
