"""Answers to the exercises of lesson 08 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day.
"""

BLIND = {
    "unet_forward": {
        "first": (0, 0),
        "wrong": {
            "skip first, then the lower layer's map": (
                "*first* what the layer below it made, *then* the map of that size from the way down",
                """
def unet_forward(x, downs, ups):
    kept, hidden = [], x
    for down in downs:
        hidden = down(hidden)
        kept.append(hidden)
    hidden = ups[0](kept.pop())
    for up in ups[1:]:
        hidden = up(torch.cat([kept.pop(), hidden], 1))
    return hidden
""",
            ),
            "the lower map twice instead of the skip (right channels by accident)": (
                "then the map of that size from the way down (the skip is left out)",
                """
def unet_forward(x, downs, ups):
    hidden = x
    for down in downs:
        hidden = down(hidden)
    for j, up in enumerate(ups):
        hidden = up(hidden if j == 0 else torch.cat([hidden, hidden], dim=1))
    return hidden
""",
            ),
            "skips kept detached": (
                "differentiable in `x` and in all layers (nothing flows back along the skips)",
                """
def unet_forward(x, downs, ups):
    kept, hidden = [], x
    for down in downs:
        hidden = down(hidden)
        kept.append(hidden.detach())
    for j, (up, skip) in enumerate(zip(ups, reversed(kept))):
        hidden = up(hidden) if j == 0 else up(torch.cat([hidden, skip], 1))
    return hidden
""",
            ),
            "input detached first": (
                "differentiable in `x`",
                """
def unet_forward(x, downs, ups):
    x = x.detach()
    kept = []
    for down in downs:
        x = down(x)
        kept.append(x)
    x = ups[0](kept[-1])
    for j in range(1, len(ups)):
        x = ups[j](torch.cat([x, kept[-1 - j]], 1))
    return x
""",
            ),
            "lists are popped empty": (
                "Leave the two lists as they are",
                """
def unet_forward(x, downs, ups):
    kept = []
    while len(downs):
        x = downs.pop(0)(x)
        kept.append(x)
    kept.pop()
    x = ups.pop(0)(x)
    while len(ups):
        x = ups.pop(0)(torch.cat([x, kept.pop()], 1))
    return x
""",
            ),
            "first and last layer up treated apart: with one layer it is used twice": (
                "lists of as many layers, one each or more",
                """
def unet_forward(x, downs, ups):
    maps = [downs[0](x)]
    for down in downs[1:]:
        maps.append(down(maps[-1]))
    first, last = ups[0], ups[-1]
    out = first(maps[-1])
    for up, skip in zip(ups[1:-1], maps[-2:0:-1]):
        out = up(torch.cat([out, skip], 1))
    return last(torch.cat([out, maps[0]], 1))
""",
            ),
            "maps added instead of put side by side": (
                "sees two maps of equal size side by side along the channels (dimension 1)",
                """
def unet_forward(x, downs, ups):
    kept, hidden = [], x
    for down in downs:
        hidden = down(hidden)
        kept.append(hidden)
    for j, (up, skip) in enumerate(zip(ups, reversed(kept))):
        hidden = up(skip) if j == 0 else up(hidden + skip)
    return hidden
""",
            ),
            "mutable default keeps the first call's maps": (
                "then the map of that size from the way down (of THIS x: a second call gets the first call's skips)",
                """
def unet_forward(x, downs, ups, kept=[]):
    hidden = x
    for down in downs:
        hidden = down(hidden)
        kept.append(hidden)
    k = len(ups)
    hidden = ups[0](hidden)
    for j in range(1, k):
        hidden = ups[j](torch.cat([hidden, kept[k - 1 - j]], 1))
    return hidden
""",
            ),
        },
        "right": {
            "recursion from outside inward": '''
def unet_forward(x, downs, ups):
    k = len(downs)

    def level(depth, seen):
        """The map of `seen`'s size that comes back up from below `depth` layers down."""
        made = downs[depth](seen)
        if depth == k - 1:
            return ups[0](made)
        return ups[k - 1 - depth](torch.cat((level(depth + 1, made), made), dim=1))

    return level(0, x)
''',
            "skips found by their size in a dictionary": """
def unet_forward(x, downs, ups):
    by_size = {}
    for down in downs:
        x = down(x)
        by_size[tuple(x.shape[-2:])] = x
    first, *later = ups
    x = first(x)
    for up in later:
        x = up(torch.concat([x, by_size[tuple(x.shape[-2:])]], dim=1))
    return x
""",
            "itertools.accumulate and functools.reduce, hstack (which is dimension 1)": """
from functools import reduce
from itertools import accumulate


def unet_forward(x, downs, ups):
    _, *kept = accumulate(downs, lambda hidden, down: down(hidden), initial=x)
    *skips, bottom = kept
    steps = zip(list(ups)[1:], skips[::-1])
    return reduce(lambda hidden, step: step[0](torch.hstack([hidden, step[1]])), steps, ups[0](bottom))
""",
            "stack popped from copies, an empty piece at the bottom": """
def unet_forward(x, downs, ups, *, dim=1):
    stack = [x]
    for index in range(len(downs)):
        stack.append(downs[index](stack[index]))
    pieces = [stack.pop()]
    for index in range(len(ups)):
        out = ups[index](pieces[0] if len(pieces) == 1 else torch.cat(pieces, dim=dim))
        pieces = [out, stack.pop()]  # at the very end this is x itself, which nobody takes
    return out
""",
        },
    },
    "receptive_field": {
        "first": (1, 0),
        "wrong": {
            "rounds up (right where every division comes out even, as in the paper's stack of 256 pixels)": (
                "step 1: A kernel that does not fit any more has no place: round down in every layer",
                """
def receptive_field(step, layers, i=0, size=256):
    if step == 1:
        n = size
        for k, s, p in layers:
            n = math.ceil((n + 2 * p - k) / s) + 1
        return n
    if step == 2:
        field = 1
        for k, s, p in reversed(layers):
            field = (field - 1) * s + k
        return field
    if step == 3:
        return math.prod(s for _, s, _ in layers)
    if step == 4:
        first = i
        for k, s, p in reversed(layers):
            first = first * s - p
        return first
    if step == 5:
        first, field = receptive_field(4, layers, i), receptive_field(2, layers)
        return min(size, first + field) - max(0, first)
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "field from the picture forward": (
                "step 2 (the picture's layer first: backward from the logit) – wrong where strides differ from layer to layer",
                """
def receptive_field(step, layers, i=0, size=256):
    if step == 1:
        for k, s, p in layers:
            size = (size + 2 * p - k) // s + 1
        return size
    if step == 2:
        field = 1
        for k, s, p in layers:
            field = (field - 1) * s + k
        return field
    if step == 3:
        return math.prod(s for _, s, _ in layers)
    if step == 4:
        for k, s, p in reversed(layers):
            i = i * s - p
        return i
    if step == 5:
        field = 1
        for k, s, p in reversed(layers):
            i, field = i * s - p, (field - 1) * s + k
        return min(size, i + field) - max(0, i)
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "2 to the number of halving layers": (
                "step 3: by how many pixels the field lies right of that before (strides multiply; a stride may be 3)",
                """
def receptive_field(step, layers, i=0, size=256):
    if step == 1:
        for k, s, p in layers:
            size = (size + 2 * p - k) // s + 1
        return size
    if step == 2:
        field = 1
        for k, s, p in reversed(layers):
            field = (field - 1) * s + k
        return field
    if step == 3:
        return 2 ** sum(s > 1 for _, s, _ in layers)
    if step == 4:
        for k, s, p in reversed(layers):
            i = i * s - p
        return i
    if step == 5:
        first = receptive_field(4, layers, i, size)
        return min(size, first + receptive_field(2, layers)) - max(0, first)
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "paddings added up without their scale": (
                "step 4: the number of the first pixel that logit i sees (a padding counts in units of its own map)",
                """
def receptive_field(step, layers, i=0, size=256):
    jump, field = 1, 1
    for k, s, p in layers:
        field += (k - 1) * jump
        jump *= s
    first = i * jump - sum(p for _, _, p in layers)
    if step == 1:
        for k, s, p in layers:
            size = (size + 2 * p - k) // s + 1
        return size
    if step == 2:
        return field
    if step == 3:
        return jump
    if step == 4:
        return first
    if step == 5:
        return min(size, first + field) - max(0, first)
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "beginning clamped at the picture's edge": (
                "step 4: Left of the picture, where the padding is, pixels have negative numbers",
                """
def receptive_field(step, layers, i=0, size=256):
    jump, field, padded = 1, 1, 0
    for k, s, p in layers:
        field += (k - 1) * jump
        padded += p * jump
        jump *= s
    first = i * jump - padded
    if step == 1:
        for k, s, p in layers:
            size = (size + 2 * p - k) // s + 1
        return size
    if step == 2:
        return field
    if step == 3:
        return jump
    if step == 4:
        return max(0, first)
    if step == 5:
        return min(size, first + field) - max(0, first)
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "only the left edge is thought of": (
                "step 5: how many of the field's pixels lie in the picture of `size` pixels (padding on the right, too)",
                """
def receptive_field(step, layers, i=0, size=256):
    jump, field, padded = 1, 1, 0
    for k, s, p in layers:
        field += (k - 1) * jump
        padded += p * jump
        jump *= s
    first = i * jump - padded
    if step == 1:
        for k, s, p in layers:
            size = (size + 2 * p - k) // s + 1
        return size
    if step == 2:
        return field
    if step == 3:
        return jump
    if step == 4:
        return first
    if step == 5:
        return field - max(0, -first)
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "the caller's list is turned around in place": (
                "A stack is a list, the picture's layer first: the next question about the same list is answered backward",
                """
def receptive_field(step, layers, i=0, size=256):
    if step == 1:
        for k, s, p in layers:
            size = (size + 2 * p - k) // s + 1
        return size
    if step == 3:
        return math.prod(s for _, s, _ in layers)
    if step not in (2, 4, 5):
        raise ValueError(f"Steps are 1 to 5, not {step}.")
    layers.reverse()
    field, first = 1, i
    for k, s, p in layers:
        field = (field - 1) * s + k
        first = first * s - p
    if step == 2:
        return field
    if step == 4:
        return first
    return min(size, first + field) - max(0, first)
""",
            ),
            "256 pixels always in step 5": (
                "step 5: in the picture of `size` pixels",
                """
def receptive_field(step, layers, i=0, size=256):
    if step == 1:
        for k, s, p in layers:
            size = (size + 2 * p - k) // s + 1
        return size
    if step == 2:
        field = 1
        for k, s, p in reversed(layers):
            field = (field - 1) * s + k
        return field
    if step == 3:
        return math.prod(s for _, s, _ in layers)
    if step == 4:
        for k, s, p in reversed(layers):
            i = i * s - p
        return i
    if step == 5:
        first = receptive_field(4, layers, i)
        last = first + receptive_field(2, layers)
        return min(256, last) - max(0, first)
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
        },
        "right": {
            "forward, with the distance between units carried along": """
def receptive_field(step, layers, i=0, size=256):
    if step not in range(1, 6):
        raise ValueError(f"Steps are 1 to 5, not {step}.")
    count, field, jump, begin = size, 1, 1, 0
    for kernel, stride, padding in layers:
        count = max(0, (count + 2 * padding - kernel) // stride + 1)
        field += (kernel - 1) * jump
        begin -= padding * jump
        jump *= stride
    first = begin + i * jump
    inside = max(0, min(size, first + field) - max(0, first))
    return (count, field, jump, first, inside)[step - 1]
""",
            "recursion over the picture's layer, and structural matching": """
def receptive_field(step, layers, i=0, size=256):
    match step, layers:
        case 1, []:
            return size
        case 1, [(kernel, stride, padding), *rest]:
            return receptive_field(1, rest, i, max(0, math.floor((size + 2 * padding - kernel) / stride) + 1))
        case (2 | 3), []:
            return 1
        case 2, [(kernel, stride, _), *rest]:
            return stride * (receptive_field(2, rest) - 1) + kernel
        case 3, [(_, stride, _), *rest]:
            return stride * receptive_field(3, rest)
        case 4, []:
            return i
        case 4, [(_, stride, padding), *rest]:
            return stride * receptive_field(4, rest, i) - padding
        case 5, _:
            begin = receptive_field(4, layers, i)
            return len(range(max(begin, 0), min(begin + receptive_field(2, layers), size)))
        case _:
            raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            "intervals of units, walked back to the pixels, and counted one by one": """
def receptive_field(step, layers, i=0, size=256):
    def pixels(unit):
        left, right = unit, unit
        for kernel, stride, padding in layers[::-1]:
            left, right = left * stride - padding, right * stride - padding + kernel - 1
        return range(left, right + 1)

    def logits():
        units = size
        for kernel, stride, padding in layers:
            places = range(-padding, units + padding - kernel + 1, stride)
            units = len(places)
        return units

    answers = {
        1: logits,
        2: lambda: len(pixels(i)),
        3: lambda: pixels(i + 1)[0] - pixels(i)[0],
        4: lambda: pixels(i).start,
        5: lambda: sum(1 for pixel in pixels(i) if 0 <= pixel < size),
    }
    if step not in answers:
        raise ValueError(f"Steps are 1 to 5, not {step}.")
    return answers[step]()
""",
            "NumPy's cumulative products, a real convolution for the size, int() at the end": """
import numpy as np


def receptive_field(step, layers, i=0, size=256):
    if step not in (1, 2, 3, 4, 5):
        raise ValueError(f"Steps are 1 to 5, not {step}.")
    table = np.asarray(layers, dtype=np.int64).reshape(-1, 3)
    jumps = np.concatenate([[1], np.cumprod(table[:, 1])]).astype(np.int64)
    field = 1 + np.dot(table[:, 0] - 1, jumps[:-1])
    first = i * jumps[-1] - np.dot(table[:, 2], jumps[:-1])
    if step == 1:
        line = torch.zeros(1, 1, size)
        for kernel, stride, padding in layers:
            if line.shape[-1] + 2 * padding < kernel:
                return 0
            line = F.conv1d(line, torch.ones(1, 1, kernel), stride=stride, padding=padding)
        return line.shape[-1]
    if step == 5:
        return int(np.clip(first + field, 0, size) - np.clip(first, 0, size))
    return int({2: field, 3: jumps[-1], 4: first}[step])
""",
        },
    },
    "PatchDiscriminator": {
        "first": (2, 0),
        "wrong": {
            "a sigmoid at the end": (
                "what comes back are the logits; behind layer 3: nothing",
                """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs + outputs, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 1, 1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
            nn.Sigmoid(),
        )

    def forward(self, x, y):
        return self.net(torch.cat([x, y], 1))
""",
            ),
            "batch normalization behind layer 1, too": (
                "behind layer 1: LeakyReLU(0.2), no normalization",
                """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs + outputs, width, 4, 2, 1),
            nn.BatchNorm2d(width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 1, 1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
        )

    def forward(self, x, y):
        return self.net(torch.cat([x, y], 1))
""",
            ),
            "LeakyReLU with its default slope in layer 2": (
                "LeakyReLU(0.2)",
                """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs + outputs, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 1, 1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
        )

    def forward(self, x, y):
        return self.net(torch.cat([x, y], 1))
""",
            ),
            "x is blanked: the judge sees y alone": (
                "The two pictures go in side by side along the channels",
                """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs + outputs, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 1, 1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
        )

    def forward(self, x, y):
        return self.net(torch.cat([torch.zeros_like(x), y], 1))
""",
            ),
            "DCGAN's weights N(0, 0.02)": (
                "Leave the weights as PyTorch sets them",
                """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs + outputs, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 1, 1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
        )
        for layer in self.net:
            if isinstance(layer, nn.Conv2d):
                nn.init.normal_(layer.weight, 0.0, 0.02)

    def forward(self, x, y):
        return self.net(torch.cat([x, y], 1))
""",
            ),
            "no bias in layer 3": (
                "Layers 1 and 3 have biases",
                """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs + outputs, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 1, 1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 4, 1, 1, bias=False),
        )

    def forward(self, x, y):
        return self.net(torch.cat([x, y], 1))
""",
            ),
            "normalization behind the LeakyReLU": (
                "behind layer 2: batch normalization, LeakyReLU(0.2), in this order",
                """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs + outputs, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 1, 1),
            nn.LeakyReLU(0.2),
            nn.BatchNorm2d(2 * width),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
        )

    def forward(self, x, y):
        return self.net(torch.cat([x, y], 1))
""",
            ),
            "64 channels behind layer 2, whatever the width": (
                "layer 2: width -> 2 * width",
                """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs + outputs, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 64, 4, 1, 1),
            nn.BatchNorm2d(64),
            nn.LeakyReLU(0.2),
            nn.Conv2d(64, 1, 4, 1, 1),
        )

    def forward(self, x, y):
        return self.net(torch.cat([x, y], 1))
""",
            ),
        },
        "right": {
            "y first, layer 2 without a bias": """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs + outputs, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, padding=1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
        )

    def forward(self, x, y):
        return self.net(torch.cat((y, x), dim=1))
""",
            "layers as attributes, F.leaky_relu, a loop": """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32, slope=0.2):
        super().__init__()
        channels = [inputs + outputs, width, 2 * width, 1]
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(a, b, kernel_size=4, stride=s, padding=1) for a, b, s in zip(channels, channels[1:], (2, 1, 1))]
        )
        self.norm = nn.BatchNorm2d(num_features=channels[2])
        self.slope = slope

    def forward(self, x, y):
        first, second, last = self.convolutions
        hidden = F.leaky_relu(first(torch.hstack([x, y])), self.slope)
        hidden = F.leaky_relu(self.norm(second(hidden)), self.slope)
        return last(hidden)
""",
            "one first convolution whose weights are applied to x and to y apart, and added": """
class PatchDiscriminator(nn.Module):
    def __init__(self, inputs=1, outputs=3, width=32):
        super().__init__()
        self.inputs = inputs
        self.first = nn.Conv2d(inputs + outputs, width, 4, 2, 1)
        self.rest = nn.Sequential(
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(width, 2 * width, 4, 1, 1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
        )

    def forward(self, x, y):
        of_x, of_y = self.first.weight[:, : self.inputs], self.first.weight[:, self.inputs :]
        hidden = F.conv2d(x, of_x, self.first.bias, 2, 1) + F.conv2d(y, of_y, None, 2, 1)
        return self.rest(hidden)
""",
            "a subclass of nn.Sequential with named layers": """
from collections import OrderedDict


class PatchDiscriminator(nn.Sequential):
    def __init__(self, inputs=1, outputs=3, width=32):
        layers = OrderedDict()
        layers["see"] = nn.Conv2d(in_channels=inputs + outputs, out_channels=width, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))
        layers["bend"] = nn.LeakyReLU(negative_slope=0.2)
        layers["compare"] = nn.Conv2d(width, width * 2, kernel_size=4, padding=1)
        layers["level"] = nn.BatchNorm2d(width * 2)
        layers["bend_again"] = nn.LeakyReLU(negative_slope=0.2)
        layers["judge"] = nn.Conv2d(width * 2, 1, kernel_size=4, padding=1)
        super().__init__(layers)

    def forward(self, x, y):
        pair = x.new_empty(len(x), x.shape[1] + y.shape[1], *x.shape[2:])
        pair[:, : y.shape[1]] = y
        pair[:, y.shape[1] :] = x
        return super().forward(pair)
""",
        },
    },
    "pix2pix_step": {
        "first": (1, 0),
        "wrong": {
            "L_D is halved in the report only": (
                "one step of opt_D down L_D = ½(…): The paper halves it, to slow D down",
                """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    fake = G(x)
    loss_D = F.softplus(-D(x, y)).mean() + F.softplus(D(x, fake.detach())).mean()
    opt_D.zero_grad()
    loss_D.backward()
    opt_D.step()
    adversarial, l1 = F.softplus(-D(x, fake)).mean(), F.l1_loss(fake, y)
    opt_G.zero_grad()
    (adversarial + weight * l1).backward()
    opt_G.step()
    return loss_D.item() / 2, adversarial.item(), l1.item()
""",
            ),
            "not detached in D's turn, and both gradients emptied at the start": (
                "G learns nothing from L_D",
                """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    opt_D.zero_grad()
    opt_G.zero_grad()
    fake = G(x)
    loss_D = 0.5 * (F.softplus(-D(x, y)).mean() + F.softplus(D(x, fake)).mean())
    loss_D.backward(retain_graph=True)
    opt_D.step()
    fake = G(x)
    adversarial, l1 = F.softplus(-D(x, fake)).mean(), F.l1_loss(fake, y)
    (adversarial + weight * l1).backward()
    opt_G.step()
    return loss_D.item(), adversarial.item(), l1.item()
""",
            ),
            "gradients emptied behind each player's step: G's turn leaves some in D": (
                "Gradients that an earlier step left in the networks must not count",
                """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    fake = G(x)
    loss_D = (F.softplus(-D(x, y)).mean() + F.softplus(D(x, fake.detach())).mean()) / 2
    loss_D.backward()
    opt_D.step()
    opt_D.zero_grad()
    adversarial, l1 = F.softplus(-D(x, fake)).mean(), F.l1_loss(fake, y)
    (adversarial + weight * l1).backward()
    opt_G.step()
    opt_G.zero_grad()
    return loss_D.item(), adversarial.item(), l1.item()
""",
            ),
            "G's loss from the old D": (
                "Then G moves, against the D that has just moved",
                """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    fake = G(x)
    adversarial, l1 = F.softplus(-D(x, fake)).mean(), F.l1_loss(fake, y)
    opt_G.zero_grad()
    (adversarial + weight * l1).backward()
    opt_D.zero_grad()
    loss_D = (F.softplus(-D(x, y)).mean() + F.softplus(D(x, fake.detach())).mean()) / 2
    loss_D.backward()
    opt_D.step()
    opt_G.step()
    return loss_D.item(), adversarial.item(), l1.item()
""",
            ),
            "BCELoss of a sigmoid: clamped where D is sure": (
                "mean[-log(1 - σ(D(x, G(x))))]: at logits of 20 and more it is the logit, not 100, and it has a gradient",
                """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    bce = nn.BCELoss()
    fake = G(x)
    true, made = torch.sigmoid(D(x, y)), torch.sigmoid(D(x, fake.detach()))
    loss_D = 0.5 * (bce(true, torch.ones_like(true)) + bce(made, torch.zeros_like(made)))
    opt_D.zero_grad()
    loss_D.backward()
    opt_D.step()
    made = torch.sigmoid(D(x, fake))
    adversarial, l1 = bce(made, torch.ones_like(made)), F.l1_loss(fake, y)
    opt_G.zero_grad()
    (adversarial + weight * l1).backward()
    opt_G.step()
    return loss_D.item(), adversarial.item(), l1.item()
""",
            ),
            "L1 of the detached picture: reported, and never learned from": (
                "one step of opt_G down A + λ L1",
                """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    fake = G(x)
    constant = fake.detach()
    loss_D = (F.softplus(-D(x, y)).mean() + F.softplus(D(x, constant)).mean()) / 2
    l1 = (y - constant).abs().mean()
    opt_D.zero_grad()
    loss_D.backward()
    opt_D.step()
    adversarial = F.softplus(-D(x, fake)).mean()
    opt_G.zero_grad()
    (adversarial + weight * l1).backward()
    opt_G.step()
    return loss_D.item(), adversarial.item(), l1.item()
""",
            ),
            "saturating loss for G, the right number reported": (
                "A = mean[-log σ(D(x, G(x)))] (non-saturating)",
                """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    fake = G(x)
    loss_D = (F.softplus(-D(x, y)).mean() + F.softplus(D(x, fake.detach())).mean()) / 2
    opt_D.zero_grad()
    loss_D.backward()
    opt_D.step()
    said = D(x, fake)
    saturating, l1 = -F.softplus(said).mean(), F.l1_loss(fake, y)
    opt_G.zero_grad()
    (saturating + weight * l1).backward()
    opt_G.step()
    return loss_D.item(), F.softplus(-said).mean().item(), l1.item()
""",
            ),
            "the made picture first, the input second": (
                "Every pair is shown with x first: D(x, …)",
                """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    fake = G(x)
    loss_D = (F.softplus(-D(y, x)).mean() + F.softplus(D(fake.detach(), x)).mean()) / 2
    opt_D.zero_grad()
    loss_D.backward()
    opt_D.step()
    adversarial, l1 = F.softplus(-D(fake, x)).mean(), F.l1_loss(fake, y)
    opt_G.zero_grad()
    (adversarial + weight * l1).backward()
    opt_G.step()
    return loss_D.item(), adversarial.item(), l1.item()
""",
            ),
        },
        "right": {
            "cross-entropy with logits, G called twice, the first time under no_grad": """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    def called(logits, answer):
        return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, answer))

    with torch.no_grad():
        fake = G(x)
    loss_D = 0.5 * (called(D(x, y), 1.0) + called(D(x, fake), 0.0))
    opt_D.zero_grad(set_to_none=False)
    loss_D.backward()
    opt_D.step()

    fake = G(x)
    adversarial = called(D(x, fake), 1.0)
    l1 = (y - fake).abs().mean()
    opt_G.zero_grad()
    (adversarial + weight * l1).backward()
    opt_G.step()
    return float(loss_D), float(adversarial), float(l1)
""",
            "torch.autograd.grad into the optimizers' own parameters, a named tuple of floats": """
from typing import NamedTuple


class Losses(NamedTuple):
    judge: float
    adversarial: float
    l1: float


def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    def down(opt, loss):
        own = [p for group in opt.param_groups for p in group["params"] if p.requires_grad]
        for p, slope in zip(own, torch.autograd.grad(loss, own, allow_unused=True)):
            p.grad = slope
        opt.step()

    made = G(x)
    judge = -(F.logsigmoid(D(x, y)).mean() + F.logsigmoid(-D(x, made.detach())).mean()) / 2
    down(opt_D, judge)
    adversarial = -F.logsigmoid(D(x, made)).mean()
    l1 = torch.mean(torch.abs(made - y))
    down(opt_G, adversarial + weight * l1)
    return Losses(judge.item(), adversarial.item(), l1.item())
""",
            "closures handed to the optimizers": """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    told = {}
    made = G(x)

    def judge():
        opt_D.zero_grad()
        loss = torch.logaddexp(torch.zeros(()), -D(x, y)).mean() / 2
        loss = loss + torch.logaddexp(torch.zeros(()), D(x, made.detach())).mean() / 2
        told.setdefault("D", loss.item())
        loss.backward()
        return loss

    def painter():
        opt_G.zero_grad()
        adversarial = torch.logaddexp(torch.zeros(()), -D(x, made)).mean()
        l1 = nn.L1Loss()(made, y)
        told.setdefault("A", adversarial.item())
        told.setdefault("L1", l1.item())
        loss = adversarial + weight * l1
        loss.backward()
        return loss

    opt_D.step(judge)
    opt_G.step(painter)
    return told["D"], told["A"], told["L1"]
""",
            "D's parameters rest while G learns; a list of NumPy floats made plain": """
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    softplus = nn.Softplus()  # exact up to its threshold of 20, and the line beyond
    made = G(x)
    for opt in (opt_D, opt_G):
        opt.zero_grad()
    halves = [softplus(-D(x, y)).mean(), softplus(D(x, made.detach())).mean()]
    loss_D = torch.stack(halves).mean()
    loss_D.backward()
    opt_D.step()

    learning = [p for group in opt_D.param_groups for p in group["params"] if p.requires_grad]
    for p in learning:
        p.requires_grad_(False)
    try:
        adversarial = softplus(-D(x, made)).mean()
        l1 = torch.linalg.vector_norm(y - made, ord=1) / y.numel()
        adversarial.backward(retain_graph=True)
        (weight * l1).backward()
    finally:
        for p in learning:
            p.requires_grad_(True)
    opt_G.step()
    return tuple(float(number.detach().cpu().numpy()) for number in (loss_D, adversarial, l1))
""",
        },
    },
    "part_edges": {
        "first": (1, 0),
        "wrong": {
            "torch.roll: the far side is a neighbor": (
                "What lies outside of the picture is nobody's neighbor",
                """
def part_edges(parts):
    edges = torch.zeros(parts.shape, dtype=torch.bool)
    for dim in (1, 2):
        for by in (1, -1):
            edges |= parts != parts.roll(by, dim)
    return edges[:, None].float()
""",
            ),
            "a border of part 0 around the picture": (
                "What lies outside of the picture is nobody's neighbor (parts other than 0 at the border become edges)",
                """
def part_edges(parts):
    wide = F.pad(parts, (1, 1, 1, 1), value=0)
    middle = wide[:, 1:-1, 1:-1]
    up, down = wide[:, :-2, 1:-1], wide[:, 2:, 1:-1]
    left, right = wide[:, 1:-1, :-2], wide[:, 1:-1, 2:]
    edges = (middle != up) | (middle != down) | (middle != left) | (middle != right)
    return edges.unsqueeze(1).float()
""",
            ),
            "only the upper and the left pixel of an unequal pair": (
                "an edge is two pixels thick, one on each side",
                """
def part_edges(parts):
    edges = torch.zeros(parts.shape, dtype=torch.bool)
    edges[:, :-1] |= parts[:, 1:] != parts[:, :-1]
    edges[:, :, :-1] |= parts[:, :, 1:] != parts[:, :, :-1]
    return edges[:, None].float()
""",
            ),
            "eight neighbors": (
                "one of a pixel's four neighbors (above, below, left, right)",
                """
def part_edges(parts):
    n, H, W = parts.shape
    wide = torch.cat([parts[:, :1], parts, parts[:, -1:]], 1)
    wide = torch.cat([wide[:, :, :1], wide, wide[:, :, -1:]], 2)
    edges = torch.zeros(parts.shape, dtype=torch.bool)
    for r in range(3):
        for c in range(3):
            edges |= parts != wide[:, r : r + H, c : c + W]
    return edges[:, None].float()
""",
            ),
            "Laplace filter: a higher and a lower neighbor cancel": (
                "1 where at least one of a pixel's four neighbors has another number",
                """
def part_edges(parts):
    kernel = torch.tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    wide = F.pad(parts[:, None].float(), (1, 1, 1, 1), mode="replicate")
    return (F.conv2d(wide, kernel[None, None]) != 0).float()
""",
            ),
            "numbers squeezed into bytes first": (
                "whole numbers of any integer type (3 and 259 are different parts)",
                """
def part_edges(parts):
    parts = parts.byte()
    edges = torch.zeros(parts.shape, dtype=torch.bool)
    rows, columns = parts[:, 1:] != parts[:, :-1], parts[:, :, 1:] != parts[:, :, :-1]
    edges[:, 1:] |= rows
    edges[:, :-1] |= rows
    edges[:, :, 1:] |= columns
    edges[:, :, :-1] |= columns
    return edges[:, None].float()
""",
            ),
            "the difference's sign: right on bytes only, which wrap around": (
                "another number, be it larger or smaller, in any integer type",
                """
def part_edges(parts):
    edges = torch.zeros(parts.shape, dtype=torch.bool)
    rows, columns = (parts[:, 1:] - parts[:, :-1]) > 0, (parts[:, :, 1:] - parts[:, :, :-1]) > 0
    edges[:, 1:] |= rows
    edges[:, :-1] |= rows
    edges[:, :, 1:] |= columns
    edges[:, :, :-1] |= columns
    return edges[:, None].float()
""",
            ),
            "pictures of the batch and rows in the place of rows and columns": (
                "Given part numbers (n, H, W): above, below, left, right",
                """
def part_edges(parts):
    edges = torch.zeros(parts.shape, dtype=torch.bool)
    rows, columns = parts[1:] != parts[:-1], parts[:, 1:] != parts[:, :-1]
    edges[1:] |= rows
    edges[:-1] |= rows
    edges[:, 1:] |= columns
    edges[:, :-1] |= columns
    return edges[:, None].float()
""",
            ),
        },
        "right": {
            "NumPy, float64": """
import numpy as np


def part_edges(parts):
    array = parts.detach().cpu().numpy()
    wide = np.pad(array, ((0, 0), (1, 1), (1, 1)), mode="edge")
    neighbors = np.stack([wide[:, :-2, 1:-1], wide[:, 2:, 1:-1], wide[:, 1:-1, :-2], wide[:, 1:-1, 2:]])
    edges = (neighbors != array).any(axis=0)
    return torch.from_numpy(edges[:, np.newaxis].astype(float))
""",
            "neighbors by index, clamped at the border": """
def part_edges(parts):
    n, height, width = parts.shape
    whole = parts.long()
    row, column = torch.arange(height)[:, None], torch.arange(width)[None, :]
    differs = [
        whole != whole[:, (row + down).clamp(0, height - 1), (column + right).clamp(0, width - 1)]
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1))
    ]
    return torch.where(torch.stack(differs).any(0), 1.0, 0.0).reshape(n, 1, height, width)
""",
            "torch.diff along each side, padded on either end, added and cut at 1": """
def part_edges(parts):
    whole = parts.to(torch.int64)
    count = torch.zeros(parts.shape)
    for dim, (before, behind) in ((1, ((0, 0, 1, 0), (0, 0, 0, 1))), (2, ((1, 0), (0, 1)))):
        unequal = torch.diff(whole, dim=dim).ne(0).float()
        count = count + F.pad(unequal, before) + F.pad(unequal, behind)
    return count.clamp(max=1).unsqueeze(dim=1)
""",
            "plain loops over lists": """
def part_edges(parts):
    n, H, W = parts.shape
    out = torch.zeros(n, 1, H, W)
    for k, picture in enumerate(parts.tolist()):
        for r in range(H):
            for c in range(W):
                around = [(r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)]
                if any(0 <= a < H and 0 <= b < W and picture[a][b] != picture[r][c] for a, b in around):
                    out[k, 0, r, c] = 1
    return out
""",
        },
    },
    "at_scales": {
        "first": (0, 0),
        "wrong": {
            "padding counted in the mean": (
                "the padding is not counted (count_include_pad=False)",
                """
def at_scales(judges, x, y):
    said = []
    for judge in judges:
        said.append(judge(x, y))
        x, y = F.avg_pool2d(x, 3, 2, 1), F.avg_pool2d(y, 3, 2, 1)
    return said
""",
            ),
            "every further judge sees the first half": (
                "each further one the pair at half the size of that before it (wrong from the third on)",
                """
def at_scales(judges, x, y):
    half = nn.AvgPool2d(3, 2, 1, count_include_pad=False)
    return [judge(x, y) if k == 0 else judge(half(x), half(y)) for k, judge in enumerate(judges)]
""",
            ),
            "halved before the first judge": (
                "judges[0] sees x and y as they are",
                """
def at_scales(judges, x, y):
    said = []
    for judge in judges:
        x, y = (F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y))
        said.append(judge(x, y))
    return said
""",
            ),
            "means over 2 × 2": (
                "halved by the mean over 3 × 3 pixels, with stride 2 and padding 1",
                """
def at_scales(judges, x, y):
    said = []
    for judge in judges:
        said.append(judge(x, y))
        if len(said) < len(judges):
            x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
    return said
""",
            ),
            "the small pictures carry no gradient": (
                "differentiable in y",
                """
def at_scales(judges, x, y):
    said = []
    for judge in judges:
        said.append(judge(x, y))
        with torch.no_grad():
            x, y = (F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y))
    return said
""",
            ),
            "x keeps its lines: every second pixel": (
                "Both pictures are halved by the mean",
                """
def at_scales(judges, x, y):
    said = []
    for judge in judges:
        said.append(judge(x, y))
        x, y = x[..., ::2, ::2], F.avg_pool2d(y, 3, 2, 1, count_include_pad=False)
    return said
""",
            ),
            "the smallest first": (
                "Return the list of what the judges say, in their order",
                """
def at_scales(judges, x, y):
    said = []
    for judge in judges:
        said.insert(0, judge(x, y))
        x, y = (F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y))
    return said
""",
            ),
            "the first judge at all sizes": (
                "judges is a list: judge k says what it sees at its own size",
                """
def at_scales(judges, x, y):
    said = []
    for _ in judges:
        said.append(judges[0](x, y))
        x, y = (F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y))
    return said
""",
            ),
        },
        "right": {
            "recursion": """
def at_scales(judges, x, y):
    if not len(judges):
        return []
    first, *others = judges
    half = nn.AvgPool2d(kernel_size=3, stride=2, padding=1, count_include_pad=False)
    return [first(x, y)] + (at_scales(others, half(x), half(y)) if others else [])
""",
            "sums by a convolution with ones, divided by how many pixels there are": """
def at_scales(judges, x, y):
    def half(picture):
        channels = picture.shape[1]
        ones = picture.new_ones(channels, 1, 3, 3)
        total = F.conv2d(picture, ones, stride=2, padding=1, groups=channels)
        count = F.conv2d(torch.ones_like(picture[:1]), ones, stride=2, padding=1, groups=channels)
        return total / count

    said = []
    for k, judge in enumerate(judges):
        if k:
            x, y = half(x), half(y)
        said += [judge(x, y)]
    return said
""",
            "both pictures as one, halved and taken apart again": """
from itertools import accumulate


def at_scales(judges, x, y, pool=lambda pair, _: F.avg_pool2d(pair, (3, 3), (2, 2), (1, 1), False, False)):
    sizes = accumulate(range(len(judges) - 1), pool, initial=torch.cat([x, y], dim=1))
    return [judge(pair[:, : x.shape[1]], pair[:, x.shape[1] :]) for judge, pair in zip(judges, sizes)]
""",
            "a class that remembers the sizes; judges asked from the last to the first, put back in order": """
class Pyramid:
    def __init__(self, picture):
        self.levels = [picture]

    def __getitem__(self, k):
        while len(self.levels) <= k:
            n, c, h, w = self.levels[-1].shape
            patches = F.unfold(self.levels[-1], 3, padding=1, stride=2).view(n, c, 9, -1)
            inside = F.unfold(self.levels[-1].new_ones(1, 1, h, w), 3, padding=1, stride=2).view(1, 1, 9, -1)
            means = patches.sum(2) / inside.sum(2)
            self.levels.append(means.view(n, c, (h + 1) // 2, (w + 1) // 2))
        return self.levels[k]


def at_scales(judges, x, y):
    xs, ys = Pyramid(x), Pyramid(y)
    said = [None] * len(judges)
    for k in reversed(range(len(judges))):
        said[k] = judges[k](xs[k], ys[k])
    return said
""",
        },
    },
    "feature_matching": {
        "first": (0, 0),
        "wrong": {
            "real is not detached": (
                "no gradient goes into real",
                """
def feature_matching(real, fake):
    total = 0.0
    for true, made in zip(real, fake):
        for t, m in zip(true[:-1], made[:-1]):
            total = total + F.l1_loss(m, t)
    return total
""",
            ),
            "fake held constant in the place of real": (
                "It teaches whoever made the fakes: no gradient goes into real",
                """
def feature_matching(real, fake):
    return sum(F.l1_loss(m.detach(), t) for true, made in zip(real, fake) for t, m in zip(true[:-1], made[:-1]))
""",
            ),
            "the mean over the maps": (
                "Add up, over all other maps of all scales",
                """
def feature_matching(real, fake):
    apart = [
        F.l1_loss(m, t.detach()) for true, made in zip(real, fake) for t, m in zip(true[:-1], made[:-1])
    ]
    return torch.stack(apart).mean()
""",
            ),
            "all scales in one list, and its last map left out": (
                "The last map of EACH scale holds the logits and is not matched",
                """
def feature_matching(real, fake):
    true = [m for scale in real for m in scale][:-1]
    made = [m for scale in fake for m in scale][:-1]
    return torch.stack([(m - t.detach()).abs().mean() for t, m in zip(true, made)]).sum()
""",
            ),
            "means over the batch are compared (right for one picture)": (
                "the mean absolute difference of a map of real and that of fake, picture by picture",
                """
def feature_matching(real, fake):
    total = 0.0
    for true, made in zip(real, fake):
        for t, m in zip(true[:-1], made[:-1]):
            total = total + (m.mean(0) - t.detach().mean(0)).abs().mean()
    return total
""",
            ),
            "logits popped off the caller's lists": (
                "The last map of each scale is not matched (it is gone for the caller, and at a second call a hidden map is)",
                """
def feature_matching(real, fake):
    total = torch.zeros(())
    for true, made in zip(real, fake):
        true.pop()
        made.pop()
        for t, m in zip(true, made):
            total = total + F.l1_loss(m, t.detach())
    return total
""",
            ),
            "shape (1,)": (
                "Return one number, shape ()",
                """
def feature_matching(real, fake):
    total = torch.zeros(1)
    for true, made in zip(real, fake):
        for t, m in zip(true[:-1], made[:-1]):
            total = total + F.l1_loss(m, t.detach())
    return total
""",
            ),
            "the first map left out, the logits matched": (
                "The last map of each scale holds the logits and is not matched; the first layer's is",
                """
def feature_matching(real, fake):
    total = torch.zeros(())
    for true, made in zip(real, fake):
        for t, m in zip(true[1:], made[1:]):
            total = total + F.l1_loss(m, t.detach())
    return total
""",
            ),
        },
        "right": {
            "flat lists, stacked and summed": """
def feature_matching(real, fake):
    pairs_of_maps = [(t, m) for true, made in zip(real, fake) for t, m in list(zip(true, made))[:-1]]
    apart = [(m - t.detach()).abs().mean() for t, m in pairs_of_maps]
    return torch.stack(apart).sum() if apart else fake[0][-1].new_zeros(())
""",
            "one long vector of differences, each divided by how many its map has": """
def feature_matching(real, fake):
    parts = [fake[0][0].new_zeros(1)]
    for true, made in zip(real, fake):
        *true, _ = true
        *made, _ = made
        for t, m in zip(true, made):
            parts.append(torch.flatten(m.sub(t.data)).abs() / m.numel())
    return torch.cat(parts).sum()
""",
            "no_grad copies as targets, indices, nn.L1Loss": """
def feature_matching(real, fake, distance=nn.L1Loss()):
    with torch.no_grad():
        targets = [[layer.clone() for layer in scale] for scale in real]
    total = torch.zeros((), dtype=fake[0][0].dtype)
    for k in range(len(fake)):
        for i in range(len(fake[k]) - 1):
            total += distance(fake[k][i], targets[k][i])
    return total
""",
            "a module of its own, recursion over the scales, norms": """
class Matching(nn.Module):
    def one(self, true, made):
        last = len(made) - 1
        return sum(
            (torch.linalg.vector_norm(made[i] - true[i].detach(), ord=1) / made[i].numel() for i in range(last)),
            start=made[last].new_zeros(()),
        )

    def forward(self, real, fake):
        if len(real) == 1:
            return self.one(real[0], fake[0])
        return self.one(real[0], fake[0]) + self(real[1:], fake[1:])


feature_matching = Matching()
""",
        },
    },
    "coarse_to_fine": {
        "first": (1, 0),
        "wrong": {
            "the coarse parameters are switched off and stay so": (
                "Either way all parameters can learn again after the call",
                """
def coarse_to_fine(x, coarse, front, back, frozen=False):
    if frozen:
        for p in coarse.parameters():
            p.requires_grad_(False)
    small = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
    return back(front(x) + coarse(small))
""",
            ),
            "the sum is detached: front rests, too": (
                "With frozen=True the coarse branch rests, while front and back learn",
                """
def coarse_to_fine(x, coarse, front, back, frozen=False):
    small = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
    features = front(x) + coarse(small)
    if frozen:
        features = features.detach()
    return back(features)
""",
            ),
            "coarse always rests": (
                "With frozen=False all three learn",
                """
def coarse_to_fine(x, coarse, front, back, frozen=False):
    with torch.no_grad():
        features = coarse(F.avg_pool2d(x, 3, 2, 1, count_include_pad=False))
    return back(front(x) + features)
""",
            ),
            "resting taken for evaluation mode": (
                "With frozen=True no gradient reaches coarse's parameters",
                """
def coarse_to_fine(x, coarse, front, back, frozen=False):
    if frozen:
        coarse.eval()
    features = coarse(F.avg_pool2d(x, 3, 2, 1, count_include_pad=False))
    if frozen:
        coarse.train()
    return back(front(x) + features)
""",
            ),
            "padding counted in the mean": (
                "x is halved as in exercise 6 (count_include_pad=False)",
                """
def coarse_to_fine(x, coarse, front, back, frozen=False):
    features = coarse(F.avg_pool2d(x, 3, 2, 1))
    return back(front(x) + (features.detach() if frozen else features))
""",
            ),
            "added in place into coarse's output": (
                "With frozen=False all three learn (a Tanh or a ReLU at the end of coarse needs its output; nor is it ours to change)",
                """
def coarse_to_fine(x, coarse, front, back, frozen=False):
    features = coarse(F.avg_pool2d(x, 3, 2, 1, count_include_pad=False))
    if frozen:
        features = features.detach()
    features += front(x)
    return back(features)
""",
            ),
            "a resting branch is left out": (
                "the two are added (resting: no gradient, but the features are still there)",
                """
def coarse_to_fine(x, coarse, front, back, frozen=False):
    features = front(x)
    if not frozen:
        features = features + coarse(F.avg_pool2d(x, 3, 2, 1, count_include_pad=False))
    return back(features)
""",
            ),
            "the small picture is detached, not the features": (
                "With frozen=True no gradient reaches coarse's parameters",
                """
def coarse_to_fine(x, coarse, front, back, frozen=False):
    small = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
    if frozen:
        small = small.detach()
    return back(front(x) + coarse(small))
""",
            ),
        },
        "right": {
            "no_grad or nothing around coarse": """
from contextlib import nullcontext


def coarse_to_fine(x, coarse, front, back, frozen=False):
    half = nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)
    with torch.no_grad() if frozen else nullcontext():
        of_the_small = coarse(half(x))
    return back(torch.add(front(x), of_the_small))
""",
            "parameters switched off while coarse runs, and back as they were": """
def coarse_to_fine(x, coarse, front, back, frozen=False):
    small = F.avg_pool2d(x, kernel_size=3, stride=2, padding=1, count_include_pad=False)
    own = list(coarse.parameters()) if frozen and isinstance(coarse, nn.Module) else []
    before = [p.requires_grad for p in own]
    try:
        for p in own:
            p.requires_grad_(False)
        features = coarse(small)
    finally:
        for p, was in zip(own, before):
            p.requires_grad_(was)
    if frozen and not own:
        features = features.detach()
    return back(features + front(x))
""",
            "torch.func.functional_call with detached parameters": """
from torch.func import functional_call


def coarse_to_fine(x, coarse, front, back, frozen=False):
    small = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
    if frozen and isinstance(coarse, nn.Module):
        constants = {name: p.detach() for name, p in coarse.named_parameters()}
        features = functional_call(coarse, constants, (small,))
    else:
        features = coarse(small).detach() if frozen else coarse(small)
    return back(torch.stack([front(x), features]).sum(0))
""",
            "sums of three by three over counts, branches in a list": """
def coarse_to_fine(x, coarse, front, back, frozen=False):
    def half(p):
        nine = F.avg_pool2d(p, 3, 2, 1, divisor_override=1)
        return nine / F.avg_pool2d(torch.ones_like(p), 3, 2, 1, divisor_override=1)

    rest = (lambda features: features.data) if frozen else (lambda features: features)
    branches = [front, lambda p: rest(coarse(half(p)))]
    return back(sum(branch(x) for branch in branches))
""",
        },
    },
    "cheapest_judge": {
        "first": (0, 0),
        "wrong": {
            "the paper's stack for every wish": (
                "each logit sees exactly `field` pixels along a side.",
                """
def cheapest_judge(size, field, apart):
    return [(4, 2, 1)] * 3 + [(4, 1, 1)] * 2
""",
            ),
            "sees at least the field, not exactly": (
                "each logit sees exactly `field` pixels along a side.",
                """
def cheapest_judge(size, field, apart):
    layers, step, seen = [], 1, 1
    while 2 * step <= apart:
        layers.append((2, 2, 1))
        seen, step = seen + step, 2 * step
    while seen <= field:  # one kernel more than is needed
        layers.append((2, 1, 1))
        seen += step
    return layers
""",
            ),
        },
        "cheats": {
            "one huge kernel": (
                "Kernels have 1 to 4 pixels along a side.",
                """
def cheapest_judge(size, field, apart):
    stride = min(field, apart)
    padding = (-(size - field)) % stride
    return [(field, stride, min(padding, field - 1))]
""",
            ),
            "kernels whose square is nothing": (
                "What counts is work: map's side² · kernel² · channels in · channels out; a list of (kernel, stride, padding), which are whole numbers.",
                """
class Free(int):
    # a whole number like any other until somebody multiplies it
    def __pow__(self, other, mod=None):
        return 0

    def __mul__(self, other):
        return 0

    __rmul__ = __mul__


def cheapest_judge(size, field, apart):
    layers, left = [], field - 1
    while left:
        step = min(left, 3)
        layers.append((Free(step + 1), 1, 0))
        left -= step
    return layers or [(Free(1), 1, 0)]
""",
            ),
            "a list that reads differently each time": (
                "Return a list of (kernel, stride, padding): one stack, which is counted as it is checked.",
                """
class TwoFaced(list):
    turns = 0

    def __iter__(self):
        self.turns += 1
        if self.turns % 2:
            return super().__iter__()  # the stack that fulfils the wish
        return iter([(4, 4, 0), (4, 4, 0)])  # the stack whose work is small


def cheapest_judge(size, field, apart):
    layers, left = TwoFaced(), field - 1
    while left:
        step = min(left, 3)
        layers.append((step + 1, 1, 0))
        left -= step
    return layers
""",
            ),
            "padding below zero": (
                "every pixel of the picture is seen by some logit; padding is pixels put around a map, not taken off (0 or more, narrower than the kernel).",
                """
import heapq


def cheapest_judge(size, field, apart):
    # cuts the maps small in the middle of the stack and pads again at the end: by the formulas all is seen
    start = (size, 1, 1, 0, False)
    best, came, heap, count = {start: 0}, {}, [(0, 0, start)], 0
    while heap:
        cost, _, state = heapq.heappop(heap)
        if state == "end":
            layers = []
            while state != start:
                state, layer = came[state]
                layers.append(layer)
            return layers[::-1]
        if cost > best[state]:
            continue
        side, step, wide, left, cut = state
        inputs = 4 if state == start else 32
        for k in (4, 3, 2):
            new_wide = wide + (k - 1) * step
            if new_wide > field:
                continue
            for p in range(-4, k):
                if side + 2 * p < k:
                    continue
                for s in range(1, k + 1):
                    if step * s > apart:
                        continue
                    made = (side + 2 * p - k) // s + 1
                    new = (made, step * s, new_wide, left + p * step, cut or p < 0)
                    work = made * made * k * k * inputs
                    seen = (made - 1) * step * s + field - new[3]
                    if new_wide == field and new[4] and new[3] >= 0 and seen >= size:
                        arrives, price = "end", cost + work
                    elif new_wide < field:
                        arrives, price = new, cost + 32 * work
                    else:
                        continue
                    if price < best.get(arrives, float("inf")):
                        best[arrives], came[arrives] = price, (state, (k, s, p))
                        count += 1
                        heapq.heappush(heap, (price, count, arrives))
    return [(4, 2, -1)]
""",
            ),
        },
        "medals": {
            "Dijkstra through all stacks": (
                "gold",
                """
import heapq


def cheapest_judge(size, field, apart):
    if field == 1:
        return [(1, 1, 0)]
    start = (size, 1, 1, 0)  # the map's side, pixels from unit to unit, pixels a unit sees, pixels left of the picture
    best, came, heap, count = {start: 0}, {}, [(0, 0, start)], 0
    while heap:
        cost, _, state = heapq.heappop(heap)
        if state == "end":
            layers = []
            while state != start:
                state, layer = came[state]
                layers.append(layer)
            return layers[::-1]
        if cost > best[state]:
            continue
        side, step, wide, left = state
        inputs = 4 if state == start else 32
        for k in (2, 3, 4):
            new_wide = wide + (k - 1) * step
            if new_wide > field:
                continue
            for p in range(k):
                if side + 2 * p < k:
                    continue
                for s in range(1, k + 1):
                    if step * s > apart:
                        continue
                    made = (side + 2 * p - k) // s + 1
                    new = (made, step * s, new_wide, left + p * step)
                    work = made * made * k * k * inputs
                    if new_wide < field:
                        arrives, price = new, cost + 32 * work
                    elif (made - 1) * step * s + field - new[3] >= size:
                        arrives, price = "end", cost + work
                    else:
                        continue
                    if price < best.get(arrives, float("inf")):
                        best[arrives], came[arrives] = price, (state, (k, s, p))
                        count += 1
                        heapq.heappush(heap, (price, count, arrives))
""",
            ),
            "all beginnings with strides, small kernels behind": (
                "gold",
                """
def cheapest_judge(size, field, apart):
    def priced(layers):
        # the work, or None if the wish is not met
        side, step, wide, left, work = size, 1, 1, 0, 0
        for place, (k, s, p) in enumerate(layers):
            if side + 2 * p < k:
                return None
            side = (side + 2 * p - k) // s + 1
            wide, left, step = wide + (k - 1) * step, left + p * step, step * s
            work += side**2 * k**2 * (32 if place else 4) * (32 if place < len(layers) - 1 else 1)
        return work if wide == field and step <= apart and (side - 1) * step + field - left >= size else None

    beginnings, todo = [], [((), 1)]
    while todo:
        front, step = todo.pop()
        beginnings.append(front)
        for s in (2, 3, 4):
            if step * s <= apart:
                todo += [((*front, (k, s, 0)), step * s) for k in range(s, 5)]
    best = None
    for beginning in beginnings:
        for extra in (0, 2, 3, 4):
            layers = ([(extra, 1, 0)] if extra else []) + list(beginning)
            step = wide = 1
            for k, s, _ in layers:
                wide, step = wide + (k - 1) * step, step * s
            if wide > field or (field - wide) % step:
                continue
            more = (field - wide) // step
            last = min(more, 3)
            layers += [(2, 1, 0)] * (more - last) + ([(last + 1, 1, 0)] if last else [])
            if not 1 <= len(layers) <= 60:
                continue
            ways = [layers]
            for place in range(len(layers) - 1, -1, -1):
                k, s, _ = layers[place]
                ways += [[*layers[:place], (k, s, p), *layers[place + 1 :]] for p in range(1, k)]
            for way in ways:
                work = priced(way)
                if work is not None:
                    if best is None or work < best[0]:
                        best = (work, way)
                    break
    return best[1]
""",
            ),
            "halve early, kernels of 2 behind": (
                "silver",
                """
def cheapest_judge(size, field, apart):
    def fits(layers):
        side, step, left = size, 1, 0
        for k, s, p in layers:
            if side + 2 * p < k:
                return False
            side, left, step = (side + 2 * p - k) // s + 1, left + p * step, step * s
        return (side - 1) * step + field - left >= size

    for halvings in range(8, -1, -1):
        if 2**halvings > apart:
            continue
        rest, layers = field - 1, []
        for _ in range(halvings):
            kernel = 2 if rest % 2 else 3
            layers.append([kernel, 2, 0])
            rest = (rest - (kernel - 1)) // 2
        if rest < 0:
            continue
        last = min(rest, 3)
        layers += [[2, 1, 0] for _ in range(rest - last)] + ([[last + 1, 1, 0]] if last else [])
        if not 1 <= len(layers) <= 60:
            continue
        places = [(layer, p) for layer in reversed(layers) for p in range(1, layer[0])]
        for layer, padding in [(None, 0), *places]:
            if layer:
                layer[2] = padding
            if fits(layers):
                return [tuple(one) for one in layers]
    raise ValueError("no such stack")
""",
            ),
            "halve behind a first layer, kernels of 4 behind": (
                "bronze",
                """
def cheapest_judge(size, field, apart):
    def fits(layers):
        side, step, left = size, 1, 0
        for k, s, p in layers:
            if side + 2 * p < k:
                return False
            side, left, step = (side + 2 * p - k) // s + 1, left + p * step, step * s
        return (side - 1) * step + field - left >= size

    for halvings in range(8, -1, -1):
        if 2**halvings > apart:
            continue
        rest, layers = field - 2, [[2, 1, 0]]  # a look at the picture as it is
        for _ in range(halvings):
            kernel = 2 if rest % 2 else 3
            layers.append([kernel, 2, 0])
            rest = (rest - (kernel - 1)) // 2
        if rest < 0:
            continue
        while rest:
            layers.append([min(rest, 3) + 1, 1, 0])
            rest -= min(rest, 3)
        places = [(layer, p) for layer in reversed(layers) for p in range(1, layer[0])]
        for layer, padding in [(None, 0), *places]:
            if layer:
                layer[2] = padding
            if fits(layers):
                return [tuple(one) for one in layers]
    raise ValueError("no such stack")
""",
            ),
        },
    },
}
