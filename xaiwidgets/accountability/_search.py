"""`search`: how accurate is this network, really? (ADNN, Algorithm 1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import torch
from torch import nn

from xaiwidgets.accountability import initializers
from xaiwidgets.accountability._data import Pair, check_data
from xaiwidgets.accountability._recipe import Recipe, check_network
from xaiwidgets.accountability._result import SearchResult
from xaiwidgets.accountability._scheduler import run_search, train_trial
from xaiwidgets.accountability._search_run import SearchRun
from xaiwidgets.accountability._settings import (
    check_budget,
    check_reseeding,
    check_resume,
    check_search_settings,
    device_name,
)
from xaiwidgets.accountability._trial import Trial
from xaiwidgets.accountability.initializers import Initializer
from xaiwidgets.cluster import check_executor
from xaiwidgets.errors import InputError
from xaiwidgets.work import Budget, Steps, work


@work
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

    Trial t of a delta starts from the baseline's initial weights and biases + t * delta (Algorithm
    1). It depends on nothing but (delta, t, seed), so trials are trained side by side; all see the
    same minibatches. A network of ours is a perceptron with ReLUs, trained by plain gradient
    descent on the cross-entropy.

    Parameters
    ----------
    data, held_out : pair (inputs (N, ...), labels (N,))
        NumPy or torch; labels are numbers of classes. Bytes 0 to 255 become 0 to 1. What is held
        out is never trained on, and never chosen by.
    hidden : sequence of int
        Sizes of the hidden layers.
    deltas : sequence of float
        Steps of the shift. They take turns: trial 1 of each, then trial 2 of each.
    budget : Budget, optional
        50 trials by default. It may be changed at any time: it is read after every minibatch. The
        baseline is always trained.

        - `max_time`: seconds.
        - `max_trial`: trainings for each delta.
        - `max_gain`: accuracy beyond the baseline's, on the training data (0.01 is one per cent).
          The first trial to reach it, in the order above, is the last that counts. Those that were
          trained beside it but come after it are in `SearchResult.surplus_trials`. So the result
          does not depend on how many are trained together, nor on where.
    batch_size, learning_rate, epochs
        Of the training.
    kernel_initializer, bias_initializer : str or Initializer
        Keras's names, or see `initializers`; not for a network of your own.
    strategy : str
        "shift"; or, as often as there would be shifts (`max_trial` times the number of deltas),
        "reseed": trial t draws the initial weights again from (seed, t); "order": it keeps the
        weights and draws the order of the examples again; "all": both. The two last are trained
        one by one.
    seed : int
        Of the initial weights, the order of the examples, and what a network itself draws.
    executor : concurrent.futures.Executor, optional
        Who trains, group by group: threads, processes, or Dask's ``Client.get_executor()``. The
        data travels once. A group whose worker is lost is trained again; if all processes of a
        pool are lost, what remains is trained here.
    network : callable, optional
        Makes a network of your own, instead of `hidden`. All its parameters that need a gradient
        are shifted, or drawn again as it draws them. Side by side with torch.func where that gives
        the same gradients, else one after the other.
    device : str or torch.device, optional
        Where to train; by default CUDA if it is there. TF32 is used as torch is set to.
    resume : SearchResult, optional
        An earlier part of the same search, maybe with other deltas and budgets: its trials are not
        trained again, and its time counts.

    Returns
    -------
    Work[SearchResult]
        Its progress counts trainings, and its previews are all that is finished. If it is closed,
        training stops at the next minibatch, and the last preview keeps all.

    Raises
    ------
    InputError
        At once, if a setting, the data or all budgets together make no sense; on the way, if there
        is not enough memory to train one network.
    ModelError
        If a network of your own raises, or does not return logits (B, K).

    Examples
    --------
    >>> from xaiwidgets import datasets
    >>> digits = datasets.digits()
    >>> data = digits.images, digits.labels
    >>> result = search(data, hidden=(32,), budget=Budget(max_trial=2)).run()
    >>> len(result.trials), result.stopped_by
    (4, 'max_trial')
    """
    budget = Budget(max_trial=50) if budget is None else budget
    check_budget(budget)
    check_search_settings(hidden, deltas, batch_size, learning_rate, epochs, strategy, seed)
    check_network(network)
    check_executor(executor)
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
    if resume is not None:
        check_resume(resume, recipe, fingerprint)
    # A delta that is listed twice would be two trials with one `TrialId`.
    distinct = tuple(dict.fromkeys(map(float, deltas)))
    state = SearchRun(recipe, distinct, budget, fingerprint, resume)
    return run_search(state, examples, executor)


@work
def retrain(result: SearchResult, data: Pair, trial: Trial | None = None) -> Steps[nn.Module]:
    """Train one trial of a search again, and return its network: the same, from the same data.

    Parameters
    ----------
    result : SearchResult
    data : pair (inputs (N, ...), labels (N,))
        What was searched, without what was held out.
    trial : Trial, optional
        By default the best.

    Raises
    ------
    InputError
        If the data is not what was searched, or `trial` is none.

    Examples
    --------
    >>> from xaiwidgets import datasets
    >>> digits = datasets.digits()
    >>> data = digits.images, digits.labels
    >>> result = search(data, hidden=(32,), budget=Budget(max_trial=1)).run()
    >>> net = retrain(result, data, result.trials[0]).run()
    >>> tuple(net(torch.zeros(1, 8, 8)).shape)
    (1, 10)
    """
    trial = result.best if trial is None else trial
    if not isinstance(trial, Trial):
        raise InputError(f"trial is {trial!r}; use one of result.trials, or result.baseline")
    examples = check_data(data, None)
    if examples.fingerprint()[0] != result.data[0]:
        raise InputError("data is not what was searched; give the same inputs and labels")
    return train_trial(result.recipe, examples, trial.id)
