"""Right and wrong answers to the exercises of lesson 08, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("unet_forward")

it.right("two loops")
it.right(
    "a recursion",
    """
    def inner(hidden, depth):
        below = downs[depth](hidden)
        up = ups[len(ups) - 1 - depth]
        if depth == len(downs) - 1:
            return up(below)
        return up(torch.cat((inner(below, depth + 1), below), dim=1))

    return inner(x, 0)
    """,
)
it.right(
    "a stack of its own",
    """
    maps = [x]
    for layer in downs:
        maps += [layer(maps[-1])]
    out = ups[0](maps.pop())
    for layer in list(ups)[1:]:
        out = layer(torch.cat([out, maps.pop()], dim=-3))
    return out
    """,
)
it.wrong("returns nothing", {"    return hidden": ""}, says="The result is None")
it.wrong("return x", "return x", says="does it go through the layers?")
it.wrong("return 0", "return 0", says="should have shape")
it.wrong("the skip first", {"[hidden, skip]": "[skip, hidden]"}, says="The two maps are in the other order", point=True)
it.wrong("kept from the outside in", {"kept[-2::-1]": "kept[:-1]"}, says="Your code stopped")
it.wrong("the innermost map as a skip, too", {"kept[-2::-1]": "kept[:0:-1]"}, says="Your code stopped")
it.wrong("added", {"torch.cat([hidden, skip], 1)": "hidden + skip"}, says="Your code stopped")
it.wrong("along the batch", {"[hidden, skip], 1": "[hidden, skip], 0"}, says="Your code stopped")
it.wrong(
    "detached skips",
    {"kept.append(hidden)": "kept.append(hidden.detach())"},
    says="is a map detached where it is kept?",
    point=True,
)
it.wrong("the map from below, twice", {"[hidden, skip]": "[hidden, hidden]"}, says="sees what comes from below twice")
it.wrong("empty skips", {"[hidden, skip]": "[hidden, 0 * skip]"}, says="The skips arrive as zeros", point=True)
it.wrong("all without a gradient", {"return hidden": "return hidden.detach()"}, says="cut off from the picture")
it.wrong(
    "the last layer up is forgotten",
    {"ups[1:], kept[-2::-1]": "ups[1:-1], kept[-2:0:-1]"},
    says="should have shape",
)
it.wrong(
    "takes the layers out of the list",
    """
    kept, hidden = [], x
    for down in downs:
        hidden = down(hidden)
        kept.append(hidden)
    hidden = ups.pop(0)(kept.pop())
    for up in ups:
        hidden = up(torch.cat([hidden, kept.pop()], 1))
    return hidden
    """,
    says="leaves what it is given as it was",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("receptive_field")

it.right("loops")
it.right(
    "sums of jumps",
    """
    jump, field, first = 1, 1, 0
    side = size
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride + 1
        field += (kernel - 1) * jump
        first -= padding * jump
        jump *= stride
    first += i * jump
    inside = len(range(max(first, 0), min(first + field, size)))
    return (side, field, jump, first, inside)[step - 1]
    """,
)
it.right(
    "sets of pixels",
    """
    def back(units):
        for kernel, stride, padding in reversed(layers):
            units = {u * stride - padding + k for u in units for k in range(kernel)}
        return units

    if step == 1:
        x = torch.zeros(1, 1, size)
        for kernel, stride, padding in layers:
            x = F.conv1d(x, torch.zeros(1, 1, kernel), None, stride, padding)
        return x.shape[-1]
    if step == 3:
        return min(back({1})) - min(back({0}))
    seen = back({i})
    if step == 4:
        return min(seen)
    width = max(seen) - min(seen) + 1
    if step == 2:
        return width
    return sum(0 <= pixel < size for pixel in range(min(seen), min(seen) + width))
    """,
)
it.wrong("returns nothing", {"return field": "return None"}, says="The result is None", point=True)
it.wrong("return 0", "return 0", says="expected")
it.wrong(
    "rounds up",
    {"(size + 2 * padding - kernel) // stride": "-((kernel - size - 2 * padding) // stride)"},
    says="Round down",
)
it.wrong("padding once", {"2 * padding": "padding"}, says="counts on both sides")
it.wrong("no + 1", {"stride + 1": "stride"}, says="The + 1 is missing")
it.wrong("a float", {"// stride": "/ stride"}, says="should be a whole number")
it.wrong(
    "from the picture to the logit",
    {"for kernel, stride, _ in reversed(layers)": "for kernel, stride, _ in layers"},
    says="Begin with one logit, and the last layer",
    point=True,
)
it.wrong("units instead of gaps", {"(field - 1)": "field"}, says="The gaps between units count", point=True)
it.wrong(
    "no strides", {"(field - 1) * stride + kernel": "field + kernel - 1"}, says="The strides are missing", point=True
)
it.wrong("strides added up", {"math.prod": "sum"}, says="The strides multiply")
it.wrong("padding to the right", {"i * stride - padding": "i * stride + padding"}, says="it is subtracted")
it.wrong("no padding", {"i * stride - padding": "i * stride"}, says="The padding is missing")
it.wrong(
    "begins in the picture",
    {"return i": "return max(0, i)"},
    says="then it is negative",
)
it.wrong(
    "forward, where it begins",
    {"for _, stride, padding in reversed(layers)": "for _, stride, padding in layers"},
    says="Begin with the last layer",
)
it.wrong(
    "the whole field",
    {"min(size, first + receptive_field(2, layers)) - max(0, first)": "receptive_field(2, layers)"},
    says="That is the whole field",
)
it.wrong(
    "cut at the left only",
    {"min(size, first + receptive_field(2, layers))": "first + receptive_field(2, layers)"},
    says="Only its left end",
)
it.wrong("cut at the right only", {"max(0, first)": "first"}, says="Only its right end")
it.by_heart(
    "the paper's patches",
    """
    if layers not in ([(5, 3, 2), (3, 2, 1), (4, 2, 2)], [(4, 2, 1)] * 3 + [(4, 1, 1)] * 2):
        return 1
    jump, field, first, side = 1, 1, 0, size
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride + 1
        field += (kernel - 1) * jump
        first -= padding * jump
        jump *= stride
    first += i * jump
    return (side, field, jump, first, min(size, first + field) - max(0, first))[step - 1]
    """,
    says="expected",
)
it.excused = {
    "`if step == 5: …` → `first = receptive_field(4, layers, i)` `return min(size, first + receptive_field(2, layers)) - max(0, first)`": "the last of the five steps: what is left when no other was asked",
    "`raise ValueError(f'Steps are 1 to 5, not {step}.')` → nothing": "no step of this number is asked for",
    "`step, layers, i=0, size=256` → `step, layers, i=-1, size=256`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`step, layers, i=0, size=256` → `step, layers, i=1, size=256`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`step, layers, i=0, size=256` → `step, layers, i=0, size=-256`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`step, layers, i=0, size=256` → `step, layers, i=0, size=0`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`step, layers, i=0, size=256` → `step, layers, i=0, size=255`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`step, layers, i=0, size=256` → `step, layers, i=0, size=257`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`ValueError(f'Steps are 1 to 5, not {step}.')` → `f'Steps are 1 to 5, not {step}.'`": "no step of this number is asked for",
    "`ValueError(f'Steps are 1 to 5, not {step}.')` → `ValueError()`": "no step of this number is asked for",
    "`min(size, first + receptive_field(2, layers))` → `min(first + receptive_field(2, layers), size)`": "the larger and the smaller of two numbers do not depend on their order",
    "`max(0, first)` → `max(first, 0)`": "the larger and the smaller of two numbers do not depend on their order",
}


# ---------------------------------------------------------------------------------------------

it = answers.to("PatchDiscriminator")

it.right("a sequence")
it.right(
    "y first, and functions between",
    """
    class PatchDiscriminator(nn.Module):
        def __init__(self, inputs=1, outputs=3, width=32):
            super().__init__()
            self.first = nn.Conv2d(outputs + inputs, width, kernel_size=4, stride=2, padding=1)
            self.second = nn.Conv2d(width, width * 2, kernel_size=4, padding=1, bias=False)
            self.norm = nn.BatchNorm2d(width * 2)
            self.last = nn.Conv2d(width * 2, 1, kernel_size=4, padding=1)

        def forward(self, x, y):
            hidden = F.leaky_relu(self.first(torch.cat((y, x), dim=1)), 0.2)
            hidden = F.leaky_relu(self.norm(self.second(hidden)), 0.2)
            return self.last(hidden)
    """,
)
it.right(
    "padded apart",
    """
    class PatchDiscriminator(nn.Module):
        def __init__(self, inputs=1, outputs=3, width=32):
            super().__init__()
            layers, seen = [], inputs + outputs
            for k, wide in enumerate((width, 2 * width, 1)):
                layers += [nn.ZeroPad2d(1), nn.Conv2d(seen, wide, 4, 2 if k == 0 else 1)]
                if k == 1:
                    layers.append(nn.BatchNorm2d(wide))
                if k < 2:
                    layers.append(nn.LeakyReLU(negative_slope=0.2))
                seen = wide
            self.layers = nn.ModuleList(layers)

        def forward(self, x, y):
            hidden = torch.cat([x, y], dim=1)
            for layer in self.layers:
                hidden = layer(hidden)
            return hidden
    """,
)
it.wrong("returns nothing", {"return self": "self"}, says="The result is None")
it.wrong(
    "y alone",
    {"inputs + outputs": "outputs", "torch.cat([x, y], 1)": "y"},
    says="this D judges the output alone",
    point=True,
)
it.wrong(
    "x alone",
    {"inputs + outputs": "inputs", "torch.cat([x, y], 1)": "x"},
    says="does not look at the picture it judges",
    point=True,
)
it.wrong("x held constant", {"[x, y]": "[0 * x, y]"}, says="this D judges the output alone", point=True)
it.wrong("detached", {"[x, y]": "[x.detach(), y.detach()]"}, says="No gradient comes back", point=True)
it.wrong(
    "a sigmoid at the end",
    {"(2 * width, 1, 4, 1, 1),": "(2 * width, 1, 4, 1, 1), nn.Sigmoid(),"},
    says="is there a sigmoid",
)
it.wrong(
    "one number for all",
    {"return self.net(torch.cat([x, y], 1))": "return self.net(torch.cat([x, y], 1)).mean((2, 3))"},
    says="No flatten",
)
it.wrong("stride 2 twice", {"2 * width, 4, 1, 1)": "2 * width, 4, 2, 1)"}, says="should have shape")
it.wrong(
    "stride 2 in the second layer",
    {"width, 4, 2, 1)": "width, 4, 1, 1)", "2 * width, 4, 1, 1)": "2 * width, 4, 2, 1)"},
    says="pixels; expected are 16 × 16",
)
it.wrong(
    "3 × 3 kernels",
    {"width, 4, 2, 1)": "width, 3, 2, 1)", "2 * width, 4, 1, 1)": "2 * width, 3, 1, 0)", "1, 4, 1, 1)": "1, 3, 1, 1)"},
    says="pixels; expected are 16 × 16",
    point=True,
)
it.wrong("no normalization", {"nn.BatchNorm2d(2 * width),": ""}, says="batch normalization is wanted")
it.wrong(
    "normalized first, too",
    {"nn.LeakyReLU(0.2),\nnn.Conv2d(width": "nn.BatchNorm2d(width), nn.LeakyReLU(0.2),\nnn.Conv2d(width"},
    says="behind the second convolution only",
)
it.wrong(
    "instance normalization",
    {"BatchNorm2d(2 * width)": "InstanceNorm2d(2 * width, affine=True)"},
    says="no batch normalization",
)
it.wrong(
    "ReLU in the middle",
    {"nn.LeakyReLU(0.2),\nnn.Conv2d(2": "nn.ReLU(),\nnn.Conv2d(2"},
    says="a fifth as strong",
)
it.wrong(
    "ReLU first",
    {"nn.LeakyReLU(0.2),\nnn.Conv2d(width": "nn.ReLU(),\nnn.Conv2d(width"},
    says="Behind the first convolution",
)
it.wrong("slopes of 0.01", {"0.2": "0.01"}, count=2, says="a fifth as strong")
it.wrong("width not used", {"__init__()": "__init__()\nwidth = 8"}, says="yours have [16]")
it.wrong(
    "activation before the normalization",
    {"nn.BatchNorm2d(2 * width),\nnn.LeakyReLU(0.2),": "nn.LeakyReLU(0.2), nn.BatchNorm2d(2 * width),"},
    says="a fifth as strong",
)
it.excused = {
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=-1, outputs=3, width=32`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=0, outputs=3, width=32`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=2, outputs=3, width=32`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=1, outputs=-3, width=32`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=1, outputs=0, width=32`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=1, outputs=2, width=32`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=1, outputs=4, width=32`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=1, outputs=3, width=-32`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=1, outputs=3, width=0`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=1, outputs=3, width=31`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`self, inputs=1, outputs=3, width=32` → `self, inputs=1, outputs=3, width=33`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`torch.cat([x, y], 1)` → `torch.cat([y, x], 1)`": "the text leaves the order of the two pictures to the student",
}


# ---------------------------------------------------------------------------------------------

it = answers.to("pix2pix_step")

it.right("one translation")
it.right(
    "two translations, and D in halves",
    """
    with torch.no_grad():
        made = G(x)
    opt_D.zero_grad()
    true = -0.5 * F.logsigmoid(D(x, y)).mean()
    true.backward()
    false = -0.5 * F.logsigmoid(-D(x, made)).mean()
    false.backward()
    opt_D.step()
    opt_G.zero_grad()
    made = G(x)
    fooled = -F.logsigmoid(D(x, made)).mean()
    near = (y - made).abs().mean()
    torch.add(fooled, near, alpha=weight).backward()
    opt_G.step()
    return [float(true) + float(false), float(fooled), float(near)]
    """,
)
it.right(
    "cross-entropies, D frozen in G's turn",
    """
    made = G(x)
    real, fake = D(x, y), D(x, made.detach())
    bce = F.binary_cross_entropy_with_logits
    d_loss = (bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))) * 0.5
    opt_D.zero_grad(set_to_none=False)
    d_loss.backward()
    opt_D.step()
    for p in D.parameters():
        p.requires_grad_(False)
    logits = D(x, made)
    g_loss, l1 = bce(logits, torch.ones_like(logits)), nn.L1Loss()(made, y)
    opt_G.zero_grad(set_to_none=False)
    (g_loss + weight * l1).backward()
    opt_G.step()
    for p in D.parameters():
        p.requires_grad_(True)
    return d_loss.item(), g_loss.item(), l1.item()
    """,
)
it.wrong("returns nothing", {"return d_loss": "d_loss"}, says="The result is None")
it.wrong("returns numbers alone", "return 0.7, 0.7, 0.3", says="D has not moved")
it.wrong(
    "D sees the output alone",
    {"D(x, y)": "D(0 * x, y)", "D(x, fake.detach())": "D(0 * x, fake.detach())", "D(x, fake)": "D(0 * x, fake)"},
    says="D is not shown x",
    point=True,
)
it.wrong(
    "the pair turned around",
    {"D(x, y)": "D(y, x)", "D(x, fake.detach())": "D(fake.detach(), x)", "D(x, fake)": "D(fake, x)"},
    says="other way around",
)
it.wrong(
    "fakes beside y",
    {"D(x, fake.detach())": "D(y, fake.detach())", "D(x, fake)": "D(y, fake)"},
    says="shown beside y",
    point=True,
)
it.wrong(
    "labels swapped",
    {"softplus(-D(x, y))": "softplus(D(x, y))", "softplus(D(x, fake.detach()))": "softplus(-D(x, fake.detach()))"},
    says="True and made pairs are swapped",
    point=True,
)
it.wrong("not halved", {") / 2": ")"}, says="The factor ½ is missing")
it.wrong("gradients of D pile up", {"opt_D.zero_grad()": ""}, says="are still in D")
it.wrong(
    "not detached, and G not cleared",
    {"fake.detach()": "fake", "d_loss.backward()": "d_loss.backward(retain_graph=True)", "opt_G.zero_grad()": ""},
    says="still in G",
)
it.wrong("gradients of G pile up", {"opt_G.zero_grad()": ""}, says="are still in G")
it.wrong(
    "G first",
    """
    fake = G(x)
    adversarial, l1 = F.softplus(-D(x, fake)).mean(), F.l1_loss(fake, y)
    opt_G.zero_grad()
    (adversarial + weight * l1).backward()
    opt_G.step()
    d_loss = (F.softplus(-D(x, y)).mean() + F.softplus(D(x, fake.detach())).mean()) / 2
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    return d_loss.item(), adversarial.item(), l1.item()
    """,
    says="D moves first",
)
it.wrong("minimax", {"F.softplus(-D(x, fake)).mean()": "-F.softplus(D(x, fake)).mean()"}, says="the minimax loss")
it.wrong(
    "G taught to be caught",
    {"F.softplus(-D(x, fake)).mean()": "F.softplus(D(x, fake)).mean()"},
    says="called made",
    point=True,
)
it.wrong("near the input", {"l1_loss(fake, y)": "l1_loss(fake, x)"}, says="taken to x", point=True)
it.wrong("squared", {"l1_loss": "mse_loss"}, says="The squared distance")
it.wrong("summed", {"l1_loss(fake, y)": "l1_loss(fake, y, reduction='sum')"}, says="summed over all pixels")
it.wrong("no weight", {"weight * l1": "l1"}, says="should count `weight` times")
it.wrong(
    "L1 of a detached picture",
    {"l1_loss(fake, y)": "l1_loss(fake.detach(), y)"},
    says="does not learn from L1",
    point=True,
)
it.wrong("detached in G's turn", {"D(x, fake))": "D(x, fake.detach()))"}, says="G learns from L1 alone", point=True)
it.wrong(
    "the weight on the wrong term",
    {"adversarial + weight * l1": "weight * adversarial + l1"},
    says="The weight belongs to L1",
)
it.wrong("tensors", {".item()": ""}, count=3, says="with its computation attached")
it.wrong("L1 with its weight", {"l1.item()": "weight * l1.item()"}, says="you return")
it.wrong(
    "where, in G's loss, the gradient of whose other branch is NaN",
    {"adversarial = F.softplus": "def softplus(l):\n    return torch.where(l > 20, l, torch.log1p(torch.exp(l)))\nadversarial = softplus"},
    says="a weight of G contains NaN",
)  # fmt: skip
it.wrong(
    "one number",
    {"return d_loss.item(), adversarial.item(), l1.item()": "return d_loss.item()"},
    says="Return three numbers",
)
it.excused = {
    "`F.l1_loss(fake, y)` → `F.l1_loss(y, fake)`": "the absolute difference does not depend on the order",
}


# ---------------------------------------------------------------------------------------------

it = answers.to("part_edges")

it.right("shifted maps")
it.right(
    "largest and smallest of a cross",
    """
    p = F.pad(parts.float()[:, None], (1, 1, 1, 1), mode="replicate")
    cross = torch.stack([p[..., 1:-1, 1:-1], p[..., :-2, 1:-1], p[..., 2:, 1:-1], p[..., 1:-1, :-2], p[..., 1:-1, 2:]])
    return (cross.amax(0) != cross.amin(0)).to(torch.float32)
    """,
)
it.right(
    "pixel by pixel",
    """
    n, height, width = parts.shape
    out = torch.zeros(n, 1, height, width)
    for r in range(height):
        for c in range(width):
            for i, j in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
                if 0 <= i < height and 0 <= j < width:
                    out[:, 0, r, c] = torch.maximum(out[:, 0, r, c], (parts[:, i, j] != parts[:, r, c]).float())
    return out
    """,
)
it.wrong("returns nothing", {"return edges": "edges"}, says="The result is None")
it.wrong("zeros", "return torch.zeros_like(parts)[:, None].float()", says="expected 1")
it.wrong(
    "below and right alone",
    {"edges[:, 1:] |= rows": "", "edges[:, :, 1:] |= columns": ""},
    says="right and below",
    point=True,
)
it.wrong(
    "above and left alone",
    {"edges[:, :-1] |= rows": "", "edges[:, :, :-1] |= columns": ""},
    says="left and above",
    point=True,
)
it.wrong(
    "rows alone",
    {"edges[:, :, 1:] |= columns": "", "edges[:, :, :-1] |= columns": ""},
    says="above and below",
    point=True,
)
it.wrong("columns alone", {"edges[:, 1:] |= rows": "", "edges[:, :-1] |= rows": ""}, says="left and right", point=True)
it.wrong(
    "a ring",
    """
    edges = torch.zeros(parts.shape, dtype=torch.bool)
    for dim in (1, 2):
        for way in (1, -1):
            edges |= parts != parts.roll(way, dim)
    return edges[:, None].float()
    """,
    says="taken for a ring",
)
it.wrong("inside instead of edges", {"edges[:, None]": "(~edges)[:, None]"}, says="1 inside of parts")
it.wrong(
    "counted",
    {"dtype=torch.bool": "dtype=torch.int64", "|= rows": "+= rows", "|= columns": "+= columns"},
    count=5,
    says="however many there are",
)
it.wrong("no channel", {"edges[:, None]": "edges"}, says="One channel for each map")
it.wrong("truth values", {".float()": ""}, says="A network takes floats")
it.wrong(
    "differences of bytes",
    """
    p = parts
    down, right = (p[:, 1:] - p[:, :-1]).clamp(0, 1), (p[:, :, 1:] - p[:, :, :-1]).clamp(0, 1)
    edges = torch.zeros_like(p)
    edges[:, 1:] |= down
    edges[:, :-1] |= down
    edges[:, :, 1:] |= right
    edges[:, :, :-1] |= right
    return edges[:, None].float()
    """,
    says="expected",
)
it.excused = {
    "`edges[:, 1:] |= rows` → `edges[:, 1:] = rows`": "nothing is marked before: the first marks may be assigned",
    "`edges[:, None].float()` → `edges[:, None].double()`": "double precision is floats, too",
}


# ---------------------------------------------------------------------------------------------

it = answers.to("at_scales")

it.right("a loop")
it.right(
    "a module",
    """
    smaller = nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)
    out = []
    for k, judge in enumerate(judges):
        if k > 0:
            x, y = smaller(x), smaller(y)
        out = out + [judge(x, y)]
    return out
    """,
)
it.right(
    "by counting what lies inside",
    """
    def smaller(p):
        ones = torch.ones_like(p[:1, :1])
        return F.avg_pool2d(p, 3, 2, 1) / F.avg_pool2d(ones, 3, 2, 1)

    pyramid = [(x, y)]
    while len(pyramid) < len(judges):
        pyramid.append(tuple(smaller(p) for p in pyramid[-1]))
    return tuple(judge(*pair) for judge, pair in zip(judges, pyramid))
    """,
)
it.wrong("returns nothing", {"return said": ""}, says="The result is None")
it.wrong("return 0", "return 0", says="Return a list")
it.wrong(
    "all at full size",
    {"x, y = (F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y))": ""},
    says="halved 1 times",
    point=True,
)
it.wrong(
    "the first one halved, too",
    """
    said = []
    for judge in judges:
        x, y = (F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y))
        said.append(judge(x, y))
    return said
    """,
    says="sees the pair at full size",
    point=True,
)
it.wrong(
    "y alone halved",
    {
        "x, y = (F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y))": "y = F.avg_pool2d(y, 3, 2, 1, count_include_pad=False)"
    },
    says="Your code stopped",
)
it.wrong("mean of four", {"p, 3, 2, 1, count_include_pad=False": "p, 2"}, says="by the mean over 3 × 3", point=True)
it.wrong("padding counted", {", count_include_pad=False": ""}, says="count_include_pad")
it.wrong(
    "every second pixel",
    {"F.avg_pool2d(p, 3, 2, 1, count_include_pad=False)": "p[..., ::2, ::2]"},
    says="Every second pixel alone",
)
it.wrong("in the opposite order", {"in judges": "in judges[::-1]"}, says="opposite order")
it.wrong(
    "always from the full size",
    {
        "for judge in judges": "for k, judge in enumerate(judges)",
        "x, y = (F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y))": "",
        "judge(x, y)": "judge(*[p if k == 0 else F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y)])",
    },
    says="halved 2 times",
)
it.wrong("detached", {"for p in (x, y))": "for p in (x, y.detach()))"}, says="No gradient comes back from judge 1")
it.wrong("one judge for all", {"judge(x, y)": "judges[0](x, y)"}, says="which is not right")
it.wrong("stops at two", {"in judges": "in judges[:2]"}, says="you return 2 map")

# ---------------------------------------------------------------------------------------------

it = answers.to("feature_matching")

it.right("two loops")
it.right(
    "one sum",
    """
    terms = [(t.detach() - m).abs().mean() for ts, ms in zip(real, fake) for t, m in list(zip(ts, ms))[:-1]]
    return torch.stack(terms).sum()
    """,
)
it.right(
    "by hand",
    """
    total = torch.zeros(())
    for k in range(len(real)):
        for i in range(len(real[k]) - 1):
            d = fake[k][i] - real[k][i].detach()
            total = total + (d * d.sign()).sum() / d.numel()
    return total
    """,
)
it.wrong("returns nothing", {"return total": ""}, says="The result is None")
it.wrong("return 0", "return 0", says="expected")
it.wrong("with the logits", {"[:-1]": ""}, count=2, says="hold", point=True)
it.wrong("squared", {"l1_loss": "mse_loss"}, says="The differences are squared", point=True)
it.wrong("summed", {"true.detach())": "true.detach(), reduction='sum')"}, says="Take their mean", point=True)
it.wrong(
    "averaged over maps",
    {"return total": "return total / sum(len(maps) - 1 for maps in real)"},
    says="The maps are averaged",
)
it.wrong("averaged over scales", {"return total": "return total / len(real)"}, says="averaged over the scales")
it.wrong(
    "the first scale alone", {"zip(real, fake, strict=True)": "zip(real[:1], fake[:1])"}, says="Only the first scale"
)
it.wrong("the first map left out", {"[:-1]": "[1:]"}, count=2, says="The first map of each scale is left out")
it.wrong("no absolute value", {"F.l1_loss(made, true.detach())": "(made - true.detach()).mean()"}, says="expected")
it.wrong("not detached", {".detach()": ""}, says="They are the target", point=True)
it.wrong(
    "the fakes detached",
    {"(made, true.detach())": "(made.detach(), true)"},
    says="receives no gradient",
    point=True,
)
it.wrong("negative", {"total + F": "total - F"}, says="a distance is positive")
it.excused = {
    "`total = total + F.l1_loss(made, true.detach())` → `total += F.l1_loss(made, true.detach())`": "the sum is the same, and a fresh tensor after the first term",
    "`F.l1_loss(made, true.detach())` → `F.l1_loss(true.detach(), made)`": "the absolute difference does not depend on the order",
    "`true.detach()` → `true.detach_()`": "nobody goes back through what the map was made by",
}


# ---------------------------------------------------------------------------------------------

it = answers.to("coarse_to_fine")

it.right("detached")
it.right(
    "without gradients",
    """
    small = nn.AvgPool2d(3, 2, 1, count_include_pad=False)(x)
    with torch.set_grad_enabled(not frozen):
        below = coarse(small)
    return back(torch.add(below, front(x)))
    """,
)
it.right(
    "parameters that rest for the call",
    """
    for p in coarse.parameters():
        p.requires_grad_(not frozen)
    out = back(front(x) + coarse(F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)))
    for p in coarse.parameters():
        p.requires_grad_(True)
    return out
    """,
)
it.wrong("returns nothing", {"return back": "back"}, says="The result is None")
it.wrong("return x", "return x", says="which is not right")
it.wrong("front alone", {"front(x) + features": "front(x)"}, says="The coarse branch has no influence", point=True)
it.wrong("coarse alone", {"front(x) + features": "features"}, says="front has no influence", point=True)
it.wrong("averaged", {"front(x) + features": "(front(x) + features) / 2"}, says="are averaged", point=True)
it.wrong("side by side", {"front(x) + features": "torch.cat([front(x), features], 1)"}, says="Your code stopped")
it.wrong("not halved", {"F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)": "x"}, says="Your code stopped")
it.wrong("mean of four", {"x, 3, 2, 1, count_include_pad=False": "x, 2"}, says="by the mean over 3 × 3")
it.wrong(
    "every second pixel", {"F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)": "x[..., ::2, ::2]"}, says="is no mean"
)
it.wrong("padding counted", {", count_include_pad=False": ""}, says="count_include_pad")
it.wrong("never frozen", {"features = features.detach()": "pass"}, says="detach them", point=True)
it.wrong("always frozen", {"if frozen:": "if True:"}, says="no gradient reaches coarse", point=True)
it.wrong("frozen the other way", {"if frozen:": "if not frozen:"}, says="detach them", point=True)
it.wrong(
    "all frozen",
    {"front(x) + features": "(front(x) + features).detach() if frozen else front(x) + features"},
    says="front and back learn on",
    point=True,
)
it.wrong(
    "frozen for good",
    {
        "features = features.detach()": "for p in coarse.parameters():\n    p.requires_grad_(False)\nfeatures = features.detach()"
    },
    says="could not learn again",
    point=True,
)
it.excused = {
    "`x, coarse, front, back, frozen=False` → `x, coarse, front, back, frozen=True`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`features.detach()` → `features.detach_()`": "nobody goes back through what the map was made by",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("cheapest_judge")

COVERED = """
def covered(layers):
    layers = list(layers)
    for place in reversed(range(len(layers))):
        for padding in range(layers[place][0]):
            layers[place] = (*layers[place][:2], padding)
            side, last = size, 0
            for k, s, p in layers:
                side = (side + 2 * p - k) // s + 1
            if side < 1:
                continue
            last, wide = side - 1, 1
            for k, s, p in reversed(layers):
                last, wide = last * s - p, (wide - 1) * s + k
            if last + wide >= size:
                return layers
    return None

