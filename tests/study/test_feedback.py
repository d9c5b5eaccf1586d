"""The feedback of CDeepEx's study: maps, and morphs that end on the boundary."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier, study
from xaiwidgets.errors import InputError


class Pixels:
    """A generator whose latents are the pixels."""

    def encode(self, images: Tensor) -> Tensor:
        return images.flatten(1)

    def decode(self, latents: Tensor) -> Tensor:
        return latents.reshape(-1, 1, 8, 8)


def network(classes: int = 2) -> Classifier:
    torch.manual_seed(5)
    layers = nn.Sequential(nn.Conv2d(1, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(108, classes))
    return Classifier(layers)


def test_a_morph_ends_on_the_boundary_and_not_at_the_other_class() -> None:
    model = network()
    pictures = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    feedback = study.symbol_feedback(model, Pixels(), pictures, frames=5).run()
    assert list(feedback) == ["control", "gradcam", "cdeepex"] and feedback["control"] is None
    maps, morphs = feedback["gradcam"], feedback["cdeepex"]
    assert maps is not None and morphs is not None
    assert [view.kind for view in (*maps, *morphs)] == ["picture"] * 4 + ["morph"] * 4
    for picture, view in zip(pictures, morphs, strict=True):
        assert view.frames is not None and view.frames.shape == (5, 8, 8, 3)
        frames = torch.from_numpy(view.frames[..., :1]).permute(0, 3, 1, 2).float() / 255
        assert torch.allclose(frames[0], picture, atol=1 / 255)
        logits = model.logits(torch.stack([frames[0], frames[-1]]))
        gap = logits[:, 0] - logits[:, 1]
        # As near to the boundary as 256 greys let it be, and on this side of it or on it.
        assert abs(gap[1]) < 0.1 + 0.1 * abs(gap[0])
    made = study.learning_study(pictures, [0, 1, 0, 1], feedback, trials=4)
    assert "animation" in made.arms[2].instructions


def test_the_study_is_about_two_classes() -> None:
    with pytest.raises(InputError, match="the network has 3 classes"):
        study.symbol_feedback(network(3), Pixels(), torch.rand(2, 1, 8, 8))
    with pytest.raises(InputError, match="frames is 1"):
        study.symbol_feedback(network(), Pixels(), torch.rand(2, 1, 8, 8), frames=1)
