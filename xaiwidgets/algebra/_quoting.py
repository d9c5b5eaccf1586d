"""Names as a query writes them: bare where the language reads them so, else quoted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xaiwidgets.network import Network


def layer_text(layer: str) -> str:
    """Return a layer's name as it stands in a query."""
    # As the grammar's LAYER; "from" would be read as the keyword.
    bare = re.fullmatch(r"(?!from\b)\w+(\.\w+)*", layer, re.ASCII | re.IGNORECASE)
    return layer if bare else quoted(layer)


def class_text(model: Network, target: int) -> str:
    """Return a class as a bare name, a quoted name, or a number if its name is not unique."""
    if model.classes is None or model.classes.count(model.classes[target]) > 1:
        return str(target)
    label = model.classes[target]
    # A quoted name has no line breaks in the grammar.
    return str(target) if "\n" in label else label_text(label)


def label_text(label: str) -> str:
    """Return a class's name, bare or quoted."""
    return label if re.fullmatch(r"[A-Za-z_]\w*", label, re.ASCII) else quoted(label)


def quoted(text: str) -> str:
    """Return text in quotation marks, as the language reads it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
