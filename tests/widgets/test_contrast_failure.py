"""What a ContrastExplorer shows when a part of its work fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.widgets.hands import until
from xaiwidgets import ContrastExplorer, datasets, zoo
from xaiwidgets.errors import ModelError


def test_what_fails_beside_the_way_to_the_boundary_leaves_it_on_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*arguments: Any, **options: Any) -> Any:
        raise ModelError("no gradient")
        yield

    images = datasets.digits("test").images[:1]
    widget = ContrastExplorer(zoo.digits(), zoo.generator("digits"), images, probe=7)
    widget.cancel()
    monkeypatch.setattr("xaiwidgets.widgets.contrast._beside.subtract", fails)
    widget.set_trait("direct", "gradient")
    widget.seed = 5  # its way is not known yet
    with pytest.raises(ModelError, match="no gradient"):
        widget.run().wait(60)
    until(lambda: widget.status["state"] == "error")
    assert widget.contrast is not None and widget.contrast["partial"] is False
    assert widget._answer is not None and widget._answer.pair is not None
    assert widget._answer.pair.morph is not None
    with pytest.raises(ModelError, match="no gradient"):
        _ = widget.result
