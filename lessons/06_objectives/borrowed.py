"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). SciPy's `wasserstein_distance` gives the cost of
exercise 2 as a number without a gradient; it is no loan, since it is one claim among nine.
"""

from gancourse.grading.borrowing import Loan, from_bytecode, solved, withheld

LESSON = "06_objectives"

BORROWED: dict[str, dict[str, Loan]] = {
    "critic_losses": {
        "from the table": withheld(
            "from gancourse.objectives import OBJECTIVES\n\n"
            "def critic_losses(name, real, fake, margin=1.0):\n"
            '    objective = OBJECTIVES[name.replace(" ", "_")]\n'
            "    return objective.d_loss(real, fake), objective.g_loss(fake)\n"
        ),
        "by another module's import": withheld(
            "from gancourse.training.sweep import METHODS\n\n"
            "def critic_losses(name, real, fake, margin=1.0):\n"
            "    objective = METHODS[name].objective\n"
            "    return objective.d_loss(real, fake), objective.g_loss(fake)\n"
        ),
    },
    "duality": {
        "the checks' own": withheld(
            "from gancourse.checks.lesson_06.duality import critic_of, flow_of\n\n"
            "def duality(step, p, q, dx=1.0):\n"
            "    rows = tuple(p.tolist()), tuple(q.tolist())\n"
            "    return torch.tensor(critic_of(*rows, dx) if step == 4 else flow_of(*rows))\n"
        ),
        "the lesson's own": solved(LESSON, "duality"),
    },
    "critic_step": {
        "the package's clip": withheld(
            "from gancourse.games.gan import clip_weights\n\n"
            "def critic_step(D, opt_D, real, fake, clip):\n"
            "    loss = D(fake.detach()).mean() - D(real).mean()\n"
            "    opt_D.zero_grad()\n"
            "    loss.backward()\n"
            "    opt_D.step()\n"
            "    clip_weights(D, clip)\n"
            "    return -loss.item()\n"
        ),
    },
    "gradient_penalty": {
        "the package's": withheld(
            "from gancourse.games.penalties import GradientPenalty\n\n"
            "def gradient_penalty(D, real, fake, weight=10.0):\n"
            "    return GradientPenalty(weight)(D, real, fake)\n"
        ),
        "its slopes": withheld(
            "from gancourse.games.penalties import slopes\n\n"
            "def gradient_penalty(D, real, fake, weight=10.0):\n"
            "    mix = torch.rand(len(real), *[1] * (real.ndim - 1))\n"
            "    return weight * (slopes(D, torch.lerp(real, fake, mix)) - 1).square().mean()\n"
        ),
        "the bytecode": from_bytecode(
            "games.penalties",
            "GradientPenalty",
            "Penalty",
            "\ndef gradient_penalty(D, real, fake, weight=10.0):\n    return Penalty(weight)(D, real, fake)\n",
        ),
    },
    "spectral_norm": {"the lesson's own": solved(LESSON, "spectral_norm")},
    "r3gan_losses": {
        "the package's": withheld(
            "from gancourse.games.penalties import R1\n"
            "from gancourse.objectives import relativistic\n\n"
            "def r3gan_losses(D, real, fake, gamma):\n"
            "    R = R1(gamma)\n"
            "    d_loss = relativistic(D(real), D(fake.detach())) + R(D, real, fake) + R(D, fake, real)\n"
            "    return d_loss, relativistic(D(fake), D(real))\n"
        ),
    },
    "began": {
        "the lesson's own": solved(LESSON, "began"),
        "the package's balance": withheld(
            "from gancourse.objectives import Balance\n\n"
            "def began(on_real, on_fake, k, gamma=0.5, rate=0.001):\n"
            "    balance = Balance(gamma, rate)\n"
            "    balance.k = torch.tensor(k)\n"
            "    loss = balance.d_loss(on_real, on_fake)\n"
            "    return loss, on_fake.mean(), float(balance.k), float(balance.measure)\n"
        ),
    },
    "best_of": {"the lesson's own": solved(LESSON, "best_of")},
    "honest_critic": {"the lesson's own": solved(LESSON, "honest_critic")},
}
