"""Numbers a network starts from (section 4 of the paper), and the average that follows it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, drawn, randn
from gancourse.checks.lesson_03.suite import check
from gancourse.checks.networks import ODD, drawn_normal, filled
from gancourse.checks.values import close, double, expect_close, numbers, plain


def convolutions() -> list[tuple[str, nn.Module]]:
    skip = nn.utils.skip_init
    return [
        ("Conv2d", filled(skip(nn.Conv2d, 24, 32, 4))),
        ("ConvTranspose2d", filled(skip(nn.ConvTranspose2d, 32, 24, 4))),
    ]


@check.that("init_weights", "draws the weights of both kinds of convolution from N(0, 0.02²)")
def _(init_weights: Callable) -> None:
    for name, layer in convolutions():
        init_weights(layer)
        drawn_normal(layer.weight, 0.0, 0.02, f"an nn.{name}")


@check.that("init_weights", "sets the biases of convolutions to 0, and does without where there are none")
def _(init_weights: Callable) -> None:
    for name, layer in convolutions():
        init_weights(layer)
        expect_close(
            numbers(layer.bias), torch.zeros(len(plain(layer.bias))), f"an nn.{name}", what="the biases become"
        )
    for kind in (nn.Conv2d, nn.ConvTranspose2d):
        init_weights(filled(nn.utils.skip_init(kind, 3, 4, 4, bias=False)))


@check.that("init_weights", "draws the scales of batch normalization from N(1, 0.02²), and sets its shifts to 0")
def _(init_weights: Callable) -> None:
    layer = filled(nn.BatchNorm2d(4096))
    init_weights(layer)
    drawn_normal(layer.weight, 1.0, 0.02, "an nn.BatchNorm2d")
    expect_close(numbers(layer.bias), torch.zeros(4096), "an nn.BatchNorm2d", what="the shifts (bias) become")


@check.that("init_weights", "reaches every layer by net.apply(init_weights), each with its own draw")
def _(init_weights: Callable) -> None:
    net = nn.Sequential(*(layer for _, layer in convolutions()), filled(nn.BatchNorm2d(24)))
    twin = nn.Sequential(*(layer for _, layer in convolutions()))
    for whole in (net, twin):
        whole.apply(init_weights)
    first, second, other = (plain(layer.weight).flatten() for layer in (net[0], net[1], twin[0]))
    for values in (first, second):
        drawn_normal(values, 0.0, 0.02, "a convolution in a network")
    message = "Two layers, or two networks, get the same weights: is a seed set inside?"
    alike = [torch.equal(first, second), torch.equal(first, other)]
    expect(not any(alike), message)


@check.that("init_weights", "changes the layer's own parameters, in place", alone=False)
def _(init_weights: Callable) -> None:
    for layer in (*(layer for _, layer in convolutions()), filled(nn.BatchNorm2d(24))):
        before = list(layer.parameters())
        init_weights(layer)
        after = list(layer.parameters())
        expect(
            len(before) == len(after) and all(old is new for old, new in zip(before, after, strict=True)),
            "The layer has other parameters now than before: an optimizer that was made with the old ones would go on "
            "moving those, and the network would never learn. Change them in place: nn.init.normal_(module.weight, …).",
        )


@check.that("init_weights", "leaves everything else alone", alone=False)
def _(init_weights: Callable) -> None:
    linear, norm = filled(nn.utils.skip_init(nn.Linear, 5, 6)), nn.BatchNorm2d(3)
    norm.running_mean, norm.running_var = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, 5.0, 6.0])
    for layer in (linear, norm, nn.ReLU(), nn.Sequential()):
        init_weights(layer)
    untouched = all(bool((p == ODD).all()) for p in linear.parameters())
    expect(untouched, "An nn.Linear has been changed. Only convolutions and batch normalization are asked for.")
    expect(
        norm.running_mean.tolist() == [1, 2, 3] and norm.running_var.tolist() == [4, 5, 6],
        "The running mean and variance of batch normalization have been changed; its weight and bias are meant.",
    )


# --- ema_update -----------------------------------------------------------------------------


def small(values: tuple[float, ...], statistics: tuple[float, float]) -> nn.Sequential:
    """A convolution (one weight, one bias) and batch normalization, holding these numbers."""
    net = nn.Sequential(nn.utils.skip_init(nn.Conv2d, 1, 1, 1), nn.BatchNorm2d(1))
    for p, value in zip(net.parameters(), values, strict=True):
        nn.init.constant_(p, value)
    with torch.no_grad():
        for name, value in zip(("running_mean", "running_var"), statistics, strict=True):
            net[1].get_buffer(name).fill_(value)
        net[1].get_buffer("num_batches_tracked").fill_(10 * int(statistics[1]))
    return net


def held(net: nn.Module) -> list[float]:
    return [p.item() for p in net.parameters()]


class Pair:
    """An average, the network that it follows, and what should come of it."""

    def __init__(self) -> None:
        self.old = chosen(1.0, 2.0, -1.0, 0.0, between=(-3.0, 3.0))
        self.new = chosen(3.0, -2.0, 4.0, 1.0, between=(-5.0, 5.0))
        (self.decay,) = chosen(0.9, between=(0.7, 0.95))
        (before, after) = chosen(2.0, 6.0, between=(1.0, 9.0))
        self.statistics = (before, after)
        self.ema, self.net = small(self.old, (before, before)), small(self.new, (after, after))

    def mixed(self, share: float) -> list[float]:
        return [share * o + (1 - share) * n for o, n in zip(self.old, self.new, strict=True)]

    @property
    def case(self) -> Case:
        half = [self.decay * o + n for o, n in zip(self.old, self.new, strict=True)]
        usual = {
            "The average has not moved. Change its parameters in place: assigning to a variable does nothing.": (
                list(self.old)
            ),
            "That is the network itself: copied, not averaged.": list(self.new),
            "The two shares are swapped: the old average weighs `decay`, the network 1 − decay.": self.mixed(
                1 - self.decay
            ),
            "The new weights are not multiplied by 1 − decay.": half,
        }
        where = f"decay {self.decay:g}, an average of {brackets(self.old)} and a network of {brackets(self.new)}"
        return Case(where, self.mixed(self.decay), usual)

    @property
    def clear(self) -> bool:
        return self.case.clear and abs(self.statistics[0] - self.statistics[1]) > 0.5


def brackets(values: tuple[float, ...]) -> str:
    return f"[{', '.join(f'{v:g}' for v in values)}]"


@check.that("ema_update", "moves every weight to decay · average + (1 − decay) · network")
def _(ema_update: Callable) -> None:
    pair = drawn(Pair)
    ema_update(pair.ema, pair.net, pair.decay)
    pair.case.compare(double(held(pair.ema)), what="the average's parameters become")


@check.that("ema_update", "forgets at the rate asked for, over many updates")
def _(ema_update: Callable) -> None:
    pair = drawn(Pair)
    for times in range(1, 6):
        ema_update(pair.ema, pair.net, pair.decay)
        want = pair.mixed(pair.decay**times)
        expect_close(double(held(pair.ema)), want, f"{times} updates", what="the average's parameters become")


@check.that("ema_update", "keeps up with batch normalization's running mean and variance")
def _(ema_update: Callable) -> None:
    pair = drawn(Pair)
    ema_update(pair.ema, pair.net, pair.decay)
    before, after = pair.statistics
    averaged = pair.decay * before + (1 - pair.decay) * after
    for name in ("running_mean", "running_var"):
        got = numbers(pair.ema[1].get_buffer(name), (1,))
        expect(
            not close(got, double([before])),
            f"{name} of batch normalization stays behind: it is a buffer, not a parameter, and net.parameters() does "
            "not have it. Copy net.buffers(), or average them as you do the weights.",
        )
        right = close(got, double([after])) or close(got, double([averaged]))
        wanted = f"{after:g} (copied) or {averaged:.4g} (averaged)"
        expect(
            right, f"{name} goes from {before:g} to {got.item():.4g}; the network's is {after:g}: expected {wanted}."
        )


@check.that("ema_update", "leaves the network alone", alone=False)
def _(ema_update: Callable) -> None:
    pair = drawn(Pair)
    ema_update(pair.ema, pair.net, pair.decay)
    expect(held(pair.net) == held(small(pair.new, (1.0, 1.0))), "The network's own weights have changed.")
    statistics = [pair.net[1].get_buffer(name).item() for name in ("running_mean", "running_var")]
    after = torch.tensor(pair.statistics[1]).item()
    expect(statistics == [after, after], "The network's own running statistics have changed.")
    trainable = all(p.requires_grad for p in (*pair.net.parameters(), *pair.ema.parameters()))
    expect(trainable, "A parameter no longer takes gradients. Work under torch.no_grad() instead.")
    same = all(part.training for part in pair.net.modules())
    expect(same, "The network is in evaluation mode now; it was in training. Leave its mode to its caller.")
    expect(
        all(p.is_leaf for p in pair.ema.parameters()), "The average drags a graph along: work under torch.no_grad()."
    )


@check.that("ema_update", "keeps numbers of its own: what the network does later is nothing to it", alone=False)
def _(ema_update: Callable) -> None:
    pair = drawn(Pair)
    ema_update(pair.ema, pair.net, pair.decay)
    names = ("running_mean", "running_var")
    before = [*held(pair.ema), *(pair.ema[1].get_buffer(name).item() for name in names)]
    with torch.no_grad():
        for theirs in (*pair.net.parameters(), *(pair.net[1].get_buffer(name) for name in names)):
            theirs.fill_(99.0)
    after = [*held(pair.ema), *(pair.ema[1].get_buffer(name).item() for name in names)]
    expect(
        before == after,
        "When the network changes afterwards, the average changes with it: they share tensors. Copy the numbers, "
        "mine.copy_(theirs), not the tensors.",
    )


@check.that("ema_update", "moves parameters that are frozen, too", alone=False)
def _(ema_update: Callable) -> None:
    pair = drawn(Pair)
    for net in (pair.net, pair.ema):
        for p in list(net.parameters())[::2]:
            p.requires_grad_(False)
    ema_update(pair.ema, pair.net, pair.decay)
    usual = {
        "Parameters that take no gradients have stayed behind: every parameter is asked.": [
            old if k % 2 == 0 else mixed
            for k, (old, mixed) in enumerate(zip(pair.old, pair.mixed(pair.decay), strict=True))
        ]
    }
    where = "networks of which every second parameter is frozen"
    expect_close(double(held(pair.ema)), pair.mixed(pair.decay), where, usual, what="the average's parameters become")


@check.that("ema_update", "does so in larger networks, too")
def _(ema_update: Callable) -> None:
    nets = []
    for _ in range(2):
        net = nn.Sequential(nn.utils.skip_init(nn.Conv2d, 2, 3, 3), nn.ReLU(), nn.utils.skip_init(nn.Linear, 4, 2))
        for p in net.parameters():
            p.data = randn(*p.shape)
        nets.append(net)
    ema, net = nets
    want = [0.99 * o.detach() + 0.01 * n.detach() for o, n in zip(ema.parameters(), net.parameters(), strict=True)]
    ema_update(ema, net, 0.99)
    for got, right in zip(ema.parameters(), want, strict=True):
        expect_close(numbers(got), right, "a network of two layers", show=False, what="the average becomes", atol=1e-6)
