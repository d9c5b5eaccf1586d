"""The AccuracySearch by hand: start, move a budget while it runs, pause, stop, race, take away."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import expect
from safetensors import safe_open

from .examples import SEARCHED
from .lab import LabSession
from .search_page import SearchPage, show
from .widget_page import alone, eventually

LONG = "w = AccuracySearch(data, held_out, max_trial=5000, **how)\nw"
SHORT = "w = AccuracySearch(data, held_out, max_trial=3, **how)\nw"
SHAPES = """
def shapes(w):
    return sorted(tuple(p.shape) for p in w.network().parameters() if p.ndim == 2)
"""
# Of all examples: then the difference is more than chance.
RACE = """all_of_them = (train.images, train.labels)
w = AccuracySearch(all_of_them, held_out, max_trial=3, race=True, **how)
w"""


def test_a_search_is_started_and_ends_with_its_card(lab: LabSession) -> None:
    page = show(lab, SEARCHED, SHORT)
    expect(page.status).to_have_text("Ready")
    expect(page.cards).to_have_count(0)
    expect(page.root.locator(".xai-no-gain")).to_contain_text("Nothing has been trained yet")
    expect(page.root.locator(".xai-plots svg:visible")).to_have_count(0)
    page.start()
    page.ended()
    expect(page.status).to_have_text("Done")
    expect(page.cards.first).to_contain_text("over 7 trainings")
    expect(page.cards.first).to_contain_text("stopped by: most trainings")
    least, most = lab.py("w.result.spread")
    spread = page.cards.first.locator(".xai-spread-text").inner_text()
    assert spread.startswith(f"{100 * least:.1f}") and f"{100 * most:.1f} %" in spread
    number, shift = lab.py("(w.result.best.number, w.result.best.delta)")
    best = f"trial {number} of shift {shift:g}" if number else "the start"
    expect(page.cards.first).to_contain_text(f"best: {best}")
    held_out = 100 * lab.py("w.result.best.held_out_accuracy")
    expect(page.cards.first).to_contain_text(f"held-out {held_out:.1f} %")
    expect(page.lines).to_have_count(2)
    expect(page.root.locator(".xai-plots .xai-triangle")).to_have_count(2)
    expect(page.table.locator("tbody tr")).to_have_count(7)
    expect(page.table.locator("tr.xai-best")).to_have_count(1)
    assert page.ledger()["stopped by"] == "most trainings"


def test_a_budget_that_is_moved_while_it_runs_ends_it(lab: LabSession, kernel: str) -> None:
    page = show(lab, SEARCHED, LONG, kernel=kernel)
    page.start()
    expect(page.root.locator(".xai-search-state").first).to_have_text("running")
    page.limit("Trainings per shift, trainings", "1")
    page.ended()
    expect(page.cards.first).to_contain_text("stopped by: most trainings")
    row = page.root.locator(".xai-budget-row.xai-ended")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Trainings per shift")
    assert lab.py("w.result.stopped_by") == "max_trial"


def test_a_time_limit_ends_it(lab: LabSession) -> None:
    page = show(lab, SEARCHED, LONG)
    page.start()
    page.root.get_by_label("Time: no limit").uncheck()
    page.limit("Time, seconds", "1")
    page.ended()
    expect(page.cards.first).to_contain_text("stopped by: time")


def test_stop_keeps_what_is_finished(lab: LabSession) -> None:
    page = show(lab, SEARCHED, LONG)
    page.start()
    page.run_button.click()
    page.ended()
    expect(page.cards.first).to_contain_text("stopped by hand")
    expect(page.run_button).to_have_text("Start anew")
    expect(page.pause_button).to_be_hidden()
    assert page.trainings() == 1 + lab.py("len(w.result.trials)") > 1
    expect(page.root.locator(".xai-progress-text")).to_contain_text(f"{page.trainings():,} of")
    rows = page.table.locator("tbody tr").count()
    assert rows == min(page.trainings(), 100)


def test_pause_and_resume_go_on_with_what_is_there(lab: LabSession) -> None:
    page = show(lab, SEARCHED, LONG)
    page.start()
    page.pause_button.click()
    expect(page.pause_button).to_have_text("Resume")
    expect(page.status).to_have_text("Paused")
    paused = page.trainings()
    lab.page.wait_for_timeout(600)
    assert page.trainings() == paused, "it trains although it is paused"
    page.pause_button.click()
    page.some_trials(paused)
    page.limit("Trainings per shift, trainings", "1")
    page.ended()
    assert page.trainings() >= paused


def test_a_delta_is_added_and_taken_away_while_it_runs(lab: LabSession) -> None:
    page = show(lab, SEARCHED, LONG)
    page.start()
    page.root.get_by_role("button", name="Remove shift 0.02").click()
    field = page.field("New shift")
    field.fill("0.05")
    field.press("Enter")
    expect(page.chips).to_have_count(2)
    assert eventually(lab.page, lambda: lab.py("w.deltas") == [0.005, 0.05])
    tried = "0.05 in {round(t.delta, 6) for t in (w.result.trials if w.result else ())}"
    assert eventually(lab.page, lambda: bool(lab.py(tried)), 30)
    page.run_button.click()
    page.ended()
    kept, counted = (
        lab.py(f"0.02 in {{round(t.delta, 6) for t in w.result.{trials}}}")
        for trials in ("trials", "counted_trials")
    )
    assert kept, "its trials are lost"
    assert not counted, "they count although their delta was taken away"


def test_both_strategies_race(lab: LabSession) -> None:
    page = show(lab, SEARCHED, RACE)
    page.start()
    page.ended()
    expect(page.cards).to_have_count(2)
    for card in (page.cards.first, page.cards.last):
        expect(card).to_contain_text("over 7 trainings")
    difference = lab.py(
        "(lambda d: [d.value, d.standard_error, d.held_out])"
        "(accountability.mean_difference(*w.results.values()))",
        after="from xaiwidgets import accountability",
    )
    sure = abs(difference[0]) > 2 * difference[1]
    expect(page.verdict).to_contain_text("are better than" if sure else "which may be nothing")
    expect(page.verdict).to_contain_text(f"± {200 * difference[1]:.1f} points")
    expect(page.verdict).to_contain_text("mean of 6 and 6 trials on held-out data")
    expect(page.lines).to_have_count(3)
    page.root.get_by_label("Along").select_option("time")
    expect(page.lines).to_have_count(2)


def test_the_table_is_sorted_by_its_heads(lab: LabSession) -> None:
    page = show(lab, SEARCHED, SHORT)
    page.start()
    page.ended()
    head = page.table.get_by_role("columnheader", name="training")
    head.get_by_role("button").click()
    place = head.evaluate("head => [...head.parentElement.children].indexOf(head)")
    shown = page.table.locator(f"tbody td:nth-child({place + 1})").all_inner_texts()
    numbers = [float(text.replace("%", "")) for text in shown]
    assert numbers in (sorted(numbers), sorted(numbers, reverse=True))
    assert head.get_attribute("aria-sort") in ("ascending", "descending")


def test_the_last_limit_stays(lab: LabSession) -> None:
    page = show(lab, SEARCHED, SHORT)
    page.root.get_by_label("Trainings per shift: no limit").click()
    lab.settle(0.2)
    assert lab.py("w.max_trial") == 3


def test_the_best_network_is_taken_away(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, SEARCHED, SHORT)
    page.start()
    page.ended()
    with lab.page.expect_download() as waiting:
        page.button("Save network").click()
    waiting.value.save_as(tmp_path / "best.safetensors")
    with safe_open(str(tmp_path / "best.safetensors"), "pt") as file:
        shapes = sorted(tuple(file.get_tensor(name).shape) for name in file.keys())  # noqa: SIM118
        assert shapes == [(10,), (10, 32), (32,), (32, 64)]
        about = json.loads(file.metadata()["about"])
    assert about["number"] == lab.py("w.result.best.number")


def test_a_saved_search_is_seen_again(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, SEARCHED, SHORT)
    page.start()
    page.ended()
    lab.py("None", after="w.run().wait()")
    page.ended()
    card, ledger = page.cards.first.inner_text(), page.ledger()
    file = tmp_path / "search.html"
    file.write_text(lab.py("w.html()"))
    lab.save()
    lab.reload()
    again = SearchPage(lab)
    expect(again.cards.first).to_have_text(card, use_inner_text=True)
    assert again.ledger() == ledger
    expect(again.lines).to_have_count(2)
    with alone(lab, file, ".xai-search", ".xai-card.xai-shift") as root:
        expect(root.locator(".xai-card.xai-shift")).to_have_text(card, use_inner_text=True)
        root.get_by_label("Along").select_option("time")
        expect(root.locator(".xai-plots path.xai-line")).to_have_count(1)
        expect(root.locator(".xai-run")).to_be_hidden()


def test_another_recipe_and_a_race_over_seeds(lab: LabSession) -> None:
    page = show(lab, SEARCHED, SHORT.replace("**how", "**how, seeds=1"))
    page.start()
    page.ended()
    before = page.lines.count()
    field = page.field("Epochs")
    field.fill("5")
    field.press("Enter")
    assert lab.until("w.epochs == 5 and len(w.ghosts) == 1 and not w.searches")
    page.run_button.click()
    assert lab.until("w.result is not None and w.result.stopped_by == 'max_trial'")
    page.ended()
    # The search with the other recipe stays as a pale line.
    expect(page.lines).to_have_count(before + 1)
    expect(page.root.locator("path.xai-ghost")).to_have_count(1)

    # Layers and initialisers are settings, too, and each is another search.
    layers = page.root.get_by_label("Hidden layers")
    layers.fill("16, 8")
    layers.press("Enter")
    page.root.get_by_label("Weights at first").select_option("he_normal")
    assert lab.until("list(w.hidden) == [16, 8] and w.kernel_initializer == 'he_normal'")
    page.root.get_by_label("The same weights, examples in another order").check()
    page.run_button.click()
    assert lab.until("w.result is not None and w.result.stopped_by == 'max_trial'")
    page.ended()
    # Of one start: other minibatches, other accuracies.
    expect(page.cards.first).to_contain_text("over 7 trainings")
    assert lab.py(
        "len({t.accuracy for t in w.result.trials}) > 1 and w.result.recipe.strategy == 'order'"
    )
    assert lab.py("shapes(w)", after=SHAPES) == [(8, 16), (10, 8), (16, 64)]
    page.root.get_by_label("Weights shifted a little further each time").check()

    race = page.root.get_by_role("button", name="Race over several seeds")
    race.click()
    verdicts = page.root.locator(".xai-seed-verdicts li")
    expect(verdicts.first).to_have_text("one seed: no verdict")
    page.answered()
    page.field("Seeds").fill("3")
    page.field("Seeds").press("Enter")
    race.click()
    expect(verdicts.first).to_contain_text("3 seeds")
    expect(verdicts).to_have_text([re.compile("± .* points over 3 seeds$")] * 3)
    page.answered()
    # Shifted and redrawn starts, one trained twice as long, and the start alone.
    lanes = page.root.get_by_role("group", name="Held-out accuracy over seeds")
    expect(lanes.locator(".xai-interval")).to_have_count(4)
    expect(lanes).to_contain_text("One, trained twice as long")
    promised = page.root.get_by_role("group", name="The optimism of choosing the best")
    expect(promised.locator(".xai-interval-text")).to_have_text([re.compile(r"% \(")] * 4)
    expect(promised).to_contain_text("on the half that chose")


def test_a_trials_network_is_opened_below(lab: LabSession) -> None:
    page = show(lab, SEARCHED, SHORT + "\n# opened")
    page.start()
    page.ended()
    page.table.get_by_role("button", name="1", exact=True).first.click()
    opened = lab.page.locator(".xai-opened .xai-explorer")
    expect(opened).to_be_visible()
    assert lab.until("w.opened is not None")
    lab.page.locator(".xai-close-opened:visible").click()
    expect(opened).to_have_count(0)
    assert lab.until("w.opened is None")
