"""Networks of libraries bring their names and preprocessing; wrappers hide nothing."""

from __future__ import annotations

import copy
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from xaiwidgets import Classifier
from xaiwidgets.adapters import adopt, unique_names, unwrap
from xaiwidgets.errors import DataError, InputError

PICTURE = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
FORMS = [PICTURE, Image.fromarray(PICTURE), Image.fromarray(PICTURE).convert("L"), PICTURE[..., 0]]


def small() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))


@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: torch.compile(net, backend="eager"),
        nn.DataParallel,
        torch.optim.swa_utils.AveragedModel,
        lambda net: torch.compile(nn.DataParallel(net), backend="eager"),
    ],
)
def test_wrappers_are_looked_through(wrap: Any) -> None:
    net = small()
    inner = unwrap(wrap(net))
    assert type(inner) is nn.Sequential
    model = Classifier(wrap(net))
    model.predict(torch.rand(3, 8, 8))
    assert model.layers == ["0", "1", "2", "3"]


def test_a_module_of_the_users_own_that_has_a_module_is_no_wrapper() -> None:
    net = small()
    net.module = nn.Linear(1, 1)  # type: ignore[assignment]
    assert unwrap(net) is net


def test_weights_of_torchvision_bring_names_and_transforms() -> None:
    models = pytest.importorskip("torchvision.models")
    weights = models.ResNet18_Weights.IMAGENET1K_V1
    model = Classifier(models.resnet18(), weights=weights)
    assert model.classes is not None and model.classes[0] == "tench"
    assert "ResNet18_Weights" in model.source
    expected = weights.transforms()(Image.fromarray(PICTURE))
    assert torch.allclose(model.input(PICTURE), expected)
    assert {tuple(model.input(form).shape) for form in FORMS} == {(3, 224, 224)}
    assert Classifier(models.resnet18(), weights=weights, classes=["a", "b"]).classes == ("a", "b")
    assert Classifier(models.resnet18(), weights=weights, preprocess=lambda p: p).source == ""


def test_networks_of_timm_bring_their_own() -> None:
    timm = pytest.importorskip("timm")
    net = timm.create_model("resnet10t", pretrained=False).eval()
    model = Classifier(net)
    assert model.classes is not None and len(model.classes) == 1000
    assert len(set(model.classes)) == 1000, "timm describes two classes as crane"
    size = net.pretrained_cfg["input_size"]
    assert {tuple(model.input(form).shape) for form in FORMS} == {tuple(size)}
    with torch.no_grad():
        own = net(model.input(PICTURE)[None])[0].softmax(0).max()
    assert model.predict(PICTURE).probability == pytest.approx(float(own), abs=1e-5)


def hugging_face(**names: Any) -> tuple[Any, Any]:
    transformers = pytest.importorskip("transformers")
    config = transformers.ViTConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        image_size=32, patch_size=8, **names,
    )  # fmt: skip
    processor = transformers.ViTImageProcessor(size={"height": 32, "width": 32})
    return transformers.ViTForImageClassification(config).eval(), processor


@pytest.mark.slow
def test_networks_of_transformers_answer_with_their_logits_and_names() -> None:
    net, processor = hugging_face(num_labels=3, id2label={0: "cat", 1: "dog", 2: "cup"})
    model = Classifier(net, processor=processor)
    assert model.classes == ("cat", "dog", "cup")
    batch = processor(Image.fromarray(PICTURE), return_tensors="pt")["pixel_values"]
    assert torch.allclose(model.input(PICTURE), batch[0])
    with torch.no_grad():
        own = net(batch).logits
    assert torch.allclose(model.logits(batch), own, atol=1e-5)
    assert "vit.encoder.layer.1" in " ".join(model.layers) or model.layers
    map_ = model(PICTURE).explain(budget=16, grid=2)
    assert map_.cells.sum() == pytest.approx(map_.output - map_.baseline_output, abs=1e-4)


def test_placeholder_names_of_transformers_are_none() -> None:
    net, processor = hugging_face(num_labels=3)
    assert Classifier(net, processor=processor).classes is None


