"""Right and wrong answers to the exercises of lesson 10, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("pixel_shuffle")

it.right("as in the lesson")
BLOCKS = "blocks = x.reshape(n, -1, r, r, h, w)\nreturn blocks.permute(0, 1, 4, 2, 5, 3).reshape(n, -1, r * h, r * w)"
it.right("strided slices", {BLOCKS: (
    "made = x.new_zeros(n, channels // r**2, r * h, r * w)\n"
    "for a in range(r):\n    for b in range(r):\n        made[:, :, a::r, b::r] = x[:, a * r + b :: r * r]\n"
    "return made"
)})  # fmt: skip
it.right("side by side, twice", {BLOCKS: (
    "rows = x.reshape(n, -1, r, r, h, w)\n"
    "wide = torch.stack(list(rows.unbind(3)), dim=-1).flatten(-2)\n"
    "return torch.stack(list(wide.unbind(2)), dim=3).reshape(n, -1, r * h, r * w)"
)})  # fmt: skip
it.right("einsum", {BLOCKS: (
    'return torch.einsum("nkabij->nkiajb", x.reshape(n, -1, r, r, h, w)).reshape(n, -1, r * h, r * w)'
)})  # fmt: skip
it.right("a transposed convolution with fixed kernels", {BLOCKS: (
    "kernel = torch.eye(r * r, dtype=x.dtype).reshape(r * r, 1, r, r).repeat(channels // r**2, 1, 1, 1)\n"
    "return F.conv_transpose2d(x, kernel, stride=r, groups=channels // r**2)"
)})  # fmt: skip
it.wrong("channels from all over", {BLOCKS: (
    "blocks = x.reshape(n, r, r, -1, h, w)\n"
    "return blocks.permute(0, 3, 4, 1, 5, 2).reshape(n, -1, r * h, r * w)"
)}, says="taken from all over", point=True)  # fmt: skip
it.wrong("rows and columns swapped", {"(0, 1, 4, 2, 5, 3)": "(0, 1, 4, 3, 5, 2)"}, says="swapped", point=True)
it.wrong("only read anew", {BLOCKS: "return x.reshape(n, -1, r * h, r * w)"}, says="change places", point=True)
it.wrong("side by side", {"(0, 1, 4, 2, 5, 3)": "(0, 1, 2, 4, 3, 5)"}, says="picture of its own", point=True)
it.wrong("repeated", {BLOCKS: "return x[:, :: r * r].repeat_interleave(r, 2).repeat_interleave(r, 3)"},
         says="Each pixel is repeated", point=True)  # fmt: skip
it.wrong("means", {BLOCKS: (
    "return x.reshape(n, -1, r * r, h, w).mean(2).repeat_interleave(r, 2).repeat_interleave(r, 3)"
)}, says="one channel's mean", point=True)  # fmt: skip
it.wrong("upside down", {"x.reshape(n, -1, r, r, h, w)": "x.reshape(n, -1, r, r, h, w).flip(2)"}, says="upside down",
         point=True)  # fmt: skip
it.wrong("factor 2 for all", {"x.reshape(n, -1, r, r, h, w)": "x.reshape(n, -1, 2, 2, h, w)"}, says="r = 4")
it.wrong("square pictures", {"reshape(n, -1, r * h, r * w)": "reshape(n, -1, r * h, r * h)"}, says="shape", point=True)
it.wrong("no word", {"if channels % r**2:": "if False:"}, says="stops, but not with a ValueError")
it.wrong("half a word", {"if channels % r**2:": "if channels % r:"}, says="not with a ValueError")
it.wrong("another word", {"{channels} channels cannot": "channels cannot"}, says="should say what came")
it.wrong("cut off", {"return blocks": "return blocks.detach()"}, says="cut off from x")
it.wrong("PyTorch's own", {BLOCKS: "return F.pixel_shuffle(x, r)"}, says="do without it", point=True)
it.wrong("PyTorch's layer", {BLOCKS: "return nn.PixelShuffle(r)(x)"}, says="do without it", point=True)
it.wrong("by way of its inverse", {BLOCKS: (
    "empty = torch.zeros(n, channels // r**2, r * h, r * w, dtype=x.dtype, requires_grad=True)\n"
    "return torch.autograd.grad(F.pixel_unshuffle(empty, r), empty, x, create_graph=True)[0]"
)}, says="do without it", point=True)  # fmt: skip
it.excused = {
    "`x.reshape(n, -1, r, r, h, w)` → `x.reshape(-1, n, r, r, h, w)`": "pictures and channels are one after the other in memory, either way",
    "`blocks.permute(0, 1, 4, 2, 5, 3)` → `blocks.permute(0, 1, 4, 2, 5, -3)`": "the same dimension",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("pixel_unshuffle")

it.right("as in the lesson")
BACK = (
    "blocks = y.reshape(n, c, height // r, r, width // r, r)\n"
    "return blocks.permute(0, 1, 3, 5, 2, 4).reshape(n, c * r * r, height // r, width // r)"
)
it.right("strided slices", {BACK: (
    "return torch.stack([y[:, k, a::r, b::r] for k in range(c) for a in range(r) for b in range(r)], 1)"
)})  # fmt: skip
it.right("unfold", {BACK: "return F.unfold(y, r, stride=r).reshape(n, c * r * r, height // r, width // r)"})
it.right(
    "two transposes", {"blocks.permute(0, 1, 3, 5, 2, 4)": "blocks.transpose(2, 3).transpose(4, 5).transpose(3, 4)"}
)
it.wrong("channels apart", {"(0, 1, 3, 5, 2, 4)": "(0, 3, 5, 1, 2, 4)"}, says="lie apart", point=True)
it.wrong("rows and columns swapped", {"(0, 1, 3, 5, 2, 4)": "(0, 1, 5, 3, 2, 4)"}, says="swapped", point=True)
it.wrong("only read anew", {BACK: "return y.reshape(n, c * r * r, height // r, width // r)"}, says="change places",
         point=True)  # fmt: skip
it.wrong("large pieces", {BACK: (
    "blocks = y.reshape(n, c, r, height // r, r, width // r)\n"
    "return blocks.permute(0, 1, 2, 4, 3, 5).reshape(n, c * r * r, height // r, width // r)"
)}, says="large pieces", point=True)  # fmt: skip
it.wrong("upside down", {"blocks.permute(0, 1, 3, 5, 2, 4)": "blocks.flip(3).permute(0, 1, 3, 5, 2, 4)"},
         says="upside down", point=True)  # fmt: skip
it.wrong("one of each block", {BACK: "return y[:, :, ::r, ::r].repeat_interleave(r * r, 1)"}, says="not right",
         point=True)  # fmt: skip
it.wrong("means", {BACK: "return F.avg_pool2d(y, r).repeat_interleave(r * r, 1)"}, says="not right", point=True)
it.wrong("not enough channels", {BACK: "return y[:, :, ::r, ::r]"}, says="shape", point=True)
it.wrong("no word", {"if side % r:": "if False:"}, says="not with a ValueError")
it.wrong("height alone", {"for side in (height, width):": "for side in (height,):"}, says="not with a ValueError")
it.wrong("another word", {"a side of {side} pixels": "a side"}, says="should say what came")
it.wrong("cut off", {"return blocks": "return blocks.detach()"}, says="cut off from y")
it.wrong("PyTorch's own", {BACK: "return F.pixel_unshuffle(y, r)"}, says="do without it", point=True)
it.excused = {
    "`(height, width)` → `(width, height)`": "which side is looked at first is free",
    "`y.reshape(n, c, height // r, r, width // r, r)` → `y.reshape(c, n, height // r, r, width // r, r)`": "pictures and channels are one after the other in memory, either way",
    "`blocks.permute(0, 1, 3, 5, 2, 4)` → `blocks.permute(0, 1, -3, 5, 2, 4)`": "the same dimension",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("psnr")

it.right("as in the lesson")
LAST = "return 10 * torch.log10(peak**2 / mse)"
it.right("difference of logarithms", {LAST: "return 20 * math.log10(peak) - 10 * mse.log10()"})
it.right("natural logarithm, converted", {LAST: "return -10 * (mse / peak**2).log() / math.log(10)"})
it.right("one by one", {"mse = (made - true).square().flatten(1).mean(1)": (
    "mse = torch.stack([F.mse_loss(a, b) for a, b in zip(made, true)])"
)})  # fmt: skip
MSE = "(made - true).square().flatten(1).mean(1)"
it.wrong("one for the batch", {MSE: "(made - true).square().mean().expand(len(made))"}, says="Each picture has its own",
         point=True)  # fmt: skip
it.wrong("a number", {MSE: "(made - true).square().mean()"}, says="One number for each picture", point=True)
it.wrong("sign", {"peak**2 / mse": "mse / peak**2"}, says="sign is the other way around", point=True)
it.wrong("natural", {"torch.log10": "torch.log"}, says="natural logarithm", point=True)
it.wrong("twenty", {"10 * torch": "20 * torch"}, says="The factor is 10", point=True)
it.wrong("no ten", {"10 * torch": "torch"}, says="The factor 10 is missing", point=True)
it.wrong("sum", {"flatten(1).mean(1)": "flatten(1).sum(1)"}, says="Errors are added up", point=True)
it.wrong("sum over channels", {MSE: "(made - true).square().sum(1).flatten(1).mean(1)"}, says="added up over channels",
         point=True)  # fmt: skip
it.wrong("absolute", {".square()": ".abs()"}, says="absolute error is taken", point=True)
it.wrong("square of the mean", {MSE: "(made - true).abs().flatten(1).mean(1).square()"}, says="Square first",
         point=True)  # fmt: skip
it.wrong("peak as it is", {"peak**2": "peak"}, says="The peak is not squared")
it.wrong("no peak", {"peak**2": "1"}, says="`peak` is not used")
it.wrong("default 255", {"peak=1.0": "peak=255.0"}, says="too bright everywhere")
it.wrong("clipped", {"(made - true)": "(made.clamp(0, peak) - true)"}, says="clipped")
it.wrong("never infinite", {LAST: "return 10 * torch.log10(peak**2 / (mse + 1e-10))"}, says="theirs is infinite")
it.wrong("a hundred at most", {LAST: "return (10 * torch.log10(peak**2 / mse)).clamp(max=100)"},
         says="theirs is infinite")  # fmt: skip
it.excused = {
    "`made, true, peak=1.0` → `made, true, peak=-1.0`": "the peak is squared",
    "`(made - true).square().flatten(1).mean(1)` → `(made - true).square().flatten(1).mean(-1)`": "the same dimension",
    "`(made - true).square()` → `(made - true).square_()`": "the difference is its own",
    "`made - true` → `true - made`": "it is squared",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("ssim")

it.right("as in the lesson")
it.right(
    "unfolded windows",
    """
    a = torch.arange(11, dtype=x.dtype) - 5
    w = torch.exp(-(a[:, None] ** 2 + a ** 2) / 4.5)
    w = w / w.sum()
    X, Y = (p.unfold(2, 11, 1).unfold(3, 11, 1) for p in (x, y))
    mu, nu = ((P * w).sum((-1, -2)) for P in (X, Y))
    dx, dy = X - mu[..., None, None], Y - nu[..., None, None]
    vx, vy, cov = (w * dx * dx).sum((-1, -2)), (w * dy * dy).sum((-1, -2)), (w * dx * dy).sum((-1, -2))
    C1, C2 = 1e-4 * peak * peak, 9e-4 * peak * peak
    s = (2 * mu * nu + C1) / (mu * mu + nu * nu + C1) * (2 * cov + C2) / (vx + vy + C2)
    return s.mean((1, 2, 3))
    """,
)
it.right("rows, then columns", {"return F.conv2d(p.flatten(0, 1)[:, None], window)": (
    "p = F.conv2d(p.flatten(0, 1)[:, None], bell[None, None, :, None])\n"
    "return F.conv2d(p, bell[None, None, None, :])"
)})  # fmt: skip
it.right("grouped", {"return F.conv2d(p.flatten(0, 1)[:, None], window)": (
    "return F.conv2d(p, window.repeat(p.shape[1], 1, 1, 1), groups=p.shape[1])"
)})  # fmt: skip
BELL = "bell = bell / bell.sum()"
it.wrong(
    "even window", {BELL: "bell = torch.full_like(bell, 1 / 11)"}, says="weighs all of its pixels alike", point=True
)
it.wrong("narrow", {"(2 * 1.5**2)": "1.5**2"}, says="too narrow", point=True)
it.wrong("no sum", {BELL: "pass"}, says="do not add up to 1", point=True)
it.wrong("padded", {"[:, None], window)": "[:, None], window, padding=5)"}, says="Pictures are padded", point=True)
it.wrong("gray", {"mu_x, mu_y = mean(x), mean(y)": (
    "x, y = x.mean(1, keepdim=True), y.mean(1, keepdim=True)\nmu_x, mu_y = mean(x), mean(y)"
)}, says="Channels are averaged", point=True)  # fmt: skip
it.wrong("whole pictures", {"return F.conv2d(p.flatten(0, 1)[:, None], window)": "return p.mean((2, 3))"},
         says="whole pictures", point=True)  # fmt: skip
it.wrong("moments", {"mean(x * x) - mu_x**2, mean(y * y) - mu_y**2, mean(x * y) - mu_x * mu_y": (
    "mean(x * x), mean(y * y), mean(x * y)"
)}, says="not taken off", point=True)  # fmt: skip
it.wrong("no peak", {"(0.01 * peak) ** 2, (0.03 * peak) ** 2": "0.01**2, 0.03**2"}, says="`peak` does not count")
it.wrong("not squared", {"(0.01 * peak) ** 2, (0.03 * peak) ** 2": "0.01 * peak, 0.03 * peak"}, says="are squares",
         point=True)  # fmt: skip
it.wrong("constants swapped", {"c1, c2 =": "c2, c1 ="}, says="C₁ and C₂ are swapped", point=True)
it.wrong("no constants", {"(0.01 * peak) ** 2, (0.03 * peak) ** 2": "0.0, 0.0"}, says="C₁ and C₂ are missing")
it.wrong("C₁ is that of C₂", {"(0.01 * peak) ** 2": "(0.03 * peak) ** 2"}, says="C₂ has 0.03")
it.wrong("no C₁", {"(0.01 * peak) ** 2": "0.0"}, says="C₁ is missing, or 0")
it.wrong("light alone", {" * (2 * cov + c2)": "", " * (var_x + var_y + c2))": ")"}, says="second factor is missing",
         point=True)  # fmt: skip
it.wrong("shape alone", {"(2 * mu_x * mu_y + c1) * ": "", "(mu_x**2 + mu_y**2 + c1) * ": ""},
         says="first factor is missing", point=True)  # fmt: skip
it.wrong("no 2", {"(2 * cov + c2)": "(cov + c2)"}, says="The 2 in front of σ_xy", point=True)
it.wrong("one for the batch", {"reshape(len(x), -1).mean(1)": "mean().expand(len(x))"}, says="Each has its own",
         point=True)  # fmt: skip
it.wrong("a number", {"reshape(len(x), -1).mean(1)": "mean()"}, says="One number for each picture", point=True)
it.wrong("cut off", {"return made.reshape": "return made.detach().reshape"}, says="cut off from the pictures")
it.excused = {
    "`bell = bell / bell.sum()` → `bell /= bell.sum()`": "the bell is its own",
    "`x, y, peak=1.0` → `x, y, peak=-1.0`": "the peak is squared",
    "`(mean(x), mean(y))` → `(mean(y), mean(x))`": "the formula is the same both ways",
    "`(mean(x * x) - mu_x ** 2, mean(y * y) - mu_y ** 2, mean(x * y) - mu_x * mu_y)` → `(mean(y * y) - mu_y ** 2, mean(x * x) - mu_x ** 2, mean(x * y) - mu_x * mu_y)`": "the formula is the same both ways",
    "`made.reshape(len(x), -1).mean(1)` → `made.reshape(len(x), -1).mean(-1)`": "the same dimension",
    "`0.01 * peak` → `-0.01 * peak`": "it is squared",
    "`0.03 * peak` → `-0.03 * peak`": "it is squared",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("best_guess")

it.right("as in the lesson")
it.right("by all pairs", {"return 2 * best_guess(4, fits, p)": (
    "apart = (fits[:, None] - fits).square().mean(2)\nreturn p @ apart @ p"
)})  # fmt: skip
it.right("moments", {"return p @ (fits - p @ fits).square().mean(1)": (
    "return p @ fits.square().mean(1) - (p @ fits).square().mean()"
)})  # fmt: skip
it.right("weights in a column", {"return p @ fits": "return (p[:, None] * fits).sum(0)"})
ERROR, SLOPE = "p @ (fits - guess).square().mean(1)", "2 * (guess - p @ fits) / fits.shape[1]"
LEAST = "p @ (fits - p @ fits).square().mean(1)"
DRAW, BETWEEN = "return 2 * best_guess(4, fits, p)", "return (1 + share**2) * best_guess(4, fits, p)"
it.wrong("1: sum", {ERROR: "p @ (fits - guess).square().sum(1)"}, says="added up over the pixels")
it.wrong("1: all alike", {ERROR: "(fits - guess).square().mean()"}, says="All pictures count alike")
it.wrong("1: of the mean", {ERROR: "(p @ fits - guess).square().mean()"}, says="averaged first")
it.wrong("1: absolute", {ERROR: "p @ (fits - guess).abs().mean(1)"}, says="Absolute values")
it.wrong("1: the likeliest", {ERROR: "(fits[p.argmax()] - guess).square().mean()"}, says="Only the likeliest")
it.wrong("2: sign", {SLOPE: "2 * (p @ fits - guess) / fits.shape[1]"}, says="that is the way down")
it.wrong("2: no 2", {SLOPE: "(guess - p @ fits) / fits.shape[1]"}, says="The 2 of the square")
it.wrong("2: no mean", {SLOPE: "2 * (guess - p @ fits)"}, says="divide by d")
it.wrong("2: all alike", {SLOPE: "2 * (guess - fits.mean(0)) / fits.shape[1]"}, says="All pictures count alike")
it.wrong("3: plain mean", {"return p @ fits": "return fits.mean(0)"}, says="All pictures count alike", point=True)
it.wrong("3: the likeliest", {"return p @ fits": "return fits[p.argmax()]"}, says="the likeliest picture", point=True)
it.wrong("3: median", {"return p @ fits": "return fits.median(0).values"}, says="median", point=True)
it.wrong("3: mean of what is weighed", {"return p @ fits": "return (p[:, None] * fits).mean(0)"},
         says="divided by the number of pictures", point=True)  # fmt: skip
it.wrong("4: zero", {f"return {LEAST}": "return torch.tensor(0.0)"}, says="right on average only")
it.wrong("4: sum", {LEAST: "p @ (fits - p @ fits).square().sum(1)"}, says="added up over the pixels")
it.wrong("4: all alike", {LEAST: "(fits - p @ fits).square().mean()"}, says="All pictures count alike")
it.wrong("4: not around the mean", {LEAST: "p @ fits.square().mean(1)"}, says="own square is not taken off")
it.wrong("5: as good", {DRAW: "return best_guess(4, fits, p)"}, says="A draw is off by itself", point=True)
it.wrong("5: four times", {DRAW: "return 4 * best_guess(4, fits, p)"}, says="twice, not four times", point=True)
it.wrong("5: root of two", {DRAW: "return 2**0.5 * best_guess(4, fits, p)"}, says="root of two", point=True)
it.wrong("5: the likeliest", {DRAW: "return p @ (fits - fits[p.argmax()]).square().mean(1)"},
         says="Only the likeliest picture is returned", point=True)  # fmt: skip
it.wrong("5: all pairs alike", {DRAW: "return (fits[:, None] - fits).square().mean()"}, says="All pairs count alike",
         point=True)  # fmt: skip
it.wrong("6: straight", {BETWEEN: "return (1 + share) * best_guess(4, fits, p)"}, says="straight from the one")
it.wrong("6: both shares", {BETWEEN: "return ((1 - share) ** 2 + share**2) * best_guess(4, fits, p)"},
         says="not changed by the share")  # fmt: skip
it.wrong("6: the other way", {BETWEEN: "return (1 + (1 - share) ** 2) * best_guess(4, fits, p)"},
         says="not the other way around")  # fmt: skip
it.wrong("6: mixed term", {BETWEEN: "return (1 + share) ** 2 * best_guess(4, fits, p)"}, says="mixed term")
it.wrong("6: the draw's part", {BETWEEN: "return share**2 * best_guess(4, fits, p)"}, says="draw's part alone")
it.excused = {
    "`if step == 6: …` → `return (1 + share ** 2) * best_guess(4, fits, p)`": "no other step is asked",
    "`raise ValueError(f'Steps are 1 to 6, not {step}.')` → nothing": "no other step is asked",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `f'Steps are 1 to 6, not {step}.'`": "no other step is asked",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `ValueError()`": "no other step is asked",
    "`p @ (fits - guess).square().mean(1)` → `(fits - guess).square().mean(1) @ p`": "an inner product of two rows",
    "`p @ (fits - p @ fits).square().mean(1)` → `(fits - p @ fits).square().mean(1) @ p`": "an inner product of two rows",
    "`(fits - guess).square().mean(1)` → `(fits - guess).square().mean(-1)`": "the same dimension",
    "`(fits - p @ fits).square().mean(1)` → `(fits - p @ fits).square().mean(-1)`": "the same dimension",
    "`(fits - guess).square()` → `(fits - guess).square_()`": "the difference is its own",
    "`(fits - p @ fits).square()` → `(fits - p @ fits).square_()`": "the difference is its own",
    "`fits - guess` → `guess - fits`": "it is squared",
    "`fits - p @ fits` → `p @ fits - fits`": "it is squared",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("ResidualBlock")

it.right("as in the lesson")
it.right(
    "layers by name",
    """
