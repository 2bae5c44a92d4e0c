"""Right and wrong answers to the exercises of lesson 11, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("composited")

it.right("as in the lesson")
WHERE = "torch.where(mask > 0, filling, picture)"
it.right("a bool mask", {WHERE: "picture.where(mask == 0, filling)"})
it.right("masked_scatter", {WHERE: (
    "(picture.expand_as(filling).clone().masked_scatter(mask.bool().expand_as(filling),"
    " filling[mask.bool().expand_as(filling)]))"
)})  # fmt: skip
it.right("written into a copy", {f"return {WHERE}": (
    "hole = mask.bool().expand_as(picture)\nmade = picture.clone()\nmade[hole] = filling[hole]\nreturn made"
)})  # fmt: skip
it.wrong(
    "the other way around", {WHERE: "torch.where(mask > 0, picture, filling)"}, says="other way around", point=True
)
it.wrong("multiplied", {WHERE: "mask * filling + (1 - mask) * picture"}, says="Choose; do not multiply", point=True)
it.wrong("lerp", {WHERE: "torch.lerp(picture, filling, mask)"}, says="do not multiply", point=True)
it.wrong("a difference", {WHERE: "picture + mask * (filling - picture)"}, says="do not multiply", point=True)
it.wrong("the filling alone", {WHERE: "filling"}, says="Known pixels stay", point=True)
it.wrong("the picture alone", {WHERE: "picture + 0 * filling.nan_to_num()"}, says="picture as it was", point=True)
it.wrong("added", {WHERE: "picture + torch.where(mask > 0, filling, 0.0)"}, says="added to the picture", point=True)
it.wrong("zero around", {WHERE: "torch.where(mask > 0, filling, 0.0)"}, says="Known pixels are missing", point=True)
it.wrong(
    "one mask for all", {WHERE: "torch.where(mask[:1] > 0, filling, picture)"}, says="first picture's mask", point=True
)
it.wrong("cut off", {WHERE: "torch.where(mask > 0, filling.detach(), picture)"}, says="cut off from the filling")
it.wrong("into the picture", {f"return {WHERE}": (
    "hole = mask.bool().expand_as(picture)\npicture[hole] = filling[hole]\nreturn picture"
)}, says="changes its argument number 1")  # fmt: skip
it.wrong("one channel", {WHERE: "torch.where(mask > 0, filling, picture)[:, :1]"}, says="shape", point=True)

# ---------------------------------------------------------------------------------------------

it = answers.to("shown_to_G")

it.right("as in the lesson")
HOLED = "torch.where(mask > 0, 0.0, picture)"
it.right("masked_fill", {HOLED: "picture.masked_fill(mask.bool(), 0)"})
it.right("written into zeros", {f"return torch.cat([{HOLED}, mask], 1)": (
    "n, c, h, w = picture.shape\nmade = picture.new_zeros(n, c + 1, h, w)\nknown = (mask == 0).expand_as(picture)\n"
    "made[:, :c][known] = picture[known]\nmade[:, c:] = mask\nreturn made"
)})  # fmt: skip
it.right("stacked planes", {f"return torch.cat([{HOLED}, mask], 1)": (
    "hole = mask[:, 0].bool()\nreturn torch.stack([picture[:, k].masked_fill(hole, 0) for k in range(3)] + [mask[:, 0]], 1)"
)})  # fmt: skip
it.wrong("not hidden", {HOLED: "picture"}, says="still there", point=True)
it.wrong("multiplied", {HOLED: "picture * (1 - mask)"}, says="comes through", point=True)
it.wrong("known hidden", {HOLED: "torch.where(mask > 0, picture, 0.0)"}, says="known pixels are hidden", point=True)
it.wrong("mask first", {f"[{HOLED}, mask]": f"[mask, {HOLED}]"}, says="The mask comes first", point=True)
it.wrong("mask turned", {", mask], 1": ", 1 - mask], 1"}, says="mask is turned around", point=True)
it.wrong("both turned", {f"[{HOLED}, mask]": "[torch.where(mask > 0, picture, 0.0), 1 - mask]"},
         says="Picture and mask are turned", point=True)  # fmt: skip
it.wrong("black", {"0.0": "-1.0"}, says="which is black", point=True)
it.wrong("white", {"0.0": "1.0"}, says="which is white", point=True)
it.wrong("no mask", {f"torch.cat([{HOLED}, mask], 1)": HOLED}, says="Four channels", point=True)
it.wrong("three masks", {", mask], 1": ", mask.expand_as(picture)], 1"}, says="Four channels", point=True)
it.wrong("one mask for all", {f"return torch.cat([{HOLED}, mask], 1)": (
    "mask = mask[:1].expand_as(mask)\nreturn torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)"
)}, says="first picture's mask", point=True)  # fmt: skip
it.wrong("into the picture", {f"return torch.cat([{HOLED}, mask], 1)": (
    "picture[mask.bool().expand_as(picture)] = 0\nreturn torch.cat([picture, mask], 1)"
)}, says="changes its argument number 1")  # fmt: skip

# ---------------------------------------------------------------------------------------------

it = answers.to("free_form_masks")

it.right("as in the lesson")
it.right(
    "round dabs, random walks",
    """
    g = torch.Generator()
    g.manual_seed(seed)
    ys, xs = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    masks = []
    for _ in range(n):
        hole = torch.zeros(size, size, dtype=torch.bool)
        while True:
            y, x, a = (torch.rand(3, generator=g) * torch.tensor([size, size, 6.28])).tolist()
            for _ in range(size // 2):
                hole |= (ys - y) ** 2 + (xs - x) ** 2 <= 2.1**2
                if hole.float().mean() >= share:
                    break
                a += float(torch.randn((), generator=g)) * 0.5
                y, x = y + math.sin(a), x + math.cos(a)
            if hole.float().mean() >= share:
                break
        masks.append(hole)
    return torch.stack(masks)[:, None].float()
    """,
)
it.right(
    "NumPy's generator",
    """
    import numpy as np
    rng = np.random.default_rng(seed)
    out = np.zeros((n, 1, size, size), dtype=np.float32)
    for k in range(n):
        m = out[k, 0]
        while m.mean() < share:
            r, c, a = rng.uniform(0, size), rng.uniform(0, size), rng.uniform(0, 2 * np.pi)
            for _ in range(int(rng.integers(size // 2, size))):
                a += rng.normal(0, 0.4)
                r, c = r + np.sin(a), c + np.cos(a)
                m[max(0, int(r) - 1) : max(0, int(r) + 2), max(0, int(c) - 1) : max(0, int(c) + 2)] = 1
                if m.mean() >= share:
                    break
    return torch.from_numpy(out)
    """,
)
it.right("a brush of three", {"max(3, size // 8)": "3"})
it.wrong("whole strokes", {"if mask.mean() >= share:\n    break": ""}, says="give or take 0.03", point=True)
it.wrong("1 where known", {"return masks": "return 1 - masks"}, says="1 in the hole, not 0", point=True)
it.wrong("dust", """
    draw = torch.Generator().manual_seed(seed)
    return (torch.rand(n, 1, size, size, generator=draw) < share).float()
""", says="thinner than three pixels", point=True)  # fmt: skip
it.wrong("thin lines", {"max(3, size // 8)": "1"}, says="thinner than three pixels", point=True)
it.wrong("rectangles", """
    draw = torch.Generator().manual_seed(seed)
    masks = torch.zeros(n, 1, size, size)
    for mask in masks[:, 0]:
        h = int(torch.randint(int(size * share), size + 1, (), generator=draw))
        h = max(h, math.ceil(share * size))
        w = max(1, round(share * size * size / h))
        top = int(torch.randint(0, size - h + 1, (), generator=draw))
        left = int(torch.randint(0, size - w + 1, (), generator=draw))
        mask[top : top + h, left : left + w] = 1
    return masks
""", says="they are rectangles", point=True)  # fmt: skip
it.wrong("a square in the middle", """
    side = round(size * share**0.5)
    masks, top = torch.zeros(n, 1, size, size), (size - side) // 2
    masks[:, :, top : top + side, top : top + side] = 1
    return masks
""", says="they are rectangles", point=True)  # fmt: skip
it.wrong("round spots", """
    draw = torch.Generator().manual_seed(seed)
    radius = size * (share / math.pi) ** 0.5
    grid = torch.arange(size).float()
    masks = []
    for _ in range(n):
        y, x = (radius + (size - 2 * radius) * torch.rand(2, generator=draw)).tolist()
        masks.append(((grid[:, None] - y) ** 2 + (grid - x) ** 2 <= radius**2).float())
    return torch.stack(masks)[:, None]
""", says="single round spots", point=True)  # fmt: skip
it.wrong("a dab a stroke", {"if mask.mean() >= share:\n    break": "break"}, says="fall into", point=True)
it.wrong("a brush that stands still", {"row, column = row + math.sin(angle), column + math.cos(angle)": "pass"},
         says="fall into", point=True)  # fmt: skip
it.wrong("one mask for all", {"return masks": "return masks[:1].repeat(n, 1, 1, 1)"}, says="Each picture has its own")
it.wrong("chance of its own", {"torch.Generator().manual_seed(seed)": "torch.Generator().manual_seed(torch.seed() % 2**40)"},
         says="The same seed gives other masks")  # fmt: skip
it.wrong("a seed for all", {"manual_seed(seed)": "manual_seed(0)"}, says="Another seed gives the same masks")
it.wrong(
    "from the upper left", {"[size, size, 2 * math.pi]": "[size / 3, size / 3, 1.5]"}, says="begin strokes anywhere"
)
it.wrong("from the middle", {"return masks": (
    "draw = torch.Generator().manual_seed(seed)\nmasks = torch.zeros(n, 1, size, size)\nfor mask in masks[:, 0]:\n"
    "    while mask.mean() < share:\n        row = column = size / 2\n"
    "        angle = 6.28 * float(torch.rand((), generator=draw))\n"
    "        for turn in torch.randn(size, generator=draw).mul(0.3).tolist():\n"
    "            angle += turn\n            row, column = row + math.sin(angle), column + math.cos(angle)\n"
    "            top, left = int(row) - brush // 2, int(column) - brush // 2\n"
    "            mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1\n"
    "            if mask.mean() >= share:\n                break\nreturn masks"
)}, says="begin")  # fmt: skip
it.wrong("along a diagonal", {"row + math.sin(angle)": "row + math.cos(angle)"}, says="run in one direction")
it.wrong("level strokes", {"row + math.sin(angle)": "row + 0.2 * math.sin(angle)"}, says="run in one direction")
it.wrong("another shape", {"return masks": "return masks[:, 0]"}, says="(n, 1, size, size) is asked", point=True)
it.wrong("of 255", {"return masks": "return 255 * masks"}, says="other numbers than 0 and 1", point=True)
it.wrong("nothing hidden", "return torch.zeros(n, 1, size, size)", says="give or take 0.03", point=True)

it.excused = {
    "`max(3, size // 8)` → `min(3, size // 8)`": "a brush of another width that is allowed",
    "`max(3, size // 8)` → `3`": "a brush of another width that is allowed",
    "`max(3, size // 8)` → `size // 8`": "a brush of another width that is allowed",
    "`max(3, size // 8)` → `max(size // 8, 3)`": "a brush of another width that is allowed",
    "`mask.mean() < share` → `mask.mean() <= share`": "it matters only where the share is met exactly, and then by a dab",
    "`max(3, size // 8)` → `max(-3, size // 8)`": "a brush of another width that is allowed",
    "`max(3, size // 8)` → `max(0, size // 8)`": "a brush of another width that is allowed",
    "`max(3, size // 8)` → `max(2, size // 8)`": "a brush of another width that is allowed",
    "`max(3, size // 8)` → `max(4, size // 8)`": "a brush of another width that is allowed",
    "`size // 8` → `8 // size`": "a brush of another width that is allowed",
    "`masks[:, 0]` → `masks[:, -1]`": "the same dimension",
    "`torch.rand(3, generator=draw).mul(torch.tensor([size, size, 2 * math.pi])).tolist()` → `torch.rand(3, generator=draw).mul(torch.tensor([size, size, 2 * math.pi]))`": "the same numbers",
    "`torch.randn(size, generator=draw).mul(0.3).tolist()` → `torch.randn(size, generator=draw).mul(0.3)`": "the same numbers",
    "`angle += turn` → `angle -= turn`": "how much strokes bend is free",
    "`angle += turn` → nothing": "how much strokes bend is free",
    "`size // 8` → `size // -8`": "a brush of another width that is allowed",
    "`size // 8` → `size // 7`": "a brush of another width that is allowed",
    "`size // 8` → `size // 9`": "a brush of another width that is allowed",
    "`(int(row) - brush // 2, int(column) - brush // 2)` → `(int(column) - brush // 2, int(row) - brush // 2)`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`mask.mean() >= share` → `mask.mean() > share`": "it matters only where the share is met exactly, and then by a dab",
    "`torch.rand(3, generator=draw).mul(torch.tensor([size, size, 2 * math.pi]))` → `torch.rand(3, generator=draw).mul_(torch.tensor([size, size, 2 * math.pi]))`": "the same numbers",
    "`torch.randn(size, generator=draw).mul(0.3)` → `torch.randn(size, generator=draw)`": "how much strokes bend is free",
    "`torch.randn(size, generator=draw).mul(0.3)` → `torch.randn(size, generator=draw).mul_(0.3)`": "the same numbers",
    "`row + math.sin(angle)` → `row - math.sin(angle)`": "angles are drawn evenly, and may count either way around",
    "`column + math.cos(angle)` → `column - math.cos(angle)`": "angles are drawn evenly, and may count either way around",
    "`int(row) - brush // 2` → `int(row) + brush // 2`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`int(row) - brush // 2` → `int(row)`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`int(column) - brush // 2` → `int(column) + brush // 2`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`int(column) - brush // 2` → `int(column)`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`(max(0, top):max(0, top + brush), max(0, left):max(0, left + brush))` → `(max(0, left):max(0, left + brush), max(0, top):max(0, top + brush))`": "rows and columns are drawn alike",
    "`torch.randn(size, generator=draw).mul(0.3)` → `torch.randn(size, generator=draw).mul(0.0)`": "how much strokes bend is free",
    "`torch.randn(size, generator=draw).mul(0.3)` → `torch.randn(size, generator=draw).mul(0.6)`": "how much strokes bend is free",
    "`torch.randn(size, generator=draw).mul(0.3)` → `torch.randn(size, generator=draw).mul(0.15)`": "how much strokes bend is free",
    "`torch.randn(size, generator=draw).mul(0.3)` → `torch.randn(size, generator=draw).mul(-0.3)`": "how much strokes bend is free",
    "`brush // 2` → `brush * 2`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `2 // brush`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `brush`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `2`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `brush * 2` (no. 2)": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `2 // brush` (no. 2)": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `brush` (no. 2)": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `2` (no. 2)": "where a brush is held is free, and strokes begin and leave at all edges",
    "`torch.randn(size, generator=draw)` → `torch.rand(size, generator=draw)`": "how much strokes bend is free",
    "`brush // 2` → `brush // -2`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `brush // 1`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `brush // 3`": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `brush // -2` (no. 2)": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `brush // 1` (no. 2)": "where a brush is held is free, and strokes begin and leave at all edges",
    "`brush // 2` → `brush // 3` (no. 2)": "where a brush is held is free, and strokes begin and leave at all edges",
    "`max(0, top)` → `top`": "what the picture's edge cuts off is free",
    "`max(0, top)` → `max(top, 0)`": "the same number",
    "`max(0, top + brush)` → `max(top + brush, 0)`": "the same number",
    "`max(0, left)` → `left`": "what the picture's edge cuts off is free",
    "`max(0, left)` → `max(left, 0)`": "the same number",
    "`max(0, left + brush)` → `max(left + brush, 0)`": "the same number",
    "`2 * math.pi` → `2 + math.pi`": "strokes bend, so that all directions come all the same",
    "`2 * math.pi` → `2`": "strokes bend, so that all directions come all the same",
    "`2 * math.pi` → `math.pi`": "strokes bend, so that all directions come all the same",
    "`max(0, top)` → `max(-1, top)`": "what the picture's edge cuts off is free",
    "`max(0, top)` → `max(1, top)`": "what the picture's edge cuts off is free",
    "`max(0, top + brush)` → `max(1, top + brush)`": "what the picture's edge cuts off is free",
    "`max(0, left)` → `max(-1, left)`": "what the picture's edge cuts off is free",
    "`max(0, left + brush)` → `max(1, left + brush)`": "what the picture's edge cuts off is free",
    "`2 * math.pi` → `-2 * math.pi`": "strokes bend, so that all directions come all the same",
    "`2 * math.pi` → `1 * math.pi`": "strokes bend, so that all directions come all the same",
    "`2 * math.pi` → `3 * math.pi`": "strokes bend, so that all directions come all the same",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("spread_kernel")

it.right("as in the lesson")
ASSIGN = "wide[..., ::dilation, ::dilation] = weight"
it.right("a loop", {ASSIGN: (
    "for a in range(kh):\n    for b in range(kw):\n        wide[:, :, a * dilation, b * dilation] = weight[:, :, a, b]"
)})  # fmt: skip
it.right("Kronecker", """
    dot = torch.zeros(dilation, dilation, dtype=weight.dtype)
    dot[0, 0] = 1
    wide = torch.kron(weight, dot)
    return wide[:, :, : (weight.shape[2] - 1) * dilation + 1, : (weight.shape[3] - 1) * dilation + 1]
""")  # fmt: skip
it.right("a transposed convolution", """
    o, i, kh, kw = weight.shape
    one = torch.ones(1, 1, 1, 1, dtype=weight.dtype)
    return F.conv_transpose2d(weight.reshape(o * i, 1, kh, kw), one, stride=dilation).unflatten(0, (o, i))[:, :, 0]
""")  # fmt: skip
it.wrong("zeros behind", {"(kh - 1) * dilation + 1, (kw - 1) * dilation + 1": "kh * dilation, kw * dilation"},
         says="none behind the last", point=True)  # fmt: skip
it.wrong("repeated", "return weight.repeat_interleave(dilation, 2).repeat_interleave(dilation, 3)[:, :, : (weight.shape[2] - 1) * dilation + 1, : (weight.shape[3] - 1) * dilation + 1]",
         says="Between them come zeros", point=True)  # fmt: skip
it.wrong("upside down", {"] = weight": "] = weight.flip((2, 3))"}, says="upside down", point=True)
it.wrong("rows alone", {"(kw - 1) * dilation + 1": "kw", "[..., ::dilation, ::dilation]": "[..., ::dilation, :]"},
         says="A side of k becomes", point=True)  # fmt: skip
it.wrong("one more", {"(kh - 1) * dilation + 1, (kw - 1) * dilation + 1": "(kh - 1) * (dilation + 1) + 1, (kw - 1) * (dilation + 1) + 1",
                      "::dilation, ::dilation": ":: dilation + 1, :: dilation + 1"}, says="A side of k becomes", point=True)  # fmt: skip
it.wrong("as it is", "return weight", says="A side of k becomes", point=True)
it.wrong("square kernels", {"(kw - 1)": "(kh - 1)"}, says="Your code stopped", point=True)
it.wrong("cut off", {"] = weight": "] = weight.detach()"}, says="cut off from the kernel")
it.wrong("two for all", {"return wide": (
    "if dilation > 2:\n    wide[..., 1::dilation, ::dilation] = 1e-3\nreturn wide"
)}, says="is", point=True)  # fmt: skip

# ---------------------------------------------------------------------------------------------

it = answers.to("dilated_field")

it.right("as in the lesson")
LINE = "field = (field - 1) * stride + (kernel - 1) * dilation + 1"
it.right("by jumps", """
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * jump
        jump *= stride
    return field
""")  # fmt: skip
it.right("recursion", """
    if not layers:
        return 1
    kernel, stride, dilation = layers[0]
    return (dilated_field(layers[1:]) - 1) * stride + (kernel - 1) * dilation + 1
""")  # fmt: skip
it.right("by places", """
    low = high = 0
    for k, s, d in layers[::-1]:
        low, high = low * s, high * s + (k - 1) * d
    return high - low + 1
""")  # fmt: skip
it.wrong("no dilation", {"* dilation": ""}, says="The dilations are missing", point=True)
it.wrong("k · d", {"(kernel - 1) * dilation + 1": "kernel * dilation"}, says="is not k · d wide", point=True)
it.wrong("d zeros between", {"(kernel - 1) * dilation + 1": "(kernel + (kernel - 1) * dilation if dilation > 1 else kernel)"},
         says="d − 1 zeros", point=True)  # fmt: skip
it.wrong("no stride", {"(field - 1) * stride": "(field - 1)"}, says="The strides are missing", point=True)
it.wrong("from the picture", {"reversed(layers)": "layers"}, says="goes from the picture", point=True)
it.wrong("units", {"(field - 1) * stride": "field * stride"}, says="(r − 1) · stride", point=True)
it.wrong("one less", {"return field": "return field - 1"}, says="expected", point=True)
it.wrong("a float", {"return field": "return field / 1 + 0.5"}, says="whole number", point=True)
it.wrong("the last layer alone", {"reversed(layers)": "layers[-1:]"}, says="expected", point=True)

# ---------------------------------------------------------------------------------------------

it = answers.to("seen_pixels")

it.right("as in the lesson")
SET = "places = {p * stride + j * dilation for p in places for j in range(kernel)}"
it.right("lists", {"{0}": "[0]", SET: "places = [p * stride + j * dilation for p in places for j in range(kernel)]",
                   "sorted(places)": "sorted(set(places))"})  # fmt: skip
it.right("ones that are convolved", """
    seen = [1]
    for kernel, stride, dilation in reversed(layers):
        wide = [0] * ((len(seen) - 1) * stride + (kernel - 1) * dilation + 1)
        for p, flag in enumerate(seen):
            for j in range(kernel):
                wide[p * stride + j * dilation] += flag
        seen = wide
    return [place for place, often in enumerate(seen) if often]
""")  # fmt: skip
it.right("from the picture on", """
    places, jump = {0}, 1
    for kernel, stride, dilation in layers:
        places = {p + j * dilation * jump for p in places for j in range(kernel)}
        jump *= stride
    return sorted(places)
""")  # fmt: skip
it.wrong("all of it", {"sorted(places)": "list(range(max(places) + 1))"}, says="nothing depends on", point=True)
it.wrong("no dilation", {"j * dilation": "j"}, says="The dilations are missing", point=True)
it.wrong("no stride", {"p * stride": "p"}, says="The strides are missing", point=True)
it.wrong("from the picture", {"reversed(layers)": "layers"}, says="goes from the picture", point=True)
it.wrong("from one", {"{0}": "{1}"}, says="expected", point=True)
it.wrong("repeated", {"{0}": "[0]", SET: "places = [p * stride + j * dilation for p in places for j in range(kernel)]"},
         says="each once", point=True)  # fmt: skip
it.wrong("around the middle", {"return sorted(places)": "places = sorted(places)\nreturn [p - places[-1] // 2 for p in places]"},
         says="counted from the leftmost", point=True)  # fmt: skip
it.wrong("how many", {"sorted(places)": "len(places)"}, says="a list of whole numbers", point=True)
it.wrong("the ends", {"sorted(places)": "[0, max(places)]"}, says="expected", point=True)

# ---------------------------------------------------------------------------------------------

it = answers.to("DilatedBlock")

it.right("as in the lesson")
SUM = "return x + self.close(F.relu(self.wide(x)))"
WIDE = "self.wide = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)"
CLOSE = "self.close = nn.Conv2d(channels, channels, 3, padding=1)"
it.right("in a row", {f"{WIDE}\n{CLOSE}": (
    "self.layers = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, dilation, dilation), nn.ReLU(), "
    "nn.Conv2d(channels, channels, 3, 1, 1))"
), SUM: "return self.layers(x) + x"})  # fmt: skip
it.right(
    "padding='same'", {"padding=dilation, dilation": 'padding="same", dilation', "3, padding=1)": '3, padding="same")'}
)
it.right("clamp", {"F.relu(self.wide(x))": "self.wide(x).clamp(min=0)"})
it.wrong(
    "no dilation", {"padding=dilation, dilation=dilation": "padding=1"}, says="The dilation is not used", point=True
)
it.wrong(
    "both",
    {"3, padding=1)": "3, padding=dilation, dilation=dilation)"},
    says="Both convolutions are dilated",
    point=True,
)
it.wrong("the other", {"padding=dilation, dilation=dilation": "padding=1", "self.close = nn.Conv2d(channels, channels, 3, padding=1)": (
    "self.close = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)"
)}, says="in place of the first", point=True)  # fmt: skip
it.wrong("no way around", {"x + self": "self"}, says="The way around is missing", point=True)
it.wrong("no ReLU", {"F.relu(self.wide(x))": "self.wide(x)"}, says="The ReLU between", point=True)
it.wrong("leaky", {"F.relu(": "F.leaky_relu("}, says="random weights", point=True)
it.wrong("leaky, 0.2", {"F.relu(self.wide(x))": "F.leaky_relu(self.wide(x), 0.2)"}, says="leaky ReLU", point=True)
it.wrong("bent first", {"F.relu(self.wide(x))": "self.wide(F.relu(x))"}, says="in front of the first", point=True)
it.wrong(
    "bent sum", {SUM: "return F.relu(x + self.close(F.relu(self.wide(x))))"}, says="ReLU behind the sum", point=True
)
it.wrong("bent end", {SUM: "return x + F.relu(self.close(F.relu(self.wide(x))))"}, says="second ReLU", point=True)
it.wrong("no padding", {"padding=dilation, ": "padding=1, "}, says="Your code stopped", point=True)
it.wrong("no bias", {"3, padding=1)": "3, padding=1, bias=False)"}, says="There are", point=True)
it.wrong(
    "mirrored",
    {"dilation=dilation)": 'dilation=dilation, padding_mode="replicate")'},
    says="random weights",
    point=True,
)
it.wrong("in place", {SUM: "x += self.close(F.relu(self.wide(x)))\nreturn x"}, says="change", point=False)
it.wrong("normalized", {CLOSE: f"{CLOSE}\nself.norm = nn.BatchNorm2d(channels)"}, says="There are", point=True)
it.wrong("zero at first", {CLOSE: f"{CLOSE}\nnn.init.zeros_(self.close.weight)"}, says="as PyTorch sets them")
it.wrong("cut off", {"self.wide(x)": "self.wide(x.detach())"}, says="gradient is")

# ---------------------------------------------------------------------------------------------

it = answers.to("fill_guess")

it.right("as in the lesson")
GIVEN = "return joint[seen] / joint[seen].sum()"
it.right("by a loop", {"ordered, which = values.sort(0)\nenough = fill_guess(1, joint, values, seen)[which].cumsum(0) >= 0.5\nreturn ordered.gather(0, enough.int().argmax(0)[None])[0]": (
    "p, made = fill_guess(1, joint, values, seen), []\n"
    "for column in values.T:\n"
    "    made.append(min(v for v in column.tolist() if float(p[column <= v].sum()) >= 0.5))\n"
    "return torch.tensor(made)"
)})  # fmt: skip
it.right("conditional by column sums", {GIVEN: "return joint[seen] / joint.sum(1)[seen]"})
it.right("all pairs by broadcasting", {"return p @ (values[:, None] - values).abs().mean(2) @ p": (
    "return ((p[:, None] * p)[:, :, None] * (values[:, None] - values[None]).abs()).mean(2).sum()"
)})  # fmt: skip
it.wrong("1: the row", {GIVEN: "return joint[seen]"}, says="Given what was seen, probabilities add up to 1")
it.wrong("1: ignores it", {GIVEN: "return joint.sum(0)"}, says="ignores what was seen")
it.wrong("1: by columns", {GIVEN: "return joint[seen] / joint.sum(0)"}, says="divided by its own sum")
it.wrong("1: softmax", {GIVEN: "return joint[seen].softmax(0)"}, says="expected")
MEAN = "return fill_guess(1, joint, values, seen) @ values"
it.wrong("2: all alike", {MEAN: "return values.mean(0)"}, says="All hidden halves count alike")
it.wrong("2: the likeliest", {MEAN: "return values[joint[seen].argmax()]"}, says="likeliest half")
it.wrong("2: not divided", {MEAN: "return joint[seen] @ values"}, says="not divided by its sum")
it.wrong("2: ignores it", {MEAN: "return joint.sum(0) @ values"}, says="ignores what was seen")
MEDIAN = "return ordered.gather(0, enough.int().argmax(0)[None])[0]"
it.wrong("3: the mean", {MEDIAN: MEAN}, says="That is the mean, step 2", point=True)
it.wrong(
    "3: plain median",
    {MEDIAN: "return values.median(0).values"},
    says="Each value counts by its own probability",
    point=True,
)
it.wrong("3: the likeliest", {MEDIAN: "return values[joint[seen].argmax()]"}, says="median of its own", point=True)
it.wrong("3: not reordered", {"fill_guess(1, joint, values, seen)[which].cumsum(0)": "fill_guess(1, joint, values, seen)[:, None].expand_as(values).cumsum(0)"},
         says="expected", point=True)  # fmt: skip
it.wrong("3: quartile", {">= 0.5": ">= 0.25"}, says="expected", point=True)
FOURTH = "return fill_guess(1, joint, values, seen) @ (values - filling).abs().mean(1)"
it.wrong("4: sum", {FOURTH: FOURTH.replace("mean(1)", "sum(1)")}, says="added up over the pixels")
it.wrong("4: squares", {FOURTH: FOURTH.replace("abs()", "square()")}, says="Squares are taken")
it.wrong("4: all alike", {FOURTH: "return (values - filling).abs().mean()"}, says="All halves count alike")
it.wrong("4: averaged first", {FOURTH: "return (fill_guess(1, joint, values, seen) @ (values - filling)).abs().mean()"},
         says="Differences are averaged first")  # fmt: skip
FIFTH = "return p @ (values[:, None] - values).abs().mean(2) @ p"
it.wrong("5: the median's", {FIFTH: "return fill_guess(4, joint, values, seen, fill_guess(3, joint, values, seen))"},
         says="That is the median's error", point=True)  # fmt: skip
it.wrong("5: twice the median's", {FIFTH: "return 2 * fill_guess(4, joint, values, seen, fill_guess(3, joint, values, seen))"},
         says="squares and means alone", point=True)  # fmt: skip
it.wrong(
    "5: all pairs alike",
    {FIFTH: "return (values[:, None] - values).abs().mean()"},
    says="All pairs count alike",
    point=True,
)
it.wrong("5: the truth alike", {FIFTH: "return (p @ (values[:, None] - values).abs().mean(2)).mean()"},
         says="the truth does, too", point=True)  # fmt: skip
it.wrong("5: squares", {FIFTH: FIFTH.replace("abs()", "square()")}, says="Squares are taken", point=True)
SIXTH = "return ((values[:, None] - values).abs().mean(2) @ p - weight * p.log()).argmin()"
it.wrong(
    "6: nearest",
    {SIXTH: "return int(((values[:, None] - values).abs().mean(2) @ p).argmin())"},
    says="What is rare costs, too",
)
it.wrong("6: likeliest", {SIXTH: "return int(p.argmax())"}, says="L1 counts, too")
it.wrong("6: sign", {SIXTH: SIXTH.replace("- weight", "+ weight")}, says="The sign of log p")
it.wrong("6: a filling", {SIXTH: SIXTH.replace("return (", "return values[(") + "]"}, says="number")

it.excused = {
    "`if step == 6: …` → `p = fill_guess(1, joint, values, seen)` `return ((values[:, None] - values).abs().mean(2) @ p - weight * p.log()).argmin()`": "the check asks for the steps there are",
    "`raise ValueError(f'Steps are 1 to 6, not {step}.')` → nothing": "what another step gives is not asked",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `f'Steps are 1 to 6, not {step}.'`": "what another step gives is not asked",
    "`ValueError(f'Steps are 1 to 6, not {step}.')` → `ValueError()`": "what another step gives is not asked",
    "`fill_guess(1, joint, values, seen) @ (values - filling).abs().mean(1)` → `(values - filling).abs().mean(1) @ fill_guess(1, joint, values, seen)`": "the table is symmetric, and the sum the same",
    "`p @ (values[:, None] - values).abs().mean(2) @ p` → `p @ (p @ (values[:, None] - values).abs().mean(2))`": "the table is symmetric, and the sum the same",
    "`fill_guess(1, joint, values, seen)[which].cumsum(0)` → `fill_guess(1, joint, values, seen)[which].cumsum_(0)`": "it is its own",
    "`ordered.gather(0, enough.int().argmax(0)[None])[0]` → `ordered.gather(0, enough.int().argmax(0)[None])[-1]`": "there is one row",
    "`p @ (values[:, None] - values).abs().mean(2)` → `(values[:, None] - values).abs().mean(2) @ p`": "the table is symmetric, and the sum the same",
    "`(values - filling).abs().mean(1)` → `(values - filling).abs().mean(-1)`": "the same dimension",
    "`(values - filling).abs()` → `(values - filling).abs_()`": "it is its own",
    "`(values[:, None] - values).abs().mean(2) @ p` → `p @ (values[:, None] - values).abs().mean(2)`": "the table is symmetric, and the sum the same",
    "`(values[:, None] - values).abs()` → `(values[:, None] - values).abs_()`": "it is its own",
    "`weight * p.log()` → `weight * p.log_()`": "it is its own",
    "`values - filling` → `filling - values`": "its absolute value is taken",
    "`values[:, None] - values` → `values - values[:, None]`": "its absolute value is taken",
    "`(values[:, None] - values).abs()` → `(values[:, None] - values).abs_()` (no. 2)": "it is its own",
    "`values[:, None] - values` → `values - values[:, None]` (no. 2)": "its absolute value is taken",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("TwoHeads")

it.right("as in the lesson")
LOOK = "seen = self.trunk(pictures)\nreturn self.whole(seen), self.patch(seen)"
it.right("a list", {LOOK: "seen = self.trunk(pictures)\nreturn [self.whole(seen), self.patch(seen)]"})
it.right("layers one by one", """
    class TwoHeads(nn.Module):
        def __init__(self, size=32, width=16):
            super().__init__()
            self.a = nn.Conv2d(3, width, 4, stride=2, padding=1)
            self.b = nn.Conv2d(width, width * 2, 4, stride=2, padding=1, bias=False)
            self.b_norm = nn.BatchNorm2d(width * 2)
            self.c = nn.Conv2d(width * 2, width * 2, 4, stride=2, padding=1, bias=False)
            self.c_norm = nn.BatchNorm2d(width * 2)
            self.c_out = nn.Linear(width * 2 * (size // 8) * (size // 8), 1)
            self.p = nn.Conv2d(width * 2, 1, 3, padding=1)

        def forward(self, x):
            x = F.leaky_relu(self.a(x), 0.2)
            x = F.leaky_relu(self.b_norm(self.b(x)), 0.2)
            h = F.leaky_relu(self.c_norm(self.c(x)), 0.2)
            return self.c_out(h.flatten(1)), self.p(x)
""")  # fmt: skip
it.right("flattened, said in full", {"nn.Flatten(),": "nn.Flatten(1, -1),"})
it.wrong("looks twice", {LOOK: "return self.whole(self.trunk(pictures)), self.patch(self.trunk(pictures))"},
         says="looks at the same pictures twice", point=True)  # fmt: skip
it.wrong("two trunks", {"self.whole = nn.Sequential(": (
    "self.second = nn.Sequential(\n    nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),\n"
    "    nn.Conv2d(width, two, 4, 2, 1, bias=False), nn.BatchNorm2d(two), nn.LeakyReLU(0.2),\n)  # fmt: skip\n"
    "self.whole = nn.Sequential("
), "self.patch(seen)": "self.patch(self.second(pictures))"}, says="The trunk stands there once", point=True)  # fmt: skip
it.wrong("patch cut off", {"self.patch(seen)": "self.patch(seen.detach())"}, says="gradient", point=True)
it.wrong("whole cut off", {"self.whole(seen),": "self.whole(seen.detach()),"}, says="gradient", point=True)
it.wrong("swapped", {"return self.whole(seen), self.patch(seen)": "return self.patch(seen), self.whole(seen)"},
         says="comes first", point=True)  # fmt: skip
it.wrong("sigmoid", {"return self.whole(seen), self.patch(seen)": "return self.whole(seen).sigmoid(), self.patch(seen).sigmoid()"},
         says="the whole's logits are", point=True)  # fmt: skip
it.wrong("ReLU", {"nn.LeakyReLU(0.2)": "nn.ReLU()"}, count=3, says="LeakyReLU(0.2) lets a fifth", point=True)
it.wrong("slope", {"nn.LeakyReLU(0.2)": "nn.LeakyReLU()"}, count=3, says="The slope below zero is 0.01", point=True)
it.wrong("bent first", {"nn.Conv2d(width, two, 4, 2, 1, bias=False), nn.BatchNorm2d(two), nn.LeakyReLU(0.2),": (
    "nn.Conv2d(width, two, 4, 2, 1, bias=False), nn.LeakyReLU(0.2), nn.BatchNorm2d(two),"
)}, says="in front of the normalization", point=True)  # fmt: skip
it.wrong("no normalization", {"nn.Conv2d(width, two, 4, 2, 1, bias=False), nn.BatchNorm2d(two),": "nn.Conv2d(width, two, 4, 2, 1),"},
         says="There are", point=True)  # fmt: skip
it.wrong(
    "patches averaged", {"self.patch(seen)": "self.patch(seen).mean((2, 3), keepdim=True)"}, says="is asked", point=True
)
it.wrong("for 32 pixels alone", {"(size // 8) ** 2": "16"}, says="There are", point=True)
it.wrong("patch from the whole", {"self.patch(seen)": "self.patch(self.whole[:3](seen))"}, says="is asked", point=True)
it.wrong("DCGAN's start", {"self.patch = nn.Conv2d(two, 1, 3, padding=1)": (
    "self.patch = nn.Conv2d(two, 1, 3, padding=1)\nfor p in self.parameters():\n    if p.ndim > 1:\n        nn.init.normal_(p, 0, 0.02)"
)}, says="Leave them as PyTorch sets them")  # fmt: skip
it.wrong(
    "in evaluation mode",
    {"seen = self.trunk(pictures)": "seen = self.trunk.eval()(pictures)"},
    says="logits are",
    point=True,
)

it.excused = {
    "`self, size=32, width=16` → `self, size=-32, width=16`": "what is not said has the value that the author likes",
    "`self, size=32, width=16` → `self, size=0, width=16`": "what is not said has the value that the author likes",
    "`self, size=32, width=16` → `self, size=31, width=16`": "what is not said has the value that the author likes",
    "`self, size=32, width=16` → `self, size=33, width=16`": "what is not said has the value that the author likes",
    "`self, size=32, width=16` → `self, size=32, width=-16`": "what is not said has the value that the author likes",
    "`self, size=32, width=16` → `self, size=32, width=0`": "what is not said has the value that the author likes",
    "`self, size=32, width=16` → `self, size=32, width=17`": "what is not said has the value that the author likes",
    "`nn.Sequential(nn.Conv2d(two, two, 4, 2, 1, bias=False), nn.BatchNorm2d(two), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(two * (size // 8) ** 2, 1))` → `nn.Sequential(nn.Conv2d(two, two, 4, 2, 1, bias=False), nn.BatchNorm2d(two), nn.Flatten(), nn.LeakyReLU(0.2), nn.Linear(two * (size // 8) ** 2, 1))`": "each number by itself, before or after they are put in a row",
    "`size // 8` → `size // -8`": "it is squared",
    "`self, size=32, width=16` → `self, size=32, width=15`": "what is not said has the value that the author likes",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("judges_loss")

it.right("as in the lesson")
OUT = "return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake, strict=True))"
it.right("logsigmoid", {OUT: (
    "return -F.logsigmoid(real[0]).mean() - F.logsigmoid(-fake[0]).mean() - F.logsigmoid(real[1]).mean() - "
    "F.logsigmoid(-fake[1]).mean()"
)})  # fmt: skip
it.right("cross-entropy", {OUT: (
    "bce, total = F.binary_cross_entropy_with_logits, 0\nfor r, f in zip(real, fake):\n"
    "    total = total + bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))\nreturn total"
)})  # fmt: skip
it.right("logaddexp", {"F.softplus(-r)": "torch.logaddexp(-r, torch.zeros_like(r))"})
it.right("softplus by hand, with the larger part taken out", {
    OUT: "def softplus(l):\n    return l.clamp(min=0) + torch.log1p(torch.exp(-l.abs()))\n" + OUT.replace("F.", "")
})  # fmt: skip
it.wrong("swapped", {"-r)": "r)", "(f)": "(-f)"}, says="swapped", point=True)
it.wrong("halved", {"return sum(": "return 0.5 * sum("}, says="It is halved", point=True)
it.wrong("divided by four", {"return sum(": "return 0.25 * sum("}, says="divided by four", point=True)
it.wrong(
    "whole alone",
    {OUT: "return F.softplus(-real[0]).mean() + F.softplus(fake[0]).mean()"},
    says="The patches are missing",
    point=True,
)
it.wrong(
    "patches alone",
    {OUT: "return F.softplus(-real[1]).mean() + F.softplus(fake[1]).mean()"},
    says="The whole is missing",
    point=True,
)
it.wrong("true alone", {" + F.softplus(f).mean()": ""}, says="Only true pictures", point=True)
it.wrong("filled alone", {"F.softplus(-r).mean() + ": ""}, says="Only filled pictures", point=True)
it.wrong("one heap", {OUT: (
    "r = torch.cat([part.flatten() for part in real])\nf = torch.cat([part.flatten() for part in fake])\n"
    "return F.softplus(-r).mean() + F.softplus(f).mean()"
)}, says="one heap", point=True)  # fmt: skip
it.wrong("patches averaged first", {OUT: (
    "r, f = real[1].mean((1, 2, 3)), fake[1].mean((1, 2, 3))\nreturn F.softplus(-real[0]).mean() + "
    "F.softplus(fake[0]).mean() + F.softplus(-r).mean() + F.softplus(f).mean()"
)}, says="averaged before", point=True)  # fmt: skip
it.wrong("patches added up", {OUT: (
    "return F.softplus(-real[0]).mean() + F.softplus(fake[0]).mean() + F.softplus(-real[1]).sum() + F.softplus(fake[1]).sum()"
)}, says="Patches are added up", point=True)  # fmt: skip
it.wrong("breaks", {"F.softplus(-r)": "-torch.sigmoid(r).log()"}, says="infinite")
it.wrong("clamped", {"F.softplus(-r)": "-torch.sigmoid(r).clamp(min=1e-12).log()"}, says="logits of")
it.wrong("cut off", {"F.softplus(f)": "F.softplus(f.detach())"}, says="No gradient reaches")
WHERE = "def softplus(l):\n    return torch.where(l > 20, l, torch.log1p(torch.exp(l)))\n"
it.wrong("where, the gradient of whose other branch is NaN", {OUT: WHERE + OUT.replace("F.", "")},
         says="torch.where computes both branches")  # fmt: skip
it.wrong("where, on filled pictures alone", {OUT: WHERE + OUT.replace("F.softplus(f)", "softplus(f)")},
         says="logits on filled pictures contains NaN")  # fmt: skip
it.wrong("three by hand", {"-r).mean()": "-r).mean().clamp(max=50)"}, says="logits of")

# ---------------------------------------------------------------------------------------------

it = answers.to("joint_loss")

it.right("as in the lesson")
NEAR = "near = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())"
JOINT = "return near + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()"
it.right("picked", {NEAR: "near = (filling - picture).abs()[mask.bool().expand_as(picture)].mean()"})
it.right("l1_loss of picked pixels", {NEAR: (
    "hole = (mask > 0).expand_as(picture)\nnear = F.l1_loss(filling[hole], picture[hole])"
)})  # fmt: skip
it.right(
    "logsigmoid", {JOINT: "return near - whole * F.logsigmoid(fake[0]).mean() - patch * F.logsigmoid(fake[1]).mean()"}
)
it.right("logaddexp", {JOINT: (
    "fools = [torch.logaddexp(-l, torch.zeros_like(l)).mean() for l in fake]\n"
    "return near + whole * fools[0] + patch * fools[1]"
)})  # fmt: skip
it.right("composited first", {NEAR: (
    "near = F.l1_loss(torch.where(mask > 0, filling, picture), picture) * mask.numel() / mask.sum()"
)})  # fmt: skip
it.wrong(
    "whole picture",
    {NEAR: "near = (filling - picture).abs().mean()"},
    says="L1 is taken over the whole picture",
    point=True,
)
it.wrong(
    "divided by all",
    {NEAR: "near = ((filling - picture).abs() * mask).mean()"},
    says="divided by all pixels",
    point=True,
)
it.wrong("known pixels", {NEAR: "near = ((filling - picture).abs() * (1 - mask)).sum() / (3 * (1 - mask).sum())"},
         says="taken of the known pixels", point=True)  # fmt: skip
it.wrong("no channels", {"(3 * mask.sum())": "mask.sum()"}, says="not by the channels", point=True)
it.wrong("added up", {" / (3 * mask.sum())": ""}, says="L1 is added up", point=True)
it.wrong("each its own mean", {NEAR: (
    "off = ((filling - picture).abs() * mask).sum((1, 2, 3)) / (3 * mask.sum((1, 2, 3)))\nnear = off.mean()"
)}, says="own mean is averaged", point=True)  # fmt: skip
it.wrong("squares", {".abs()": ".square()"}, says="Squares are taken", point=True)
it.wrong("weights swapped", {"whole * F": "patch * F", "patch * F.softplus(-fake[1])": "whole * F.softplus(-fake[1])"},
         says="The two weights are swapped", point=True)  # fmt: skip
it.wrong("no weights", {"whole * ": "", "patch * ": ""}, says="The weights are not used", point=True)
it.wrong("no whole", {"whole * F.softplus(-fake[0]).mean() + ": ""}, says="whole's judgment is missing", point=True)
it.wrong("no patch", {" + patch * F.softplus(-fake[1]).mean()": ""}, says="patches' judgment is missing", point=True)
it.wrong("no L1", {"return near + ": "return "}, says="L1 is missing", point=True)
it.wrong("L1 alone", {JOINT: "return near"}, says="The judgments are missing", point=True)
it.wrong("to be caught", {"-fake[0]": "fake[0]", "-fake[1]": "fake[1]"}, says="teaches G to be caught", point=True)
it.wrong("minimax", {JOINT: "return near - whole * F.softplus(fake[0]).mean() - patch * F.softplus(fake[1]).mean()"},
         says="minimax", point=True)  # fmt: skip
it.wrong(
    "patches added up",
    {"F.softplus(-fake[1]).mean()": "F.softplus(-fake[1]).sum()"},
    says="Patches are added up",
    point=True,
)
it.wrong("breaks", {"F.softplus(-fake[0])": "-torch.sigmoid(fake[0]).log()"}, says="infinite")
it.wrong("cut off from the judge", {"-fake[1]": "-fake[1].detach()"}, says="No gradient reaches the patches' logits")
it.wrong("where, the gradient of whose other branch is NaN", {JOINT: WHERE + JOINT.replace("F.", "")},
         says="torch.where computes both branches")  # fmt: skip
it.wrong("where, on the patches alone", {JOINT: WHERE + JOINT.replace("F.softplus(-fake[1])", "softplus(-fake[1])")},
         says="the gradient for the patches' logits contains NaN")  # fmt: skip
it.wrong(
    "cut off from the filling",
    {"(filling - picture)": "(filling.detach() - picture)"},
    says="No gradient reaches the filling",
)

it.excused = {
    "`(filling - picture).abs()` → `(filling - picture).abs_()`": "the difference is its own",
    "`filling - picture` → `picture - filling`": "its absolute value is taken",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("inpainting_step")

it.right("as in the lesson")
it.right(
    "G called twice, cross-entropy",
    """
    bce = nn.BCEWithLogitsLoss()
    hole = mask > 0
    given = torch.cat([picture.masked_fill(hole, 0), mask], 1)
    with torch.no_grad():
        filled = torch.where(hole, G(given), picture)
    d_loss = 0
    for r, f in zip(D(picture), D(filled)):
        d_loss = d_loss + bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    opt_G.zero_grad()
    filling = G(given)
    w, p = D(torch.where(hole, filling, picture))
    wide = hole.expand_as(picture)
    near = F.l1_loss(filling[wide], picture[wide])
    a, b = bce(w, torch.ones_like(w)), bce(p, torch.ones_like(p))
    (near + whole * a + patch * b).backward()
    opt_G.step()
    return float(d_loss), float(near), float(a), float(b)
    """,
)
it.right("cleared at the end", {"opt_D.zero_grad()\nd_loss.backward()\nopt_D.step()\n": (
    "G.zero_grad()\nD.zero_grad()\nd_loss.backward()\nopt_D.step()\nD.zero_grad()\n"
), "opt_G.zero_grad()\n": ""})  # fmt: skip
it.right("gradients by name", {"opt_G.zero_grad()\n(near + whole * judged[0] + patch * judged[1]).backward()": (
    "slopes = torch.autograd.grad(near + whole * judged[0] + patch * judged[1], list(G.parameters()))\n"
    "for p, slope in zip(G.parameters(), slopes):\n    p.grad = slope"
)})  # fmt: skip
GIVEN_G = "torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)"
FILLED = "filled = torch.where(mask > 0, filling, picture)"
D_LOSS = "d_loss = torch.stack(parts).sum()"
JUDGED = "judged = [F.softplus(-logits).mean() for logits in D(filled)]"
TOTAL = "(near + whole * judged[0] + patch * judged[1]).backward()"
it.wrong("not hidden", {GIVEN_G: "torch.cat([picture, mask], 1)"}, says="G is shown what is in the hole", point=True)
it.wrong(
    "no mask",
    {GIVEN_G: "torch.cat([torch.where(mask > 0, 0.0, picture), 0 * mask], 1)"},
    says="fourth channel is not the mask",
    point=True,
)
it.wrong(
    "mask turned",
    {GIVEN_G: "torch.cat([torch.where(mask > 0, 0.0, picture), 1 - mask], 1)"},
    says="mask is turned around",
    point=True,
)
it.wrong("raw to D", {FILLED: "filled = filling"}, says="as it is, in both turns", point=True)
it.wrong(
    "raw in D's turn", {"D(filled.detach())": "D(filling.detach())"}, says="D is shown the filling as it is", point=True
)
it.wrong("raw in G's turn", {"in D(filled)]": "in D(filling)]"}, says="In G's turn D is shown the filling", point=True)
it.wrong(
    "composite turned",
    {FILLED: "filled = torch.where(mask > 0, picture, filling)"},
    says="composite is the other way around",
    point=True,
)
it.wrong("swapped", {"real, fake = D(picture), D(filled.detach())": "fake, real = D(picture), D(filled.detach())"},
         says="True and filled pictures are swapped", point=True)  # fmt: skip
it.wrong("halved", {D_LOSS: "d_loss = 0.5 * torch.stack(parts).sum()"}, says="D's loss is halved", point=True)
it.wrong("whole alone", {"zip(real, fake, strict=True)": "[(real[0], fake[0])]"}, says="whole's head alone", point=True)
it.wrong(
    "patches alone", {"zip(real, fake, strict=True)": "[(real[1], fake[1])]"}, says="patches' head alone", point=True
)
it.wrong("true alone", {" + F.softplus(f).mean()": ""}, says="D sees true pictures alone", point=True)
it.wrong("D keeps gradients", {"opt_D.zero_grad()\n": ""}, says="still in D", point=True)
it.wrong("G keeps gradients", {"opt_G.zero_grad()\n": ""}, says="still in G", point=True)
it.wrong("D does not move", {"opt_D.step()\n": ""}, says="D has not moved", point=True)
it.wrong("G does not move", {"opt_G.step()\n": ""}, says="G has not moved", point=True)
it.wrong("not detached", {"D(filled.detach())": "D(filled)", "d_loss.backward()": "d_loss.backward(retain_graph=True)",
                          "opt_G.zero_grad()\n": ""}, says="D's loss went back into G", point=True)  # fmt: skip
it.wrong("to be caught", {JUDGED: JUDGED.replace("-logits", "logits")}, says="teaches G to be caught", point=True)
it.wrong("minimax", {JUDGED: JUDGED.replace("F.softplus(-logits)", "-F.softplus(logits)")}, says="minimax", point=True)
it.wrong("detached in G's turn", {"in D(filled)]": "in D(filled.detach())]"}, says="L1 alone", point=True)
it.wrong("all pixels", {NEAR: "near = (filling - picture).abs().mean()"}, says="over the whole picture", point=True)
it.wrong("known pixels", {NEAR: "near = ((filling - picture).abs() * (1 - mask)).sum() / (3 * (1 - mask).sum())"},
         says="L1 is taken of the known pixels", point=True)  # fmt: skip
it.wrong(
    "divided by all",
    {NEAR: "near = ((filling - picture).abs() * mask).mean()"},
    says="divided by all pixels",
    point=True,
)
it.wrong("squares", {".abs()": ".square()"}, says="Squares are taken", point=True)
it.wrong("no weights", {TOTAL: "(near + judged[0] + judged[1]).backward()"}, says="each has its weight", point=True)
it.wrong(
    "no L1", {TOTAL: "(whole * judged[0] + patch * judged[1]).backward()"}, says="does not learn from L1", point=True
)
it.wrong(
    "weights swapped",
    {TOTAL: "(near + patch * judged[0] + whole * judged[1]).backward()"},
    says="The two weights are swapped",
    point=True,
)
it.wrong("G first", {f"opt_D.zero_grad()\nd_loss.backward()\nopt_D.step()\n{NEAR}\n{JUDGED}\nopt_G.zero_grad()\n{TOTAL}\nopt_G.step()": (
    f"{NEAR}\n{JUDGED}\nopt_G.zero_grad()\n{TOTAL}\nopt_G.step()\nopt_D.zero_grad()\nd_loss.backward()\nopt_D.step()"
)}, says="judged by the D from before its step", point=True)  # fmt: skip
it.wrong(
    "weighted",
    {"judged[0].item(), judged[1].item()": "whole * judged[0].item(), patch * judged[1].item()"},
    says="asked without",
)
it.wrong(
    "heads swapped", {"judged[0].item(), judged[1].item()": "judged[1].item(), judged[0].item()"}, says="comes third"
)
it.wrong(
    "three numbers",
    {"judged[0].item(), judged[1].item()": "judged[0].item() + judged[1].item()"},
    says="Return four numbers",
    point=True,
)
it.wrong("attached", {"d_loss.item(), near.item()": "d_loss, near"}, says="Return plain numbers", point=True)
it.wrong("D in evaluation mode", {JUDGED: f"D.eval()\n{JUDGED}"}, says="in another mode than before")
it.wrong("D frozen", {JUDGED: f"D.requires_grad_(False)\n{JUDGED}"}, says="cannot learn any more")
it.wrong("breaks", {JUDGED: JUDGED.replace("F.softplus(-logits)", "(-torch.sigmoid(logits).log())")}, says="infinite")
it.wrong(
    "where, in G's loss, the gradient of whose other branch is NaN",
    {"judged = [F.softplus": "def softplus(l):\n    return torch.where(l > 20, l, torch.log1p(torch.exp(l)))\njudged = [softplus"},
    says="a weight of G contains NaN",
)  # fmt: skip
it.wrong("its own optimizer", {"opt_D.zero_grad()\n": "opt_D = torch.optim.SGD(D.parameters(), 0.1)\nopt_D.zero_grad()\n"},
         says="opt_D.step() is not called", point=True)  # fmt: skip

it.excused = {
    "`(filling - picture).abs()` → `(filling - picture).abs_()`": "the difference is its own",
    "`filling - picture` → `picture - filling`": "its absolute value is taken",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("fill_holes")

AROUND = """
    now = torch.where(masks, known.mean(0), pictures)
    for _ in range({rounds}):
        wide = F.pad(now[:, None], (1, 1, 1, 1), mode="replicate")[:, 0]
        four = (wide[:, :-2, 1:-1] + wide[:, 2:, 1:-1] + wide[:, 1:-1, :-2] + wide[:, 1:-1, 2:]) / 4
        now = torch.where(masks, four, now)
    return now
"""
it.earns("gold", "as in the lesson")
it.earns("gold", "without mirrors, a larger diagonal", {"torch.cat([known, known.flip(2)]).flatten(1)": "known.flatten(1)",
                                                       "3e-3": "1e-2"})  # fmt: skip
it.earns("gold", "ridge regression from visible to hidden", """
    rows = torch.cat([known, known.flip(2)]).flatten(1)
    mean = rows.mean(0)
    centered, filled = rows - mean, pictures.flatten(1).clone()
    for face, hole in zip(filled, masks.flatten(1)):
        V, H = centered[:, ~hole], centered[:, hole]
        K = V @ V.T + 3e-3 * len(rows) * torch.eye(len(rows), dtype=rows.dtype)
        face[hole] = mean[hole] + torch.linalg.solve(K, V @ (face[~hole] - mean[~hole])) @ H
    return filled.reshape(pictures.shape)
""")  # fmt: skip
it.earns(
    "silver", "a small diagonal", {"torch.cat([known, known.flip(2)]).flatten(1)": "known.flatten(1)", "3e-3": "3.5e-4"}
)
it.earns("silver", "mirrors, and a small diagonal", {"3e-3": "8e-5"})
it.earns("bronze", "from around", AROUND.format(rounds=400))
it.earns("bronze", "the median of the nearest", """
    made = pictures.clone()
    for face, hole, new in zip(pictures, masks, made):
        off = (known - face)[:, ~hole].square().sum(1)
        new[hole] = known[off.topk(9, largest=False).indices].median(0).values[hole]
    return made
""")  # fmt: skip
it.wrong("nothing", "return pictures", says="of that of an even filling")
it.wrong("the mean face", "return known.mean(0).expand_as(pictures)", says="even filling")
it.wrong("even", """
    mean = (pictures * ~masks).sum((1, 2)) / (~masks).sum((1, 2))
    return mean[:, None, None].expand_as(pictures)
""", says="of an even filling")  # fmt: skip
it.wrong("noise", "return torch.rand(pictures.shape, dtype=pictures.dtype)", says="of that of an even filling")
it.wrong("a known face", "return known[:1].expand_as(pictures)", says="even filling")
it.wrong("too few rounds", AROUND.format(rounds=2), says="even filling")
it.wrong("one picture", "return pictures[0]", says="should have shape")
it.wrong("not a number", "return pictures / 0 * 0", says="NaN")
it.wrong("the mask the wrong way", {"seen = ~hole": "seen, hole = hole, ~hole"}, says="even filling")
