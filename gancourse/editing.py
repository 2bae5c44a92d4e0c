"""Editing faces in the latent space: a picture to its z, directions for what it shows, and the edit taken back to it.

Projection and transfer follow Zhu, Krähenbühl, Shechtman and Efros, "Generative Visual Manipulation on the Natural
Image Manifold", ECCV 2016, arXiv:1609.03552; directions are those of Shen, Gu, Tang and Zhou, "Interpreting the Latent
Space of GANs for Semantic Face Editing", 2020, arXiv:1907.10786. Deviations: features are the face reader's instead of
AlexNet's, the search is Adam's instead of L-BFGS-B, a direction comes from logistic regression instead of a linear
support vector machine, and the flow between two pictures is a field of few numbers, enlarged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.latent.drawing import drawing_mode
from gancourse.models.face_reader import FLAGS, QUANTITIES, FaceReader

PairLoss = Callable[[Tensor, Tensor], Tensor]
READ = (*QUANTITIES, *FLAGS)
"""The factors by which faces are compared: all that the reader reads as one number."""


def distance_by(features: Callable[[Tensor], Tensor], weight: float = 0.1) -> PairLoss:
    """What is to be small in a projection, section 3.1: pixels' squares and features', each as a mean.

    Returns:
        a function of pictures and targets, both (n, C, H, W) in [−1, 1], to (n,).
    """

    def distance(made: Tensor, x: Tensor) -> Tensor:
        pixels = (made - x).square().flatten(1).mean(1)
        return pixels + weight * (features(made) - features(x)).square().flatten(1).mean(1)

    return distance


def searched(G: nn.Module, loss: PairLoss, z: Tensor, steps: int, rate: float = 0.1) -> tuple[Tensor, Tensor]:
    """The best z that Adam comes across, for each row by itself: `searching` to its end."""
    return list(searching(G, loss, z, steps, rate))[-1]


def searching(
    G: nn.Module, loss: PairLoss, z: Tensor, steps: int, rate: float = 0.1
) -> Iterator[tuple[Tensor, Tensor]]:
    """Search for the z at which `loss` is smallest, from these z on; yields what is best so far, the start first.

    Args:
        G: from z (n, d) to pictures; asked in evaluation mode.
        loss: of pictures and their z, to (n,).

    Yields:
        the best z (n, d) and its loss (n,), steps + 1 times.
    """
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), torch.inf, dtype=z.dtype)
    for step in range(steps + 1):
        with drawing_mode(G):
            losses = loss(G(z), z)
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        yield best, least
        if step < steps:
            opt.step()


def attribute_direction(z: Tensor, labels: Tensor, decay: float = 0.01, steps: int = 300) -> Tensor:
    """The unit vector along which a label grows: logistic regression with a bias, by gradient descent.

    Args:
        z: (n, d), about as large as N(0, I).
        labels: (n,), 0 or 1.
        decay: the loss has decay/2 · ‖w‖² in it.

    Raises:
        ValueError: if all labels are alike.
    """
    y = labels.to(z.dtype)
    if bool((y == y[0]).all()):
        raise ValueError("All labels are alike: there is nothing to tell apart.")
    w, b = torch.zeros(z.shape[1], dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(steps):
        off = (torch.sigmoid(z @ w + b) - y) / len(y)
        w, b = w - z.T @ off - decay * w, b - off.sum()
    return w / w.norm()


def at_right_angles(direction: Tensor, others: Tensor) -> Tensor:
    """What of a direction (d,) is at right angles to all rows of `others` (k, d), of length 1."""
    basis = torch.linalg.qr(others.T).Q
    rest = direction - basis @ (basis.T @ direction)
    return rest / rest.norm()


def warped(pictures: Tensor, flow: Tensor) -> Tensor:
    """Each pixel taken from where flow (n, 2, H, W) points, in pixels to the right and down; bilinear, edges go on."""
    height, width = pictures.shape[2:]
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    x = (2 * (columns + flow[:, 0]) + 1) / width - 1
    y = (2 * (rows + flow[:, 1]) + 1) / height - 1
    return F.grid_sample(pictures, torch.stack([x, y], 3), padding_mode="border", align_corners=False)


def flow_between(before: Tensor, after: Tensor, steps: int = 60, cells: int = 8, smooth: float = 0.01) -> Tensor:
    """Where each pixel of `after` was in `before`, (n, 2, H, W) in pixels: section 4.2, without its change of color.

    Found by Adam on a field of cells × cells arrows, enlarged smoothly; neighbors are to agree.
    """
    size = before.shape[2:]
    coarse = torch.zeros(len(before), 2, cells, cells, requires_grad=True)
    opt = torch.optim.Adam([coarse], lr=0.15)
    for _ in range(steps):
        moved = warped(before, to_full_size(coarse, size))
        bend = coarse.diff(dim=2).square().mean() + coarse.diff(dim=3).square().mean()
        (coarse.grad,) = torch.autograd.grad((moved - after).square().mean() + smooth * bend, coarse)
        opt.step()
    return to_full_size(coarse.detach(), size)


def to_full_size(coarse: Tensor, size: Sequence[int]) -> Tensor:
    return F.interpolate(coarse, size=tuple(size), mode="bicubic", align_corners=False)


def in_spreads(reader: FaceReader, before: Tensor, after: Tensor, spread: dict[str, float]) -> dict[str, Tensor]:
    """How far each factor has moved by the reader's word, picture by picture, in units of its spread."""
    first, then = reader.read(before), reader.read(after)
    return {name: (then[name] - first[name]) / spread[name] for name in READ}
