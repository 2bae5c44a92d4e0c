"""Answers to the exercises of lesson 03 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day. They were written for the lesson's first edition:
where it had two exercises that are one now, each answer stands beside a right one to the other half. (One, which went
by the kernel's type, was wrong by the text of that day: the text has one type for both now.)
"""

BLIND = {
    "map_sizes": {
        "first": (2, 1),
        "wrong": {
            "conv_size: rounds to nearest": (
                "Where the last step would lead beyond the edge, it is not made (round down)",
                '''
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    return int((size + 2 * padding - kernel) / stride + 1 + 0.5)


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "conv_size: floor division of a float": (
                "as a whole number (an int)",
                '''
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    room = float(size + 2 * padding - kernel)
    return room // stride + 1


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "conv_size: padding on one side only": (
                "gets p pixels of padding on both sides",
                '''
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    return (size + padding - kernel) // stride + 1


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "conv_size: a last partial place counts": (
                "Where the last step would lead beyond the edge, it is not made, and the rest of the row is left out",
                '''
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    return math.ceil((size + 2 * padding - kernel) / stride) + 1


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "conv_size: counts the places, but not the one flush with the right end": (
                "moved right by s as long as it fits (it still fits when it ends at the last pixel)",
                '''
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    places, left = 0, 0
    while left + kernel < size + 2 * padding:
        places += 1
        left += stride
    return max(places, 1)


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "conv_size: rounds down twice (cunning: right for strides 1 and 2)": (
                "the number of places where the kernel fits: the padding is part of the row that is divided",
                '''
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    return (size - kernel) // stride + 2 * padding // stride + 1


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "conv_size: a tensor instead of an int (cunning: compares equal)": (
                "as a whole number (an int)",
                '''
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    room = torch.tensor(size + 2 * padding - kernel)
    return torch.div(room, stride, rounding_mode="floor") + 1


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "conv_size: DCGAN's numbers as defaults (cunning: right whenever all four are given)": (
                "the given signature: stride=1, padding=0 (conv_size(4, 4) is 1 in the chain)",
                '''
def conv_size(size, kernel=4, stride=2, padding=1):
    """The size of a convolution's output, from that of its input: an int."""
    return (size + 2 * padding - kernel) // stride + 1


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "transposed_size: n strides instead of n - 1": (
                "The last of n stamps begins at (n - 1)s",
                '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    return size * stride + kernel - 2 * padding


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "transposed_size: cut at one end only": (
                "p is cut off at both ends / rows and columns are cut off at each side",
                '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    return (size - 1) * stride + kernel - padding


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "transposed_size: Keras's formula (cunning: right whenever the kernel is at least as wide as the stride)": (
                "from the first pixel of the first stamp to the last of the last: no gap behind the last stamp",
                '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    return size * stride + max(kernel - stride, 0) - 2 * padding


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "transposed_size: the largest size that the convolution would bring back": (
                "from the first pixel of the first stamp to the last of the last (Quiz 1: the smaller one)",
                '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    large = 1
    while (large + 1 + 2 * padding - kernel) // stride + 1 <= size:
        large += 1
    return large


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "transposed_size: scales by the stride where there is padding (right for DCGAN's layers only)": (
                "(n - 1)s + k - 2p for any kernel, stride and padding",
                '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    if padding:
        return size * stride
    return (size - 1) * stride + kernel


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "transposed_size: never smaller than the input (cunning)": (
                "less what is cut off: with stride 1 and much padding the map shrinks",
                '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    return max(size, (size - 1) * stride + kernel - 2 * padding)


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "transposed_size: a float": (
                "An int again",
                '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    half = ((size - 1) * stride + kernel) / 2 - padding
    return 2 * half


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
            "transposed_size: stamps side by side": (
                "Neighboring pixels stamp s pixels apart. Where stamps overlap they add up",
                '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    return size * max(kernel, stride) - 2 * padding


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            ),
        },
        "right": {
            "conv_size: the length of a range of left ends": '''
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    last_start = size + 2 * padding - kernel
    return len(range(0, last_start + 1, stride))


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            "conv_size: asks PyTorch, on the meta device": '''
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    row = torch.empty(1, 1, size, device="meta")
    weights = torch.empty(1, 1, kernel, device="meta")
    return F.conv1d(row, weights, stride=stride, padding=padding).shape[-1]


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            "conv_size: moves the kernel in a while loop": '''
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    left, count = -padding, 0
    while left + kernel <= size + padding:
        count += 1
        left += stride
    return count


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            "conv_size: a lambda with divmod (unusual: no def, one more defaulted parameter)": """
conv_size = lambda size, kernel, stride=1, padding=0, *, dilation=1: (  # noqa: E731
    1 + divmod(size + padding + padding - (dilation * (kernel - 1) + 1), stride)[0]
)


def transposed_size(size, kernel, stride=1, padding=0):
    return (size - 1) * stride - 2 * padding + kernel


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
""",
            "transposed_size: the end of the last stamp, by max": '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    ends = [stride * i + kernel for i in range(size)]
    return max(ends) - padding - padding


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            "transposed_size: asks PyTorch, on the meta device": '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    uncut = F.conv_transpose1d(
        torch.empty(1, 1, size, device="meta"), torch.empty(1, 1, kernel, device="meta"), stride=stride
    )
    return uncut.size(2) - 2 * padding


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            "transposed_size: adds up stride by stride": '''
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output: an int."""
    total = kernel
    for _ in range(1, size):
        total += stride
    for _side in ("left", "right"):
        total -= padding
    return total


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
            "transposed_size: an object that is called (unusual: not a function)": '''
from dataclasses import dataclass


@dataclass(frozen=True)
class _TransposedSize:
    """The size of a transposed convolution's output, from that of its input."""

    sides: int = 2

    def __call__(self, size, kernel, stride=1, padding=0, output_padding=0):
        return sum((stride * (size - 1), kernel, -self.sides * padding, output_padding))


transposed_size = _TransposedSize()


def conv_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


def map_sizes(which, *setting, **named):
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)
''',
        },
    },
    "transposed_convolution": {
        "first": (1, 0),
        "wrong": {
            "kernel turned around": (
                "The kernel is stamped as it is, not turned around",
                '''
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    (h, w), (k, l) = picture.shape, kernel.shape
    kernel = kernel.flip(0, 1).to(picture.dtype)
    rows, columns = (h - 1) * stride + k, (w - 1) * stride + l
    large = picture.new_zeros(rows, columns)
    for i in range(h):
        for j in range(w):
            large[i * stride : i * stride + k, j * stride : j * stride + l] += picture[i, j] * kernel
    return large[padding : rows - padding, padding : columns - padding]
''',
            ),
            "cuts with a negative index": (
                "shape ((h - 1) stride - 2 padding + k, ...) also for padding 0 (large[0:-0] is empty)",
                '''
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    (h, w), (k, l) = picture.shape, kernel.shape
    large = picture.new_zeros((h - 1) * stride + k, (w - 1) * stride + l)
    for i in range(h):
        for j in range(w):
            large[i * stride : i * stride + k, j * stride : j * stride + l] += picture[i, j] * kernel
    return large[padding:-padding, padding:-padding]
''',
            ),
            "later stamps cover earlier ones": (
                "Stamps add up",
                '''
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    (h, w), (k, l) = picture.shape, kernel.shape
    rows, columns = (h - 1) * stride + k, (w - 1) * stride + l
    large = picture.new_zeros(rows, columns)
    for i in range(h):
        for j in range(w):
            large[i * stride : i * stride + k, j * stride : j * stride + l] = picture[i, j] * kernel
    return large[padding : rows - padding, padding : columns - padding]
''',
            ),
            "square pictures and kernels only": (
                "`picture` has shape (h, w), `kernel` (k, l)",
                '''
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    n, k = len(picture), len(kernel)
    size = (n - 1) * stride + k
    large = picture.new_zeros(size, size)
    for i in range(n):
        for j in range(n):
            a, b = i * stride, j * stride
            large[a : a + k, b : b + k] += picture[i, j] * kernel
    return large[padding : size - padding, padding : size - padding]
''',
            ),
            "pixels as Python numbers (cunning: values right, the kernel has its gradient)": (
                "Gradients reach both the picture and the kernel",
                '''
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    (h, w), (k, l) = picture.shape, kernel.shape
    rows, columns = (h - 1) * stride + k, (w - 1) * stride + l
    large = picture.new_zeros(rows, columns)
    for i, row in enumerate(picture.tolist()):
        for j, value in enumerate(row):
            large[i * stride : i * stride + k, j * stride : j * stride + l] += value * kernel
    return large[padding : rows - padding, padding : columns - padding]
''',
            ),
            "PyTorch's layer, dressed up (cunning: right in every number)": (
                "PyTorch's own conv_transpose2d is the judge, so do without it: that is what the exercise is for",
                '''
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    layer = nn.ConvTranspose2d(1, 1, tuple(kernel.shape), stride, padding, bias=False)
    weight = kernel.to(picture.dtype)[None, None]
    return torch.func.functional_call(layer, {"weight": weight}, (picture[None, None],))[0, 0]
''',
            ),
            "cuts everything off at the top and the left (right shape by accident)": (
                "`padding` rows and columns are cut off at each of the four sides",
                '''
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    (h, w), (k, l) = picture.shape, kernel.shape
    large = picture.new_zeros((h - 1) * stride + k, (w - 1) * stride + l)
    for i in range(h):
        for j in range(w):
            large[i * stride : i * stride + k, j * stride : j * stride + l] += picture[i, j] * kernel
    return large[2 * padding :, 2 * padding :]
''',
            ),
        },
        "right": {
            "einsum with 0/1 tables of who stamps where": '''
def _places(n, k, stride, like):
    """(rows, n, k): 1 where pixel i's stamp has its line a in that row."""
    rows = torch.arange((n - 1) * stride + k, device=like.device)[:, None, None]
    starts = stride * torch.arange(n, device=like.device)[:, None]
    return (rows == starts + torch.arange(k, device=like.device)).to(like.dtype)


def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    down = _places(picture.shape[0], kernel.shape[0], stride, picture)
    across = _places(picture.shape[1], kernel.shape[1], stride, picture)
    large = torch.einsum("yia,ij,ab,xjb->yx", down, picture, kernel.to(picture.dtype), across)
    rows, columns = large.shape
    return large[padding : rows - padding, padding : columns - padding]
''',
            "all stamps as columns, put down by F.fold": '''
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    (h, w), (k, l) = picture.shape, kernel.shape
    stamps = torch.outer(kernel.to(picture).flatten(), picture.flatten())
    size = ((h - 1) * stride + k, (w - 1) * stride + l)
    large = F.fold(stamps[None], output_size=size, kernel_size=(k, l), stride=stride)[0, 0]
    return large.narrow(0, padding, size[0] - 2 * padding).narrow(1, padding, size[1] - 2 * padding)
''',
            "a sum of padded stamps, nothing in place": '''
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    (h, w), kernel = picture.shape, kernel.to(dtype=picture.dtype)

    def stamp(i, j):
        sides = (stride * j, stride * (w - 1 - j), stride * i, stride * (h - 1 - i))
        return F.pad(picture[i, j] * kernel, sides)

    large = sum(stamp(i, j) for i in range(h) for j in range(w))
    return F.pad(large, (-padding,) * 4)
''',
            "zeros between the pixels, then an ordinary convolution with the turned kernel (unusual)": '''
def transposed_convolution(picture, kernel, stride=1, padding=0, *, output_padding=0):
    """The transposed convolution of one channel."""
    h, w = picture.shape
    k, l = kernel.shape
    spread = picture.new_zeros((h - 1) * stride + 1, (w - 1) * stride + 1)
    spread[::stride, ::stride] = picture
    turned = torch.rot90(kernel, 2).type_as(picture)
    full = F.conv2d(F.pad(spread, (l - 1, l - 1, k - 1, k - 1))[None, None], turned[None, None]).squeeze(0).squeeze(0)
    end_y, end_x = full.size(0) - padding + output_padding, full.size(1) - padding + output_padding
    return full[padding:end_y, padding:end_x]
''',
            "the kernel's dtype (cunning: right where both have the same)": '''
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel."""
    (h, w), (k, l) = picture.shape, kernel.shape
    rows, columns = (h - 1) * stride + k, (w - 1) * stride + l
    large = kernel.new_zeros(rows, columns)
    for i in range(h):
        for j in range(w):
            large[i * stride : i * stride + k, j * stride : j * stride + l] += picture[i, j] * kernel
    return large[padding : rows - padding, padding : columns - padding]
''',
        },
    },
    "Generator": {
        "first": (2, 0),
        "wrong": {
            "clamps instead of tanh (cunning: in [-1, 1])": (
                "tanh behind the last",
                '''
class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        m = int(math.log2(size // 4))
        c = width * 2 ** (m - 1)
        layers = [nn.ConvTranspose2d(latent_dim, c, 4)]
        for step in range(m):
            out = 3 if step == m - 1 else c // 2
            layers += [nn.BatchNorm2d(c), nn.ReLU(), nn.ConvTranspose2d(c, out, 4, 2, 1)]
            c = out
        self.net = nn.Sequential(*layers, nn.Hardtanh())

    def forward(self, z):
        return self.net(z[:, :, None, None])
''',
            ),
            "batch normalization behind the last layer as well": (
                "Batch normalization ... behind every layer but the last",
                '''
class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        m = int(math.log2(size // 4))
        c = width * 2 ** (m - 1)
        layers = [nn.ConvTranspose2d(latent_dim, c, 4), nn.BatchNorm2d(c)]
        for step in range(m):
            out = 3 if step == m - 1 else c // 2
            layers += [nn.ReLU(), nn.ConvTranspose2d(c, out, 4, 2, 1), nn.BatchNorm2d(out)]
            c = out
        self.net = nn.Sequential(*layers, nn.Tanh())

    def forward(self, z):
        return self.net(z[:, :, None, None])
''',
            ),
            "batch normalization without scales and shifts": (
                "Batch normalization (with its scales and shifts)",
                '''
class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        m = int(math.log2(size // 4))
        c = width * 2 ** (m - 1)
        layers = [nn.ConvTranspose2d(latent_dim, c, 4)]
        for step in range(m):
            out = 3 if step == m - 1 else c // 2
            layers += [nn.BatchNorm2d(c, affine=False), nn.ReLU(), nn.ConvTranspose2d(c, out, 4, 2, 1)]
            c = out
        self.net = nn.Sequential(*layers, nn.Tanh())

    def forward(self, z):
        return self.net(z[:, :, None, None])
''',
            ),
            "always 32 pixels, resized at the end (cunning: right shapes for every size, right net at the default)": (
                "The maps grow from 4 x 4 to `size`; for any size of 16, 32 or 64",
                '''
class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        self.size = size
        self.net = nn.Sequential(
            nn.ConvTranspose2d(latent_dim, 4 * width, 4),
            nn.BatchNorm2d(4 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(4 * width, 2 * width, 4, 2, 1),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * width, width, 4, 2, 1),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.ConvTranspose2d(width, 3, 4, 2, 1),
            nn.Tanh(),
        )

    def forward(self, z):
        return F.interpolate(self.net(z[:, :, None, None]), size=(self.size, self.size))
''',
            ),
            "the same width everywhere": (
                "the last one before the picture has `width` channels, and each one before has twice as many",
                '''
class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        layers = [nn.ConvTranspose2d(latent_dim, width, 4), nn.BatchNorm2d(width), nn.ReLU()]
        now = 4
        while 2 * now < size:
            layers += [nn.ConvTranspose2d(width, width, 4, 2, 1), nn.BatchNorm2d(width), nn.ReLU()]
            now *= 2
        layers += [nn.ConvTranspose2d(width, 3, 4, 2, 1), nn.Tanh()]
        self.net = nn.Sequential(*layers)

    def forward(self, z):
        return self.net(z[:, :, None, None])
''',
            ),
            "draws its own initial weights": (
                "Leave the initial weights as PyTorch sets them: that is exercise 6",
                '''
class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        m = int(math.log2(size // 4))
        c = width * 2 ** (m - 1)
        layers = [nn.ConvTranspose2d(latent_dim, c, 4)]
        for step in range(m):
            out = 3 if step == m - 1 else c // 2
            layers += [nn.BatchNorm2d(c), nn.ReLU(), nn.ConvTranspose2d(c, out, 4, 2, 1)]
            c = out
        self.net = nn.Sequential(*layers, nn.Tanh())
        for part in self.net:
            if isinstance(part, nn.ConvTranspose2d):
                nn.init.normal_(part.weight, 0.0, 0.02)

    def forward(self, z):
        return self.net(z[:, :, None, None])
''',
            ),
            "leaky ReLU, as in D (cunning)": (
                "Batch normalization, then ReLU, stand behind every layer but the last",
                '''
class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        m = int(math.log2(size // 4))
        c = width * 2 ** (m - 1)
        layers = [nn.ConvTranspose2d(latent_dim, c, 4)]
        for step in range(m):
            out = 3 if step == m - 1 else c // 2
            layers += [nn.BatchNorm2d(c), nn.LeakyReLU(0.2), nn.ConvTranspose2d(c, out, 4, 2, 1)]
            c = out
        self.net = nn.Sequential(*layers, nn.Tanh())

    def forward(self, z):
        return self.net(z[:, :, None, None])
''',
            ),
            "no batch normalization behind the first layer (mixed up with D)": (
                "behind every layer but the last: the first one, too",
                '''
class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        m = int(math.log2(size // 4))
        c = width * 2 ** (m - 1)
        layers = [nn.ConvTranspose2d(latent_dim, c, 4), nn.ReLU()]
        while c > width:
            layers += [nn.ConvTranspose2d(c, c // 2, 4, 2, 1), nn.BatchNorm2d(c // 2), nn.ReLU()]
            c //= 2
        self.net = nn.Sequential(*layers, nn.ConvTranspose2d(c, 3, 4, 2, 1), nn.Tanh())

    def forward(self, z):
        return self.net(z[:, :, None, None])
''',
            ),
        },
        "right": {
            "a list of channels and nn.Sequential": '''
class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        doublings = {16: 2, 32: 3, 64: 4}[size]
        channels = [width << k for k in reversed(range(doublings))]
        layers = [nn.ConvTranspose2d(latent_dim, channels[0], 4, 1, 0)]
        for c, after in zip(channels, [*channels[1:], 3], strict=True):
            layers += [nn.BatchNorm2d(c), nn.ReLU(True), nn.ConvTranspose2d(c, after, 4, 2, 1)]
        layers.append(nn.Tanh())
        self.main = nn.Sequential(*layers)

    def forward(self, z):
        n, d = z.shape
        return self.main(z.reshape(n, d, 1, 1))
''',
            "nn.Upsample and ordinary convolutions, blocks as a module of their own": '''
class _Up(nn.Module):
    """Enlarge by copying pixels, then convolve."""

    def __init__(self, c_in, c_out):
        super().__init__()
        self.larger = nn.Upsample(scale_factor=2, mode="nearest")
        self.conv = nn.Conv2d(c_in, c_out, 3, padding=1)

    def forward(self, x):
        return self.conv(self.larger(x))


class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        c = width * size // 8
        self.start = nn.ConvTranspose2d(latent_dim, c, kernel_size=4)
        steps = []
        while c > width:
            steps.append(nn.Sequential(nn.BatchNorm2d(c), nn.ReLU(), _Up(c, c // 2)))
            c //= 2
        self.steps = nn.ModuleList(steps)
        self.end = nn.Sequential(nn.BatchNorm2d(c), nn.ReLU(), _Up(c, 3), nn.Tanh())

    def forward(self, z):
        x = self.start(z.unflatten(1, (-1, 1, 1)))
        for step in self.steps:
            x = step(x)
        return self.end(x)
''',
            "module lists and functional activations, no biases (unusual: no nn.ReLU, no nn.Tanh to be found)": '''
class Generator(nn.Module):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32):
        super().__init__()
        m = size.bit_length() - 3
        widths = [latent_dim] + [width * 2**k for k in range(m - 1, -1, -1)] + [3]
        self.convs, self.norms = nn.ModuleList(), nn.ModuleList()
        for k, (a, b) in enumerate(zip(widths[:-1], widths[1:], strict=True)):
            self.convs.append(nn.ConvTranspose2d(a, b, 4, stride=1 + (k > 0), padding=int(k > 0), bias=False))
            if b != 3 or k < m:
                self.norms.append(nn.BatchNorm2d(b))

    def forward(self, z):
        x = z[..., None, None]
        *hidden, last = self.convs
        for conv, norm in zip(hidden, self.norms, strict=True):
            x = F.relu(norm(conv(x)))
        return torch.tanh(last(x))
''',
            "a subclass of nn.Sequential, built from the picture backwards, with extra defaulted parameters (unusual)": '''
from collections import OrderedDict


class Generator(nn.Sequential):
    """From noise to pictures."""

    def __init__(self, size=32, latent_dim=64, width=32, channels=3, kernel=4):
        parts, c, at = [("paint", nn.Tanh()), ("to_rgb", nn.ConvTranspose2d(width, channels, kernel, 2, 1))], width, size // 2
        while True:
            parts += [(f"relu{at}", nn.ReLU(inplace=True)), (f"norm{at}", nn.BatchNorm2d(c))]
            if at == 4:
                parts.append(("first", nn.ConvTranspose2d(latent_dim, c, kernel)))
                break
            parts.append((f"up{at}", nn.ConvTranspose2d(2 * c, c, kernel, 2, 1)))
            c, at = 2 * c, at // 2
        parts.append(("column", nn.Unflatten(1, (latent_dim, 1, 1))))
        super().__init__(OrderedDict(reversed(parts)))
''',
        },
    },
    "Discriminator": {
        "first": (1, 0),
        "wrong": {
            "a sigmoid at the end": (
                "gives logits ..., any real numbers: no sigmoid at the end",
                '''
class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        layers, c, at = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)], width, size // 2
        while at > 4:
            layers += [nn.Conv2d(c, 2 * c, 4, 2, 1), nn.BatchNorm2d(2 * c), nn.LeakyReLU(0.2)]
            c, at = 2 * c, at // 2
        self.net = nn.Sequential(*layers, nn.Conv2d(c, 1, 4), nn.Flatten(), nn.Sigmoid())

    def forward(self, pictures):
        return self.net(pictures)
''',
            ),
            "batch normalization behind the first convolution, too": (
                "batch normalization ... behind every one but the first and the last",
                '''
class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        layers, c, at = [], 3, size
        while at > 4:
            out = width if c == 3 and at == size else 2 * c
            layers += [nn.Conv2d(c, out, 4, 2, 1), nn.BatchNorm2d(out), nn.LeakyReLU(0.2)]
            c, at = out, at // 2
        self.net = nn.Sequential(*layers, nn.Conv2d(c, 1, 4), nn.Flatten())

    def forward(self, pictures):
        return self.net(pictures)
''',
            ),
            "the last map is averaged (cunning: no pooling layer to be found)": (
                "the last map is not averaged: each of its places has weights of its own",
                '''
class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        layers, c, at = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)], width, size // 2
        while at > 4:
            layers += [nn.Conv2d(c, 2 * c, 4, 2, 1), nn.BatchNorm2d(2 * c), nn.LeakyReLU(0.2)]
            c, at = 2 * c, at // 2
        self.net = nn.Sequential(*layers)
        self.last = nn.Conv2d(c, 1, 1)

    def forward(self, pictures):
        return self.last(self.net(pictures)).mean(dim=(2, 3))
''',
            ),
            "leaky ReLU with PyTorch's slope 0.01": (
                "LeakyReLU(0.2) stands behind every convolution but the last",
                '''
class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        layers, c, at = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU()], width, size // 2
        while at > 4:
            layers += [nn.Conv2d(c, 2 * c, 4, 2, 1), nn.BatchNorm2d(2 * c), nn.LeakyReLU()]
            c, at = 2 * c, at // 2
        self.net = nn.Sequential(*layers, nn.Conv2d(c, 1, 4), nn.Flatten())

    def forward(self, pictures):
        return self.net(pictures)
''',
            ),
            "squeezes: shape (n,)": (
                "logits of shape (n, 1)",
                '''
class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        layers, c, at = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)], width, size // 2
        while at > 4:
            layers += [nn.Conv2d(c, 2 * c, 4, 2, 1), nn.BatchNorm2d(2 * c), nn.LeakyReLU(0.2)]
            c, at = 2 * c, at // 2
        self.net = nn.Sequential(*layers, nn.Conv2d(c, 1, 4))

    def forward(self, pictures):
        return self.net(pictures).squeeze()
''',
            ),
            "leaky ReLU behind the last convolution as well (cunning: still any real number)": (
                "LeakyReLU(0.2) stands behind every convolution but the last",
                '''
class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        convs, c, at = [nn.Conv2d(3, width, 4, 2, 1)], width, size // 2
        norms = [nn.Identity()]
        while at > 4:
            convs.append(nn.Conv2d(c, 2 * c, 4, 2, 1))
            norms.append(nn.BatchNorm2d(2 * c))
            c, at = 2 * c, at // 2
        convs.append(nn.Conv2d(c, 1, 4))
        norms.append(nn.Identity())
        self.convs, self.norms = nn.ModuleList(convs), nn.ModuleList(norms)

    def forward(self, pictures):
        x = pictures
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = F.leaky_relu(norm(conv(x)), 0.2)
        return x.flatten(1)
''',
            ),
            "batch normalization after the activation (cunning: the same parts in another order)": (
                "batch normalization (with its scales and shifts, before the activation)",
                '''
class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        layers, c, at = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)], width, size // 2
        while at > 4:
            layers += [nn.Conv2d(c, 2 * c, 4, 2, 1), nn.LeakyReLU(0.2), nn.BatchNorm2d(2 * c)]
            c, at = 2 * c, at // 2
        self.net = nn.Sequential(*layers, nn.Conv2d(c, 1, 4), nn.Flatten())

    def forward(self, pictures):
        return self.net(pictures)
''',
            ),
            "the middle layers in a plain list (cunning: outputs right, but no optimizer and no .to() sees them)": (
                "layers and batch normalization 'with its scales and shifts' are parts of the network: net.apply(init_weights) must be called for every layer",
                '''
class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        self.first = nn.Conv2d(3, width, 4, 2, 1)
        self.middle, c = [], width
        for _ in range(int(math.log2(size // 8))):
            self.middle.append((nn.Conv2d(c, 2 * c, 4, 2, 1), nn.BatchNorm2d(2 * c)))
            c *= 2
        self.last = nn.Conv2d(c, 1, 4)

    def forward(self, pictures):
        x = F.leaky_relu(self.first(pictures), 0.2)
        for conv, norm in self.middle:
            x = F.leaky_relu(norm(conv(x)), 0.2)
        return self.last(x).flatten(1)
''',
            ),
        },
        "right": {
            "a loop into nn.Sequential": '''
class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        halvings = round(math.log2(size)) - 2
        body = [nn.Conv2d(3, width, kernel_size=4, stride=2, padding=1), nn.LeakyReLU(0.2, inplace=True)]
        for k in range(1, halvings):
            c = width * 2 ** (k - 1)
            body.extend([nn.Conv2d(c, 2 * c, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * c), nn.LeakyReLU(0.2, inplace=True)])
        body.append(nn.Conv2d(width * 2 ** (halvings - 1), 1, 4, bias=False))
        self.body = nn.Sequential(*body)

    def forward(self, pictures):
        return self.body(pictures).view(-1, 1)
''',
            "a block class, with one that knows whether it normalizes": '''
class _Down(nn.Module):
    """Half the size."""

    def __init__(self, before, after, normalize=True):
        super().__init__()
        self.conv = nn.Conv2d(before, after, 4, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(after) if normalize else None

    def forward(self, x):
        x = self.conv(x)
        x = x if self.norm is None else self.norm(x)
        return F.leaky_relu(x, negative_slope=0.2)


class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        self.blocks = nn.ModuleList([_Down(3, width, normalize=False)])
        while size > 8:
            self.blocks.append(_Down(width, 2 * width))
            width, size = 2 * width, size // 2
        self.judge = nn.Conv2d(width, 1, 4)

    def forward(self, pictures):
        for block in self.blocks:
            pictures = block(pictures)
        return self.judge(pictures)[:, :, 0, 0]
''',
            "numbered children, reduced, with max(x, 0.2 x) for the leaky ReLU (unusual: no LeakyReLU to be found)": '''
from functools import reduce


class Discriminator(nn.Module):
    """From pictures to logits."""

    def __init__(self, size=32, width=32):
        super().__init__()
        self.n = int(math.log2(size / 4))
        for k in range(self.n):
            self.add_module(f"conv_{k}", nn.Conv2d(width << (k - 1) if k else 3, width << k, 4, 2, 1))
            if k:
                self.add_module(f"norm_{k}", nn.BatchNorm2d(width << k))
        self.conv_last = nn.Conv2d(width << (self.n - 1), 1, 4)

    def layer(self, x, k):
        x = getattr(self, f"conv_{k}")(x)
        if k > 0:
            x = getattr(self, f"norm_{k}")(x)
        return torch.maximum(x, 0.2 * x)

    def forward(self, pictures):
        return self.conv_last(reduce(self.layer, range(self.n), pictures)).flatten(start_dim=1)
''',
            "nested recursion and a subclass of nn.Sequential, extra defaulted parameters (unusual)": '''
def _halve(size, c):
    """The layers from a map of this size, with c channels behind it, down to one number."""
    if size == 4:
        return nn.Sequential(nn.Conv2d(c, 1, 4), nn.Flatten())
    block = nn.Sequential(nn.Conv2d(c, 2 * c, 4, 2, 1), nn.BatchNorm2d(2 * c), nn.LeakyReLU(0.2))
    return nn.Sequential(block, _halve(size // 2, 2 * c))


class Discriminator(nn.Sequential):
    """From pictures to logits."""

    def __init__(self, size=32, width=32, channels=3, slope=0.2):
        super().__init__(
            nn.Conv2d(channels, width, 4, 2, 1),
            nn.LeakyReLU(slope),
            _halve(size // 2, width),
        )
''',
        },
    },
    "init_weights": {
        "first": (0, 0),
        "wrong": {
            "the variance for the standard deviation": (
                "weights from N(0, 0.02^2): the standard deviation is 0.02",
                '''
def init_weights(module):
    """Draw one layer's initial weights, in place."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02**2)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02**2)
        nn.init.zeros_(module.bias)
''',
            ),
            "takes the bias for granted": (
                "the bias to 0 if there is one",
                '''
def init_weights(module):
    """Draw one layer's initial weights, in place."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
''',
            ),
            "only Conv2d (ConvTranspose2d is no subclass of it)": (
                "`nn.Conv2d` and `nn.ConvTranspose2d`: weights from N(0, 0.02^2)",
                '''
def init_weights(module):
    """Draw one layer's initial weights, in place."""
    if isinstance(module, nn.Conv2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
''',
            ),
            "copied from PyTorch's DCGAN tutorial: the convolutions' biases stay (cunning)": (
                "the bias to 0 if there is one; and Conv1d or BatchNorm1d would be changed",
                '''
def init_weights(module):
    """Draw one layer's initial weights, in place."""
    classname = module.__class__.__name__
    if classname.find("Conv") != -1:
        nn.init.normal_(module.weight.data, 0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        nn.init.normal_(module.weight.data, 1.0, 0.02)
        nn.init.constant_(module.bias.data, 0)
''',
            ),
            "everything with a weight, nn.Linear included": (
                "anything else stays as it is",
                '''
def init_weights(module):
    """Draw one layer's initial weights, in place."""
    weight, bias = getattr(module, "weight", None), getattr(module, "bias", None)
    if weight is not None:
        center = 1.0 if isinstance(module, nn.BatchNorm2d) else 0.0
        nn.init.normal_(weight, center, 0.02)
    if bias is not None:
        nn.init.zeros_(bias)
''',
            ),
            "uniform, with the right mean and standard deviation (cunning)": (
                "weights from N(0, 0.02^2)",
                '''
def init_weights(module):
    """Draw one layer's initial weights, in place."""
    half = 0.02 * math.sqrt(3)
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.uniform_(module.weight, -half, half)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.uniform_(module.weight, 1 - half, 1 + half)
        nn.init.zeros_(module.bias)
''',
            ),
            "seeds inside, so that all layers draw the same numbers (cunning)": (
                "draws all weights from N(0, 0.02^2): layers of one shape must not be equal, nor two networks",
                '''
def init_weights(module):
    """Draw one layer's initial weights, in place."""
    torch.manual_seed(0)
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
''',
            ),
            "starts batch normalization from scratch, statistics and all": (
                "anything else stays as it is, the running statistics of batch normalization included",
                '''
def init_weights(module):
    """Draw one layer's initial weights, in place."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d)):
        module.reset_parameters()
        with torch.no_grad():
            center = 1.0 if isinstance(module, nn.BatchNorm2d) else 0.0
            module.weight.normal_(center, 0.02)
            if module.bias is not None:
                module.bias.zero_()
''',
            ),
        },
        "right": {
            "a match statement over classes, .data": '''
def init_weights(module):
    """Draw one layer's initial weights, in place."""
    match module:
        case nn.Conv2d() | nn.ConvTranspose2d():
            mean = 0.0
        case nn.BatchNorm2d() if module.affine:
            mean = 1.0
        case _:
            return
    module.weight.data.normal_(mean, 0.02)
    if module.bias is not None:
        module.bias.data.fill_(0)
''',
            "copies standard normal numbers, scaled, without gradients": '''
_MEANS = {nn.Conv2d: 0, nn.ConvTranspose2d: 0, nn.BatchNorm2d: 1}


@torch.no_grad()
def init_weights(module):
    """Draw one layer's initial weights, in place."""
    for kind, mean in _MEANS.items():
        if isinstance(module, kind):
            if module.weight is not None:
                module.weight.copy_(mean + 0.02 * torch.randn_like(module.weight))
            if module.bias is not None:
                module.bias.mul_(0)
                module.bias.copy_(torch.zeros_like(module.bias))
''',
            "functools.singledispatch (unusual: three registered functions, none with an if for the kind)": '''
from functools import singledispatch


@singledispatch
def init_weights(module):
    """Draw one layer's initial weights, in place."""


@init_weights.register(nn.Conv2d)
@init_weights.register(nn.ConvTranspose2d)
def _(module):
    nn.init.normal_(module.weight, std=0.02)
    if getattr(module, "bias", None) is not None:
        nn.init.constant_(module.bias, 0.0)


@init_weights.register
def _(module: nn.BatchNorm2d):
    if module.affine:
        nn.init.normal_(module.weight, mean=1.0, std=0.02)
        nn.init.constant_(module.bias, 0.0)
''',
            "torch.distributions, by parameter names, and it returns the module": '''
def init_weights(module, std=0.02):
    """Draw one layer's initial weights, in place."""
    conv = isinstance(module, nn.Conv2d) or isinstance(module, nn.ConvTranspose2d)
    if not (conv or isinstance(module, nn.BatchNorm2d)):
        return module
    law = torch.distributions.Normal(0.0 if conv else 1.0, std)
    with torch.no_grad():
        for name, values in module.named_parameters(recurse=False):
            if name == "weight":
                values.copy_(law.sample(values.shape))
            elif name == "bias":
                values.zero_()
    return module
''',
        },
    },
    "smoothed_loss": {
        "first": (0, 0),
        "wrong": {
            "smooths both sides": (
                "one-sided; fakes keep the label 0",
                '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""
    on_real = F.binary_cross_entropy_with_logits(real_logits, torch.full_like(real_logits, real_label))
    on_fake = F.binary_cross_entropy_with_logits(fake_logits, torch.full_like(fake_logits, 1 - real_label))
    return on_real + on_fake
''',
            ),
            "one mean over both batches, doubled (cunning: right where n = m)": (
                "The two means are added; shapes (n, 1) and (m, 1)",
                '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""
    labels = torch.cat([torch.full_like(real_logits, real_label), torch.zeros_like(fake_logits)])
    return 2 * F.binary_cross_entropy_with_logits(torch.cat([real_logits, fake_logits]), labels)
''',
            ),
            "cross-entropy of the sigmoid (cunning: finite everywhere, as PyTorch stops the logarithm at -100)": (
                "is right at logits of +-200",
                '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""
    on_real, on_fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return F.binary_cross_entropy(on_real, torch.full_like(on_real, real_label)) + F.binary_cross_entropy(
        on_fake, torch.zeros_like(on_fake)
    )
''',
            ),
            "without the term of 1 - r": (
                "r log D(x) + (1 - r) log(1 - D(x))",
                '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""
    return real_label * F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
''',
            ),
            "0.9 written out": (
                "With r = `real_label`",
                '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""
    labels = torch.ones_like(real_logits) * 0.9
    return F.binary_cross_entropy_with_logits(real_logits, labels) + F.softplus(fake_logits).mean()
''',
            ),
            "fakes detached (cunning: the value is right)": (
                "One number, which can be differentiated (with respect to both batches of logits)",
                '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""
    fake_logits = fake_logits.detach()  # this is D's step: nothing may reach G
    on_real = F.softplus(real_logits) - real_label * real_logits
    return on_real.mean() + F.softplus(fake_logits).mean()
''',
            ),
            "means over the batch's dimension only: shape (1,)": (
                "one number, a tensor of shape ()",
                '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""
    on_real = (F.softplus(real_logits) - real_label * real_logits).mean(dim=0)
    return on_real + F.softplus(fake_logits).mean(dim=0)
''',
            ),
            "logarithms of clamped probabilities": (
                "is right at logits of +-200",
                '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""
    eps = 1e-7
    on_real = torch.sigmoid(real_logits).clamp(eps, 1 - eps)
    on_fake = torch.sigmoid(fake_logits).clamp(eps, 1 - eps)
    first = real_label * on_real.log() + (1 - real_label) * (1 - on_real).log()
    return -first.mean() - (1 - on_fake).log().mean()
''',
            ),
        },
        "right": {
            "the loss class, called for both": '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""
    criterion = nn.BCEWithLogitsLoss(reduction="mean")
    soft = real_logits.new_full(real_logits.shape, real_label)
    return criterion(real_logits, soft) + criterion(fake_logits, torch.zeros_like(fake_logits))
''',
            "log-sigmoids, as the formula says": '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""
    r = real_label
    log_d, log_not_d = F.logsigmoid(real_logits), F.logsigmoid(-real_logits)
    return -torch.mean(r * log_d + (1 - r) * log_not_d) - torch.mean(F.logsigmoid(-fake_logits))
''',
            "logaddexp and sums over counts": '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9, fake_label=0.0):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""

    def part(logits, label):
        losses = torch.logaddexp(logits, torch.zeros_like(logits)) - label * logits
        return losses.sum() / losses.numel()

    return part(real_logits, real_label) + part(fake_logits, fake_label)
''',
            "two classes, and cross_entropy with probabilities (unusual)": '''
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0."""

    def entropy(logits, share):
        two = torch.cat((torch.zeros_like(logits), logits), dim=1)
        target = two.new_tensor([1 - share, share]).expand(len(two), 2)
        return F.cross_entropy(two, target)

    return torch.stack([entropy(real_logits, real_label), entropy(fake_logits, 0.0)]).sum()
''',
        },
    },
    "ReplayBuffer": {
        "first": (0, 1),
        "wrong": {
            "stores views of the batch (cunning)": (
                "What is stored are copies: nobody who changes a batch later changes them",
                '''
class ReplayBuffer:
    """A memory of past fakes."""

    def __init__(self, capacity):
        self.capacity, self.stored = capacity, []

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
''',
            ),
            "pictures that pass keep their graph": (
                "The returned batch is a new tensor, cut off from G's computation",
                '''
class ReplayBuffer:
    """A memory of past fakes."""

    def __init__(self, capacity):
        self.capacity, self.stored = capacity, []

    def __call__(self, fakes):
        out = []
        for picture in fakes:
            if len(self.stored) < self.capacity:
                self.stored.append(picture.detach().clone())
                out.append(picture)
            elif torch.rand(()) < 0.5:
                out.append(picture)
            else:
                k = int(torch.randint(self.capacity, ()))
                out.append(self.stored[k])
                self.stored[k] = picture.detach().clone()
        return torch.stack(out)
''',
            ),
            "replaces first and returns then: the 'old' picture is the new one (cunning)": (
                "a stored picture is passed on instead, and the new one takes its place",
                '''
class ReplayBuffer:
    """A memory of past fakes."""

    def __init__(self, capacity):
        self.capacity, self.stored = capacity, []

    def __call__(self, fakes):
        out = []
        for picture in fakes.detach():
            if len(self.stored) < self.capacity:
                self.stored.append(picture.clone())
                out.append(picture)
            elif torch.rand(()) < 0.5:
                out.append(picture)
            else:
                k = int(torch.randint(self.capacity, ()))
                self.stored[k] = picture.clone()
                out.append(self.stored[k])
        return torch.stack(out)
''',
            ),
            "one coin for the whole batch": (
                "picture by picture: once the buffer is full, a coin is tossed (for each)",
                '''
class ReplayBuffer:
    """A memory of past fakes."""

    def __init__(self, capacity):
        self.capacity, self.stored = capacity, []

    def __call__(self, fakes):
        out = []
        heads = torch.rand(()) < 0.5
        for picture in fakes.detach():
            if len(self.stored) < self.capacity:
                self.stored.append(picture.clone())
                out.append(picture)
            elif heads:
                out.append(picture)
            else:
                k = int(torch.randint(self.capacity, ()))
                out.append(self.stored[k])
                self.stored[k] = picture.clone()
        return torch.stack(out)
''',
            ),
            "fills up batch by batch, beyond its capacity": (
                "while fewer than `capacity` pictures are stored, the picture is stored (picture by picture)",
                '''
class ReplayBuffer:
    """A memory of past fakes."""

    def __init__(self, capacity):
        self.capacity, self.stored = capacity, []

    def __call__(self, fakes):
        fakes = fakes.detach().clone()
        if len(self.stored) < self.capacity:
            self.stored.extend(fakes.clone())
            return fakes
        for i in range(len(fakes)):
            if torch.rand(()) >= 0.5:
                k = int(torch.randint(len(self.stored), ()))
                new = fakes[i].clone()
                fakes[i] = self.stored[k]
                self.stored[k] = new
        return fakes
''',
            ),
            "the list belongs to the class: all buffers share it (cunning: the first buffer is right)": (
                "buffer = ReplayBuffer(capacity) starts empty",
                '''
class ReplayBuffer:
    """A memory of past fakes."""

    stored = []

    def __init__(self, capacity):
        self.capacity = capacity

    def __call__(self, fakes):
        out = []
        for picture in fakes.detach():
            if len(self.stored) < self.capacity:
                self.stored.append(picture.clone())
                out.append(picture)
            elif torch.rand(()) < 0.5:
                out.append(picture)
            else:
                k = int(torch.randint(len(self.stored), ()))
                out.append(self.stored[k])
                self.stored[k] = picture.clone()
        return torch.stack(out)
''',
            ),
            "writes the old pictures into the batch that came in": (
                "the batch that came in is left as it is; the returned batch is a new tensor",
                '''
class ReplayBuffer:
    """A memory of past fakes."""

    def __init__(self, capacity):
        self.capacity, self.stored = capacity, []

    def __call__(self, fakes):
        out = fakes.detach()
        for i in range(len(out)):
            if len(self.stored) < self.capacity:
                self.stored.append(out[i].clone())
            elif torch.rand(()) < 0.5:
                k = int(torch.randint(self.capacity, ()))
                new = out[i].clone()
                out[i] = self.stored[k]
                self.stored[k] = new
        return out
''',
            ),
            "the last place is never drawn (cunning: off by one)": (
                "a stored picture, drawn evenly: index k from 0 ... capacity - 1",
                '''
class ReplayBuffer:
    """A memory of past fakes."""

    def __init__(self, capacity):
        self.capacity, self.stored = capacity, []

    def __call__(self, fakes):
        out = []
        for picture in fakes.detach():
            if len(self.stored) < self.capacity:
                self.stored.append(picture.clone())
                out.append(picture)
            elif torch.rand(()) < 0.5:
                out.append(picture)
            else:
                k = int(torch.randint(0, max(1, self.capacity - 1), (1,)))
                out.append(self.stored[k])
                self.stored[k] = picture.clone()
        return torch.stack(out)
''',
            ),
        },
        "right": {
            "a list of copies, written into a copy of the batch": '''
class ReplayBuffer:
    """A memory of past fakes."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.pictures = []

    @torch.no_grad()
    def __call__(self, fakes):
        mixed = torch.clone(fakes)
        for i, new in enumerate(fakes):
            if len(self.pictures) < self.capacity:
                self.pictures += [new.clone()]
            elif torch.randint(2, (1,)).item():
                k = torch.randint(self.capacity, (1,)).item()
                mixed[i], self.pictures[k] = self.pictures[k], new.clone()
        return mixed
''',
            "one tensor as the store, and Python's random": '''
import random


class ReplayBuffer:
    """A memory of past fakes."""

    def __init__(self, capacity):
        self.capacity, self.used, self.store = capacity, 0, None

    def __call__(self, fakes):
        fakes = fakes.detach()
        if self.store is None:
            self.store = fakes.new_empty(self.capacity, *fakes.shape[1:])
        answer = torch.empty_like(fakes)
        for i in range(fakes.shape[0]):
            answer[i] = fakes[i]
            if self.used < self.capacity:
                self.store[self.used] = fakes[i]
                self.used += 1
            elif random.choice(("heads", "tails")) == "tails":
                k = random.randrange(self.capacity)
                answer[i] = self.store[k]
                self.store[k] = fakes[i]
        return answer
''',
            "a coroutine that is sent one picture after the other (unusual)": '''
class ReplayBuffer:
    """A memory of past fakes."""

    def __init__(self, capacity):
        self._exchange = self._memory(capacity)
        next(self._exchange)

    @staticmethod
    def _memory(capacity):
        """Gets a picture, gives one back."""
        stored = {}
        back = None
        while True:
            picture = (yield back).clone()
            back = picture
            if len(stored) < capacity:
                stored[len(stored)] = picture
                continue
            if torch.rand(1).item() < 0.5:
                place = int(torch.rand(1, dtype=torch.float64) * capacity)
                back, stored[place] = stored[place], picture

    def __call__(self, fakes):
        if not len(fakes):
            return fakes.detach().clone()
        return torch.stack([self._exchange.send(picture) for picture in fakes.detach()])
''',
            "an nn.Module with a forward, coins and places tossed for the whole batch at once (unusual)": '''
import copy


class ReplayBuffer(nn.Module):
    """A memory of past fakes."""

    def __init__(self, capacity, p=0.5):
        super().__init__()
        self.capacity, self.p, self.memory = capacity, p, []

    def forward(self, fakes):
        fakes = fakes.detach()
        n = len(fakes)
        tails = (torch.rand(n) < self.p).tolist()
        places = torch.randint(self.capacity, (n,)).tolist()
        given = []
        for picture, tail, k in zip(fakes.unbind(), tails, places, strict=True):
            if len(self.memory) < self.capacity:
                self.memory.append(copy.deepcopy(picture))
            elif tail:
                old = self.memory.pop(k)
                self.memory.insert(k, copy.deepcopy(picture))
                picture = old
            given.append(picture[None])
        return torch.cat(given) if given else fakes.clone()
''',
        },
    },
    "ema_update": {
        "first": (2, 0),
        "wrong": {
            "the shares swapped": (
                "to `decay` times itself plus `1 - decay` times the one of `net`",
                '''
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    with torch.no_grad():
        for average, new in zip(ema.parameters(), net.parameters(), strict=True):
            average.lerp_(new, decay)
        for average, new in zip(ema.buffers(), net.buffers(), strict=True):
            average.copy_(new)
''',
            ),
            "buffers stay behind (cunning: all parameters are right)": (
                "buffers, its running mean and variance, which are not parameters and must not stay behind",
                '''
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    with torch.no_grad():
        for average, new in zip(ema.parameters(), net.parameters(), strict=True):
            average.mul_(decay).add_(new, alpha=1 - decay)
''',
            ),
            "rebinds the loop's name, so that nothing moves": (
                "move every parameter of `ema` in place",
                '''
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    with torch.no_grad():
        for average, new in zip(ema.parameters(), net.parameters(), strict=True):
            average = decay * average + (1 - decay) * new
        for average, new in zip(ema.buffers(), net.buffers(), strict=True):
            average.copy_(new)
    return ema
''',
            ),
            "the average's buffers become net's own tensors (cunning: equal numbers right after the call)": (
                "Copy their numbers from `net` (the two networks share no tensors)",
                '''
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    with torch.no_grad():
        for average, new in zip(ema.parameters(), net.parameters(), strict=True):
            average.mul_(decay).add_(new, alpha=1 - decay)
        for average, new in zip(ema.buffers(), net.buffers(), strict=True):
            average.data = new.data
''',
            ),
            "scales net's weights in place (cunning: the average is right)": (
                "`net` stays as it is",
                '''
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    with torch.no_grad():
        for average, new in zip(ema.parameters(), net.parameters(), strict=True):
            average.mul_(decay).add_(new.mul_(1 - decay))
        for average, new in zip(ema.buffers(), net.buffers(), strict=True):
            average.copy_(new)
''',
            ),
            "skips frozen parameters": (
                "move every **parameter** of `ema`",
                '''
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    with torch.no_grad():
        for average, new in zip(ema.parameters(), net.parameters(), strict=True):
            if new.requires_grad:
                average.mul_(decay).add_(new, alpha=1 - decay)
        for average, new in zip(ema.buffers(), net.buffers(), strict=True):
            average.copy_(new)
''',
            ),
            "computes with autograd watching, and puts the results in the parameters' place": (
                "`ema`'s parameters stay ordinary ones that hang on no computation",
                '''
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    others = dict(net.named_modules())
    for path, part in ema.named_modules():
        for name, average in list(part._parameters.items()):
            if average is not None:
                part._parameters[name] = decay * average + (1 - decay) * others[path]._parameters[name]
    for average, new in zip(ema.buffers(), net.buffers(), strict=True):
        average.copy_(new)
''',
            ),
            "switches net to evaluation and leaves it there (cunning)": (
                "`net` stays as it is",
                '''
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    net.eval()
    ema.eval()
    with torch.no_grad():
        for average, new in zip(ema.parameters(), net.parameters(), strict=True):
            average.lerp_(new, 1 - decay)
        for average, new in zip(ema.buffers(), net.buffers(), strict=True):
            average.copy_(new)
''',
            ),
        },
        "right": {
            "lerp_ for everything that is a float, buffers included; counters copied": '''
@torch.no_grad()
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    for average, new in zip(ema.parameters(), net.parameters(), strict=True):
        average.lerp_(new, 1 - decay)
    for average, new in zip(ema.buffers(), net.buffers(), strict=True):
        if average.is_floating_point():
            average.lerp_(new, 1 - decay)
        else:
            average.copy_(new)
''',
            "a new state, loaded (unusual: no parameter is touched by hand)": '''
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    theirs = net.state_dict()
    trained = {name for name, _ in net.named_parameters(remove_duplicate=False)}
    ema.load_state_dict(
        {
            name: decay * mine + (1 - decay) * theirs[name] if name in trained else theirs[name]
            for name, mine in ema.state_dict().items()
        }
    )
''',
            "by name, with .data and keyword alpha": '''
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    parameters, buffers = dict(net.named_parameters()), dict(net.named_buffers())
    for name, p in ema.named_parameters():
        p.data.mul_(decay)
        p.data.add_(parameters[name].data, alpha=1.0 - decay)
    for name, b in ema.named_buffers():
        if not name.endswith("num_batches_tracked"):
            b.data.copy_(buffers[name].data)
''',
            "torch.optim.swa_utils' function for lists": '''
from torch.optim.swa_utils import get_ema_multi_avg_fn


def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place."""
    with torch.inference_mode(False), torch.no_grad():
        get_ema_multi_avg_fn(decay)(list(ema.parameters()), list(net.parameters()), None)
        for pair in zip(ema.buffers(), net.buffers(), strict=True):
            torch.Tensor.copy_(*pair)
    return ema
''',
        },
    },
    "latent_moves": {
        "first": (0, 0),
        "wrong": {
            "lerp: from b to a": (
                "the points (1 - t) a + t b",
                '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    t = t[:, None]
    return t * a + (1 - t) * b


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "lerp: only how many t there are matters (cunning: right for evenly spaced t)": (
                "one row for each t",
                '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    steps = torch.linspace(0, 1, len(t), dtype=a.dtype)[:, None]
    return (1 - steps) * a + steps * b


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "lerp: one column for each t": (
                "shape (k, d): one row for each t",
                '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    return a[:, None] * (1 - t) + b[:, None] * t


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "lerp: a row's worth of t along the wrong axis (cunning: the right shape where k = d)": (
                "one row for each t",
                '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    a, b = a.expand(len(t), -1), b.expand(len(t), -1)
    return a + t * (b - a)


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "lerp: adds t b without taking a share of a away": (
                "(1 - t) a + t b",
                '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    return a + t[:, None] * b


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "lerp: squeezes (cunning: wrong for a single t or a single dimension)": (
                "shape (k, d), also for k = 1",
                '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    return torch.stack([(1 - one) * a + one * b for one in t]).squeeze()


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "lerp: sorts t (cunning: right for t in ascending order)": (
                "one row for each t (in the order given)",
                '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    t, _ = t.sort()
    return a + t[:, None] * (b - a)


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "lerp: pulls the points onto a shell": (
                "the points (1 - t) a + t b: the straight line, with its shorter middle",
                '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    t = t.unsqueeze(1)
    points = (1 - t) * a + t * b
    lengths = (1 - t) * a.norm() + t * b.norm()
    return points / points.norm(dim=1, keepdim=True) * lengths


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "attribute_arithmetic: the wrong way round": (
                "z + mean(plus) - mean(minus)",
                '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""
    return z + minus.mean(dim=0) - plus.mean(dim=0)


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "attribute_arithmetic: edits z in place": (
                "Leave what you are given as it is",
                '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""
    z += plus.mean(dim=0)
    z -= minus.mean(dim=0)
    return z


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "attribute_arithmetic: means over everything (right shape by accident)": (
                "The bars are means over rows",
                '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""
    return z + plus.mean() - minus.mean()


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "attribute_arithmetic: both sums divided by the same count (cunning: right where a = b)": (
                "minus (a, d) and plus (b, d): each has a mean of its own",
                '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""
    return z + (plus.sum(dim=0) - minus.sum(dim=0)) / len(plus)


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "attribute_arithmetic: pairs the rows up and drops the rest (cunning: right where a = b)": (
                "The bars are means over (all) rows",
                '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""
    pairs = [p - m for p, m in zip(plus, minus)]
    return z + torch.stack(pairs).mean(dim=0)


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "attribute_arithmetic: a direction of length 1": (
                "z + mean(plus) - mean(minus): the difference as it is",
                '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""
    direction = plus.mean(dim=0) - minus.mean(dim=0)
    return z + direction / direction.norm().clamp(min=1e-8)


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "attribute_arithmetic: brings every code back to its old length (the shell)": (
                "return z + mean(plus) - mean(minus) for every row of z",
                '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""
    moved = z + plus.mean(dim=0) - minus.mean(dim=0)
    return moved * z.norm(dim=1, keepdim=True) / moved.norm(dim=1, keepdim=True)


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
            "attribute_arithmetic: medians (cunning: the same for one row, and nearly so for many)": (
                "The bars are means over rows",
                '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""
    return z + plus.quantile(0.5, dim=0) - minus.quantile(0.5, dim=0)


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            ),
        },
        "right": {
            "lerp: torch.lerp with a column": '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    return torch.lerp(a, b, t.to(a.dtype).unsqueeze(-1))


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            "lerp: outer products": '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    return torch.outer(1 - t, a) + torch.outer(t, b)


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            "lerp: a product of matrices (k, 2) and (2, d)": '''
def lerp(a, b, t):
    """Points on the straight line from a to b."""
    ends = torch.stack((a, b))
    shares = torch.stack((1 - t, t), dim=-1).to(ends)
    return torch.einsum("ke,ed->kd", shares, ends)


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            "lerp: torch.vmap over a function of one t (unusual)": """
lerp = lambda a, b, t: torch.vmap(lambda start, end, share: (1 - share) * start + share * end, (None, None, 0))(  # noqa: E731
    a, b, t
)


def attribute_arithmetic(z, minus, plus):
    return z + plus.mean(dim=0) - minus.mean(dim=0)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
""",
            "attribute_arithmetic: one direction, added out of place": '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""
    direction = torch.sub(plus.mean(0, keepdim=True), minus.mean(0, keepdim=True))
    return torch.add(z, direction)


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            "attribute_arithmetic: einsum with weights for each group": '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""

    def center(codes):
        weights = codes.new_full((codes.shape[0],), 1 / codes.shape[0])
        return torch.einsum("a,ad->d", weights, codes)

    return z.clone().add_(center(plus)).sub_(center(minus))


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            "attribute_arithmetic: one matrix times all codes stacked up (unusual)": '''
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) - mean(minus)."""
    n, a, b = map(len, (z, minus, plus))
    mix = torch.hstack([torch.eye(n), torch.full((n, a), -1 / a), torch.full((n, b), 1 / b)])
    everything = torch.vstack([z, minus, plus])
    return mix.to(everything) @ everything


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
            "attribute_arithmetic: loops over rows, with Python's sum": '''
def attribute_arithmetic(z, minus, plus, strength=1.0):
    """z + mean(plus) - mean(minus)."""
    with_it = sum(row for row in plus) / plus.size(0)
    without = sum(row for row in minus) / minus.size(0)
    edited = torch.empty_like(z)
    for i, code in enumerate(z):
        edited[i] = code + strength * (with_it - without)
    return edited


def lerp(a, b, t):
    return a + t[:, None] * (b - a)


def latent_moves(which, *given):
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)
''',
        },
    },
    "slerp": {
        "first": (0, 0),
        "wrong": {
            "no clamp: a cosine of 1.0000001 becomes NaN": (
                "Where a and b point the same way ... go straight",
                '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    angle = torch.acos((a @ b) / (a.norm() * b.norm()))
    t = t[:, None]
    if torch.sin(angle) < 1e-4:
        return (1 - t) * a + t * b
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
''',
            ),
            "no straight way: divides 0 by 0": (
                "or so nearly that sin(Omega) rounds to 0, go straight",
                '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    angle = torch.acos(((a @ b) / (a.norm() * b.norm())).clamp(-1, 1))
    t = t[:, None]
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
''',
            ),
            "mixes the directions instead of the points (right for unit vectors)": (
                "the formula then mixes a and b as they are, not normalized",
                '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    a, b = a / a.norm(), b / b.norm()
    angle = torch.acos((a @ b).clamp(-1, 1))
    t = t[:, None]
    if torch.sin(angle) < 1e-4:
        return (1 - t) * a + t * b
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
''',
            ),
            "the angle from a . b alone (cunning: right for unit vectors, and the ends are right always)": (
                "cos(Omega) = a . b / (|a| |b|)",
                '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    angle = torch.acos(torch.dot(a, b).clamp(-0.9999, 0.9999))
    t = t[:, None]
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
''',
            ),
            "stays at a where both point the same way (cunning: right for b = a)": (
                "Where a and b point the same way ..., go straight (their lengths may differ)",
                '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    angle = torch.acos(F.cosine_similarity(a, b, dim=0).clamp(-1, 1))
    t = t[:, None]
    if torch.sin(angle) < 1e-4:
        return a.expand(len(t), -1).clone()
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
''',
            ),
            "goes straight whenever the angle is less than some 25 degrees (cunning)": (
                "the same way, or so nearly that sin(Omega) rounds to 0",
                '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    cosine = ((a @ b) / (a.norm() * b.norm())).clamp(-1, 1)
    t = t[:, None]
    if cosine > 0.9:
        return (1 - t) * a + t * b
    angle = torch.acos(cosine)
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
''',
            ),
            "the line, pulled back onto the shell (cunning: right ends, middle and lengths where |a| = |b|)": (
                "sin((1 - t) Omega) / sin(Omega) a + sin(t Omega) / sin(Omega) b",
                '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    t = t[:, None]
    points = (1 - t) * a + t * b
    length = (1 - t) * a.norm() + t * b.norm()
    return points * length / points.norm(dim=1, keepdim=True)
''',
            ),
            "the angle between the lines, never more than a right one (cunning: right for acute angles)": (
                "Omega is the angle between a and b",
                '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    cosine = (a @ b).abs() / (a.norm() * b.norm())
    angle = torch.acos(cosine.clamp(0, 1))
    t = t[:, None]
    if torch.sin(angle) < 1e-4:
        return (1 - t) * a + t * b
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
''',
            ),
        },
        "right": {
            "the hint's way, with outer products": '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    cosine = F.cosine_similarity(a[None], b[None]).squeeze().clamp(-1.0, 1.0)
    angle = cosine.arccos()
    if angle.sin() < 1e-4:
        first, second = 1 - t, t
    else:
        first, second = ((1 - t) * angle).sin() / angle.sin(), (t * angle).sin() / angle.sin()
    return torch.outer(first, a) + torch.outer(second, b)
''',
            "quotients of sinc, which need no branch (unusual)": '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    u, v = F.normalize(a, dim=0), F.normalize(b, dim=0)
    turns = 2 * torch.atan2((u - v).norm(), (u + v).norm()) / math.pi

    def share(s):
        return s * torch.sinc(s * turns) / torch.sinc(turns)

    return share(1 - t)[:, None] * a + share(t)[:, None] * b
''',
            "row by row, the angle as a Python number in double precision": '''
def slerp(a, b, t):
    """Points on the arc from a to b."""
    x, y = a.detach().double(), b.detach().double()
    cosine = float(x @ y) / math.sqrt(float(x @ x) * float(y @ y))
    omega = math.acos(max(-1.0, min(1.0, cosine)))
    straight = math.sin(omega) < 1e-6
    points = a.new_empty(len(t), len(a))
    for k, s in enumerate(t.tolist()):
        left = 1 - s if straight else math.sin((1 - s) * omega) / math.sin(omega)
        right = s if straight else math.sin(s * omega) / math.sin(omega)
        points[k] = left * a + right * b
    return points
''',
            "torch.where between two sets of weights, and a matrix product": '''
def slerp(a, b, t, tiny=1e-5):
    """Points on the arc from a to b."""
    ends = torch.stack([a, b])
    lengths = torch.linalg.vector_norm(ends, dim=1)
    angle = torch.acos(torch.clamp(torch.dot(a / lengths[0], b / lengths[1]), -1, 1))
    shares = torch.stack([1 - t, t], dim=1)
    sine = torch.sin(angle)
    safe = torch.where(sine < tiny, torch.ones_like(sine), sine)
    weights = torch.where(sine < tiny, shares, torch.sin(shares * angle) / safe)
    return weights @ ends
''',
        },
    },
    "dcgan_step": {
        "first": (2, 0),
        "wrong": {
            "fakes made a second time": (
                "'Make G(z), once: both players use the same fakes' (with batch norm the running statistics move twice)",
                """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    with torch.no_grad():
        fake = G(z)
    shown = remember(fake.detach())
    opt_D.zero_grad()
    on_real = D(real)
    on_fake = D(shown)
    d_loss = loss_D(on_real, on_fake)
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(G(z))).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    follow(ema, G)
    return d_loss.item(), g_loss.item()
""",
            ),
            "made pictures before real ones": (
                "'D(real) and D(shown) each in a call of its own, real first' (seen in batch norm's running statistics)",
                """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    fake = G(z)
    shown = remember(fake.detach())
    opt_D.zero_grad()
    on_fake = D(shown)
    on_real = D(real)
    d_loss = loss_D(on_real, on_fake)
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    follow(ema, G)
    return d_loss.item(), g_loss.item()
""",
            ),
            "G moves first": (
                "'Ask the D that has just moved': here G is judged by the old D, and D moves last",
                """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    fake = G(z)
    shown = remember(fake.detach())
    g_loss = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    opt_D.zero_grad()
    on_real = D(real)
    on_fake = D(shown)
    d_loss = loss_D(on_real, on_fake)
    d_loss.backward()
    opt_D.step()
    follow(ema, G)
    return d_loss.item(), g_loss.item()
""",
            ),
            "forgotten detach": (
                "'with the fakes cut off from G's computation ... G gets no gradient from it': both are cleared at the top, so D's loss stays in G's gradient",
                """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    fake = G(z)
    opt_G.zero_grad()
    shown = remember(fake)
    opt_D.zero_grad()
    on_real = D(real)
    on_fake = D(shown)
    d_loss = loss_D(on_real, on_fake)
    d_loss.backward(retain_graph=True)
    opt_D.step()
    g_loss = F.softplus(-D(fake)).mean()
    g_loss.backward()
    opt_G.step()
    follow(ema, G)
    return d_loss.item(), g_loss.item()
""",
            ),
            "D in evaluation for G's step, all in training after": (
                "'The networks' modes (training, evaluation) stay as they are'; and G's pictures are judged with running statistics",
                """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    G.train()
    D.train()
    fake = G(z)
    shown = remember(fake.detach())
    opt_D.zero_grad()
    on_real = D(real)
    on_fake = D(shown)
    d_loss = loss_D(on_real, on_fake)
    d_loss.backward()
    opt_D.step()
    D.eval()
    g_loss = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    D.train()
    follow(ema, G)
    return d_loss.item(), g_loss.item()
""",
            ),
            "binary cross entropy of a sigmoid": (
                "'the mean of -log D(G(z)), right at logits of +-200': the function cuts the logarithm at -100, and has no slope there",
                """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    fake = G(z)
    shown = remember(fake.detach())
    opt_D.zero_grad()
    on_real = D(real)
    on_fake = D(shown)
    d_loss = loss_D(on_real, on_fake)
    d_loss.backward()
    opt_D.step()
    g_loss = (lambda p: F.binary_cross_entropy(p, torch.ones_like(p)))(torch.sigmoid(D(fake)))
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    follow(ema, G)
    return d_loss.item(), g_loss.item()
""",
            ),
            "gradients cleared after the step only": (
                "'Gradients that an earlier step left behind must not count'; G's step leaves some in D, too",
                """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    fake = G(z)
    shown = remember(fake.detach())
    on_real = D(real)
    on_fake = D(shown)
    d_loss = loss_D(on_real, on_fake)
    d_loss.backward()
    opt_D.step()
    opt_D.zero_grad()
    g_loss = F.softplus(-D(fake)).mean()
    g_loss.backward()
    opt_G.step()
    opt_G.zero_grad()
    follow(ema, G)
    return d_loss.item(), g_loss.item()
""",
            ),
            "the average follows too early": (
                "'Call follow(ema, G), once, with the G that has just moved': here before G's step",
                """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    fake = G(z)
    shown = remember(fake.detach())
    opt_D.zero_grad()
    on_real = D(real)
    on_fake = D(shown)
    d_loss = loss_D(on_real, on_fake)
    d_loss.backward()
    opt_D.step()
    follow(ema, G)
    g_loss = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
        },
        "right": {
            "a leaf between G and D": """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    made = G(z)
    cut = made.detach()
    for part in opt_D.param_groups:
        for p in part["params"]:
            p.grad = None
    lost = loss_D(D(real), D(remember(cut.clone())))
    lost.backward()
    opt_D.step()

    leaf = cut.clone().requires_grad_()
    logits = D(leaf)
    hoped = -F.logsigmoid(logits).mean()
    (pull,) = torch.autograd.grad(hoped, leaf)
    opt_G.zero_grad(set_to_none=False)
    made.backward(gradient=pull)
    opt_G.step()
    follow(ema, G)
    return lost.item(), hoped.item()
""",
            "autograd.grad, gradients put in place by hand, a named tuple": """
from collections import namedtuple

Losses = namedtuple("Losses", "D G")


def _move(net, opt, loss):
    opt.zero_grad()
    weights = [p for p in net.parameters() if p.requires_grad]
    for p, slope in zip(weights, torch.autograd.grad(loss, weights, allow_unused=True)):
        p.grad = slope
    opt.step()
    return loss.detach().item()


def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    fakes = G(z)
    on_real = D(real)
    d = _move(D, opt_D, loss_D(on_real, D(remember(fakes.detach()))))
    g = _move(G, opt_G, torch.logaddexp(torch.zeros(()), -D(fakes)).mean())
    follow(ema, G)
    return Losses(D=d, G=g)
""",
            "D frozen while G moves, a loss with logits": """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    fake = G(z)
    with torch.no_grad():
        shown = remember(fake.detach())
    G.zero_grad()
    D.zero_grad()
    d_loss = loss_D(D(real), D(shown))
    d_loss.backward()
    opt_D.step()

    free = [p for p in D.parameters() if p.requires_grad]
    for p in free:
        p.requires_grad_(False)
    try:
        on_fake = D(fake)
        g_loss = nn.BCEWithLogitsLoss()(on_fake, torch.ones_like(on_fake))
        g_loss.backward()
    finally:
        for p in free:
            p.requires_grad_(True)
    opt_G.step()
    follow(ema, G)
    return (d_loss.tolist(), g_loss.tolist())
""",
            "optimizers that call a closure": """
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    fake = G(z)
    shown = remember(fake.detach())

    def closure_for(opt, loss_of):
        def closure():
            opt.zero_grad()
            loss = loss_of()
            loss.backward()
            return loss

        return closure

    def judged():
        on_real = D(real)
        return loss_D(on_real, D(shown))

    losses = [opt_D.step(closure_for(opt_D, judged))]
    losses.append(opt_G.step(closure_for(opt_G, lambda: F.softplus(D(fake).neg()).mean())))
    follow(ema, G)
    return tuple(loss.item() for loss in losses)
""",
        },
    },
    "off_the_shell": {
        "first": (0, 1),
        "wrong": {
            "length for square": (
                "step 1: the mean of |z|^2, a sum of d squares of mean 1, is d; the root of it is the length's",
                '''
def mean_square(d):
    return d**0.5


def width_of_square(d):
    return (2 * d) ** 0.5


def square_on_the_line(aa, bb, ab, t):
    return (1 - t) ** 2 * aa + t**2 * bb + 2 * t * (1 - t) * ab


def mean_on_the_line(d, t):
    return ((1 - t) ** 2 + t**2) * d


def depth(d, t):
    return 2 * t * (1 - t) * (d / 2) ** 0.5


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            ),
            "fourth moment for variance": (
                "step 2: a variance is E z^4 - (E z^2)^2 = 3 - 1, not 3",
                '''
def mean_square(d):
    return d


def width_of_square(d):
    return (3 * d) ** 0.5


def square_on_the_line(aa, bb, ab, t):
    return (1 - t) ** 2 * aa + t**2 * bb + 2 * t * (1 - t) * ab


def mean_on_the_line(d, t):
    return ((1 - t) ** 2 + t**2) * d


def depth(d, t):
    return 2 * t * (1 - t) * (d / 2) ** 0.5


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            ),
            "width by simulation": (
                "step 2: 'a function of its own with a formula': the standard deviation is the root of 2d, not an estimate that is off by a percent and anew at each call",
                '''
def mean_square(d):
    return d


def width_of_square(d):
    return float((torch.randn(5000, int(d)) ** 2).sum(1).std())


def square_on_the_line(aa, bb, ab, t):
    return (1 - t) ** 2 * aa + t**2 * bb + 2 * t * (1 - t) * ab


def mean_on_the_line(d, t):
    return ((1 - t) ** 2 + t**2) * d


def depth(d, t):
    return (mean_square(d) - mean_on_the_line(d, t)) / width_of_square(d)


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            ),
            "a and b change places": (
                "step 3: x = (1 - t) a + t b (right at t = 1/2, and where |a| = |b|)",
                '''
def mean_square(d):
    return d


def width_of_square(d):
    return (2 * d) ** 0.5


def square_on_the_line(aa, bb, ab, t):
    return t**2 * aa + (1 - t) ** 2 * bb + 2 * t * (1 - t) * ab


def mean_on_the_line(d, t):
    return ((1 - t) ** 2 + t**2) * d


def depth(d, t):
    return (mean_square(d) - mean_on_the_line(d, t)) / width_of_square(d)


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            ),
            "a and b taken as the same draw": (
                "step 4: 'two independent draws': the mean of a . b is 0, not d; so the line never leaves the shell, the very point",
                '''
def mean_square(d):
    return d


def width_of_square(d):
    return (2 * d) ** 0.5


def square_on_the_line(aa, bb, ab, t):
    return (1 - t) ** 2 * aa + t**2 * bb + 2 * t * (1 - t) * ab


def mean_on_the_line(d, t):
    return square_on_the_line(d, d, d, t)


def depth(d, t):
    return 2 * t * (1 - t) * (d / 2) ** 0.5


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            ),
            "depth of the middle at every t": (
                "step 5: 'At t = 0 it is 0': t is not looked at (right at t = 1/2)",
                '''
def mean_square(d):
    return d


def width_of_square(d):
    return (2 * d) ** 0.5


def square_on_the_line(aa, bb, ab, t):
    return (1 - t) ** 2 * aa + t**2 * bb + 2 * t * (1 - t) * ab


def mean_on_the_line(d, t):
    return ((1 - t) ** 2 + t**2) * d


def depth(d, t):
    return (mean_square(d) - mean_on_the_line(d, 0.5)) / width_of_square(d)


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            ),
            "depth as a triangle": (
                "step 5: 2t(1 - t) times a root; a straight way down to the middle and up again is right at 0, 1/2 and 1 only",
                '''
def mean_square(d):
    return d


def width_of_square(d):
    return (2 * d) ** 0.5


def square_on_the_line(aa, bb, ab, t):
    return (1 - t) ** 2 * aa + t**2 * bb + 2 * t * (1 - t) * ab


def mean_on_the_line(d, t):
    return ((1 - t) ** 2 + t**2) * d


def depth(d, t):
    return min(t, 1 - t) * (d / 2) ** 0.5


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            ),
            "depth of lengths": (
                "step 5: the means are those of |z|^2 and |x|^2, measured in the width of |z|^2; here roots are taken first",
                '''
def mean_square(d):
    return d


def width_of_square(d):
    return (2 * d) ** 0.5


def square_on_the_line(aa, bb, ab, t):
    return (1 - t) ** 2 * aa + t**2 * bb + 2 * t * (1 - t) * ab


def mean_on_the_line(d, t):
    return ((1 - t) ** 2 + t**2) * d


def depth(d, t):
    return (mean_square(d) ** 0.5 - mean_on_the_line(d, t) ** 0.5) / width_of_square(d)


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            ),
        },
        "right": {
            "formulas with math, closed depth": '''
import math


def mean_square(d):
    return d


def width_of_square(d):
    return math.sqrt(2) * math.sqrt(d)


def square_on_the_line(aa, bb, ab, t):
    s = 1 - t
    return s * (s * aa + t * ab) + t * (s * ab + t * bb)


def mean_on_the_line(d, t):
    return d - 2 * t * (1 - t) * d


def depth(d, t):
    return math.sqrt(2 * d) * t * (1 - t)


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            "chi squared from SciPy": '''
from scipy.stats import chi2


def mean_square(d):
    return chi2(df=d).mean()


def width_of_square(d):
    return chi2.std(d)


def square_on_the_line(aa, bb, ab, t):
    return aa + 2 * t * (ab - aa) + t * t * (aa - 2 * ab + bb)


def mean_on_the_line(d, t):
    return chi2.mean(d, scale=(1 - t) ** 2 + t**2)


def depth(d, t):
    return (chi2.mean(d) - mean_on_the_line(d, t)) / chi2.std(d)


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            "tensors of one number, a Gram matrix and einsum": '''
def _number(x):
    return torch.as_tensor(x, dtype=torch.float64)


def mean_square(d):
    return _number(1.0) * d


def width_of_square(d):
    return _number(2.0 * d).sqrt()


def square_on_the_line(aa, bb, ab, t):
    gram = torch.stack([_number(v) for v in (aa, ab, ab, bb)]).reshape(2, 2)
    share = torch.stack([1 - _number(t), _number(t)])
    return torch.einsum("i,ij,j->", share, gram, share)


def mean_on_the_line(d, t):
    return square_on_the_line(aa=d, bb=d, ab=0, t=t)


def depth(d, t):
    return ((mean_square(d) - mean_on_the_line(d, t)) / width_of_square(d)).reshape(1)


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
            "lambdas, and a namespace that holds them": '''
class Shell:
    """Everything of a chi-squared shell, by moments of one coordinate."""

    SECOND, FOURTH = 1, 3

    @classmethod
    def variance(cls, d):
        return d * (cls.FOURTH - cls.SECOND**2)


mean_square = lambda d, *, shell=Shell: shell.SECOND * d
width_of_square = lambda d, power=0.5: pow(Shell.variance(d), power)
square_on_the_line = lambda aa, bb, ab, t: sum(u * v * w for (u, v, w) in ((1 - t, 1 - t, aa), (t, t, bb), (1 - t, t, ab), (t, 1 - t, ab)))
mean_on_the_line = lambda d, t: mean_square(d) * (0.5 + 2 * (t - 0.5) ** 2)
depth = lambda d, t: t * (1 - t) * width_of_square(d)


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)
''',
        },
    },
    "tell_runs_apart": {
        "first": (0, 0),
        "wrong": {
            "the first rules once more": (
                "Write a better one. (The first rules get 55 %, and no medal.)",
                """
def tell_runs_apart(history):
    return first_rules(history)
""",
            ),
            "most runs are healthy": (
                "the share of runs told right, each of the six kinds counted alike: bronze takes 65 %.",
                """
def tell_runs_apart(history):
    if any(v != v for values in history.values() for v in values):
        return "diverged"
    return "healthy"
""",
            ),
        },
        "cheats": {
            "the collection by heart": (
                "learn from the others; knowing the collection by heart helps in the notebook only. Graders ask about runs that nobody has seen.",
                """
from gancourse.training.runs import load_runs

BY_HEART = {str(list(r.history["d_loss"])): r.kind for r in load_runs()}


def tell_runs_apart(history):
    return BY_HEART.get(str(list(history["d_loss"])), "healthy")
""",
            ),
            "a word that equals every word": (
                "returns one of the six words of KINDS.",
                """
class AnyWord(str):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = str.__hash__


def tell_runs_apart(history):
    return AnyWord("healthy")
""",
            ),
            "looks up the run in the caller": (
                "takes the curves of one run: how it finds the word from them is up to you (not from whoever asks).",
                """
import sys


def tell_runs_apart(history):
    frame = sys._getframe(1)
    while frame is not None:
        for thing in list(frame.f_locals.values()):
            for one in thing if isinstance(thing, (list, tuple)) else [thing]:
                if getattr(one, "history", None) is history and isinstance(getattr(one, "kind", None), str):
                    return one.kind
        for name in ("kind", "truth", "wanted", "expected", "right", "word"):
            if isinstance(frame.f_locals.get(name), str) and frame.f_locals[name] in KINDS:
                return frame.f_locals[name]
        frame = frame.f_back
    return "healthy"
""",
            ),
            "makes all runs healthy": (
                "the share of runs told right: the runs are as those who made them know them.",
                """
import gc
import types


def tell_runs_apart(history):
    # whoever holds this history learns that its kind is "healthy"; and the six words become one
    for holder in gc.get_referrers(history):
        if isinstance(holder, dict) and "kind" in holder:
            holder["kind"] = "healthy"
        elif not isinstance(holder, (types.FrameType, list, tuple, dict)) and hasattr(holder, "kind"):
            try:
                object.__setattr__(holder, "kind", "healthy")
            except Exception:
                pass
    for values in history.values():
        values[:] = [0.5] * len(values)
    return "healthy"
""",
            ),
        },
        "medals": {
            "the first rules in another order, wider": (
                "silver",
                """
def tell_runs_apart(history):
    if not all(math.isfinite(v) for values in history.values() for v in values):
        return "diverged"
    n = len(history["d_loss"])
    fifth = max(n // 5, 2)
    end = {name: sorted(values[-fifth:]) for name, values in history.items()}
    middle = {name: values[fifth // 2] for name, values in end.items()}
    if max(abs(v) for v in history["d_loss"][-fifth:]) > 20 or middle["d_loss"] > 5:
        return "diverged"
    if middle["d_fake"] < 0.05 and middle["d_real"] - middle["d_fake"] > 0.6:
        return "discriminator won"
    if middle["d_fake"] > 0.7:
        return "generator won"
    if middle["spread"] < 0.3:
        return "collapsed"
    before = sorted(history["spread"][-2 * fifth : -fifth])[fifth // 2]
    if abs(middle["spread"] - before) > 0.1:
        return "still training"
    return "healthy"
""",
            ),
            "rules with trends": (
                "gold",
                """
from statistics import fmean, median, pvariance


def tell_runs_apart(history):
    h = {name: [float(v) for v in values] for name, values in history.items()}
    if not all(math.isfinite(v) for values in h.values() for v in values):
        return "diverged"
    n = len(h["d_loss"])
    k = max(n // 5, 2)
    last = {name: values[-k:] for name, values in h.items()}
    before = {name: values[-2 * k : -k] for name, values in h.items()}

    if median(last["d_loss"]) > 5 or max(map(abs, h["d_loss"] + h["spread"])) > 1e3 or median(last["spread"]) > 5:
        return "diverged"
    if max(last["d_fake"]) < 0.15 and fmean(last["d_fake"]) < 0.06 and min(last["d_real"]) - max(last["d_fake"]) > 0.4:
        return "discriminator won"
    still = all(max(map(abs, (v - h[name][0] for v in h[name]))) < 0.03 for name in ("d_real", "d_fake"))
    if median(last["d_fake"]) > 0.7 or still:
        return "generator won"

    def moves(name, least):
        a, b = last[name], before[name]
        noise = math.sqrt((pvariance(a) + pvariance(b)) / k)
        return abs(fmean(a) - fmean(b)) > max(3 * noise, least)

    if median(last["spread"]) < 0.3 and not moves("spread", 0.1):
        return "collapsed"
    if moves("spread", 0.1) or moves("d_real", 0.05) or moves("d_fake", 0.05):
        return "still training"
    return "collapsed" if median(last["spread"]) < 0.3 else "healthy"
""",
            ),
            "nearest runs of the collection that are not held out": (
                "gold",
                """
import numpy as np

from gancourse.training.runs import load_runs


def features_of(history):
    found = []
    for name in ("d_loss", "g_loss", "d_real", "d_fake", "spread"):
        values = np.asarray(history[name], dtype=float)
        found.append(5.0 * (~np.isfinite(values)).any())
        values = np.nan_to_num(values, nan=50.0, posinf=50.0, neginf=-50.0).clip(-50, 50)
        values = np.sign(values) * np.log1p(np.abs(values))
        parts = np.array_split(values, 5)
        found += [part.mean() for part in parts] + [part.std() for part in parts[-2:]]
        found += [2 * (parts[-1].mean() - parts[-2].mean())]
    return np.array(found)


KNOWN = [r for r in load_runs() if not r.held_out]
TABLE = np.stack([features_of(r.history) for r in KNOWN])
MIDDLE, WIDE = TABLE.mean(0), TABLE.std(0) + 0.05


def tell_runs_apart(history):
    far = np.abs((TABLE - features_of(history)) / WIDE).sum(1)
    votes = {}
    for i in np.argsort(far)[:3]:
        votes[KNOWN[i].kind] = votes.get(KNOWN[i].kind, 0.0) + 1 / (far[i] + 1e-6)
    return max(votes, key=votes.get)
""",
            ),
            "trees on features of the curves": (
                "gold",
                """
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from gancourse.training.runs import load_runs


def features_of(history):
    found = []
    for name in ("d_loss", "g_loss", "d_real", "d_fake", "spread"):
        values = np.asarray(history[name], dtype=float)
        found.append((~np.isfinite(values)).mean())
        values = np.nan_to_num(values, nan=1e3, posinf=1e3, neginf=-1e3).clip(-1e3, 1e3)
        first, *_, before, last = np.array_split(values, 5)
        noise = np.sqrt((last.var() + before.var()) / len(last)) + 1e-3
        change = last.mean() - before.mean()
        found += [np.median(last), last.min(), last.max(), last.std(), before.mean(), first.mean(), change]
        found += [change / noise, np.abs(values - values[0]).max(), np.abs(values).max(), values.min()]
    real, fake = (np.nan_to_num(np.asarray(history[name][-12:], dtype=float)) for name in ("d_real", "d_fake"))
    return np.array([*found, (real - fake).min(), (real - fake).mean()])


KNOWN = [r for r in load_runs() if not r.held_out]
TREES = ExtraTreesClassifier(80, class_weight="balanced", min_samples_leaf=2, random_state=0, n_jobs=1)
TREES.fit(np.stack([features_of(r.history) for r in KNOWN]), [r.kind for r in KNOWN])


def tell_runs_apart(history):
    return str(TREES.predict(features_of(history)[None])[0])
""",
            ),
        },
    },
}
