"""Another detector by hand: set up in the fold, fitted, seen in the table; stopped once."""

from __future__ import annotations

from playwright.sync_api import expect

from .detector_page import DetectorPage, show
from .examples import DETECTED
from .lab import LabSession

NEW = (
    "w = ErrorDetectorPanel(detector, images, labels, training=training, validation=validation)\nw"
)
ROW = "conv1, 4 × GF 2 %, network"


def open_fold(page: DetectorPage) -> None:
    """Open the fold; an earlier page may have been left with it open."""
    summary, inside = page.root.get_by_text("Set up another detector"), ".xai-detector-fit"
    if not page.root.locator(inside).is_visible():
        summary.click()
    expect(page.root.locator(inside)).to_be_visible()


def test_another_detector_is_set_up_fitted_and_stopped(lab: LabSession) -> None:
    page = show(lab, DETECTED, NEW)
    open_fold(page)
    rows = page.root.locator(".xai-score-table tbody tr")
    expect(rows).to_have_count(8)
    page.root.get_by_label("Layer").select_option("conv1")
    page.root.get_by_label("Copies that vote").select_option("GF")
    for label, value in (("Units changed in percent", "2"), ("How many copies", "100000")):
        page.root.get_by_label(label).fill(value)
        page.root.get_by_label(label).press("Tab")
    expect(page.root.locator(".xai-detector-fit .xai-refusal:visible")).to_contain_text("to 10,000")
    page.root.get_by_label("How many copies").fill("9000")
    page.root.get_by_label("How many copies").press("Tab")
    button = page.root.locator(".xai-detector-fit-start")
    button.click()
    expect(button).to_have_text("Stop")
    expect(page.root.locator(".xai-detector-fit")).to_contain_text(
        "drawing mutants", timeout=30_000
    )
    button.click()
    expect(button).to_have_text("Fit", timeout=30_000)
    expect(rows).to_have_count(8)
    page.root.get_by_label("How many copies").fill("4")
    page.root.get_by_label("How many copies").press("Tab")
    button.click()
    expect(rows).to_have_count(9, timeout=60_000)
    voting = page.root.get_by_role("region", name="Votes of the copies")
    expect(voting).to_contain_text("300 of the validation images")
    expect(voting.locator("svg .xai-line")).to_have_count(1)
    rate = lab.py(f"w.votings['{ROW}']['wrong']")
    expect(voting.locator("tbody tr")).to_contain_text(f"{100 * rate:.1f} %")
    shown = "(lambda d: [d['auroc'], d['lead'], d['lead_error']])(w.detectors['" + ROW + "'])"
    area, lead, error = lab.py(shown)
    row = rows.filter(has_text=ROW)
    expect(row).to_contain_text(f"{area:.3f} ±")
    expect(row).to_contain_text(f"{abs(lead):.3f} ± {error:.3f}")
    # The images are made harder by hand, and all that is shown is of these.
    tested = page.root.get_by_role("group", name="Test on")
    expect(tested.get_by_label("How strongly")).to_be_hidden()
    tested.get_by_label("Images").select_option("blurred")
    lab.until("w.result.wrong.mean() > 0.2 and w.status['state'] == 'done'")
    expect(tested.get_by_label("How strongly")).to_be_visible()
    expect(rows).to_have_count(9)
    tested.get_by_label("Images").select_option("as they were given")
    lab.until(f"abs(w.detectors['{ROW}']['auroc'] - {area}) < 1e-9")
    page.root.locator("button.xai-score-key").filter(has_text=ROW).click()
    assert lab.until(f"w.method == '{ROW}' and w.rule == 'balanced'")
    promise = page.root.locator(".xai-cost-promise")
    expect(promise).to_contain_text("promised on validation")
    expect(promise).to_contain_text("paid on these images")
    expect(page.root.get_by_label("Layer")).to_be_visible()


def test_without_pictures_to_learn_from_the_fold_says_what_to_pass(lab: LabSession) -> None:
    page = show(lab, DETECTED, "w = ErrorDetectorPanel(detector, images, labels)\nw")
    open_fold(page)
    nothing = page.root.locator(".xai-detector-fit-nothing")
    expect(nothing).to_be_visible()
    expect(nothing).to_contain_text("training=(images, labels)")
    expect(page.root.locator(".xai-detector-fit-start")).to_be_hidden()
