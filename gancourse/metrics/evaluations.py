"""Evaluations that went wrong, to be diagnosed: what friends report, and the pictures that they did it with.

In each the scores are right and the conclusion is wrong, for a reason that the papers warn of: how many pictures
(Chong & Forsyth, 2020), how they were prepared (Parmar et al., 2022), where they came from (Meehan et al., 2020).
What was done stands below; whoever wants to find out by measuring should read no further.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from gancourse.data.images import Images, to_bytes, to_unit
from gancourse.errors import CourseError
from gancourse.metrics.defects import blur, plant


@dataclass(frozen=True)
class Evaluation:
    """What somebody reports.

    Attributes:
        claim: in their words.
        sets: their pictures by what they call them, uint8 (n, 3, H, W).
        compared: what they compared with what, names of `sets`; "data" stands for the training set.
        seen: what the pictures show, in words that explain nothing.
    """

    claim: str
    sets: dict[str, Tensor]
    compared: tuple[tuple[str, str], ...]
    seen: str


def evaluation(which: str, known: Images, fresh: Images, n: int) -> Evaluation:
    """A report, "A", "B" or "C", on n pictures.

    Args:
        which: of them.
        known: the training set.
        fresh: pictures of the same kind that are in no training set, at least 3 n.

    Raises:
        CourseError: on another name, or too few pictures.
    """
    made = {"A": more_pictures, "B": another_server, "C": longer_training}
    if which not in made or len(fresh) < 3 * n:
        raise CourseError(f"There are the evaluations A, B and C, of {3 * n} fresh pictures; not {which!r}.")
    return made[which](known, fresh, n)


def more_pictures(known: Images, fresh: Images, n: int) -> Evaluation:
    """Good pictures, but few of them; then many that are blurred."""
    spring, summer = fresh.pixels[n : n + n // 12], blur(fresh.pixels[2 * n : 3 * n], 0.35)
    claim = "In spring we had little time and drew few samples. The new generator takes all night, but look at its FID!"
    seen = "a row of spring's faces above a row of summer's"
    return Evaluation(claim, {"spring": spring, "summer": summer}, (("spring", "data"), ("summer", "data")), seen)


def another_server(known: Images, fresh: Images, n: int) -> Evaluation:
    """Blurred pictures, compared with the data and with the data at half the size and back."""
    small = F.avg_pool2d(to_unit(known.pixels), 2)
    compact = to_bytes(F.interpolate(small, scale_factor=2, mode="bilinear"))
    claim = (
        "Our faces were a little soft, and the FID said so. Then we moved to the new server, which keeps the data "
        "set in a compact format. Same generator, same number of pictures, and the FID fell to almost nothing. The "
        "old numbers must have been wrong."
    )
    ours = blur(plant("blur", 0, fresh, known, n), 0.5)
    sets = {"ours": ours, "old server": known.pixels, "new server": compact}
    return Evaluation(claim, sets, (("ours", "old server"), ("ours", "new server")), "rows of faces, one for each set")


def longer_training(known: Images, fresh: Images, n: int) -> Evaluation:
    """Four in five of the pictures are the training set's."""
    claim = (
        "We trained ten times longer. The FID is now lower than that of real pictures, at equal numbers, against equal "
        "data. Nobody has ever been closer to the truth."
    )
    sets = {"ours": plant("copies", 0.8, fresh, known, n), "other real faces": fresh.pixels[:n]}
    return Evaluation(claim, sets, (("ours", "data"), ("other real faces", "data")), "two rows of sharp, varied faces")
