"""Hold every wing on a GPU against the same on the CPU, and time a few goals.

    python scripts/gpu_check.py [--device cuda] [--quick] [--seconds 480] [--out gpu]

It is made for a machine that is lent for minutes: one run answers all, needs neither data nor a
network, and of packages torch, numpy, scipy and safetensors; what needs others is skipped with a
word. `--device cpu` runs the same, so that it is known to run. It writes OUT.json and OUT.md, and
ends with 1 if anything differs or fails.

Each check is asked in three ways: of a network on the CPU; of one on the device, about pictures
on the device; and with `torch.set_default_device`, as notebooks on GPUs have it.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import sys
import tempfile
import time
import traceback
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

ROOT = Path(__file__).parents[1]
SIDE, CLASSES = 16, 6


def stand_in_for_missing() -> list[str]:
    """Let the package be imported without what no check here needs; return what is missing.

    Pictures are tensors here, which Pillow never sees.
    """
    missing = [name for name in ("PIL", "threadpoolctl", "xxhash") if not is_here(name)]
    if "PIL" in missing:
        image, pil = types.ModuleType("PIL.Image"), types.ModuleType("PIL")
        image.Image = type("Image", (), {})  # type: ignore[attr-defined]
        image.DecompressionBombError = OSError  # type: ignore[attr-defined]
        pil.Image, pil.ImageOps = image, types.ModuleType("PIL.ImageOps")  # type: ignore[attr-defined]
        sys.modules |= {"PIL": pil, "PIL.Image": image, "PIL.ImageOps": pil.ImageOps}
    if "threadpoolctl" in missing:
        pools = types.ModuleType("threadpoolctl")
        none = types.SimpleNamespace(info=list)
        limits = types.SimpleNamespace(limit=lambda **_: nullcontext(), select=lambda **_: none)
        pools.ThreadpoolController = lambda: limits  # type: ignore[attr-defined]
        sys.modules["threadpoolctl"] = pools
    if "xxhash" in missing:
        hashes = types.ModuleType("xxhash")
        hashes.xxh3_64 = Hash  # type: ignore[attr-defined]
        hashes.xxh3_64_intdigest = lambda data, seed=0: Hash(data, seed).intdigest()  # type: ignore[attr-defined]
        hashes.xxh3_128_hexdigest = lambda data: hashlib.md5(data).hexdigest()  # type: ignore[attr-defined]
        sys.modules["xxhash"] = hashes
    return missing


class Hash:
    """A hash of the standard library, some thirty times as slow."""

    def __init__(self, data: bytes = b"", seed: int = 0) -> None:
        self._hash = hashlib.blake2b(data, digest_size=8, salt=seed.to_bytes(8, "little"))
        self.update = self._hash.update

    def intdigest(self) -> int:
        """Return the hash as a number."""
        return int.from_bytes(self._hash.digest(), "little")


def is_here(name: str) -> bool:
    """Return whether a package is installed."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


class Skip(Exception):  # noqa: N818  to leave something out is no error
    """What is not checked, and why."""


def needs(*packages: str) -> None:
    """Skip what needs packages that are not here."""
    missing = [name for name in packages if not is_here(name)]
    if missing:
        raise Skip(f"without {', '.join(missing)}")


# --- networks ----------------------------------------------------------------------------------


class Block(nn.Module):
    """Two convolutions with batch norms, added to their input."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(after), nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(before, after, 1, stride)
        self.relu1, self.relu2 = nn.ReLU(inplace=True), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Return the feature maps."""
        inner = self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x)))))
        return self.relu2(inner + self.shortcut(x))  # type: ignore[no-any-return]


def residual(widths: tuple[int, ...], classes: int = CLASSES, channels: int = 3) -> nn.Module:
    """Return a residual network with statistics and scores that are not those of a new one."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        blocks = [
            Block(before, after, 1 if at == 0 else 2)
            for at, (before, after) in enumerate(zip((channels, *widths), widths, strict=False))
        ]
        head = nn.Linear(widths[-1], classes)
        nn.init.normal_(head.weight, std=widths[-1] ** -0.5)
        net = nn.Sequential(*blocks, nn.Dropout(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)
        for _ in range(20):
            net(torch.rand(8, channels, 32, 32))
    return net


def chain() -> nn.Module:
    """Return a network of which each layer carries all, and which LRP knows."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(16 * (SIDE // 2) ** 2, CLASSES),
        )


