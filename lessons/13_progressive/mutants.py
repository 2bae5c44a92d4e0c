"""Right and wrong answers to the exercises of lesson 13, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)
SMOOTH = 'mode="bilinear", align_corners=False'

# ---------------------------------------------------------------------------------------------

it = answers.to("pyramid")

it.right("as in the lesson")
it.right("repeats pixels", {"x = F.interpolate(x, scale_factor=2) + band": (
    "x = x.repeat_interleave(2, 2).repeat_interleave(2, 3) + band"
)})  # fmt: skip
it.right("means of a reshape", {"small = F.avg_pool2d(x, 2)": (
    "n, c, h, w = x.shape\nsmall = x.reshape(n, c, h // 2, 2, w // 2, 2).mean((3, 5))"
)})  # fmt: skip
it.right("recursion", {"x = bands[0]\nfor band in bands[1:]:\n    x = F.interpolate(x, scale_factor=2) + band\nreturn x": (
    "*others, band = bands\nreturn F.interpolate(from_pyramid(others), scale_factor=2) + band if others else band"
)})  # fmt: skip
BAND = "bands.insert(0, x - F.interpolate(small, scale_factor=2))"
it.wrong("fine first", {"bands.insert(0, x - F.interpolate(small, scale_factor=2))": (
    "bands.append(x - F.interpolate(small, scale_factor=2))"
), "return [x, *bands]": "return [*bands, x]"}, says="begins with the largest", point=True)  # fmt: skip
it.wrong("pictures for bands", {BAND: "bands.insert(0, x)"}, says="The band is the picture itself", point=True)
it.wrong("sign", {BAND: "bands.insert(0, F.interpolate(small, scale_factor=2) - x)"}, says="The sign of the band is wrong",
         never="is the picture itself", point=True)  # fmt: skip
it.wrong("every second pixel", {"small = F.avg_pool2d(x, 2)": "small = x[..., ::2, ::2]"}, says="Every second pixel",
         point=True)  # fmt: skip
it.wrong("smooth down", {"x - F.interpolate(small, scale_factor=2)": f"x - F.interpolate(small, scale_factor=2, {SMOOTH})"},
         says="enlarged smoothly", never="Every second pixel", point=True)  # fmt: skip
it.wrong("smooth up", {"x = F.interpolate(x, scale_factor=2) + band": f"x = F.interpolate(x, scale_factor=2, {SMOOTH}) + band"},
         says="The pictures are enlarged smoothly", point=True)  # fmt: skip
it.wrong("max", {"F.avg_pool2d(x, 2)": "F.max_pool2d(x, 2)"}, says="The largest of 2 × 2", point=True)
it.wrong("sums", {"F.avg_pool2d(x, 2)": "4 * F.avg_pool2d(x, 2)"}, says="The four pixels are added", point=True)
it.wrong("one level", {"for _ in range(levels):": "for _ in range(min(levels, 1)):"}, says="should hold", point=True)
it.wrong(
    "finest alone", "def pyramid(which, *given):\n    return given[0][-1]", says="The finest band alone", point=True
)
it.wrong("coarsest left out", {"x = bands[0]": "x = 0 * bands[0]"}, says="The coarsest picture is left out", point=True)
it.wrong(
    "taken away", {"scale_factor=2) + band": "scale_factor=2) - band"}, says="The bands are taken away", point=True
)
it.wrong("divided", {"x = F.interpolate(x, scale_factor=2) + band": "x = F.interpolate(x, scale_factor=2) / 4 + band"},
         says="is divided by four", point=True)  # fmt: skip
it.wrong("any size is taken", {"if side % 2**levels:": "if False:"}, says="and 2 levels", never="enlarged smoothly")
it.wrong(
    "only the height",
    {"for side in pictures.shape[2:]:": "for side in pictures.shape[2:3]:"},
    says="pixels and 2 levels",
)
it.wrong("says nothing of what came", {'f"{side} pixels cannot be halved {levels} times"': '"it cannot be halved"'},
         says="should say what came")  # fmt: skip
it.wrong("cut off", {"x = bands[0]": "x = bands[0].detach()"}, says="No gradient reaches one of the bands")
it.wrong("copies cut off", {"x - F.interpolate(small, scale_factor=2)": "x - F.interpolate(small, scale_factor=2).detach()"},
         says="gradients pass through it, too")  # fmt: skip
it.wrong(
    "bands cut off", {"bands, x = [], pictures": "bands, x = [], pictures.detach()"}, says="cut off from the picture"
)

it.excused = {
    "`pictures.shape[2:]` → `pictures.shape[-2:]`": "pictures have four dimensions",
    "`2 ** levels` → `-2 ** levels`": "what is left of a division is 0 for both or for neither",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("one_band")

it.right("as in the lesson")
it.right("repeats pixels", {"large = F.interpolate(coarse, scale_factor=2)\nband = net": (
    "large = coarse.repeat_interleave(2, 2).repeat_interleave(2, 3)\nband = net"
)})  # fmt: skip
it.right("by numbers", {"pictures = [coarse]\nfor net, z in zip(nets, noises, strict=True):\n    pictures.append(paint_band(net, pictures[-1], z)[1])\nreturn pictures": (
    "pictures = [coarse]\nfor k in range(len(nets)):\n    band, picture = paint_band(nets[k], pictures[k], noises[k])\n    pictures.append(picture)\nreturn pictures"
)})  # fmt: skip
it.wrong(
    "noise first", {"torch.cat([large, z], dim=1)": "torch.cat([z, large], dim=1)"}, says="z stands before", point=True
)
it.wrong("told nothing", {"torch.cat([large, z], dim=1)": "torch.cat([0 * large, z], dim=1)"},
         says="told nothing of the smaller picture", point=True)  # fmt: skip
it.wrong("no noise", {"torch.cat([large, z], dim=1)": "torch.cat([large, 0 * z], dim=1)"}, says="The net gets no noise",
         point=True)  # fmt: skip
it.wrong("smooth", {"large = F.interpolate(coarse, scale_factor=2)\nband": f"large = F.interpolate(coarse, scale_factor=2, {SMOOTH})\nband"},
         says="enlarged smoothly", point=True)  # fmt: skip
it.wrong("others' noise", {"[large, z]": "[large, z.flip(0)]"}, says="another one's noise", point=True)
it.wrong(
    "swapped", {"return band, large + band": "return large + band, band"}, says="The picture comes first", point=True
)
it.wrong(
    "band alone", {"return band, large + band": "return band, band"}, says="The picture is the band alone", point=True
)
it.wrong("taken away", {"return band, large + band": "return band, large - band"}, says="The band is taken away",
         never="the band alone", point=True)  # fmt: skip
it.wrong("net draws pictures", {"return band, large + band": "return band - large, band"},
         says="The net is taken to draw the picture", point=True)  # fmt: skip
it.wrong("picture alone", {"return band, large + band": "return large + band"}, says="returns two tensors", point=True)
it.wrong("judges the band", {"torch.cat([large + band, large], dim=1)": "torch.cat([band, large], dim=1)"},
         says="D sees the band instead of the picture", point=True)  # fmt: skip
it.wrong("condition first", {"torch.cat([large + band, large], dim=1)": "torch.cat([large, large + band], dim=1)"},
         says="the other way round", point=True)  # fmt: skip
it.wrong("no condition", {"torch.cat([large + band, large], dim=1)": "torch.cat([large + band, 0 * large], dim=1)"},
         says="not told what was known", point=True)  # fmt: skip
it.wrong("condition is the band", {"torch.cat([large + band, large], dim=1)": "torch.cat([large + band, band], dim=1)"},
         says="Behind the picture stands its band", point=True)  # fmt: skip
it.wrong("twice", {"torch.cat([large + band, large], dim=1)": "torch.cat([large + band, large + band], dim=1)"},
         says="D sees the picture twice", point=True)  # fmt: skip
it.wrong("last picture alone", {"return pictures": "return pictures[-1]"}, says="should be a list", point=True)
it.wrong("without the first", {"return pictures": "return pictures[1:]"}, says="should hold 4 tensors", point=True)
it.wrong("bands instead", {"paint_band(net, pictures[-1], z)[1]": "paint_band(net, pictures[-1], z)[0]"},
         says="three nets", point=True)  # fmt: skip
it.wrong("only enlarged", {"paint_band(net, pictures[-1], z)[1]": "F.interpolate(pictures[-1], scale_factor=2)"},
         says="The bands are missing", point=True)  # fmt: skip
it.wrong(
    "cut off", {"return band, large + band": "return band, (large + band).detach()"}, says="The picture is cut off"
)
it.wrong("cut off between bands", {"paint_band(net, pictures[-1], z)[1]": "paint_band(net, pictures[-1].detach(), z)[1]"},
         says="no gradient reaches the first net")  # fmt: skip
it.wrong("D's condition and band cut off", {"torch.cat([large + band, large], dim=1)": "torch.cat([large + band.detach(), large], dim=1)"},
         says="its painter could not learn")  # fmt: skip

# ---------------------------------------------------------------------------------------------

it = answers.to("fading")

it.right("as in the lesson")
it.right("lerp", {"return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new": (
    "return torch.lerp(F.interpolate(old, scale_factor=2), new, alpha)"
)})  # fmt: skip
it.right("ends apart", {"return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new": (
    "large = F.interpolate(old, scale_factor=2)\nif alpha in (0, 1):\n    return new if alpha else large\nreturn large + alpha * (new - large)"
)})  # fmt: skip
it.right("written out", {"return fade_picture(F.avg_pool2d(picture, 2), picture, alpha)": (
    "coarse = F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2)\nreturn (1 - alpha) * coarse + alpha * picture"
)})  # fmt: skip
SUM = "return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new"
it.wrong("ends not exact", {SUM: "large = F.interpolate(old, scale_factor=2)\nreturn large + alpha * (new - large)"},
         says="is not exact in floating-point", point=True)  # fmt: skip
it.wrong("reversed", {SUM: "return alpha * F.interpolate(old, scale_factor=2) + (1 - alpha) * new"},
         says="α belongs to the new picture", point=True)  # fmt: skip
it.wrong("new in full", {"+ alpha * new": "+ new"}, says="The new picture is added in full", point=True)
it.wrong(
    "old in full",
    {"(1 - alpha) * F.interpolate(old": "F.interpolate(old"},
    says="The old picture stays in full",
    point=True,
)
it.wrong("half", {SUM: "return (F.interpolate(old, scale_factor=2) + new) / 2"}, says="The two are averaged",
         never="in full", point=True)  # fmt: skip
it.wrong("smooth", {"F.interpolate(old, scale_factor=2)": f"F.interpolate(old, scale_factor=2, {SMOOTH})"},
         says="enlarged smoothly", point=True)  # fmt: skip
it.wrong("new alone", {SUM: "return new"}, says="That is the new picture alone", point=True)
it.wrong("squared", {SUM: "return (1 - alpha**2) * F.interpolate(old, scale_factor=2) + alpha**2 * new"}, says="α is squared",
         point=True)  # fmt: skip
it.wrong("any α", {"if not 0 <= alpha <= 1:": "if False:"}, says="nothing is said")
it.wrong("only above", {"if not 0 <= alpha <= 1:": "if alpha > 1:"}, says="α = -")
it.wrong("clamped", {'raise ValueError(f"alpha should be from 0 to 1, and is {alpha}")': "alpha = min(max(alpha, 0), 1)"},
         says="nothing is said")  # fmt: skip
FEATURES = "return (1 - alpha) * from_rgb(F.avg_pool2d(picture, 2)) + alpha * block(picture)"
it.wrong("features reversed", {FEATURES: "return alpha * from_rgb(F.avg_pool2d(picture, 2)) + (1 - alpha) * block(picture)"},
         says="α belongs to the new block", point=True)  # fmt: skip
it.wrong("old layer in full", {"(1 - alpha) * from_rgb": "from_rgb"}, says="The old layer stays in full", point=True)
it.wrong("every second", {"from_rgb(F.avg_pool2d(picture, 2))": "from_rgb(picture[..., ::2, ::2])"},
         says="sees every second pixel", point=True)  # fmt: skip
it.wrong("halved behind", {"from_rgb(F.avg_pool2d(picture, 2))": "F.avg_pool2d(from_rgb(picture), 2)"},
         says="The old layer's maps are halved", point=True)  # fmt: skip
it.wrong("largest", {"from_rgb(F.avg_pool2d(picture, 2))": "from_rgb(F.max_pool2d(picture, 2))"},
         says="sees the largest of 2 × 2", point=True)  # fmt: skip
it.wrong("block alone", {FEATURES: "return block(picture)"}, says="That is the new block's alone", point=True)
it.wrong("features' ends", {FEATURES: "old = from_rgb(F.avg_pool2d(picture, 2))\nreturn old + alpha * (block(picture) - old)"},
         says="only the new block's should be left", point=True)  # fmt: skip
REAL = "return fade_picture(F.avg_pool2d(picture, 2), picture, alpha)"
it.wrong("copy and difference", {REAL: (
    "coarse = F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2)\nreturn coarse + alpha * (picture - coarse)"
)}, says="to the last bit, and a pixel is off", point=True)  # fmt: skip
it.wrong("real as it is", {REAL: "return picture"}, says="as it was, whatever α is", point=True)
it.wrong("real coarse", {REAL: "return F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2)"}, says="The details are gone",
         point=True)  # fmt: skip
it.wrong("real scaled", {REAL: "return alpha * picture"}, says="The whole picture is scaled", point=True)
it.wrong("real reversed", {REAL: "return fade_picture(F.avg_pool2d(picture, 2), picture, 1 - alpha)"},
         says="α belongs to the details", point=True)  # fmt: skip
it.wrong("cut off", {"+ alpha * new": "+ alpha * new.detach()"}, says="No gradient reaches the new picture")

# ---------------------------------------------------------------------------------------------

it = answers.to("equalized_steps")

it.right("as in the lesson")
it.right("Adam by hand", {"return -lr * g.sign()": "return -lr * g / g.square().sqrt()"})
it.right("a tensor for a number", {"return math.sqrt(2 / math.prod(shape[1:]))": (
    "return (2 / torch.tensor(shape[1:]).prod()).sqrt().item()"
)})  # fmt: skip
it.right("written out", {"return equalized_steps(1, shape) * equalized_steps(3, g=g, lr=lr)": (
    "c = (2 / (shape[1] * shape[2] * shape[3])) ** 0.5\nreturn -lr * c * torch.sign(c * g)"
)})  # fmt: skip
HE = "return math.sqrt(2 / math.prod(shape[1:]))"
it.wrong("1: outputs", {HE: "return math.sqrt(2 / (shape[0] * shape[2] * shape[3]))"}, says="That is fan_out")
it.wrong("1: no places", {HE: "return math.sqrt(2 / shape[1])"}, says="places are left out", never="fan_out")
it.wrong("1: no root", {HE: "return 2 / math.prod(shape[1:])"}, says="The root is missing")
it.wrong("1: no 2", {HE: "return math.sqrt(1 / math.prod(shape[1:]))"}, says="The 2 is missing")
it.wrong("1: all numbers", {HE: "return math.sqrt(2 / math.prod(shape))"}, says="All numbers of the kernel")
it.wrong("1: inverse", {HE: "return math.sqrt(math.prod(shape[1:]) / 2)"}, says="That is its inverse")
it.wrong("1: one side", {HE: "return math.sqrt(2 / (shape[1] * shape[2]))"}, says="Only one side")
SQUARE = "return math.prod(shape[1:]) * m2"
it.wrong("2: with c", {SQUARE: "return 2 * m2"}, says="He's constant is in it already")
it.wrong("2: root", {SQUARE: "return (math.prod(shape[1:]) * m2) ** 0.5"}, says="That is its root")
it.wrong("2: all", {SQUARE: "return math.prod(shape) * m2"}, says="Outputs do not add up")
it.wrong("2: no inputs", {SQUARE: "return float(math.prod(shape[1:]))"}, says="mean square is not used")
ADAM = "return -lr * g.sign()"
it.wrong("3: plain descent", {ADAM: "return -lr * g"}, says="That is plain gradient descent")
it.wrong("3: sign", {ADAM: "return lr * g.sign()"}, says="The sign is wrong")
it.wrong("3: no rate", {ADAM: "return -g.sign()"}, says="The learning rate is missing")
it.wrong("3: square", {ADAM: "return -lr * g / g.square()"}, says="Divided by the square")
it.wrong("3: length", {ADAM: "return -lr * g / g.norm()"}, says="the whole gradient's length")
it.wrong(
    "3: no corrections", {ADAM: "return -lr * 0.1 / 0.001**0.5 * g.sign()"}, says="The bias corrections are missing"
)
BESIDE = "return lr / equalized_steps(1, shape)"
it.wrong("4: inverse", {BESIDE: "return equalized_steps(1, shape) / lr"}, says="That is its inverse")
it.wrong("4: the step", {BESIDE: "return lr"}, says="That is the step itself")
it.wrong("4: multiplied", {BESIDE: "return lr * equalized_steps(1, shape)"}, says="They are multiplied")
it.wrong("4: variance", {BESIDE: "return lr / equalized_steps(1, shape) ** 2"}, says="Divided by the variance")
CHAIN = "return equalized_steps(1, shape) * g"
it.wrong("5: g", {CHAIN: "return g"}, says="on the weights as they are used", point=True)
it.wrong("5: divided", {CHAIN: "return g / equalized_steps(1, shape)"}, says="Divided by c", point=True)
it.wrong("5: squared", {CHAIN: "return g * equalized_steps(1, shape) ** 2"}, says="c is squared", point=True)
it.wrong("5: minus", {CHAIN: "return -g * equalized_steps(1, shape)"}, says="A gradient has no minus", point=True)
LAST = "return equalized_steps(1, shape) * equalized_steps(3, g=g, lr=lr)"
it.wrong("6: stored", {LAST: "return equalized_steps(3, g=g, lr=lr)"}, says="That is how far ŵ moves", point=True)
it.wrong(
    "6: up",
    {LAST: "return -equalized_steps(1, shape) * equalized_steps(3, g=g, lr=lr)"},
    says="The sign is wrong",
    point=True,
)
it.wrong("6: c twice", {LAST: "return equalized_steps(1, shape) ** 2 * equalized_steps(3, g=g, lr=lr)"},
         says="c is in it twice", point=True)  # fmt: skip
it.wrong("6: by size", {LAST: "return -lr * equalized_steps(1, shape) * g"}, says="That is c · lr · g", point=True)
it.wrong("6: divided", {LAST: "return equalized_steps(3, g=g, lr=lr) / equalized_steps(1, shape)"}, says="Divided by c",
         point=True)  # fmt: skip

DEFAULT = "a default that no step uses: whatever a step needs is passed in"
NO_STEP = "the given end of the function; there are six steps"
it.excused = {
    "`torch.empty(0)` → `0`": DEFAULT,
    "`torch.empty(0)` → `torch.empty(1)`": DEFAULT,
    "`if step == 6: …` → `return equalized_steps(1, shape) * equalized_steps(3, g=g, lr=lr)`": NO_STEP,
    "`raise ValueError(f'Steps are 1 to 6, not {step}.')` → nothing": NO_STEP,
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `f'Steps are 1 to 6, not {step}.'`": NO_STEP,
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `ValueError()`": NO_STEP,
    "`-lr * g.sign()` → `-lr / g.sign()`": "a sign is its own inverse, and no gradient is 0",
    "`(1, 1, 1, 1)` → `(1, 1, 1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(-1, 1, 1, 1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(0, 1, 1, 1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(2, 1, 1, 1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(1, -1, 1, 1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(1, 0, 1, 1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(1, 2, 1, 1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(1, 1, -1, 1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(1, 1, 0, 1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(1, 1, 2, 1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(1, 1, 1, -1)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(1, 1, 1, 0)`": DEFAULT,
    "`(1, 1, 1, 1)` → `(1, 1, 1, 2)`": DEFAULT,
}

# ---------------------------------------------------------------------------------------------

it = answers.to("EqualizedConv")

it.right("as in the lesson")
it.right(
    "scales the picture",
    {"F.conv2d(x, self.c * self.weight, self.bias,": "F.conv2d(self.c * x, self.weight, self.bias,"},
)
it.right("a buffer", {"self.c = math.sqrt(2 / (inputs * kernel_size**2))": (
    'self.register_buffer("c", torch.tensor(math.sqrt(2 / (inputs * kernel_size**2))))'
)})  # fmt: skip
it.right(
    "from the kernel's shape",
    {"F.conv2d(x, self.c * self.weight,": "F.conv2d(x, self.weight * (2 / self.weight[0].numel()) ** 0.5,"},
)
FORWARD = "self.c * self.weight"
CONSTANT = "math.sqrt(2 / (inputs * kernel_size**2))"
it.wrong("at the start", {"torch.randn(outputs, inputs, kernel_size, kernel_size)": (
    "math.sqrt(2 / (inputs * kernel_size**2)) * torch.randn(outputs, inputs, kernel_size, kernel_size)"
), FORWARD: "self.weight"}, says="He's constant is in them", point=True)  # fmt: skip
it.wrong("both", {"torch.randn(outputs, inputs, kernel_size, kernel_size)": (
    "math.sqrt(2 / (inputs * kernel_size**2)) * torch.randn(outputs, inputs, kernel_size, kernel_size)"
)}, says="He's constant is in them")  # fmt: skip
it.wrong("not at all", {FORWARD: "self.weight"}, says="c is missing", point=True)
it.wrong("no places", {CONSTANT: "math.sqrt(2 / inputs)"}, says="places are left out of fan_in", point=True)
it.wrong("outputs", {CONSTANT: "math.sqrt(2 / (outputs * kernel_size**2))"}, says="Outputs were counted", point=True)
it.wrong("no root", {CONSTANT: "2 / (inputs * kernel_size**2)"}, says="The root is missing", point=True)
it.wrong("no 2", {CONSTANT: "math.sqrt(1 / (inputs * kernel_size**2))"}, says="The 2 is missing", point=True)
it.wrong("bias scaled", {"self.bias, padding": "self.c * self.bias, padding"}, says="The bias is scaled", point=True)
it.wrong("no bias", {"self.bias, padding": "None, padding"}, says="The bias is missing", point=True)
it.wrong("divided", {FORWARD: "self.weight / self.c"}, says="The kernel is divided by c", point=True)
it.wrong("bias starts at random", {"torch.zeros(outputs)": "torch.randn(outputs)"}, says="The bias should start at 0")
it.wrong("even", {"torch.randn(outputs, inputs, kernel_size, kernel_size)": (
    "3**0.5 * (2 * torch.rand(outputs, inputs, kernel_size, kernel_size) - 1)"
)}, says="drawn evenly")  # fmt: skip
it.wrong("shrinks", {"padding=self.weight.shape[-1] // 2": "padding=0"}, says="pad by kernel_size // 2", point=True)
it.wrong("padding 1", {"padding=self.weight.shape[-1] // 2": "padding=1"}, says="Pad by kernel_size // 2")
it.wrong("cut off", {FORWARD: "self.c * self.weight.detach()"}, says="No gradient reaches the kernel", point=True)
it.wrong("scaled outside of the graph", {FORWARD: "(self.weight + ((self.c - 1) * self.weight).detach())"},
         says="the gradient on the kernel as it is used", point=True)  # fmt: skip
it.wrong("scaled in place", {"return F.conv2d(x, self.c * self.weight,": (
    "with torch.no_grad():\n    self.weight.mul_(self.c)\nreturn F.conv2d(x, self.weight,"
)}, says="the same picture twice", point=True)  # fmt: skip

it.excused = {"`self.weight.shape[-1]` → `self.weight.shape[-2]`": "kernels are square"}

# ---------------------------------------------------------------------------------------------

it = answers.to("pixel_norm")

it.right("as in the lesson")
it.right("by division", "return x / (x.square().mean(dim=1, keepdim=True) + 1e-8).sqrt()")
it.right("sums", "return x * (x.shape[1] / (x.square().sum(1, keepdim=True) + x.shape[1] * 1e-8)) ** 0.5")
MEAN = "x.square().mean(dim=1, keepdim=True)"
it.wrong("length", {MEAN: "x.square().sum(dim=1, keepdim=True)"}, says="Divided by the vector's length", point=True)
it.wrong("F.normalize", "return F.normalize(x, dim=1)", says="Divided by the vector's length", point=True)
it.wrong("no root", "return x / (x.square().mean(dim=1, keepdim=True) + 1e-8)", says="The root is missing", point=True)
it.wrong(
    "over pixels",
    {"dim=1": "dim=(2, 3)"},
    says="The mean runs over the pixels",
    never="The root is missing",
    point=True,
)
it.wrong("whole picture", {"dim=1": "dim=(1, 2, 3)"}, says="One mean for all of the picture", point=True)
it.wrong("mean off", "y = x - x.mean(1, keepdim=True)\nreturn y * torch.rsqrt(y.square().mean(dim=1, keepdim=True) + 1e-8)",
         says="The mean is taken off first", point=True)  # fmt: skip
it.wrong("std", "return x / (x.var(1, correction=0, keepdim=True) + 1e-8).sqrt()", says="around the mean", point=True)
it.wrong(
    "absolute", "return x / (x.abs().mean(1, keepdim=True) + 1e-8)", says="the mean of the absolute values", point=True
)
it.wrong("multiplied", {"torch.rsqrt": "torch.sqrt"}, says="Multiplied by the root", point=True)
it.wrong("largest", "return x / (x.abs().amax(1, keepdim=True) + 1e-8)", says="Divided by the largest", point=True)
it.wrong("no ε", {" + 1e-8": ""}, says="NaN")
it.wrong("ε of 1e-4", {"1e-8": "1e-4"}, says="With ε = 1e-8 inside the root")
it.wrong(
    "ε outside",
    "return x / (x.square().mean(dim=1, keepdim=True).sqrt() + 1e-8)",
    says="another place for it",
)
it.wrong("maps alone", {"return x": "n, c, h, w = x.shape\nreturn x"}, says="not enough values to unpack")
it.wrong("cut off", "x = x.detach()\nreturn x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)", says="cut off")

# ---------------------------------------------------------------------------------------------

it = answers.to("group_std")

it.right("as in the lesson")
it.right("by moments", {"spread = (grouped.var(1, correction=0) + 1e-8).sqrt().mean(1)": (
    "middle = grouped.mean(1, keepdim=True)\nspread = ((grouped - middle).square().mean(1) + 1e-8).sqrt().mean(1)"
)})  # fmt: skip
it.right("a loop", {"grouped = maps.reshape(n // size, size, -1)\nspread = (grouped.var(1, correction=0) + 1e-8).sqrt().mean(1)": (
    "spread = torch.stack([(some.var(0, correction=0) + 1e-8).sqrt().mean() for some in maps.split(size)])"
)})  # fmt: skip
SPREAD = "spread = (grouped.var(1, correction=0) + 1e-8).sqrt().mean(1)"
it.wrong("whole batch", {"size = min(group, n)": "size = n"}, says="The spread is that of the whole batch", point=True)
it.wrong("far apart", {"grouped = maps.reshape(n // size, size, -1)": "grouped = maps.reshape(size, n // size, -1).transpose(0, 1)",
         "spread.repeat_interleave(size)": "spread.repeat(size)"}, says="Groups are of neighbors", point=True)  # fmt: skip
it.wrong("unbiased", {"correction=0": "correction=1"}, says="one less than there are", never="Groups are", point=True)
it.wrong("root of the mean", {SPREAD: "spread = (grouped.var(1, correction=0).mean(1) + 1e-8).sqrt()"},
         says="Variances are averaged", point=True)  # fmt: skip
it.wrong("variance", {".sqrt()": ""}, says="That is the variance", point=True)
it.wrong("all together", {SPREAD: "spread = (grouped.flatten(1).var(1, correction=0) + 1e-8).sqrt()"},
         says="The features are thrown together", point=True)  # fmt: skip
it.wrong("sum", {".sqrt().mean(1)": ".sqrt().sum(1)"}, says="The deviations are added up", point=True)
it.wrong(
    "in front", {"torch.cat([maps, even], dim=1)": "torch.cat([even, maps], dim=1)"}, says="stands in front", point=True
)
it.wrong(
    "wrong places", {"spread.repeat_interleave(size)": "spread.repeat(size)"}, says="in the wrong places", point=True
)
it.wrong(
    "mean of groups",
    {"spread.repeat_interleave(size)": "spread.mean().expand(n)"},
    says="All pictures get the mean",
    point=True,
)
it.wrong("within a picture", {"grouped = maps.reshape(n // size, size, -1)": "grouped = maps.flatten(2).transpose(1, 2).flatten(1)[:, :, None]",
         "spread.repeat_interleave(size)": "spread"}, says="within each picture", point=True)  # fmt: skip
it.wrong("map alone", {"torch.cat([maps, even], dim=1)": "even"}, says="one map is put behind them", point=True)
it.wrong("a map for each place", {SPREAD: (
    "spread = (maps.reshape(n // size, size, *maps.shape[1:]).var(1, correction=0) + 1e-8).sqrt().mean(1)"
), "even = spread.repeat_interleave(size)[:, None, None, None].expand(n, 1, height, width)": (
    "even = spread.repeat_interleave(size, 0)[:, None]"
)}, says="The new map is not even", point=True)  # fmt: skip
it.wrong("no ε", {" + 1e-8": ""}, says="the gradient is no number")
it.wrong("cut off", {"[maps, even]": "[maps, even.detach()]"}, says="No gradient comes back through the new map")
it.wrong("no small batch", {"size = min(group, n)": "size = group"}, says="cannot be divided into groups")
it.wrong("says nothing of what came", {'f"{n} pictures cannot be divided into groups of {size}"': '"it cannot be divided"'},
         says="should say what came")  # fmt: skip
it.wrong("the rest is one group", {'if n % size:\n    raise ValueError(f"{n} pictures cannot be divided into groups of {size}")': (
    "if n % size:\n    size = n"
)}, says="nothing is said")  # fmt: skip

it.excused = {
    "`min(group, n)` → `min(n, group)`": "the smaller of the two, either way",
    "`(grouped.var(1, correction=0) + 1e-08).sqrt().mean(1)` → "
    "`(grouped.var(1, correction=0) + 1e-08).sqrt().mean(-1)`": "two dimensions: the last one is 1",
    "`spread.repeat_interleave(size)[:, None, None, None].expand(n, 1, height, width)` → "
    "`spread.repeat_interleave(size)[:, None, None, None].expand(n, -1, height, width)`": "−1 keeps the one that is there",
    "`(grouped.var(1, correction=0) + 1e-08).sqrt()` → `(grouped.var(1, correction=0) + 1e-08).sqrt_()`": (
        "in place, on a tensor that nobody else has"
    ),
}

# ---------------------------------------------------------------------------------------------

it = answers.to("growing_step")

it.right("as in the lesson")
it.right("lerp", {"real = (1 - alpha) * coarse + alpha * real": "real = torch.lerp(coarse, real, alpha)"})
it.right("fakes drawn twice", {"made = fake.detach()": "with torch.no_grad():\n    made = G(z, alpha)"})
it.right("backward in two parts", {"d_loss = D(made, alpha).mean() - on_real.mean() + penalty + 1e-3 * on_real.square().mean()": (
    "d_loss = 1e-3 * on_real.square().mean() + penalty - on_real.mean() + D(made, alpha).mean()"
)})  # fmt: skip
FADED = "real = (1 - alpha) * coarse + alpha * real"
it.wrong("real as it is", {FADED: ""}, says="Real pictures are shown as they are", point=True)
it.wrong("real coarse", {FADED: "real = coarse"}, says="without their finest details", point=True)
it.wrong("real reversed", {FADED: "real = alpha * coarse + (1 - alpha) * real"}, says="by 1 − α", point=True)
it.wrong("no α for G", {"G(z, alpha)": "G(z, 1.0)"}, says="G is asked without its α", point=True)
it.wrong("no α for the penalty", {"D(x_hat, alpha)": "D(x_hat, 1.0)"}, says="ask D(x, alpha) there, too", point=True)
it.wrong("no α for G's judge", {"-D(fake, alpha)": "-D(fake, 1.0)"}, says="by a D that is told no α", point=True)
it.wrong("1 − α", {"G(z, alpha)": "G(z, 1 - alpha)", "D(real, alpha)": "D(real, 1 - alpha)", "D(x_hat, alpha)": "D(x_hat, 1 - alpha)",
         "D(made, alpha)": "D(made, 1 - alpha)", "-D(fake, alpha)": "-D(fake, 1 - alpha)"}, says="told 1 − α", point=True)  # fmt: skip
it.wrong("swapped", {"D(made, alpha).mean() - on_real.mean()": "on_real.mean() - D(made, alpha).mean()"},
         says="D's parameters become", point=True)  # fmt: skip
it.wrong("no penalty", {" + penalty": ""}, says="The gradient penalty is missing", point=True)
it.wrong("no graph", {"create_graph=True": "create_graph=False"}, says="it needs create_graph=True", point=True)
it.wrong("weight 1", {"penalty = 10 * ": "penalty = "}, says="The penalty has the weight 1", point=True)
it.wrong(
    "at real",
    {"(real + mix[:, None, None, None] * (made - real))": "real"},
    says="The slope is taken at real pictures",
    point=True,
)
it.wrong(
    "at fakes",
    {"(real + mix[:, None, None, None] * (made - real))": "made"},
    says="The slope is taken at the fakes",
    point=True,
)
it.wrong("mixed the other way", {"(real + mix[:, None, None, None] * (made - real))": "(made + mix[:, None, None, None] * (real - made))"},
         says="mix is the fakes' share", point=True)  # fmt: skip
it.wrong("one-sided", {"(gradient.flatten(1).norm(dim=1) - 1)": "(gradient.flatten(1).norm(dim=1) - 1).clamp(min=0)"},
         says="Both sides are penalized", point=True)  # fmt: skip
it.wrong("to zero", {"norm(dim=1) - 1)": "norm(dim=1))"}, says="The slope is pulled to 0", point=True)
it.wrong(
    "squared norm", {"norm(dim=1) - 1": "norm(dim=1).square() - 1"}, says="The slope's square is pulled", point=True
)
it.wrong("no square", {"- 1).square().mean()": "- 1).abs().mean()"}, says="is not squared", point=True)
it.wrong("no drift", {" + 1e-3 * on_real.square().mean()": ""}, says="The drift term is missing", point=True)
it.wrong(
    "drift of fakes",
    {"1e-3 * on_real.square()": "1e-3 * D(made, alpha).square()"},
    says="The drift term is that of fakes",
    point=True,
)
it.wrong("drift of the mean", {"1e-3 * on_real.square().mean()": "1e-3 * on_real.mean().square()"},
         says="The drift term squares the mean", point=True)  # fmt: skip
it.wrong("drift 1", {"1e-3 * on_real": "on_real"}, says="The drift term has the weight 1", point=True)
it.wrong("stale D", {"opt_D.zero_grad()": ""}, says="Clear them with opt_D.zero_grad()", point=True)
it.wrong("stale G", {"opt_G.zero_grad()": ""}, says="Clear them with opt_G.zero_grad()", point=True)
it.wrong("old D", {"opt_D.step()": "", "g_loss.backward()": "g_loss.backward(inputs=list(G.parameters()))\nopt_D.step()"},
         says="against the D from before", point=True)  # fmt: skip
it.wrong(
    "wrong way",
    {"g_loss = -D(fake, alpha).mean()": "g_loss = D(fake, alpha).mean()"},
    says="G goes the wrong way",
    point=True,
)
it.wrong("non-saturating", {"g_loss = -D(fake, alpha).mean()": "g_loss = F.softplus(-D(fake, alpha)).mean()"},
         says="the non-saturating loss", point=True)  # fmt: skip
it.wrong("no step of D", {"opt_D.step()": ""}, says="D has not moved", point=True)
it.wrong("no step of G", {"opt_G.step()": ""}, says="G has not moved", point=True)
it.wrong(
    "losses swapped", {"d_loss.item(), g_loss.item()": "g_loss.item(), d_loss.item()"}, says="D's loss comes first"
)
it.wrong("losses attached", {"d_loss.item(), g_loss.item()": "d_loss, g_loss"}, says="with its computation attached")
it.wrong("modes changed", {"fake = G(z, alpha)": "G.train()\nfake = G(z, alpha)"}, says="G is in another mode")

OWN = "in place, on a tensor that nobody else needs any more"
it.excused = {
    "`(real + mix[:, None, None, None] * (made - real)).detach()` → `real + mix[:, None, None, None] * (made - real)`": (
        "real and made are detached already"
    ),
    "`(real + mix[:, None, None, None] * (made - real)).detach()` → "
    "`(real + mix[:, None, None, None] * (made - real)).detach_()`": OWN,
    "`(gradient.flatten(1).norm(dim=1) - 1).square()` → `(gradient.flatten(1).norm(dim=1) - 1).square_()`": OWN,
    "`on_real.square()` → `on_real.square_()`": OWN,
    "`gradient.flatten(1).norm(dim=1) - 1` → `1 - gradient.flatten(1).norm(dim=1)`": "it is squared",
    "`gradient.flatten(1).norm(dim=1)` → `gradient.flatten(1).norm(dim=-1)`": "two dimensions: the last one is 1",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("fewest_looks")

it.earns("gold", "as in the lesson")
it.earns("gold", "all four quarters", {"for k in range(3):": "for k in range(4):",
         "squares.append((half, 2 * row + 1, 2 * column + 1, rest, max(power - rest**2, 0) ** 0.5))": ""})  # fmt: skip
it.earns("gold", "a heap", """
    import heapq

    heap, total = [], 0.0

    def add(size, row, column, mean, std):
        nonlocal total
        total += size**2 * std**2
        heapq.heappush(heap, (-(size**2) * std**2, size, row, column, mean, std))

    add(32, 0, 0, *look(32, 0, 0))
    while total > 0.168**2 * 1024:
        _, size, row, column, mean, std = heapq.heappop(heap)
        total -= size**2 * std**2
        for r in (2 * row, 2 * row + 1):
            for c in (2 * column, 2 * column + 1):
                add(size // 2, r, c, *look(size // 2, r, c))
    picture = torch.zeros(32, 32)
    for _, size, row, column, mean, _ in heap:
        picture[row * size : (row + 1) * size, column * size : (column + 1) * size] = mean
    return picture
    """)  # fmt: skip
it.earns("silver", "where something is", """
    picture = torch.zeros(32, 32)

    def paint(size, row, column):
        mean, std = look(size, row, column)
        if size == 1 or std < 0.2:
            picture[row * size : (row + 1) * size, column * size : (column + 1) * size] = mean
            return
        for k in range(4):
            paint(size // 2, 2 * row + k // 2, 2 * column + k % 2)

    paint(32, 0, 0)
    return picture
    """)  # fmt: skip
it.earns("bronze", "a grid", """
    picture = torch.zeros(32, 32)
    for row in range(16):
        for column in range(16):
            picture[2 * row : 2 * row + 2, 2 * column : 2 * column + 2] = look(2, row, column)[0]
    return picture
    """)  # fmt: skip
it.wrong("nothing", "return torch.zeros(32, 32)", says="is to be reached")
it.wrong("one look", "return torch.full((32, 32), look(32, 0, 0)[0])", says="is to be reached")
it.wrong("coarse grid", """
    picture = torch.zeros(32, 32)
    for row in range(8):
        for column in range(8):
            picture[4 * row : 4 * row + 4, 4 * column : 4 * column + 4] = look(4, row, column)[0]
    return picture
    """, says="is to be reached")  # fmt: skip
it.wrong("every pixel", """
    return torch.tensor([[look(1, row, column)[0] for column in range(32)] for row in range(32)])
    """, says="You look more than")  # fmt: skip
it.wrong("noise", "return 2 * torch.rand(32, 32) - 1", says="is to be reached")
it.wrong("as a row", "return torch.zeros(1024)", says="should have shape (32, 32)")
it.wrong(
    "beyond the picture", "look(2, 16, 0)\nreturn torch.zeros(32, 32)", says="rows and columns of squares count from 0"
)
it.wrong("another size", "look(3, 0, 0)\nreturn torch.zeros(32, 32)", says="The size is 1, 2, 4")
it.wrong("no numbers", "look(2, 'a', 0)\nreturn torch.zeros(32, 32)", says="takes three whole numbers")
it.wrong("nothing comes back", "look(32, 0, 0)", says="What you return is None")
