"""What stands beside a contrast: baselines, a judge, a mask, all pictures, several starts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t
from torch import Tensor, nn

from tests.contrast.models import Identity
from tests.widgets.contrast_hands import IMAGES, explorer
from tests.widgets.hands import MADE
from xaiwidgets import Classifier, ContrastExplorer, contrast, datasets, zoo
from xaiwidgets.contrast import PCA
from xaiwidgets.errors import InputError
from xaiwidgets.steps import run


def array(shown: Any) -> Any:
    return np.asarray(shown)


class RedOrBlue(nn.Module):
    """Logits: the sums of the red and of the blue channel."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x[:, 0].sum((1, 2)), x[:, 2].sum((1, 2))], 1)


def coloured(**traits: Any) -> ContrastExplorer:
    picture = torch.zeros(3, 4, 4)
    picture[0] = 0.8
    widget = ContrastExplorer(Classifier(RedOrBlue()), Identity(), [picture], **traits)
    MADE.append(widget)
    widget.run().wait(30)
    return widget


def test_a_change_of_hue_crosses_in_its_colours() -> None:
    widget = coloured()
    shown = widget.contrast
    assert shown is not None
    change = array(shown["differences"]) * shown["difference_scale"]
    assert change.shape[1:] == (4, 4, 3)
    end = change[32]
    assert end[..., 0].max() < -0.25 and end[..., 2].min() > 0.25
    assert shown["missed"] is None, "a stranger's generator: nobody knows"


@pytest.mark.slow
def test_the_film_shows_what_is_chosen() -> None:
    widget = coloured()
    films = {}
    for channel in ("strongest", "rgb", "red", "green"):
        widget.channel = channel
        films[channel] = widget.gif()
    assert len({*films.values()}) == 4
    assert isinstance(widget._repr_mimebundle_()[0]["image/png"], bytes)
    grey = explorer(images=IMAGES[:1], channel="red")
    grey.run().wait(30)
    assert grey.gif()[:3] == b"GIF"
    with pytest.raises(t.TraitError, match="channel"):
        widget.channel = "warmth"


def test_two_baselines_stand_beside_it() -> None:
    widget = explorer(images=IMAGES[:1], probe=7, direct="occlusion", direct_two="class means")
    widget.direct_window, widget.direct_fill = 3, "bright"
    widget.run().wait(30)
    model = zoo.digits()
    limits = None
    alone = run(contrast.subtract(model, IMAGES[:1], 7, method="occlusion", window=3,
                                  fill="bright", limits=limits))  # fmt: skip
    assert widget.direct_map is not None and widget.second_map is not None
    assert np.allclose(array(widget.direct_map["values"]), alone.values[0], atol=1e-5)
    assert (widget.direct_map["name"], widget.second_map["name"]) == ("Occlusion", "Class means")
    assert widget.direct_map["note"] == "as it is: nothing was weighted"
    assert "method='occlusion', seed=0, window=3, fill='bright'" in widget.code
    widget.direct_two = ""
    widget.run().wait(30)
    assert widget.second_map is None and widget.direct_map is not None


def test_a_judge_says_of_every_change_how_much_it_closes() -> None:
    torch.manual_seed(0)
    judge = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), classes=list("0123456789"))
    widget = ContrastExplorer(
        zoo.digits(), zoo.generator("digits"), IMAGES[:1], judge=judge, probe=7, xgems=True,
        direct="gradient",
    )  # fmt: skip
    MADE.append(widget)
    answer = widget.run().wait(30)
    assert widget.judge == "the judge" and widget.judgement is not None
    shares = widget.judgement["closed"]
    assert set(shares) == {"morph", "rival", "direct"}
    assert shares["morph"]["network"] == pytest.approx(1, abs=0.15)
    pair = answer.pair.contrast
    by_hand = run(
        contrast.closed(
            judge, pair.image, answer.direct.values, pair.true, pair.probe,
            pair.difference.abs().sum((1, 2, 3)), limits=(0, 1),
        )
    )[0]  # fmt: skip
    other = shares["direct"]["judge"]
    assert (other is None and np.isnan(by_hand)) or other == pytest.approx(by_hand, abs=1e-4)
    scores = array(widget.judgement["log_likelihoods"])
    expected = judge.logits(answer.pair.morph.images[:, 0]).log_softmax(1)
    assert np.allclose(scores, expected, atol=1e-4)


