"""`Contrast`: where the boundary is, and what must change on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.contrast._colour import read_change, strongest_change
from xaiwidgets.contrast._constraints import Record, third_class_on_top
from xaiwidgets.contrast._latent_objective import Float64Tensor
from xaiwidgets.figures import figure, png

# Their first axis is the step, and the second the pair; that of all others is the pair.
_FRAMES = ("path", "latents", "log_likelihoods")
_DRAWN = 256  # pictures that are drawn together


@dataclass(frozen=True, eq=False, repr=False)
class Contrast:
    """Why not the probe class? For P pairs of a picture and a class; the leading axis is the pair.

    Latents and pictures are tensors on the CPU, the rest are NumPy arrays.

    Attributes
    ----------
    method : str
        "cdeepex", or "xgems", which lets third classes win.
    true, probe : (P,) ints
        The class predicted for the picture, and that asked about.
    start, end : Tensor (P, ...)
        The latents of the picture and of the point on the boundary.
    image, boundary : Tensor (P, C, H, W)
        Their pictures. The boundary may leave the range of pictures a little: what the generator
        cannot draw is added, so that it starts at the picture itself.
    difference : Tensor (P, C, H, W)
        boundary - image. Positive (red): to be added. Negative (blue): to be removed.
    path : Tensor (T, P, C, H, W)
        The accepted steps from the picture to the boundary, as pictures; the last is repeated
        where a pair needed fewer than T.
    latents : Tensor (T, P, ...)
        The same as latents.
    log_likelihoods : (T, P, K) float32
        Of all classes at these steps.
    converged : (P,) bool
        Whether the boundary was reached with all constraints. Where not, the end is the point
        that came nearest to it.
    third_class : (P,) ints
        The strongest class that beats both at the end, else -1.
    gap : (P,) float32
        log-likelihood(true) - log-likelihood(probe) at the end.
    distance : (P,) float32
        From start to end in the latent space.
    reconstruction_error : (P,) float32
        Root mean square of what the generator cannot draw of the picture: it is added unchanged.
    steps, evaluations, gradients : (P,) ints
        Steps of the searches, evaluations of the network (those of starts and of the steps), and
        gradients, each counted singly.
    gradients_to_reach : (P,) ints
        Of these gradients, those before the boundary was first reached; -1 where it was not.
    """

    method: str
    true: NDArray[np.int64]
    probe: NDArray[np.int64]
    start: Tensor
    end: Tensor
    image: Tensor
    boundary: Tensor
    difference: Tensor
    path: Tensor
    latents: Tensor
    log_likelihoods: NDArray[np.float32]
    converged: NDArray[np.bool_]
    third_class: NDArray[np.int64]
    gap: NDArray[np.float32]
    distance: NDArray[np.float32]
    reconstruction_error: NDArray[np.float32]
    steps: NDArray[np.int64]
    evaluations: NDArray[np.int64]
    gradients: NDArray[np.int64]
    gradients_to_reach: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.probe)

    def __repr__(self) -> str:
        text = f"{self.method}, {int(self.converged.sum())} of {len(self)} reached"
        third = int((self.third_class >= 0).sum())
        return (
            f"Contrast({text}, {third} with a third class on top)" if third else f"Contrast({text})"
        )

    @property
    def change(self) -> Tensor:
        """The difference as one map (P, H, W), as overlays show it; see `strongest_change`."""
        return strongest_change(self.difference)

    def __getitem__(self, pair: int) -> Contrast:
        """Return one pair, as a Contrast of one."""
        at = range(len(self))[pair]  # IndexError where there is none
        pairs = slice(at, at + 1)
        parts = {
            name: value[:, pairs] if name in _FRAMES else value[pairs]
            for name, value in ((field.name, getattr(self, field.name)) for field in fields(self))
            if name != "method"
        }
        return Contrast(method=self.method, **parts)

    def without_path(self) -> Contrast:
        """Return the same with a path of two frames, its ends, for those who keep many.

        It shares no memory with this one.
        """
        parts: dict[str, Any] = {
            name: value.clone() if isinstance(value, Tensor) else value.copy()
            for name, value in ((field.name, getattr(self, field.name)) for field in fields(self))
            if name != "method"
        }
        # A list of places copies; a slice would be a view that keeps all frames in memory.
        parts |= {name: getattr(self, name)[[0, -1]] for name in _FRAMES}
        # The ends of the path are these again, and are stored once.
        parts["image"], parts["boundary"] = parts["path"]
        parts["start"], parts["end"] = parts["latents"]
        return Contrast(method=self.method, **parts)

    def plot(
        self, pairs: int = 4, classes: Sequence[str] | None = None, reading: str = "strongest"
    ) -> Any:
        """Draw the first pairs with matplotlib: the picture, what must change, the boundary.

        Red is to be added, blue to be removed. `classes` names the classes; `reading` is that of
        `read_change`. Returns the figure.
        """
        count = min(pairs, len(self))
        changes = read_change(self.image, self.boundary, reading)
        canvas = figure(7.5, 2.6 * count)
        for row, axes in enumerate(canvas.subplots(count, 3, squeeze=False)):
            change = changes[row]
            limit = float(change.abs().max()) or 1.0
            both = _displayable(torch.stack([self.image[row], self.boundary[row]]))
            for axis, picture in zip((axes[0], axes[2]), both, strict=True):
                axis.imshow(picture, cmap="gray", vmin=0, vmax=1)
            # The colours of the thesis's fig. 3.3.
            axes[1].imshow(change.numpy(), cmap="RdBu_r", vmin=-limit, vmax=limit)
            converged = "boundary" if self.converged[row] else "nearest found: boundary not reached"
            true, probe = (
                f"class {number}" if classes is None else classes[number]
                for number in (self.true[row], self.probe[row])
            )
            names = (true, f"why not {probe}?", converged)
            for axis, name in zip(axes, names, strict=True):
                axis.set_title(name, fontsize="medium")
                axis.set(xticks=[], yticks=[])
        return canvas

    def _repr_png_(self) -> bytes:
        return png(self.plot())


def build_contrast(method: str, record: Record, scores: Float64Tensor) -> Contrast:
    """Return what was found for the pairs of one record; `scores` (P, K) are the pictures' own."""
    objective, constraints = record.objective, record.constraints
    paths = _paths(record, scores)
    z, likelihoods = torch.cat(paths).tensor_split([objective.start.shape[1]], dim=1)
    lengths = torch.tensor([len(path) for path in paths], device="cpu")
    here = torch.arange(len(paths), device="cpu")
    # Each frame is drawn once, however often it is repeated; few together, which is quicker.
    pairs = here.repeat_interleave(lengths)
    parts = zip(torch.split(z, _DRAWN), torch.split(pairs, _DRAWN), strict=True)
    pictures = torch.cat([objective.pictures(*part).cpu() for part in parts])
    steps = torch.arange(int(lengths.max()), device="cpu")[:, None]
    frames = lengths.cumsum(0) - lengths + torch.minimum(steps, lengths - 1)  # (T, P)
    pictures, latents = pictures[frames], objective.latents(z).cpu()[frames]
    z, likelihoods = z[frames], likelihoods[frames]
    true, probe, end = constraints.true, constraints.probe, likelihoods[-1]
    image = objective.images.cpu()
    error = objective.residual.flatten(1).square().mean(1).sqrt()
    numbers = {
        "gap": end[here, true] - end[here, probe],
        "distance": (z[-1] - objective.start).norm(dim=1),
        "reconstruction_error": error.cpu(),
        "log_likelihoods": likelihoods,
    }
    return Contrast(
        method=method,
        true=true.numpy(),
        probe=probe.numpy(),
        start=latents[0],
        end=latents[-1],
        image=image,
        boundary=pictures[-1],
        difference=pictures[-1] - image,
        path=pictures,
        latents=latents,
        converged=record.converged.numpy().copy(),
        third_class=third_class_on_top(end, true, probe).numpy(),
        steps=record.steps.numpy().copy(),
        evaluations=objective.evaluations.numpy().copy(),
        gradients=objective.gradients.numpy().copy(),
        gradients_to_reach=record.gradients_to_reach.numpy().copy(),
        **{name: value.float().numpy() for name, value in numbers.items()},
    )