import torch
from torch import nn

class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv_1 = nn.Conv2d(channels, channels, kernel_size=3, padding="same", bias=False)
        self.norm_1 = nn.BatchNorm2d(channels)
        self.slope = nn.PReLU(1)
        self.conv_2 = nn.Conv2d(channels, channels, kernel_size=3, padding="same", bias=False)
        self.norm_2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        h = self.slope(self.norm_1(self.conv_1(x)))
        return self.norm_2(self.conv_2(h)).add(x)
""",
)
it.right(
    "a slope used by hand",
    """
import torch
import torch.nn.functional as F
from torch import nn

class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        c = channels
        self.first = nn.Sequential(nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c))
        self.bend = nn.PReLU()
        self.second = nn.Sequential(nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c))

    def forward(self, x):
        h = self.first(x)
        return x + self.second(h.clamp(min=0) + self.bend.weight * h.clamp(max=0))
""",
)
it.wrong(
    "no way around", {"return x + self.layers(x)": "return self.layers(x)"}, says="way around is missing", point=True
)
it.wrong("relu", {"nn.PReLU()": "nn.ReLU()"}, says="these parameters are asked", point=True)
it.wrong("a slope each", {"nn.PReLU()": "nn.PReLU(channels)"}, says="these parameters are asked", point=True)
it.wrong("relu on the sum", {"return x + self.layers(x)": "return F.relu(x + self.layers(x))"},
         says="There is a ReLU behind the sum", point=True)  # fmt: skip
it.wrong("prelu on the sum", {"return x + self.layers(x)": "return self.layers[2](x + self.layers(x))"},
         says="There is a PReLU behind the sum", point=True)  # fmt: skip
it.wrong("prelu twice", {"return x + self.layers(x)": "return x + self.layers[2](self.layers(x))"},
         says="a second PReLU", point=True)  # fmt: skip
it.wrong("no prelu used", {"return x + self.layers(x)": (
    "h = self.layers[1](self.layers[0](x))\nreturn x + self.layers[4](self.layers[3](h))"
)}, says="between the convolutions is missing", point=True)  # fmt: skip
it.wrong("prelu first", {"return x + self.layers(x)": (
    "h = self.layers[1](self.layers[2](self.layers[0](x)))\nreturn x + self.layers[4](self.layers[3](h))"
)}, says="in front of the first normalization", point=True)  # fmt: skip
it.wrong("biases", {", bias=False": ""}, count=2, says="these parameters are asked", point=True)
it.wrong("no padding", {"padding=1, ": ""}, count=2, says="stopped", point=True)
it.wrong("minus", {"return x + self.layers(x)": "return x - self.layers(x)"}, says="it is the sum", point=True)
it.wrong(
    "halved", {"return x + self.layers(x)": "return (x + self.layers(x)) / 2"}, says="The sum is halved", point=True
)
it.wrong("slope of a leaky relu", {"nn.PReLU()": "nn.PReLU(init=0.2)"}, says="The slope starts as 0.25")
it.wrong("always its own batch", {"nn.BatchNorm2d(channels)": "nn.BatchNorm2d(channels, track_running_stats=False)"}, count=2,
         says="It still normalizes by its own batch")  # fmt: skip
it.wrong("in place", {"return x + self.layers(x)": "return x.data.add_(self.layers(x)) + 0 * self.layers(x)"},
         says="changes its argument")  # fmt: skip
it.wrong("cut off", {"return x + self.layers(x)": "return x.detach() + self.layers(x)"}, says="x's gradient")
it.wrong("instances", {"nn.BatchNorm2d(channels)": "nn.InstanceNorm2d(channels, affine=True)"}, count=2, says="not right",
         point=True)  # fmt: skip

# ---------------------------------------------------------------------------------------------

it = answers.to("content_loss")

it.right("as in the lesson")
it.right(
    "a copy",
    """
    import copy
    part = copy.deepcopy(network[:layer]).eval().requires_grad_(False)
    return (part(made) - part(true.detach())).square().mean()
    """,
)
it.right(
    "functional_call",
    """
    part = network[:layer]
    modes = [m.training for m in network.modules()]
    network.eval()
    held = {name: p.detach() for name, p in part.named_parameters()}
    a = torch.func.functional_call(part, held, (made,))
    b = torch.func.functional_call(part, held, (true.detach(),))
    for m, mode in zip(network.modules(), modes):
        m.training = mode
    return ((a - b) ** 2).mean()
    """,
)
it.right("a loop over the layers", {"with torch.no_grad():\n    there = network[:layer](true)\nloss = F.mse_loss(network[:layer](made), there)": (
    "a, b = made, true.detach()\nfor part in list(network)[:layer]:\n    a, b = part(a), part(b)\n"
    "loss = (a - b).pow(2).mean()"
)})  # fmt: skip
SETS, BACK_TO = "network.eval().requires_grad_(False)", "for part, mode in modes.items():\n    part.training = mode\n"
FREED = "for p, learning in learns.items():\n    p.requires_grad_(learning)\n"
SEEN = "loss = F.mse_loss(network[:layer](made), there)"
it.wrong("one layer more", {"network[:layer](made)": "network[: layer + 1](made)", "network[:layer](true)": (
    "network[: layer + 1](true)"
)}, says="one layer too many", point=True)  # fmt: skip
it.wrong("one layer less", {"network[:layer](made)": "network[: layer - 1](made)", "network[:layer](true)": (
    "network[: layer - 1](true)"
)}, says="one layer too few", point=True)  # fmt: skip
it.wrong("all layers", {"network[:layer](made)": "network(made)", "network[:layer](true)": "network(true)"},
         says="The whole network is used", point=True)  # fmt: skip
it.wrong("training mode", {SETS: "network.train().requires_grad_(False)"}, says="in training mode", point=True)
it.wrong("the mode it is in", {SETS: "network.requires_grad_(False)"}, says="in training mode", point=True)
it.wrong("pixels", {SEEN: "loss = F.mse_loss(made, true.detach())"}, says="Pixels are compared", point=True)
it.wrong("sum", {SEEN: "loss = F.mse_loss(network[:layer](made), there, reduction='sum')"},
         says="Squares are added up. Take their mean", point=True)  # fmt: skip
it.wrong("absolute", {"F.mse_loss(": "F.l1_loss("}, says="Absolute values", point=True)
it.wrong("root", {SEEN: f"{SEEN}.sqrt()"}, says="The root is taken", point=True)
it.wrong("no gradient", {SEEN: f"with torch.no_grad():\n    {SEEN}"}, says="cut off from the made picture", point=True)
it.wrong("made is cut off", {"network[:layer](made)": "network[:layer](made.detach())"},
         says="cut off from the made picture", point=True)  # fmt: skip
it.wrong("the network learns", {SETS: "network.eval()"}, says="a ruler must not learn")
it.wrong("true learns", {"with torch.no_grad():\n    there = ": "there = "}, says="reached the true picture")
it.wrong("stays in evaluation mode", {BACK_TO: ""}, says="in another mode than before")
it.wrong("all in training mode", {BACK_TO: "network.train()\n"}, says="in another mode than before")
it.wrong("one mode for all", {BACK_TO: "network.train(modes[network])\n"}, says="in another mode than before")
it.wrong("stays frozen", {FREED: ""}, says="A parameter takes gradients that took none, or")
it.wrong(
    "all can learn", {FREED: "network.requires_grad_(True)\n"}, says="A parameter takes gradients that took none, or"
)
it.excused = {
    "`F.mse_loss(network[:layer](made), there)` → `F.mse_loss(there, network[:layer](made))`": "the same both ways",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("generator_loss")

it.right("as in the lesson")
OUT = "return content + weight * F.softplus(-logits).mean()"
it.right("logsigmoid", {OUT: "return content - weight * F.logsigmoid(logits).mean()"})
it.right("cross-entropy", {OUT: (
    "return content + weight * F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))"
)})  # fmt: skip
it.right("logaddexp", {OUT: "return content + weight * torch.logaddexp(torch.zeros_like(logits), -logits).mean()"})
it.right("softplus by hand, with the larger part taken out", {OUT: (
    "each = (-logits).clamp(min=0) + torch.log1p(torch.exp(-logits.abs()))\nreturn content + weight * each.mean()"
)})  # fmt: skip
it.right("where, with both branches finite", {OUT: (
    "near = torch.log1p(torch.exp((-logits).clamp(max=20)))\n"
    "return content + weight * torch.where(logits < -20, -logits, near).mean()"
)})  # fmt: skip
it.wrong("to be caught", {"(-logits)": "(logits)"}, says="teaches G to be caught", point=True)
it.wrong("minimax", {"+ weight * F.softplus(-logits)": "- weight * F.softplus(logits)"}, says="minimax", point=True)
it.wrong("sign", {"content + weight": "content - weight"}, says="sign of the judgment", point=True)
it.wrong("weight on the content", {OUT: "return weight * content + F.softplus(-logits).mean()"},
         says="not to the content", point=True)  # fmt: skip
it.wrong("weight on both", {OUT: "return weight * (content + F.softplus(-logits).mean())"}, says="counts for both",
         point=True)  # fmt: skip
it.wrong("no weight", {"weight * ": ""}, says="The weight is not used", point=True)
it.wrong("no content", {"content + ": ""}, says="The content is missing", point=True)
it.wrong("no judgment", {" + weight * F.softplus(-logits).mean()": ""}, says="The judgment is missing", point=True)
it.wrong("sum", {".mean()": ".sum()"}, says="added up over the batch", point=True)
it.wrong("logarithm of the mean", {OUT: "return content - weight * torch.sigmoid(logits).mean().log()"},
         says="logarithm of the mean", point=True)  # fmt: skip
it.wrong("logits as they are", {OUT: "return content - weight * logits.mean()"}, says="as they are", point=True)
it.wrong("breaks", {OUT: "return content - weight * torch.sigmoid(logits).log().mean()"}, says="infinite")
it.wrong("clamped", {OUT: "return content - weight * torch.sigmoid(logits).clamp(min=1e-12).log().mean()"},
         says="content 0.25")  # fmt: skip
it.wrong("where, the gradient of whose other branch is NaN", {OUT: (
    "each = torch.where(logits < -20, -logits, torch.log1p(torch.exp(-logits)))\nreturn content + weight * each.mean()"
)}, says="torch.where computes both branches")  # fmt: skip
it.wrong("right values, and no gradient where D is sure", {OUT: (
    "far = (-100 - logits).clamp(min=0).detach()\n"
    "return content + weight * (F.softplus(-logits.clamp(min=-100)) + far).mean()"
)}, says="the gradient for the logits is")  # fmt: skip
it.wrong("another default", {"weight=1e-3": "weight=1.0"}, says="Without a weight said")
it.wrong("cut off from the judge", {"(-logits)": "(-logits.detach())"}, says="No gradient reaches the logits")
it.wrong("cut off from the content", {"content + ": "content.detach() + "}, says="No gradient reaches the content")

# ---------------------------------------------------------------------------------------------

it = answers.to("srgan_step")

it.right("as in the lesson")
it.right(
    "G called twice, cross-entropy",
    """
    bce = nn.BCEWithLogitsLoss()
    with torch.no_grad():
        fake = G(x)
    real_logits, fake_logits = D(y), D(fake)
    opt_D.zero_grad()
    loss_d = bce(real_logits, torch.ones_like(real_logits)) + bce(fake_logits, torch.zeros_like(fake_logits))
    loss_d.backward()
    opt_D.step()
    opt_G.zero_grad()
    made = G(x)
    judged = D(made)
    near = content(made, y)
    adv = bce(judged, torch.ones_like(judged))
    loss = near + adv * weight
    loss.backward()
    opt_G.step()
    return float(loss_d), float(near), float(adv)
    """,
)
it.right("cleared at the end", {"opt_D.zero_grad()\nd_loss.backward()\nopt_D.step()\n": (
    "G.zero_grad()\nD.zero_grad()\nd_loss.backward()\nopt_D.step()\nD.zero_grad()\n"
), "opt_G.zero_grad()\n": ""})  # fmt: skip
it.right("gradients by name", {"opt_G.zero_grad()\n(near + weight * fools).backward()": (
    "slopes = torch.autograd.grad(near + weight * fools, list(G.parameters()))\n"
    "for p, slope in zip(G.parameters(), slopes):\n    p.grad = slope"
)})  # fmt: skip
D_LOSS = "F.softplus(-D(y)).mean() + F.softplus(D(made.detach())).mean()"
FOOLS = "fools = F.softplus(-D(made)).mean()"
TOTAL = "(near + weight * fools).backward()"
it.wrong("swapped", {D_LOSS: "F.softplus(D(y)).mean() + F.softplus(-D(made.detach())).mean()"},
         says="True and made pictures are swapped", point=True)  # fmt: skip
it.wrong("halved", {D_LOSS: f"({D_LOSS}) / 2"}, says="D's loss is halved", point=True)
it.wrong("true alone", {" + F.softplus(D(made.detach())).mean()": ""}, says="D sees true pictures alone", point=True)
it.wrong("D keeps gradients", {"opt_D.zero_grad()\n": ""}, says="still in D", point=True)
it.wrong("G keeps gradients", {"opt_G.zero_grad()\n": ""}, says="still in G", point=True)
it.wrong("D does not move", {"opt_D.step()\n": ""}, says="D has not moved", point=True)
it.wrong("G does not move", {"opt_G.step()\n": ""}, says="G has not moved", point=True)
it.wrong("to be caught", {FOOLS: "fools = F.softplus(D(made)).mean()"}, says="teaches G to be caught", point=True)
it.wrong("minimax", {FOOLS: "fools = -F.softplus(D(made)).mean()"}, says="minimax", point=True)
it.wrong("detached in G's turn", {FOOLS: "fools = F.softplus(-D(made.detach())).mean()"},
         says="content alone", point=True)  # fmt: skip
it.wrong("no weight", {TOTAL: "(near + fools).backward()"}, says="counts once", point=True)
it.wrong("weight on the content", {TOTAL: "(weight * near + fools).backward()"}, says="not to the content", point=True)
it.wrong("the paper's weight", {TOTAL: "(near + 1e-3 * fools).backward()"}, says="passed in, not 0.001", point=True)
it.wrong("no content", {TOTAL: "(weight * fools).backward()"}, says="does not learn from the content", point=True)
it.wrong("squared pixels", {"near = content(made, y)": "near = F.mse_loss(made, y)"}, says="mean squared error",
         point=True)  # fmt: skip
it.wrong("arguments swapped", {"content(made, y)": "content(y, made)"}, says="the made picture first", point=True)
it.wrong("G first", {f"opt_D.zero_grad()\nd_loss.backward()\nopt_D.step()\nnear = content(made, y)\n{FOOLS}\nopt_G.zero_grad()\n{TOTAL}\nopt_G.step()": (
    f"near = content(made, y)\n{FOOLS}\nopt_G.zero_grad()\n{TOTAL}\nopt_G.step()\nopt_D.zero_grad()\nd_loss.backward()\n"
    "opt_D.step()"
)}, says="judged by the D from before its step", point=True)  # fmt: skip
it.wrong("weighted", {"near.item(), fools.item()": "near.item(), weight * fools.item()"}, says="asked without")
it.wrong("all of it", {"near.item(), fools.item()": "near.item(), (near + weight * fools).item()"},
         says="The third number is all of G's loss")  # fmt: skip
it.wrong("two numbers", {"near.item(), fools.item()": "fools.item()"}, says="Return three numbers", point=True)
it.wrong("attached", {"d_loss.item(), near.item(), fools.item()": "d_loss, near, fools"}, says="Return plain numbers",
         point=True)  # fmt: skip
it.wrong("breaks", {FOOLS: "fools = -torch.sigmoid(D(made)).log().mean()"}, says="infinite")
it.wrong("D in evaluation mode", {FOOLS: f"D.eval()\n{FOOLS}"}, says="in another mode than before")
it.wrong("D frozen", {FOOLS: f"D.requires_grad_(False)\n{FOOLS}"}, says="cannot learn any more")
it.wrong(
    "where, in G's loss, the gradient of whose other branch is NaN",
    {"fools = F.softplus": "def softplus(l):\n    return torch.where(l > 20, l, torch.log1p(torch.exp(l)))\nfools = softplus"},
    says="a weight of G contains NaN",
)  # fmt: skip
it.wrong("its own optimizer", {"opt_D.zero_grad()\n": "opt_D = torch.optim.SGD(D.parameters(), 0.1)\nopt_D.zero_grad()\n"},
         says="opt_D.step() is not called", point=True)  # fmt: skip

# ---------------------------------------------------------------------------------------------

it = answers.to("look_again")

OPERATOR = """
    def matrix(down, right):
        moved = torch.arange(1024).reshape(32, 32).roll((-down, -right), (0, 1))
        pixels = moved.reshape(8, 4, 8, 4).transpose(1, 2).reshape(64, 16)
        return torch.zeros(64, 1024, dtype=torch.float64).scatter_(1, pixels, 1 / 16)
    order = [(0, 0), (2, 2), (2, 0), (0, 2), (1, 1), (3, 3), (3, 1), (1, 3)]
    order += [(0, 1), (2, 3), (1, 0), (3, 2), (0, 3), (2, 1), (3, 0), (1, 2)]
