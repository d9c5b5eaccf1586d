"""Figures with names as people have them."""

from __future__ import annotations

import warnings

import pytest

from xaiwidgets.figures import figure


@pytest.mark.parametrize("name", ["$x", "$\\frac{", "猫", "🐱", "a\nb", "{x}", ""])
def test_a_name_is_drawn_whatever_its_signs(name: str) -> None:
    fig = figure(2, 2)
    axes = fig.subplots()
    axes.set_title(name)
    axes.set_xticks([0, 1], [name.replace("$", ""), "other"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fig._repr_png_().startswith(b"\x89PNG")
