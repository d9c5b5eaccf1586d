"""`search`: how accurate is this network, really? (ADNN, Algorithm 1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import torch
from torch import nn

from xaiwidgets.accountability import initializers
from xaiwidgets.accountability._data import Pair, check_data
from xaiwidgets.accountability._recipe import Recipe, TrialId
from xaiwidgets.accountability._result import SearchResult, Trial
from xaiwidgets.accountability._scheduler import run_search, train_trial
from xaiwidgets.accountability._settings import (
    check_budget,
    check_network,
    check_reseeding,
    check_settings,
    device_name,
)
from xaiwidgets.accountability._trials import Trials
from xaiwidgets.accountability.initializers import Initializer
from xaiwidgets.errors import InputError
from xaiwidgets.work import Budget, Steps


def search(
    data: Pair,
    *,
    held_out: Pair | None = None,
    hidden: Sequence[int] = (256,),
    deltas: Sequence[float] = (0.0025, 0.003),
    budget: Budget | None = None,
    batch_size: int = 100,
    learning_rate: float = 0.01,
    epochs: int = 2,
    kernel_initializer: str | Initializer = "glorot_uniform",
    bias_initializer: str | Initializer = "zeros",
    strategy: str = "shift",
    seed: int = 0,
    executor: Executor | None = None,
    network: Callable[[], nn.Module] | None = None,
    device: str | torch.device | None = None,
    resume: SearchResult | None = None,
) -> Steps[SearchResult]:
    """Train a network from many initial weights, and say between what its accuracy lies.

    Trial t of a delta starts from the baseline's initial weights and biases + t * delta. It
    depends on nothing but (delta, t, seed), so trials are trained side by side; all see the same
    minibatches. A network of ours is a perceptron with ReLUs, trained by plain gradient descent.

    Parameters
    ----------
    data, held_out : pair (inputs (N, ...), labels (N,))
        NumPy or torch; labels are numbers of classes. Bytes 0 to 255 become 0 to 1. What is held
        out is never trained on or searched by.
    hidden : sequence of int
        Sizes of the hidden layers.
    deltas : sequence of float
        Steps of the shift, tried in turn.
    budget : Budget, optional
        `max_time` in seconds, `max_trial` trainings for each delta, `max_gain` in accuracy (0.01
        is one per cent): 50 trials by default. It may be changed at any time: it is read after
        every minibatch. The baseline is always trained.
    batch_size, learning_rate, epochs
    kernel_initializer, bias_initializer : str or Initializer
        Keras's names, or see `initializers`; not for a network of your own.
    strategy : str
        "shift", or "reseed": trial t draws the initial weights again from (seed, t), as often as
        there would be shifts: `max_trial` times the number of deltas.
    seed : int
    executor : concurrent.futures.Executor, optional
        Who trains, group by group: threads, processes, or Dask's ``Client.get_executor()``. The
        data travels once. A group whose worker is lost is trained again; if all processes of a
        pool are lost, what remains is trained here.
    network : callable, optional
        Makes a network of your own, instead of `hidden`. All its parameters are shifted. Side by
        side with torch.func where that gives the same gradients, else one after the other.
    device : str, optional
        Where to train; CUDA if it is there. TF32 is used as torch is set to.
    resume : SearchResult, optional
        An earlier part of the same search: its trials are kept, and its time counts.

    Yields
    ------
    Progress
        Trainings done; the preview is the `SearchResult` so far, as soon as there is a baseline.
        Closing the generator stops at the next minibatch, and the last preview keeps all.

    Raises
    ------
    InputError
        If a setting, the data or all budgets together make no sense.

    Examples
    --------
    >>> from xaiwidgets import datasets, steps
    >>> digits = datasets.digits()
    >>> found = steps.run(
    ...     search((digits.images, digits.labels), hidden=(32,), budget=Budget(max_trial=2))
    ... )
    >>> len(found.trials), found.stopped_by
    (4, 'max_trial')
    """
    budget = Budget(max_trial=50) if budget is None else budget
    check_budget(budget)
    check_settings(hidden, deltas, batch_size, learning_rate, epochs, strategy, seed)
    check_network(network, executor)
    examples = check_data(data, held_out)
    recipe = Recipe(
        shape=examples.shape,
        classes=examples.classes,
        hidden=() if network is not None else tuple(map(int, hidden)),
        batch_size=int(batch_size),
        learning_rate=float(learning_rate),
        epochs=int(epochs),
        kernel_initializer=initializers.get(kernel_initializer),
        bias_initializer=initializers.get(bias_initializer),
        strategy=strategy,
        seed=int(seed),
        network=network,
        device=device_name(device),
    )
    if strategy == "reseed":
        check_reseeding(recipe)
    fingerprint = examples.fingerprint()
    if resume is not None and not (
        recipe.is_same_search(resume.recipe) and resume.data == fingerprint
    ):
        raise InputError("resume is a search of other data or settings; begin a new one")
    trials = Trials(recipe, list(dict.fromkeys(map(float, deltas))), budget, fingerprint, resume)
    return run_search(trials, examples, executor)


def retrain(result: SearchResult, data: Pair, trial: Trial | None = None) -> Steps[nn.Module]:
    """Train one trial of a search again, and return its network: the same, from the same data.

    Examples
    --------
    >>> from xaiwidgets import datasets, steps
    >>> digits = datasets.digits()
    >>> data = digits.images, digits.labels
    >>> found = steps.run(search(data, hidden=(32,), budget=Budget(max_trial=1)))
    >>> net = steps.run(retrain(found, data, found.trials[0]))
    >>> tuple(net(torch.zeros(1, 8, 8)).shape)
    (1, 10)
    """
    trial = result.best if trial is None else trial
    examples = check_data(data, None)
    if examples.fingerprint()[0] != result.data[0]:
        raise InputError("data is not what was searched; give the same inputs and labels")
    return train_trial(result.recipe, examples, TrialId(trial.delta, trial.number))
