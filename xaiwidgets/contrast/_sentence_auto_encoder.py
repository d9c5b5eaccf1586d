"""`SentenceAutoEncoder`: the thesis's kind of generator, a recurrent denoising auto-encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, cast

import torch
from torch import Tensor, nn

from xaiwidgets import files
from xaiwidgets.checks import is_number, whole
from xaiwidgets.contrast._generators import check_training
from xaiwidgets.contrast._soft_words import SoftmaxEmbedding, embeddings_of
from xaiwidgets.devices import seeded
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.sentences import Sentence
from xaiwidgets.words import PAD, UNKNOWN, Vocabulary, words_of
from xaiwidgets.work import Progress, Steps, work


# Not the generator to begin with: one fitted to 3,000 sentences of at most 10 words wrote 53 % of
# held-out words right, so that its start is often another sentence (`TextContrast.start_class`).
class SentenceAutoEncoder(nn.Module):
    """Sentences by a few numbers: a GRU reads the words, another writes them (Shen et al. 2020).

    It learns to write sentences of which words were missing. It has the network's embeddings, which
    stay as they are (Feghahati 2020, 4.3.2), and writes every word from the latent numbers and the
    words before as it would write them, so that torch can differentiate it.

    Parameters
    ----------
    vocabulary : Vocabulary or sequence of str
        The words that the network knows, by number.
    embedding : Tensor (K, E) or nn.Embedding
        Of each.
    latent : int
        How many numbers stand for a sentence.
    hidden : int
        Of both GRUs.
    seed : int
        Draws the first weights.

    Examples
    --------
    >>> words = ["<pad>", "<unk>", "a", "good", "bad", "film"]
    >>> made = SentenceAutoEncoder(words, torch.eye(6), latent=4, hidden=8)
    >>> made = made.fit(["a good film", "a bad film"], epochs=1).run()
    >>> tuple(made.latents_of(["a good film"]).shape)
    (1, 4)
    """

    mean: Tensor
    spread: Tensor

    def __init__(
        self,
        vocabulary: Vocabulary | Sequence[str],
        embedding: Tensor | nn.Embedding,
        latent: int = 64,  # 128 or 256 in section 4.3.2, for the larger Yelp
        hidden: int = 256,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.vocabulary = (
            vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
        )
        count = len(self.vocabulary)
        numbers = embeddings_of(embedding, count)
        self.latent, self.hidden = whole("latent", latent), whole("hidden", hidden)
        size = numbers.shape[1]
        # The user's random numbers go on as if no weights had been drawn.
        with torch.random.fork_rng(devices=[]), torch.device("cpu"):
            torch.default_generator.manual_seed(whole("seed", seed, 0))
            self.soft = SoftmaxEmbedding(numbers.cpu().float())
            self.reader = nn.GRU(size, hidden, batch_first=True, bidirectional=True)
            self.to_latent = nn.Linear(2 * hidden, latent)
            self.from_latent = nn.Linear(latent, hidden)
            self.writer = nn.GRUCell(size + latent, hidden)
            self.to_words = nn.Linear(hidden, count)
        self.register_buffer("mean", torch.zeros(latent, device="cpu"))
        self.register_buffer("spread", torch.ones(latent, device="cpu"))

    @property
    def embedding(self) -> Tensor:
        """The embedding of each word (K, E)."""
        return self.soft.embedding

    def encode_embeddings(self, embeddings: Tensor) -> Tensor:
        """Return the latents (B, latent) of embeddings (B, T, E)."""
        _, last = self.reader(embeddings)  # of both directions, (2, B, hidden)
        return cast(Tensor, self.to_latent(torch.cat([last[0], last[1]], 1)))

    def logits(self, latents: Tensor, length: int, teacher: Tensor | None = None) -> Tensor:
        """Return the scores (B, length, K) of all words; `teacher` (B, T, E) are the true ones."""
        state = torch.tanh(self.from_latent(latents))
        # The first word has none before it: an embedding (B, E) of 0.
        before = torch.zeros_like(latents[:, :1]).expand(-1, self.soft.embedding.shape[1])
        rows = []
        for place in range(length):
            state = self.writer(torch.cat([before, latents], 1), state)
            rows.append(self.to_words(state))
            before = self.soft(rows[-1][:, None])[:, 0] if teacher is None else teacher[:, place]
        return torch.stack(rows, 1)

    def at(self, sentence: Sentence, pinned: Sequence[int] = ()) -> EncodedSentence:
        """Return the generator for a sentence whose words at `pinned` places stay."""
        return EncodedSentence(self, sentence, {*pinned, *sentence.special})

    @torch.no_grad()
    def latents_of(self, sentences: Sequence[str]) -> Tensor:
        """Return the latents (N, latent) of sentences."""
        parts = []
        for text in sentences:
            numbers = torch.tensor([self.vocabulary.numbers(words_of(text))], device="cpu")
            parts.append(self.encode_embeddings(self.soft.embedding[numbers]))
        return torch.cat(parts)

    @work
    def fit(
        self,
        sentences: Sequence[str],
        *,
        epochs: int = 20,
        batch_size: int = 64,
        learning_rate: float = 3e-3,
        missing: float = 0.2,
        seed: int = 0,
    ) -> Steps[Self]:
        """Learn to write sentences again, of which a share of `missing` words was not read.

        Yields
        ------
        Progress
            Batches done; the note has the share of words that were right.

        Raises
        ------
        InputError
            If there are no sentences, or a setting cannot be used.
        """
        check_training(epochs, batch_size, learning_rate, seed)
        if not is_number(missing) or not 0 <= missing < 1:
            raise InputError(f"missing is {missing!r}; use a number from 0.0 to below 1")
        numbers = [self.vocabulary.numbers(words_of(text)) for text in sentences]
        numbers = [line for line in numbers if line]
        if not numbers:
            raise InputError("there are no sentences with words; give some")
        return self._fit(numbers, epochs, batch_size, learning_rate, missing, seed)

    def _fit(
        self,
        numbers: list[list[int]],
        epochs: int,
        batch_size: int,
        learning_rate: float,
        missing: float,
        seed: int,
    ) -> Steps[Self]:
        generator = seeded(seed)
        batches = _of_one_length(numbers, batch_size)
        total = epochs * len(batches)
        optimizer = torch.optim.AdamW(self.parameters(), learning_rate, weight_decay=1e-3)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, learning_rate, total_steps=max(2, total + 1)
        )
        done = 0
        for _ in range(epochs):
            for at in torch.randperm(len(batches), generator=generator, device="cpu").tolist():
                with torch.enable_grad():
                    loss, right = self._loss(batches[at], missing, generator)
                    optimizer.zero_grad()
                    loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
                schedule.step()
                done += 1
                yield Progress(done, total, f"{right:.0%} of the words right")
        optimizer.zero_grad()
        with torch.no_grad():
            latents = [self.encode_embeddings(self.soft.embedding[batch]) for batch in batches]
        self.mean.copy_(torch.cat(latents).mean(0))
        self.spread.copy_(torch.cat(latents).std(0, correction=0))
        return self.eval()

    def _loss(
        self, batch: Tensor, missing: float, generator: torch.Generator
    ) -> tuple[Tensor, float]:
        unread = torch.rand(batch.shape, generator=generator, device="cpu") < missing
        unread, batch = unread.to(self.mean.device), batch.to(self.mean.device)
        # Word 0 is the padding, which stands for one that was not read.
        read = self.soft.embedding[batch.where(~unread, 0)]
        teacher = self.soft.embedding[batch]
        scores = self.logits(self.encode_embeddings(read), batch.shape[1], teacher)
        loss = nn.functional.cross_entropy(scores.flatten(0, 1), batch.flatten())
        return loss, float((scores.argmax(-1) == batch).float().mean())

    def save(self, path: str | Path) -> Path:
        """Write weights, words and settings as safetensors, and return the path."""
        about = {"words": self.vocabulary.words, "latent": self.latent, "hidden": self.hidden}
        return files.write(path, type(self).__name__, self.state_dict(), about)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote; DataError if it is something else."""
        weights, about = files.read(path, cls.__name__)
        try:
            settings: dict[str, Any] = {**about}
            loaded = cls(settings.pop("words"), weights["soft.embedding"], **settings)
            loaded.load_state_dict(weights)
        except (TypeError, KeyError, RuntimeError) as error:
            raise DataError(f"{path} does not fit {cls.__name__}: {error}; save it anew") from error
        return loaded.eval()


