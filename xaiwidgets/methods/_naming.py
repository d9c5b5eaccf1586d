"""Methods by name: the text that stands for one in a query, on a page, or in Python."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError
from xaiwidgets.methods._attention import AttentionRollout
from xaiwidgets.methods._cam import CAM
from xaiwidgets.methods._deeplift import DeepLift
from xaiwidgets.methods._gradcam import GradCAM
from xaiwidgets.methods._gradients import (
    Gradient,
    GradientTimesInput,
    IntegratedGradients,
    SmoothGrad,
)
from xaiwidgets.methods._guided import GuidedBackprop
from xaiwidgets.methods._lime import LIME
from xaiwidgets.methods._lrp import LRP
from xaiwidgets.methods._method import Method
from xaiwidgets.methods._occlusion import Occlusion
from xaiwidgets.methods._players import NAMED_PLAYERS
from xaiwidgets.methods._prediction_difference import PredictionDifference
from xaiwidgets.methods._shapley import Shapley

NAMED: dict[str, type[Any]] = {
    "shapley": Shapley,
    "gradient": Gradient,
    "gxi": GradientTimesInput,
    "ig": IntegratedGradients,
    "smoothgrad": SmoothGrad,
    "deeplift": DeepLift,
    "guided": GuidedBackprop,
    "gradcam": GradCAM,
    "cam": CAM,
    "lrp": LRP,
    "occlusion": Occlusion,
    "lime": LIME,
    "pda": PredictionDifference,
    "rollout": AttentionRollout,
}
"""The methods by the names that they have in text."""

SETTINGS = ("budget", "grid", "seed")
"""Of the default method, as arguments beside others."""


def read_method(text: str) -> Method:
    """Return the method that a text stands for: a name, and maybe settings by name.

    The inverse of `method_text`.

    Raises
    ------
    InputError
        If there is no such method or setting, with the nearest name; or a setting cannot be used.

    Examples
    --------
    >>> read_method("ig")
    IntegratedGradients(steps=50)
    >>> read_method('gradcam(layer="conv2")')
    GradCAM(layer='conv2')
    """
    name, settings = _parts(text)
    if name not in NAMED:
        similar = nearest(name, list(NAMED)) or f"; there are {', '.join(NAMED)}"
        raise InputError(f"there is no method {name!r}{similar}")
    kind = NAMED[name]
    names = [field.name for field in fields(kind)]
    for setting in settings:
        if setting not in names:
            there = f"it has {', '.join(names)}" if names else "it has none"
            similar = nearest(setting, names) or f"; {there}"
            raise InputError(f"method {name!r} has no setting {setting!r}{similar}")
    method: Method = kind(**settings)
    return method


def method_text(method: Method) -> str:
    """Return the text of a method: its name, and the settings that are not the usual ones.

    Raises
    ------
    InputError
        If it is no method with a name, or has a setting that no text can stand for.

    Examples
    --------
    >>> method_text(LRP(convolutions="gamma", gamma=0.5))
    'lrp(convolutions="gamma", gamma=0.5)'
    """
    name = next((name for name, kind in NAMED.items() if kind is type(method)), None)
    if name is None:
        raise InputError(f"{method!r} has no name in text; there are {', '.join(NAMED)}")
    settings = {
        field.name: getattr(method, field.name)
        for field in fields(NAMED[name])
        if field.default is MISSING or getattr(method, field.name) != field.default
    }
    return name + (
        f"({', '.join(f'{key}={_literal(key, value)}' for key, value in settings.items())})"
        if settings
        else ""
    )


def choose_method(method: Method | str | None, settings: Mapping[str, Any]) -> Method:
    """Return a method, or else Shapley values with these `SETTINGS`; InputError if both differ."""
    default = Shapley(**settings)
    if method is None:
        return default
    chosen = checked_method(method)
    if default != Shapley():
        raise InputError(
            f"{', '.join(SETTINGS)} are settings of the default method; give {chosen.label} its own"
        )
    return chosen


def checked_method(method: Method | str) -> Method:
    """Return a method as it is, or that of a text; InputError if it is something else."""
    if isinstance(method, str):
        return read_method(method)
    if not isinstance(method, Method) or isinstance(method, type):
        raise InputError(
            f"method is {method!r}; use one of xaiwidgets.methods, such as Shapley(), or its name: "
            f"{', '.join(NAMED)}"
        )
    return method


def _parts(text: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the settings that a text says."""
    try:
        node = ast.parse(str(text).strip(), mode="eval").body
        if isinstance(node, ast.Name):
            return node.id, {}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args:
            names = [keyword.arg for keyword in node.keywords]
            # Literals only: a query may come from somebody else, and is read, not run.
            values = [ast.literal_eval(keyword.value) for keyword in node.keywords]
            settings = {name: value for name, value in zip(names, values, strict=True) if name}
            if len(settings) == len(names):
                return node.func.id, settings
    # A text that is nested too deeply ends the parser in one of the last two.
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        pass
    raise InputError(
        f"method is {text!r}, which cannot be read; write a name, and maybe its settings, as "
        'gradcam or gradcam(layer="conv2")'
    )


def _literal(name: str, value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        # Anything else than these two stands for itself, but for line breaks and their like.
        return f'"{escaped}"' if value.isprintable() else repr(value)
    if value is None or isinstance(value, int | float | tuple):
        return repr(value)
    for text, players in NAMED_PLAYERS.items():
        if value == players():
            return f'"{text}"'
    raise InputError(f"{name} is {value!r}, for which a query has no text; use a number")