def test_a_judge_of_other_inputs_is_refused() -> None:
    wide = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(99, 10)), classes=list("0123456789"))
    with pytest.raises(InputError, match=r"the judge cannot be asked about .* \(1, 8, 8\)"):
        ContrastExplorer(zoo.digits(), zoo.generator("digits"), IMAGES[:1], judge=wide)


def test_a_judge_of_other_classes_is_refused() -> None:
    three = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(64, 3)), classes=list("abc"))
    with pytest.raises(InputError, match="the judge has the classes a, b, c, but the network 0, 1"):
        ContrastExplorer(zoo.digits(), zoo.generator("digits"), IMAGES[:1], judge=three)


def test_a_change_is_imposed_inside_what_is_painted() -> None:
    widget = explorer(images=IMAGES[:1], probe=7, mask=[9, 9, 10])
    widget.run().wait(30)
    assert widget.mask == [9, 10] and widget.imposed is not None
    frames = array(widget.imposed["frames"])
    strengths = array(widget.imposed["strengths"])
    assert strengths[0] == -1 and strengths[-1] == 2 and 1 in strengths
    picture = frames[list(strengths).index(0)]
    changed = (frames != picture).any((0, 3))
    assert set(zip(*np.nonzero(changed), strict=True)) <= {(1, 1), (1, 2)}
    answer = widget.run().wait(30)
    mask = np.zeros((8, 8), bool)
    mask[1, 1:3] = True
    pair = answer.pair.contrast
    made = run(contrast.impose(zoo.digits(), pair.image, pair.difference, mask, limits=(0, 1)))
    likelihoods = array(widget.imposed["log_likelihoods"])
    assert np.allclose(likelihoods, made.log_likelihoods[:, 0], atol=1e-4)
    widget.mask = []
    widget.run().wait(30)
    assert widget.imposed is None
    with pytest.raises(t.TraitError, match="mask is 64; there are 64 cells, from 0"):
        widget.mask = [64]


def test_the_code_imposes_the_same() -> None:
    widget = explorer(images=IMAGES[:1], probe=7, mask=[9, 10])
    widget.run().wait(30)
    lines = widget.code.splitlines()
    mask: dict[str, Any] = {}
    exec(
        "import numpy as np\n" + "\n".join(line for line in lines if line[:4] in ("cell", "mask")),
        mask,
    )
    assert mask["mask"].shape == (8, 8) and np.argwhere(mask["mask"]).tolist() == [[1, 1], [1, 2]]


def test_all_pictures_have_a_mean_and_its_window_is_stamped() -> None:
    widget = explorer(images=datasets.digits("test").images[:12], probe=7, all_pictures=True)
    widget.run().wait(60)
    shown = widget.overall
    assert shown is not None and shown["count"] <= 12 and shown["probe_label"] == "7"
    answer = widget.answer
    assert answer is not None and answer.overall is not None
    found = answer.overall.contrast
    assert shown["reached"] == int(found.converged.sum())
    mean = contrast.mean_change(found.difference[torch.from_numpy(found.converged)])
    scaled = array(shown["difference"])[..., 0] * shown["difference_scale"]
    assert np.abs(scaled - mean[0].numpy()).max() <= 0.51 * shown["difference_scale"]
    widget.stamp = [0, 1, 3, 4]
    widget.run().wait(60)
    stamped = widget.stamped
    assert stamped is not None and stamped["window"] == [0, 1, 3, 4]
    assert stamped["before"]["value"] == 0 and stamped["count"] == shown["count"]
    assert not stamped["apart"]
    with pytest.raises(t.TraitError, match="give top, left, height and width"):
        widget.stamp = [1]
    with pytest.raises(t.TraitError, match="window"):
        widget.stamp = [0, 0, 9, 1]
    assert list(widget.stamp) == [0, 1, 3, 4]


@pytest.mark.slow
def test_several_starts_stand_side_by_side() -> None:
    widget = explorer(images=IMAGES[:1], probe=7, starts=3)
    widget.run().wait(60)
    assert [tile["label"] for tile in widget.other_starts] == ["start 0", "start 1", "start 2"]
    alone = run(contrast.explain(zoo.digits(), zoo.generator("digits"), IMAGES[:1], 7, seed=2))
    assert widget.other_starts[2]["distance"] == pytest.approx(float(alone.distance[0]), rel=1e-4)
    widget.starts = 1
    widget.run().wait(30)
    assert not widget.other_starts


