"""Where a factor can be seen: nobody can read the length of hair under a scarf."""

from __future__ import annotations

import torch
from torch import Tensor

from .factors import BY_NAME, HAIR_STYLES, Factors


def visible(factors: Factors, name: str) -> Tensor:
    """For which faces a factor leaves a trace in the picture, whatever else it shows: bool (n,).

    Raises:
        KeyError: if there is no such factor.
    """
    assert BY_NAME[name]
    everywhere = torch.ones_like(factors["age"], dtype=torch.bool)
    haired = (factors["bald"] < 0.5) & (factors["hair_style"] != HAIR_STYLES.index("covered"))
    match name:
        case "hair_length" | "hair_color" | "hair_volume" | "parting" | "fringe":
            # A hat leaves only what hangs down, and of tied or braided hair the length shows little.
            worn_up = (factors["hair_style"] == HAIR_STYLES.index("tied")) & (factors["hat"] > 0.5)
            return haired & ~worn_up
        case "hair_style":
            return (factors["bald"] < 0.5) & (factors["hat"] < 0.5)
        case "bald":
            return factors["hat"] < 0.5
        case "eye_open" | "iris" | "gaze":
            return factors["shades"] < 0.5
        case "glasses_shape" | "glasses_tone" | "shades":
            return factors["glasses"] > 0.5
        case "hat_style":
            return factors["hat"] > 0.5
        case "mustache":
            return factors["beard"] < 0.3  # a full beard brings its own
    return everywhere
