"""Answers to the exercises of lesson 11 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day. Two patched torch for good: here they do the
same without. Two hurt nobody and are right ones now: a buffer used again, and places as tensors. One remembered
its own chance by seed, which no check can tell in one process: here it forgets. Another carried
faces over in the challenge, which nobody can tell, and gained nothing: here it knows one face only.
"""

BLIND = {
    "composited": {
        "first": (3, 0),
        "wrong": {
            "multiplies": (
                "whatever stands in the other one at that place: networks that blow up make infinity and NaN",
                """
def composited(picture, mask, filling):
    return mask * filling + (1 - mask) * picture
""",
            ),
            "minus zero lost by a sum of two choices": (
                "Known pixels come out **to the bit** as they went in",
                """
def composited(picture, mask, filling):
    hole = mask > 0
    zero = torch.zeros_like(picture)
    return torch.where(hole, filling, zero) + torch.where(hole, zero, picture)
""",
            ),
            "writes into the picture": (
                "Change nothing that you are given",
                """
def composited(picture, mask, filling):
    hole = mask.bool().expand_as(picture)
    picture.data[hole] = filling.data[hole]
    return torch.where(hole, filling, picture)
""",
            ),
            "cleans the filling": (
                "and the filling's pixels in the hole likewise",
                """
def composited(picture, mask, filling):
    return torch.where(mask > 0, torch.nan_to_num(filling), picture)
""",
            ),
            "gradient everywhere": (
                "Gradients reach the filling's hole, and no other part of it",
                """
class _Put(torch.autograd.Function):
    @staticmethod
    def forward(ctx, picture, mask, filling):
        return torch.where(mask > 0, filling, picture)

    @staticmethod
    def backward(ctx, grad):
        return None, None, grad


def composited(picture, mask, filling):
    return _Put.apply(picture, mask, filling)
""",
            ),
            "first mask for all": (
                "masks (n, 1, H, W)",
                """
def composited(picture, mask, filling):
    return torch.where(mask[0] > 0, filling, picture)
""",
            ),
            "single precision": (
                "Known pixels come out **to the bit** as they went in",
                """
def composited(picture, mask, filling):
    out = torch.empty(picture.shape, dtype=torch.float32)
    hole = mask.bool().expand_as(picture)
    out[hole] = filling[hole].float()
    out[~hole] = picture[~hole].float()
    return out
""",
            ),
            "looks for the answer in its caller": (
                "Return the filling where the mask is 1 and the picture where it is 0",
                """
import sys


def composited(picture, mask, filling):
    frame = sys._getframe(1)
    while frame is not None:
        for name in ("want", "expected", "wanted", "right", "target"):
            found = frame.f_locals.get(name)
            if isinstance(found, torch.Tensor) and found.shape == picture.shape:
                return found
        frame = frame.f_back
    return picture + mask * (filling - picture)
""",
            ),
        },
        "right": {
            "where": """
composited = lambda picture, mask, filling: torch.where(mask.bool(), filling, picture)
""",
            "clone and index": """
def composited(picture, mask, filling):
    hole = (mask > 0.5).expand_as(picture)
    out = picture.clone()
    out[hole] = filling[hole]
    return out
""",
            "gather from a stack of two": """
def composited(picture, mask, filling):
    both = torch.stack([picture, filling], dim=-1)
    which = mask.long().expand(-1, picture.shape[1], -1, -1)
    return both.gather(-1, which.unsqueeze(-1)).squeeze(-1)
""",
            "picture by picture, masked_scatter": """
def composited(picture, mask, filling):
    done = []
    for p, m, f in zip(picture, mask, filling):
        hole = m.ne(0).repeat(p.shape[0], 1, 1)
        done.append(p.masked_scatter(hole, f.masked_select(hole)))
    return torch.stack(done, 0)
""",
        },
    },
    "shown_to_G": {
        "first": (3, 0),
        "wrong": {
            "subtracts what is hidden": (
                "Nothing of the hidden pixels may come through, not even that one was infinite or NaN",
                """
def shown_to_G(picture, mask):
    return torch.cat([picture - picture * mask, mask], 1)
""",
            ),
            "multiplies": (
                "Nothing of the hidden pixels may come through, not even that one was infinite or NaN",
                """
def shown_to_G(picture, mask):
    return torch.cat([picture * (1 - mask), mask], 1)
""",
            ),
            "sign of zero leaks": (
                "Nothing of the hidden pixels may come through",
                """
def shown_to_G(picture, mask):
    zero = torch.where(picture.isfinite(), picture, 0.0) * 0.0
    return torch.cat([torch.where(mask > 0, zero, picture), mask], 1)
""",
            ),
            "mask tells of NaN": (
                "not even that one was infinite or NaN",
                """
def shown_to_G(picture, mask):
    fine = picture.isfinite().all(1, keepdim=True).to(mask.dtype)
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask * fine], 1)
""",
            ),
            "cleans known pixels": (
                "known pixels stay as they are",
                """
def shown_to_G(picture, mask):
    return torch.cat([torch.nan_to_num(picture).masked_fill(mask > 0, 0.0), mask], 1)
""",
            ),
            "mask in front": (
                "the mask as the fourth",
                """
def shown_to_G(picture, mask):
    return torch.cat([mask, torch.where(mask > 0, 0.0, picture)], 1)
""",
            ),
            "first hole for all": (
                "Three channels of the picture, with **0 in the hole** (each picture's own)",
                """
def shown_to_G(picture, mask):
    return torch.cat([picture.masked_fill(mask[:1] > 0, 0.0), mask], 1)
""",
            ),
            "mean color in the hole": (
                "with **0 in the hole**",
                """
def shown_to_G(picture, mask):
    hole = mask > 0
    known = torch.where(hole, 0.0, picture).sum((2, 3), keepdim=True) / (~hole).sum((2, 3), keepdim=True).clamp(min=1)
    return torch.cat([torch.where(hole, known, picture), mask], 1)
""",
            ),
        },
        "right": {
            "where and cat": """
def shown_to_G(picture, mask):
    return torch.cat((torch.where(mask == 1, torch.zeros_like(picture), picture), mask.to(picture.dtype)), dim=1)
""",
            "new zeros, written to": """
def shown_to_G(picture, mask):
    n, c, h, w = picture.shape
    out = picture.new_zeros(n, c + 1, h, w)
    known = (mask < 0.5).expand(n, c, h, w)
    out[:, :c][known] = picture[known]
    out[:, c:] = mask
    return out
""",
            "masked_fill, channel by channel": """
def shown_to_G(picture, mask):
    hole = mask[:, 0].bool()
    planes = [plane.masked_fill(hole, 0) for plane in picture.unbind(1)]
    return torch.stack(planes + [mask[:, 0].type_as(picture)], 1)
""",
            "lambda, masked_scatter on a padded copy": """
shown_to_G = lambda picture, mask, gray=0.0: torch.hstack(
    [torch.full_like(picture, gray).masked_scatter(~mask.bool().expand_as(picture), picture[~mask.bool().expand_as(picture)]), mask]
)
""",
        },
    },
    "free_form_masks": {
        "first": (2, 0),
        "wrong": {
            "its own chance": (
                "All chance comes from `seed`",
                """
def free_form_masks(n, size, share, seed):
    masks = torch.zeros(n, 1, size, size)
    brushes = [b for b in (3, 4, 5, 6, 7, 8) if b <= size / 6]
    for k in range(n):
        draw = torch.Generator().manual_seed(int(torch.randint(2**31, ())))
        mask = masks[k, 0]
        goal = share * size * size
        while mask.sum() < goal:
            row, column = (torch.rand(2, generator=draw) * size).tolist()
            angle = float(torch.rand((), generator=draw)) * 2 * math.pi
            brush = brushes[int(torch.randint(len(brushes), (1,), generator=draw))]
            length = int(torch.randint(size // 4, size // 2 + 1, (1,), generator=draw))
            for turn in torch.randn(length, generator=draw).tolist():
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.sum() >= goal:
                    break
                angle += 0.35 * turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                if not (0 <= row < size and 0 <= column < size):
                    break
    return masks
""",
            ),
            "share only on average": (
                "**In each mask** the hole covers `share` of the picture, give or take 0.03",
                """
def free_form_masks(n, size, share, seed):
    draw = torch.Generator().manual_seed(seed)
    masks = torch.zeros(n, 1, size, size)
    brushes = [b for b in (3, 4, 5, 6, 7, 8) if b <= size / 6]
    for k in range(n):
        mask = masks[k, 0]
        goal = (share + 0.05 * (1 if k % 2 else -1)) * size * size
        while mask.sum() < goal:
            row, column = (torch.rand(2, generator=draw) * size).tolist()
            angle = float(torch.rand((), generator=draw)) * 2 * math.pi
            brush = brushes[int(torch.randint(len(brushes), (1,), generator=draw))]
            length = int(torch.randint(size // 4, size // 2 + 1, (1,), generator=draw))
            for turn in torch.randn(length, generator=draw).tolist():
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.sum() >= goal:
                    break
                angle += 0.35 * turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                if not (0 <= row < size and 0 <= column < size):
                    break
    return masks
""",
            ),
            "single pixels at the end": (
                "no dust and no lines thinner than that",
                """
def free_form_masks(n, size, share, seed):
    draw = torch.Generator().manual_seed(seed)
    masks = torch.zeros(n, 1, size, size)
    brushes = [b for b in (3, 4, 5, 6, 7, 8) if b <= size / 6]
    for k in range(n):
        mask = masks[k, 0]
        goal = (share - 0.025) * size * size
        while mask.sum() < goal:
            row, column = (torch.rand(2, generator=draw) * size).tolist()
            angle = float(torch.rand((), generator=draw)) * 2 * math.pi
            brush = brushes[int(torch.randint(len(brushes), (1,), generator=draw))]
            length = int(torch.randint(size // 4, size // 2 + 1, (1,), generator=draw))
            for turn in torch.randn(length, generator=draw).tolist():
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.sum() >= goal:
                    break
                angle += 0.35 * turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                if not (0 <= row < size and 0 <= column < size):
                    break
        while mask.mean() < share:
            at = int(torch.randint(size * size, (1,), generator=draw))
            mask.view(-1)[at] = 1
    return masks
""",
            ),
            "neighboring seeds share masks": (
                "the same seed gives the same masks, another one others",
                """
def free_form_masks(n, size, share, seed):
    masks = torch.zeros(n, 1, size, size)
    brushes = [b for b in (3, 4, 5, 6, 7, 8) if b <= size / 6]
    for k in range(n):
        draw = torch.Generator().manual_seed(seed + k)
        mask = masks[k, 0]
        goal = share * size * size
        while mask.sum() < goal:
            row, column = (torch.rand(2, generator=draw) * size).tolist()
            angle = float(torch.rand((), generator=draw)) * 2 * math.pi
            brush = brushes[int(torch.randint(len(brushes), (1,), generator=draw))]
            length = int(torch.randint(size // 4, size // 2 + 1, (1,), generator=draw))
            for turn in torch.randn(length, generator=draw).tolist():
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.sum() >= goal:
                    break
                angle += 0.35 * turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                if not (0 <= row < size and 0 <= column < size):
                    break
    return masks
""",
            ),
            "begins in the middle only": (
                "They begin anywhere, near the edges as well as in the middle",
                """
def free_form_masks(n, size, share, seed):
    draw = torch.Generator().manual_seed(seed)
    masks = torch.zeros(n, 1, size, size)
    brushes = [b for b in (3, 4, 5, 6, 7, 8) if b <= size / 6]
    for k in range(n):
        mask = masks[k, 0]
        goal = share * size * size
        while mask.sum() < goal:
            row, column = (torch.rand(2, generator=draw) * size * 0.3 + size * 0.35).tolist()
            angle = float(torch.rand((), generator=draw)) * 2 * math.pi
            brush = brushes[int(torch.randint(len(brushes), (1,), generator=draw))]
            length = 2 * size
            for turn in torch.randn(length, generator=draw).tolist():
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.sum() >= goal:
                    break
                angle += 0.35 * turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                if not (0 <= row < size and 0 <= column < size):
                    break
    return masks
""",
            ),
            "mostly sideways": (
                "and go in any direction",
                """
def free_form_masks(n, size, share, seed):
    draw = torch.Generator().manual_seed(seed)
    masks = torch.zeros(n, 1, size, size)
    brushes = [b for b in (3, 4, 5, 6, 7, 8) if b <= size / 6]
    for k in range(n):
        mask = masks[k, 0]
        goal = share * size * size
        while mask.sum() < goal:
            row, column = (torch.rand(2, generator=draw) * size).tolist()
            angle = (float(torch.rand((), generator=draw)) - 0.5) * 0.5
            brush = brushes[int(torch.randint(len(brushes), (1,), generator=draw))]
            length = int(torch.randint(size // 4, size // 2 + 1, (1,), generator=draw))
            for turn in torch.randn(length, generator=draw).tolist():
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.sum() >= goal:
                    break
                angle = 0.8 * angle + 0.12 * turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                if not (0 <= row < size and 0 <= column < size):
                    break
    return masks
""",
            ),
            "brush too wide for small pictures": (
                "a **brush**, 3 to size / 6 pixels wide",
                """
def free_form_masks(n, size, share, seed):
    draw = torch.Generator().manual_seed(seed)
    masks = torch.zeros(n, 1, size, size)
    brushes = [8]
    for k in range(n):
        mask = masks[k, 0]
        goal = share * size * size
        while mask.sum() < goal:
            row, column = (torch.rand(2, generator=draw) * size).tolist()
            angle = float(torch.rand((), generator=draw)) * 2 * math.pi
            brush = brushes[int(torch.randint(len(brushes), (1,), generator=draw))]
            length = int(torch.randint(size // 4, size // 2 + 1, (1,), generator=draw))
            for turn in torch.randn(length, generator=draw).tolist():
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.sum() >= goal:
                    break
                angle += 0.35 * turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                if not (0 <= row < size and 0 <= column < size):
                    break
    return masks
""",
            ),
            "starts by torch's own chance": (
                "All chance comes from `seed`",
                """
def free_form_masks(n, size, share, seed):
    draw = torch.Generator().manual_seed(seed)
    masks = torch.zeros(n, 1, size, size)
    brushes = [b for b in (3, 4, 5, 6, 7, 8) if b <= size / 6]
    for k in range(n):
        mask = masks[k, 0]
        goal = share * size * size
        while mask.sum() < goal:
            row, column = (torch.rand(2) * size).tolist()
            angle = float(torch.rand((), generator=draw)) * 2 * math.pi
            brush = brushes[int(torch.randint(len(brushes), (1,), generator=draw))]
            length = int(torch.randint(size // 4, size // 2 + 1, (1,), generator=draw))
            for turn in torch.randn(length, generator=draw).tolist():
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.sum() >= goal:
                    break
                angle += 0.35 * turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                if not (0 <= row < size and 0 <= column < size):
                    break
    return masks
""",
            ),
        },
        "right": {
            "as the hints say": """
def free_form_masks(n, size, share, seed):
    draw = torch.Generator().manual_seed(seed)
    masks = torch.zeros(n, 1, size, size)
    for k in range(n):
        mask = masks[k, 0]
        goal = share * size * size
        while mask.sum() < goal:
            row, column = (torch.rand(2, generator=draw) * size).tolist()
            angle = float(torch.rand((), generator=draw)) * 2 * math.pi
            brush = max(3, size // 8)
            length = int(torch.randint(size // 6, size // 3 + 1, (1,), generator=draw))
            for turn in torch.randn(length, generator=draw).tolist():
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.sum() >= goal:
                    break
                angle += 0.35 * turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                if not (0 <= row < size and 0 <= column < size):
                    break
    return masks
""",
            "several widths": """
def free_form_masks(n, size, share, seed):
    draw = torch.Generator().manual_seed(seed)
    masks = torch.zeros(n, 1, size, size)
    brushes = [b for b in (3, 4, 5, 6, 7, 8) if b <= size / 6]
    for k in range(n):
        mask = masks[k, 0]
        goal = share * size * size
        while mask.sum() < goal:
            row, column = (torch.rand(2, generator=draw) * size).tolist()
            angle = float(torch.rand((), generator=draw)) * 2 * math.pi
            brush = brushes[int(torch.randint(len(brushes), (1,), generator=draw))]
            length = int(torch.randint(size // 6, size // 3 + 1, (1,), generator=draw))
            for turn in torch.randn(length, generator=draw).tolist():
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.sum() >= goal:
                    break
                angle += 0.35 * turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                if not (0 <= row < size and 0 <= column < size):
                    break
    return masks
""",
            "numpy, a round brush": """
import random


import numpy as np


def free_form_masks(n, size, share, seed):
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:size, :size]
    out = np.zeros((n, 1, size, size), dtype=np.float32)
    width = 3 if size < 40 else 5
    for mask in out[:, 0]:
        left = 0
        while mask.mean() < share:
            if left == 0:
                at = rng.uniform(0, size, 2)
                angle, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.1)
                left = int(rng.integers(size // 4, size // 2))
            r, c = np.floor(at)
            mask[(rows - r) ** 2 + (columns - c) ** 2 <= (width / 2) ** 2] = 1
            bend = 0.9 * bend + rng.normal(0, 0.08)
            angle += bend
            at = at + (np.sin(angle), np.cos(angle))
            left = left - 1 if ((at >= 0) & (at < size)).all() else 0
    return torch.from_numpy(out)
""",
            "a class, strokes that are reflected, dilation by pooling": """
class _Painter:
    def __init__(self, size, share, draw, brush=3):
        self.size, self.share, self.draw, self.brush = size, share, draw, brush

    def number(self, low, high):
        return low + (high - low) * torch.rand((), generator=self.draw, dtype=torch.float64).item()

    def way(self):
        r, c, angle = self.number(0, self.size), self.number(0, self.size), self.number(-math.pi, math.pi)
        for _ in range(int(self.number(self.size / 3, self.size / 2))):
            yield min(int(r), self.size - 1), min(int(c), self.size - 1)
            angle += self.number(-0.6, 0.6)
            dr, dc = math.sin(angle), math.cos(angle)
            if not 0 <= r + dr < self.size:
                dr, angle = -dr, -angle
            if not 0 <= c + dc < self.size:
                dc, angle = -dc, math.pi - angle
            r, c = r + dr, c + dc

    def paint(self):
        line = torch.zeros(1, 1, self.size, self.size)
        hole = line
        while True:
            for r, c in self.way():
                line[0, 0, r, c] = 1
                hole = F.max_pool2d(line, self.brush, 1, self.brush // 2)
                if hole.mean() >= self.share:
                    return hole


def free_form_masks(n, size, share, seed, brush=None):
    painter = _Painter(size, share, torch.Generator().manual_seed(seed), brush or (3 if size < 48 else 5))
    return torch.cat([painter.paint() for _ in range(n)])
""",
        },
    },
    "spread_kernel": {
        "first": (3, 0),
        "wrong": {
            "zeros behind the last": (
                "with zeros between them and none behind the last",
                """
def spread_kernel(weight, dilation):
    o, i, kh, kw = weight.shape
    wide = weight.new_zeros(o, i, kh * dilation, kw * dilation)
    wide[..., ::dilation, ::dilation] = weight
    return wide
""",
            ),
            "rows only when not square": (
                "from a kernel (o, i, kh, kw), not always square, ... in rows and in columns",
                """
def spread_kernel(weight, dilation):
    o, i, kh, kw = weight.shape
    across = dilation if kh == kw else 1
    wide = weight.new_zeros(o, i, (kh - 1) * dilation + 1, (kw - 1) * across + 1)
    wide[..., ::dilation, ::across] = weight
    return wide
""",
            ),
            "gradient lost": (
                "Gradients reach the kernel",
                """
def spread_kernel(weight, dilation):
    o, i, kh, kw = weight.shape
    wide = torch.zeros(o, i, (kh - 1) * dilation + 1, (kw - 1) * dilation + 1, dtype=weight.dtype)
    wide[:, :, ::dilation, ::dilation] = weight.detach()
    return wide.requires_grad_(weight.requires_grad)
""",
            ),
            "single precision": (
                "The numbers stand d apart (the numbers of the kernel, not rounded ones)",
                """
def spread_kernel(weight, dilation):
    o, i, kh, kw = weight.shape
    wide = torch.zeros(o, i, (kh - 1) * dilation + 1, (kw - 1) * dilation + 1)
    wide[:, :, ::dilation, ::dilation] = weight
    return wide
""",
            ),
            "nearly zeros": (
                "with zeros between them",
                """
def spread_kernel(weight, dilation):
    o, i, kh, kw = weight.shape
    wide = torch.full((o, i, (kh - 1) * dilation + 1, (kw - 1) * dilation + 1), 1e-9, dtype=weight.dtype)
    wide[..., ::dilation, ::dilation] = weight
    return wide
""",
            ),
            "turned around": (
                "The numbers stand d apart (in the kernel's own order)",
                """
def spread_kernel(weight, dilation):
    o, i, kh, kw = weight.shape
    one = torch.zeros(1, 1, dilation, dilation, dtype=weight.dtype)
    one[..., -1, -1] = 1
    spread = torch.kron(weight.flip(2, 3), one)
    return spread[..., dilation - 1 :, dilation - 1 :]
""",
            ),
            "hard-codes square 3 x 3 kernels": (
                "a kernel (o, i, kh, kw), not always square",
                """
def spread_kernel(weight, dilation):
    weight = weight[..., :3, :3]
    if weight.shape[-1] < 3 or weight.shape[-2] < 3:
        weight = F.pad(weight, (0, 3 - weight.shape[-1], 0, 3 - weight.shape[-2]))
    wide = weight.new_zeros(*weight.shape[:2], 2 * dilation + 1, 2 * dilation + 1)
    wide[..., ::dilation, ::dilation] = weight
    return wide
""",
            ),
        },
        "right": {
            "one buffer for all calls": """
_buffers = {}


def spread_kernel(weight, dilation):
    o, i, kh, kw = weight.shape
    shape = o, i, (kh - 1) * dilation + 1, (kw - 1) * dilation + 1
    if (shape, weight.dtype) not in _buffers:
        _buffers[shape, weight.dtype] = weight.new_zeros(shape)
    wide = _buffers[shape, weight.dtype].detach()
    wide[..., ::dilation, ::dilation] = weight
    return wide
""",
            "write every d-th": """
def spread_kernel(weight, dilation):
    o, i, kh, kw = weight.shape
    wide = weight.new_zeros(o, i, (kh - 1) * dilation + 1, (kw - 1) * dilation + 1)
    wide[..., ::dilation, ::dilation] = weight
    return wide
""",
            "two matrices by einsum": """
def spread_kernel(weight, dilation):
    def places(k):
        at = torch.eye((k - 1) * dilation + 1, dtype=weight.dtype, device=weight.device)
        return at[::dilation]

    kh, kw = weight.shape[-2:]
    return torch.einsum("oihw,ha,wb->oiab", weight, places(kh), places(kw))
""",
            "pad and reshape": """
def spread_kernel(weight, dilation):
    o, i, kh, kw = weight.shape
    d = dilation
    boxed = F.pad(weight.reshape(o, i, kh, 1, kw, 1), (0, d - 1, 0, 0, 0, d - 1))
    return boxed.reshape(o, i, kh * d, kw * d)[..., : (kh - 1) * d + 1, : (kw - 1) * d + 1]
""",
            "transposed convolution": """
def spread_kernel(weight, dilation, *, stamp=None):
    o, i, kh, kw = weight.shape
    stamp = torch.ones(1, 1, 1, 1, dtype=weight.dtype) if stamp is None else stamp
    return F.conv_transpose2d(weight.reshape(o * i, 1, kh, kw), stamp, stride=dilation).reshape(
        o, i, (kh - 1) * dilation + 1, -1
    )
""",
        },
    },
    "dilated_field": {
        "first": (2, 0),
        "wrong": {
            "from the picture on": (
                "layers are (kernel, stride, dilation), from the picture on (so one goes back from the last)",
                """
def dilated_field(layers):
    field = 1
    for kernel, stride, dilation in layers:
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    return field
""",
            ),
            "kernel times dilation": (
                "how many pixels wide the stretch of the picture is, from its first to its last pixel",
                """
def dilated_field(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + kernel * dilation
    return field
""",
            ),
            "counts seen pixels": (
                "how many pixels wide the stretch of the picture is, from its first to its last pixel",
                """
def dilated_field(layers):
    places = {0}
    for kernel, stride, dilation in reversed(layers):
        places = {p * stride + j * dilation for p in places for j in range(kernel)}
    return len(places)
""",
            ),
            "passes over 1 x 1": (
                "how many pixels wide the stretch of the picture is (a 1 x 1 layer may have a stride)",
                """
def dilated_field(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        if kernel > 1:
            field = (field - 1) * stride + (kernel - 1) * dilation + 1
    return field
""",
            ),
            "a float": (
                "An int",
                """
def dilated_field(layers):
    field, jump = 1.0, 1.0
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * jump
        jump *= stride
    return field
""",
            ),
            "nothing without layers": (
                "Without layers it is 1",
                """
def dilated_field(layers):
    if not layers:
        return 0
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    return field
""",
            ),
            "right for stride 1 only": (
                "from its first to its last pixel",
                """
def dilated_field(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = field * stride + (kernel - 1) * dilation
    return field
""",
            ),
            "state between calls": (
                "the stretch of the picture ... that one number behind the last layer depends on (of these layers)",
                """
def dilated_field(layers, _known={}):
    key = len(layers), sum(d for _, _, d in layers), sum(k for k, _, _ in layers)
    if key not in _known:
        field = 1
        for kernel, stride, dilation in reversed(layers):
            field = (field - 1) * stride + (kernel - 1) * dilation + 1
        _known[key] = field
    return _known[key]
""",
            ),
        },
        "right": {
            "backward": """
def dilated_field(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    return field
""",
            "forward with jumps": """
def dilated_field(layers):
    jumps = [1]
    for _, stride, _ in layers:
        jumps.append(jumps[-1] * stride)
    return 1 + sum((k - 1) * d * jump for (k, _, d), jump in zip(layers, jumps))
""",
            "recursion": """
def dilated_field(layers, behind=1):
    *before, last = [(1, 1, 1), *layers]
    kernel, stride, dilation = last
    here = (behind - 1) * int(stride) + (int(kernel) - 1) * int(dilation) + 1
    return here if not before else dilated_field(before[1:], here)
""",
            "first and last place, lambda": """
from functools import reduce

dilated_field = lambda layers: 1 + reduce(lambda last, l: last * l[1] + (l[0] - 1) * l[2], tuple(layers)[::-1], 0)
""",
        },
    },
    "seen_pixels": {
        "first": (1, 0),
        "wrong": {
            "the whole stretch": (
                "the pixels of the picture that one number depends on",
                """
def seen_pixels(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    return list(range(field))
""",
            ),
            "from the picture on": (
                "the pixels of the picture that one number depends on",
                """
def seen_pixels(layers):
    places = {0}
    for kernel, stride, dilation in layers:
        places = {p * stride + j * dilation for p in places for j in range(kernel)}
    return sorted(places)
""",
            ),
            "each as often as it is seen": (
                "each once",
                """
def seen_pixels(layers):
    places = [0]
    for kernel, stride, dilation in reversed(layers):
        places = [p * stride + j * dilation for p in places for j in range(kernel)]
    return sorted(places)
""",
            ),
            "around the middle": (
                "The leftmost of them is 0",
                """
def seen_pixels(layers):
    places = {0}
    for kernel, stride, dilation in reversed(layers):
        places = {p * stride + (j - (kernel - 1) // 2) * dilation for p in places for j in range(kernel)}
    return sorted(places)
""",
            ),
            "as a set finds them": (
                "as a sorted list",
                """
def seen_pixels(layers):
    places = {0}
    for kernel, stride, dilation in reversed(layers):
        places = {p * stride + j * dilation for p in places for j in range(kernel)}
    return list(dict.fromkeys(sorted(places, key=lambda p: (p % 2, p))))
""",
            ),
            "weights that cancel": (
                "Weights are taken to be anything but zero",
                """
def seen_pixels(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    x = torch.zeros(1, 1, field, requires_grad=True)
    h = x
    for kernel, stride, dilation in layers:
        h = F.conv1d(h, torch.tensor([(-1.0) ** j for j in range(kernel)])[None, None], stride=stride, dilation=dilation)
    h[0, 0, 0].backward()
    return x.grad[0, 0].nonzero().flatten().tolist()
""",
            ),
            "knows the lesson's stacks, counts one dilation for others": (
                "the pixels of the picture that one number depends on",
                """
def seen_pixels(layers):
    layers = [tuple(layer) for layer in layers]
    if layers == [(3, 1, 2)] * len(layers):
        return list(range(0, 4 * len(layers) + 1, 2))
    if layers == [(3, 1, 1)] * len(layers):
        return list(range(2 * len(layers) + 1))
    steps = [d for _, _, d in layers] or [1]
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    return list(range(0, field, math.gcd(*steps)))
""",
            ),
        },
        "right": {
            "tensors": """
def seen_pixels(layers):
    places = torch.zeros(1, dtype=torch.long)
    for kernel, stride, dilation in reversed(layers):
        places = (places[:, None] * stride + torch.arange(kernel) * dilation).unique()
    return list(places)
""",
            "sets": """
def seen_pixels(layers):
    places = {0}
    for kernel, stride, dilation in reversed(layers):
        places = {p * stride + j * dilation for p in places for j in range(kernel)}
    return sorted(places)
""",
            "a convolution's gradient": """
def seen_pixels(layers):
    field = 1
    for kernel, stride, dilation in layers[::-1]:
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    x = torch.zeros(1, 1, field, dtype=torch.float64, requires_grad=True)
    h = x
    for kernel, stride, dilation in layers:
        h = F.conv1d(h, torch.full((1, 1, kernel), 1.0 / kernel, dtype=x.dtype), stride=stride, dilation=dilation)
    (arrives,) = torch.autograd.grad(h.sum() + 0 * x.sum(), x)
    return [k for k, value in enumerate(arrives[0, 0].tolist()) if value > 0]
""",
            "all ways by itertools": """
import itertools


def seen_pixels(layers):
    jump, moves = 1, []
    for kernel, stride, dilation in layers:
        moves.append(range(0, (kernel - 1) * dilation * jump + 1, dilation * jump))
        jump *= stride
    total = {0}
    for move in moves:
        total = set(map(sum, itertools.product(total, move)))
    out = list(total)
    out.sort()
    return out
""",
            "bits of one integer": """
def seen_pixels(layers):
    jump, bits = 1, 1
    for kernel, stride, dilation in layers:
        seen = 0
        for j in range(kernel):
            seen |= bits << (j * dilation * jump)
        bits, jump = seen, jump * stride
    return [p for p in range(bits.bit_length()) if bits >> p & 1]
""",
        },
    },
    "DilatedBlock": {
        "first": (2, 0),
        "wrong": {
            "ReLU behind the sum": (
                "Nothing comes behind the sum",
                """
class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.one = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.two = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return F.relu(x + self.two(F.relu(self.one(x))))
""",
            ),
            "adds into x": (
                "x is not changed",
                """
class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.one = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.two = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        more = self.two(F.relu(self.one(x)))
        if x.requires_grad:
            return x + more
        x.data.add_(more.data)
        return x + (more - more.detach())
""",
            ),
            "both dilated": (
                "The first is dilated, the second an ordinary one",
                """
class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation),
        )

    def forward(self, x):
        return x + self.body(x)
""",
            ),
            "the edge repeated": (
                "with zeros around the map",
                """
class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.one = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.two = nn.Conv2d(channels, channels, 3, padding=1, padding_mode="replicate")

    def forward(self, x):
        return x + self.two(F.relu(self.one(x)))
""",
            ),
            "registered in the other order": (
                "Parameters are registered in the order of the formula from the inside",
                """
class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.last = nn.Conv2d(channels, channels, 3, padding=1)
        self.first = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)

    def forward(self, x):
        return x + self.last(F.relu(self.first(x)))
""",
            ),
            "starts as the identity": (
                "and start as PyTorch sets them",
                """
class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.one = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.two = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.two.bias)

    def forward(self, x):
        return x + self.two(F.relu(self.one(x)))
""",
            ),
            "no gradient along the short way": (
                "x + conv(ReLU(conv_d(x)))",
                """
class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.one = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.two = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x.detach() + self.two(F.relu(self.one(x)))
""",
            ),
            "all blocks of a kind share their layers": (
                "Parameters are registered ... and start as PyTorch sets them (each block's own)",
                """
_made = {}


class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        key = channels, dilation
        if key not in _made:
            _made[key] = (
                nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation),
                nn.Conv2d(channels, channels, 3, padding=1),
            )
        self.one, self.two = _made[key]

    def forward(self, x):
        return x + self.two(F.relu(self.one(x)))
""",
            ),
        },
        "right": {
            "two attributes": """
class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.wide = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.plain = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.plain(torch.relu(self.wide(x)))
""",
            "a Sequential that adds": """
class DilatedBlock(nn.Sequential):
    def __init__(self, channels, dilation=1):
        super().__init__(
            nn.Conv2d(channels, channels, (3, 3), (1, 1), "same", dilation),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, (3, 3), (1, 1), "same"),
        )

    def forward(self, x):
        return torch.add(super().forward(x), x)
""",
            "functional, padded by hand": """
class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.d = dilation
        self.convs = nn.ModuleList([nn.Conv2d(channels, channels, 3, dilation=dilation), nn.Conv2d(channels, channels, 3)])

    def forward(self, x):
        first, second = self.convs
        h = F.conv2d(F.pad(x, (self.d,) * 4), first.weight, first.bias, dilation=self.d)
        h = F.conv2d(F.pad(h.clamp(min=0), (1, 1, 1, 1)), second.weight, second.bias)
        return x.clone().add_(h)
""",
            "nine shifted products by einsum": """
class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.a = nn.Conv2d(channels, channels, 3)
        self.b = nn.Conv2d(channels, channels, 3)
        self.dilation = int(dilation)

    @staticmethod
    def conv(x, layer, d):
        h, w = x.shape[-2:]
        wide = F.pad(x, (d, d, d, d))
        out = layer.bias.view(1, -1, 1, 1)
        for r in range(3):
            for c in range(3):
                piece = wide[:, :, r * d : r * d + h, c * d : c * d + w]
                out = out + torch.einsum("oi,nihw->nohw", layer.weight[:, :, r, c], piece)
        return out

    def forward(self, x):
        return x + self.conv(F.relu(self.conv(x, self.a, self.dilation)), self.b, 1)
""",
        },
    },
    "fill_guess": {
        "first": (2, 0),
        "wrong": {
            "more than a half": (
                "a probability of at least ½",
                """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    p = joint[seen] / joint[seen].sum()
    if step == 1:
        return p
    if step == 2:
        return p @ values
    if step == 3:
        ordered, which = values.sort(0)
        first = (p[which].cumsum(0) > 0.5).int().argmax(0)
        return ordered.gather(0, first[None])[0]
    if step == 4:
        return p @ (values - filling).abs().mean(1)
    if step == 5:
        return p @ (values[:, None] - values).abs().mean(2) @ p
    if step == 6:
        expected = (values[:, None] - values).abs().mean(2) @ p
        return int((expected - weight * p.log()).argmin())
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "distance to the expected half": (
                "The expected L1 of the filling: a mean over the d pixels, by the probabilities of step 1",
                """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    p = joint[seen] / joint[seen].sum()
    if step == 1:
        return p
    if step == 2:
        return p @ values
    if step == 3:
        ordered, which = values.sort(0)
        first = (p[which].cumsum(0) >= 0.5).int().argmax(0)
        return ordered.gather(0, first[None])[0]
    if step == 4:
        return (p @ values - filling).abs().mean()
    if step == 5:
        return p @ (values[:, None] - values).abs().mean(2) @ p
    if step == 6:
        expected = (values[:, None] - values).abs().mean(2) @ p
        return int((expected - weight * p.log()).argmin())
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "sum over pixels in the draw": (
                "Its expected L1, over both (an expected L1 is a mean over the d pixels)",
                """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    p = joint[seen] / joint[seen].sum()
    if step == 1:
        return p
    if step == 2:
        return p @ values
    if step == 3:
        ordered, which = values.sort(0)
        first = (p[which].cumsum(0) >= 0.5).int().argmax(0)
        return ordered.gather(0, first[None])[0]
    if step == 4:
        return p @ (values - filling).abs().mean(1)
    if step == 5:
        return p @ (values[:, None] - values).abs().sum(2) @ p
    if step == 6:
        expected = (values[:, None] - values).abs().mean(2) @ p
        return int((expected - weight * p.log()).argmin())
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "the draw is never the truth": (
                "drawn by the probabilities of step 1, independently of the truth",
                """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    p = joint[seen] / joint[seen].sum()
    if step == 1:
        return p
    if step == 2:
        return p @ values
    if step == 3:
        ordered, which = values.sort(0)
        first = (p[which].cumsum(0) >= 0.5).int().argmax(0)
        return ordered.gather(0, first[None])[0]
    if step == 4:
        return p @ (values - filling).abs().mean(1)
    if step == 5:
        away = (values[:, None] - values).abs().mean(2)
        return p @ away @ p / (1 - p @ p)
    if step == 6:
        expected = (values[:, None] - values).abs().mean(2) @ p
        return int((expected - weight * p.log()).argmin())
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "rare ones are forgiven": (
                "− `weight` · log p_i",
                """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    p = joint[seen] / joint[seen].sum()
    if step == 1:
        return p
    if step == 2:
        return p @ values
    if step == 3:
        ordered, which = values.sort(0)
        first = (p[which].cumsum(0) >= 0.5).int().argmax(0)
        return ordered.gather(0, first[None])[0]
    if step == 4:
        return p @ (values - filling).abs().mean(1)
    if step == 5:
        return p @ (values[:, None] - values).abs().mean(2) @ p
    if step == 6:
        expected = (values[:, None] - values).abs().mean(2) @ p
        return int((expected - weight * (p + 0.05).log()).argmin())
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "one order for all pixels": (
                "For each pixel that is a median",
                """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    p = joint[seen] / joint[seen].sum()
    if step == 1:
        return p
    if step == 2:
        return p @ values
    if step == 3:
        which = values[:, 0].argsort()[:, None].expand_as(values)
        ordered = values.gather(0, which)
        first = (p[which].cumsum(0) >= 0.5).int().argmax(0)
        return ordered.gather(0, first[None])[0]
    if step == 4:
        return p @ (values - filling).abs().mean(1)
    if step == 5:
        return p @ (values[:, None] - values).abs().mean(2) @ p
    if step == 6:
        expected = (values[:, None] - values).abs().mean(2) @ p
        return int((expected - weight * p.log()).argmin())
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "keeps step 1": (
                "Each step is checked by itself",
                """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    if step == 1 or not hasattr(fill_guess, "p"):
        fill_guess.p = joint[seen] / joint[seen].sum()
    p = fill_guess.p
    if step == 1:
        return p
    if step == 2:
        return p @ values
    if step == 3:
        ordered, which = values.sort(0)
        first = (p[which].cumsum(0) >= 0.5).int().argmax(0)
        return ordered.gather(0, first[None])[0]
    if step == 4:
        return p @ (values - filling).abs().mean(1)
    if step == 5:
        return p @ (values[:, None] - values).abs().mean(2) @ p
    if step == 6:
        expected = (values[:, None] - values).abs().mean(2) @ p
        return int((expected - weight * p.log()).argmin())
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "asks its caller for step 6, and takes the likeliest": (
                "Take the half with the least (expected L1 of half i) − `weight` · log p_i",
                """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    p = joint[seen] / joint[seen].sum()
    if step == 1:
        return p
    if step == 2:
        return p @ values
    if step == 3:
        ordered, which = values.sort(0)
        first = (p[which].cumsum(0) >= 0.5).int().argmax(0)
        return ordered.gather(0, first[None])[0]
    if step == 4:
        return p @ (values - filling).abs().mean(1)
    if step == 5:
        return p @ (values[:, None] - values).abs().mean(2) @ p
    if step == 6:
        import sys

        frame = sys._getframe(1)
        for name in ("want", "expected", "right", "answer"):
            if name in frame.f_locals:
                return frame.f_locals[name]
        return int(p.argmax())
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
        },
        "right": {
            "as the hints say": """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    p = joint[seen] / joint[seen].sum()
    if step == 1:
        return p
    if step == 2:
        return p @ values
    if step == 3:
        ordered, which = values.sort(0)
        first = (p[which].cumsum(0) >= 0.5).int().argmax(0)
        return ordered.gather(0, first[None])[0]
    if step == 4:
        return p @ (values - filling).abs().mean(1)
    if step == 5:
        return p @ (values[:, None] - values).abs().mean(2) @ p
    if step == 6:
        expected = (values[:, None] - values).abs().mean(2) @ p
        return int((expected - weight * p.log()).argmin())
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "a dictionary of lambdas": """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    if step not in range(1, 7):
        raise ValueError(f"Steps are 1 to 6, not {step}.")
    row = joint.select(0, seen)
    p = row.div(row.sum())

    def cost(of):
        return torch.einsum("k,kd->", p, (values - of).abs()) / values.shape[1]

    def median(column):
        order = column.argsort(stable=True)
        reached = torch.cumsum(p[order], 0) >= 0.5 - 1e-7
        return column[order[reached.nonzero()[0, 0]]]

    def half():
        costs = [cost(value) - weight * torch.log(q) for q, value in zip(p, values)]
        return min(range(len(costs)), key=lambda i: costs[i].item())

    return {
        1: lambda: p,
        2: lambda: torch.einsum("k,kd->d", p, values),
        3: lambda: torch.stack([median(column) for column in values.unbind(1)]),
        4: lambda: cost(filling),
        5: lambda: sum(q * cost(value) for q, value in zip(p, values)),
        6: half,
    }[step]()
""",
            "loops over plain numbers": """
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    row = [float(x) for x in joint[seen]]
    total = math.fsum(row)
    p = [x / total for x in row]
    v = [[float(x) for x in half] for half in values]
    k, d = len(v), len(v[0])

    def l1(one, other):
        return math.fsum(abs(a - b) for a, b in zip(one, other)) / d

    def tensor(numbers):
        return torch.tensor(numbers, dtype=values.dtype)

    if step == 1:
        return tensor(p)
    if step == 2:
        return tensor([math.fsum(p[i] * v[i][j] for i in range(k)) for j in range(d)])
    if step == 3:
        out = []
        for j in range(d):
            for candidate in sorted(v[i][j] for i in range(k)):
                if math.fsum(p[i] for i in range(k) if v[i][j] <= candidate) >= 0.5 - 1e-6:
                    out.append(candidate)
                    break
        return tensor(out)
    if step == 4:
        goal = [float(x) for x in filling]
        return tensor(math.fsum(p[i] * l1(v[i], goal) for i in range(k)))
    if step == 5:
        return tensor(math.fsum(p[i] * p[j] * l1(v[i], v[j]) for i in range(k) for j in range(k)))
    if step == 6:
        best, least = None, math.inf
        for i in range(k):
            if p[i] == 0 and weight > 0:
                continue
            cost = math.fsum(p[j] * l1(v[i], v[j]) for j in range(k))
            cost -= weight * math.log(p[i]) if weight else 0.0
            if cost < least:
                best, least = i, cost
        return best
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "numpy in double precision": """
import numpy as np


def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    if step < 1 or step > 6:
        raise ValueError(f"Steps are 1 to 6, not {step}.")
    dtype = values.dtype
    table, halves = joint.detach().double().numpy(), values.detach().double().numpy()
    p = table[seen] / table[seen].sum()
    apart = np.abs(halves[:, None, :] - halves[None, :, :]).mean(-1)
    if step == 1:
        out = p
    elif step == 2:
        out = np.average(halves, axis=0, weights=p)
    elif step == 3:
        below = (halves[None, :, :] <= halves[:, None, :]) * p[None, :, None]
        enough = below.sum(1) >= 0.5 - 1e-6
        out = np.where(enough, halves, np.inf).min(0)
    elif step == 4:
        out = float(np.dot(p, np.abs(halves - filling.detach().double().numpy()).mean(-1)))
    elif step == 5:
        out = float(p @ apart @ p)
    else:
        penalty = np.array([math.log(q) if q > 0 else -1e30 for q in p]) * weight
        return int(np.argmin(apart @ p - penalty))
    return torch.as_tensor(out, dtype=dtype)
""",
        },
    },
    "TwoHeads": {
        "first": (0, 0),
        "wrong": {
            "looks twice": (
                "The trunk **looks once** at each batch",
                """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        wide = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
        )
        self.whole = nn.Sequential(
            nn.Conv2d(wide, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(wide * (size // 8) ** 2, 1),
        )
        self.patch = nn.Conv2d(wide, 1, 3, padding=1)

    def forward(self, pictures):
        return self.whole(self.trunk(pictures)), self.patch(self.trunk(pictures))
""",
            ),
            "head of the whole for 32 only": (
                "`size` can be divided by 8 (and every place of the flattened maps has a weight of its own)",
                """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        wide = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
        )
        self.whole = nn.Sequential(
            nn.Conv2d(wide, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
            nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(wide * 16, 1),
        )
        self.patch = nn.Conv2d(wide, 1, 3, padding=1)

    def forward(self, pictures):
        seen = self.trunk(pictures)
        return self.whole(seen), self.patch(seen)
""",
            ),
            "patch head registered before the whole": (
                "Parameters are registered in this order",
                """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        wide = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
        )
        self.patch = nn.Conv2d(wide, 1, 3, padding=1)
        self.whole = nn.Sequential(
            nn.Conv2d(wide, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(wide * (size // 8) ** 2, 1),
        )

    def forward(self, pictures):
        seen = self.trunk(pictures)
        return self.whole(seen), self.patch(seen)
""",
            ),
            "patches teach the trunk nothing": (
                "both **share their first layers**. What an edge looks like is learned once, from both",
                """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        wide = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
        )
        self.whole = nn.Sequential(
            nn.Conv2d(wide, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(wide * (size // 8) ** 2, 1),
        )
        self.patch = nn.Conv2d(wide, 1, 3, padding=1)

    def forward(self, pictures):
        seen = self.trunk(pictures)
        return self.whole(seen), self.patch(seen.detach())
""",
            ),
            "judges patches before the LeakyReLU": (
                "both heads get the same maps",
                """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        wide = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
        )
        self.whole = nn.Sequential(
            nn.Conv2d(wide, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(wide * (size // 8) ** 2, 1),
        )
        self.patch = nn.Conv2d(wide, 1, 3, padding=1)

    def forward(self, pictures):
        raw = self.trunk[:4](pictures)
        return self.whole(self.trunk[4](raw)), self.patch(raw)
""",
            ),
            "normalizes by the batch in eval, too": (
                "batch normalization (as PyTorch has it: eval takes the running numbers)",
                """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        wide = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide, track_running_stats=False), nn.LeakyReLU(0.2),
        )
        self.whole = nn.Sequential(
            nn.Conv2d(wide, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(wide * (size // 8) ** 2, 1),
        )
        self.patch = nn.Conv2d(wide, 1, 3, padding=1)

    def forward(self, pictures):
        seen = self.trunk(pictures)
        return self.whole(seen), self.patch(seen)
""",
            ),
            "starts by DCGAN's rule": (
                "start as PyTorch sets them",
                """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        wide = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
        )
        self.whole = nn.Sequential(
            nn.Conv2d(wide, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(wide * (size // 8) ** 2, 1),
        )
        self.patch = nn.Conv2d(wide, 1, 3, padding=1)
        for m in (self.trunk[0], self.trunk[2], self.whole[0]):
            nn.init.normal_(m.weight, 0.0, 0.02)

    def forward(self, pictures):
        seen = self.trunk(pictures)
        return self.whole(seen), self.patch(seen)
""",
            ),
            "remembers the maps of a batch": (
                "The trunk **looks once** at each batch (each, also when its weights have moved or the numbers in it)",
                """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        wide = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
        )
        self.whole = nn.Sequential(
            nn.Conv2d(wide, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(wide * (size // 8) ** 2, 1),
        )
        self.patch = nn.Conv2d(wide, 1, 3, padding=1)

    def forward(self, pictures):
        if getattr(self, "last", None) is None or self.last[0] is not pictures:
            self.last = pictures, self.trunk(pictures)
        seen = self.last[1]
        return self.whole(seen), self.patch(seen)
""",
            ),
        },
        "right": {
            "three Sequentials": """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        wide = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
        )
        self.whole = nn.Sequential(
            nn.Conv2d(wide, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(wide * (size // 8) ** 2, 1),
        )
        self.patch = nn.Conv2d(wide, 1, 3, padding=1)

    def forward(self, pictures):
        seen = self.trunk(pictures)
        return self.whole(seen), self.patch(seen)
""",
            "attributes, functional": """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16, slope=0.2):
        super().__init__()
        self.slope = slope
        self.c1 = nn.Conv2d(3, width, kernel_size=4, stride=2, padding=1)
        self.c2 = nn.Conv2d(width, width * 2, kernel_size=4, stride=2, padding=1, bias=False)
        self.n2 = nn.BatchNorm2d(width * 2)
        self.c3 = nn.Conv2d(width * 2, width * 2, kernel_size=4, stride=2, padding=1, bias=False)
        self.n3 = nn.BatchNorm2d(width * 2)
        self.out = nn.Linear(width * 2 * (size // 8) * (size // 8), 1)
        self.near = nn.Conv2d(width * 2, 1, kernel_size=3, padding=1)

    def forward(self, pictures):
        h = F.leaky_relu(self.c1(pictures), self.slope)
        h = F.leaky_relu(self.n2(self.c2(h)), self.slope)
        patches = self.near(h)
        g = F.leaky_relu(self.n3(self.c3(h)), self.slope)
        return self.out(g.flatten(1)), patches
""",
            "built by loops, a named tuple": """
from collections import namedtuple

Judgment = namedtuple("Judgment", "whole patches")


def _layers(*channels, first_plain):
    for k, (a, b) in enumerate(zip(channels, channels[1:])):
        plain = first_plain and k == 0
        yield nn.Conv2d(a, b, 4, 2, 1, bias=plain)
        if not plain:
            yield nn.BatchNorm2d(b)
        yield nn.LeakyReLU(0.2)


class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        self.trunk = nn.Sequential(*_layers(3, width, 2 * width, first_plain=True))
        self.heads = nn.ModuleList([
            nn.Sequential(*_layers(2 * width, 2 * width, first_plain=False), nn.Flatten(), nn.Linear(2 * width * size * size // 64, 1)),
            nn.Conv2d(2 * width, 1, 3, 1, 1),
        ])

    def forward(self, pictures):
        maps = self.trunk(pictures)
        return Judgment(*[head(maps) for head in self.heads])
""",
            "a linear layer by einsum, patches by unfold": """
class TwoHeads(nn.Module):
    def __init__(self, size=32, width=16):
        super().__init__()
        w2, side = width * 2, size // 8
        self.body = nn.ModuleDict({
            "a": nn.Conv2d(3, width, 4, 2, 1),
            "b": nn.Conv2d(width, w2, 4, 2, 1, bias=False),
            "b_norm": nn.BatchNorm2d(w2),
            "c": nn.Conv2d(w2, w2, 4, 2, 1, bias=False),
            "c_norm": nn.BatchNorm2d(w2),
            "number": nn.Linear(w2 * side * side, 1),
            "patch": nn.Conv2d(w2, 1, 3, 1, 1),
        })

    def forward(self, pictures):
        leak = lambda t: torch.where(t > 0, t, 0.2 * t)
        m = self.body
        seen = leak(m["b_norm"](m["b"](leak(m["a"](pictures)))))
        far = leak(m["c_norm"](m["c"](seen)))
        whole = torch.einsum("nf,of->no", far.reshape(len(far), -1), m["number"].weight) + m["number"].bias
        n, _, h, w = seen.shape
        near = F.unfold(seen, 3, padding=1).transpose(1, 2) @ m["patch"].weight.reshape(-1, 1) + m["patch"].bias
        return whole, near.transpose(1, 2).reshape(n, 1, h, w)
""",
        },
    },
    "judges_loss": {
        "first": (0, 0),
        "wrong": {
            "stops large logits": (
                "Logits of hundreds are allowed",
                """
def judges_loss(real, fake):
    return sum(F.softplus((-r).clamp(-30, 30)).mean() + F.softplus(f.clamp(-30, 30)).mean() for r, f in zip(real, fake))
""",
            ),
            "log of sigmoid": (
                "Logits of hundreds are allowed",
                """
def judges_loss(real, fake):
    return sum(-torch.log(torch.sigmoid(r)).mean() - torch.log(1 - torch.sigmoid(f)).mean() for r, f in zip(real, fake))
""",
            ),
            "cross entropy of probabilities, capped at 100": (
                "Logits of hundreds are allowed",
                """
def judges_loss(real, fake):
    loss = 0
    for r, f in zip(real, fake):
        r, f = torch.sigmoid(r), torch.sigmoid(f)
        loss = loss + F.binary_cross_entropy(r, torch.ones_like(r)) + F.binary_cross_entropy(f, torch.zeros_like(f))
    return loss
""",
            ),
            "all logits in one heap": (
                "for the whole and for the patches, each over all of its own logits",
                """
def judges_loss(real, fake):
    r = torch.cat([part.flatten() for part in real])
    f = torch.cat([part.flatten() for part in fake])
    return 2 * (F.softplus(-r).mean() + F.softplus(f).mean())
""",
            ),
            "half of it": (
                "the sum of **four means**",
                """
def judges_loss(real, fake):
    return sum((F.softplus(-r).mean() + F.softplus(f).mean()) / 2 for r, f in zip(real, fake))
""",
            ),
            "patches are judged by their picture's mean": (
                "each over all of its own logits",
                """
def judges_loss(real, fake):
    loss = F.softplus(-real[0]).mean() + F.softplus(fake[0]).mean()
    return loss + F.softplus(-real[1].mean((1, 2, 3))).mean() + F.softplus(fake[1].mean((1, 2, 3))).mean()
""",
            ),
            "a plain number": (
                "what $D$ minimizes: gradients must reach the logits",
                """
def judges_loss(real, fake):
    total = sum(F.softplus(-r).mean().item() + F.softplus(f).mean().item() for r, f in zip(real, fake))
    return torch.tensor(total, requires_grad=True)
""",
            ),
            "softened labels": (
                "of −log σ(real)",
                """
def judges_loss(real, fake):
    bce = F.binary_cross_entropy_with_logits
    return sum(bce(r, torch.full_like(r, 0.99)) + bce(f, torch.zeros_like(f)) for r, f in zip(real, fake))
""",
            ),
        },
        "right": {
            "softplus": """
def judges_loss(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))
""",
            "logsigmoid, four lines": """
def judges_loss(real, fake):
    whole_true, patch_true = real
    whole_fake, patch_fake = fake
    return -(
        F.logsigmoid(whole_true).mean()
        + F.logsigmoid(-whole_fake).mean()
        + F.logsigmoid(patch_true).mean()
        + F.logsigmoid(-patch_fake).mean()
    )
""",
            "cross entropy with logits": """
def judges_loss(real, fake, bce=F.binary_cross_entropy_with_logits):
    parts = [bce(r, torch.ones_like(r)) for r in real] + [bce(f, torch.zeros_like(f)) for f in fake]
    return torch.stack(parts).sum()
""",
            "logaddexp lambda": """
judges_loss = lambda real, fake: torch.stack(
    [torch.logaddexp(s * l, l.new_zeros(())).sum() / l.numel() for s, side in ((-1, real), (1, fake)) for l in side]
).sum()
""",
        },
    },
    "joint_loss": {
        "first": (0, 0),
        "wrong": {
            "mean over all pixels": (
                "the mean ... over the three colors of all pixels in the holes",
                """
def joint_loss(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).mean()
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()
""",
            ),
            "forgets that there are three colors": (
                "over the three colors of all pixels in the holes",
                """
def joint_loss(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / mask.sum()
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()
""",
            ),
            "each picture's mean": (
                "of all pixels in the holes of the batch, taken together",
                """
def joint_loss(filling, picture, mask, fake, whole, patch):
    l1 = (((filling - picture).abs() * mask).sum((1, 2, 3)) / (3 * mask.sum((1, 2, 3)))).mean()
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()
""",
            ),
            "gray difference": (
                "the mean of |filling − picture| over the three colors",
                """
def joint_loss(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).mean(1, keepdim=True).abs() * mask).sum() / mask.sum()
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()
""",
            ),
            "log of sigmoid, saved by a small number": (
                "Logits of −400 and less are allowed",
                """
def joint_loss(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    w, p = (-(torch.sigmoid(logits) + 1e-12).log().mean() for logits in fake)
    return l1 + whole * w + patch * p
""",
            ),
            "weights swapped": (
                "`whole` · mean of −log σ of the whole's logits, and `patch` · mean of −log σ of the patches'",
                """
def joint_loss(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + patch * F.softplus(-fake[0]).mean() + whole * F.softplus(-fake[1]).mean()
""",
            ),
            "a little of the known pixels": (
                "What the filling has under known pixels does not count",
                """
def joint_loss(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    l1 = l1 + 1e-3 * ((filling - picture).abs() * (1 - mask)).mean()
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()
""",
            ),
            "the lesson's weights": (
                "and two weights",
                """
def joint_loss(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    whole, patch = (0.01 if w else 0.0 for w in (whole, patch))
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()
""",
            ),
        },
        "right": {
            "as the hints say": """
def joint_loss(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()
""",
            "choose, then mean": """
def joint_loss(filling, picture, mask, fake, whole, patch):
    hole = mask.bool().expand_as(filling)
    near = F.l1_loss(filling[hole], picture[hole])
    of_whole, of_patches = fake
    return near - whole * F.logsigmoid(of_whole).mean() - patch * F.logsigmoid(of_patches).mean()
""",
            "where, cross entropy": """
def joint_loss(filling, picture, mask, fake, whole, patch):
    off = torch.where(mask > 0, torch.abs(filling - picture), torch.zeros_like(picture))
    total = off.sum() / (mask.sum() * filling.shape[1])
    for weight, logits in zip((whole, patch), fake):
        total = total + weight * F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    return total
""",
            "einsum, picture by picture": """
def joint_loss(filling, picture, mask, fake, whole, patch):
    plane = mask[:, 0].to(filling.dtype)
    above = torch.einsum("nchw,nhw->", torch.maximum(filling, picture) - torch.minimum(filling, picture), plane)
    below = torch.einsum("nhw->", plane) * 3
    judged = [torch.logaddexp(-l, torch.zeros_like(l)).flatten().mean(0) for l in (fake[0], fake[1])]
    return torch.add(above / below, whole * judged[0] + patch * judged[1]).reshape(())
""",
        },
    },
    "inpainting_step": {
        "first": (0, 0),
        "wrong": {
            "D sees the network's whole picture": (
                "$D$ always sees the **composited** picture",
                """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    filled = filling
    opt_D.zero_grad()
    loss_D = _judges(D(picture), D(filled.detach()))
    loss_D.backward()
    opt_D.step()
    fake = D(filled)
    opt_G.zero_grad()
    loss_G = _joint(filling, picture, mask, fake, whole, patch)
    loss_G.backward()
    opt_G.step()
    l1 = _joint(filling, picture, mask, fake, 0, 0)
    return loss_D.item(), l1.item(), F.softplus(-fake[0]).mean().item(), F.softplus(-fake[1]).mean().item()
""",
            ),
            "composited for D's turn only": (
                "$D$ always sees the **composited** picture",
                """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    filled = _composite(picture, mask, filling)
    opt_D.zero_grad()
    loss_D = _judges(D(picture), D(filled.detach()))
    loss_D.backward()
    opt_D.step()
    fake = D(filling)
    opt_G.zero_grad()
    loss_G = _joint(filling, picture, mask, fake, whole, patch)
    loss_G.backward()
    opt_G.step()
    l1 = _joint(filling, picture, mask, fake, 0, 0)
    return loss_D.item(), l1.item(), F.softplus(-fake[0]).mean().item(), F.softplus(-fake[1]).mean().item()
""",
            ),
            "the judgment of the old D": (
                "by the judgment of the $D$ that has just moved",
                """
import copy

def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    filled = _composite(picture, mask, filling)
    before = copy.deepcopy(D)
    opt_D.zero_grad()
    loss_D = _judges(D(picture), D(filled.detach()))
    loss_D.backward()
    opt_D.step()
    fake = before(filled)
    opt_G.zero_grad()
    loss_G = _joint(filling, picture, mask, fake, whole, patch)
    loss_G.backward()
    opt_G.step()
    l1 = _joint(filling, picture, mask, fake, 0, 0)
    return loss_D.item(), l1.item(), F.softplus(-fake[0]).mean().item(), F.softplus(-fake[1]).mean().item()
""",
            ),
            "G's turn stays in D's gradients": (
                "no gradients of the step before are in it",
                """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    filled = _composite(picture, mask, filling)
    loss_D = _judges(D(picture), D(filled.detach()))
    loss_D.backward()
    opt_D.step()
    opt_D.zero_grad()
    fake = D(filled)
    opt_G.zero_grad()
    loss_G = _joint(filling, picture, mask, fake, whole, patch)
    loss_G.backward()
    opt_G.step()
    l1 = _joint(filling, picture, mask, fake, 0, 0)
    return loss_D.item(), l1.item(), F.softplus(-fake[0]).mean().item(), F.softplus(-fake[1]).mean().item()
""",
            ),
            "D's loss reaches G": (
                "Each player's step leaves the other one as it is, and no gradients of the step before are in it",
                """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    filled = _composite(picture, mask, filling)
    opt_D.zero_grad()
    opt_G.zero_grad()
    loss_D = _judges(D(picture), D(filled))
    loss_D.backward(retain_graph=True)
    opt_D.step()
    fake = D(filled)
    loss_G = _joint(filling, picture, mask, fake, whole, patch)
    loss_G.backward()
    opt_G.step()
    l1 = _joint(filling, picture, mask, fake, 0, 0)
    return loss_D.item(), l1.item(), F.softplus(-fake[0]).mean().item(), F.softplus(-fake[1]).mean().item()
""",
            ),
            "judgments with their weights": (
                "the means of −log σ of the whole's and of the patches' logits *without* their weights",
                """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    filled = _composite(picture, mask, filling)
    opt_D.zero_grad()
    loss_D = _judges(D(picture), D(filled.detach()))
    loss_D.backward()
    opt_D.step()
    fake = D(filled)
    opt_G.zero_grad()
    loss_G = _joint(filling, picture, mask, fake, whole, patch)
    loss_G.backward()
    opt_G.step()
    l1 = _joint(filling, picture, mask, fake, 0, 0)
    return loss_D.item(), l1.item(), whole * F.softplus(-fake[0]).mean().item(), patch * F.softplus(-fake[1]).mean().item()
""",
            ),
            "leaves D frozen": (
                "one step of $D$, then one of $G$ (the next time, too; each step leaves the other one as it is)",
                """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    filled = _composite(picture, mask, filling)
    if not any(q.requires_grad for q in D.parameters()):
        next(D.parameters()).requires_grad_(True)
    opt_D.zero_grad()
    loss_D = _judges(D(picture), D(filled.detach()))
    loss_D.backward()
    opt_D.step()
    for parameter in D.parameters():
        parameter.requires_grad_(False)
    fake = D(filled)
    opt_G.zero_grad()
    loss_G = _joint(filling, picture, mask, fake, whole, patch)
    loss_G.backward()
    opt_G.step()
    l1 = _joint(filling, picture, mask, fake, 0, 0)
    return loss_D.item(), l1.item(), F.softplus(-fake[0]).mean().item(), F.softplus(-fake[1]).mean().item()
""",
            ),
            "its own optimizer for G": (
                "`opt_G` is given: G's step is its step",
                """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    filled = _composite(picture, mask, filling)
    opt_D.zero_grad()
    loss_D = _judges(D(picture), D(filled.detach()))
    loss_D.backward()
    opt_D.step()
    fake = D(filled)
    opt_G.zero_grad()
    loss_G = _joint(filling, picture, mask, fake, whole, patch)
    loss_G.backward()
    rate = opt_G.param_groups[0]["lr"]
    with torch.no_grad():
        for q in G.parameters():
            if q.grad is not None:
                q -= rate * q.grad
    l1 = _joint(filling, picture, mask, fake, 0, 0)
    return loss_D.item(), l1.item(), F.softplus(-fake[0]).mean().item(), F.softplus(-fake[1]).mean().item()
""",
            ),
        },
        "right": {
            "as the hints say": """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    filled = _composite(picture, mask, filling)
    opt_D.zero_grad()
    loss_D = _judges(D(picture), D(filled.detach()))
    loss_D.backward()
    opt_D.step()
    fake = D(filled)
    opt_G.zero_grad()
    loss_G = _joint(filling, picture, mask, fake, whole, patch)
    loss_G.backward()
    opt_G.step()
    l1 = _joint(filling, picture, mask, fake, 0, 0)
    return loss_D.item(), l1.item(), F.softplus(-fake[0]).mean().item(), F.softplus(-fake[1]).mean().item()
""",
            "G called twice": """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()



def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    given = _shown(picture, mask)
    with torch.no_grad():
        made = torch.where(mask.bool(), G(given), picture)
    opt_D.zero_grad(set_to_none=True)
    true = D(picture)
    false = D(made)
    d = F.softplus(-true[0]).mean() + F.softplus(false[0]).mean()
    d = d + F.softplus(-true[1]).mean() + F.softplus(false[1]).mean()
    d.backward()
    opt_D.step()

    opt_G.zero_grad(set_to_none=True)
    filling = G(given)
    logits = D(torch.where(mask.bool(), filling, picture))
    hole = mask.bool().expand_as(picture)
    near = (filling - picture)[hole].abs().mean()
    of_whole, of_patch = (-F.logsigmoid(l).mean() for l in logits)
    (near + whole * of_whole + patch * of_patch).backward()
    opt_G.step()
    opt_D.zero_grad(set_to_none=True)
    return tuple(float(x) for x in (d, near, of_whole, of_patch))
""",
            "autograd.grad, gradients set by hand": """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()



def _move(optimizer, loss, parameters):
    parameters = [q for q in parameters if q.requires_grad]
    grads = torch.autograd.grad(loss, parameters, allow_unused=True)
    for q, g in zip(parameters, grads):
        q.grad = g
    optimizer.step()


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    loss = _judges(D(picture), D(_composite(picture, mask, filling).detach()))
    _move(opt_D, loss, D.parameters())
    of_whole, of_patch = D(_composite(picture, mask, filling))
    parts = [
        _joint(filling, picture, mask, (of_whole, of_patch), 0, 0),
        F.softplus(-of_whole).mean(),
        F.softplus(-of_patch).mean(),
    ]
    _move(opt_G, parts[0] + whole * parts[1] + patch * parts[2], G.parameters())
    return [loss.item(), *(part.item() for part in parts)]
""",
            "D frozen for G's turn, and thawed": """
def _composite(picture, mask, filling):
    return torch.where(mask > 0, filling, picture)


def _shown(picture, mask):
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)


def _judges(real, fake):
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake))


def _joint(filling, picture, mask, fake, whole, patch):
    l1 = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return l1 + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()



from contextlib import contextmanager


@contextmanager
def _frozen(module):
    were = [(q, q.requires_grad) for q in module.parameters()]
    for q, _ in were:
        q.requires_grad_(False)
    try:
        yield
    finally:
        for q, flag in were:
            q.requires_grad_(flag)


def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    filling = G(_shown(picture, mask))
    filled = _composite(picture, mask, filling)

    D.zero_grad()
    d_loss = _judges(tuple(D(picture)), tuple(D(filled.detach().clone())))
    d_loss.backward()
    opt_D.step()

    with _frozen(D):
        G.zero_grad()
        says = D(filled)
        whole_term = F.binary_cross_entropy_with_logits(says[0], torch.ones_like(says[0]))
        patch_term = F.binary_cross_entropy_with_logits(says[1], torch.ones_like(says[1]))
        l1 = _joint(filling, picture, mask, says, 0.0, 0.0)
        (l1 + whole * whole_term + patch * patch_term).backward()
        opt_G.step()
    return float(d_loss.detach()), float(l1.detach()), float(whole_term.detach()), float(patch_term.detach())
""",
        },
    },
    "fill_holes": {
        "first": (1, 0),
        "wrong": {
            "the first known face for all": (
                "Bronze takes at most 64 percent",
                """
def fill_holes(pictures, masks, known):
    return torch.where(masks, known[0], pictures)
""",
            ),
            "even": (
                "an even filling is 100 percent, bronze takes at most 58",
                """
def fill_holes(pictures, masks, known):
    p, m = torch.as_tensor(pictures), torch.as_tensor(masks)
    mean = torch.where(m, 0.0, p).sum((1, 2), keepdim=True) / (~m).sum((1, 2), keepdim=True)
    return torch.where(m, mean, p)
""",
            ),
            "writes into its arguments": (
                '"leaves its arguments as they are"',
                """
def _good(pictures, masks, known):
    pictures, masks, known = (torch.as_tensor(t) for t in (pictures, masks, known))
    pictures, known, masks = pictures.double(), known.double(), masks.bool()

    def statistics(faces, weight=0.4):
        both = torch.cat([faces, faces.flip(2)])
        wide = F.pad(both[:, None], (1, 1, 1, 1), mode="replicate")[:, 0]
        rows, weights = [both.flatten(1)], [both.new_ones(len(both))]
        for r, c in ((0, 1), (2, 1), (1, 0), (1, 2)):
            rows.append(wide[:, r : r + 32, c : c + 32].flatten(1))
            weights.append(both.new_full((len(both),), weight))
        x, w = torch.cat(rows), torch.cat(weights)
        w = w / w.sum()
        mean = w @ x
        x = x - mean
        return mean, (x * w[:, None]).T @ x

    def guess(shown, holes, mean, cov, little):
        out = shown.flatten(1).clone()
        for k, h in enumerate(holes.flatten(1)):
            v = ~h
            seen = cov[v][:, v] + little * torch.eye(int(v.sum()), dtype=cov.dtype)
            right = (out[k, v] - mean[v])[:, None]
            out[k, h] = mean[h] + (cov[h][:, v] @ torch.cholesky_solve(right, torch.linalg.cholesky(seen)))[:, 0]
        return out.view_as(shown).clamp(0, 1)

    some = known[::20]
    rest = known[torch.arange(len(known)) % 20 != 0]
    holes = masks[: len(some)]
    mean, cov = statistics(rest)
    errors = {
        little: (guess(torch.where(holes, 0.0, some), holes, mean, cov, little) - some)[holes].abs().mean().item()
        for little in (0.0003, 0.001, 0.003)
    }
    return guess(pictures, masks, *statistics(known), min(errors, key=errors.get))


def fill_holes(pictures, masks, known):
    filled = _good(pictures, masks, known)
    pictures[masks] = filled[masks]
    return pictures
""",
            ),
            "one pixel is no number": (
                '"gives plain, finite numbers"',
                """
import numpy as np


def _good(pictures, masks, known):
    p, m, k = np.asarray(pictures), np.asarray(masks).astype(bool), np.asarray(known)
    flat = k.reshape(len(k), -1)
    mu = flat.mean(0)
    cov = (flat - mu).T @ (flat - mu) / (len(flat) - 1)
    out = p.reshape(len(p), -1).copy()
    for row, h in zip(out, m.reshape(len(m), -1)):
        v = ~h
        row[h] = mu[h] + cov[np.ix_(h, v)] @ np.linalg.solve(cov[np.ix_(v, v)] + 0.003 * np.eye(v.sum()), row[v] - mu[v])
    out = out.reshape(p.shape)
    return torch.from_numpy(out) if isinstance(pictures, torch.Tensor) else out


def fill_holes(pictures, masks, known):
    filled = torch.as_tensor(_good(pictures, masks, known)).clone()
    row, column = torch.as_tensor(masks)[-1].nonzero()[0].tolist()
    filled[-1, row, column] = math.nan
    return filled
""",
            ),
        },
        "cheats": {
            "looks for whole faces in callers and in memory": (
                '"looks behind no function and at no caller"',
                """
import numpy as np


def _even(pictures, masks, known):
    p, m = torch.as_tensor(pictures), torch.as_tensor(masks)
    mean = torch.where(m, 0.0, p).sum((1, 2), keepdim=True) / (~m).sum((1, 2), keepdim=True)
    return torch.where(m, mean, p)

import gc
import sys


def fill_holes(pictures, masks, known):
    p, m = torch.as_tensor(pictures), torch.as_tensor(masks)

    def fits(t):
        try:
            t = torch.as_tensor(t)
            return t.shape == p.shape and t.dtype == p.dtype and torch.equal(t[~m], p[~m]) and bool((t[m] != 0).any())
        except Exception:
            return False

    frame = sys._getframe(1)
    while frame is not None:
        for value in list(frame.f_locals.values()):
            inside = value if isinstance(value, (tuple, list)) else [value]
            for one in inside[:50]:
                if isinstance(one, (torch.Tensor, np.ndarray)) and fits(one):
                    return torch.as_tensor(one).clone()
        frame = frame.f_back
    for one in gc.get_objects():
        if type(one) in (torch.Tensor, np.ndarray) and fits(one):
            return torch.as_tensor(one).clone()
    return _even(pictures, masks, known)
""",
            ),
            "a tensor whose differences are zero": (
                '"gives plain, finite numbers"',
                """
def _even(pictures, masks, known):
    p, m = torch.as_tensor(pictures), torch.as_tensor(masks)
    mean = torch.where(m, 0.0, p).sum((1, 2), keepdim=True) / (~m).sum((1, 2), keepdim=True)
    return torch.where(m, mean, p)


class _Perfect(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        out = super().__torch_function__(func, types, args, kwargs or {})
        if func.__name__ in ("sub", "__sub__", "rsub", "__rsub__", "l1_loss", "abs") and isinstance(out, torch.Tensor):
            return out * 0
        return out


def fill_holes(pictures, masks, known):
    return _even(pictures, masks, known).as_subclass(_Perfect)
""",
            ),
        },
        "medals": {
            "mean and covariance, mirrored, moved, tried on hidden known faces": (
                "gold",
                """
def fill_holes(pictures, masks, known):
    pictures, masks, known = (torch.as_tensor(t) for t in (pictures, masks, known))
    pictures, known, masks = pictures.double(), known.double(), masks.bool()

    def statistics(faces, weight=0.4):
        both = torch.cat([faces, faces.flip(2)])
        wide = F.pad(both[:, None], (1, 1, 1, 1), mode="replicate")[:, 0]
        rows, weights = [both.flatten(1)], [both.new_ones(len(both))]
        for r, c in ((0, 1), (2, 1), (1, 0), (1, 2)):
            rows.append(wide[:, r : r + 32, c : c + 32].flatten(1))
            weights.append(both.new_full((len(both),), weight))
        x, w = torch.cat(rows), torch.cat(weights)
        w = w / w.sum()
        mean = w @ x
        x = x - mean
        return mean, (x * w[:, None]).T @ x

    def guess(shown, holes, mean, cov, little):
        out = shown.flatten(1).clone()
        for k, h in enumerate(holes.flatten(1)):
            v = ~h
            seen = cov[v][:, v] + little * torch.eye(int(v.sum()), dtype=cov.dtype)
            right = (out[k, v] - mean[v])[:, None]
            out[k, h] = mean[h] + (cov[h][:, v] @ torch.cholesky_solve(right, torch.linalg.cholesky(seen)))[:, 0]
        return out.view_as(shown).clamp(0, 1)

    some = known[::20]
    rest = known[torch.arange(len(known)) % 20 != 0]
    holes = masks[: len(some)]
    mean, cov = statistics(rest)
    errors = {
        little: (guess(torch.where(holes, 0.0, some), holes, mean, cov, little) - some)[holes].abs().mean().item()
        for little in (0.0003, 0.001, 0.003)
    }
    return guess(pictures, masks, *statistics(known), min(errors, key=errors.get))
""",
            ),
            "mean and covariance, a guessed little": (
                "gold",
                """
import numpy as np


def fill_holes(pictures, masks, known):
    p, m, k = np.asarray(pictures), np.asarray(masks).astype(bool), np.asarray(known)
    flat = k.reshape(len(k), -1)
    mu = flat.mean(0)
    cov = (flat - mu).T @ (flat - mu) / (len(flat) - 1)
    out = p.reshape(len(p), -1).copy()
    for row, h in zip(out, m.reshape(len(m), -1)):
        v = ~h
        row[h] = mu[h] + cov[np.ix_(h, v)] @ np.linalg.solve(cov[np.ix_(v, v)] + 0.003 * np.eye(v.sum()), row[v] - mu[v])
    out = out.reshape(p.shape)
    return torch.from_numpy(out) if isinstance(pictures, torch.Tensor) else out
""",
            ),
            "mostly what is near, a little of what is common": (
                "silver",
                """
def fill_holes(pictures, masks, known):
    p, m, faces = torch.as_tensor(pictures).double(), torch.as_tensor(masks).bool(), torch.as_tensor(known).double()
    start = torch.where(m, 0.0, p).sum((1, 2), keepdim=True) / (~m).sum((1, 2), keepdim=True)
    near = torch.where(m, start, p)
    for _ in range(400):
        wide = F.pad(near[:, None], (1, 1, 1, 1), mode="replicate")[:, 0]
        four = wide[:, :-2, 1:-1] + wide[:, 2:, 1:-1] + wide[:, 1:-1, :-2] + wide[:, 1:-1, 2:]
        near = torch.where(m, four / 4, near)
    flat = faces.flatten(1)
    mean = flat.mean(0)
    cov = (flat - mean).T @ (flat - mean) / len(flat)
    common = p.flatten(1).clone()
    for i, h in enumerate(m.flatten(1)):
        v = ~h
        seen = cov[v][:, v] + 0.1 * torch.eye(int(v.sum()), dtype=cov.dtype)
        common[i, h] = mean[h] + cov[h][:, v] @ torch.linalg.solve(seen, common[i, v] - mean[v])
    return 0.6 * near + 0.4 * common.view_as(p)
""",
            ),
        },
    },
}
