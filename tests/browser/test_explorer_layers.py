"""The Explorer's layer slider: maps of truncated networks, ahead of the kernel."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from .examples import BLOCK, LAYERED, QUADRANTS
from .explorer_page import UNFOLD, ExplorerPage, show
from .kernels import on_old_kernel
from .lab import LabSession
from .widget_page import NEXT_FRAME, alone, blocked, pixels, slide

CELL = """
w = Explorer(fitted, {"x": images[0], "y": images[1], "z": images[2]}, budget=64, grid=4)
w
"""
AHEAD = "set(w.layer_maps) == {'', '0', '2.0'} and w.readings is not None"


@on_old_kernel
def test_sliding_shows_each_layers_map_with_no_kernel(lab: LabSession, kernel: str) -> None:
    page = show(lab, LAYERED, CELL, BLOCK, kernel=kernel)
    lab.until(AHEAD)
    first, second = agreements(lab)
    whole = page.map()
    expect(page.layer_text).to_have_text("whole network")
    assert [page.layer.get_attribute(name) for name in ("min", "max")] == ["0", "2"]
    with blocked(lab, 2):
        page.layer.press("ArrowLeft")
        expect(page.layer_text).to_have_text(second)
        expect(page.layer).to_have_attribute("aria-valuetext", second)
        page.drawn()
        deep = page.map()
        slide(page.layer, 0)
        expect(page.layer_text).to_have_text(first)
        page.drawn()
        shallow = page.map()
        assert len({whole, deep, shallow}) == 3
        page.layer.press("End")
        page.drawn()
        assert page.map() == whole
        page.layer.press("ArrowLeft")
        page.drawn()
        assert page.map() == deep
        assert page.query.input_value() == "select * from f(x)", "the kernel has not heard of it"
    page.answered()
    assert lab.py("w.layer") == "2.0"
    assert page.query.input_value() == "select 2.0 from f(x)"
    assert page.map() == deep, "what was computed ahead is what is computed"
    expect(page.layer_text).to_have_text(second)
    classes = page.root.locator(".xai-classes .xai-class")
    classes.nth(1).click()
    page.answered()
    other, name = page.map(), page.legend.inner_text()
    assert other != deep
    classes.nth(0).click()
    page.answered()
    with blocked(lab, 2):
        classes.nth(1).click()
        page.drawn()
        assert page.map() == other, "of a class that was asked before, too"
        expect(page.legend).to_have_text(name)
    page.answered()
    assert page.map() == other


@on_old_kernel
def test_query_readings_and_windows_follow_the_layer(lab: LabSession, kernel: str) -> None:
    page = show(lab, LAYERED, CELL, kernel=kernel)
    page.read()
    lab.until(AHEAD)
    page.layer.press("Home")
    page.answered()
    assert page.query.input_value() == "select 0 from f(x)"
    page.read()
    lab.until(AHEAD)
    curve = lab.py("w.readings['curves']['deletion'][0] - w.attribution['value']")
    assert abs(curve) < 1e-5, "the readings are of another layer"
    page.layer.press("ArrowRight")
    page.answered()
    page.read()
    lab.until(AHEAD)
    assert abs(lab.py("w.readings['curves']['deletion'][0] - w.attribution['value']")) < 1e-5

    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    assert page.query.input_value() == "select 2.0 from f(x) where [0:16, 0:16]"
    narrow = page.map()
    page.ask("select * from f(x) where [0:16, 0:16]")
    page.answered()
    expect(page.layer_text).to_have_text("whole network")
    assert page.map() != narrow
    page.query.fill("")
    page.query.press_sequentially("select ")
    page.suggests("*", "0", "2.0")
    page.query.press("Escape")
    page.query.press("Escape")


@on_old_kernel
def test_layers_are_fitted_by_hand_without_any_code(lab: LabSession, kernel: str) -> None:
    cell = "torch.manual_seed(7); model = Classifier(network(), classes=classes)\n"
    page = show(
        lab, LAYERED, f"{cell}w = Explorer(model, images[0], budget=64, grid=4)\nw", kernel=kernel
    )
    expect(page.layer).to_have_attribute("aria-disabled", "true")
    expect(page.layer_text).to_have_text("whole network; no layer is fitted yet")
    page.layer.focus()
    expect(page.note).to_be_visible()
    before = page.map()
    page.layer.press("ArrowLeft")
    assert page.layer.input_value() == page.layer.get_attribute("max")

    page.button("Fit layers").click()
    expect(page.layer).not_to_have_attribute("aria-disabled", "true")
    expect(page.button("Fit layers")).to_be_hidden()
    expect(page.layer_text).to_contain_text("layers fitted on 1 picture and 59 parts of it")
    page.answered()
    page.layer.press("ArrowLeft")
    page.answered()
    name, share = lab.py("(w.layers[-1]['name'], w.layers[-1]['agreement'])")
    agrees = f"{100 * share:.1f}".removesuffix(".0")
    expect(page.layer_text).to_have_text(f"{name} agrees with the whole network on {agrees} %")
    expect(page.headline).to_contain_text(f"at layer {name}")
    assert page.map() != before and lab.py("w.layer") == name


SLOW_LAYERS = """
class Slow(torch.nn.Sequential):
    def forward(self, x):
        time.sleep(MOOD["delay"] * len(x))
        return super().forward(x)

