"""Labels for D that are not quite hard: one-sided smoothing, and a few wrong ones on purpose.

Salimans, Goodfellow, Zaremba, Cheung, Radford and Chen, "Improved Techniques for Training GANs",
NeurIPS 2016, arXiv:1606.03498, section 3.4. Only real samples get soft labels: softened fake ones
would ask D to praise G's mistakes. Wrong labels are a rule of thumb from Chintala, Denton, Arjovsky
and Mathieu, "How to Train a GAN?", 2016.
"""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.errors import CourseError
from gancourse.objectives import Objective, cross_entropy


def soft_labels(objective: Objective, real: float = 0.9, wrong: float = 0.0) -> Objective:
    """The same objective with other labels in D's loss; G's loss stays.

    Args:
        objective: one whose D minimizes the cross-entropy, "non_saturating" or "minimax".
        real: the label of real samples, above 0.5 and up to 1; fake samples keep 0.
        wrong: the share of samples, real and fake, whose label is swapped at random in each step.

    Raises:
        CourseError: if the objective has no labels, or a number is out of range.
    """
    if objective.d_loss is not cross_entropy:
        raise CourseError(f"Soft labels belong to a cross-entropy; the objective {objective.name!r} has no labels.")
    if not 0.5 < real <= 1 or not 0 <= wrong < 0.5:
        raise CourseError(f"real should be above 0.5 and up to 1, wrong from 0 to below 0.5; got {real} and {wrong}.")

    def d_loss(on_real: Tensor, on_fake: Tensor) -> Tensor:
        labels = torch.full_like(on_real, real), torch.zeros_like(on_fake)
        if wrong:
            labels = (swapped(labels[0], 0.0, wrong), swapped(labels[1], real, wrong))
        entropy = F.binary_cross_entropy_with_logits
        return entropy(on_real, labels[0]) + entropy(on_fake, labels[1])

    return replace(objective, d_loss=d_loss)


def swapped(labels: Tensor, other: float, share: float) -> Tensor:
    """The labels, where each is replaced by the other one with this probability."""
    return torch.where(torch.rand_like(labels) < share, torch.full_like(labels, other), labels)