def pictures(count: int, *shape: int, coarse: int | None = None) -> Tensor:
    """Return pictures (count, *shape) between 0 and 1; of so many soft squares a side, or noise.

    What is soft can be learnt by a generator.
    """
    draw, size = torch.Generator("cpu").manual_seed(0), shape[1:]
    sides = size if coarse is None else (coarse, coarse)
    noise = torch.rand(count, shape[0], *sides, generator=draw, device="cpu")
    return noise if coarse is None else nn.functional.interpolate(noise, size, mode="bilinear")


# --- what is compared --------------------------------------------------------------------------


@dataclass
class Bench:
    """Where and how the checks are asked.

    Attributes
    ----------
    device : torch.device
    way : str
        "network on the CPU", "all on the device" or "default device".
    quick : bool
    """

    device: torch.device
    way: str
    quick: bool
    nets: list[nn.Module] = field(default_factory=list)

    def inputs(self, images: Tensor, device: torch.device) -> Tensor:
        """Return pictures where they are in this way of asking."""
        return images.to(device) if self.way == "all on the device" else images

    def model(self, net: nn.Module, device: torch.device) -> Any:
        """Return a network that is evaluated on a device."""
        from xaiwidgets.network import Network

        home = device if self.way == "all on the device" else torch.device("cpu")
        self.nets.append(copy.deepcopy(net).to(home).train())
        return Network(self.nets[-1], device=device)

    def both(self, ask: Callable[[torch.device], Any]) -> tuple[Any, Any]:
        """Return the answer on the CPU, and that on the device."""
        return ask(torch.device("cpu")), ask(self.device)


def deviation(expected: Any, found: Any) -> float:
    """Return the largest difference as a share of the largest number."""
    first, second = (np.asarray(torch.as_tensor(x).cpu(), np.float64) for x in (expected, found))
    if first.shape != second.shape:
        raise AssertionError(f"shapes {first.shape} and {second.shape}")
    return float(np.abs(first - second).max() / max(np.abs(first).max(), 1e-12))


def near(expected: Any, found: Any, tolerance: float = 1e-3) -> float:
    """Return the deviation; AssertionError if it is too large."""
    error = deviation(expected, found)
    if not error <= tolerance:
        raise AssertionError(f"deviates by {error:.2g}, more than {tolerance:g}")
    return error


def logits(bench: Bench) -> float:
    """Hold scores."""
    net, images = residual((8, 16)), pictures(40, 3, SIDE, SIDE)
    return near(*bench.both(lambda d: bench.model(net, d).logits(bench.inputs(images, d))))


def shapley(bench: Bench) -> float:
    """Hold Shapley values, exact and sampled, of a window too."""
    from xaiwidgets.images import Window
    from xaiwidgets.methods import Shapley, Task

    net, images = residual((8, 16)), pictures(2, 3, SIDE, SIDE)

    def ask(device: torch.device) -> np.ndarray:
        model, inputs = bench.model(net, device), bench.inputs(images, device)
        tasks = [Task(model, inputs[0], 1), Task(model, inputs[1], 1, window=Window(2, 2, 9, 8)),
                 Task(model, inputs[0], 1, baseline="blur"),
                 Task(model, inputs[0], 1, baseline=inputs[1])]  # fmt: skip
        maps = Shapley(budget=200, grid=4).explain(tasks).run()
        maps += Shapley(budget=512, grid=3).explain(tasks).run()
        return np.concatenate([map_.cells.ravel() for map_ in maps])

    return near(*bench.both(ask))


