"""`silenced`: the network without some units, to be compared with itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from xaiwidgets.algebra import Classifier
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.grids import Grid
from xaiwidgets.layers import first_tensor
from xaiwidgets.network import Network, require_network
from xaiwidgets.neurons._activity import check_unit, units_of
from xaiwidgets.optimize import copied


class SilencedLayer(nn.Module):
    """A layer of which some units answer 0 everywhere."""

    units: Tensor

    def __init__(self, module: nn.Module, grid: Grid, units: Iterable[int]) -> None:
        super().__init__()
        self.module, self.axis = module, grid.units
        self.register_buffer("units", torch.tensor(sorted(units), device="cpu"))
        self.training = module.training

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Return what the layer does, silenced."""
        answer = self.module(*inputs, **options)
        tensor = first_tensor(answer)
        if tensor is None or tensor is not answer:
            raise ModelError("the layer gives more than one tensor; silence another one")
        # Not in place: what a layer answers may be its own input, which others read as well.
        quiet: Tensor = tensor.index_fill(self.axis, self.units, 0.0)
        return quiet


def silenced(model: Network, layer: str, units: int | Iterable[int], image: Any) -> Classifier:
    """Return a network like `model`, of which units of a layer answer 0 everywhere.

    It is a copy, with the weights that the network has now. As ``Explorer(..., rival=...)`` it
    shows what a picture's prediction and map owe to the units.

    Parameters
    ----------
    model : Network
    layer : str
    units : int or iterable of int
        From 0.
    image : picture
        One that the network takes: how the layer's answer lies is looked up with it.

    Returns
    -------
    Classifier

    Raises
    ------
    InputError
        If there is no such layer, or unit in it.

    Examples
    --------
    >>> model = Network(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)))
    >>> picture = torch.ones(1, 2, 2)
    >>> silenced(model, "1", 0, picture).logits(picture[None])[0, 0].item()
    0.0
    """
    example = require_network(model).input(image)
    count = units_of(model, layer, example)
    # Whole numbers of torch and NumPy are iterable, too, until one iterates over them.
    several = isinstance(units, Iterable) and getattr(units, "ndim", 1) > 0
    listed: Any = units if several else [units]
    chosen = [unit.item() if hasattr(unit, "item") else unit for unit in listed]
    # A network without nothing is the network: nobody means to compare it with itself.
    if not chosen:
        raise InputError("units is empty; name at least one")
    for unit in chosen:
        check_unit(unit, count, layer)
    if (net := copied(model.net)) is None:
        raise ModelError("the network cannot be copied, so that no units of a copy can be silenced")
    path, _, name = layer.rpartition(".")
    parent = net.get_submodule(path)
    # Under the same name, so that the layer is called once as before, with its keys one level
    # deeper.
    parent._modules[name] = SilencedLayer(
        parent.get_submodule(name), model.anatomy(example).grid(layer), chosen
    )
    return Classifier(
        net,
        classes=model.classes,
        preprocess=model.preprocess,
        output=model.output or "auto",
        device=model.device,
        name=f"{model.name}_silenced",
    )
