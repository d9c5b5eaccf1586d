"""Grey pictures for the networks that we train ourselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.images import to_tensor


def grey(image: Image.Image | NDArray[np.uint8], side: int, resampling: Image.Resampling) -> Tensor:
    """Make a picture grey, `side` x `side`, and 0 .. 1 (1, side, side).

    Raises
    ------
    InputError
        If an array is not uint8 (H, W), (H, W, 1) or (H, W, 3).
    """
    # By luminance, as PIL has it (ITU-R 601): what people see as equally bright is.
    picture = (image if isinstance(image, Image.Image) else _image(image, side)).convert("L")
    if picture.size != (side, side):
        picture = picture.resize((side, side), resampling)
    return to_tensor(np.array(picture))  # a copy: PIL's own pixels are not writable


def _image(array: NDArray[np.uint8], side: int) -> Image.Image:
    if array.dtype != np.uint8 or not (array.ndim == 2 or array.shape[2:] in ((1,), (3,))):
        raise InputError(
            f"a picture is a uint8 array (H, W), (H, W, 1) or (H, W, 3); got {array.dtype} of "
            f"shape {array.shape}. Give numbers from 0 to 1 as a float tensor (1, {side}, {side})"
        )
    return Image.fromarray(array[..., 0] if array.shape[2:] == (1,) else array)
