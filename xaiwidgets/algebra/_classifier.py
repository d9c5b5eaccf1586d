"""`Classifier`: a network that can be asked why, the start of every interpretation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from xaiwidgets.adapters import load_timm, load_torchvision, load_transformers
from xaiwidgets.algebra._expression import Term
from xaiwidgets.algebra._fitting import Labels, fit_probes
from xaiwidgets.algebra._source import Input
from xaiwidgets.algebra._stages import stage_logits
from xaiwidgets.checks import is_name, whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import BASELINES
from xaiwidgets.network import Network, Picture
from xaiwidgets.prediction import Prediction
from xaiwidgets.probes import Probes
from xaiwidgets.work import Work


class ExplainableNetwork(Network):
    """What classifiers of pictures, of rows and of sentences share: they can be asked why."""

    def __call__(self, image: Any, name: str = "x") -> Term:
        """Identity, the start of every interpretation (i-Algebra, eq. 2); `name` is for queries."""
        # In `erase(x, [0:9, 0:9], blur)` a baseline stands where an input may, and f is called as
        # an edit is: what had one of these names could not be asked about.
        if not is_name(name) or name in (self.name, *BASELINES):
            raise InputError(
                f"name is {name!r}; use an identifier other than {self.name!r} and the baselines' "
                f"{', '.join(BASELINES)}"
            )
        return Term(self, Input(name, self.input(image)), function=self.name)

    def stages(self, image: Any, top: int | None = None) -> dict[str, Prediction]:
        """Return what each truncated network predicts (i-Algebra, eq. 4), and the whole, "*", last.

        From what is in memory: after a map it evaluates nothing, before it once. Probes imitate
        logits, so that of a truncated network the order of the classes says more than their
        probabilities. Layers that are not called for this picture are left out.

        Parameters
        ----------
        image : picture
        top : int, optional
            How many classes each prediction lists, best first; all by default.

        Examples
        --------
        >>> from torch import nn, rand
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 2))
        >>> model, images = Classifier(net), rand(20, 3, 2, 2)
        >>> probes = model.fit_probes(images, ["2"]).run()
        >>> list(model.stages(images[0]))
        ['2', '*']
        """
        count = None if top is None else whole("top", top)
        logits = stage_logits(Term(self, Input("x", self.input(image))))
        return {
            layer: self.prediction(torch.from_numpy(scores), count or len(scores))
            for layer, scores in logits.items()
        }

    def fit_probes(
        self,
        images: Tensor | Sequence[Picture],
        layers: Sequence[str] | None = None,
        labels: Labels | None = None,
        *,
        held_out: float = 0.2,
        seed: int = 0,
    ) -> Work[Probes]:
        """Train the linear connections from layers to the output that `select` needs.

        See `xaiwidgets.algebra.fit_probes`.
        """
        return fit_probes(self, images, layers, labels, held_out=held_out, seed=seed)


class Classifier(ExplainableNetwork):
    """A network with class names and preprocessing; calling it asks a question of i-Algebra.

    What it takes and raises is said at `Network`.

    Examples
    --------
    >>> from torch import nn, zeros
    >>> model = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(12, 2)), classes=["cat", "dog"])
    >>> str(model(zeros(3, 2, 2)).for_class("dog"))
    'select * from f(x) for class dog'
    """

    @classmethod
    def from_torchvision(cls, name: str, /, weights: Any = "DEFAULT", **options: Any) -> Classifier:
        """Return a network of torchvision by name, with its weights, names and preprocessing.

        `weights` is the name of one of its sets of weights, or one itself; `options` as for
        `Network`. DataError if torchvision is not installed.
        """
        net, weights = load_torchvision(name, weights)
        return cls(net, weights=weights, **options)

    @classmethod
    def from_timm(cls, name: str, /, pretrained: bool = True, **options: Any) -> Classifier:
        """Return a network of timm by name, with its names and preprocessing."""
        return cls(load_timm(name, pretrained), **options)

    @classmethod
    def from_transformers(cls, name: str, /, **options: Any) -> Classifier:
        """Return an image classifier of transformers by name or folder, with its processor."""
        net, processor = load_transformers(name)
        return cls(net, processor=processor, **options)
