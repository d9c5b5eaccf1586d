"""What a person sees of a NeuronDesk in the page, and what their hands can do to it."""

from __future__ import annotations

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells

# Pictures of four corners, of which the first layer's units look for one each; a linear generator.
UNITS = """
import torch
from xaiwidgets import Classifier, NeuronDesk

class Corners(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.corners = torch.nn.AdaptiveAvgPool2d(2)
        self.units = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 4, bias=False))
        self.head = torch.nn.Linear(4, 4, bias=False)
        with torch.no_grad():
            self.units[1].weight.copy_(torch.eye(4))
            self.head.weight.copy_(8 * torch.eye(4))

    def forward(self, x):
        return self.head(self.units(self.corners(x)))

class Lights:
    def encode(self, images):
        return torch.nn.functional.adaptive_avg_pool2d(images, 2).flatten(1)

    def decode(self, latents):
        lights = latents.clamp(0, 1).reshape(-1, 1, 2, 2)
        return lights.repeat_interleave(4, 2).repeat_interleave(4, 3)

classes = ["north west", "north east", "south west", "south east"]
model = Classifier(Corners(), classes=classes)
judge = Classifier(Corners(), classes=classes, name="g")
noise = torch.Generator().manual_seed(0)
images = 0.3 * torch.rand(60, 1, 8, 8, generator=noise)
for number, image in enumerate(images):
    image += 0.6 * Lights().decode(torch.eye(4)[number % 4 : number % 4 + 1])[0]
"""


class NeuronPage(WidgetPage):
    """One view of a NeuronDesk."""

    selector = ".xai-neuron"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.answer = self.root.locator(".xai-neuron-answer")
        self.units = self.root.locator("button.xai-neuron-unit")
        self.favourites = self.root.locator("button.xai-neuron-favourite")
        self.watched = self.root.locator(".xai-neuron-watched")
        self.silence = self.root.locator("button.xai-neuron-silence")
        self.maximised = self.root.locator(".xai-neuron-maximised figure")
        self.examples = self.root.locator("button.xai-neuron-example")
        self.profile = self.root.locator(".xai-neuron-profile")
        self.move_step = self.root.locator("input.xai-move-step")
        self.move_caption = self.root.locator(".xai-move-caption")
        self.move_verdict = self.root.locator(".xai-move-verdict")
        self.mask_stage = self.root.locator(".xai-mask-stage")
        self.painted = self.root.get_by_role("group", name="Painted pictures").get_by_role("button")
        self.dissection = self.root.locator(".xai-neuron-dissection")
        self.direction = self.root.locator(".xai-neuron-direction")

    def unfold(self) -> None:
        """Open all folds, which are as the page before was left."""
        self.root.locator("details").evaluate_all("all => all.forEach(f => { f.open = true; })")


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> NeuronPage:
    """Show a NeuronDesk in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, "", kernel)
    page = NeuronPage(lab)
    page.answered()
    return page
