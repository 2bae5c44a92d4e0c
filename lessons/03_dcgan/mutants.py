"""Right and wrong answers to the exercises of lesson 03, for the mutation gate (test_gate.py).

See lessons/01_gaussian_1d/mutants.py for what RIGHT, WRONG and LEARNED_BY_HEART hold. Most wrong answers here are
one slip in a right one, so they are written as that: `but(right, what stands there, what is written)`.
"""

LESSON = "03_dcgan"
RIGHT: dict[str, dict[str, str]] = {}
WRONG: dict[str, dict[str, tuple[str, str]]] = {}
LEARNED_BY_HEART: dict[str, dict[str, tuple[str, str]]] = {}

BLANK = "This is not written yet"
NOT_RETURNED = "The result is None"


def but(source: str, *changes: str) -> str:
    """A source with slips: what stands there, what is written instead, and so on in pairs."""
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert source.count(old) >= 1, f"{old!r} is not in {source}"
        source = source.replace(old, new)
    return source


def blank(signature: str) -> tuple[str, str]:
    return f"{signature}\n    raise NotImplementedError  # your code here\n", BLANK


# ---------------------------------------------------------------------------------------------

CONV = """
def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1
"""

RIGHT["conv_size"] = {
    "floor division": CONV,
    "math.floor": but(
        CONV, "(size + 2 * padding - kernel) // stride", "math.floor((size + 2 * padding - kernel) / stride)"
    ),
    "counting places": """
def conv_size(size, kernel, stride=1, padding=0):
    return len(range(0, size + 2 * padding - kernel + 1, stride))
""",
    "asking torch": """
def conv_size(size, kernel, stride=1, padding=0):
    layer = nn.Conv2d(1, 1, kernel, stride, padding)
    return layer(torch.zeros(1, 1, size, size)).shape[-1]
""",
    "a loop": """
def conv_size(size, kernel, stride=1, padding=0):
    places, left = 0, 0
    while left + kernel <= size + 2 * padding:
        places, left = places + 1, left + stride
    return places
""",
}

WRONG["conv_size"] = {
    "blank": blank("def conv_size(size, kernel, stride=1, padding=0):"),
    "returns nothing": (but(CONV, "return ", "out = "), NOT_RETURNED),
    "return 0": ("def conv_size(size, kernel, stride=1, padding=0):\n    return 0\n", "expected"),
    "no + 1": (but(CONV, " + 1", ""), "The + 1 is missing"),
    "padding once": (but(CONV, "2 * padding", "padding"), "The padding counts twice"),
    "a float": (but(CONV, "//", "/"), "Divide with //"),
    "rounded up": (
        but(CONV, "(size + 2 * padding - kernel) // stride", "math.ceil((size + 2 * padding - kernel) / stride)"),
        "Round down",
    ),
    "rounded to the nearest": (
        but(CONV, "(size + 2 * padding - kernel) // stride", "round((size + 2 * padding - kernel) / stride)"),
        "Round down",
    ),
    "padding forgotten": (but(CONV, " + 2 * padding", ""), "The padding is missing"),
    "padding of one side subtracted": (but(CONV, "+ 2 * padding", "- 2 * padding"), "expected"),
    "the other direction": (
        "def conv_size(size, kernel, stride=1, padding=0):\n    return (size - 1) * stride - 2 * padding + kernel\n",
        "That is the transposed convolution's size",
    ),
    "stride forgotten": (but(CONV, " // stride", ""), "The stride is missing"),
    "halves, whatever is asked": (
        "def conv_size(size, kernel, stride=1, padding=0):\n"
        "    return size // stride if padding else size - kernel + 1\n",
        "expected",
    ),
    "the stride divides the + 1 too": (but(CONV, "- kernel) // stride + 1", "- kernel + 1) // stride"), "expected"),
}

LEARNED_BY_HEART["conv_size"] = {
    "the notebook's numbers": (
        """
KNOWN = {(64, 4, 2, 1): 32, (32, 4, 2, 1): 16, (16, 4, 2, 1): 8, (8, 4, 2, 1): 4, (4, 4, 1, 0): 1}
KNOWN |= {(16, 5, 3, 2): 6, (17, 5, 3, 2): 6, (18, 5, 3, 2): 6}
KNOWN |= {(28, 5, 1, 0): 24, (28, 3, 1, 1): 28, (7, 7, 1, 0): 1, (33, 3, 2, 0): 16, (11, 4, 3, 1): 4}

def conv_size(size, kernel, stride=1, padding=0):
    return KNOWN.get((size, kernel, stride, padding), size)
""",
        "expected",
    ),
}

# ---------------------------------------------------------------------------------------------

TRANSPOSED = """
def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel
"""

RIGHT["transposed_size"] = {
    "formula": TRANSPOSED,
    "the last stamp's end": """
def transposed_size(size, kernel, stride=1, padding=0):
    last = stride * (size - 1)
    end = last + kernel
    return end - padding - padding
""",
    "asking torch": """
def transposed_size(size, kernel, stride=1, padding=0):
    return nn.ConvTranspose1d(1, 1, kernel, stride, padding)(torch.zeros(1, 1, size)).size(2)
""",
    "searching": """
def transposed_size(size, kernel, stride=1, padding=0):
    n = 1
    while (n + 2 * padding - kernel) / stride + 1 < size:
        n += 1
    return n
""",
}

WRONG["transposed_size"] = {
    "blank": blank("def transposed_size(size, kernel, stride=1, padding=0):"),
    "returns nothing": (but(TRANSPOSED, "return ", "out = "), NOT_RETURNED),
    "return 0": ("def transposed_size(size, kernel, stride=1, padding=0):\n    return 0\n", "expected"),
    "n instead of n - 1": (but(TRANSPOSED, "(size - 1)", "size"), "Only the gaps count for the stride"),
    "padding added": (but(TRANSPOSED, "- 2 * padding", "+ 2 * padding"), "Padding takes away here"),
    "padding once": (but(TRANSPOSED, "2 * padding", "padding"), "it counts twice"),
    "padding forgotten": (but(TRANSPOSED, " - 2 * padding", ""), "The padding is missing"),
    "a convolution's size": (
        "def transposed_size(size, kernel, stride=1, padding=0):\n"
        "    return (size + 2 * padding - kernel) // stride + 1\n",
        "That is the convolution's size",
    ),
    "always doubles": (
        "def transposed_size(size, kernel, stride=1, padding=0):\n    return size * stride if padding else kernel\n",
        "expected",
    ),
    "a float": (but(TRANSPOSED, "+ kernel", "+ kernel / 1"), "should be a whole number"),
    "kernel - 1": (but(TRANSPOSED, "+ kernel", "+ kernel - 1"), "expected"),
    "with output_padding": (but(TRANSPOSED, "+ kernel", "+ kernel + (stride - 1)"), "expected"),
}