def methods(bench: Bench) -> float:
    """Hold Grad-CAM, LRP, LIME and prediction difference analysis."""
    from xaiwidgets.methods import LIME, LRP, GradCAM, PredictionDifference, Task

    chosen: list[Any] = [GradCAM(), LRP(), PredictionDifference(samples=2, stride=2)]
    if is_here("sklearn"):
        chosen.append(LIME(cells=3, samples=60))
    net, images = chain(), pictures(6, 3, SIDE, SIDE)

    def ask(device: torch.device) -> np.ndarray:
        model, inputs = bench.model(net, device), bench.inputs(images, device)
        tasks = [Task(model, x, 2, references=inputs[2:]) for x in inputs[:2]]
        maps = [map_.values for method in chosen for map_ in method.explain(tasks).run()]
        return np.stack([map_ / max(np.abs(map_).max(), 1e-12) for map_ in maps])

    return near(*bench.both(ask), 1e-2)


def probes(bench: Bench) -> float:
    """Hold maps of truncated networks."""
    needs("sklearn", "lark")
    from xaiwidgets.algebra import fit_probes
    from xaiwidgets.methods import Shapley, Task

    net, images = chain(), pictures(40, 3, SIDE, SIDE)

    def ask(device: torch.device) -> np.ndarray:
        model, inputs = bench.model(net, device), bench.inputs(images, device)
        fit_probes(model, inputs, ["1", "4"]).run()
        tasks = [Task(model, inputs[0], 1, layer=layer) for layer in ("1", "4")]
        return np.stack([map_.cells for map_ in Shapley(512, 3).explain(tasks).run()])

    return near(*bench.both(ask), 1e-2)


def contrast(bench: Bench) -> float:
    """Hold contrastive explanations by a VAE and a GAN, their morphs, and differences of maps."""
    from xaiwidgets import contrast as wing
    from xaiwidgets.methods import Shapley

    net, images = chain(), pictures(64, 3, SIDE, SIDE, coarse=3)
    asked = 2 if bench.quick else 6

    def ask(device: torch.device) -> dict[str, Any]:
        model, inputs = bench.model(net, device), bench.inputs(images, device)
        answer: dict[str, Any] = {}
        for kind in (wing.VAE, wing.GAN):
            generator = kind((3, SIDE, SIDE), 8).to(device)
            generator.fit(inputs, epochs=3, batch_size=16).run()
            settings = {"starts": 2, "max_steps": 20, "seed": 1}
            found = wing.explain(model, generator, inputs[:asked], None, **settings).run()
            morph = wing.morph(model, generator, found, frames=5).run()
            near(found.log_likelihoods[0], morph.log_likelihoods[0])
            if np.abs(found.gap[found.converged]).max(initial=0) > 0.06:
                raise AssertionError("what has arrived is not at the boundary")
            answer[kind.__name__] = found.converged.mean()
        answer["subtract"] = wing.subtract(model, inputs[:1], None, method=Shapley(16, 2)).run()
        return answer

    cpu, here = bench.both(ask)
    for name in ("VAE", "GAN"):
        # Their ways part by rounding, so that not every pair need arrive on both.
        if abs(cpu[name] - here[name]) > 0.5:
            raise AssertionError(f"{name}: {cpu[name]:.0%} arrive, {here[name]:.0%} on the device")
    return near(cpu["subtract"].true_map, here["subtract"].true_map, 1e-2)


def conductance(bench: Bench) -> float:
    """Hold the conductance of layers by each rule."""
    from xaiwidgets import reliability

    images = pictures(5, 3, SIDE, SIDE)
    layers = {"0.conv1": residual((8, 16)), "1": residual((8, 16)), "3": chain()}

    def ask(device: torch.device) -> np.ndarray:
        parts = []
        for layer, net in layers.items():
            model, inputs = bench.model(net, device), bench.inputs(images, device)
            for rule in ("secant", "right", "trapezoid"):
                found = reliability.conductance(
                    model, inputs, [layer], targets=1, rule=rule, steps=6, baseline="blur"
                )
                parts.append(found[layer].ravel() / np.abs(found[layer]).max())
        return np.concatenate(parts)

    return near(*bench.both(ask), 1e-2)


