"""A Wasserstein GAN: pictures are drawn by one network and judged by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import torch
from torch import Tensor

from xaiwidgets.checks import is_whole
from xaiwidgets.contrast._generators import FittedGenerator, check_training
from xaiwidgets.contrast._latent_objective import Likelihoods, gradient
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError
from xaiwidgets.inference import undisturbed
from xaiwidgets.work import Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network

LIPSCHITZ = ("penalty", "clipping")
"""How the critic is kept from being too steep: by its gradients, or by its weights."""

_PENALTY, _CLIP = 10.0, 0.01  # as in Gulrajani et al. 2017, and in Arjovsky et al. 2017
_MISCLASSIFIED = 0.01  # "a bit of the misclassification cost" (section 3.1.4), for each pixel
# Procedure 2 goes down by lambda until G(z0) is about I, and gives neither number. Adam's steps
# are as long whatever the slope, so that one rate serves pictures of all sizes.
_RATE = 0.1  # of Adam on latents, whose deviation is 1


class GAN(FittedGenerator):
    """A Wasserstein GAN (Arjovsky et al. 2017), the paper's generator besides the VAE.

    It has no encoder: the latents of a picture are searched, from several starts.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of the pictures.
    latent : int
        How many numbers stand for a picture.
    channels : tuple of int
        Feature maps of the two hidden layers, those nearer to the picture first.
    limits : tuple of float
        The darkest and the brightest value of the pictures.
    seed : int
        Draws the first weights.
    preset : str, optional
        "paper": networks of the size of the thesis's, with 100 latents by default (its WGAN for
        clothes has 200).

    Examples
    --------
    >>> generator = GAN((1, 8, 8), latent=4).fit(torch.rand(64, 1, 8, 8), epochs=1).run()
    >>> tuple(generator.encode(generator.decode(generator.sample(3)), steps=5).shape)
    (3, 4)
    """

    _deeper: ClassVar[bool] = True

    def _build(self) -> None:
        # Without batch norm, which would make a picture's gradient penalty depend on the others.
        self.critic = self._encoder(1)

    @work
    def fit(
        self,
        images: Tensor,
        *,
        epochs: int = 20,
        batch_size: int = 64,
        learning_rate: float = 5e-4,
        critic_steps: int = 4,
        lipschitz: str = "penalty",
        seed: int = 0,
    ) -> Steps[Self]:
        """Learn to draw what the critic cannot tell from pictures (N, C, H, W).

        Parameters
        ----------
        critic_steps : int
            How often the critic learns for each time that the generator does.
        lipschitz : str
            "penalty" on the critic's gradients (Gulrajani et al. 2017), or "clipping" of its
            weights, as in the paper.

        Yields
        ------
        Progress
            Batches done; the note has the critic's distance between drawn and given pictures.
        """
        pictures = self._checked(images)
        check_training(epochs, batch_size, learning_rate, seed)
        if lipschitz not in LIPSCHITZ or not is_whole(critic_steps, 1):
            raise InputError(
                f"lipschitz is {lipschitz!r} and critic_steps {critic_steps!r}; use "
                f"{' or '.join(map(repr, LIPSCHITZ))}, and a whole number of at least 1"
            )
        return self._fit(pictures, epochs, batch_size, learning_rate, critic_steps, lipschitz, seed)

    def _fit(
        self,
        pictures: Tensor,
        epochs: int,
        batch_size: int,
        learning_rate: float,
        critic_steps: int,
        lipschitz: str,
        seed: int,
    ) -> Steps[Self]:
        self.train()
        generator_optimizer, critic_optimizer = (
            # No momentum (Gulrajani et al. 2017): the opponent changes between the steps averaged.
            torch.optim.Adam(part.parameters(), learning_rate, betas=(0.0, 0.9))
            for part in (self.decoder, self.critic)
        )
        generator = seeded(seed)
        total = epochs * -(-len(pictures) // batch_size)
        batches = self._epochs(pictures, epochs, batch_size, generator)
        for done, batch in enumerate(batches, 1):
            distance = self._train_critic(batch, critic_optimizer, lipschitz, generator)
            # Only the slope of a critic near its optimum is that of the Wasserstein distance.
            if done % critic_steps == 0 or done == total:
                self._train_generator(len(batch), generator_optimizer, generator)
            yield Progress(done, total, f"distance {distance:.3f}")
        # Each gradient is as large as its weights, and a user's own `backward` would add to it.
        for parameter in self.parameters():
            parameter.grad = None
        return self.eval()

    def encode(
        self,
        images: Tensor,
        model: Network | None = None,
        *,
        steps: int = 200,
        starts: int = 4,
        seed: int = 0,
    ) -> Tensor:
        """Return the latents (B, latent) of pictures (B, C, H, W); see `encoding`."""
        return self.encoding(images, model, steps=steps, starts=starts, seed=seed).run()

    @work
    def encoding(
        self,
        images: Tensor,
        model: Network | None = None,
        *,
        steps: int = 200,
        starts: int = 4,
        seed: int = 0,
    ) -> Steps[Tensor]:
        """Search the latents from which pictures are drawn best (the paper's Procedure 2).

        Parameters
        ----------
        model : Network, optional
            With it, a bit of the cost of another class than the picture's is added, so that what
            is drawn is classified as the picture is.
        steps : int
            Steps of Adam from each start.
        starts : int
            How many latents are drawn to start from; the best end is taken.
        seed : int
            Draws the starts.
        """
        pictures = self._checked(images)
        if not is_whole(steps, 1) or not is_whole(starts, 1):
            raise InputError(
                f"steps is {steps!r} and starts {starts!r}; use whole numbers of at least 1"
            )
        return self._encoding(pictures, model, steps, starts, seed)

    def _encoding(
        self, pictures: Tensor, model: Network | None, steps: int, starts: int, seed: int
    ) -> Steps[Tensor]:
        repeated = pictures.repeat_interleave(starts, 0)
        classified = None  # the network, and the classes of the pictures
        if model is not None:
            labels = model.logits(pictures).argmax(1)
            classified = Likelihoods.of(model), labels.repeat_interleave(starts)
        # The same starts for every picture: its latents do not depend on what stands beside it.
        z = self.sample(starts, seed).detach().repeat(len(pictures), 1)
        optimizer = torch.optim.Adam([z], _RATE)
        best, least = z.clone(), torch.full((len(repeated),), torch.inf, device="cpu").to(z)
        for done in range(1, steps + 1):
            cost, z.grad = self._cost(z, repeated, classified)
            # Adam does not go down at every step, so that the best latents are not always the last.
            better = cost < least
            best[better], least[better] = z[better], cost[better]
            optimizer.step()
            yield Progress(done, steps, "searching the latents of the pictures")
        which = least.reshape(-1, starts).argmin(1)
        return best[torch.arange(len(pictures), device="cpu") * starts + which.cpu()]

    def _cost(
        self, z: Tensor, images: Tensor, classified: tuple[Likelihoods, Tensor] | None
    ) -> tuple[Tensor, Tensor]:
        """Return what each start costs as it is, and the slope of that."""
        with undisturbed(self), torch.enable_grad():
            latents = z.detach().requires_grad_()
            generated = self.decode(latents)
            # Eq. 3.1, with a mean in place of the norm: beside the misclassification cost it then
            # weighs the same for pictures of all sizes.
            cost = (generated - images).square().flatten(1).mean(1)
            if classified is not None:
                likelihoods, labels = classified
                # `undisturbed` turns gradients off, so that they are turned on again inside of it.
                with undisturbed(likelihoods.network.net), torch.enable_grad():
                    scores = likelihoods(generated)
                surprise = -scores.gather(1, labels[:, None].to(scores.device))[:, 0]
                cost = cost + _MISCLASSIFIED * surprise.to(cost)
            slope = gradient(cost.sum(), latents)
        return cost.detach(), slope

    def _train_critic(
        self,
        batch: Tensor,
        optimizer: torch.optim.Optimizer,
        lipschitz: str,
        generator: torch.Generator,
    ) -> float:
        """Let the critic learn once, and return how far it has drawn and given pictures apart."""
        with torch.no_grad():
            generated = self.decode(self._noise(len(batch), generator))
        with torch.enable_grad():
            # The Kantorovich dual of the Wasserstein distance, which the critic maximises.
            distance = self.critic(batch).mean() - self.critic(generated).mean()
            loss = -distance
            if lipschitz == "penalty":
                loss = loss + _PENALTY * self._steepness(batch, generated, generator)
            optimizer.zero_grad()
            loss.backward()
        optimizer.step()
        if lipschitz == "clipping":
            for weight in self.critic.parameters():
                weight.data.clamp_(-_CLIP, _CLIP)
        return float(distance.detach())

    def _steepness(self, batch: Tensor, generated: Tensor, generator: torch.Generator) -> Tensor:
        share = torch.rand(len(batch), 1, 1, 1, generator=generator, device="cpu").to(batch)
        # On lines between given and drawn pictures the best critic has gradients of length 1.
        between = (share * batch + (1 - share) * generated).requires_grad_()
        (slope,) = torch.autograd.grad(self.critic(between).sum(), between, create_graph=True)
        lengths = torch.linalg.vector_norm(slope.flatten(1), dim=1)
        return torch.square(lengths - 1).mean()

    def _train_generator(
        self, count: int, optimizer: torch.optim.Optimizer, generator: torch.Generator
    ) -> None:
        with torch.enable_grad():
            # This leaves gradients in the critic, too, which its own optimizer clears.
            loss = -self.critic(self.decode(self._noise(count, generator))).mean()
            optimizer.zero_grad()
            loss.backward()
        optimizer.step()

    def _noise(self, count: int, generator: torch.Generator) -> Tensor:
        return torch.randn(count, self.latent, generator=generator, device="cpu").to(self.mean)
