"""Right and wrong answers to the exercises of lesson 14, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("Mapping")

it.right("as in the lesson")
it.right("scales what goes in", {"F.linear(w, self.c * self.rate * kernel, self.rate * bias)": (
    "self.rate * F.linear(self.c * w, kernel, bias)"
)})  # fmt: skip
it.right("by matrix products", {"F.linear(w, self.c * self.rate * kernel, self.rate * bias)": (
    "w @ (self.c * self.rate * kernel).T + self.rate * bias"
)})  # fmt: skip
it.right("normalized by F.normalize", {"w = z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8)": (
    "w = F.normalize(z, dim=1) * z.shape[1] ** 0.5"
)})  # fmt: skip
it.right(
    "layers in a Sequential",
    """
import math
import torch
import torch.nn.functional as F
from torch import nn

class Dense(nn.Module):
    def __init__(self, d, rate):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(d, d).div(rate)), nn.Parameter(torch.zeros(d))
        self.scale, self.rate = rate * math.sqrt(2.0 / d), rate

    def forward(self, w):
        return F.leaky_relu(w @ self.weight.t() * self.scale + self.bias * self.rate, 0.2)

class Mapping(nn.Module):
    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        self.net = nn.Sequential(*[Dense(latent_dim, rate) for _ in range(depth)])

    def forward(self, z):
        return self.net(z / (z.pow(2).mean(dim=1, keepdim=True) + 1e-8).sqrt())