"""
SMOOTH = (
    OPERATOR
    + """
    sums, counts = {{}}, {{}}
    for k in range({looks}):
        s = order[k % 16]
        sums[s] = sums.get(s, 0) + torch.as_tensor(look(*s)).flatten()
        counts[s] = counts.get(s, 0) + 1
    rows = torch.eye(1024, dtype=torch.float64).reshape(-1, 32, 32)
    H = sum(0.1 * (2 * rows - rows.roll(1, dim) - rows.roll(-1, dim)) for dim in (1, 2)).reshape(1024, -1)
    A = torch.cat([matrix(*s) * counts[s] ** 0.5 for s in sums])
    H = torch.addmm(H, A.T, A)
    b = sum(matrix(*s).T @ sums[s] for s in sums)
    return torch.linalg.solve(H, b).reshape(32, 32)
"""
)
DOWNHILL = (
    OPERATOR
    + """
    sums, counts = {{}}, {{}}
    for k in range({looks}):
        s = order[k % 16]
        sums[s] = sums.get(s, 0) + torch.as_tensor(look(*s)).flatten()
        counts[s] = counts.get(s, 0) + 1
    face = sums[0, 0].reshape(8, 8).div(counts[0, 0]).repeat_interleave(4, 0).repeat_interleave(4, 1).flatten()
    A = torch.cat([matrix(*s) for s in sums])
    seen = torch.cat([sums[s] / counts[s] for s in sums])
    H, b = A.T @ A, A.T @ seen
    rate = 1 / torch.linalg.eigvalsh(H)[-1]
    for _ in range({steps}):
        face = face - rate * (H @ face - b)
    return face.reshape(32, 32)
