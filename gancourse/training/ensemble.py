"""Many small GANs at once: ten seeds cost little more than one, so that a table over seeds takes a minute.

A step of a small network is mostly waiting: Python starts a hundred tiny operations, one after the
other. An ensemble starts each of them once for all its networks. Their weights are stacked, (S, …) for
S networks, and `torch.baddbmm` multiplies all of them in one call. Whatever is no linear layer, such as
a student's own, runs under `torch.vmap`: written for one network, it works on all. The equations are
those of single runs, seed by seed: no network sees another's data, and the optimizer (Adam) works
on each weight by itself.

    ensemble = Ensemble(matches)          # ten matches: networks G and D, their optimizers and settings
    for _ in range(iterations):
        ensemble.play()
    ensemble.hand_back()                  # now the matches hold the trained networks

Games as in Goodfellow et al. (2014), algorithm 1; unrolled as in Metz et al. (2017), section 2.3.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Sequence
from types import FunctionType, MethodType, SimpleNamespace
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state

from gancourse.errors import CourseError
from gancourse.games.gan import Gan
from gancourse.training.engine import Engine
from gancourse.training.feed import Draws

Loss = Callable[..., Tensor]
Weights = dict[str, Tensor]
ALIKE = ("k", "g_steps", "batch", "unroll", "look_ahead", "paired", "d_loss", "g_loss")
ADAM = ("lr", "betas", "eps")
ELEMENTWISE = (nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid, nn.ELU, nn.GELU, nn.SiLU, nn.Softplus, nn.Identity)


class Match(Protocol):
    """Two networks that play the plain game, as students write it: what an ensemble plays several of, side by side.

    All have the same settings but the seed.

    Attributes:
        G, D: the networks. D gives one logit, (n, 1), for each sample, or fewer where it judges several together.
        opt_G, opt_D: Adam optimizers of their parameters.
        d_loss, g_loss: of (real_logits, fake_logits) and of (fake_logits), each a mean over the batch.
        k, g_steps: D's and G's steps in one iteration.
        unroll: how many steps of D the generator looks ahead; 0 is the usual game.
        look_ahead: the rate of these steps, which are plain gradient descent.
        batch: samples in a batch.

    And where it has one, `paired`: whether g_loss is of (fake_logits, real_logits), as relativistic ones are.
    """

    G: nn.Module
    D: nn.Module
    opt_G: torch.optim.Adam
    opt_D: torch.optim.Adam
    d_loss: Loss
    g_loss: Loss
    k: int
    g_steps: int
    unroll: int
    look_ahead: float
    batch: int

    def sample(self, n: int) -> Tensor:
        """n real points, (n, d)."""
        ...

    def noise(self, n: int) -> Tensor:
        """n noise vectors, (n, latent_dim)."""
        ...


class Many:
    """S networks of one shape, called as one: (S, n, …) in, (S, m, …) out.

    Args:
        networks: of the same structure. They are copied; `hand_back` writes the trained weights into them.

    Raises:
        ValueError: if there is none, or their parameters have unlike names or shapes.
    """

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        shapes = [{name: p.shape for name, p in net.named_parameters()} for net in networks]
        if not shapes or any(other != shapes[0] for other in shapes):
            raise ValueError("An ensemble needs networks, all with parameters of the same names and shapes.")
        self.networks = list(networks)
        self.weights, self.buffers = stack_module_state(self.networks)
        self.skeleton = copy.deepcopy(networks[0]).to("meta")
        # Whether every layer takes each sample on its own, so that two batches can go through as one.
        self.one_by_one = isinstance(self.skeleton, nn.Sequential) and all(
            isinstance(layer, (nn.Linear, *ELEMENTWISE)) for layer in self.skeleton
        )

    def parameters(self) -> list[Tensor]:
        return list(self.weights.values())

    def __call__(self, x: Tensor, weights: Weights | None = None) -> Tensor:
        """All networks on their own batch each, with `weights` (by default their own) in the place of theirs."""
        weights = self.weights if weights is None else weights
        if isinstance(self.skeleton, nn.Sequential):
            return self.layer_by_layer(x, weights)
        return torch.vmap(lambda w, b, x: functional_call(self.skeleton, (w, b), (x,)))(weights, self.buffers, x)

    def both(self, x: Tensor, y: Tensor, weights: Weights | None = None) -> tuple[Tensor, Tensor]:
        """All networks on two batches; in one pass where that makes no difference."""
        if not self.one_by_one:
            return self(x, weights), self(y, weights)
        on_x, on_y = self(torch.cat([x, y], 1), weights).split([x.shape[1], y.shape[1]], 1)
        return on_x, on_y

    def layer_by_layer(self, x: Tensor, weights: Weights) -> Tensor:
        """A chain of layers; linear ones as one batched product, which is faster than under vmap."""
        for name, layer in self.skeleton.named_children():
            if isinstance(layer, nn.Linear):
                product = weights[f"{name}.weight"].transpose(1, 2)
                bias = weights.get(f"{name}.bias")
                x = torch.bmm(x, product) if bias is None else torch.baddbmm(bias[:, None], x, product)
            elif isinstance(layer, ELEMENTWISE):
                x = layer(x)
            else:
                own = {k.removeprefix(f"{name}."): w for k, w in weights.items() if k.startswith(f"{name}.")}
                x = on_each(layer, own, x)
        return x

    @torch.no_grad()
    def hand_back(self) -> None:
        """Write the weights into the networks that the ensemble was made of."""
        for i, net in enumerate(self.networks):
            for name, p in net.named_parameters():
                p.copy_(self.weights[name][i])


def on_each(layer: nn.Module, weights: Weights, x: Tensor) -> Tensor:
    """A layer with each network's weights on its own batch: at once, or one after the other where `vmap` cannot."""
    try:
        return torch.vmap(lambda w, x: functional_call(layer, w, (x,)))(weights, x)
    except RuntimeError:  # it asks for numbers (.item()), or calls what vmap does not know
        each = ({name: w[i] for name, w in weights.items()} for i in range(len(x)))
        return torch.stack([functional_call(layer, w, (one,)) for w, one in zip(each, x, strict=True)])


