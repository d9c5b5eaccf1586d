"""Every network times every capability: right, or refused in our own words, and nothing else.

`make networks` runs all of it and writes `docs/networks.md`; `make test` runs some networks.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable

import pytest

from tests.networks import table
from tests.networks.architectures import ARCHITECTURES
from tests.networks.capabilities import CAPABILITIES
from tests.networks.subject import Subject, condition, differences
from xaiwidgets.errors import XaiError

pytestmark = pytest.mark.filterwarnings("ignore")

NAMES = [
    pytest.param(name, id=name, marks=pytest.mark.slow if each.quick else pytest.mark.networks)
    for name, each in ARCHITECTURES.items()
]


@pytest.fixture(scope="module", params=NAMES)
def subject(request: pytest.FixtureRequest) -> Subject:
    return Subject(request.param, ARCHITECTURES[request.param])


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_an_answer_is_right_or_refused(
    subject: Subject, capability: str, request: pytest.FixtureRequest
) -> None:
    expected = table.read().get((subject.name, capability))
    if expected == "open":
        request.applymarker(pytest.mark.xfail(reason="a fault that docs/networks.md has as open"))
    before = condition(subject.net)
    refusal = refused(CAPABILITIES[capability], subject)
    changed = differences(before, condition(subject.net))
    assert not changed, f"the network is not as it was found: {changed}"
    cell = "right" if refusal is None else "refused"
    request.node.user_properties += [("cell", (subject.name, capability, cell, refusal))]
    assert cell == "right" or expected != "right", f"was right, and is refused now: {refusal}"


def refused(check: Callable[[Subject], None], subject: Subject) -> str | None:
    """Return why a question is refused, None where its answer is right."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(subject)
    except XaiError as error:
        message = str(error)
        # What another library has said is no refusal, however it is wrapped.
        cause: BaseException | None = error
        while (cause := cause.__cause__ if cause else None) is not None:
            assert isinstance(cause, XaiError), f"not refused by us: {message}"
        # A layer, a shape, a function, a method: people must be able to tell what it is about.
        names = r"'.+?'|\d|LRP|Grad-CAM|mutate|copied"
        assert re.search(names, message), f"names nothing: {message}"
        return message
    return None


def test_the_table_has_a_row_for_each_network_and_a_column_for_each_capability() -> None:
    asked = {(name, check) for name in ARCHITECTURES for check in CAPABILITIES}
    assert set(table.read()) == asked, "run `make networks`"
