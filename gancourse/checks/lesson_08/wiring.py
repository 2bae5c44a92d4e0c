"""How a U-Net's layers are wired: each is a known convolution, so what comes out is known, too."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import Numbers, rand, randn
from gancourse.checks.lesson_08.suite import check
from gancourse.checks.values import NOTHING, close, differentiable, expect_close, numbers

WIRED_CHANNELS = (
    3,
    2,
    2,
    2,
)  # channels of a wiring's maps, from the picture inward; equal ones hide no mistake of size


def known_layer(layer: nn.Module) -> nn.Module:
    """The layer in double precision, with weights drawn from the checks' own generator, none of them small."""
    for p in layer.parameters():
        draw = rand(*p.shape, dtype=torch.float64)
        p.data = (0.3 + 0.4 * draw) * (2 * (rand(*p.shape) > 0.5).double() - 1)
    return layer


class Wiring:
    """Layers down, layers up, a picture, and what comes of each way to wire them."""

    def __init__(self, levels: int, n: int = 2) -> None:
        wide = WIRED_CHANNELS[: levels + 1]
        self.levels = levels
        self.downs = [known_layer(nn.utils.skip_init(nn.Conv2d, wide[k], wide[k + 1], 2, 2)) for k in range(levels)]
        self.ups = [
            known_layer(nn.utils.skip_init(nn.ConvTranspose2d, *self.ends(wide, k), 2, 2)) for k in range(levels)
        ]
        self.x = randn(n, wide[0], 2**levels, 2**levels).double()

    def ends(self, wide: tuple[int, ...], k: int) -> tuple[int, int]:
        """Channels into and out of the upward layer k."""
        inner = self.levels - k
        return wide[inner] * (2 if k else 1), wide[inner - 1]

    def wired(self, slip: str = "") -> Tensor:
        """What comes out, or would with this slip."""
        hidden, kept = self.x, []
        for down in self.downs:
            hidden = down(hidden)
            kept.append(hidden)
        for k, up in enumerate(self.ups):
            if k:
                skip = kept[-1 - k]
                skip = {"no skips": hidden, "zeros": 0 * skip}.get(slip, skip)
                hidden = torch.cat([skip, hidden] if slip == "skip first" else [hidden, skip], 1)
            hidden = up(hidden)
        return hidden.detach()

    @property
    def usual(self) -> dict[str, Numbers]:
        return {
            "The two maps are in the other order: first what comes from below, then the skip.": self.wired(
                "skip first"
            ),
            "Each upward layer sees what comes from below twice: the second half is the downward map.": self.wired(
                "no skips"
            ),
            "The skips arrive as zeros.": self.wired("zeros"),
        }

    def through(self, unet_forward: Callable) -> Tensor:
        """What the student's wiring makes of it."""
        got = unet_forward(self.x, self.downs, self.ups)
        expect(got is not None, NOTHING)
        if isinstance(got, Tensor) and got.shape == self.x.shape and close(numbers(got), self.x):
            raise Miss("The picture comes back as it was: does it go through the layers?")
        return got


@check.that("unet_forward", "goes down and up again, past the map of the same size", point=True)
def _(unet_forward: Callable) -> None:
    for levels in (3, 2):
        wiring = Wiring(levels)
        told = f"{levels} layers down and {levels} up"
        advice = "It is what the last upward layer makes, of the picture's size."
        got = numbers(wiring.through(unet_forward), tuple(wiring.x.shape), advice=advice)
        expect_close(got, wiring.wired(), told, wiring.usual, show=False)


@check.that("unet_forward", "is right where there is one layer each way, and nothing to skip")
def _(unet_forward: Callable) -> None:
    wiring = Wiring(1, n=3)
    got = numbers(wiring.through(unet_forward), tuple(wiring.x.shape))
    expect_close(got, wiring.wired(), "one layer each way", show=False)


@check.that("unet_forward", "carries through the skips what the bottom never sees", point=True)
def _(unet_forward: Callable) -> None:
    wiring = Wiring(3)
    with torch.no_grad():
        for p in wiring.downs[-1].parameters():
            p.zero_()  # nothing gets through the innermost layer
    wiring.x.requires_grad_()
    out = wiring.through(unet_forward)
    numbers(out, tuple(wiring.x.shape))
    differentiable(out, "The result is cut off from the picture and the layers: nothing could learn.")
    before = wiring.wired()
    expect_close(numbers(out), before, "a bottom that lets nothing through", show=False)
    out.sum().backward()
    reached = wiring.x.grad is not None and bool(numbers(wiring.x.grad).any())
    expect(reached, "No gradient comes back through the skips: is a map detached where it is kept?")
    for k, down in enumerate(wiring.downs[:-1]):
        given = [p.grad for p in down.parameters()]
        reached = all(g is not None and bool(numbers(g).any()) for g in given)
        expect(reached, f"No gradient reaches downs[{k}]: is a map detached where it is kept?")