class Ensemble:
    """Matches of the same settings and unlike seeds, played side by side; or engines that each play a plain `Gan`.

    Raises:
        CourseError: if an engine plays anything else, or two matches differ in a setting; it says which.
    """

    def __init__(self, matches: Sequence[Any]) -> None:
        self.matches = [match_of(one) if isinstance(one, Engine) else one for one in matches]
        must_be_alike(self.matches)
        first: Match = self.matches[0]
        self.first = first
        self.G, self.D = Many([match.G for match in self.matches]), Many([match.D for match in self.matches])
        self.opt_G = self.adam(self.G, first.opt_G)
        self.opt_D = self.adam(self.D, first.opt_D)
        self.paired = bool(getattr(first, "paired", False))
        self.d_loss, self.g_loss = summed(first.d_loss, 2), summed(first.g_loss, 2 if self.paired else 1)

    @staticmethod
    def adam(net: Many, like: torch.optim.Adam) -> torch.optim.Adam:
        """Adam with the settings of a single match's."""
        settings = {key: like.param_groups[0][key] for key in ADAM}
        return torch.optim.Adam(net.parameters(), **settings, fused=True)

    def batch(self, draw: Callable[[int], Tensor]) -> Tensor:
        """A batch for each match, (S, n, …), all different, where the networks are."""
        size = len(self.matches), self.first.batch
        return draw(size[0] * size[1]).to(self.G.parameters()[0].device).unflatten(0, size)

    def d_step(self, real: Tensor, z: Tensor) -> None:
        """One step of every D on its own batch, (S, n, d) and (S, n, latent_dim)."""
        with torch.no_grad():
            fake = self.G(z)
        self.descend(self.d_loss(*self.D.both(real, fake)), self.D, self.opt_D)

    def g_step(self, z: Tensor, real: Tensor | None = None) -> None:
        """One step of every G, through D as it is or, if matches are unrolled, as it would answer.

        Real samples (S, n, d) are needed where matches are unrolled or `paired`.
        """
        fake, weights = self.G(z), self.D.weights
        for _ in range(self.first.unroll):
            assert real is not None
            loss = self.d_loss(*self.D.both(real, fake, weights))
            slopes = torch.autograd.grad(loss, list(weights.values()), create_graph=True)
            weights = {n: w - self.first.look_ahead * g for (n, w), g in zip(weights.items(), slopes, strict=True)}
        logits = [self.D(fake, weights)]
        if self.paired:
            assert real is not None
            logits.append(self.D(real, weights))
        self.descend(self.g_loss(*logits), self.G, self.opt_G)

    @staticmethod
    def descend(loss: Tensor, net: Many, opt: torch.optim.Adam) -> None:
        """A step on the sum: each network's loss depends on its own weights only, so that is a step on each."""
        for p, slope in zip(net.parameters(), torch.autograd.grad(loss, net.parameters()), strict=True):
            p.grad = slope.contiguous()  # fused Adam goes through memory as it lies
        opt.step()

    def play(self) -> None:
        """One iteration: k steps of every D, then `g_steps` of every G, each on fresh batches."""
        match = self.first
        for _ in range(match.k):
            self.d_step(self.batch(match.sample), self.batch(match.noise))
        for _ in range(match.g_steps):
            self.g_step(self.batch(match.noise), self.batch(match.sample) if match.unroll or self.paired else None)

    def hand_back(self) -> None:
        """Write the trained weights into the matches' networks."""
        self.G.hand_back()
        self.D.hand_back()