def votes(bench: Bench) -> float:
    """Hold mutants of each operator, and what they say."""
    from xaiwidgets import reliability

    net, images = residual((8, 16)), pictures(60, 3, SIDE, SIDE)
    labels = bench.model(net, torch.device("cpu")).logits(images).argmax(1).numpy()

    def ask(device: torch.device) -> np.ndarray:
        model, inputs = bench.model(net, device), bench.inputs(images, device)
        rows = []
        for operator in ("NAI", "GF", "WS", "NS"):
            made = reliability.mutants(
                model, (inputs, labels), operator=operator, rate=0.03, count=4, keep=0.2
            ).run()
            rows.append(reliability.votes(model, made[:2], inputs).run().labels)
            made.network(model, 0)
        return np.concatenate(rows)

    cpu, here = bench.both(ask)
    share = float((cpu != here).mean())
    if share > 0.02:
        raise AssertionError(f"{share:.1%} of the votes are others")
    return share


def training(bench: Bench) -> float:
    """Hold searches: perceptrons side by side, and networks of one's own."""
    from xaiwidgets import accountability
    from xaiwidgets.work import Budget

    draw = np.random.default_rng(0)
    labels = draw.integers(0, 3, 300)
    inputs = (draw.normal(size=(300, 12)) + labels[:, None]).astype(np.float32)

    def make() -> nn.Module:
        return nn.Sequential(nn.Linear(12, 8), nn.Dropout(0.0), nn.ReLU(), nn.Linear(8, 3))

    def ask(device: torch.device) -> np.ndarray:
        losses = []
        for options in ({"hidden": (8,)}, {"network": make}):
            found = accountability.search(
                (inputs, labels), budget=Budget(max_trial=6), device=device, **options
            ).run()
            losses += [found.baseline.loss, *(trial.loss for trial in found.trials)]
        return np.array(losses)

    return near(*bench.both(ask))


def thread(bench: Bench) -> float:
    """Hold what the compute thread gives beside a search that is cancelled."""
    from xaiwidgets.errors import Cancelled
    from xaiwidgets.jobs import Engine
    from xaiwidgets.methods import Cache, Shapley, Task

    net, images = residual((8, 16)), pictures(2, 3, SIDE, SIDE)
    model = bench.model(net, bench.device)
    tasks = [[Task(model, x, 1)] for x in bench.inputs(images, bench.device)]
    alone = Shapley(budget=300, grid=5).explain(tasks[0], Cache()).run()
    engine = Engine()
    long = engine.submit(Shapley(budget=10**6, grid=7).explain(tasks[1], Cache()))
    beside = engine.submit(Shapley(budget=300, grid=5).explain(tasks[0], Cache())).wait(120)
    long.cancel()
    try:
        long.wait(60)
    except Cancelled:
        pass
    else:
        raise AssertionError("the search was not cancelled")
    engine.stop()
    return near(alone[0].cells, beside[0].cells)


