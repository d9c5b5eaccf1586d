"""Generators of ours for the pictures of the zoo's networks."""

from __future__ import annotations

from xaiwidgets.contrast import VAE
from xaiwidgets.errors import InputError
from xaiwidgets.zoo import shipped

GENERATORS = ("digits", "fashion")
"""What `generator` has."""


def generator(name: str) -> VAE:
    """Return a variational auto-encoder; its weights come with the package.

    The JSON file beside the weights has how it was trained, and its error on the test pictures.

    Parameters
    ----------
    name : str
        "digits" for scikit-learn's digits (1, 8, 8), or "fashion" for Fashion-MNIST (1, 28, 28),
        both 0 black to 1 white, as the zoo's networks take them.

    Raises
    ------
    InputError
        If there is no such generator.
    DataError
        If its file is missing or damaged.

    Examples
    --------
    >>> made = generator("digits")
    >>> tuple(made.decode(made.sample(3)).shape)
    (3, 1, 8, 8)
    """
    if name not in GENERATORS:
        raise InputError(f"no generator {name!r}; there are {', '.join(map(repr, GENERATORS))}")
    return VAE.load(shipped.WEIGHTS / f"{name}_vae.safetensors")