def must_be_alike(matches: Sequence[Any]) -> None:
    """Raise a CourseError that names the first setting in which a match differs from the first one: it would be lost.

    What cannot be compared counts as the same.
    """
    settings = [rules_of(match) for match in matches]
    for number, theirs in enumerate(settings[1:], 2):
        for name, ours in settings[0].items():
            if traits(theirs[name]) != traits(ours):
                plain = isinstance(ours, (int, float, tuple))
                how = f"there it is {theirs[name]}, in the first one {ours}" if plain else "it is another one there"
                raise CourseError(
                    f"All matches of an ensemble have the same settings but the seed; number {number} differs from the "
                    f"first in {name}: {how}. Give all the same, or play those that differ in another ensemble."
                )


def rules_of(match: Any) -> dict[str, Any]:
    """The settings of a match by name, with those of its optimizers and where its real samples come from."""
    source = getattr(match.sample, "__self__", match.sample)
    rates = {f"{key} of {opt}": getattr(match, opt).param_groups[0][key] for opt in ("opt_G", "opt_D") for key in ADAM}
    own = {} if source is match else {"source of samples": source}
    return {name: getattr(match, name, None) for name in ALIKE} | rates | own


def traits(value: Any, depth: int = 4) -> Any:
    """What two values of a setting have in common if they are alike: functions their code and what they enclose."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return value
    if isinstance(value, Tensor):
        return tuple(value.shape), value.tolist() if value.numel() <= 1000 else float(value.double().sum())
    if not depth:
        return type(value)
    if isinstance(value, (list, tuple)):
        return [traits(one, depth - 1) for one in value]
    if isinstance(value, dict):
        return {name: traits(one, depth - 1) for name, one in value.items() if name != "seed"}
    if isinstance(value, functools.partial):
        return [traits(one, depth - 1) for one in (value.func, value.args, value.keywords)]
    if isinstance(value, MethodType):  # whose it is may be the match itself
        return traits(value.__func__, depth)
    if isinstance(value, FunctionType):
        enclosed = inspect.getclosurevars(value).nonlocals
        return value.__code__, traits([value.__defaults__, value.__kwdefaults__, enclosed], depth)
    return type(value), traits(getattr(value, "__dict__", None), depth - 1)


def match_of(engine: Engine) -> Match:
    """An engine that plays a plain game on a distribution, as a match.

    Raises:
        CourseError: if it plays anything else, or with what an ensemble does not know, such as a penalty.
    """
    game, feed, adams = engine.game, engine.feed, list(engine.optimizers.values())
    if (
        type(game) is not Gan
        or not isinstance(feed, Draws)
        or not all(isinstance(one, torch.optim.Adam) for one in adams)
    ):
        raise CourseError("An ensemble plays the plain game (gancourse.games.Gan) on a distribution, with Adam.")
    extras = (
        game.penalty,
        game.replay,
        game.clip,
        game.instance_noise or None,
        engine.turns,
        game.objective.balance,
        *engine.schedules,
    )
    if any(one is not None for one in extras) or engine.ema:
        raise CourseError(
            "An ensemble plays without penalty, replay, clipping, noise, balance, averages and schedules."
        )
    match: Any = SimpleNamespace(
        G=game.G, D=game.D, opt_G=engine.optimizers["G"], opt_D=engine.optimizers["D"], k=game.k, g_steps=1,
        d_loss=game.objective.d_loss, g_loss=game.objective.g_loss, unroll=0, look_ahead=0.0,
        paired=game.objective.paired,
        batch=engine.batch_size, sample=feed.source.sample, noise=game.noise,
    )  # fmt: skip
    return match


def summed(loss: Loss, batches: int) -> Loss:
    """The sum of all matches' losses, for `batches` batches of logits, each (S, n, 1).

    A loss that is a mean over samples can be taken over all matches at once, which is quicker; one that
    compares samples cannot. Which it is is tried out.
    """
    draw = torch.Generator().manual_seed(0)
    tried = [torch.randn(3, 7, 1, generator=draw, dtype=torch.float64) for _ in range(batches)]
    one_by_one = torch.vmap(loss, randomness="different")  # labels may be swapped at random
    if torch.allclose(one_by_one(*tried).sum(), 3 * loss(*tried), rtol=1e-9, atol=0):
        return lambda *logits: len(logits[0]) * loss(*logits)
    return lambda *logits: one_by_one(*logits).sum()
