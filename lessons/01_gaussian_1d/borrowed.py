"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). Where nothing in the package or a library is the
answer, the lesson's own solution stands here, which a student with the repository at hand could call.
"""

from gancourse.grading.borrowing import Loan, from_bytecode, from_pickle, from_source, solved, withheld

LESSON = "01_gaussian_1d"

BORROWED: dict[str, dict[str, Loan]] = {
    "discriminator_loss": {
        "the package's": withheld("from gancourse.objectives import cross_entropy as discriminator_loss\n"),
        "from the table": withheld(
            'from gancourse.objectives import OBJECTIVES\n\ndiscriminator_loss = OBJECTIVES["minimax"].d_loss\n'
        ),
        "the bytecode": from_bytecode("objectives", "cross_entropy", "discriminator_loss"),
        "the source as text": from_source("objectives", "cross_entropy", "discriminator_loss"),
        "by a pickle": from_pickle("objectives", "cross_entropy", "discriminator_loss"),
        "when it is called": withheld(
            "def discriminator_loss(real_logits, fake_logits):\n"
            "    from gancourse.objectives import cross_entropy\n\n"
            "    return cross_entropy(real_logits, fake_logits)\n"
        ),
        "by another module's import": withheld(
            'from gancourse.widgets.plane_game import OBJECTIVES\n\ndiscriminator_loss = OBJECTIVES["minimax"].d_loss\n'
        ),
    },
    "minimax_generator_loss": {
        "the package's": withheld(
            'from gancourse.objectives import OBJECTIVES\n\nminimax_generator_loss = OBJECTIVES["minimax"].g_loss\n'
        ),
    },
    "non_saturating_generator_loss": {
        "the package's": withheld(
            "from gancourse.objectives import OBJECTIVES\n\n"
            'non_saturating_generator_loss = OBJECTIVES["non_saturating"].g_loss\n'
        ),
    },
    "generator_gradients": {
        "the package's losses": withheld(
            "from gancourse.objectives import OBJECTIVES\n\n"
            "def generator_gradients(fake_logits):\n"
            "    x = fake_logits.detach().clone().requires_grad_()\n"
            '    losses = [OBJECTIVES[name].g_loss(x) * x.numel() for name in ("minimax", "non_saturating")]\n'
            "    return tuple(torch.autograd.grad(loss, x)[0] for loss in losses)\n"
        ),
    },
    "optimal_discriminator": {"the lesson's own": solved(LESSON, "optimal_discriminator")},
    "game_value": {
        "the checks' own": withheld(
            "from gancourse.checks.lesson_01.theory import value_in_paper\n\n"
            "def game_value(p, q, d, dx):\n"
            "    return torch.tensor(value_in_paper(p, q, d, dx))\n"
        ),
    },
    "discriminator_step": {"the lesson's own": solved(LESSON, "discriminator_step")},
    "generator_step": {"the lesson's own": solved(LESSON, "generator_step")},
    "fewest_steps": {"the lesson's own": solved(LESSON, "fewest_steps")},
    "algorithm_1": {"the lesson's own": solved(LESSON, "algorithm_1")},
}