"""
)
it.earns("gold", "as in the lesson")
it.earns("gold", "in the space of the known faces", OPERATOR + """
    shifts = order[:9]
    seen = torch.cat([torch.as_tensor(look(*s)).flatten() for s in shifts])
    rows = known.reshape(len(known), -1)
    mean = rows.mean(0)
    U, S, V = torch.linalg.svd(rows - mean, full_matrices=False)
    spread = torch.cat([S**2 / len(rows), torch.zeros(0, dtype=rows.dtype)])
    A = torch.cat([matrix(*s) for s in shifts])
    C = V.T * spread @ V + 3e-4 * torch.eye(1024, dtype=rows.dtype)
    gain = C @ A.T @ torch.linalg.inv(A @ C @ A.T + 9e-4 * torch.eye(len(A), dtype=rows.dtype))
    return (mean + gain @ (seen - A @ mean)).reshape(32, 32)
""")  # fmt: skip
it.earns("gold", "one look after the other, as Kalman has it", OPERATOR + """
    rows = known.reshape(len(known), -1)
    face = rows.mean(0)
    C = (rows - face).T @ (rows - face) / len(rows) + 3e-4 * torch.eye(1024, dtype=rows.dtype)
    for s in order[:9]:
        A = matrix(*s)
        gain = torch.linalg.solve(A @ C @ A.T + 9e-4 * torch.eye(64, dtype=rows.dtype), A @ C).T
        face = face + gain @ (torch.as_tensor(look(*s)).flatten() - A @ face)
        C = C - gain @ (A @ C)
    return face.reshape(32, 32)
