"""The PoisonDesk by hand: brush, lasso, mark, find the trigger, train again, cancel."""

from __future__ import annotations

from playwright.sync_api import expect

from .examples import POISONED
from .kernels import on_old_kernel
from .lab import LabSession
from .poison_page import PoisonPage, show
from .widget_page import box_of

NEW = """w = PoisonDesk(
    model, *data, 'bright', train=train, grid=4, budget=32, truth=poisoned.truth
)
w"""
SLOW = NEW.replace("train=train", "train=slow, triggered=images[:20]")
# What the desk should have chosen, by the scores that it has.
ALONG = "(w.result.signature.projections[:, 0] / w.result.signature.deviation)"
BRUSHED = (
    f"set(w.selection) == set(w.result.signature.indices[({ALONG} >= w.brush[0])"
    f" & ({ALONG} <= w.brush[1])].tolist())"
)
LEFT_OF = (
    f"max({ALONG}[np.isin(w.result.signature.indices, w.selection)])"
    f" < min({ALONG}[~np.isin(w.result.signature.indices, w.selection)])"
)


def lassoed(page: PoisonPage, share: tuple[float, float, float, float]) -> None:
    """Draw a rectangle around a part of the scatter: left, top, right, bottom as shares."""
    left, top, width, height = box_of(page.scatter)
    x1, y1, x2, y2 = (
        left + width * share[0],
        top + height * share[1],
        left + width * share[2],
        top + height * share[3],
    )
    mouse = page.lab.page.mouse
    mouse.move(x1, y1)
    mouse.down()
    for point in ((x2, y1), (x2, y2), (x1, y2)):
        mouse.move(*point, steps=4)
    mouse.up()


@on_old_kernel
def test_brush_lasso_and_marks_choose_and_mark_pictures(lab: LabSession, kernel: str) -> None:
    page = show(lab, POISONED, NEW, kernel=kernel)
    expect(page.answer).to_contain_text("72 pictures are labelled “bright”")
    opened = lab.py(f"int((({ALONG} >= 1.25) & ({ALONG} <= 1.75)).sum())")
    expect(page.pictures).to_have_count(opened)

    page.histogram.scroll_into_view_if_needed()
    lab.drag(page.histogram, (0.4, 0.5), (0.99, 0.5))
    assert lab.until(BRUSHED)
    assert lab.until("w.brush[1] - w.brush[0] > 1")
    expect(page.pictures).to_have_count(lab.py("len(w.selection)"))
    expect(page.answer).to_contain_text(f"{lab.py('len(w.selection)')} are chosen")

    page.scatter.scroll_into_view_if_needed()
    lassoed(page, (0.02, 0.01, 0.99, 0.99))
    assert lab.until("len(w.selection) == 72")
    lassoed(page, (0.02, 0.01, 0.5, 0.99))
    assert lab.until("0 < len(w.selection) < 72")
    # All that are left of the middle of the plot, by the scores of the kernel.
    assert lab.py(LEFT_OF)

    first = page.pictures.first
    number = int(first.get_attribute("data-picture") or -1)
    lab.keys(first, "p")
    assert lab.until(f"list(w.poisoned) == [{number}]")
    expect(first).to_have_text("P")
    lab.keys(first, "c")
    assert lab.until(f"list(w.clean) == [{number}] and not w.poisoned")
    expect(first).to_have_text("C")
    first.click()
    assert lab.until(f"list(w.poisoned) == [{number}] and not w.clean")
    page.mark("Poisoned (P)").click()
    assert lab.until("list(w.poisoned) == sorted(w.selection)")
    page.mark("Neither (U)").click()
    assert lab.until("not w.poisoned and not w.clean")


def test_the_trigger_is_found_and_training_again_closes_it(lab: LabSession) -> None:
    page = show(lab, POISONED, NEW)
    truth = page.root.get_by_label("Show the truth")
    expect(page.root.locator(".xai-poison-truth")).to_be_hidden()
    truth.check()
    expect(page.root.locator(".xai-poison-truth")).to_contain_text(
        "Of this class 12 of 72 are poisoned"
    )
    expect(page.root.locator(".xai-poison-truth")).to_contain_text("distance to the mean")

    lab.py("None", after="w.poisoned = poisoned.indices.tolist()")
    expect(page.answer).to_contain_text("12 marked as poisoned")
    page.button("Find the trigger").click()
    page.answered()
    assert lab.until("w.trigger is not None")
    expect(page.windows).to_have_count(lab.py("len(w.trigger['windows'])"))
    first = page.windows.first
    expect(first).to_have_attribute(
        "aria-label", f"Window {lab.py('str(w.result.trigger.windows[0].window)')}"
    )
    expect(first.locator(".xai-rate").first).to_contain_text("100.0 %")
    expect(page.windows.last).to_contain_text("where the maps differ least")

    page.button("Train again without the marked").click()
    page.answered()
    expect(page.cleansing).to_contain_text("The marked have taught it the trigger.")
    after = lab.py("w.cleansing['after']['value']")
    bar = page.root.get_by_role("region", name="Train again").locator(".xai-rate").nth(1)
    expect(bar).to_contain_text(f"{100 * after:.1f} %")
    assert after < 0.1


def test_training_again_is_cancelled_and_says_what_is_known(lab: LabSession) -> None:
    page = show(lab, POISONED, SLOW)
    lab.py("None", after="w.poisoned = poisoned.indices.tolist()")
    page.button("Train again without the marked").click()
    assert lab.until("w.status['done'] > 5")
    expect(page.run_button).to_have_text("Cancel")
    page.run_button.click()
    page.answered("Stopped early: what is known so far")
    expect(page.cleansing).to_contain_text("training again without 12 pictures")
    # And the desk goes on.
    page.root.locator("select.xai-target").select_option("dark")
    page.answered()
    expect(page.answer).to_contain_text("48 pictures are labelled “dark”")


def test_a_class_without_marks_says_what_to_do(lab: LabSession) -> None:
    page = show(lab, POISONED, NEW + "\n")
    begin, end = page.root.locator(".xai-poison-brush input").all()
    begin.fill("90")
    end.fill("99")
    end.press("Enter")
    assert lab.until("list(w.brush) == [90, 99] and not w.selection")
    expect(page.pictures).to_have_count(0)
    expect(page.button("Find the trigger")).to_have_attribute("aria-disabled", "true")
    expect(page.button("Train again without the marked")).to_have_attribute("aria-disabled", "true")
