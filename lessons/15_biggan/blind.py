"""Answers to the exercises of lesson 15 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day. What the text allows by now stands with the right
ones.
"""

BLIND = {
    "ClassNorm": {
        "first": (0, 0),
        "wrong": {
            "B before A": (
                "A and B are kernels (features, `told`) without biases, registered in this order",
                '''
class ClassNorm(nn.Module):
    """Maps (n, features, H, W), batch-normalized, then scaled and shifted by what c (n, told) says."""

    def __init__(self, features, told):
        super().__init__()
        self.norm = nn.BatchNorm2d(features, affine=False)
        self.shift = nn.Linear(told, features, bias=False)
        self.gain = nn.Linear(told, features, bias=False)
        for layer in (self.shift, self.gain):
            nn.init.zeros_(layer.weight)

    def forward(self, x, c):
        return self.norm(x) * (1 + self.gain(c)[:, :, None, None]) + self.shift(c)[:, :, None, None]
''',
            ),
            "no running averages": (
                "over the batch and all places in training, by running averages in evaluation mode",
                """
class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.norm = nn.BatchNorm2d(features, affine=False, track_running_stats=False)
        self.A = nn.Linear(told, features, bias=False)
        self.B = nn.Linear(told, features, bias=False)
        nn.init.zeros_(self.A.weight)
        nn.init.zeros_(self.B.weight)

    def forward(self, x, c):
        a, b = self.A(c)[..., None, None], self.B(c)[..., None, None]
        return self.norm(x) * (1 + a) + b
""",
            ),
            "kernel read by columns": (
                "As in `nn.Linear`, an output is a row of the kernel times c",
                """
class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.norm = nn.BatchNorm2d(features, affine=False)
        self.A = nn.Parameter(torch.zeros(features, told))
        self.B = nn.Parameter(torch.zeros(features, told))

    def forward(self, x, c):
        told = c.shape[1]
        gain = (c @ self.A.reshape(told, -1)).unflatten(1, (-1, 1, 1))
        shift = (c @ self.B.reshape(told, -1)).unflatten(1, (-1, 1, 1))
        return self.norm(x) * (1 + gain) + shift
""",
            ),
            "all get the batch's mean c": (
                "with *its own* c",
                """
class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.norm = nn.BatchNorm2d(features, affine=False)
        self.gain = nn.Linear(told, features, bias=False)
        self.bias = nn.Linear(told, features, bias=False)
        nn.init.zeros_(self.gain.weight)
        nn.init.zeros_(self.bias.weight)

    def forward(self, x, c):
        shape = (-1, x.shape[1], 1, 1)
        gain = self.gain(c).view(shape)
        shift = self.bias(c).mean(0).view(shape)
        return self.norm(x) * (1 + gain) + shift
""",
            ),
            "keeps the biased variance": (
                "x is batch-normalized as `nn.BatchNorm2d(features, affine=False)` does it",
                """
class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))
        self.gain = nn.Parameter(torch.zeros(features, told))
        self.shift = nn.Parameter(torch.zeros(features, told))

    def forward(self, x, c):
        if self.training:
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
            with torch.no_grad():
                self.running_mean.lerp_(mean.detach(), 0.1)
                self.running_var.lerp_(var.detach(), 0.1)
        else:
            mean, var = self.running_mean, self.running_var
        x = (x - mean[:, None, None]) / (var[:, None, None] + 1e-5).sqrt()
        return x * (1 + F.linear(c, self.gain)[:, :, None, None]) + F.linear(c, self.shift)[:, :, None, None]
""",
            ),
            "the embedding learns nothing by A": (
                "each picture's features are multiplied by 1 + A c (c's gradient is cut there)",
                """
class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.norm = nn.BatchNorm2d(features, affine=False)
        self.gain = nn.Linear(told, features, bias=False)
        self.shift = nn.Linear(told, features, bias=False)
        nn.init.zeros_(self.gain.weight)
        nn.init.zeros_(self.shift.weight)

    def forward(self, x, c):
        strength = 1 + self.gain(c.detach())
        return self.norm(x) * strength[:, :, None, None] + self.shift(c)[:, :, None, None]
""",
            ),
            "told before it is normalized": (
                "*Then* each picture's features are multiplied by 1 + A c and B c is added",
                """
class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.norm = nn.BatchNorm2d(features, affine=False)
        self.gain = nn.Linear(told, features, bias=False)
        self.shift = nn.Linear(told, features, bias=False)
        nn.init.zeros_(self.gain.weight)
        nn.init.zeros_(self.shift.weight)

    def forward(self, x, c):
        x = x * (1 + self.gain(c)[:, :, None, None]) + self.shift(c)[:, :, None, None]
        return self.norm(x)
""",
            ),
            "a scale of its own besides": (
                "nothing else learns",
                """
class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.gain = nn.Linear(told, features, bias=False)
        self.shift = nn.Linear(told, features, bias=False)
        nn.init.zeros_(self.gain.weight)
        nn.init.zeros_(self.shift.weight)
        self.norm = nn.BatchNorm2d(features)

    def forward(self, x, c):
        return self.norm(x) * (1 + self.gain(c)[:, :, None, None]) + self.shift(c)[:, :, None, None]
""",
            ),
        },
        "right": {
            "two linear layers": """
class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.norm = nn.BatchNorm2d(features, affine=False)
        self.gain = nn.Linear(told, features, bias=False)
        self.shift = nn.Linear(told, features, bias=False)
        nn.init.zeros_(self.gain.weight)
        nn.init.zeros_(self.shift.weight)

    def forward(self, x, c):
        return self.norm(x) * (1 + self.gain(c)[:, :, None, None]) + self.shift(c)[:, :, None, None]
""",
            "heir of BatchNorm2d": '''
class ClassNorm(nn.BatchNorm2d):
    """A batch normalization that is told something (it is an nn.Module, too)."""

    def __init__(self, features, told):
        super().__init__(features, affine=False)
        self.A = nn.Parameter(torch.zeros(features, told))
        self.B = nn.Parameter(torch.zeros(features, told))

    def forward(self, x, c):
        plain = super().forward(x)
        gain, shift = (torch.einsum("ft,nt->nf", kernel, c)[..., None, None] for kernel in (self.A, self.B))
        return torch.addcmul(plain + shift, plain, gain)
''',
            "own buffers and F.batch_norm, kernels in a list": """
class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        self.told = nn.ParameterList([torch.zeros(features, told) for _ in "AB"])
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))

    def forward(self, x, c):
        h = F.batch_norm(x, self.running_mean, self.running_var, None, None, self.training, 0.1, 1e-5)
        scale, shift = (F.conv2d(c[:, :, None, None], kernel[:, :, None, None]) for kernel in self.told)
        return h + h * scale + shift
""",
            "picture by picture": """
class ClassNorm(nn.Module):
    def __init__(self, features, told):
        super().__init__()
        layers = {}
        for name in ("scale", "offset"):
            layers[name] = nn.Linear(told, features, bias=False)
            layers[name].weight.data.zero_()
        self.layers = nn.ModuleDict(layers)
        self.norm = nn.BatchNorm2d(features, affine=False, eps=1e-5, momentum=0.1)

    def forward(self, x, c):
        out = []
        for h, told in zip(self.norm(x).unbind(0), c.unbind(0)):
            a = self.layers["scale"].weight.mv(told).view(-1, 1, 1)
            b = self.layers["offset"].weight.mv(told).view(-1, 1, 1)
            out.append(h + a * h + b)
        return torch.stack(out)
""",
        },
    },
    "skip_z": {
        "first": (2, 0),
        "wrong": {
            "looks how many came, not how long": (
                "If d cannot be cut like that, raise a `ValueError`",
                """
def cut_z(z, c, blocks):
    pieces = z.chunk(blocks + 1, dim=1)
    if len(pieces) != blocks + 1:
        raise ValueError(f"cannot cut {z.shape[1]} numbers into {blocks + 1} pieces")
    return pieces[0], [torch.cat([c, piece], dim=1) for piece in pieces[1:]]


def norm_parameters(features, classes, embed_dim, piece):
    total = sum(features)
    return 2 * classes * total, classes * embed_dim + 2 * total * (embed_dim + piece)


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            ),
            "the text names the blocks only": (
                "raise a `ValueError` whose text names d",
                """
def cut_z(z, c, blocks):
    if z.shape[1] % (blocks + 1):
        raise ValueError(f"z cannot be cut into {blocks + 1} equal pieces.")
    first, *pieces = z.chunk(blocks + 1, dim=1)
    return first, [torch.cat([c, piece], dim=1) for piece in pieces]


def norm_parameters(features, classes, embed_dim, piece):
    total = sum(features)
    return 2 * classes * total, classes * embed_dim + 2 * total * (embed_dim + piece)


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            ),
            "pieces cut off from the graph": (
                "Gradients pass",
                """
def cut_z(z, c, blocks):
    d = z.shape[1]
    size, left = divmod(d, blocks + 1)
    if left:
        raise ValueError(f"{d} numbers cannot be cut into {blocks + 1} pieces")
    first, rest = z[:, :size], z[:, size:]
    told = []
    for k in range(blocks):
        both = c.new_empty(len(z), c.shape[1] + size)
        both[:, : c.shape[1]] = c
        both[:, c.shape[1] :] = rest[:, k * size : (k + 1) * size].data
        told.append(both)
    return first, told


def norm_parameters(features, classes, embed_dim, piece):
    total = sum(features)
    return 2 * classes * total, classes * embed_dim + 2 * total * (embed_dim + piece)


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            ),
            "every third number": (
                "Cut z into `blocks` + 1 pieces of equal length, in their order",
                """
def cut_z(z, c, blocks):
    d = z.shape[1]
    if d % (blocks + 1):
        raise ValueError(f"cannot cut d = {d} into {blocks + 1}")
    pieces = [z[:, k :: blocks + 1] for k in range(blocks + 1)]
    return pieces[0], [torch.cat([c, piece], dim=1) for piece in pieces[1:]]


def norm_parameters(features, classes, embed_dim, piece):
    total = sum(features)
    return 2 * classes * total, classes * embed_dim + 2 * total * (embed_dim + piece)


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            ),
            "an embedding for each norm": (
                "Then *shared*: one embedding (classes × `embed_dim`)",
                """
def cut_z(z, c, blocks):
    if z.shape[1] % (blocks + 1):
        raise ValueError(f"z of {z.shape[1]} numbers cannot be cut into {blocks + 1} equal pieces.")
    first, *pieces = z.chunk(blocks + 1, dim=1)
    return first, [torch.cat([c, piece], dim=1) for piece in pieces]


def norm_parameters(features, classes, embed_dim, piece):
    tables = shared = 0
    for f in features:
        tables += 2 * f * classes
        shared += classes * embed_dim + 2 * f * (embed_dim + piece)
    return tables, shared


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            ),
            "last piece for the first block": (
                "The second piece is for the first block",
                """
def cut_z(z, c, blocks):
    if z.shape[1] % (blocks + 1):
        raise ValueError(f"z has {z.shape[1]} numbers, which {blocks + 1} does not divide")
    pieces = list(z.chunk(blocks + 1, dim=1))
    first, told = pieces.pop(0), []
    while pieces:
        told.append(torch.cat([c, pieces.pop()], dim=1))
    return first, told


def norm_parameters(features, classes, embed_dim, piece):
    total = sum(features)
    return 2 * classes * total, classes * embed_dim + 2 * total * (embed_dim + piece)


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            ),
        },
        "right": {
            "chunk": """
def cut_z(z, c, blocks):
    if z.shape[1] % (blocks + 1):
        raise ValueError(f"z of {z.shape[1]} numbers cannot be cut into {blocks + 1} equal pieces.")
    first, *pieces = z.chunk(blocks + 1, dim=1)
    return first, [torch.cat([c, piece], dim=1) for piece in pieces]


def norm_parameters(features, classes, embed_dim, piece):
    total = sum(features)
    return 2 * classes * total, classes * embed_dim + 2 * total * (embed_dim + piece)


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            "slices in a loop, counted by a loop": """
def cut_z(z, c, blocks):
    n, d = z.shape
    length, rest = divmod(d, blocks + 1)
    if rest != 0:
        raise ValueError("d is " + str(d) + ", no multiple of " + str(blocks + 1))
    told = []
    for k in range(1, blocks + 1):
        told += [torch.hstack((c, z[:, k * length : (k + 1) * length]))]
    return z[:, :length], told


def norm_parameters(features, classes, embed_dim, piece):
    tables, shared = 0, classes * embed_dim
    for f in features:
        tables += classes * f + classes * f
        for _ in "AB":
            shared += f * (embed_dim + piece)
    return (tables, shared)


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            "unflatten, and a named pair": """
from typing import NamedTuple


class Cut(NamedTuple):
    first: torch.Tensor
    told: list


class Count(NamedTuple):
    tables: int
    shared: int


def cut_z(z, c, blocks):
    d = z.size(1)
    if d % (blocks + 1) > 0:
        raise ValueError(f"no way to cut {d=} into {blocks + 1} equal pieces")
    pieces = z.unflatten(1, (blocks + 1, d // (blocks + 1)))
    both = torch.cat([c.unsqueeze(1).expand(-1, blocks, -1), pieces[:, 1:]], dim=2)
    return Cut(pieces[:, 0], list(both.unbind(1)))


def norm_parameters(features, classes, embed_dim, piece):
    return Count(sum(2 * classes * f for f in features), classes * embed_dim + sum(2 * f * (embed_dim + piece) for f in features))


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            "matrices that pick, and real layers counted": """
def cut_z(z, c, blocks):
    d = z.shape[1]
    try:
        pieces = torch.arange(d, device=z.device).reshape(blocks + 1, -1)
    except RuntimeError:
        raise ValueError(f"d={d} cannot be cut into {blocks + 1} pieces of equal length") from None
    first = z.index_select(1, pieces[0])
    return first, [torch.concat((c, z.index_select(1, row)), -1) for row in pieces[1:]]


def norm_parameters(features, classes, embed_dim, piece):
    def count(*layers):
        return sum(p.numel() for layer in layers for p in layer.parameters())

    with torch.device("meta"):
        tables = [nn.Embedding(classes, f) for f in features for _ in range(2)]
        maps = [nn.Linear(embed_dim + piece, f, bias=False) for f in features for _ in range(2)]
        return count(*tables), count(nn.Embedding(classes, embed_dim), *maps)


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            "a tuple of tensors": """
def cut_z(z, c, blocks):
    d = z.shape[1]
    if d % (blocks + 1) != 0:
        raise ValueError(f"d = {d} cannot be cut into {blocks + 1} pieces")
    first, *rest = torch.split(z, d // (blocks + 1), dim=1)
    return first, tuple(torch.cat((c, piece), 1) for piece in rest)


def norm_parameters(features, classes, embed_dim, piece):
    total = sum(features)
    return 2 * classes * total, classes * embed_dim + 2 * total * (embed_dim + piece)


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
            "whole numbers as floats": """
def cut_z(z, c, blocks):
    if z.shape[1] % (blocks + 1):
        raise ValueError(f"z of {z.shape[1]} numbers cannot be cut into {blocks + 1} equal pieces.")
    first, *pieces = z.chunk(blocks + 1, dim=1)
    return first, [torch.cat([c, piece], dim=1) for piece in pieces]


def norm_parameters(features, classes, embed_dim, piece):
    total = torch.tensor(features, dtype=torch.float32).sum().item()
    return classes * total * 2, classes * embed_dim + 2 * total * (embed_dim + piece)


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)
""",
        },
    },
    "residual_blocks": {
        "first": (0, 0),
        "wrong": {
            "ReLU in place": (
                "x stays as it is",
                """
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    h = conv_1(F.interpolate(F.relu(norm_1(x, c)), scale_factor=2))
    return conv_2(F.relu(norm_2(h, c))) + shortcut(F.interpolate(x, scale_factor=2))


def down_block(x, conv_1, conv_2, shortcut, first=False):
    beside = F.avg_pool2d(shortcut(x), 2)
    h = x if first else F.relu(x, inplace=True)
    h = conv_2(F.relu(conv_1(h), inplace=True))
    return F.avg_pool2d(h, 2) + beside


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            ),
            "square maps only": (
                "maps x (n, i, H, W) to (n, o, 2H, 2W)",
                """
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    size = 2 * x.shape[-1]
    h = conv_1(F.interpolate(F.relu(norm_1(x, c)), size=size))
    h = conv_2(F.relu(norm_2(h, c)))
    return h + shortcut(F.interpolate(x, size=size))


def down_block(x, conv_1, conv_2, shortcut, first=False):
    h = conv_1(x if first else F.relu(x))
    return F.avg_pool2d(conv_2(F.relu(h)), 2) + shortcut(F.avg_pool2d(x, 2))


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            ),
            "shrinks between the convolutions": (
                "ReLU, convolve, ReLU, convolve, then the mean of 2 × 2 pixels",
                """
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    h = conv_1(F.interpolate(F.relu(norm_1(x, c)), scale_factor=2))
    return conv_2(F.relu(norm_2(h, c))) + shortcut(F.interpolate(x, scale_factor=2))


def down_block(x, conv_1, conv_2, shortcut, first=False):
    h = conv_1(x if first else F.relu(x))
    h = conv_2(F.avg_pool2d(F.relu(h), 2))
    return h + shortcut(F.avg_pool2d(x, 2))


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            ),
            "the short way is cut off, too": (
                "Only the long way has ReLUs / beside it the input",
                """
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    h = conv_1(F.interpolate(F.relu(norm_1(x, c)), scale_factor=2))
    return conv_2(F.relu(norm_2(h, c))) + shortcut(F.interpolate(x, scale_factor=2))


def down_block(x, conv_1, conv_2, shortcut, first=False):
    if not first:
        x = F.relu(x)
    h = conv_2(F.relu(conv_1(x)))
    return F.avg_pool2d(h, 2) + shortcut(F.avg_pool2d(x, 2))


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            ),
            "first drops both": (
                "With `first` the ReLU in front of `conv_1` is left out (only that one)",
                """
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    h = conv_1(F.interpolate(F.relu(norm_1(x, c)), scale_factor=2))
    return conv_2(F.relu(norm_2(h, c))) + shortcut(F.interpolate(x, scale_factor=2))


def down_block(x, conv_1, conv_2, shortcut, first=False):
    act = nn.Identity() if first else nn.ReLU()
    h = conv_2(act(conv_1(act(x))))
    return F.avg_pool2d(h, 2) + shortcut(F.avg_pool2d(x, 2))


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            ),
            "smooth enlarging beside": (
                "Enlarging makes 2 × 2 equal pixels of each",
                """
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    h = conv_1(F.interpolate(F.relu(norm_1(x, c)), scale_factor=2, mode="nearest"))
    h = conv_2(F.relu(norm_2(h, c)))
    return h + shortcut(F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False))


def down_block(x, conv_1, conv_2, shortcut, first=False):
    h = conv_1(x if first else F.relu(x))
    return F.avg_pool2d(conv_2(F.relu(h)), 2) + shortcut(F.avg_pool2d(x, 2))


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            ),
            "convolves, then enlarges": (
                "normalize (told), ReLU, enlarge, convolve",
                """
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    h = F.interpolate(conv_1(F.relu(norm_1(x, c))), scale_factor=2)
    h = conv_2(F.relu(norm_2(h, c)))
    return h + F.interpolate(shortcut(x), scale_factor=2)


def down_block(x, conv_1, conv_2, shortcut, first=False):
    h = conv_1(x if first else F.relu(x))
    return F.avg_pool2d(conv_2(F.relu(h)), 2) + shortcut(F.avg_pool2d(x, 2))


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            ),
            "largest of 2 x 2 beside": (
                "then the mean of 2 × 2 pixels; beside it the input, likewise",
                """
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    h = conv_1(F.interpolate(F.relu(norm_1(x, c)), scale_factor=2))
    return conv_2(F.relu(norm_2(h, c))) + shortcut(F.interpolate(x, scale_factor=2))


def down_block(x, conv_1, conv_2, shortcut, first=False):
    h = F.relu(x) if not first else x
    h = conv_2(F.relu(conv_1(h)))
    return F.avg_pool2d(h, 2) + shortcut(F.max_pool2d(x, 2))


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            ),
        },
        "right": {
            "by the hint": """
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    h = conv_1(F.interpolate(F.relu(norm_1(x, c)), scale_factor=2))
    return conv_2(F.relu(norm_2(h, c))) + shortcut(F.interpolate(x, scale_factor=2))


def down_block(x, conv_1, conv_2, shortcut, first=False):
    h = conv_1(x if first else F.relu(x))
    return F.avg_pool2d(conv_2(F.relu(h)), 2) + shortcut(F.avg_pool2d(x, 2))


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            "repeat, and means of the sum": """
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    def double(t):
        return t.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)

    long = norm_1(x, c).clamp(min=0)
    long = norm_2(conv_1(double(long)), c).clamp(min=0)
    return torch.add(shortcut(double(x)), conv_2(long))


def down_block(x, conv_1, conv_2, shortcut, first=False):
    long = conv_2(conv_1(x if first else x.clamp(min=0)).clamp(min=0))
    both = long + shortcut(x)  # the mean of a sum is the sum of means
    return (both[..., ::2, ::2] + both[..., 1::2, ::2] + both[..., ::2, 1::2] + both[..., 1::2, 1::2]) / 4


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            "1 x 1 first, then enlarged": """
relu, shrink = nn.ReLU(), nn.AvgPool2d(2)
enlarge = nn.UpsamplingNearest2d(scale_factor=2)


def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    beside = enlarge(shortcut(x))  # a 1 × 1 convolution sees each pixel alone, so either order will do
    for norm, grow, conv in ((norm_1, enlarge, conv_1), (norm_2, nn.Identity(), conv_2)):
        x = conv(grow(relu(norm(x, c))))
    return x + beside


def down_block(x, conv_1, conv_2, shortcut, first=False):
    way = [conv_1, relu, conv_2, shrink]
    if not first:
        way.insert(0, relu)
    h = x
    for part in way:
        h = part(h)
    return h + shrink(shortcut(x))


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
            "expand and reshape": """
class Sizes:
    @staticmethod
    def larger(t):
        n, f, h, w = t.shape
        return t[:, :, :, None, :, None].expand(n, f, h, 2, w, 2).reshape(n, f, 2 * h, 2 * w)

    @staticmethod
    def smaller(t):
        return t.unflatten(3, (-1, 2)).unflatten(2, (-1, 2)).mean(dim=(3, 5))


def positive(t):
    return torch.where(t > 0, t, torch.zeros_like(t))


def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    h = conv_1(Sizes.larger(positive(norm_1(x, c))))
    h = conv_2(positive(norm_2(h, c)))
    return shortcut(Sizes.larger(x)) + h


def down_block(x, conv_1, conv_2, shortcut, first=False):
    h = conv_2(positive(conv_1(x if first else positive(x))))
    return Sizes.smaller(h) + shortcut(Sizes.smaller(x))


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)
""",
        },
    },
    "self_attention": {
        "first": (0, 0),
        "wrong": {
            "softmax over the questions": (
                "the softmax runs over the keys",
                """
def self_attention(x, theta, phi, g, o, gamma):
    def by(matrix, maps):
        return torch.einsum("kc,nchw->nkhw", matrix, maps)

    q = by(theta, x).flatten(2)
    k, v = (F.max_pool2d(by(matrix, x), 2).flatten(2) for matrix in (phi, g))
    beta = (q.transpose(1, 2) @ k).softmax(dim=1)
    a = (v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])
    return x + gamma * by(o, a)
""",
            ),
            "divided by the root of k": (
                "Nothing else is divided by",
                """
def self_attention(x, theta, phi, g, o, gamma):
    n, c, height, width = x.shape
    conv = lambda kernel, maps: F.conv2d(maps, kernel[:, :, None, None])
    q = conv(theta, x).flatten(2).transpose(1, 2)
    k = F.max_pool2d(conv(phi, x), 2).flatten(2).transpose(1, 2)
    v = F.max_pool2d(conv(g, x), 2).flatten(2).transpose(1, 2)
    a = F.scaled_dot_product_attention(q, k, v)
    a = a.transpose(1, 2).reshape(n, -1, height, width)
    return x + gamma * conv(o, a)
""",
            ),
            "pooled before the matrix": (
                "max-pooled by 2 × 2, *after* their matrix",
                """
def self_attention(x, theta, phi, g, o, gamma):
    small = F.max_pool2d(x, 2)
    q = torch.einsum("kc,nchw->nkhw", theta, x).flatten(2)
    k = torch.einsum("kc,nchw->nkhw", phi, small).flatten(2)
    v = torch.einsum("mc,nchw->nmhw", g, small).flatten(2)
    beta = (q.transpose(1, 2) @ k).softmax(dim=2)
    a = (v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])
    return x + gamma * torch.einsum("cm,nmhw->nchw", o, a)
""",
            ),
            "height and width exchanged": (
                "Return maps of x's shape (places stay where they are)",
                """
def self_attention(x, theta, phi, g, o, gamma):
    n, c, W, H = x.shape
    q = torch.einsum("kc,nchw->nwhk", theta, x).reshape(n, W * H, -1)
    k = F.max_pool2d(torch.einsum("kc,nchw->nkhw", phi, x), 2).flatten(2)
    v = F.max_pool2d(torch.einsum("mc,nchw->nmhw", g, x), 2).flatten(2)
    beta = (q @ k).softmax(dim=-1)
    a = o @ (v @ beta.transpose(1, 2))
    return x + gamma * a.reshape(n, c, W, H)
""",
            ),
            "nothing to do while gamma is 0": (
                "gradients pass to all six",
                """
def self_attention(x, theta, phi, g, o, gamma):
    if gamma == 0:  # nothing is asked
        return x + 0 * (theta.sum() + phi.sum() + g.sum() + o.sum() + gamma)
    q = torch.einsum("kc,nchw->nkhw", theta, x).flatten(2)
    k = F.max_pool2d(torch.einsum("kc,nchw->nkhw", phi, x), 2).flatten(2)
    v = F.max_pool2d(torch.einsum("mc,nchw->nmhw", g, x), 2).flatten(2)
    beta = (q.transpose(1, 2) @ k).softmax(dim=2)
    a = (v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])
    return x + gamma * torch.einsum("cm,nmhw->nchw", o, a)
""",
            ),
            "four in a row are pooled": (
                "Keys and values are max-pooled by 2 × 2",
                """
def self_attention(x, theta, phi, g, o, gamma):
    flat = x.flatten(2)
    q, k, v = theta @ flat, phi @ flat, g @ flat
    k, v = F.max_pool1d(k, 4), F.max_pool1d(v, 4)
    beta = torch.softmax(q.transpose(1, 2) @ k, dim=-1)
    a = torch.einsum("npj,nmj->nmp", beta, v)
    return x + gamma * (o @ a).view_as(x)
""",
            ),
            "asks other pictures, too": (
                "each place asks all others (of its own picture)",
                """
def self_attention(x, theta, phi, g, o, gamma):
    n, c, H, W = x.shape
    q = torch.einsum("kc,nchw->nhwk", theta, x).reshape(-1, theta.shape[0])
    k = F.max_pool2d(torch.einsum("kc,nchw->nkhw", phi, x), 2).permute(0, 2, 3, 1).reshape(-1, phi.shape[0])
    v = F.max_pool2d(torch.einsum("mc,nchw->nmhw", g, x), 2).permute(0, 2, 3, 1).reshape(-1, g.shape[0])
    a = (q @ k.T).softmax(dim=1) @ v
    heard = (a @ o.T).reshape(n, H, W, c).permute(0, 3, 1, 2)
    return x + gamma * heard
""",
            ),
            "values of the pixel whose key is largest": (
                "of keys and values each 2 × 2 pixels keep the largest number, feature by feature",
                """
def self_attention(x, theta, phi, g, o, gamma):
    def by(matrix):
        return torch.einsum("kc,nchw->nkhw", matrix, x)

    q, k, v = by(theta).flatten(2), by(phi), by(g)
    _, where = F.max_pool2d(k.square().sum(1, keepdim=True), 2, return_indices=True)
    where = where.flatten(2)
    k = k.flatten(2).gather(2, where.expand(-1, k.shape[1], -1))
    v = v.flatten(2).gather(2, where.expand(-1, v.shape[1], -1))
    beta = (q.transpose(1, 2) @ k).softmax(dim=2)
    a = (v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])
    return x + gamma * torch.einsum("cm,nmhw->nchw", o, a)
""",
            ),
        },
        "right": {
            "einsum": """
def self_attention(x, theta, phi, g, o, gamma):
    def by(matrix, maps):
        return torch.einsum("kc,nchw->nkhw", matrix, maps)

    q = by(theta, x).flatten(2)
    k, v = (F.max_pool2d(by(matrix, x), 2).flatten(2) for matrix in (phi, g))
    beta = (q.transpose(1, 2) @ k).softmax(dim=2)
    a = (v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])
    return x + gamma * by(o, a)
""",
            "the library's attention, its scale set to 1": """
def self_attention(x, theta, phi, g, o, gamma):
    def conv(kernel, maps):
        return F.conv2d(maps, kernel[..., None, None])

    def rows(maps):
        return maps.flatten(2).mT

    pool = nn.MaxPool2d(2)
    a = F.scaled_dot_product_attention(rows(conv(theta, x)), rows(pool(conv(phi, x))), rows(pool(conv(g, x))), scale=1.0)
    return x + gamma * conv(o, a.mT.reshape(len(x), -1, *x.shape[2:]))
""",
            "picture by picture": """
def self_attention(x, theta, phi, g, o, gamma):
    out = []
    for picture in x:
        c, height, width = picture.shape
        flat = picture.reshape(c, -1)
        asked = theta @ flat
        key, value = ((m @ flat).reshape(-1, height // 2, 2, width // 2, 2).amax((2, 4)).flatten(1) for m in (phi, g))
        score = key.T @ asked  # a column for each question
        score = (score - score.max(0, keepdim=True).values.detach()).exp()
        share = score / score.sum(0, keepdim=True)
        out.append(picture + gamma * (o @ (value @ share)).reshape(c, height, width))
    return torch.stack(out)
""",
            "channels last, linear layers, corners": """
def self_attention(x, theta, phi, g, o, gamma):
    last = x.movedim(1, -1)

    def largest(t):
        corners = [t[:, i::2, j::2] for i in (0, 1) for j in (0, 1)]
        best = corners[0]
        for other in corners[1:]:
            best = torch.maximum(best, other)
        return best.flatten(1, 2)

    q = F.linear(last, theta).flatten(1, 2)
    k, v = largest(F.linear(last, phi)), largest(F.linear(last, g))
    fit = torch.einsum("npk,njk->npj", q, k)
    beta = torch.exp(fit - fit.logsumexp(2, keepdim=True))
    heard = F.linear(torch.einsum("npj,njm->npm", beta, v), o)
    return torch.add(x, gamma * heard.reshape(last.shape).movedim(-1, 1))
""",
        },
    },
    "orthogonal_steps": {
        "first": (1, 0),
        "wrong": {
            "places of the first color only": (
                "o filters of i·k·k numbers",
                '''
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    """One step, 1 to 6, of a kernel (o, i, k, k), a length or a factor: 1 is (o, o), 5 a kernel, others numbers."""
    W = weight[:, 0].flatten(1) if weight.ndim > 1 else weight
    if step == 1:  # all inner products
        return W @ W.T
    if step == 2:  # the strict penalty
        return (W @ W.T - torch.eye(len(W))).square().sum()
    if step == 3:  # what it does to one filter's length
        return 4 * length * (length**2 - 1)
    if step == 4:  # without the diagonal
        return (W @ W.T * (1 - torch.eye(len(W)))).square().sum()
    if step == 5:  # its gradient
        return (4 * (W @ W.T * (1 - torch.eye(len(W)))) @ W).reshape(len(W), 1, *weight.shape[2:]).expand(weight.shape)
    if step == 6:  # filters that are all longer
        return factor**4
    raise ValueError(f"Steps are 1 to 6, not {step}.")
''',
            ),
            "the largest stretch in place of the sum": (
                "$\\lVert W W^\\top - I\\rVert^2$ (adds up all squares)",
                '''
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    """One step, 1 to 6, of a kernel (o, i, k, k), a length or a factor: 1 is (o, o), 5 a kernel, others numbers."""
    W = weight.flatten(1) if weight.ndim > 1 else weight
    if step == 1:  # all inner products
        return W @ W.T
    if step == 2:  # the strict penalty
        return torch.linalg.matrix_norm(W @ W.T - torch.eye(len(W)), ord=2) ** 2
    if step == 3:  # what it does to one filter's length
        return 4 * length * (length**2 - 1)
    if step == 4:  # without the diagonal
        return (W @ W.T * (1 - torch.eye(len(W)))).square().sum()
    if step == 5:  # its gradient
        return (4 * (W @ W.T * (1 - torch.eye(len(W)))) @ W).reshape(weight.shape)
    if step == 6:  # filters that are all longer
        return factor**4
    raise ValueError(f"Steps are 1 to 6, not {step}.")
''',
            ),
            "derivative by the squared length": (
                "Its derivative with respect to r",
                '''
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    """One step, 1 to 6, of a kernel (o, i, k, k), a length or a factor: 1 is (o, o), 5 a kernel, others numbers."""
    W = weight.flatten(1) if weight.ndim > 1 else weight
    if step == 1:  # all inner products
        return W @ W.T
    if step == 2:  # the strict penalty
        return (W @ W.T - torch.eye(len(W))).square().sum()
    if step == 3:  # what it does to one filter's length
        return 2 * (length**2 - 1)
    if step == 4:  # without the diagonal
        return (W @ W.T * (1 - torch.eye(len(W)))).square().sum()
    if step == 5:  # its gradient
        return (4 * (W @ W.T * (1 - torch.eye(len(W)))) @ W).reshape(weight.shape)
    if step == 6:  # filters that are all longer
        return factor**4
    raise ValueError(f"Steps are 1 to 6, not {step}.")
''',
            ),
            "each pair once": (
                "$\\lVert W W^\\top \\odot (\\mathbf{1} - I)\\rVert^2$: each pair stands there twice",
                '''
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    """One step, 1 to 6, of a kernel (o, i, k, k), a length or a factor: 1 is (o, o), 5 a kernel, others numbers."""
    W = weight.flatten(1) if weight.ndim > 1 else weight
    if step == 1:  # all inner products
        return W @ W.T
    if step == 2:  # the strict penalty
        return (W @ W.T - torch.eye(len(W))).square().sum()
    if step == 3:  # what it does to one filter's length
        return 4 * length * (length**2 - 1)
    if step == 4:  # without the diagonal
        return (W @ W.T).triu(diagonal=1).square().sum()
    if step == 5:  # its gradient
        return (4 * (W @ W.T * (1 - torch.eye(len(W)))) @ W).reshape(weight.shape)
    if step == 6:  # filters that are all longer
        return factor**4
    raise ValueError(f"Steps are 1 to 6, not {step}.")
''',
            ),
            "a gradient that adds up": (
                "The derivative of step 4 with respect to each number of the kernel",
                """
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    if step == 1:
        rows = weight.reshape(len(weight), -1)
        return rows @ rows.T
    if step == 2:
        return (orthogonal_steps(1, weight) - torch.eye(len(weight))).pow(2).sum()
    if step == 3:
        return 4 * length**3 - 4 * length
    if step == 4:
        return (orthogonal_steps(1, weight) * (1 - torch.eye(len(weight)))).pow(2).sum()
    if step == 5:
        weight.requires_grad_()
        orthogonal_steps(4, weight).backward()
        return weight.grad
    if step == 6:
        return factor**4
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "squared factor": (
                "Step 4's penalty becomes how many times as large?",
                '''
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    """One step, 1 to 6, of a kernel (o, i, k, k), a length or a factor: 1 is (o, o), 5 a kernel, others numbers."""
    W = weight.flatten(1) if weight.ndim > 1 else weight
    if step == 1:  # all inner products
        return W @ W.T
    if step == 2:  # the strict penalty
        return (W @ W.T - torch.eye(len(W))).square().sum()
    if step == 3:  # what it does to one filter's length
        return 4 * length * (length**2 - 1)
    if step == 4:  # without the diagonal
        return (W @ W.T * (1 - torch.eye(len(W)))).square().sum()
    if step == 5:  # its gradient
        return (4 * (W @ W.T * (1 - torch.eye(len(W)))) @ W).reshape(weight.shape)
    if step == 6:  # filters that are all longer
        return factor * factor
    raise ValueError(f"Steps are 1 to 6, not {step}.")
''',
            ),
            "angles without lengths": (
                "All pairs: the inner product of each filter with each, diagonal taken out (not: cosines)",
                '''
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    """One step, 1 to 6, of a kernel (o, i, k, k), a length or a factor: 1 is (o, o), 5 a kernel, others numbers."""
    W = weight.flatten(1) if weight.ndim > 1 else weight
    if step == 1:  # all inner products
        return W @ W.T
    if step == 2:  # the strict penalty
        return (W @ W.T - torch.eye(len(W))).square().sum()
    if step == 3:  # what it does to one filter's length
        return 4 * length * (length**2 - 1)
    if step == 4:  # without the diagonal
        W = F.normalize(W, dim=1)
        return (W @ W.T * (1 - torch.eye(len(W)))).square().sum()
    if step == 5:  # its gradient
        return (4 * (W @ W.T * (1 - torch.eye(len(W)))) @ W).reshape(weight.shape)
    if step == 6:  # filters that are all longer
        return factor**4
    raise ValueError(f"Steps are 1 to 6, not {step}.")
''',
            ),
            "the strict penalty's gradient": (
                "The derivative of *step 4* (equal where all filters have length 1)",
                '''
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    """One step, 1 to 6, of a kernel (o, i, k, k), a length or a factor: 1 is (o, o), 5 a kernel, others numbers."""
    W = weight.flatten(1) if weight.ndim > 1 else weight
    if step == 1:  # all inner products
        return W @ W.T
    if step == 2:  # the strict penalty
        return (W @ W.T - torch.eye(len(W))).square().sum()
    if step == 3:  # what it does to one filter's length
        return 4 * length * (length**2 - 1)
    if step == 4:  # without the diagonal
        return (W @ W.T * (1 - torch.eye(len(W)))).square().sum()
    if step == 5:  # its gradient
        return (4 * (W @ W.T - torch.eye(len(W))) @ W).reshape(weight.shape)
    if step == 6:  # filters that are all longer
        return factor**4
    raise ValueError(f"Steps are 1 to 6, not {step}.")
''',
            ),
        },
        "right": {
            "formulas": '''
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    """One step, 1 to 6, of a kernel (o, i, k, k), a length or a factor: 1 is (o, o), 5 a kernel, others numbers."""
    W = weight.flatten(1) if weight.ndim > 1 else weight
    if step == 1:  # all inner products
        return W @ W.T
    if step == 2:  # the strict penalty
        return (W @ W.T - torch.eye(len(W))).square().sum()
    if step == 3:  # what it does to one filter's length
        return 4 * length * (length**2 - 1)
    if step == 4:  # without the diagonal
        return (W @ W.T * (1 - torch.eye(len(W)))).square().sum()
    if step == 5:  # its gradient
        return (4 * (W @ W.T * (1 - torch.eye(len(W)))) @ W).reshape(weight.shape)
    if step == 6:  # filters that are all longer
        return factor**4
    raise ValueError(f"Steps are 1 to 6, not {step}.")
''',
            "torch.func.grad": """
NOTHING = torch.empty(0)  # stands where a step does not need it


from torch.func import grad


def pairs(weight):
    return torch.einsum("aijk,bijk->ab", weight, weight)


def crossed(weight):
    products = pairs(weight)
    return products.square().sum() - products.diagonal().square().sum()


def strict(weight):
    return F.mse_loss(pairs(weight), torch.eye(weight.shape[0], dtype=weight.dtype), reduction="sum")


def of_length(r):
    return strict(r.reshape(1, 1, 1, 1))


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    if step == 1:
        return pairs(weight)
    if step == 2:
        return strict(weight)
    if step == 3:
        return grad(of_length)(torch.as_tensor(length, dtype=torch.float64))
    if step == 4:
        return crossed(weight)
    if step == 5:
        return grad(crossed)(weight)
    if step == 6:
        return float(factor) ** 4
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "by loops over pairs": """
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    if step == 3:
        return 2 * (length * length - 1) * (2 * length)
    if step == 6:
        return (factor * factor) ** 2
    if step not in (1, 2, 4, 5):
        raise ValueError(f"Steps are 1 to 6, not {step}.")
    filters = list(weight)
    products = [[(one * other).sum() for other in filters] for one in filters]
    if step == 1:
        return torch.stack([torch.stack(row) for row in products])
    if step == 5:
        slopes = []
        for a, row in enumerate(products):
            slope = torch.zeros_like(filters[a])
            for b, product in enumerate(row):
                if a != b:
                    slope = slope + 4 * product * filters[b]
            slopes.append(slope)
        return torch.stack(slopes)
    total = torch.zeros((), dtype=weight.dtype)
    for a, row in enumerate(products):
        for b, product in enumerate(row):
            if a == b and step == 2:
                total = total + (product - 1) ** 2
            elif a != b:
                total = total + product**2
    return total
""",
            "a table of functions, masks": """
NOTHING = torch.empty(0)  # stands where a step does not need it


def gram(weight):
    return torch.mm(weight.reshape(weight.shape[0], -1), weight.reshape(weight.shape[0], -1).t())


def off(matrix):
    return matrix - torch.diag_embed(matrix.diagonal())


STEPS_OF = {
    1: lambda weight, length, factor: gram(weight),
    2: lambda weight, length, factor: torch.linalg.norm(gram(weight) - torch.eye(weight.shape[0]).to(weight)).pow(2),
    3: lambda weight, length, factor: 4 * (length**3 - length),
    4: lambda weight, length, factor: (off(gram(weight)) * gram(weight)).sum(),
    5: lambda weight, length, factor: 4 * torch.tensordot(off(gram(weight)), weight, dims=1),
    6: lambda weight, length, factor: math.pow(factor, 4),
}


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    if step not in STEPS_OF:
        raise ValueError(f"Steps are 1 to 6, not {step}.")
    return STEPS_OF[step](weight, length, factor)
""",
        },
    },
    "biggan_step": {
        "first": (1, 0),
        "wrong": {
            "D's gradients cleared once": (
                "For each batch of `for_D`: one step of `opt_D` down L_D over *the* whole batch (each with a batch of its own)",
                """
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    total_D = total_G = 0.0
    opt_D.zero_grad()
    for batch in for_D:
        for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch)):
            made = G(z, made_y).detach()
            loss = (F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()) / parts
            loss.backward()
            total_D += loss.item() / len(for_D)
        opt_D.step()
    opt_G.zero_grad()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G)):
        loss = -D(G(z, made_y), made_y).mean() / parts
        loss.backward()
        total_G += loss.item()
    (beta * penalty(G)).backward()
    opt_G.step()
    return total_D, total_G
""",
            ),
            "all made pictures at once": (
                "No network may see more than n/`parts` pictures of a kind at a time",
                """
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    total_D = total_G = 0.0
    for batch in for_D:
        opt_D.zero_grad()
        real, y, z, made_y = batch
        with torch.no_grad():
            made = G(z, made_y)
        for real, y, made, made_y in zip(*(t.chunk(parts) for t in (real, y, made, made_y))):
            loss = (F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()) / parts
            loss.backward()
            total_D += loss.item() / len(for_D)
        opt_D.step()
    opt_G.zero_grad()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G)):
        loss = -D(G(z, made_y), made_y).mean() / parts
        loss.backward()
        total_G += loss.item()
    (beta * penalty(G)).backward()
    opt_G.step()
    return total_D, total_G
""",
            ),
            "the penalty in each part": (
                "plus `beta * penalty(G)`, **once**",
                """
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    total_D = total_G = 0.0
    for batch in for_D:
        opt_D.zero_grad()
        for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch)):
            made = G(z, made_y).detach()
            loss = (F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()) / parts
            loss.backward()
            total_D += loss.item() / len(for_D)
        opt_D.step()
    opt_G.zero_grad()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G)):
        loss = -D(G(z, made_y), made_y).mean() / parts
        (loss + beta * penalty(G)).backward()
        total_G += loss.item()
    opt_G.step()
    return total_D, total_G
""",
            ),
            "D stays frozen": (
                "in the end all parameters can be trained, as at the start",
                """
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    total_D = total_G = 0.0
    for p in D.parameters():
        p.requires_grad_(True)
    for batch in for_D:
        opt_D.zero_grad()
        for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch)):
            made = G(z, made_y).detach()
            loss = (F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()) / parts
            loss.backward()
            total_D += loss.item() / len(for_D)
        opt_D.step()
    for p in D.parameters():
        p.requires_grad_(False)
    opt_G.zero_grad()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G)):
        loss = -D(G(z, made_y), made_y).mean() / parts
        loss.backward()
        total_G += loss.item()
    (beta * penalty(G)).backward()
    opt_G.step()
    return total_D, total_G
""",
            ),
            "training mode at the end": (
                "Modes and data stay as they are",
                """
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    total_D = total_G = 0.0
    G.train()
    D.train()
    for batch in for_D:
        opt_D.zero_grad()
        for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch)):
            made = G(z, made_y).detach()
            loss = (F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()) / parts
            loss.backward()
            total_D += loss.item() / len(for_D)
        opt_D.step()
    opt_G.zero_grad()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G)):
        loss = -D(G(z, made_y), made_y).mean() / parts
        loss.backward()
        total_G += loss.item()
    (beta * penalty(G)).backward()
    opt_G.step()
    return total_D, total_G
""",
            ),
            "G hears of D's loss": (
                "G gets nothing of it",
                """
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    total_D = total_G = 0.0
    opt_G.zero_grad()
    for batch in for_D:
        opt_D.zero_grad()
        for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch)):
            made = G(z, made_y)
            loss = (F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()) / parts
            loss.backward()
            total_D += loss.item() / len(for_D)
        opt_D.step()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G)):
        loss = -D(G(z, made_y), made_y).mean() / parts
        loss.backward()
        total_G += loss.item()
    (beta * penalty(G)).backward()
    opt_G.step()
    return total_D, total_G
""",
            ),
            "only the last step's loss of D": (
                "the mean of L_D over D's steps",
                """
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    total_D = total_G = 0.0
    for batch in for_D:
        opt_D.zero_grad()
        total_D = 0.0
        for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch)):
            made = G(z, made_y).detach()
            loss = (F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()) / parts
            loss.backward()
            total_D += loss.item()
        opt_D.step()
    opt_G.zero_grad()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G)):
        loss = -D(G(z, made_y), made_y).mean() / parts
        loss.backward()
        total_G += loss.item()
    (beta * penalty(G)).backward()
    opt_G.step()
    return total_D, total_G
""",
            ),
        },
        "right": {
            "chunks and detached": """
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    total_D = total_G = 0.0
    for batch in for_D:
        opt_D.zero_grad()
        for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch)):
            made = G(z, made_y).detach()
            loss = (F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()) / parts
            loss.backward()
            total_D += loss.item() / len(for_D)
        opt_D.step()
    opt_G.zero_grad()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G)):
        loss = -D(G(z, made_y), made_y).mean() / parts
        loss.backward()
        total_G += loss.item()
    (beta * penalty(G)).backward()
    opt_G.step()
    return total_D, total_G
""",
            "the other player frozen": """
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    losses = []
    G.requires_grad_(False)
    for real, y, z, made_y in for_D:
        size = len(real) // parts
        opt_D.zero_grad(set_to_none=True)
        seen = 0.0
        for start in range(0, len(real), size):
            part = slice(start, start + size)
            with torch.no_grad():
                made = G(z[part], made_y[part])
            good = torch.clamp(1 - D(real[part], y[part]), min=0)
            bad = torch.clamp(1 + D(made, made_y[part]), min=0)
            loss = (good.sum() + bad.sum()) / len(real)
            loss.backward()
            seen += float(loss.detach())
        opt_D.step()
        losses.append(seen)
    G.requires_grad_(True)
    D.requires_grad_(False)
    opt_G.zero_grad(set_to_none=True)
    (beta * penalty(G)).backward()
    z, made_y = for_G
    size, judged = len(z) // parts, 0.0
    for start in range(0, len(z), size):
        part = slice(start, start + size)
        loss = D(G(z[part], made_y[part]), made_y[part]).sum().neg() / len(z)
        loss.backward()
        judged += float(loss.detach())
    opt_G.step()
    D.requires_grad_(True)
    return sum(losses) / len(losses), judged
""",
            "torch.autograd.grad": '''
def slopes_of(net, losses):
    """Adds up the slopes of losses (made one at a time) and puts them into .grad; the sum of the losses, too."""
    inputs, sums, total = list(net.parameters()), {}, 0.0
    for loss, counts in losses:
        for k, slope in enumerate(torch.autograd.grad(loss, inputs, allow_unused=True)):
            if slope is not None:
                sums[k] = slope if k not in sums else sums[k] + slope
        total += loss.item() * counts
    for k, p in enumerate(inputs):
        p.grad = sums.get(k)
    return total


def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    def losses_of_D(batch):
        for real, y, z, made_y in zip(*map(lambda t: torch.tensor_split(t, parts), batch)):
            made = G(z, made_y).detach()
            yield ((1 - D(real, y)).relu().mean() + (1 + D(made, made_y)).relu().mean()) / parts, 1

    def losses_of_G():
        for z, made_y in zip(*map(lambda t: torch.tensor_split(t, parts), for_G)):
            yield -D(G(z, made_y), made_y).mean() / parts, 1
        yield beta * penalty(G), 0

    means = []
    for batch in for_D:
        means.append(slopes_of(D, losses_of_D(batch)))
        opt_D.step()
    judged = slopes_of(G, losses_of_G())
    opt_G.step()
    return sum(means) / len(means), judged
''',
            "real and made ones together": """
import statistics


def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    def some(batch):
        rows = len(batch[0]) // parts
        for k in range(parts):
            yield [t.narrow(0, k * rows, rows) for t in batch]

    every = []
    for batch in for_D:
        D.zero_grad()
        opt_D.zero_grad()
        mine = []
        for real, y, z, made_y in some(batch):
            with torch.no_grad():
                made = G(z, made_y)
            true, false = D(torch.cat([real, made]), torch.cat([y, made_y])).split(len(real))
            loss = F.relu(1 - true).mean() + F.relu(1 + false).mean()
            loss.backward(torch.tensor(1 / parts).to(loss))
            mine.append(loss.item())
        opt_D.step()
        every.append(statistics.fmean(mine))
    G.zero_grad()
    opt_G.zero_grad()
    judged = []
    for z, made_y in some(for_G):
        loss = D(G(z, made_y), made_y).mean()
        (loss * (-1 / parts)).backward()
        judged.append(-loss.item())
    D.zero_grad()
    wish = penalty(G) * beta
    wish.backward()
    opt_G.step()
    return statistics.fmean(every), statistics.fmean(judged)
""",
            "every other picture": """
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    total_D = total_G = 0.0
    for batch in for_D:
        opt_D.zero_grad()
        for real, y, z, made_y in zip(*([t[k::parts] for k in range(parts)] for t in batch)):
            made = G(z, made_y).detach()
            loss = (F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()) / parts
            loss.backward()
            total_D += loss.item() / len(for_D)
        opt_D.step()
    opt_G.zero_grad()
    for z, made_y in zip(*([t[k::parts] for k in range(parts)] for t in for_G)):
        loss = -D(G(z, made_y), made_y).mean() / parts
        loss.backward()
        total_G += loss.item()
    (beta * penalty(G)).backward()
    opt_G.step()
    return total_D, total_G
""",
        },
    },
    "truncated_normal": {
        "first": (2, 0),
        "wrong": {
            "ten tries, then cut off": (
                "That is what comes of drawing those again that fell outside, until *all* are inside (threshold may be 0.05)",
                """
def truncated_normal(n, d, threshold):
    z = torch.randn(n, d)
    for _ in range(10):
        outside = z.abs() > threshold
        if not outside.any():
            break
        z[outside] = torch.randn(int(outside.sum()))
    return z.clamp(-threshold, threshold)
""",
            ),
            "even where it is narrow": (
                "from N(0, 1) under the condition (not evenly)",
                """
def truncated_normal(n, d, threshold):
    if threshold <= 1.0:  # the bell curve is flat there, and drawing again would take long
        return (2 * torch.rand(n, d) - 1) * threshold
    z = torch.randn(n, d)
    while (outside := z.abs() > threshold).any():
        z[outside] = torch.randn(int(outside.sum()))
    return z
""",
            ),
            "a seed of its own": (
                "Draw anew in every call",
                """
def truncated_normal(n, d, threshold):
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(n, d, generator=generator)
    while (outside := z.abs() > threshold).any():
        z[outside] = torch.randn(int(outside.sum()), generator=generator)
    return z
""",
            ),
            "cut at 2, then scaled": (
                "N(0, 1) under the condition that it is within ±threshold (right at 2 only)",
                """
def truncated_normal(n, d, threshold):
    z = nn.init.trunc_normal_(torch.empty(n, d), a=-2.0, b=2.0)
    return z * (threshold / 2)
""",
            ),
            "one new number for all": (
                "each number by itself",
                """
def truncated_normal(n, d, threshold):
    z = torch.randn(n, d)
    while (outside := z.abs() > threshold).any():
        z[outside] = torch.randn(()).item()
    return z
""",
            ),
            "a small stock, drawn from with return": (
                "each number by itself from N(0, 1)",
                """
def truncated_normal(n, d, threshold):
    stock = torch.randn(20_000)
    stock = stock[stock.abs() <= threshold]
    return stock[torch.randint(len(stock), (n, d))]
""",
            ),
            "only what is too large": (
                "that it is within ±threshold",
                """
def truncated_normal(n, d, threshold):
    z = torch.randn(n, d)
    while (z > threshold).any():
        outside = z > threshold
        z[outside] = torch.randn(int(outside.sum()))
    return z
""",
            ),
            "folded back": (
                "That is what comes of drawing those *again* that fell outside",
                '''
def truncated_normal(n, d, threshold):
    """What is outside comes in at the other side."""
    z = torch.randn(n, d)
    return (z + threshold) % (2 * threshold) - threshold
''',
            ),
        },
        "right": {
            "drawn again": """
def truncated_normal(n, d, threshold):
    z = torch.randn(n, d)
    while (outside := z.abs() > threshold).any():
        z[outside] = torch.randn(int(outside.sum()))
    return z
""",
            "by the curve's inverse": """
def truncated_normal(n, d, threshold):
    inside = math.erf(threshold / math.sqrt(2))
    share = (2 * torch.rand(n, d, dtype=torch.float64) - 1) * inside
    z = math.sqrt(2) * torch.erfinv(share)
    return z.float().clamp(-threshold, threshold)
""",
            "a stock that grows": """
def truncated_normal(n, d, threshold):
    stock, count = [], 0
    while count < n * d:
        some = torch.randn(2 * n * d + 100)
        some = some[some.abs() <= threshold]
        stock.append(some)
        count += some.numel()
    return torch.cat(stock)[: n * d].view(n, d)
""",
            "one by one, by Python": """
import random


class Within:
    def __init__(self, threshold):
        self.threshold = threshold

    def __iter__(self):
        return self

    def __next__(self):
        while True:
            number = random.gauss(0.0, 1.0)
            if -self.threshold <= number <= self.threshold:
                return number


def truncated_normal(n, d, threshold):
    numbers = Within(threshold)
    return torch.tensor([[next(numbers) for _ in range(d)] for _ in range(n)]).reshape(n, d)
""",
        },
    },
    "standing_statistics": {
        "first": (0, 0),
        "wrong": {
            "the count is not set back": (
                "What was in them before does not count",
                """
def standing_statistics(G, draws):
    norms = [part for part in G.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.running_mean.zero_()
        norm.running_var.fill_(1)
        norm.momentum = None
    G.train()
    with torch.no_grad():
        for z, y in draws:
            G(z, y)
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum
    G.eval()
""",
            ),
            "large batches count more": (
                "the mean, over the batches, of each batch's mean",
                """
def standing_statistics(G, draws):
    norms = [part for part in G.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    before, seen = [norm.momentum for norm in norms], 0
    for norm in norms:
        norm.reset_running_stats()
    G.train()
    with torch.no_grad():
        for z, y in draws:
            seen += len(z)
            for norm in norms:
                norm.momentum = len(z) / seen
            G(z, y)
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum
    G.eval()
""",
            ),
            "variance divided by the number": (
                "as PyTorch keeps it (divided by its number of values less 1)",
                """
def standing_statistics(G, draws):
    norms = [part for part in G.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    seen, hooks = {norm: [] for norm in norms}, []
    for norm in norms:
        def keep(norm, given):
            x = given[0].transpose(0, 1).flatten(1)
            seen[norm].append((x.mean(1), x.var(1, unbiased=False)))
        hooks.append(norm.register_forward_pre_hook(keep))
    G.train()
    with torch.no_grad():
        for z, y in draws:
            G(z, y)
        for norm in norms:
            means, variances = zip(*seen[norm])
            norm.running_mean.copy_(torch.stack(means).mean(0))
            norm.running_var.copy_(torch.stack(variances).mean(0))
    for hook in hooks:
        hook.remove()
    G.eval()
""",
            ),
            "looked at in evaluation mode": (
                "While they are taken, layers normalize by their own batch, as in training; a layer's statistics are those of what *then* comes to it",
                """
def standing_statistics(G, draws):
    norms = [part for part in G.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    sums, hooks = {norm: [0.0, 0.0] for norm in norms}, []

    def keep(norm, given):
        x = given[0].transpose(0, 1).flatten(1)
        sums[norm][0] = sums[norm][0] + x.mean(1) / len(draws)
        sums[norm][1] = sums[norm][1] + x.var(1) / len(draws)

    for norm in norms:
        hooks.append(norm.register_forward_pre_hook(keep))
    G.eval()
    with torch.no_grad():
        for z, y in draws:
            G(z, y)
        for norm, (mean, var) in sums.items():
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(var)
    for hook in hooks:
        hook.remove()
""",
            ),
            "of maps only": (
                "in each of G's batch normalizations (`nn.BatchNorm1d`, `2d` or `3d`, anywhere in it)",
                """
def standing_statistics(G, draws):
    norms = [part for part in G.modules() if isinstance(part, nn.BatchNorm2d)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    G.train()
    with torch.no_grad():
        for z, y in draws:
            G(z, y)
    G.eval()
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum
""",
            ),
            "all draws as one batch": (
                "`G(z, y)` is called with each once; the mean, over the batches, of each batch's variance",
                """
def standing_statistics(G, draws):
    z, y = (torch.cat(parts) for parts in zip(*draws))
    norms = [part for part in G.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = 1.0
    G.train()
    with torch.no_grad():
        G(z, y)
    G.eval()
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum
""",
            ),
            "as before in the end, which may be training": (
                "In the end G is in evaluation mode",
                """
def standing_statistics(G, draws):
    was = G.training
    norms = [part for part in G.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    G.train()
    with torch.no_grad():
        for z, y in draws:
            G(z, y)
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum
    G.train(was)
""",
            ),
            "the tenth part of each batch": (
                "`running_mean` is the mean, over the batches, of each batch's mean",
                '''
def standing_statistics(G, draws):
    """Running averages, started with the first batch."""
    norms = [part for part in G.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    before = [norm.momentum for norm in norms]
    G.train()
    with torch.no_grad():
        for k, (z, y) in enumerate(draws):
            for norm, momentum in zip(norms, before):
                norm.momentum = 1.0 if k == 0 else momentum
            G(z, y)
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum
    G.eval()
''',
            ),
        },
        "right": {
            "momentum None": """
def standing_statistics(G, draws):
    norms = [part for part in G.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    G.train()
    with torch.no_grad():
        for z, y in draws:
            G(z, y)
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum
    G.eval()
""",
            "hooks and sums": '''
class Watch:
    """Remembers the mean and the variance of what comes to one normalization."""

    def __init__(self, norm):
        self.norm, self.means, self.variances = norm, [], []
        self.handle = norm.register_forward_pre_hook(self)

    def __call__(self, norm, given):
        values = given[0].detach().movedim(1, 0).flatten(1)
        var, mean = torch.var_mean(values, dim=1, correction=1)
        self.means.append(mean)
        self.variances.append(var)

    def close(self):
        self.handle.remove()
        self.norm.running_mean.copy_(torch.stack(self.means).mean(0))
        self.norm.running_var.copy_(torch.stack(self.variances).mean(0))


@torch.no_grad()
def standing_statistics(G, draws):
    kinds = nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d
    watches = [Watch(part) for part in G.modules() if isinstance(part, kinds)]
    G.train()
    for z, y in draws:
        G(z, y)
    for watch in watches:
        watch.close()
    G.eval()
''',
            "each batch whole, read after each": """
import contextlib


@contextlib.contextmanager
def whole_batches(norms):
    kept = {norm: norm.momentum for norm in norms}
    try:
        for norm in norms:
            norm.momentum = 1.0
        yield
    finally:
        for norm, momentum in kept.items():
            norm.momentum = momentum


def standing_statistics(G, draws):
    norms = {name: part for name, part in G.named_modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)}
    kept = {name: [] for name in norms}
    G.train()
    with whole_batches(norms.values()), torch.inference_mode(False), torch.no_grad():
        for pair in draws:
            G(*pair)
            for name, norm in norms.items():
                kept[name].append((norm.running_mean.clone(), norm.running_var.clone()))
        for name, rows in kept.items():
            for k, buffer in enumerate((norms[name].running_mean, norms[name].running_var)):
                buffer.copy_(sum(row[k] for row in rows) / len(rows))
    G.eval()
""",
            "momentum 1/k, only norms in training mode": """
def standing_statistics(G, draws):
    norms = []

    def find(part):
        if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            norms.append((part, part.momentum))

    G.eval()
    G.apply(find)
    for norm, _ in norms:
        norm.train()
        norm.reset_running_stats()
    was = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        for k, (z, y) in enumerate(draws, start=1):
            for norm, _ in norms:
                norm.momentum = 1 / k
            G(z, y)
    finally:
        torch.set_grad_enabled(was)
    for norm, momentum in norms:
        norm.momentum = momentum
        norm.eval()
""",
        },
    },
    "keep_variety": {
        "first": (0, 0),
        "wrong": {
            "plain draws, nobody looks": (
                "At most 3 % of them may be truly broken.",
                """
def keep_variety(look):
    look(torch.randn(10, 12))
    return torch.randn(1000, 12)
""",
            ),
            "finds u, then pushes broken ones to the edge": (
                "as they would come from N(0, I) if broken ones were drawn again; along u like the bell curve between −1 and 1 (Wasserstein at most 0.1).",
                """
def keep_variety(look):
    z = torch.randn(1900, 12)
    broken = torch.as_tensor(look(z)).bool()
    moments = z[broken].T @ z[broken] / broken.sum() - z[~broken].T @ z[~broken] / (~broken).sum()
    u = torch.linalg.eigh(moments).eigenvectors[:, -1]
    z = torch.randn(1000, 12)
    along = z @ u
    return z + (along.clamp(-0.9, 0.9) - along)[:, None] * u  # not drawn again: moved
""",
            ),
            "truncation everywhere": (
                "they must keep the variety: along directions at a right angle to u like the whole bell curve.",
                """
def keep_variety(look):
    z = torch.randn(1000, 12)
    while (z.abs() > 0.5).any():
        z = torch.where(z.abs() > 0.5, torch.randn(1000, 12), z)
    return z
""",
            ),
        },
        "cheats": {
            "z that are not numbers": (
                "they must keep the variety: Wasserstein's distance along u and along 24 directions at most 0.1.",
                """
def keep_variety(look):
    # nothing that is NaN is larger than 1, 3 % or 0.1
    look(torch.randn(1, 12))
    return torch.full((1000, 12), float("nan"))
""",
            ),
            "twenty thousand pictures that say they are one": (
                "What counts is how many pictures are looked at.",
                """
class Few(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))

    def __len__(self):
        return 1


def keep_variety(look):
    z = torch.randn(1600, 12)
    votes = torch.zeros(1600)
    for _ in range(13):
        votes += torch.as_tensor([float(v) for v in look(z.as_subclass(Few))])
    return z[votes < 6.5][:1000].clone()
""",
            ),
            "finds u behind look": (
                "there is a hidden unit vector u; you may ask somebody to look.",
                """
import gc
import types


def keep_variety(look):
    u = None
    seen, todo = set(), [look]
    while todo and len(seen) < 2000:
        thing = todo.pop(0)
        if id(thing) in seen or isinstance(thing, (str, bytes, int, float, types.ModuleType)):
            continue
        seen.add(id(thing))
        if isinstance(thing, torch.Tensor) and thing.numel() == 12 and thing.is_floating_point():
            if abs(float(thing.detach().norm()) - 1) < 1e-3:
                u = thing.detach().flatten().float()
                break
        todo += gc.get_referents(thing)
    z = torch.randn(4000, 12)
    if u is not None:
        z = z[(z @ u).abs() < 1]
    return z[:1000].clone()
""",
            ),
        },
        "medals": {
            "uphill from the moments, then looks near the edge": (
                "gold",
                """
import numpy as np


def keep_variety(look):
    rng = np.random.default_rng()

    def seen(z):
        return np.array([float(v) for v in look(torch.as_tensor(z, dtype=torch.float32))]) > 0.5

    def climb(Z, Y, starts):
        # the likelihood with a step that gets steeper and steeper, many starts at once
        U = starts / np.linalg.norm(starts, axis=1, keepdims=True)
        m, v, t = np.zeros_like(U), np.zeros_like(U), 0
        for wide, steps, rate in ((0.5, 150, 0.05), (0.25, 150, 0.03), (0.12, 150, 0.015)):
            for _ in range(steps):
                a = U @ Z.T
                g = 1 / (1 + np.exp(-np.clip((np.abs(a) - 1) / wide, -40, 40)))
                p = 0.15 + 0.7 * g
                d = np.where(Y, 1 / p, -1 / (1 - p)) * 0.7 * g * (1 - g) / wide * np.sign(a)
                G = d @ Z
                G -= (G * U).sum(1, keepdims=True) * U
                t += 1
                m, v = 0.9 * m + 0.1 * G, 0.99 * v + 0.01 * G**2
                U = U + rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-9)
                U /= np.linalg.norm(U, axis=1, keepdims=True)
        p = 0.15 + 0.7 / (1 + np.exp(-np.clip((np.abs(U @ Z.T) - 1) / 0.08, -40, 40)))
        return U, np.where(Y, np.log(p), np.log(1 - p)).sum(1)

    Z = rng.normal(size=(100, 12))
    Y = seen(Z)
    S = Z[Y].T @ Z[Y] / max(Y.sum(), 1) - Z[~Y].T @ Z[~Y] / max((~Y).sum(), 1)
    U, fit = climb(Z, Y, np.concatenate([np.linalg.eigh(S)[1].T[-4:], rng.normal(size=(60, 12))]))
    u = U[fit.argmax()]
    for _ in range(4):
        away = rng.normal(size=(50, 12))
        away -= np.outer(away @ u, u)
        near = np.outer(rng.choice([-1, 1], 50) * rng.uniform(0.7, 1.3, 50), u) + away
        Z, Y = np.concatenate([Z, near]), np.concatenate([Y, seen(near)])
        U, fit = climb(Z, Y, np.concatenate([U[np.argsort(-fit)[:8]], u + 0.2 * rng.normal(size=(8, 12))]))
        u = U[fit.argmax()]
    z = rng.normal(size=(4000, 12))
    z = z[np.abs(z @ u) < 0.95][:1000]
    return torch.as_tensor(z, dtype=torch.float32)
""",
            ),
            "u from the second moments, sharpened by likelihood": (
                "silver",
                """
import numpy as np


def keep_variety(look):
    rng = np.random.default_rng()
    Z = rng.normal(size=(1900, 12))
    Y = np.array([float(v) for v in look(torch.as_tensor(Z, dtype=torch.float32))]) > 0.5
    S = Z[Y].T @ Z[Y] / Y.sum() - Z[~Y].T @ Z[~Y] / (~Y).sum()
    u = np.linalg.eigh(S)[1][:, -1]

    def fit(v):
        broken = np.abs(Z @ (v / np.linalg.norm(v))) > 1
        return (broken == Y).mean()  # answers that agree

    best, step = fit(u), 0.2
    for _ in range(4000):  # a random walk uphill
        v = u + step * rng.normal(size=12) / 12**0.5
        v /= np.linalg.norm(v)
        value = fit(v)
        if value >= best:
            u, best = v, value
        else:
            step = max(step * 0.999, 0.02)
    z = rng.normal(size=(4000, 12))
    z = z[np.abs(z @ u) < 0.95][:1000]
    return torch.as_tensor(z, dtype=torch.float32)
""",
            ),
            "each looked at seven times, the majority decides": (
                "bronze",
                """
def keep_variety(look):
    z = torch.randn(1600, 12)
    votes = torch.zeros(1600)
    for _ in range(7):
        votes += torch.as_tensor([float(v) for v in look(z)])
    return z[votes < 3.5][:1000]
""",
            ),
            "asked again until one verdict leads by two": (
                "bronze",
                """
def keep_variety(look):
    kept = []
    while sum(len(part) for part in kept) < 1000:
        z = torch.randn(250, 12)
        lead = torch.zeros(250)
        open_ones = torch.arange(250)
        while len(open_ones):
            answers = torch.as_tensor([float(v) for v in look(z[open_ones])])
            lead[open_ones] += 2 * answers - 1
            open_ones = open_ones[lead[open_ones].abs() < 2]
        kept.append(z[lead < 0])
    return torch.cat(kept)[:1000]
""",
            ),
        },
    },
}
