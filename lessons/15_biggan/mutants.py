"""Right and wrong answers to the exercises of lesson 15, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("ClassNorm")

it.right("as in the lesson")
it.right(
    "parameters of its own",
    """
import torch
import torch.nn.functional as F
from torch import nn

class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.A, self.B = (nn.Parameter(torch.zeros(features, told)) for _ in range(2))
        self.norm = nn.BatchNorm2d(features, eps=1e-5, momentum=0.1, affine=False)

    def forward(self, x, c):
        x = self.norm(x)
        scale = torch.einsum("fe,ne->nf", self.A, c)
        return x + scale[:, :, None, None] * x + torch.einsum("fe,ne->nf", self.B, c)[:, :, None, None]
""",
)
it.right(
    "averages kept by hand",
    """
import torch
import torch.nn.functional as F
from torch import nn

class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.gain, self.shift = nn.Linear(told, features, bias=False), nn.Linear(told, features, bias=False)
        self.gain.weight.data.zero_()
        self.shift.weight.data.zero_()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("var", torch.ones(features))

    def forward(self, x, c):
        normal = F.batch_norm(x, self.mean, self.var, training=self.training, momentum=0.1)
        n, f = normal.shape[:2]
        return torch.addcmul(self.shift(c).view(n, f, 1, 1), normal, 1 + self.gain(c).view(n, f, 1, 1))