class EncodedSentence(nn.Module):
    """A `SentenceAutoEncoder` at one sentence.

    Attributes
    ----------
    candidates : Tensor (T, K)
        All words at every place; the first is the sentence's own.
    """

    def __init__(self, generator: SentenceAutoEncoder, sentence: Sentence, fixed: set[int]) -> None:
        super().__init__()
        self.generator, self.length = generator, len(sentence)
        numbers = torch.tensor(sentence.numbers, device="cpu")
        count = len(generator.vocabulary)
        if int(numbers.max()) >= count:
            raise InputError("the generator's vocabulary is not the network's; give the same")
        everything = torch.arange(count, device="cpu")
        # The own word comes first, in whose place stands what was first.
        self.candidates = torch.stack([everything.where(everything != n, 0) for n in numbers])
        self.candidates[:, 0] = numbers
        free = torch.tensor([n not in fixed for n in range(len(sentence))], device="cpu")
        self._numbers, self._free = numbers, free[:, None]

    def encode(self, images: Tensor) -> Tensor:
        """Return the latents (B, latent) of embeddings (B, E, 1, T)."""
        embeddings = images[:, :, 0].transpose(1, 2).to(self.generator.mean)
        return self.generator.encode_embeddings(embeddings)

    def sample(self, count: int, seed: int) -> Tensor:
        """Draw latents (count, latent) like those of the sentences that it was fitted to."""
        generator = seeded(seed)
        noise = torch.randn(count, self.generator.latent, generator=generator, device="cpu")
        return self.generator.mean + noise.to(self.generator.mean) * self.generator.spread

    def weights(self, latents: Tensor) -> Tensor:
        """Return how much each candidate weighs (B, T, K)."""
        soft = self._soft(latents)
        index = self.candidates[None].expand(len(soft), -1, -1).to(soft.device)
        return soft.gather(2, index)

    def decode(self, latents: Tensor) -> Tensor:
        """Return the mean embeddings (B, E, 1, T)."""
        mixed = self._soft(latents) @ self.generator.soft.embedding
        return mixed.transpose(1, 2)[:, :, None]

    def _soft(self, latents: Tensor) -> Tensor:
        """Return how likely each word of the vocabulary is (B, T, K)."""
        logits = self.generator.logits(latents.to(self.generator.mean), self.length)
        # An answer in which a place is empty, or unknown, tells nobody which word it would take.
        forbidden = self.generator.vocabulary.numbers([PAD, UNKNOWN])
        blocked = torch.zeros_like(logits[0, 0])
        blocked[forbidden] = -torch.inf
        pinned = nn.functional.one_hot(self._numbers, logits.shape[-1]).to(logits)
        free = self._free.to(logits.device)
        return torch.where(free, (logits + blocked).softmax(-1), pinned)


def _of_one_length(numbers: list[list[int]], batch_size: int) -> list[Tensor]:
    """Return batches (B, T) of sentences, each of one length."""
    # Padding would be read as words, and be learnt to be written.
    batches = []
    for length in sorted({len(line) for line in numbers}):
        lines = torch.tensor([n for n in numbers if len(n) == length], device="cpu")
        batches += list(torch.split(lines, batch_size))
    return batches
