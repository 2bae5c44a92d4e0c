"""The engine plays any game, and is an iterator: one `next()` is one step.

    engine = Engine(Gan(G, D), data.load("faces", size=32), batch_size=128, ema={"G": 0.999})
    for state in itertools.islice(engine, 1000):
        ...

For each (who, loss) that the game yields it goes backward, for the weights of `who` alone: nobody
else's gradients are made or touched. Then it averages over the processes, takes a step of that network's
optimizer, and moves its average. Everything else is the game's (`gancourse.games`).

What makes a step fast without changing what it computes: backward passes stop where nobody learns, the
data are on the device as bytes, and no number is read back to the host.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from gancourse.data import is_whole
from gancourse.errors import CourseError
from gancourse.games.base import Game
from gancourse.training.feed import Feed, Source, feed_of, share
from gancourse.training.machine import Machine
from gancourse.training.state import State

if TYPE_CHECKING:  # students write one: a lesson must be able to use the engine without it
    from gancourse.data.images import Images
    from gancourse.training.ema import EMA
    from gancourse.training.turns import Turns

WATCH = 200  # turns after which the engine looks by itself whether all losses are numbers


class Diverged(CourseError):
    """A loss or a gradient is no number any more."""


class Engine:
    """A game, its optimizers, its data, and how far it has come.

    Iterate over it, or call `step()`, or `turn("D")`. Between any two steps these act at once:
    `engine.rates["D"] = 1e-4`, the game's attributes, `turns`, `hooks`.

    Args:
        game: what is played; its networks move to the device.
        data: pictures, something to draw from with `sample(n)`, or a `Feed`.
        batch_size: of all processes together.
        lr: learning rate of all networks, or by name; a network that is not named there gets 2·10⁻⁴.
        betas: Adam's; 0.5 and 0.999 are DCGAN's.
        optimizers: by name, from parameters to another optimizer than Adam, whose learning rate counts.
        schedules: by name, from the optimizer to a schedule of its learning rate, which moves after each step.
        turns: who rests when; all learn in every step if None.
        ema: by name, the decay of an average of the network's weights (`gancourse.training.ema`).
        seed: of the noise and the order of the data. Weights are the caller's.
        machine: where it runs and in which form; None takes the fastest device and the plain form.
        hooks: called with the state after each step.

    Attributes:
        state: what the last step reported.
        learned: how many steps each network's optimizer has taken.
        ema: the averages by network name.

    Raises:
        CourseError: if a setting makes no sense; the message says which.
    """

    def __init__(
        self,
        game: Game,
        data: Images | Source | Feed,
        *,
        batch_size: int = 64,
        lr: float | Mapping[str, float] = 2e-4,
        betas: tuple[float, float] = (0.5, 0.999),
        optimizers: Mapping[str, Callable[[Iterable[nn.Parameter]], Optimizer]] | None = None,
        schedules: Mapping[str, Callable[[Optimizer], LRScheduler]] | None = None,
        turns: Turns | None = None,
        ema: Mapping[str, float] | None = None,
        seed: int = 0,
        machine: Machine | None = None,
        hooks: Sequence[Callable[[State], object]] = (),
    ) -> None:
        if not is_whole(batch_size) or batch_size < 1:
            raise CourseError(f"batch_size={batch_size!r} should be a whole number above 0.")
        self.game, self.machine, self.batch_size = game, machine or Machine(), batch_size
        self.turns, self.hooks = turns, list(hooks)
        device, nets = self.machine.device, game.nets
        rates = dict(lr) if isinstance(lr, Mapping) else dict.fromkeys(nets, lr)
        for given in (rates, optimizers or {}, schedules or {}, ema or {}):
            if unknown := sorted(given.keys() - nets.keys()):
                raise CourseError(f"The game has no network {unknown[0]!r}; it has {', '.join(nets) or 'none'}.")
        learners = {name for name, net in nets.items() if any(p.requires_grad for p in net.parameters())}
        for name, net in nets.items():
            net.to(device).train(name in learners)  # a network that only looks, such as a reader, stays as it is
        self.machine.agree(*nets.values())
        self.ema = {name: averaged(nets[name], decay) for name, decay in (ema or {}).items()}
        for one in self.ema.values():
            one.model.to(memory_format=self.machine.layout)
        for net in nets.values():
            self.machine.form.prepare(net)
        make = {name: adam(rates.get(name, 2e-4), betas, device) for name in nets} | dict(optimizers or {})
        self.optimizers = {name: make[name](net.parameters()) for name, net in nets.items() if name in learners}
        self.schedules = {name: schedule(self.optimizers[name]) for name, schedule in (schedules or {}).items()}
        self.rates: MutableMapping[str, float] = Rates(self)
        share(batch_size, self.machine)  # raises if it cannot be divided
        self.feed = feed_of(data, batch_size, self.machine, seed)
        game.random = torch.Generator(device).manual_seed(seed)
        game.share = (self.machine.rank, self.machine.processes)
        game.next_batch = self.feed.next
        self.state, self.learned = State(), dict.fromkeys(self.optimizers, 0)
        game.learned = self.learned
        self.unseen: list[tuple[int, str, Tensor, Tensor]] = []  # losses and norms nobody has looked at

    # Playing.

    def __iter__(self) -> Engine:
        return self

    def __next__(self) -> State:
        return self.step()

    def step(self) -> State:
        """Play the game once; then schedules and hooks. A player that rests is measured without learning.

        Raises:
            Diverged: if a loss or a gradient was no number in one of the last steps.
        """
        started = time.perf_counter()
        resting = self.turns.resting(self.state) if self.turns is not None else ()
        for who, loss in self._played():
            self._take(who, loss, learn=who not in resting)
        self._reported()
        for schedule in self.schedules.values():
            if schedule.last_epoch < getattr(schedule, "total_steps", float("inf")):
                schedule.step()
        self.state = replace(self.state, step=self.state.step + 1, seconds=time.perf_counter() - started)
        self._watch()
        for hook in self.hooks:
            hook(self.state)
        return self.state

    def turn(self, who: str) -> State:
        """One turn of this player alone, on fresh data and noise; it counts as no step.

        The others' weights stay as they are. What a forward pass moves, such as the statistics of batch normalization,
        moves in those that the game asks on the way to this turn.

        Raises:
            CourseError: if the game gives nobody of this name a turn.
        """
        for whose, loss in self._played():
            if whose == who:
                self._take(who, loss, learn=True)
                self._reported()
                self._watch()
                return self.state
        raise CourseError(f"Nobody called {who!r} has a turn in this game.")

    def _played(self) -> Iterator[tuple[str, Tensor]]:
        """The game's turns; only its own code runs in the machine's form, not what is done with a loss."""
        self.game.played = self.state.step
        turns = self.game.play(self.feed.next())
        while True:
            with self.machine.running():
                turn = next(turns, None)
            if turn is None:
                return
            yield turn

    def _take(self, who: str, loss: Tensor, learn: bool) -> None:
        """One turn: backward for `who` alone, average over the processes, update; note what there was to see."""
        told, norm = loss.detach().clone(), torch.zeros_like(loss, requires_grad=False)
        numbers = [told, *self.game.reported.values()]
        if learn:
            players = who.split()
            weights = [p for name in players for p in self._net(name).parameters() if p.requires_grad]
            for p in weights:
                p.grad = None
            with self.machine.form.descending(weights):
                loss.backward(inputs=weights)
            gradients = [p.grad for p in weights if p.grad is not None]
            self.machine.average([*gradients, *numbers])
            for name in players:
                self.optimizers[name].step()
                self.learned[name] += 1
                if name in self.ema:
                    self.ema[name].update(self._net(name))
            norm = torch.nn.utils.get_total_norm(gradients)
        else:
            self.machine.average(numbers)
        self.unseen.append((self.state.step + 1, who, told, norm))
        self.state = replace(
            self.state,
            losses={**self.state.losses, who: told},
            norms={**self.state.norms, who: norm},
            reported={**self.state.reported, **self.game.reported},
        )
        self.game.reported.clear()

    def _reported(self) -> None:
        """What a game reports after its last turn, or without one."""
        if self.game.reported:
            self.machine.average(list(self.game.reported.values()))
            self.state = replace(self.state, reported={**self.state.reported, **self.game.reported})
            self.game.reported.clear()

    def _watch(self) -> None:
        """Look from time to time: each look waits for the device."""
        if len(self.unseen) >= WATCH:
            self.check()

    def _net(self, name: str) -> nn.Module:
        net = getattr(self.game, name, None)
        if not isinstance(net, nn.Module) or name not in self.optimizers:
            there = ", ".join(self.optimizers) or "none"
            raise CourseError(f"It is the turn of {name!r}, and no network of that name can learn; there are {there}.")
        return net

    def check(self) -> None:
        """See whether all losses and gradients since the last look were numbers. The host waits for the device.

        Raises:
            Diverged: if not; it says which was the first, when, and what people try.
        """
        unseen, self.unseen = self.unseen, []
        if not unseen:
            return
        values = torch.stack([torch.stack([loss.float(), norm.float()]) for _, _, loss, norm in unseen]).cpu()
        bad = (~values.isfinite()).any(1).nonzero().flatten().tolist()
        if bad:
            step, who, *_ = unseen[bad[0]]
            loss, norm = values[bad[0]].tolist()
            what = f"The loss of {who} is {loss}" if loss != loss or abs(loss) == float("inf") else f"{who}'s gradient"
            what += "" if what.startswith("The loss") else f" is {norm} long (its loss was still {loss:.4g})"
            self.unseen = [unseen[bad[0]]]  # whoever goes on all the same is told again
            raise Diverged(
                f"{what} in step {step:,}: from there on nothing can be learned. What people try first: lower learning "
                f"rates (now {', '.join(f'{name} {rate:.3g}' for name, rate in self.rates.items())}); losses computed "
                "from logits, not from probabilities; a penalty on D's gradient (R1); float32 instead of bf16; and a "
                "look at the data for values that are no numbers."
            )

    # Looking.

    def averaged(self, name: str) -> nn.Module:
        """The average of a network; the network itself where none is kept."""
        return self.ema[name].model if name in self.ema else self.game.nets[name]

    @torch.no_grad()
    def ask(self, name: str, *inputs: Tensor) -> Tensor:
        """What a network (its average, if there is one) answers in evaluation mode. Training is not touched by it."""
        net = self.averaged(name)
        was = net.training
        net.eval()
        try:
            return net(*(x.to(self.machine.device) for x in inputs))
        finally:
            net.train(was)

    # Steering.

    def steer(self, name: str, value: Any) -> None:
        """Set what a panel's knob is named after: "lr_D" is D's learning rate, "k" the game's attribute k.

        Raises:
            CourseError: if there is nothing of that name.
        """
        if name.startswith("lr_") and name[3:] in self.rates:
            self.rates[name[3:]] = value
        elif hasattr(self.game, name):
            setattr(self.game, name, value)
        else:
            raise CourseError(f"There is nothing called {name!r} to be changed in this game.")

    # Keeping.

    def save(self, path: Path | str) -> None:
        """Write all that the run needs to go on exactly like this (`gancourse.training.checkpoint`)."""
        from gancourse.training.checkpoint import save_checkpoint

        save_checkpoint(self, Path(path))

    def load(self, path: Path | str) -> None:
        """Go on where another engine of the same make was saved."""
        from gancourse.training.checkpoint import load_checkpoint

        load_checkpoint(self, Path(path))


class Rates(MutableMapping[str, float]):
    """Learning rates by network name; setting one acts on the next step, and on its schedule, if there is one.

    A schedule that knows no base rate, such as OneCycleLR, goes its own way again with its next step.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __getitem__(self, name: str) -> float:
        return self.engine.optimizers[name].param_groups[0]["lr"]

    def __setitem__(self, name: str, rate: float) -> None:
        for group in self.engine.optimizers[name].param_groups:
            group["lr"] = rate
        if schedule := self.engine.schedules.get(name):
            schedule.base_lrs = [rate] * len(schedule.base_lrs)

    def __delitem__(self, name: str) -> None:
        raise TypeError("A network keeps its learning rate; 0 lets it rest.")

    def __iter__(self) -> Iterator[str]:
        return iter(self.engine.optimizers)

    def __len__(self) -> int:
        return len(self.engine.optimizers)


def averaged(net: nn.Module, decay: float) -> EMA:
    """The average of a network; its module is loaded only where one is asked for."""
    from gancourse.training.ema import EMA

    try:
        return EMA(net, decay)
    except ValueError as error:
        raise CourseError(f"The average of a network cannot be kept: {error}") from error


def adam(
    rate: float, betas: tuple[float, float], device: torch.device
) -> Callable[[Iterable[nn.Parameter]], Optimizer]:
    """Adam in its fastest form for the device: all weights in one kernel, where there is one."""
    fused = device.type in ("cpu", "cuda")
    return partial(torch.optim.Adam, lr=rate, betas=betas, fused=fused, foreach=None if fused else True)
