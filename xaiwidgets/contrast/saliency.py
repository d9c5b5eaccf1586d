"""Why this class? Grad-CAM, LIME and LRP, by captum: a map for each picture and class asked about.

The user's network is never given to captum: a copy is, where there can be one.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from xaiwidgets.checks import nearest
from xaiwidgets.contrast import lrp as propagation
from xaiwidgets.errors import InputError, ModelError, XaiError
from xaiwidgets.evaluation import undisturbed
from xaiwidgets.layers import listening
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.work import Progress, Steps

if TYPE_CHECKING:
    from xaiwidgets.network import Network

LASSO, WIDTH = 0.01, 0.25
"""LIME's: how strong captum's lasso is, and how wide the kernel that LIME has for pictures."""

_TOGETHER = 2**16  # numbers in pictures that go together: some 50 ms


def gradcam(model: Network, pictures: Tensor, classes: Tensor, layer: str | None) -> Steps[Tensor]:
    """Return Grad-CAM's maps (P, n, H, W) of classes (P, n), as wide as the pictures.

    Of `layer`, or of the last one whose answers are feature maps. As in the paper of Selvaraju et
    al. (2017), what speaks against a class is left out.
    """
    own = _copied(model)
    chosen = _spatial(own, model.layers_for(pictures[0]), pictures[:1], layer)

    def maps(some: Tensor, targets: Tensor) -> Tensor:
        from captum.attr import LayerGradCam  # only here: it takes a second to import

        cam = LayerGradCam(own.net, own.net.get_submodule(chosen))
        inputs = own.prepare(some).requires_grad_()
        found = cam.attribute(inputs, target=targets.to(own.device), relu_attributions=True)
        size = some.shape[-2:]
        return functional.interpolate(found.detach(), size, mode="bilinear")[:, 0]

    return (yield from _mapped(own, maps, pictures, classes, "Grad-CAM"))


def lrp(model: Network, pictures: Tensor, classes: Tensor) -> Steps[Tensor]:
    """Return the relevance (P, n, H, W) of pixels for classes (P, n), summed over channels."""
    own = _copied(model)
    if not own.private:
        raise ModelError(
            "LRP works on a copy of the network, and this network cannot be copied. Give it a "
            "__deepcopy__ that copies it, or use method 'gradcam', 'lime' or 'pda'"
        )

    def maps(some: Tensor, targets: Tensor) -> Tensor:
        net = copy.deepcopy(own.net)  # anew: rules and replaced layers stay behind
        return propagation.relevance(net, own.prepare(some), targets.to(own.device)).sum(1)

    return (yield from _mapped(own, maps, pictures, classes, "LRP"))


def lime(
    model: Network, pictures: Tensor, classes: Tensor, cells: int, samples: int, seed: int
) -> Steps[Tensor]:
    """Return LIME's coefficients (P, n, H, W) of classes (P, n), for their log-likelihoods.

    The superpixels are `cells` x `cells` equal parts; those that are absent are 0. Captum fits,
    but does not evaluate: one pass serves all classes, and can be stopped.
    """
    numbers = _grid(pictures.shape[-2:], cells)
    # As captum draws them, one row after the other, but not from the global random state.
    draw = torch.Generator().manual_seed(seed)
    half = torch.full((1, cells**2), 0.5)
    masks = torch.cat([torch.bernoulli(half, generator=draw) for _ in range(samples)])
    together = max(1, _TOGETHER // pictures[0].numel())
    maps = []
    for at, (picture, targets) in enumerate(zip(pictures, classes, strict=True)):
        answers = []
        for some in torch.split(masks, together):
            answers.append(model.logits(some[:, numbers][:, None] * picture))
            yield Progress(at, len(pictures), "LIME")
        scores = torch.cat(answers).double().log_softmax(1)
        fits = []
        for target in targets.tolist():
            fits.append(_fitted(masks, scores[:, target])[numbers])
            yield Progress(at, len(pictures), "LIME")
        maps.append(torch.stack(fits))
    return torch.stack(maps)


def _grid(size: torch.Size, cells: int) -> Tensor:
    """Return the number of the cell of each pixel (H, W)."""
    rows, columns = (torch.arange(side) * cells // side for side in size)
    return rows[:, None] * cells + columns


def _fitted(masks: Tensor, scores: Tensor) -> Tensor:
    """Return captum's linear fit of scores to the presence of cells."""
    from captum.attr import Lime  # only here: it takes a second to import

    known = iter(scores)

    def similar(_original: Tensor, present: Tensor, _same: Tensor, **_settings: object) -> float:
        # Of vectors of 0 and 1, one of them all 1: the cosine, quicker than captum's.
        distance = 1 - float(present.mean()) ** 0.5
        return math.exp(-(distance**2) / (2 * WIDTH**2))

    def drawn(_original: Tensor, **_settings: object) -> Iterator[Tensor]:
        yield from masks[:, None].long()

    fit = Lime(
        lambda batch: torch.stack([next(known) for _ in batch]),
        interpretable_model=_Lasso(),
        similarity_func=similar,
        perturb_func=drawn,
    )
    present = torch.ones(1, masks.shape[1])
    found = fit.attribute(present, n_samples=len(masks), perturbations_per_eval=len(masks))
    return cast(Tensor, found)[0]


