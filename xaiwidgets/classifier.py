"""`Classifier`: any `nn.Module` that answers with class scores, left as it was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from xaiwidgets.acceleration import Candidate, Twin, accelerate, fingerprint, itself, private_copy
from xaiwidgets.checks import is_whole, nearest
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.images import BASELINES, to_tensor
from xaiwidgets.layers import Tap, Tapped, called_once, taps_of
from xaiwidgets.state import evaluate
from xaiwidgets.steps import Steps

if TYPE_CHECKING:
    from xaiwidgets.algebra.expression import Term
    from xaiwidgets.algebra.probes import Probes

Picture = Tensor | NDArray[np.uint8] | Image.Image
"""What a person may hand in: a tensor passes through, the rest is preprocessed."""

_CHUNK_NUMBERS = {"cpu": 2**21, "cuda": 2**25}


@dataclass(frozen=True)
class Score:
    """One class of a prediction."""

    index: int
    label: str
    probability: float
    logit: float


@dataclass(frozen=True)
class Prediction:
    """The network's answer to one input: its best class, and the first few.

    Attributes
    ----------
    index, label, probability : int, str, float
        The class with the largest score.
    top : tuple of Score
        The best classes, best first.
    """

    index: int
    label: str
    probability: float
    top: tuple[Score, ...]


class Classifier:
    """A PyTorch network with class names and preprocessing, always evaluated in eval mode.

    Parameters
    ----------
    net : nn.Module
        Maps a batch (B, C, H, W) (or (B, ...) where no windows are wanted) to logits (B, K).
        Its flags, gradients, hooks and the random state are after every call as before it.
    classes : sequence of str, optional
        The K class names; their numbers by default.
    preprocess : callable, optional
        Maps a PIL image or uint8 array (H, W, C) to a float tensor (C, H, W). Tensors are
        taken as they are. By default pixels are divided by 255.
    device : str or torch.device, optional
        Where to evaluate; by default CUDA if there, else where the network's weights are.
        The network itself is never moved: elsewhere a copy is evaluated.
    name : str, optional
        What queries call it; "f" by default.

    Raises
    ------
    InputError
        If an argument cannot be used; later, if an input cannot.
    ModelError
        If the network throws, or does not answer with finite logits (B, K), K > 1.

    Examples
    --------
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    >>> model = Classifier(net, classes=["cat", "dog"])
    >>> tuple(model.logits(torch.zeros(5, 3, 2, 2)).shape)
    (5, 2)
    """

    def __init__(
        self,
        net: nn.Module,
        *,
        classes: Sequence[str] | None = None,
        preprocess: Callable[[Any], Tensor] | None = None,
        device: str | torch.device | None = None,
        name: str | None = None,
    ) -> None:
        if not isinstance(net, nn.Module):
            raise InputError(f"net is {type(net).__name__}; it must be a torch.nn.Module")
        if name is not None and not _is_name(name):
            raise InputError(f"name is {name!r}; queries need an identifier such as 'f'")
        self.net, self.name = net, name or "f"
        self.classes = _checked_classes(classes)
        self.preprocess = preprocess
        self.device = _device(device, net)
        self._example_shape: tuple[int, ...] | None = None
        self._twin: tuple[object, Twin] | None = None
        self._copy: tuple[object, Candidate] | None = None
        self._layers: tuple[object, list[str]] | None = None
        self._probes: tuple[int, Probes] | None = None

    def __repr__(self) -> str:
        classes = "unnamed" if self.classes is None else len(self.classes)
        return f"Classifier({type(self.net).__name__}, classes={classes}, device={self.device})"

    def __call__(self, image: Picture, name: str = "x") -> Term:
        """Identity, the start of every interpretation (i-Algebra, eq. 2); `name` is for queries."""
        from xaiwidgets.algebra.expression import Term
        from xaiwidgets.algebra.source import Input

        if not _is_name(name) or name in (self.name, *BASELINES):
            raise InputError(
                f"name is {name!r}; use an identifier other than {self.name!r} and the baselines' "
                f"{', '.join(BASELINES)}"
            )
        return Term(self, Input(name, self.input(image)), function=self.name)

    def input(self, image: Picture) -> Tensor:
        """Return the network's input for `image`: a float tensor without a batch axis."""
        if isinstance(image, Tensor):
            tensor = image.detach()
        else:
            try:
                tensor = (self.preprocess or to_tensor)(image)
            except InputError:
                raise
            except Exception as error:
                raise InputError(
                    f"preprocess failed on this {type(image).__name__}: {error}"
                ) from error
        if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
            kind = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
            raise InputError(f"the network's input must be a float tensor, not {kind}")
        if not bool(torch.isfinite(tensor).all()):
            raise InputError("the image has values that are NaN or infinite; clean it first")
        return tensor

    def inputs(self, images: Sequence[Picture], shape: Sequence[int] | None = None) -> Tensor:
        """Return the inputs of several images as a batch; of `shape`, or of the first one's.

        Raises
        ------
        InputError
            If one becomes an input of another shape.
        """
        tensors = [self.input(image) for image in images]
        shape = tensors[0].shape if shape is None else shape
        if any(tensor.shape != shape for tensor in tensors):
            raise InputError("the images become inputs of different shapes; make them alike")
        return torch.stack(tensors)

    def logits(self, batch: Tensor) -> Tensor:
        """Return the class scores (B, K), float32 on the CPU, of a batch (B, ...).

        Evaluated in chunks of bounded memory, without gradients; when memory runs out, in
        halves. The answer is the network's own, not that of the faster twin.
        """
        plain = itself(self.net, self.device)
        return self._chunked(plain if plain.device == self.device else self.private(), batch)

    def private_logits(self, batch: Tensor) -> Tensor:
        """Return what `logits` does, from a private copy: it may run beside the user's own code.

        Only a network that cannot be copied is evaluated itself.
        """
        return self._chunked(self.private(), batch)

    def _chunked(self, candidate: Candidate, batch: Tensor) -> Tensor:
        if not isinstance(batch, Tensor) or batch.ndim < 2 or len(batch) == 0:
            raise InputError("logits needs a tensor (B, ...) of at least one input")
        classes = None if self.classes is None else len(self.classes)
        numbers = max(1, batch[0].numel())
        chunk = max(1, min(4096, _CHUNK_NUMBERS.get(self.device.type, 2**21) // numbers))
        parts: list[Tensor] = []
        done = 0
        while done < len(batch):
            try:
                part = candidate.prepare(batch[done : done + chunk])
                parts.append(evaluate(candidate.net, part, classes).float().cpu())
            except ModelError as error:
                if chunk == 1 or not _out_of_memory(error.__cause__):
                    raise
                chunk = max(1, min(chunk, len(batch) - done) // 2)
                continue
            done += chunk
        self._example_shape = tuple(batch.shape[1:])
        return torch.cat(parts)

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
        probabilities = logits.softmax(0)
        return [Score(i, self.label(i), float(probabilities[i]), float(logits[i])) for i in indices]

    def label(self, index: int) -> str:
        """Return the name of a class."""
        return str(index) if self.classes is None else self.classes[index]

    def index(self, target: int | str, count: int | None = None) -> int:
        """Return the number of a class given by number or name, else raise InputError.

        `count` is the number of classes, needed only where they have no names.
        """
        names = self.classes
        total = len(names) if names is not None else count
        if isinstance(target, str):
            if names is None:
                raise InputError(f"class {target!r}: the classes have no names; give its number")
            if target not in names:
                raise InputError(f"no class is named {target!r}{nearest(target, names)}")
            return names.index(target)
        if not is_whole(target, None):
            raise InputError(f"target is {target!r}; it must be a class name or number")
        if target < 0 or (total is not None and target >= total):
            raise InputError(f"class {target} does not exist; numbers go from 0 to {total} - 1")
        return int(target)

    @property
    def layers(self) -> list[str]:
        """Names of the modules called exactly once in a forward pass, in the order of their calls.

        Before the first input is seen, the order of definition.
        """
        if self._example_shape is None:
            return [name for name, _ in self.net.named_modules() if name]
        return self.layers_for(torch.zeros(self._example_shape))

    def layers_for(self, tensor: Tensor) -> list[str]:
        """Return what `layers` is for an input like this one; a layer's place is its index."""
        key = (fingerprint(self.net), tuple(tensor.shape))
        if self._layers is None or self._layers[0] != key:
            own = self.private()
            self._layers = key, called_once(own.net, lambda: own(tensor[None]))
        return list(self._layers[1])

    def taps(self, layers: Sequence[str], tensor: Tensor) -> list[Tap]:
        """Return how what `layers` give for an input becomes vectors; see `Tapped`."""
        known = self.layers_for(tensor)
        for layer in layers:
            if layer not in known:
                raise InputError(f"no layer {layer!r} answers once{nearest(layer, known)}")
        own = self.private()
        return taps_of(own.net, layers, lambda: own(tensor[None]))

    def fit_probes(
        self,
        images: Tensor | Sequence[Picture],
        layers: Sequence[str],
        labels: Sequence[int] | Tensor | NDArray[np.int64] | None = None,
        *,
        held_out: float = 0.2,
        seed: int = 0,
    ) -> Steps[Probes]:
        """Train the linear connections from layers to the output that `select` needs.

        See `xaiwidgets.algebra.fit_probes`.
        """
        from xaiwidgets.algebra.fitting import fit_probes

        return fit_probes(self, images, layers, labels, held_out=held_out, seed=seed)

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
        array = np.asarray(batch.detach().cpu(), dtype=np.float64)
        array = array[:, :3] if array.shape[1] >= 3 else array[:, :1].repeat(3, axis=1)
        black, white = self._black_and_white(batch.shape[1])
        if self.preprocess is None and ends is not None:
            black, white = (np.full((3, 1, 1), end) for end in ends)
        if black is None or white is None or not (white > black).all():
            black, white = array.min(), max(array.max(), array.min() + 1e-9)
        shown = np.clip((array - black) / (white - black), 0, 1) * 255
        return np.ascontiguousarray(shown.round().astype(np.uint8).transpose(0, 2, 3, 1))

    def _black_and_white(self, channels: int) -> tuple[Any, Any]:
        if self.preprocess is None:
            return np.zeros((3, 1, 1)), np.ones((3, 1, 1))
        mode = "RGB" if channels >= 3 else "L"
        try:
            ends = [self.preprocess(Image.new(mode, (256, 256), c)) for c in ("black", "white")]
            means = [np.asarray(end, dtype=np.float64).mean((1, 2)) for end in ends]
        except Exception:  # a preprocess for arrays only, say: then the range is stretched
            return None, None
        black, white = (np.resize(mean[:3], 3)[:, None, None] for mean in means)
        return black, white

    def twin(self, examples: Tensor, taps: Sequence[Tap] = ()) -> Twin:
        """Return the fast copy, checked on `examples` (B, ...), and made anew if they differ.

        With `taps`, it answers as a `Tapped` network does.
        """
        net = Tapped(self.net, taps) if taps else self.net
        key = (fingerprint(net), tuple(examples.shape[1:]), self.device)
        made = self._twin
        if made is not None and made[0] == key:
            some = examples[::2]  # what is there, and a mixture
            if made[1].agrees(some, self.private_logits(some)):
                return made[1]
        sizes = [tap.size for tap in taps]
        twin = accelerate(net, examples, device=self.device, tail=sizes)
        self._twin = key, twin
        return twin

    def private(self) -> Candidate:
        """Return a copy of the network as it is now; itself where it cannot be copied."""
        key = fingerprint(self.net)
        made = self._copy
        if made is None or made[0] != key:
            made = self._copy = key, private_copy(self.net, self.device)
        return made[1]


def _is_name(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) is not None


def _checked_classes(classes: Sequence[str] | None) -> tuple[str, ...] | None:
    if classes is None:
        return None
    listed = not isinstance(classes, str) and isinstance(classes, Sequence | np.ndarray)
    if not listed or not all(isinstance(name, str) for name in classes):
        raise InputError("classes must be a sequence of strings, one per class")
    if len(classes) < 2:
        raise InputError(f"classes has {len(classes)} names; a classifier has at least two")
    return tuple(classes)


def _device(device: str | torch.device | None, net: nn.Module) -> torch.device:
    if device is None:
        parameter = next(net.parameters(), None)
        home = torch.device("cpu") if parameter is None else parameter.device
        return torch.device("cuda", 0) if torch.cuda.is_available() and not home.index else home
    try:
        chosen = torch.empty(0, device=torch.device(device)).device
    except (RuntimeError, AssertionError, TypeError) as error:
        raise InputError(f"device {device!r} cannot be used here: {error}") from error
    return torch.device("cpu") if chosen.type == "cpu" else chosen


def _out_of_memory(error: BaseException | None) -> bool:
    # The CPU allocator raises a plain RuntimeError; only its words tell.
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )
