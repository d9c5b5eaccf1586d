"""Auto-encoders as generators: the latents of a picture are read off by a network."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Self

import torch
from torch import Tensor

from xaiwidgets.checks import is_number
from xaiwidgets.contrast._generators import FittedGenerator, check_training
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError
from xaiwidgets.work import Progress, Steps, work


class AutoEncoder(FittedGenerator):
    """A convolutional auto-encoder: the latent numbers from which a picture is best drawn again.

    Parameters as for `VAE`; nothing ties its latents together, so that what lies between those of
    two pictures need not look like one.

    Examples
    --------
    >>> from xaiwidgets.work import run
    >>> pictures = torch.rand(64, 1, 8, 8)
    >>> generator = run(AutoEncoder((1, 8, 8), latent=4).fit(pictures, epochs=1))
    >>> tuple(generator.decode(generator.encode(pictures)).shape)
    (64, 1, 8, 8)
    """

    _outputs: ClassVar[int] = 1  # numbers that the encoder gives for each latent one

    def _build(self) -> None:
        self.encoder = self._encoder(self._outputs * self.latent)

    def encode(self, images: Tensor) -> Tensor:
        """Return the latents (B, latent) of pictures (B, C, H, W)."""
        return self._encode_batch(self._checked(images))

    @torch.no_grad()
    def _encode_batch(self, images: Tensor) -> Tensor:
        # A VAE's encoder gives means, then variances; the means alone stand for the picture.
        parts = [self.encoder(part)[:, : self.latent] for part in torch.split(images, 512)]
        return torch.cat(parts)

    @work
    def fit(
        self,
        images: Tensor,
        *,
        epochs: int = 10,
        batch_size: int = 128,
        learning_rate: float = 3e-3,
        seed: int = 0,
    ) -> Steps[Self]:
        """Learn to draw pictures (N, C, H, W) again, by AdamW, its rate rising and falling once.

        Yields
        ------
        Progress
            Batches done; the note has the error of reconstruction (root mean square).

        Raises
        ------
        InputError
            If the images or a setting cannot be used.
        """
        pictures = self._checked(images)
        check_training(epochs, batch_size, learning_rate, seed)
        return self._fit(pictures, epochs, batch_size, learning_rate, seed)

    def _fit(
        self, pictures: Tensor, epochs: int, batch_size: int, learning_rate: float, seed: int
    ) -> Steps[Self]:
        total = epochs * -(-len(pictures) // batch_size)
        self.train()  # a second fit, too: batch norms learn
        optimizer = torch.optim.AdamW(self.parameters(), learning_rate, weight_decay=1e-3)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, learning_rate, total_steps=max(2, total + 1)
        )
        generator = seeded(seed)
        for done, batch in enumerate(self._epochs(pictures, epochs, batch_size, generator), 1):
            with torch.enable_grad():
                loss, error = self._loss(batch, generator)
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            yield Progress(done, total, f"error {error:.3f}")
        optimizer.zero_grad()
        self._remember(self._encode_batch(pictures))
        return self.remember_errors(pictures).eval()

    def _loss(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, float]:
        squares = (self.decode(self.encoder(images)) - images).square().mean()
        return squares, float(squares.detach().sqrt())


class VAE(AutoEncoder):
    """A convolutional variational auto-encoder: an auto-encoder without gaps between its latents.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of the pictures.
    latent : int
        How many numbers stand for a picture.
    beta : float
        The weight of the divergence (Higgins et al. 2017): above 1 latents say less, and what they
        say is told apart. Here the error of the pixels is weighed by itself, so that 4 is no other
        paper's 4.
    capacity : float, optional
        So many nats the latents are to say, no more and no less (Burgess et al. 2018).
    **settings
        As for `AutoEncoder`: its `channels`, `limits`, `seed` and `preset`.

    Examples
    --------
    >>> from xaiwidgets.work import run
    >>> generator = run(VAE((1, 8, 8), latent=4).fit(torch.rand(64, 1, 8, 8), epochs=1))
    >>> tuple(generator.decode(generator.sample(3)).shape)
    (3, 1, 8, 8)
    """

    _outputs = 2
    _settings: ClassVar[tuple[str, ...]] = (*FittedGenerator._settings, "beta", "capacity")

    def __init__(
        self,
        shape: tuple[int, int, int],
        latent: int | None = None,
        *,
        beta: float = 1.0,
        capacity: float | None = None,
        **settings: Any,
    ) -> None:
        for name, value in (("beta", beta), ("capacity", capacity)):
            if value is not None and not (is_number(value) and 0 <= value < math.inf):
                raise InputError(f"{name} is {value!r}; use a number of at least 0")
        super().__init__(shape, latent, **settings)
        self.beta, self.capacity = float(beta), None if capacity is None else float(capacity)

    @torch.no_grad()
    def divergences(self, images: Tensor) -> Tensor:
        """Return what the encoder says by each latent (latent,) on average over pictures, in nats.

        The divergence of its normal distribution from the standard one. Near 0: it says nothing.
        """
        mean, log_variance = self.encoder(self._checked(images)).chunk(2, dim=1)
        each: Tensor = (mean.square() + log_variance.exp() - 1 - log_variance).mean(0) / 2
        return each.cpu()

    def _loss(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, float]:
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        noise = torch.randn(mean.shape, generator=generator, device="cpu").to(mean)
        # Reparametrised (Kingma and Welling 2014), so that gradients pass the draw to the encoder.
        reconstruction = self.decode(mean + (log_variance / 2).exp() * noise)
        squares = (reconstruction - images).square().mean()
        # The variance of the pixels is the best one for the error as it is, so that no weight
        # between the two terms has to be chosen (Rybkin et al. 2021, "sigma-VAE").
        surprise = images[0].numel() / 2 * squares.log()
        # From the standard normal, in closed form (Kingma and Welling 2014, appendix B).
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean() / 2
        if self.capacity is not None:
            divergence = (divergence - self.capacity).abs()  # Burgess et al. 2018, eq. 8
        return surprise + self.beta * divergence, float(squares.detach().sqrt())
