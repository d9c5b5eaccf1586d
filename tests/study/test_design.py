"""Who sees what, in which order: exact counterbalancing, and what cannot be a study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from xaiwidgets import study
from xaiwidgets.errors import DataError, InputError


def pictures(count: int) -> Any:
    return np.arange(count * 16, dtype=np.uint8).reshape(count, 4, 4)


def design(items: int = 6, arms: int = 3, **options: Any) -> study.Study:
    views = {f"arm {n}": pictures(items) if n else None for n in range(arms)}
    truth = [n % 2 for n in range(items)]
    return study.Study(pictures(items), views, "Which?", ("a", "b"), truth=truth, **options)


@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(2, 9), st.integers(0, 3), st.data())
def test_each_item_is_once_in_each_arm_of_a_block(
    seed: int, arms: int, items: int, block: int, data: Any
) -> None:
    per_person = data.draw(st.integers(1, items))
    made = design(items, arms, seed=seed, per_person=per_person)
    people = [made.assignments(block * arms + n) for n in range(arms)]
    shown = [(task.item, task.arm) for person in people for task in person]
    chosen = {task.item for task in people[0]}
    assert len(chosen) == per_person
    assert sorted(shown) == sorted((item, arm) for item in chosen for arm in range(arms))
    for person in people:
        counts = np.bincount([task.arm for task in person], minlength=arms)
        assert counts.max() - counts.min() <= 1


@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 6), st.integers(0, 2))
def test_who_sees_all_items_in_all_arms_sees_each_again_after_all_others(
    seed: int, arms: int, items: int, block: int
) -> None:
    made = design(items, arms, seed=seed, crossed=True)
    assert made.trials == items * arms
    people = [made.assignments(block * arms + n) for n in range(arms)]
    for person in people:
        shown = sorted((task.item, task.arm) for task in person)
        assert shown == [(item, arm) for item in range(items) for arm in range(arms)]
        # Between the two times, each other item comes once.
        assert [task.item for task in person] == [task.item for task in person[:items]] * arms
    # Each arm is the first of an item once in a block, and so is each later one.
    for nth in range(arms):
        part = [task for person in people for task in person[nth * items :][:items]]
        assert len({(task.item, task.arm) for task in part}) == items * arms


@given(st.integers(0, 2**32), st.integers(1, 30))
def test_between_people_arms_differ_by_one_at_most(seed: int, people: int) -> None:
    made = design(4, 3, seed=seed, between=True)
    arms = [{task.arm for task in made.assignments(person)} for person in range(people)]
    assert all(len(each) == 1 for each in arms)
    counts = np.bincount([next(iter(each)) for each in arms], minlength=3)
    assert counts.max() - counts.min() <= 1


@given(st.integers(0, 2**32))
def test_items_are_asked_about_equally_often_and_answers_are_balanced(seed: int) -> None:
    made = design(10, 1, seed=seed, per_person=4)
    shown = [[task.item for task in made.assignments(person)] for person in range(5)]
    assert all(len(set(person)) == 4 for person in shown)
    assert np.bincount(np.ravel(shown), minlength=10).tolist() == [2] * 10
    for person in shown:
        assert 1 <= sum(item % 2 for item in person) <= 3


def test_the_order_is_of_the_person_and_the_same_again() -> None:
    first, again = (design(9, 1, seed=4) for _ in range(2))
    assert first.assignments(3) == again.assignments(3)
    assert first.assignments(3) != first.assignments(4)
    assert first.id == again.id != design(9, 1, seed=5).id
    # What it is called stays what it was, so that people may go on in folders from before.
    assert first.id == "faf3377e7c36" != design(9, 1, seed=4, crossed=True).id
    items, arms = first.plan(2)
    assert items[1].tolist() == [task.item for task in first.assignments(1)]
    assert arms.shape == (2, 9)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"answers": ("a",)}, "there are 1 answers; give 2 to 9"),
        ({"answers": "ab"}, "answers is 'ab'"),
        ({"answers": ("a", "a")}, "give each answer once"),
        ({"items": []}, "there are no items"),
        ({"truth": None}, "what is right is not known"),
        ({"truth": [0]}, "truth has 1 answers for 2 items"),
        ({"truth": [0, "c"]}, "truth of item 1 is 'c'; use one of"),
        ({"arms": {}}, "there are no arms"),
        ({"arms": {"map": 7}}, "arm 'map' is of type int; give a list with a view of each item"),
        ({"arms": {"map": []}}, "arm 'map' has 0 views for 2 items"),
        ({"arms": {"map": [pictures(1)[0], None]}}, "arm 'map' has no view of 'item 1'"),
        ({"arms": {"map": [pictures(1)[0], object()]}}, "arm 'map', 'item 1': a view is object"),
        ({"arms": {"map": ["x.html", "y.html"]}}, "x.html cannot be read as a page"),
        ({"instructions": {"maps": "Look."}}, r"instructions has \['maps'\]"),
        ({"per_person": 3}, "per_person is 3; there are 2 items"),
        ({"per_person": 0}, "per_person is 0"),
        ({"positive": "c"}, "positive is 'c'"),
        ({"seed": -1}, "seed is -1"),
        ({"crossed": True, "between": True}, "crossed=True has each person in every arm"),
        ({"crossed": True, "feedback": True}, "feedback=True would tell people what is right"),
        ({"names": ["x", "x"]}, "names has to have"),
    ],
)
def test_what_cannot_be_a_study_is_named(options: dict[str, Any], words: str) -> None:
    usual: dict[str, Any] = {"items": pictures(2), "arms": {"map": None}, "question": "Which?"}
    usual |= {"answers": ("a", "b"), "truth": [0, 1]}
    with pytest.raises(InputError, match=words):
        study.Study(**usual | options)


def test_items_may_come_with_their_answers() -> None:
    pairs = [(picture, "ab"[n % 2]) for n, picture in enumerate(pictures(4))]
    made = study.Study(pairs, {"alone": None}, "Which?", ("a", "b"))
    assert [item.truth for item in made.items] == [0, 1, 0, 1]


def test_captions_have_room_below_a_small_picture() -> None:
    film = study.as_view(np.full((2, 8, 8), 200, np.uint8))
    frames = shown_frames(study.add_captions(film, ["it says 3"]))
    assert frames.shape == (2, 112 + 18, 112, 3)
    assert (frames[:, :112] == 200).all()
    text = np.argwhere(frames[0, 112:].min(-1) < 100)
    # Dark on white, whole, and the same below each frame.
    assert len(text) > 30 and (text.min(0) > 1).all() and text[:, 1].max() < 110
    assert np.array_equal(frames[0, 112:], frames[1, 112:])


def test_truths_may_be_a_tensor() -> None:
    made = study.Study(
        pictures(4), {"alone": None}, "?", ("a", "b"), truth=torch.tensor([1, 0, 1, 1])
    )
    assert [item.truth for item in made.items] == [1, 0, 1, 1]


def shown_frames(source: Any) -> Any:
    frames = study.as_view(source).frames
    assert frames is not None
    return frames


def figure() -> Any:
    figure = Figure(figsize=(1, 1))
    figure.add_subplot().plot([0, 1])
    return figure


def test_any_saved_view_can_be_an_arm(tmp_path: Path) -> None:
    page, picture = tmp_path / "saved.html", tmp_path / "saved.png"
    page.write_text("<p>a page</p>")
    Image.new("RGB", (5, 4), "red").save(picture)
    frames = np.zeros((3, 4, 4), np.float32)
    kinds = [study.as_view(v).kind for v in (page, "<p>x</p>", picture, picture.read_bytes())]
    assert kinds == ["page", "page", "picture", "picture"]
    red = study.as_view(str(picture)).frames
    assert red is not None and red.shape == (1, 4, 5, 3) and red[0, 0, 0].tolist() == [255, 0, 0]
    assert study.as_view(frames).kind == "morph"
    assert study.as_view(frames[0]).kind == "picture"
    with pytest.raises(InputError, match="a page has no place"):
        study.add_captions(study.as_view(page), ["a"])
    # Tensors have their channels first, arrays last, and what is see-through lies on white.
    colour = np.zeros((6, 5, 3), np.uint8)
    colour[0, 1, 2] = 255
    for source in (colour, torch.from_numpy(colour).movedim(-1, 0)):
        assert np.array_equal(shown_frames(source), colour[None])
    opaque = np.concatenate([colour, np.full((6, 5, 1), 255, np.uint8)], -1)
    assert np.array_equal(shown_frames(opaque), colour[None])
    with pytest.warns(UserWarning, match="transparent in places, which are taken as white"):
        assert (shown_frames(opaque * np.array([1, 1, 1, 0], np.uint8)) == 255).all()
    assert shown_frames(torch.full((1, 4, 5), 0.5)).tolist() == np.full((1, 4, 5, 3), 128).tolist()
    assert shown_frames(torch.zeros(7, 3, 4, 5)).shape == (7, 4, 5, 3)
    assert study.as_view(figure()).kind == "picture"
    with pytest.raises(InputError, match=r"numbers from -2 to 0; .* model\.picture\(x\)"):
        study.as_view(np.full((2, 2), -2.0))
    with pytest.raises(InputError, match="numbers from 0 to 200"):
        study.as_view(np.full((2, 2), 200.0))
    assert (shown_frames(torch.full((4, 5), 0.5, dtype=torch.bfloat16)) == 128).all()
    numbers = (np.zeros((2, 2), np.int64), np.full((2, 2), np.nan), np.zeros((2, 2, 2, 2, 2)))
    for wrong in (*numbers, torch.tensor(1.0), b"no picture", 5):
        with pytest.raises(InputError, match="a view"):
            study.as_view(wrong)


def test_a_study_that_was_saved_is_the_same_study(tmp_path: Path) -> None:
    arms = {"alone": None, "page": ["<p>é</p>"] * 4, "morph": [pictures(3)] * 4}
    options: dict[str, Any] = {
        "per_person": 3,
        "crossed": True,
        "positive": "b",
        "unsure": False,
        "rating": False,
        "name": "mine",
        "consent": "May we?",
        "instructions": {"page": "Look."},
        "seed": 5,
    }
    made = study.Study(
        pictures(4), arms, "Which?", ("a", "b"), truth=[0, 1, 1, 0], names=list("wxyz"), **options
    )
    again = study.Study.load(made.save(tmp_path / "made.study"))
    assert again.id == made.id and again.plan(4)[0].tolist() == made.plan(4)[0].tolist()
    for name in ("answers", "consent", "unsure", "rating", "name", "positive", "trials"):
        assert getattr(again, name) == getattr(made, name), name
    assert [(arm.name, arm.instructions) for arm in again.arms] == [
        ("alone", ""),
        ("page", "Look."),
        ("morph", ""),
    ]
    assert again.arms[0].views is None
    pages, morphs = (arm.views for arm in again.arms[1:])
    assert pages is not None and pages[0].page == "<p>é</p>"
    assert morphs is not None and np.array_equal(morphs[3].frames, made.arms[2].views[3].frames)  # type: ignore[index, arg-type]
    assert [(item.name, item.truth) for item in again.items] == [
        ("w", 0),
        ("x", 1),
        ("y", 1),
        ("z", 0),
    ]
    # Who began with the one goes on with the other.
    log = study.PersonLog.begin(made, tmp_path / "answers")
    log.answer(1, 0, 1.0)
    assert study.PersonLog.resume(again, tmp_path / "answers", log.code).next_trial == 2
    between = design(4, 2, between=True, feedback=True)
    assert study.Study.load(between.save(tmp_path / "other.study")).id == between.id
    with pytest.raises(DataError, match="cannot be read as Study"):
        study.Study.load(tmp_path / "nothing.study")


def test_the_two_ready_designs() -> None:
    feedback = {"control": None, "gradcam": pictures(20), "cdeepex": [pictures(5)] * 20}
    learning = study.learning_study(pictures(20), [0, 1] * 10, feedback)
    with pytest.raises(InputError, match="arm 'map' is of type int; give a list"):
        study.learning_study(pictures(20), [0, 1] * 10, {"map": 5})
    assert learning.between and learning.feedback and not learning.unsure
    assert learning.answers == ("Ternal", "Peat") and learning.per_person == 20
    told = {arm.name: arm.instructions for arm in learning.arms}
    assert "animation" in told["cdeepex"] and "highlighted" in told["gradcam"]
    assert "animation" not in told["control"] and "highlighted" not in told["control"]
    arms = {"alone": None, "map": pictures(50)}
    answers = ("attacked", "clean")
    judging = study.judgement_study(pictures(50), [0, 1] * 25, arms, "Attacked?", answers)
    assert not judging.between and not judging.feedback and judging.unsure
    assert judging.per_person == 25 and judging.positive == "attacked"
