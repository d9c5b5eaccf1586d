"""Probes: the linear connections from a truncated network to the output (i-Algebra, fig. 3).

They are trained once, kept on disk under a key made of the network's weights, and found again by
the next session.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets import files
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.fingerprint import persistent_key
from xaiwidgets.grids import Grid
from xaiwidgets.layers import Tap
from xaiwidgets.network import Network


@dataclass(frozen=True, eq=False)
class Probe:
    """A truncated network's last, linear layer.

    Attributes
    ----------
    tap : Tap
        The layer, and how its answer becomes a vector of F numbers.
    weight, bias : Tensor (K, F), (K,)
    agreement : float
        How often the truncated network gives the whole network's class on held-out images, 0..1.
    images : int
        How many it was trained on.
    """

    tap: Tap
    weight: Tensor
    bias: Tensor
    agreement: float
    images: int

    @property
    def layer(self) -> str:
        """The layer's name."""
        return self.tap.layer

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the truncated network's class scores (B, K), given the layer's vectors (B, F)."""
        # Of rows in memory: what a layer gave for a coalition was kept when that was evaluated, so
        # that truncated networks (eq. 4) cost no pass.
        logits: NDArray[np.float32] = features @ self.weight.numpy().T + self.bias.numpy()
        return logits

    @cached_property
    def key(self) -> str:
        """A hash of the weights."""
        return hashlib.blake2b(
            self.weight.numpy().tobytes() + self.bias.numpy().tobytes(), digest_size=8
        ).hexdigest()


class Probes(Mapping[str, Probe]):
    """The probes of one network, by layer, in the order of the layers' calls.

    Made by `Classifier.fit_probes`.

    Parameters
    ----------
    probes : sequence of Probe
    network : str
        The key of the network's weights, as given by `persistent_key`.
    """

    def __init__(self, probes: Sequence[Probe], network: str) -> None:
        self._probes = {probe.layer: probe for probe in probes}
        self.network = network

    def __getitem__(self, layer: str) -> Probe:
        return self._probes[layer]

    def __iter__(self) -> Iterator[str]:
        return iter(self._probes)

    def __len__(self) -> int:
        return len(self._probes)

    def __repr__(self) -> str:
        agreements = ", ".join(f"{name} {p.agreement:.0%}" for name, p in self.items())
        return f"Probes({agreements})"

    @property
    def agreement(self) -> dict[str, float]:
        """How often each truncated network agrees with the whole one on held-out images."""
        return {name: probe.agreement for name, probe in self.items()}

    @property
    def taps(self) -> tuple[Tap, ...]:
        """The layers, and how their answers become vectors."""
        return tuple(probe.tap for probe in self.values())

    def save(self, path: str | Path) -> Path:
        """Write safetensors and return the path."""
        tensors: dict[str, Tensor] = {}
        for name, probe in self.items():
            tensors |= {f"{name}.weight": probe.weight, f"{name}.bias": probe.bias}
        about = [
            {"tap": p.tap, "agreement": p.agreement, "images": p.images} for p in self.values()
        ]
        return files.write(path, "probes", tensors, {"network": self.network, "probes": about})

    @classmethod
    def load(cls, path: str | Path) -> Probes:
        """Read what `save` wrote; DataError if it is something else."""
        tensors, about = files.read(path, "probes")
        try:
            return cls([_probe(tensors, each) for each in about["probes"]], about["network"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path} does not hold probes: {error!r}; fit them again") from error


def _probe(tensors: Mapping[str, Tensor], about: Mapping[str, Any]) -> Probe:
    layer, grid, side, size = about["tap"]
    tap = Tap(layer, Grid(*grid), side, size)
    weight, bias = (tensors[f"{tap.layer}.{part}"] for part in ("weight", "bias"))
    # A file may be whole, and from another version or network.
    if bias.ndim != 1 or weight.shape != (len(bias), tap.size):
        raise ValueError(f"{tap.layer}'s weight is {tuple(weight.shape)}")
    return Probe(tap, weight, bias, about["agreement"], about["images"])


def probes_of(model: Network) -> Probes:
    """Return the probes fitted for a model's present weights, in this session or an earlier one."""

    def load() -> Probes:
        network = persistent_key(model.net)
        try:
            probes = Probes.load(_home(network))
        except DataError:  # never fitted, or spoilt: fitting writes the file anew
            return Probes([], network)
        # Else the file is that of another network, copied to this name.
        return probes if probes.network == network else Probes([], network)

    return model.derived("probes", None, load)


def remember(model: Network, probes: Probes) -> Probes:
    """Give a model its probes, for this session and later ones."""
    # First the session, which can go on even if the disk is full.
    model.derived("probes", None, lambda: probes, anew=True)
    home = _home(probes.network)
    try:
        probes.save(home)
    except OSError as error:
        warnings.warn(
            f"the probes serve this session, but cannot be kept in {home.parent}: {error}; set "
            "XAIWIDGETS_CACHE to a folder that can be written",
            stacklevel=2,
        )
    return probes


def restore(model: Network, probes: Probes) -> None:
    """Give a model, in another process, the probes that it had here."""
    model.derived("probes", None, lambda: probes)


def layer_numbered(model: Network, layer: str) -> str:
    """Return the name of the third fitted layer for "3", unless a module is called so."""
    names = [name for name, _ in model.net.named_modules()]
    fitted: list[str] = [*probes_of(model)]
    # Not isdigit, which also holds of superscripts.
    if layer in names or not layer.isdecimal() or not 1 <= int(layer) <= len(fitted):
        return layer
    return fitted[int(layer) - 1]


def probe_of(model: Network, layer: str) -> Probe:
    """Return the probe of a layer, or say what to run."""
    probes = probes_of(model)
    if layer not in probes:
        fitted = f"; fitted are {', '.join(probes)}" if probes else ""
        raise InputError(
            f"layer {layer!r} has no probe{fitted}. Run: "
            f"model.fit_probes(images, [{layer!r}]).run()"
        )
    return probes[layer]


def _home(network: str) -> Path:
    cache = os.environ.get("XAIWIDGETS_CACHE")
    root = Path(cache) if cache else _user_cache() / "xaiwidgets"
    return root / "probes" / f"{network}.safetensors"


def _user_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