""",
)
NORMAL = "z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8)"
KERNEL = "self.c * self.rate * kernel"
it.wrong("not normalized", {NORMAL: "z"}, says="z is not normalized", point=True)
it.wrong("length", {NORMAL: "z / z.norm(dim=1, keepdim=True)"}, says="z is divided by its length", point=True)
it.wrong("mean square", {NORMAL: "z / (z.square().mean(1, keepdim=True) + 1e-8)"}, says="divided by its mean square",
         point=True)  # fmt: skip
it.wrong("centered", {NORMAL: "(z - z.mean(1, keepdim=True)) / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()"},
         says="A mean is taken off z", point=True)  # fmt: skip
it.wrong("over the batch", {NORMAL: "z / (z.square().mean(0, keepdim=True) + 1e-8).sqrt()"}, says="over the batch",
         point=True)  # fmt: skip
it.wrong("no ε", {" + 1e-8)": ")"}, says="NaN")
it.wrong("no c", {KERNEL: "self.rate * kernel"}, says="c is missing", point=True)
it.wrong("no 2", {"math.sqrt(2 / latent_dim)": "math.sqrt(1 / latent_dim)"}, says="The 2 is missing", point=True)
it.wrong("no root in c", {"math.sqrt(2 / latent_dim)": "2 / latent_dim"}, says="The root is missing", point=True)
it.wrong("no rate in use", {KERNEL: "self.c * kernel"}, says="The rate is not multiplied in", point=True)
it.wrong("not stored by the rate", {"torch.randn(latent_dim, latent_dim) / rate": "torch.randn(latent_dim, latent_dim)"},
         says="They are divided by the rate")  # fmt: skip
it.wrong("stored times the rate", {"latent_dim) / rate": "latent_dim) * rate"}, says="They are divided by the rate")
it.wrong("no rate at all", {KERNEL: "self.c * kernel", "self.rate * bias": "bias",
         "latent_dim) / rate": "latent_dim)"}, says="standard deviation", point=True)  # fmt: skip
it.wrong("transposed", {KERNEL: f"({KERNEL}).T"}, says="The kernels are transposed", point=True)
it.wrong("bias as it is", {"self.rate * bias": "bias"}, says="The biases are used as they are", point=True)
it.wrong("no bias", {"self.rate * bias": "None"}, says="The biases are missing", point=True)
it.wrong("relu", {"0.2)": "0.0)"}, says="plain ReLU", point=True)
it.wrong("slope 0.01", {", 0.2)": ")"}, says="slope is 0.01", point=True)
it.wrong("last one linear", {"return w": "return torch.where(w < 0, w / 0.2, w)"}, says="Behind the last layer",
         point=True)  # fmt: skip
it.wrong("one layer", {"for _ in range(depth)": "for _ in range(1)"}, count=2, says="should be 2 kernels", point=True)
it.wrong(
    "biases at random", {"torch.zeros(latent_dim)": "torch.randn(latent_dim)"}, says="The biases should start at 0"
)
it.wrong("even", {"torch.randn(latent_dim, latent_dim)": "3**0.5 * (2 * torch.rand(latent_dim, latent_dim) - 1)"},
         says="drawn evenly")  # fmt: skip
it.wrong("cut off", {KERNEL: "self.c * self.rate * kernel.detach()"}, says="No gradient reaches the kernel", point=True)

it.excused = {
    "`z.square().mean(1, keepdim=True) + 1e-08` → `z.square().mean(1, keepdim=True) + 2e-08`": "an ε of another size is nowhere near what counts",
    "`z.square().mean(1, keepdim=True) + 1e-08` → `z.square().mean(1, keepdim=True) + 5e-09`": "an ε of another size is nowhere near what counts",
    "`z.square().mean(1, keepdim=True)` → `z.square().mean(-1, keepdim=True)`": "the same dimensions",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("adain")

it.right("as in the lesson")
it.right(
    "in rows",
    """
    rows = x.flatten(2)
    rows = (rows - rows.mean(2, keepdim=True)) / (rows.var(2, keepdim=True, unbiased=False) + 1e-8).sqrt()
    return (scale[..., None] * rows + shift[..., None]).reshape(x.shape)
    """,
)
it.right(
    "by F.instance_norm", "return scale[:, :, None, None] * F.instance_norm(x, eps=1e-8) + shift[:, :, None, None]"
)
it.right("mean of squares", {"var = x.var((2, 3), keepdim=True, correction=0)": (
    "var = (x - mean).square().mean((2, 3), keepdim=True)"
)})  # fmt: skip
it.wrong("over the batch", {"(2, 3), keepdim": "(0, 2, 3), keepdim"}, count=2, says="over the batch", point=True)
it.wrong("over features", {"(2, 3), keepdim": "(1, 2, 3), keepdim"}, count=2, says="over all features", point=True)
it.wrong("by pixel", {"(2, 3), keepdim": "(1,), keepdim"}, count=2, says="over the features of a pixel", point=True)
it.wrong("n − 1", {", correction=0": ""}, says="less 1", point=True)
it.wrong("variance", {"(var + 1e-8).sqrt()": "(var + 1e-8)"}, says="Divided by the variance", point=True)
it.wrong("no mean", {"(x - mean)": "x"}, says="The mean is not taken off", point=True)
it.wrong("no spread", {" / (var + 1e-8).sqrt()": ""}, says="The spread is not divided", point=True)
it.wrong(
    "1 + scale", {"scale[:, :, None, None]": "(1 + scale[:, :, None, None])"}, says="That is 1 + scale", point=True
)
it.wrong("swapped", {"scale[:, :, None, None] *": "shift[:, :, None, None] *", "+ shift": "+ scale"},
         says="Scale and shift are swapped", point=True)  # fmt: skip
it.wrong("no shift", {" + shift[:, :, None, None]": ""}, says="The shift is missing", point=True)
it.wrong("no scale", {"scale[:, :, None, None] * ": ""}, says="The scale is missing", point=True)
it.wrong("no ε", {" + 1e-8": ""}, says="NaN")
it.wrong("PyTorch's ε", {"1e-8": "1e-5"}, says="ε is 10⁻⁸")
it.wrong("cut off", {"(x - mean)": "(x.detach() - mean)"}, says="random maps x's gradient", never="No gradient")

it.excused = {
    "`x.mean((2, 3), keepdim=True)` → `x.mean((3, 2), keepdim=True)`": "the same dimensions",
    "`x.var((2, 3), keepdim=True, correction=0)` → `x.var((3, 2), keepdim=True, correction=0)`": "the same dimensions",
    "`x.mean((2, 3), keepdim=True)` → `x.mean((-2, 3), keepdim=True)`": "the same dimensions",
    "`x.var((2, 3), keepdim=True, correction=0)` → `x.var((-2, 3), keepdim=True, correction=0)`": "the same dimensions",
    "`(var + 1e-08).sqrt()` → `(var + 1e-08).sqrt_()`": "it is its own",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("AddNoise")

it.right("as in the lesson")
it.right("a scale of four dimensions", {"torch.zeros(channels)": "torch.zeros(1, channels, 1, 1)",
         "self.scale[:, None, None]": "self.scale"})  # fmt: skip
it.right("torch.addcmul", {"return x + self.scale[:, None, None] * noise": (
    "return torch.addcmul(x, self.scale.view(1, -1, 1, 1), noise)"
)})  # fmt: skip
it.right("randn_like", {"torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device)": (
    "torch.randn_like(x[:, :1])"
)})  # fmt: skip
DRAWN = "torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device)"
it.wrong("starts at 1", {"torch.zeros(channels)": "torch.ones(channels)"}, says="The scales should start at 0")
it.wrong("one scale", {"torch.zeros(channels)": "torch.zeros(1)"}, says="one parameter of shape", point=True)
it.wrong("no scale", {"self.scale[:, None, None] * noise": "noise + 0 * self.scale[:, None, None]"},
         says="The noise is added in full", point=True)  # fmt: skip
it.wrong("a buffer", {"nn.Parameter(torch.zeros(channels))": "torch.zeros(channels)"}, says="The network has no parameters",
         point=True)  # fmt: skip
it.wrong("given noise ignored", {"if noise is None:": "if True:"}, says="random", never="No gradient", point=True)
it.wrong("only what is given", {"if noise is None:\n    noise = " + DRAWN: "if noise is None:\n    return x"},
         says="nothing is added", point=True)  # fmt: skip
it.wrong("a map for each channel", {DRAWN: "torch.randn_like(x)"}, says="Channels have maps of their own", point=True)
it.wrong("one for the batch", {DRAWN: "torch.randn(1, 1, *x.shape[2:])"}, says="All pictures have the same noise",
         point=True)  # fmt: skip
it.wrong("one number", {DRAWN: "torch.randn(len(x), 1, 1, 1)"}, says="A picture's noise is one number", point=True)
it.wrong("even", {DRAWN: "3**0.5 * (2 * torch.rand(len(x), 1, *x.shape[2:]) - 1)"}, says="drawn evenly", point=True)
it.wrong("between 0 and 1", {"torch.randn(": "torch.rand("}, says="it comes from N(0, 1)", point=True)
it.wrong("drawn once", {DRAWN: "torch.randn(len(x), 1, *x.shape[2:], generator=torch.Generator().manual_seed(0))"},
         says="have the same noise", point=True)  # fmt: skip
it.wrong("in training only", {"if noise is None:": "if noise is None and not self.training:\n    return x\nif noise is None:"},
         says="in evaluation mode nothing is added", point=True)  # fmt: skip
it.wrong("taken away", {"x + self.scale": "x - self.scale"}, says="The noise is taken away", point=True)
it.wrong("instead of x", {"x + self.scale": "0 * x + self.scale"}, says="The noise takes x's place", point=True)
it.wrong("multiplied", {"x + self.scale[:, None, None] * noise": "x * (1 + self.scale[:, None, None] * noise)"},
         says="The noise is multiplied in", point=True)  # fmt: skip
it.wrong("cut off", {"self.scale[:, None, None]": "self.scale.detach()[:, None, None]"}, says="does not require grad")

it.excused = {
    "`torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device)` → `torch.randn(len(x), 1, *x.shape[2:], device=x.device)`": "the sum has x's type, and there is one device",
    "`torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device)` → `torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype)`": "the sum has x's type, and there is one device",
    "`x.shape[2:]` → `x.shape[-2:]`": "the same numbers",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("demodulation_steps")

it.right("as in the lesson")
it.right("einsum", {"return style[:, None, None] * weight": 'return torch.einsum("i,oihw->oihw", style, weight)'})
it.right("by norms", {"return (style[:, None, None] * weight).square().sum((1, 2, 3)).rsqrt()": (
    "return 1 / demodulation_steps(1, weight, style).flatten(1).norm(dim=1)"
)})  # fmt: skip
it.right("a map for a formula", {"return math.sqrt(pixels - 1)": (
    "x = torch.zeros(pixels, dtype=torch.float64)\nx[0] = peak\nreturn ((x - x.mean()) / x.std(correction=0))[0].item()"
)})  # fmt: skip
MADE = "return style[:, None, None] * weight"
SQUARES = "return (style[:, None, None] * weight).square().sum(dim=(1, 2, 3))"
FACTOR = "return (style[:, None, None] * weight).square().sum((1, 2, 3)).rsqrt()"
BAKED = "made = style[:, None, None] * weight\nreturn made * made.square().sum((1, 2, 3), keepdim=True).rsqrt()"
SPIKE = "return math.sqrt(pixels - 1)"
REST = "return pixels / (peak * math.sqrt(pixels - 1))"
it.wrong("1: divided", {MADE: "return weight / style[:, None, None]"}, says="The kernel is divided by the style")
it.wrong("1: squared", {MADE: "return style.square()[:, None, None] * weight"}, says="The style is squared")
it.wrong("1: as it was", {MADE: "return weight"}, says="That is the kernel as it was")
it.wrong("1: plus one", {MADE: "return (1 + style[:, None, None]) * weight"}, says="1 is added to the style")
it.wrong("1: normalized", {MADE: "return style[:, None, None] / style.norm() * weight"}, says="The style is normalized")
it.wrong("2: sum first", {SQUARES: "return demodulation_steps(1, weight, style).sum((1, 2, 3)).square()"},
         says="added up before they are squared")  # fmt: skip
it.wrong("2: deviation", {SQUARES: "return demodulation_steps(1, weight, style).square().sum((1, 2, 3)).sqrt()",
         FACTOR: "return 1 / demodulation_steps(2, weight, style)"}, says="That is the standard deviation")  # fmt: skip
it.wrong("2: mean", {SQUARES: "return demodulation_steps(1, weight, style).square().mean((1, 2, 3))"},
         says="That is the mean of the squares")  # fmt: skip
it.wrong("2: no style", {SQUARES: "return weight.square().sum((1, 2, 3))"}, says="The style is missing")
it.wrong("2: style once", {SQUARES: "return (style[:, None, None] * weight.square()).sum((1, 2, 3))"},
         says="The style is not squared")  # fmt: skip
it.wrong("2: sum", {SQUARES: "return demodulation_steps(1, weight, style).sum((1, 2, 3))"}, says="The products are not squared")  # fmt: skip
it.wrong(
    "3: no root", {FACTOR: "return 1 / demodulation_steps(2, weight, style)"}, says="The root is missing", point=True
)
it.wrong(
    "3: inverse", {FACTOR: "return demodulation_steps(2, weight, style).sqrt()"}, says="That is its inverse", point=True
)
it.wrong(
    "3: variance", {FACTOR: "return demodulation_steps(2, weight, style)"}, says="That is the variance", point=True
)
it.wrong("4: modulated alone", {BAKED: "return demodulation_steps(1, weight, style)"}, says="step 3's factor is missing",
         point=True)  # fmt: skip
it.wrong("4: no style", {BAKED: "return demodulation_steps(3, weight, style)[:, None, None, None] * weight"},
         says="The style is missing", point=True)  # fmt: skip
it.wrong("4: by the variance", {BAKED: (
    "return demodulation_steps(1, weight, style) / demodulation_steps(2, weight, style)[:, None, None, None]"
)}, says="Divided by the variance", point=True)  # fmt: skip
it.wrong("4: one for all", {BAKED: "made = demodulation_steps(1, weight, style)\nreturn made / made.norm()"},
         says="All outputs have the same factor", point=True)  # fmt: skip
it.wrong("5: √N", {SPIKE: "return math.sqrt(pixels)"}, says="That is √N")
it.wrong("5: no root", {SPIKE: "return pixels - 1"}, says="The root is missing")
it.wrong("5: peak", {SPIKE: "return peak"}, says="as it was")
it.wrong("5: less the mean", {SPIKE: "return peak - peak / pixels"}, says="less the mean")
it.wrong("5: the others", {SPIKE: "return -1 / math.sqrt(pixels - 1)"}, says="where the other pixels end")
it.wrong("6: σ", {REST: "return peak * math.sqrt(pixels - 1) / pixels"}, says="That is σ")
it.wrong("6: one over the peak", {REST: "return 1 / peak"}, says="one over the peak")
it.wrong("6: √N", {REST: "return math.sqrt(pixels) / peak"}, says="The 1 is left out")
it.wrong("6: mean", {REST: "return pixels / peak"}, says="The mean is taken for the standard deviation")

it.excused = {
    "`torch.empty(0)` → `0`": "a step that is asked gets all that it needs",
    "`if step == 6: …` → `return pixels / (peak * math.sqrt(pixels - 1))`": "the check asks for the steps there are",
    "`raise ValueError(f'Steps are 1 to 6, not {step}.')` → nothing": "what another step gives is not asked",
    "`torch.empty(0)` → `torch.empty(1)`": "a step that is asked gets all that it needs",
    "`step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0` → `step, weight=NOTHING, style=NOTHING, pixels=-1, peak=0.0`": "a step that is asked gets all that it needs",
    "`step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0` → `step, weight=NOTHING, style=NOTHING, pixels=1, peak=0.0`": "a step that is asked gets all that it needs",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `f'Steps are 1 to 6, not {step}.'`": "what another step gives is not asked",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `ValueError()`": "what another step gives is not asked",
    "`(style[:, None, None] * weight).square().sum((1, 2, 3)).rsqrt()` → `(style[:, None, None] * weight).square().sum((1, 2, 3)).rsqrt_()`": "it is its own",
    "`made.square().sum((1, 2, 3), keepdim=True).rsqrt()` → `made.square().sum((1, 2, 3), keepdim=True).rsqrt_()`": "it is its own",
    "`(style[:, None, None] * weight).square()` → `(style[:, None, None] * weight).square_()`": "it is its own",
    "`(1, 2, 3)` → `(2, 1, 3)`": "the same dimensions",
    "`(1, 2, 3)` → `(1, 3, 2)`": "the same dimensions",
    "`(1, 2, 3)` → `(1, -2, 3)`": "the same dimensions",
    "`(1, 2, 3)` → `(2, 1, 3)` (no. 2)": "the same dimensions",
    "`(1, 2, 3)` → `(1, 3, 2)` (no. 2)": "the same dimensions",
    "`(style[:, None, None] * weight).square()` → `(style[:, None, None] * weight).square_()` (no. 2)": "it is its own",
    "`(1, 2, 3)` → `(1, -2, 3)` (no. 2)": "the same dimensions",
    "`(1, 2, 3)` → `(2, 1, 3)` (no. 3)": "the same dimensions",
    "`(1, 2, 3)` → `(1, 3, 2)` (no. 3)": "the same dimensions",
    "`(1, 2, 3)` → `(1, -2, 3)` (no. 3)": "the same dimensions",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("modulated_conv")

it.right("as in the lesson")
it.right(
    "groups",
    """
    n, i, h, w = x.shape
    kernel = style[:, None, :, None, None] * weight[None]
    if demodulate:
        kernel = kernel * torch.rsqrt(kernel.square().sum((2, 3, 4), keepdim=True) + 1e-8)
    out = F.conv2d(x.reshape(1, n * i, h, w), kernel.flatten(0, 1), padding=weight.shape[-1] // 2, groups=n)
    return out.reshape(n, -1, h, w)
    """,
)
it.right(
    "picture by picture",
    """
    out = []
    for picture, s in zip(x, style):
        kernel = weight * s[None, :, None, None]
        if demodulate:
            kernel = kernel / (kernel.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        out.append(F.conv2d(picture[None], kernel, padding="same"))
    return torch.cat(out)
    """,
)
it.right("matrix product", {"(style.square()[:, None, :] * weight.square().sum((2, 3))).sum(2)": (
    "style.square() @ weight.square().sum((2, 3)).T"
)})  # fmt: skip
SUM = "(style.square()[:, None, :] * weight.square().sum((2, 3))).sum(2)"
it.wrong("first style", {"x * style[:, :, None, None]": "x * style[:1, :, None, None]", "style.square()[": "style[:1].square()["},
         says="All pictures have the first one's style", point=True)  # fmt: skip
it.wrong(
    "plus one", {"out = F.conv2d": "style = 1 + style\nout = F.conv2d"}, says="1 is added to the style", point=True
)
it.wrong("divided", {"out = F.conv2d": "style = 1 / style\nout = F.conv2d"}, says="divided by the style", point=True)
it.wrong("style not in the maps", {"x * style[:, :, None, None]": "x"}, says="which is not right", point=True)
it.wrong("no style", {"out = F.conv2d": "style = torch.ones_like(style)\nout = F.conv2d"}, says="The style is not used",
         point=True)  # fmt: skip
it.wrong("never demodulated", {"if demodulate:": "if False:"}, says="It is not demodulated", point=True)
it.wrong("always demodulated", {"if demodulate:": "if True:"}, says="though demodulate=False")
it.wrong("no root", {"torch.rsqrt(square + 1e-8)": "(1 / (square + 1e-8))"}, says="By its root", point=True)
it.wrong("multiplied", {"torch.rsqrt(square + 1e-8)": "(square + 1e-8).sqrt()"}, says="Multiplied by the kernel's length",
         point=True)  # fmt: skip
it.wrong("mean", {SUM: "(style.square()[:, None, :] * weight.square().mean((2, 3))).mean(2)"}, says="The squares are averaged",
         point=True)  # fmt: skip
it.wrong("one for all", {"square = " + SUM: "square = " + SUM + ".sum(1, keepdim=True)"}, says="All outputs have the same",
         point=True)  # fmt: skip
it.wrong("plain kernel", {SUM: "weight.square().sum((1, 2, 3))[None]"}, says="without its style", point=True)
it.wrong("style once", {"style.square()[:, None, :]": "style.abs()[:, None, :]"}, says="which is not right", point=True)
it.wrong("by what is", {"square = " + SUM: "square = out.square().mean((2, 3))"}, says="as AdaIN does", point=True)
it.wrong("shrinks", {"padding=weight.shape[-1] // 2": "padding=0"}, says="pad by k // 2", point=True)
it.wrong("padding 1", {"padding=weight.shape[-1] // 2": "padding=1"}, says="Pad by k // 2")
it.wrong("no ε", {" + 1e-8": ""}, says="NaN")
it.wrong("large ε", {"1e-8": "1e-3"}, says="ε is 10⁻⁸")
it.wrong("length cut off", {"out * torch.rsqrt(square + 1e-8)": "out * torch.rsqrt(square.detach() + 1e-8)"},
         says="gradient")  # fmt: skip
it.wrong(
    "turned", {"None], weight, padding": "None], weight.flip(2, 3), padding"}, says="The kernel is turned", point=True
)

it.excused = {
    "`out = out * torch.rsqrt(square + 1e-08)[:, :, None, None]` → `out *= torch.rsqrt(square + 1e-08)[:, :, None, None]`": "it is its own",
    "`weight.shape[-1]` → `weight.shape[-2]`": "kernels are square",
    "`(:, None, :)` → `(:, None)`": "the same places",
    "`weight.square().sum((2, 3))` → `weight.square().sum((3, 2))`": "the same dimensions",
    "`weight.square().sum((2, 3))` → `weight.square().sum((-2, 3))`": "the same dimensions",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("style_mixing")

it.right("as in the lesson")
it.right("one at a time", {"early = torch.arange(layers) < crossover[:, None]\n"
         "return torch.where(early[:, :, None], first[:, None], second[:, None])": (
    "rows = [torch.cat([a.expand(int(k), -1), b.expand(layers - int(k), -1)]) for a, b, k in zip(first, second, crossover)]\n"
    "return torch.stack(rows)"
)})  # fmt: skip
it.right("a mask to multiply with", {"return torch.where(early[:, :, None], first[:, None], second[:, None])": (
    "early = early[:, :, None].to(first.dtype)\nreturn early * first[:, None] + (1 - early) * second[:, None]"
)})  # fmt: skip
it.right(
    "floor of a uniform number", {"torch.randint(1, layers, (n,))": "1 + (torch.rand(n) * (layers - 1)).floor().long()"}
)
CROSS = "torch.randint(1, layers, (n,))"
WHERE = "torch.where(torch.rand(n) < share, crossover, layers)"
it.wrong("from 0", {CROSS: "torch.randint(0, layers, (n,))"}, says="With a crossover of 0", point=True)
it.wrong("to layers", {CROSS: "torch.randint(1, layers + 1, (n,))"}, says="nothing is mixed", point=True)
it.wrong(
    "one crossover",
    {CROSS: "torch.randint(1, layers, (1,)).expand(n)"},
    says="All mixed pictures have the same crossover",
    point=True,
)
it.wrong("share reversed", {"torch.rand(n) < share": "torch.rand(n) > share"}, says="With share 0", point=True)
it.wrong("all or none", {"torch.rand(n) < share": "(torch.rand(1) < share).expand(n)"}, says="is mixed")
it.wrong("the first ones", {"torch.rand(n) < share": "torch.arange(n) < share * n"}, says="is mixed by its own chance")
it.wrong("always mixed", {WHERE: "crossover"}, says="With share 0 no picture is mixed", point=True)
it.wrong("floats", {WHERE: f"{WHERE}.float()"}, says="torch.long", point=True)
it.wrong(
    "unmixed at 0",
    {"share, crossover, layers)": "share, crossover, 0)"},
    says="With share 0 no picture is mixed",
    point=True,
)
it.wrong(
    "swapped",
    {"first[:, None], second[:, None])": "second[:, None], first[:, None])"},
    says="The two are swapped",
    point=True,
)
it.wrong("one later", {"< crossover[:, None]": "<= crossover[:, None]"}, says="The layer at the crossover is of the first",
         point=True)  # fmt: skip
it.wrong("one earlier", {"< crossover[:, None]": "< crossover[:, None] - 1"}, says="one layer too early", point=True)
it.wrong("first one's", {"crossover[:, None]": "crossover[:1, None].expand(len(first), 1)"},
         says="at the first one's crossover", point=True)  # fmt: skip
it.wrong(
    "from the end", {"< crossover[:, None]": "< layers - crossover[:, None]"}, says="counted from the end", point=True
)
it.wrong(
    "one layer alone",
    {"< crossover[:, None]": "!= crossover[:, None]"},
    says="Only one layer is of the second",
    point=True,
)
it.wrong("only the first", {"second[:, None])": "first[:, None])"}, says="All is of the first", point=True)
it.wrong("cut off", {"second[:, None])": "second[:, None].detach())"}, says="No gradient reaches the second")

it.excused = {
    "`torch.rand(n) < share` → `torch.rand(n) <= share`": "it matters only where both are equal",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("truncation")

it.right("as in the lesson")
it.right("lerp", {"return decay * mean_w.detach() + (1 - decay) * w.detach().mean(0)": (
    "return torch.lerp(w.detach().mean(0), mean_w.detach(), decay)"
)})  # fmt: skip
it.right("a clone", {"pulled = mean_w + psi * (styles[:, :cutoff] - mean_w)\nreturn torch.cat([pulled, styles[:, cutoff:]], dim=1)": (
    "out = styles.clone()\nout[:, :cutoff] = psi * styles[:, :cutoff] + (1 - psi) * mean_w\nreturn out"
)})  # fmt: skip
it.right("a ψ for each layer", {"pulled = mean_w + psi * (styles[:, :cutoff] - mean_w)\nreturn torch.cat([pulled, styles[:, cutoff:]], dim=1)": (
    "by = torch.where(torch.arange(styles.shape[1]) < cutoff, psi, 1.0)[:, None]\nreturn mean_w + by * (styles - mean_w)"
)})  # fmt: skip
MEAN = "return decay * mean_w.detach() + (1 - decay) * w.detach().mean(0)"
PULLED = "pulled = mean_w + psi * (styles[:, :cutoff] - mean_w)"
it.wrong("w itself is cut off", {"w.detach().mean(0)": "w.detach_().mean(0)"}, says="w itself takes gradients no more")
it.wrong("shares swapped", {MEAN: "return (1 - decay) * mean_w + decay * w.detach().mean(0)"}, says="The shares are swapped",
         point=True)  # fmt: skip
it.wrong("batch in full", {"(1 - decay) * w": "w"}, says="The batch is added in full", point=True)
it.wrong("batch alone", {MEAN: "return w.detach().mean(0)"}, says="The old mean is not used", point=True)
it.wrong("old alone", {MEAN: "return mean_w.clone()"}, says="The old mean is kept", point=True)
it.wrong("summed", {"w.detach().mean(0)": "w.detach().sum(0)"}, says="The batch is added up", point=True)
it.wrong("first alone", {"w.detach().mean(0)": "w.detach()[0]"}, says="Only the first w", point=True)
it.wrong("one number", {"w.detach().mean(0)": "w.detach().mean()"}, says="One number is taken", point=True)
it.wrong("with its graph", {"w.detach().mean(0)": "w.mean(0)"}, says="hangs on the graph")
it.wrong("in place", {MEAN: "return mean_w.mul_(decay).add_((1 - decay) * w.detach().mean(0))"}, says="changes")
it.wrong("ψ reversed", {PULLED: "pulled = styles[:, :cutoff] + psi * (mean_w - styles[:, :cutoff])"},
         says="ψ is used the other way around", point=True)  # fmt: skip
it.wrong("all layers", {PULLED: "return mean_w + psi * (styles - mean_w)"}, says="All layers are pulled", point=True)
it.wrong("none", {PULLED: "pulled = styles[:, :cutoff]"}, says="No layer is pulled", point=True)
it.wrong("the last ones", {PULLED: "pulled = styles[:, :cutoff]", "styles[:, cutoff:]]": "mean_w + psi * (styles[:, cutoff:] - mean_w)]"},
         says="The layers from `cutoff` on are pulled", point=True)  # fmt: skip
it.wrong("one more", {PULLED: "cutoff += 1\n" + PULLED}, says="One layer too many", point=True)
it.wrong("one less", {PULLED: "cutoff -= 1\n" + PULLED}, says="One layer too few", point=True)
it.wrong("to zero", {PULLED: "pulled = psi * styles[:, :cutoff]"}, says="w is pulled to 0", point=True)
it.wrong("mean not added", {PULLED: "pulled = psi * (styles[:, :cutoff] - mean_w)"}, says="The mean is not added again",
         point=True)  # fmt: skip
it.wrong("w scaled", {PULLED: "pulled = mean_w + psi * styles[:, :cutoff]"}, says="w itself is scaled", point=True)
it.wrong("clamped", {PULLED: "psi = min(max(psi, 0.0), 1.0)\n" + PULLED}, says="ψ = 1.5")
it.wrong("in place, pulled", {PULLED: "styles[:, :cutoff] = mean_w + psi * (styles[:, :cutoff] - mean_w)\nreturn styles"},
         says="changes")  # fmt: skip
it.wrong(
    "cut off", {"(styles[:, :cutoff] - mean_w)": "(styles.detach()[:, :cutoff] - mean_w)"}, says="the styles' gradient"
)

it.excused = {
    "`mean_w.detach()` → `mean_w`": "the old mean has no graph behind it",
    "`mean_w.detach()` → `mean_w.detach_()`": "the old mean has no graph behind it",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("stylegan_step")

it.right("as in the lesson")
it.right("cross-entropy", {"logistic = F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()": (
    "logits, says = (D(real), D(fake.detach())), F.binary_cross_entropy_with_logits\n"
    "logistic = says(logits[0], torch.ones_like(logits[0])) + says(logits[1], torch.zeros_like(logits[1]))"
)})  # fmt: skip
it.right("logsigmoid", {"logistic = F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()": (
    "logistic = -F.logsigmoid(D(real)).mean() - F.logsigmoid(-D(fake.detach())).mean()"
)})  # fmt: skip
it.right("made twice", {"fake = G.synthesis(w)": "fake = G.synthesis(w.detach()).detach()",
         "g_loss = F.softplus(-D(fake)).mean()": "g_loss = F.softplus(-D(G.synthesis(w))).mean()"})  # fmt: skip
it.right("average by hand", {"mine.lerp_(now, 1 - decay)": "mine.mul_(decay).add_(now, alpha=1 - decay)"})
LOGISTIC = "logistic = F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()"
SLOPE = "slope.square().flatten(1).sum(1).mean()"
it.wrong("swapped", {LOGISTIC: "logistic = F.softplus(D(real)).mean() + F.softplus(-D(fake.detach())).mean()"},
         says="Real and made are swapped", point=True)  # fmt: skip
it.wrong("halved", {LOGISTIC: f"{LOGISTIC}\nlogistic = logistic / 2"}, says="The logistic loss is halved", point=True)
it.wrong(
    "Wasserstein",
    {LOGISTIC: "logistic = D(fake.detach()).mean() - D(real).mean()"},
    says="difference of means",
    point=True,
)
it.wrong("always", {"if k % every == 0:": "if True:", "logistic + every * penalty": "logistic + penalty"},
         says="R1 counts once", point=True)  # fmt: skip
it.wrong("never", {"if k % every == 0:": "if False:"}, says="R1 is missing", point=True)
it.wrong("in the others", {"k % every == 0": "k % every != 0"}, says="R1 is missing", point=True)
it.wrong("not times every", {"logistic + every * penalty": "logistic + penalty"}, says="R1 counts once", point=True)
it.wrong(
    "divided by every",
    {"logistic + every * penalty": "logistic + penalty / every"},
    says="R1 is divided by",
    point=True,
)
it.wrong("no ½", {"gamma / 2 *": "gamma *"}, says="The ½ in γ/2", point=True)
it.wrong("no γ", {"gamma / 2 *": "1 / 2 *"}, says="γ is missing", point=True)
it.wrong("norm", {SLOPE: "slope.flatten(1).norm(dim=1).mean()"}, says="The norm is not squared", point=True)
it.wrong("summed", {SLOPE: "slope.square().sum()"}, says="R1 is summed over the batch", point=True)
it.wrong("mean over pixels", {SLOPE: "slope.square().mean()"}, says="averaged over the pixels", point=True)
it.wrong("to one", {SLOPE: "(slope.flatten(1).norm(dim=1) - 1).square().mean()"}, says="R1 pulls it to 0", point=True)
it.wrong("on fakes", {"x = real.detach()": "x = fake.detach()"}, says="at the made pictures", point=True)
it.wrong("cut off", {"create_graph=True": "create_graph=False"}, says="create_graph=True", point=True)
it.wrong("stale D", {"opt_D.zero_grad()\n": ""}, says="opt_D.zero_grad()", point=True)
it.wrong("stale G", {"opt_G.zero_grad()\n": ""}, says="Gradients of the step before", point=True)
it.wrong("not detached", {"D(fake.detach())": "D(fake)", "d_loss.backward()": "d_loss.backward(retain_graph=True)",
         "opt_G.zero_grad()\n": "", "opt_D.zero_grad()": "opt_G.zero_grad()\nopt_D.zero_grad()"},
         says="D's loss has left gradients in G", point=True)  # fmt: skip
it.wrong("old D", {"opt_D.zero_grad()\nd_loss.backward()\nopt_D.step()": "", "opt_G.step()": (
    "opt_G.step()\nopt_D.zero_grad()\nd_loss.backward()\nopt_D.step()"
)}, says="before its own step", point=True)  # fmt: skip
it.wrong(
    "minimax",
    {"g_loss = F.softplus(-D(fake)).mean()": "g_loss = -F.softplus(D(fake)).mean()"},
    says="minimax",
    point=True,
)
it.wrong("wrong way", {"g_loss = F.softplus(-D(fake)).mean()": "g_loss = F.softplus(D(fake)).mean()"},
         says="G goes the wrong way", point=True)  # fmt: skip
it.wrong(
    "mapping rests",
    {"fake = G.synthesis(w)": "fake = G.synthesis(w.detach())"},
    says="The mapping does not move",
    point=True,
)
it.wrong("no average", {"mine.lerp_(now, 1 - decay)": "pass"}, says="The average has not moved", point=True)
it.wrong(
    "decay the other way",
    {"mine.lerp_(now, 1 - decay)": "mine.lerp_(now, decay)"},
    says="`average` keeps decay",
    point=True,
)
it.wrong("synthesis alone", {"zip(average.parameters(), G.parameters(), strict=True)": (
    "zip(average.synthesis.parameters(), G.synthesis.parameters(), strict=True)"
)}, says="The mapping is not averaged", point=True)  # fmt: skip
it.wrong("a copy", {"mine.lerp_(now, 1 - decay)": "mine.copy_(now)"}, says="which is not right", point=True)
it.wrong("no mean of w", {"    average.mean_w.lerp_(w.mean(0), 1 - decay)": ""}, says="average.mean_w has not moved")
it.wrong("mean in G", {"average.mean_w.lerp_": "G.mean_w.lerp_"}, says="average.mean_w has not moved")
it.wrong("mean the other way", {"w.mean(0), 1 - decay": "w.mean(0), decay"}, says="mean_w keeps decay")
it.wrong("mean of new w", {"average.mean_w.lerp_(w.mean(0)": "average.mean_w.lerp_(G.mapping(z).mean(0)"},
         says="that has just moved")  # fmt: skip
it.wrong("tells all of D's loss", {"return logistic.item()": "return d_loss.item()"}, says="told with R1 in it")
it.wrong("tells R1 times every", {"penalty.item()": "every * penalty.item()"}, says="R1 is told times")
it.wrong("two numbers", {"return logistic.item(), r1, g_loss.item()": "return logistic.item(), g_loss.item()"},
         says="Return three numbers")  # fmt: skip
it.wrong("with its graph", {"return logistic.item()": "return logistic"}, says="computation attached")
it.wrong("pictures take gradients", {"x = real.detach().clone().requires_grad_()": "x = real.requires_grad_()"},
         says="The real pictures take gradients now")  # fmt: skip

it.excused = {
    "`real.detach().clone()` → `real.detach()`": "real pictures have no graph behind them, and a leaf made of them learns nothing",
    "`real.detach()` → `real`": "real pictures have no graph behind them, and a leaf made of them learns nothing",
    "`real.detach()` → `real.detach_()`": "real pictures have no graph behind them, and a leaf made of them learns nothing",
    "`slope.square().flatten(1).sum(1)` → `slope.square().flatten(1).sum(-1)`": "the same dimensions",
    "`slope.square()` → `slope.square_()`": "it is its own",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("path_length")

it.right("as in the lesson")
it.right(
    "written out",
    """
    if space == "w":
        a, b = mapping(z1), mapping(z2)
        points = [(1 - s)[:, None] * a + s[:, None] * b for s in (t, t + eps)]
    else:
        a, b = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
        angle = torch.acos((a * b).sum(1))
        points = []
        for s in (t, t + eps):
            one, other = torch.sin((1 - s) * angle), torch.sin(s * angle)
            points.append(mapping((one[:, None] * a + other[:, None] * b) / torch.sin(angle)[:, None]))
    return distance(synthesis(points[0]), synthesis(points[1])) / eps**2
    """,
)
it.right("the authors' way along the arc", {
    "return mapping((torch.sin((1 - s) * theta) * u + torch.sin(s * theta) * v) / theta.sin())": (
        "c = F.normalize(v - (u * v).sum(1, keepdim=True) * u, dim=1)\n"
        "return mapping(u * torch.cos(s * theta) + c * torch.sin(s * theta))"
    )})  # fmt: skip
END = "return distance(synthesis(at(t)), synthesis(at(t + eps))) / eps**2"
ARC = "(torch.sin((1 - s) * theta) * u + torch.sin(s * theta) * v) / theta.sin()"
it.wrong("no ε", {" / eps**2": ""}, says="It is not divided by ε²", point=True)
it.wrong("ε once", {"eps**2": "eps"}, says="Divided by ε;", point=True)
it.wrong("averaged", {END: END + "\n", "/ eps**2": "/ eps**2 * 0 + (distance(synthesis(at(t)), synthesis(at(t + eps))) / eps**2).mean()"},
         says="which is not right", point=True)  # fmt: skip
it.wrong("one number", {END: END.replace("return ", "return (") + ").mean()"}, says="nobody averages", point=True)
it.wrong(
    "one t", {"return distance": "t = t[:1].expand(len(z1))\nreturn distance"}, says="the first one's share", point=True
)
it.wrong(
    "ends",
    {END: "return distance(synthesis(at(0 * t)), synthesis(at(0 * t + 1))) / eps**2"},
    says="The two ends",
    point=True,
)
it.wrong("w apart", {END: "return distance(at(t), at(t + eps)) / eps**2"}, says="Points of w are compared", point=True)
it.wrong("swapped", {END: "return distance(synthesis(at(t + eps)), synthesis(at(t))) / eps**2"},
         says="the picture at t + ε first", point=True)  # fmt: skip
it.wrong(
    "backward",
    {"w1, w2 = mapping(z1), mapping(z2)": "w2, w1 = mapping(z1), mapping(z2)"},
    says="walked backward",
    point=True,
)
it.wrong("always w", {'if space == "w":': "if True:"}, says="That is the path in w", point=True)
it.wrong("always z", {'if space == "w":': "if False:"}, says="That is the path in z", point=True)
it.wrong("straight in z", {ARC: "(1 - s) * u + s * v"}, says="The path is straight. In z", point=True)
it.wrong("straight as drawn", {ARC: "(1 - s) * z1 + s * z2"}, says="between z as they are", point=True)
it.wrong(
    "straight, then on the sphere",
    {ARC: "F.normalize((1 - s) * u + s * v, dim=1)"},
    says="its speed is uneven",
    point=True,
)
it.wrong("not unit", {"z / z.norm(dim=1, keepdim=True) for z in": "z for z in",
         "(u * v).sum(1, keepdim=True).acos()": "F.cosine_similarity(u, v)[:, None].acos()"},
         says="z are not divided by their lengths", point=True)  # fmt: skip
it.wrong("no sine below", {" / theta.sin()": ""}, says="not divided by sin", point=True)

it.excused = {
    "`(u * v).sum(1, keepdim=True).acos()` → `(u * v).sum(1, keepdim=True).acos_()`": "it is its own",
    "`(u * v).sum(1, keepdim=True)` → `(u * v).sum(-1, keepdim=True)`": "the same dimensions",
    "`z.norm(dim=1, keepdim=True)` → `z.norm(dim=-1, keepdim=True)`": "the same dimensions",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("fewest_swaps")

it.earns("gold", "as in the lesson")
it.earns(
    "gold",
    "words of a Hadamard matrix",
    """
    squares = {k * k % 11 for k in range(1, 11)}
    rows = [[1] + [1 if (j - i) % 11 in squares or i == j else 0 for j in range(11)] for i in range(11)]
    words = torch.tensor((rows + [[1 - x for x in row] for row in rows])[:18], dtype=torch.float64)
    read = torch.tensor([swap([bool(x) for x in column]) for column in words.T], dtype=torch.float64)
    return torch.cdist(read.T, words).argmin(1)
    """,
)
it.earns(
    "gold",
    "five digits, then more of their sums",
    """
    numbers = torch.arange(1, 19)
    masks = [1, 2, 4, 8, 16, 3, 12, 21, 26, 15, 22, 25]
    code = torch.tensor([[bin(int(k) & mask).count("1") % 2 for mask in masks] for k in numbers], dtype=torch.float64)
    read = torch.tensor([swap([bool(x) for x in column]) for column in code.T], dtype=torch.float64)
    return [int(((code - seen) ** 2).sum(1).argmin()) for seen in read.T]
    """,
)
it.earns(
    "silver",
    "binary digits, three times",
    """
    found = torch.zeros(50, dtype=torch.long)
    for digit in range(5):
        layers = [bool(k >> digit & 1) for k in range(18)]
        read = torch.tensor([swap(layers) for _ in range(3)]).mean(0)
        found += (read > 0.5).long() << digit
    return found.clamp(max=17)
    """,
)
it.earns(
    "bronze",
    "one at a time, twice",
    """
    read = torch.stack([torch.tensor([swap([j == k for j in range(18)]) for _ in range(2)]).mean(0) for k in range(18)])
    return read.argmax(0).tolist()
    """,
)
it.wrong("one at a time, once", """
    read = torch.stack([torch.tensor(swap([j == k for j in range(18)])) for k in range(18)])
    return read.argmax(0).tolist()
    """, says="rulers are wrong")  # fmt: skip
it.wrong("binary digits, once", """
    found = torch.zeros(50, dtype=torch.long)
    for digit in range(5):
        found += (torch.tensor(swap([bool(k >> digit & 1) for k in range(18)])) > 0.5).long() << digit
    return found.clamp(max=17)
    """, says="rulers are wrong")  # fmt: skip
it.wrong("binary digits, twice", """
    found = torch.zeros(50, dtype=torch.long)
    for digit in range(5):
        read = torch.tensor([swap([bool(k >> digit & 1) for k in range(18)]) for _ in range(2)]).mean(0)
        found += (read > 0.5).long() << digit
    return found.clamp(max=17)
    """, says="rulers are wrong")  # fmt: skip
it.wrong("shares of layers", "return torch.tensor(swap([k / 17 for k in range(18)])).mul(17).round().clamp(0, 17)",
         says="shares are not possible")  # fmt: skip
it.wrong("numbers for booleans", "return swap(list(range(18)))", says="shares are not possible")
it.wrong("always the first", "return [0] * 50", says="rulers are wrong")
it.wrong("at random", "return torch.randint(0, 18, (50,))", says="rulers are wrong")
it.wrong("without end", """
    while True:
        swap([True] * 18)
    """, says="You swap more than")  # fmt: skip
it.wrong("too few layers", "return swap([True] * 17)", says="18 booleans")
it.wrong("returns what was read", "return swap([True] * 18)[:49]", says="One layer for each")
it.wrong("fifty times each", """
    read = torch.stack([torch.tensor([swap([j == k for j in range(18)]) for _ in range(3)]).mean(0) for k in range(18)])
    return read.argmax(0).tolist()
    """, says="You swap more than")  # fmt: skip
