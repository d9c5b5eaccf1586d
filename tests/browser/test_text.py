"""The TextContrastExplorer by hand: type, scrub, impose, pin, cancel."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from .examples import WORDED
from .explorer_page import ExplorerPage
from .kernels import on_old_kernel
from .lab import LabSession
from .text_page import show
from .widget_page import box_of, cells, drop_on

NEW = "w = TextContrastExplorer(model, field, sentences)\nw"


@on_old_kernel
def test_a_sentence_is_typed_and_scrubbed(lab: LabSession, kernel: str) -> None:
    page = show(lab, WORDED, NEW, kernel=kernel)
    expect(page.root.locator("h2")).to_have_text("Why positive and not negative?")
    expect(page.answer).to_contain_text("as likely negative as positive. In real words: “bad” for")
    expect(page.badge).to_contain_text("real words: negative")
    expect(page.root.locator(".xai-text-real")).to_have_text("a very bad film")

    good = page.word("good")
    expect(good.locator(".xai-text-incoming")).to_have_text("bad")
    expect(good.locator(".xai-text-incoming")).to_be_visible()
    page.slider.fill("0")
    expect(good.locator(".xai-text-chip")).to_have_attribute(
        "title", "good: 0 % given way to bad and others. Point at it for what may stand here"
    )
    expect(good.locator(".xai-text-incoming")).to_be_hidden()
    page.slider.fill("1")
    expect(good.locator(".xai-text-incoming")).to_be_visible()

    # What each word adds by itself: of a bag of words both rows are alike.
    bars = good.locator(".xai-text-bar")
    expect(bars).to_have_count(2)
    texts = [bars.nth(i).get_attribute("title") for i in range(2)]
    assert texts[0].split(": ")[1] == texts[1].split(": ")[1]
    assert texts[0].startswith("one word less: +")

    page.type("This xylophone is a disappointment!")
    page.answered()
    expect(page.root.locator("h2")).to_have_text("Why negative and not positive?")
    expect(page.root.locator(".xai-text-unknown")).to_contain_text("“xylophone” is not in the")
    expect(page.words).to_have_count(6)
    assert lab.until("w.sentence == 'This xylophone is a disappointment!'")

    # What cannot be read is said, and what was typed stays.
    page.type("123")
    expect(page.root.get_by_role("alert")).to_contain_text("has no word")
    expect(page.input).to_have_value("123")
    assert lab.py("w.sentence") == "This xylophone is a disappointment!"

    page.asked.filter(has_text="a very good film").click()
    page.answered()
    expect(page.words).to_have_count(4)
    assert lab.until("w.sentence == 'a very good film'")


def test_words_are_imposed_and_pinned(lab: LabSession) -> None:
    page = show(lab, WORDED, NEW)
    page.word("good").locator(".xai-text-chip").hover()
    expect(page.root.get_by_role("region", name="Instead of a word")).to_contain_text(
        "Instead of “good”"
    )
    page.candidates.filter(has_text="funny").first.click()
    assert lab.until("w.sentence == 'a very funny film' and list(w.pinned) == [2]")
    page.answered()
    funny = page.word("funny")
    expect(funny.get_by_role("button", name="Pin funny")).to_have_attribute("aria-pressed", "true")
    expect(funny.locator(".xai-text-incoming")).to_have_text("")
    assert lab.py("float(w.result.change[0, 2])") == 0

    funny.get_by_role("button", name="Pin funny").click()
    assert lab.until("list(w.pinned) == []")
    page.answered()
    assert lab.until("w.result.change[0, 2] > 0")

    # All pinned: no way, and that is said.
    lab.py("None", after="w.pinned = [0, 1, 2, 3]")
    page.answered()
    expect(page.answer).to_contain_text("all words are pinned")
    expect(page.badge).to_have_text("real words: still positive")
    expect(page.slider).to_be_hidden()


def test_sentences_are_brought_along_in_a_file_or_pasted(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, WORDED, NEW)
    choice = page.root.get_by_label("Sentences to choose from")
    expect(choice.locator("option")).to_have_count(3)
    mine, cat = tmp_path / "mine.txt", tmp_path / "cat.png"
    mine.write_text("a dull plot\n123\nwonderful acting")
    cat.write_bytes(b"\x89PNG")
    drop_on(page, [mine], box_of(page.answer))
    page.answered()
    assert lab.until("w.sentence == 'a dull plot'")
    notice = page.root.locator(".xai-upload-notice")
    expect(notice).to_contain_text("line 2: '123' has no word")
    choice.select_option("wonderful acting")
    page.answered()
    assert lab.until("w.sentence == 'wonderful acting'")
    expect(page.root.locator("h2")).to_have_text("Why positive and not negative?")
    lab.page.evaluate("navigator.clipboard.writeText('not a bad film\\nnot a good film')")
    page.input.focus()
    page.input.press("Control+V")
    page.answered()
    assert lab.until("w.sentence == 'not a bad film'")
    expect(choice.locator("option")).to_have_count(7)
    # What is no text is said, and all stays.
    drop_on(page, [cat], box_of(page.answer))
    expect(notice).to_contain_text("cat.png is no text")
    assert lab.py("w.sentence") == "not a bad film"


def test_a_search_is_cancelled(lab: LabSession) -> None:
    page = show(lab, WORDED, NEW.replace("model,", "slow,"))
    lab.py("None", after="slow.net.net.delay = 0.3")
    page.type("we will not be back")
    expect(page.run_button).to_have_text("Cancel")
    page.run_button.click()
    # Nothing was known yet.
    expect(page.status).to_have_text("Ready")
    expect(page.words).to_have_count(5)
    lab.py("None", after="slow.net.net.delay = 0.0")
    page.run_button.click()
    page.answered()
    expect(page.answer).to_contain_text("as likely positive as negative")


def test_an_explorer_draws_words_and_a_window_is_a_span(lab: LabSession) -> None:
    cells(lab, WORDED, "from xaiwidgets import Explorer\ne = Explorer(model, sentences)\ne")
    page = ExplorerPage(lab)
    page.answered()
    stage = page.root.locator(".xai-after .xai-stage")
    words = stage.locator(".xai-stage-words span")
    expect(words).to_have_text(["a", "very", "good", "film"])
    expect(page.root.locator(".xai-headline-answer")).to_have_text("“good” speaks for it.")
    expect(page.root.locator(".xai-thumbnail").nth(1)).to_contain_text("we will not be back")
    # Nothing is offered that is for pictures alone.
    expect(page.root.locator(".xai-breadcrumb")).to_have_text("whole sentence")
    for name in ("Move", "Sweep", "Attack", "Blur", "Your picture…"):
        expect(page.root.get_by_text(name, exact=True)).to_have_count(0)
    field = page.root.get_by_role("textbox", name="Sentence")
    field.fill("a rather dull film")
    field.press("Enter")
    assert lab.until("e.picture['words'] == ['a', 'rather', 'dull', 'film']")
    page.answered()
    expect(page.root.locator(".xai-headline-answer")).to_contain_text("“dull” speaks for it")
    page.root.locator(".xai-thumbnail").first.click()
    page.answered()
    words.nth(2).scroll_into_view_if_needed()
    lab.drag(stage, (0.3, 0.5), (0.7, 0.5))
    assert lab.until("list(map(str, e.trail)) == ['[0:1, 1:3]']")
    page.answered()
    assert lab.until("e.result.cells.shape == (1, 2)")
    expect(page.root.locator(".xai-breadcrumb li").last).to_have_text("2 words")
