"""Layers: which there are, how they are heard, and how their answers become vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests import models
from tests.algebra.helpers import by_hook
from xaiwidgets import Classifier
from xaiwidgets.errors import ModelError
from xaiwidgets.grids import Grid
from xaiwidgets.layers import Tap, Tapped, called_once, listening, split

BATCH = torch.randn(5, 3, 16, 16, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("shape", "grid", "side", "size"),
    [
        ((3, 16, 16), Grid(1, 16, 16), 13, 3 * 169),  # 3 * 14 ** 2 would be more than 512
        ((2, 3, 5), Grid(1, 3, 5), 3, 18),  # never finer than the map
        ((8, 8, 8), Grid(1, 8, 8), 8, 512),
        ((8, 9, 9), Grid(1, 9, 9), 8, 512),
        ((128, 7, 7), Grid(1, 7, 7), 2, 512),
        ((7, 7, 128), Grid(3, 7, 7), 2, 512),  # channels last
        ((129, 7, 7), Grid(1, 7, 7), 1, 129),
        ((1280, 7, 7), Grid(1, 7, 7), 1, 1280),  # one number for each channel at least
        ((40, 1, 1), Grid(1, 1, 1), 1, 40),
        ((40, 1, 9), Grid(1, 1, 9), 1, 40),
        ((6, 20), Grid(2, 2, 3), 2, 80),  # tokens
        ((7, 20), Grid(2, 2, 3, 1), 2, 100),  # and one of the class
        ((600, 7), Grid(1), 0, 600),  # a series: channels by time
        ((10,), Grid(1, 1, 1), 0, 10),
        ((700,), Grid(1, 1, 1), 0, 512),
        ((2, 3, 4, 5), Grid(1), 0, 2),  # a film
    ],
    ids=str,
)
def test_maps_are_averaged_as_finely_as_512_numbers_allow(
    shape: tuple[int, ...], grid: Grid, side: int, size: int
) -> None:
    output = torch.randn(4, *shape)
    tap = Tap.of("layer", grid, output)
    assert tap == ("layer", grid, side, size)
    assert tap.features(output).shape == (4, size)


def test_an_average_over_a_map_is_that_of_its_squares() -> None:
    output = torch.randn(2, 200, 6, 6, generator=torch.Generator().manual_seed(0))
    by_hand, grid = output.mean((2, 3)), Grid(1, 6, 6)
    assert torch.allclose(Tap.of("layer", grid, output).features(output), by_hand, atol=1e-6)
    output = output[:, :100]
    quarters = torch.stack(
        [output[..., r : r + 3, c : c + 3].mean((2, 3)) for r in (0, 3) for c in (0, 3)], 2
    )
    for answer, layout in (
        (output, grid),
        (output.permute(0, 2, 3, 1), Grid(3, 6, 6)),
        (output.transpose(2, 3), Grid(1, 6, 6, 0, True)),
        (output.flatten(2).transpose(1, 2), Grid(2, 6, 6)),
    ):
        tap = Tap.of("layer", layout, answer)
        assert tap == ("layer", layout, 2, 400)
        assert torch.allclose(tap.features(answer), quarters.flatten(1), atol=1e-6)


def test_tokens_before_the_places_are_kept_apart() -> None:
    output = torch.randn(2, 7, 200)
    found = Tap.of("layer", Grid(2, 2, 3, 1), output).features(output)
    by_hand = torch.cat([output[:, 0], output[:, 1:].mean(1)], 1)
    assert torch.allclose(found, by_hand, atol=1e-6)


def test_places_that_do_not_lie_on_a_picture_are_averaged() -> None:
    output = torch.randn(2, 7, 20)
    found = Tap.of("layer", Grid(1), output).features(output)
    assert torch.allclose(found, output.mean(2), atol=1e-6)


@pytest.mark.parametrize("net", [models.small(), models.Untidy()], ids=["small", "untidy"])
def test_a_tapped_network_answers_with_logits_and_then_with_features(net: nn.Module) -> None:
    layers = ["0", "2", "4", "8"] if isinstance(net, nn.Sequential) else ["bn1", "conv2", "head"]
    net.eval()
    anatomy = Classifier(net).anatomy(BATCH[0])
    taps = [anatomy.tap(layer) for layer in layers]
    with torch.no_grad():
        rows = Tapped(net, taps)(BATCH)
        whole = net(BATCH)
    logits, features = split(rows.numpy(), taps)
    assert np.array_equal(logits, whole.numpy())
    for tap, found in zip(taps, features, strict=True):
        by_hand = tap.features(by_hook(net, tap.layer, BATCH))
        np.testing.assert_allclose(found, by_hand.numpy(), atol=1e-6)


def test_a_layer_is_heard_before_the_next_one_overwrites_it() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(784, 3))
    tap = Tap("0", Grid(1, 14, 14), 1, 4)
    with torch.no_grad():
        rows = Tapped(net, [tap])(BATCH)
        before = net[0](BATCH).mean((2, 3))
    assert (before < 0).any()
    assert torch.allclose(rows[:, 3:], before, atol=1e-6)


def test_a_tapped_network_shares_the_network_and_leaves_no_hook() -> None:
    net = models.small().train()
    before = models.condition(net)
    tapped = Tapped(net, [Tap("4", Grid(1, 8, 8), 1, 16)])
    assert tapped.net is net
    assert tapped.training
    with torch.no_grad():
        tapped.eval()(BATCH)
    net.train()
    assert models.condition(net)["hooks"] == before["hooks"]
    with pytest.raises(RuntimeError):
        tapped(torch.zeros(1, 5, 4, 4))
    assert models.condition(net)["hooks"] == before["hooks"]


def test_hooks_of_the_user_are_heard_through_and_kept() -> None:
    net = models.small().eval()
    net[4].register_forward_hook(lambda module, inputs, output: output * 3)
    with torch.no_grad():
        plain = F.conv2d(net[:4](BATCH), net[4].weight, net[4].bias, stride=2, padding=1)
        rows = Tapped(net, [Tap("4", Grid(1, 8, 8), 1, 16)])(BATCH)
    assert torch.allclose(rows[:, 4:], 3 * plain.mean((2, 3)), atol=1e-5)
    assert len(net[4]._forward_hooks) == 1


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_listening_ends_whatever_happens(error: type[BaseException]) -> None:
    net = models.small()
    with pytest.raises(error), listening(net, ["0", "4"], lambda name, output: None):
        raise error
    assert not any(module._forward_hooks for module in net.modules())


def test_listening_to_a_layer_that_is_not_there_leaves_no_hook() -> None:
    net = models.small()
    with pytest.raises(AttributeError), listening(net, ["0", "nowhere"], lambda name, output: None):
        pass
    assert not any(module._forward_hooks for module in net.modules())


class Winding(nn.Module):
    """Calls its layers in an order of its own, some twice, some never, some with tuples."""

    def __init__(self) -> None:
        super().__init__()
        self.last, self.twice, self.never = nn.Linear(4, 3), nn.ReLU(), nn.Linear(4, 4)
        self.first, self.tuples = nn.Linear(4, 4), nn.LSTM(4, 4, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.twice(self.first(x.flatten(1)[:, :4]))
        x, _ = self.tuples(x[:, None])
        return self.last(self.twice(x[:, 0]))


def test_layers_are_those_that_answer_once_in_the_order_of_calls() -> None:
    net = Winding()
    assert called_once(net, lambda count: net(BATCH[:count])) == ("first", "tuples", "last")
    assert not any(module._forward_hooks for module in net.modules())


def test_a_container_comes_after_what_it_contains() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(768, 4), nn.ReLU()), nn.Linear(4, 2))
    assert called_once(net, lambda count: net(BATCH[:count])) == ("0", "1.0", "1.1", "1", "2")


def test_a_module_under_two_names_is_called_twice_by_either() -> None:
    linear = nn.Linear(768, 768)
    net = nn.Sequential(nn.Flatten(), linear, linear, nn.Linear(768, 2))
    assert called_once(net, lambda count: net(BATCH[:count])) == ("0", "3")


@pytest.mark.parametrize(
    ("answer", "words"),
    [(lambda x: x.argmax(1), "int64 of shape"), (lambda x: x.sum((1, 2, 3)), "float32 of shape")],
)
def test_an_answer_that_is_no_vector_is_explained(answer: Any, words: str) -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.part, self.head = models.Answers(answer), models.small()

        def forward(self, x: Tensor) -> Tensor:
            self.part(x)
            return self.head(x)

    model = Classifier(Odd())
    model.set_grid("part", Grid(1, 1, 1))
    with pytest.raises(ModelError, match=rf"layer 'part' answers with torch\.{words}.*a probe"):
        model.anatomy(BATCH[0]).tap("part")


def test_split_takes_rows_apart() -> None:
    rows = np.arange(24, dtype=np.float32).reshape(2, 12)
    logits, (one, other) = split(rows, [Tap("a", Grid(1), 0, 4), Tap("b", Grid(1), 0, 5)])
    assert logits.tolist() == [[0, 1, 2], [12, 13, 14]]
    assert one[1].tolist() == [15, 16, 17, 18]
    assert other[0].tolist() == [7, 8, 9, 10, 11]
    assert split(rows, [])[0].shape == (2, 12)
    assert split(rows, [])[1] == []
