"""scikit-learn's handwritten digits."""

from __future__ import annotations

import numpy as np

from xaiwidgets.datasets._dataset import SPLITS, Dataset, check_split

_DIGITS_SEED, _DIGITS_TEST = 0, 360


def digits(split: str = "train") -> Dataset:
    """Return scikit-learn's handwritten digits: 1,437 pictures to train on, or 360 to test.

    The split is ours: stratified by class, always the same (seed 0). The pictures' 17 greys
    (0 to 16) are spread over 0 to 255.

    Examples
    --------
    >>> digits("test")
    Dataset(360 images of 8 x 8, 10 classes)
    """
    check_split(split)
    # Only here: scikit-learn takes a second to import.
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    bunch = load_digits()
    parts = train_test_split(
        np.arange(len(bunch.target)),
        test_size=_DIGITS_TEST,
        stratify=bunch.target,
        random_state=_DIGITS_SEED,
    )
    rows = np.sort(parts[SPLITS.index(split)])
    # The data set's pixels count inked dots of 4 x 4: 0 to 16.
    images = np.rint(bunch.images[rows] * (255 / 16)).astype(np.uint8)
    return Dataset(images, bunch.target[rows].astype(np.int64), tuple("0123456789"))
