"""One training step of a player, checked: on the right samples, downhill, once, and without touching the other.

The networks are straight lines with plain gradient descent and the losses weighted means, so that a lesson
can write every gradient out as a formula of one line. What is said about a step (it has not moved, the
gradients of the step before are still in it, the optimizer is not the one passed in) is the same for every GAN.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.doubles import Counted
from gancourse.checks.inputs import Case, rand
from gancourse.checks.values import BOTH_BRANCHES, NOTHING, close, described, double, numbers, two

Sure = TypeVar("Sure", bound=Any)


class Spy:
    """A loss with weights so plain that its gradients can be worked out by hand. Notes its inputs."""

    def __init__(self, **weights: float):
        self.weights = weights
        self.calls: list[tuple[Tensor, ...]] = []

    def __call__(self, *batches: Tensor, **named: Tensor) -> Tensor:
        names = tuple(self.weights)
        given = (*batches, *(named[n] for n in names[len(batches) :] if n in named))
        expect(
            len(given) == len(names) and set(named) <= set(names),
            f"The loss is called as loss({', '.join(names)}); you gave it {len(batches) + len(named)} argument(s).",
        )
        noted = []
        for batch in given:
            expect(isinstance(batch, Tensor), f"The loss should be given logits; you gave it {a(batch)}.")
            noted.append(numbers(batch, what="What you give to the loss"))
        self.calls.append(tuple(noted))
        return torch.stack([w * b.mean() for w, b in zip(self.weights.values(), given, strict=True)]).sum()


def called_once(loss: Spy) -> tuple[Tensor, ...]:
    expect(bool(loss.calls), "The function never calls the `loss` it is given. Use it, not a loss of your own.")
    expect(len(loss.calls) == 1, f"One step should call `loss` once; it was called {len(loss.calls)} times.")
    return loss.calls[0]


def one_logit_each(batch: Tensor, want: Sequence[float], which: str, instead: Mapping[str, Sequence[float]]) -> None:
    """Miss unless `batch` holds these logits, in any shape; names what it holds instead."""
    if has_logits(batch, want):
        return
    for name, values in instead.items():
        expect(not has_logits(batch, values), f"{which}; you give it {name}.")
    squashed = torch.sigmoid(double(tuple(want)))
    expect(
        not has_logits(batch, squashed.tolist()),
        f"{which}, the logits as they are: the loss applies the sigmoid itself.",
    )
    size = "" if batch.numel() == len(want) else f" of {len(want)} samples; you give it {batch.numel()} numbers"
    raise Miss(f"{which}{size}. Use the very data and noise that are passed in.")


def has_logits(batch: Tensor, want: Sequence[float]) -> bool:
    return close(batch.flatten(), double(tuple(want)))


ONE_STEP = "one step of plain gradient descent"


def line(weight_and_bias: Sequence[float]) -> nn.Module:
    """A network of one weight and one bias, made without a draw from torch's global generator."""
    net = nn.utils.skip_init(nn.Linear, 1, 1)
    for p, value in zip(net.parameters(), weight_and_bias, strict=True):
        nn.init.constant_(p, value)
    return net


def through_line(weight_and_bias: Sequence[float], values: Sequence[float]) -> list[float]:
    """What such a network makes of these numbers."""
    weight, bias = weight_and_bias
    return [weight * value + bias for value in values]


def column(values: Sequence[float]) -> Tensor:
    return torch.tensor(values).unsqueeze(1)


def weights(net: nn.Module) -> list[float]:
    return [p.item() for p in net.parameters()]


def unmoved(net: nn.Module, start: Sequence[float]) -> bool:
    return weights(net) == torch.tensor(start).tolist()


def cleaned(opt: str, want: list[float], piled_up: list[float], old: list[float]) -> Case:
    usual = {
        f"Gradients of the step before are still in it. Clear them with {opt}.zero_grad() before backward().": piled_up,
        f"It descends along the gradients of the step before: {opt}.step() comes after backward().": old,
    }
    return Case(ONE_STEP, want, usual)


def reported(want: float, after: float) -> Case:
    usual = {
        "The sign is wrong: return the loss that `loss` gave.": -want,
        "That is the loss after the step. Return the one before it, whose gradient you followed.": after,
    }
    return Case("this step's loss", want, usual)


def number_back(value: Any, case: Case) -> None:
    """Miss unless `value` is the loss as a number, without the graph that it was computed by."""
    expect(value is not None, "The result is None. Return the loss as a number: `return value.item()`.")
    if isinstance(value, Tensor) and value.requires_grad:
        raise Miss(
            "You return the loss with its computation attached, which would keep every step's "
            "activations in memory. Return a plain number: `value.item()`."
        )
    case.compare(numbers(value, (), "The returned loss", advice="Return one number, this step's loss."))