def memory(bench: Bench) -> float:
    """Hold that batches are halved until they fit into memory, and the answer is the same."""
    with torch.random.fork_rng():
        wide = nn.Sequential(
            nn.Conv2d(3, 64, 3, padding=1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(64, CLASSES),
        )
    side = 32 if bench.quick or bench.device.type == "cpu" else 224
    model = bench.model(wide, bench.device)
    images = pictures(20, 3, side, side).repeat(1 if side == 32 else 20, 1, 1, 1)
    expected = bench.model(wide, torch.device("cpu")).logits(images[:20])
    with scarce_memory(bench.device, model.copies.private().net) as refused:
        found = model.logits(images)
    if not refused():
        raise AssertionError("memory did not run out")
    return near(expected, found[:20])


@contextmanager
def scarce_memory(device: torch.device, net: nn.Module) -> Iterator[Callable[[], bool]]:
    """Leave little memory: on CUDA by a limit; on the CPU the network says that there is none."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        total = torch.cuda.get_device_properties(device).total_memory
        before = torch.cuda.memory_stats(device)["num_ooms"]
        room = torch.cuda.memory_reserved(device) + 2**29
        torch.cuda.set_per_process_memory_fraction(min(1.0, room / total), device)
        try:
            yield lambda: torch.cuda.memory_stats(device)["num_ooms"] > before
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0, device)
        return
    refusals = []

    def refuse(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if len(inputs[0]) > 6:
            refusals.append(len(inputs[0]))
            raise torch.OutOfMemoryError("out of memory: as it would be said")

    handle = net.register_forward_pre_hook(refuse)
    try:
        yield lambda: bool(refusals)
    finally:
        handle.remove()


CHECKS = (logits, shapley, methods, probes, contrast, conductance, votes, training, thread, memory)
WAYS = ("network on the CPU", "all on the device", "default device")


# --- goals -------------------------------------------------------------------------------------


def seconds_of(device: torch.device, ask: Callable[[], Any]) -> float:
    """Return how long something takes, what the device has still to do included."""
    start = time.perf_counter()
    ask()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - start


def twin_speed(device: torch.device, quick: bool) -> dict[str, float]:
    """Measure a residual network's twin, and the network in batches of 16."""
    from xaiwidgets.network import Network

    side, widths = (32, (8, 16)) if quick else (224, (64, 128, 256, 512))
    model, images = Network(residual(widths, 1000), device=device), pictures(128, 3, side, side)
    images = images.to(device)
    twin, plain = model.copies.twin(images[:4]).run(), model.copies.private()
    facts = {"batch": float(twin.batch), "deviation": twin.deviation}
    for name, ask in (
        ("twin", lambda: twin(images)),
        ("eager", lambda: [plain(part) for part in torch.split(images, 16)]),
    ):
        ask()
        facts[f"{name} evaluations/s"] = len(images) / seconds_of(device, ask)
    return facts


def map_speed(device: torch.device, quick: bool) -> dict[str, float]:
    """Measure a map of 800 evaluations of EfficientNet-Lite0, else of a residual network."""
    from xaiwidgets.methods import Cache, Shapley, Task
    from xaiwidgets.network import Network

    side = 32 if quick else 224
    if not quick and is_here("efficientnet_lite_pytorch") and is_here("lark"):
        from xaiwidgets import zoo

        model = zoo.efficientnet_lite0(str(device))
        facts = {"EfficientNet-Lite0": 1.0}
    else:
        model = Network(residual((8, 16) if quick else (64, 128, 256, 512), 1000), device=device)
        facts = {"EfficientNet-Lite0": 0.0}
    task = Task(model, pictures(1, 3, side, side)[0], 1)
    budget = 60 if quick else 800
    for name in ("first", "second"):
        took = seconds_of(device, lambda: Shapley(budget).explain([task], Cache()).run())
        facts[f"{name} map, s"] = took
    return facts


def contrast_speed(device: torch.device, quick: bool) -> dict[str, float]:
    """Measure contrastive explanations of pictures of 28 x 28."""
    from xaiwidgets import contrast as wing
    from xaiwidgets.network import Network

    count = 8 if quick else 400
    images = pictures(max(count, 200), 1, 28, 28, coarse=4)
    model = Network(residual((16, 32), 10, 1), device=device)
    generator = wing.VAE((1, 28, 28), 16).to(device)
    generator.fit(images, epochs=4 if quick else 20).run()
    images = images[:count]
    wing.explain(model, generator, images[:2], None).run()
    found: list[Any] = []
    took = seconds_of(
        device, lambda: found.append(wing.explain(model, generator, images, None).run())
    )
    return {"pairs/s": count / took, "reached": float(np.mean(found[0].converged))}


def conductance_speed(device: torch.device, quick: bool) -> dict[str, float]:
    """Measure the conductance of all layers of a residual network at once."""
    from xaiwidgets import reliability
    from xaiwidgets.network import Network

    side, widths, count = (32, (8, 16), 2) if quick else (224, (64, 128, 256, 512), 32)
    model, images = Network(residual(widths, 100), device=device), pictures(count, 3, side, side)
    layers = [name for name in model.anatomy(images[0]).layers if "." not in name][:-3]
    reliability.conductance(model, images[:1], layers, steps=2)
    took = seconds_of(device, lambda: reliability.conductance(model, images, layers))
    return {"layers": float(len(layers)), "pictures/s": count / took}


def votes_speed(device: torch.device, quick: bool) -> dict[str, float]:
    """Measure votes of mutants of a residual network."""
    from xaiwidgets import reliability
    from xaiwidgets.network import Network

    count, many = (20, 2) if quick else (2000, 20)
    model, images = Network(residual((16, 32, 64), 10), device=device), pictures(count, 3, 32, 32)
    labels = model.logits(images).argmax(1).numpy()
    made = reliability.mutants(
        model, (images[:200], labels[:200]), rate=0.01, count=many, keep=0.1
    ).run()
    took = seconds_of(device, lambda: reliability.votes(model, made, images).run())
    return {"evaluations/s": many * count / took}


def training_speed(device: torch.device, quick: bool) -> dict[str, float]:
    """Measure perceptrons 784-256-10 on 60,000 examples, two epochs, trained side by side."""
    from xaiwidgets import accountability
    from xaiwidgets.work import Budget

    draw, count = np.random.default_rng(0), 500 if quick else 60_000
    data = draw.random((count, 784), np.float32), draw.integers(0, 10, count)
    budget = Budget(max_trial=2 if quick else 100, max_time=60)
    found: list[Any] = []
    took = seconds_of(
        device,
        lambda: found.append(accountability.search(data, budget=budget, device=device).run()),
    )
    return {"trainings": float(len(found[0].trials)), "trainings/s": len(found[0].trials) / took}


GOALS = (twin_speed, map_speed, contrast_speed, conductance_speed, votes_speed, training_speed)


# --- running -----------------------------------------------------------------------------------


def condition(net: nn.Module) -> tuple[Any, ...]:
    """Return what must be as it was found, in a form that can be compared."""
    code = hashlib.sha256()
    for value in net.state_dict().values():
        code.update(value.detach().cpu().contiguous().numpy().tobytes())
    hooks = [(len(m._forward_hooks), len(m._forward_pre_hooks)) for m in net.modules()]
    places = [(str(p.device), p.requires_grad, p.grad is None) for p in net.parameters()]
    return code.hexdigest(), [m.training for m in net.modules()], hooks, places


def modes(device: torch.device) -> tuple[Any, ...]:
    """Return the state of torch as a whole."""
    states = [torch.get_rng_state().tolist()]
    if device.type == "cuda":
        states.append(torch.cuda.get_rng_state(device).tolist())
    return states, torch.is_grad_enabled(), str(torch.get_default_device())


def run_check(check: Callable[[Bench], float], bench: Bench) -> dict[str, Any]:
    """Return what came of one check: how far apart, or what went wrong."""
    before, began = modes(bench.device), time.perf_counter()
    found: list[tuple[Any, Any]] = []
    make = bench.model

    def noted(net: nn.Module, device: torch.device) -> Any:
        model = make(net, device)
        found.append((bench.nets[-1], condition(bench.nets[-1])))
        return model

    bench.model = noted  # type: ignore[method-assign]
    try:
        with torch.device(bench.device) if bench.way == WAYS[2] else nullcontext():
            error = check(bench)
        if any(condition(net) != state for net, state in found):
            raise AssertionError("the network is not as it was found")
        if modes(bench.device) != before:
            raise AssertionError("the random state or a mode of torch is not as it was found")
        status: dict[str, Any] = {"status": "same", "deviation": error}
    except Skip as skip:
        status = {"status": "skipped", "why": str(skip)}
    except Exception as error:  # all that can go wrong is the answer
        kind = "differs" if isinstance(error, AssertionError) else "failed"
        status = {"status": kind, "why": f"{type(error).__name__}: {error}",
                  "trace": traceback.format_exc()}  # fmt: skip
    return {**status, "seconds": time.perf_counter() - began}


def run_goal(goal: Callable[..., dict[str, float]], device: torch.device, quick: bool) -> Any:
    """Return what was measured, and the memory that it took."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    began = time.perf_counter()
    try:
        facts: dict[str, Any] = {"status": "measured", **goal(device, quick)}
    except Exception as error:  # as above
        facts = {"status": "failed", "why": f"{type(error).__name__}: {error}",
                 "trace": traceback.format_exc()}  # fmt: skip
    if device.type == "cuda":
        facts["peak GiB"] = torch.cuda.max_memory_allocated(device) / 2**30
    return {**facts, "seconds": time.perf_counter() - began}


def table(report: dict[str, Any]) -> str:
    """Return the report for people."""
    lines = [f"# {report['device']}, torch {report['torch']}", ""]
    lines += ["| check | way | what came of it |", "|---|---|---|"]
    for one in report["checks"]:
        text = one.get("why") or f"within {one['deviation']:.2g}"
        lines.append(f"| {one['check']} | {one['way']} | {one['status']}: {text} |")
    lines += ["", "| goal | measured |", "|---|---|"]
    for one in report["goals"]:
        facts = [
            f"{name} {value:.4g}" if isinstance(value, float) else f"{name}: {value}"
            for name, value in one.items()
            if name not in ("goal", "status", "trace")
        ]
        lines.append(f"| {one['goal']} | {', '.join(facts)} |")
    return "\n".join([*lines, "", f"{report['seconds']:.0f} s in all", ""])


def say(text: str) -> None:
    """Print a line at once: a machine that is lent may be taken back."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Check, measure, write; return 1 if anything differs or fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true", help="small goals, to see that it runs")
    parser.add_argument("--seconds", type=float, default=480, help="after so many, no new one")
    parser.add_argument("--out", type=Path, default=Path("build/gpu"), help="without an ending")
    options = parser.parse_args(arguments)
    if options.device.startswith("cuda") and not torch.cuda.is_available():
        say("torch sees no CUDA here; --device cpu shows that the script runs")
        return 2
    # Probes are kept on disk, but not among the user's.
    os.environ["XAIWIDGETS_CACHE"] = cache = tempfile.mkdtemp()
    missing = stand_in_for_missing()
    sys.path.insert(0, str(ROOT))
    device, began = torch.empty(0, device=options.device).device, time.perf_counter()
    # As exact as the CPU, to be compared; the goals are timed as torch is set.
    exact = torch.backends.cudnn.allow_tf32
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor()
    report: dict[str, Any] = {"device": name or str(device), "torch": torch.__version__,
                              "python": platform.python_version(), "missing": missing,
                              "checks": [], "goals": []}  # fmt: skip

    def late() -> bool:
        return time.perf_counter() - began > options.seconds

    torch.backends.cudnn.allow_tf32 = False
    # Quickly, each check in one of the ways.
    asked = [(way, check) for at, way in enumerate(WAYS) for place, check in enumerate(CHECKS)
             if not options.quick or place % len(WAYS) == at]  # fmt: skip
    for way, check in asked:
        came = {"status": "skipped", "why": "no time is left"}
        if not late():
            came = run_check(check, Bench(device, way, options.quick))
        report["checks"].append({"check": check.__name__, "way": way, **came})
        say(f"{check.__name__}, {way}: {came['status']} {came.get('why', '')}")
    torch.backends.cudnn.allow_tf32 = exact
    for goal in GOALS:
        came = {"status": "skipped"} if late() else run_goal(goal, device, options.quick)
        report["goals"].append({"goal": goal.__name__, **came})
        say(f"{goal.__name__}: {came}")
    report["seconds"] = time.perf_counter() - began
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.with_suffix(".json").write_text(json.dumps(report, indent=1))
    options.out.with_suffix(".md").write_text(table(report))
    say(table(report))
    shutil.rmtree(cache)
    every = [one["status"] for one in report["checks"] + report["goals"]]
    return int(any(status in ("differs", "failed") for status in every))


if __name__ == "__main__":
    sys.exit(main())
