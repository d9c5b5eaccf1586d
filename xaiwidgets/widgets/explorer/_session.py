"""What an Explorer has at hand: the network, its rival, the pictures, what has been computed."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.adapters import input_channels
from xaiwidgets.adversarial import AttackEdit
from xaiwidgets.algebra import Classifier, Input
from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.images import BASELINES, check_picture
from xaiwidgets.methods import Cache, Method, digest
from xaiwidgets.network import Network, require_network
from xaiwidgets.prediction import Score
from xaiwidgets.probes import Probes, probes_of
from xaiwidgets.widgets.inputs import Pictures, named_inputs, together
from xaiwidgets.widgets.pictures import ShownPicture, thumbnail_of
from xaiwidgets.work import Progress, Steps

SET = "pictures"
"""What a query calls all pictures, unless one of them is called so."""

BACKGROUND = 50
"""Other pictures that a method gets which needs some."""


class Session:
    """Everything that a `Question` can be about; it only ever grows, by `add`.

    Attributes
    ----------
    model, rival, name, rival_name : Network, Network or None, str, str or None
        The networks, and what a query calls them: by their own names, unless another has it.
    owner : Network
        The network that the Explorer was made of, for whose inputs the pictures are.
    pictures, references : dict of Input
        By name; questions are about pictures, references serve to compare with and to paste from.
    inputs : dict of Input
        Both.
    arguments : dict
        What the Explorer was made of, by argument, and itself as "explorer".
    places : dict of (str, str)
        Which of what was given holds each input, and the Python that picks it there.
    attacks : dict of AttackEdit
        By the name that a query has for attacks on each network.
    cache : Cache
        What the networks answered.
    predictions : dict of (int, Score)
        By picture, the weights under which the network was last asked, and its likeliest class.
    classes : list of str
        Known after `check`.
    """

    def __init__(
        self,
        model: Network | nn.Module,
        images: Pictures,
        references: Pictures = (),
        rival: Network | nn.Module | None = None,
    ) -> None:
        self.model = model if isinstance(model, Network) else Classifier(model)
        self.rival = Classifier(rival) if isinstance(rival, nn.Module) else rival
        if rival is not None:
            require_network(self.rival, "rival")
        pictures = named_inputs(self.model, images, "x", "pictures")
        others = named_inputs(self.model, references, "r", "references")
        if not pictures or pictures.keys() & others.keys():
            raise InputError("give at least one picture, and references of other names")
        self.pictures = {name: picture for name, (picture, _) in pictures.items()}
        self.references = {name: picture for name, (picture, _) in others.items()}
        self.inputs = self.pictures | self.references
        self.arguments: dict[str, Any] = {
            "model": model, "pictures": images, "references": references, "rival": rival
        }  # fmt: skip
        self.places = {
            name: (argument, code.removeprefix(argument))
            for argument, named in (("pictures", pictures), ("references", others))
            for name, (_, code) in named.items()
        }
        self.cache = Cache()
        self.attacks: dict[str, AttackEdit] = {}
        self.classes: list[str] = []
        self.name = self.model.name
        self.rival_name: str | None = None
        if self.rival is not None:
            self.rival_name = self._free(self.rival.name, "g")
        # Kept by name, and by shape, so that no gesture looks at every picture for every other.
        self._indices = {name: place for place, name in enumerate(self.pictures)}
        self._alike: dict[tuple[int, ...], list[Input]] = {}
        for picture in self.inputs.values():
            self._alike.setdefault(picture.shape, []).append(picture)
        self._thumbnails: dict[str, ShownPicture] = {}
        self.predictions: dict[str, tuple[int, Score]] = {}
        self.owner = self.model
        # A name that no picture has; the rival is attacked under one of its own.
        networks = {"attack": self.model, f"attack_{self.rival_name}": self.rival}
        self.attacks |= {
            self._free(name): AttackEdit(network)
            for name, network in networks.items()
            if network is not None
        }
        self._exchanged: Session | None = None

    def view(self, swapped: bool) -> Session:
        """Return it as a question sees it whose networks are swapped, or not.

        Pictures, and what is remembered of them, are the same in both.
        """
        if self.rival is None or (self.model is not self.owner) == swapped:
            return self
        if self._exchanged is None:
            # Shallow, so that pictures, thumbnails and rows are those of this session.
            other = self._exchanged = copy.copy(self)
            other.model, other.rival = self.rival, self.model
            other.name, other.rival_name = self.rival_name or "g", self.name
            # The other network says other things of the same pictures.
            other.predictions, other._exchanged = {}, self
        return self._exchanged

    def forget(self) -> None:
        """Forget what the networks answered."""
        cache = Cache()
        for each in filter(None, [self, self._exchanged]):
            each.cache = cache

    def check(self) -> Steps[Tensor]:
        """Show each network one picture of every shape; return the logits (K,) of the first.

        Raises
        ------
        ModelError, InputError
            If one does not answer, or the rival has other classes.
        """
        yield Progress(0, 1, "asking the network")
        networks = [self.model] if self.rival is None else [self.model, self.rival]
        refused: dict[str, ModelError] = {}
        # One for each size: networks refuse sizes, and there may be a thousand pictures.
        for example, *others in self._alike.values():
            try:
                answers = [_answer(each, example.name, example.tensor) for each in networks]
            except ModelError as error:
                more = f"; so it is with {len(others)} more of its size" if others else ""
                refused[f"{error}{more}"] = error
                continue
            # Anti-joins subtract logit from logit: both networks must mean the same by each.
            counts = {answer.shape for answer in answers}
            names = {network.classes for network in networks if network.classes is not None}
            if len(counts) > 1 or len(names) > 1:
                raise InputError("the rival must be a network for the same classes")
        if refused:
            first_error = next(iter(refused.values()))
            raise ModelError(together([*refused], "size")) from first_error
        first = self.logits(self.model, self.picture_at(0).tensor)
        self.classes = [self.model.label(index) for index in range(len(first))]
        return first

    @property
    def networks(self) -> list[str]:
        """What queries call the networks, the one that is asked first."""
        return [self.name, *filter(None, [self.rival_name])]

    @property
    def attack(self) -> tuple[str, AttackEdit]:
        """What a query calls attacks on the network that is asked, and the function itself."""
        return next(pair for pair in self.attacks.items() if pair[1].network is self.model)

    def class_label(self, target: int | None) -> str | None:
        """Return what a class is called; None stays None."""
        return None if target is None else self.model.label(self.class_index(target) or 0)

    @property
    def probes(self) -> Probes:
        """Those of the layers at which the network can be truncated, as its weights are now."""
        return probes_of(self.model)

    @property
    def fitting(self) -> str:
        """The Python that fits probes where stages of the network end."""
        return "from xaiwidgets import steps; steps.run(model.fit_probes(images))"

    @property
    def baselines(self) -> list[str]:
        """What an absent cell may show."""
        return [*BASELINES, *self.references]

    @property
    def names(self) -> dict[str, Any]:
        """What a query can refer to."""
        networks: dict[str, Any] = {self.name: self.model}
        if self.rival_name is not None:
            networks[self.rival_name] = self.rival
        pictures: dict[str, Any] = {SET: tuple(self.pictures.values())}
        # The later ones win: a picture that is called as all together are is meant by its name.
        return (
            pictures
            | networks
            | self.attacks
            | {name: each.tensor for name, each in self.inputs.items()}
        )

    def input(self, name: str) -> Input:
        """Return a picture or a reference."""
        if name not in self.inputs:
            similar = nearest(name, [*self.inputs]) or f"; there are {', '.join(self.inputs)}"
            raise InputError(f"no picture is called {name!r}{similar}")
        return self.inputs[name]

    def picture_at(self, index: int) -> Input:
        """Return a picture by its place."""
        if not 0 <= index < len(self.pictures):
            raise InputError(f"index is {index}; there are {len(self.pictures)} pictures, from 0")
        return list(self.pictures.values())[index]

    def place(self, picture: Input) -> int:
        """Return the place of a picture."""
        return self._indices[picture.name]

    def alike(self, picture: Input) -> list[Input]:
        """Return all that has the shape of a picture."""
        return self._alike[picture.shape]

    def others(self, picture: Input) -> list[Input]:
        """Return all that has the shape of a picture, but itself."""
        return [other for other in self.alike(picture) if other.name != picture.name]

    def background(self, picture: Input, method: Method | None) -> Tensor | None:
        """Return other pictures (N, C, H, W) like this one, if a method needs some and there are.

        At most `BACKGROUND`: of a thousand pictures a few tell what there might be instead.
        """
        if method is None or "references" not in method.needs:
            return None
        others = [other.tensor for other in self.others(picture)[:BACKGROUND]]
        return torch.stack(others) if others else None

    def class_index(self, target: int | str | None) -> int | None:
        """Return the number of a class; None, for the predicted one, stays None."""
        return None if target is None else self.model.index(target, len(self.classes))

    def logits(self, model: Network, tensor: Tensor) -> Tensor:
        """Return the logits (K,) of a picture, remembered per picture and weights."""
        # By weights, so that a network that is trained on in a cell is asked anew.
        key = ("logits", model.derived.identity, model.weights(), digest(tensor))
        logits: Tensor | None = self.cache.get(key)
        if logits is None:
            logits = self.cache.keep(key, model.logits(tensor[None])[0])
        return logits

    def predicted(self, picture: Input) -> int:
        """Return the class that the network predicts for a picture."""
        return int(self.logits(self.model, picture.tensor).argmax())

    def keep_prediction(self, name: str, logits: Tensor) -> None:
        """Remember the likeliest class of a picture, under the weights of now."""
        (score,) = self.model.scores(logits.double(), [int(logits.argmax())])
        self.predictions[name] = self.model.weights(), score

    def known_predictions(self) -> dict[str, Score]:
        """Return the likeliest class of each picture that these weights have been asked about."""
        weights = self.model.weights()
        predictions = list(self.predictions.items())  # a copy: the compute thread may add to it
        return {name: score for name, (at, score) in predictions if at == weights}

    def predict(self) -> Steps[dict[str, Score]]:
        """Ask the network about each picture that it has not been asked about."""
        before = self.known_predictions()
        pictures = [picture for name, picture in self.pictures.items() if name not in before]
        for done, picture in enumerate(pictures):
            yield Progress(done, len(pictures), "predicting")
            self.keep_prediction(picture.name, self.logits(self.model, picture.tensor))
        return self.known_predictions()

    def pixels(self, tensor: Tensor) -> NDArray[np.uint8]:
        """Return a picture (H, W, 3) as people see it, remembered: preprocessing is undone."""
        key = ("pixels", digest(tensor))
        pixels: NDArray[np.uint8] | None = self.cache.get(key)
        return self.cache.keep(key, self.owner.picture(tensor)) if pixels is None else pixels

    def thumbnail(self, picture: Input) -> ShownPicture:
        """Return a picture as small as it is offered, remembered."""
        if picture.name not in self._thumbnails:
            pixels = self.owner.picture(picture.tensor)
            words = self.owner.words_at(picture.tensor)
            self._thumbnails[picture.name] = thumbnail_of(pixels, words)
        return self._thumbnails[picture.name]

    def add(self, name: str, picture: Any, like: tuple[int, ...] | None = None) -> Input:
        """Add a picture under a free name; a reference, if it has to be of the shape `like`.

        Raises
        ------
        InputError, ModelError
            If it is no picture, of another shape, or the network does not answer to it.
        """
        tensor = check_picture(self.owner.input(picture))
        if like is not None and tuple(tensor.shape) != like:
            raise InputError(f"{name} becomes an input of {tuple(tensor.shape)}, not {like}")
        if tensor.shape not in self._alike:
            # Before anything is kept: it may not be for this network.
            _answer(self.owner, name, tensor)
        # A name of the query language, whatever the file was called.
        start = re.sub(r"\W", "_", name, flags=re.ASCII).lstrip("_0123456789") or "picture"
        added = Input(self._free(start), tensor)
        self.inputs[added.name] = added
        if like is None:
            self._indices[added.name] = len(self.pictures)
            self.pictures[added.name] = added
        else:
            self.references[added.name] = added
        self._alike.setdefault(added.shape, []).append(added)
        self.places[added.name] = "explorer", f".input({added.name!r})"
        return added

    def _free(self, *names: str) -> str:
        """Return the first of these names that nothing has, else the last with a number."""
        taken = {self.name, self.rival_name, *self.inputs, *BASELINES, *self.attacks}
        number, candidates = 1, list(names)
        while candidates[0] in taken:
            number += len(candidates) == 1
            candidates = candidates[1:] or [f"{names[-1]}{number}"]
        return candidates[0]


def _answer(network: Network, name: str, tensor: Tensor) -> Tensor:
    """Return the logits (1, K) of a picture; ModelError with the likely reason where it fails."""
    try:
        return network.logits(tensor[None])
    except ModelError as error:
        count, accepted = len(tensor), input_channels(network.net)
        reasons = []
        if (count, accepted) == (1, 3):
            reasons.append("it is a grey picture: give it as image.convert('RGB')")
        elif accepted not in (None, count):
            reasons.append(f"it has {count} channels, where the network takes {accepted}")
        if network.divides_pixels:
            reasons.append(
                "no preprocess is given, so pictures go in whole, divided by 255: "
                "use Classifier(net, preprocess=...)"
            )
        if not reasons:
            raise
        raise ModelError(f"picture {name}: {'; '.join(reasons)} ({error})") from error
