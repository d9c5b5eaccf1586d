from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from tests.sentences import WORDS, linear_bag
from xaiwidgets import Classifier, RowClassifier, TextClassifier
from xaiwidgets.errors import InputError
from xaiwidgets.text_network import TextNetwork


class Transformer(nn.Module):
    """Two embeddings, attention, and words that padding hides."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(len(WORDS), 8), nn.Embedding(20, 8)
        self.mix = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        """Return logits (B, 3)."""
        x = self.words(numbers) + self.places(torch.arange(numbers.shape[1]))
        return self.head(self.mix(x, src_key_padding_mask=numbers == 0).mean(1))


def test_embeddings_in_place_of_numbers_give_the_networks_own_answer() -> None:
    torch.manual_seed(0)
    net = Transformer().eval()
    model = TextNetwork(net, WORDS, embedding="words")
    expected = net(torch.tensor([[2, 3, 6]])).detach()
    assert torch.allclose(model.logits(model.input("a very film")[None]), expected, atol=1e-5)
    assert torch.allclose(model.logits_of(["film a", "a very film"])[1], expected[0], atol=1e-5)
    assert not net.words._forward_hooks
    assert model.words_at(model.input("A film, ugly")) == ("a", "film", "<unk>", "<unk>")
    assert model.sentences.read("A film, ugly").unknown == (2, 3)


class AskedByEmbeddings(nn.Module):
    """Takes words by number or by embedding, and does not say which of its layers has them."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.head = nn.Embedding(len(WORDS), 3), nn.Linear(3, 2)

    def forward(
        self,
        numbers: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return logits (B, 2)."""
        read = self.words(numbers) if inputs_embeds is None else inputs_embeds
        return self.head(read.mean(1))


def test_of_one_embedding_layer_it_need_not_be_said_that_it_has_the_words() -> None:
    net = AskedByEmbeddings()
    model = TextNetwork(net, WORDS)
    assert (model.net.layer, model.net.takes_embeddings) == ("words", True)
    expected = net(torch.tensor([[2, 3, 6]])).detach()
    assert torch.allclose(model.logits_of("a very film"), expected, atol=1e-5)


def test_without_has_padding_in_the_place_of_words() -> None:
    model = linear_bag()
    assert model.words_at(model.sentences.without("a good film", [1])) == ("a", "<pad>", "film")
    assert bool((model.sentences.without("a good film") == 0).all())
    # What stands for a word can be written, and is read back.
    assert model.sentences.read("a <pad> <unk>").numbers == (2, 0, 1)
    assert model.sentences.read("a <pad> <unk>").unknown == ()


def test_what_loads_networks_of_pictures_is_not_offered_for_sentences() -> None:
    for name in ("from_timm", "from_torchvision"):
        assert hasattr(Classifier, name) and not hasattr(TextClassifier, name)
        assert not hasattr(RowClassifier, name)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TextNetwork(Transformer(), WORDS), "which nn.Embedding"),
        (lambda: TextNetwork(Transformer(), WORDS, embedding="word"), "did you mean 'words'"),
        (lambda: TextNetwork(nn.Linear(2, 2), WORDS), "there are none"),
        (lambda: TextNetwork(Transformer(), [*WORDS, "x"], embedding="words"), "has embeddings"),
        (lambda: TextNetwork(Transformer(), "abc", embedding="words"), "vocabulary is str"),
        (lambda: linear_bag(longest=3).input("a very good film"), "has 4 words.*takes 3"),
        (lambda: linear_bag().input("... 123"), None),
        (lambda: linear_bag().input("123"), "has no word"),
        (lambda: linear_bag().sentences.read(3), "a sentence is a str"),
        (lambda: linear_bag().predict(["a film"]), "a sentence is a str; got list"),
        (lambda: linear_bag().logits_of([]), "no sentences"),
        (lambda: linear_bag().logits_of(3), "sentences is int"),
        (lambda: linear_bag().sentences.without("a film", [2]), "place 2: .* words 0 to 1"),
        (lambda: linear_bag().sentences.without("a film", 1), "places is 1; give .* a list"),
        (lambda: TextNetwork(Transformer(), WORDS, embedding=0), "no nn.Embedding 0"),
        (lambda: linear_bag().sentences.without("a film", [-1]), "place -1: .* words 0 to 1"),
    ],
)
def test_what_cannot_be_read_is_said(make, message: str | None) -> None:  # type: ignore[no-untyped-def]
    if message is None:
        make()
        return
    with pytest.raises(InputError, match=message):
        make()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT that classifies sentences, saved with its tokenizer."""
    transformers = pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "good", "bad", "film", "##s"]
    (folder / "vocab.txt").write_text("\n".join(words))
    transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=9, id2label={0: "no", 1: "yes"},
    )  # fmt: skip
    torch.manual_seed(0)
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    transformers.BertForMaskedLM(config).save_pretrained(folder / "language")
    return folder


