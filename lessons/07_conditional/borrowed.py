"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). F.one_hot, F.cross_entropy and torch's normal
distribution are no loan: the lesson's text names them.
"""

from gancourse.grading.borrowing import Loan, from_bytecode, solved, withheld

LESSON = "07_conditional"

BY_THE_GAME = """
from gancourse.games.base import Batch

def conditional_step(G, D, opt_G, opt_D, real, y, z):
    game = Conditional(G, D, latent_dim=z.shape[1])
    game.noise = lambda batch: z
    found = []
    for name, loss in game.play(Batch(real, {"label": y})):
        opt = {"G": opt_G, "D": opt_D}[name]
        opt.zero_grad()
        loss.backward()
        opt.step()
        found.append(loss.item())
    return tuple(found)
"""
STEP = "from gancourse.games.conditional import Conditional\n" + BY_THE_GAME

CHECKED = """\
from gancourse.data.conditions import checked_condition, checked_labels

def telling(which, *given):
    if which == "labels":
        return torch.eye(given[1])[checked_labels(*given)]
    y = checked_condition(given[1], len(given[0]), given[1].shape[1])
    if which == "noise":
        return torch.cat([given[0], y], 1)
    return torch.cat([given[0], y[:, :, None, None].expand(-1, -1, *given[0].shape[2:])], 1)
"""

PROJECTED = """\
from gancourse.models.conditional import ProjectionDiscriminator

def projection_logits(maps, y, V, w, b):
    D = ProjectionDiscriminator(8, len(V), 1)
    D.V.weight.data = V.T
    return (D.V(y) * maps.sum((2, 3))).sum(1, keepdim=True) + (maps.sum((2, 3)) @ w)[:, None] + b
"""

BORROWED: dict[str, dict[str, Loan]] = {
    "telling": {"the package's": withheld(CHECKED), "the lesson's": solved(LESSON, "telling")},
    "projection_steps": {"the lesson's": solved(LESSON, "projection_steps")},
    "projection_logits": {
        "the package's": withheld(PROJECTED),
        "the lesson's": solved(LESSON, "projection_logits"),
    },
    "conditional_step": {
        "the package's": withheld(STEP),
        "the bytecode": from_bytecode("games.conditional", "Conditional", then=BY_THE_GAME),
    },
    "few_label_losses": {"the lesson's": solved(LESSON, "few_label_losses")},
    "feature_matching": {"the lesson's": solved(LESSON, "feature_matching")},
    "frozen_probe": {"the lesson's": solved(LESSON, "frozen_probe")},
    "information_bound": {"the lesson's": solved(LESSON, "information_bound")},
    "fewest_labels": {"the lesson's": solved(LESSON, "fewest_labels")},
}