def concatenate(parts: Sequence[Contrast]) -> Contrast:
    """Return the pairs of several results as one; their paths become equally long."""
    longest = max(len(part.path) for part in parts)
    values: dict[str, object] = {"method": parts[0].method}
    for name in (field.name for field in fields(Contrast) if field.name != "method"):
        pieces = [torch.as_tensor(getattr(part, name), device="cpu") for part in parts]
        if name in _FRAMES:
            pieces = [_pad_frames(piece, longest) for piece in pieces]
        combined = torch.cat(pieces, dim=1 if name in _FRAMES else 0)
        is_tensor = isinstance(getattr(parts[0], name), Tensor)
        values[name] = combined if is_tensor else combined.numpy()
    return Contrast(**values)  # type: ignore[arg-type]


def _paths(record: Record, scores: Float64Tensor) -> list[Float64Tensor]:
    """Return latents and log-likelihoods, side by side (T, d + K), of each path from z0."""
    paths = []
    for start, own_scores, path in zip(record.objective.start, scores, record.paths, strict=True):
        # A search that began on the way to the probe class has no z0 in its path.
        begins = bool(path) and torch.equal(path[0][0], start)
        frames = path if begins else [(start, own_scores), *path]
        paths.append(torch.stack([torch.cat(frame) for frame in frames]))
    return paths


def _pad_frames(frames: Tensor, length: int) -> Tensor:
    """Repeat the last frame until there are `length`."""
    last = frames[-1:].expand(length - len(frames), *frames.shape[1:])
    return torch.cat([frames, last])


def _displayable(pictures: Tensor) -> NDArray[np.float32]:
    """Return a picture and its boundary for matplotlib: the range of the first is 0 to 1."""
    low, high = (float(end) for end in pictures[0].aminmax())
    count = ((pictures - low) / max(high - low, 1e-9)).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    return count[..., :3] if count.shape[3] >= 3 else count[..., 0]
