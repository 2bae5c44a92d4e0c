"""Does a translation listen to its input? Where its outlines lie, against those of the picture that belongs to it.

Colors say little: a sketch has none, and any will do. Outlines are given. So the strength of the edges of what was
made is correlated with that of the true picture, and for comparison with that of somebody else's: a generator that
ignores its input agrees with both alike.
"""

from __future__ import annotations

from torch import Tensor

BRIGHTNESS = (0.299, 0.587, 0.114)  # of red, green and blue, as in gray television


def edge_strength(pictures: Tensor) -> Tensor:
    """How much the brightness changes from each pixel to the one right of it and the one below: (n, H − 1, W − 1).

    Args:
        pictures: (n, 3, H, W) in [−1, 1].
    """
    weights = pictures.new_tensor(BRIGHTNESS)[:, None, None]
    gray = (pictures * weights).sum(1)
    corner = gray[:, :-1, :-1]
    return (gray[:, :-1, 1:] - corner).abs() + (gray[:, 1:, :-1] - corner).abs()


def outlines_agree(made: Tensor, true: Tensor) -> Tensor:
    """For each pair of pictures the correlation of their edge strengths over all pixels, from −1 to 1: (n,)."""
    x, y = (edge_strength(pictures).flatten(1) for pictures in (made, true))
    x, y = x - x.mean(1, keepdim=True), y - y.mean(1, keepdim=True)
    return (x * y).sum(1) / (x.norm(dim=1) * y.norm(dim=1)).clamp(min=1e-12)


def listening(made: Tensor, true: Tensor) -> tuple[float, float]:
    """Mean agreement with the own true picture, and with the next one's: equal where the input is ignored."""
    own, others = outlines_agree(made, true), outlines_agree(made, true.roll(1, 0))
    return float(own.mean()), float(others.mean())


def sharpness(pictures: Tensor) -> float:
    """The mean edge strength: blurred pictures have less of it than sharp ones."""
    return float(edge_strength(pictures).mean())


def edge_steepness(pictures: Tensor) -> float:
    """How steep edges are: the mean of their strength, weighted by their strength.

    A step of the height h between two pixels counts h; the same rise spread over w pixels counts h/w. (The mean edge
    strength is the same for both.)
    """
    strength = edge_strength(pictures)
    return float(strength.square().sum() / strength.sum().clamp(min=1e-12))