""",
)
NORM = "nn.BatchNorm2d(features, affine=False)"
LAST = "return self.norm(x) * (1 + gain) + shift"
it.wrong("not normalized", {"self.norm(x)": "x"}, says="x is not normalized", point=True)
it.wrong("instance", {"nn.BatchNorm2d(features, affine=False)": "nn.InstanceNorm2d(features)"},
         says="Each map is normalized by itself", point=True)  # fmt: skip
it.wrong(
    "over the features", {"self.norm(x)": "F.layer_norm(x, x.shape[1:])"}, says="over all of its features", point=True
)
it.wrong("affine", {", affine=False": ""}, says="two kernels of shape", point=True)
it.wrong("no 1", {"(1 + gain)": "gain"}, says="The 1 is missing", point=True)
it.wrong("swapped", {LAST: "return self.norm(x) * (1 + shift) + gain"}, says="Scale and shift are swapped", point=True)
it.wrong(
    "shift first", {LAST: "return (self.norm(x) + shift) * (1 + gain)"}, says="The shift is added before", point=True
)
it.wrong("1 behind", {LAST: "return 1 + self.norm(x) * gain + shift"}, says="The 1 is added to the result", point=True)
it.wrong("no shift", {LAST: "return self.norm(x) * (1 + gain) + 0 * shift"}, says="The shift is not used", point=True)
it.wrong("no gain", {LAST: "return self.norm(x) * (1 + 0 * gain) + shift"}, says="The scale is not used", point=True)
it.wrong("one class", {"self.gain(c)": "self.gain(c[:1])", "self.shift(c)": "self.shift(c[:1])"},
         says="All pictures are told the first one's class", point=True)  # fmt: skip
it.wrong("mean class", {"self.gain(c)": "self.gain(c.mean(0, keepdim=True))", "self.shift(c)": (
    "self.shift(c.mean(0, keepdim=True))"
)}, says="the mean of the classes", point=True)  # fmt: skip
it.wrong("biases", {"features, bias=False) for": "features) for"}, says="two kernels of shape", point=True)
it.wrong("as PyTorch draws them", {"nn.init.zeros_(self.gain.weight)\nnn.init.zeros_(self.shift.weight)": ""},
         says="Both kernels start as zeros")  # fmt: skip
it.wrong("shift is drawn", {"nn.init.zeros_(self.shift.weight)": "pass"}, says="Both kernels start as zeros")
it.wrong("always its own batch", {", affine=False": ", affine=False, track_running_stats=False"},
         says="It still normalizes by its own batch", point=True)  # fmt: skip
it.wrong(
    "momentum",
    {", affine=False": ", affine=False, momentum=0.01"},
    says="three batches",
    never="No gradient",
    point=True,
)
it.wrong("exponential", {"(1 + gain)": "gain.exp()"}, says="goes through an exponential", point=True)
it.wrong("cut off", {"self.gain(c)": "self.gain(c.detach())"}, says="c's gradient")
it.wrong("by hand, never kept", {"self.norm(x)": (
    "((x - x.mean((0, 2, 3), keepdim=True)) / (x.var((0, 2, 3), keepdim=True, correction=0) + 1e-5).sqrt())"
)}, says="It still normalizes by its own batch", point=True)  # fmt: skip

# ---------------------------------------------------------------------------------------------

it = answers.to("skip_z")

it.right("as in the lesson")
it.right("slices", {"first, *pieces = z.chunk(blocks + 1, dim=1)\nreturn first, [torch.cat([c, piece], dim=1) for piece in pieces]": (
    "k = z.shape[1] // (blocks + 1)\n"
    "return z[:, :k], [torch.hstack((c, z[:, i * k : i * k + k])) for i in range(1, blocks + 1)]"
)})  # fmt: skip
it.right("counted one by one", {"shared = classes * embed_dim + 2 * sum(features) * (embed_dim + piece)": (
    "shared = classes * embed_dim\nfor f in features:\n    shared += 2 * f * embed_dim + 2 * f * piece"
)})  # fmt: skip
it.right("split", {"z.chunk(blocks + 1, dim=1)": "z.split(z.shape[1] // (blocks + 1), dim=1)"})
TOLD = "torch.cat([c, piece], dim=1) for piece in pieces"
it.wrong("z in front", {TOLD: "torch.cat([piece, c], dim=1) for piece in pieces"}, says="c stands in front", point=True)
it.wrong("first for a block", {TOLD: "torch.cat([c, piece], dim=1) for piece in [first, *pieces[:-1]]"},
         says="The first piece is told to a block, too", point=True)  # fmt: skip
it.wrong(
    "reversed", {TOLD: "torch.cat([c, piece], dim=1) for piece in reversed(pieces)"}, says="wrong order", point=True
)
it.wrong("one piece for all", {TOLD: "torch.cat([c, pieces[0]], dim=1) for piece in pieces"},
         says="All blocks have the second piece", point=True)  # fmt: skip
it.wrong("no class", {TOLD: "piece for piece in pieces"}, says="c and a piece of z, side by side", point=True)
it.wrong("added", {TOLD: "c[:, : piece.shape[1]] + piece for piece in pieces"}, says="side by side", point=True)
it.wrong("all of z", {TOLD: "torch.cat([c, z], dim=1) for piece in pieces"}, says="side by side", point=True)
it.wrong("one too many", {"first, *pieces": "*pieces, first"}, says="That is the last piece", point=True)
it.wrong("by stride", {"first, *pieces = z.chunk(blocks + 1, dim=1)": (
    "first, *pieces = [z[:, k :: blocks + 1] for k in range(blocks + 1)]"
)}, says="Pieces are neighbors", point=True)  # fmt: skip
it.wrong("no word", {"if z.shape[1] % (blocks + 1):": "if False:"}, says="nothing is said")
it.wrong("another word", {"{z.shape[1]} numbers cannot": "z cannot"}, says="should say what came")
it.wrong("an assertion", {"raise ValueError(f\"{z.shape[1]} numbers cannot be cut into {blocks + 1} equal pieces\")": (
    'assert False, f"{z.shape[1]}"'
)}, says="not with a ValueError")  # fmt: skip
it.wrong(
    "a tuple of tensors",
    {"return first, [": "return [first] + ["},
    says="Return the first piece, and a list",
    point=True,
)
it.wrong("scale alone", {"2 * classes * sum(features)": "classes * sum(features)", "2 * sum(features) * (": "sum(features) * ("},
         says="Scale and shift are two")  # fmt: skip
it.wrong("no embedding", {"shared = classes * embed_dim + 2": "shared = 2"}, says="The embedding itself is not counted")
it.wrong("no piece", {"(embed_dim + piece)": "embed_dim"}, says="The piece of z is not counted")
it.wrong("swapped", {"return tables, shared": "return shared, tables"}, says="tables first")
it.wrong("an embedding each", {"shared = classes * embed_dim + 2": "shared = len(features) * classes * embed_dim + 2"},
         says="The embedding is counted for each normalization")  # fmt: skip
it.wrong("cut off", {TOLD: "torch.cat([c, piece.detach()], dim=1) for piece in pieces"}, says="z's gradient")
it.excused = {
    "`z.chunk(blocks + 1, dim=1)` → `z.chunk(blocks + 1, dim=-1)`": "the same dimension",
    "`z.shape[1]` → `z.shape` (no. 2)": "the shape names d, too",
    "`blocks + 1` → `blocks - 1` (no. 3)": "how many pieces there should be is no part of what the sentence must say",
    "`blocks + 1` → `blocks` (no. 3)": "how many pieces there should be is no part of what the sentence must say",
    "`blocks + 1` → `1` (no. 3)": "how many pieces there should be is no part of what the sentence must say",
    "`torch.cat([c, piece], dim=1)` → `torch.cat([c, piece], dim=-1)`": "the same dimension",
    "`blocks + 1` → `blocks + -1` (no. 3)": "how many pieces there should be is no part of what the sentence must say",
    "`blocks + 1` → `blocks + 0` (no. 3)": "how many pieces there should be is no part of what the sentence must say",
    "`blocks + 1` → `blocks + 2` (no. 3)": "how many pieces there should be is no part of what the sentence must say",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("residual_blocks")

it.right("as in the lesson")
it.right("shrunk, then the 1 × 1", {"F.avg_pool2d(shortcut(x), 2)": "shortcut(F.avg_pool2d(x, 2))"})
it.right("the 1 × 1, then enlarged", {"shortcut(F.interpolate(x, scale_factor=2))": (
    "shortcut(x).repeat_interleave(2, 2).repeat_interleave(2, 3)"
)})  # fmt: skip
it.right(
    "one mean for both",
    {"return F.avg_pool2d(h, 2) + F.avg_pool2d(shortcut(x), 2)": "return F.avg_pool2d(h + shortcut(x), 2)"},
)
it.right("torch.relu, reshaped", {"h = F.relu(norm_1(x, c))": "h = torch.relu(norm_1(x, c))", "h = x if first else F.relu(x)": (
    "h = x\nif not first:\n    h = x.clamp(min=0)"
)})  # fmt: skip
UP_END = "return h + shortcut(F.interpolate(x, scale_factor=2))"
it.wrong(
    "up: no shortcut",
    {UP_END: "return h"},
    says="The direct way is missing: add shortcut of the enlarged x",
    point=True,
)
it.wrong("up: x is gone", {"h = F.relu(norm_1(x, c))": "x = h = F.relu(norm_1(x, c))"},
         says="behind the norm and the ReLU", point=True)  # fmt: skip
it.wrong("up: relu behind", {UP_END: "return F.relu(h + shortcut(F.interpolate(x, scale_factor=2)))"},
         says="There is a ReLU behind the sum", point=True)  # fmt: skip
it.wrong(
    "up: relu first",
    {"F.relu(norm_1(x, c))": "norm_1(F.relu(x), c)"},
    says="The ReLU stands in front of norm_1",
    point=True,
)
it.wrong("up: leaky", {"F.relu(norm_1(x, c))": "F.leaky_relu(norm_1(x, c), 0.2)", "F.relu(norm_2(h, c))": (
    "F.leaky_relu(norm_2(h, c), 0.2)"
)}, says="The ReLUs are leaky", point=True)  # fmt: skip
it.wrong("up: enlarged late", {"conv_1(F.interpolate(h, scale_factor=2))": "F.interpolate(conv_1(h), scale_factor=2)"},
         says="conv_1 comes before enlarging", point=True)  # fmt: skip
it.wrong("up: enlarged last", {"conv_1(F.interpolate(h, scale_factor=2))": "conv_1(h)", UP_END: (
    "return F.interpolate(h, scale_factor=2) + shortcut(F.interpolate(x, scale_factor=2))"
)}, says="Enlarge before conv_1", point=True)  # fmt: skip
it.wrong("up: smooth", {"F.interpolate(h, scale_factor=2)": 'F.interpolate(h, scale_factor=2, mode="bilinear")',
         "F.interpolate(x, scale_factor=2)": 'F.interpolate(x, scale_factor=2, mode="bilinear")'},
         says="It is enlarged smoothly", point=True)  # fmt: skip
it.wrong("up: norms swapped", {"norm_1(x, c)": "norm_2(x, c)", "norm_2(h, c)": "norm_1(h, c)"},
         says="are norm_1 and norm_2 swapped", point=True)  # fmt: skip
it.wrong("up: no second norm", {"norm_2(h, c)": "h"}, says="norm_2 is not used", point=True)
it.wrong(
    "up: no second relu", {"F.relu(norm_2(h, c))": "norm_2(h, c)"}, says="The ReLU behind norm_2 is missing", point=True
)
it.wrong("up: class not told", {"norm_2(h, c)": "norm_2(h)"}, says="c", never="swapped", point=True)
it.wrong("up: another c", {"norm_2(h, c)": "norm_2(h, 0 * c)"}, says="which is not right", point=True)
it.wrong("down: no shortcut", {"return F.avg_pool2d(h, 2) + F.avg_pool2d(shortcut(x), 2)": "return F.avg_pool2d(h, 2)"},
         says="The direct way is missing: add the shrunk", point=True)  # fmt: skip
it.wrong("down: activated shortcut", {"h = x if first else F.relu(x)": "x = h = x if first else F.relu(x)"},
         says="The direct way begins behind the first ReLU", point=True)  # fmt: skip
it.wrong("down: in place", {"F.relu(x)": "F.relu_(x)"}, says="changes its argument", never="NaN", point=True)
it.wrong(
    "down: no first relu", {"x if first else F.relu(x)": "x"}, says="The ReLU in front of conv_1 is missing", point=True
)
it.wrong("down: always relu", {"x if first else F.relu(x)": "F.relu(x)"}, says="`first` is ignored")
it.wrong("down: first the other way", {"x if first else F.relu(x)": "F.relu(x) if first else x"}, says="`first` is ignored",
         point=True)  # fmt: skip
it.wrong("down: largest", {"F.avg_pool2d(h, 2) + F.avg_pool2d(": "F.max_pool2d(h, 2) + F.max_pool2d("},
         says="Of 2 × 2 pixels the largest is taken", point=True)  # fmt: skip
it.wrong("down: every second", {"return F.avg_pool2d(h, 2) + F.avg_pool2d(shortcut(x), 2)": (
    "return (h + shortcut(x))[..., ::2, ::2]"
)}, says="Every second pixel is taken", point=True)  # fmt: skip
it.wrong("down: not shrunk", {"return F.avg_pool2d(h, 2) + F.avg_pool2d(shortcut(x), 2)": "return h + shortcut(x)"},
         says="Height and width are halved", point=True)  # fmt: skip
it.wrong("down: relu between is gone", {"conv_2(F.relu(conv_1(h)))": "conv_2(conv_1(h))"},
         says="The ReLU between the convolutions is missing", point=True)  # fmt: skip
it.wrong(
    "cut off",
    {"h = F.relu(norm_1(x, c))": "h = F.relu(norm_1(x.detach(), c))"},
    says="Only the direct way lets gradients",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("self_attention")

it.right("as in the lesson")
it.right(
    "with places in front",
    """
    n, c, h, w = x.shape
    rows = x.flatten(2).transpose(1, 2)
    pool = lambda t: F.max_pool2d(t.transpose(1, 2).reshape(n, -1, h, w), 2).flatten(2).transpose(1, 2)
    keys, values = pool(rows @ phi.T), pool(rows @ g.T)
    beta = torch.softmax(rows @ theta.T @ keys.transpose(1, 2), dim=-1)
    return x + gamma * (beta @ values @ o.T).transpose(1, 2).reshape(n, c, h, w)
    """,
)
it.right("einsum", {"heard = (v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])": (
    'heard = torch.einsum("npj,nmj->nmp", beta, v).reshape(len(x), -1, *x.shape[2:])'
)})  # fmt: skip
it.right("torch's own product", {"beta = (q.transpose(1, 2) @ k).softmax(dim=2)\nheard = (v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])": (
    "heard = F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), scale=1.0)\n"
    "heard = heard.transpose(1, 2).unflatten(2, x.shape[2:])"
)})  # fmt: skip
POOLED = "q.flatten(2), F.max_pool2d(k, 2).flatten(2), F.max_pool2d(v, 2).flatten(2)"
SOFT = "(q.transpose(1, 2) @ k).softmax(dim=2)"
END = "return x + gamma * F.conv2d(heard, o[:, :, None, None])"
it.wrong("over questions", {"softmax(dim=2)": "softmax(dim=1)"}, says="The softmax runs over the questions", point=True)
it.wrong("no softmax", {SOFT: "q.transpose(1, 2) @ k"}, says="The softmax is missing", point=True)
it.wrong("sigmoid", {SOFT: "(q.transpose(1, 2) @ k).sigmoid()"}, says="That is a sigmoid", point=True)
it.wrong(
    "scaled", {SOFT: "(q.transpose(1, 2) @ k / len(theta) ** 0.5).softmax(dim=2)"}, says="divided by a root", point=True
)
it.wrong(
    "not pooled",
    {POOLED: "q.flatten(2), k.flatten(2), v.flatten(2)"},
    says="Keys and values are not pooled",
    point=True,
)
it.wrong("mean", {POOLED: POOLED.replace("max", "avg")}, says="pooled by their mean", point=True)
it.wrong("pooled first", {"q, k, v = (F.conv2d(x, matrix[:, :, None, None]) for matrix in (theta, phi, g))": (
    "q = F.conv2d(x, theta[:, :, None, None])\n"
    "k, v = (F.conv2d(F.max_pool2d(x, 2), matrix[:, :, None, None]) for matrix in (phi, g))"
), POOLED: "q.flatten(2), k.flatten(2), v.flatten(2)"}, says="x is pooled, and then come the matrices", point=True)  # fmt: skip
it.wrong("questions pooled, too", {POOLED: POOLED.replace("q.flatten", "F.max_pool2d(q, 2).flatten")},
         says="stopped in", point=True)  # fmt: skip
it.wrong("θ and φ swapped", {"(theta, phi, g)": "(phi, theta, g)"}, says="θ and φ are swapped", point=True)
it.wrong(
    "no x", {END: "return gamma * F.conv2d(heard, o[:, :, None, None])"}, says="x is missing in the sum", point=True
)
it.wrong("no γ", {END: "return x + F.conv2d(heard, o[:, :, None, None]) + 0 * gamma"}, says="γ is missing", point=True)
it.wrong(
    "γ on both",
    {END: "return gamma * (x + F.conv2d(heard, o[:, :, None, None]))"},
    says="γ multiplies x, too",
    point=True,
)
it.wrong("between", {END: "return torch.lerp(x, F.conv2d(heard, o[:, :, None, None]), gamma)"},
         says="That goes from x to the answer", point=True)  # fmt: skip
it.wrong("scrambled", {"heard = (v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])": (
    "heard = (v @ beta.transpose(1, 2)).reshape(len(x), -1, len(g)).transpose(1, 2).unflatten(2, x.shape[2:])"
)}, says="The answers are scrambled", point=True)  # fmt: skip
it.wrong("exponentials by hand", {SOFT: (
    "(q.transpose(1, 2) @ k).exp() / (q.transpose(1, 2) @ k).exp().sum(2, keepdim=True)"
)}, says="NaN")  # fmt: skip
it.wrong(
    "across the batch",
    {SOFT: "(q.transpose(1, 2) @ k.roll(1, 0)).softmax(dim=2)"},
    says="which is not right",
    point=True,
)
it.wrong("keys cut off", {"q, k, v = q.flatten(2), F.max_pool2d(k, 2)": "q, k, v = q.flatten(2), F.max_pool2d(k.detach(), 2)"},
         says="phi")  # fmt: skip
it.wrong("γ as a number", {"gamma * F": "gamma.item() * F"}, says="could never leave 0")
it.excused = {
    "`q.flatten(2)` → `q.flatten(-2)`": "the same dimensions, counted or named the other way",
    "`F.max_pool2d(k, 2).flatten(2)` → `F.max_pool2d(k, 2).flatten(-2)`": "the same dimensions, counted or named the other way",
    "`F.max_pool2d(v, 2).flatten(2)` → `F.max_pool2d(v, 2).flatten(-2)`": "the same dimensions, counted or named the other way",
    "`q.transpose(1, 2)` → `q.transpose_(1, 2)`": "the tensor is a new one",
    "`q.transpose(1, 2)` → `q.transpose(2, 1)`": "the same dimensions, counted or named the other way",
    "`beta.transpose(1, 2)` → `beta.transpose(2, 1)`": "the same dimensions, counted or named the other way",
    "`x.shape[2:]` → `x.shape[-2:]`": "the same dimensions, counted or named the other way",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("orthogonal_steps")

STRICT = "return (W @ W.T - torch.eye(len(W))).square().sum()"
LENGTH = "return 4 * length * (length**2 - 1)"
OFF = "return (W @ W.T * (1 - torch.eye(len(W)))).square().sum()"
SLOPE = "return (4 * (W @ W.T * (1 - torch.eye(len(W)))) @ W).reshape(weight.shape)"
it.right("as in the lesson")
it.right("by norms", {STRICT: "return torch.linalg.matrix_norm(W @ W.T - torch.eye(len(W))) ** 2",
         OFF: "gram = W @ W.T\nreturn gram.square().sum() - gram.diagonal().square().sum()"})  # fmt: skip
it.right("by autograd", {SLOPE: (
    "leaf = W.detach().clone().requires_grad_()\n"
    "(leaf @ leaf.T).fill_diagonal_(0).square().sum().backward()\nreturn leaf.grad.reshape(weight.shape)"
)})  # fmt: skip
it.right("multiplied out", {LENGTH: "return 4 * length**3 - 4 * length", SLOPE: (
    "gram = W @ W.T\ngram = gram - torch.diag(gram.diagonal())\nreturn 4 * (gram @ W).unflatten(1, weight.shape[1:])"
)})  # fmt: skip
GRAM = "return W @ W.T"
it.wrong("1: cosines", {GRAM: "W = F.normalize(W, dim=1)\nreturn W @ W.T"}, says="these are cosines")
it.wrong("1: columns", {GRAM: "return W.T @ W"}, says="One for each pair")
it.wrong("1: no diagonal", {GRAM: "return W @ W.T * (1 - torch.eye(len(W)))"}, says="The diagonal is left out already")
it.wrong("1: less I", {GRAM: "return W @ W.T - torch.eye(len(W))"}, says="The identity is taken off already")
it.wrong("1: squared", {GRAM: "return (W @ W.T).square()"}, says="The products are squared already")
it.wrong("2: the norm", {STRICT: "return (W @ W.T - torch.eye(len(W))).norm()"}, says="The root is taken")
it.wrong("2: mean", {STRICT: "return (W @ W.T - torch.eye(len(W))).square().mean()"}, says="That is the mean")
it.wrong("2: no identity", {STRICT: "return (W @ W.T).square().sum()"}, says="The identity is not taken off")
it.wrong("2: ones", {STRICT: "return (W @ W.T - 1).square().sum()"}, says="1 is taken off everywhere")
it.wrong(
    "2: columns",
    {STRICT: "return (W.T @ W - torch.eye(W.shape[1])).square().sum()"},
    says="That is the product of columns",
)
it.wrong("2: not squared", {STRICT: "return (W @ W.T - torch.eye(len(W))).sum()"}, says="without being squared")
it.wrong("3: the penalty", {LENGTH: "return (length**2 - 1) ** 2"}, says="Its derivative is asked")
it.wrong("3: no inner derivative", {LENGTH: "return 2 * (length**2 - 1)"}, says="The inner derivative")
it.wrong("3: half", {LENGTH: "return 2 * length * (length**2 - 1)"}, says="The 4 is a 2")
it.wrong("3: down", {LENGTH: "return -4 * length * (length**2 - 1)"}, says="The sign is the other way")
it.wrong("3: length for square", {LENGTH: "return 2 * (length - 1)"}, says="the diagonal holds r², not r")
it.wrong("4: diagonal kept", {OFF: "return (W @ W.T).square().sum()"}, says="The diagonal is still in it", point=True)
it.wrong("4: strict", {OFF: STRICT}, says="less 1: that is step 2", point=True)
it.wrong(
    "4: diagonal alone",
    {OFF: "return (W @ W.T).diagonal().square().sum()"},
    says="Only the diagonal is left",
    point=True,
)
it.wrong(
    "4: the norm", {OFF: "return (W @ W.T * (1 - torch.eye(len(W)))).norm()"}, says="The root is taken", point=True
)
it.wrong(
    "4: upper half", {OFF: "return (W @ W.T).triu(1).square().sum()"}, says="Each pair is counted once", point=True
)
it.wrong("4: cosines", {OFF: "W = F.normalize(W, dim=1)\n" + OFF}, says="divided by their lengths first", point=True)
it.wrong("5: half", {SLOPE: SLOPE.replace("4 *", "2 *")}, says="The factor is 4", point=True)
it.wrong("5: no factor", {SLOPE: SLOPE.replace("4 *", "1 *")}, says="The factor 4 is missing", point=True)
it.wrong("5: diagonal kept", {SLOPE: "return (4 * W @ W.T @ W).reshape(weight.shape)"}, says="The diagonal is still in it",
         point=True)  # fmt: skip
it.wrong("5: of step 2", {SLOPE: "return (4 * (W @ W.T - torch.eye(len(W))) @ W).reshape(weight.shape)"},
         says="the gradient of step 2", point=True)  # fmt: skip
it.wrong("5: down", {SLOPE: SLOPE.replace("4 *", "-4 *")}, says="the way down", point=True)
it.wrong("5: flat", {SLOPE: SLOPE.replace(".reshape(weight.shape)", "")}, says="In the kernel's shape", point=True)
it.wrong("6: squared", {"return factor**4": "return factor**2"}, says="their square")
it.wrong("6: free", {"return factor**4": "return 1.0"}, says="it is not free of them")
it.wrong("6: linear", {"return factor**4": "return factor"}, says="how lengths grow")
it.excused = {
    "`torch.empty(0)` → `0`": "a default that no step uses",
    "`if step == 6: …` → `return factor ** 4`": "the last step",
    "`raise ValueError(f'Steps are 1 to 6, not {step}.')` → nothing": "no other step is asked",
    "`torch.empty(0)` → `torch.empty(1)`": "a default that no step uses",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `f'Steps are 1 to 6, not {step}.'`": "no other step is asked",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `ValueError()`": "no other step is asked",
    "`(W @ W.T - torch.eye(len(W))).square()` → `(W @ W.T - torch.eye(len(W))).square_()`": "the tensor is a new one",
    "`(W @ W.T * (1 - torch.eye(len(W)))).square()` → `(W @ W.T * (1 - torch.eye(len(W)))).square_()`": "the tensor is a new one",
    "`W @ W.T - torch.eye(len(W))` → `torch.eye(len(W)) - W @ W.T`": "it is squared",
    "`1 - torch.eye(len(W))` → `torch.eye(len(W)) - 1`": "it is squared",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("biggan_step")

it.right("as in the lesson")
it.right("frozen in turns", {"opt_G.zero_grad()": "D.requires_grad_(False)\nopt_G.zero_grad()", "opt_G.step()": (
    "opt_G.step()\nD.requires_grad_(True)"
), "made = G(z, made_y).detach()": "with torch.no_grad():\n    made = G(z, made_y)"})  # fmt: skip
it.right("one look of D", {"d_loss = F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()": (
    "on_real, on_made = D(torch.cat([real, made]), torch.cat([y, made_y])).chunk(2)\n"
    "d_loss = F.relu(1 - on_real).mean() + F.relu(1 + on_made).mean()"
)})  # fmt: skip
it.right(
    "sums over slices",
    """
    n = len(for_G[0])
    size, told = n // parts, []
    for real, y, z, made_y in for_D:
        opt_D.zero_grad(set_to_none=True)
        total = 0.0
        for k in range(0, n, size):
            part = slice(k, k + size)
            with torch.no_grad():
                made = G(z[part], made_y[part])
            loss = ((1 - D(real[part], y[part])).clamp(min=0) + (1 + D(made, made_y[part])).clamp(min=0)).sum() / n
            loss.backward()
            total += loss.item()
        opt_D.step()
        told.append(total)
    opt_G.zero_grad(set_to_none=True)
    pull = beta * penalty(G)
    pull.backward()
    said = 0.0
    for z, made_y in zip(for_G[0].split(size), for_G[1].split(size)):
        loss = -D(G(z, made_y), made_y).sum() / n
        loss.backward()
        said += loss.item()
    opt_G.step()
    return sum(told) / len(told), said
    """,
)
HINGE = "d_loss = F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()"
G_LOSS = "g_loss = -D(G(z, made_y), made_y).mean()"
PENALTY = "(beta * penalty(G)).backward()"
it.wrong("swapped", {HINGE: "d_loss = F.relu(1 + D(real, y)).mean() + F.relu(1 - D(made, made_y)).mean()"},
         says="Real and made are swapped", point=True)  # fmt: skip
it.wrong(
    "Wasserstein",
    {HINGE: "d_loss = D(made, made_y).mean() - D(real, y).mean()"},
    says="difference of means",
    point=True,
)
it.wrong("logistic", {HINGE: "d_loss = F.softplus(-D(real, y)).mean() + F.softplus(D(made, made_y)).mean()"},
         says="That is the logistic loss", point=True)  # fmt: skip
it.wrong("margin 0", {HINGE: "d_loss = F.relu(-D(real, y)).mean() + F.relu(D(made, made_y)).mean()"},
         says="The margin is 0", point=True)  # fmt: skip
it.wrong("squares", {HINGE: "d_loss = F.relu(1 - D(real, y)).square().mean() + F.relu(1 + D(made, made_y)).square().mean()"},
         says="The hinge is squared", point=True)  # fmt: skip
it.wrong("halved", {HINGE: HINGE + "\nd_loss = d_loss / 2"}, says="The loss is halved", point=True)
it.wrong("not divided", {"(d_loss / parts).backward()": "d_loss.backward()", "(g_loss / parts).backward()": "g_loss.backward()"},
         says="Each part's loss counts in full", point=True)  # fmt: skip
it.wrong("a step for each part", {"opt_D.step()": "", "(d_loss / parts).backward()": (
    "opt_D.zero_grad()\nd_loss.backward()\nopt_D.step()"
)}, says="for each batch of for_D", point=True)  # fmt: skip
it.wrong("cleared for each part", {"(d_loss / parts).backward()": "opt_D.zero_grad()\n(d_loss / parts).backward()",
         "(g_loss / parts).backward()": "opt_G.zero_grad()\n(g_loss / parts).backward()"},
         says="Only the last part counts", point=True)  # fmt: skip
it.wrong("all at once", {"for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch), strict=True):": (
    "for real, y, z, made_y in zip(*(t.chunk(1) for t in batch), strict=True):"
), "(d_loss / parts)": "d_loss", "d_loss.item() / parts": "d_loss.item()", "for z, made_y in zip(*(t.chunk(parts) for t in for_G)": (
    "for z, made_y in zip(*(t.chunk(1) for t in for_G)"
), "(g_loss / parts)": "g_loss", "g_loss.item() / parts": "g_loss.item()"}, says="use `parts`", point=True)  # fmt: skip
it.wrong("G all at once", {"zip(*(t.chunk(parts) for t in for_G)": "zip(*(t.chunk(1) for t in for_G)",
         "(g_loss / parts)": "g_loss", "g_loss.item() / parts": "g_loss.item()"}, says="use `parts`", point=True)  # fmt: skip
it.wrong("one batch of D", {"for batch in for_D:": "for batch in for_D[:1]:", "/ len(for_D)": ""},
         says="D has one step for each batch", point=True)  # fmt: skip
it.wrong("first batch again", {"for batch in for_D:": "for batch in [for_D[0]] * len(for_D):"},
         says="Each step takes the first batch", point=True)  # fmt: skip
it.wrong("classes of the real ones", {"D(made, made_y)": "D(made, y)"}, says="Made pictures are judged by the real ones' classes",
         point=True)  # fmt: skip
it.wrong("made of the real ones' classes", {"made = G(z, made_y).detach()": "made = G(z, y).detach()", "D(made, made_y)": "D(made, y)"},
         says="Pictures are made of the real ones' classes", point=True)  # fmt: skip
it.wrong("stale D", {"opt_D.zero_grad()": ""}, says="opt_D.zero_grad()", point=True)
it.wrong("piled up", {"opt_D.zero_grad()": "", "d_total = g_total = 0.0": "opt_D.zero_grad()\nd_total = g_total = 0.0"},
         says="Gradients of D's step before are still in the next one", point=True)  # fmt: skip
it.wrong("stale G", {"opt_G.zero_grad()": ""}, says="opt_G.zero_grad()", point=True)
it.wrong("not detached", {"made = G(z, made_y).detach()": "made = G(z, made_y)", "opt_G.zero_grad()": "", "d_total = g_total = 0.0": (
    "opt_G.zero_grad()\nd_total = g_total = 0.0"
)}, says="D's loss has left gradients in G", point=True)  # fmt: skip
it.wrong("G first", """
    d_total = g_total = 0.0
    opt_G.zero_grad()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G), strict=True):
        g_loss = -D(G(z, made_y), made_y).mean()
        (g_loss / parts).backward()
        g_total += g_loss.item() / parts
    (beta * penalty(G)).backward()
    for batch in for_D:
        opt_D.zero_grad()
        for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch), strict=True):
            made = G(z, made_y).detach()
            d_loss = F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()
            (d_loss / parts).backward()
            d_total += d_loss.item() / parts / len(for_D)
        opt_D.step()
    opt_G.step()
    return d_total, g_total
    """, says="from before its steps", point=True)  # fmt: skip
it.wrong("wrong way", {G_LOSS: "g_loss = D(G(z, made_y), made_y).mean()"}, says="G goes the wrong way", point=True)
it.wrong(
    "hinge for G",
    {G_LOSS: "g_loss = F.relu(1 - D(G(z, made_y), made_y)).mean()"},
    says="G's loss has a hinge",
)
it.wrong("penalty in each part", {PENALTY: "", "(g_loss / parts).backward()": "(g_loss / parts + beta * penalty(G)).backward()"},
         says="The penalty counts in each part", point=True)  # fmt: skip
it.wrong("no penalty", {PENALTY: ""}, says="The penalty is missing", point=True)
it.wrong("no β", {PENALTY: "penalty(G).backward()"}, says="β is missing", point=True)
it.wrong(
    "penalty taken away", {PENALTY: "(-beta * penalty(G)).backward()"}, says="The penalty is taken away", point=True
)
it.wrong(
    "penalty divided",
    {PENALTY: "(beta * penalty(G) / parts).backward()"},
    says="divided by the number of parts",
    point=True,
)
it.wrong("D's noise", {"for z, made_y in zip(*(t.chunk(parts) for t in for_G)": (
    "for z, made_y in zip(*(t.chunk(parts) for t in for_D[-1][2:])"
)}, says="The noise of D's last batch", point=True)  # fmt: skip
it.wrong(
    "tells the sum", {"d_loss.item() / parts / len(for_D)": "d_loss.item() / parts"}, says="D's losses are added up"
)
it.wrong("tells the penalty", {PENALTY: "pull = beta * penalty(G)\npull.backward()\ng_total += pull.item()"},
         says="with the penalty in it")  # fmt: skip
it.wrong("tells parts added up", {"d_loss.item() / parts / len(for_D)": "d_loss.item() / len(for_D)",
         "g_loss.item() / parts": "g_loss.item()"}, says="The parts' losses are added up")  # fmt: skip
it.wrong("with its graph", {"return d_total, g_total": "return d_total, g_loss"}, says="computation attached")
it.wrong("one number", {"return d_total, g_total": "return d_total + g_total"}, says="Return two numbers")
it.wrong(
    "left frozen", {"opt_G.zero_grad()": "D.requires_grad_(False)\nopt_G.zero_grad()"}, says="no longer take gradients"
)
it.wrong(
    "into training mode", {"d_total = g_total = 0.0": "G.train()\nd_total = g_total = 0.0"}, says="mode has changed"
)
it.excused = {
    "`G(z, made_y).detach()` → `G(z, made_y)`": "what is left in G is cleared before its turn",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("truncated_normal")

LOOP = "while (outside := z.abs() > threshold).any():\n    z[outside] = torch.randn(int(outside.sum()))"
it.right("as in the lesson")
it.right("by the quantile function", """
    high = 0.5 * (1 + torch.erf(torch.tensor(threshold / 2**0.5, dtype=torch.float64)))
    share = (1 - high) + (2 * high - 1) * torch.rand(n, d, dtype=torch.float64)
    return (2**0.5 * torch.erfinv(2 * share - 1)).clamp(-threshold, threshold).float()
    """)  # fmt: skip
it.right("a pool of good ones", """
    pool = torch.empty(0)
    while len(pool) < n * d:
        fresh = torch.randn(4 * n * d)
        pool = torch.cat([pool, fresh[fresh.abs() <= threshold]])
    return pool[: n * d].reshape(n, d)
    """)  # fmt: skip
it.right("torch's own", "return nn.init.trunc_normal_(torch.empty(n, d), a=-threshold, b=threshold)")
it.wrong("clipped", {LOOP: "z = z.clamp(-threshold, threshold)"}, says="they are cut off there", point=True)
it.wrong("drawn again once", {"while (outside := z.abs() > threshold).any():": "if (outside := z.abs() > threshold).any():"},
         says="Draw again until all are inside")  # fmt: skip
it.wrong("not at all", {LOOP: "pass"}, says="comes out")
it.wrong(
    "made smaller", {LOOP: "z = z * threshold / 4\nz = z.clamp(-threshold, threshold)"}, says="made smaller", point=True
)
it.wrong("zeros", {LOOP: "z[z.abs() > threshold] = 0"}, says="of all numbers is 0", point=True)
it.wrong("evenly", {LOOP: "z = threshold * (2 * torch.rand(n, d) - 1)"}, says="They are drawn evenly", point=True)
it.wrong("outside drawn evenly", {"z[outside] = torch.randn(int(outside.sum()))": (
    "z[outside] = threshold * (2 * torch.rand(int(outside.sum())) - 1)"
)}, says="spread otherwise", point=True)  # fmt: skip
it.wrong("one number for all", {"z[outside] = torch.randn(int(outside.sum()))": "z[outside] = torch.randn(1)"},
         says="repeats others", point=True)  # fmt: skip
it.wrong("positive alone", {"return z": "return z.abs()"}, says="None of them is negative", point=True)
it.wrong("upper side alone", {"z.abs() > threshold": "z > threshold"}, says="comes out")
it.wrong("folded back", {LOOP: "z = z.fmod(threshold)"}, says="spread otherwise", point=True)
it.wrong("tanh", {LOOP: "z = threshold * z.tanh()"}, says="spread otherwise", point=True)
it.wrong("one row", {"z = torch.randn(n, d)": "z = torch.randn(1, d)", "return z": "return z.repeat(n, 1)"},
         says="repeats others", point=True)  # fmt: skip
it.wrong("always the same", {"z = torch.randn(n, d)": "torch.manual_seed(0)\nz = torch.randn(n, d)"},
         says="Two calls give the same noise", point=True)  # fmt: skip
it.wrong("flat", {"return z": "return z.flatten()"}, says="One number for each", point=True)
it.excused = {
    "`int(outside.sum())` → `outside.sum()`": "torch.randn takes a tensor, too",
    "`z.abs() > threshold` → `z.abs() >= threshold`": "no number lies on the threshold",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("standing_statistics")

RESET = "norm.reset_running_stats()"
it.right("as in the lesson")
it.right(
    "a shrinking momentum",
    """
    norms = [m for m in G.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d))]
    kept = [m.momentum for m in norms]
    G.train()
    with torch.no_grad():
        for count, (z, y) in enumerate(draws, 1):
            for m in norms:
                m.momentum = 1 / count
            G(z, y)
    for m, momentum in zip(norms, kept):
        m.momentum = momentum
    G.eval()
    """,
)
it.right(
    "each batch read off",
    """
    norms = [m for m in G.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    kept, means, variances = [m.momentum for m in norms], [], []
    for m in norms:
        m.momentum = 1.0
    G.train()
    for z, y in draws:
        with torch.no_grad():
            G(z, y)
        means.append([m.running_mean.clone() for m in norms])
        variances.append([m.running_var.clone() for m in norms])
    for k, m in enumerate(norms):
        m.running_mean.copy_(torch.stack([row[k] for row in means]).mean(0))
        m.running_var.copy_(torch.stack([row[k] for row in variances]).mean(0))
        m.momentum = kept[k]
    G.eval()
    """,
)
it.wrong("momentum as it was", {"norm.momentum = None": "pass"}, says="Each batch counts a tenth", point=True)
it.wrong("neither", {RESET: "", "norm.momentum = None": "pass"}, says="It goes on with the old averages", point=True)
it.wrong("old counts", {RESET: ""}, says="What was kept before still counts", point=True)
it.wrong(
    "evaluation mode", {"G.train()": "G.eval()"}, says="The statistics are reset, and nothing has come", point=True
)
it.wrong("last batch", {"norm.momentum = None": "norm.momentum = 1.0"}, says="Only the last batch counts", point=True)
it.wrong(
    "first batch", {"for z, y in draws:": "for z, y in draws[:1]:"}, says="Only the first batch counts", point=True
)
it.wrong("stays in training mode", {"G.eval()": "pass"}, says="should be in evaluation mode")
it.wrong("mode untouched", {"G.train()": "pass", "G.eval()": "pass"}, says="should be in evaluation mode")
it.wrong("reset each time", {"G(z, y)": "[norm.reset_running_stats() for norm in norms]\nG(z, y)"},
         says="Only the last batch counts", point=True)  # fmt: skip
it.wrong("2d alone", {"nn.modules.batchnorm._BatchNorm": "nn.BatchNorm2d"}, says="running_mean becomes", point=True)
it.wrong("children alone", {"G.modules()": "G.children()"}, says="running_mean becomes", point=True)
it.wrong("all at once", {"for z, y in draws:\n    G(z, y)": (
    "G(torch.cat([z for z, _ in draws]), torch.cat([y for _, y in draws]))"
)}, says="running_mean becomes", point=True)  # fmt: skip
it.wrong("layers one after the other", {"G.train()": (
    "G.eval()\nfor norm in norms:\n    norm.train()\n    with torch.no_grad():\n        for z, y in draws:\n"
    "            G(z, y)\n    norm.eval()\nG.eval()\nreturn"
)}, says="running_mean becomes", point=True)  # fmt: skip
it.wrong("another class", {"G(z, y)": "G(z, 0 * y)"}, says="which is not right", point=True)
it.wrong("learns by the way", {"with torch.no_grad():\n    for z, y in draws:\n        G(z, y)": (
    "for z, y in draws:\n    G(z, y).sum().backward()"
)}, says="Gradients are left")  # fmt: skip
it.wrong("scales reset", {RESET: "norm.reset_parameters()\nnorm.reset_running_stats()",
         "G.eval()": "G.eval()\nfor p in G.parameters():\n    p.data.mul_(1.01)"}, says="they change")  # fmt: skip
it.excused = {
    "`with torch.no_grad(): …` → `for z, y in draws: …`": "a graph that nobody keeps",
    "`for norm, momentum in zip(norms, before, strict=True): …` → `for norm, momentum in zip(norms, before, strict=True): …`": "how fast averages run later is not asked",
    "`for norm, momentum in zip(norms, before, strict=True): …` → nothing": "how fast averages run later is not asked",
    "`norm.momentum = momentum` → nothing": "how fast averages run later is not asked",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("keep_variety")

it.earns("gold", "as in the lesson")
it.earns("gold", "a fit to random looks alone", """
    z = torch.randn(290, 12)
    y = torch.tensor(look(z))
    u = torch.linalg.eigh((z.T * (y - y.mean())) @ z)[1][:, -1].clone().requires_grad_()
    opt = torch.optim.Adam([u], lr=0.05)
    for k in range(90):
        far = (z @ (u / u.norm())).abs() - 1
        p = 0.15 + 0.7 * torch.sigmoid(far / (0.35 - 0.003 * k))
        loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    u = (u / u.norm()).detach()
    z = torch.randn(4000, 12)
    return z[(z @ u).abs() < 0.88][:1000]
    """)  # fmt: skip
it.earns("gold", "by LBFGS, sharper and sharper", """
    def fitted(z, y, u):
        u = u.clone().requires_grad_()
        for width in (0.35, 0.2, 0.1, 0.06):
            opt = torch.optim.LBFGS([u], max_iter=12, line_search_fn="strong_wolfe")

            def closure():
                opt.zero_grad()
                p = 0.15 + 0.7 * torch.sigmoid(((z @ F.normalize(u, dim=0)).abs() - 1) / width)
                loss = F.binary_cross_entropy(p, y)
                loss.backward()
                return loss

            opt.step(closure)
        return F.normalize(u.detach(), dim=0)

    z = torch.randn(160, 12)
    y = torch.tensor(look(z))
    u = fitted(z, y, torch.linalg.eigh((z.T * (y - y.mean())) @ z)[1][:, -1])
    more = torch.randn(800, 12)
    more = more[((more @ u).abs() - 1).abs().argsort()[:135]]
    u = fitted(torch.cat([z, more]), torch.cat([y, torch.tensor(look(more))]), u)
    z = torch.randn(4000, 12)
    return z[(z @ u).abs() < 0.92][:1000]
    """)  # fmt: skip
it.earns(
    "silver",
    "second moments",
    """
    z = torch.randn(1900, 12)
    broken = torch.tensor(look(z))
    moments = (z.T * (broken - broken.mean())) @ z
    u = torch.linalg.eigh(moments)[1][:, -1]
    z = torch.randn(4000, 12)
    return z[(z @ u).abs() < 0.93][:1000]
    """,
)
it.earns(
    "bronze",
    "five looks at each",
    """
    z = torch.randn(1800, 12)
    votes = torch.tensor(look(z.repeat(5, 1))).view(5, -1).sum(0)
    return z[votes < 2.5][:1000]
    """,
)
it.wrong("nobody looks", "return torch.randn(1000, 12)", says="may be broken")
it.wrong("pulled to the middle", "return 0.4 * torch.randn(1000, 12)", says="Variety is lost")
it.wrong("drawn again beyond a half", """
    z = torch.randn(1000, 12)
    while (outside := z.abs() > 0.7).any():
        z[outside] = torch.randn(int(outside.sum()))
    return z
    """, says="Variety is lost")  # fmt: skip
it.wrong("one look at each", """
    z = torch.randn(3000, 12)
    return z[torch.tensor(look(z)) < 0.5][:1000]
    """, says="may be broken")  # fmt: skip
it.wrong("zeros", "return torch.zeros(1000, 12)", says="Variety is lost")
it.wrong("a fine one, a thousand times", "return 0.1 * torch.randn(1, 12).repeat(1000, 1)", says="Variety is lost")
it.wrong("first moments", """
    z = torch.randn(1900, 12)
    broken = torch.tensor(look(z))
    u = F.normalize(z[broken > 0.5].mean(0), dim=0)
    z = torch.randn(5000, 12)
    return z[(z @ u).abs() < 1][:1000]
    """, says="may be broken")  # fmt: skip
it.wrong("without end", """
    while True:
        look(torch.randn(1000, 12))
    """, says="You have more than")  # fmt: skip
it.wrong("too few", "return torch.randn(500, 12)", says="1,000 z of 12 numbers")
it.wrong("eleven numbers", "return torch.tensor(look(torch.randn(10, 11)))", says="takes z of shape")
it.wrong("a list", "return look([[0.0] * 12])", says="a tensor")
it.wrong("too narrow along u", """
    z = torch.randn(1900, 12)
    broken = torch.tensor(look(z))
    moments = (z.T * (broken - broken.mean())) @ z
    u = torch.linalg.eigh(moments)[1][:, -1]
    z = torch.randn(1000, 12)
    return z - (z @ u)[:, None] * u
    """, says="Variety is lost")  # fmt: skip
