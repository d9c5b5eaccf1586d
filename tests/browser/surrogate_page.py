"""What a person sees of a SurrogateDesk in the page, and what their hands can do to it."""

from __future__ import annotations

from playwright.sync_api import Locator

from .kernels import NEWEST
from .lab import LabSession
from .widget_page import WidgetPage, cells

# A network that is a tree: bright top left? else bright bottom right?
PLANTED = """
import ipywidgets
import torch
from torch import nn
from xaiwidgets import Classifier, SurrogateDesk, VectorMap

class Questions(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 3, bias=False)
        with torch.no_grad():
            self.head.weight.copy_(9 * torch.eye(3))

    def forward(self, pictures):
        first = pictures[:, 0, :4, :4].mean((1, 2)) > 0.5
        second = pictures[:, 0, 4:, 4:].mean((1, 2)) > 0.5
        classes = torch.where(first, 0, torch.where(second, 1, 2))
        return self.head(nn.functional.one_hot(classes, 3).float())

model = Classifier(Questions(), classes=["left", "right", "neither"])
bits = torch.randint(0, 2, (120, 1, 2, 2), generator=torch.Generator().manual_seed(8))
images = bits.float().repeat_interleave(4, 2).repeat_interleave(4, 3)
"""


class SurrogatePage(WidgetPage):
    """One view of a SurrogateDesk."""

    selector = ".xai-surrogate"

    def __init__(self, lab: LabSession, number: int = 0) -> None:
        super().__init__(lab, number)
        self.answer = self.root.locator(".xai-surrogate-answer")
        self.questions = self.root.locator(".xai-tree-question")
        self.leaves = self.root.locator("button.xai-tree-leaf")
        self.depth = self.root.locator("input.xai-depth")
        self.depths = self.root.locator(".xai-surrogate-depths")
        self.chosen = self.root.get_by_role("region", name="Chosen", exact=True)
        self.pictures = self.chosen.locator("figure")

    def leaf(self, label: str) -> Locator:
        """Return the first leaf, from above, in which the tree says this."""
        return self.leaves.filter(has_text=label).first


def show(lab: LabSession, setup: str, cell: str, kernel: str = NEWEST) -> SurrogatePage:
    """Show a SurrogateDesk in a notebook of three cells, and return it when it is done."""
    cells(lab, setup, cell, "", kernel)
    page = SurrogatePage(lab)
    page.answered()
    return page