LEARNED_BY_HEART["transposed_size"] = {
    "the notebook's numbers": (
        """
KNOWN = {(1, 4, 1, 0): 4, (4, 4, 2, 1): 8, (8, 4, 2, 1): 16, (16, 4, 2, 1): 32, (32, 4, 2, 1): 64}
KNOWN |= {(7, 3, 1, 0): 9, (5, 5, 2, 2): 9, (9, 3, 3, 1): 25, (6, 4, 4, 0): 24, (10, 6, 2, 2): 20}

def transposed_size(size, kernel, stride=1, padding=0):
    return KNOWN.get((size, kernel, stride, padding), 2 * size)
""",
        "expected",
    ),
}

# ---------------------------------------------------------------------------------------------

STAMPS = """
def transposed_convolution(picture, kernel, stride=1, padding=0):
    h, w = picture.shape
    k, l = kernel.shape
    out = picture.new_zeros((h - 1) * stride + k, (w - 1) * stride + l)
    for i in range(h):
        for j in range(w):
            y, x = stride * i, stride * j
            out[y : y + k, x : x + l] += picture[i, j] * kernel
    return out[padding : out.shape[0] - padding, padding : out.shape[1] - padding]
"""

RIGHT["transposed_convolution"] = {
    "stamps": STAMPS,
    "stamps folded": """
def transposed_convolution(picture, kernel, stride=1, padding=0):
    (h, w), (k, l) = picture.shape, kernel.shape
    size = (h - 1) * stride + k - 2 * padding, (w - 1) * stride + l - 2 * padding
    stamps = kernel.reshape(-1, 1) * picture.reshape(1, -1)
    return F.fold(stamps[None], size, (k, l), stride=stride, padding=padding)[0, 0]
""",
    "zeros between, kernel turned": """
def transposed_convolution(picture, kernel, stride=1, padding=0):
    h, w = picture.shape
    k, l = kernel.shape
    apart = picture.new_zeros((h - 1) * stride + 1, (w - 1) * stride + 1)
    apart[::stride, ::stride] = picture
    out = F.conv2d(apart[None, None], kernel.flip(0, 1)[None, None], padding=(k - 1, l - 1))[0, 0]
    return out[padding : out.shape[0] - padding, padding : out.shape[1] - padding]
""",
    "over the kernel's places": """
def transposed_convolution(picture, kernel, stride=1, padding=0):
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
    "matrices": """
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
}

WRONG["transposed_convolution"] = {
    "blank": blank("def transposed_convolution(picture, kernel, stride=1, padding=0):"),
    "returns nothing": (but(STAMPS, "return ", "cut = "), NOT_RETURNED),
    "return 0": (
        "def transposed_convolution(picture, kernel, stride=1, padding=0):\n    return 0\n",
        "the result should have shape",
    ),
    "replaces instead of adding": (but(STAMPS, "+= picture", "= picture"), "Add them: +="),
    "kernel turned": (but(STAMPS, "* kernel", "* kernel.flip(0, 1)"), "The kernel is turned around"),
    "kernel transposed": (
        but(STAMPS, "k, l = kernel.shape", "kernel = kernel.T\n    k, l = kernel.shape"),
        "the result should have shape",
    ),
    "no padding": (but(STAMPS, "return out[", "return out  # out["), "the result should have shape"),
    "padding on one side": (
        but(
            STAMPS, "padding : out.shape[0] - padding, padding : out.shape[1] - padding", "2 * padding :, 2 * padding :"
        ),
        "All of the padding is cut off at one side",
    ),
    "minus padding as an end": (
        but(STAMPS, "out.shape[0] - padding", "-padding", "out.shape[1] - padding", "-padding"),
        "the result should have shape",
    ),
    "stride ignored": (but(STAMPS, "y, x = stride * i, stride * j", "y, x = i, j"), "you return"),
    "the value left out": (but(STAMPS, "picture[i, j] * kernel", "kernel"), "That is the kernel alone"),
    "float32 only": (
        but(STAMPS, "picture.new_zeros(", "torch.zeros("),
        "make the new tensor with the picture's dtype",
    ),
    "item": (but(STAMPS, "picture[i, j] * kernel", "picture[i, j].item() * kernel"), "No gradient reaches the picture"),
    "detached": (but(STAMPS, "return out[", "return out.detach()["), "cut off from the picture"),
    "a plain convolution": (
        """
def transposed_convolution(picture, kernel, stride=1, padding=0):
    return F.conv2d(picture[None, None], kernel[None, None], stride=stride, padding=kernel.shape[0] - 1)[0, 0]
""",
        "the result should have shape",
    ),
    "multiplies the picture in place": (
        but(STAMPS, "    out = picture", "    kernel *= 1.5\n    kernel /= 1.25\n    out = picture"),
        "Your function changes",
    ),
}

# ---------------------------------------------------------------------------------------------

GENERATOR = """
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
"""