from torch.nn import AdaptiveAvgPool2d, Conv2d, Flatten, Linear, ReLU
layers = Conv2d(3, 4, 5), ReLU(), AdaptiveAvgPool2d(2), Flatten()
net = Slow(*layers, Linear(16, 4))
w = Explorer(Classifier(net, classes=classes), {"x": x, "east": x.flip(2)}, budget=64, grid=4)
w"""


def test_a_fit_of_layers_is_stopped(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SLOW_LAYERS)
    lab.py("MOOD.update(delay=0.05)")
    page.button("Fit layers").click()
    cancel = page.root.locator(".xai-fit")
    expect(cancel).to_have_text("Cancel")
    cancel.click()
    expect(page.layer_text).to_contain_text("stopped")
    expect(page.button("Fit layers")).to_be_visible()
    lab.py("MOOD.update(WELL)")
    page.answered()


@on_old_kernel
def test_a_reopened_notebook_and_a_saved_page_keep_it_all(
    lab: LabSession, kernel: str, tmp_path: Path
) -> None:
    page = show(lab, LAYERED, CELL, kernel=kernel)
    page.compare("y", "anti-join")
    lab.until(AHEAD)
    page.layer.press("ArrowLeft")
    page.answered()
    expected = "select 2.0 from f(x) left join (select 2.0 from f(y))"
    assert page.query.input_value() == expected
    page.read()
    lab.until(AHEAD)
    page.root.get_by_role("radio", name="tree").check()
    page.drawn()
    tree = page.map()
    page.root.get_by_role("radio", name="Shapley values").check()
    lab.settle(0.1)
    texts = page.layer_text.inner_text(), page.captions.all_inner_texts(), page.ledger()
    deep = maps(page)
    with lab.page.expect_download() as saved:
        page.button("Save HTML").click()
    saved.value.save_as(tmp_path / "explanation.html")
    lab.save()

    with alone(lab, tmp_path / "explanation.html", ".xai-explorer") as root:
        overlays = root.locator(".xai-figure:visible .xai-overlay")
        expect(overlays).to_have_count(2)
        expect(root.locator(".xai-layer-text")).to_have_text(texts[0])
        expect(root.locator(".xai-compare")).to_have_count(0)
        here = [pixels(one) for one in overlays.all()]
        root.get_by_role("slider", name="Layer").press("Home")
        root.page.evaluate(NEXT_FRAME)
        assert all(a != pixels(b) for a, b in zip(here, overlays.all(), strict=True))
        root.get_by_role("slider", name="Layer").press("ArrowRight")
        root.evaluate(UNFOLD)
        root.get_by_role("radio", name="tree").check()
        expect(root.locator(".xai-legend-title")).to_contain_text("tree fit of")
        root.locator(".xai-tree-rule").first.hover()
        expect(root.locator(".xai-mark").first).to_be_visible()
        expect(root.locator(".xai-curves .xai-line")).to_have_count(2)

    lab.reload()
    page = ExplorerPage(lab)
    page.drawn()
    assert lab.py("'w' in globals()") is False
    assert page.query.input_value() == expected
    assert (page.layer_text.inner_text(), page.captions.all_inner_texts(), page.ledger()) == texts
    assert maps(page) == deep
    assert page.chips.all_inner_texts() == ["y"]
    page.layer.press("Home")
    page.drawn()
    assert all(a != b for a, b in zip(deep, maps(page), strict=True))
    page.layer.press("ArrowRight")
    page.read()
    page.root.get_by_role("radio", name="tree").check()
    page.drawn()
    assert page.map() == tree


def agreements(lab: LabSession) -> list[str]:
    """Return what the slider should say of each layer."""
    layers = lab.py("[(layer['name'], layer['agreement']) for layer in w.layers]")
    return [
        f"{name} agrees with the whole network on {f'{100 * share:.1f}'.removesuffix('.0')} %"
        for name, share in layers
    ]


def maps(page: ExplorerPage) -> list[str]:
    """Return a fingerprint of each figure's map."""
    return [pixels(one) for one in page.root.locator(".xai-figure:visible .xai-overlay").all()]
