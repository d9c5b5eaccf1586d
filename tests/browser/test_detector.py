"""The ErrorDetectorPanel by hand: drag the threshold, follow the flow, open an image."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from .detector_page import ENDS, DetectorPage, show
from .examples import DETECTED
from .explorer_page import file
from .kernels import on_old_kernel
from .lab import LabSession
from .widget_page import alone, eventually

NEW = "w = ErrorDetectorPanel(detector, images, labels, generator=zoo.generator('digits'))\nw"
# How many predictions end where, counted by the kernel at the threshold it knows.
COUNTED = (
    "dict(zip(['kept right', 'missed', 'false alarm', 'caught'], np.bincount("
    "2 * (np.frombuffer(w.detectors[w.method]['values'], np.float32) >= w.threshold)"
    " + np.frombuffer(w.wrong, np.uint8), minlength=4).tolist()))"
)


def agreed(page: DetectorPage) -> bool:
    """Wait until the page counts as the kernel does."""
    return eventually(page.lab.page, lambda: page.flow() == page.lab.py(COUNTED))


def test_the_panel_shows_what_is_kept_and_caught_and_what_a_specialist_would_do(
    lab: LabSession,
) -> None:
    page = show(lab, DETECTED, NEW)
    assert page.flow() == lab.py(COUNTED)
    flow, errors = page.flow(), lab.py("int(np.frombuffer(w.wrong, np.uint8).sum())")
    assert flow["missed"] + flow["caught"] == errors and sum(flow.values()) == 150
    kept = flow["kept right"] + flow["missed"]
    expect(page.answer).to_contain_text(f"Of 150 predictions {kept} are kept")
    expect(page.answer).to_contain_text(f"{flow['caught']} of the {errors} errors are caught")
    methods = page.root.locator("button.xai-score-key")
    assert methods.count() == 8
    area = lab.py("w.detectors['entropy']['auroc']")
    expect(methods.filter(has_text="how undecided it is")).to_contain_text(f"{area:.3f}")
    lead, error = lab.py("(lambda d: [d['lead'], d['lead_error']])(w.detectors[w.method])")
    free = page.root.locator(".xai-detector-free")
    expect(free).to_contain_text("is better than the free" if lead > 2 * error else "does as well")
    expect(free).to_contain_text(f"{abs(lead):.3f} ± {error:.3f}")
    expect(page.root.locator(".xai-detector-rule")).to_contain_text("on the validation images")

    row = page.root.locator(".xai-systems tr", has_text="a specialist checks them")
    rejected = flow["false alarm"] + flow["caught"]
    share = 100 * (flow["kept right"] + rejected) / 150
    expect(row).to_contain_text(f"{share:.1f} %")
    expect(row).to_contain_text(str(rejected))
    slider = page.root.get_by_role("slider", name="How often the specialist is right")
    lab.keys(slider, "Home")
    expect(row).to_contain_text(f"{100 * flow['kept right'] / 150:.1f} %")

    methods.filter(has_text="how sure it is").click()
    expect(free).to_contain_text("This score is free")


def test_scores_of_others_stand_beside_and_each_that_is_chosen_turns_the_dial(
    lab: LabSession,
) -> None:
    others = NEW.replace("generator=", "others={'energy': energy}, generator=")
    page = show(
        lab, DETECTED, "energy = -model.logits(model.batch(images)).logsumexp(1)\n" + others
    )
    energy = page.root.locator("button.xai-score-key").filter(has_text="energy")
    area = lab.py("w.detectors['energy']['auroc']")
    expect(energy).to_contain_text(f"{area:.3f}")
    energy.click()
    assert lab.until("w.method == 'energy' and w.rule in ('cost', 'by_hand')")
    expect(page.root.locator(".xai-detector-free")).to_contain_text("energy")
    assert agreed(page)

    page.root.locator("button.xai-score-key", has_text="how undecided it is").click()
    assert eventually(lab.page, lambda: lab.py("w.method") == "entropy")
    assert agreed(page)
    expect(page.root.locator("button.xai-score-key[aria-pressed=true]")).to_have_count(1)


@on_old_kernel
def test_the_threshold_is_dragged_along_the_curve_and_the_flow_follows(
    lab: LabSession, kernel: str
) -> None:
    page = show(lab, DETECTED, NEW, kernel=kernel)
    before = page.flow()
    area = page.root.locator(".xai-roc .xai-plot-area")
    lab.drag(area, (0.3, 0.2), (0.9, 0.05))
    page.drawn()
    after = page.flow()
    assert after["false alarm"] > before["false alarm"]
    assert after["caught"] >= before["caught"]
    assert agreed(page) and lab.py("w.rule") == "by_hand"
    lab.drag(area, (0.5, 0.2), (0.005, 0.5))
    page.drawn()
    assert page.flow()["false alarm"] < before["false alarm"]
    assert agreed(page)


def test_keys_move_the_threshold_by_one_prediction(lab: LabSession) -> None:
    page = show(lab, DETECTED, NEW)

    def rejected() -> int:
        page.drawn()
        flow = page.flow()
        return flow["false alarm"] + flow["caught"]

    lab.keys(page.threshold, "Home")
    assert rejected() == 0
    lab.keys(page.threshold, "ArrowRight")
    one = rejected()
    assert one >= 1
    lab.keys(page.threshold, "End")
    assert rejected() == 150
    assert agreed(page)


def test_rules_set_the_threshold_and_the_cheapest_is_gone_to(lab: LabSession) -> None:
    page = show(lab, DETECTED, NEW)
    page.root.get_by_label("Dial set to").select_option("so many wrong caught")
    assert eventually(lab.page, lambda: lab.py("w.rule") == "wrong_recall")
    assert agreed(page)
    recall = page.root.get_by_label("Wanted share in percent")
    recall.fill("50")
    recall.press("Enter")
    wanted = "detector.threshold(wrong_recall=0.5)"
    assert eventually(lab.page, lambda: lab.py(f"abs(w.threshold - {wanted}) < 1e-9"))
    assert agreed(page)

    page.root.get_by_label("One miss").fill("3")
    page.root.get_by_label("One miss").press("Enter")
    page.button("Go there").click()
    assert eventually(lab.page, lambda: lab.py("w.rule") == "cost")
    assert agreed(page)
    flow = page.flow()
    cost = (flow["false alarm"] + flow["caught"] + 3 * flow["missed"]) / 150
    said = re.search(r"now ([\d.]+) · best: .*, ([\d.]+)", page.root.locator(
        ".xai-cost-best").inner_text())  # fmt: skip
    assert said and float(said.group(1)) == float(said.group(2))
    assert abs(float(said.group(1)) - cost) < 0.002


def test_the_images_of_an_end_are_shown_and_one_is_looked_at(lab: LabSession) -> None:
    page = show(lab, DETECTED, NEW)
    for name in ENDS:
        page.end(name).click()
        page.drawn()
        expect(page.images).to_have_count(min(120, page.flow()[name]))
        assert eventually(lab.page, lambda name=name: lab.py("w.part") == name)
    page.end("caught").click()
    page.drawn()
    first = page.images.first
    image = int(first.get_attribute("data-image") or -1)
    assert lab.py(f"bool(np.frombuffer(w.wrong, np.uint8)[{image}])")
    first.click()
    page.answered()
    true = lab.py(f"model.label(int(np.frombuffer(w.labels, np.int32)[{image}]))")
    expect(page.detail.locator(".xai-detail-answer")).to_contain_text(f"but it is {true}")
    tiles = page.detail.locator(".xai-tiles > *")
    expect(tiles).to_have_count(8)
    changed = lab.py("round(8 * w.detail['votes']['changed'])")
    expect(page.detail.locator(".xai-tiles > .xai-changed")).to_have_count(changed)
    expect(page.detail.locator(".xai-pattern")).to_be_visible()


def test_images_are_chosen_for_other_widgets(lab: LabSession) -> None:
    page = show(lab, DETECTED, NEW)
    page.end("caught").click()
    page.drawn()
    page.button("Choose all of these").click()
    assert lab.until(f"len(w.selection) == {page.flow()['caught']}")
    assert lab.py("bool(np.frombuffer(w.wrong, np.uint8)[list(w.selection)].all())")
    first = page.images.first
    image = int(first.get_attribute("data-image") or -1)
    first.click(modifiers=["Control"])
    assert lab.until(f"{image} not in w.selection")
    assert lab.py("w.picked") is None
    page.root.get_by_label(re.compile("^Only the .* chosen")).check()
    expect(page.images).to_have_count(min(120, page.flow()["caught"] - 1))
    page.end("missed").click()
    expect(page.images).to_have_count(0)


@on_old_kernel
def test_an_image_opens_in_the_explorer_and_is_asked_about(lab: LabSession, kernel: str) -> None:
    page = show(lab, DETECTED, NEW, kernel=kernel)
    page.end("caught").click()
    page.images.first.click()
    page.detail.get_by_role("button", name="Open in the Explorer").click()
    explorer = page.opened.locator(".xai-explorer")
    expect(explorer).to_be_visible()
    expect(explorer.locator(".xai-status")).to_have_text("Done")
    page.detail.get_by_role("button", name="Why not").click()
    contrast = page.opened.locator(".xai-contrast")
    expect(contrast).to_be_visible()
    expect(explorer).to_have_count(0)
    true = lab.py("w.detail['label']")
    expect(contrast.locator(".xai-question .xai-probe")).to_have_text(true)
    expect(contrast.locator(".xai-status")).to_have_text("Done")
    page.opened.get_by_role("button", name="Close").click()
    expect(page.opened).to_be_hidden()
    assert lab.py("w.opened is None")


def test_a_saved_panel_still_turns(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, DETECTED, NEW)
    shown = page.answer.inner_text()
    file = tmp_path / "detector.html"
    file.write_text(lab.py("w.html()"))
    lab.save()
    lab.reload()
    again = DetectorPage(lab)
    expect(again.answer).to_have_text(shown, use_inner_text=True)
    lab.keys(again.threshold, "Home")
    expect(again.answer).to_contain_text("Of 150 predictions 150 are kept")
    with alone(lab, file, ".xai-detector", ".xai-flow-end") as root:
        expect(root.locator(".xai-detector-answer")).to_have_text(shown, use_inner_text=True)
        slider = root.get_by_role("slider", name="Threshold")
        slider.press("Home")
        expect(root.locator(".xai-detector-answer")).to_contain_text("150 are kept")
        expect(root.locator(".xai-run")).to_be_hidden()


def test_a_picture_of_ones_own_is_scored(lab: LabSession) -> None:
    page = show(lab, DETECTED, NEW)
    own = page.root.get_by_role("region", name="Your picture", exact=True)
    expect(own).to_be_hidden()
    page.root.locator("input[type=file]").set_input_files(file("mine.png", 8, "white", "L"))
    expect(own).to_be_visible()
    expect(own.get_by_role("heading")).to_have_text("mine")
    verdict = own.locator(".xai-detail-verdict")
    told = "'Rejected' if w.upload['scores'][w.method] >= w.threshold else 'Kept'"
    expect(verdict).to_contain_text(f"{lab.py(told)}: score ")
    for key in ("Home", "End"):
        page.threshold.press(key)
        lab.settle()
        expect(verdict).to_contain_text(f"{lab.py(told)}: score ")
