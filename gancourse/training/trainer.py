"""The training loop, as an iterator: one `next()` is one step.

Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville and Bengio, "Generative
Adversarial Nets", NeurIPS 2014, arXiv:1406.2661, algorithm 1: k steps of D, then one of G. Two
things are done as in DCGAN's published code: real and fake samples go through D as separate batches,
so that batch normalization never mixes them, and the fakes that D was shown last are those that G
then learns from, through the D that has just learned. Algorithm 1 draws fresh noise for G instead,
which costs another pass of G: `fresh_noise=True`. Both have the same expected gradients.

What makes a step fast without changing what it computes: G runs once, not twice; D's weights want no
gradients in G's step; the fakes of D's earlier steps keep no graph; the data are on the device as
bytes; and no number is read back to the host.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gancourse.data import is_whole
from gancourse.errors import CourseError
from gancourse.objectives import OBJECTIVES, Objective
from gancourse.training.feed import Feed, Source, feed_of, share
from gancourse.training.machine import Machine
from gancourse.training.schedules import Fixed, Schedule
from gancourse.training.state import State, blank

if TYPE_CHECKING:  # students write some of these: a lesson must be able to use the loop without them
    from gancourse.data.images import Images
    from gancourse.training.ema import EMA
    from gancourse.training.regularizers import Regularizer
    from gancourse.training.replay import ReplayBuffer

LOGITS = ("non_saturating", "minimax")  # objectives whose D says a probability


class Trainer:
    """Two networks, their optimizers, their data, and the game so far.

    Iterate over it, or call `step()`, `d_step()` and `g_step()`. These attributes may be changed
    between any two steps and act at once: `lr_d`, `lr_g`, `k`, `schedule`, `regularizer`,
    `instance_noise`, `clip`, `fresh_noise`, `hooks`.

    Args:
        G: from noise (n, latent_dim) to samples.
        D: from samples to one output each, or several (n, …).
        data: pictures, something to draw from with `sample(n)`, or a `Feed`.
        batch_size: real and as many fake samples in each step of D, of all processes together.
        latent_dim: length of z; None asks `G.latent_dim`.
        objective: one of `gancourse.objectives.OBJECTIVES`, or its name.
        lr_d, lr_g: learning rates.
        betas: Adam's, of both optimizers; 0.5 and 0.999 are DCGAN's.
        k: steps of D in each step.
        optimizer_d, optimizer_g: from parameters to another optimizer than Adam, whose learning rate counts.
        schedule: who rests when; both learn in every step if None.
        ema: follows G's weights.
        replay: past fakes, of which D is shown some.
        regularizer: a penalty on D.
        instance_noise: standard deviation of noise on D's input, real and fake (Sønderby et al. 2017, section 4).
        clip: D's weights are clipped to ±clip after each of its steps (Arjovsky et al. 2017, algorithm 1).
        fresh_noise: whether G's step draws its own noise.
        seed: of the noise and the order of the data. Weights are the caller's.
        machine: where it runs and in which form; None takes the fastest device and the plain form.
        hooks: called with the state after each step.

    Raises:
        CourseError: if a setting makes no sense; the message says which.
    """

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        data: Images | Source | Feed,
        *,
        batch_size: int = 64,
        latent_dim: int | None = None,
        objective: Objective | str = "non_saturating",
        lr_d: float = 2e-4,
        lr_g: float = 2e-4,
        betas: tuple[float, float] = (0.5, 0.999),
        k: int = 1,
        optimizer_d: Callable[[Iterator[nn.Parameter]], Optimizer] | None = None,
        optimizer_g: Callable[[Iterator[nn.Parameter]], Optimizer] | None = None,
        schedule: Schedule | None = None,
        ema: EMA | None = None,
        replay: ReplayBuffer | None = None,
        regularizer: Regularizer | None = None,
        instance_noise: float = 0.0,
        clip: float | None = None,
        fresh_noise: bool = False,
        seed: int = 0,
        machine: Machine | None = None,
        hooks: Sequence[Callable[[State], object]] = (),
    ) -> None:
        self.machine = machine or Machine()
        device = self.machine.device
        self.G, self.D = (net.to(device).to(memory_format=self.machine.layout).train() for net in (G, D))
        self.ema, self.replay, self.regularizer = ema, replay, regularizer
        if ema is not None:
            ema.model.to(device).to(memory_format=self.machine.layout)
        self.machine.agree(self.G, self.D)
        # Compiled or not, these share their weights with G and D.
        self._G, self._D = (torch.compile(net) if self.machine.form.compile else net for net in (self.G, self.D))
        self.opt_D = (optimizer_d or adam(lr_d, betas, device))(self.D.parameters())
        self.opt_G = (optimizer_g or adam(lr_g, betas, device))(self.G.parameters())
        self.objective = named(objective)
        self.latent_dim = int(latent_dim if latent_dim is not None else getattr(self.G, "latent_dim", 0))
        if self.latent_dim < 1:
            raise CourseError("Say how long the noise z is: latent_dim=…; G has no latent_dim to ask.")
        for name, value in (("batch_size", batch_size), ("k", k)):
            if not is_whole(value) or value < 1:
                raise CourseError(f"{name}={value!r} should be a whole number above 0.")
        self.batch_size, self.k, self.schedule = batch_size, k, schedule or Fixed()
        self.instance_noise, self.clip, self.fresh_noise, self.hooks = instance_noise, clip, fresh_noise, list(hooks)
        self.part = share(batch_size, self.machine)
        self.feed = feed_of(data, batch_size, self.machine, seed)
        self.random = torch.Generator(device).manual_seed(seed)
        self.state = blank(device)
        self.d_steps = self.g_steps = 0

    # Playing.

    def __iter__(self) -> Trainer:
        return self

    def __next__(self) -> State:
        return self.step()

    def step(self) -> State:
        """k steps of D and one of G, or what the schedule says; then EMA and hooks.

        A player that rests is measured once without learning.
        """
        started = time.perf_counter()
        turns = self.schedule.turns(self.state)
        rounds = max(1, int(self.k)) if turns.d else 1
        fakes: Tensor | None = None
        for i in range(rounds):
            fakes = self.fakes(graph=turns.g and not self.fresh_noise and i == rounds - 1)
            self._d_turn(fakes, learn=turns.d)
        self._g_turn(None if self.fresh_noise else fakes, learn=turns.g)
        self.state = replace(self.state, step=self.state.step + 1, seconds=time.perf_counter() - started)
        for hook in self.hooks:
            hook(self.state)
        return self.state

    def d_step(self) -> State:
        """One step of D alone, on fresh data and noise; G stays as it is. It does not count as a step."""
        self._d_turn(self.fakes(graph=False), learn=True)
        return self.state

    def g_step(self) -> State:
        """One step of G alone, on fresh noise; D stays as it is. It does not count as a step."""
        self._g_turn(None, learn=True)
        return self.state

    def _d_turn(self, fakes: Tensor, learn: bool) -> None:
        real, fake = self.feed.next(), fakes.detach()
        if self.replay is not None:
            fake = self.replay.mix(fake)
        real, fake = self._noisy(real), self._noisy(fake)
        with contextlib.nullcontext() if learn else torch.no_grad():
            with self.machine.running():
                on_real, on_fake = self._D(real), self._D(fake)
            on_real, on_fake = on_real.float(), on_fake.float()
            loss = self.objective.d_loss(on_real, on_fake)
        said = torch.sigmoid if self.objective.name in LOGITS else Tensor.detach
        numbers = [loss.detach().clone(), said(on_real.detach()).mean(), said(on_fake.detach()).mean()]
        norm, penalty = torch.zeros_like(loss), self.state.penalty.clone()
        if learn:
            if self.regularizer is not None and self.d_steps % self.regularizer.every == 0:
                term = self.regularizer(self.D, real, fake)  # not the compiled D: that cannot be differentiated twice
                penalty = term.detach().clone()
                loss = loss + self.regularizer.every * term
            norm = self._learn(loss, self.opt_D, [*numbers, penalty])
            if self.clip is not None:
                with torch.no_grad():
                    for p in self.D.parameters():
                        p.clamp_(-self.clip, self.clip)
            self.d_steps += 1
        else:
            self.machine.average(numbers)
        d_loss, d_real, d_fake = numbers
        self.state = replace(self.state, d_loss=d_loss, d_real=d_real, d_fake=d_fake, d_norm=norm, penalty=penalty)

    def _g_turn(self, fakes: Tensor | None, learn: bool) -> None:
        if fakes is None:
            fakes = self.fakes(graph=learn)
        with frozen(self.D), contextlib.nullcontext() if learn else torch.no_grad():
            with self.machine.running():
                on_fake = self._D(self._noisy(fakes))
            loss = self.objective.g_loss(on_fake.float())
            numbers, norm = [loss.detach().clone()], torch.zeros_like(loss)
            if learn:
                norm = self._learn(loss, self.opt_G, numbers)
                self.g_steps += 1
                if self.ema is not None:
                    self.ema.update(self.G)
            else:
                self.machine.average(numbers)
        self.state = replace(self.state, g_loss=numbers[0], g_norm=norm)

    def _learn(self, loss: Tensor, optimizer: Optimizer, numbers: list[Tensor]) -> Tensor:
        """Backward, average over the processes (with it the numbers to report), update; the gradients' length."""
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        self.machine.average([*gradients, *numbers])
        optimizer.step()
        return torch.nn.utils.get_total_norm(gradients)

    def _noisy(self, x: Tensor) -> Tensor:
        if not self.instance_noise:
            return x
        joined = torch.randn(self.batch_size, *x.shape[1:], generator=self.random, device=x.device)
        return x + self.instance_noise * joined[self.part]

    # Sampling.

    def noise(self, n: int) -> Tensor:
        """n draws of z from N(0, I), by the run's own random numbers: (n, latent_dim)."""
        return torch.randn(n, self.latent_dim, generator=self.random, device=self.machine.device)

    def fakes(self, graph: bool = True) -> Tensor:
        """A batch from G as it is in training (this process's part of it), with or without its graph."""
        z = self.noise(self.batch_size)[self.part]
        with contextlib.nullcontext() if graph else torch.no_grad(), self.machine.running():
            return self._G(z)

    @torch.no_grad()
    def samples(self, z: Tensor) -> Tensor:
        """What the averaged G (else G) makes of z in evaluation mode, float32. Training is not touched by it."""
        z = z.to(self.machine.device)
        if self.ema is not None:
            return self.ema.model(z).float()
        self.G.eval()
        try:
            return self.G(z).float()
        finally:
            self.G.train()

    # Steering.

    @property
    def lr_d(self) -> float:
        """D's learning rate."""
        return self.opt_D.param_groups[0]["lr"]

    @lr_d.setter
    def lr_d(self, rate: float) -> None:
        for group in self.opt_D.param_groups:
            group["lr"] = rate

    @property
    def lr_g(self) -> float:
        """G's learning rate."""
        return self.opt_G.param_groups[0]["lr"]

    @lr_g.setter
    def lr_g(self, rate: float) -> None:
        for group in self.opt_G.param_groups:
            group["lr"] = rate

    # Keeping.

    def save(self, path: Path | str) -> None:
        """Write all that the run needs to go on exactly like this (`gancourse.training.checkpoint`)."""
        from gancourse.training.checkpoint import save

        save(self, Path(path))

    def load(self, path: Path | str) -> None:
        """Go on where another trainer of the same make was saved."""
        from gancourse.training.checkpoint import load

        load(self, Path(path))


def adam(
    rate: float, betas: tuple[float, float], device: torch.device
) -> Callable[[Iterator[nn.Parameter]], Optimizer]:
    """Adam in its fastest form for the device: all weights in one kernel, where there is one."""
    fused = device.type in ("cpu", "cuda")
    return lambda parameters: torch.optim.Adam(parameters, rate, betas, fused=fused, foreach=None if fused else True)


def named(objective: Objective | str) -> Objective:
    """The objective of this name."""
    if isinstance(objective, Objective):
        return objective
    if objective not in OBJECTIVES:
        raise CourseError(f"There is no objective {objective!r}; there are {', '.join(OBJECTIVES)}.")
    return OBJECTIVES[objective]


@contextlib.contextmanager
def frozen(net: nn.Module) -> Iterator[None]:
    """Let gradients pass through a network without any being made for its weights."""
    wanted = [p for p in net.parameters() if p.requires_grad]
    for p in wanted:
        p.requires_grad_(False)
    try:
        yield
    finally:
        for p in wanted:
            p.requires_grad_(True)
