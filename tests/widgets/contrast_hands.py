"""A small ContrastExplorer: three digits, the network and the generator that come with them."""

from __future__ import annotations

from typing import Any

from tests.widgets.hands import MADE
from xaiwidgets import ContrastExplorer, datasets, zoo

IMAGES = datasets.digits("test").images[:3]


def explorer(**traits: Any) -> ContrastExplorer:
    images = traits.pop("images", IMAGES)
    widget = ContrastExplorer(zoo.digits(), zoo.generator("digits"), images, **traits)
    MADE.append(widget)
    return widget
