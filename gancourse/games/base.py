"""What a game is: named networks, and one step as a generator that yields whose turn it is and the loss.

    class Conditional(Game):
        def play(self, batch):
            fake = self.G(self.noise(batch), batch["label"])
            yield "D", d_loss(self.D(batch.pixels, batch["label"]), self.D(fake.detach(), batch["label"]))
            yield "G", g_loss(self.D(fake, batch["label"]))

Whoever plays it takes a step of that network's optimizer at each `yield`, so what comes after is
computed with the network as it is by then. Between two yields anything may happen: clipping,
penalties, a buffer of past fakes. A game knows no optimizer, no device and no other process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from types import MappingProxyType

import torch
from torch import Tensor, nn

from gancourse.errors import CourseError

Turn = tuple[str, Tensor]


@dataclass(frozen=True, eq=False)
class Batch:
    """Real samples, and whatever is known of each by name: labels, pairs, captions.

    Attributes:
        pixels: (n, C, H, W) in [−1, 1], or what a toy draws, such as points (n, 2).
        named: tensors (n, …) by name; `batch["label"]` is short for `batch.named["label"]`.
    """

    pixels: Tensor
    named: Mapping[str, Tensor] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, name: str) -> Tensor:
        if name not in self.named:
            raise CourseError(f"The batch has no {name!r}; it has {', '.join(self.named) or 'pixels alone'}.")
        return self.named[name]


class Game:
    """Networks are attributes, of any number and any names; `play` is a subclass's to write.

    Attributes:
        latent_dim: length of the noise z.
        played: full steps played before this one; whoever plays the game sets it.
        learned: how many turns each network has learned from, by name; whoever plays the game may keep it.
        random: draws the noise; None is torch's global state.
        share: (which, of how many) processes play this game together, each on its part of the batch.
        next_batch: gives another batch, for games that take several in one step.
    """

    latent_dim: int = 0
    played: int = 0
    learned: Mapping[str, int] = MappingProxyType({})
    random: torch.Generator | None = None
    share: tuple[int, int] = (0, 1)
    next_batch: Callable[[], Batch]

    def play(self, batch: Batch) -> Iterator[Turn]:
        """One step: yields (who, loss), where who is a network's name, or several: "E G".

        Each loss is a tensor of shape (). Its graph ends with its turn: compute the next one after the yield.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say how it is played: write its play(batch).")

    @property
    def nets(self) -> dict[str, nn.Module]:
        """The networks by name, in the order in which they were set."""
        return {name: value for name, value in vars(self).items() if isinstance(value, nn.Module)}

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return next((p.device for net in self.nets.values() for p in net.parameters()), torch.device("cpu"))

    def noise(self, batch: Sized | int) -> Tensor:
        """z from N(0, I), one for each of the batch (or for so many): (n, latent_dim)."""
        return self.normal(batch if isinstance(batch, int) else len(batch), self.latent_dim)

    def length_of_noise(self, latent_dim: int | None = None) -> int:
        """The length of z: as given, or as the first network says that has a `latent_dim`.

        Raises:
            CourseError: if nobody says.
        """
        said = [getattr(net, "latent_dim", None) for net in self.nets.values()]
        length = latent_dim if latent_dim is not None else next((n for n in said if isinstance(n, int)), 0)
        if length < 1:
            raise CourseError("Say how long the noise z is: latent_dim=…; no network has a latent_dim to ask.")
        return length

    def normal(self, n: int, *shape: int) -> Tensor:
        """Draws from N(0, 1), (n, *shape). Several processes draw the same and take their part each."""
        which, processes = self.share
        joined = torch.randn(n * processes, *shape, generator=self.random, device=self.device)
        return joined[which * n : (which + 1) * n]

    def report(self, **numbers: Tensor) -> None:
        """Say what is worth watching besides the losses, such as `d_real=…`: tensors of shape (), of this process."""
        self.reported.update({name: value.detach() for name, value in numbers.items()})

    @property
    def reported(self) -> dict[str, Tensor]:
        """What has been reported since somebody took it away."""
        return self.__dict__.setdefault("_reported", {})

    def memory(self) -> dict[str, Tensor]:
        """Tensors that a checkpoint must keep besides the networks, such as past fakes."""
        return {}

    def recall(self, memory: Mapping[str, Tensor]) -> None:
        """Take up what `memory` gave."""
