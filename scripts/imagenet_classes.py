"""Write the names of ImageNet's classes, as torchvision has them, to a file of the package.

``python scripts/imagenet_classes.py`` writes ``xaiwidgets/zoo/imagenet_classes.txt``. The package
reads that file, because torchvision takes longer to import than the network to load.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import torchvision
from torchvision.models import EfficientNet_B0_Weights

from xaiwidgets.zoo.imagenet import CLASSES

HEADER = """\
# The 1,000 classes of ImageNet (ILSVRC 2012) in the order of their numbers. Names as in torchvision
# {version} (BSD-3-Clause); two of one name are told apart by their numbers.
# Written by scripts/imagenet_classes.py.
"""


def unique(names: Sequence[str]) -> list[str]:
    """Tell apart classes of one name (older releases have two cranes) by their number."""
    count = Counter(names)
    return [f"{name} ({i})" if count[name] > 1 else name for i, name in enumerate(names)]


def main() -> None:
    """Write the file."""
    version = torchvision.__version__.partition("+")[0]
    names = unique(EfficientNet_B0_Weights.DEFAULT.meta["categories"])
    lines = [HEADER.format(version=version), *(f"{name}\n" for name in names)]
    CLASSES.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