def test_a_network_is_loaded_by_the_name_of_its_folder(tmp_path: Path) -> None:
    net, processor = hugging_face(num_labels=3, id2label={0: "cat", 1: "dog", 2: "cup"})
    net.save_pretrained(tmp_path)
    processor.save_pretrained(tmp_path)
    model = Classifier.from_transformers(str(tmp_path), name="vit")
    assert (model.classes, model.name) == (("cat", "dog", "cup"), "vit")
    assert model.predict(PICTURE).label in ("cat", "dog", "cup")


def test_a_network_is_made_by_name() -> None:
    pytest.importorskip("torchvision")
    pytest.importorskip("timm")
    assert Classifier.from_timm("resnet10t", pretrained=False).classes is not None


@pytest.mark.parametrize("name", ["torchvision", "timm", "transformers"])
def test_a_missing_library_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [m for m in sys.modules if m.partition(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(DataError, match=f"pip install {name}"):
        getattr(Classifier, f"from_{name}")("a_name")


@pytest.mark.parametrize(
    ("options", "words"),
    [({"weights": "DEFAULT"}, "weights is"), ({"processor": 3}, "processor is")],
)
def test_what_is_no_weights_or_processor_is_refused(options: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        adopt(small(), **options)


def test_names_that_occur_twice_get_their_numbers() -> None:
    assert unique_names(["crane", "hen", "crane"]) == ["crane (0)", "hen", "crane (2)"]


def test_classifiers_are_pickled_and_copied() -> None:
    model = Classifier(small(), classes=["a", "b", "c"])
    picture = torch.rand(3, 8, 8)
    before = model.predict(picture)
    model(picture).explain(budget=16, grid=2)
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert twin.predict(picture) == before
        assert twin.net is not model.net


def test_a_processor_as_preprocess_is_understood() -> None:
    def processor(images: Any) -> dict[str, list[Any]]:
        pixels = np.asarray(images, dtype=np.float32).transpose(2, 0, 1) / 255
        return {"pixel_values": [pixels]}

    model = Classifier(small(), preprocess=processor)
    expected = torch.from_numpy(PICTURE).permute(2, 0, 1).float() / 255
    assert torch.allclose(model.input(PICTURE), expected)


class Answering(nn.Module):
    """Answers in whatever form, of whatever meaning."""

    def __init__(self, read: Any) -> None:
        super().__init__()
        self.linear, self.read = nn.Linear(12, 4), read

    def forward(self, batch: Tensor) -> Any:
        return self.read(self.linear(batch.flatten(1)))


@pytest.mark.parametrize(
    ("read", "own"),
    [
        (lambda z: {"logits": z}, lambda z: z.softmax(1)),
        (lambda z: (z, None), lambda z: z.softmax(1)),
        (lambda z: z.softmax(1), lambda z: z.softmax(1)),
        (lambda z: z.log_softmax(1), lambda z: z.softmax(1)),
        (lambda z: (3 * z).sigmoid(), lambda z: (3 * z).sigmoid()),
    ],
)
@pytest.mark.filterwarnings("ignore:the network's answers look like")
def test_probabilities_shown_are_the_networks_own(read: Any, own: Any) -> None:
    torch.manual_seed(0)
    net, picture = Answering(read), torch.rand(3, 2, 2)
    model = Classifier(net)
    with torch.no_grad():
        expected = own(net.linear(picture.flatten()[None]))[0]
    shown = {score.index: score.probability for score in model.predict(picture).top}
    assert [shown[k] for k in range(4)] == pytest.approx(expected.tolist(), abs=1e-5)


def test_what_the_answers_mean_is_said_once() -> None:
    model = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(12, 3), nn.Softmax(1)))
    assert model.output is None
    with pytest.warns(UserWarning, match="look like probabilities") as caught:
        model.predict(torch.rand(3, 2, 2))
        model.predict(torch.rand(3, 2, 2))
    assert (len(caught), model.output) == (1, "probabilities")
