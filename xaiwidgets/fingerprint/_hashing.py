"""What a network computes with, hashed: two equal fingerprints mean equal answers.

Everything that is reachable from the modules counts: weights and buffers, plain attributes and
what is inside their lists, dictionaries and configuration objects, tensors that are no buffers,
packed weights, hooks with what they close over, and the code of the classes with the plain
globals that it reads (a notebook's option, a class that was defined again). What cannot be looked
into (an object of C, a file that `forward` reads) leaves a fingerprint incomplete.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeGuard

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from xxhash import xxh3_64, xxh3_64_intdigest

from xaiwidgets.fingerprint._leaves import ONLY_HERE
from xaiwidgets.fingerprint._traversal import Traversal


class Fingerprint(NamedTuple):
    """A hash of what a network computes with, and whether all of that could be looked into."""

    code: int
    complete: bool


def fingerprint(net: nn.Module) -> int:
    """Return a hash of what a network computes with, as it is now.

    Examples
    --------
    >>> net = nn.Linear(2, 2)
    >>> before = fingerprint(net)
    >>> net.weight.data.mul_(2)  # doctest: +ELLIPSIS
    tensor(...)
    >>> fingerprint(net) == before
    False
    """
    return take_fingerprint(net).code


def take_fingerprint(
    net: nn.Module, traversal: Traversal | None = None, now: object = None
) -> Fingerprint:
    """Return the hash, and whether an equal one does mean equal answers.

    `traversal` is the network's, where somebody has a current one already, and `now` its stamp.
    """
    traversal = traversal or Traversal(net)
    now = now or stamp(net, traversal)
    places = traversal.places
    if places is None or places[0] != now:
        # To look where numbers lie takes as long as to hash those of a small network.
        places = traversal.places = now, [p for each in traversal.arrays for p in _in_place(each)]
    # Not a cryptographic hash, as it is taken at every gesture and nobody gains by forging it.
    # `persistent_key`, which outlives the session, is one.
    code = xxh3_64_intdigest(traversal.text, _hash_numbers(places[1]))
    return Fingerprint(code, traversal.complete)


def _hash_numbers(places: Iterable[Any]) -> int:
    """Return a hash of numbers as they are now, of arrays or of where these lie in memory."""
    code = xxh3_64()
    for place in places:
        for numbers in (place,) if _is_memory(place) else _bytes_of(place):
            code.update(numbers)
    return code.intdigest()


def _is_memory(part: object) -> TypeGuard[bytes | memoryview]:
    return isinstance(part, bytes | memoryview)


def persistent_key(net: nn.Module) -> str:
    """Return a hash of what a network computes with that is the same in every session.

    What can only be told by where it lies in memory (a lock, say) does not count.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path, leaf in Traversal(net).leaves:
        if not path.endswith(ONLY_HERE):
            digest.update(path.encode())
            for part in _bytes_of(leaf):
                digest.update(part)
    return digest.hexdigest()


def stamp(net: nn.Module, traversal: Traversal | None = None) -> tuple[object, ...]:
    """Return what is cheap to look at and changes with nearly all that `fingerprint` sees.

    Of a tensor, where it lies and how often it was written to: only writes that torch does not
    count (through ``.data``, or an array that shares the memory) escape it. `traversal` as above.
    """
    traversal = traversal or Traversal(net)
    return traversal.text, tuple(map(_look, traversal.arrays))


def _look(array: Tensor | NDArray[Any]) -> object:
    """Return what of an array is cheap to look at."""
    if _has_memory(array):
        return array.data_ptr(), _writes(array), array.shape, array.stride(), array.dtype
    # Sparse and subclassed tensors have no one place in memory.
    if isinstance(array, Tensor):
        return id(array), _writes(array), array.shape
    # NumPy counts no writes, so that only the numbers tell.
    return xxh3_64_intdigest(array.tobytes())


def raw(tensor: Tensor) -> memoryview:
    """Return a tensor's numbers as bytes, to be hashed; not copied where they lie in order."""
    return tensor.reshape(-1).view(torch.uint8).numpy(force=True).data


def _has_memory(array: Any) -> TypeGuard[Tensor]:
    return type(array) in (Tensor, nn.Parameter) and array.layout is torch.strided


def _writes(tensor: Tensor) -> int:
    try:
        return tensor._version
    except RuntimeError:  # tensors made in inference mode count no writes
        return -1


def _in_place(array: Tensor | NDArray[Any]) -> list[Any]:
    """Return the memory of an array, which shows later writes, too; itself where there is none."""
    if not _has_memory(array) or array.is_quantized:
        return [array]
    return [*_bytes_of(array)] if array.is_cpu and array.is_contiguous() else [array]


def _bytes_of(leaf: object) -> Iterator[bytes | memoryview]:
    if isinstance(leaf, np.ndarray):
        yield f"{leaf.dtype} {leaf.shape}".encode()
        yield leaf.tobytes() if leaf.dtype != object else repr(leaf.tolist()).encode()
    elif not isinstance(leaf, Tensor):
        yield repr(leaf).encode()
    else:
        yield f"{leaf.dtype} {leaf.layout} {tuple(leaf.shape)}".encode()
        yield from _numbers(leaf)


def _numbers(tensor: Tensor) -> Iterator[bytes | memoryview]:
    if tensor.is_meta or nn.parameter.is_lazy(tensor):
        return  # nothing there yet
    if hasattr(tensor, "__tensor_flatten__"):  # torchao's and other subclasses
        names, context = tensor.__tensor_flatten__()
        yield repr(context).encode()
        for name in names:
            yield from _numbers(getattr(tensor, name))
    elif tensor.is_quantized:
        yield repr((tensor.qscheme(), _scales(tensor))).encode()
        yield raw(tensor.int_repr())
    elif tensor.layout == torch.strided:
        yield raw(tensor)
    else:  # sparse, in whatever layout
        whole = tensor.detach().to_dense()
        yield raw(whole)


def _scales(tensor: Tensor) -> object:
    if tensor.qscheme() in (torch.per_tensor_affine, torch.per_tensor_symmetric):
        return tensor.q_scale(), tensor.q_zero_point()
    return tensor.q_per_channel_scales().tolist(), tensor.q_per_channel_zero_points().tolist()