def test_what_the_generator_misses_is_told() -> None:
    images = torch.from_numpy(datasets.digits("train").images[:200])[:, None].float() / 255
    few = run(PCA(2).fit(images))
    widget = ContrastExplorer(zoo.digits(), few, [torch.eye(8)[None], images[0]])
    MADE.append(widget)
    widget.run().wait(30)
    assert widget.contrast is not None and widget.contrast["missed"] > 0.99
    widget.index = 1
    widget.run().wait(30)
    assert widget.contrast["missed"] < 0.99


def test_class_means_are_of_pictures_of_the_same_shape() -> None:
    picture = torch.zeros(3, 4, 4)
    picture[0] = 0.8
    blue = picture.flip(0)
    widget = ContrastExplorer(
        Classifier(RedOrBlue()), Identity(), [picture, blue, torch.zeros(3, 6, 6)],
        direct="class means",
    )  # fmt: skip
    MADE.append(widget)
    answer = widget.run().wait(30)
    assert answer.direct.in_channels[0, 0].max() < 0 < answer.direct.in_channels[0, 2].min()
    widget.index = 2
    widget.run().wait(30)
    assert widget.direct_map["note"] == "there are no pictures of one of the classes"


def test_another_network_and_another_generator_are_asked_the_same() -> None:
    red = torch.zeros(2, 3, 4, 4)
    red[:, 0] = torch.tensor([0.8, 0.6])[:, None, None]
    model = Classifier(RedOrBlue(), classes=["red", "blue"])
    pca = PCA(9).fit(torch.rand(60, 3, 4, 4, generator=torch.Generator().manual_seed(0))).run()
    always_blue = nn.Sequential(nn.Flatten(), nn.Linear(48, 2))
    with torch.no_grad():
        always_blue[1].weight.zero_()
        always_blue[1].bias.copy_(torch.tensor([-2.0, 2.0]))
    generator, images = Identity(), list(red)
    columns = {
        "pca": pca,
        "other": always_blue,
        "plain": RedOrBlue(),
        "both": (Classifier(RedOrBlue()), generator),
    }
    widget = ContrastExplorer(model, generator, images, columns=columns, probe="blue")
    MADE.append(widget)
    answer = widget.run().wait(60)
    shown = {column["name"]: column for column in widget.columns}
    assert list(shown) == ["pca", "other", "plain", "both"]
    assert shown["other"]["contrast"] is None and shown["other"]["label"] == "blue"
    assert (array(shown["both"]["contrast"]["frames"]) == array(widget.contrast["frames"])).all()
    scope = {"model": model, "generator": generator, "images": images, "columns": columns}
    lines = [line for line in widget.code.splitlines() if "columns[" in line]
    exec(widget.code, scope)
    assert "Classifier(columns['plain'])" in lines[1]
    assert len(lines) == 3, "the other finds it blue, and is not asked why it is red"
    by_hand = eval(lines[0], scope)
    by_pca = answer.columns[0].pair.contrast
    assert torch.allclose(by_hand.boundary, by_pca.boundary)
    assert by_pca.converged[0] and not torch.allclose(by_pca.boundary, widget.result.boundary)
    # Known already: nothing is asked, and the columns are there at once.
    before = answer.columns
    widget.index = 1
    widget.run().wait(60)
    widget.index = 0
    assert widget._answer is not None and widget._answer.columns is before
    with torch.no_grad():
        pca.mean += 0.01
    assert widget.run().wait(60).columns is not before, "a generator that has changed"
    # A picture that comes later is asked about as well, and scores are of it, not of a place.
    place, session = widget.add_picture("blue", red[0].flip(0)), widget._session
    for each in (session, *session.columns.values()):
        assert torch.equal(each.scores(place), each.model.logits(red[0].flip(0)[None])[0])
    session.images[0] = red[0].flip(0)
    assert torch.equal(session.scores(0), session.scores(place))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ([1], "columns must be a mapping"),
        ({"a": 3}, r"columns\['a'\] is int; give a network, a generator"),
        ({"a": (zoo.generator("digits"), zoo.digits())}, r"is tuple; give a network"),
        ({"a": nn.Sequential(nn.Flatten(), nn.Linear(64, 3))}, r"columns\['a'\] has the classes"),
        ({"a": zoo.generator("fashion")}, "28, 28"),
    ],
)
def test_columns_that_cannot_be_asked_the_same_are_refused(columns: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ContrastExplorer(zoo.digits(), zoo.generator("digits"), IMAGES, columns=columns)
