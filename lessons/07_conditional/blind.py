"""Answers to the exercises of lesson 07 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day.
"""

BLIND = {
    "telling": {
        "first": (0, 1),
        "wrong": {
            "whole numbers for rows": (
                "rows (n, classes) of floats",
                """
def one_hot_labels(labels, classes):
    if labels.is_floating_point():
        raise ValueError(f"Labels are whole numbers, not {labels.dtype}.")
    for label in labels.tolist():
        if label < 0 or label >= classes:
            raise ValueError(f"Labels are 0 to {classes - 1}, not {label}.")
    return F.one_hot(labels.long(), classes)


def refuse(y, n):
    if len(y) != n:
        raise ValueError(f"y has {len(y)} rows, the batch {n}.")
    if y.isnan().any():
        raise ValueError("y holds NaN.")


def join_noise(z, y):
    refuse(y, len(z))
    return torch.cat([z, y], 1)


def join_pictures(pictures, y):
    refuse(y, len(pictures))
    return torch.cat([pictures, y[:, :, None, None].expand(-1, -1, *pictures.shape[-2:])], 1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
""",
            ),
            "the condition in front": (
                "z and behind it its condition y",
                """
def one_hot_labels(labels, classes):
    if labels.is_floating_point():
        raise ValueError(f"Labels are whole numbers, not {labels.dtype}.")
    for label in labels.tolist():
        if label < 0 or label >= classes:
            raise ValueError(f"Labels are 0 to {classes - 1}, not {label}.")
    return F.one_hot(labels.long(), classes).float()


def refuse(y, n):
    if len(y) != n:
        raise ValueError(f"y has {len(y)} rows, the batch {n}.")
    if y.isnan().any():
        raise ValueError("y holds NaN.")


def join_noise(z, y):
    refuse(y, len(z))
    return torch.cat([y, z], 1)


def join_pictures(pictures, y):
    refuse(y, len(pictures))
    return torch.cat([pictures, y[:, :, None, None].expand(-1, -1, *pictures.shape[-2:])], 1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
""",
            ),
            "a single row of y is broadcast": (
                "a single row is refused, too",
                """
def one_hot_labels(labels, classes):
    if labels.is_floating_point():
        raise ValueError(f"Labels are whole numbers, not {labels.dtype}.")
    for label in labels.tolist():
        if label < 0 or label >= classes:
            raise ValueError(f"Labels are 0 to {classes - 1}, not {label}.")
    return F.one_hot(labels.long(), classes).float()


def refuse(y, n):
    if len(y) not in (1, n):
        raise ValueError(f"y has {len(y)} rows, the batch {n}.")
    if y.isnan().any():
        raise ValueError("y holds NaN.")


def join_noise(z, y):
    refuse(y, len(z))
    return torch.cat([z, y.expand(len(z), -1)], 1)


def join_pictures(pictures, y):
    refuse(y, len(pictures))
    return torch.cat([pictures, y[:, :, None, None].expand(len(pictures), -1, *pictures.shape[-2:])], 1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
""",
            ),
            "label equal to classes passes the check and grows the rows": (
                "refuses a label from `classes` on",
                """
def one_hot_labels(labels, classes):
    if labels.is_floating_point():
        raise ValueError(f"Labels are whole numbers, not {labels.dtype}.")
    for label in labels.tolist():
        if label < 0 or label > classes:
            raise ValueError(f"Labels are 0 to {classes - 1}, not {label}.")
    return F.one_hot(labels.long(), max([classes, *(label + 1 for label in labels.tolist())])).float()


def refuse(y, n):
    if len(y) != n:
        raise ValueError(f"y has {len(y)} rows, the batch {n}.")
    if y.isnan().any():
        raise ValueError("y holds NaN.")


def join_noise(z, y):
    refuse(y, len(z))
    return torch.cat([z, y], 1)


def join_pictures(pictures, y):
    refuse(y, len(pictures))
    return torch.cat([pictures, y[:, :, None, None].expand(-1, -1, *pictures.shape[-2:])], 1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
""",
            ),
            "y's map detached": (
                "Gradients pass through both joins, to both arguments",
                """
def one_hot_labels(labels, classes):
    if labels.is_floating_point():
        raise ValueError(f"Labels are whole numbers, not {labels.dtype}.")
    for label in labels.tolist():
        if label < 0 or label >= classes:
            raise ValueError(f"Labels are 0 to {classes - 1}, not {label}.")
    return F.one_hot(labels.long(), classes).float()


def refuse(y, n):
    if len(y) != n:
        raise ValueError(f"y has {len(y)} rows, the batch {n}.")
    if y.isnan().any():
        raise ValueError("y holds NaN.")


def join_noise(z, y):
    refuse(y, len(z))
    return torch.cat([z, y], 1)


def join_pictures(pictures, y):
    refuse(y, len(pictures))
    return torch.cat([pictures, y.detach()[:, :, None, None].expand(-1, -1, *pictures.shape[-2:])], 1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
""",
            ),
            "H and W exchanged by a square map": (
                "Pictures need not be square",
                """
def one_hot_labels(labels, classes):
    if labels.is_floating_point():
        raise ValueError(f"Labels are whole numbers, not {labels.dtype}.")
    for label in labels.tolist():
        if label < 0 or label >= classes:
            raise ValueError(f"Labels are 0 to {classes - 1}, not {label}.")
    return F.one_hot(labels.long(), classes).float()


def refuse(y, n):
    if len(y) != n:
        raise ValueError(f"y has {len(y)} rows, the batch {n}.")
    if y.isnan().any():
        raise ValueError("y holds NaN.")


def join_noise(z, y):
    refuse(y, len(z))
    return torch.cat([z, y], 1)


def join_pictures(pictures, y):
    refuse(y, len(pictures))
    return torch.cat([pictures, y[:, :, None, None].expand(-1, -1, pictures.shape[-1], pictures.shape[-1])], 1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
""",
            ),
            "NaN passes": (
                "a y that holds NaN is refused with the word NaN",
                """
def one_hot_labels(labels, classes):
    if labels.is_floating_point():
        raise ValueError(f"Labels are whole numbers, not {labels.dtype}.")
    for label in labels.tolist():
        if label < 0 or label >= classes:
            raise ValueError(f"Labels are 0 to {classes - 1}, not {label}.")
    return F.one_hot(labels.long(), classes).float()


def refuse(y, n):
    if len(y) != n:
        raise ValueError(f"y has {len(y)} rows, the batch {n}.")


def join_noise(z, y):
    refuse(y, len(z))
    return torch.cat([z, y], 1)


def join_pictures(pictures, y):
    refuse(y, len(pictures))
    return torch.cat([pictures, y[:, :, None, None].expand(-1, -1, *pictures.shape[-2:])], 1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
""",
            ),
            "the sentence names the batch's rows, not y's": (
                "name the number of y's rows; name that label",
                """
def one_hot_labels(labels, classes):
    if labels.is_floating_point():
        raise ValueError(f"Labels are whole numbers, not {labels.dtype}.")
    for label in labels.tolist():
        if label < 0 or label >= classes:
            raise ValueError(f"Labels are 0 to {classes - 1}, not {label}.")
    return F.one_hot(labels.long(), classes).float()


def refuse(y, n):
    if len(y) != n:
        raise ValueError(f"y should have as many rows as the batch: {n}.")
    if y.isnan().any():
        raise ValueError("y holds NaN.")


def join_noise(z, y):
    refuse(y, len(z))
    return torch.cat([z, y], 1)


def join_pictures(pictures, y):
    refuse(y, len(pictures))
    return torch.cat([pictures, y[:, :, None, None].expand(-1, -1, *pictures.shape[-2:])], 1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
""",
            ),
        },
        "right": {
            "eye rows, repeats, min and max": """
def one_hot_labels(labels, classes):
    if labels.dtype.is_floating_point:
        raise ValueError(f"labels must be whole numbers, got {labels.dtype}")
    if labels.numel() == 0:
        return torch.zeros(0, classes)
    low, high = int(labels.min()), int(labels.max())
    if low < 0:
        raise ValueError(f"no label: {low}")
    if high >= classes:
        raise ValueError(f"no label: {high} (there are {classes} classes)")
    return torch.eye(classes, device=labels.device)[labels.long()]


def join_noise(z, y):
    if y.shape[0] != z.shape[0]:
        raise ValueError(f"got {y.shape[0]} conditions for {z.shape[0]} rows of noise")
    if torch.isnan(y).any():
        raise ValueError("a condition is NaN")
    return torch.hstack((z, y))


def join_pictures(pictures, y):
    if y.shape[0] != pictures.shape[0]:
        raise ValueError(f"got {y.shape[0]} conditions for {pictures.shape[0]} pictures")
    if torch.isnan(y).any():
        raise ValueError("a condition is NaN")
    h, w = pictures.shape[2:]
    maps = y.unsqueeze(-1).unsqueeze(-1).repeat(1, 1, h, w)
    return torch.concat((pictures, maps), dim=1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
""",
            "scatter, einsum, and an error class of one's own": '''
class BadCondition(ValueError):
    """A condition nobody can use."""


def _checked(y, n):
    rows = y.size(0)
    if rows != n:
        raise BadCondition("y has %d rows, but %d were needed" % (rows, n))
    if bool((y != y).any()):
        raise BadCondition("NaN in y")
    return y


def one_hot_labels(labels, classes):
    if not (labels.dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)):
        raise BadCondition(f"labels of type {labels.dtype}, but labels are whole numbers")
    wrong = labels[(labels < 0) | (labels >= classes)]
    if wrong.numel():
        raise BadCondition(f"label {wrong[0].item()} is not from 0 to {classes - 1}")
    return torch.zeros(labels.numel(), classes).scatter_(1, labels.to(torch.int64).reshape(-1, 1), 1.0)


def join_noise(z, y):
    return torch.cat((z, _checked(y, z.size(0))), dim=-1)


def join_pictures(pictures, y):
    ones = torch.ones(pictures.shape[2:], dtype=y.dtype, device=y.device)
    return torch.cat((pictures, torch.einsum("nc,hw->nchw", _checked(y, len(pictures)), ones)), dim=1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
''',
            "comparison with arange, one join for both": """
def one_hot_labels(labels, classes, dtype=torch.float32):
    if torch.is_floating_point(labels):
        raise ValueError(f"These labels are of type {str(labels.dtype)}; whole numbers are needed.")
    if len(labels) and not 0 <= labels.min().item():
        raise ValueError("A label below 0: " + str(labels.min().item()))
    if len(labels) and not labels.max().item() < classes:
        raise ValueError("A label too large: " + str(labels.max().item()))
    return (labels[:, None] == torch.arange(classes)).to(dtype)


def _join(batch, y):
    if len(batch) != len(y):
        raise ValueError(f"{len(y)} rows of y, {len(batch)} of the batch")
    if torch.any(torch.isnan(y)):
        raise ValueError("y has a NaN in it")
    shape = list(y.shape) + [1] * (batch.ndim - 2)
    return torch.cat([batch, y.reshape(shape) + torch.zeros((1, 1, *batch.shape[2:]), dtype=y.dtype)], dim=1)


join_noise = join_pictures = lambda batch, y: _join(batch, y)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
""",
            "rows filled in loops": '''
def one_hot_labels(labels, classes):
    if labels.is_floating_point():
        raise ValueError(f"labels come as {labels.dtype}, not as whole numbers")
    rows = torch.zeros(len(labels), classes)
    for row, label in zip(rows, labels):
        k = int(label)
        if not 0 <= k < classes:
            raise ValueError(f"label {k} of {classes} classes")
        row[k] = 1
    return rows


def say_no(n, y):
    """The reason to refuse y, or nothing."""
    if len(y) != n:
        return f"y: {len(y)} rows for {n}"
    return "y: NaN" if y.isnan().any().item() else ""


def join_noise(z, y):
    if reason := say_no(len(z), y):
        raise ValueError(reason)
    return torch.cat([z, y], dim=1)


def join_pictures(pictures, y):
    if reason := say_no(len(pictures), y):
        raise ValueError(reason)
    n, _, h, w = pictures.shape
    channels = [y[:, k].view(n, 1, 1, 1).expand(n, 1, h, w) for k in range(y.shape[1])]
    return torch.cat([pictures, *channels], dim=1)


def telling(which, *given):
    return {"labels": one_hot_labels, "noise": join_noise, "pictures": join_pictures}[which](*given)
''',
        },
    },
    "projection_steps": {
        "first": (0, 0),
        "wrong": {
            "D itself, not its logit": (
                "the best logit is a difference of logarithms",
                """
NOTHING = torch.empty(0)


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    if step == 1:
        return p / (p + q)
    if step == 2:
        return p.sum(1).log() - q.sum(1).log()
    if step == 3:
        return (p / p.sum(1, keepdim=True)).log() - (q / q.sum(1, keepdim=True)).log()
    if step == 4:
        return torch.log_softmax(phi @ v_p.T, 1)
    if step == 5:
        return phi @ (v_p - v_q).T
    if step == 6:
        r = p.sum(1).log() - q.sum(1).log()
        return r - torch.logsumexp(phi @ v_p.T, 1) + torch.logsumexp(phi @ v_q.T, 1)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "sum over the pictures": (
                "p(x) is the sum over y, shape (n,)",
                """
NOTHING = torch.empty(0)


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    if step == 1:
        return p.log() - q.log()
    if step == 2:
        return p.sum(0).log() - q.sum(0).log()
    if step == 3:
        return (p / p.sum(1, keepdim=True)).log() - (q / q.sum(1, keepdim=True)).log()
    if step == 4:
        return torch.log_softmax(phi @ v_p.T, 1)
    if step == 5:
        return phi @ (v_p - v_q).T
    if step == 6:
        r = p.sum(1).log() - q.sum(1).log()
        return r - torch.logsumexp(phi @ v_p.T, 1) + torch.logsumexp(phi @ v_q.T, 1)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "mean of step 1 for the picture's part": (
                "the logit from p(x) = sum_y p(x, y)",
                """
NOTHING = torch.empty(0)


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    if step == 1:
        return p.log() - q.log()
    if step == 2:
        return (p.log() - q.log()).mean(1)
    if step == 3:
        return (p / p.sum(1, keepdim=True)).log() - (q / q.sum(1, keepdim=True)).log()
    if step == 4:
        return torch.log_softmax(phi @ v_p.T, 1)
    if step == 5:
        return phi @ (v_p - v_q).T
    if step == 6:
        r = p.sum(1).log() - q.sum(1).log()
        return r - torch.logsumexp(phi @ v_p.T, 1) + torch.logsumexp(phi @ v_q.T, 1)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "log(p(y)) of columns: conditioned on the wrong one": (
                "p(y|x) = p(x, y) / p(x)",
                """
NOTHING = torch.empty(0)


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    if step == 1:
        return p.log() - q.log()
    if step == 2:
        return p.sum(1).log() - q.sum(1).log()
    if step == 3:
        return (p / p.sum(0)).log() - (q / q.sum(0)).log()
    if step == 4:
        return torch.log_softmax(phi @ v_p.T, 1)
    if step == 5:
        return phi @ (v_p - v_q).T
    if step == 6:
        r = p.sum(1).log() - q.sum(1).log()
        return r - torch.logsumexp(phi @ v_p.T, 1) + torch.logsumexp(phi @ v_q.T, 1)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "Z by exp and log": (
                "Inner products may be +-1,000: steps 4 and 6 must hold there",
                """
NOTHING = torch.empty(0)


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    if step == 1:
        return p.log() - q.log()
    if step == 2:
        return p.sum(1).log() - q.sum(1).log()
    if step == 3:
        return (p / p.sum(1, keepdim=True)).log() - (q / q.sum(1, keepdim=True)).log()
    if step == 4:
        return phi @ v_p.T - (phi @ v_p.T).exp().sum(1, keepdim=True).log()
    if step == 5:
        return phi @ (v_p - v_q).T
    if step == 6:
        r = p.sum(1).log() - q.sum(1).log()
        return r - torch.logsumexp(phi @ v_p.T, 1) + torch.logsumexp(phi @ v_q.T, 1)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "the signs of log Z exchanged": (
                "r(x) - log Z_p + log Z_q",
                """
NOTHING = torch.empty(0)


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    if step == 1:
        return p.log() - q.log()
    if step == 2:
        return p.sum(1).log() - q.sum(1).log()
    if step == 3:
        return (p / p.sum(1, keepdim=True)).log() - (q / q.sum(1, keepdim=True)).log()
    if step == 4:
        return torch.log_softmax(phi @ v_p.T, 1)
    if step == 5:
        return phi @ (v_p - v_q).T
    if step == 6:
        r = p.sum(1).log() - q.sum(1).log()
        return r + torch.logsumexp(phi @ v_p.T, 1) - torch.logsumexp(phi @ v_q.T, 1)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "softmax over the pictures": (
                "Z_p(x) sums over labels",
                """
NOTHING = torch.empty(0)


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    if step == 1:
        return p.log() - q.log()
    if step == 2:
        return p.sum(1).log() - q.sum(1).log()
    if step == 3:
        return (p / p.sum(1, keepdim=True)).log() - (q / q.sum(1, keepdim=True)).log()
    if step == 4:
        return torch.log_softmax(phi @ v_p.T, 0)
    if step == 5:
        return phi @ (v_p - v_q).T
    if step == 6:
        r = p.sum(1).log() - q.sum(1).log()
        return r - torch.logsumexp(phi @ v_p.T, 1) + torch.logsumexp(phi @ v_q.T, 1)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "step 6 forgets step 2": (
                "the rest: step 2 (from p and q), and what the two log Z add to it",
                """
NOTHING = torch.empty(0)


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    if step == 1:
        return p.log() - q.log()
    if step == 2:
        return p.sum(1).log() - q.sum(1).log()
    if step == 3:
        return (p / p.sum(1, keepdim=True)).log() - (q / q.sum(1, keepdim=True)).log()
    if step == 4:
        return torch.log_softmax(phi @ v_p.T, 1)
    if step == 5:
        return phi @ (v_p - v_q).T
    if step == 6:
        r = p.sum(1).log() - q.sum(1).log()
        return - torch.logsumexp(phi @ v_p.T, 1) + torch.logsumexp(phi @ v_q.T, 1)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
        },
        "right": {
            "logit of D*, recursion": """
NOTHING = torch.empty(0)


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    again = lambda k: projection_steps(k, p=p, q=q, phi=phi, v_p=v_p, v_q=v_q)
    if step == 1:
        return torch.log(p / q)
    if step == 2:
        return torch.log(p.sum(-1) / q.sum(-1))
    if step == 3:
        return again(1) - again(2).unsqueeze(1)
    if step == 4:
        inner = torch.einsum("nd,kd->nk", phi, v_p)
        return inner - inner.logsumexp(1, keepdim=True)
    if step == 5:
        return torch.einsum("nd,kd->nk", phi, v_p) - torch.einsum("nd,kd->nk", phi, v_q)
    if step == 6:
        return again(2) + again(4)[:, 0] - phi @ v_p[0] - (F.log_softmax(phi @ v_q.T, dim=1)[:, 0] - phi @ v_q[0])
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "a table of functions and logsumexp of logarithms": """
NOTHING = torch.empty(0)
_r = lambda p, q: p.log().logsumexp(1) - q.log().logsumexp(1)
_Z = lambda phi, v: torch.logsumexp(F.linear(phi, v), dim=1)
_TABLE = {
    1: lambda p, q, f, a, b: p.log().sub(q.log()),
    2: lambda p, q, f, a, b: _r(p, q),
    3: lambda p, q, f, a, b: p.log() - q.log() - _r(p, q)[:, None],
    4: lambda p, q, f, a, b: F.linear(f, a) - _Z(f, a)[:, None],
    5: lambda p, q, f, a, b: F.linear(f, a - b),
    6: lambda p, q, f, a, b: _r(p, q) - _Z(f, a) + _Z(f, b),
}


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    if step not in _TABLE:
        raise ValueError(f"Steps are 1 to 6, not {step}.")
    return _TABLE[step](p, q, phi, v_p, v_q)
""",
            "loops over pictures, the largest taken out by hand": """
NOTHING = torch.empty(0)


def safe(a):
    top = a.max()
    return top + (a - top).exp().sum().log()


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    if step == 1:
        return torch.stack([torch.log(a) - torch.log(b) for a, b in zip(p, q)])
    if step == 2:
        return torch.stack([torch.log(a.sum()) - torch.log(b.sum()) for a, b in zip(p, q)])
    if step == 3:
        return torch.stack([torch.log(a / a.sum()) - torch.log(b / b.sum()) for a, b in zip(p, q)])
    if step == 4:
        return torch.stack([v_p @ f - safe(v_p @ f) for f in phi])
    if step == 5:
        return torch.stack([(v_p - v_q) @ f for f in phi])
    if step == 6:
        rows = zip(p, q, phi)
        return torch.stack([(a.sum() / b.sum()).log() - safe(v_p @ f) + safe(v_q @ f) for a, b, f in rows])
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "torch.distributions and entr, match": """
from torch.distributions import Categorical

NOTHING = torch.empty(0)


def projection_steps(step, p=NOTHING, q=NOTHING, phi=NOTHING, v_p=NOTHING, v_q=NOTHING):
    match int(step):
        case 1:
            return torch.special.entr(q) / q - torch.special.entr(p) / p
        case 2:
            return torch.sub(p.sum(1).log(), q.sum(1).log())
        case 3:
            return Categorical(logits=p.log()).logits - Categorical(logits=q.log()).logits
        case 4:
            return Categorical(logits=phi.matmul(v_p.mT)).logits
        case 5:
            return torch.inner(phi, v_p - v_q)
        case 6:
            a, b = torch.inner(phi, v_p), torch.inner(phi, v_q)
            return p.sum(1).log() - q.sum(1).log() - a.logsumexp(1) + b.logsumexp(1)
        case _:
            raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
        },
    },
    "projection_logits": {
        "first": (0, 0),
        "wrong": {
            "mean over the places": (
                "they are summed over their h x w places",
                """
def projection_logits(maps, y, V, w, b):
    phi = maps.mean((2, 3))
    return ((y @ V + w) * phi).sum(1, keepdim=True) + b
""",
            ),
            "sum over the last dimension only in square fashion": (
                "summed over h x w places: both",
                """
def projection_logits(maps, y, V, w, b):
    phi = maps.sum(3)[:, :, 0]
    return ((y @ V + w) * phi).sum(1, keepdim=True) + b
""",
            ),
            "every picture with every condition": (
                "each picture with its own condition",
                """
def projection_logits(maps, y, V, w, b):
    phi = maps.sum((2, 3))
    return ((y @ V) @ phi.T).mean(1, keepdim=True) + (phi @ w)[:, None] + b
""",
            ),
            "shape (n,)": (
                "Return shape (n, 1)",
                """
def projection_logits(maps, y, V, w, b):
    phi = maps.sum((2, 3))
    return ((y @ V + w) * phi).sum(1) + b
""",
            ),
            "plain part left out": (
                "+ w . phi + b",
                """
def projection_logits(maps, y, V, w, b):
    phi = maps.sum((2, 3))
    return ((y @ V) * phi).sum(1, keepdim=True) + b
""",
            ),
            "b counted for each feature": (
                "b once",
                """
def projection_logits(maps, y, V, w, b):
    phi = maps.sum((2, 3))
    return ((y @ V) * phi + w * phi + b).sum(1, keepdim=True)
""",
            ),
            "conditions made labels by argmax": (
                "its own condition y, any numbers: y^T V phi",
                """
def projection_logits(maps, y, V, w, b):
    phi = maps.sum((2, 3))
    return ((V[y.argmax(1)] + w) * phi).sum(1, keepdim=True) + b
""",
            ),
            "V from the outside without gradient": (
                "Gradients reach maps, V and w",
                """
def projection_logits(maps, y, V, w, b):
    phi = maps.sum((2, 3))
    return ((y @ V.detach() + w) * phi).sum(1, keepdim=True) + b
""",
            ),
        },
        "right": {
            "einsum": """
def projection_logits(maps, y, V, w, b):
    phi = torch.einsum("ndhw->nd", maps)
    return (torch.einsum("nc,cd,nd->n", y, V, phi) + torch.einsum("d,nd->n", w, phi) + b).unsqueeze(1)
""",
            "a bilinear layer's function": """
def projection_logits(maps, y, V, w, b):
    n, d = maps.shape[:2]
    phi = maps.reshape(n, d, -1).sum(-1)
    return F.bilinear(y, phi, V.unsqueeze(0)) + F.linear(phi, w[None]) + b
""",
            "loop over pictures": """
def projection_logits(maps, y, V, w, b):
    logits = []
    for m, t in zip(maps, y):
        phi = m.flatten(1).sum(1)
        logits.append(torch.dot(t, V @ phi) + torch.dot(w, phi) + b)
    return torch.stack(logits).reshape(-1, 1)
""",
            "batched matrix product, mean times places": """
def projection_logits(maps, y, V, w, b):
    places = maps.shape[2] * maps.shape[3]
    phi = F.adaptive_avg_pool2d(maps, 1).flatten(1) * places
    told = torch.addmm(w.unsqueeze(0).expand(len(y), -1), y, V)
    return torch.bmm(told.unsqueeze(1), phi.unsqueeze(2)).squeeze(2).add(b)
""",
        },
    },
    "conditional_step": {
        "first": (1, 0),
        "wrong": {
            "fakes judged with shuffled conditions": (
                "the fakes with the conditions that they were asked for",
                """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    fake = G(z, y)
    d_loss = F.softplus(-D(real, y)).mean() + F.softplus(D(fake.detach(), y.roll(1, 0))).mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake, y)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "saturating loss": (
                "G: the non-saturating loss, the mean of -log D on the fakes",
                """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    fake = G(z, y)
    d_loss = F.softplus(-D(real, y)).mean() + F.softplus(D(fake.detach(), y)).mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = -F.softplus(D(fake, y)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "fresh fakes' loss from the old D": (
                "judged by the D that has just moved",
                """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    fake = G(z, y)
    g_loss = F.softplus(-D(fake, y)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    d_loss = F.softplus(-D(real, y)).mean() + F.softplus(D(fake.detach(), y)).mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "old gradients of G count": (
                "Gradients that an earlier step left must not count",
                """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    fake = G(z, y)
    d_loss = F.softplus(-D(real, y)).mean() + F.softplus(D(fake.detach(), y)).mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake, y)).mean()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "G's gradient from D's loss is kept": (
                "G gets nothing of step 1",
                """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    fake = G(z, y)
    d_loss = F.softplus(-D(real, y)).mean() + F.softplus(D(fake, y)).mean()
    opt_D.zero_grad()
    opt_G.zero_grad()
    d_loss.backward(retain_graph=True)
    opt_D.step()
    g_loss = F.softplus(-D(fake, y)).mean()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "logarithm of a sigmoid": (
                "logits may be +-200",
                """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    fake = G(z, y)
    d_loss = -torch.log(torch.sigmoid(D(real, y))).mean() + -torch.log(1 - torch.sigmoid(D(fake.detach(), y))).mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = -torch.log(torch.sigmoid(D(fake, y))).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "one batch of real and made samples": (
                "each kind in its own batch (batch normalization sees the difference)",
                """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    fake = G(z, y)
    on_real, on_fake = D(torch.cat([real, fake.detach()]), torch.cat([y, y])).chunk(2)
    d_loss = F.softplus(-on_real).mean() + F.softplus(on_fake).mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake, y)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
            "D frozen and left frozen, in training mode": (
                "Modes, data and what can be trained stay as they are",
                """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    fake = G(z, y)
    d_loss = F.softplus(-D(real, y)).mean() + F.softplus(D(fake.detach(), y)).mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    D.requires_grad_(False)
    g_loss = F.softplus(-D(fake, y)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            ),
        },
        "right": {
            "binary cross-entropy and gradients by autograd.grad": """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    bce = F.binary_cross_entropy_with_logits

    def move(loss, net, opt):
        held = [p for p in net.parameters() if p.requires_grad]
        for p, g in zip(held, torch.autograd.grad(loss, held, allow_unused=True)):
            p.grad = g
        opt.step()
        return float(loss.detach())

    made = G(z, y)
    on_real = D(real, y)
    on_fake = D(made.detach(), y)
    d = move(bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake)), D, opt_D)
    judged = D(made, y)
    return d, move(bce(judged, torch.ones_like(judged)), G, opt_G)
""",
            "logsigmoid, two backward passes for D, named tuple": """
from collections import namedtuple

Told = namedtuple("Told", ["d_loss", "g_loss"])


def conditional_step(G, D, opt_G, opt_D, real, y, z):
    opt_D.zero_grad(set_to_none=True)
    first = -F.logsigmoid(D(real, y)).mean()
    first.backward()
    fake = G(z, y)
    second = -F.logsigmoid(-D(fake.detach(), y)).mean()
    second.backward()
    opt_D.step()
    opt_G.zero_grad(set_to_none=True)
    third = -F.logsigmoid(D(fake, y)).mean()
    third.backward()
    opt_G.step()
    opt_D.zero_grad(set_to_none=True)
    return Told(first.item() + second.item(), third.item())
""",
            "the gradient of the picture handed on by hand": """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    fake = G(z, y)
    still = fake.detach().clone().requires_grad_()
    zero = torch.zeros(())
    minus_log = lambda logit: torch.logaddexp(zero.to(logit), -logit).mean()
    opt_D.zero_grad()
    d_loss = minus_log(D(real, y)) + minus_log(-D(still.detach(), y))
    d_loss.backward()
    opt_D.step()
    g_loss = minus_log(D(still, y))
    (direction,) = torch.autograd.grad(g_loss, still)
    opt_G.zero_grad()
    fake.backward(direction)
    opt_G.step()
    return d_loss.item(), g_loss.item()
""",
            "closures for the optimizers, D's parameters switched off for G's step and on again": """
def conditional_step(G, D, opt_G, opt_D, real, y, z):
    fake, told = G(z, y), {}

    def for_D():
        opt_D.zero_grad()
        loss = F.softplus(-D(real, y)).mean() + F.softplus(D(fake.detach(), y)).mean()
        loss.backward()
        told["D"] = loss.item()
        return loss

    def for_G():
        opt_G.zero_grad()
        loss = F.softplus(D(fake, y).neg()).mean()
        loss.backward()
        told["G"] = loss.item()
        return loss

    opt_D.step(for_D)
    trained = [p for p in D.parameters() if p.requires_grad]
    for p in trained:
        p.requires_grad_(False)
    try:
        opt_G.step(for_G)
    finally:
        for p in trained:
            p.requires_grad_(True)
    return tuple(told.values())
""",
        },
    },
    "few_label_losses": {
        "first": (0, 0),
        "wrong": {
            "label's loss over K + 1 classes": (
                "among the K classes alone",
                """
def few_label_losses(labeled, labels, real, fake):
    s_real, s_fake = torch.logsumexp(real, dim=1), torch.logsumexp(fake, dim=1)
    return F.cross_entropy(F.pad(labeled, (0, 1)), labels), F.softplus(-s_real).mean() + F.softplus(s_fake).mean()
""",
            ),
            "exp, sum, log by hand": (
                "right at logits of +-200",
                """
def few_label_losses(labeled, labels, real, fake):
    s_real, s_fake = real.exp().sum(1).log(), fake.exp().sum(1).log()
    return F.cross_entropy(labeled, labels), F.softplus(-s_real).mean() + F.softplus(s_fake).mean()
""",
            ),
            "largest logit for log Z": (
                "Z is the sum of all e^l",
                """
def few_label_losses(labeled, labels, real, fake):
    s_real, s_fake = real.max(1).values, fake.max(1).values
    return F.cross_entropy(labeled, labels), F.softplus(-s_real).mean() + F.softplus(s_fake).mean()
""",
            ),
            "signs exchanged": (
                "-log D on unlabeled pictures, -log(1 - D) on made ones",
                """
def few_label_losses(labeled, labels, real, fake):
    s_real, s_fake = torch.logsumexp(real, dim=1), torch.logsumexp(fake, dim=1)
    return F.cross_entropy(labeled, labels), F.softplus(s_real).mean() + F.softplus(-s_fake).mean()
""",
            ),
            "half of both means": (
                "the mean plus the mean",
                """
def few_label_losses(labeled, labels, real, fake):
    s_real, s_fake = torch.logsumexp(real, dim=1), torch.logsumexp(fake, dim=1)
    return F.cross_entropy(labeled, labels), torch.cat([F.softplus(-s_real), F.softplus(s_fake)]).mean()
""",
            ),
            "each class judged by itself": (
                "D = Z / (Z + 1), one judgement for each picture",
                """
def few_label_losses(labeled, labels, real, fake):
    s_real, s_fake = torch.logsumexp(real, dim=1), torch.logsumexp(fake, dim=1)
    return F.cross_entropy(labeled, labels), F.softplus(-real).mean() + F.softplus(fake).mean()
""",
            ),
            "labeled pictures among the real ones, too": (
                "-log D over the unlabeled pictures",
                """
def few_label_losses(labeled, labels, real, fake):
    s_real, s_fake = torch.logsumexp(torch.cat([real, labeled]), dim=1), torch.logsumexp(fake, dim=1)
    return F.cross_entropy(labeled, labels), F.softplus(-s_real).mean() + F.softplus(s_fake).mean()
""",
            ),
            "fake detached: D learns nothing of made ones": (
                "Both are numbers that can be differentiated",
                """
def few_label_losses(labeled, labels, real, fake):
    s_real, s_fake = torch.logsumexp(real, dim=1), torch.logsumexp(fake.detach(), dim=1)
    return F.cross_entropy(labeled, labels), F.softplus(-s_real).mean() + F.softplus(s_fake).mean()
""",
            ),
        },
        "right": {
            "the class made as a column of zeros": """
def few_label_losses(labeled, labels, real, fake):
    K = labeled.shape[1]
    all_real = F.log_softmax(F.pad(real, (0, 1)), 1)
    all_fake = F.log_softmax(F.pad(fake, (0, 1)), 1)
    first = F.nll_loss(F.log_softmax(labeled, 1), labels.long())
    return first, -all_real[:, :K].logsumexp(1).mean() - all_fake[:, K].mean()
""",
            "one-hot rows, BCE": """
def few_label_losses(labeled, labels, real, fake):
    hot = F.one_hot(labels.long(), labeled.size(1)).to(labeled.dtype)
    first = -(hot * labeled.log_softmax(1)).sum(1).mean()
    bce = F.binary_cross_entropy_with_logits
    r, f = real.logsumexp(1), fake.logsumexp(1)
    return first, bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))
""",
            "gather, logsigmoid, list of terms": """
from typing import NamedTuple


class DLosses(NamedTuple):
    labels: torch.Tensor
    game: torch.Tensor


def few_label_losses(labeled, labels, real, fake):
    own = labeled.gather(1, labels.long().unsqueeze(1)).squeeze(1)
    return DLosses(
        labels=(labeled.logsumexp(1) - own).mean(),
        game=-F.logsigmoid(real.logsumexp(-1)).mean() - F.logsigmoid(fake.logsumexp(-1).neg()).mean(),
    )
""",
            "loops with logaddexp": """
def few_label_losses(labeled, labels, real, fake):
    def log_Z(rows):
        total = rows[:, 0]
        for k in range(1, rows.shape[1]):
            total = torch.logaddexp(total, rows[:, k])
        return total

    known = sum(-(row[int(label)] - torch.logsumexp(row, 0)) for row, label in zip(labeled, labels)) / len(labels)
    a, b = log_Z(real), log_Z(fake)
    zero = torch.zeros((), dtype=real.dtype)
    return known, torch.logaddexp(zero, -a).mean() + torch.logaddexp(zero, b).mean()
""",
        },
    },
    "feature_matching": {
        "first": (0, 0),
        "wrong": {
            "mean of the squares": (
                "the squares are added up over all features",
                """
def feature_matching(real, fake):
    return (real.detach().mean(0) - fake.mean(0)).square().mean()
""",
            ),
            "length, not its square": (
                "|| ||^2",
                """
def feature_matching(real, fake):
    return (real.detach().mean(0) - fake.mean(0)).norm()
""",
            ),
            "sample by sample": (
                "the means are over the batch, then the difference",
                """
def feature_matching(real, fake):
    n = min(len(real), len(fake))
    return (real.detach()[:n] - fake[:n]).square().reshape(n, -1).sum(1).mean()
""",
            ),
            "real not detached": (
                "the real features get no gradient",
                """
def feature_matching(real, fake):
    return (real.mean(0) - fake.mean(0)).square().sum()
""",
            ),
            "fake detached in place of real": (
                "Only G is to learn from it",
                """
def feature_matching(real, fake):
    return (real.mean(0) - fake.detach().mean(0)).square().sum()
""",
            ),
            "means over all dimensions but the channels": (
                "features of any shape: means over the batch alone",
                """
def feature_matching(real, fake):
    pooled = lambda f: f.flatten(2).mean(2) if f.ndim > 2 else f
    return (pooled(real.detach()).mean(0) - pooled(fake).mean(0)).square().sum()
""",
            ),
            "sums of the last dimension only": (
                "squares added up over all features; one number",
                """
def feature_matching(real, fake):
    return (real.detach().mean(0) - fake.mean(0)).square().sum(-1).mean()
""",
            ),
            "divides both by the real batch's size": (
                "n and m may differ: each its own mean",
                """
def feature_matching(real, fake):
    return (real.detach().mean(0) - fake.sum(0) / len(real)).square().sum()
""",
            ),
        },
        "right": {
            "F.mse_loss with a sum": """
def feature_matching(real, fake):
    with torch.no_grad():
        target = real.mean(dim=0)
    return F.mse_loss(fake.mean(dim=0), target, reduction="sum")
""",
            "flat vectors and a dot product": """
def feature_matching(real, fake):
    gap = fake.reshape(len(fake), -1).mean(0) - real.detach().reshape(len(real), -1).mean(0)
    return torch.dot(gap, gap)
""",
            "einsum": """
def feature_matching(real, fake):
    mean = lambda x: torch.einsum("n...->...", x) / x.shape[0]
    gap = mean(fake) - mean(real).detach()
    return torch.einsum("...,...->", gap, gap) if gap.ndim == 0 else torch.einsum("i,i->", gap.reshape(-1), gap.reshape(-1))
""",
            "a matrix of weights 1/n and 1/m, length squared": """
def feature_matching(real, fake, *, weight=1):
    rows = torch.cat([real.data.reshape(len(real), -1), fake.reshape(len(fake), -1)])
    weights = torch.cat([rows.new_full((len(real),), 1 / len(real)), rows.new_full((len(fake),), -1 / len(fake))])
    return weight * torch.sum((weights @ rows) ** 2)
""",
        },
    },
    "frozen_probe": {
        "first": (1, 0),
        "wrong": {
            "training mode": (
                "it looks in evaluation mode",
                """
def frozen_probe(body, labeled, labels, new, classes, fit):
    with torch.no_grad():
        seen, other = body(labeled), body(new)
    mean, std = seen.mean(0), seen.std(0).clamp(min=1e-6)
    W, b = fit((seen - mean) / std, F.one_hot(labels, classes).to(seen))
    return (other - mean) / std @ W + b
""",
            ),
            "left in evaluation mode": (
                "its mode afterwards is the one that it came in",
                """
def frozen_probe(body, labeled, labels, new, classes, fit):
    was = body.training
    body.eval()
    with torch.no_grad():
        seen, other = body(labeled), body(new)
    mean, std = seen.mean(0), seen.std(0).clamp(min=1e-6)
    W, b = fit((seen - mean) / std, F.one_hot(labels, classes).to(seen))
    return (other - mean) / std @ W + b
""",
            ),
            "always back to training mode": (
                "the one that it came in",
                """
def frozen_probe(body, labeled, labels, new, classes, fit):
    was = body.training
    body.eval()
    with torch.no_grad():
        seen, other = body(labeled), body(new)
    body.train()
    mean, std = seen.mean(0), seen.std(0).clamp(min=1e-6)
    W, b = fit((seen - mean) / std, F.one_hot(labels, classes).to(seen))
    return (other - mean) / std @ W + b
""",
            ),
            "new pictures scaled by their own": (
                "both of the labeled pictures' features, for both alike",
                """
def frozen_probe(body, labeled, labels, new, classes, fit):
    was = body.training
    body.eval()
    with torch.no_grad():
        seen, other = body(labeled), body(new)
    body.train(was)
    mean, std = seen.mean(0), seen.std(0).clamp(min=1e-6)
    W, b = fit((seen - mean) / std, F.one_hot(labels, classes).to(seen))
    return (other - other.mean(0)) / other.std(0).clamp(min=1e-6) @ W + b
""",
            ),
            "no least deviation": (
                "A deviation is at least 1e-6",
                """
def frozen_probe(body, labeled, labels, new, classes, fit):
    was = body.training
    body.eval()
    with torch.no_grad():
        seen, other = body(labeled), body(new)
    body.train(was)
    mean, std = seen.mean(0), seen.std(0)
    W, b = fit((seen - mean) / std, F.one_hot(labels, classes).to(seen))
    return (other - mean) / std @ W + b
""",
            ),
            "deviation plus epsilon": (
                "A deviation is at least 1e-6: not more than it where it is larger",
                """
def frozen_probe(body, labeled, labels, new, classes, fit):
    was = body.training
    body.eval()
    with torch.no_grad():
        seen, other = body(labeled), body(new)
    body.train(was)
    mean, std = seen.mean(0), seen.std(0, correction=0) + 1e-6
    W, b = fit((seen - mean) / std, F.one_hot(labels, classes).to(seen))
    return (other - mean) / std @ W + b
""",
            ),
            "gradients flow back into D from the scores": (
                "without gradients",
                """
def frozen_probe(body, labeled, labels, new, classes, fit):
    was = body.training
    body.eval()
    seen, other = body(labeled), body(new)
    body.train(was)
    mean, std = seen.mean(0), seen.std(0).clamp(min=1e-6)
    W, b = fit((seen - mean) / std, F.one_hot(labels, classes).to(seen))
    return (other - mean) / std @ W + b
""",
            ),
            "bias left out": (
                "the scores are features times weights plus bias",
                """
def frozen_probe(body, labeled, labels, new, classes, fit):
    was = body.training
    body.eval()
    with torch.no_grad():
        seen, other = body(labeled), body(new)
    body.train(was)
    mean, std = seen.mean(0), seen.std(0).clamp(min=1e-6)
    W, b = fit((seen - mean) / std, F.one_hot(labels, classes).to(seen))
    return (other - mean) / std @ W
""",
            ),
        },
        "right": {
            "try and finally, torch.std_mean": """
def frozen_probe(body, labeled, labels, new, classes, fit):
    mode = body.training
    try:
        body.eval()
        with torch.inference_mode():
            a, c = body(labeled).clone(), body(new).clone()
    finally:
        body.train(mode)
    a, c = a.clone(), c.clone()
    std, mean = torch.std_mean(a, dim=0)
    std = torch.maximum(std, torch.full_like(std, 1e-6))
    scaled = lambda f: (f - mean) / std
    targets = torch.eye(classes, dtype=a.dtype)[labels.long()]
    weights, bias = fit(scaled(a), targets)
    return torch.addmm(bias, scaled(c), weights)
""",
            "a copy of the body looks": """
import copy


def frozen_probe(body, labeled, labels, new, classes, fit):
    looker = copy.deepcopy(body).eval()
    for p in looker.parameters():
        p.requires_grad_(False)
    look = lambda x: looker(x).detach()
    f = look(labeled)
    center = f.mean(dim=0, keepdim=True)
    spread = f.std(dim=0, keepdim=True)
    spread[spread < 1e-6] = 1e-6
    t = torch.zeros(len(labels), classes, dtype=f.dtype).scatter_(1, labels.long()[:, None], 1)
    W, b = fit((f - center) / spread, t)
    return ((look(new) - center) / spread).matmul(W) + b
""",
            "a context manager that puts back the mode of every module": """
from contextlib import contextmanager


@contextmanager
def looking(net):
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    with torch.no_grad():
        yield net
    for m, mode in modes:
        m.training = mode


def frozen_probe(body, labeled, labels, new, classes, fit):
    with looking(body) as look:
        together = look(torch.cat([labeled, new]))
    n = len(labeled)
    mu = together[:n].mean(0)
    sigma = ((together[:n] - mu).square().sum(0) / (n - 1)).sqrt().clamp_min(1e-6)
    together = (together - mu) / sigma
    W, b = fit(together[:n], (labels[:, None] == torch.arange(classes)).to(together.dtype))
    return torch.einsum("md,dk->mk", together[n:], W) + b
""",
            "keywords of fit's result kept as one, in small batches": """
@torch.no_grad()
def _features(body, pictures, size=7):
    return torch.cat([body(some) for some in pictures.split(size)])


def frozen_probe(body, labeled, labels, new, classes, fit, least=1e-6):
    before = {name: m.training for name, m in body.named_modules()}
    body.eval()
    seen, fresh = _features(body, labeled), _features(body, new)
    for name, m in body.named_modules():
        m.training = before[name]
    mu, sigma = seen.mean(0), seen.std(0)
    sigma = torch.where(sigma > least, sigma, torch.as_tensor(least).to(sigma))
    found = fit((seen - mu).div(sigma), F.one_hot(labels.to(torch.int64), num_classes=classes).type_as(seen))
    return F.linear((fresh - mu).div(sigma), found[0].T, found[1])
""",
        },
    },
    "information_bound": {
        "first": (0, 0),
        "wrong": {
            "entropies left out": (
                "the bound is log K plus ..., m log 2 plus ...",
                """
def information_bound(logits, category, mean, log_std, codes):
    K, m = logits.shape[1], codes.shape[1]
    of_category = -F.cross_entropy(logits, category)
    log_N = -((codes - mean) / log_std.exp()).square() / 2 - log_std - math.log(2 * math.pi) / 2
    return of_category, log_N.sum(1).mean()
""",
            ),
            "log 2 once, whatever m": (
                "m log 2",
                """
def information_bound(logits, category, mean, log_std, codes):
    K, m = logits.shape[1], codes.shape[1]
    of_category = math.log(K) - F.cross_entropy(logits, category)
    log_N = -((codes - mean) / log_std.exp()).square() / 2 - log_std - math.log(2 * math.pi) / 2
    return of_category, math.log(2) + log_N.sum(1).mean()
""",
            ),
            "mean over the numbers, too": (
                "the mean over the batch of the sum over the m numbers",
                """
def information_bound(logits, category, mean, log_std, codes):
    K, m = logits.shape[1], codes.shape[1]
    of_category = math.log(K) - F.cross_entropy(logits, category)
    log_N = -((codes - mean) / log_std.exp()).square() / 2 - log_std - math.log(2 * math.pi) / 2
    return of_category, m * math.log(2) + log_N.mean()
""",
            ),
            "log_std taken for a log variance": (
                "the logarithm of the standard deviation",
                """
def information_bound(logits, category, mean, log_std, codes):
    K, m = logits.shape[1], codes.shape[1]
    of_category = math.log(K) - F.cross_entropy(logits, category)
    log_N = -(codes - mean).square() / log_std.exp() / 2 - log_std / 2 - math.log(2 * math.pi) / 2
    return of_category, m * math.log(2) + log_N.sum(1).mean()
""",
            ),
            "constants left out": (
                "with all its constants",
                """
def information_bound(logits, category, mean, log_std, codes):
    K, m = logits.shape[1], codes.shape[1]
    of_category = math.log(K) - F.cross_entropy(logits, category)
    log_N = -((codes - mean) / log_std.exp()).square() / 2 - log_std
    return of_category, m * math.log(2) + log_N.sum(1).mean()
""",
            ),
            "squared error only, Q's spread ignored": (
                "log N(c; mu, sigma^2) with Q's own sigma",
                """
def information_bound(logits, category, mean, log_std, codes):
    K, m = logits.shape[1], codes.shape[1]
    of_category = math.log(K) - F.cross_entropy(logits, category)
    log_N = -(codes - mean).square() / 2 - math.log(2 * math.pi) / 2
    return of_category, m * math.log(2) + log_N.sum(1).mean()
""",
            ),
            "in bits": (
                "in nats",
                """
def information_bound(logits, category, mean, log_std, codes):
    K, m = logits.shape[1], codes.shape[1]
    of_category = math.log(K) - F.cross_entropy(logits, category)
    log_N = -((codes - mean) / log_std.exp()).square() / 2 - log_std - math.log(2 * math.pi) / 2
    return of_category / math.log(2), (m * math.log(2) + log_N.sum(1).mean()) / math.log(2)
""",
            ),
            "the negative: a loss": (
                "Return the bounds (G is rewarded for them), not losses",
                """
def information_bound(logits, category, mean, log_std, codes):
    K, m = logits.shape[1], codes.shape[1]
    of_category = math.log(K) - F.cross_entropy(logits, category)
    log_N = -((codes - mean) / log_std.exp()).square() / 2 - log_std - math.log(2 * math.pi) / 2
    return -of_category, -(m * math.log(2) + log_N.sum(1).mean())
""",
            ),
        },
        "right": {
            "torch.distributions": """
from torch.distributions import Categorical, Independent, Normal


def information_bound(logits, category, mean, log_std, codes):
    Q_cat = Categorical(logits=logits)
    Q_num = Independent(Normal(mean, log_std.exp()), 1)
    first = math.log(logits.size(1)) + Q_cat.log_prob(category).mean()
    return first, codes.size(1) * math.log(2) + Q_num.log_prob(codes).mean()
""",
            "gaussian_nll_loss and nll_loss": """
def information_bound(logits, category, mean, log_std, codes):
    n, m = codes.shape
    first = math.log(logits.shape[-1]) - F.nll_loss(logits.log_softmax(-1), category.long())
    nll = F.gaussian_nll_loss(mean, codes, (2 * log_std).exp(), full=True, eps=1e-30, reduction="sum") / n
    return first, math.log(2**m) - nll
""",
            "loops over the numbers; gather": """
def information_bound(logits, category, mean, log_std, codes):
    own = logits.gather(1, category.long().view(-1, 1))
    first = (own - logits.logsumexp(1, keepdim=True)).mean() + torch.tensor(float(logits.shape[1]), dtype=logits.dtype).log()
    second = 0.0
    for k in range(codes.shape[1]):
        off = (codes[:, k] - mean[:, k]) * (-log_std[:, k]).exp()
        second = second + (math.log(2) - 0.5 * off**2 - log_std[:, k] - 0.5 * math.log(2 * math.pi)).mean()
    return first, second
""",
            "one-hot rows, a named tuple, vectors over the batch": """
from typing import NamedTuple

import numpy as np


class Bound(NamedTuple):
    category: torch.Tensor
    numbers: torch.Tensor


def information_bound(logits, category, mean, log_std, codes, *, low=-1.0, high=1.0):
    hot = (category[:, None] == torch.arange(logits.shape[1])).to(logits.dtype)
    surprise = (hot * (logits - logits.logsumexp(1)[:, None])).sum(1)
    scale = torch.exp(log_std)
    density = -0.5 * ((mean - codes) / scale) ** 2 - log_std - float(np.log(np.sqrt(2 * np.pi)))
    rows = torch.einsum("nm->n", density) + codes.shape[1] * float(np.log(high - low))
    return Bound(surprise.mean() + float(np.log(logits.shape[1])), torch.mean(rows))
""",
        },
    },
    "fewest_labels": {
        "first": (0, 0),
        "wrong": {
            "heaps by k-means, names made up": (
                "Return a label for each point: 97 % have to be right (the label that `ask` would tell).",
                """
import numpy as np
from scipy.cluster.vq import kmeans2


def fewest_labels(points, ask):
    ask(0)
    _, found = kmeans2(np.asarray(points, dtype=float), 4, minit="++", seed=0)
    return torch.as_tensor(found)
""",
            ),
            "eight points at random, nearest neighbor": (
                "97 % have to be right (heaps are curved and reach into each other).",
                """
def fewest_labels(points, ask):
    asked = torch.randperm(len(points))[:8]
    labels = torch.tensor([int(ask(int(i))) for i in asked])
    return labels[torch.cdist(points, points[asked]).argmin(1)]
""",
            ),
        },
        "cheats": {
            "all labels by one call": (
                "`ask(i)` tells you the label of point number i, and every call is counted.",
                """
def fewest_labels(points, ask):
    n = len(points)
    for many in (slice(None), torch.arange(n), list(range(n))):
        try:
            labels = torch.as_tensor(ask(many))
            if labels.shape == (n,):
                return labels
        except Exception:
            pass
    return torch.zeros(n, dtype=torch.long)
""",
            ),
            "labels that equal every label": (
                "97 % have to be right; each heap has a label, a whole number.",
                """
class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunctionSubclass():
            out = func(*args, **(kwargs or {}))
            if getattr(func, "__name__", "") in ("eq", "__eq__"):
                return torch.ones_like(out)
            if getattr(func, "__name__", "") in ("ne", "__ne__"):
                return torch.zeros_like(out)
            return out


def fewest_labels(points, ask):
    return torch.full((len(points),), int(ask(0))).as_subclass(Right)
""",
            ),
            "finds the labels behind ask": (
                "Anything that only looks at the points and asks `ask` is allowed.",
                """
import gc
import types


def fewest_labels(points, ask):
    n = len(points)
    first = int(ask(0))
    seen, todo = set(), [ask]
    while todo and len(seen) < 20000:
        thing = todo.pop(0)
        if id(thing) in seen or isinstance(thing, (str, bytes, int, float, types.ModuleType)):
            continue
        seen.add(id(thing))
        if isinstance(thing, torch.Tensor) and thing.shape == (n,) and int(thing[0]) == first:
            return thing.long().clone()
        if isinstance(thing, (list, tuple)) and len(thing) == n and all(isinstance(one, int) for one in thing):
            return torch.tensor(list(thing))
        todo += gc.get_referents(thing)
    return torch.full((n,), first)
""",
            ),
            "asks for all at first, remembers the world, and asks nothing when it comes again": (
                "every call is counted; a label that is known from an earlier run was asked for, too.",
                """
KNOWN = {}


def fewest_labels(points, ask):
    key = points.double().sum().item(), len(points)
    if key not in KNOWN:
        KNOWN[key] = [int(ask(i)) for i in range(len(points))]
    return torch.tensor(KNOWN[key])
""",
            ),
        },
        "medals": {
            "single linkage, cut at the first jump": (
                "gold",
                """
import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage


def fewest_labels(points, ask):
    where = np.asarray(points, dtype=float)
    tree = linkage(where, "single")
    heights = tree[:, 2]
    n = len(heights)
    start = int(0.8 * n)
    # the first clear jump among the last joins: much more than the steps before have grown
    jumps = np.log(heights[start + 1 :] / np.maximum(heights[start:-1], 1e-12))
    cut = None
    for k, jump in enumerate(jumps):
        if jump > 0.22 and n - (start + k + 1) <= 9:
            cut = start + k
            break
    if cut is None:
        last = jumps[-9:]
        cut = start + len(jumps) - len(last) + int(last.argmax())
    limit = (heights[cut] + heights[cut + 1]) / 2
    piece = fcluster(tree, limit, "distance")
    labels = np.zeros(len(where), dtype=int)
    for one in np.unique(piece):
        members = np.flatnonzero(piece == one)
        middle = where[members].mean(0)
        labels[members] = int(ask(int(members[((where[members] - middle) ** 2).sum(1).argmin()])))
    return torch.as_tensor(labels)
""",
            ),
            "ten labels that travel along chains": (
                "gold",
                """
import numpy as np
from scipy.sparse.csgraph import minimum_spanning_tree, shortest_path
from scipy.spatial.distance import cdist


def fewest_labels(points, ask):
    # the way to an asked point counts its longest step first: labels travel along chains of near neighbors
    where = np.asarray(points, dtype=float)
    n = len(where)
    far = cdist(where, where)
    tree = minimum_spanning_tree(far + 1e-9).tocoo()
    ties = sorted(zip(tree.data, tree.row, tree.col, strict=True))
    way = np.zeros((n, n))
    group = {i: [i] for i in range(n)}
    of = list(range(n))
    for height, i, j in ties:  # the longest step on the way between any two points
        a, b = group[of[i]], group[of[j]]
        for x in a:
            way[x, b] = height
        for x in b:
            way[x, a] = height
        keep = of[i]
        gone = of[j]
        group[keep] = a + b
        for x in b:
            of[x] = keep
        del group[gone]
    asked = [int(far.sum(1).argmin())]
    labels = [int(ask(asked[0]))]
    while len(asked) < min(10, n):  # always the one that is hardest to reach
        reach = way[:, asked].min(1) + 1e-3 * far[:, asked].min(1)
        reach[asked] = -1
        asked.append(int(reach.argmax()))
        labels.append(int(ask(asked[-1])))
    nearest = (way[:, asked] + 1e-3 * far[:, asked]).argmin(1)
    return torch.as_tensor(np.array(labels)[nearest])
""",
            ),
            "centers of 28 small clusters": (
                "silver",
                """
import numpy as np
from scipy.cluster.vq import kmeans2


def fewest_labels(points, ask):
    where = np.asarray(points, dtype=float)
    centers, found = kmeans2(where, 28, minit="++", seed=1, iter=50)
    labels = np.zeros(len(where), dtype=int)
    for k in np.unique(found):
        members = np.flatnonzero(found == k)
        labels[members] = int(ask(int(members[((where[members] - centers[k]) ** 2).sum(1).argmin()])))
    return torch.as_tensor(labels)
""",
            ),
            "the farthest of a hundred, nearest neighbor": (
                "bronze",
                """
def fewest_labels(points, ask):
    asked = [0]
    far = torch.cdist(points[:1], points)[0]
    while len(asked) < min(98, len(points)):
        asked.append(int(far.argmax()))
        far = torch.minimum(far, torch.cdist(points[asked[-1] :][:1], points)[0])
    labels = torch.tensor([int(ask(i)) for i in asked])
    return labels[torch.cdist(points, points[asked]).argmin(1)]
""",
            ),
        },
    },
}
