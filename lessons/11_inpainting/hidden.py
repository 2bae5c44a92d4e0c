"""Hidden checks of lesson 11: fresh random inputs against an independent formula."""

from __future__ import annotations

from collections.abc import Callable

import torch
from scipy.special import expit

from gancourse.checks.core import Suite
from gancourse.checks.inputs import randn
from gancourse.checks.values import expect_close, number

check = Suite("11_inpainting")


@check.that("mean_probability", "holds for logits drawn at random")
def _(mean_probability: Callable) -> None:
    logits = 3 * randn(17, 1, dtype=torch.float64)
    want = float(expit(logits.numpy()).mean())
    expect_close(number(mean_probability(logits.float())), want, "random logits", show=False)
