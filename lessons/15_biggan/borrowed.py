"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). nn.BatchNorm2d, nn.init.trunc_normal_ and
F.scaled_dot_product_attention are no loan: they are one step of several, or another way to the same numbers.
"""

from gancourse.grading.borrowing import Loan, from_bytecode, solved, withheld

LESSON = "15_biggan"

NORM = """\
import torch
from gancourse.models.biggan import ClassNorm as Theirs

class ClassNorm(Theirs):
    def __init__(self, features, told):
        super().__init__(features, told)
        for p in self.parameters():
            torch.nn.init.zeros_(p)
"""

SKIP = """\
import torch
from gancourse.models.biggan import BigGenerator

def skip_z(which, *given):
    if which == "count":
        features, classes, embed_dim, piece = given
        return 2 * classes * sum(features), classes * embed_dim + 2 * sum(features) * (embed_dim + piece)
    z, c, blocks = given
    if z.shape[1] % (blocks + 1):
        raise ValueError(f"{z.shape[1]} cannot be cut")
    first, *rest = z.chunk(blocks + 1, 1)
    return first, [torch.cat([c, part], 1) for part in rest]
"""

BLOCKS = """\
import torch
from torch import nn
from gancourse.models.biggan import DownBlock, UpBlock

def residual_blocks(which, *given):
    block = (UpBlock if which == "up" else DownBlock).__new__(UpBlock if which == "up" else DownBlock)
    nn.Module.__init__(block)
    if which == "up":
        x, c, norm_1, block.conv_1, norm_2, block.conv_2, block.skip = given
        block.__dict__.update(norm_1=norm_1, norm_2=norm_2)
        return block(x, c)
    x, block.conv_1, block.conv_2, block.skip = given[:4]
    block.first, block.down = given[4] if len(given) > 4 else False, True
    return block(x)
"""

ATTENTION = """\
import torch
from torch import nn
from gancourse.models.biggan import SelfAttention

class By(nn.Module):
    def __init__(self, matrix):
        super().__init__()
        self.matrix = [matrix]

    def forward(self, x):
        return nn.functional.conv2d(x, self.matrix[0][:, :, None, None])

def self_attention(x, theta, phi, g, o, gamma):
    layer = SelfAttention(8)
    layer.theta, layer.phi, layer.g, layer.out = By(theta), By(phi), By(g), By(o)
    del layer.gamma
    layer.gamma = gamma
    return layer(x)
"""

STEPS = """\
import torch
from torch import nn
from gancourse.models.biggan import orthogonal_penalty

def orthogonal_steps(step, weight=None, length=0.0, factor=0.0):
    if step in (3, 6):
        return 4 * length * (length**2 - 1) if step == 3 else factor**4
    rows = weight.flatten(1)
    gram = rows @ rows.T
    if step < 3:
        return gram if step == 1 else (gram - torch.eye(len(gram))).square().sum()
    net = nn.Module()
    net.weight = nn.Parameter(weight)
    penalty = orthogonal_penalty(net)
    return penalty.detach() if step == 4 else torch.autograd.grad(penalty, net.weight)[0]
"""

STEP = """\
import torch
from gancourse.games.biggan import Big
from gancourse.objectives import OBJECTIVES

def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    hinge, said, told = OBJECTIVES["hinge"], [], []
    for batch in for_D:
        opt_D.zero_grad()
        for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch)):
            loss = hinge.d_loss(D(real, y), D(G(z, made_y).detach(), made_y)) / parts
            loss.backward()
            said.append(loss.item() / len(for_D))
        opt_D.step()
    opt_G.zero_grad()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G)):
        loss = hinge.g_loss(D(G(z, made_y), made_y)) / parts
        loss.backward()
        told.append(loss.item())
    (beta * penalty(G)).backward()
    opt_G.step()
    return sum(said), sum(told)
"""

STANDING = """\
import torch
from gancourse.models.biggan import standing_statistics as theirs

def standing_statistics(G, draws):
    kinds = torch.nn.BatchNorm1d.__bases__
    theirs(G, draws)
    G.eval()
"""

BORROWED: dict[str, dict[str, Loan]] = {
    "ClassNorm": {"the package's": withheld(NORM), "the lesson's": solved(LESSON, "ClassNorm")},
    "skip_z": {"the package's": withheld(SKIP), "the lesson's": solved(LESSON, "skip_z")},
    "residual_blocks": {"the package's": withheld(BLOCKS), "the lesson's": solved(LESSON, "residual_blocks")},
    "self_attention": {"the package's": withheld(ATTENTION), "the lesson's": solved(LESSON, "self_attention")},
    "orthogonal_steps": {"the package's": withheld(STEPS), "the lesson's": solved(LESSON, "orthogonal_steps")},
    "biggan_step": {"the package's": withheld(STEP), "the lesson's": solved(LESSON, "biggan_step")},
    "truncated_normal": {
        "the package's": withheld("from gancourse.models.biggan import truncated_normal"),
        "the bytecode": from_bytecode("models.biggan", "truncated_normal", "truncated_normal"),
    },
    "standing_statistics": {
        "the package's": withheld(STANDING),
        "the lesson's": solved(LESSON, "standing_statistics"),
    },
    "keep_variety": {"the lesson's": solved(LESSON, "keep_variety")},
}
