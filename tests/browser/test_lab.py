"""The harness itself: it works a widget, and it sees what goes wrong."""

from __future__ import annotations

import pytest

from .kernels import NEWEST, ROOT
from .lab import LabSession
from .report import logged_errors

DIAL = '''
import anywidget, ipykernel, traitlets

class Dial(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ model, el }) {
        const input = document.createElement("input");
        Object.assign(input, { type: "range", max: 10, className: "dial" });
        input.value = model.get("value");
        input.dataset.lmSuppressShortcuts = "true";
        input.addEventListener("input", () => {
          model.set("value", Number(input.value));
          model.save_changes();
        });
        el.append(input);
      },
    };
    """
    value = traitlets.Int(0).tag(sync=True)

dial = Dial()
'''
ASKS_OUTSIDE = "fetch('https://example.org/data.json').catch(() => {});"


def test_a_widget_obeys_keys_and_mouse(lab: LabSession, kernel: str) -> None:
    lab.open([DIAL, "dial"], kernel)
    report = lab.run_all(60)
    assert report.executed == report.cells == 2

    lab.keys(lab.widget(".dial"), "ArrowRight", times=4)
    lab.settle()
    assert lab.py("dial.value") == 4
    lab.drag(lab.widget(".dial"), (0.45, 0.5), (0.99, 0.5))
    assert lab.until("dial.value == 10")

    version = lab.py("ipykernel.__version__")
    assert version.startswith("6.31." if kernel != NEWEST else "7.")
    assert any("/api/kernels/" in url for url in lab.requests)
    assert not lab.report().outside_requests


def test_a_saved_widget_comes_back_without_its_kernel(lab: LabSession) -> None:
    lab.open([DIAL, "dial.value = 7", "dial"])
    lab.run_all(60)
    assert lab.save().stat().st_size > 1000
    lab.theme(dark=True)
    lab.reload()
    assert lab.widget(".dial").input_value() == "7"
    assert lab.py("'dial' in globals()") is False


@pytest.mark.provokes_errors
def test_failures_are_seen_wherever_they_are(lab: LabSession) -> None:
    lab.open(
        [
            DIAL.replace("el.append", f"console.error('in the page'); {ASKS_OUTSIDE} el.append"),
            "dial.observe(lambda change: 1 / 0, 'value')",
            "dial",
            "unknown",
        ]
    )
    lab.run_all(60)
    lab.keys(lab.widget(".dial"), "ArrowRight")
    lab.settle()

    report = lab.report()
    assert report.outside_requests == ("https://example.org/data.json",)
    for expected in ("cell 3: ", "NameError", "callback: ", "ZeroDivisionError", "in the page"):
        assert expected in str(report)


@pytest.mark.provokes_errors
def test_what_a_kernel_logs_at_its_end_counts_where_it_is_ours(lab: LabSession) -> None:
    of_ours = f'File "{ROOT / "xaiwidgets/magic.py"}"\nRuntimeError: ours\n'
    for last_words, problems in (("RuntimeError: its own\n", ()), (of_ours, ("ours",))):
        lab.open([f"import atexit, os\natexit.register(os.write, 2, {last_words!r}.encode())"])
        lab.run_all(60)
        lab.open(["'another notebook'"])
        assert lab.report().problems == tuple(f"server log: RuntimeError: {w}" for w in problems)


def test_a_request_that_is_given_up_counts_where_it_is_ours() -> None:
    words = "Exception in callback _chain_future.<locals>._set_state()\n  File {}\nAssertionError\n"
    assert logged_errors(words.format("asyncio/futures.py")) == []
    assert "AssertionError" in logged_errors(words.format("xaiwidgets/work.py"))
    assert logged_errors(words.format("asyncio/futures.py") + "KeyError: 1\n") == ["KeyError: 1"]