class _Lasso:
    """What captum's SkLearnLasso does; its loader would draw from the global random state."""

    coefficients: Tensor

    def fit(self, loader: Any) -> None:
        from sklearn.linear_model import Lasso

        inputs, outputs, weights = (part.numpy() for part in loader.dataset.tensors)
        fitted = Lasso(alpha=LASSO).fit(inputs, outputs, sample_weight=weights)
        self.coefficients = torch.from_numpy(fitted.coef_).float()

    def representation(self) -> Tensor:
        return self.coefficients


def _copied(model: Network) -> PreparedNetwork:
    """Return a copy of the network for captum alone, whose layers overwrite nothing."""
    own = model.private()
    if not own.private:
        return own
    net = copy.deepcopy(own.net)
    for module in net.modules():
        if hasattr(module, "inplace"):  # a layer's answer must last until its gradient is asked
            vars(module)["inplace"] = False
    return replace(own, net=net)


def _spatial(own: PreparedNetwork, known: list[str], example: Tensor, layer: str | None) -> str:
    """Return the layer asked for, or the last one, whose answers are feature maps."""
    if layer is not None and layer not in known:
        raise InputError(
            f"layer is {layer!r}, and no layer of this name answers once{nearest(layer, known)}. "
            f"There are {', '.join(known)}"
        )
    seen: dict[str, Tensor] = {}
    with _captum_safe(own.net, "Grad-CAM"), listening(own.net, known, seen.__setitem__):
        own(example)
    maps = [name for name in known if name in seen and _is_map(seen[name])]
    if layer is None and maps:
        return maps[-1]
    if layer is None:
        raise InputError(
            "Grad-CAM needs a layer with feature maps (B, C, H, W), and none of the network's has "
            "them; use method 'lime' or 'pda'"
        )
    if layer not in maps:
        shape = tuple(seen[layer].shape)
        raise InputError(
            f"layer {layer!r} answers with shape {shape}; Grad-CAM needs feature maps (B, C, H, "
            f"W), as of {', '.join(maps) or 'no layer of this network'}"
        )
    return layer


def _is_map(output: Tensor) -> bool:
    return output.ndim == 4 and min(output.shape[2:]) > 1


def _mapped(
    own: PreparedNetwork,
    maps: Callable[[Tensor, Tensor], Tensor],
    pictures: Tensor,
    classes: Tensor,
    name: str,
) -> Steps[Tensor]:
    """Return the maps (P, n, H, W), of a few pictures and one class at a time."""
    together = max(1, _TOGETHER // pictures[0].numel())
    parts = []
    for rows in torch.split(torch.arange(len(pictures)), together):
        found = []
        for targets in classes[rows].T:
            with _captum_safe(own.net, name), torch.enable_grad():
                found.append(maps(pictures[rows], targets).float().cpu())
            yield Progress(int(rows[0]), len(pictures), name)
        parts.append(torch.stack(found, 1))
    whole = torch.cat(parts)
    if not bool(torch.isfinite(whole).all()):
        raise ModelError(
            f"{name} gives NaN or infinite numbers for this network; use method 'lime'"
        )
    return whole


@contextmanager
def _captum_safe(net: nn.Module, name: str) -> Iterator[None]:
    """Leave the network as it was found, and say what failed in our words."""
    try:
        with undisturbed(net):
            yield
    except XaiError:
        raise
    except Exception as error:
        raise ModelError(f"{name} failed with {type(error).__name__}: {error}") from error
