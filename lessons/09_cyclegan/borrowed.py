"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py).
"""

from gancourse.grading.borrowing import Loan, from_bytecode, from_package, solved, withheld

LESSON = "09_cyclegan"

BORROWED: dict[str, dict[str, Loan]] = {
    "cycle_and_identity": {
        "the package's game": withheld(
            "from gancourse.games import Batch\n"
            "from gancourse.games.cyclegan import CycleGAN\n\n"
            "def cycle_and_identity(G_AB, G_BA, a, b):\n"
            "    found = []\n"
            "    for weights in ((1.0, 0.0), (0.0, 1.0)):\n"
            "        judge = torch.nn.Conv2d(a.shape[1], 1, 1).double()\n"
            "        torch.nn.init.zeros_(judge.weight), torch.nn.init.ones_(judge.bias)\n"
            "        game = CycleGAN(G_AB, G_BA, judge, judge, *weights)\n"
            "        found.append(next(game.play(Batch(a, {'other': b})))[1])\n"
            "    return tuple(found)\n"
        ),
    },
    "perfect_maps": {
        "the lesson's own": solved(LESSON, "perfect_maps"),
        "the checks' own": withheld(
            "from gancourse.checks.lesson_09.shuffled import FiniteDomains, perfect_pairs\n\n"
            "def perfect_maps(step, p, q, f, g, s=None):\n"
            "    if step == 4:\n"
            "        return [s[j] for j in f], [g[s.index(j)] for j in range(len(s))]\n"
            "    if step == 5:\n"
            "        return perfect_pairs(p, q)\n"
            "    world = FiniteDomains.__new__(FiniteDomains)\n"
            "    world.p, world.q, world.f, world.g = p, q, f, g\n"
            "    return (world.out, world.moved_share, world.back_share)[step - 1]\n"
        ),
    },
    "ResidualBlock": {
        "the package's": from_package("models.cyclegan", "ResidualBlock"),
        "the bytecode": from_bytecode("models.cyclegan", "ResidualBlock"),
    },
    "from_buffer": {"the lesson's own": solved(LESSON, "from_buffer")},
    "cyclegan_step": {
        "the package's game": withheld(
            "from types import SimpleNamespace\n"
            "from gancourse.games import Batch\n"
            "from gancourse.games.cyclegan import CycleGAN\n\n"
            "def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):\n"
            "    remember = SimpleNamespace(mix=remember_A), SimpleNamespace(mix=remember_B)\n"
            "    game, said = CycleGAN(G_AB, G_BA, D_A, D_B, weight, identity, remember), []\n"
            "    turns = game.play(Batch(a, {'other': b}))\n"
            "    _, loss = next(turns)\n"
            "    opt_G.zero_grad()\n"
            "    loss.backward()\n"
            "    opt_G.step()\n"
            "    d_loss = next(turns)[1] + next(turns)[1]\n"
            "    opt_D.zero_grad()\n"
            "    d_loss.backward()\n"
            "    opt_D.step()\n"
            "    cycle, same = (game.reported[name].item() for name in ('cycle', 'same'))\n"
            "    return loss.item() - weight * cycle - identity * same, cycle, same, d_loss.item()\n"
        ),
    },
    "hidden_message": {"the lesson's own": solved(LESSON, "hidden_message")},
    "translated_points": {"the lesson's own": solved(LESSON, "translated_points")},
}