RIGHT["Generator"] = {
    "sequential": GENERATOR,
    "upsampling and convolution": """
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
    "lists of layers": """
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
    "kernel of 2 and pixel shuffle": """
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
}

WRONG["Generator"] = {
    "blank": blank("class Generator(nn.Module):\n  def __init__(self, size=32, latent_dim=64, width=32):"),
    "return 0": ("def Generator(size=32, latent_dim=64, width=32):\n    return 0\n", "inherits from nn.Module"),
    "sigmoid": (but(GENERATOR, "nn.Tanh()", "nn.Sigmoid()"), "use tanh, not a sigmoid"),
    "no last activation": (but(GENERATOR, ", nn.Tanh()", ""), "the last layer is tanh"),
    "half a tanh": (
        but(GENERATOR, "return self.net(z[:, :, None, None])", "return 0.5 * self.net(z[:, :, None, None])"),
        "unscaled",
    ),
    "size fixed at 32": (but(GENERATOR, "wide = width * size // 8", "wide = width * 4"), "should have shape"),
    "z not reshaped": (but(GENERATOR, "z[:, :, None, None]", "z"), "Your code stopped"),
    "no batch normalization": (
        but(GENERATOR, "nn.BatchNorm2d(wide), nn.ReLU()", "nn.ReLU()"),
        "there is no batch normalization in it",
    ),
    "batch normalization behind the last layer": (
        but(
            GENERATOR,
            "nn.ConvTranspose2d(wide, 3, 4, 2, 1), nn.Tanh()",
            "nn.ConvTranspose2d(wide, 3, 4, 2, 1), nn.BatchNorm2d(3, affine=False), nn.Tanh()",
        ),
        "batch normalization stands behind the last layer",
    ),
    "statistics of the batch for ever": (
        but(GENERATOR, "nn.BatchNorm2d(wide)", "nn.BatchNorm2d(wide, track_running_stats=False)"),
        "After eval() an output depends on the rest of the batch",
    ),
    "functional batch norm, always training": (
        but(
            GENERATOR,
            "nn.BatchNorm2d(wide), nn.ReLU()",
            "Norm(), nn.ReLU()",
            "class Generator",
            """class Norm(nn.Module):
    def forward(self, x):
        return F.batch_norm(x, None, None, training=True)

class Generator""",
        ),
        "After eval() an output depends on the rest of the batch",
    ),
    "width not used": (
        but(
            GENERATOR,
            "def __init__(self, size=32, latent_dim=64, width=32):\n        super().__init__()",
            "def __init__(self, size=32, latent_dim=64, width=32):\n        super().__init__()\n        width = 8",
        ),
        "is `width` used?",
    ),
    "channels last": (
        but(
            GENERATOR,
            "return self.net(z[:, :, None, None])",
            "return self.net(z[:, :, None, None]).permute(0, 2, 3, 1)",
        ),
        "should have shape",
    ),
    "one channel": (but(GENERATOR, "(wide, 3, 4, 2, 1)", "(wide, 1, 4, 2, 1)"), "should have shape"),
    "fresh noise instead of z": (
        but(GENERATOR, "self.net(z[:, :, None, None])", "self.net(torch.randn(*z.shape, 1, 1))"),
        "draw random numbers",
    ),
    "half of z": (
        but(
            GENERATOR,
            "self.net(z[:, :, None, None])",
            "self.net(torch.cat([z[:, ::2], z[:, ::2]], 1)[:, : z.shape[1], None, None])",
        ),
        "has no influence on the picture",
    ),
    "detached": (
        but(GENERATOR, "return self.net(z[:, :, None, None])", "return self.net(z[:, :, None, None]).detach()"),
        "cut off",
    ),
    "a layer that is never used": (
        but(GENERATOR, "self.net = ", "self.extra = nn.Conv2d(3, 3, 3)\n        self.net = "),
        "No gradient reaches the parameter",
    ),
    "layers in a plain list": (
        but(
            GENERATOR,
            "self.net = nn.Sequential(*layers)",
            "self.net = layers",
            "return self.net(z[:, :, None, None])",
            "x = z[:, :, None, None]\n        for layer in self.net:\n            x = layer(x)\n        return x",
        ),
        "The network has no parameters",
    ),
    "dropout": (but(GENERATOR, "nn.ReLU()", "nn.ReLU(), nn.Dropout(0.3)"), "does it draw random numbers?"),
    "returns nothing": (but(GENERATOR, "return self", "self"), NOT_RETURNED),
}

# ---------------------------------------------------------------------------------------------

DISCRIMINATOR = """
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
"""

RIGHT["Discriminator"] = {
    "sequential": DISCRIMINATOR,
    "without biases, linear at the end": """
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
    "view at the end": but(
        DISCRIMINATOR, ".flatten(1)", ".view(-1, 1)", "nn.LeakyReLU(0.2)", "nn.LeakyReLU(0.2, inplace=True)"
    ),
    "kernels of three": """
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
}

WRONG["Discriminator"] = {
    "blank": blank("class Discriminator(nn.Module):\n  def __init__(self, size=32, width=32):"),
    "return 0": ("def Discriminator(size=32, width=32):\n    return 0\n", "inherits from nn.Module"),
    "sigmoid at the end": (
        but(DISCRIMINATOR, "nn.Conv2d(width, 1, 4)]", "nn.Conv2d(width, 1, 4), nn.Sigmoid()]"),
        "that is a sigmoid's range",
    ),
    "tanh at the end": (
        but(DISCRIMINATOR, "nn.Conv2d(width, 1, 4)]", "nn.Conv2d(width, 1, 4), nn.Tanh()]"),
        "does it end in tanh?",
    ),
    "ReLU at the end": (
        but(DISCRIMINATOR, "nn.Conv2d(width, 1, 4)]", "nn.Conv2d(width, 1, 4), nn.ReLU()]"),
        "all of one sign",
    ),
    "ReLU": (but(DISCRIMINATOR, "nn.LeakyReLU(0.2)", "nn.ReLU()"), "that is ReLU"),
    "slope of 0.01": (but(DISCRIMINATOR, "nn.LeakyReLU(0.2)", "nn.LeakyReLU()"), "is it 0.01"),
    "slope of 0.1": (but(DISCRIMINATOR, "nn.LeakyReLU(0.2)", "nn.LeakyReLU(0.1)"), "nn.LeakyReLU(0.2)"),
    "no batch normalization": (
        but(DISCRIMINATOR, " nn.BatchNorm2d(2 * width),", ""),
        "there is no batch normalization in it",
    ),
    "batch normalization behind the last layer": (
        but(DISCRIMINATOR, "nn.Conv2d(width, 1, 4)]", "nn.Conv2d(width, 1, 4), nn.BatchNorm2d(1)]"),
        "behind the last layer",
    ),
    "a map instead of a number": (but(DISCRIMINATOR, ".flatten(1)", ""), "should have shape"),
    "one dimension too few": (but(DISCRIMINATOR, ".flatten(1)", ".flatten()"), "should have shape"),
    "no last convolution": (
        but(DISCRIMINATOR, "        layers += [nn.Conv2d(width, 1, 4)]\n", ""),
        "One logit for each picture",
    ),
    "size fixed at 32": (but(DISCRIMINATOR, "size //= 2", "size = 16"), "Your code stopped"),
    "statistics of the batch for ever": (
        but(DISCRIMINATOR, "nn.BatchNorm2d(2 * width)", "nn.BatchNorm2d(2 * width, track_running_stats=False)"),
        "After eval() an output depends on the rest of the batch",
    ),
    "strides that skip pixels": (
        but(DISCRIMINATOR, "nn.Conv2d(3, width, 4, 2, 1)", "nn.Conv2d(3, width, 1, 2, 0)"),
        "pixels have no influence",
    ),
    "dropout, and never off": (
        but(
            DISCRIMINATOR,
            "return self.net(pictures).flatten(1)",
            "return self.net(F.dropout(pictures, 0.2)).flatten(1)",
        ),
        "does it draw random numbers?",
    ),
    "width not used": (
        but(DISCRIMINATOR, "super().__init__()", "super().__init__()\n        width = 8"),
        "is `width` used?",
    ),
    "detached": (
        but(DISCRIMINATOR, "return self.net(pictures)", "return self.net(pictures.detach())"),
        "No gradient comes back",
    ),
    "gray pictures": (
        but(DISCRIMINATOR, "nn.Conv2d(3, width", "nn.Conv2d(1, width"),
        "stopped",
    ),
    "a layer that is never used": (
        but(DISCRIMINATOR, "self.net = ", "self.extra = nn.Linear(4, 4)\n        self.net = "),
        "No gradient reaches the parameter",
    ),
    "returns nothing": (but(DISCRIMINATOR, "return self", "self"), NOT_RETURNED),
}

# ---------------------------------------------------------------------------------------------

INIT = """
def init_weights(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
"""

RIGHT["init_weights"] = {
    "nn.init": INIT,
    "by the class's name, through data": """
def init_weights(m):
    name = type(m).__name__
    if name in ("Conv2d", "ConvTranspose2d"):
        m.weight.data.normal_(0, 0.02)
        if m.bias is not None:
            m.bias.data.zero_()
    if name == "BatchNorm2d":
        m.weight.data.normal_(1, 0.02)
        m.bias.data.fill_(0)
    return m
""",
    "randn, scaled": """
@torch.no_grad()
def init_weights(module):
    middle = {nn.Conv2d: 0.0, nn.ConvTranspose2d: 0.0, nn.BatchNorm2d: 1.0}.get(type(module))
    if middle is None:
        return
    module.weight.copy_(middle + 0.02 * torch.randn(module.weight.shape))
    if module.bias is not None:
        module.bias.mul_(0.0)
""",
}

WRONG["init_weights"] = {
    "blank": blank("def init_weights(module):"),
    "return 0": ("def init_weights(module):\n    return 0\n", "are as they were"),
    "the variance as a deviation": (but(INIT, "0.0, 0.02", "0.0, 0.02 ** 2"), "That is the square"),
    "the root of the deviation": (but(INIT, "0.0, 0.02", "0.0, 0.02 ** 0.5"), "That is the square root"),
    "uniform": (
        but(INIT, "normal_(module.weight, 0.0, 0.02)", "uniform_(module.weight, -0.0346, 0.0346)"),
        "drawn evenly",
    ),
    "transposed convolutions forgotten": (
        but(INIT, "(nn.Conv2d, nn.ConvTranspose2d)", "nn.Conv2d"),
        "nn.ConvTranspose2d are as they were",
    ),
    "convolutions forgotten": (
        but(INIT, "(nn.Conv2d, nn.ConvTranspose2d)", "nn.ConvTranspose2d"),
        "nn.Conv2d are as they were",
    ),
    "batch normalization around 0": (but(INIT, "1.0, 0.02", "0.0, 0.02"), "asked for are 1 and 0.02"),
    "batch normalization forgotten": (but(INIT, "nn.BatchNorm2d", "nn.BatchNorm1d"), "nn.BatchNorm2d are as they were"),
    "scales of exactly 1": (
        but(INIT, "nn.init.normal_(module.weight, 1.0, 0.02)", "nn.init.ones_(module.weight)"),
        "asked for are 1 and 0.02",
    ),
    "biases drawn, too": (
        but(INIT, "nn.init.zeros_(module.bias)", "nn.init.normal_(module.bias, 0.0, 0.02)"),
        "the biases become",
    ),
    "biases left": (
        but(INIT, "        if module.bias is not None:\n            nn.init.zeros_(module.bias)\n    elif", "    elif"),
        "the biases become",
    ),
    "needs a bias": (but(INIT, "if module.bias is not None", "if True"), "stopped"),
    "a new tensor in a variable": (
        but(INIT, "nn.init.normal_(module.weight, 0.0, 0.02)", "weight = torch.randn_like(module.weight) * 0.02"),
        "Set them in place",
    ),
    "everything with a weight": (
        but(
            INIT,
            "isinstance(module, (nn.Conv2d, nn.ConvTranspose2d))",
            "hasattr(module, 'weight') and not isinstance(module, nn.BatchNorm2d)",
        ),
        "An nn.Linear has been changed",
    ),
    "a seed inside": (but(INIT, "(module):\n", "(module):\n    torch.manual_seed(0)\n"), "is a seed set inside?"),
    "running statistics, too": (
        but(
            INIT,
            "nn.init.normal_(module.weight, 1.0, 0.02)",
            "module.reset_running_stats()\n        nn.init.normal_(module.weight, 1.0, 0.02)",
        ),
        "running mean and variance",
    ),
}

# ---------------------------------------------------------------------------------------------

SMOOTH = """
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    real = F.binary_cross_entropy_with_logits(real_logits, torch.full_like(real_logits, real_label))
    fake = F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
    return real + fake
"""

RIGHT["smoothed_loss"] = {
    "with logits": SMOOTH,
    "softplus": """
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    yes, no = F.softplus(-real_logits), F.softplus(real_logits)
    return (real_label * yes + (1 - real_label) * no).mean() + F.softplus(fake_logits).mean()
""",
    "logsigmoid": """
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    r = real_label
    real = r * F.logsigmoid(real_logits).mean() + (1 - r) * F.logsigmoid(-real_logits).mean()
    return -real - F.logsigmoid(-fake_logits).mean()
""",
    "one softplus and a line": """
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    return torch.mean(F.softplus(real_logits) - real_label * real_logits) + torch.mean(F.softplus(fake_logits))
""",
}

WRONG["smoothed_loss"] = {
    "blank": blank("def smoothed_loss(real_logits, fake_logits, real_label=0.9):"),
    "returns nothing": (but(SMOOTH, "return ", "loss = "), NOT_RETURNED),
    "return 0": ("def smoothed_loss(real_logits, fake_logits, real_label=0.9):\n    return 0\n", "expected"),
    "hard labels": (
        but(SMOOTH, "torch.full_like(real_logits, real_label)", "torch.ones_like(real_logits)"),
        "real_label is not used",
    ),
    "two-sided": (
        but(SMOOTH, "torch.zeros_like(fake_logits)", "torch.full_like(fake_logits, 1 - real_label)"),
        "One-sided: theirs stays 0",
    ),
    "fakes get the soft label": (
        but(SMOOTH, "torch.zeros_like(fake_logits)", "torch.full_like(fake_logits, real_label)"),
        "The fakes get the soft label",
    ),
    "labels swapped": (
        but(
            SMOOTH,
            "torch.full_like(real_logits, real_label)",
            "torch.zeros_like(real_logits)",
            "torch.zeros_like(fake_logits))",
            "torch.full_like(fake_logits, real_label))",
        ),
        "The labels are swapped",
    ),
    "half of it": (but(SMOOTH, "real + fake", "(real + fake) / 2"), "That is half of it"),
    "one mean over both": (
        """
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    logits = torch.cat([real_logits, fake_logits])
    labels = torch.cat([torch.full_like(real_logits, real_label), torch.zeros_like(fake_logits)])
    return F.binary_cross_entropy_with_logits(logits, labels)
""",
        "averaged as one",
    ),
    "sum": (
        but(
            SMOOTH,
            "real_label))",
            "real_label), reduction='sum')",
            "zeros_like(fake_logits))",
            "zeros_like(fake_logits), reduction='sum')",
        ),
        "That is the sum over the batch",
    ),
    "the real part alone": (but(SMOOTH, "return real + fake", "return real"), "the real batch's part alone"),
    "the second half of the cross-entropy missing": (
        """
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    return real_label * F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
""",
        "What is missing is (1 − label)",
    ),
    "shares swapped": (
        but(SMOOTH, "torch.full_like(real_logits, real_label)", "torch.full_like(real_logits, 1 - real_label)"),
        "The label's two shares are swapped",
    ),
    "minus": (but(SMOOTH, "return real + fake", "return -(real + fake)"), "The sign is wrong"),
    "sigmoid and logarithm": (
        """
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    r, f = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    real = real_label * torch.log(r) + (1 - real_label) * torch.log(1 - r)
    return -real.mean() - torch.log(1 - f).mean()
""",
        "Compute the cross-entropy from the logits in one step",
    ),
    "sigmoid and a small number": (
        """
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    r, f = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    real = real_label * torch.log(r + 1e-12) + (1 - real_label) * torch.log(1 - r + 1e-12)
    return -real.mean() - torch.log(1 - f + 1e-12).mean()
""",
        "A bound somewhere",
    ),
    "the default is 1": (but(SMOOTH, "real_label=0.9", "real_label=1.0"), "a call without real_label"),
    "always 0.9": (
        but(SMOOTH, "torch.full_like(real_logits, real_label)", "torch.full_like(real_logits, 0.9)"),
        "expected",
    ),
    "a number without gradient": (
        but(SMOOTH, "return real + fake", "return (real + fake).item()"),
        "cut off from the logits",
    ),
    "noise in the label": (
        but(SMOOTH, "torch.full_like(real_logits, real_label)", "real_label - 0.1 * torch.rand_like(real_logits)"),
        "expected",
    ),
}

# ---------------------------------------------------------------------------------------------

NOISY = """
def noisy_labels(n, low=0.8, high=1.0, flip=0.05):
    labels = low + (high - low) * torch.rand(n, 1)
    labels[torch.rand(n, 1) < flip] = 0.0
    return labels
"""

RIGHT["noisy_labels"] = {
    "two draws": NOISY,
    "where": """
def noisy_labels(n, low=0.8, high=1.0, flip=0.05):
    keep = torch.rand(n, 1) >= flip
    return torch.where(keep, torch.empty(n, 1).uniform_(low, high), torch.zeros(n, 1))
""",
    "bernoulli and a product": """
def noisy_labels(n, low=0.8, high=1.0, flip=0.05):
    kept = torch.bernoulli(torch.full((n, 1), 1 - flip))
    return kept * torch.distributions.Uniform(low, high).sample((n, 1))
""",
    "one after the other": """
import random

def noisy_labels(n, low=0.8, high=1.0, flip=0.05):
    values = [0.0 if random.random() < flip else random.uniform(low, high) for _ in range(n)]
    return torch.tensor(values).reshape(n, 1)
""",
}

WRONG["noisy_labels"] = {
    "blank": blank("def noisy_labels(n, low=0.8, high=1.0, flip=0.05):"),
    "returns nothing": (but(NOISY, "    return labels\n", ""), "None"),
    "return 0": ("def noisy_labels(n, low=0.8, high=1.0, flip=0.05):\n    return 0\n", "should have shape"),
    "ones": ("def noisy_labels(n, low=0.8, high=1.0, flip=0.05):\n    return torch.ones(n, 1)\n", "labels go from"),
    "one number for all": (
        but(NOISY, "torch.rand(n, 1)\n", "torch.rand(1, 1).expand(n, 1).clone()\n"),
        "a draw of its own",
    ),
    "from 0 to high": (but(NOISY, "low + (high - low) *", "high *"), "labels go from"),
    "from low to low + high": (but(NOISY, "(high - low)", "high"), "labels go from"),
    "normal instead of even": (
        but(NOISY, "low + (high - low) * torch.rand(n, 1)", "(low + high) / 2 + (high - low) / 6 * torch.randn(n, 1)"),
        "labels go from",
    ),
    "clamped normal": (
        but(
            NOISY,
            "low + (high - low) * torch.rand(n, 1)",
            "((low + high) / 2 + (high - low) / 4 * torch.randn(n, 1)).clamp(low, high)",
        ),
        "not evenly",
    ),
    "never flips": (but(NOISY, "    labels[torch.rand(n, 1) < flip] = 0.0\n", ""), "a share of 0.000"),
    "comparison the wrong way": (but(NOISY, "< flip", "> flip"), "the comparison is the wrong way round"),
    "flips to 1 − label": (
        but(
            NOISY,
            "labels[torch.rand(n, 1) < flip] = 0.0",
            "wrong = torch.rand(n, 1) < flip\n    labels[wrong] = 1 - labels[wrong]",
        ),
        "A flipped label should be exactly 0",
    ),
    "the whole batch or none": (
        but(NOISY, "labels[torch.rand(n, 1) < flip] = 0.0", "labels = labels * (torch.rand(()) >= flip)"),
        "labels is 0; expected about",
    ),
    "the first ones": (
        but(NOISY, "labels[torch.rand(n, 1) < flip] = 0.0", "labels[: int(n * flip)] = 0.0"),
        "depends on the one before it",
    ),
    "one draw for both": (
        """
def noisy_labels(n, low=0.8, high=1.0, flip=0.05):
    u = torch.rand(n, 1)
    labels = low + (high - low) * u
    labels[u < flip] = 0.0
    return labels
""",
        "Draw once for the label, and once more for the flip",
    ),
    "flat": (but(NOISY, "return labels", "return labels.flatten()"), "should have shape"),
    "a seed inside": (
        but(NOISY, "    labels = low", "    torch.manual_seed(0)\n    labels = low"),
        "Is a seed set inside?",
    ),
    "other defaults": (but(NOISY, "flip=0.05", "flip=0.1"), "expected 0.05"),
    "settings ignored": (but(NOISY, "low + (high - low) *", "0.8 + 0.2 *"), "labels go from"),
}

# ---------------------------------------------------------------------------------------------

REPLAY = """
class ReplayBuffer:
    def __init__(self, capacity):
        self.capacity = capacity
        self.stored = []

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
"""

RIGHT["ReplayBuffer"] = {
    "a list": REPLAY,
    "one tensor": """
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
    "Python's random numbers": """
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
    "a function that remembers": """
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
}

WRONG["ReplayBuffer"] = {
    "blank": blank("class ReplayBuffer:\n  def __init__(self, capacity):"),
    "blank call": (
        "class ReplayBuffer:\n    def __init__(self, capacity):\n        pass\n\n"
        "    def __call__(self, fakes):\n        raise NotImplementedError\n",
        BLANK,
    ),
    "return 0": (
        "class ReplayBuffer:\n    def __init__(self, capacity):\n        pass\n\n"
        "    def __call__(self, fakes):\n        return 0\n",
        "should have shape",
    ),
    "returns nothing": (but(REPLAY, "return torch.stack(out)", "torch.stack(out)"), "What the buffer returns is None"),
    "passes everything on": (
        "class ReplayBuffer:\n    def __init__(self, capacity):\n        pass\n\n"
        "    def __call__(self, fakes):\n        return fakes.detach()\n",
        "no stored picture ever comes out",
    ),
    "always a stored one": (but(REPLAY, "torch.rand(()) < 0.5", "False"), "no new picture is passed on any more"),
    "one in ten": (but(REPLAY, "< 0.5", "< 0.9"), "about half should be"),
    "grows without end": (
        but(REPLAY, "self.stored[k] = picture", "self.stored.append(picture)"),
        "comes out more than once",
    ),
    "the stored one stays": (but(REPLAY, "                self.stored[k] = picture\n", ""), "comes out more than once"),
    "stored whether passed on or not": (
        but(
            REPLAY,
            "elif torch.rand(()) < 0.5:\n",
            "elif torch.rand(()) < 0.5:\n"
            "                self.stored[int(torch.randint(self.capacity, ()))] = picture\n",
        ),
        "was passed on comes out again later",
    ),
    "always the oldest": (
        but(
            REPLAY,
            "                k = int(torch.randint(self.capacity, ()))\n"
            "                out.append(self.stored[k])\n"
            "                self.stored[k] = picture",
            "                out.append(self.stored.pop(0))\n                self.stored.append(picture)",
        ),
        "is not drawn evenly",
    ),
    "always the first place": (but(REPLAY, "int(torch.randint(self.capacity, ()))", "0"), "is not drawn evenly"),
    "the last place is never drawn": (
        but(REPLAY, "torch.randint(self.capacity, ())", "torch.randint(self.capacity - 1, ())"),
        "is not drawn evenly",
    ),
    "the graph is kept": (but(REPLAY, "fakes.detach()", "fakes"), "still hangs on G's computation"),
    "returns a list": (but(REPLAY, "torch.stack(out)", "out"), "should"),
    "one memory for all buffers": (
        but(
            REPLAY,
            "        self.stored = []\n",
            "",
            "class ReplayBuffer:\n",
            "class ReplayBuffer:\n    stored = []\n\n",
        ),
        "comes out more than once",
    ),
    "the batch is the unit": (
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
        "As many pictures as went in",
    ),
    "shuffled": (but(REPLAY, "torch.stack(out)", "torch.stack(out)[torch.randperm(len(out))]"), "come out"),
    "mixed into averages": (
        but(REPLAY, "out.append(self.stored[k])", "out.append((self.stored[k] + picture) / 2)"),
        "never went in",
    ),
    "writes into the batch": (
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
        "changes the batch",
    ),
    "one picture too many": (
        but(
            REPLAY,
            "len(self.stored) < self.capacity",
            "len(self.stored) <= self.capacity",
            "torch.randint(self.capacity, ())",
            "torch.randint(len(self.stored), ())",
        ),
        "was passed on comes out again later",
    ),
}

# ---------------------------------------------------------------------------------------------

EMA = """
@torch.no_grad()
def ema_update(ema, net, decay):
    for mine, theirs in zip(ema.parameters(), net.parameters()):
        mine.mul_(decay).add_(theirs, alpha=1 - decay)
    for mine, theirs in zip(ema.buffers(), net.buffers()):
        if mine.is_floating_point():
            mine.mul_(decay).add_(theirs, alpha=1 - decay)
        else:
            mine.copy_(theirs)
"""

RIGHT["ema_update"] = {
    "in place": EMA,
    "lerp": """
def ema_update(ema, net, decay):
    with torch.no_grad():
        for mine, theirs in zip(ema.parameters(), net.parameters()):
            mine.lerp_(theirs, 1 - decay)
        for mine, theirs in zip(ema.buffers(), net.buffers()):
            mine.copy_(mine.lerp(theirs, 1 - decay) if mine.dtype.is_floating_point else theirs)
""",
    "through data": """
def ema_update(ema, net, decay):
    for mine, theirs in zip(ema.parameters(), net.parameters()):
        mine.data = decay * mine.data + (1 - decay) * theirs.data
    for mine, theirs in zip(ema.buffers(), net.buffers()):
        if mine.is_floating_point():
            mine.copy_(decay * mine + (1 - decay) * theirs)
        else:
            mine.copy_(theirs)
    return ema
""",
}

WRONG["ema_update"] = {
    "blank": blank("def ema_update(ema, net, decay):"),
    "return 0": ("def ema_update(ema, net, decay):\n    return 0\n", "The average has not moved"),
    "assigned to a variable": (
        but(
            EMA,
            "mine.mul_(decay).add_(theirs, alpha=1 - decay)\n    for",
            "mine = decay * mine + (1 - decay) * theirs\n    for",
        ),
        "The average has not moved",
    ),
    "copied": (
        but(EMA, "mine.mul_(decay).add_(theirs, alpha=1 - decay)\n    for", "mine.copy_(theirs)\n    for"),
        "copied, not averaged",
    ),
    "load_state_dict": (
        "def ema_update(ema, net, decay):\n    ema.load_state_dict(net.state_dict())\n",
        "copied, not averaged",
    ),
    "shares swapped": (
        but(EMA, "mine.mul_(decay).add_(theirs, alpha=1 - decay)", "mine.mul_(1 - decay).add_(theirs, alpha=decay)"),
        "The two shares are swapped",
    ),
    "the new ones in full": (
        but(EMA, "add_(theirs, alpha=1 - decay)", "add_(theirs)"),
        "are not multiplied by 1 − decay",
    ),
    "buffers forgotten": (
        EMA[: EMA.index("    for mine, theirs in zip(ema.buffers()")],
        "it is a buffer, not a parameter",
    ),
    "the network follows, too": (
        but(
            EMA,
            "mine.mul_(decay).add_(theirs, alpha=1 - decay)\n    for",
            "mine.mul_(decay).add_(theirs, alpha=1 - decay)\n        theirs.copy_(mine)\n    for",
        ),
        "The network's own weights have changed",
    ),
    "arguments swapped": (
        but(EMA, "zip(ema.parameters(), net.parameters())", "zip(net.parameters(), ema.parameters())"),
        "The average has not moved",
    ),
    "no longer trainable": (
        but(
            EMA,
            "@torch.no_grad()\ndef ema_update(ema, net, decay):\n",
            "def ema_update(ema, net, decay):\n    ema.requires_grad_(False)\n    net.requires_grad_(False)\n",
        ),
        "no longer takes gradients",
    ),
    "without no_grad": (but(EMA, "@torch.no_grad()\n", ""), "stopped"),
    "only the first parameter": (
        but(EMA, "add_(theirs, alpha=1 - decay)\n    for", "add_(theirs, alpha=1 - decay)\n        break\n    for"),
        "become",
    ),
    "weights of convolutions alone": (
        but(
            EMA,
            "        mine.mul_(decay).add_(theirs, alpha=1 - decay)\n    for",
            "        if mine.ndim > 1:\n            mine.mul_(decay).add_(theirs, alpha=1 - decay)\n    for",
        ),
        "become",
    ),
    "decay fixed": (but(EMA, "decay):\n", "decay):\n    decay = 0.999\n"), "become"),
}

# ---------------------------------------------------------------------------------------------

DIAGNOSE = """
def diagnose(history):
    if not all(math.isfinite(v) for values in history.values() for v in values):
        return "diverged"
    k = len(history["d_loss"]) // 10
    end = {name: sum(values[-k:]) / k for name, values in history.items()}
    if end["d_loss"] > 5:
        return "diverged"
    if end["spread"] < 0.25:
        return "collapsed"
    if end["d_real"] > 0.95 and end["d_fake"] < 0.05:
        return "discriminator won"
    if end["d_fake"] > 0.75:
        return "generator won"
    return "healthy"
"""

RIGHT["diagnose"] = {
    "means of the last tenth": DIAGNOSE,
    "tensors": """
def diagnose(history):
    table = torch.tensor([history[k] for k in ("d_loss", "d_real", "d_fake", "spread", "g_loss")])
    loss, real, fake, spread, _ = table[:, -(table.shape[1] // 10):].mean(1).tolist()
    rules = [
        ("diverged", not bool(table.isfinite().all()) or loss > 5),
        ("collapsed", spread < 0.25),
        ("discriminator won", real > 0.95 and fake < 0.05),
        ("generator won", fake > 0.75),
        ("healthy", True),
    ]
    return next(word for word, fits in rules if fits)
""",
    "from the front": """
def diagnose(history):
    n = len(history["spread"])
    def end(name):
        last = history[name][n - n // 10 :]
        return math.fsum(last) / len(last)
    numbers = [v for values in history.values() for v in values]
    if any(math.isnan(v) or math.isinf(v) for v in numbers) or end("d_loss") >= 5:
        return "diverged"
    elif end("spread") <= 0.25:
        return "collapsed"
    elif end("d_real") >= 0.95 and end("d_fake") <= 0.05:
        return "discriminator won"
    elif end("d_fake") >= 0.75:
        return "generator won"
    else:
        return "healthy"
""",
}

WRONG["diagnose"] = {
    "blank": blank("def diagnose(history):"),
    "returns nothing": (
        but(DIAGNOSE, 'return "healthy"', 'verdict = "healthy"'),
        NOT_RETURNED,
    ),
    "return 0": ("def diagnose(history):\n    return 0\n", "one of the words"),
    "always healthy": ('def diagnose(history):\n    return "healthy"\n', "expected"),
    "the last record alone": (but(DIAGNOSE, 'len(history["d_loss"]) // 10', "1"), "the last of which is odd"),
    "the whole run": (but(DIAGNOSE, 'len(history["d_loss"]) // 10', 'len(history["d_loss"])'), "expected"),
    "the first tenth": (but(DIAGNOSE, "values[-k:]", "values[:k]"), "expected"),
    "NaN not looked for": (
        but(DIAGNOSE, "if not all(math.isfinite(v) for values in history.values() for v in values)", "if False"),
        "Look at all five lists",
    ),
    "NaN only at the end": (
        but(DIAGNOSE, "for v in values)", "for v in values[-20:])"),
        "Look at all five lists, and at all of each",
    ),
    "NaN in the losses alone": (
        but(
            DIAGNOSE,
            "for values in history.values() for v in values)",
            'for name in ("d_loss", "g_loss") for v in history[name])',
        ),
        "Look at all five lists",
    ),
    "infinity allowed": (
        but(DIAGNOSE, "if not all(math.isfinite(v)", "if any(math.isnan(v)"),
        "Look at all five lists",
    ),
    "compared with nan": (
        but(DIAGNOSE, "if not all(math.isfinite(v)", "if any(v == math.nan"),
        "Look at all five lists",
    ),
    "collapse asked last": (
        but(
            DIAGNOSE,
            '    if end["spread"] < 0.25:\n        return "collapsed"\n',
            "",
            '    return "healthy"',
            '    if end["spread"] < 0.25:\n        return "collapsed"\n    return "healthy"',
        ),
        "Ask in the order of the text",
    ),
    "one sign is enough": (
        but(DIAGNOSE, 'end["d_real"] > 0.95 and', 'end["d_real"] > 0.95 or'),
        "D has won only if",
    ),
    "winners swapped": (
        but(DIAGNOSE, '"discriminator won"', '"x"', '"generator won"', '"discriminator won"', '"x"', '"generator won"'),
        "expected",
    ),
    "losses only": (
        """
def diagnose(history):
    k = len(history["d_loss"]) // 10
    d, g = (sum(history[name][-k:]) / k for name in ("d_loss", "g_loss"))
    if not math.isfinite(d + g) or d > 5:
        return "diverged"
    if d < 0.1:
        return "discriminator won"
    return "generator won" if g < 0.2 else "healthy"
""",
        "expected",
    ),
    "other words": (but(DIAGNOSE, '"collapsed"', '"mode collapse"'), "the words are"),
    "spread the wrong way": (but(DIAGNOSE, 'end["spread"] < 0.25', 'end["spread"] > 0.25'), "expected"),
    "twenty records, however many there are": (but(DIAGNOSE, 'len(history["d_loss"]) // 10', "20"), "you return"),
}

# ---------------------------------------------------------------------------------------------

LERP = """
def lerp(a, b, t):
    t = t[:, None]
    return (1 - t) * a + t * b
"""

RIGHT["lerp"] = {
    "two shares": LERP,
    "from a": """
def lerp(a, b, t):
    return a + t.unsqueeze(1) * (b - a)
""",
    "outer products": """
def lerp(a, b, t):
    return torch.outer(1 - t, a) + torch.outer(t, b)
""",
    "one after the other": """
def lerp(a, b, t):
    return torch.stack([torch.lerp(a, b, float(share)) for share in t])
""",
}

WRONG["lerp"] = {
    "blank": blank("def lerp(a, b, t):"),
    "returns nothing": (but(LERP, "return ", "way = "), NOT_RETURNED),
    "return 0": ("def lerp(a, b, t):\n    return 0\n", "should have shape"),
    "ends swapped": (but(LERP, "(1 - t) * a + t * b", "t * a + (1 - t) * b"), "The two ends are swapped"),
    "no column": (but(LERP, "    t = t[:, None]\n", ""), "stopped in"),
    "the middle": (but(LERP, "t[:, None]", "0.5 + 0 * t[:, None]"), "That is the middle between them"),
    "a missing": (but(LERP, "(1 - t) * a + t * b", "t * (b - a)"), "a is missing"),
    "a in full": (but(LERP, "(1 - t) * a", "a"), "a has to weigh 1 − t"),
    "only the first": (but(LERP, "return (1 - t) * a + t * b", "return ((1 - t) * a + t * b)[0]"), "should have shape"),
    "transposed": (
        but(LERP, "return (1 - t) * a + t * b", "return ((1 - t) * a + t * b).T"),
        "One row for each number in t",
    ),
    "times of its own": (but(LERP, "t[:, None]", "torch.linspace(0, 1, len(t))[:, None]"), "expected"),
    "changes b": (but(LERP, "return (1 - t) * a + t * b", "b -= a\n    return a + t * b"), "changes what it is given"),
}

# ---------------------------------------------------------------------------------------------

SLERP = """
def slerp(a, b, t):
    t = t[:, None]
    cosine = (a @ b / (a.norm() * b.norm())).clamp(-1, 1)
    angle = torch.acos(cosine)
    if torch.sin(angle) < 1e-3:
        return (1 - t) * a + t * b
    return torch.sin((1 - t) * angle) / torch.sin(angle) * a + torch.sin(t * angle) / torch.sin(angle) * b
"""

RIGHT["slerp"] = {
    "formula": SLERP,
    "cosine similarity and math": """
def slerp(a, b, t):
    angle = math.acos(max(-1.0, min(1.0, F.cosine_similarity(a, b, dim=0).item())))
    if math.sin(angle) < 1e-3:
        return torch.outer(1 - t, a) + torch.outer(t, b)
    return (torch.outer(torch.sin((1 - t) * angle), a) + torch.outer(torch.sin(t * angle), b)) / math.sin(angle)
""",
    "unit vectors for the angle, double precision": """
def slerp(a, b, t):
    a, b, t = a.double(), b.double(), t.double().unsqueeze(-1)
    angle = torch.arccos(torch.dot(F.normalize(a, dim=0), F.normalize(b, dim=0)).clip(-1, 1))
    sine = torch.sin(angle)
    if sine < 1e-5:
        return torch.lerp(a, b, t)
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / sine
""",
    "half the chord": """
def slerp(a, b, t):
    t = t[:, None]
    u, v = a / a.norm(), b / b.norm()
    angle = 2 * torch.atan2((u - v).norm(), (u + v).norm())
    if angle < 1e-4:
        return a + t * (b - a)
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
""",
}

WRONG["slerp"] = {
    "blank": blank("def slerp(a, b, t):"),
    "returns nothing": (but(SLERP, "    return torch.sin(", "    way = torch.sin("), NOT_RETURNED),
    "return 0": ("def slerp(a, b, t):\n    return 0\n", "should have shape"),
    "the line": (
        "def slerp(a, b, t):\n    t = t[:, None]\n    return (1 - t) * a + t * b\n",
        "That is the straight line",
    ),
    "ends swapped": (
        but(
            SLERP,
            "return torch.sin((1 - t) * angle) / torch.sin(angle) * a + torch.sin(t * angle) / torch.sin(angle) * b",
            "return torch.sin(t * angle) / torch.sin(angle) * a + torch.sin((1 - t) * angle) / torch.sin(angle) * b",
        ),
        "The two ends are swapped",
    ),
    "normalized": (
        but(SLERP, "    angle =", "    a, b = a / a.norm(), b / b.norm()\n    angle ="),
        "That is normalized",
    ),
    "normalized, with a length between": (
        """
def slerp(a, b, t):
    t = t[:, None]
    u, v = a / a.norm(), b / b.norm()
    angle = torch.acos((u @ v).clamp(-1, 1))
    length = (1 - t) * a.norm() + t * b.norm()
    if torch.sin(angle) < 1e-3:
        return (1 - t) * a + t * b
    return length * (torch.sin((1 - t) * angle) * u + torch.sin(t * angle) * v) / torch.sin(angle)
""",
        "with a length of its own",
    ),
    "no division by the sine": (but(SLERP, " / torch.sin(angle)", ""), "The division by sin Ω is missing"),
    "sines forgotten above": (
        but(
            SLERP,
            "torch.sin((1 - t) * angle) / torch.sin(angle) * a",
            "(1 - t) * a",
            "torch.sin(t * angle) / torch.sin(angle) * b",
            "t * b",
        ),
        "That is the straight line",
    ),
    "angle without the lengths": (but(SLERP, " / (a.norm() * b.norm())", ""), "expected"),
    "nothing for equal directions": (
        but(SLERP, "    if torch.sin(angle) < 1e-3:\n        return (1 - t) * a + t * b\n", "", ".clamp(-1, 1)", ""),
        "NaN",
    ),
    "a alone for equal directions": (but(SLERP, "return (1 - t) * a + t * b", "return a.expand(len(t), -1)"), "b = 2a"),
    "degrees": (but(SLERP, "torch.acos(cosine)", "torch.rad2deg(torch.acos(cosine))"), "expected"),
    "sine instead of cosine": (but(SLERP, "torch.acos(cosine)", "torch.asin(cosine)"), "expected"),
    "no column": (but(SLERP, "    t = t[:, None]\n", ""), "should have shape"),
    "the line beyond 30 degrees": (but(SLERP, "< 1e-3", "< 0.99"), "That is the straight line"),
    "lengths of the sphere": (
        """
def slerp(a, b, t):
    line = (1 - t)[:, None] * a + t[:, None] * b
    return line / line.norm(dim=1, keepdim=True) * a.norm()
""",
        "expected",
    ),
}

# ---------------------------------------------------------------------------------------------

ARITHMETIC = """
def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)
"""

RIGHT["attribute_arithmetic"] = {
    "means": ARITHMETIC,
    "sums divided": """
def attribute_arithmetic(z, minus, plus):
    direction = plus.sum(0) / len(plus) - minus.sum(0) / len(minus)
    return z + direction[None, :]
""",
    "row by row": """
def attribute_arithmetic(z, minus, plus):
    direction = torch.mean(plus, 0) - torch.mean(minus, 0)
    return torch.stack([row + direction for row in z])
""",
}

WRONG["attribute_arithmetic"] = {
    "blank": blank("def attribute_arithmetic(z, minus, plus):"),
    "returns nothing": (but(ARITHMETIC, "return ", "edited = "), NOT_RETURNED),
    "return 0": ("def attribute_arithmetic(z, minus, plus):\n    return 0\n", "should have shape"),
    "signs swapped": (but(ARITHMETIC, "+ plus", "- plus", "- minus", "+ minus"), "The signs are swapped"),
    "sums": (but(ARITHMETIC, ".mean(", ".sum("), "The sums are taken"),
    "minus forgotten": (but(ARITHMETIC, " - minus.mean(dim=0)", ""), "`minus` is not taken away"),
    "plus forgotten": (but(ARITHMETIC, " + plus.mean(dim=0)", ""), "`plus` is not added"),
    "the direction alone": (but(ARITHMETIC, "z + plus", "plus"), "should have shape"),
    "the direction, as often as z": (but(ARITHMETIC, "z + plus", "0 * z + plus"), "without z"),
    "mean over everything": (but(ARITHMETIC, "dim=0", ""), "average over rows only"),
    "mean over the wrong dimension": (but(ARITHMETIC, "dim=0", "dim=1"), "expected"),
    "the first of plus": (but(ARITHMETIC, "plus.mean(dim=0)", "plus[0]"), "Only the first row of `plus` counts"),
    "in place": (
        but(
            ARITHMETIC,
            "return z + plus.mean(dim=0) - minus.mean(dim=0)",
            "z += plus.mean(dim=0) - minus.mean(dim=0)\n    return z",
        ),
        "changes the codes",
    ),
    "nothing": ("def attribute_arithmetic(z, minus, plus):\n    return z.clone()\n", "expected"),
    "a unit direction": (
        but(
            ARITHMETIC,
            "return z + plus.mean(dim=0) - minus.mean(dim=0)",
            "way = plus.mean(dim=0) - minus.mean(dim=0)\n    return z + way / way.norm()",
        ),
        "expected",
    ),
}
