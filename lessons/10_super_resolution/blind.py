"""Answers to the exercises of lesson 10 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day.
"""

BLIND = {
    "pixel_shuffle": {
        "first": (1, 0),
        "wrong": {
            "blocks strewn over the channels": (
                "is channel k r² + a r + b of x … channels of one block are together",
                """
def pixel_shuffle(x, r):
    n, channels, h, w = x.shape
    if channels % (r * r):
        raise ValueError(f"{channels} channels cannot be divided by {r * r}.")
    x = x.reshape(n, r, r, channels // (r * r), h, w)
    return x.permute(0, 3, 4, 1, 5, 2).reshape(n, -1, r * h, r * w)
""",
            ),
            "columns before rows": (
                "become a block of r × r pixels, row by row",
                """
def pixel_shuffle(x, r):
    n, channels, h, w = x.shape
    if channels % (r * r):
        raise ValueError(f"{channels} channels cannot be divided by {r * r}.")
    x = x.reshape(n, channels // (r * r), r, r, h, w)
    return x.permute(0, 1, 4, 3, 5, 2).reshape(n, -1, r * h, r * w)
""",
            ),
            "divisible by r is enough": (
                "If the channels cannot be divided by r², raise a ValueError",
                """
def pixel_shuffle(x, r):
    n, channels, h, w = x.shape
    if channels % r:
        raise ValueError(f"{channels} channels cannot be divided by {r * r}.")
    x = x.reshape(n, channels // (r * r), r, r, h, w)
    return x.permute(0, 1, 4, 2, 5, 3).reshape(n, -1, r * h, r * w)
""",
            ),
            "message tells only the divisor": (
                "raise a ValueError that names their number",
                """
def pixel_shuffle(x, r):
    n, channels, h, w = x.shape
    if channels % (r * r):
        raise ValueError(f"The number of channels has to be a multiple of {r * r}.")
    x = x.reshape(n, channels // (r * r), r, r, h, w)
    return x.permute(0, 1, 4, 2, 5, 3).reshape(n, -1, r * h, r * w)
""",
            ),
            "sides exchanged at the end": (
                "maps x (n, c · r², h, w) become (n, c, r · h, r · w) … Height and width may differ",
                """
def pixel_shuffle(x, r):
    n, channels, w, h = x.shape
    if channels % (r * r):
        raise ValueError(f"{channels} channels cannot be divided by {r * r}.")
    x = x.reshape(n, channels // (r * r), r, r, w, h)
    return x.permute(0, 1, 4, 2, 5, 3).reshape(n, -1, r * h, r * w)
""",
            ),
            "filled without a graph": (
                "Return what gradients pass through",
                """
def pixel_shuffle(x, r):
    n, channels, h, w = x.shape
    if channels % (r * r):
        raise ValueError(f"{channels} channels cannot be divided by {r * r}.")
    out = torch.empty(n, channels // (r * r), r * h, r * w, dtype=x.dtype)
    for a in range(r):
        for b in range(r):
            out[:, :, a::r, b::r] = x.data[:, a * r + b :: r * r]
    return out
""",
            ),
            "canvas of single precision": (
                "the pixel in row r i + a and column r j + b … is channel k r² + a r + b of x",
                """
def pixel_shuffle(x, r):
    n, channels, h, w = x.shape
    if channels % (r * r):
        raise ValueError(f"{channels} channels cannot be divided by {r * r}.")
    out = torch.zeros(n, channels // (r * r), r * h, r * w)
    for a in range(r):
        for b in range(r):
            out[:, :, a::r, b::r] = x[:, a * r + b :: r * r]
    return out
""",
            ),
            "torch does it": (
                "Do without PyTorch's own pixel_shuffle and PixelShuffle",
                """
def pixel_shuffle(x, r):
    if x.shape[1] % (r * r):
        raise ValueError(f"{x.shape[1]} channels cannot be divided by {r * r}.")
    return torch.pixel_shuffle(x, r)
""",
            ),
        },
        "right": {
            "every r-th pixel by loops": """
def pixel_shuffle(x, r):
    n, channels, h, w = x.shape
    block = r * r
    if channels % block != 0:
        raise ValueError(f"There are {channels} channels, which cannot be divided by {block}.")
    out = x.new_zeros((n, channels // block, r * h, r * w))
    for offset in range(block):
        a, b = divmod(offset, r)
        out[:, :, a::r, b::r] = x[:, offset::block]
    return out
""",
            "stacks of stacks": """
def pixel_shuffle(x, r):
    if x.size(1) % r**2:
        raise ValueError(f"Got {x.size(1)} channels: no multiple of {r**2}.")
    rows = []
    for a in range(r):
        columns = [x[:, a * r + b :: r**2] for b in range(r)]
        rows.append(torch.stack(columns, dim=-1).flatten(-2))  # (n, c, h, r w)
    return torch.stack(rows, dim=3).flatten(2, 3)
""",
            "asking for each pixel by index": """
def pixel_shuffle(x, r):
    n, many, h, w = x.shape
    c, rest = divmod(many, r * r)
    if rest:
        raise ValueError(f"{many} channels do not make blocks of {r} x {r}.")
    k = torch.arange(c, device=x.device)[:, None, None]
    row = torch.arange(r * h, device=x.device)[None, :, None]
    column = torch.arange(r * w, device=x.device)[None, None, :]
    source = k * (r * r) + (row % r) * r + column % r
    return x[:, source, row // r, column // r]
""",
            "einsum as a change of order": """
class _Shuffler:
    def __init__(self, r):
        self.r = r

    def check(self, channels):
        if channels % (self.r * self.r):
            raise ValueError("cannot divide the channels, " + str(channels) + ", by r squared")

    def __call__(self, x):
        self.check(x.shape[1])
        r = self.r
        six = x.unflatten(1, (x.shape[1] // (r * r), r, r))
        return torch.einsum("nkabij->nkiajb", six).flatten(4, 5).flatten(2, 3)


def pixel_shuffle(x, r):
    return _Shuffler(r)(x)
""",
        },
    },
    "pixel_unshuffle": {
        "first": (2, 0),
        "wrong": {
            "block offset outermost": (
                "so that shuffling them again gives y, exactly",
                """
def pixel_unshuffle(y, r):
    n, c, H, W = y.shape
    for side, length in (("height", H), ("width", W)):
        if length % r:
            raise ValueError(f"The {side}, {length}, cannot be divided by {r}.")
    h, w = H // r, W // r
    return y.reshape(n, c, h, r, w, r).permute(0, 3, 5, 1, 2, 4).reshape(n, c * r * r, h, w)
""",
            ),
            "transposed blocks": (
                "the inverse … so that shuffling them again gives y, exactly",
                """
def pixel_unshuffle(y, r):
    n, c, H, W = y.shape
    for side, length in (("height", H), ("width", W)):
        if length % r:
            raise ValueError(f"The {side}, {length}, cannot be divided by {r}.")
    h, w = H // r, W // r
    return y.reshape(n, c, h, r, w, r).permute(0, 1, 5, 3, 2, 4).reshape(n, c * r * r, h, w)
""",
            ),
            "only the area is tested": (
                "If r does not divide both H and W, raise a ValueError",
                """
def pixel_unshuffle(y, r):
    n, c, H, W = y.shape
    if (H * W) % (r * r):
        side, length = ("height", H) if H % r else ("width", W)
        raise ValueError(f"The {side}, {length}, cannot be divided by {r}.")
    h, w = H // r, W // r
    return y.reshape(n, c, h, r, w, r).permute(0, 1, 3, 5, 2, 4).reshape(n, c * r * r, h, w)
""",
            ),
            "blames the height always": (
                "names the side that cannot be divided",
                """
def pixel_unshuffle(y, r):
    n, c, H, W = y.shape
    if H % r or W % r:
        raise ValueError(f"The height, {H}, cannot be divided by {r}.")
    h, w = H // r, W // r
    return y.reshape(n, c, h, r, w, r).permute(0, 1, 3, 5, 2, 4).reshape(n, c * r * r, h, w)
""",
            ),
            "cuts off what is over": (
                "If r does not divide both H and W, raise a ValueError",
                """
def pixel_unshuffle(y, r):
    n, c, H, W = y.shape
    h, w = H // r, W // r
    y = y[:, :, : h * r, : w * r]
    return y.reshape(n, c, h, r, w, r).permute(0, 1, 3, 5, 2, 4).reshape(n, c * r * r, h, w)
""",
            ),
            "oblong maps lie on their side": (
                "Maps (n, c, H, W) become (n, c · r², H / r, W / r)",
                """
def pixel_unshuffle(y, r):
    n, c, H, W = y.shape
    for side, length in (("height", H), ("width", W)):
        if length % r:
            raise ValueError(f"The {side}, {length}, cannot be divided by {r}.")
    h, w = H // r, W // r
    return y.reshape(n, c, h, r, w, r).permute(0, 1, 3, 5, 2, 4).reshape(n, c * r * r, w, h)
""",
            ),
            "by way of floats": (
                "so that shuffling them again gives y, exactly",
                """
def pixel_unshuffle(y, r):
    n, c, H, W = y.shape
    for side, length in (("height", H), ("width", W)):
        if length % r:
            raise ValueError(f"The {side}, {length}, cannot be divided by {r}.")
    patches = F.unfold(y.float(), r, stride=r)
    return patches.reshape(n, c * r * r, H // r, W // r)
""",
            ),
            "the module from torch": (
                "Do without PyTorch's own pixel_unshuffle and PixelUnshuffle",
                """
def pixel_unshuffle(y, r):
    for side, length in zip(("height", "width"), y.shape[2:]):
        if length % r:
            raise ValueError(f"The {side}, {length}, cannot be divided by {r}.")
    return nn.PixelUnshuffle(r)(y)
""",
            ),
        },
        "right": {
            "slices, then a stack": """
def pixel_unshuffle(y, r):
    height, width = y.shape[-2:]
    if height % r:
        raise ValueError(f"The height H = {height} cannot be divided by {r}.")
    if width % r:
        raise ValueError(f"The width W = {width} cannot be divided by {r}.")
    parts = [y[:, :, a::r, b::r] for a in range(r) for b in range(r)]
    return torch.stack(parts, 2).flatten(1, 2)
""",
            "windows of unfold": """
def pixel_unshuffle(y, r):
    n, c, H, W = y.shape
    bad = [f"{name} ({size})" for name, size in (("height", H), ("width", W)) if size % r != 0]
    if bad:
        raise ValueError(" and ".join(bad) + f" not divisible by {r}")
    windows = y.unfold(2, r, r).unfold(3, r, r)  # (n, c, H / r, W / r, a, b)
    return windows.movedim((4, 5), (2, 3)).flatten(1, 3)
""",
            "fills a new tensor": """
def pixel_unshuffle(y, r):
    n, c, H, W = y.shape
    if H % r != 0:
        raise ValueError("height " + str(H) + " cannot be divided by r = " + str(r))
    if W % r != 0:
        raise ValueError("width " + str(W) + " cannot be divided by r = " + str(r))
    out = y.new_zeros(n, c * r * r, H // r, W // r)
    for k in range(c):
        for a in range(r):
            for b in range(r):
                out[:, k * r * r + a * r + b] = y[:, k, a::r, b::r]
    return out
""",
            "unflatten and einsum": """
def _parts(length, r, name):
    whole, rest = divmod(length, r)
    if rest:
        raise ValueError(f"{name} of {length} pixels: {r} does not divide it.")
    return whole


def pixel_unshuffle(y, r):
    h, w = _parts(y.size(2), r, "Height"), _parts(y.size(3), r, "Width")
    six = y.unflatten(3, (w, r)).unflatten(2, (h, r))
    return torch.einsum("nciajb->ncabij", six).flatten(1, 3)
""",
        },
    },
    "psnr": {
        "first": (0, 0),
        "wrong": {
            "mean of the channels' decibels": (
                "each from that picture's own mean over channels and pixels",
                """
def psnr(made, true, peak=1.0):
    mse = (made - true).square().mean((2, 3))
    return (10 * torch.log10(peak**2 / mse)).mean(1)
""",
            ),
            "plain peak": (
                "PSNR = 10 log10(peak² / MSE)",
                """
def psnr(made, true, peak=1.0):
    mse = (made - true).square().flatten(1).mean(1)
    return 10 * torch.log10(peak / mse)
""",
            ),
            "cuts to the range first": (
                "Take pictures as they are, and clip nothing",
                """
def psnr(made, true, peak=1.0):
    mse = (made.clamp(0, peak) - true.clamp(0, peak)).square().flatten(1).mean(1)
    return 10 * torch.log10(peak**2 / mse)
""",
            ),
            "infinite only if all are equal": (
                "Equal pictures have no error: theirs is infinite, math.inf",
                """
def psnr(made, true, peak=1.0):
    if torch.equal(made, true):
        return torch.full((len(made),), math.inf, dtype=made.dtype)
    mse = (made - true).square().flatten(1).mean(1).clamp_min(1e-12)
    return 10 * torch.log10(peak**2 / mse)
""",
            ),
            "nearly equal is equal": (
                "Equal pictures have no error: theirs is infinite",
                """
def psnr(made, true, peak=1.0):
    mse = (made - true).square().flatten(1).mean(1)
    decibels = 10 * torch.log10(peak**2 / mse)
    return torch.where(mse < 1e-8, torch.full_like(mse, math.inf), decibels)
""",
            ),
            "colors summed up": (
                "that picture's own mean over channels and pixels",
                """
def psnr(made, true, peak=1.0):
    mse = (made - true).square().sum(1).mean((1, 2))
    return 10 * torch.log10(peak**2 / mse)
""",
            ),
            "a lone picture loses its dimension": (
                "Return decibels (n,)",
                """
def psnr(made, true, peak=1.0):
    mse = (made - true).square().mean((1, 2, 3), keepdim=True).squeeze()
    return 10 * torch.log10(peak**2 / mse)
""",
            ),
            "subtracts within the argument": (
                "Take pictures as they are",
                """
def psnr(made, true, peak=1.0):
    off = made.detach()
    off -= true
    mse = (off * off).flatten(1).mean(1)
    return 10 * torch.log10(peak**2 / mse)
""",
            ),
        },
        "right": {
            "by the length of the difference": """
def psnr(made, true, peak=1.0):
    off = torch.linalg.vector_norm((made - true).flatten(1), dim=1)
    root = off / math.sqrt(made[0].numel())
    return 20 * torch.log10(peak / root)
""",
            "one picture after the other": """
def psnr(made, true, peak=1.0):
    decibels = []
    for one, other in zip(made, true):
        mse = ((one - other) ** 2).mean().item()
        decibels.append(math.inf if mse == 0 else 10 * math.log10(peak * peak / mse))
    return torch.tensor(decibels, dtype=made.dtype, device=made.device)
""",
            "difference of logarithms": """
def psnr(made, true, peak=1.0):
    off = made - true
    mse = torch.einsum("nchw,nchw->n", off, off) / off[0].numel()
    return 20 * math.log10(peak) - 10 * mse.log10()
""",
            "mapped over pictures": """
def psnr(made, true, peak=1.0):
    def one(a, b):
        error = F.mse_loss(a / peak, b / peak)
        return -10.0 * torch.log(error) / math.log(10.0)

    return torch.func.vmap(one)(made, true)
""",
        },
    },
    "ssim": {
        "first": (2, 4),
        "wrong": {
            "the endless bell's factor": (
                "they add up to 1",
                """
def ssim(x, y, peak=1.0):
    bell = torch.exp(-torch.arange(-5, 6, dtype=x.dtype) ** 2 / 4.5)
    bell = bell / (1.5 * math.sqrt(2 * math.pi))
    window = torch.outer(bell, bell)[None, None]

    def seen(p):
        return F.conv2d(p.flatten(0, 1)[:, None], window)

    mx, my = seen(x), seen(y)
    vx, vy, vxy = seen(x * x) - mx * mx, seen(y * y) - my * my, seen(x * y) - mx * my
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    value = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return value.reshape(len(x), -1).mean(1)
""",
            ),
            "mirrored borders": (
                "Only places where the whole window lies within the picture count … no padding",
                """
def ssim(x, y, peak=1.0):
    bell = torch.exp(-torch.arange(-5, 6, dtype=x.dtype) ** 2 / 4.5)
    bell = bell / bell.sum()
    window = torch.outer(bell, bell)[None, None]

    def seen(p):
        return F.conv2d(F.pad(p.flatten(0, 1)[:, None], (5, 5, 5, 5), mode="reflect"), window)

    mx, my = seen(x), seen(y)
    vx, vy, vxy = seen(x * x) - mx * mx, seen(y * y) - my * my, seen(x * y) - mx * my
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    value = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return value.reshape(len(x), -1).mean(1)
""",
            ),
            "peak stands outside the square": (
                "C1 = (0.01 · peak)², C2 = (0.03 · peak)²",
                """
def ssim(x, y, peak=1.0):
    bell = torch.exp(-torch.arange(-5, 6, dtype=x.dtype) ** 2 / 4.5)
    bell = bell / bell.sum()
    window = torch.outer(bell, bell)[None, None]

    def seen(p):
        return F.conv2d(p.flatten(0, 1)[:, None], window)

    mx, my = seen(x), seen(y)
    vx, vy, vxy = seen(x * x) - mx * mx, seen(y * y) - my * my, seen(x * y) - mx * my
    c1, c2 = 0.01**2 * peak, 0.03**2 * peak
    value = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return value.reshape(len(x), -1).mean(1)
""",
            ),
            "gray before anything": (
                "Each channel is looked at by itself",
                """
def ssim(x, y, peak=1.0):
    x, y = x.mean(1, keepdim=True), y.mean(1, keepdim=True)
    bell = torch.exp(-torch.arange(-5, 6, dtype=x.dtype) ** 2 / 4.5)
    bell = bell / bell.sum()
    window = torch.outer(bell, bell)[None, None]

    def seen(p):
        return F.conv2d(p.flatten(0, 1)[:, None], window)

    mx, my = seen(x), seen(y)
    vx, vy, vxy = seen(x * x) - mx * mx, seen(y * y) - my * my, seen(x * y) - mx * my
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    value = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return value.reshape(len(x), -1).mean(1)
""",
            ),
            "a sample's spread": (
                "everything in it is a weighted mean: σ_x² = Σ w x² − μ_x²",
                """
def ssim(x, y, peak=1.0):
    bell = torch.exp(-torch.arange(-5, 6, dtype=x.dtype) ** 2 / 4.5)
    bell = bell / bell.sum()
    window = torch.outer(bell, bell)[None, None]

    def seen(p):
        return F.conv2d(p.flatten(0, 1)[:, None], window)

    mx, my = seen(x), seen(y)
    vx, vy, vxy = seen(x * x) - mx * mx, seen(y * y) - my * my, seen(x * y) - mx * my
    vx, vy, vxy = (v * 121 / 120 for v in (vx, vy, vxy))
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    value = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return value.reshape(len(x), -1).mean(1)
""",
            ),
            "single precision inside": (
                "Pictures come in single or in double precision; give the window theirs",
                """
def ssim(x, y, peak=1.0):
    kept, x, y = x.dtype, x.float(), y.float()
    bell = torch.exp(-torch.arange(-5, 6, dtype=x.dtype) ** 2 / 4.5)
    bell = bell / bell.sum()
    window = torch.outer(bell, bell)[None, None]

    def seen(p):
        return F.conv2d(p.flatten(0, 1)[:, None], window)

    mx, my = seen(x), seen(y)
    vx, vy, vxy = seen(x * x) - mx * mx, seen(y * y) - my * my, seen(x * y) - mx * my
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    value = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return value.reshape(len(x), -1).mean(1).to(kept)
""",
            ),
            "means multiplied afterwards": (
                "for each picture the mean of the formula over all channels and all places",
                """
def ssim(x, y, peak=1.0):
    bell = torch.exp(-torch.arange(-5, 6, dtype=x.dtype) ** 2 / 4.5)
    bell = bell / bell.sum()
    window = torch.outer(bell, bell)[None, None]

    def seen(p):
        return F.conv2d(p.flatten(0, 1)[:, None], window)

    mx, my = seen(x), seen(y)
    vx, vy, vxy = seen(x * x) - mx * mx, seen(y * y) - my * my, seen(x * y) - mx * my
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    light = (2 * mx * my + c1) / (mx * mx + my * my + c1)
    shape = (2 * vxy + c2) / (vx + vy + c2)
    return light.reshape(len(x), -1).mean(1) * shape.reshape(len(x), -1).mean(1)
""",
            ),
            "nothing below zero": (
                "the mean of the formula",
                """
def ssim(x, y, peak=1.0):
    bell = torch.exp(-torch.arange(-5, 6, dtype=x.dtype) ** 2 / 4.5)
    bell = bell / bell.sum()
    window = torch.outer(bell, bell)[None, None]

    def seen(p):
        return F.conv2d(p.flatten(0, 1)[:, None], window)

    mx, my = seen(x), seen(y)
    vx, vy, vxy = seen(x * x) - mx * mx, seen(y * y) - my * my, seen(x * y) - mx * my
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    value = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return value.clamp(0, 1).reshape(len(x), -1).mean(1)
""",
            ),
        },
        "right": {
            "shifted pictures added up": """
def ssim(x, y, peak=1.0):
    h, w = x.shape[-2:]
    weights = {(a, b): math.exp(-(a * a + b * b) / (2 * 1.5**2)) for a in range(-5, 6) for b in range(-5, 6)}
    total = sum(weights.values())

    def seen(p):
        out = 0
        for (a, b), weight in weights.items():
            out = out + (weight / total) * p[:, :, 5 + a : h - 5 + a, 5 + b : w - 5 + b]
        return out

    mu_x, mu_y = seen(x), seen(y)
    var_x = seen(x**2) - mu_x**2
    var_y = seen(y**2) - mu_y**2
    both = seen(x * y) - mu_x * mu_y
    C1 = (0.01 * peak) ** 2
    C2 = (0.03 * peak) ** 2
    top = (2 * mu_x * mu_y + C1) * (2 * both + C2)
    bottom = (mu_x**2 + mu_y**2 + C1) * (var_x + var_y + C2)
    return (top / bottom).mean(dim=(1, 2, 3))
""",
            "windows with their mean taken off": """
def ssim(x, y, peak=1.0):
    places = torch.arange(11, dtype=x.dtype, device=x.device) - 5
    weight = torch.softmax((-(places[:, None] ** 2 + places[None, :] ** 2) / 4.5).flatten(), 0).reshape(11, 11)
    wx = x.unfold(2, 11, 1).unfold(3, 11, 1)  # (n, c, h - 10, w - 10, 11, 11)
    wy = y.unfold(2, 11, 1).unfold(3, 11, 1)
    mx = torch.einsum("ncijab,ab->ncij", wx, weight)
    my = torch.einsum("ncijab,ab->ncij", wy, weight)
    dx, dy = wx - mx[..., None, None], wy - my[..., None, None]
    sxx = torch.einsum("ncijab,ncijab,ab->ncij", dx, dx, weight)
    syy = torch.einsum("ncijab,ncijab,ab->ncij", dy, dy, weight)
    sxy = torch.einsum("ncijab,ncijab,ab->ncij", dx, dy, weight)
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    luminance = (2 * mx * my + c1) / (mx.square() + my.square() + c1)
    structure = (2 * sxy + c2) / (sxx + syy + c2)
    return (luminance * structure).flatten(1).mean(-1)
""",
            "five at once in grouped rows and columns": """
def ssim(x, y, peak=1.0):
    n, c, h, w = x.shape
    five = torch.cat([x, y, x * x, y * y, x * y], dim=1)
    bell = torch.exp(-torch.arange(-5, 6).to(x) ** 2 / (2 * 1.5**2))
    bell = (bell / bell.sum()).expand(5 * c, 1, 11)
    five = F.conv2d(five, bell[:, :, :, None], groups=5 * c)
    five = F.conv2d(five, bell[:, :, None, :], groups=5 * c)
    ux, uy, xx, yy, xy = five.chunk(5, dim=1)
    one, two = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    value = (2 * ux * uy + one) * (2 * (xy - ux * uy) + two)
    value = value / ((ux**2 + uy**2 + one) * (xx - ux**2 + yy - uy**2 + two))
    return value.mean((1, 2, 3))
""",
            "banded matrices, picture by picture": """
def _band(length, like):
    band = torch.zeros(length - 10, length, dtype=like.dtype, device=like.device)
    bell = [math.exp(-(k**2) / 4.5) for k in range(-5, 6)]
    for row in range(length - 10):
        band[row, row : row + 11] = torch.tensor(bell, dtype=like.dtype) / math.fsum(bell)
    return band


def ssim(x, y, peak=1.0):
    down, across = _band(x.shape[2], x), _band(x.shape[3], x).T
    c1, c2 = (peak / 100) ** 2, (3 * peak / 100) ** 2
    results = []
    for p, q in zip(x, y):
        values = []
        for a, b in zip(p, q):
            ma, mb, aa, bb, ab = (down @ m @ across for m in (a, b, a * a, b * b, a * b))
            upper = (2 * ma * mb + c1) * (2 * (ab - ma * mb) + c2)
            lower = (ma * ma + mb * mb + c1) * ((aa - ma * ma) + (bb - mb * mb) + c2)
            values.append((upper / lower).mean())
        results.append(torch.stack(values).mean())
    return torch.stack(results)
""",
        },
    },
    "best_guess": {
        "first": (1, 0),
        "wrong": {
            "averages before it squares": (
                "Expected error: Σ p_i ‖y_i − g‖² / d",
                """
def best_guess(step, fits, p, guess=None, share=0.0):
    d = fits.shape[1]
    best = p @ fits
    least = (p * (fits - best).square().sum(1)).sum() / d
    if step == 1:
        return (best - guess).square().sum() / d
    if step == 2:
        return 2 * (guess - best) / d
    if step == 3:
        return best
    if step == 4:
        return least
    if step == 5:
        return 2 * least
    if step == 6:
        return (1 + share**2) * least
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "slope of the sum": (
                "Its gradient in g (of Σ p_i ‖y_i − g‖² / d)",
                """
def best_guess(step, fits, p, guess=None, share=0.0):
    d = fits.shape[1]
    best = p @ fits
    least = (p * (fits - best).square().sum(1)).sum() / d
    if step == 1:
        return (p * (fits - guess).square().sum(1)).sum() / d
    if step == 2:
        return 2 * (guess - best)
    if step == 3:
        return best
    if step == 4:
        return least
    if step == 5:
        return 2 * least
    if step == 6:
        return (1 + share**2) * least
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "all pictures alike": (
                "The best answer: the g at which that gradient is zero",
                """
def best_guess(step, fits, p, guess=None, share=0.0):
    d = fits.shape[1]
    best = p @ fits
    least = (p * (fits - best).square().sum(1)).sum() / d
    if step == 1:
        return (p * (fits - guess).square().sum(1)).sum() / d
    if step == 2:
        return 2 * (guess - best) / d
    if step == 3:
        return fits.mean(0)
    if step == 4:
        return least
    if step == 5:
        return 2 * least
    if step == 6:
        return (1 + share**2) * least
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "least error at the guess given": (
                "Its expected error, the least there is (that of the best answer)",
                """
def best_guess(step, fits, p, guess=None, share=0.0):
    d = fits.shape[1]
    best = p @ fits
    least = (p * (fits - best).square().sum(1)).sum() / d
    if step == 1:
        return (p * (fits - guess).square().sum(1)).sum() / d
    if step == 2:
        return 2 * (guess - best) / d
    if step == 3:
        return best
    if step == 4:
        at = best if guess is None else guess
        return (p * (fits - at).square().sum(1)).sum() / d
    if step == 5:
        return 2 * least
    if step == 6:
        return (1 + share**2) * least
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "variance made unbiased": (
                "Its expected error, the least there is",
                """
def best_guess(step, fits, p, guess=None, share=0.0):
    d = fits.shape[1]
    best = p @ fits
    least = (p * (fits - best).square().sum(1)).sum() / d
    if step == 1:
        return (p * (fits - guess).square().sum(1)).sum() / d
    if step == 2:
        return 2 * (guess - best) / d
    if step == 3:
        return best
    if step == 4:
        return least / (1 - p.square().sum())
    if step == 5:
        return 2 * least
    if step == 6:
        return (1 + share**2) * least
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "never draws the truth": (
                "drawn by the same probabilities, independently of the truth",
                """
def best_guess(step, fits, p, guess=None, share=0.0):
    d = fits.shape[1]
    best = p @ fits
    least = (p * (fits - best).square().sum(1)).sum() / d
    if step == 1:
        return (p * (fits - guess).square().sum(1)).sum() / d
    if step == 2:
        return 2 * (guess - best) / d
    if step == 3:
        return best
    if step == 4:
        return least
    if step == 5:
        both = torch.outer(p, p)
        both = both - torch.diag(both.diagonal())
        away = (fits[:, None] - fits[None]).square().sum(2) / d
        return (both * away).sum() / both.sum()
    if step == 6:
        return (1 + share**2) * least
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "a straight line between": (
                "goes `share` of the way from the best answer to such a draw … The expected error",
                """
def best_guess(step, fits, p, guess=None, share=0.0):
    d = fits.shape[1]
    best = p @ fits
    least = (p * (fits - best).square().sum(1)).sum() / d
    if step == 1:
        return (p * (fits - guess).square().sum(1)).sum() / d
    if step == 2:
        return 2 * (guess - best) / d
    if step == 3:
        return best
    if step == 4:
        return least
    if step == 5:
        return 2 * least
    if step == 6:
        return (1 + share) * least
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "share counted from the draw": (
                "0 is the best answer, 1 the draw",
                """
def best_guess(step, fits, p, guess=None, share=0.0):
    d = fits.shape[1]
    best = p @ fits
    least = (p * (fits - best).square().sum(1)).sum() / d
    if step == 1:
        return (p * (fits - guess).square().sum(1)).sum() / d
    if step == 2:
        return 2 * (guess - best) / d
    if step == 3:
        return best
    if step == 4:
        return least
    if step == 5:
        return 2 * least
    if step == 6:
        return (1 + (1 - share) ** 2) * least
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
        },
        "right": {
            "all pairs, nothing derived": """
def best_guess(step, fits, p, guess=None, share=0.0):
    k, d = fits.shape

    def error_of(answers, chances):
        # answers (m, d), drawn with chances (m,), independently of the truth
        off = ((fits[:, None, :] - answers[None, :, :]) ** 2).mean(-1)
        return torch.einsum("i,j,ij->", p, chances, off)

    certain = p.new_ones(1)
    mean = torch.einsum("i,id->d", p, fits)
    if step == 1:
        return error_of(guess[None], certain)
    if step == 2:
        return torch.einsum("i,id->d", p, guess - fits) * (2 / d)
    if step == 3:
        return mean
    if step == 4:
        return error_of(mean[None], certain)
    if step == 5:
        return error_of(fits, p)
    if step == 6:
        return error_of(mean + share * (fits - mean), p)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "loops over pictures": """
def best_guess(step, fits, p, guess=None, share=0.0):
    def expected(answer):
        total = torch.zeros((), dtype=fits.dtype)
        for chance, y in zip(p, fits):
            total = total + chance * ((y - answer) ** 2).sum() / len(y)
        return total

    def center():
        out = torch.zeros_like(fits[0])
        for chance, y in zip(p, fits):
            out = out + chance * y
        return out

    if step == 1:
        return expected(guess)
    if step == 2:
        slope = torch.zeros_like(guess)
        for chance, y in zip(p, fits):
            slope = slope - 2 * chance * (y - guess) / len(y)
        return slope
    if step == 3:
        return center()
    if step == 4:
        return expected(center())
    if step == 5:
        return sum(chance * expected(y) for chance, y in zip(p, fits))
    if step == 6:
        middle = center()
        return sum(chance * expected((1 - share) * middle + share * y) for chance, y in zip(p, fits))
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "a table of small functions": """
def best_guess(step, fits, p, guess=None, share=0.0):
    mean = lambda: torch.tensordot(p, fits, 1)
    spread = lambda: torch.dot(p, (fits - mean()).pow(2).mean(1))
    table = {
        1: lambda: spread() + (guess - mean()).pow(2).mean(),
        2: lambda: (guess - mean()).mul(2).div(fits.size(1)),
        3: mean,
        4: spread,
        5: lambda: spread() + spread(),
        6: lambda: spread() + share * share * spread(),
    }
    if step not in table:
        raise ValueError(f"Steps are 1 to 6, not {step}.")
    return table[step]()
""",
            "a covariance and its trace": """
def best_guess(step, fits, p, guess=None, share=0.0):
    d = fits.shape[-1]
    column = p.unsqueeze(1)
    best = (column * fits).sum(0)
    root = column.sqrt() * (fits - best)
    least = torch.trace(root.T @ root) / d
    match step:
        case 1:
            off = column.sqrt() * (fits - guess)
            return torch.trace(off @ off.T) / d
        case 2:
            return -2 / d * (column * (fits - guess)).sum(0)
        case 3:
            return best
        case 4:
            return least
        case 5:
            return least * 2
        case 6:
            return least * (1 + share * share)
        case _:
            raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
        },
    },
    "ResidualBlock": {
        "first": (0, 0),
        "wrong": {
            "a slope for each channel": (
                "one slope for all channels, 0.25 at first",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.PReLU(channels),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
            "second convolution with bias": (
                "Both convolutions are 3 × 3, keep the size and have no bias",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.PReLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
            "slope used again on the sum": (
                "Nothing comes behind the sum",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.PReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        return self.layers[2](x + self.layers(x))
""",
            ),
            "normalization with 0.8": (
                "Normalizations are nn.BatchNorm2d as it comes",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels, 0.8),
            nn.PReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels, 0.8),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
            "convolutions registered first": (
                "Parameters are registered in the order of the formula from the inside",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.bn2 = nn.BatchNorm2d(channels)
        self.slope = nn.PReLU()

    def forward(self, x):
        hidden = self.slope(self.bn1(self.conv1(x)))
        return x + self.bn2(self.conv2(hidden))
""",
            ),
            "starts as the identity": (
                "all start as PyTorch sets them",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.PReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        nn.init.zeros_(self.layers[-1].weight)

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
            "a leak that is not learned": (
                "times a slope that is learned",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.LeakyReLU(0.25),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
            "one normalization in two places": (
                "BN(conv(PReLU(BN(conv(x))))), parameters in the order of the formula",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.slope = nn.PReLU()
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)

    def forward(self, x):
        hidden = self.slope(self.norm(self.first(x)))
        return x + self.norm(self.second(hidden))
""",
            ),
        },
        "right": {
            "five attributes": """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.act = nn.PReLU()
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        out = self.conv1(x)
        out = self.bn1(out)
        out = self.act(out)
        out = self.conv2(out)
        out = self.bn2(out)
        return torch.add(out, x)
""",
            "is a sequential itself": """
class ResidualBlock(nn.Sequential):
    def __init__(self, channels):
        def normalized():
            return nn.Conv2d(channels, channels, (3, 3), padding="same", bias=False), nn.BatchNorm2d(channels)

        super().__init__(*normalized(), nn.PReLU(num_parameters=1, init=0.25), *normalized())

    def forward(self, x):
        return super().forward(x) + x
""",
            "list walked with an index": """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.parts = nn.ModuleList()
        for half in range(2):
            self.parts.append(nn.Conv2d(channels, channels, 3, 1, 1, bias=False))
            self.parts.append(nn.BatchNorm2d(channels))
            if half == 0:
                self.parts.append(nn.PReLU())

    def forward(self, x):
        way = x
        for part in self.parts:
            way = part(way)
        return x + way
""",
            "slope as a bare parameter": """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.inner = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels))
        self.slope = nn.ParameterList([nn.Parameter(torch.full((1,), 0.25))])
        self.outer = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        middle = self.inner(x)
        middle = torch.where(middle > 0, middle, self.slope[0] * middle)
        return x + self.outer(middle)
""",
        },
    },
    "content_loss": {
        "first": (3, 0),
        "wrong": {
            "one mode given back to all": (
                "after the call each part of the network is in the mode it was in before",
                """
def content_loss(network, layer, made, true):
    mode = network.training
    asked = [(q, q.requires_grad) for q in network.parameters()]
    network.eval()
    for q, _ in asked:
        q.requires_grad_(False)
    part = network[:layer]
    with torch.no_grad():
        there = part(true)
    loss = F.mse_loss(part(made), there)
    network.train(mode)
    for q, before in asked:
        q.requires_grad_(before)
    return loss
""",
            ),
            "thaws what was frozen": (
                "its parameters take gradients if they did before",
                """
def content_loss(network, layer, made, true):
    modes = [(m, m.training) for m in network.modules()]
    asked = [(q, q.requires_grad) for q in network.parameters()]
    for m, _ in modes:
        m.training = False
    for q, _ in asked:
        q.requires_grad_(False)
    part = network[:layer]
    with torch.no_grad():
        there = part(true)
    loss = F.mse_loss(part(made), there)
    for m, mode in modes:
        m.training = mode
    for q, before in asked:
        q.requires_grad_(True)
    return loss
""",
            ),
            "truth stays in the graph": (
                "no gradient reaches `true`",
                """
def content_loss(network, layer, made, true):
    modes = [(m, m.training) for m in network.modules()]
    asked = [(q, q.requires_grad) for q in network.parameters()]
    for m, _ in modes:
        m.training = False
    for q, _ in asked:
        q.requires_grad_(False)
    part = network[:layer]
    there = part(true)
    loss = F.mse_loss(part(made), there)
    for m, mode in modes:
        m.training = mode
    for q, before in asked:
        q.requires_grad_(before)
    return loss
""",
            ),
            "a layer used twice counts once": (
                "Put both pictures through its first `layer` layers",
                """
def content_loss(network, layer, made, true):
    modes = [(m, m.training) for m in network.modules()]
    asked = [(q, q.requires_grad) for q in network.parameters()]
    for m, _ in modes:
        m.training = False
    for q, _ in asked:
        q.requires_grad_(False)
    part = nn.Sequential(*list(network.children())[:layer])
    with torch.no_grad():
        there = part(true)
    loss = F.mse_loss(part(made), there)
    for m, mode in modes:
        m.training = mode
    for q, before in asked:
        q.requires_grad_(before)
    return loss
""",
            ),
            "squares summed in a picture": (
                "the mean squared difference of the two maps",
                """
def content_loss(network, layer, made, true):
    modes = [(m, m.training) for m in network.modules()]
    asked = [(q, q.requires_grad) for q in network.parameters()]
    for m, _ in modes:
        m.training = False
    for q, _ in asked:
        q.requires_grad_(False)
    part = network[:layer]
    with torch.no_grad():
        there = part(true)
    loss = (part(made) - there).square().flatten(1).sum(1).mean()
    for m, mode in modes:
        m.training = mode
    for q, before in asked:
        q.requires_grad_(before)
    return loss
""",
            ),
            "only normalizations rest": (
                "it looks in evaluation mode, whatever mode it is in",
                """
def content_loss(network, layer, made, true):
    modes = [(m, m.training) for m in network.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    asked = [(q, q.requires_grad) for q in network.parameters()]
    for m, _ in modes:
        m.training = False
    for q, _ in asked:
        q.requires_grad_(False)
    part = network[:layer]
    with torch.no_grad():
        there = part(true)
    loss = F.mse_loss(part(made), there)
    for m, mode in modes:
        m.training = mode
    for q, before in asked:
        q.requires_grad_(before)
    return loss
""",
            ),
            "nested weights stay awake": (
                "backward on the loss reaches … none of the network's parameters",
                """
def content_loss(network, layer, made, true):
    modes = [(m, m.training) for m in network.modules()]
    asked = [(q, q.requires_grad) for m in network for q in m.parameters(recurse=False)]
    for m, _ in modes:
        m.training = False
    for q, _ in asked:
        q.requires_grad_(False)
    part = network[:layer]
    with torch.no_grad():
        there = part(true)
    loss = F.mse_loss(part(made), there)
    for m, mode in modes:
        m.training = mode
    for q, before in asked:
        q.requires_grad_(before)
    return loss
""",
            ),
            "a copy in whatever mode it is": (
                "it looks in evaluation mode, whatever mode it is in",
                """
def content_loss(network, layer, made, true):
    import copy

    ruler = copy.deepcopy(network)[:layer].requires_grad_(False)
    with torch.no_grad():
        there = ruler(true)
    return F.mse_loss(ruler(made), there)
""",
            ),
        },
        "right": {
            "a copy of the ruler": """
def content_loss(network, layer, made, true):
    import copy

    ruler = copy.deepcopy(network)[:layer].eval().requires_grad_(False)
    return (ruler(made) - ruler(true.detach())).pow(2).mean()
""",
            "a context that puts things back": """
from contextlib import contextmanager


@contextmanager
def _resting(net):
    training = {m: m.training for m in net.modules()}
    learning = {q: q.requires_grad for q in net.parameters()}
    net.eval()
    net.requires_grad_(False)
    try:
        yield
    finally:
        for m, was in training.items():
            m.training = was
        for q, was in learning.items():
            q.requires_grad_(was)


def content_loss(network, layer, made, true):
    with _resting(network):
        seen = torch.cat([made, true.detach()])
        for i in range(layer):
            seen = network[i](seen)
        mine, theirs = seen.split([len(made), len(true)])
        return torch.mean((mine - theirs) ** 2)
""",
            "called with detached weights": """
def content_loss(network, layer, made, true):
    first = network[:layer]
    numbers = {k: v.detach() for k, v in first.named_parameters()}
    numbers |= {k: v.detach().clone() for k, v in first.named_buffers()}
    were = [(m, m.training) for m in first.modules()]
    try:
        first.eval()
        a = torch.func.functional_call(first, numbers, (made,))
        b = torch.func.functional_call(first, numbers, (true.detach(),))
    finally:
        for m, mode in were:
            m.training = mode
    off = (a - b).flatten()
    return torch.dot(off, off) / off.numel()
""",
            "layer by layer with two stacks": """
def content_loss(network, layer, made, true):
    modules, weights = list(network.modules()), list(network.parameters())
    modes = [m.training for m in modules]
    flags = [w.requires_grad for w in weights]
    network.train(False)
    for w in weights:
        w.requires_grad = False
    a, b = made, true.detach()
    for k, part in enumerate(network):
        if k == layer:
            break
        a, b = part(a), part(b)
    for m, mode in zip(modules, modes):
        m.training = mode
    for w, flag in zip(weights, flags):
        w.requires_grad = flag
    return F.mse_loss(a, b.detach())
""",
        },
    },
    "generator_loss": {
        "first": (0, 0),
        "wrong": {
            "cross entropy stops at a hundred": (
                "Logits of −200 and less are allowed: the result stays finite and right",
                """
def generator_loss(content, logits, weight=1e-3):
    chance = torch.sigmoid(logits)
    return content + weight * F.binary_cross_entropy(chance, torch.ones_like(chance))
""",
            ),
            "the saturating form": (
                "mean of −log σ(logit)",
                """
def generator_loss(content, logits, weight=1e-3):
    return content - weight * F.softplus(logits).mean()
""",
            ),
            "added up over the batch": (
                "The paper adds up over the batch; take the mean",
                """
def generator_loss(content, logits, weight=1e-3):
    return content + weight * F.softplus(-logits).sum()
""",
            ),
            "content taken as a plain number": (
                "one number that gradients pass through to both",
                """
def generator_loss(content, logits, weight=1e-3):
    return torch.as_tensor(content).detach() + weight * F.softplus(-logits).mean()
""",
            ),
            "the paper's thousandth always": (
                "content + `weight` · mean",
                """
def generator_loss(content, logits, weight=1e-3):
    return content + 1e-3 * F.softplus(-logits).mean()
""",
            ),
            "shares that add up to one": (
                "Return content + `weight` · mean of −log σ(logit)",
                """
def generator_loss(content, logits, weight=1e-3):
    return (1 - weight) * content + weight * F.softplus(-logits).mean()
""",
            ),
            "keeps the column": (
                "one number … a tensor of shape ()",
                """
def generator_loss(content, logits, weight=1e-3):
    return content + weight * F.softplus(-logits).mean(0)
""",
            ),
            "adds onto the content itself": (
                "one number that gradients pass through to both (a leaf cannot be changed in place)",
                """
def generator_loss(content, logits, weight=1e-3):
    content += weight * F.softplus(-logits).mean()
    return content
""",
            ),
        },
        "right": {
            "cross entropy of logits": """
def generator_loss(content, logits, weight=1e-3):
    judged = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits), reduction="mean")
    return content + judged * weight
""",
            "negative log sigmoid": """
def generator_loss(content, logits, weight=1e-3):
    return content - weight * nn.LogSigmoid()(logits).mean()
""",
            "logarithm of a sum of powers": """
def generator_loss(content, logits, weight=1e-3):
    flat = logits.reshape(-1)
    return content + weight * torch.logaddexp(torch.zeros_like(flat), -flat).sum() / flat.numel()
""",
            "two classes": """
def generator_loss(content, logits, weight=1e-3):
    flat = logits.flatten()
    classes = torch.stack([torch.zeros_like(flat), flat], dim=1)
    true_class = torch.ones(len(flat), dtype=torch.long, device=flat.device)
    return torch.add(F.cross_entropy(classes, true_class) * weight, content)
""",
        },
    },
    "srgan_step": {
        "first": (2, 0),
        "wrong": {
            "the generator goes first": (
                "one step of D, then one of G … with the judgment of the D that has just moved",
                """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    made = G(x)
    opt_G.zero_grad()
    near = content(made, y)
    judged = F.softplus(-D(made)).mean()
    (near + weight * judged).backward()
    opt_G.step()
    opt_D.zero_grad()
    loss_D = F.softplus(-D(y)).mean() + F.softplus(D(made.detach())).mean()
    loss_D.backward()
    opt_D.step()
    return loss_D.item(), near.item(), judged.item()
""",
            ),
            "gradients cleared after the steps": (
                "no gradients of the step before are in it",
                """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    made = G(x)
    loss_D = F.softplus(-D(y)).mean() + F.softplus(D(made.detach())).mean()
    loss_D.backward()
    opt_D.step()
    opt_D.zero_grad()
    near = content(made, y)
    judged = F.softplus(-D(made)).mean()
    (near + weight * judged).backward()
    opt_G.step()
    opt_G.zero_grad()
    return loss_D.item(), near.item(), judged.item()
""",
            ),
            "the judge's loss runs into the generator": (
                "G minimizes what exercise 8 says (and nothing of D's loss)",
                """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    made = G(x)
    opt_G.zero_grad()
    opt_D.zero_grad()
    loss_D = F.softplus(-D(y)).mean() + F.softplus(D(made)).mean()
    loss_D.backward(retain_graph=True)
    opt_D.step()
    near = content(made, y)
    judged = F.softplus(-D(made)).mean()
    (near + weight * judged).backward()
    opt_G.step()
    return loss_D.item(), near.item(), judged.item()
""",
            ),
            "minimizes log of one minus sigma": (
                "G minimizes what exercise 8 says: mean of −log σ(D(G(x)))",
                """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    made = G(x)
    opt_D.zero_grad()
    loss_D = F.softplus(-D(y)).mean() + F.softplus(D(made.detach())).mean()
    loss_D.backward()
    opt_D.step()
    opt_G.zero_grad()
    near = content(made, y)
    logits = D(made)
    judged = F.softplus(-logits).mean()
    (near - weight * F.softplus(logits).mean()).backward()
    opt_G.step()
    return loss_D.item(), near.item(), judged.item()
""",
            ),
            "asks the judge again for the report": (
                "each as it was computed for its player's step",
                """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    made = G(x)
    opt_D.zero_grad()
    loss_D = F.softplus(-D(y)).mean() + F.softplus(D(made.detach())).mean()
    loss_D.backward()
    opt_D.step()
    opt_G.zero_grad()
    near = content(made, y)
    judged = F.softplus(-D(made)).mean()
    (near + weight * judged).backward()
    opt_G.step()
    with torch.no_grad():
        judged = F.softplus(-D(G(x))).mean()
    return loss_D.item(), near.item(), judged.item()
""",
            ),
            "content measured a second time": (
                "a function that returns one number, called once",
                """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    made = G(x)
    opt_D.zero_grad()
    loss_D = F.softplus(-D(y)).mean() + F.softplus(D(made.detach())).mean()
    loss_D.backward()
    opt_D.step()
    opt_G.zero_grad()
    judged = F.softplus(-D(made)).mean()
    (content(made, y) + weight * judged).backward()
    with torch.no_grad():
        near = content(made, y)
    opt_G.step()
    return loss_D.item(), near.item(), judged.item()
""",
            ),
            "a small number within the logarithm": (
                "what exercise 8 says … Logits of −200 and less are allowed",
                """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    made = G(x)
    opt_D.zero_grad()
    loss_D = F.softplus(-D(y)).mean() + F.softplus(D(made.detach())).mean()
    loss_D.backward()
    opt_D.step()
    opt_G.zero_grad()
    near = content(made, y)
    judged = -torch.log(torch.sigmoid(D(made)) + 1e-8).mean()
    (near + weight * judged).backward()
    opt_G.step()
    return loss_D.item(), near.item(), judged.item()
""",
            ),
        },
        "right": {
            "gradients asked for by name": """
def _move(optimizer, loss):
    movable = [q for group in optimizer.param_groups for q in group["params"] if q.requires_grad]
    for q, slope in zip(movable, torch.autograd.grad(loss, movable, allow_unused=True)):
        q.grad = slope
    optimizer.step()


def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    made = G(x)
    judge = -F.logsigmoid(D(y)).mean() - F.logsigmoid(-D(made.detach())).mean()
    _move(opt_D, judge)
    near, looks = content(made, y), -F.logsigmoid(D(made)).mean()
    _move(opt_G, near + weight * looks)
    return judge.item(), near.item(), looks.item()
""",
            "the judge's weights rest meanwhile": """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    bce = nn.BCEWithLogitsLoss()
    fake = G(x)

    opt_D.zero_grad()
    real_logits = D(y)
    fake_logits = D(fake.detach())
    d_loss = bce(real_logits, torch.ones_like(real_logits)) + bce(fake_logits, torch.zeros_like(fake_logits))
    d_loss.backward()
    opt_D.step()

    flags = [(q, q.requires_grad) for q in D.parameters()]
    for q, _ in flags:
        q.requires_grad_(False)
    try:
        opt_G.zero_grad()
        logits = D(fake)
        c_loss = content(fake, y)
        a_loss = bce(logits, torch.ones_like(logits))
        g_loss = c_loss + weight * a_loss
        g_loss.backward()
    finally:
        for q, flag in flags:
            q.requires_grad_(flag)
    opt_G.step()
    return d_loss.item(), c_loss.item(), a_loss.item()
""",
            "made twice": """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    zero = torch.zeros(())
    with torch.no_grad():
        first = G(x)
    for opt in (opt_D, opt_G):
        opt.zero_grad(set_to_none=True)
    on_true = torch.logaddexp(zero.to(y), -D(y)).mean()
    on_made = torch.logaddexp(zero.to(y), D(first)).mean()
    total = on_true + on_made
    total.backward()
    opt_D.step()

    again = G(x)
    near = content(again, y)
    judged = torch.logaddexp(zero.to(y), -D(again)).mean()
    torch.autograd.backward(near + judged * weight)
    opt_G.step()
    return total.detach().item(), near.detach().item(), judged.detach().item()
""",
            "backward in pieces": """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    opt_D.zero_grad()
    opt_G.zero_grad()
    picture = G(x)
    leaf = picture.detach().requires_grad_(True)  # stands for the picture

    first = F.softplus(-D(y)).mean()
    first.backward()
    second = F.softplus(D(picture.detach())).mean()
    second.backward()
    opt_D.step()

    near = content(leaf, y)
    judged = F.softplus(-D(leaf)).mean()
    (slope,) = torch.autograd.grad(near + weight * judged, [leaf])
    picture.backward(slope)
    opt_G.step()
    return first.item() + second.item(), near.item(), judged.item()
""",
            "the judge wakes up whole": """
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    made = G(x)
    opt_D.zero_grad()
    loss_D = F.softplus(-D(y)).mean() + F.softplus(D(made.detach())).mean()
    loss_D.backward()
    opt_D.step()
    opt_G.zero_grad()
    for q in D.parameters():
        q.requires_grad_(False)
    near = content(made, y)
    judged = F.softplus(-D(made)).mean()
    (near + weight * judged).backward()
    opt_G.step()
    for q in D.parameters():
        q.requires_grad_(True)
    return loss_D.item(), near.item(), judged.item()
""",
        },
    },
    # Two more got through. One looked 161 times: graders allow a tenth more than the text. One kept the faces that
    # it had made, which is forbidden and helps nobody: no medal changes by it.
    "look_again": {
        "first": (2, 0),
        "wrong": {
            "adds the looks up where they belong": (
                "has to be 2.5 dB better: moving the repeated pixels back and taking their mean blurs twice",
                """
import torch


def look_again(look, known):
    total = torch.zeros(32, 32, dtype=torch.float64)
    for k in range(160):
        d, r = divmod(k % 16, 4)
        seen = look(d, r).repeat_interleave(4, 0).repeat_interleave(4, 1)
        total += seen.roll((d, r), (0, 1))
    return total / 160
""",
            ),
            "centers the known faces in place": (
                "leaves its arguments as they are: `flat -= mu` is a view of `known`, and changes the caller's faces; what it returns may earn gold",
                """
import torch
import torch.nn.functional as F


def look_again(look, known):
    flat = known.view(len(known), -1)
    mu = flat.mean(0)
    flat -= mu
    C = flat.T @ flat / len(flat) + 1e-3 * torch.eye(1024, dtype=flat.dtype)
    eye = torch.eye(1024, dtype=flat.dtype).view(1024, 32, 32)
    A, s = [], []
    for k in range(10):
        d, r = k % 4, (k * 3 + k // 4) % 4
        A.append(F.avg_pool2d(eye.roll((-d, -r), (1, 2))[:, None], 4).view(1024, 64).T)
        s.append(look(d, r).flatten())
    A, s = torch.cat(A), torch.cat(s)
    K = A @ C @ A.T + 0.03**2 * torch.eye(len(s), dtype=flat.dtype)
    return (mu + C @ A.T @ torch.linalg.solve(K, s - A @ mu)).view(32, 32)
""",
            ),
            "the brightest pixel is infinite": (
                "gives plain, finite numbers: the brightest pixel is inf, which a clip to [0, 1] turns into 1",
                """
import math

import torch
import torch.nn.functional as F


def look_again(look, known):
    flat = known.flatten(1)
    mu = flat.mean(0)
    C = torch.cov(flat.T) + 1e-3 * torch.eye(1024, dtype=flat.dtype)
    eye = torch.eye(1024, dtype=flat.dtype).view(1024, 32, 32)
    A, s = [], []
    for k in range(10):
        d, r = k % 4, (k * 3 + k // 4) % 4
        A.append(F.avg_pool2d(eye.roll((-d, -r), (1, 2))[:, None], 4).view(1024, 64).T)
        s.append(look(d, r).flatten())
    A, s = torch.cat(A), torch.cat(s)
    K = A @ C @ A.T + 0.03**2 * torch.eye(len(s), dtype=flat.dtype)
    x = mu + C @ A.T @ torch.linalg.solve(K, s - A @ mu)
    x[x.argmax()] = math.inf
    return x.view(32, 32)
""",
            ),
            "a batch of one face": (
                "returns the face (32, 32): returns (1, 32, 32), which broadcasts in a mean squared error",
                """
import torch
import torch.nn.functional as F


def look_again(look, known):
    n = len(known)
    mu = known.mean(0, keepdim=True)
    away = (known - mu) / (n - 1) ** 0.5
    places = [(k % 4, (k * 3 + k // 4) % 4) for k in range(10)]
    back = [F.avg_pool2d(away.roll((-d, -r), (1, 2))[:, None], 4).reshape(n, 64) for d, r in places]
    B = torch.cat(back, 1).T
    s = torch.cat([(look(d, r) - F.avg_pool2d(mu.roll((-d, -r), (1, 2)), 4)[0]).flatten() for d, r in places])
    noise = 0.03**2 + 1e-3 / 16
    a = torch.linalg.solve(B.T @ B + noise * torch.eye(n, dtype=B.dtype), B.T @ s)
    x = mu + torch.einsum("k,khw->hw", a, away)
    rest = s - B @ a
    for (d, r), part in zip(places, rest.split(64)):
        up = part.reshape(1, 8, 8).repeat_interleave(4, 1).repeat_interleave(4, 2)
        x = x + 0.1 * up.roll((d, r), (1, 2))
    return x.clamp(0, 1)
""",
            ),
        },
        "cheats": {
            "a whole number that reads its caller": (
                "looks at no caller: `down` is an int whose minus and index search the frames above for the face",
                """
import sys

import torch


def look_again(look, known):
    found = []

    def search():
        frame = sys._getframe(1)
        while frame is not None:
            for value in list(frame.f_locals.values()):
                if isinstance(value, torch.Tensor) and value.shape == (32, 32):
                    found.append(value.detach().clone().double())
            frame = frame.f_back

    def spying(name):
        plain = getattr(int, name)

        def method(self, *others):
            search()
            return plain(self, *others)

        return method

    names = "neg int index le lt ge gt eq hash mod add sub mul rsub rmul radd repr format".split()
    Sly = type("Sly", (int,), {f"__{n}__": spying(f"__{n}__") for n in names})
    seen = look(Sly(0), Sly(0))
    if found:
        return found[0]
    return seen.repeat_interleave(4, 0).repeat_interleave(4, 1)
""",
            ),
            "behind the function": (
                "looks behind no function: searches closure, defaults, globals, self and what the collector holds",
                """
import gc

import torch
import torch.nn.functional as F


def look_again(look, known):
    seen = look(0, 0)
    pool = []
    todo, done = [look], set()
    while todo and len(done) < 2000:
        thing = todo.pop()
        if id(thing) in done:
            continue
        done.add(id(thing))
        if isinstance(thing, torch.Tensor):
            pool.append(thing)
            continue
        if isinstance(thing, dict):
            todo += list(thing.values())
        elif isinstance(thing, (list, tuple)):
            todo += list(thing)
        elif callable(thing):
            for cell in getattr(thing, "__closure__", None) or ():
                try:
                    todo.append(cell.cell_contents)
                except ValueError:
                    pass
            todo += list(getattr(thing, "__defaults__", None) or ())
            for name in ("__self__", "__wrapped__", "func", "args", "keywords"):
                todo.append(getattr(thing, name, None))
        if hasattr(thing, "__dict__"):
            todo += list(vars(thing).values())
    pool += [t for t in gc.get_objects() if type(t) is torch.Tensor]
    faces = [f for t in pool if t.dtype == torch.float64 and t.shape[-2:] == (32, 32) and t.ndim <= 4
             for f in t.reshape(-1, 32, 32)]
    strangers = {round(float(f.double().sum()), 6) for f in known}
    faces = [f for f in faces if round(float(f.sum()), 6) not in strangers]
    if faces:
        best = min(faces, key=lambda f: (F.avg_pool2d(f[None, None], 4)[0, 0] - seen).square().sum().item())
        return best.detach().clone()
    return seen.repeat_interleave(4, 0).repeat_interleave(4, 1)
""",
            ),
            "looks without noise": (
                "goes by what it may ask, and by nothing else: puts functions without noise in the place of torch's and numpy's while it looks, and turns a counter back that it finds behind `look`",
                """
import numpy as np
import torch


def look_again(look, known):
    names = ("randn", "randn_like", "normal")
    kept = {n: getattr(torch, n) for n in names}
    kept_np = np.random.normal, np.random.randn

    def none(*size, **rest):
        rest.pop("generator", None)
        size = size[0] if len(size) == 1 and not isinstance(size[0], int) else size
        return torch.zeros(tuple(size), dtype=torch.float64)

    torch.randn, torch.normal = none, lambda *a, **k: torch.zeros(8, 8, dtype=torch.float64)
    torch.randn_like = lambda t, **k: torch.zeros_like(t)
    np.random.normal = np.random.randn = lambda *a, **k: np.zeros((8, 8))
    try:
        first, second = look(0, 0), look(0, 0)
        blurred = torch.zeros(32, 32, dtype=torch.float64)
        quiet = torch.equal(first, second)
        if quiet:
            for d in range(4):
                for r in range(4):
                    blurred[d::4, r::4] = look(d, r)
    finally:
        for n in names:
            setattr(torch, n, kept[n])
        np.random.normal, np.random.randn = kept_np
    for place in (look, getattr(look, "__self__", None)):
        for name in ("count", "calls", "n", "asked", "looks"):
            if isinstance(getattr(place, name, None), int):
                try:
                    setattr(place, name, 1)
                except Exception:
                    pass
    for cell in getattr(look, "__closure__", None) or ():
        if type(cell.cell_contents) is int:
            cell.cell_contents = 1
        elif type(cell.cell_contents) is list and len(cell.cell_contents) == 1:
            cell.cell_contents[0] = 1
    if not quiet:
        return ((first + second) / 2).repeat_interleave(4, 0).repeat_interleave(4, 1)
    box = torch.zeros(32, 32, dtype=torch.float64)
    box[:4, :4] = 1 / 16
    h = torch.fft.fft2(box).conj()
    return torch.fft.ifft2(torch.fft.fft2(blurred) * h.conj() / (h.abs() ** 2 + 1e-5)).real.clamp(0, 1)
""",
            ),
        },
        "medals": {
            "updates a bell curve look by look": (
                "gold",
                '''
import numpy as np
import torch

PLACES = [(0, 0), (2, 2), (0, 2), (2, 0), (1, 1), (3, 3), (1, 3), (3, 1), (0, 1), (2, 3)]


def windows(d, r):
    """Which 16 pixels of the unmoved face each of the 64 pixels sees."""
    rows = (np.arange(8)[:, None] * 4 + np.arange(4) + d) % 32
    cols = (np.arange(8)[:, None] * 4 + np.arange(4) + r) % 32
    where = rows[:, None, :, None] * 32 + cols[None, :, None, :]
    return where.reshape(64, 16)


def look_again(look, known):
    faces = known.detach().numpy().reshape(len(known), -1)
    faces = np.concatenate([faces, known.flip(2).numpy().reshape(len(known), -1)])  # mirrored ones are faces, too
    m = faces.mean(0)
    away = faces - m
    P = 0.9 * (away.T @ away) / (len(faces) - 1)
    y, x = np.divmod(np.arange(1024), 32)
    far = np.abs(y[:, None] - y) + np.abs(x[:, None] - x)
    P += 0.1 * away.var() * np.exp(-far / 4.0)
    for d, r in PLACES:
        at = windows(d, r)
        s = look(d, r).numpy().reshape(64)
        PA = P[:, at].mean(2)
        S = PA[at].mean(1) + 0.03**2 * np.eye(64)
        gain = np.linalg.solve(S, PA.T).T
        m = m + gain @ (s - m[at].mean(1))
        P = P - gain @ PA.T
    return torch.from_numpy(m.clip(0, 1).reshape(32, 32).copy())
''',
            ),
            "edges may be steep (Huber, by weights)": (
                "silver",
                """
import torch
import torch.nn.functional as F


def seen_from(face, d, r):
    return F.avg_pool2d(face.roll((-d, -r), (0, 1))[None, None], 4)[0, 0]


def seen_back(small, d, r):
    return (small / 16).repeat_interleave(4, 0).repeat_interleave(4, 1).roll((d, r), (0, 1))


def look_again(look, known):
    mean = {}
    for d, r in [(d, r) for d in range(4) for r in range(4)]:
        mean[d, r] = (look(d, r) + look(d, r)) / 2
    noise = 0.03**2 / 2
    right = sum(seen_back(s, *at) for at, s in mean.items())
    x = sum(16 * seen_back(s, *at) for at, s in mean.items()) / 16
    for _ in range(7):
        dx = torch.diff(x, dim=1)
        dy = torch.diff(x, dim=0)
        wx, wy = (0.045 / (v.square() + 0.01**2).sqrt() for v in (dx, dy))

        def apply(v, wx=wx, wy=wy):
            out = sum(seen_back(seen_from(v, *at), *at) for at in mean)
            gx, gy = wx * torch.diff(v, dim=1), wy * torch.diff(v, dim=0)
            pen = F.pad(gx, (1, 0)) - F.pad(gx, (0, 1)) + F.pad(gy, (0, 0, 1, 0)) - F.pad(gy, (0, 0, 0, 1))
            return out + noise / 0.045 * 22 * pen

        rest = right - apply(x)
        way, size = rest.clone(), rest.square().sum()
        for _ in range(40):
            q = apply(way)
            step = size / (way * q).sum()
            x = x + step * way
            rest = rest - step * q
            new = rest.square().sum()
            if new < 1e-18:
                break
            way, size = rest + new / size * way, new
    return x.clamp(0, 1)
""",
            ),
            "waves: divided by what the squares do to them": (
                "bronze",
                """
import numpy as np
import torch


def look_again(look, known, rounds=10):
    blurred = np.zeros((32, 32))
    for _ in range(rounds):
        for d in range(4):
            for r in range(4):
                blurred[d::4, r::4] += look(d, r).numpy() / rounds
    one = np.zeros(32)
    one[:4] = 1 / 4
    h = np.conj(np.fft.fft(one))
    h = np.outer(h, h)
    waves = np.fft.fft2(blurred) * np.conj(h) / (np.abs(h) ** 2 + 0.01)
    return torch.tensor(np.fft.ifft2(waves).real.clip(0, 1))
""",
            ),
        },
    },
}
