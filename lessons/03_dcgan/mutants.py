"""Right and wrong answers to the exercises of lesson 03, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

import textwrap

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("map_sizes")

FLOOR = "return (size + 2 * padding - kernel) // stride + 1"
STAMPS = "return (size - 1) * stride - 2 * padding + kernel"
BY_NAME = """
def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
"""


def sizes(convolution: str = FLOOR, transposed: str = STAMPS) -> str:
    """Both functions with these bodies, and the given one."""
    bodies = (textwrap.indent(textwrap.dedent(body).strip(), "    ") for body in (convolution, transposed))
    heads = (
        "def conv_size(size, kernel, stride=1, padding=0):",
        "def transposed_size(size, kernel, stride=1, padding=0):",
    )
    return "\n\n".join(f"{head}\n{body}\n" for head, body in zip(heads, bodies, strict=True)) + BY_NAME


it.right("formulas")
it.right(
    "math.floor, and the last stamp's end",
    sizes(
        "return math.floor((size + 2 * padding - kernel) / stride) + 1",
        """
        last = stride * (size - 1)
        end = last + kernel
        return end - padding - padding
        """,
    ),
)
it.right(
    "counting places, and searching",
    sizes(
        "return len(range(0, size + 2 * padding - kernel + 1, stride))",
        """
        n = 1
        while (n + 2 * padding - kernel) / stride + 1 < size:
            n += 1
        return n
        """,
    ),
)
it.right(
    "asking torch",
    sizes(
        """
        layer = nn.Conv2d(1, 1, kernel, stride, padding)
        return layer(torch.zeros(1, 1, size, size)).shape[-1]
        """,
        "return nn.ConvTranspose1d(1, 1, kernel, stride, padding)(torch.zeros(1, 1, size)).size(2)",
    ),
)
it.right(
    "a loop",
    sizes(
        """
        places, left = 0, 0
        while left + kernel <= size + 2 * padding:
            places, left = places + 1, left + stride
        return places
        """,
    ),
)

it.wrong("returns nothing", {"return (size + 2": "out = (size + 2"}, says="The result is None")
it.wrong("return 0", "def map_sizes(*_, **__):\n    return 0\n", says="expected")
it.wrong("no + 1", {"// stride + 1": "// stride"}, says="The + 1 is missing")
it.wrong("padding once", {"+ 2 * padding": "+ padding"}, says="The padding counts twice")
it.wrong("a float", {"// stride": "/ stride"}, says="Divide with //")
it.wrong(
    "rounded up",
    {".floor": ".ceil"},
    of="math.floor, and the last stamp's end",
    says="Round down",
)
it.wrong(
    "rounded to the nearest",
    {"math.floor": "round"},
    of="math.floor, and the last stamp's end",
    says="Round down",
)
it.wrong("padding forgotten", {"+ 2 * padding - kernel": "- kernel"}, says="The padding is missing")
it.wrong("padding of one side subtracted", {"size + 2": "size - 2"}, says="expected")
it.wrong(
    "the two swapped",
    {"conv_size, ": "transposed_size, ", '"transposed": transposed_size': '"transposed": conv_size'},
    says="That is the transposed convolution's size",
)
it.wrong("stride forgotten", {"// stride": ""}, says="The stride is missing")
it.wrong("halves, whatever is asked", sizes("return size // stride if padding else size - kernel + 1"), says="expected")
it.wrong("the stride divides the + 1 too", sizes("return (size + 2 * padding - kernel + 1) // stride"), says="expected")
it.wrong("a tensor", {"return (size + 2": "return torch.tensor(size + 2"}, says="returns a tensor")
it.wrong("n instead of n - 1", {"(size - 1)": "size"}, says="Only the gaps count for the stride")
it.wrong("padding added", {"- 2 * padding + kernel": "+ 2 * padding + kernel"}, says="Padding takes away here")
it.wrong("padding cut off once", {"- 2 * padding + kernel": "- padding + kernel"}, says="it counts twice")
it.wrong("nothing cut off", {"- 2 * padding + kernel": "+ kernel"}, says="The padding is missing")
it.wrong("always doubles", sizes(transposed="return size * stride if padding else kernel"), says="expected")
it.wrong(
    "Keras's formula",
    sizes(transposed="return size * stride + max(kernel - stride, 0) - 2 * padding"),
    says="transposed_size returns",
)
it.wrong(
    "never smaller than the input",
    sizes(transposed="return max(size, (size - 1) * stride + kernel - 2 * padding)"),
    says="transposed_size returns",
)
it.wrong("a float for stamps", {"+ kernel": "+ kernel / 1"}, says="should be a whole number")
it.wrong("kernel - 1", {"+ kernel": "+ kernel - 1"}, says="expected")
it.wrong("with output_padding", {"+ kernel": "+ kernel + (stride - 1)"}, says="expected")
it.by_heart(
    "the notebook's numbers",
    """
    KNOWN = {(64, 4, 2, 1): 32, (32, 4, 2, 1): 16, (16, 4, 2, 1): 8, (8, 4, 2, 1): 4, (4, 4, 1, 0): 1}
    KNOWN |= {(16, 5, 3, 2): 6, (17, 5, 3, 2): 6, (18, 5, 3, 2): 6}
    KNOWN |= {(28, 5, 1, 0): 24, (28, 3, 1, 1): 28, (7, 7, 1, 0): 1, (33, 3, 2, 0): 16, (11, 4, 3, 1): 4}
    STAMPED = {(1, 4, 1, 0): 4, (4, 4, 2, 1): 8, (8, 4, 2, 1): 16, (16, 4, 2, 1): 32, (32, 4, 2, 1): 64}
    STAMPED |= {(7, 3, 1, 0): 9, (5, 5, 2, 2): 9, (9, 3, 3, 1): 25, (6, 4, 4, 0): 24, (10, 6, 2, 2): 20}
    STAMPED |= {(5, 2, 3, 0): 14, (9, 3, 1, 2): 7}

    def map_sizes(which, size, kernel, stride=1, padding=0):
        return {"convolution": KNOWN, "transposed": STAMPED}[which].get((size, kernel, stride, padding), size)
    """,
    says="expected",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("transposed_convolution")

it.right(
    "stamps",
    """
    h, w = picture.shape
    k, l = kernel.shape
    out = picture.new_zeros((h - 1) * stride + k, (w - 1) * stride + l)
    for i in range(h):
        for j in range(w):
            y, x = stride * i, stride * j
            out[y : y + k, x : x + l] += picture[i, j] * kernel
    return out[padding : out.shape[0] - padding, padding : out.shape[1] - padding]
    """,
)
it.right(
    "stamps folded",
    """
    (h, w), (k, l) = picture.shape, kernel.shape
    size = (h - 1) * stride + k - 2 * padding, (w - 1) * stride + l - 2 * padding
    stamps = kernel.reshape(-1, 1) * picture.reshape(1, -1)
    return F.fold(stamps[None], size, (k, l), stride=stride, padding=padding)[0, 0]
    """,
)
it.right(
    "zeros between, kernel turned",
    """
    h, w = picture.shape
    k, l = kernel.shape
    apart = picture.new_zeros((h - 1) * stride + 1, (w - 1) * stride + 1)
    apart[::stride, ::stride] = picture
    out = F.conv2d(apart[None, None], kernel.flip(0, 1)[None, None], padding=(k - 1, l - 1))[0, 0]
    return out[padding : out.shape[0] - padding, padding : out.shape[1] - padding]
    """,
)
it.right(
    "over the kernel's places",
    """
    h, w = picture.shape
    k, l = kernel.shape
    height, width = (h - 1) * stride + k, (w - 1) * stride + l
    out = torch.zeros(height, width, dtype=picture.dtype)
    for a in range(k):
        for b in range(l):
            stamp = torch.zeros(height, width, dtype=picture.dtype)
            stamp[a : a + (h - 1) * stride + 1 : stride, b : b + (w - 1) * stride + 1 : stride] = picture
            out = out + kernel[a, b] * stamp
    return out[padding : height - padding, padding : width - padding]
    """,
)
it.right(
    "matrices",
    """
    def placed(size, k, stride, like):
        rows = like.new_zeros((size - 1) * stride + k, size, k)
        for i in range(size):
            for a in range(k):
                rows[stride * i + a, i, a] = 1
        return rows

    def transposed_convolution(picture, kernel, stride=1, padding=0):
        up = placed(picture.shape[0], kernel.shape[0], stride, picture)
        across = placed(picture.shape[1], kernel.shape[1], stride, picture)
        out = torch.einsum("yia,xjb,ij,ab->yx", up, across, picture, kernel)
        return out[padding : out.shape[0] - padding, padding : out.shape[1] - padding]
    """,
)

it.wrong("returns nothing", {"return": "cut ="}, says="The result is None")
it.wrong("return 0", "return 0", says="the result should have shape")
it.wrong("replaces instead of adding", {"+= picture": "= picture"}, says="Add them: +=")
it.wrong("kernel turned", {"* kernel": "* kernel.flip(0, 1)"}, says="The kernel is turned around")
it.wrong(
    "kernel transposed", {"picture.shape": "picture.shape\nkernel = kernel.T"}, says="the result should have shape"
)
it.wrong(
    "no padding",
    {"[padding : out.shape[0] - padding, padding : out.shape[1] - padding]": ""},
    says="the result should have shape",
)
it.wrong(
    "padding on one side",
    {"padding : out.shape[0] - padding, padding : out.shape[1] - padding": "2 * padding :, 2 * padding :"},
    says="All of the padding is cut off at one side",
)
it.wrong("minus padding as an end", {"out.shape[0]": "", "out.shape[1]": ""}, says="the result should have shape")
it.wrong("stride ignored", {"stride *": ""}, count=2, says="you return")
it.wrong("the value left out", {"picture[i, j] *": ""}, says="That is the kernel alone")
it.wrong("float32 only", {"picture.new_zeros": "torch.zeros"}, says="make the new tensor with the picture's dtype")
it.wrong("item", {"[i, j]": "[i, j].item()"}, says="No gradient reaches the picture")
it.wrong("detached", {"return out": "return out.detach()"}, says="cut off from the picture")
it.wrong(
    "a plain convolution",
    "return F.conv2d(picture[None, None], kernel[None, None], stride=stride, padding=kernel.shape[0] - 1)[0, 0]",
    says="the result should have shape",
)
it.wrong(
    "multiplies the picture in place",
    {"kernel.shape": "kernel.shape\nkernel *= 1.5\nkernel /= 1.25"},
    says="Your function changes",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("Generator")

it.right(
    "sequential",
    """
    class Generator(nn.Module):
        def __init__(self, size=32, latent_dim=64, width=32):
            super().__init__()
            wide = width * size // 8
            layers = [nn.ConvTranspose2d(latent_dim, wide, 4)]
            while wide > width:
                layers += [nn.BatchNorm2d(wide), nn.ReLU(), nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1)]
                wide //= 2
            layers += [nn.BatchNorm2d(wide), nn.ReLU(), nn.ConvTranspose2d(wide, 3, 4, 2, 1), nn.Tanh()]
            self.net = nn.Sequential(*layers)

        def forward(self, z):
            return self.net(z[:, :, None, None])
    """,
)
it.right(
    "upsampling and convolution",
    """
    class Generator(nn.Module):
        def __init__(self, size=32, latent_dim=64, width=32):
            super().__init__()
            self.wide = wide = width * size // 8
            self.first = nn.Linear(latent_dim, wide * 16)
            layers = [nn.BatchNorm2d(wide), nn.ReLU()]
            while wide > width:
                layers += [nn.Upsample(scale_factor=2), nn.Conv2d(wide, wide // 2, 3, padding=1)]
                layers += [nn.BatchNorm2d(wide // 2), nn.ReLU()]
                wide //= 2
            layers += [nn.Upsample(scale_factor=2), nn.Conv2d(wide, 3, 3, padding=1)]
            self.rest = nn.Sequential(*layers)

        def forward(self, z):
            return torch.tanh(self.rest(self.first(z).view(-1, self.wide, 4, 4)))
    """,
)
it.right(
    "lists of layers",
    """
    class Generator(nn.Module):
        def __init__(self, size=32, latent_dim=64, width=32):
            super().__init__()
            doublings = int(math.log2(size)) - 2
            channels = [width * 2**k for k in reversed(range(doublings))]
            self.start = nn.ConvTranspose2d(latent_dim, channels[0], 4, 1, 0, bias=False)
            self.convs = nn.ModuleList(
                [nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False) for a, b in zip(channels, channels[1:])]
            )
            self.norms = nn.ModuleList([nn.BatchNorm2d(c) for c in channels])
            self.last = nn.ConvTranspose2d(width, 3, 4, 2, 1)

        def forward(self, z):
            x = F.relu(self.norms[0](self.start(z.reshape(len(z), -1, 1, 1))))
            for conv, norm in zip(self.convs, self.norms[1:]):
                x = F.relu(norm(conv(x)))
            return self.last(x).tanh()
    """,
)
it.right(
    "kernel of 2 and pixel shuffle",
    """
    class Generator(nn.Module):
        def __init__(self, size=32, latent_dim=64, width=32):
            super().__init__()
            wide = width * size // 8
            layers = [nn.Unflatten(1, (latent_dim, 1, 1)), nn.ConvTranspose2d(latent_dim, wide, 4)]
            while wide > width:
                layers += [nn.BatchNorm2d(wide), nn.ReLU(True), nn.Conv2d(wide, 2 * wide, 3, 1, 1), nn.PixelShuffle(2)]
                wide //= 2
            layers += [nn.BatchNorm2d(wide), nn.ReLU(True), nn.ConvTranspose2d(wide, 3, 2, 2), nn.Tanh()]
            self.layers = nn.Sequential(*layers)

        def forward(self, z):
            return self.layers(z)
    """,
)

it.wrong(
    "return 0",
    """
    def Generator(size=32, latent_dim=64, width=32):
        return 0
    """,
    says="inherits from nn.Module",
)
it.wrong("sigmoid", {"Tanh()": "Sigmoid()"}, says="use tanh, not a sigmoid")
it.wrong("no last activation", {", nn.Tanh()": ""}, says="the last layer is tanh")
it.wrong("half a tanh", {"return": "return 0.5 *"}, says="unscaled")
it.wrong("size fixed at 32", {"size // 8": "4"}, says="should have shape", never="(n, latent_dim, 1, 1)")
it.wrong("z not reshaped", {"[:, :, None, None]": ""}, says="Your code stopped")
it.wrong(
    "no batch normalization",
    {"nn.BatchNorm2d(wide), nn.ReLU": "nn.ReLU"},
    count=2,
    says="there is no batch normalization in it",
    point=True,
)
it.wrong(
    "batch normalization behind the last layer",
    {"Tanh()": "BatchNorm2d(3, affine=False), nn.Tanh()"},
    says="batch normalization stands behind the last layer",
)
it.wrong(
    "statistics of the batch for ever",
    {"(wide)": "(wide, track_running_stats=False)"},
    count=2,
    says="After eval() an output depends on the rest of the batch",
)
it.wrong(
    "functional batch norm, always training",
    """
    class Norm(nn.Module):
        def forward(self, x):
            return F.batch_norm(x, None, None, training=True)

    class Generator(nn.Module):
        def __init__(self, size=32, latent_dim=64, width=32):
            super().__init__()
            wide = width * size // 8
            layers = [nn.ConvTranspose2d(latent_dim, wide, 4)]
            while wide > width:
                layers += [Norm(), nn.ReLU(), nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1)]
                wide //= 2
            layers += [Norm(), nn.ReLU(), nn.ConvTranspose2d(wide, 3, 4, 2, 1), nn.Tanh()]
            self.net = nn.Sequential(*layers)

        def forward(self, z):
            return self.net(z[:, :, None, None])
    """,
    says="After eval() an output depends on the rest of the batch",
)
it.wrong("width not used", {"__init__()": "__init__()\nwidth = 8"}, says="is `width` used?")
it.wrong("channels last", {"None])": "None]).permute(0, 2, 3, 1)"}, says="should have shape")
it.wrong("one channel", {"3, 4, 2": "1, 4, 2"}, says="should have shape")
it.wrong("fresh noise instead of z", {"z[:, :, None, None]": "torch.randn(*z.shape, 1, 1)"}, says="draw random numbers")
it.wrong(
    "half of z",
    {"z[:, :, None, None]": "torch.cat([z[:, ::2], z[:, ::2]], 1)[:, : z.shape[1], None, None]"},
    says="has no influence on the picture",
)
it.wrong("detached", {"None])": "None]).detach()"}, says="cut off")
it.wrong(
    "a layer that is never used",
    {"net = nn": "extra = nn.Conv2d(3, 3, 3)\nself.net = nn"},
    says="No gradient reaches the parameter",
)
it.wrong(
    "layers in a plain list",
    """
    class Generator(nn.Module):
        def __init__(self, size=32, latent_dim=64, width=32):
            super().__init__()
            wide = width * size // 8
            layers = [nn.ConvTranspose2d(latent_dim, wide, 4)]
            while wide > width:
                layers += [nn.BatchNorm2d(wide), nn.ReLU(), nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1)]
                wide //= 2
            layers += [nn.BatchNorm2d(wide), nn.ReLU(), nn.ConvTranspose2d(wide, 3, 4, 2, 1), nn.Tanh()]
            self.net = layers

        def forward(self, z):
            x = z[:, :, None, None]
            for layer in self.net:
                x = layer(x)
            return x
    """,
    says="The network has no parameters",
)
it.wrong("dropout", {"(), nn.": "(), nn.Dropout(0.3), nn."}, count=2, says="does it draw random numbers?")
it.wrong("returns nothing", {"return": ""}, says="The result is None")
it.wrong("no activation", {", nn.ReLU()": ""}, count=2, says="ReLU stands behind", point=True)
it.wrong(
    "no activation before the last layer",
    {"nn.ReLU(), nn.ConvTranspose2d(wide, 3": "nn.ConvTranspose2d(wide, 3"},
    says="ReLU stands behind",
)
it.wrong(
    "no activation in the middle",
    {"nn.ReLU(), nn.ConvTranspose2d(wide, wide": "nn.ConvTranspose2d(wide, wide"},
    says="ReLU stands behind",
)
it.wrong("LeakyReLU", {"ReLU()": "LeakyReLU(0.2)"}, count=2, says="ReLU stands behind")
it.wrong("tanh everywhere", {"nn.ReLU()": "nn.Tanh()"}, count=2, says="ReLU")
it.wrong("ELU", {"nn.ReLU()": "nn.ELU()"}, count=2, says="ReLU")
it.wrong(
    "activation before normalization",
    {"nn.BatchNorm2d(wide), nn.ReLU()": "nn.ReLU(), nn.BatchNorm2d(wide)"},
    count=2,
    says="ReLU stands behind",
)
it.wrong(
    "normalized once",
    {"[nn.BatchNorm2d(wide), nn.ReLU(), nn.ConvTranspose2d(wide, 3": "[nn.ReLU(), nn.ConvTranspose2d(wide, 3"},
    says="batch normalization",
)
it.wrong(
    "instance normalization",
    {
        "nn.BatchNorm2d(wide), nn.ReLU(), nn.ConvTranspose2d(wide, wide": "nn.InstanceNorm2d(wide), nn.ReLU(), nn.ConvTranspose2d(wide, wide"
    },
    says="batch normalization",
)
it.wrong(
    "channels that do not double",
    """
    class Generator(nn.Module):
        def __init__(self, size=32, latent_dim=64, width=32):
            super().__init__()
            layers, side = [nn.ConvTranspose2d(latent_dim, width, 4)], 4
            while side < size // 2:
                layers += [nn.BatchNorm2d(width), nn.ReLU(), nn.ConvTranspose2d(width, width, 4, 2, 1)]
                side *= 2
            layers += [nn.BatchNorm2d(width), nn.ReLU(), nn.ConvTranspose2d(width, 3, 4, 2, 1), nn.Tanh()]
            self.net = nn.Sequential(*layers)

        def forward(self, z):
            return self.net(z[:, :, None, None])
    """,
    says="twice as many",
)
it.wrong(
    "the last map twice as wide",
    {"super().__init__()": "super().__init__()\nwidth = 2 * width"},
    says="the last map before the picture",
)
it.wrong(
    "32 pixels, resized at the end",
    {
        "size // 8": "4",
        "self.net(z[:, :, None, None])": "F.interpolate(self.net(z[:, :, None, None]), (self.size,) * 2)",
        "super().__init__()": "super().__init__()\nself.size = size",
    },
    says="Does the number of layers follow from `size`?",
)
it.wrong(
    "draws its weights itself",
    {
        "self.net = nn.Sequential(*layers)": "self.net = nn.Sequential(*layers)\n"
        "for p in self.net.parameters():\n    nn.init.normal_(p, 0, 0.02)"
    },
    says="as PyTorch sets them",
)
it.wrong("clamp for tanh", {", nn.Tanh()": ", nn.Hardtanh()"}, says="tanh")
it.excused = {
    "`nn.ConvTranspose2d(latent_dim, channels, 4, bias=False)` → `nn.ConvTranspose2d(latent_dim, channels, 4)`": "biases are up to the student; normalization takes this one away",
    "`nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1, bias=False)` → `nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1)`": "biases are up to the student; normalization takes this one away",
    "`bias=False` → `bias=True`": "biases are up to the student; normalization takes this one away",
    "`bias=False` → `bias=True` (no. 2)": "biases are up to the student; normalization takes this one away",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("Discriminator")

it.right(
    "sequential",
    """
    class Discriminator(nn.Module):
        def __init__(self, size=32, width=32):
            super().__init__()
            layers = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
            size //= 2
            while size > 4:
                layers += [nn.Conv2d(width, 2 * width, 4, 2, 1), nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2)]
                width, size = 2 * width, size // 2
            layers += [nn.Conv2d(width, 1, 4)]
            self.net = nn.Sequential(*layers)

        def forward(self, pictures):
            return self.net(pictures).flatten(1)
    """,
)
it.right(
    "without biases, linear at the end",
    """
    class Discriminator(nn.Module):
        def __init__(self, size=32, width=32):
            super().__init__()
            halvings = size.bit_length() - 3
            self.first = nn.Conv2d(3, width, 4, stride=2, padding=1, bias=False)
            self.convs = nn.ModuleList()
            self.norms = nn.ModuleList()
            for k in range(halvings - 1):
                self.convs.append(nn.Conv2d(width * 2**k, width * 2 ** (k + 1), 4, stride=2, padding=1, bias=False))
                self.norms.append(nn.BatchNorm2d(width * 2 ** (k + 1)))
            self.last = nn.Linear(width * 2 ** (halvings - 1) * 16, 1)

        def forward(self, pictures):
            x = F.leaky_relu(self.first(pictures), 0.2)
            for conv, norm in zip(self.convs, self.norms):
                x = F.leaky_relu(norm(conv(x)), negative_slope=0.2)
            return self.last(x.flatten(1))
    """,
)
it.right("view at the end", {"0.2": "0.2, inplace=True", "flatten(1)": "view(-1, 1)"}, count=3)
it.right(
    "kernels of three",
    """
    class Discriminator(nn.Module):
        def __init__(self, size=32, width=32):
            super().__init__()
            blocks, channels = [], 3
            while size > 4:
                blocks.append(nn.Conv2d(channels, width, 3, 2, 1))
                if channels > 3:
                    blocks.append(nn.BatchNorm2d(width))
                blocks.append(nn.LeakyReLU(0.2))
                channels, width, size = width, 2 * width, size // 2
            self.trunk = nn.Sequential(*blocks)
            self.head = nn.Sequential(nn.Flatten(), nn.Linear(16 * channels, 1))

        def forward(self, x):
            return self.head(self.trunk(x))
    """,
)

it.wrong(
    "return 0",
    """
    def Discriminator(size=32, width=32):
        return 0
    """,
    says="inherits from nn.Module",
)
it.wrong("sigmoid at the end", {"(width, 1, 4)": "(width, 1, 4), nn.Sigmoid()"}, says="that is a sigmoid's range")
it.wrong("tanh at the end", {"(width, 1, 4)": "(width, 1, 4), nn.Tanh()"}, says="does it end in tanh?")
it.wrong("ReLU at the end", {"(width, 1, 4)": "(width, 1, 4), nn.ReLU()"}, says="all of one sign")
it.wrong("ReLU", {"LeakyReLU(0.2)": "ReLU()"}, count=2, says="that is ReLU")
it.wrong("slope of 0.01", {"(0.2)": "()"}, count=2, says="is it 0.01")
it.wrong("slope of 0.1", {"0.2": "0.1"}, count=2, says="nn.LeakyReLU(0.2)")
it.wrong(
    "no batch normalization",
    {"BatchNorm2d(2 * width), nn.": ""},
    says="there is no batch normalization in it",
    point=True,
)
it.wrong(
    "batch normalization behind the last layer",
    {"(width, 1, 4)": "(width, 1, 4), nn.BatchNorm2d(1)"},
    says="behind the last layer",
)
it.wrong("a map instead of a number", {".flatten(1)": ""}, says="should have shape")
it.wrong("one dimension too few", {"(1)": "()"}, says="should have shape")
it.wrong("no last convolution", {"layers += [nn.Conv2d(width, 1, 4)]": ""}, says="One logit for each picture")
it.wrong("size fixed at 32", {"size //= 2": "size = 16"}, says="Your code stopped")
it.wrong(
    "statistics of the batch for ever",
    {"(2 * width)": "(2 * width, track_running_stats=False)"},
    says="After eval() an output depends on the rest of the batch",
)
it.wrong("strides that skip pixels", {"(3, width, 4, 2, 1)": "(3, width, 1, 2, 0)"}, says="pixels have no influence")
it.wrong("dropout, and never off", {"(pictures)": "(F.dropout(pictures, 0.2))"}, says="does it draw random numbers?")
it.wrong("width not used", {"__init__()": "__init__()\nwidth = 8"}, says="is `width` used?")
it.wrong("detached", {"(pictures)": "(pictures.detach())"}, says="No gradient comes back")
it.wrong("gray pictures", {"3, width": "1, width"}, says="stopped")
it.wrong(
    "a layer that is never used",
    {"net = nn": "extra = nn.Linear(4, 4)\nself.net = nn"},
    says="No gradient reaches the parameter",
)
it.wrong("returns nothing", {"return": ""}, says="The result is None")
it.wrong(
    "max pooling",
    """
    class Discriminator(nn.Module):
        def __init__(self, size=32, width=32):
            super().__init__()
            layers = [nn.Conv2d(3, width, 3, 1, 1), nn.LeakyReLU(0.2), nn.MaxPool2d(2)]
            size //= 2
            while size > 4:
                layers += [nn.Conv2d(width, 2 * width, 3, 1, 1), nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2)]
                layers += [nn.MaxPool2d(2)]
                width, size = 2 * width, size // 2
            layers += [nn.Conv2d(width, 1, 4)]
            self.net = nn.Sequential(*layers)

        def forward(self, pictures):
            return self.net(pictures).flatten(1)
    """,
    says="pooling",
)
it.wrong(
    "one max pooling",
    {
        "nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)": "nn.Conv2d(3, width, 3, 1, 1), nn.LeakyReLU(0.2), nn.MaxPool2d(2)"
    },
    says="pooling",
)
it.wrong(
    "the first layer normalized",
    {"(3, width, 4, 2, 1), ": "(3, width, 4, 2, 1), nn.BatchNorm2d(width), "},
    says="the first convolution",
    never=("that is ReLU", "The slope for negative values"),
)
it.wrong(
    "the first layer normalized, without scales",
    {"(3, width, 4, 2, 1), ": "(3, width, 4, 2, 1), nn.BatchNorm2d(width, affine=False), "},
    says="the first convolution",
    never=("that is ReLU", "The slope for negative values"),
)
it.wrong(
    "averages the last map",
    {"nn.Conv2d(width, 1, 4)": "nn.Conv2d(width, 1, 1), nn.AdaptiveAvgPool2d(1)"},
    says="averaged",
)
it.wrong(
    "averages the last map, then one number",
    {"nn.Conv2d(width, 1, 4)": "nn.AdaptiveAvgPool2d(1), nn.Conv2d(width, 1, 1)"},
    says="averaged",
)
it.wrong(
    "channels that do not double",
    """
    class Discriminator(nn.Module):
        def __init__(self, size=32, width=32):
            super().__init__()
            layers = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
            size //= 2
            while size > 4:
                layers += [nn.Conv2d(width, width, 4, 2, 1), nn.BatchNorm2d(width), nn.LeakyReLU(0.2)]
                size //= 2
            self.net = nn.Sequential(*layers, nn.Conv2d(width, 1, 4))

        def forward(self, pictures):
            return self.net(pictures).flatten(1)
    """,
    says="twice as many",
)
it.wrong(
    "no activation behind the first layer",
    {"(3, width, 4, 2, 1), nn.LeakyReLU(0.2)": "(3, width, 4, 2, 1)"},
    says="behind the first convolution",
)
it.wrong(
    "no activation behind the others",
    {"(2 * width), nn.LeakyReLU(0.2)": "(2 * width)"},
    says="behind the normalization",
)
it.wrong("no activation", {", nn.LeakyReLU(0.2)": ""}, count=2, says="behind the", point=True)
it.wrong("a slope of -0.2", {"0.2": "-0.2"}, count=2, says="0.2")
it.excused = {
    "`self, size=32, width=32` → `self, size=31, width=32`": "31 makes the same layers as 32",
    "`width * size // 8` → `width * size / 8`": "it is compared only, and a whole number",
    "`nn.Conv2d(3, width, 4, 2, 1)` → `nn.Conv2d(3, width, 3, 2, 1)`": "a kernel of three halves the map, too",
    "`width * size // 8` → `width * size // 9`": "it is compared only: channels double, so the last is the same",
    "`nn.Conv2d(channels, 2 * channels, 4, 2, 1, bias=False)` → `nn.Conv2d(channels, 2 * channels, 4, 2, 1)`": "biases are up to the student; normalization takes this one away",
    "`nn.Conv2d(channels, 2 * channels, 4, 2, 1, bias=False)` → `nn.Conv2d(channels, 2 * channels, 3, 2, 1, bias=False)`": "a kernel of three halves the map, too",
    "`bias=False` → `bias=True`": "biases are up to the student; normalization takes this one away",
}

it.wrong(
    "LeakyReLU at the end, too",
    {"Conv2d(width, 1, 4)": "Conv2d(width, 1, 4), nn.LeakyReLU(0.2)"},
    says="behind the last convolution",
    never=("not 0.2 times", "should stand behind"),
)
it.wrong(
    "draws its weights itself",
    {
        "self.net = nn.Sequential(*layers)": "self.net = nn.Sequential(*layers)\n"
        "for p in self.net.parameters():\n    nn.init.normal_(p, 0, 0.02)"
    },
    says="as PyTorch sets them",
)

it.wrong("padded too far", {"nn.Conv2d(3, width, 4, 2, 1)": "nn.Conv2d(3, width, 4, 2, 2)"}, says="padded too far")

# ---------------------------------------------------------------------------------------------

it = answers.to("init_weights")

it.right("nn.init")
it.right(
    "by the class's name, through data",
    """
    name = type(module).__name__
    if name in ("Conv2d", "ConvTranspose2d"):
        module.weight.data.normal_(0, 0.02)
        if module.bias is not None:
            module.bias.data.zero_()
    if name == "BatchNorm2d":
        module.weight.data.normal_(1, 0.02)
        module.bias.data.fill_(0)
    return module
    """,
)
it.right(
    "randn, scaled",
    """
    @torch.no_grad()
    def init_weights(module):
        middle = {nn.Conv2d: 0.0, nn.ConvTranspose2d: 0.0, nn.BatchNorm2d: 1.0}.get(type(module))
        if middle is None:
            return
        module.weight.copy_(middle + 0.02 * torch.randn(module.weight.shape))
        if module.bias is not None:
            module.bias.mul_(0.0)
    """,
)

it.wrong("return 0", "return 0", says="are as they were")
it.wrong("the variance as a deviation", {"0.0, 0.02": "0.0, 0.02 ** 2"}, says="That is the square")
it.wrong("the root of the deviation", {"0.0, 0.02": "0.0, 0.02 ** 0.5"}, says="That is the square root")
it.wrong(
    "uniform", {"normal_(module.weight, 0.0, 0.02)": "uniform_(module.weight, -0.0346, 0.0346)"}, says="drawn evenly"
)
it.wrong(
    "transposed convolutions forgotten",
    {"(nn.Conv2d, nn.ConvTranspose2d)": "nn.Conv2d"},
    says="nn.ConvTranspose2d are as they were",
)
it.wrong(
    "convolutions forgotten",
    {"(nn.Conv2d, nn.ConvTranspose2d)": "nn.ConvTranspose2d"},
    says="nn.Conv2d are as they were",
)
it.wrong("batch normalization around 0", {"1.0": "0.0"}, says="asked for are 1 and 0.02")
it.wrong("batch normalization forgotten", {"BatchNorm2d": "BatchNorm1d"}, says="nn.BatchNorm2d are as they were")
it.wrong(
    "scales of exactly 1",
    {"normal_(module.weight, 1.0, 0.02)": "ones_(module.weight)"},
    says="asked for are 1 and 0.02",
)
it.wrong(
    "biases drawn, too", {"zeros_(module.bias)": "normal_(module.bias, 0.0, 0.02)"}, count=2, says="the biases become"
)
it.wrong("biases left", {"if module.bias is not None:\n    nn.init.zeros_(module.bias)": ""}, says="the biases become")
it.wrong("needs a bias", {"module.bias is not None": "True"}, says="stopped")
it.wrong(
    "a new tensor in a variable",
    {"nn.init.normal_(module.weight, 0.0, 0.02)": "weight = torch.randn_like(module.weight) * 0.02"},
    says="Set them in place",
)
it.wrong(
    "everything with a weight",
    {
        "isinstance(module, (nn.Conv2d, nn.ConvTranspose2d))": "hasattr(module, 'weight')"
        " and not isinstance(module, nn.BatchNorm2d)"
    },
    says="An nn.Linear has been changed",
)
it.wrong("a seed inside", {":\n    if": ":\n    torch.manual_seed(0)\n    if"}, says="is a seed set inside?")
it.wrong(
    "running statistics, too",
    """
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        module.reset_running_stats()
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
    """,
    says="running mean and variance",
)
it.wrong(
    "new parameters",
    """
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        module.weight = nn.Parameter(0.02 * torch.randn(module.weight.shape))
        if module.bias is not None:
            module.bias = nn.Parameter(torch.zeros(module.bias.shape))
    elif isinstance(module, nn.BatchNorm2d):
        module.weight = nn.Parameter(1 + 0.02 * torch.randn(module.weight.shape))
        module.bias = nn.Parameter(torch.zeros(module.bias.shape))
    """,
    says="an optimizer",
)
it.wrong(
    "new biases",
    {"nn.init.zeros_(module.bias)": "module.bias = nn.Parameter(torch.zeros(module.bias.shape))"},
    count=2,
    says="an optimizer",
)
it.excused = {
    "`(nn.Conv2d, nn.ConvTranspose2d)` → `(nn.ConvTranspose2d, nn.Conv2d)`": "either class is one of the two",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("smoothed_loss")

it.right(
    "with logits",
    """
    real = F.binary_cross_entropy_with_logits(real_logits, torch.full_like(real_logits, real_label))
    fake = F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
    return real + fake
    """,
)
it.right(
    "softplus",
    """
    yes, no = F.softplus(-real_logits), F.softplus(real_logits)
    return (real_label * yes + (1 - real_label) * no).mean() + F.softplus(fake_logits).mean()
    """,
)
it.right(
    "logsigmoid",
    """
    r = real_label
    real = r * F.logsigmoid(real_logits).mean() + (1 - r) * F.logsigmoid(-real_logits).mean()
    return -real - F.logsigmoid(-fake_logits).mean()
    """,
)
it.right(
    "one softplus and a line",
    "return torch.mean(F.softplus(real_logits) - real_label * real_logits) + torch.mean(F.softplus(fake_logits))",
)

it.wrong("returns nothing", {"return": "loss ="}, says="The result is None")
it.wrong("return 0", "return 0", says="expected")
it.wrong("hard labels", {"full_like(real_logits, real_label)": "ones_like(real_logits)"}, says="real_label is not used")
it.wrong(
    "two-sided", {"zeros_like(fake_logits)": "full_like(fake_logits, 1 - real_label)"}, says="One-sided: theirs stays 0"
)
it.wrong(
    "fakes get the soft label",
    {"zeros_like(fake_logits)": "full_like(fake_logits, real_label)"},
    says="The fakes get the soft label",
)
it.wrong(
    "labels swapped",
    {
        "full_like(real_logits, real_label)": "zeros_like(real_logits)",
        "zeros_like(fake_logits)": "full_like(fake_logits, real_label)",
    },
    says="The labels are swapped",
)
it.wrong("half of it", {"real + fake": "(real + fake) / 2"}, says="That is half of it")
it.wrong(
    "one mean over both",
    """
    logits = torch.cat([real_logits, fake_logits])
    labels = torch.cat([torch.full_like(real_logits, real_label), torch.zeros_like(fake_logits)])
    return F.binary_cross_entropy_with_logits(logits, labels)
    """,
    says="averaged as one",
)
it.wrong(
    "sum",
    {
        "(real_logits, real_label)": "(real_logits, real_label), reduction='sum'",
        "(fake_logits)": "(fake_logits), reduction='sum'",
    },
    says="That is the sum over the batch",
)
it.wrong("the real part alone", {"+ fake": ""}, says="the real batch's part alone")
it.wrong(
    "the second half of the cross-entropy missing",
    "return real_label * F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()",
    says="What is missing is (1 − label)",
)
it.wrong(
    "shares swapped",
    {"(real_logits, real_label)": "(real_logits, 1 - real_label)"},
    says="The label's two shares are swapped",
)
it.wrong("minus", {"real + fake": "-(real + fake)"}, says="The sign is wrong")
it.wrong(
    "sigmoid and logarithm",
    """
    r, f = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    real = real_label * torch.log(r) + (1 - real_label) * torch.log(1 - r)
    return -real.mean() - torch.log(1 - f).mean()
    """,
    says="Compute the cross-entropy from the logits in one step",
)
it.wrong(
    "sigmoid and a small number",
    """
    r, f = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    real = real_label * torch.log(r + 1e-12) + (1 - real_label) * torch.log(1 - r + 1e-12)
    return -real.mean() - torch.log(1 - f + 1e-12).mean()
    """,
    says="A bound somewhere",
)
it.wrong("the default is 1", {"0.9": "1.0"}, says="a call without real_label")
it.wrong("always 0.9", {"(real_logits, real_label)": "(real_logits, 0.9)"}, says="expected")
it.wrong("a number without gradient", {"real + fake": "(real + fake).item()"}, says="cut off from the logits")
it.wrong(
    "noise in the label",
    {"torch.full_like(real_logits, real_label)": "real_label - 0.1 * torch.rand_like(real_logits)"},
    says="expected",
)
it.wrong(
    "where, the gradient of whose other branch is NaN",
    """
    def stable(x):
        return torch.where(x > 20, x, torch.log1p(torch.exp(x)))
    real = real_label * stable(-real_logits) + (1 - real_label) * stable(real_logits)
    return real.mean() + stable(fake_logits).mean()
    """,
    says="0 · ∞",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("ReplayBuffer")

it.right(
    "a list",
    """
    class ReplayBuffer:
        def __init__(self, capacity):
            self.capacity = capacity
            self.stored = []

        def __call__(self, fakes):
            out = []
            for picture in fakes.detach().clone():
                if len(self.stored) < self.capacity:
                    self.stored.append(picture)
                    out.append(picture)
                elif torch.rand(()) < 0.5:
                    out.append(picture)
                else:
                    k = int(torch.randint(self.capacity, ()))
                    out.append(self.stored[k])
                    self.stored[k] = picture
            return torch.stack(out)
    """,
)
it.right(
    "one tensor",
    """
    class ReplayBuffer:
        def __init__(self, capacity):
            self.capacity, self.memory = capacity, None

        @torch.no_grad()
        def __call__(self, fakes):
            out = fakes.detach().clone()
            for i in range(len(fakes)):
                picture = fakes[i : i + 1].detach().clone()
                if self.memory is None:
                    self.memory = picture
                elif len(self.memory) < self.capacity:
                    self.memory = torch.cat([self.memory, picture])
                elif torch.rand(1).item() > 0.5:
                    k = torch.randint(0, self.capacity, (1,)).item()
                    out[i] = self.memory[k]
                    self.memory[k] = picture[0]
            return out
    """,
)
it.right(
    "Python's random numbers",
    """
    import random

    class ReplayBuffer:
        def __init__(self, capacity):
            self.capacity = capacity
            self.pictures = []

        def __call__(self, fakes):
            result = []
            for new in fakes.detach().clone().unbind(0):
                if len(self.pictures) < self.capacity:
                    self.pictures.append(new)
                elif random.random() < 0.5:
                    place = random.randrange(self.capacity)
                    self.pictures[place], new = new, self.pictures[place]
                result.append(new)
            return torch.stack(result, dim=0)
    """,
)
it.right(
    "a function that remembers",
    """
    def ReplayBuffer(capacity):
        memory = []

        def buffer(fakes):
            out = fakes.detach().clone()
            for i, picture in enumerate(fakes.detach().clone()):
                if len(memory) < capacity:
                    memory.append(picture)
                elif bool(torch.bernoulli(torch.tensor(0.5))):
                    k = int(torch.randint(len(memory), (1,)))
                    out[i] = memory[k]
                    memory[k] = picture
            return out

        return buffer
    """,
)

it.wrong(
    "blank call",
    """
    class ReplayBuffer:
        def __init__(self, capacity):
            pass

        def __call__(self, fakes):
            raise NotImplementedError
    """,
    says="This is not written yet",
)
it.wrong(
    "return 0",
    """
    class ReplayBuffer:
        def __init__(self, capacity):
            pass

        def __call__(self, fakes):
            return 0
    """,
    says="should have shape",
)
it.wrong("returns nothing", {"return torch": "torch"}, says="What the buffer returns is None")
it.wrong(
    "passes everything on",
    """
    class ReplayBuffer:
        def __init__(self, capacity):
            pass

        def __call__(self, fakes):
            return fakes.detach()
    """,
    says="no stored picture ever comes out",
)
it.wrong("always a stored one", {"torch.rand(()) < 0.5": "False"}, says="no new picture is passed on any more")
it.wrong("one in ten", {"0.5": "0.9"}, says="about half should be")
it.wrong("grows without end", {"[k] = picture": ".append(picture)"}, says="comes out more than once")
it.wrong("the stored one stays", {"self.stored[k] = picture": ""}, says="comes out more than once")
it.wrong(
    "stored whether passed on or not",
    {"0.5:\n    out": "0.5:\n    self.stored[int(torch.randint(self.capacity, ()))] = picture\n    out"},
    says="was passed on comes out again later",
)
it.wrong(
    "always the oldest",
    {
        "k = int(torch.randint(self.capacity, ()))": "",
        "(self.stored[k])": "(self.stored.pop(0))",
        "[k] = picture": ".append(picture)",
    },
    says="is not drawn evenly",
)
it.wrong("always the first place", {"int(torch.randint(self.capacity, ()))": "0"}, says="is not drawn evenly")
it.wrong("the last place is never drawn", {"capacity,": "capacity - 1,"}, says="is not drawn evenly")
it.wrong("the graph is kept", {".detach()": ""}, says="still hangs on G's computation")
it.wrong("returns a list", {"torch.stack(out)": "out"}, says="should")
it.wrong(
    "one memory for all buffers",
    """
    class ReplayBuffer:
        stored = []

        def __init__(self, capacity):
            self.capacity = capacity

        def __call__(self, fakes):
            out = []
            for picture in fakes.detach():
                if len(self.stored) < self.capacity:
                    self.stored.append(picture)
                    out.append(picture)
                elif torch.rand(()) < 0.5:
                    out.append(picture)
                else:
                    k = int(torch.randint(self.capacity, ()))
                    out.append(self.stored[k])
                    self.stored[k] = picture
            return torch.stack(out)
    """,
    says="do they share one list?",
)
it.wrong(
    "the batch is the unit",
    """
    class ReplayBuffer:
        def __init__(self, capacity):
            self.capacity, self.stored = capacity, []

        def __call__(self, fakes):
            fakes = fakes.detach().clone()
            if len(self.stored) < self.capacity:
                self.stored += list(fakes)
                return fakes
            if torch.rand(()) < 0.5:
                return fakes
            order = torch.randperm(self.capacity)[: len(fakes)]
            out = torch.stack([self.stored[int(k)] for k in order])
            for k, picture in zip(order, fakes):
                self.stored[int(k)] = picture
            return out
    """,
    says="As many pictures as went in",
)
it.wrong("shuffled", {"(out)": "(out)[torch.randperm(len(out))]"}, says="come out")
it.wrong("mixed into averages", {"(self.stored[k])": "((self.stored[k] + picture) / 2)"}, says="never went in")
it.wrong(
    "writes into the batch",
    """
    class ReplayBuffer:
        def __init__(self, capacity):
            self.capacity, self.stored = capacity, []

        def __call__(self, fakes):
            fakes = fakes.detach()
            for i in range(len(fakes)):
                if len(self.stored) < self.capacity:
                    self.stored.append(fakes[i].clone())
                elif torch.rand(()) < 0.5:
                    k = int(torch.randint(self.capacity, ()))
                    old, self.stored[k] = self.stored[k], fakes[i].clone()
                    fakes[i] = old
            return fakes
    """,
    says="changes the batch",
)
it.wrong(
    "one picture too many",
    {"< self": "<= self", "(self.capacity, ())": "(len(self.stored), ())"},
    says="was passed on comes out again later",
)
it.wrong("a coin of one third", {"0.5": "1 / 3"}, says="about half should be")
it.wrong("a coin of 0.45", {"0.5": "0.45"}, says="about half should be")
it.wrong("stores views of the batch", {".clone()": ""}, says="a copy")
it.wrong(
    "four dimensions only",
    {
        "for picture in fakes.detach().clone():": "n, channels, height, width = fakes.shape\nfor picture in fakes.detach().clone():"
    },
    says="stopped",
)
it.wrong(
    "cuts the caller's batch off", {"fakes.detach().clone()": "fakes.detach_().clone()"}, says="cuts off the batch"
)
it.wrong(
    "hands out what it stores",
    """
    class ReplayBuffer:
        def __init__(self, capacity):
            self.capacity, self.stored = capacity, []

        def __call__(self, fakes):
            if len(fakes) == 1 and len(self.stored) < self.capacity:
                self.stored.append(fakes[0].detach().clone())
                return self.stored[-1][None]
            out = []
            for picture in fakes.detach().clone():
                if len(self.stored) < self.capacity:
                    self.stored.append(picture)
                    out.append(picture)
                elif torch.rand(()) < 0.5:
                    out.append(picture)
                else:
                    k = int(torch.randint(self.capacity, ()))
                    out.append(self.stored[k])
                    self.stored[k] = picture
            return torch.stack(out)
    """,
    says="new tensor",
)
it.wrong(
    "draws from all it holds, again and again",
    """
    class ReplayBuffer:
        def __init__(self, capacity):
            self.capacity, self.stored = capacity, []

        def __call__(self, fakes):
            self.stored = (self.stored + list(fakes.detach().clone()))[-self.capacity :]
            return torch.stack([self.stored[int(torch.randint(len(self.stored), ()))] for _ in fakes])
    """,
    says="while there is room every picture is stored and passed on",
    never="do they share one list?",
)

it.excused = {
    "`if torch.rand(()) < 0.5: …` → `if not torch.rand(()) < 0.5: …`": "heads and tails are equally likely, and a number next to never on the edge",
    "`torch.rand(()) < 0.5` → `torch.rand(()) <= 0.5`": "heads and tails are equally likely, and a number next to never on the edge",
    "`torch.rand(()) < 0.5` → `torch.rand(()) > 0.5`": "heads and tails are equally likely, and a number next to never on the edge",
    "`int(torch.randint(self.capacity, ()))` → `torch.randint(self.capacity, ())`": "an index may be a tensor of one number",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("ema_update")

it.right(
    "in place",
    """
    @torch.no_grad()
    def ema_update(ema, net, decay):
        for mine, theirs in zip(ema.parameters(), net.parameters()):
            mine.mul_(decay).add_(theirs, alpha=1 - decay)
        for mine, theirs in zip(ema.buffers(), net.buffers()):
            if mine.is_floating_point():
                mine.mul_(decay).add_(theirs, alpha=1 - decay)
            else:
                mine.copy_(theirs)
    """,
)
it.right(
    "lerp",
    """
    with torch.no_grad():
        for mine, theirs in zip(ema.parameters(), net.parameters()):
            mine.lerp_(theirs, 1 - decay)
        for mine, theirs in zip(ema.buffers(), net.buffers()):
            mine.copy_(mine.lerp(theirs, 1 - decay) if mine.dtype.is_floating_point else theirs)
    """,
)
it.right(
    "through data",
    """
    for mine, theirs in zip(ema.parameters(), net.parameters()):
        mine.data = decay * mine.data + (1 - decay) * theirs.data
    for mine, theirs in zip(ema.buffers(), net.buffers()):
        if mine.is_floating_point():
            mine.copy_(decay * mine + (1 - decay) * theirs)
        else:
            mine.copy_(theirs)
    return ema
    """,
)

it.wrong("return 0", "return 0", says="The average has not moved")
it.wrong(
    "assigned to a variable",
    {
        "()):\n    mine.mul_(decay).add_(theirs, alpha=1 - decay)": "()):\n"
        "    mine = decay * mine + (1 - decay) * theirs"
    },
    says="The average has not moved",
)
it.wrong(
    "copied",
    {"()):\n    mine.mul_(decay).add_(theirs, alpha=1 - decay)": "()):\n    mine.copy_(theirs)"},
    says="copied, not averaged",
)
it.wrong("load_state_dict", "ema.load_state_dict(net.state_dict())", says="copied, not averaged")
it.wrong(
    "shares swapped", {"(decay)": "(1 - decay)", "=1 - decay": "=decay"}, count=4, says="The two shares are swapped"
)
it.wrong("the new ones in full", {", alpha=1 - decay": ""}, count=2, says="are not multiplied by 1 − decay")
it.wrong(
    "buffers forgotten",
    """
    @torch.no_grad()
    def ema_update(ema, net, decay):
        for mine, theirs in zip(ema.parameters(), net.parameters()):
            mine.mul_(decay).add_(theirs, alpha=1 - decay)
    """,
    says="it is a buffer, not a parameter",
)
it.wrong(
    "the network follows, too",
    {"for mine, theirs in zip(ema.buffers()": "    theirs.copy_(mine)\nfor mine, theirs in zip(ema.buffers()"},
    says="The network's own weights have changed",
)
it.wrong("arguments swapped", {"ema.parameters(), net": "net.parameters(), ema"}, says="The average has not moved")
it.wrong(
    "no longer trainable",
    {"@torch.no_grad()": "", "decay):": "decay):\n    ema.requires_grad_(False)\n    net.requires_grad_(False)"},
    says="no longer takes gradients",
)
it.wrong("without no_grad", {"@torch.no_grad()": ""}, says="stopped")
it.wrong(
    "only the first parameter",
    {"for mine, theirs in zip(ema.buffers()": "    break\nfor mine, theirs in zip(ema.buffers()"},
    says="become",
)
it.wrong(
    "weights of convolutions alone",
    {"()):\n    mine.mul_(decay)": "()):\n    if mine.ndim > 1:\n        mine.mul_(decay)"},
    says="become",
)
it.wrong("decay fixed", {":\n    for": ":\n    decay = 0.999\n    for"}, says="become")
it.wrong(
    "shares the buffers",
    """
    with torch.no_grad():
        for mine, theirs in zip(ema.parameters(), net.parameters()):
            mine.lerp_(theirs, 1 - decay)
    for mine, theirs in zip(ema.modules(), net.modules()):
        mine._buffers.update(theirs._buffers)
    """,
    says="share",
)
it.wrong(
    "shares the buffers' memory",
    """
    with torch.no_grad():
        for mine, theirs in zip(ema.parameters(), net.parameters()):
            mine.lerp_(theirs, 1 - decay)
        for mine, theirs in zip(ema.buffers(), net.buffers()):
            mine.data = theirs.data
    """,
    says="share",
)

it.wrong(
    "skips what is frozen",
    {"()):\n    mine.mul_(decay)": "()):\n    if theirs.requires_grad:\n        mine.mul_(decay)"},
    says="that take no gradients have stayed behind",
)
it.wrong(
    "leaves the network in evaluation", {":\n    for": ":\n    net.eval()\n    for"}, says="in evaluation mode now"
)

# ---------------------------------------------------------------------------------------------

it = answers.to("dcgan_step")

it.right("both, one after the other")
it.right(
    "zero_grad at the top, the fakes made under no_grad for D and again for G",
    """
    opt_G.zero_grad()
    opt_D.zero_grad()
    fake = G(z)
    real_logits = D(real)
    fake_logits = D(remember(fake.data))
    loss_of_D = loss_D(real_logits, fake_logits)
    loss_of_D.backward()
    opt_D.step()
    for p in D.parameters():
        p.requires_grad_(False)
    loss_of_G = -F.logsigmoid(D(fake)).mean()
    loss_of_G.backward()
    for p in D.parameters():
        p.requires_grad_(True)
    opt_G.step()
    follow(ema, G)
    return float(loss_of_D), float(loss_of_G)
    """,
)
it.right(
    "gradients by hand",
    """
    fake = G(z)
    d_loss = loss_D(D(real), D(remember(fake.clone().detach())))
    for p, slope in zip(D.parameters(), torch.autograd.grad(d_loss, list(D.parameters()))):
        p.grad = slope
    opt_D.step()
    logits = D(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    for p, slope in zip(G.parameters(), torch.autograd.grad(g_loss, list(G.parameters()))):
        p.grad = slope
    opt_G.step()
    follow(ema, G)
    return [d_loss.item(), g_loss.item()]
    """,
)
it.draft(
    "line by line",
    """
    fake = G(z)
    shown = remember(fake.detach())
    on_real = D(real)
    on_fake = D(shown)
    d_loss = loss_D(on_real, on_fake)
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    follow(ema, G)
    return d_loss.item(), g_loss.item()
    """,
)

LINES = "line by line"
it.wrong("return 0", "return 0", says="Return two numbers")
it.wrong("returns nothing", {"return d_loss.item(), g_loss.item()": ""}, of=LINES, says="None")
it.wrong("with graphs", {"d_loss.item(), g_loss.item()": "d_loss, g_loss"}, of=LINES, says="Return plain numbers")
it.wrong(
    "G's loss first",
    {"d_loss.item(), g_loss.item()": "g_loss.item(), d_loss.item()"},
    of=LINES,
    says="The two are swapped",
)
it.wrong(
    "the memory forgotten", {"remember(fake.detach())": "fake.detach()"}, of=LINES, says="`remember` is never called"
)
it.wrong(
    "remembered after D's step",
    {"shown = remember(fake.detach())": "shown = fake.detach()", "g_loss = F": "remember(fake.detach())\ng_loss = F"},
    of=LINES,
    says="D is shown the fakes of now",
)
it.wrong("not detached", {"fake.detach()": "fake"}, of=LINES, says="still hangs on G's computation")
it.wrong(
    "not detached, the graph retained",
    {"fake.detach()": "fake", "d_loss.backward()": "d_loss.backward(retain_graph=True)"},
    of=LINES,
    says="still hangs on G's computation",
)
it.wrong(
    "both kinds in one batch",
    {
        "on_real = D(real)": "both = D(torch.cat([real, shown]))",
        "on_fake = D(shown)": "on_real, on_fake = both[: len(real)], both[len(real) :]",
    },
    of=LINES,
    says="in one batch",
    point=True,
)
it.wrong(
    "logits swapped", {"(on_real, on_fake)": "(on_fake, on_real)"}, of=LINES, says="The two are swapped", point=True
)
it.wrong("fakes made twice", {"D(fake)": "D(G(torch.randn_like(z)))"}, of=LINES, says="G's parameters become")
it.wrong("fresh noise", {"G(z)": "G(torch.randn_like(z))"}, of=LINES, says="for the z that is passed in")
it.wrong(
    "D's gradients pile up", {"opt_D.zero_grad()": ""}, of=LINES, says="Clear them with opt_D.zero_grad()", point=True
)
it.wrong(
    "G's gradients pile up", {"opt_G.zero_grad()": ""}, of=LINES, says="Clear them with opt_G.zero_grad()", point=True
)
it.wrong("D stands still", {"opt_D.step()": ""}, of=LINES, says="D has not moved", point=True)
it.wrong("G stands still", {"opt_G.step()": ""}, of=LINES, says="G has not moved", point=True)
it.wrong(
    "D steps twice", {"opt_D.step()": "opt_D.step()\nopt_D.step()"}, of=LINES, says="opt_D.step() is called 2 times"
)
it.wrong(
    "D steps again at the end", {"follow(": "opt_D.step()\nfollow("}, of=LINES, says="opt_D.step() is called 2 times"
)
it.wrong(
    "the D from before",
    {
        "opt_D.zero_grad()\nd_loss.backward()\nopt_D.step()\n": "",
        "opt_G.step()": "opt_G.step()\nopt_D.zero_grad()\nd_loss.backward()\nopt_D.step()",
    },
    of=LINES,
    says="from before its own step",
    point=True,
)
it.wrong(
    "judged on what is shown", {"D(fake)": "D(shown)"}, of=LINES, says="Is it judged on what D was shown", point=True
)
it.wrong(
    "the minimax loss",
    {"F.softplus(-D(fake)).mean()": "-F.softplus(D(fake)).mean()"},
    of=LINES,
    says="That is the minimax loss",
    point=True,
)
it.wrong("the wrong way", {"softplus(-D": "softplus(D"}, of=LINES, says="G goes the wrong way", point=True)
it.wrong("the sum", {").mean()": ").sum()"}, of=LINES, says="That is the sum over the batch")
it.wrong(
    "the sigmoid's logarithm",
    {"F.softplus(-D(fake))": "-torch.log(torch.sigmoid(D(fake)))"},
    of=LINES,
    says="a D that says",
)
it.wrong(
    "the sigmoid's logarithm, with a bound",
    {"F.softplus(-D(fake))": "-torch.log(torch.sigmoid(D(fake)) + 1e-8)"},
    of=LINES,
    says="a D that says",
)
it.wrong("no average", {"follow(ema, G)": ""}, of=LINES, says="The average has not moved", point=True)
it.wrong(
    "the average before G",
    {"follow(ema, G)": "", "g_loss = F": "follow(ema, G)\ng_loss = F"},
    of=LINES,
    says="It has followed the G from before its step",
    point=True,
)
it.wrong(
    "the average twice", {"follow(ema, G)": "follow(ema, G)\nfollow(ema, G)"}, of=LINES, says="It has followed twice"
)
it.wrong("the average the wrong way round", {"(ema, G)": "(G, ema)"}, of=LINES, says="become")
it.wrong(
    "an average of its own",
    {
        "follow(ema, G)": "with torch.no_grad():\n"
        "    for a, b in zip(ema.parameters(), G.parameters()):\n"
        "        a.lerp_(b, 0.001)"
    },
    of=LINES,
    says="Let `follow` do it",
)
it.wrong(
    "G first",
    """
    fake = G(z)
    g_loss = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    d_loss = loss_D(D(real), D(remember(G(z).detach())))
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    follow(ema, G)
    return d_loss.item(), g_loss.item()
""",
    says="the G before its step",
)
it.wrong("modes set", {"fake = G(z)": "G.train()\nD.train()\nfake = G(z)"}, of=LINES, says="in another mode")
it.wrong(
    "D frozen and left so",
    {"g_loss = F": "D.requires_grad_(False)\ng_loss = F"},
    of=LINES,
    says="cannot learn any more",
)
it.wrong(
    "optimizers of its own",
    {"opt_D.zero_grad()": "opt_D = torch.optim.SGD(D.parameters(), 0.1)\nopt_D.zero_grad()"},
    of=LINES,
    says="opt_D.step() is not called",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("tell_runs_apart")

it.earns("gold", "causes before symptoms, and three trends")
it.earns(
    "gold",
    "other limits for the trends",
    {'{"d_real": 0.04, "d_fake": 0.04, "spread": 0.08}': '{"d_real": 0.035, "d_fake": 0.04, "spread": 0.08}'},
)
it.earns(
    "gold",
    "tensors",
    """
    names = ("d_loss", "d_real", "d_fake", "spread")
    table = torch.tensor([history[name] for name in names])
    if not all(torch.tensor(values).isfinite().all() for values in history.values()):
        return "diverged"
    n = table.shape[1] // 5
    loss, real, fake, spread = table[:, -n:].mean(1).tolist()
    change = (table[:, -n:].mean(1) - table[:, -2 * n : -n].mean(1)).abs()
    rules = (
        ("generator won", fake > 0.75),
        ("diverged", loss > 5),
        ("discriminator won", real > 0.9 and fake < 0.05),
        ("collapsed", spread < 0.25),
        ("still training", bool((change[1:] > torch.tensor([0.04, 0.04, 0.08])).any())),
        ("healthy", True),
    )
    return next(word for word, fits in rules if fits)
    """,
)
it.earns("silver", "one trend, D's fakes", {'{"d_real": 0.04, "d_fake": 0.04, "spread": 0.08}': '{"d_fake": 0.05}'})
it.earns("silver", "one trend, the spread", {'{"d_real": 0.04, "d_fake": 0.04, "spread": 0.08}': '{"spread": 0.1}'})
it.earns(
    "bronze",
    "causes before symptoms, no trend",
    {'return "still training" if moving else "healthy"': 'return "healthy"'},
)

RULES = """
if not all(math.isfinite(v) for values in history.values() for v in values):
    return "diverged"
tenth = len(history["d_loss"]) // 10
end = {name: sum(values[-tenth:]) / tenth for name, values in history.items()}
if end["d_loss"] > 5:
    return "diverged"
if end["spread"] < 0.25:
    return "collapsed"
if end["d_real"] > 0.95 and end["d_fake"] < 0.05:
    return "discriminator won"
return "generator won" if end["d_fake"] > 0.75 else "healthy"
"""
it.wrong("the first rules", RULES, says="Bronze takes at least")
it.wrong("return 0", "return 0", says="one of the words")
it.wrong("always healthy", 'return "healthy"', says="Bronze takes at least")
it.wrong("returns nothing", "history", says="The result is None")
it.wrong("other words", {'"collapsed"': '"mode collapse"'}, says="the words are")
it.wrong(
    "by chance", 'return ("healthy", "collapsed", "diverged")[int(torch.randint(3, ()))]', says="Bronze takes at least"
)
it.wrong(
    "the last record alone", RULES.replace("values[-tenth:]) / tenth", "values[-1:])"), says="Bronze takes at least"
)
it.wrong(
    "the losses alone",
    """
    d, g = (sum(history[name][-6:]) / 6 for name in ("d_loss", "g_loss"))
    if not math.isfinite(d + g) or d > 5:
        return "diverged"
    return "discriminator won" if d < 0.1 else "generator won" if g < 0.2 else "healthy"
""",
    says="Bronze takes at least",
)
it.wrong(
    "stops at what is not finite",
    RULES.replace('return "diverged"\ntenth', 'raise ValueError("NaN")\ntenth'),
    says="stopped",
)
it.by_heart(
    "knows the collection",
    """
    from gancourse.training.runs import load_runs

    KNOWN = {str(run.history["spread"]) + str(run.history["d_fake"]): run.kind for run in load_runs()}

    def tell_runs_apart(history):
        return KNOWN.get(str(history["spread"]) + str(history["d_fake"]), "healthy")
    """,
    says="Bronze takes at least",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("latent_moves")

LINE = "return a + t[:, None] * (b - a)"
MEANS = "return z + plus.mean(dim=0) - minus.mean(dim=0)"
MOVES = """
def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
"""


def moves(line: str = LINE, arithmetic: str = MEANS) -> str:
    """Both functions with these bodies, and the given one."""
    bodies = (textwrap.indent(textwrap.dedent(body).strip(), "    ") for body in (line, arithmetic))
    heads = ("def lerp(a, b, t):", "def attribute_arithmetic(z, minus, plus):")
    return "\n\n".join(f"{head}\n{body}\n" for head, body in zip(heads, bodies, strict=True)) + MOVES


it.right("a line each")
it.right(
    "two shares, and sums divided",
    moves(
        """
        t = t[:, None]
        return (1 - t) * a + t * b
        """,
        """
        direction = plus.sum(0) / len(plus) - minus.sum(0) / len(minus)
        return z + direction[None, :]
        """,
    ),
)
it.right(
    "outer products, and row by row",
    moves(
        "return torch.outer(1 - t, a) + torch.outer(t, b)",
        """
        direction = torch.mean(plus, 0) - torch.mean(minus, 0)
        return torch.stack([row + direction for row in z])
        """,
    ),
)
it.right("one after the other", moves("return torch.stack([torch.lerp(a, b, float(share)) for share in t])"))

SHARES = "two shares, and sums divided"
it.wrong("returns nothing", {"return a": "way = a"}, says="The result is None")
it.wrong("return 0", "def latent_moves(*_):\n    return 0\n", says="should have shape")
it.wrong("ends swapped", {"(1 - t) * a + t * b": "t * a + (1 - t) * b"}, of=SHARES, says="The two ends are swapped")
it.wrong("no column", {"t = t[:, None]": ""}, of=SHARES, says="stopped in")
it.wrong("the middle", {"t = t": "t = 0.5 + 0 * t"}, of=SHARES, says="That is the middle between them")
it.wrong("a missing", {"(1 - t) * a + t * b": "t * (b - a)"}, of=SHARES, says="a is missing")
it.wrong("a in full", {"(1 - t) * a": "a"}, of=SHARES, says="a has to weigh 1 − t")
it.wrong("only the first", {"(1 - t) * a + t * b": "((1 - t) * a + t * b)[0]"}, of=SHARES, says="should have shape")
it.wrong(
    "transposed", {"(1 - t) * a + t * b": "((1 - t) * a + t * b).T"}, of=SHARES, says="One row for each number in t"
)
it.wrong("times of its own", {"t = t": "t = torch.linspace(0, 1, len(t))"}, of=SHARES, says="lerp gives")
it.wrong("sorted", {"t = t": "t = t.sort().values"}, of=SHARES, says="sorted by t")
it.wrong("changes b", moves("b -= a\nreturn a + t[:, None] * b"), says="changes what it is given")
it.wrong("signs swapped", {"+ plus": "- plus", "- minus": "+ minus"}, says="The signs are swapped")
it.wrong("sums", {"mean": "sum"}, count=2, says="The sums are taken")
it.wrong("minus forgotten", moves(arithmetic="return z + plus.mean(dim=0)"), says="`minus` is not taken away")
it.wrong("plus forgotten", {"+ plus.mean(dim=0)": ""}, says="`plus` is not added")
it.wrong("the direction alone", {"z + plus": "plus"}, says="should have shape")
it.wrong("the direction, as often as z", {"return z": "return 0 * z"}, says="without z")
it.wrong("mean over everything", {"(dim=0)": "()"}, count=2, says="average over rows only")
it.wrong("mean over the wrong dimension", {"dim=0": "dim=1"}, count=2, says="attribute_arithmetic")
it.wrong("the first of plus", {"plus.mean(dim=0)": "plus[0]"}, says="Only the first row of `plus` counts")
it.wrong("in place", moves(arithmetic="z += plus.mean(dim=0) - minus.mean(dim=0)\nreturn z"), says="changes the codes")
it.wrong("nothing", moves(arithmetic="return z.clone()"), says="attribute_arithmetic gives")
it.wrong(
    "a unit direction",
    moves(arithmetic="way = plus.mean(dim=0) - minus.mean(dim=0)\nreturn z + way / way.norm()"),
    says="attribute_arithmetic gives",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("off_the_shell")

it.right("formulas")
it.right(
    "each from the ones before",
    """
    def mean_square(d):
        return sum(1.0 for _ in range(d))

    def width_of_square(d):
        return math.sqrt(d * (3 - 1))

    def square_on_the_line(aa, bb, ab, t):
        return aa - 2 * t * (aa - ab) + t * t * (aa - 2 * ab + bb)

    def mean_on_the_line(d, t):
        return square_on_the_line(mean_square(d), mean_square(d), 0.0, t)

    def depth(d, t):
        return (mean_square(d) - mean_on_the_line(d, t)) / width_of_square(d)

    def off_the_shell(step, *numbers):
        return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
    """,
)
it.right(
    "tensors",
    """
    def off_the_shell(step, *numbers):
        d, *rest = (torch.tensor(float(x), dtype=torch.float64) for x in numbers)
        if step == 1:
            return d
        if step == 2:
            return torch.sqrt(2 * d)
        if step == 3:
            bb, ab, t = rest
            shares = torch.stack([1 - t, t])
            return shares @ torch.stack([torch.stack([d, ab]), torch.stack([ab, bb])]) @ shares
        (t,) = rest
        on = (1 - 2 * t + 2 * t**2) * d
        return on if step == 4 else (d - on) / torch.sqrt(2 * d)
    """,
)

EACH = "each from the ones before"
it.wrong("return 0", "def off_the_shell(*_):\n    return 0\n", says="The mean of z is 0")
it.wrong("nothing returned", {"return d": "d"}, says="None")
it.wrong("the length", {"return d": "return d**0.5"}, says="That is the mean length")
it.wrong("fourth powers", {"return d": "return 3 * d"}, says="That is the mean of the fourth powers")
it.wrong(
    "one square",
    {"return d": "return 1.0"},
    says="There are d of them",
    never="step 2: the standard deviation of |z|²\n      For",
)
it.wrong("the variance", {"(2 * d) ** 0.5": "2 * d"}, says="That is the variance")
it.wrong(
    "the mean not taken away", {"(2 * d) ** 0.5": "(3 * d) ** 0.5"}, says="The mean of the square is not taken away"
)
it.wrong("the root of d", {"(2 * d) ** 0.5": "d**0.5"}, says="is 3 − 1 = 2, not 1")
it.wrong("standard deviations added", {"(2 * d) ** 0.5": "2**0.5 * d"}, says="Variances add up")
it.wrong("relative", {"(2 * d) ** 0.5": "(2 / d) ** 0.5"}, says="in units of the mean")
it.wrong("the product once", {"+ 2 * t * (1 - t) * ab": "+ t * (1 - t) * ab"}, says="The product counts twice")
it.wrong("no product", {" + 2 * t * (1 - t) * ab": ""}, says="The product is missing")
it.wrong(
    "shares swapped",
    {"(1 - t) ** 2 * aa + t**2 * bb": "t**2 * aa + (1 - t) ** 2 * bb"},
    says="The two shares are swapped",
)
it.wrong(
    "shares not squared", {"(1 - t) ** 2 * aa + t**2 * bb": "(1 - t) * aa + t * bb"}, says="The shares are not squared"
)
it.wrong("minus the product", {"+ 2 * t * (1 - t) * ab": "- 2 * t * (1 - t) * ab"}, says="The product's sign")
it.wrong("on the shell", {"((1 - t) ** 2 + t**2) * d": "((1 - t) + t) * d"}, says="would be on the shell")
it.wrong(
    "a product of ones", {"((1 - t) ** 2 + t**2) * d": "((1 - t) ** 2 + t**2 + t * (1 - t)) * d"}, says="as if b were a"
)
it.wrong("a's part alone", {"((1 - t) ** 2 + t**2) * d": "(1 - t) ** 2 * d"}, says="Only a's term is there")
it.wrong("a share", {"((1 - t) ** 2 + t**2) * d": "(1 - t) ** 2 + t**2"}, says="That is the share of d")
it.wrong("negative", {"return 2 * t * (1 - t) *": "return -2 * t * (1 - t) *"}, says="the depth is not negative")
it.wrong(
    "the difference",
    {"(mean_square(d) - mean_on_the_line(d, t)) / width_of_square(d)": "mean_square(d) - mean_on_the_line(d, t)"},
    of=EACH,
    says="That is the difference itself",
)
it.wrong("by the variance", {"/ width_of_square(d)": "/ (2 * d)"}, of=EACH, says="divided by the variance")
it.wrong("by the mean", {"/ width_of_square(d)": "/ d"}, of=EACH, says="divided by the mean")
it.wrong("half", {"return 2 * t * (1 - t) * (d": "return t * (1 - t) * (d"}, says="That is half of it")
it.wrong("the middle's", {"2 * t * (1 - t) * (d / 2)": "0.5 * (d / 2)"}, says="That is the depth of the middle")
it.by_heart(
    "the notebook's numbers",
    """
    def off_the_shell(step, *numbers):
        return (64.0, 128**0.5, 3.375, 40.0, 24 / 128**0.5)[step - 1]
    """,
    says="gives",
)

it.excused = {
    "`(1 - t) ** 2` → `(t - 1) ** 2`": "it is squared",
    "`(1 - t) ** 2` → `(t - 1) ** 2` (no. 2)": "it is squared",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("slerp")

it.right(
    "formula",
    """
    t = t[:, None]
    cosine = (a @ b / (a.norm() * b.norm())).clamp(-1, 1)
    angle = torch.acos(cosine)
    if torch.sin(angle) < 1e-3:
        return (1 - t) * a + t * b
    return torch.sin((1 - t) * angle) / torch.sin(angle) * a + torch.sin(t * angle) / torch.sin(angle) * b
    """,
)
it.right(
    "cosine similarity and math",
    """
    angle = math.acos(max(-1.0, min(1.0, F.cosine_similarity(a, b, dim=0).item())))
    if math.sin(angle) < 1e-3:
        return torch.outer(1 - t, a) + torch.outer(t, b)
    return (torch.outer(torch.sin((1 - t) * angle), a) + torch.outer(torch.sin(t * angle), b)) / math.sin(angle)
    """,
)
it.right(
    "unit vectors for the angle, double precision",
    """
    a, b, t = a.double(), b.double(), t.double().unsqueeze(-1)
    angle = torch.arccos(torch.dot(F.normalize(a, dim=0), F.normalize(b, dim=0)).clip(-1, 1))
    sine = torch.sin(angle)
    if sine < 1e-5:
        return torch.lerp(a, b, t)
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / sine
    """,
)
it.right(
    "half the chord",
    """
    t = t[:, None]
    u, v = a / a.norm(), b / b.norm()
    angle = 2 * torch.atan2((u - v).norm(), (u + v).norm())
    if angle < 1e-4:
        return a + t * (b - a)
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
    """,
)

it.wrong("returns nothing", {"return torch": "way = torch"}, says="The result is None")
it.wrong("return 0", "return 0", says="should have shape")
it.wrong(
    "the line",
    """
    t = t[:, None]
    return (1 - t) * a + t * b
    """,
    says="That is the straight line",
)
it.wrong(
    "ends swapped",
    {"(1 - t) * angle": "t * angle", "+ torch.sin(t * angle)": "+ torch.sin((1 - t) * angle)"},
    says="The two ends are swapped",
)
it.wrong("normalized", {"(-1, 1)": "(-1, 1)\na, b = a / a.norm(), b / b.norm()"}, says="That is normalized")
it.wrong(
    "normalized, with a length between",
    """
    t = t[:, None]
    u, v = a / a.norm(), b / b.norm()
    angle = torch.acos((u @ v).clamp(-1, 1))
    length = (1 - t) * a.norm() + t * b.norm()
    if torch.sin(angle) < 1e-3:
        return (1 - t) * a + t * b
    return length * (torch.sin((1 - t) * angle) * u + torch.sin(t * angle) * v) / torch.sin(angle)
    """,
    says="with a length of its own",
)
it.wrong("no division by the sine", {"/ torch.sin(angle)": ""}, count=2, says="The division by sin Ω is missing")
it.wrong(
    "sines forgotten above",
    {"torch.sin((1 - t) * angle) / torch.sin(angle) * a + torch.sin(t * angle) / torch.sin(angle)": "(1 - t) * a + t"},
    says="That is the straight line",
)
it.wrong("angle without the lengths", {"/ (a.norm() * b.norm())": ""}, says="expected")
it.wrong(
    "nothing for equal directions",
    {".clamp(-1, 1)": "", "if torch.sin(angle) < 1e-3:\n    return (1 - t) * a + t * b": ""},
    says="NaN",
)
it.wrong("a alone for equal directions", {"(1 - t) * a + t * b": "a.expand(len(t), -1)"}, says="b = 2a")
it.wrong("degrees", {"acos(cosine)": "rad2deg(torch.acos(cosine))"}, says="expected")
it.wrong("sine instead of cosine", {"acos": "asin"}, says="expected")
it.wrong("no column", {"t = t[:, None]": ""}, says="should have shape")
it.wrong("the line beyond 30 degrees", {"< 1e-3": "< 0.99"}, says="That is the straight line")
it.wrong(
    "lengths of the sphere",
    """
    line = (1 - t)[:, None] * a + t[:, None] * b
    return line / line.norm(dim=1, keepdim=True) * a.norm()
    """,
    says="expected",
)
it.wrong("straight below 25 degrees", {"< 1e-3": "< 0.42"}, says="That is the straight line")
it.wrong("straight below 5 degrees", {"< 1e-3": "< 0.09"}, says="go straight only")
it.wrong("the cosine not bounded", {".clamp(-1, 1)": ""}, says="rounds to more than 1")
it.wrong("bounded below only", {"(-1, 1)": "(min=-1)"}, says="rounds to more than 1")
it.excused = {
    "`torch.sin(angle) < 0.001` → `torch.sin(angle) <= 0.001`": "from where on it is straight is left open, so near to 0",
    "`(a @ b / (a.norm() * b.norm())).clamp(-1, 1)` → `(a @ b / (a.norm() * b.norm())).clamp_(-1, 1)`": "the tensor changed in place is a new one, which nothing else holds",
    "`torch.sin(angle)` → `angle`": "for small angles the same, and opposite points are never asked for",
    "`torch.sin(angle) < 0.001` → `torch.sin(angle) < 0.002`": "from where on it is straight is left open, so near to 0",
    "`torch.sin(angle) < 0.001` → `torch.sin(angle) < 0.0005`": "from where on it is straight is left open, so near to 0",
    "`(a @ b / (a.norm() * b.norm())).clamp(-1, 1)` → `(a @ b / (a.norm() * b.norm())).clamp(-2, 1)`": "opposite points are never asked for",
    "`a @ b / (a.norm() * b.norm())` → `b @ a / (a.norm() * b.norm())`": "a product of two vectors has no order",
}
