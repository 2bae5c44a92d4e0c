"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py).
"""

from gancourse.grading.borrowing import Loan, from_bytecode, from_package, solved, withheld

LESSON = "08_pix2pix"

BORROWED: dict[str, dict[str, Loan]] = {
    "unet_forward": {
        "the package's": withheld(
            "from types import SimpleNamespace\n"
            "from gancourse.models.pix2pix import UNet\n\n"
            "def unet_forward(x, downs, ups):\n"
            "    net = SimpleNamespace(downs=downs, ups=ups, skips=True, levels=1, dropout=0.0)\n"
            "    return UNet.forward(net, x)\n"
        ),
    },
    "receptive_field": {
        "the lesson's own": solved(LESSON, "receptive_field"),
        "the checks' own": withheld(
            "from gancourse.checks.lesson_08 import fields\n\n"
            "def receptive_field(step, layers, i=0, size=256):\n"
            "    return int(fields.Stack(layers, size, i).case(step, i).want)\n"
        ),
    },
    "PatchDiscriminator": {
        "the package's": from_package("models.pix2pix", "PatchDiscriminator"),
        "the bytecode": from_bytecode("models.pix2pix", "PatchDiscriminator"),
    },
    "pix2pix_step": {
        "the package's game": withheld(
            "from gancourse.games import Batch\n"
            "from gancourse.games.pix2pix import Pix2pix\n\n"
            "def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):\n"
            "    game, said = Pix2pix(G, D, weight), []\n"
            "    for who, loss in game.play(Batch(y, {'input': x})):\n"
            "        opt = {'G': opt_G, 'D': opt_D}[who]\n"
            "        opt.zero_grad()\n"
            "        loss.backward()\n"
            "        opt.step()\n"
            "        said.append(loss.item())\n"
            "    l1 = game.reported['l1'].item()\n"
            "    return said[0], said[1] - weight * l1, l1\n"
        ),
    },
    "part_edges": {
        "the lesson's own": solved(LESSON, "part_edges"),
        "the checks' own": withheld(
            "from gancourse.checks.lesson_08.scales import edges_of\n\n"
            "def part_edges(parts):\n"
            "    return edges_of(parts).clamp(max=1)\n"
        ),
    },
    "at_scales": {
        "the package's halving": withheld(
            "from gancourse.models.pix2pix import half_size\n\n"
            "def at_scales(judges, x, y):\n"
            "    said = []\n"
            "    for judge in judges:\n"
            "        said.append(judge(x, y))\n"
            "        x, y = half_size(x), half_size(y)\n"
            "    return said\n"
        ),
    },
    "feature_matching": {
        "the package's": withheld(
            "from gancourse.games.pix2pix import feature_distance\n\n"
            "def feature_matching(real, fake):\n"
            "    return feature_distance(real, fake)\n"
        ),
    },
    "coarse_to_fine": {"the lesson's own": solved(LESSON, "coarse_to_fine")},
    "cheapest_judge": {"the lesson's": solved(LESSON, "cheapest_judge")},
}