""")  # fmt: skip
it.earns("silver", "smooth", SMOOTH.format(looks=34))
it.earns("silver", "known faces, too many looks", {"(3, 1), (1, 3), (0, 1)]": "(3, 1), (1, 3), (0, 1)] * 3"})
it.earns("bronze", "downhill", DOWNHILL.format(looks=150, steps=25))
it.earns("bronze", "smooth, and many looks", SMOOTH.format(looks=64))
it.wrong("nothing", "return torch.zeros(32, 32)", says="dB better")
it.wrong("the mean face", "return known.mean(0)", says="dB better")
it.wrong("a known face", "return known[0]", says="dB better")
it.wrong("one look", "return torch.as_tensor(look(0, 0)).repeat_interleave(4, 0).repeat_interleave(4, 1)",
         says="dB better")  # fmt: skip
it.wrong("one shift, many times", """
    seen = sum(torch.as_tensor(look(0, 0)) for _ in range(100)) / 100
    return F.interpolate(seen[None, None], scale_factor=4, mode="bicubic")[0, 0]
""", says="dB better")  # fmt: skip
it.wrong("side by side", """
    face = torch.zeros(32, 32, dtype=torch.float64)
    for down in range(4):
        for right in range(4):
            face[down::4, right::4] = torch.as_tensor(look(down, right))
    return face
""", says="dB better")  # fmt: skip
it.wrong("too many looks", SMOOTH.format(looks=200), says="You look more than")
it.wrong("downhill, few looks", DOWNHILL.format(looks=20, steps=25), says="dB better")
it.wrong("parts of a pixel", "return torch.as_tensor(look(0.5, 0))", says="whole numbers from 0 to 3")
it.wrong("far away", "return torch.as_tensor(look(4, 0))", says="whole numbers from 0 to 3")
it.wrong("a small face", "return look(0, 0)", says="should have shape (32, 32)")
it.wrong("the other way", {"faces.roll((-d, -r), (1, 2))": "faces.roll((d, r), (1, 2))"}, says="dB better")
it.wrong("the look outlives it", """
    import atexit
    global kept
    kept = look
    return known.mean(0)
""", says="dB better")  # fmt: skip
