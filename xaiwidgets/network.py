"""`Network`: any `nn.Module` that answers with class scores, left as it was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from xaiwidgets.adapters import adopt, input_channels
from xaiwidgets.anatomy import Anatomy
from xaiwidgets.checks import is_name, nearest, whole
from xaiwidgets.classes import class_names
from xaiwidgets.copies import Copies
from xaiwidgets.derivation import Derivation
from xaiwidgets.devices import check_numbers, choose_device
from xaiwidgets.errors import InputError
from xaiwidgets.grids import Grid
from xaiwidgets.outputs import ScoreKind, checked_output
from xaiwidgets.pictures import read_picture, read_pictures
from xaiwidgets.pixels import pixels_of
from xaiwidgets.prediction import ClassScores, Prediction
from xaiwidgets.preprocessing import check_finite_input, preprocessed

Picture = Tensor | NDArray[np.uint8] | Image.Image
"""What a person may hand in: a tensor passes through, the rest is preprocessed."""

EXAMPLES = 4
"""Pictures of many on which a twin is checked."""


class Network(ClassScores):
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

    Attributes
    ----------
    copies : Copies
        What is evaluated in its place: a private copy, and faster twins.
    derived : Derivation
        What follows from its weights: ``derived(kind, key, make)``, kept until they change.

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

    reads_text: ClassVar[bool] = False
    """Whether a str is an input, and not the path of a picture."""

    has_colours: ClassVar[bool] = True
    """Whether inputs are drawn; else they are white, and their columns have words."""

    item_axes: int = 3
    """How many axes one picture has as people hand it in, at most; more are those of several."""

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
            hint = "; give its .module()" if callable(getattr(net, "module", None)) else ""
            raise InputError(f"net is {type(net).__name__}; it must be a torch.nn.Module{hint}")
        if name is not None and not is_name(name):
            raise InputError(f"name is {name!r}; queries need an identifier such as 'f'")
        if not (preprocess is None or callable(preprocess)):
            raise InputError(
                f"preprocess is {preprocess!r}; give a function of a PIL image or uint8 array"
            )
        # A compiled or wrapped network is unwrapped: its layers have the names that people know.
        adopted = adopt(net, weights, processor)
        check_numbers(adopted.net)
        self._net, self.name = adopted.net, name or "f"
        self.classes = class_names(adopted.classes if classes is None else classes)
        self.preprocess = preprocess or adopted.preprocess
        self.source = "" if preprocess else adopted.source
        self.device = choose_device(device, self.net)
        self.grids: dict[str, Grid] = {}
        self.divides_pixels = False  # whether that has been done, for want of a preprocessing
        self.derived = Derivation(self.net)
        self.copies = Copies(self.net, self.device, checked_output(output), self.derived)
        self.output_assumed = self.output is None  # and not told

    @property
    def net(self) -> nn.Module:
        """The user's own network, unwrapped."""
        return self._net

    @net.setter
    def net(self, net: nn.Module) -> None:
        raise InputError(
            f"net cannot be replaced, as all that is remembered is of the old one; make another "
            f"{type(self).__name__} of the {type(net).__name__}"
        )

    def __repr__(self) -> str:
        classes = "unnamed" if self.classes is None else len(self.classes)
        net = type(self.net).__name__
        return f"{type(self).__name__}({net}, classes={classes}, device={self.device})"

    def input(self, image: Any) -> Tensor:
        """Return the network's input for one picture: a float tensor without a batch axis.

        It is on the CPU, wherever the picture was: what is evaluated goes to the device by itself.
        What counts as a picture is said at `xaiwidgets.pictures.read_picture`.
        """
        picture = read_picture(image)
        # A copy: the caller may write to the tensor before the lazy question is answered.
        tensor = (
            picture.clone()
            if isinstance(picture, Tensor)
            else preprocessed(self.preprocess, picture)
        )
        # Kept to be said on the page: a pretrained network wants its authors' preprocessing.
        self.divides_pixels |= self.preprocess is None and not isinstance(picture, Tensor)
        tensor = check_finite_input(tensor, "the image").cpu()
        self.copies.remember(tensor)
        return tensor

    def batch(
        self, images: Any, shape: Sequence[int] | None = None, name: str = "images"
    ) -> Tensor:
        """Return the network's inputs (B, ...) of pictures: a float tensor's numbers, or several.

        They are on the CPU, as by `input`.

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
            # A copy, as of one picture: what is asked is often answered later.
            tensors: Any = check_finite_input(several.detach(), name).cpu().clone()
        else:
            tensors = [self.input(image) for image in several]
        wanted = tuple(tensors[0].shape if shape is None else shape)
        for number, tensor in enumerate(tensors):
            if tuple(tensor.shape) != wanted:
                raise InputError(
                    f"{name} become inputs of different shapes: number {number} is "
                    f"{tuple(tensor.shape)}, not {wanted}; make them alike"
                )
        self.copies.remember(tensors[0])
        return tensors if isinstance(tensors, Tensor) else torch.stack(tensors)

    def logits(self, batch: Tensor) -> Tensor:
        """Return the class scores (B, K) as logits, float32 on the CPU, of a batch (B, ...).

        Evaluated in chunks of bounded memory, without gradients; when memory runs out, in
        halves. A private copy answers, not the faster twin, so that it may run beside the user's
        own code, and what the network's `forward` writes is not written to the user's.
        """
        self.weights(anew=True)
        if not isinstance(batch, Tensor) or batch.ndim < 2 or len(batch) == 0:
            raise InputError("logits needs a tensor (B, ...) of at least one input")
        self.copies.remember(batch[0])
        classes = None if self.classes is None else len(self.classes)
        # One input has no company, so that it need not be known whether that matters.
        prepared = self.copies.private(batch[:EXAMPLES] if len(batch) > 1 else None)
        return prepared.in_chunks(batch, classes)

    def predict(self, image: Picture, top: int = 5) -> Prediction:
        """Return the class with the largest score, its probability, and the best `top`."""
        count = whole("top", top)
        return self.prediction(self.logits(self.input(image)[None])[0], count)

    @property
    def layers(self) -> list[str]:
        """Names of the modules called exactly once in a forward pass, in the order of their calls.

        Of an input like the last one, else `layers_for`; before the first input is seen, the order
        of definition.
        """
        if self.copies.example is None:
            return [name for name, _ in self.net.named_modules() if name]
        return self.layers_for(self.copies.example)

    def layers_for(self, tensor: Tensor) -> list[str]:
        """Return what `layers` is for an input like this one; a layer's place is its index."""
        return [*self.anatomy(tensor).layers]

    def anatomy(self, tensor: Tensor) -> Anatomy:
        """Return how the layers' answers to an input like this one lie, and where stages end."""
        return self.derived(
            "anatomy",
            tuple(tensor.shape),
            lambda: Anatomy(self.copies.private(), tensor[None], self.grids),
        )

    def grid(self, layer: str, tensor: Tensor | None = None) -> Grid:
        """Return which axis of a layer's answer has its units, and where the places lie.

        For inputs like `tensor`, by default the last one. It is what `set_grid` has said, or else
        follows from the operations that compute the answer; InputError where it does not.
        """
        example = self.copies.example if tensor is None else tensor
        if example is None:
            raise InputError("no input is known yet; give grid one, as model.input(picture)")
        return self.anatomy(example).grid(layer)

    def set_grid(self, layer: str, grid: Grid) -> None:
        """Say how a layer's answer lies, where that cannot be told: ``Grid(units=2)``."""
        if layer not in (names := [name for name, _ in self.net.named_modules()]):
            raise InputError(f"the network has no layer {layer!r}{nearest(layer, names)}")
        if not isinstance(grid, Grid):
            raise InputError(f"grid is {grid!r}; use Grid(units=..., rows=..., columns=...)")
        self.grids[layer] = grid
        self.derived.forget()  # what is kept follows from another layout

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
        if not self.has_colours:
            return np.full((len(batch), *batch.shape[2:], 3), 255, np.uint8)
        return pixels_of(batch, self.preprocess, ends)

    def words_at(self, tensor: Tensor) -> tuple[str, ...]:
        """Return the words of an input, column by column; none, as it is a picture."""
        return ()

    @property
    def output(self) -> ScoreKind | None:
        """What the network's answers mean; None until the first one has been looked at."""
        return self.copies.output

    def weights(self, *, anew: bool = False) -> int:
        """Return a hash of what the network computes with, as it is now.

        Taken again only when a tensor, setting or hook has changed visibly, which is looked up in
        a hundredth of the time. Writes through ``.data`` are not visible: `logits` and jobs begin
        with `anew`.
        """
        return self.derived.weights(self.copies.fresh_answer if anew else None)


def require_network(model: Any, name: str = "model") -> Network:
    """Return a network, or raise InputError: many hand in the bare module."""
    if not isinstance(model, Network):
        raise InputError(
            f"{name} is a {type(model).__name__}; give Classifier({name}), with class names and "
            "preprocessing where it has them"
        )
    return model
