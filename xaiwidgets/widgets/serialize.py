"""How values cross to the page: plain JSON, and arrays as buffers that know type and shape."""

from __future__ import annotations

import base64
import dataclasses
import enum
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from torch import Tensor

from xaiwidgets.images import Window


def plain(value: Any) -> Any:
    """Return dataclasses as dictionaries and tuples as lists, however deep; arrays stay arrays.

    Examples
    --------
    >>> plain({"window": (1, 2), 3: None})
    {'window': [1, 2], '3': None}
    """
    return _rebuilt(value, lambda array: array)


def to_wire(value: Any) -> Any:
    r"""Return a value as it crosses to the page, which decodes it once (`js/src/lib/wire.js`).

    Arrays become ``{"$array": dtype, "shape": [...], "data": bytes}``, numbers that JSON has not
    (NaN, infinite) become None.

    Examples
    --------
    >>> to_wire((np.float32(0.5), float("nan"), np.arange(2, dtype=np.int8)))
    [0.5, None, {'$array': 'int8', 'shape': [2], 'data': b'\x00\x01'}]
    """
    return _rebuilt(value, _array_wire)


def _rebuilt(value: Any, array: Callable[[np.ndarray[Any, Any]], Any]) -> Any:
    # A dataclass, too, but the page takes it as four numbers.
    if isinstance(value, Window):
        return [value.top, value.left, value.height, value.width]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _rebuilt(getattr(value, f.name), array) for f in dataclasses.fields(value)}
    if isinstance(value, Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        return array(np.ascontiguousarray(value))
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, enum.Enum):
        return value.value
    # Python's JSON writes NaN and Infinity, which `JSON.parse` refuses.
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _rebuilt(inner, array) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rebuilt(inner, array) for inner in value]
    return value


_NARROWED = {"bool": "uint8", "int64": "int32"}
"""What JavaScript has no typed array of, and what stands for it: our whole numbers are small."""


def _array_wire(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    # Bytes in a state leave it as binary buffers of the comm message, and need no base64.
    array = array.astype(_NARROWED.get(str(array.dtype), array.dtype), copy=False)
    return {"$array": str(array.dtype), "shape": list(array.shape), "data": array.tobytes()}


def json_text(value: Any) -> str:
    """Return what has crossed (`to_wire`) as JSON for a script in a page, bytes in base64."""

    def encoded(raw: Any) -> dict[str, str]:
        return {"$bytes": base64.b64encode(bytes(raw)).decode()}

    # A "</script>" within a text would end the element that holds the JSON.
    return json.dumps(value, default=encoded).replace("<", "\\u003c")
