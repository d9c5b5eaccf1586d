"""`Network`: any `nn.Module` that answers with class scores, left as it was found."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from xaiwidgets.adapters import adopt, input_channels
from xaiwidgets.checks import is_name, nearest
from xaiwidgets.classes import class_index, class_names, class_numbers
from xaiwidgets.devices import check_numbers, choose_device, is_out_of_memory
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.evaluation import evaluate
from xaiwidgets.fingerprint import fingerprint, stamp
from xaiwidgets.layers import Tap, Tapped, called_once, taps_of
from xaiwidgets.optimize import PreparedNetwork, Twin, accelerate, private_copy
from xaiwidgets.outputs import (
    ScoreKind,
    checked_output,
    describe_output,
    detect_output,
    probabilities,
)
from xaiwidgets.pictures import outside, read_picture, read_pictures
from xaiwidgets.pixels import pixels_of
from xaiwidgets.prediction import Prediction, Score
from xaiwidgets.preprocessing import check_finite_input, preprocessed

T = TypeVar("T")

Picture = Tensor | NDArray[np.uint8] | Image.Image
"""What a person may hand in: a tensor passes through, the rest is preprocessed."""

_CHUNK_NUMBERS = {"cpu": 2**21, "cuda": 2**25}


class Network:
    """A PyTorch network with class names and preprocessing, always evaluated in eval mode.

    Networks of torchvision, timm and transformers bring their names and preprocessing along.

    Parameters
    ----------
    net : nn.Module
        Maps a batch (B, C, H, W) (or (B, ...) where no windows are wanted) to scores (B, K), or to
        something with ``logits``. A private copy of it is evaluated; it is left as it was found.
    classes : sequence of str, or mapping from number to name, optional
        The K class names; the library's, or their numbers, by default.
    preprocess : callable, optional
        Maps a PIL image or uint8 array (H, W, C) to a float tensor (C, H, W). Tensors are
        taken as they are. By default the library's; without one, pixels are divided by 255.
    output : "auto" or one of `xaiwidgets.outputs.SCORE_KINDS`
        What the scores mean; by default it is found out from the first answer, and said once if
        they are no logits.
    weights : torchvision WeightsEnum, optional
        Names and preprocessing of a network of torchvision.
    processor : transformers image processor, optional
        The preprocessing of a network of transformers.
    device : str or torch.device, optional
        Where to evaluate; by default CUDA if there, else where the network's weights are.
    name : str, optional
        What queries call it; "f" by default.

    Raises
    ------
    InputError
        If an argument cannot be used; later, if an input cannot.
    ModelError
        If the network throws, or does not answer with finite scores (B, K).

    Examples
    --------
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    >>> model = Network(net, classes=["cat", "dog"])
    >>> tuple(model.logits(torch.zeros(5, 3, 2, 2)).shape)
    (5, 2)
    """

    def __init__(
        self,
        net: nn.Module,
        *,
        classes: Any = None,
        preprocess: Callable[[Any], Tensor] | None = None,
        output: ScoreKind | Literal["auto"] = "auto",
        weights: Any = None,
        processor: Any = None,
        device: str | torch.device | None = None,
        name: str | None = None,
    ) -> None:
        if not isinstance(net, nn.Module):
            raise InputError(f"net is {type(net).__name__}; it must be a torch.nn.Module")
        if name is not None and not is_name(name):
            raise InputError(f"name is {name!r}; queries need an identifier such as 'f'")
        adopted = adopt(net, weights, processor)
        check_numbers(adopted.net)
        self.net, self.name = adopted.net, name or "f"
        self.classes = class_names(adopted.classes if classes is None else classes)
        self.preprocess = preprocess or adopted.preprocess
        self.source = "" if preprocess else adopted.source
        self.device = choose_device(device, self.net)
        # None until the first answer has been looked at.
        self.output = checked_output(output)
        self._example: Tensor | None = None
        self._weights: tuple[object, int] | None = None
        self._derived: tuple[int, dict[tuple[str, Hashable], Any]] = 0, {}

    def __repr__(self) -> str:
        classes = "unnamed" if self.classes is None else len(self.classes)
        net = type(self.net).__name__
        return f"{type(self).__name__}({net}, classes={classes}, device={self.device})"

    def input(self, image: Any) -> Tensor:
        """Return the network's input for one picture: a float tensor without a batch axis.

        What counts as a picture is said at `xaiwidgets.pictures.read_picture`.
        """
        picture = read_picture(image)
        tensor = picture if isinstance(picture, Tensor) else preprocessed(self.preprocess, picture)
        self._remember(check_finite_input(tensor, "the image"))
        return tensor

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled and copied: not what can be derived anew."""
        return {**vars(self), "_weights": None, "_derived": (0, {})}

    def batch(
        self, images: Any, shape: Sequence[int] | None = None, name: str = "images"
    ) -> Tensor:
        """Return the network's inputs (B, ...) of pictures: a float tensor as it is, or several.

        Parameters
        ----------
        images : tensor (B, ...) or sequence of pictures
        shape : sequence of int, optional
            What each input's shape must be; by default, that of the first one.
        name : str
            What errors call the images.

        Raises
        ------
        InputError
            If there are none, or one becomes an input of another shape.
        """
        try:
            several = read_pictures(images, input_channels(self.net))
        except InputError as error:
            raise InputError(f"{name}: {error}") from error
        if len(several) == 0:
            raise InputError(f"{name} is empty; give at least one picture")
        if isinstance(several, Tensor) and several.ndim < 2:
            raise InputError(f"{name} is {tuple(several.shape)}; it must be (B, ...)")
        if isinstance(several, Tensor):
            tensors: Any = check_finite_input(several.detach(), name)
        else:
            tensors = [self.input(image) for image in several]
        wanted = tuple(tensors[0].shape if shape is None else shape)
        for number, tensor in enumerate(tensors):
            if tuple(tensor.shape) != wanted:
                raise InputError(
                    f"{name} become inputs of different shapes: number {number} is "
                    f"{tuple(tensor.shape)}, not {wanted}; make them alike"
                )
        self._remember(tensors[0])
        return tensors if isinstance(tensors, Tensor) else torch.stack(tensors)

    def logits(self, batch: Tensor) -> Tensor:
        """Return the class scores (B, K) as logits, float32 on the CPU, of a batch (B, ...).

        Evaluated in chunks of bounded memory, without gradients; when memory runs out, in
        halves. A private copy answers, not the faster twin, so that it may run beside the user's
        own code, and what the network's `forward` writes is not written to the user's.
        """
        if not isinstance(batch, Tensor) or batch.ndim < 2 or len(batch) == 0:
            raise InputError("logits needs a tensor (B, ...) of at least one input")
        self._remember(batch[0])
        prepared = self.private()
        classes = None if self.classes is None else len(self.classes)
        numbers = max(1, batch[0].numel())
        chunk = max(1, min(4096, _CHUNK_NUMBERS.get(self.device.type, 2**21) // numbers))
        parts: list[Tensor] = []
        done = 0
        while done < len(batch):
            try:
                part = prepared.prepare(batch[done : done + chunk])
                parts.append(evaluate(prepared.net, part, classes).float().cpu())
            except ModelError as error:
                if chunk == 1 or not is_out_of_memory(error.__cause__):
                    raise
                chunk = max(1, min(chunk, len(batch) - done) // 2)
                continue
            done += chunk
        return torch.cat(parts)

    def _remember(self, example: Tensor) -> None:
        """Keep a picture that was given: what the network does is looked up with it, not zeros."""
        if self._example is None or self._example.shape != example.shape:
            # A copy: a view of the first of a batch would keep the whole batch in memory.
            self._example = example.detach().clone()

    def _find_output(self) -> ScoreKind:
        """Look once what the answer to a picture means, and say it if it is not logits."""
        if self.output is None and self._example is not None:
            plain, example = private_copy(self.net, self.device), self._example[None].cpu()
            noise = torch.randn(example.shape, generator=torch.Generator().manual_seed(0))

            def stretch(factor: float) -> Tensor | None:
                # Noise too: a black picture is black however much it is enlarged.
                return plain.try_answer((factor * (example.float() + noise)).to(example))

            self.output = detect_output(plain.answer(example), stretch)
            if self.output != "logits":
                warnings.warn(describe_output(self.output), stacklevel=outside())
        return self.output or "logits"

    def predict(self, image: Picture, top: int = 5) -> Prediction:
        """Return the class with the largest score, its softmax probability, and the best `top`."""
        return self.prediction(self.logits(self.input(image)[None])[0], top)

    def prediction(self, logits: Tensor, top: int = 5) -> Prediction:
        """Return what logits (K,) say; of equal ones the first class is the better."""
        order = logits.argsort(descending=True, stable=True)[: max(1, top)].tolist()
        best = tuple(self.scores(logits.double(), order))
        return Prediction(best[0].index, best[0].label, best[0].probability, best)

    def scores(self, logits: Tensor, indices: Sequence[int]) -> list[Score]:
        """Return label, probability and logit of the classes `indices`, given logits (K,)."""
        shares = self.probabilities(logits)
        return [Score(i, self.label(i), float(shares[i]), float(logits[i])) for i in indices]

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the network's own probabilities (..., K) of logits: labels have one each."""
        return probabilities(logits, self.output or "logits")

    def label(self, index: int) -> str:
        """Return the name of a class."""
        return str(index) if self.classes is None else self.classes[index]

    def index(self, target: int | str, count: int | None = None) -> int:
        """Return the number of a class given by number or name, else raise InputError.

        `count` is the number of classes, needed only where they have no names.
        """
        return class_index(target, self.classes, count)

    def class_numbers(
        self,
        given: Any,
        count: int,
        classes: int | None = None,
        *,
        name: str = "targets",
        each: bool = False,
    ) -> Tensor:
        """Return the numbers (count,) of classes; see `xaiwidgets.classes.class_numbers`."""
        return class_numbers(given, self.classes, count, classes, name=name, each=each)

    @property
    def layers(self) -> list[str]:
        """Names of the modules called exactly once in a forward pass, in the order of their calls.

        Before the first input is seen, the order of definition.
        """
        if self._example is None:
            return [name for name, _ in self.net.named_modules() if name]
        return self.layers_for(self._example)

    def layers_for(self, tensor: Tensor) -> list[str]:
        """Return what `layers` is for an input like this one; a layer's place is its index."""

        def called() -> list[str]:
            own = self.private()
            return called_once(own.net, lambda: own(tensor[None]))

        return list(self.derived("layers", tuple(tensor.shape), called))

    def taps(self, layers: Sequence[str], tensor: Tensor) -> list[Tap]:
        """Return how what `layers` give for an input becomes vectors; see `Tapped`."""
        known = self.layers_for(tensor)
        for layer in layers:
            if layer not in known:
                raise InputError(f"no layer {layer!r} answers once{nearest(layer, known)}")
        own = self.private()
        return taps_of(own.net, layers, lambda: own(tensor[None]))

    def picture(self, tensor: Tensor) -> NDArray[np.uint8]:
        """Return a network's input (C, H, W) as people see it: uint8 (H, W, 3).

        Preprocessing is undone channel by channel, by what it makes of black and of white;
        where that does not tell, the picture's own range is stretched.
        """
        drawn: NDArray[np.uint8] = self.pictures(tensor[None])[0]
        return drawn

    def pictures(self, batch: Tensor, ends: tuple[float, float] | None = None) -> NDArray[np.uint8]:
        """Return what `picture` does, (B, H, W, 3) of inputs (B, C, H, W), all stretched alike.

        `ends` are black and white where there is no preprocessing; 0 and 1 by default.
        """
        return pixels_of(batch, self.preprocess, ends)

    def twin(self, examples: Tensor, taps: Sequence[Tap] = ()) -> Twin:
        """Return the fast copy, checked on `examples` (B, ...), and made anew if they differ.

        With `taps`, it answers as a `Tapped` network does.
        """
        key = (tuple(taps), tuple(examples.shape[1:]), self.device)

        def build() -> Twin:
            own = self.private().net
            net = Tapped(own, taps) if taps else own
            sizes = [tap.size for tap in taps]
            return accelerate(net, examples, device=self.device, tail=sizes)

        some = examples[::2]  # what is there, and a mixture
        twin = self.derived("twin", key, build)
        if not twin.agrees(some, self.logits(some)):
            twin = self.derived("twin", key, build, anew=True)
        return twin

    def private(self) -> PreparedNetwork:
        """Return a copy of the network as it is now; itself where it cannot be copied.

        It answers with logits (B, K), whatever the network itself does.
        """
        output = self._find_output()
        key = (self.device, output)
        return self.derived("copy", key, lambda: private_copy(self.net, self.device, output))

    @property
    def identity(self) -> object:
        """What stands for this network, and for no other one, as part of a key.

        A `forward` may use what no hash of the weights sees, so that networks never share answers.
        A reference: whoever keeps it does not keep the network alive.
        """
        return weakref.ref(self.net)

    def weights(self, *, anew: bool = False) -> int:
        """Return a hash of what the network computes with, as it is now.

        Taken again only when a tensor, setting or hook has changed visibly, which is looked up in
        a hundredth of the time. Writes through ``.data`` are not visible: jobs begin with `anew`.
        """
        now = stamp(self.net)
        if anew or self._weights is None or self._weights[0] != now:
            self._weights = now, fingerprint(self.net)
        return self._weights[1]

    def derived(self, kind: str, key: Hashable, make: Callable[[], T], *, anew: bool = False) -> T:
        """Return what follows from the weights as they are now, made when it is first needed.

        The one memory of such things (the private copy, the twin, layers, probes, ...): all of it
        is dropped when the weights change.

        Parameters
        ----------
        kind, key : str, hashable
            What it is, and what it depends on besides the weights.
        anew : bool
            Make it again although it is there.
        """
        weights = self.weights()
        if self._derived[0] != weights:
            self._derived = weights, {}
        values = self._derived[1]
        if anew or (kind, key) not in values:
            values[kind, key] = make()
        value: T = values[kind, key]
        return value