def moved(net: nn.Module, start: Sequence[float], case: Case, opt: Counted, name: str) -> None:
    """Miss unless the optimizer has taken one step from `start` to where the case says."""
    expect(
        not unmoved(net, start),
        f"{name} has not moved. A step needs backward() and then opt_{name}.step(), with no zero_grad() between them.",
    )
    expect(opt.steps > 0, f"opt_{name}.step() is not called. Use the optimizer that is passed in, none of your own.")
    case.compare(double(weights(net)), what=f"{name}'s weight and bias become")
    expect(opt.steps == 1, f"opt_{name}.step() is called {opt.steps} times; one call of the function is one step.")


def no_gradient(net: nn.Module) -> bool:
    return all(p.grad is None or not p.grad.any() for p in net.parameters())


def trainable(net: nn.Module) -> bool:
    return all(p.requires_grad for p in net.parameters())


# --- networks drawn at random, for steps that are compared with autograd -------------------------


def linear(inputs: int, outputs: int) -> nn.Module:
    """A layer in double precision, drawn from the checks' own generator."""
    return drawn_layer(inputs**-0.5, nn.Linear, inputs, outputs)


def double_filters(inputs: int, outputs: int, kernel: int) -> nn.Module:
    """A convolution in double precision, drawn from the checks' own generator."""
    return drawn_layer(1.0, nn.Conv2d, inputs, outputs, kernel, padding=kernel // 2)


def drawn_layer(most: float, kind: Any, *sizes: int, **settings: int) -> nn.Module:
    """A layer of this kind in double precision, its weights drawn evenly from −most to most.

    PyTorch's own way to a layer without its usual weights takes longer than many a step.
    """
    plain, layer = bare_layer(kind, *sizes, **settings), kind.__new__(kind)
    nn.Module.__init__(layer)
    layer.__dict__.update({k: v for k, v in plain.__dict__.items() if k not in layer.__dict__})
    for name, p in plain._parameters.items():
        layer.register_parameter(
            name, None if p is None else nn.Parameter(most * (2 * rand(*p.shape, dtype=torch.float64) - 1))
        )
    return layer


@functools.cache
def bare_layer(kind: Any, *sizes: int, **settings: int) -> nn.Module:
    """Such a layer whose weights nobody has drawn: for its sizes and settings."""
    return nn.utils.skip_init(kind, *sizes, dtype=torch.float64, **settings)


def curved(inputs: int, width: int, outputs: int) -> nn.Module:
    """Two such layers with tanh between them."""
    return nn.Sequential(linear(inputs, width), nn.Tanh(), linear(width, outputs))


def copied(*nets: nn.Module) -> Any:
    """Copies of a check's own networks, in a tuple: weights and statistics of their own, without gradients.

    `copy.deepcopy` also copies eleven empty tables of hooks for each layer, which takes longer than many a step.
    """
    return tuple(map(copied_net, nets))


def copied_net(net: nn.Module) -> Any:
    """A copy of one of them."""
    twin = type(net).__new__(type(net))
    twin.__dict__.update(net.__dict__)
    with torch.no_grad():
        twin._parameters = {
            name: None if p is None else nn.Parameter(p.clone(), p.requires_grad) for name, p in net._parameters.items()
        }
        twin._buffers = {name: None if b is None else b.clone() for name, b in net._buffers.items()}
    twin._modules = {name: None if part is None else copied_net(part) for name, part in net._modules.items()}
    return twin


def flat(net: nn.Module) -> Tensor:
    """All parameters in a row, detached."""
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def down(net: nn.Module, loss: Tensor, rate: float, extra: Sequence[Tensor] | None = None) -> None:
    """One step of plain gradient descent, along the loss's gradients and what else is in them."""
    parameters = list(net.parameters())
    gradients = torch.autograd.grad(loss, parameters, retain_graph=True)
    with torch.no_grad():
        for k, (p, gradient) in enumerate(zip(parameters, gradients, strict=True)):
            p.sub_(rate * (gradient if extra is None else gradient + extra[k]))


def left_over(net: nn.Module, size: float = 0.3) -> list[Tensor]:
    """Put into a network the gradients that a step before would have left; they are returned as well."""
    for p in net.parameters():
        p.grad = torch.full_like(p, size)
    return [torch.full_like(p, size) for p in net.parameters()]


def two_losses(got: Any) -> Tensor:
    """Both players' losses as a student's step returns them, as a tensor (2,)."""
    both = two(got, f"Return two numbers, D's loss first and G's second; you return {described(got)}.", tensor=True)
    return plain_losses(both, "A returned loss")


def several_losses(got: Any, count: int, told: str) -> Tensor:
    """The losses that a student's step returns, as a tensor (count,). `told` says what should have come, and came."""
    expect(got is not None, NOTHING)
    several = isinstance(got, tuple | list) or (isinstance(got, Tensor) and got.ndim == 1)
    expect(several and len(got) == count, told)
    return plain_losses(got, "A returned number")


def plain_losses(losses: Iterable[Any], what: str) -> Tensor:
    """Numbers that nothing hangs on any more, as a tensor; messages call each of them `what`."""
    found = list(losses)
    for part in found:
        attached = isinstance(part, Tensor) and part.requires_grad
        expect(not attached, "A loss is returned with its computation attached. Return plain numbers: `.item()`.")
    return torch.stack([numbers(part, (), what) for part in found])


def stepped(name: str, net: nn.Module, before: nn.Module, opt: Counted, though: str = "") -> None:
    """Miss unless this player's optimizer has taken one step.

    Args:
        name: the player's, as its optimizer's after "opt_".
        net, before: its network now, and a copy from before.
        opt: its optimizer.
        though: what it may be if the optimizer took a step and the network has not moved.
    """
    still = f"{name} has not moved. A step needs backward() and then opt_{name}.step()."
    if though and opt.steps:
        still = f"{name} has not moved, though its optimizer took a step: {though}"
    expect(not close(flat(net), flat(before), 1e-9, 1e-12), still)
    expect(opt.steps > 0, f"opt_{name}.step() is not called. Use the optimizer that is passed in.")
    expect(opt.steps == 1, f"opt_{name}.step() is called {opt.steps} times; it is one step.")


def left_as_they_were(make: Callable[[], Any], step: Callable, nets: Sequence[str], given: Mapping[int, str]) -> None:
    """Miss if a step changes a network's mode, or whether it can learn, or what it is given besides.

    Args:
        make: a game that can `play(step)`; its networks and tensors are its attributes.
        nets: the networks' names.
        given: the tensors' names, by their places among the step's arguments.
    """
    for training in (True, False):
        game = make()
        players = {name: getattr(game, name) for name in nets}
        for net in players.values():
            net.train(training)
        game.play(step)
        for name, net in players.items():
            same = all(part.training == training for part in net.modules())
            expect(same, f"{name} is in another mode than before. The step leaves train() and eval() to its caller.")
            expect(trainable(net), f"{name} cannot learn any more: its parameters have requires_grad=False.")
        for place, name in given.items():
            expect(intact(getattr(game, name)), CHANGES.format(which=f"number {place}"))


FAR_OFF = 800.0  # a mean loss this large has a logit in it whose sigmoid is 0, in double precision, too


def surely_wrong(make: Callable[[], Sure], *places: int) -> Sure:
    """A game of large logits, drawn until these of its losses are large: on the right side no rounding shows.

    Args:
        make: a game; its `expected()` has `losses`, a tensor.
        places: of the losses that D's logits go into.
    """
    for _ in range(300):
        game = make()
        if float(game.expected().losses[list(places)].min()) > FAR_OFF:
            return game
    raise RuntimeError(f"No game of {make} has a D that is surely wrong.")


def can_go_on(G: nn.Module, D: nn.Module) -> None:
    """Miss where a player's weights are NaN after a step with large logits, whatever losses it returned."""
    for name, net in (("G", G), ("D", D)):
        try:
            numbers(flat(net), what=f"a weight of {name}")
        except Miss as miss:
            said = f"For a D with large logits the losses are right, and after the step {miss} Expected finite ones."
            raise Miss(f"{said}\n{BOTH_BRANCHES}") from None


class Expecting(Protocol):
    """A game that tells what should come of a student's step, or what a slip leads to: `G`, `D` and `losses`."""

    def expected(self, slip: str = "") -> Any:
        """What should come of it."""
        ...


STALE_D = "Gradients of the step before are still in it. Clear them with opt_D.zero_grad() before backward()."
SLIPS_IN_G = {
    "old D": "That is the step against the D from before its own step. Ask D about the fakes again.",
    "stale G": "Gradients of the step before are still in it. Clear them with opt_G.zero_grad().",
    "not detached": "D's loss has left gradients in G. Detach the fakes for D, or clear opt_G's before G's backward().",
    "minimax": "That is the minimax loss, log(1 − D). The non-saturating one is −log D.",
}
SLIPS_IN_LOSSES = {
    "old D": "G's loss is that against the D from before its step.",
    "minimax": "G's loss is the minimax one.",
}


def slips_in_G(game: Expecting) -> dict[str, Callable[[], Tensor]]:
    """What G's parameters become by the slips of a step of both players that every lesson's students make."""
    return {said: lambda slip=slip: game.expected(slip).G for slip, said in SLIPS_IN_G.items()}


def slips_in_losses(game: Expecting) -> dict[str, Any]:
    """Both losses by such slips."""
    right = game.expected().losses
    turned = {"The two are swapped: D's loss comes first.": right.flip(0), "The signs are wrong.": -right}
    return {**turned, **{said: lambda slip=slip: game.expected(slip).losses for slip, said in SLIPS_IN_LOSSES.items()}}
