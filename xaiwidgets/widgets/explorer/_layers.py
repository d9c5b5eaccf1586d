"""Fitting layers by hand: probes from the pictures that there are, and parts of them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from xaiwidgets.algebra import Input, Probes, fit_probes, fittable_layers
from xaiwidgets.errors import InputError
from xaiwidgets.images import crops
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._shown import FitOffer, FittableLayer
from xaiwidgets.work import Progress, Steps

IMAGES = 60
"""Images to fit from; where there are fewer pictures, parts of them make up for the rest."""

ENOUGH = 100
"""Pictures from which on the share of those held out that agree is more than a rough estimate."""


def _counts(session: Session, picture: Input) -> tuple[int, int]:
    """Return how many pictures of its shape there are, and how many parts make up for others."""
    pictures = len(session.alike(picture))
    return pictures, max(0, IMAGES - pictures)


def fitting_images(session: Session, picture: Input) -> Tensor:
    """Return what is fitted from (N, C, H, W): all of a picture's shape, and parts if few."""
    pictures = [other.tensor for other in session.alike(picture)]
    _, more = _counts(session, picture)
    parts = [crops(pictures, more)] if more else []
    return torch.cat([torch.stack(pictures), *parts])


def offer_layers(session: Session, picture: Input) -> Steps[FitOffer]:
    """Return which layers may be fitted, and from what; InputError for what is no picture."""
    yield Progress(0, None, "looking at the layers")  # from here on not on the page's thread
    _check(picture)
    defaults = yield from fittable_layers(session.model, picture.tensor)
    modules = dict(session.model.net.named_modules())
    layers = [
        FittableLayer(name, type(modules[name]).__name__, chosen)
        for name, chosen in defaults.items()
    ]
    return FitOffer(tuple(layers), _images(session, picture), _warning(session, picture))


def fit_layers(
    session: Session, picture: Input, layers: Sequence[str] | None = None
) -> Steps[Probes]:
    """Fit probes at layers, by default where stages end; InputError for what is no picture."""
    yield Progress(0, None, "looking at the layers")  # from here on not on the page's thread
    _check(picture)
    return (yield from fit_probes(session.model, fitting_images(session, picture), layers))


def _check(picture: Input) -> None:
    if picture.tensor.ndim != 3:
        raise InputError(
            f"inputs of {picture.shape} have no parts to fit from; use model.fit_probes"
        )


def fitted_note(probes: Probes, session: Session, picture: Input) -> str:
    """Return what was fitted, and what the agreements were counted on."""
    warning = _warning(session, picture)
    fitted = (
        f"{len(probes)} layer{'s' if len(probes) > 1 else ''} fitted on {_images(session, picture)}"
    )
    return f"{fitted}; {warning}" if warning else fitted


def _noun(session: Session, count: int) -> str:
    """Return what the network is given, as many of it."""
    return ("sentence" if session.owner.reads_text else "picture") + "s" * (count != 1)


def _images(session: Session, picture: Input) -> str:
    pictures, parts = _counts(session, picture)
    of = f"{pictures} {_noun(session, pictures)}"
    return f"{of} and {parts} parts of {'them' if pictures > 1 else 'it'}" if parts else of


def _warning(session: Session, picture: Input) -> str:
    """Return why agreements say little; nothing, if there are pictures enough."""
    pictures, parts = _counts(session, picture)
    if pictures >= ENOUGH:
        return ""
    noun = _noun(session, 1)
    alike = f"parts of one {noun} are alike, so that agreement flatters; " if parts else ""
    return f"{alike}below {ENOUGH} {_noun(session, ENOUGH)} it is a rough estimate"
