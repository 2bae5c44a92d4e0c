"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). F.grid_sample and torch.linalg.pinv are no loan: they
are one step of several. scikit-learn's regression is another way to the same direction, which the text allows.
"""

from gancourse.grading.borrowing import Loan, solved, withheld

LESSON = "16_editing"

NEAR = """\
from gancourse.editing import distance_by

def projection_loss(made, x, features, weight):
    return distance_by(features, weight)(made, x)
"""

SEARCH = """\
from gancourse.editing import searched

def search_z(G, loss, z, steps, rate):
    return searched(G, loss, z, steps, rate)
"""

STEP = """\
from gancourse.games.base import Batch
from gancourse.games.encoder import Encoding

def encoder_step(E, G, loss, opt_E, z, x, weight):
    game = Encoding.__new__(Encoding)
    game.E, game.loss, game.weight, game.frozen = E, loss, weight, [G]
    game.__dict__["noise"] = lambda batch: z
    ((_, total),) = game.play(Batch(x))
    said = [float(game.reported[name]) for name in ("in_z", "in_pictures")]
    opt_E.zero_grad()
    total.backward()
    opt_E.step()
    return said
"""

DIRECTION = """\
from gancourse.editing import attribute_direction

def find_direction(z, labels, decay):
    return attribute_direction(z, labels, decay)
"""

HELD = """\
import torch
from gancourse.editing import at_right_angles

def hold(direction, others):
    if torch.linalg.lstsq(others.T, direction[:, None]).residuals.sum() < 0:
        raise ValueError("nothing is left")
    return at_right_angles(direction, others)
"""

MOVED = """\
from gancourse.editing import warped

def edit_transfer(which, *given):
    if which == "warp":
        return warped(*given)
    original, before, after, flow, mask = given
    return original + mask * ((warped(original, flow) + after - warped(before, flow)).clamp(-1, 1) - original)
"""

BORROWED: dict[str, dict[str, Loan]] = {
    "projection_loss": {"the package's": withheld(NEAR), "the lesson's": solved(LESSON, "projection_loss")},
    "search_z": {"the package's": withheld(SEARCH), "the lesson's": solved(LESSON, "search_z")},
    "encoder_step": {"the package's": withheld(STEP), "the lesson's": solved(LESSON, "encoder_step")},
    "hybrid_start": {"the lesson's": solved(LESSON, "hybrid_start")},
    "direction_steps": {"the lesson's": solved(LESSON, "direction_steps")},
    "find_direction": {"the package's": withheld(DIRECTION), "the lesson's": solved(LESSON, "find_direction")},
    "hold": {"the package's": withheld(HELD), "the lesson's": solved(LESSON, "hold")},
    "edit_loss": {"the lesson's": solved(LESSON, "edit_loss")},
    "edit_transfer": {"the package's": withheld(MOVED), "the lesson's": solved(LESSON, "edit_transfer")},
    "change_one": {"the lesson's": solved(LESSON, "change_one")},
}
