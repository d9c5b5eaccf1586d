"""Run every wing on a GPU and on the CPU, compare the answers, and take the times.

    python scripts/gpu_check.py [--device cuda] [--out gpu-check]

Needs torch, NumPy, SciPy, safetensors and Pillow; what else is missing is skipped with a word.
Writes OUT.json and OUT.md. Exits with 1 if an answer differs, a network was not left as it was
found, or a check broke. Without a GPU, ``--device cpu`` compares the CPU with itself: the script is
then known to run.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[1]))

from xaiwidgets import Classifier, Window
from xaiwidgets.work import Budget, Progress, Steps

CLASSES, SIDE = 10, 64
Answer = dict[str, Any]


class Block(nn.Module):
    """A residual block."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(after), nn.BatchNorm2d(after)
        self.relu1, self.relu2 = nn.ReLU(), nn.ReLU()
        self.skip = nn.Conv2d(before, after, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's feature maps."""
        change = self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x)))))
        return self.relu2(change + self.skip(x))


def network(width: int = 32) -> nn.Module:
    """Return a small residual network whose statistics are those of noise."""
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, width, 3, 2, 1),
        nn.ReLU(),
        Block(width, 2 * width, 2),
        Block(2 * width, 4 * width, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4 * width, CLASSES),
    )
    for _ in range(3):
        net(torch.rand(32, 3, SIDE, SIDE))
    return net.eval()


def pictures(count: int, seed: int = 1) -> Tensor:
    """Return smooth random pictures (count, 3, 64, 64) in 0 .. 1."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 8, 8, generator=generator)
    return nn.functional.interpolate(coarse, SIDE, mode="bilinear").clamp(0, 1)


# --- the checks: each returns arrays to compare, and figures to print -------------------------


def maps(device: str) -> Answer:
    """Shapley maps of a picture, of a window, and of a comparison."""
    model, (x, y) = Classifier(network(), device=device), pictures(2)
    whole = model(x).explain(budget=800, target=3)
    window = model(x).where(Window(8, 8, 32, 32)).explain(budget=400, target=3, baseline="blur")
    both = model(x).left_join(model(y, name="y")).explain(budget=200, grid=4)
    start = time.perf_counter()
    model(pictures(1, 7)[0]).explain(budget=1600, target=3)
    seconds = time.perf_counter() - start
    return {
        "whole": whole.cells,
        "window": window.cells,
        "left": both.left.cells,
        "figures": {"ms an evaluation": 1000 * seconds / 1600},
    }


def probes(device: str) -> Answer:
    """A truncated network: probes of two layers, and a map at one of them."""
    import sklearn  # noqa: F401  what fits them

    model = Classifier(network(), device=device)
    found = model.fit_probes(pictures(80), ["2", "3"]).run()
    at_layer = model(pictures(1)[0]).select("3").explain(budget=200, target=3, grid=4)
    return {"cells": at_layer.cells, "agreement": list(found.agreement.values())}


def contrasts(device: str) -> Answer:
    """Why A and not B, of many pairs at once."""
    from xaiwidgets import contrast

    images = pictures(64)[:, :1, ::4, ::4]
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 14 * 14, 4))
    model = Classifier(net, device=device)
    generator = contrast.VAE((1, 16, 16), latent=6, seed=0)
    generator.fit(images, epochs=2).run()
    start = time.perf_counter()
    found = contrast.explain(model, generator, images, None, max_steps=60).run()
    seconds = time.perf_counter() - start
    return {
        "converged": np.asarray(found.converged, dtype=float).mean(keepdims=True),
        "figures": {"pairs a second": len(images) / seconds},
        "loose": 0.1,
    }


def conductances(device: str) -> Answer:
    """Conductance of an inner and of the last layer."""
    from xaiwidgets import reliability

    model, images = Classifier(network(), device=device), pictures(32)
    start = time.perf_counter()
    found = reliability.conductance(model, images, ["2", "3"], targets=3)
    seconds = time.perf_counter() - start
    return {**found, "figures": {"ms for 32 pictures": 1000 * seconds}}


def votes(device: str) -> Answer:
    """Label change rates over mutants."""
    from xaiwidgets import reliability

    model, images = Classifier(network(), device=device), pictures(64)
    labels = model.logits(images).argmax(1)
    found = reliability.mutants(model, (images, labels), rate=0.02, count=20, keep=0.0).run()
    start = time.perf_counter()
    rates = reliability.label_change_rate(model, found, images)
    seconds = time.perf_counter() - start
    return {"rates": rates, "loose": 0.06, "figures": {"ms for 20 mutants": 1000 * seconds}}


def trainings(device: str) -> Answer:
    """Stacked training of many perceptrons from shifted starts."""
    from xaiwidgets import accountability

    images = pictures(2000)[:, 0, ::4, ::4].flatten(1)
    labels = (images.mean(1) * 40).long().clamp(0, CLASSES - 1)
    start = time.perf_counter()
    found = accountability.search(
        (images, labels),
        hidden=(128, 128),
        deltas=(0.001, 0.002),
        budget=Budget(max_trial=20),
        epochs=2,
        device=device,
    ).run()
    seconds = time.perf_counter() - start
    return {
        "accuracies": [trial.accuracy for trial in found.trials],
        "loose": 0.02,
        "figures": {"trainings a second": len(found.trials) / seconds},
    }


def engine(device: str) -> Answer:
    """The compute thread: a map is finished there, another cancelled on the way."""
    from xaiwidgets.jobs import Engine

    thread = Engine()
    model, (x, y) = Classifier(network(), device=device), pictures(2)
    cells = thread.submit(model(x).steps(budget=200, target=3, grid=4)).wait(120).cells
    steps = 0

    def count(_progress: Progress) -> None:
        nonlocal steps
        steps += 1
        if steps == 5:
            job.cancel()

    job = thread.submit(model(y).steps(budget=100_000, target=3), count)
    start = time.perf_counter()
    while not job.done and time.perf_counter() - start < 120:
        time.sleep(0.005)
    thread.stop()
    return {"cells": cells, "cancelled": [float(job.cancelled)]}


def out_of_memory(device: str) -> Answer:
    """A batch that does not fit is halved until it does."""
    model, images = Classifier(network(64), device=device), pictures(4096)
    expected = model.logits(images[:64])
    figures = {}
    if device.startswith("cuda"):
        torch.cuda.empty_cache()
        total = torch.cuda.get_device_properties(0).total_memory
        held = torch.cuda.memory_reserved()
        torch.cuda.set_per_process_memory_fraction((held + 300 * 2**20) / total)
        figures["MB allowed"] = (held >> 20) + 300
    try:
        answers = model.logits(images)
    finally:
        if device.startswith("cuda"):
            torch.cuda.set_per_process_memory_fraction(1.0)
    return {"first": answers[:64], "same": expected, "figures": figures}


CHECKS: tuple[Callable[[str], Answer], ...] = (
    maps,
    probes,
    contrasts,
    conductances,
    votes,
    trainings,
    engine,
    out_of_memory,
)


# --- running them -----------------------------------------------------------------------------


def untouched(check: Callable[[str], Answer], device: str) -> Answer:
    """Run a check; RuntimeError if it leaves torch's random state or memory elsewhere changed."""
    before = torch.get_rng_state() if check is not maps else None
    if device.startswith("cuda"):
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    start = time.perf_counter()
    answer = check(device)
    if device.startswith("cuda"):
        torch.cuda.synchronize()
        answer.setdefault("figures", {})["peak MB"] = torch.cuda.max_memory_allocated() / 2**20
    answer.setdefault("figures", {})["seconds"] = time.perf_counter() - start
    del before
    return answer