def test_a_sentence_classifier_of_transformers_brings_words_and_classes(folder: Path) -> None:
    model = TextClassifier.from_transformers(str(folder))
    assert model.classes == ("no", "yes")
    sentence = model.sentences.read("A good films")
    assert sentence.words == ("[CLS]", "a", "good", "film", "##s", "[SEP]")
    assert sentence.special == (0, 5)
    own = model.net.net.eval()(torch.tensor([sentence.numbers])).logits.detach()
    assert torch.allclose(model.logits_of(["A good films"]), own, atol=1e-5)
    assert model.words_at(model.sentences.without("a film"))[1:3] == ("[MASK]", "[MASK]")
    assert model.reader.written(sentence.words) == "a good films"
    with pytest.raises(InputError, match="takes 9 at most"):
        model.input("a " * 9)


def test_a_transformer_is_explained_with_words_of_a_language_model(folder: Path) -> None:
    transformers = pytest.importorskip("transformers")
    from xaiwidgets import contrast

    model = TextClassifier.from_transformers(str(folder))
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    language = transformers.AutoModelForMaskedLM.from_pretrained(folder / "language")
    source = contrast.masked_words(language.eval(), tokenizer)
    told = source(("a", "good", "film"), 1)
    assert abs(sum(2.718281828**log for log in told.values()) - 1) < 1e-4
    field = contrast.WordField(
        tokenizer,
        model.embedding,
        ["a good film", "bad films"],
        candidates=4,
        candidates_from=source,
    )
    found = contrast.explain_text(model, field, "a good film", max_steps=5, frames=3).run()
    # No one wrote [CLS] and [SEP]: they stay.
    assert found.change[0, [0, -1]].tolist() == [0, 0]
    assert found.weights.shape == (3, 1, 5, 4)
    # Only words stand in for words.
    assert not {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"} & {*found.candidates[0, 1:4].flat}
    plain = contrast.WordField(model.reader, model.embedding, ["a good film", "bad films"])
    assert contrast.explain_text(model, plain, "a good film", max_steps=5, frames=3).run()


def test_integrated_gradients_are_captums_of_the_embedding_layer() -> None:
    attr = pytest.importorskip("captum.attr")
    torch.manual_seed(0)
    net = Transformer().eval()
    numbers = torch.tensor([[2, 3, 5, 6]])
    # captum's baseline is a sentence of numbers; ours is an embedding of zeros.
    net.words.weight.data[0] = 0
    plain = Unmasked(net)
    method = attr.LayerIntegratedGradients(plain, net.words)
    expected = method.attribute(numbers, torch.zeros_like(numbers), target=1, n_steps=200)
    found = TextClassifier(plain, WORDS, embedding="net.words")("a very bad film").explain(
        "ig(steps=200)", target=1
    )
    assert found.cells[0] == pytest.approx(expected.sum(2)[0].tolist(), abs=2e-3)


class Unmasked(nn.Module):
    """A `Transformer` that hides no padding."""

    def __init__(self, net: Transformer) -> None:
        super().__init__()
        self.net = net

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        """Return logits (B, 3)."""
        net = self.net
        x = net.words(numbers) + net.places(torch.arange(numbers.shape[1]))
        return net.head(net.mix(x).mean(1))
