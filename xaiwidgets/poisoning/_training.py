"""`Trainer`: a recipe that trains the same network on whatever pictures it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from xaiwidgets.algebra import Classifier
from xaiwidgets.checks import whole
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError
from xaiwidgets.inference import outside_inference_mode
from xaiwidgets.inputs import inputs_of
from xaiwidgets.work import Progress, Steps, work


@dataclass(frozen=True)
class Trainer:
    """A small recipe: AdamW on the cross entropy, its rate rising and falling once.

    Two trainings on the same pictures give the same network; torch's random state is left alone.

    Attributes
    ----------
    make_network : callable
        Without arguments; returns a new nn.Module, which is trained.
    epochs, batch_size : int
    learning_rate : float
        The highest.
    classes : sequence of str, optional
    preprocess : callable, optional
        As of `Classifier`.
    seed : int
        Of first weights, order and dropout.

    Examples
    --------
    >>> import numpy as np
    >>> make = lambda: nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    >>> images, labels = np.zeros((20, 2, 2), np.uint8), np.arange(20) % 2
    >>> images[labels == 1] = 255
    >>> model = Trainer(make, epochs=20, learning_rate=0.1)(images, labels).run()
    >>> model.logits(model.batch(list(images[:4]))).argmax(1)
    tensor([0, 1, 0, 1])
    """

    make_network: Callable[[], nn.Module]
    epochs: int = 4
    batch_size: int = 64
    learning_rate: float = 3e-3
    classes: Sequence[str] | None = None
    preprocess: Callable[[Any], Tensor] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        whole("epochs", self.epochs)
        whole("batch_size", self.batch_size)
        whole("seed", self.seed, 0)
        if not self.learning_rate > 0:
            raise InputError(f"learning_rate is {self.learning_rate!r}; use a number above 0")

    @work
    def __call__(self, images: Any, labels: Any) -> Steps[Classifier]:
        """Train a network on pictures with labels.

        Raises
        ------
        InputError
            If there is not one label for each picture; on the way, if one is no class.
        """
        if len(labels) != len(images):
            raise InputError(f"there are {len(labels)} labels for {len(images)} images")
        return outside_inference_mode(self._train(images, labels))

    def _train(self, images: Any, labels: Any) -> Steps[Classifier]:
        with _own_random_state(self.seed):
            # Initial weights come from the seed alone: trainings on other pictures start alike.
            net = self.make_network()
        model = Classifier(net, classes=self.classes, preprocess=self.preprocess)
        # Preprocessed as the classifier will do it afterwards, or it would be asked about other
        # inputs.
        batch = inputs_of(model, images)
        # One answer says how many classes there are, before a label without one reaches the loss.
        classes = model.logits(batch[:1]).shape[1]
        truth = model.class_numbers(labels, len(batch), classes, name="labels", each=True)
        net.to(model.device)
        random = seeded(self.seed)
        per_epoch = -(-len(batch) // self.batch_size)
        total = self.epochs * per_epoch
        optimizer = torch.optim.AdamW(net.parameters(), self.learning_rate)
        # One step more than are taken: the schedule ends at a ten-thousandth of the first rate, at
        # which the last step, all of a training of one step, would learn nothing.
        rate = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, self.learning_rate, total_steps=total + 1
        )
        net.train()
        for step in range(total):
            # A new order each epoch, drawn apart from dropout: it follows from the seed and the
            # number of pictures alone.
            if step % per_epoch == 0:
                order = torch.randperm(len(batch), generator=random, device="cpu")
                minibatches = torch.split(order, self.batch_size)
            rows = minibatches[step % per_epoch]
            # Dropout draws from a state of its own at each step, as other work may draw between two
            # yields.
            with torch.enable_grad(), _own_random_state(self.seed + step + 1):
                optimizer.zero_grad()
                scores = net(batch[rows].to(model.device))
                loss: Any = nn.functional.cross_entropy(scores, truth[rows].to(model.device))
                loss.backward()
            optimizer.step()
            rate.step()
            yield Progress(step + 1, total, f"training, epoch {step // per_epoch + 1}")
        net.eval()
        # Anew: what the classifier has looked at before was another network.
        return Classifier(net, classes=self.classes, preprocess=self.preprocess)


@contextmanager
def _own_random_state(seed: int) -> Iterator[None]:
    """Draw from a seed, and put torch's state back."""
    with torch.random.fork_rng():
        torch.manual_seed(int(seed))
        yield
