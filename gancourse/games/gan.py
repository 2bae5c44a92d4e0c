"""The plain game: Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville and Bengio,
"Generative Adversarial Nets", NeurIPS 2014, arXiv:1406.2661, algorithm 1: k steps of D, then one of G.

Two things are done as in DCGAN's published code: real and fake samples go through D as separate
batches, so that batch normalization never mixes them, and the fakes that D was shown last are those
that G then learns from, through the D that has just learned. Algorithm 1 draws fresh noise for G
instead, which costs another pass of G: `fresh_noise=True`. Both have the same expected gradients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gancourse.errors import CourseError
from gancourse.games.base import Batch, Game, Turn

if TYPE_CHECKING:  # students write some of these: a lesson must be able to play without them
    from gancourse.games.penalties import Penalty
    from gancourse.objectives import Objective
    from gancourse.training.replay import ReplayBuffer

LOGITS = ("non_saturating", "minimax")  # objectives whose D says a probability


class Gan(Game):
    """Two networks and an objective. All attributes may be changed between two steps.

    Args:
        G: from noise (n, latent_dim) to samples.
        D: from samples to one output each, or several (n, …).
        objective: one of `gancourse.objectives.OBJECTIVES`, or its name; "began" makes a new balance.
        k: steps of D in each step.
        latent_dim: length of z; None asks `G.latent_dim`.
        fresh_noise: whether G's turn draws its own noise.
        penalty: on D, such as `gancourse.games.penalties.R1`.
        replay: past fakes, of which D is shown some.
        instance_noise: standard deviation of noise on D's input, real and fake (Sønderby et al. 2017, section 4).
        clip: D's weights are clipped to ±clip after each of its steps (Arjovsky et al. 2017, algorithm 1).

    Reports "d_real" and "d_fake", D's mean outputs in its turn (probabilities, if the objective reads
    them as logits), and "penalty"; for BEGAN its "balance" k and its "measure" M.

    Raises:
        CourseError: if a setting makes no sense; the message says which.
    """

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        objective: Objective | str = "non_saturating",
        *,
        k: int = 1,
        latent_dim: int | None = None,
        fresh_noise: bool = False,
        penalty: Penalty | None = None,
        replay: ReplayBuffer | None = None,
        instance_noise: float = 0.0,
        clip: float | None = None,
    ) -> None:
        self.G, self.D = G, D
        self.objective = objective_named(objective)
        self.latent_dim = self.length_of_noise(latent_dim)
        if not isinstance(k, int) or isinstance(k, bool) or k < 1:
            raise CourseError(f"k={k!r} should be a whole number above 0.")
        self.k, self.fresh_noise, self.penalty, self.replay = k, fresh_noise, penalty, replay
        self.instance_noise, self.clip = instance_noise, clip

    def play(self, batch: Batch) -> Iterator[Turn]:
        """k turns of D, one of G."""
        rounds = int(self.k)
        real, fake = batch, torch.empty(0)
        for i in range(rounds):
            real = batch if i == 0 else self.next_batch()
            with torch.set_grad_enabled(i == rounds - 1 and not self.fresh_noise):
                fake = self.G(self.noise(real))
            yield "D", self.d_loss(real.pixels, fake.detach(), turn=self.learned.get("D", self.played * rounds + i))
            if self.clip is not None:
                clip_weights(self.D, self.clip)
        if self.fresh_noise:
            fake = self.G(self.noise(real))
        pixels = real.pixels
        yield "G", self.objective.for_g(self.D(self.shown(fake)), lambda: self.D(self.shown(pixels)))

    def d_loss(self, real: Tensor, fake: Tensor, turn: int) -> Tensor:
        """What D minimizes in its turn number `turn`, the first is 0."""
        if self.replay is not None:
            fake = self.replay.mix(fake)
        real, fake = self.shown(real), self.shown(fake)
        on_real, on_fake = self.D(real), self.D(fake)
        self.report(d_real=mean_said(self.objective, on_real), d_fake=mean_said(self.objective, on_fake))
        loss = self.objective.d_loss(on_real, on_fake)
        if self.objective.balance is not None:
            self.report(balance=self.objective.balance.k, measure=self.objective.balance.measure)
        if self.penalty is not None and turn % self.penalty.every == 0:
            term = self.penalty(self.D, real, fake)
            self.report(penalty=term)
            loss = loss + self.penalty.every * term
        return loss

    def shown(self, x: Tensor) -> Tensor:
        """Samples as D sees them."""
        return x + self.instance_noise * self.normal(*x.shape) if self.instance_noise else x

    def memory(self) -> dict[str, Tensor]:
        """The replay buffer's fakes, and BEGAN's balance."""
        held = self.replay.held if self.replay is not None else None
        balance = {} if self.objective.balance is None else {"balance": self.objective.balance.k}
        return balance if held is None else {**balance, "replay": held}

    def recall(self, memory: Mapping[str, Tensor]) -> None:
        """Take up past fakes, and BEGAN's balance."""
        if self.objective.balance is not None and "balance" in memory:
            self.objective.balance.k = memory["balance"]
        if self.replay is not None:
            self.replay.restore(memory.get("replay"))


def objective_named(objective: Objective | str) -> Objective:
    """The objective of this name."""
    if not isinstance(objective, str):
        return objective
    from gancourse.objectives import OBJECTIVES, balanced

    if objective == "began":
        return balanced()
    if objective not in OBJECTIVES:
        raise CourseError(f"There is no objective {objective!r}; there are {', '.join(OBJECTIVES)}, began.")
    return OBJECTIVES[objective]


def mean_said(objective: Objective, outputs: Tensor) -> Tensor:
    """D's mean output, shape (): a probability, if the objective reads outputs as logits."""
    outputs = outputs.detach()
    return (torch.sigmoid(outputs) if objective.name in LOGITS else outputs).mean()


@torch.no_grad()
def clip_weights(net: nn.Module, limit: float) -> None:
    """Every weight to [−limit, limit], in place."""
    for p in net.parameters():
        p.clamp_(-limit, limit)
