"""Train some trials side by side, a minibatch at a time, and measure how accurate they are."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from xaiwidgets.accountability._data import Data, Examples
from xaiwidgets.accountability._ensemble import Ensemble, Perceptrons
from xaiwidgets.accountability._modules import stack_networks
from xaiwidgets.accountability._recipe import Recipe, Weights
from xaiwidgets.accountability._trial import Measurement, TrialId, iterate_leaders
from xaiwidgets.devices import widest_float

EVALUATION_BATCH = 500
"""Examples that are evaluated at once: always as many, so that the same products are made."""

_CUDA_QUEUE = 8  # minibatches that may wait on CUDA, which else takes any number unseen


@dataclass(frozen=True)
class GroupOutcome:
    """What came of a group of trials, with the weights of its leaders (see `iterate_leaders`)."""

    measurements: tuple[Measurement, ...]
    weights: dict[TrialId, Weights]


Training = Generator[float, None, GroupOutcome]
"""Yields the share that is done after each minibatch."""


def train(recipe: Recipe, data: Data, trials: Sequence[TrialId]) -> Training:
    """Train trials side by side; the data may be on any device."""
    began, device = time.perf_counter(), recipe.training_device()
    recipe = recipe.for_trial(trials[0].number)
    data = data.to(device)
    ensemble = _build_ensemble(recipe, data, trials, device)
    total = count_steps(recipe, data)
    done = 0
    for epoch in range(recipe.epochs):
        order = recipe.example_order(epoch, len(data.training)).to(device)
        for rows in torch.split(order, recipe.batch_size):
            ensemble.step(*data.training.batch(rows))
            done += 1
            # CUDA only queues kernels: without waiting, budgets would be read long before the work
            # is done.
            if device.type == "cuda" and done % _CUDA_QUEUE == 0:
                torch.cuda.synchronize(device)
            yield done / total
    scores: list[tuple[Tensor, Tensor]] = []
    halves: list[tuple[Tensor, int]] = []
    for examples in (data.training, data.held_out):
        if examples is not None:
            parts = torch.zeros(2, len(trials), dtype=torch.int64, device=device)
            # As precise as it can be: sums of many losses that hardly differ between trials.
            hits, losses = torch.zeros(2, len(trials), dtype=widest_float(device), device=device)
            for first in range(0, len(examples), EVALUATION_BATCH):
                batch = examples.batch(slice(first, first + EVALUATION_BATCH))
                right, batch_losses = _evaluate_batch(ensemble, *batch)
                # Once at the end, with the weights as they are then; the running mean of an epoch
                # would be of weights that keep changing.
                hits, losses = hits + right.sum(1), losses + batch_losses
                # Batches begin at even rows: every other example is one half, whatever their order.
                parts += torch.stack([right[:, half::2].sum(1) for half in (0, 1)])
                done += 1
                yield done / total
            scores.append((hits.cpu() / len(examples), losses.cpu() / len(examples)))
            halves = [
                (part, -(-(len(examples) - half) // 2)) for half, part in enumerate(parts.cpu())
            ]
    seconds = (time.perf_counter() - began) / len(trials)
    return _group_outcome(ensemble, trials, scores, halves, seconds)


def count_steps(recipe: Recipe, data: Data) -> int:
    """Return how often `train` yields."""
    evaluated = [part for part in (data.training, data.held_out) if part is not None]
    evaluations = sum(_count_batches(part, EVALUATION_BATCH) for part in evaluated)
    return recipe.epochs * _count_batches(data.training, recipe.batch_size) + evaluations


def _build_ensemble(
    recipe: Recipe, data: Data, trials: Sequence[TrialId], device: torch.device
) -> Ensemble:
    initial_weights = recipe.initial_weights(trials)
    if recipe.network is None:
        return Perceptrons(initial_weights, recipe.learning_rate, device)
    sample = data.training.batch(slice(0, min(recipe.batch_size, len(data.training))))
    return stack_networks(recipe, initial_weights, device, *sample)


@torch.no_grad()
def _evaluate_batch(ensemble: Ensemble, inputs: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return which of the examples each trial is right about, and its summed cross-entropy."""
    scores = ensemble.scores(inputs)
    right = scores.argmax(2) == labels
    label_scores = scores.gather(2, labels.expand(len(scores), -1)[..., None])[..., 0]
    losses = torch.logsumexp(scores, 2) - label_scores
    return right, losses.sum(1, dtype=widest_float(losses.device))


def _group_outcome(
    ensemble: Ensemble,
    trials: Sequence[TrialId],
    scores: list[tuple[Tensor, Tensor]],
    halves: list[tuple[Tensor, int]],
    seconds: float,
) -> GroupOutcome:
    accuracies, losses = scores[0]
    measurements = []
    for index, trial in enumerate(trials):
        accuracy, loss = float(accuracies[index]), float(losses[index])
        held_out = float(scores[1][0][index]) if len(scores) > 1 else None
        # The loss and not the weights: what has overflowed in one layer reaches it.
        diverged = not math.isfinite(loss)
        if diverged:
            accuracy, loss, held_out = 0.0, math.nan, None if held_out is None else 0.0
        parts = [(int(hits[index]) if not diverged else 0, count) for hits, count in halves]
        measurements.append(
            Measurement(
                *trial,
                accuracy,
                held_out,
                loss,
                seconds,
                diverged,
                (parts[0], parts[1]) if len(scores) > 1 else None,
            )
        )
    places = {trial: place for place, trial in enumerate(trials)}
    leaders = [leader.id for leader in iterate_leaders(measurements)]
    # Of leaders only: all others can be made again from their numbers (`retrain`).
    weights = {leader: ensemble.weights(places[leader]) for leader in leaders}
    return GroupOutcome(tuple(measurements), weights)


def _count_batches(examples: Examples, size: int) -> int:
    return -(-len(examples) // size)
