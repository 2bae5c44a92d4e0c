"""Answers to the exercises of lesson 13 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day. The text of growing_step has become plainer since:
one answer that was meant to be wrong stands among the right ones now.
"""

BLIND = {
    "pyramid": {
        "first": (1, 0),
        "wrong": {
            "from fine to coarse, both ways": (
                "the list goes 'from coarse to fine': I_K first, the finest band last (round trip still works)",
                """
def laplacian_pyramid(pictures, levels):
    for pixels in pictures.shape[-2:]:
        if pixels % 2**levels:
            raise ValueError(f"{pixels} pixels cannot be halved {levels} times.")

    bands, x = [], pictures
    for _ in range(levels):
        small = F.avg_pool2d(x, 2)
        bands.append(x - F.interpolate(small, scale_factor=2))
        x = small
    bands.append(x)
    return bands


def from_pyramid(bands):
    x = bands[-1]
    for band in reversed(bands[:-1]):
        x = F.interpolate(x, scale_factor=2) + band
    return x


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            ),
            "bilinear enlarging, both ways": (
                "'enlarging makes 2 × 2 equal pixels of each' (the inverse is still exact)",
                """
def enlarge(x):
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def laplacian_pyramid(pictures, levels):
    for pixels in pictures.shape[-2:]:
        if pixels % 2**levels:
            raise ValueError(f"{pixels} pixels cannot be halved {levels} times.")

    bands, x = [], pictures
    for _ in range(levels):
        small = F.avg_pool2d(x, 2)
        bands.insert(0, x - enlarge(small))
        x = small
    return [x, *bands]


def from_pyramid(bands):
    x = bands[0]
    for band in bands[1:]:
        x = enlarge(x) + band
    return x


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            ),
            "halving drops pixels": (
                "'Halving takes the mean of 2 × 2 pixels', not the upper left one (F.interpolate(scale_factor=0.5))",
                """
def laplacian_pyramid(pictures, levels):
    for pixels in pictures.shape[-2:]:
        if pixels % 2**levels:
            raise ValueError(f"{pixels} pixels cannot be halved {levels} times.")

    bands, x = [], pictures
    for _ in range(levels):
        small = x[..., ::2, ::2]
        bands.insert(0, x - F.interpolate(small, scale_factor=2))
        x = small
    return [x, *bands]


def from_pyramid(bands):
    x = bands[0]
    for band in bands[1:]:
        x = F.interpolate(x, scale_factor=2) + band
    return x


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            ),
            "odd sizes are floored and enlarged to fit, no error": (
                "'If H or W cannot be halved that often, raise a ValueError': only sizes below 2^levels raise here, 12 pixels at 3 levels pass silently and even come back",
                """
def laplacian_pyramid(pictures, levels):
    H, W = pictures.shape[-2:]
    if min(H, W) < 2**levels:
        raise ValueError(f"{min(H, W)} pixels cannot be halved {levels} times.")
    bands, x = [], pictures
    for _ in range(levels):
        small = F.avg_pool2d(x, 2)
        bands.insert(0, x - F.interpolate(small, size=x.shape[-2:]))
        x = small
    return [x, *bands]


def from_pyramid(bands):
    x = bands[0]
    for band in bands[1:]:
        x = F.interpolate(x, size=band.shape[-2:]) + band
    return x


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            ),
            "names the height even if the width is at fault": (
                "the ValueError's text 'names that number of pixels', the one that cannot be halved",
                """
def laplacian_pyramid(pictures, levels):
    n, C, H, W = pictures.shape
    factor = 2 ** levels
    if H % factor != 0 or W % factor != 0:
        raise ValueError(f"Pictures of {H} pixels do not have that many levels.")
    result, x = [], pictures
    for _ in range(levels):
        small = F.avg_pool2d(x, 2)
        result.insert(0, x - F.interpolate(small, scale_factor=2))
        x = small
    result.insert(0, x)
    return result


def from_pyramid(bands):
    x = bands[0]
    for band in bands[1:]:
        x = F.interpolate(x, scale_factor=2) + band
    return x


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            ),
            "square pictures only": (
                "'Pictures need not be square': the width stands for both sides, in the test and in the enlarging",
                """
def laplacian_pyramid(pictures, levels):
    size = pictures.shape[-1]
    if size % 2**levels:
        raise ValueError(f"{size} pixels cannot be halved {levels} times.")
    bands, x = [], pictures
    for _ in range(levels):
        small = F.adaptive_avg_pool2d(x, (size // 2, size // 2))
        bands.insert(0, x - F.interpolate(small, size=(size, size)))
        x, size = small, size // 2
    return [x] + bands


def from_pyramid(bands):
    x = bands[0]
    for band in bands[1:]:
        size = band.shape[-1]
        x = F.interpolate(x, size=(size, size)) + band
    return x


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            ),
            "the coarse copy is detached in the band": (
                "'Gradients pass both ways': values are right, but the band's gradient lacks the part through u(d(I))",
                """
def laplacian_pyramid(pictures, levels):
    for pixels in pictures.shape[-2:]:
        if pixels % 2**levels:
            raise ValueError(f"{pixels} pixels cannot be halved {levels} times.")

    bands, x = [], pictures
    for _ in range(levels):
        small = F.avg_pool2d(x, 2)
        bands.insert(0, x - F.interpolate(small, scale_factor=2).detach())
        x = small
    return [x, *bands]


def from_pyramid(bands):
    x = bands[0]
    for band in bands[1:]:
        x = F.interpolate(x, scale_factor=2) + band
    return x


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            ),
            "together eats its list and adds in place": (
                "'Gradients pass both ways' (an in-place sum on a leaf band raises), and the caller's bands are overwritten: a list that was put together once holds one tensor afterwards",
                """
def laplacian_pyramid(pictures, levels):
    for pixels in pictures.shape[-2:]:
        if pixels % 2**levels:
            raise ValueError(f"{pixels} pixels cannot be halved {levels} times.")

    bands, x = [], pictures
    for _ in range(levels):
        small = F.avg_pool2d(x, 2)
        bands.insert(0, x - F.interpolate(small, scale_factor=2))
        x = small
    return [x, *bands]


def from_pyramid(bands):
    while len(bands) > 1:
        small = bands.pop(0)
        bands[0] += F.interpolate(small, scale_factor=2)
    return bands[0]


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            ),
        },
        "right": {
            "loops with pooling and interpolate": """
def laplacian_pyramid(pictures, levels):
    for pixels in pictures.shape[-2:]:
        if pixels % 2**levels:
            raise ValueError(f"{pixels} pixels cannot be halved {levels} times.")

    bands, x = [], pictures
    for _ in range(levels):
        small = F.avg_pool2d(x, 2)
        bands.insert(0, x - F.interpolate(small, scale_factor=2))
        x = small
    return [x, *bands]


def from_pyramid(bands):
    x = bands[0]
    for band in bands[1:]:
        x = F.interpolate(x, scale_factor=2) + band
    return x


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            "recursion, reshape for halving, repeat_interleave for enlarging": """
def _half(x):
    n, C, H, W = x.shape
    return x.reshape(n, C, H // 2, 2, W // 2, 2).mean(dim=(3, 5))


def _double(x):
    return x.repeat_interleave(2, dim=-1).repeat_interleave(2, dim=-2)


def _apart(x, levels):
    if levels == 0:
        return [x]
    small = _half(x)
    return _apart(small, levels - 1) + [x - _double(small)]


def laplacian_pyramid(pictures, levels, names=("height", "width")):
    for name, pixels in zip(names, pictures.shape[2:]):
        if pixels // 2**levels * 2**levels != pixels:
            raise ValueError("The " + name + " of " + str(pixels) + " pixels cannot be halved so often.")
    return _apart(pictures, levels)


def from_pyramid(bands):
    if len(bands) == 1:
        return bands[0]
    *coarser, finest = bands
    return _double(from_pyramid(coarser)) + finest


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            "all copies first, slices summed, kron to enlarge, reduce": """
from functools import reduce
from itertools import accumulate, pairwise


def laplacian_pyramid(pictures, levels):
    bad = [int(side) for side in pictures.shape[-2:] if side % (1 << levels)]
    if bad:
        raise ValueError(f"cannot halve {bad[0]} pixels {levels} times")
    ones = torch.ones(1, 1, 2, 2, dtype=pictures.dtype, device=pictures.device)

    def d(x, _):
        return (x[..., ::2, ::2] + x[..., 1::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, 1::2]) / 4

    copies = list(accumulate(range(levels), d, initial=pictures))
    bands = [fine - torch.kron(coarse, ones) for fine, coarse in pairwise(copies)]
    return [copies[-1]] + bands[::-1]


def from_pyramid(bands):
    def climb(x, band):
        return band + torch.kron(x, torch.ones(1, 1, 2, 2, dtype=x.dtype, device=x.device))

    return reduce(climb, bands)


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
            "unusual: a class with modules, from a generator, lambdas as the asked-for names": """
class _Pyramid:
    halve = staticmethod(nn.AvgPool2d(kernel_size=2, stride=2))
    enlarge = staticmethod(nn.Upsample(scale_factor=2, mode="nearest"))

    def __init__(self, pictures):
        self.pictures = pictures

    def check(self, levels):
        for side in self.pictures.shape[2:]:
            left, times = side, levels
            while times and left % 2 == 0:
                left, times = left // 2, times - 1
            if times:
                raise ValueError(f"A side of {side} pixels: {levels} times is too often.")
        return self

    def downwards(self, levels):
        x = self.pictures
        for _ in range(levels):
            small = self.halve(x)
            yield torch.sub(x, self.enlarge(small))
            x = small
        yield x


laplacian_pyramid = lambda pictures, levels: list(_Pyramid(pictures).check(levels).downwards(levels))[::-1]  # noqa: E731


def from_pyramid(bands):
    rest = iter(bands)
    x = next(rest)
    try:
        while True:
            band = next(rest)
            x = torch.add(_Pyramid.enlarge(x), band)
    except StopIteration:
        return x


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)
""",
        },
    },
    "one_band": {
        "first": (1, 0),
        "wrong": {
            "noise in front": (
                "the noise stands **behind** the picture's channels",
                """
def paint_band(net, coarse, z):
    large = F.interpolate(coarse, scale_factor=2)
    band = net(torch.cat([z, large], dim=1))
    return band, large + band


def judge_band(D, band, coarse):
    large = F.interpolate(coarse, scale_factor=2)
    return D(torch.cat([large + band, large], dim=1))


def paint_all(nets, coarse, noises):
    pictures = [coarse]
    for net, z in zip(nets, noises):
        pictures.append(paint_band(net, pictures[-1], z)[1])
    return pictures


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            ),
            "bilinear enlarging": (
                "'Enlarge the picture as in exercise 1': equal pixels, not blended ones",
                """
def _up(x):
    return F.interpolate(x, scale_factor=2, mode="bilinear")


def paint_band(net, coarse, z):
    large = _up(coarse)
    band = net(torch.cat([large, z], dim=1))
    return band, large + band


def judge_band(D, band, coarse):
    large = _up(coarse)
    return D(torch.cat([large + band, large], dim=1))


def paint_all(nets, coarse, noises):
    pictures = [coarse]
    for net, z in zip(nets, noises):
        pictures.append(paint_band(net, pictures[-1], z)[1])
    return pictures


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            ),
            "the judge's condition stands in front": (
                "D gets the picture, 'with the enlarged coarse as its condition behind it'",
                """
def paint_band(net, coarse, z):
    large = F.interpolate(coarse, scale_factor=2)
    band = net(torch.cat([large, z], dim=1))
    return band, large + band


def judge_band(D, band, coarse):
    large = F.interpolate(coarse, scale_factor=2)
    return D(torch.cat([large, large + band], dim=1))


def paint_all(nets, coarse, noises):
    pictures = [coarse]
    for net, z in zip(nets, noises):
        pictures.append(paint_band(net, pictures[-1], z)[1])
    return pictures


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            ),
            "the judge sees the bare band": (
                "'what D says of the picture with this band', not of the band",
                """
def paint_band(net, coarse, z):
    large = F.interpolate(coarse, scale_factor=2)
    band = net(torch.cat([large, z], dim=1))
    return band, large + band


def judge_band(D, band, coarse):
    large = F.interpolate(coarse, scale_factor=2)
    return D(torch.cat([band, large], dim=1))


def paint_all(nets, coarse, noises):
    pictures = [coarse]
    for net, z in zip(nets, noises):
        pictures.append(paint_band(net, pictures[-1], z)[1])
    return pictures


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            ),
            "each net paints on the enlarged coarse picture": (
                "'each on the picture that the one before has painted': the bands below are lost",
                """
def paint_band(net, coarse, z):
    large = F.interpolate(coarse, scale_factor=2)
    band = net(torch.cat([large, z], dim=1))
    return band, large + band


def judge_band(D, band, coarse):
    large = F.interpolate(coarse, scale_factor=2)
    return D(torch.cat([large + band, large], dim=1))


def paint_all(nets, coarse, noises):
    pictures = [coarse]
    for net, z in zip(nets, noises):
        pictures.append(paint_band(net, coarse, z)[1])
        coarse = F.interpolate(coarse, scale_factor=2)
    return pictures


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            ),
            "detached between the bands": (
                "'Gradients pass everywhere': no gradient goes from the largest picture to earlier nets and coarse",
                """
def paint_band(net, coarse, z):
    large = F.interpolate(coarse, scale_factor=2)
    band = net(torch.cat([large, z], dim=1))
    return band, large + band


def judge_band(D, band, coarse):
    large = F.interpolate(coarse, scale_factor=2)
    return D(torch.cat([large + band, large], dim=1))


def paint_all(nets, coarse, noises):
    pictures = [coarse]
    for net, z in zip(nets, noises):
        pictures.append(paint_band(net, pictures[-1].detach(), z)[1])
    return pictures


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            ),
            "draws its own noise": (
                "the net gets the noise `z` that is given ('each with its own noise'), here a fresh one of that shape",
                """
def paint_band(net, coarse, z):
    large = F.interpolate(coarse, scale_factor=2)
    band = net(torch.cat([large, torch.randn_like(z)], dim=1))
    return band, large + band


def judge_band(D, band, coarse):
    large = F.interpolate(coarse, scale_factor=2)
    return D(torch.cat([large + band, large], dim=1))


def paint_all(nets, coarse, noises):
    pictures = [coarse]
    for net, z in zip(nets, noises):
        pictures.append(paint_band(net, pictures[-1], z)[1])
    return pictures


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            ),
            "three channels by heart": (
                "coarse is (n, C, h, w): with C = 1 the net still gets 4 channels, with C = 4 it raises",
                """
def paint_band(net, coarse, z):
    large = F.interpolate(coarse, scale_factor=2)
    joined = large.new_zeros(len(large), 4, *large.shape[2:])
    joined[:, :3] = large
    joined[:, 3:] = z
    band = net(joined)
    return band, large + band


def judge_band(D, band, coarse):
    large = F.interpolate(coarse, scale_factor=2)
    return D(torch.cat([large + band, large], dim=1))


def paint_all(nets, coarse, noises):
    pictures = [coarse]
    for net, z in zip(nets, noises):
        pictures.append(paint_band(net, pictures[-1], z)[1])
    return pictures


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            ),
        },
        "right": {
            "cat and interpolate": """
def paint_band(net, coarse, z):
    large = F.interpolate(coarse, scale_factor=2)
    band = net(torch.cat([large, z], dim=1))
    return band, large + band


def judge_band(D, band, coarse):
    large = F.interpolate(coarse, scale_factor=2)
    return D(torch.cat([large + band, large], dim=1))


def paint_all(nets, coarse, noises):
    pictures = [coarse]
    for net, z in zip(nets, noises):
        pictures.append(paint_band(net, pictures[-1], z)[1])
    return pictures


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            "repeat_interleave, helper functions, accumulate": """
from itertools import accumulate


def _grow(x):
    return torch.repeat_interleave(torch.repeat_interleave(x, 2, dim=2), 2, dim=3)


def _join(*parts):
    return torch.hstack(parts)


def paint_band(net, coarse, z):
    band = net(_join(_grow(coarse), z))
    return band, band + _grow(coarse)


def judge_band(D, band, coarse):
    return D(_join(band + _grow(coarse), _grow(coarse)))


def paint_all(nets, coarse, noises):
    return list(accumulate(zip(nets, noises, strict=True), lambda x, pair: paint_band(pair[0], x, pair[1])[1],
                           initial=coarse))


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            "a named tuple comes back, F.pad and a sum instead of cat": """
from collections import namedtuple

Painted = namedtuple("Painted", ["band", "picture"])


def paint_band(net, coarse, z):
    C = coarse.shape[1]
    large = nn.Upsample(scale_factor=2)(coarse)
    behind = (0, 0, 0, 0, 0, 1)
    in_front = (0, 0, 0, 0, C, 0)
    band = net(F.pad(large, behind) + F.pad(z, in_front))
    return Painted(band=band, picture=large + band)


def judge_band(D, band, coarse):
    large = nn.Upsample(scale_factor=2)(coarse)
    return D(torch.stack([large + band, large], dim=1).flatten(1, 2))


def paint_all(nets, coarse, noises):
    if not len(list(nets)):
        return [coarse]
    net, *others = nets
    z, *rest = noises
    return [coarse, *paint_all(others, paint_band(net, coarse, z).picture, rest)]


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
            "unusual: a painter class that can be called, index expand to enlarge, keyword defaults": """
class _Bands:
    def __init__(self, coarse):
        n, C, h, w = coarse.shape
        self.large = coarse[:, :, :, None, :, None].expand(n, C, h, 2, w, 2).reshape(n, C, 2 * h, 2 * w)

    def behind(self, first, second):
        return torch.concatenate((first, second), axis=1)

    def painted_by(self, net, z):
        return net(self.behind(self.large, z))

    def seen_by(self, D, band):
        return D(self.behind(self.large + band, self.large))


def paint_band(net, coarse, z, *, made=None):
    work = _Bands(coarse)
    made = work.painted_by(net, z) if made is None else made
    return [made, torch.add(work.large, made)]


judge_band = lambda D, band, coarse: _Bands(coarse).seen_by(D, band)  # noqa: E731


def paint_all(nets, coarse, noises):
    def go(x):
        yield x
        for net, z in zip(nets, noises):
            _, x = paint_band(net, x, z)
            yield x

    return [*go(coarse)]


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)
""",
        },
    },
    "fading": {
        "first": (2, 1),
        "wrong": {
            "old + alpha · (new − old) everywhere": (
                "'Both ends are exact, to the last bit': at alpha = 1 a small new beside a large old is forgotten",
                """
def fade_picture(old, new, alpha):
    if alpha < 0 or alpha > 1:
        raise ValueError(f"alpha = {alpha}")
    large = F.interpolate(old, scale_factor=2)
    return large + alpha * (new - large)


def fade_features(picture, block, from_rgb, alpha):
    old = from_rgb(F.avg_pool2d(picture, 2))
    return old + alpha * (block(picture) - old)


def fade_real(picture, alpha):
    return fade_picture(F.avg_pool2d(picture, 2), picture, alpha)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            ),
            "fade_real as coarse + alpha · band": (
                "'Both ends are exact, to the last bit': u(d(x)) + 1 · (x − u(d(x))) is x up to rounding only",
                """
def fade_picture(old, new, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha has to be between 0 and 1, not {alpha}.")
    return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new


def fade_features(picture, block, from_rgb, alpha):
    return (1 - alpha) * from_rgb(F.avg_pool2d(picture, 2)) + alpha * block(picture)


def fade_real(picture, alpha):
    coarse = F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2)
    return coarse + alpha * (picture - coarse)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            ),
            "features: weights the wrong way round": (
                "block(picture) has the weight alpha, from_rgb the weight 1 − alpha",
                """
def fade_picture(old, new, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha has to be between 0 and 1, not {alpha}.")
    return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new


def fade_features(picture, block, from_rgb, alpha):
    return alpha * from_rgb(F.avg_pool2d(picture, 2)) + (1 - alpha) * block(picture)


def fade_real(picture, alpha):
    return fade_picture(F.avg_pool2d(picture, 2), picture, alpha)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            ),
            "alpha is clamped": (
                "'An alpha below 0 or above 1 gets a ValueError that names it'",
                """
def fade_picture(old, new, alpha):
    alpha = min(max(alpha, 0.0), 1.0)
    return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new


def fade_features(picture, block, from_rgb, alpha):
    return (1 - alpha) * from_rgb(F.avg_pool2d(picture, 2)) + alpha * block(picture)


def fade_real(picture, alpha):
    return fade_picture(F.avg_pool2d(picture, 2), picture, alpha)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            ),
            "the ends raise, too": (
                "alpha = 0 and alpha = 1 are allowed ('below 0 or above 1'), and are the ends that have to be exact",
                """
def fade_picture(old, new, alpha):
    if not 0 < alpha < 1:
        raise ValueError(f"alpha = {alpha} is not between 0 and 1")
    return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new


def fade_features(picture, block, from_rgb, alpha):
    return (1 - alpha) * from_rgb(F.avg_pool2d(picture, 2)) + alpha * block(picture)


def fade_real(picture, alpha):
    return fade_picture(F.avg_pool2d(picture, 2), picture, alpha)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            ),
            "halves behind from_rgb": (
                "'from_rgb of the halved picture': the same only for a linear 1 × 1 from_rgb, not with leaky behind it",
                """
def fade_picture(old, new, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha has to be between 0 and 1, not {alpha}.")
    return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new


def fade_features(picture, block, from_rgb, alpha):
    return (1 - alpha) * F.avg_pool2d(from_rgb(picture), 2) + alpha * block(picture)


def fade_real(picture, alpha):
    return fade_picture(F.avg_pool2d(picture, 2), picture, alpha)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            ),
            "the whole real picture is weakened": (
                "fade_real: the finest band is there by a share of alpha, the coarse part in full",
                """
def fade_picture(old, new, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha has to be between 0 and 1, not {alpha}.")
    return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new


def fade_features(picture, block, from_rgb, alpha):
    return (1 - alpha) * from_rgb(F.avg_pool2d(picture, 2)) + alpha * block(picture)


def fade_real(picture, alpha):
    if alpha == 0:
        return F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2)
    return alpha * picture


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            ),
            "the halved picture for D drops pixels": (
                "'the halved picture (means of 2 × 2)': F.interpolate(scale_factor=0.5) takes one pixel of four",
                """
def fade_picture(old, new, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha has to be between 0 and 1, not {alpha}.")
    return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new


def fade_features(picture, block, from_rgb, alpha):
    small = F.interpolate(picture, scale_factor=0.5)
    return (1 - alpha) * from_rgb(small) + alpha * block(picture)


def fade_real(picture, alpha):
    return fade_picture(F.interpolate(picture, scale_factor=0.5), picture, alpha)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            ),
        },
        "right": {
            "two weighted terms": """
def fade_picture(old, new, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha has to be between 0 and 1, not {alpha}.")
    return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new


def fade_features(picture, block, from_rgb, alpha):
    return (1 - alpha) * from_rgb(F.avg_pool2d(picture, 2)) + alpha * block(picture)


def fade_real(picture, alpha):
    return fade_picture(F.avg_pool2d(picture, 2), picture, alpha)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            "torch.lerp, exact at both ends": """
def _checked(alpha):
    if alpha < 0 or alpha > 1:
        raise ValueError("no share: " + repr(alpha))
    return alpha


def _enlarge(x):
    return x.repeat_interleave(2, -2).repeat_interleave(2, -1)


def fade_picture(old, new, alpha):
    return torch.lerp(_enlarge(old), new, float(_checked(alpha)))


def fade_features(picture, block, from_rgb, alpha):
    return torch.lerp(input=from_rgb(F.avg_pool2d(picture, 2)), end=block(picture), weight=float(_checked(alpha)))


def fade_real(picture, alpha):
    return fade_picture(F.avg_pool2d(picture, 2), picture, alpha)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            "einsum of stacked pictures with two weights": """
def _mix(old, new, alpha):
    weights = torch.tensor([1 - alpha, alpha], dtype=new.dtype, device=new.device)
    return torch.einsum("k,k...->...", weights, torch.stack([old, new]))


def fade_picture(old, new, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(f"{alpha} is not a share.")
    n, C, h, w = old.shape
    large = old[..., :, None, :, None].expand(n, C, h, 2, w, 2).reshape(n, C, 2 * h, 2 * w)
    return _mix(large, new, alpha)


def fade_features(picture, block, from_rgb, alpha):
    n, C, H, W = picture.shape
    small = picture.reshape(n, C, H // 2, 2, W // 2, 2).mean((3, 5))
    return _mix(from_rgb(small), block(picture), alpha)


def fade_real(picture, alpha):
    n, C, H, W = picture.shape
    small = picture.reshape(n, C, H // 2, 2, W // 2, 2).mean((3, 5))
    return fade_picture(old=small, new=picture, alpha=alpha)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
""",
            "unusual: a closure that returns one end untouched, and takes the middle from the nearer end": '''
def _fader(alpha):
    """A function of (old, new) thunks."""
    if alpha < 0 or 1 < alpha:
        raise ValueError(f"alpha must lie in [0, 1] but is {alpha}")
    if alpha == 0:
        return lambda old, new: old()
    if alpha == 1:
        return lambda old, new: new()
    return lambda old, new: old().mul(1 - alpha).add(new(), alpha=alpha)


_up = nn.Upsample(scale_factor=2)
_down = nn.AvgPool2d(2)


def fade_picture(old, new, alpha):
    return _fader(alpha)(lambda: _up(old), lambda: new)


def fade_features(picture, block, from_rgb, alpha):
    return _fader(alpha)(old=lambda: from_rgb(_down(picture)), new=lambda: block(picture))


def fade_real(picture, alpha):
    return _fader(alpha)(lambda: _up(_down(picture)), lambda: picture)


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)
''',
        },
    },
    "equalized_steps": {
        "first": (0, 0),
        "wrong": {
            "fan_in counts inputs only": (
                "fan_in is how many products are added up in one output: inputs · height · width",
                """
NOTHING = torch.empty(0)  # stands where a step does not need it


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    fan_in = shape[1]
    c = math.sqrt(2 / fan_in)
    if step == 1:  # He's constant
        return c
    if step == 2:  # the mean square of an output
        return fan_in * m2
    if step == 3:  # Adam's first step
        return -lr * g.sign()
    if step == 4:  # that step beside the weights, scaled at the start
        return lr / c
    if step == 5:  # the gradient on what is stored
        return c * g
    if step == 6:  # how far the used weights move, scaled at run time
        return -lr * c * g.sign()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "fan_out for fan_in": (
                "a kernel has the shape (outputs, inputs, height, width): products of one output, not of one input",
                """
NOTHING = torch.empty(0)  # stands where a step does not need it


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    fan_in = shape[0] * shape[2] * shape[3]
    c = math.sqrt(2 / fan_in)
    if step == 1:  # He's constant
        return c
    if step == 2:  # the mean square of an output
        return fan_in * m2
    if step == 3:  # Adam's first step
        return -lr * g.sign()
    if step == 4:  # that step beside the weights, scaled at the start
        return lr / c
    if step == 5:  # the gradient on what is stored
        return c * g
    if step == 6:  # how far the used weights move, scaled at run time
        return -lr * c * g.sign()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "square kernels only": (
                "the shape is (outputs, inputs, height, width): height² is right only where height = width",
                """
NOTHING = torch.empty(0)  # stands where a step does not need it


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    fan_in = shape[1] * shape[2] ** 2
    c = math.sqrt(2 / fan_in)
    if step == 1:  # He's constant
        return c
    if step == 2:  # the mean square of an output
        return fan_in * m2
    if step == 3:  # Adam's first step
        return -lr * g.sign()
    if step == 4:  # that step beside the weights, scaled at the start
        return lr / c
    if step == 5:  # the gradient on what is stored
        return c * g
    if step == 6:  # how far the used weights move, scaled at run time
        return -lr * c * g.sign()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "c² already in step 2": (
                "step 2: weights are draws from N(0, 1), *then* c² makes it 2 m2: here it is 2 m2 at once",
                """
NOTHING = torch.empty(0)  # stands where a step does not need it


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    fan_in = math.prod(shape[1:])
    c = math.sqrt(2 / fan_in)
    if step == 1:  # He's constant
        return c
    if step == 2:  # the mean square of an output
        return 2 * m2
    if step == 3:  # Adam's first step
        return -lr * g.sign()
    if step == 4:  # that step beside the weights, scaled at the start
        return lr / c
    if step == 5:  # the gradient on what is stored
        return c * g
    if step == 6:  # how far the used weights move, scaled at run time
        return -lr * c * g.sign()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "step 3 goes uphill": (
                "'By how much does it change each weight': Adam steps against the gradient; the sign is lost",
                """
NOTHING = torch.empty(0)  # stands where a step does not need it


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    fan_in = math.prod(shape[1:])
    c = math.sqrt(2 / fan_in)
    if step == 1:  # He's constant
        return c
    if step == 2:  # the mean square of an output
        return fan_in * m2
    if step == 3:  # Adam's first step
        return lr * g / g.square().sqrt()
    if step == 4:  # that step beside the weights, scaled at the start
        return lr / c
    if step == 5:  # the gradient on what is stored
        return c * g
    if step == 6:  # how far the used weights move, scaled at run time
        return -lr * c * g.sign()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "step 4 is the step of run time": (
                "'how large is that step beside c?': lr / c, not lr · c",
                """
NOTHING = torch.empty(0)  # stands where a step does not need it


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    fan_in = math.prod(shape[1:])
    c = math.sqrt(2 / fan_in)
    if step == 1:  # He's constant
        return c
    if step == 2:  # the mean square of an output
        return fan_in * m2
    if step == 3:  # Adam's first step
        return -lr * g.sign()
    if step == 4:  # that step beside the weights, scaled at the start
        return lr * c
    if step == 5:  # the gradient on what is stored
        return c * g
    if step == 6:  # how far the used weights move, scaled at run time
        return -lr * c * g.sign()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "chain rule upside down in step 5": (
                "w = c ŵ, so ∂L/∂ŵ = c · ∂L/∂w; here it is divided by c (step 6 is not affected)",
                """
NOTHING = torch.empty(0)  # stands where a step does not need it


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    fan_in = math.prod(shape[1:])
    c = math.sqrt(2 / fan_in)
    if step == 1:  # He's constant
        return c
    if step == 2:  # the mean square of an output
        return fan_in * m2
    if step == 3:  # Adam's first step
        return -lr * g.sign()
    if step == 4:  # that step beside the weights, scaled at the start
        return lr / c
    if step == 5:  # the gradient on what is stored
        return g / c
    if step == 6:  # how far the used weights move, scaled at run time
        return -lr * (g / c).sign() * c
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "step 6 is what is stored, not what is used": (
                "'By how much does Adam's first step now change what is *used*?': the factor c is missing, since the sign has swallowed the gradient's c",
                """
NOTHING = torch.empty(0)  # stands where a step does not need it


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    fan_in = math.prod(shape[1:])
    c = math.sqrt(2 / fan_in)
    if step == 1:  # He's constant
        return c
    if step == 2:  # the mean square of an output
        return fan_in * m2
    if step == 3:  # Adam's first step
        return -lr * g.sign()
    if step == 4:  # that step beside the weights, scaled at the start
        return lr / c
    if step == 5:  # the gradient on what is stored
        return c * g
    if step == 6:  # how far the used weights move, scaled at run time
        return -lr * (c * g).sign()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
        },
        "right": {
            "formulas": """
NOTHING = torch.empty(0)  # stands where a step does not need it


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    fan_in = math.prod(shape[1:])
    c = math.sqrt(2 / fan_in)
    if step == 1:  # He's constant
        return c
    if step == 2:  # the mean square of an output
        return fan_in * m2
    if step == 3:  # Adam's first step
        return -lr * g.sign()
    if step == 4:  # that step beside the weights, scaled at the start
        return lr / c
    if step == 5:  # the gradient on what is stored
        return c * g
    if step == 6:  # how far the used weights move, scaled at run time
        return -lr * c * g.sign()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "a match statement, keyword helpers, Adam's fraction written out": """
NOTHING = torch.empty(0)


def _he(shape):
    outputs, *rest = shape
    products = 1
    for k in rest:
        products *= k
    return (2 / products) ** 0.5


def _adam(gradient, rate, beta1=0.9, beta2=0.999):
    g = gradient / gradient.abs().max()  # Adam does not care how large they are
    g = torch.where(g.abs() < 1e-30, gradient.sign(), g)
    m, v = (1 - beta1) * g, (1 - beta2) * g**2
    del m, v  # the corrections bring back g and g²
    return -rate * g / g.abs()


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    c = _he(shape)
    match step:
        case 1:
            return c
        case 2:
            return 2 * m2 / c**2
        case 3:
            return _adam(g, rate=lr)
        case 4:
            return abs(-lr) / c
        case 5:
            return torch.mul(g, c)
        case 6:
            return c * _adam(equalized_steps(5, shape=shape, g=g), rate=lr)
        case _:
            raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "a dictionary of lambdas, NumPy scalars for the numbers": """
import numpy as np

NOTHING = torch.empty(0)


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    fan_in = np.prod(np.asarray(shape)[1:]).astype(np.float64)
    c = np.sqrt(2.0 / fan_in)
    steps = {
        1: lambda: c,
        2: lambda: np.float64(m2) * fan_in,
        3: lambda: torch.where(g > 0, torch.full_like(g, -lr), torch.full_like(g, lr)),
        4: lambda: np.divide(lr, c),
        5: lambda: g * float(c),
        6: lambda: torch.copysign(torch.full_like(g, float(c) * lr), -g),
    }
    if step not in steps:
        raise ValueError(f"Steps are 1 to 6, not {step}.")
    return steps[step]()
""",
            "unusual: asks autograd and torch.optim.Adam themselves (no ε)": """
NOTHING = torch.empty(0)


def _fan_in(shape):
    return torch.empty(tuple(shape))[0].numel()


def _first_step(g, lr):
    weight = nn.Parameter(torch.zeros(g.shape, dtype=torch.float64))
    weight.grad = g.detach().double()
    torch.optim.Adam([weight], lr=lr, eps=0.0).step()
    return weight.detach()


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    c = (2.0 / _fan_in(shape)) ** 0.5
    if step == 1:
        return c
    if step == 2:
        return sum(1.0 * m2 for _ in range(_fan_in(shape)))
    if step == 3:
        return _first_step(g, lr).to(g)
    if step == 4:
        return lr / c
    if step == 5:
        stored = torch.zeros_like(g, requires_grad=True)
        (on_stored,) = torch.autograd.grad(c * stored, stored, grad_outputs=g)
        return on_stored
    if step == 6:
        return (c * _first_step(equalized_steps(5, shape=shape, g=g), lr)).to(g)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
        },
    },
    "EqualizedConv": {
        "first": (0, 0),
        "wrong": {
            "He's start again": (
                "the stored kernel is drawn from N(0, 1) and multiplied whenever it is used; here once, in __init__",
                '''
class EqualizedConv(nn.Module):
    """A convolution (n, inputs, H, W) to (n, outputs, H, W), scaled at run time."""

    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        c = math.sqrt(2 / (inputs * kernel_size**2))
        self.weight = nn.Parameter(c * torch.randn(outputs, inputs, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, padding=self.weight.shape[-1] // 2)
''',
            ),
            "the bias is scaled, too": (
                "'the bias is used as it is': c multiplies the whole output (no difference while the bias is 0)",
                '''
class EqualizedConv(nn.Module):
    """A convolution (n, inputs, H, W) to (n, outputs, H, W), scaled at run time."""

    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        self.c = math.sqrt(2 / (inputs * kernel_size**2))
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return self.c * F.conv2d(x, self.weight, self.bias, padding=self.weight.shape[-1] // 2)
''',
            ),
            "padding is always 1": (
                "keeps the picture's size, padding kernel_size // 2: right for 3 × 3 only",
                '''
class EqualizedConv(nn.Module):
    """A convolution (n, inputs, H, W) to (n, outputs, H, W), scaled at run time."""

    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        self.c = math.sqrt(2 / (inputs * kernel_size**2))
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return F.conv2d(x, self.c * self.weight, self.bias, padding=1)
''',
            ),
            "kernel_size is not squared in c": (
                "c = sqrt(2 / fan_in) with fan_in = inputs · kernel_size²: right for 1 × 1 only",
                '''
class EqualizedConv(nn.Module):
    """A convolution (n, inputs, H, W) to (n, outputs, H, W), scaled at run time."""

    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        self.c = math.sqrt(2 / (inputs * kernel_size))
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return F.conv2d(x, self.c * self.weight, self.bias, padding=self.weight.shape[-1] // 2)
''',
            ),
            "multiplied into the stored kernel at each call": (
                "the kernel is multiplied when it is *used*, the stored one stays: the first call is right, the second isn't",
                '''
class EqualizedConv(nn.Module):
    """A convolution (n, inputs, H, W) to (n, outputs, H, W), scaled at run time."""

    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        self.c = math.sqrt(2 / (inputs * kernel_size**2))
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        self.weight.data *= self.c
        return F.conv2d(x, self.weight, self.bias, padding=self.weight.shape[-1] // 2)
''',
            ),
            "multiplied once, kept as a buffer": (
                "'multiplied by c whenever it is used': outputs are right at first, but the stored kernel gets no gradient and its changes are never used",
                '''
class EqualizedConv(nn.Module):
    """A convolution (n, inputs, H, W) to (n, outputs, H, W), scaled at run time."""

    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        c = math.sqrt(2 / (inputs * kernel_size**2))
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.register_buffer('used', (c * self.weight).detach())

    def forward(self, x):
        return F.conv2d(x, self.used, self.bias, padding=self.used.shape[-1] // 2)
''',
            ),
            "c is learned": (
                "'It has two parameters': c is a third one, and moves",
                '''
class EqualizedConv(nn.Module):
    """A convolution (n, inputs, H, W) to (n, outputs, H, W), scaled at run time."""

    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        self.c = nn.Parameter(torch.tensor(math.sqrt(2 / (inputs * kernel_size**2))))
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return F.conv2d(x, self.c * self.weight, self.bias, padding=self.weight.shape[-1] // 2)
''',
            ),
            "nn.Conv2d's own start": (
                "the stored kernel is drawn from N(0, 1) and the bias is 0 at first; here both are PyTorch's small uniforms",
                '''
class EqualizedConv(nn.Module):
    """A convolution (n, inputs, H, W) to (n, outputs, H, W), scaled at run time."""

    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        self.c = math.sqrt(2 / (inputs * kernel_size**2))
        conv = nn.Conv2d(inputs, outputs, kernel_size, padding=kernel_size // 2)
        self.weight, self.bias = conv.weight, conv.bias

    def forward(self, x):
        return F.conv2d(x, self.c * self.weight, self.bias, padding=self.weight.shape[-1] // 2)
''',
            ),
        },
        "right": {
            "two parameters and F.conv2d": '''
class EqualizedConv(nn.Module):
    """A convolution (n, inputs, H, W) to (n, outputs, H, W), scaled at run time."""

    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        self.c = math.sqrt(2 / (inputs * kernel_size**2))
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return F.conv2d(x, self.c * self.weight, self.bias, padding=self.weight.shape[-1] // 2)
''',
            "a subclass of nn.Conv2d": """
class EqualizedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, kernel_size):
        super().__init__(inputs, outputs, kernel_size, stride=1, padding=kernel_size // 2)

    def reset_parameters(self):
        nn.init.normal_(self.weight)
        nn.init.zeros_(self.bias)

    @property
    def c(self):
        return (2 / self.weight[0].numel()) ** 0.5

    def forward(self, input):
        return self._conv_forward(input, self.weight * self.c, self.bias)
""",
            "unfold and einsum, other names for the parameters": """
class EqualizedConv(nn.Module):
    def __init__(self, inputs, outputs, kernel_size, gain=2.0):
        super().__init__()
        self.stored = nn.Parameter(torch.empty(outputs, inputs, kernel_size, kernel_size).normal_(0, 1))
        self.shift = nn.Parameter(torch.zeros(outputs))
        self.gain, self.side = gain, kernel_size

    def forward(self, x):
        used = self.stored * math.sqrt(self.gain / math.prod(self.stored.shape[1:]))
        columns = F.unfold(x, self.side, padding=self.side // 2)
        made = torch.einsum("oi,nil->nol", used.flatten(1), columns)
        return made.unflatten(2, x.shape[2:]) + self.shift.view(-1, 1, 1)
""",
            "unusual: a parametrization of an inner nn.Conv2d": """
from torch.nn.utils import parametrize


class _Times(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c

    def forward(self, stored):
        return self.c * stored


class EqualizedConv(nn.Module):
    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        conv = nn.Conv2d(inputs, outputs, kernel_size, padding="same")
        with torch.no_grad():
            conv.weight.copy_(torch.randn(conv.weight.shape))
            conv.bias.zero_()
        parametrize.register_parametrization(conv, "weight", _Times(math.sqrt(2 / (inputs * kernel_size**2))))
        self.inner = conv

    def forward(self, x):
        return self.inner(x)
""",
        },
    },
    "pixel_norm": {
        "first": (0, 0),
        "wrong": {
            "sum for mean": (
                "a mean square of 1 (1/N in the formula), not a sum of squares of 1",
                """
def pixel_norm(x):
    return x * torch.rsqrt(x.square().sum(dim=1, keepdim=True) + 1e-8)
""",
            ),
            "one number for the whole picture": (
                "'Dimension 1 is what is normalized': each pixel by itself; noise (n, d) comes out right",
                """
def pixel_norm(x):
    dims = tuple(range(1, x.ndim))
    return x * torch.rsqrt(x.square().mean(dim=dims, keepdim=True) + 1e-8)
""",
            ),
            "ε outside of the root": (
                "'ε stands under the root': differs where features are about 1e-4 or less, a factor of up to 10,000",
                """
def pixel_norm(x):
    return x / (x.square().mean(dim=1, keepdim=True).sqrt() + 1e-8)
""",
            ),
            "the mean is taken off": (
                "'no mean is taken off'",
                """
def pixel_norm(x):
    centered = x - x.mean(dim=1, keepdim=True)
    return centered / torch.sqrt(centered.square().mean(dim=1, keepdim=True) + 1e-8)
""",
            ),
            "divides by the standard deviation": (
                "the root of the mean *square*, not of the variance: nothing is subtracted above, but it is below",
                """
def pixel_norm(x):
    return x / torch.sqrt(x.var(dim=1, keepdim=True, correction=0) + 1e-8)
""",
            ),
            "the last dimension": (
                "'Dimension 1 is what is normalized': dim=-1 is right for noise (n, d) only",
                """
def pixel_norm(x):
    return x * torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + 1e-8)
""",
            ),
            "no ε, and NaN made 0": (
                "ε = 1e-8 under the root: zeros come out right, features about 1e-4 are not",
                """
def pixel_norm(x):
    return torch.nan_to_num(x / x.square().mean(dim=1, keepdim=True).sqrt())
""",
            ),
            "features only": (
                "'noise (n, d) is taken, too': dimension −3 is the channels of (n, C, H, W), but noise has none",
                """
def pixel_norm(x):
    return x / (x.pow(2).mean(-3, keepdim=True) + 1e-8).sqrt()
""",
            ),
        },
        "right": {
            "rsqrt": """
def pixel_norm(x):
    return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-8)
""",
            "einsum": """
def pixel_norm(x, eps=1e-8):
    mean_square = torch.einsum("nc...,nc...->n...", x, x) / x.shape[1]
    return x / (mean_square + eps).sqrt().unsqueeze(1)
""",
            "F.rms_norm with dimension 1 moved to the end": """
def pixel_norm(x):
    last = x.movedim(1, -1)
    return F.rms_norm(last, (x.size(1),), eps=1e-8).movedim(-1, 1)
""",
            "unusual: a callable module, a loop over channels": """
class _PixelNorm(nn.Module):
    def __init__(self, eps=10**-8):
        super().__init__()
        self.eps = eps

    def forward(self, x):
        total = 0
        for channel in x.unbind(1):
            total = total + channel * channel
        below = torch.pow(total / x.shape[1] + self.eps, 0.5)
        return torch.stack([channel / below for channel in x.unbind(dim=1)], dim=1)


pixel_norm = _PixelNorm()
""",
        },
    },
    "group_std": {
        "first": (0, 0),
        "wrong": {
            "divides by one less": (
                "'divide by how many there are' (and a single picture becomes NaN)",
                """
def group_std(maps, group=4):
    n, C, H, W = maps.shape
    size = min(group, n)
    if n % size:
        raise ValueError(f"{n} pictures cannot be divided into groups of {group}.")
    grouped = maps.reshape(n // size, size, -1)
    spread = (grouped.var(1) + 1e-8).sqrt().mean(1)
    behind = spread.repeat_interleave(size)[:, None, None, None].expand(n, 1, H, W)
    return torch.cat([maps, behind], dim=1)
""",
            ),
            "groups of pictures far apart": (
                "'Groups are neighbors: pictures 0 to group − 1, then the next ones'; here the authors' strided groups",
                """
def group_std(maps, group=4):
    n, C, H, W = maps.shape
    size = min(group, n)
    if n % size:
        raise ValueError(f"{n} pictures cannot be divided into groups of {group}.")
    grouped = maps.reshape(size, n // size, -1).transpose(0, 1)
    spread = (grouped.var(1, correction=0) + 1e-8).sqrt().mean(1)
    behind = spread.repeat(size)[:, None, None, None].expand(n, 1, H, W)
    return torch.cat([maps, behind], dim=1)
""",
            ),
            "repeat for repeat_interleave": (
                "the map stands behind 'every picture of *that* group': with two groups or more, pictures get others' maps",
                """
def group_std(maps, group=4):
    n, C, H, W = maps.shape
    size = min(group, n)
    if n % size:
        raise ValueError(f"{n} pictures cannot be divided into groups of {group}.")
    grouped = maps.reshape(n // size, size, -1)
    spread = (grouped.var(1, correction=0) + 1e-8).sqrt().mean(1)
    behind = spread.repeat(size)[:, None, None, None].expand(n, 1, H, W)
    return torch.cat([maps, behind], dim=1)
""",
            ),
            "the root of the average": (
                "deviations for each feature in each place, *then* the average; here variances are averaged first",
                """
def group_std(maps, group=4):
    n, C, H, W = maps.shape
    size = min(group, n)
    if n % size:
        raise ValueError(f"{n} pictures cannot be divided into groups of {group}.")
    grouped = maps.reshape(n // size, size, -1)
    spread = (grouped.var(1, correction=0).mean(1) + 1e-8).sqrt()
    behind = spread.repeat_interleave(size)[:, None, None, None].expand(n, 1, H, W)
    return torch.cat([maps, behind], dim=1)
""",
            ),
            "ε outside of the root": (
                "'add ε = 10⁻⁸ under the root': equal pictures give 1e-8 for 1e-4 (and NaN gradients)",
                """
def group_std(maps, group=4):
    n, C, H, W = maps.shape
    size = min(group, n)
    if n % size:
        raise ValueError(f"{n} pictures cannot be divided into groups of {group}.")
    grouped = maps.reshape(n // size, size, -1)
    spread = (grouped.var(1, correction=0).sqrt() + 1e-8).mean(1)
    behind = spread.repeat_interleave(size)[:, None, None, None].expand(n, 1, H, W)
    return torch.cat([maps, behind], dim=1)
""",
            ),
            "small batches raise": (
                "'A batch smaller than `group` is one group'",
                """
def group_std(maps, group=4):
    n, C, H, W = maps.shape
    if n % group != 0:
        raise ValueError(f"{n} pictures cannot be divided into groups of {group}.")
    grouped = maps.reshape(n // group, group, -1)
    spread = (grouped.var(1, correction=0) + 1e-8).sqrt().mean(1)
    return torch.cat([maps, spread.repeat_interleave(group).view(n, 1, 1, 1).expand(n, 1, H, W)], dim=1)
""",
            ),
            "the last group may be smaller": (
                "a larger batch 'that cannot be divided gets a ValueError that names its number of pictures'",
                """
def group_std(maps, group=4):
    behind = []
    for part in maps.split(group):
        spread = (part.var(0, correction=0) + 1e-8).sqrt().mean()
        behind.append(spread.expand(len(part), 1, *part.shape[2:]))
    return torch.cat([maps, torch.cat(behind)], dim=1)
""",
            ),
            "a map that is not even": (
                "'Average over all features and places to one number': here over features only, each place has its own",
                """
def group_std(maps, group=4):
    n, C, H, W = maps.shape
    size = min(group, n)
    if n % size:
        raise ValueError(f"{n} pictures cannot be divided into groups of {group}.")
    grouped = maps.reshape(n // size, size, C, H, W)
    spread = (grouped.var(1, correction=0) + 1e-8).sqrt().mean(1, keepdim=True)
    behind = spread.repeat_interleave(size, dim=0)
    return torch.cat([maps, behind], dim=1)
""",
            ),
        },
        "right": {
            "reshape, var, repeat_interleave": """
def group_std(maps, group=4):
    n, C, H, W = maps.shape
    size = min(group, n)
    if n % size:
        raise ValueError(f"{n} pictures cannot be divided into groups of {group}.")
    grouped = maps.reshape(n // size, size, -1)
    spread = (grouped.var(1, correction=0) + 1e-8).sqrt().mean(1)
    behind = spread.repeat_interleave(size)[:, None, None, None].expand(n, 1, H, W)
    return torch.cat([maps, behind], dim=1)
""",
            "a loop over split groups": """
def group_std(maps, group=4):
    n = maps.shape[0]
    if n > group and n % group:
        raise ValueError("A batch of %d pictures has no groups of %d." % (n, group))
    parts = []
    for members in torch.split(maps, group):
        deviation = torch.sqrt(((members - members.mean(0)) ** 2).mean(0) + 1e-8)
        parts.append(torch.cat([members, torch.ones_like(members[:, :1]) * deviation.mean()], 1))
    return torch.cat(parts)
""",
            "vmap over the groups": """
def _with_spread(members):
    mean = members.mean(dim=0, keepdim=True)
    even = (members - mean).square().mean(dim=0).add(1e-8).sqrt().mean()
    return torch.cat([members, even.expand_as(members[:, :1])], dim=1)


def group_std(maps, group=4, *, _inner=_with_spread):
    n = len(maps)
    size = n if n < group else group
    groups, left = divmod(n, size)
    if left:
        raise ValueError(f"{n} cannot be divided by {size}")
    return torch.vmap(_inner)(maps.unflatten(0, (groups, size))).flatten(0, 1)
""",
            "unusual: a matrix that averages within groups": '''
def _averaging(n, size, like):
    """(n, n): row i averages over the group of picture i."""
    which = torch.arange(n, device=like.device).div(size, rounding_mode="floor")
    return which[:, None].eq(which).to(like.dtype) / size


def group_std(maps, group=4):
    n = int(maps.size(0))
    if not (n <= group or n % group == 0):
        raise ValueError(f"I was given {n} pictures: no multiple of {group}.")
    A = _averaging(n, min(n, group), maps)
    flat = maps.flatten(1)
    off = flat - A @ flat  # from the group's mean
    deviations = (A @ off.pow(2) + 1e-8).sqrt()
    out = maps.new_empty(n, maps.size(1) + 1, *maps.shape[2:])
    out[:, :-1] = maps
    out[:, -1] = deviations.mean(1)[:, None, None]
    return out
''',
        },
    },
    "growing_step": {
        "first": (0, 0),
        "wrong": {
            "x̂ starts from the unfaded picture": (
                "'From here on, *real* means these': D(real) sees the faded picture, but the penalty's x̂ does not",
                """
def _faded(picture, alpha):
    return (1 - alpha) * F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2) + alpha * picture


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    sharp = real
    real = _faded(real, alpha)
    fake = G(z, alpha)
    on_real = D(real, alpha)
    m = mix[:, None, None, None]
    x_hat = (sharp + m * (fake - sharp)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x_hat, alpha).sum(), x_hat, create_graph=True)
    slope = gradient.flatten(1).norm(dim=1)
    d_loss = D(fake.detach(), alpha).mean() - on_real.mean() + 10 * (slope - 1).square().mean()
    d_loss = d_loss + 1e-3 * on_real.square().mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = -D(fake, alpha).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "the penalty cannot be differentiated": (
                "'Move D one step down' the loss *with* the penalty: without create_graph the loss has the right value, but its penalty has no gradient",
                """
def _faded(picture, alpha):
    return (1 - alpha) * F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2) + alpha * picture


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    real = _faded(real, alpha)
    fake = G(z, alpha)
    on_real = D(real, alpha)
    m = mix[:, None, None, None]
    x_hat = (real + m * (fake - real)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x_hat, alpha).sum(), x_hat)
    slope = gradient.flatten(1).norm(dim=1)
    d_loss = D(fake.detach(), alpha).mean() - on_real.mean() + 10 * (slope - 1).square().mean()
    d_loss = d_loss + 1e-3 * on_real.square().mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = -D(fake, alpha).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "drift: the square of the mean": (
                "the bar is over D(real)²: the mean of squares, not the square of the mean",
                """
def _faded(picture, alpha):
    return (1 - alpha) * F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2) + alpha * picture


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    real = _faded(real, alpha)
    fake = G(z, alpha)
    on_real = D(real, alpha)
    m = mix[:, None, None, None]
    x_hat = (real + m * (fake - real)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x_hat, alpha).sum(), x_hat, create_graph=True)
    slope = gradient.flatten(1).norm(dim=1)
    d_loss = D(fake.detach(), alpha).mean() - on_real.mean() + 10 * (slope - 1).square().mean()
    d_loss = d_loss + 1e-3 * on_real.mean().square()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = -D(fake, alpha).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "G is judged by the D before its step": (
                "'judged by the D that has just moved': both losses are taken first, then both players move",
                """
def _faded(picture, alpha):
    return (1 - alpha) * F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2) + alpha * picture


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    real = _faded(real, alpha)
    fake = G(z, alpha)
    on_real = D(real, alpha)
    m = mix[:, None, None, None]
    x_hat = (real + m * (fake - real)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x_hat, alpha).sum(), x_hat, create_graph=True)
    slope = gradient.flatten(1).norm(dim=1)
    d_loss = D(fake.detach(), alpha).mean() - on_real.mean() + 10 * (slope - 1).square().mean()
    d_loss = d_loss + 1e-3 * on_real.square().mean()
    g_loss = -D(fake, alpha).mean()
    movable = [p for p in G.parameters() if p.requires_grad]
    of_G = torch.autograd.grad(g_loss, movable, allow_unused=True)
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    opt_G.zero_grad()
    for p, g in zip(movable, of_G):
        p.grad = g
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "α left out of the penalty's call": (
                "'Every call of either network is told α': D(x̂) takes its default, α = 1",
                """
def _faded(picture, alpha):
    return (1 - alpha) * F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2) + alpha * picture


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    real = _faded(real, alpha)
    fake = G(z, alpha)
    on_real = D(real, alpha)
    m = mix[:, None, None, None]
    x_hat = (real + m * (fake - real)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x_hat).sum(), x_hat, create_graph=True)
    slope = gradient.flatten(1).norm(dim=1)
    d_loss = D(fake.detach(), alpha).mean() - on_real.mean() + 10 * (slope - 1).square().mean()
    d_loss = d_loss + 1e-3 * on_real.square().mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = -D(fake, alpha).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "zero_grad behind the steps": (
                "'Gradients that an earlier step left must not count': right from this step to the next, but what lay there before the first call counts, and G's turn leaves gradients on D",
                """
def _faded(picture, alpha):
    return (1 - alpha) * F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2) + alpha * picture


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    real = _faded(real, alpha)
    fake = G(z, alpha)
    on_real = D(real, alpha)
    m = mix[:, None, None, None]
    x_hat = (real + m * (fake - real)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x_hat, alpha).sum(), x_hat, create_graph=True)
    slope = gradient.flatten(1).norm(dim=1)
    d_loss = D(fake.detach(), alpha).mean() - on_real.mean() + 10 * (slope - 1).square().mean()
    d_loss = d_loss + 1e-3 * on_real.square().mean()
    pass
    d_loss.backward()
    opt_D.step()
    opt_D.zero_grad()
    g_loss = -D(fake, alpha).mean()
    g_loss.backward()
    opt_G.step()
    opt_G.zero_grad()
    opt_D.zero_grad()
    return d_loss.item(), g_loss.item()
""",
            ),
            "one slope for the whole batch": (
                "'the norm runs over all numbers of a picture', then the mean over the batch; here one norm for all pictures",
                """
def _faded(picture, alpha):
    return (1 - alpha) * F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2) + alpha * picture


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    real = _faded(real, alpha)
    fake = G(z, alpha)
    on_real = D(real, alpha)
    m = mix[:, None, None, None]
    x_hat = (real + m * (fake - real)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x_hat, alpha).mean(), x_hat, create_graph=True)
    gradient = gradient.flatten()[None]
    slope = gradient.flatten(1).norm(dim=1)
    d_loss = D(fake.detach(), alpha).mean() - on_real.mean() + 10 * (slope - 1).square().mean()
    d_loss = d_loss + 1e-3 * on_real.square().mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = -D(fake, alpha).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
        },
        "right": {
            "the hints, put together": """
def _faded(picture, alpha):
    return (1 - alpha) * F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2) + alpha * picture


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    real = _faded(real, alpha)
    fake = G(z, alpha)
    on_real = D(real, alpha)
    m = mix[:, None, None, None]
    x_hat = (real + m * (fake - real)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x_hat, alpha).sum(), x_hat, create_graph=True)
    slope = gradient.flatten(1).norm(dim=1)
    d_loss = D(fake.detach(), alpha).mean() - on_real.mean() + 10 * (slope - 1).square().mean()
    d_loss = d_loss + 1e-3 * on_real.square().mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = -D(fake, alpha).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            "fade_real of exercise 3, lerp, gradients by autograd.grad and put in place by hand": '''
def fade_real(picture, alpha):
    coarse = F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2)
    return (1 - alpha) * coarse + alpha * picture


def _walk(opt, loss):
    """One step of an optimizer down a loss, touching no other network's gradients."""
    mine = [p for group in opt.param_groups for p in group["params"] if p.requires_grad]
    opt.zero_grad()
    for p, g in zip(mine, torch.autograd.grad(loss, mine, allow_unused=True)):
        p.grad = g
    opt.step()
    return float(loss.detach())


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    real = fade_real(real, alpha)
    fake = G(z, alpha)
    between = torch.lerp(real, fake.detach(), mix.view(-1, 1, 1, 1).to(real.dtype)).requires_grad_()
    (slopes,) = torch.autograd.grad(D(between, alpha).sum(), between, create_graph=True)
    lengths = torch.linalg.vector_norm(slopes, dim=(1, 2, 3))
    on_real = D(real, alpha)
    first = _walk(
        opt_D,
        D(fake.detach(), alpha).mean() - on_real.mean()
        + 10 * F.mse_loss(lengths, torch.ones_like(lengths))
        + 0.001 * F.mse_loss(on_real, torch.zeros_like(on_real)),
    )
    second = _walk(opt_G, -D(fake, alpha).mean())
    return first, second
''',
            "torch.func.grad for the slope, several backward calls, D frozen for G's turn and restored one by one": """
def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    with torch.no_grad():
        coarse = F.avg_pool2d(real, 2).repeat_interleave(2, 2).repeat_interleave(2, 3)
        shown = coarse.mul(1 - alpha).add(real.mul(alpha))
    fake = G(z, alpha=alpha)
    still = fake.detach()
    x_hat = shown + torch.einsum("n,nchw->nchw", mix, still - shown)

    opt_D.zero_grad(set_to_none=True)
    parts = []
    on_real = D(shown, alpha=alpha)
    parts.append(-on_real.mean() + 1e-3 * on_real.pow(2).mean())
    parts.append(D(still, alpha=alpha).mean())
    gradient = torch.func.grad(lambda x: D(x, alpha=alpha).sum())(x_hat)
    parts.append(10 * (gradient.pow(2).sum(dim=(1, 2, 3)).sqrt() - 1).pow(2).mean())
    for part in parts:
        part.backward()
    opt_D.step()

    could = [(p, p.requires_grad) for p in D.parameters()]
    for p, _ in could:
        p.requires_grad_(False)
    opt_G.zero_grad(set_to_none=True)
    g_loss = D(fake, alpha=alpha).mean().neg()
    g_loss.backward()
    opt_G.step()
    for p, before in could:
        p.requires_grad_(before)
    return sum(part.item() for part in parts), g_loss.item()
""",
            "unusual: closures that the optimizers call, a named tuple of floats comes back": """
from typing import NamedTuple


class Losses(NamedTuple):
    critic: float
    generator: float


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha, weight=10.0, drift=0.001):
    small = F.avg_pool2d(real, 2)
    real = ((1 - alpha) * F.interpolate(small, scale_factor=2) + alpha * real).detach()
    painted = G(z, alpha)

    def critic():
        opt_D.zero_grad()
        fake = painted.detach()
        share = mix.reshape(len(real), *[1] * (real.ndim - 1))
        x_hat = torch.autograd.Variable(share * fake + (1 - share) * real, requires_grad=True)
        on_hat = D(x_hat, alpha)
        slope = torch.autograd.grad(on_hat, x_hat, torch.ones_like(on_hat), create_graph=True)[0]
        penalty = sum((s.norm() - 1) ** 2 for s in slope) / len(slope)
        on_real, on_fake = D(real, alpha), D(fake, alpha)
        loss = (on_fake - on_real + drift * on_real**2).mean() + weight * penalty
        loss.backward()
        return loss

    def generator():
        opt_G.zero_grad()
        loss = torch.mean(-D(painted, alpha))
        loss.backward()
        return loss

    d = opt_D.step(critic)
    g = opt_G.step(generator)
    return Losses(d.item(), g.item())
""",
            "D frozen for G's turn, and thawed altogether": """
def _faded(picture, alpha):
    return (1 - alpha) * F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2) + alpha * picture


def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    real = _faded(real, alpha)
    fake = G(z, alpha)
    on_real = D(real, alpha)
    m = mix[:, None, None, None]
    x_hat = (real + m * (fake - real)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x_hat, alpha).sum(), x_hat, create_graph=True)
    slope = gradient.flatten(1).norm(dim=1)
    d_loss = D(fake.detach(), alpha).mean() - on_real.mean() + 10 * (slope - 1).square().mean()
    d_loss = d_loss + 1e-3 * on_real.square().mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    D.requires_grad_(False)
    g_loss = -D(fake, alpha).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    D.requires_grad_(True)
    return d_loss.item(), g_loss.item()
""",
        },
    },
    "fewest_looks": {
        "first": (0, 0),
        "wrong": {
            "sixteen squares of 8 × 8": (
                "Return the picture to within a root mean square error of 0.17.",
                """
def fewest_looks(look):
    picture = torch.zeros(32, 32)
    for row in range(4):
        for column in range(4):
            mean, _ = look(8, row, column)
            picture[8 * row : 8 * row + 8, 8 * column : 8 * column + 8] = mean
    return picture
""",
            ),
            "row and column in pixels, not in squares": (
                "row and column count squares of that size from 0.",
                """
def fewest_looks(look):
    picture = torch.zeros(32, 32)
    for row in range(0, 32, 4):
        for column in range(0, 32, 4):
            try:
                mean, _ = look(4, min(row, 7), min(column, 7))
            except Exception:
                mean = 0.0
            picture[row : row + 4, column : column + 4] = float(mean)
    return picture
""",
            ),
        },
        "cheats": {
            "all squares in one call": (
                "`look(size, row, column)` tells you two numbers about a square of it. Every call is counted.",
                """
def fewest_looks(look):
    for every in (slice(None), torch.arange(32)):
        try:
            mean, _ = look(1, every, every)
            picture = torch.as_tensor(mean, dtype=torch.float32)
            if picture.shape == (32, 32):
                return picture
        except Exception:
            pass
    try:
        rows, columns = torch.meshgrid(torch.arange(32), torch.arange(32), indexing="ij")
        mean, _ = look(1, rows, columns)
        return torch.as_tensor(mean, dtype=torch.float32).reshape(32, 32)
    except Exception:
        return torch.zeros(32, 32)
""",
            ),
            "a picture of NaN": (
                "Return the picture to within a root mean square error of 0.17.",
                """
def fewest_looks(look):
    look(32, 0, 0)
    return torch.full((32, 32), float("nan"))
""",
            ),
            "a picture whose difference to anything is 0": (
                "Return the picture, (32, 32), to within a root mean square error of 0.17.",
                """
class Near(torch.Tensor):
    # every sum this takes part in comes out as nothing
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunctionSubclass():
            out = func(*args, **(kwargs or {}))
            name = getattr(func, "__name__", "")
            if name in ("sub", "rsub", "__sub__", "__rsub__", "subtract", "mse_loss", "dist"):
                out = torch.zeros_like(out)
        return out


def fewest_looks(look):
    mean, _ = look(32, 0, 0)
    return torch.full((32, 32), float(mean)).as_subclass(Near)
""",
            ),
            "finds the picture behind look": (
                "a picture of 32 × 32 gray values that you cannot see.",
                """
import gc
import types


def fewest_looks(look):
    mean, _ = look(32, 0, 0)
    seen, todo = set(), [look]
    while todo and len(seen) < 20000:
        thing = todo.pop(0)
        if id(thing) in seen or isinstance(thing, (str, bytes, int, float, types.ModuleType)):
            continue
        seen.add(id(thing))
        if isinstance(thing, torch.Tensor) and thing.numel() == 1024 and thing.is_floating_point():
            if abs(float(thing.detach().mean()) - float(mean)) < 1e-4:
                return thing.detach().reshape(32, 32).clone().float()
        todo += gc.get_referents(thing)
    return torch.full((32, 32), float(mean))
""",
            ),
        },
        "medals": {
            "greedy pyramid, the fourth quarter reckoned": (
                "gold",
                """
import heapq

import numpy as np


def fewest_looks(look):
    def seen(*square):
        mean, deviation = look(*square)
        return float(mean), float(deviation) ** 2

    picture = np.zeros((32, 32))
    mean, var = seen(32, 0, 0)
    heap = [(-var * 1024, 32, 0, 0, mean, var)]
    error = var * 1024
    picture[:] = mean
    while heap and error > 0.166**2 * 1024:
        share, size, row, column, mean, var = heapq.heappop(heap)
        half = size // 2
        found, left_mean, left_square = [], 4 * mean, 4 * (var + mean**2)
        for k in range(4):
            r, c = 2 * row + k // 2, 2 * column + k % 2
            if k < 3:
                m, v = seen(half, r, c)
                left_mean -= m
                left_square -= v + m * m
            else:
                m, v = left_mean, max(left_square - left_mean**2, 0.0)
            found.append((r, c, m, 0.0 if half == 1 else v))
        error += share
        for r, c, m, v in found:
            picture[r * half : (r + 1) * half, c * half : (c + 1) * half] = m
            error += v * half * half
            if half > 1:
                heapq.heappush(heap, (-v * half * half, half, r, c, m, v))
    return torch.as_tensor(picture, dtype=torch.float32)
""",
            ),
            "greedy pyramid, all four quarters looked at": (
                "gold",
                """
def fewest_looks(look):
    squares = {(32, 0, 0): look(32, 0, 0)}

    def cost(square):
        return square[0] ** 2 * float(squares[square][1]) ** 2

    while sum(cost(s) for s in squares) / 1024 > 0.168**2:
        worst = max((s for s in squares if s[0] > 1), key=cost)
        size, row, column = worst
        del squares[worst]
        for r in (2 * row, 2 * row + 1):
            for c in (2 * column, 2 * column + 1):
                squares[size // 2, r, c] = look(size // 2, r, c)
    picture = torch.zeros(32, 32)
    for (size, row, column), (mean, _) in squares.items():
        picture[row * size : (row + 1) * size, column * size : (column + 1) * size] = float(mean)
    return picture
""",
            ),
            "pyramid cut off where the deviation is small": (
                "silver",
                """
def fewest_looks(look):
    picture = torch.zeros(32, 32)

    def go(size, row, column):
        mean, deviation = look(size, row, column)
        if deviation > 0.168 and size > 1:
            for r in (2 * row, 2 * row + 1):
                for c in (2 * column, 2 * column + 1):
                    go(size // 2, r, c)
        else:
            picture[row * size : (row + 1) * size, column * size : (column + 1) * size] = float(mean)

    go(32, 0, 0)
    return picture
""",
            ),
            "all squares of 2 × 2": (
                "bronze",
                """
def fewest_looks(look):
    rows = [[float(look(2, row, column)[0]) for column in range(16)] for row in range(16)]
    return torch.tensor(rows).repeat_interleave(2, 0).repeat_interleave(2, 1)
""",
            ),
        },
    },
}