def difference(one: Answer, other: Answer) -> float:
    """Return the largest difference of two answers, as a share of each array's range."""
    worst = 0.0
    for name, value in one.items():
        if name in ("figures", "loose"):
            continue
        a, b = (np.asarray(torch.as_tensor(v).cpu(), dtype=float) for v in (value, other[name]))
        spread = max(float(a.max() - a.min()), float(abs(a).max()), 1e-12)
        worst = max(worst, float(abs(a - b).max()) / spread)
    return worst


def row(check: Callable[[str], Answer], device: str) -> dict[str, Any]:
    """Return what one check found: agreement with the CPU, times, or why it was skipped."""
    doc = (check.__doc__ or "").partition("\n")[0]
    result: dict[str, Any] = {"check": check.__name__, "what": doc}
    try:
        here, there = untouched(check, device), untouched(check, "cpu")
    except ImportError as error:
        return {**result, "state": "skipped", "why": f"{error.name} is not installed"}
    except Exception:
        return {**result, "state": "broken", "why": traceback.format_exc(limit=6)}
    apart, allowed = difference(here, there), here.get("loose", 2e-3)
    return {
        **result,
        "state": "same" if apart <= allowed else "different",
        "difference": apart,
        "allowed": allowed,
        device: here["figures"],
        "cpu, beside": there["figures"],
    }


def table(rows: list[dict[str, Any]], device: str) -> str:
    """Return the rows as Markdown."""
    lines = ["| check | state | difference | on " + device + " | on the CPU |", "|---|---|---|---|---|"]
    for one in rows:
        if "difference" not in one:
            lines.append(f"| {one['what']} | {one['state']} | | {one['why'].splitlines()[-1]} | |")
            continue
        both = [
            ", ".join(f"{name} {value:.3g}" for name, value in one[where].items())
            for where in (device, "cpu, beside")
        ]
        lines.append(
            f"| {one['what']} | {one['state']} | {one['difference']:.1e} | {both[0]} | {both[1]} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Run all checks and write the table; return how many failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--out", default="gpu-check")
    parser.add_argument("--seconds", type=float, default=480.0, help="start no check after this")
    options = parser.parse_args()
    if options.device.startswith("cuda") and not torch.cuda.is_available():
        print("no GPU here; --device cpu runs the same checks on the CPU")
        return 2
    name = torch.cuda.get_device_name() if options.device.startswith("cuda") else platform.processor()
    begin, rows = time.perf_counter(), []
    for check in CHECKS:
        if time.perf_counter() - begin > options.seconds:
            rows.append({"check": check.__name__, "what": check.__doc__, "state": "skipped", "why": "no time left"})
            continue
        rows.append(row(check, options.device))
        print(table(rows[-1:], options.device).splitlines()[-1], flush=True)
        if rows[-1]["state"] == "broken":
            print(rows[-1]["why"], flush=True)
    about = {"device": name, "torch": torch.__version__, "date": time.strftime("%Y-%m-%d"), "rows": rows}
    Path(options.out + ".json").write_text(json.dumps(about, indent=1, default=str))
    title = f"{name}, torch {torch.__version__}, {about['date']}, {time.perf_counter() - begin:.0f} s\n\n"
    Path(options.out + ".md").write_text(title + table(rows, options.device) + "\n")
    return sum(one["state"] in ("different", "broken") for one in rows) and 1


if __name__ == "__main__":
    sys.exit(main())
