"""What scores take: arrays and tensors, pictures whose range is known; and what they refuse instead of going on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from gancourse import metrics
from gancourse.data.images import to_bytes, to_unit
from gancourse.errors import CourseError
from gancourse.metrics import embed, entropy, inception_score, kl_divergence
from gancourse.metrics.modes import count_modes

BYTES = torch.randint(256, (6, 3, 8, 8), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
UNIT = to_unit(BYTES)


def flat(pictures: Tensor) -> tuple[Tensor, Tensor]:
    assert pictures.dtype == torch.uint8
    values = pictures.flatten(1).float()
    return values[:, :5], values[:, :2].softmax(1)


GOOD: dict[str, object] = {
    "bytes": BYTES,
    "an array of bytes": BYTES.numpy(),
    "a read-only array": np.frombuffer(BYTES.numpy().tobytes(), np.uint8).reshape(6, 3, 8, 8),
    "an array that runs backward": BYTES.numpy()[::-1].copy()[::-1],
    "whole numbers": BYTES.long(),
    "an array of whole numbers": BYTES.numpy().astype(np.int32),
    "floats": UNIT,
    "an array of floats": UNIT.double().numpy(),
    "with a history": UNIT.clone().requires_grad_(),
    "a little beyond": UNIT * 1.003,
}


@pytest.mark.parametrize("kind", GOOD)
def test_pictures_of_a_known_range_are_taken(kind: str) -> None:
    torch.testing.assert_close(embed(GOOD[kind], flat).features, BYTES.flatten(1)[:, :5].float(), atol=0.5, rtol=0)


def one_pixel(value: float) -> Tensor:
    pictures = UNIT.clone()
    pictures[4, 1, 2, 3] = value
    return pictures


BAD: dict[str, tuple[object, str]] = {
    "[0, 1]": (BYTES / 255, r"as if they were in \[0, 1\].*2 \* x - 1"),
    "[0, 1] in half precision": ((BYTES / 255).half(), r"as if they were in \[0, 1\]"),
    "[0, 1] as an array": ((BYTES / 255).numpy(), r"as if they were in \[0, 1\]"),
    "0 to 255": (BYTES.float(), r"from 0 to 255.*x / 127\.5 - 1 brings"),
    "normalized": (UNIT * 2, r"go from -2 to 2.*clamp"),
    "NaN": (one_pixel(float("nan")), r"1 of 6 pictures hold NaN or infinity, number 4 first"),
    "infinity": (one_pixel(float("inf")), r"1 of 6 pictures hold NaN or infinity"),
    "too large whole numbers": (BYTES.long() + 1, r"0 to 255; these go from \d+ to 256"),
    "negative whole numbers": (BYTES.short() - 128, r"these go from -128 to"),
    "floats cast to bytes": (BYTES.div(255).round().to(torch.uint8), r"These bytes are 0 and 1 alone"),
    "masks": (BYTES > 9, r"these are torch\.bool"),
    "complex": (torch.complex(UNIT, UNIT), r"these are torch\.complex"),
    "channels last": (BYTES.permute(0, 2, 3, 1), r"channels last.*permute\(0, 3, 1, 2\)"),
    "no pictures": (BYTES[:0], r"at least one"),
    "one picture": (BYTES[0], r"at least one"),
    "no pixels": (BYTES[:, :, :0], r"at least one"),
}


@pytest.mark.parametrize("kind", BAD)
def test_pictures_of_another_range_are_refused(kind: str) -> None:
    pictures, says = BAD[kind]
    with pytest.raises(CourseError, match=says):
        embed(pictures, flat)


def test_bright_pictures_can_be_given_as_bytes_and_black_ones_are_black() -> None:
    bright = UNIT.abs()
    torch.testing.assert_close(
        embed(to_bytes(bright), flat).features, (bright.flatten(1)[:, :5] + 1) * 127.5, atol=0.6, rtol=0
    )
    assert embed(torch.zeros(2, 1, 8, 8, dtype=torch.uint8), flat).features.abs().max() == 0


def test_a_network_that_makes_nan_is_refused() -> None:
    def broken(pictures: Tensor) -> tuple[Tensor, Tensor]:
        return flat(pictures)[0] / 0, flat(pictures)[1]

    with pytest.raises(CourseError, match="network makes NaN or infinity"):
        embed(torch.ones(2, 3, 4, 4).to(torch.uint8) * 7, broken)


def points(seed: int, n: int = 40, d: int = 3) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


ONE, OTHER, THIRD = points(0), points(1), points(2)
SHARES = points(3).softmax(1)
SCORES: dict[str, tuple[Callable[..., object], tuple[Tensor, ...]]] = {
    "frechet_from_features": (metrics.frechet_from_features, (ONE, OTHER)),
    "frechet_distance": (metrics.frechet_distance, (ONE.mean(0), ONE.T.cov(), OTHER.mean(0), OTHER.T.cov())),
    "kid": (metrics.kid, (ONE, OTHER)),
    "kid_subsets": (lambda x, y: metrics.kid_subsets(x, y, 3, 20), (ONE, OTHER)),
    "precision_recall": (metrics.precision_recall, (ONE, OTHER)),
    "density_coverage": (metrics.density_coverage, (ONE, OTHER)),
    "memorization": (metrics.memorization, (ONE, OTHER, THIRD)),
    "authenticity": (metrics.authenticity, (ONE, OTHER)),
    "inception_score": (inception_score, (SHARES,)),
    "geometry_score": (lambda x, y: metrics.geometry_score(x, y, 8, 3), (ONE, OTHER)),
    "linear_probe": (lambda x, y: metrics.linear_probe(x, y)[0].tolist(), (ONE, OTHER)),
    "probe_score": (lambda x, y: metrics.probe_score(x, ONE[:, 0] > 0, y, OTHER[:, 0] > 0), (ONE, OTHER)),
    "count_modes": (lambda x, m: repr(count_modes(x, m, 0.5)), (ONE, OTHER[:4])),
    "wasserstein_1d": (metrics.wasserstein_1d, (ONE, OTHER)),
}


@pytest.mark.parametrize("name", SCORES)
def test_arrays_are_taken_like_tensors(name: str) -> None:
    score, given = SCORES[name]
    expected = score(*given)
    arrays = tuple(x.numpy()[::-1].copy()[::-1] for x in given)
    for x in arrays:
        x.flags.writeable = False
    assert score(*arrays) == expected
    assert score(*(x.clone().requires_grad_() for x in given)) == expected


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", SCORES)
def test_no_score_is_made_of_nan(name: str, value: float) -> None:
    score, given = SCORES[name]
    for i, x in enumerate(given):
        broken = x.clone()
        broken.view(-1)[1] = value
        with pytest.raises(ValueError, match="NaN or infinity"):
            score(*given[:i], broken, *given[i + 1 :])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("classes", [7, 1008])
def test_rows_that_were_rounded_to_half_precision_are_probabilities(dtype: torch.dtype, classes: int) -> None:
    p = (3 * points(5, 200, classes)).softmax(1)
    exact, rounded = inception_score(p), p.to(dtype)
    assert inception_score(rounded) == pytest.approx(exact, rel=2e-3)
    assert inception_score(rounded.float()) == pytest.approx(exact, rel=2e-3)
    if dtype == torch.float16:
        assert inception_score(rounded.numpy()) == pytest.approx(exact, rel=2e-3)
    torch.testing.assert_close(entropy(rounded), entropy(rounded.float()))
    torch.testing.assert_close(
        kl_divergence(rounded[0], rounded[1:]), kl_divergence(rounded[0].float(), rounded[1:].float())
    )


@pytest.mark.parametrize("rows", [SHARES * 0.9, SHARES * 1.02, SHARES - 0.5, SHARES.log(), SHARES[0], SHARES[:, :0]])
def test_rows_that_are_no_probabilities_stay_refused(rows: Tensor) -> None:
    with pytest.raises(ValueError, match="rows that sum to 1"):
        inception_score(rows)


def test_entropy_takes_arrays() -> None:
    torch.testing.assert_close(entropy(SHARES.numpy()), entropy(SHARES))
    torch.testing.assert_close(kl_divergence(SHARES.numpy()[0], SHARES.numpy()), kl_divergence(SHARES[0], SHARES))
