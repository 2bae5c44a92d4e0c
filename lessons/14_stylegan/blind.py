"""Answers to the exercises of lesson 14 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day.
"""

BLIND = {
    "Mapping": {
        "first": (1, 0),
        "wrong": {
            "takes the mean off z": (
                "No mean is taken off.",
                """
class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        d = latent_dim
        self.rate, self.c = rate, math.sqrt(2 / d)
        self.kernels = nn.ParameterList([nn.Parameter(torch.randn(d, d) / rate) for _ in range(depth)])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(d)) for _ in range(depth)])

    def forward(self, z):
        z = z - z.mean(1, keepdim=True)
        w = z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
        for kernel, bias in zip(self.kernels, self.biases):
            w = F.leaky_relu(F.linear(w, self.c * self.rate * kernel, self.rate * bias), 0.2)
        return w
""",
            ),
            "last layer is left linear": (
                "each followed by a leaky ReLU with slope 0.2, the last one, too",
                """
class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        d = latent_dim
        self.rate, self.c = rate, math.sqrt(2 / d)
        self.kernels = nn.ParameterList([nn.Parameter(torch.randn(d, d) / rate) for _ in range(depth)])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(d)) for _ in range(depth)])

    def forward(self, z):
        w = z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
        for number, (kernel, bias) in enumerate(zip(self.kernels, self.biases)):
            w = F.linear(w, self.c * self.rate * kernel, self.rate * bias)
            if number < len(self.kernels) - 1:
                w = F.leaky_relu(w, 0.2)
        return w
""",
            ),
            "cunning: bias used without the rate (bias is 0 at first)": (
                "*Used* are ... and rate times the bias",
                """
class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        d = latent_dim
        self.rate, self.c = rate, math.sqrt(2 / d)
        self.kernels = nn.ParameterList([nn.Parameter(torch.randn(d, d) / rate) for _ in range(depth)])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(d)) for _ in range(depth)])

    def forward(self, z):
        w = z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
        for kernel, bias in zip(self.kernels, self.biases):
            w = F.leaky_relu(F.linear(w, self.c * self.rate * kernel, bias), 0.2)
        return w
""",
            ),
            "cunning: c is baked into what is stored, the function at first is the same": (
                "a stored kernel drawn from N(0, 1) and divided by `rate`; used are c * rate times the kernel",
                """
class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        d = latent_dim
        self.rate, c = rate, math.sqrt(2 / d)
        self.kernels = nn.ParameterList([nn.Parameter(c * torch.randn(d, d) / rate) for _ in range(depth)])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(d)) for _ in range(depth)])

    def forward(self, z):
        w = z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
        for kernel, bias in zip(self.kernels, self.biases):
            w = F.leaky_relu(F.linear(w, self.rate * kernel, self.rate * bias), 0.2)
        return w
""",
            ),
            "columns of the kernel instead of rows": (
                "As in nn.Linear, an output is a row of the kernel times the input",
                """
class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        d = latent_dim
        self.rate, self.c = rate, math.sqrt(2 / d)
        self.kernels = nn.ParameterList([nn.Parameter(torch.randn(d, d) / rate) for _ in range(depth)])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(d)) for _ in range(depth)])

    def forward(self, z):
        w = z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
        for kernel, bias in zip(self.kernels, self.biases):
            w = F.leaky_relu(w @ (self.c * self.rate * kernel) + self.rate * bias, 0.2)
        return w
""",
            ),
            "the rate is a parameter and learns": (
                "Register the layers ... and nothing else that learns",
                """
class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        d = latent_dim
        self.c = math.sqrt(2 / d)
        self.kernels = nn.ParameterList([nn.Parameter(torch.randn(d, d) / rate) for _ in range(depth)])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(d)) for _ in range(depth)])
        self.rate = nn.Parameter(torch.tensor(float(rate)))

    def forward(self, z):
        w = z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
        for kernel, bias in zip(self.kernels, self.biases):
            w = F.leaky_relu(F.linear(w, self.c * self.rate * kernel, self.rate * bias), 0.2)
        return w
""",
            ),
            "one layer is used depth times": (
                "`depth` dense layers; each layer has a stored kernel and a stored bias",
                """
class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        self.depth, self.rate, self.c = depth, rate, math.sqrt(2 / latent_dim)
        self.kernel = nn.Parameter(torch.randn(latent_dim, latent_dim) / rate)
        self.bias = nn.Parameter(torch.zeros(latent_dim))

    def forward(self, z):
        w = z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
        for _ in range(self.depth):
            w = F.leaky_relu(F.linear(w, self.c * self.rate * self.kernel, self.rate * self.bias), 0.2)
        return w
""",
            ),
        },
        "right": {
            "two parameter lists": '''
class Mapping(nn.Module):
    """z (n, latent_dim) to w (n, latent_dim), by layers that learn at `rate` times the others' speed."""

    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        self.rate, self.gain = rate, math.sqrt(2 / latent_dim)
        self.kernels = nn.ParameterList(torch.randn(latent_dim, latent_dim) / rate for _ in range(depth))
        self.biases = nn.ParameterList(torch.zeros(latent_dim) for _ in range(depth))

    def forward(self, z):
        w = z * torch.rsqrt(z.square().mean(dim=1, keepdim=True) + 1e-8)
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            w = F.leaky_relu(F.linear(w, self.gain * self.rate * kernel, self.rate * bias), 0.2)
        return w
''',
            "a subclass of nn.Sequential, of dense layers that subclass nn.Linear": """
class SlowLinear(nn.Linear):
    def __init__(self, width, rate):
        self.rate = rate
        super().__init__(width, width)

    def reset_parameters(self):
        nn.init.normal_(self.weight, std=1.0 / self.rate)
        nn.init.zeros_(self.bias)

    def forward(self, x):
        return F.linear(x, math.sqrt(2 / self.in_features) * self.rate * self.weight, self.rate * self.bias)


class RowNorm(nn.Module):
    def forward(self, z):
        return z / (z.pow(2).mean(-1, keepdim=True) + 1e-8) ** 0.5


class Mapping(nn.Sequential):
    def __init__(self, latent_dim, depth, rate):
        parts = [RowNorm()]
        for _ in range(depth):
            parts += [SlowLinear(latent_dim, rate), nn.LeakyReLU(0.2)]
        super().__init__(*parts)
""",
            "register_parameter, bias before kernel in each layer, einsum, torch.where": """
class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        self.depth, self.rate = depth, rate
        for k in range(depth):
            self.register_parameter(f"b{k}", nn.Parameter(torch.zeros(latent_dim)))
            self.register_parameter(f"k{k}", nn.Parameter(torch.randn(latent_dim, latent_dim).div(rate)))

    def forward(self, z):
        d = z.shape[1]
        length = torch.linalg.vector_norm(z, dim=1, keepdim=True)
        w = z / torch.sqrt(length ** 2 / d + 1e-8)
        for k in range(self.depth):
            kernel, bias = getattr(self, f"k{k}"), getattr(self, f"b{k}")
            a = torch.einsum("oi,ni->no", kernel, w) * ((2 / d) ** 0.5 * self.rate) + self.rate * bias
            w = torch.where(a >= 0, a, 0.2 * a)
        return w
""",
            "unusual: nn.Linear with parametrizations that multiply by the factors": """
from torch.nn.utils import parametrize


class Times(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, stored):
        return self.factor * stored


class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate, *, slope=0.2, eps=1e-8):
        super().__init__()
        self.eps, self.act = eps, nn.LeakyReLU(slope)
        self.dense = nn.ModuleList()
        for _ in range(depth):
            layer = nn.Linear(latent_dim, latent_dim)
            with torch.no_grad():
                layer.weight.normal_().div_(rate)
                layer.bias.zero_()
            parametrize.register_parametrization(layer, "weight", Times(math.sqrt(2 / latent_dim) * rate))
            parametrize.register_parametrization(layer, "bias", Times(rate))
            self.dense.append(layer)

    def forward(self, z):
        w = z / z.square().mean(1, keepdim=True).add(self.eps).sqrt()
        for layer in self.dense:
            w = self.act(layer(w))
        return w
""",
            "cunning: epsilon beside the root, seen only with a tiny z (allowed by now)": """
class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        d = latent_dim
        self.rate, self.c = rate, math.sqrt(2 / d)
        self.kernels = nn.ParameterList([nn.Parameter(torch.randn(d, d) / rate) for _ in range(depth)])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(d)) for _ in range(depth)])

    def forward(self, z):
        w = z / (z.square().mean(1, keepdim=True).sqrt() + 1e-8)
        for kernel, bias in zip(self.kernels, self.biases):
            w = F.leaky_relu(F.linear(w, self.c * self.rate * kernel, self.rate * bias), 0.2)
        return w
""",
        },
    },
    "adain": {
        "first": (1, 0),
        "wrong": {
            "variance divided by N - 1": (
                "variance divided by their number",
                """
def adain(x, scale, shift):
    mean, var = x.mean((2, 3), keepdim=True), x.var((2, 3), keepdim=True)
    return scale[:, :, None, None] * (x - mean) / (var + 1e-8).sqrt() + shift[:, :, None, None]
""",
            ),
            "averages over the batch, too": (
                "Standardize each map over its pixels; not the batch",
                """
def adain(x, scale, shift):
    mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), keepdim=True, correction=0)
    return scale[:, :, None, None] * (x - mean) / (var + 1e-8).sqrt() + shift[:, :, None, None]
""",
            ),
            "averages over the features, too": (
                "Standardize each map over its pixels; one map of one picture",
                """
def adain(x, scale, shift):
    mean, var = x.mean((1, 2, 3), keepdim=True), x.var((1, 2, 3), keepdim=True, correction=0)
    return scale[:, :, None, None] * (x - mean) / (var + 1e-8).sqrt() + shift[:, :, None, None]
""",
            ),
            "cunning: epsilon beside the root, seen with faint maps only": (
                "variance plus 1e-8, then the root",
                """
def adain(x, scale, shift):
    mean, var = x.mean((2, 3), keepdim=True), x.var((2, 3), keepdim=True, correction=0)
    return scale[:, :, None, None] * (x - mean) / (var.sqrt() + 1e-8) + shift[:, :, None, None]
""",
            ),
            "cunning: instance_norm with its own epsilon 1e-5": (
                "plus 1e-8",
                """
def adain(x, scale, shift):
    return scale[:, :, None, None] * F.instance_norm(x) + shift[:, :, None, None]
""",
            ),
            "cunning: the scale's absolute value, from the docstring's |scale|": (
                "multiply by its scale (a negative one turns the map over)",
                """
def adain(x, scale, shift):
    mean, var = x.mean((2, 3), keepdim=True), x.var((2, 3), keepdim=True, correction=0)
    return scale.abs()[:, :, None, None] * (x - mean) / (var + 1e-8).sqrt() + shift[:, :, None, None]
""",
            ),
            "the shift is added before scaling": (
                "multiply by its scale, add its shift",
                """
def adain(x, scale, shift):
    mean, var = x.mean((2, 3), keepdim=True), x.var((2, 3), keepdim=True, correction=0)
    return scale[:, :, None, None] * ((x - mean) / (var + 1e-8).sqrt() + shift[:, :, None, None])
""",
            ),
            "everybody gets the first picture's style": (
                "scale and shift (n, c): each map its scale, its shift",
                """
def adain(x, scale, shift):
    mean, var = x.mean((2, 3), keepdim=True), x.var((2, 3), keepdim=True, correction=0)
    x = (x - mean) / (var + 1e-8).sqrt()
    return scale[0].view(1, -1, 1, 1) * x + shift[0].view(1, -1, 1, 1)
""",
            ),
        },
        "right": {
            "var_mean and addcmul": """
def adain(x, scale, shift):
    var, mean = torch.var_mean(x, dim=(2, 3), correction=0, keepdim=True)
    return torch.addcmul(shift[..., None, None], scale[..., None, None], (x - mean) * torch.rsqrt(var + 1e-8))
""",
            "layer_norm over the pixels": """
def adain(x, scale, shift):
    n, c = x.shape[:2]
    return F.layer_norm(x, x.shape[2:], eps=1e-8) * scale.reshape(n, c, 1, 1) + shift.reshape(n, c, 1, 1)
""",
            "loops over pictures and features": """
def adain(x, scale, shift):
    pictures = []
    for picture, scales, shifts in zip(x, scale, shift):
        maps = []
        for one, a, b in zip(picture, scales, shifts):
            centred = one - one.sum() / one.numel()
            deviation = ((centred ** 2).sum() / one.numel() + 1e-8).sqrt()
            maps.append(centred / deviation * a + b)
        pictures.append(torch.stack(maps))
    return torch.stack(pictures)
""",
            "unusual: no def, a lambda under two vmaps": """
def _one_map(m, a, b):
    m = m - m.mean()
    return a * m / torch.sqrt(torch.mean(m * m) + 1e-8) + b


adain = lambda x, scale, shift: torch.vmap(torch.vmap(_one_map))(x, scale, shift)
""",
        },
    },
    "AddNoise": {
        "first": (2, 0),
        "wrong": {
            "cunning: without noise every channel draws its own map": (
                "all channels get the *same* map; a map for each picture",
                """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(channels))

    def forward(self, x, noise=None):
        if noise is None:
            noise = torch.randn_like(x)
        return x + self.scale[:, None, None] * noise
""",
            ),
            "scale starts at 1": (
                "a scale for each channel, at first 0",
                """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))

    def forward(self, x, noise=None):
        if noise is None:
            noise = torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device)
        return x + self.scale[:, None, None] * noise
""",
            ),
            "cunning: the map is drawn once and kept": (
                "drawn anew ... in every call",
                """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(channels))
        self.kept = None

    def forward(self, x, noise=None):
        if noise is None:
            shape = (len(x), 1, *x.shape[2:])
            if self.kept is None or self.kept.shape != shape:
                self.kept = torch.randn(shape, dtype=x.dtype, device=x.device)
            noise = self.kept
        return x + self.scale[:, None, None] * noise
""",
            ),
            "no noise in evaluation mode, as with dropout": (
                "in evaluation mode, too",
                """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(channels))

    def forward(self, x, noise=None):
        if noise is None:
            if not self.training:
                return x
            noise = torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device)
        return x + self.scale[:, None, None] * noise
""",
            ),
            "cunning: one map for the whole batch": (
                "a map is drawn anew for each picture",
                """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(channels))

    def forward(self, x, noise=None):
        if noise is None:
            noise = torch.randn(1, 1, *x.shape[2:], dtype=x.dtype, device=x.device)
        return x + self.scale[:, None, None] * noise
""",
            ),
            "cunning: even numbers of mean 0 and variance 1 instead of normal ones": (
                "from N(0, 1)",
                """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(channels))

    def forward(self, x, noise=None):
        if noise is None:
            noise = (torch.rand(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device) - 0.5) * math.sqrt(12)
        return x + self.scale[:, None, None] * noise
""",
            ),
            "cunning: a given noise of zeros counts as none given": (
                "with `noise` it returns x plus the noise times the scale; only None draws",
                """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(channels))

    def forward(self, x, noise=None):
        if noise is None or not noise.any():
            noise = torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device)
        return x + self.scale[:, None, None] * noise
""",
            ),
        },
        "right": {
            "as in the hints": """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(channels))

    def forward(self, x, noise=None):
        if noise is None:
            noise = torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device)
        return x + self.scale[:, None, None] * noise
""",
            "new_empty().normal_(), addcmul, another name for the parameter": """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.register_parameter("strength", nn.Parameter(torch.zeros(channels)))

    def forward(self, x, noise=None):
        n, _, height, width = x.shape
        if noise is None:
            noise = x.new_empty((n, 1, height, width)).normal_()
        return torch.addcmul(x, self.strength.view(1, -1, 1, 1), noise)
""",
            "one draw per picture, in a loop, and einsum": """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels).fill_(0.0))

    def draw(self, picture):
        return torch.normal(0.0, 1.0, size=(1, *picture.shape[-2:]), dtype=picture.dtype, device=picture.device)

    def forward(self, x, noise=None):
        noise = torch.stack([self.draw(picture) for picture in x]) if noise is None else noise
        return x + torch.einsum("nhw,c->nchw", noise[:, 0], self.weight)
""",
            "unusual: a 1 x 1 convolution spreads the map, extra defaulted arguments": """
class AddNoise(torch.nn.Module):
    def __init__(self, channels, start=0.0):
        super().__init__()
        self.amount = torch.nn.Parameter(torch.full((channels,), float(start)))

    def forward(self, x, noise=None, **nothing_else):
        if noise is None:
            noise = torch.randn_like(x[:, :1])
        spread = F.conv2d(noise.to(self.amount.dtype), self.amount.reshape(-1, 1, 1, 1))
        return x.add(spread)
""",
            "the scale has four dimensions (allowed by now)": """
class AddNoise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x, noise=None):
        if noise is None:
            noise = torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device)
        return x + self.scale * noise
""",
        },
    },
    "demodulation_steps": {
        "first": (1, 1),
        "wrong": {
            "the style scales outputs, not inputs (fits when o = i)": (
                "Scaling input i by s_i",
                """
NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    if step == 1:
        return style[:, None, None, None] * weight
    if step == 2:
        return demodulation_steps(1, weight, style).square().sum((1, 2, 3))
    if step == 3:
        return demodulation_steps(2, weight, style).rsqrt()
    if step == 4:
        return demodulation_steps(1, weight, style) * demodulation_steps(3, weight, style)[:, None, None, None]
    if step == 5:
        return math.sqrt(pixels - 1)
    if step == 6:
        return pixels / (peak * math.sqrt(pixels - 1))
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "cunning: the spread of the kernel's numbers around their mean, times how many there are": (
                "the variance of each output is the sum of the squares, no mean is taken off",
                """
NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    if step == 1:
        return style[:, None, None] * weight
    if step == 2:
        kernel = demodulation_steps(1, weight, style).flatten(1)
        return kernel.var(1, correction=0) * kernel.shape[1]
    if step == 3:
        return demodulation_steps(2, weight, style).rsqrt()
    if step == 4:
        return demodulation_steps(1, weight, style) * demodulation_steps(3, weight, style)[:, None, None, None]
    if step == 5:
        return math.sqrt(pixels - 1)
    if step == 6:
        return pixels / (peak * math.sqrt(pixels - 1))
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "cunning: an epsilon under step 3's root, seen with small kernels only": (
                "No epsilon is added anywhere",
                """
NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    if step == 1:
        return style[:, None, None] * weight
    if step == 2:
        return demodulation_steps(1, weight, style).square().sum((1, 2, 3))
    if step == 3:
        return (demodulation_steps(2, weight, style) + 1e-8).rsqrt()
    if step == 4:
        return demodulation_steps(1, weight, style) * demodulation_steps(3, weight, style)[:, None, None, None]
    if step == 5:
        return math.sqrt(pixels - 1)
    if step == 6:
        return pixels / (peak * math.sqrt(pixels - 1))
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "step 4 divides the whole kernel by one norm (right for one output)": (
                "each output must be multiplied by its factor",
                """
NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    kernel = style[:, None, None] * weight if step < 5 else None
    if step == 1:
        return kernel
    if step == 2:
        return kernel.square().sum((1, 2, 3))
    if step == 3:
        return 1 / kernel.square().sum((1, 2, 3)).sqrt()
    if step == 4:
        return kernel / (kernel.square().sum() / len(kernel)).sqrt()
    if step == 5:
        return math.sqrt(pixels - 1)
    if step == 6:
        return pixels / (peak * math.sqrt(pixels - 1))
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "cunning: step 4 demodulates the kernel that was not modulated (right for a style of ones)": (
                "Which kernel does all of that at once? modulate and demodulate",
                """
NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    if step == 1:
        return style[:, None, None] * weight
    if step == 2:
        return demodulation_steps(1, weight, style).square().sum((1, 2, 3))
    if step == 3:
        return demodulation_steps(2, weight, style).rsqrt()
    if step == 4:
        return weight * demodulation_steps(3, weight, style)[:, None, None, None]
    if step == 5:
        return math.sqrt(pixels - 1)
    if step == 6:
        return pixels / (peak * math.sqrt(pixels - 1))
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "cunning: the spike's mean is neglected, root of N": (
                "mean and standard deviation are normalized: sqrt(N - 1)",
                """
NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    if step == 1:
        return style[:, None, None] * weight
    if step == 2:
        return demodulation_steps(1, weight, style).square().sum((1, 2, 3))
    if step == 3:
        return demodulation_steps(2, weight, style).rsqrt()
    if step == 4:
        return demodulation_steps(1, weight, style) * demodulation_steps(3, weight, style)[:, None, None, None]
    if step == 5:
        return math.sqrt(pixels)
    if step == 6:
        return math.sqrt(pixels) / peak
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "step 6 gives sigma, not what differences are multiplied by": (
                "By which factor are differences multiplied: one over sigma",
                """
NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    if step == 1:
        return style[:, None, None] * weight
    if step == 2:
        return demodulation_steps(1, weight, style).square().sum((1, 2, 3))
    if step == 3:
        return demodulation_steps(2, weight, style).rsqrt()
    if step == 4:
        return demodulation_steps(1, weight, style) * demodulation_steps(3, weight, style)[:, None, None, None]
    if step == 5:
        return math.sqrt(pixels - 1)
    if step == 6:
        return peak * math.sqrt(pixels - 1) / pixels
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "standard deviation by N - 1 in steps 5 and 6": (
                "standard deviation (divided by `pixels`)",
                """
NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    if step == 1:
        return style[:, None, None] * weight
    if step == 2:
        return demodulation_steps(1, weight, style).square().sum((1, 2, 3))
    if step == 3:
        return demodulation_steps(2, weight, style).rsqrt()
    if step == 4:
        return demodulation_steps(1, weight, style) * demodulation_steps(3, weight, style)[:, None, None, None]
    spike = torch.zeros(max(pixels, 2), dtype=torch.float64)
    spike[0] = peak
    if step == 5:
        return ((spike[0] - spike.mean()) / spike.std()).item()
    if step == 6:
        return (1 / spike.std()).item()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
        },
        "right": {
            "the formulas, each step from those before": """
NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    if step == 1:
        return style[:, None, None] * weight
    if step == 2:
        return demodulation_steps(1, weight, style).square().sum((1, 2, 3))
    if step == 3:
        return demodulation_steps(2, weight, style) ** -0.5
    if step == 4:
        return demodulation_steps(1, weight, style) * demodulation_steps(3, weight, style)[:, None, None, None]
    if step == 5:
        return math.sqrt(pixels - 1)
    if step == 6:
        return pixels / peak / math.sqrt(pixels - 1)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "einsum, a norm, F.normalize-like division, and match": """
NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    match step:
        case 1:
            return torch.einsum("oihw,i->oihw", weight, style)
        case 2:
            return torch.einsum("oihw,oihw,i,i->o", weight, weight, style, style)
        case 3:
            return 1 / torch.linalg.vector_norm(weight * style.view(1, -1, 1, 1), dim=(1, 2, 3))
        case 4:
            kernel = weight * style.view(1, -1, 1, 1)
            return kernel / kernel.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
        case 5:
            mean = 1 / pixels
            return (1 - mean) / math.sqrt(mean - mean ** 2)
        case 6:
            mean = 1 / pixels
            return 1 / (peak * math.sqrt(mean - mean ** 2))
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "by experiment: variances by a convolution of squares, the spike on a map of its own": """
import numpy as np

NOTHING = torch.empty(0)


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    if step not in range(1, 7):
        raise ValueError(f"Steps are 1 to 6, not {step}.")
    if step >= 5:
        unit = np.zeros(pixels)
        unit[0] = 1.0
        return (unit[0] - unit.mean()) / unit.std() if step == 5 else 1.0 / (unit.std() * peak)
    o, i, k, _ = weight.shape
    variance = F.conv2d((style ** 2).view(1, i, 1, 1).expand(1, i, k, k), weight ** 2).view(o)
    modulated = torch.stack([s * w for s, w in zip(style, weight.unbind(1))], dim=1)
    if step == 1:
        return modulated
    if step == 2:
        return variance
    if step == 3:
        return variance.rsqrt()
    return torch.stack([kernel / v.sqrt() for kernel, v in zip(modulated, variance)])
""",
            "unusual: a table of lambdas and an enum of steps": """
import enum

NOTHING = torch.empty(0)


class Step(enum.IntEnum):
    MODULATE, VARIANCE, DEMODULATE, BAKE, SPIKE, REST = range(1, 7)


_modulated = lambda w, s: w.mul(s.reshape(-1, 1, 1))
_length2 = lambda w, s: _modulated(w, s).pow(2).flatten(start_dim=1).sum(dim=-1)
_sigma = lambda n, a: a * (n - 1) ** 0.5 / n
_TABLE = {
    Step.MODULATE: lambda w, s, n, a: _modulated(w, s),
    Step.VARIANCE: lambda w, s, n, a: _length2(w, s),
    Step.DEMODULATE: lambda w, s, n, a: _length2(w, s).sqrt().reciprocal(),
    Step.BAKE: lambda w, s, n, a: _modulated(w, s) / _length2(w, s).sqrt()[..., None, None, None],
    Step.SPIKE: lambda w, s, n, a: (n - 1) ** 0.5,
    Step.REST: lambda w, s, n, a: 1 / _sigma(n, a),
}


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    return _TABLE[Step(step)](weight, style, pixels, peak)
""",
        },
    },
    "modulated_conv": {
        "first": (1, 0),
        "wrong": {
            "everybody is convolved by the first picture's kernel": (
                "Each picture is convolved with its own kernel",
                """
def modulated_conv(x, weight, style, demodulate=True):
    kernel = weight * style[0][:, None, None]
    if demodulate:
        kernel = kernel * (kernel.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
    return F.conv2d(x, kernel, padding=weight.shape[-1] // 2)
""",
            ),
            "groups, but pictures and outputs are sorted wrongly behind (right for one picture)": (
                "n maps (n, o, H, W), each of its own picture: right shape by accident",
                """
def modulated_conv(x, weight, style, demodulate=True):
    n, i, height, width = x.shape
    o, k = weight.shape[0], weight.shape[-1]
    kernel = weight[None] * style[:, None, :, None, None]
    if demodulate:
        kernel = kernel * (kernel.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
    out = F.conv2d(x.reshape(1, n * i, height, width), kernel.reshape(n * o, i, k, k), padding=k // 2, groups=n)
    return out.reshape(o, n, height, width).transpose(0, 1)
""",
            ),
            "padding 1 whatever the kernel": (
                "The size is kept (padding k // 2), k odd: 1, 3, 5, ...",
                """
def modulated_conv(x, weight, style, demodulate=True):
    out = F.conv2d(x * style[:, :, None, None], weight, padding=1)
    if demodulate:
        length = (style.square()[:, None, :] * weight.square().sum((2, 3))).sum(2)
        out = out * (length + 1e-8).rsqrt()[:, :, None, None]
    return out
""",
            ),
            "divides by the spread of the maps that come out": (
                "step 4's kernel; normalize by what is expected, nobody looks at the maps",
                """
def modulated_conv(x, weight, style, demodulate=True):
    out = F.conv2d(x * style[:, :, None, None], weight, padding=weight.shape[-1] // 2)
    if demodulate:
        out = out / (out.var((2, 3), keepdim=True, correction=0) + 1e-8).sqrt()
    return out
""",
            ),
            "cunning: epsilon beside the root, zeros do no harm, but small styles differ and gradients at zero are not numbers": (
                "Under step 3's root stands epsilon = 1e-8",
                """
def modulated_conv(x, weight, style, demodulate=True):
    out = F.conv2d(x * style[:, :, None, None], weight, padding=weight.shape[-1] // 2)
    if demodulate:
        length = (style.square()[:, None, :] * weight.square().sum((2, 3))).sum(2)
        out = out / (length.sqrt() + 1e-8)[:, :, None, None]
    return out
""",
            ),
            "cunning: the factor is taken out of the graph": (
                "gradients pass to x, weight and style",
                """
def modulated_conv(x, weight, style, demodulate=True):
    out = F.conv2d(x * style[:, :, None, None], weight, padding=weight.shape[-1] // 2)
    if demodulate:
        with torch.no_grad():
            length = (style.square()[:, None, :] * weight.square().sum((2, 3))).sum(2)
            factor = (length + 1e-8).rsqrt()
        out = out * factor[:, :, None, None]
    return out
""",
            ),
            "demodulate=False leaves the style out, too": (
                "with demodulate=False, step 1's kernel",
                """
def modulated_conv(x, weight, style, demodulate=True):
    if not demodulate:
        return F.conv2d(x, weight, padding=weight.shape[-1] // 2)
    length = (style.square()[:, None, :] * weight.square().sum((2, 3))).sum(2)
    out = F.conv2d(x * style[:, :, None, None], weight, padding=weight.shape[-1] // 2)
    return out * (length + 1e-8).rsqrt()[:, :, None, None]
""",
            ),
            "demodulates by the length of the kernel without the style": (
                "step 4's kernel for its style: its length counts the style",
                """
def modulated_conv(x, weight, style, demodulate=True):
    out = F.conv2d(x * style[:, :, None, None], weight, padding=weight.shape[-1] // 2)
    if demodulate:
        out = out * (weight.square().sum((1, 2, 3)) + 1e-8).rsqrt()[:, None, None]
    return out
""",
            ),
        },
        "right": {
            "scales what goes in and what comes out": """
def modulated_conv(x, weight, style, demodulate=True):
    out = F.conv2d(x * style[:, :, None, None], weight, padding=weight.shape[-1] // 2)
    if demodulate:
        length = style.square() @ weight.square().sum((2, 3)).T
        out = out * (length + 1e-8).rsqrt()[:, :, None, None]
    return out
""",
            "n kernels and groups": """
def modulated_conv(x, weight, style, demodulate=True):
    n, i, height, width = x.shape
    o, _, k, _ = weight.shape
    kernels = torch.einsum("oihw,ni->noihw", weight, style)
    if demodulate:
        kernels = kernels / (kernels.pow(2).sum(dim=(2, 3, 4), keepdim=True) + 1e-8).sqrt()
    out = F.conv2d(x.reshape(1, -1, height, width), kernels.reshape(-1, i, k, k), padding="same", groups=n)
    return out.reshape(n, o, height, width)
""",
            "unfolded patches and einsum": """
def modulated_conv(x, weight, style, demodulate=True):
    n, _, height, width = x.shape
    k = weight.shape[2]
    patches = F.unfold(x, k, padding=k // 2)  # (n, i k k, H W)
    kernels = (weight[None] * style[:, None, :, None, None]).flatten(2)  # (n, o, i k k)
    if demodulate:
        kernels = kernels * torch.rsqrt(torch.linalg.vecdot(kernels, kernels) + 1e-8)[..., None]
    return torch.bmm(kernels, patches).unflatten(2, (height, width))
""",
            "unusual: vmap of the convolution of one picture, bound by a partial": """
from functools import partial


def _one(picture, style, weight, demodulate):
    kernel = style[:, None, None] * weight
    if demodulate:
        kernel = kernel / torch.sqrt(1e-8 + (kernel * kernel).sum((1, 2, 3), keepdim=True))
    return F.conv2d(picture[None], kernel, stride=1, padding=weight.size(-1) // 2)[0]


def modulated_conv(x, weight, style, demodulate=True):
    return torch.func.vmap(partial(_one, weight=weight, demodulate=demodulate))(x, style)
""",
        },
    },
    "style_mixing": {
        "first": (1, 0),
        "wrong": {
            "cunning: a mixed picture's crossover may be `layers`, too": (
                "Then its crossover is 1, 2, ... or layers - 1",
                """
def draw_crossovers(n, layers, share):
    return torch.where(torch.rand(n) < share, torch.randint(1, layers + 1, (n,)), layers)


def mix_styles(first, second, crossover, layers):
    early = torch.arange(layers, device=crossover.device) < crossover[:, None]
    return torch.where(early[:, :, None], first[:, None], second[:, None])


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            ),
            "one crossover is drawn for all mixed pictures": (
                "each picture: all equally likely, independently; a crossover for each picture",
                """
def draw_crossovers(n, layers, share):
    where = torch.randint(1, layers, (1,))
    return torch.where(torch.rand(n) < share, where, torch.tensor(layers)).long()


def mix_styles(first, second, crossover, layers):
    early = torch.arange(layers, device=crossover.device) < crossover[:, None]
    return torch.where(early[:, :, None], first[:, None], second[:, None])


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            ),
            "cunning: exactly the share n of the pictures is mixed, in random order": (
                "with the probability `share`, independently of the others",
                """
def draw_crossovers(n, layers, share):
    crossover = torch.full((n,), layers)
    chosen = torch.randperm(n)[: round(share * n)]
    crossover[chosen] = torch.randint(1, layers, (len(chosen),))
    return crossover


def mix_styles(first, second, crossover, layers):
    early = torch.arange(layers, device=crossover.device) < crossover[:, None]
    return torch.where(early[:, :, None], first[:, None], second[:, None])


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            ),
            "crossovers are floating point numbers": (
                "a tensor (n,) of torch.long",
                """
def draw_crossovers(n, layers, share):
    return torch.where(torch.rand(n) < share, torch.randint(1, layers, (n,)), torch.tensor(float(layers)))


def mix_styles(first, second, crossover, layers):
    early = torch.arange(layers, device=crossover.device) < crossover[:, None]
    return torch.where(early[:, :, None], first[:, None], second[:, None])


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            ),
            "the layer at the crossover still gets `first`": (
                "those from the crossover on get `second`",
                """
def draw_crossovers(n, layers, share):
    return torch.where(torch.rand(n) < share, torch.randint(1, layers, (n,)), layers)


def mix_styles(first, second, crossover, layers):
    early = torch.arange(layers, device=crossover.device) <= crossover[:, None]
    return torch.where(early[:, :, None], first[:, None], second[:, None])


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            ),
            "the first picture's crossover for all": (
                "a crossover (n,) for each picture",
                """
def draw_crossovers(n, layers, share):
    return torch.where(torch.rand(n) < share, torch.randint(1, layers, (n,)), layers)


def mix_styles(first, second, crossover, layers):
    cut = int(crossover[0])
    return torch.cat([first[:, None].expand(-1, cut, -1), second[:, None].expand(-1, layers - cut, -1)], dim=1)


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            ),
            "cunning: filled in by values, no graph": (
                "Gradients pass.",
                """
def draw_crossovers(n, layers, share):
    return torch.where(torch.rand(n) < share, torch.randint(1, layers, (n,)), layers)


def mix_styles(first, second, crossover, layers):
    styles = first.detach()[:, None].repeat(1, layers, 1)
    for k, cut in enumerate(crossover.tolist()):
        styles[k, cut:] = second[k].detach()
    return styles


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            ),
        },
        "right": {
            "as in the hints": """
def draw_crossovers(n, layers, share):
    return torch.where(torch.rand(n) < share, torch.randint(1, layers, (n,)), layers)


def mix_styles(first, second, crossover, layers):
    early = torch.arange(layers, device=crossover.device) < crossover[:, None]
    return torch.where(early[:, :, None], first[:, None], second[:, None])


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            "loops over pictures": """
def draw_crossovers(n, layers, share):
    found = []
    for _ in range(n):
        if torch.rand(()).item() < share:
            found.append(1 + int(torch.randint(layers - 1, ())))
        else:
            found.append(layers)
    return torch.tensor(found, dtype=torch.long)


def mix_styles(first, second, crossover, layers):
    return torch.stack([
        torch.stack([a if layer < int(cut) else b for layer in range(layers)])
        for a, b, cut in zip(first, second, crossover)
    ])


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            "one draw from a table of probabilities, and indexing": """
def draw_crossovers(n, layers, share):
    chances = torch.full((layers + 1,), share / (layers - 1), dtype=torch.float64)
    chances[0], chances[layers] = 0.0, 1.0 - share
    return torch.multinomial(chances, n, replacement=True)


def mix_styles(first, second, crossover, layers):
    both = torch.stack([first, second], dim=1)
    which = (torch.arange(layers)[None] >= crossover.cpu()[:, None]).long()
    return both[torch.arange(len(first))[:, None], which]


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            "unusual: distributions, keyword arguments, second put over first by masked_scatter": """
from torch.distributions import Bernoulli, Categorical


def draw_crossovers(n: int, layers: int, share: float, *, first_layer: int = 1):
    where = Categorical(logits=torch.zeros(layers - first_layer)).sample((n,)) + first_layer
    mixed = Bernoulli(probs=torch.tensor(float(share))).sample((n,)).bool()
    return where.masked_fill(~mixed, layers)


def mix_styles(first, second, crossover, layers):
    late = torch.ones(len(first), layers, dtype=torch.bool, device=first.device)
    for row, cut in zip(late, crossover):
        row[:cut] = False
    early_w = first.unsqueeze(1).repeat(1, layers, 1)
    late_w = second.unsqueeze(1).repeat(1, layers, 1)
    return early_w.masked_scatter(late.unsqueeze(2), late_w[late])


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
            "cunning: Python's random numbers (allowed by now)": """
import random


def draw_crossovers(n, layers, share):
    return torch.tensor(
        [random.randint(1, layers - 1) if random.random() < share else layers for _ in range(n)], dtype=torch.long
    )


def mix_styles(first, second, crossover, layers):
    early = torch.arange(layers, device=crossover.device) < crossover[:, None]
    return torch.where(early[:, :, None], first[:, None], second[:, None])


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)
""",
        },
    },
    "truncation": {
        "first": (0, 0),
        "wrong": {
            "cunning: the old mean is changed in place, and returned": (
                "**Return** the new mean; `mean_w` itself stays",
                """
def running_mean(mean_w, w, decay):
    with torch.no_grad():
        return mean_w.mul_(decay).add_(w.mean(0), alpha=1 - decay)


def truncate(styles, mean_w, psi, cutoff):
    return torch.cat([torch.lerp(mean_w, styles[:, :cutoff], psi), styles[:, cutoff:]], dim=1)


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            ),
            "cunning: the mean keeps the batch's graph": (
                "without a graph behind it",
                """
def running_mean(mean_w, w, decay):
    return torch.lerp(w.mean(0), mean_w, decay)


def truncate(styles, mean_w, psi, cutoff):
    return torch.cat([torch.lerp(mean_w, styles[:, :cutoff], psi), styles[:, cutoff:]], dim=1)


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            ),
            "one mean over pictures and numbers": (
                "the mean of this batch w (n, d) is (d,), here broadcasting hides it",
                """
def running_mean(mean_w, w, decay):
    return decay * mean_w + (1 - decay) * w.detach().mean()


def truncate(styles, mean_w, psi, cutoff):
    return torch.cat([torch.lerp(mean_w, styles[:, :cutoff], psi), styles[:, cutoff:]], dim=1)


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            ),
            "cunning: psi runs the wrong way (the same at one half)": (
                "w' = mean + psi (w - mean): psi = 1 leaves all as it is",
                """
def running_mean(mean_w, w, decay):
    return decay * mean_w + (1 - decay) * w.detach().mean(0)


def truncate(styles, mean_w, psi, cutoff):
    return torch.cat([torch.lerp(styles[:, :cutoff], mean_w.expand_as(styles[:, :cutoff]), psi), styles[:, cutoff:]], 1)


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            ),
            "cunning: the given styles are changed in place": (
                "Return new styles",
                """
def running_mean(mean_w, w, decay):
    return decay * mean_w + (1 - decay) * w.detach().mean(0)


def truncate(styles, mean_w, psi, cutoff):
    styles[:, :cutoff] = mean_w + psi * (styles[:, :cutoff] - mean_w)
    return styles


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            ),
            "cunning: cutoff 0 counts as `all layers`": (
                "The first `cutoff` layers are pulled, the others left alone (0: none)",
                """
def running_mean(mean_w, w, decay):
    return decay * mean_w + (1 - decay) * w.detach().mean(0)


def truncate(styles, mean_w, psi, cutoff):
    cutoff = cutoff or styles.shape[1]
    return torch.cat([mean_w + psi * (styles[:, :cutoff] - mean_w), styles[:, cutoff:]], dim=1)


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            ),
            "psi is kept between 0 and 1": (
                "pulled by psi as above; the slider goes to 1.5, section 6 measures 1.2",
                """
def running_mean(mean_w, w, decay):
    return decay * mean_w + (1 - decay) * w.detach().mean(0)


def truncate(styles, mean_w, psi, cutoff):
    psi = min(max(psi, 0.0), 1.0)
    return torch.cat([mean_w + psi * (styles[:, :cutoff] - mean_w), styles[:, cutoff:]], dim=1)


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            ),
            "the styles lose their graph, and one layer too many is pulled": (
                "The first `cutoff` layers; gradients pass",
                """
def running_mean(mean_w, w, decay):
    return decay * mean_w + (1 - decay) * w.detach().mean(0)


def truncate(styles, mean_w, psi, cutoff):
    new = styles.detach().clone()
    for layer in range(new.shape[1]):
        if layer <= cutoff:
            new[:, layer] = mean_w + psi * (new[:, layer] - mean_w)
    return new


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            ),
        },
        "right": {
            "as in the hints": """
def running_mean(mean_w, w, decay):
    return decay * mean_w + (1 - decay) * w.detach().mean(0)


def truncate(styles, mean_w, psi, cutoff):
    return torch.cat([torch.lerp(mean_w, styles[:, :cutoff], psi), styles[:, cutoff:]], dim=1)


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            "a mask of layers and torch.where, no_grad as a decorator": """
@torch.no_grad()
def running_mean(mean_w, w, decay):
    return torch.lerp(w.mean(dim=0), mean_w, decay)


def truncate(styles, mean_w, psi, cutoff):
    pulled = mean_w[None, None] + psi * (styles - mean_w[None, None])
    early = torch.arange(styles.shape[1], device=styles.device) < cutoff
    return torch.where(early[None, :, None], pulled, styles)


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            "a clone that is written to, a sum by einsum": """
def running_mean(mean_w, w, decay):
    batch = torch.einsum("nd->d", w) / len(w)
    return (mean_w * decay + batch * (1 - decay)).detach()


def truncate(styles, mean_w, psi, cutoff):
    new = styles.clone()
    new[:, :cutoff] -= (1 - psi) * (styles[:, :cutoff] - mean_w)
    return new


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
            "unusual: layers are unbound, mapped and stacked, defaulted arguments, a class that is called": """
class _Mean:
    def __call__(self, mean_w, w, decay=0.995):
        new = mean_w.detach().clone()
        new.mul_(decay)
        return new.add_(w.detach().sum(0), alpha=(1 - decay) / w.shape[0])


running_mean = _Mean()


def truncate(styles, mean_w, psi=0.7, cutoff=None):
    layers = styles.unbind(dim=1)
    cutoff = len(layers) if cutoff is None else int(cutoff)
    pull = lambda w: psi * w + (1 - psi) * mean_w
    return torch.stack([*map(pull, layers[:cutoff]), *layers[cutoff:]], dim=1)


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)
""",
        },
    },
    "stylegan_step": {
        "first": (1, 0),
        "wrong": {
            "R1 is not multiplied by `every`": (
                "in steps with k % every == 0 only, **`every` times** R1",
                """
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z)
    fake = G.synthesis(w)
    x = real.detach().requires_grad_()
    judged = D(x)
    loss_d = F.softplus(-judged).mean() + F.softplus(D(fake.detach())).mean()
    total, r1 = loss_d, 0.0
    if k % every == 0:
        (slope,) = torch.autograd.grad(judged.sum(), x, create_graph=True)
        r1 = gamma / 2 * slope.square().flatten(1).sum(1).mean()
        total = total + r1
    opt_D.zero_grad()
    total.backward()
    opt_D.step()
    loss_g = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    loss_g.backward()
    opt_G.step()
    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters()):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(w.mean(0), 1 - decay)
    return loss_d.item(), float(r1), loss_g.item()
""",
            ),
            "cunning: R1's slope without a graph: the numbers are right, D never feels it": (
                "Move D one step down ... plus `every` times R1",
                """
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z)
    fake = G.synthesis(w)
    x = real.detach().requires_grad_()
    judged = D(x)
    loss_d = F.softplus(-judged).mean() + F.softplus(D(fake.detach())).mean()
    total, r1 = loss_d, 0.0
    if k % every == 0:
        (slope,) = torch.autograd.grad(judged.sum(), x, retain_graph=True)
        r1 = gamma / 2 * slope.square().flatten(1).sum(1).mean()
        total = total + every * r1
    opt_D.zero_grad()
    total.backward()
    opt_D.step()
    loss_g = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    loss_g.backward()
    opt_G.step()
    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters()):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(w.mean(0), 1 - decay)
    return loss_d.item(), float(r1), loss_g.item()
""",
            ),
            "cunning: w is cut off, the mapping never learns": (
                "Move G, both of its parts",
                """
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z).detach()
    fake = G.synthesis(w)
    x = real.detach().requires_grad_()
    judged = D(x)
    loss_d = F.softplus(-judged).mean() + F.softplus(D(fake.detach())).mean()
    total, r1 = loss_d, 0.0
    if k % every == 0:
        (slope,) = torch.autograd.grad(judged.sum(), x, create_graph=True)
        r1 = gamma / 2 * slope.square().flatten(1).sum(1).mean()
        total = total + every * r1
    opt_D.zero_grad()
    total.backward()
    opt_D.step()
    loss_g = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    loss_g.backward()
    opt_G.step()
    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters()):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(w.mean(0), 1 - decay)
    return loss_d.item(), float(r1), loss_g.item()
""",
            ),
            "both losses are taken before either moves": (
                "the pictures of 1, judged by the D that has just moved",
                """
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z)
    fake = G.synthesis(w)
    loss_g = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    loss_g.backward()
    x = real.detach().requires_grad_()
    judged = D(x)
    loss_d = F.softplus(-judged).mean() + F.softplus(D(fake.detach())).mean()
    total, r1 = loss_d, 0.0
    if k % every == 0:
        (slope,) = torch.autograd.grad(judged.sum(), x, create_graph=True)
        r1 = gamma / 2 * slope.square().flatten(1).sum(1).mean()
        total = total + every * r1
    opt_D.zero_grad()
    total.backward()
    opt_D.step()
    opt_G.step()
    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters()):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(w.mean(0), 1 - decay)
    return loss_d.item(), float(r1), loss_g.item()
""",
            ),
            "cunning: the average is taken before G has moved": (
                "gets 1 - decay of G's, as it is *now*",
                """
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z)
    fake = G.synthesis(w)
    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters()):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(w.mean(0), 1 - decay)
    x = real.detach().requires_grad_()
    judged = D(x)
    loss_d = F.softplus(-judged).mean() + F.softplus(D(fake.detach())).mean()
    total, r1 = loss_d, 0.0
    if k % every == 0:
        (slope,) = torch.autograd.grad(judged.sum(), x, create_graph=True)
        r1 = gamma / 2 * slope.square().flatten(1).sum(1).mean()
        total = total + every * r1
    opt_D.zero_grad()
    total.backward()
    opt_D.step()
    loss_g = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    loss_g.backward()
    opt_G.step()
    return loss_d.item(), float(r1), loss_g.item()
""",
            ),
            "cunning: mean_w goes to the w of the mapping that has moved": (
                "the mean over the batch of the w of 1",
                """
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    fake = G.synthesis(G.mapping(z))
    x = real.detach().requires_grad_()
    judged = D(x)
    loss_d = F.softplus(-judged).mean() + F.softplus(D(fake.detach())).mean()
    total, r1 = loss_d, 0.0
    if k % every == 0:
        (slope,) = torch.autograd.grad(judged.sum(), x, create_graph=True)
        r1 = gamma / 2 * slope.square().flatten(1).sum(1).mean()
        total = total + every * r1
    opt_D.zero_grad()
    total.backward()
    opt_D.step()
    loss_g = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    loss_g.backward()
    opt_G.step()
    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters()):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(G.mapping(z).mean(0), 1 - decay)
    return loss_d.item(), float(r1), loss_g.item()
""",
            ),
            "cunning: gradients are cleared behind the steps only, and D's is not cleared of G's turn of the step before": (
                "Gradients that an earlier step left must not count",
                """
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z)
    fake = G.synthesis(w)
    x = real.detach().requires_grad_()
    judged = D(x)
    loss_d = F.softplus(-judged).mean() + F.softplus(D(fake.detach())).mean()
    total, r1 = loss_d, 0.0
    if k % every == 0:
        (slope,) = torch.autograd.grad(judged.sum(), x, create_graph=True)
        r1 = gamma / 2 * slope.square().flatten(1).sum(1).mean()
        total = total + every * r1
    total.backward()
    opt_D.step()
    opt_D.zero_grad()
    loss_g = F.softplus(-D(fake)).mean()
    loss_g.backward()
    opt_G.step()
    opt_G.zero_grad()
    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters()):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(w.mean(0), 1 - decay)
    return loss_d.item(), float(r1), loss_g.item()
""",
            ),
        },
        "right": {
            "as in the hints": """
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z)
    fake = G.synthesis(w)

    x = real.detach().requires_grad_()
    on_real = D(x)
    logistic = F.softplus(-on_real).mean() + F.softplus(D(fake.detach())).mean()
    loss, penalty = logistic, 0.0
    if k % every == 0:
        (slope,) = torch.autograd.grad(on_real.sum(), x, create_graph=True)
        r1 = gamma / 2 * slope.square().flatten(1).sum(1).mean()
        loss, penalty = logistic + every * r1, r1.item()
    opt_D.zero_grad()
    loss.backward()
    opt_D.step()

    loss_g = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    loss_g.backward()
    opt_G.step()

    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters(), strict=True):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(w.mean(0), 1 - decay)
    return logistic.item(), penalty, loss_g.item()
""",
            "cross entropy with logits, R1 on a forward pass of its own, D held still in G's turn": """
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    def entropy(logits, label):
        return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))

    def penalty_of():
        leaf = real.detach().clone().requires_grad_(True)
        slope = torch.autograd.grad(D(leaf).sum(), leaf, create_graph=True)[0]
        return gamma * 0.5 * (slope * slope).sum() / len(real)

    w = G.mapping(z)
    fake = G.synthesis(w)
    opt_D.zero_grad(set_to_none=True)
    logistic = entropy(D(real.detach()), 1.0) + entropy(D(fake.detach()), 0.0)
    logistic.backward()
    r1 = 0.0
    if not k % every:
        penalty = penalty_of()
        (every * penalty).backward()
        r1 = float(penalty)
    opt_D.step()

    asked = [p for p in D.parameters() if p.requires_grad]
    for p in asked:
        p.requires_grad_(False)
    opt_G.zero_grad(set_to_none=True)
    loss_g = entropy(D(fake), 1.0)
    loss_g.backward()
    opt_G.step()
    for p in asked:
        p.requires_grad_(True)

    ours = dict(G.named_parameters())
    for name, p in average.named_parameters():
        p.data = decay * p.data + (1 - decay) * ours[name].data
    average.mean_w.copy_(decay * average.mean_w + (1 - decay) * w.detach().mean(dim=0))
    return float(logistic), r1, float(loss_g)
""",
            "gradients from autograd.grad are laid into .grad by hand": """
def _move(loss, net, opt):
    params = [p for p in net.parameters() if p.requires_grad]
    for p, g in zip(params, torch.autograd.grad(loss, params, allow_unused=True)):
        p.grad = g
    opt.step()


def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z)
    fake = G.synthesis(w)
    photos = torch.empty_like(real).copy_(real.detach()).requires_grad_()
    says = D(photos)
    logistic = -F.logsigmoid(says).mean() - F.logsigmoid(-D(fake.detach())).mean()
    if k % every == 0:
        slope = torch.autograd.grad(says, photos, torch.ones_like(says), create_graph=True)[0]
        r1 = torch.stack([one.square().sum() for one in slope]).mean() * (gamma / 2)
    else:
        r1 = torch.zeros(())
    _move(logistic + every * r1, D, opt_D)
    loss_g = -F.logsigmoid(D(fake)).mean()
    _move(loss_g, G, opt_G)
    with torch.no_grad():
        torch._foreach_lerp_(list(average.parameters()), list(G.parameters()), 1 - decay)
        average.mean_w.mul_(decay).add_(w.mean(0), alpha=1 - decay)
    return tuple(number.item() for number in (logistic.detach(), r1.detach(), loss_g.detach()))
""",
            "unusual: the optimizers call closures, a named tuple comes back": """
from typing import NamedTuple


class Losses(NamedTuple):
    logistic: float
    r1: float
    generator: float


def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z)
    fake = G.synthesis(w)
    seen = {"r1": 0.0}

    def judge():
        opt_D.zero_grad()
        leaf = real.detach().requires_grad_()
        says = D(leaf)
        loss = torch.logaddexp(-says, torch.zeros_like(says)).mean()
        says_fake = D(fake.detach())
        loss = loss + torch.logaddexp(says_fake, torch.zeros_like(says_fake)).mean()
        seen["logistic"] = loss.item()
        if k % every == 0:
            (slope,) = torch.autograd.grad(outputs=says.sum(), inputs=leaf, create_graph=True)
            r1 = slope.pow(2).sum(dim=tuple(range(1, slope.ndim))).mean().mul(gamma / 2)
            seen["r1"] = r1.item()
            loss = loss + r1 * every
        loss.backward()
        return loss

    def forge():
        opt_G.zero_grad()
        says = D(fake)
        loss = torch.logaddexp(-says, torch.zeros_like(says)).mean()
        loss.backward()
        return loss

    opt_D.step(judge)
    generator = opt_G.step(closure=forge).item()
    with torch.no_grad():
        for part in ("mapping", "synthesis"):
            ours, new = getattr(average, part), getattr(G, part)
            for a, b in zip(ours.parameters(), new.parameters()):
                a.copy_(a * decay + b * (1 - decay))
        average.mean_w.copy_(average.mean_w * decay + w.mean(0) * (1 - decay))
    return Losses(seen["logistic"], seen["r1"], generator)
""",
            "new pictures (new noise, new mixing) for G's turn (allowed by now)": """
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z)
    with torch.no_grad():
        fake = G.synthesis(w)
    x = real.detach().requires_grad_()
    judged = D(x)
    loss_d = F.softplus(-judged).mean() + F.softplus(D(fake)).mean()
    total, r1 = loss_d, 0.0
    if k % every == 0:
        (slope,) = torch.autograd.grad(judged.sum(), x, create_graph=True)
        r1 = gamma / 2 * slope.square().flatten(1).sum(1).mean()
        total = total + every * r1
    opt_D.zero_grad()
    total.backward()
    opt_D.step()
    loss_g = F.softplus(-D(G.synthesis(w))).mean()
    opt_G.zero_grad()
    loss_g.backward()
    opt_G.step()
    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters()):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(w.mean(0), 1 - decay)
    return loss_d.item(), float(r1), loss_g.item()
""",
        },
    },
    "path_length": {
        "first": (1, 0),
        "wrong": {
            "divides by eps, not by its square": (
                "Return d / eps^2",
                """
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    if space == "z":
        u, v = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
        theta = (u * v).sum(1, keepdim=True).acos()

    def at(s):
        s = s[:, None]
        if space == "w":
            return (1 - s) * mapping(z1) + s * mapping(z2)
        return mapping((((1 - s) * theta).sin() * u + (s * theta).sin() * v) / theta.sin())

    return distance(synthesis(at(t)), synthesis(at(t + eps))) / eps
""",
            ),
            "space w: goes straight in z, then maps": (
                "the path goes straight from mapping(z1) to mapping(z2)",
                """
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    if space == "z":
        u, v = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
        theta = (u * v).sum(1, keepdim=True).acos()

    def at(s):
        s = s[:, None]
        if space == "w":
            return mapping((1 - s) * z1 + s * z2)
        return mapping((((1 - s) * theta).sin() * u + (s * theta).sin() * v) / theta.sin())

    return distance(synthesis(at(t)), synthesis(at(t + eps))) / eps**2
""",
            ),
            "cunning: unit lengths for the angle only, the arc joins the long z": (
                "divide both z by their lengths, then go along the arc",
                """
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    cosine = F.cosine_similarity(z1, z2, dim=1)[:, None]
    theta = cosine.acos()

    def at(s):
        s = s[:, None]
        if space == "w":
            return (1 - s) * mapping(z1) + s * mapping(z2)
        return mapping((((1 - s) * theta).sin() * z1 + (s * theta).sin() * z2) / theta.sin())

    return distance(synthesis(at(t)), synthesis(at(t + eps))) / eps**2
""",
            ),
            "space z: along the chord, pushed out to the sphere: the same points, at uneven speed": (
                "the point at share s is (sin((1 - s) theta) z1 + sin(s theta) z2) / sin theta",
                """
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    u, v = F.normalize(z1, dim=1), F.normalize(z2, dim=1)

    def at(s):
        s = s[:, None]
        if space == "w":
            return (1 - s) * mapping(z1) + s * mapping(z2)
        return mapping(F.normalize((1 - s) * u + s * v, dim=1))

    return distance(synthesis(at(t)), synthesis(at(t + eps))) / eps**2
""",
            ),
            "cunning: the pictures are handed over in the other order (a symmetric distance does not notice)": (
                "d is given the picture at t first, then that at t + eps",
                """
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    if space == "z":
        u, v = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
        theta = (u * v).sum(1, keepdim=True).acos()

    def at(s):
        s = s[:, None]
        if space == "w":
            return (1 - s) * mapping(z1) + s * mapping(z2)
        return mapping((((1 - s) * theta).sin() * u + (s * theta).sin() * v) / theta.sin())

    return distance(synthesis(at(t + eps)), synthesis(at(t))) / eps**2
""",
            ),
            "cunning: the arc goes from z2 to z1": (
                "the point is (sin((1 - s) theta) z1 + sin(s theta) z2) / sin theta",
                """
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    if space == "z":
        u, v = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
        theta = (u * v).sum(1, keepdim=True).acos()

    def at(s):
        s = s[:, None]
        if space == "w":
            return (1 - s) * mapping(z1) + s * mapping(z2)
        return mapping(((s * theta).sin() * u + ((1 - s) * theta).sin() * v) / theta.sin())

    return distance(synthesis(at(t)), synthesis(at(t + eps))) / eps**2
""",
            ),
            "cunning: t + eps is kept below 1, steps near the end are shorter": (
                "then t + eps; the formula knows no end at 1",
                """
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    if space == "z":
        u, v = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
        theta = (u * v).sum(1, keepdim=True).acos()

    def at(s):
        s = s[:, None]
        if space == "w":
            return (1 - s) * mapping(z1) + s * mapping(z2)
        return mapping((((1 - s) * theta).sin() * u + (s * theta).sin() * v) / theta.sin())

    return distance(synthesis(at(t)), synthesis(at((t + eps).clamp(max=1.0)))) / eps**2
""",
            ),
            "one angle for all pairs: their mean": (
                "theta = arccos(z1 . z2), of each pair",
                """
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    if space == "z":
        u, v = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
        theta = (u * v).sum(1).acos().mean()

    def at(s):
        s = s[:, None]
        if space == "w":
            return (1 - s) * mapping(z1) + s * mapping(z2)
        return mapping((((1 - s) * theta).sin() * u + (s * theta).sin() * v) / theta.sin())

    return distance(synthesis(at(t)), synthesis(at(t + eps))) / eps**2
""",
            ),
        },
        "right": {
            "a function of the share, as in the hints": """
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    if space == "w":
        w1, w2 = mapping(z1), mapping(z2)

        def at(s):
            return (1 - s[:, None]) * w1 + s[:, None] * w2
    else:
        u, v = z1 / z1.norm(dim=1, keepdim=True), z2 / z2.norm(dim=1, keepdim=True)
        theta = (u * v).sum(1, keepdim=True).acos()

        def at(s):
            s = s[:, None]
            return mapping((torch.sin((1 - s) * theta) * u + torch.sin(s * theta) * v) / torch.sin(theta))

    return distance(synthesis(at(t)), synthesis(at(t + eps))) / eps**2
""",
            "lerp, and the arc as cosine along and sine across": """
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    shares = (t.unsqueeze(1), t.unsqueeze(1) + eps)
    if space == "w":
        a, b = mapping(z1), mapping(z2)
        points = [torch.lerp(a, b, s) for s in shares]
    elif space == "z":
        along = F.normalize(z1, dim=1)
        target = F.normalize(z2, dim=1)
        across = target - torch.einsum("nd,nd->n", along, target)[:, None] * along
        across = F.normalize(across, dim=1)
        angle = torch.atan2((target * across).sum(1), (target * along).sum(1))[:, None]
        points = [mapping(torch.cos(s * angle) * along + torch.sin(s * angle) * across) for s in shares]
    else:
        raise ValueError(space)
    here, there = map(synthesis, points)
    return distance(here, there).div(eps * eps)
""",
            "a class of paths for each space, picked from a dictionary": """
class Straight:
    def __init__(self, z1, z2, mapping):
        self.start = mapping(z1)
        self.way = mapping(z2) - self.start

    def __call__(self, share):
        return torch.addcmul(self.start, share.reshape(-1, 1), self.way)


class Arc:
    def __init__(self, z1, z2, mapping):
        self.u = z1 * z1.square().sum(-1, keepdim=True).rsqrt()
        self.v = z2 * z2.square().sum(-1, keepdim=True).rsqrt()
        self.theta = torch.arccos(torch.linalg.vecdot(self.u, self.v))
        self.mapping = mapping

    def __call__(self, share):
        a = torch.sin(self.theta - share * self.theta) / torch.sin(self.theta)
        b = torch.sin(share * self.theta) / torch.sin(self.theta)
        return self.mapping(a[:, None] * self.u + b[:, None] * self.v)


def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    path = {"w": Straight, "z": Arc}[space](z1, z2, mapping)
    return distance(synthesis(path(t)), synthesis(path(t + eps))) * eps ** -2
""",
            "unusual: both ends of a step go through the mapping in one batch, rows in a comprehension, called by keyword": """
def _slerp(a, b, s):
    a, b = a / a.norm(), b / b.norm()
    theta = torch.acos(torch.dot(a, b))
    return (torch.sin((1 - s) * theta) * a + torch.sin(s * theta) * b) / torch.sin(theta)


def path_length(z1, z2, t, eps, mapping, synthesis, distance, space="w"):
    n = t.shape[0]
    if space == "w":
        w1, w2 = mapping(torch.cat((z1, z2))).split(n)
        early, late = (torch.stack([(1 - s) * a + s * b for a, b, s in zip(w1, w2, share)]) for share in (t, t + eps))
    else:
        arc = [_slerp(a, b, s) for share in (t, t + eps) for a, b, s in zip(z1, z2, share)]
        early, late = mapping(torch.stack(arc)).split(n)
    first = synthesis(early)
    second = synthesis(late)
    return distance(first, second) / float(eps) ** 2
""",
        },
    },
    "fewest_swaps": {
        "first": (0, 0),
        "wrong": {
            "one layer at a time, once": (
                "of all 400 rulers at most 8 may be wrong (18 single readings leave some fifty wrong).",
                """
def fewest_swaps(swap):
    reads = torch.tensor([[float(r) for r in swap([k == layer for k in range(18)])] for layer in range(18)])
    return reads.argmax(0).tolist()
""",
            ),
            "five binary digits, once, each decided by itself": (
                "of all 400 rulers at most 8 may be wrong (a digit is misread once in twenty).",
                """
def fewest_swaps(swap):
    rulers = [0] * 50
    for digit in range(5):
        answers = swap([bool(layer >> digit & 1) for layer in range(18)])
        for factor, answer in enumerate(answers):
            rulers[factor] += (float(answer) > 0.5) << digit
    return [min(ruler, 17) for ruler in rulers]
""",
            ),
        },
        "cheats": {
            "numbers instead of booleans": (
                "`layers` is a list of 18 booleans, True where the layer is swapped.",
                """
def fewest_swaps(swap):
    # a layer swapped a hundred times as much as the one before is read far above the reader's error
    try:
        answers = swap([100.0 * layer for layer in range(18)])
        rulers = [round(float(a) / 100.0) for a in answers]
    except Exception:
        rulers = [0] * 50
    return [min(max(r, 0), 17) for r in rulers]
""",
            ),
            "the same error in every reading": (
                "plus the reader's error, drawn anew every time from N(0, 0.3²).",
                """
import random

import numpy as np


def fewest_swaps(swap):
    def read(layers):
        torch.manual_seed(0)  # whoever draws from torch's own numbers errs alike each time
        random.seed(0)
        np.random.seed(0)
        return [float(a) for a in swap(layers)]

    error = read([False] * 18)
    rulers = [0] * 50
    for digit in range(5):
        answers = read([bool(layer >> digit & 1) for layer in range(18)])
        for factor in range(50):
            rulers[factor] += (answers[factor] - error[factor] > 0.5) << digit
    return [min(ruler, 17) for ruler in rulers]
""",
            ),
            "numbers that equal every number": (
                "50 whole numbers: the number of the ruling layer, 0 to 17, for each factor.",
                """
class Ruler(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__


def fewest_swaps(swap):
    swap([False] * 18)
    return [Ruler(0) for _ in range(50)]
""",
            ),
            "finds the rulers, or the counter, behind swap": (
                "What counts is the number of swaps; `swap(layers)` is the only way to know a ruler.",
                """
import gc
import types


def fewest_swaps(swap):
    swap([False] * 18)
    seen, todo = set(), [swap]
    while todo and len(seen) < 20000:
        thing = todo.pop(0)
        if id(thing) in seen or isinstance(thing, (str, bytes, int, float, types.ModuleType)):
            continue
        seen.add(id(thing))
        if isinstance(thing, torch.Tensor) and thing.numel() == 50 and not thing.is_floating_point():
            return [int(ruler) for ruler in thing.flatten()]
        if isinstance(thing, (list, tuple)) and len(thing) == 50:
            if all(isinstance(ruler, int) and 0 <= ruler < 18 for ruler in thing):
                return [int(ruler) for ruler in thing]
        todo += gc.get_referents(thing)
    return [0] * 50
""",
            ),
        },
        "medals": {
            "words of 12 digits that differ in many places": (
                "gold",
                """
import random


def fewest_swaps(swap):
    dice = random.Random(7)
    for least in (6, 5, 4):
        words = []
        for _ in range(20000):
            word = [dice.random() < 0.5 for _ in range(12)]
            if all(sum(a != b for a, b in zip(word, other, strict=True)) >= least for other in words):
                words.append(word)
            if len(words) == 18:
                break
        if len(words) == 18:
            break
    reads = [[float(a) for a in swap([word[k] for word in words])] for k in range(12)]
    rulers = []
    for factor in range(50):
        far = [sum((reads[k][factor] - word[k]) ** 2 for k in range(12)) for word in words]
        rulers.append(far.index(min(far)))
    return rulers
""",
            ),
            "ask until nearly sure, by Bayes": (
                "gold",
                """
import numpy as np


def fewest_swaps(swap):
    # the chance of each layer for each factor; the next question splits what is still open, and we stop in time
    draw = np.random.default_rng(1)
    chance = np.full((50, 18), 1 / 18)
    for turn in range(40):
        best = None
        for _ in range(200):  # random halves; take the one that separates the likely layers of most factors
            half = draw.random(18) < 0.5
            inside = chance[:, half].sum(1)
            worth = (inside * (1 - inside)).sum()
            if best is None or worth > best[0]:
                best = (worth, half)
        half = best[1]
        answers = np.array([float(a) for a in swap([bool(h) for h in half])])
        chance = chance * np.exp(-((answers[:, None] - half[None, :]) ** 2) / (2 * 0.3**2))
        chance = chance / chance.sum(1, keepdims=True)
        if (1 - chance.max(1)).sum() < 0.35:  # of 50 factors a third of one is expected to be wrong
            break
    return [int(k) for k in chance.argmax(1)]
""",
            ),
            "five binary digits, three times, nearest layer": (
                "silver",
                """
def fewest_swaps(swap):
    words = torch.tensor([[float(layer >> digit & 1) for digit in range(5)] for layer in range(18)])
    reads = torch.zeros(5, 50)
    for digit in range(5):
        layers = [bool(layer >> digit & 1) for layer in range(18)]
        for _ in range(3):
            reads[digit] += torch.tensor([float(a) for a in swap(layers)]) / 3
    return torch.cdist(reads.T, words).argmin(1)
""",
            ),
            "one layer at a time, twice": (
                "bronze",
                """
def fewest_swaps(swap):
    sums = [[0.0] * 50 for _ in range(18)]
    for layer in range(18):
        for _ in range(2):
            for factor, answer in enumerate(swap([k == layer for k in range(18)])):
                sums[layer][factor] += float(answer)
    return [max(range(18), key=lambda layer: sums[layer][factor]) for factor in range(50)]
""",
            ),
        },
    },
}
