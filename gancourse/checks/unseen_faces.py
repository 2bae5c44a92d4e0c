"""Gray faces that nobody shows: a camera sees them coarsely and with noise, moved by whole pixels, once for each look.

What is asked of an answer is the face at four times the camera's size, from few looks, given other faces.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import generator, seeded
from gancourse.checks.values import numbers

MEDALS_FOR_A_FACE = Medals(bronze=160, silver=40, gold=10, unit="looks", runs=1, seconds=45)
FACE, COARSE, NOISE = 32, 4, 0.03
FACES, KNOWN, DRAWN = 10, 400, 200
BETTER = 2.5  # decibels above repeated pixels
MOST_SEEN = 176  # bronze, and what graders add to it
BRIGHT = (0.299, 0.587, 0.114)


def gray_faces(n: int, start: int) -> Tensor:
    """Drawn faces (n, 32, 32) in [0, 1], double."""
    from gancourse.data.faces import render, sample_factors

    drawn = render(sample_factors(n, 0, start), FACE).double() / 255
    return (drawn * torch.tensor(BRIGHT, dtype=torch.float64)[:, None, None]).sum(1)


def face_decibels(made: Tensor, true: Tensor) -> float:
    return float(-10 * torch.log10((made.clamp(0, 1) - true).square().mean().clamp(min=1e-12)))


def one_face(answer: Callable, face: Tensor, known: Tensor) -> tuple[int, float]:
    """How often an answer looks at a face, and how much better than repeated pixels what it returns is."""
    looks, over, random = [0], [False], generator()

    def look(down: Any, right: Any) -> Tensor:
        expect(not over[0], "`look` is called once more after your function has returned.")
        try:
            shift = int(down), int(right)
        except (TypeError, ValueError, RuntimeError):
            raise Miss(f"`look` takes two whole numbers; you give it {a(down)} and {a(right)}.") from None
        expect(all(0 <= s < COARSE for s in shift) and shift == (down, right),
               f"`look` takes whole numbers from 0 to 3; you give it {down} and {right}.")  # fmt: skip
        looks[0] += 1
        expect(looks[0] <= MOST_SEEN, f"You look more than {MOST_SEEN} times at one face; bronze takes 160.")
        seen = F.avg_pool2d(face.roll((-shift[0], -shift[1]), (0, 1))[None], COARSE)[0]
        return seen + NOISE * torch.randn(seen.shape, generator=random, dtype=torch.float64)

    got = numbers(answer(look, known.clone()), (FACE, FACE), "What you return", "It should be the face.")
    over[0] = True
    return looks[0], face_decibels(got, face) - face_decibels(repeated(face[None])[0], face)


def repeated(faces: Tensor) -> Tensor:
    """What a look without noise makes of faces (n, 32, 32), its pixels repeated."""
    coarse = F.avg_pool2d(faces[:, None], COARSE)[:, 0]
    return coarse.repeat_interleave(COARSE, 1).repeat_interleave(COARSE, 2)


def usual_ten(faces: Tensor, known: Tensor, seed: int, tries: int = 1000) -> Tensor:
    """Ten of `faces` (n, 32, 32) that are on average as hard as all n.

    One face can be bettered by 1 dB, another by 6. Ten at random made the same answer win or lose by its luck (a good
    one failed in 17 of 100 runs). So of many tens the one counts whose fine detail, edges and distance from what the
    known faces span are, on average, nearest to those of all.
    """
    rows, mean = known.flatten(1), known.flatten(1).mean(0)
    span = torch.linalg.svd(rows - mean, full_matrices=False).Vh[: KNOWN // 2]
    away = faces.flatten(1) - mean
    hard = torch.stack([
        (repeated(faces) - faces).square().mean((1, 2)),
        faces.diff(dim=1).square().mean((1, 2)),
        (away - away @ span.T @ span).square().mean(1),
    ], 1).log()  # fmt: skip
    hard = (hard - hard.mean(0)) / hard.std(0)
    random = seeded(seed)
    tens = torch.stack([torch.randperm(len(faces), generator=random)[:FACES] for _ in range(tries)])
    return faces[tens[hard[tens].mean(1).square().sum(1).argmin()]]


@functools.lru_cache(maxsize=4)
def faces_to_find(start: int) -> tuple[Tensor, Tensor]:
    """Ten faces (10, 32, 32), and those that are known (400, 32, 32). A notebook's are the same each time."""
    known = gray_faces(KNOWN, start)
    return usual_ten(gray_faces(DRAWN, start + KNOWN), known, start), known


def faces_found(answer: Callable) -> list[tuple[int, float]]:
    """Ten faces, each looked at by the answer."""
    faces, known = faces_to_find(int(torch.randint(10**6, 10**9, (), generator=generator())))
    return [one_face(answer, face, known) for face in faces]


def seen_again(found: Sequence[tuple[int, float]]) -> Reached:
    """The mean number of looks, or a miss where faces are not seen well enough."""
    looks, better = (sum(part) / len(found) for part in zip(*found, strict=True))
    told = f"after {looks:g} looks a face is {better:.2f} dB better than repeated pixels, on average"
    if better < BETTER:
        raise Miss(f"{told[0].upper()}{told[1:]}; {BETTER:g} dB are asked.")
    return Reached(looks, f"On average a face is then {better:.2f} dB better than repeated pixels.")