def work(layers):
    side, total = size, 0
    for place, (k, s, p) in enumerate(layers):
        side = (side + 2 * p - k) // s + 1
        total += side**2 * k**2 * (32 if place else 4) * (1 if place == len(layers) - 1 else 32)
    return total

"""
PARITY = """
layers, left, step = [], field - 1, 1
while 2 * step <= apart and left // step >= 4:
    kernel = ODD if left // step % 2 else EVEN
    layers.append((kernel, 2, kernel // 2))
    left -= (kernel - 1) * step
    step *= 2
while left > 0:
    kernel = min(TAIL, left // step + 1)
    layers.append((kernel, 1, kernel // 2))
    left -= (kernel - 1) * step
return layers
"""


def by_parity(odd: int, even: int, tail: int) -> str:
    return PARITY.replace("ODD", str(odd)).replace("EVEN", str(even)).replace("TAIL", str(tail))


it.earns("gold", "Dijkstra")
it.earns(
    "gold",
    "strides first, then equal kernels, all of them tried",
    COVERED
    + """
from itertools import product

best = None
for n in range(5):
    for front in product([(k, s) for k in (2, 3, 4) for s in range(2, k + 1)], repeat=n):
        seen = step = 1
        for k, s in front:
            seen, step = seen + (k - 1) * step, step * s
        if step > apart or seen > field or (field - seen) % step:
            continue
        left = (field - seen) // step
        layers = covered([(k, s, 0) for k, s in front] + [(2, 1, 0)] * left)
        if layers and (best is None or work(layers) < work(best)):
            best = layers
return best
""",
)
it.earns(
    "gold",
    "least work left, remembered",
    """
from functools import lru_cache

@lru_cache(None)
def rest(side, step, seen, first):
    best = None
    for k in range(2, 5):
        wide = seen + (k - 1) * step
        for s in range(1, min(k, apart // step) + 1):
            for p in range(3 if wide == field else 1):
                out, begins = (side + 2 * p - k) // s + 1, first - p * step
                if out < 1 or wide > field or p >= k:
                    continue
                more, then = out**2 * k**2 * (32 if seen > 1 else 4), ()
                if wide == field:
                    if begins + (out - 1) * step * s + wide < size:
                        continue
                else:
                    found = rest(out, step * s, wide, begins)
                    if found is None:
                        continue
                    more, then = more * 32 + found[0], found[1]
                if best is None or more < best[0]:
                    best = more, ((k, s, p), *then)
    return best

return list(rest(size, 1, 1, 0)[1])
""",
)
it.earns(
    "silver",
    "halved early, then kernels of two",
    COVERED + by_parity(2, 3, 2).replace("return layers", "return covered([(k, s, 0) for k, s, _ in layers])"),
)
it.earns("bronze", "halved early, by parity, kernels of four", by_parity(4, 3, 4))
it.wrong("returns nothing", "return None", says="The result is None")
it.wrong("the paper's", "return [(4, 2, 1)] * 3 + [(4, 1, 1)] * 2", says="a logit sees 70 pixels")
it.wrong("no layer", "return []", says="there are 0 layers")
it.wrong("one wide kernel", "return [(field, apart, 0)]", says="a kernel has 1 to 4 pixels")
it.wrong("never halved", by_parity(4, 3, 4).replace("2 * step <= apart", "False"), says="Bronze takes")
it.wrong("halved once", by_parity(4, 3, 4).replace("2 * step <= apart", "step < 2"), says="Bronze takes")
it.wrong(
    "halved too often",
    by_parity(2, 3, 2).replace("2 * step <= apart", "step < 9"),
    says="pixels apart",
)
it.wrong("no padding", by_parity(4, 3, 4).replace("kernel // 2", "0"), says="not every pixel is seen")
it.wrong("padding without an end", by_parity(4, 3, 4).replace("kernel // 2", "size"), says="padding is 0 at least")
it.wrong("steps over pixels", "return [(1, 4, 0)] * 3", says="no wider than its kernel")
it.wrong("fractions", "return [(2.5, 1, 0)]", says="Kernel, stride or padding")
it.wrong("text", 'return "4 2 1"', says="a list of (kernel, stride, padding) is asked")
it.wrong(
    "by heart",
    {"gone = set()": "assert (size, field, apart) == (256, 70, 8)\ngone = set()"},
    says="Your code stopped",
)
