"""Answers to the exercises of lesson 16 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day.
"""

BLIND = {
    "projection_loss": {
        "first": (0, 0),
        "wrong": {
            "one number for the batch": (
                "Return (n,), for each pair by itself",
                """
def projection_loss(made, x, features, weight):
    return F.mse_loss(made, x) + weight * F.mse_loss(features(made), features(x))
""",
            ),
            "features averaged over the batch": (
                "for each pair by itself",
                """
def projection_loss(made, x, features, weight):
    pixels = (made - x).square().flatten(1).mean(1)
    seen = (features(made) - features(x)).square().mean()
    return pixels + weight * seen
""",
            ),
            "features summed": (
                "weight · 1/k ‖·‖²",
                """
def projection_loss(made, x, features, weight):
    pixels = (made - x).square().flatten(1).mean(1)
    seen = (features(made) - features(x)).square().sum(1)
    return pixels + weight * seen
""",
            ),
            "made's features detached": (
                "Gradients pass to made",
                """
def projection_loss(made, x, features, weight):
    with torch.no_grad():
        seen = (features(made) - features(x)).square().mean(1)
    return (made - x).square().flatten(1).mean(1) + weight * seen
""",
            ),
            "divides by 3 · 64 · 64": (
                "1/(CHW): pictures (n, C, H, W) of any size",
                """
def projection_loss(made, x, features, weight):
    pixels = (made - x).square().flatten(1).sum(1) / (3 * 64 * 64)
    seen = (features(made) - features(x)).square().mean(1)
    return pixels + weight * seen
""",
            ),
            "channels averaged before the square": (
                "‖·‖² adds up all squares of one picture",
                """
def projection_loss(made, x, features, weight):
    pixels = (made - x).mean(1).square().flatten(1).mean(1)
    seen = (features(made) - features(x)).square().mean(1)
    return pixels + weight * seen
""",
            ),
            "weight inside the square": (
                "weight · 1/k ‖features(made) − features(x)‖²",
                """
def projection_loss(made, x, features, weight):
    pixels = (made - x).square().flatten(1).mean(1)
    seen = (weight * (features(made) - features(x))).square().mean(1)
    return pixels + seen
""",
            ),
            "weight blends the two": (
                "1/CHW ‖made − x‖² + weight · …",
                """
def projection_loss(made, x, features, weight):
    pixels = (made - x).square().flatten(1).mean(1)
    seen = (features(made) - features(x)).square().mean(1)
    return (1 - weight) * pixels + weight * seen
""",
            ),
            "root of the sum": (
                "1/(CHW) ‖made − x‖², the norm squared",
                """
def projection_loss(made, x, features, weight):
    pixels = (made - x).flatten(1).norm(dim=1) / made[0].numel()
    a, b = features(made), features(x)
    return pixels + weight * (a - b).norm(dim=1) / a.shape[1]
""",
            ),
            "square of the mean": (
                "‖·‖² adds up all squares",
                """
def projection_loss(made, x, features, weight):
    pixels = (made - x).abs().flatten(1).mean(1).square()
    seen = (features(made) - features(x)).square().mean(1)
    return pixels + weight * seen
""",
            ),
        },
        "right": {
            "mean over three axes": """
def projection_loss(made, x, features, weight):
    in_pixels = ((made - x) ** 2).mean(dim=(1, 2, 3))
    in_features = ((features(made) - features(x)) ** 2).mean(dim=-1)
    return in_pixels + weight * in_features
""",
            "a loop, each pair alone": """
def projection_loss(made, x, features, weight):
    losses = []
    for i in range(len(made)):
        a, b = made[i : i + 1], x[i : i + 1]
        losses.append(F.mse_loss(a, b) + weight * F.mse_loss(features(a), features(b)))
    return torch.stack(losses)
""",
            "einsum": """
def projection_loss(made, x, features, weight):
    n, C, H, W = made.shape
    off = made - x
    seen = features(made) - features(x)
    pixels = torch.einsum("nchw,nchw->n", off, off) / (C * H * W)
    return pixels + weight * torch.einsum("nk,nk->n", seen, seen) / seen.shape[1]
""",
            "vmap of mse": """
def projection_loss(made, x, features, weight):
    each_mse = torch.func.vmap(lambda a, b: (a - b).pow(2).mean())
    return each_mse(made, x) + weight * each_mse(features(made), features(x))
""",
        },
    },
    "search_z": {
        "first": (1, 0),
        "wrong": {
            "the last z": (
                "For each row, keep the one with the smallest loss",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    for _ in range(steps):
        (z.grad,) = torch.autograd.grad(loss(G(z), z).sum(), z)
        opt.step()
    with torch.no_grad():
        losses = loss(G(z), z)
    for part, mode in modes:
        part.training = mode
    return z.detach(), losses
""",
            ),
            "one best step for the batch": (
                "For each row, keep the one with the smallest loss",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = None, None
    for k in range(steps + 1):
        losses = loss(G(z), z)
        if least is None or losses.sum() < least.sum():
            best, least = z.detach().clone(), losses.detach().clone()
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "best shares z's memory": (
                "keep the one with the smallest loss (z is changed in place)",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best[better] = z.detach()[better]
        least = torch.where(better, losses.detach(), least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "the last point not looked at": (
                "Look at the start and at where each step leads: steps + 1 points",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(max(steps, 1)):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if steps > 0:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "the start not looked at": (
                "Look at the start and at where each step leads",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    with torch.no_grad():
        best, least = z.detach().clone(), loss(G(z), z)
    for k in range(steps):
        (z.grad,) = torch.autograd.grad(loss(G(z), z).sum(), z)
        opt.step()
        with torch.no_grad():
            losses = loss(G(z), z)
            better = losses < least if k else torch.ones_like(losses, dtype=torch.bool)
            best = torch.where(better[:, None], z, best)
            least = torch.where(better, losses, least)
    for part, mode in modes:
        part.training = mode
    return best.detach(), least
""",
            ),
            "loss before, z after the step": (
                "keep the one with the smallest loss: z and its own loss",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "G in the mode it came in": (
                "G is asked in evaluation mode",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "restores the whole by one mode": (
                "in the end is in the mode it came in, all of it",
                """
def search_z(G, loss, z, steps, rate):
    mode = G.training
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    G.train(mode)
    return best, least
""",
            ),
            "all parameters trainable afterwards": (
                "and so does what of it can be trained",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    G.requires_grad_(False)
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    G.requires_grad_(True)
    return best, least
""",
            ),
            "G left frozen": (
                "and so does what of it can be trained",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    G.requires_grad_(False)
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "moves the given z": (
                "on a copy of z; z stays as it is",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "the loss sees the start": (
                "loss(G(z), z)",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    start = z.detach()
    z = start.clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), start)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "betas of a GAN": (
                "with the learning rate rate and all else as it comes",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate, betas=(0.5, 0.999))
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "a new Adam for each step": (
                "Take steps steps of torch.optim.Adam",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            torch.optim.Adam([z], lr=rate).step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "losses with their graph": (
                "two tensors that no graph hangs on",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses, least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
            "stops when nothing is better": (
                "steps + 1 points",
                """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if not better.any():
            break
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            ),
        },
        "right": {
            "where, in a loop": """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), float("inf"), dtype=z.dtype)
    for k in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if k < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part, mode in modes:
        part.training = mode
    return best, least
""",
            "keeps the whole path": """
def search_z(G, loss, z, steps, rate):
    modes = {part: part.training for part in G.modules()}
    G.eval()
    try:
        point = torch.nn.Parameter(z.detach().clone())
        opt = torch.optim.Adam([point], lr=rate)
        path, told = [], []
        for k in range(steps + 1):
            losses = loss(G(point), point)
            path.append(point.detach().clone())
            told.append(losses.detach().clone())
            if k == steps:
                break
            point.grad = torch.autograd.grad(losses.sum(), point)[0]
            opt.step()
    finally:
        for part, mode in modes.items():
            part.training = mode
    path, told = torch.stack(path), torch.stack(told)
    least, when = told.min(dim=0)
    return path[when, torch.arange(len(when))], least
""",
            "a copy of G": """
import copy
def search_z(G, loss, z, steps, rate):
    net = copy.deepcopy(G).eval().requires_grad_(False)
    moving = z.detach().clone().requires_grad_(True)
    adam = torch.optim.Adam([moving], lr=rate)
    best = least = None
    for k in range(steps + 1):
        losses = loss(net(moving), moving)
        now, here = losses.detach().clone(), moving.detach().clone()
        if best is None:
            best, least = here, now
        else:
            for i in range(len(now)):
                if now[i] < least[i]:
                    best[i], least[i] = here[i], now[i]
        if k < steps:
            adam.zero_grad()
            losses.sum().backward(inputs=[moving])
            adam.step()
    return best, least
""",
            "torch.func": """
def search_z(G, loss, z, steps, rate):
    parts = list(G.modules())
    modes = [part.training for part in parts]
    G.eval()

    def total(point):
        losses = loss(G(point), point)
        return losses.sum(), losses

    point = z.detach().clone()
    adam = torch.optim.Adam([point], lr=rate)
    with torch.no_grad():
        best, least = point.clone(), loss(G(point), point).clone()
    for _ in range(steps):
        slope, _ = torch.func.grad(total, has_aux=True)(point)
        point.grad = slope.detach()
        adam.step()
        with torch.no_grad():
            losses = loss(G(point), point)
        better = losses < least
        best[better], least[better] = point[better], losses[better]
    for part, mode in zip(parts, modes):
        part.training = mode
    return best, least
""",
            "freezes and thaws": """
def search_z(G, loss, z, steps, rate):
    modes = [(part, part.training) for part in G.modules()]
    could = [(p, p.requires_grad) for p in G.parameters()]
    G.eval()
    for p, _ in could:
        p.requires_grad_(False)
    point = z.detach().clone().requires_grad_()
    adam = torch.optim.Adam([point], lr=rate)
    losses = loss(G(point), point)
    best, least = point.detach().clone(), losses.detach().clone()
    for _ in range(steps):
        adam.zero_grad()
        losses.sum().backward()
        adam.step()
        losses = loss(G(point), point)
        for i in (losses.detach() < least).nonzero()[:, 0].tolist():
            best[i] = point.detach()[i]
            least[i] = losses.detach()[i]
    for p, flag in could:
        p.requires_grad_(flag)
    for part, mode in modes:
        part.training = mode
    return best, least
""",
        },
    },
    "encoder_step": {
        "first": (4, 0),
        "wrong": {
            "E sees both in one batch": (
                "E is asked twice, … never with both in one batch",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    said = E(torch.cat([samples, x]))
    in_z = (said[: len(z)] - z).square().mean()
    in_x = loss(G(said[len(z) :]), x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            ),
            "detached before G": (
                "One step down L_z + weight · L_x: G's gradient must reach E",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(G(E(x).detach()), x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            ),
            "G under no_grad in both": (
                "One step of opt_E down L_z + weight · L_x",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
        remade = G(E(x))
    in_z = (E(samples) - z).square().mean()
    in_x = loss(remade, x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            ),
            "two steps": (
                "One step of opt_E down L_z + weight · L_x",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    in_z = (E(G(z).detach()) - z).square().mean()
    opt_E.zero_grad()
    in_z.backward()
    opt_E.step()
    in_x = loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (weight * in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            ),
            "clears gradients at the end": (
                "Gradients that were there before must not count",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(G(E(x)), x).mean()
    (in_z + weight * in_x).backward()
    opt_E.step()
    opt_E.zero_grad()
    return in_z.item(), in_x.item()
""",
            ),
            "summed over z's numbers": (
                "L_z is the mean over all numbers",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().sum(1).mean()
    in_x = loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            ),
            "returns the weighted loss": (
                "Return L_z and L_x",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = weight * loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (in_z + in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            ),
            "returns the losses after the step": (
                "as they were before the step",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    with torch.no_grad():
        in_z = (E(samples) - z).square().mean()
        in_x = loss(G(E(x)), x).mean()
    return in_z.item(), in_x.item()
""",
            ),
            "G frozen, then thawed in whole": (
                "what can be trained stay as they are",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    G.requires_grad_(False)
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    G.requires_grad_(True)
    return in_z.item(), in_x.item()
""",
            ),
            "sets the modes itself": (
                "modes … stay as they are",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    E.train()
    G.eval()
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            ),
            "weight on the wrong part": (
                "L_z + weight · L_x",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (weight * in_z + in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            ),
            "loss's arguments swapped": (
                "loss(G(E(x)), x)",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(x, G(E(x))).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            ),
            "real pictures cut to the samples' number": (
                "the mean of loss over all n: z (m, d), x (n, …)",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(G(E(x[: len(z)])), x[: len(z)]).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            ),
            "asks E a third time": (
                "E is asked twice",
                """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    E(x)
    return in_z.item(), in_x.item()
""",
            ),
        },
        "right": {
            "one backward": """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            "two backwards, one step": """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    opt_E.zero_grad(set_to_none=True)
    in_z = F.mse_loss(E(G(z).detach()), z)
    in_z.backward()
    in_x = loss(G(E(x)), x).mean()
    (weight * in_x).backward()
    opt_E.step()
    return float(in_z), float(in_x)
""",
            "autograd.grad": """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        pictures = G(z)
    off = E(pictures) - z
    in_z = off.pow(2).sum() / off.numel()
    each_x = loss(G(E(x)), x)
    in_x = each_x.sum() / len(each_x)
    moving = [p for group in opt_E.param_groups for p in group["params"]]
    for p in moving:
        p.grad = None
    trained = [p for p in moving if p.requires_grad]
    slopes = torch.autograd.grad(in_z + weight * in_x, trained, allow_unused=True)
    for p, slope in zip(trained, slopes):
        p.grad = slope
    opt_E.step()
    return in_z.item(), in_x.item()
""",
            "a closure": """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    told = []

    def closure():
        opt_E.zero_grad()
        guess = E(G(z).detach())
        in_z = torch.mean((guess - z) ** 2)
        in_x = torch.mean(loss(G(E(x)), x))
        total = in_z + weight * in_x
        total.backward()
        told.append((in_z.item(), in_x.item()))
        return total

    opt_E.step(closure)
    return told[0]
""",
            "tensors returned": """
def encoder_step(E, G, loss, opt_E, z, x, weight):
    with torch.no_grad():
        samples = G(z)
    in_z = (E(samples) - z).square().mean()
    in_x = loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    return in_z.detach(), in_x.detach()
""",
        },
    },
    "hybrid_start": {
        "first": (0, 0),
        "wrong": {
            "one candidate for all": (
                "each picture for itself",
                """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        losses = torch.stack([loss(G(z), x) for z in candidates])
        chosen = candidates[losses.mean(1).argmin()]
    for part, mode in modes:
        part.training = mode
    return chosen
""",
            ),
            "E's z comes last": (
                "At a tie take E's",
                """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([others, E(x)[None]])
        losses = torch.stack([loss(G(z), x) for z in candidates])
        chosen = candidates[losses.argmin(0), torch.arange(len(x))]
    for part, mode in modes:
        part.training = mode
    return chosen
""",
            ),
            "takes the later at a tie": (
                "At a tie take E's",
                """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    with torch.no_grad():
        best = E(x)
        least = loss(G(best), x)
        for z in others:
            losses = loss(G(z), x)
            better = losses <= least
            best = torch.where(better[:, None], z, best)
            least = torch.where(better, losses, least)
    for part, mode in modes:
        part.training = mode
    return best
""",
            ),
            "E is never a candidate": (
                "the candidates are E's z and the k rows",
                """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = others
        losses = torch.stack([loss(G(z), x) for z in candidates])
        chosen = candidates[losses.argmin(0), torch.arange(len(x))]
    for part, mode in modes:
        part.training = mode
    return chosen
""",
            ),
            "left in evaluation mode": (
                "in the end are as they came, mode and all",
                """
def hybrid_start(E, G, loss, x, others):
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        losses = torch.stack([loss(G(z), x) for z in candidates])
        chosen = candidates[losses.argmin(0), torch.arange(len(x))]
    return chosen
""",
            ),
            "one mode for a whole network": (
                "in the end are as they came, mode and all",
                """
def hybrid_start(E, G, loss, x, others):
    mode_E, mode_G = E.training, G.training
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        losses = torch.stack([loss(G(z), x) for z in candidates])
        chosen = candidates[losses.argmin(0), torch.arange(len(x))]
    E.train(mode_E)
    G.train(mode_G)
    return chosen
""",
            ),
            "only G in evaluation mode": (
                "E and G are asked in evaluation mode",
                """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        losses = torch.stack([loss(G(z), x) for z in candidates])
        chosen = candidates[losses.argmin(0), torch.arange(len(x))]
    for part, mode in modes:
        part.training = mode
    return chosen
""",
            ),
            "E's mode given to G as well": (
                "in the end are as they came",
                """
def hybrid_start(E, G, loss, x, others):
    mode = E.training
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        losses = torch.stack([loss(G(z), x) for z in candidates])
        chosen = candidates[losses.argmin(0), torch.arange(len(x))]
    E.train(mode)
    G.train(mode)
    return chosen
""",
            ),
            "x repeated in the wrong order": (
                "the smallest loss(G(z), x), each picture for itself",
                """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        k = len(candidates)
        losses = loss(G(candidates.flatten(0, 1)), x.repeat_interleave(k, 0)).view(k, len(x))
        chosen = candidates[losses.argmin(0), torch.arange(len(x))]
    for part, mode in modes:
        part.training = mode
    return chosen
""",
            ),
            "losses laid out as (n, k + 1)": (
                "the smallest loss, each picture for itself",
                """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        losses = torch.cat([loss(G(z), x) for z in candidates]).view(len(x), len(candidates))
        chosen = candidates[losses.argmin(1), torch.arange(len(x))]
    for part, mode in modes:
        part.training = mode
    return chosen
""",
            ),
            "only the first of the others": (
                "the k rows that others has for it",
                """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        losses = torch.stack([loss(G(z), x) for z in candidates[:2]])
        chosen = candidates[losses.argmin(0), torch.arange(len(x))]
    for part, mode in modes:
        part.training = mode
    return chosen
""",
            ),
            "a graph on the result": (
                "No graph hangs on the result",
                """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    candidates = torch.cat([E(x)[None], others])
    losses = torch.stack([loss(G(z), x) for z in candidates])
    for part, mode in modes:
        part.training = mode
    return candidates[losses.argmin(0), torch.arange(len(x))]
""",
            ),
            "pixels instead of the loss": (
                "the smallest loss(G(z), x)",
                """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        losses = torch.stack([(G(z) - x).square().flatten(1).mean(1) for z in candidates])
        chosen = candidates[losses.argmin(0), torch.arange(len(x))]
    for part, mode in modes:
        part.training = mode
    return chosen
""",
            ),
        },
        "right": {
            "stack and argmin": """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        losses = torch.stack([loss(G(z), x) for z in candidates])
        chosen = candidates[losses.argmin(0), torch.arange(len(x))]
    for part, mode in modes:
        part.training = mode
    return chosen
""",
            "a running best": """
def hybrid_start(E, G, loss, x, others):
    before = {part: part.training for net in (E, G) for part in net.modules()}
    for part in before:
        part.training = False
    try:
        with torch.no_grad():
            best = E(x).clone()
            least = loss(G(best), x)
            for z in others:
                now = loss(G(z), x)
                better = now < least
                best = torch.where(better.unsqueeze(1), z, best)
                least = torch.minimum(now, least)
    finally:
        for part, mode in before.items():
            part.training = mode
    return best.detach()
""",
            "copies of both": """
import copy
def hybrid_start(E, G, loss, x, others):
    say, make = copy.deepcopy(E).eval(), copy.deepcopy(G).eval()
    z_E = say(x).detach()
    everything = [z_E, *others.detach().unbind(0)]
    table = [loss(make(z).detach(), x).detach().tolist() for z in everything]
    rows = []
    for i in range(len(x)):
        column = [line[i] for line in table]
        rows.append(everything[column.index(min(column))][i])
    return torch.stack(rows)
""",
            "numpy chooses": """
def hybrid_start(E, G, loss, x, others):
    import numpy as np

    nets = [*E.modules(), *G.modules()]
    modes = [part.training for part in nets]
    E.eval(), G.eval()
    with torch.no_grad():
        pool = torch.cat((E(x).unsqueeze(0), others), dim=0)
        losses = np.stack([loss(G(pool[j]), x).cpu().numpy() for j in range(pool.shape[0])])
    for part, mode in zip(nets, modes):
        part.training = mode
    winner = torch.from_numpy(np.argmin(losses, axis=0))
    index = winner.view(1, -1, 1).expand(1, -1, pool.shape[2])
    return pool.gather(0, index)[0].detach()
""",
            "all in one batch": """
def hybrid_start(E, G, loss, x, others):
    modes = [(part, part.training) for net in (E, G) for part in net.modules()]
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        k, n, d = candidates.shape
        again = x.expand(k, *x.shape).reshape(k * n, *x.shape[1:])
        losses = loss(G(candidates.reshape(k * n, d)), again).view(k, n)
        result = candidates[losses.argmin(0), torch.arange(n)]
    for part, mode in modes:
        part.training = mode
    return result
""",
        },
    },
    "direction_steps": {
        "first": (1, 0),
        "wrong": {
            "1: log of 1 + e^l as it stands": (
                "Logits may be ±1000",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (torch.log(1 + torch.exp(logits)) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "1: cross entropy of probabilities": (
                "Logits may be ±1000 (log is cut at −100)",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return F.binary_cross_entropy(torch.sigmoid(logits), y.to(logits.dtype)) + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "1: logits clamped": (
                "Logits may be ±1000",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = (z @ w + b).clamp(-50, 50)
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "1: norm not squared": (
                "decay/2 · ‖w‖²",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * w.norm()
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "1: decay without its half": (
                "decay/2 · ‖w‖²",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "1: b decayed too": (
                "decay/2 · ‖w‖², b has none in L(w, b)",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w + b * b)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "2: n forgotten": (
                "L is 1/n times the sum",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return torch.sigmoid(z @ w + b) - y
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "2: b forgotten": (
                "l_i = w · z_i + b",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "3: decay forgotten": (
                "Its gradient with respect to w, with the decay",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "3: decay of half": (
                "the gradient of decay/2 · ‖w‖² is decay · w",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay / 2 * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "3: divided by n twice": (
                "1/n once",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return (z * slope[:, None]).mean(0) + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "4: along w itself": (
                "moved along the unit vector w / ‖w‖",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * (w @ w)
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "4: alpha alone": (
                "By how much does the logit grow",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * (w / w.norm()).norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "4: the new logit, b and all": (
                "By how much does the logit grow",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm() + b
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "5: other not of length 1": (
                "along the unit vector of that one",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / w.norm()
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "5: w not of length 1": (
                "moved by alpha along the unit vector w / ‖w‖",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / other.norm()
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "5: no sign": (
                "How far does z move along the unit vector of that one",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other).abs() / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "6: other not of length 1": (
                "take away what points along other, of any length",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "6: not back to length 1": (
                "give back the rest with length 1",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "6: w unit first, rest as it is": (
                "give back the rest with length 1",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        w = w / w.norm()
        return w - (w @ u) * u
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "6: takes w out of other": (
                "Of w, take away what points along other",
                """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = w / w.norm()
        rest = other - (other @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
        },
        "right": {
            "formulas": """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    if step == 1:
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * (w @ w)
    if step == 2:
        return (torch.sigmoid(z @ w + b) - y) / len(z)
    if step == 3:
        slope = (torch.sigmoid(z @ w + b) - y) / len(z)
        return z.T @ slope + decay * w
    if step == 4:
        return alpha * w.norm()
    if step == 5:
        return alpha * (w @ other) / (w.norm() * other.norm())
    if step == 6:
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "numpy": """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    import numpy as np

    kind = w.dtype
    Z, Y, W, O = (t.detach().numpy().astype(np.float64) for t in (z, y, w, other))
    if step in (1, 2, 3):
        logits = Z @ W + float(b)
        slope = (np.exp(-np.logaddexp(0, -logits)) - Y) / len(logits)
    if step == 1:
        return float(np.mean(np.logaddexp(0, logits) - Y * logits) + decay / 2 * np.sum(W**2))
    if step == 2:
        return torch.from_numpy(slope).to(kind)
    if step == 3:
        return torch.from_numpy(slope @ Z + decay * W).to(kind)
    if step == 4:
        return float(alpha * np.linalg.norm(W))
    if step == 5:
        return float(alpha * np.dot(W / np.linalg.norm(W), O / np.linalg.norm(O)))
    if step == 6:
        rest = W - O * np.dot(W, O) / np.dot(O, O)
        return torch.from_numpy(rest / np.linalg.norm(rest)).to(kind)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "autograd and torch.func": """
NOTHING = torch.empty(0)


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    def of_logits(logits):
        return F.binary_cross_entropy_with_logits(logits, y.to(logits.dtype))

    def whole(w):
        return of_logits(z @ w + b) + decay / 2 * w.square().sum()

    if step == 1:
        return whole(w)
    if step == 2:
        return torch.func.grad(of_logits)(z @ w + b)
    if step == 3:
        return torch.func.grad(whole)(w)
    if step == 4:
        return (alpha * F.normalize(w, dim=0)) @ w
    if step == 5:
        return alpha * F.cosine_similarity(w, other, dim=0)
    if step == 6:
        u = F.normalize(other, dim=0)
        return F.normalize(w - torch.outer(u, u) @ w, dim=0)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "loops over samples": """
NOTHING = torch.empty(0)


def unit(v):
    return v / v.square().sum().sqrt()


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    n = len(z)
    if step == 1:
        total = 0.0
        for z_i, y_i in zip(z, y):
            l = float(z_i @ w) + float(b)
            total += max(l, 0.0) + math.log1p(math.exp(-abs(l))) - float(y_i) * l
        return total / n + decay / 2 * float(w @ w)
    if step == 2:
        return torch.stack([(torch.sigmoid(z_i @ w + b) - float(y_i)) / n for z_i, y_i in zip(z, y)])
    if step == 3:
        slope = direction_steps(2, z, y, w, b)
        gradient = decay * w
        for i in range(n):
            gradient = gradient + slope[i] * z[i]
        return gradient
    if step == 4:
        return float(alpha) * math.sqrt(float(w @ w))
    if step == 5:
        return float(alpha) * float(unit(w) @ unit(other))
    if step == 6:
        return unit(w - (w @ other) / (other @ other) * other)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
        },
    },
    "find_direction": {
        "first": (1, 0),
        "wrong": {
            "difference of the means": (
                "minimize L(w, b) to its end",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w = z[y > 0.5].mean(0) - z[y < 0.5].mean(0)
    return w / w.norm()
""",
            ),
            "least squares": (
                "minimize L(w, b), the logistic loss",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    c = z - z.mean(0)
    w = torch.linalg.solve(c.T @ c / n + decay * torch.eye(d, dtype=z.dtype), c.T @ (y - y.mean()) / n)
    return w / w.norm()
""",
            ),
            "no b": (
                "minimize L(w, b): l_i = w · z_i + b",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w) - y) / n
        w, b = w - (z.T @ slope + decay * w), b - slope.sum()
    return w / w.norm()
""",
            ),
            "b decayed too": (
                "b has no decay",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope + decay * w), b - (slope.sum() + decay * b)
    return w / w.norm()
""",
            ),
            "thirty small steps": (
                "to its end",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(30):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - 0.1 * (z.T @ slope + decay * w), b - 0.1 * slope.sum()
    return w / w.norm()
""",
            ),
            "no decay": (
                "minimize L(w, b), with its decay",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope), b - slope.sum()
    return w / w.norm()
""",
            ),
            "decay doubled": (
                "decay/2 · ‖w‖² has the slope decay · w",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope + 2 * decay * w), b - slope.sum()
    return w / w.norm()
""",
            ),
            "slopes not divided by n": (
                "L has 1/n before the sum, none before the decay",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = torch.sigmoid(z @ w + b) - y
        w, b = w - (z.T @ slope + decay * w) / n, b - slope.sum() / n
    return w / w.norm()
""",
            ),
            "fails on booleans": (
                "labels are 0 and 1, or False and True",
                """
def find_direction(z, labels, decay):
    y = labels
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope + decay * w), b - slope.sum()
    return w / w.norm()
""",
            ),
            "no error when all are alike": (
                "raise a ValueError",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope + decay * w), b - slope.sum()
    return w / w.norm()
""",
            ),
            "an error only when all are 0": (
                "If all labels are alike: raise a ValueError",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() == 0:
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope + decay * w), b - slope.sum()
    return w / w.norm()
""",
            ),
            "an assertion": (
                "raise a ValueError",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    assert 0 < y.sum() < n
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope + decay * w), b - slope.sum()
    return w / w.norm()
""",
            ),
            "not of length 1": (
                "return w / ‖w‖",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope + decay * w), b - slope.sum()
    return w
""",
            ),
            "points to the zeros": (
                "It points to where labels are 1",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope + decay * w), b - slope.sum()
    return -w / w.norm()
""",
            ),
            "z standardized and not undone": (
                "minimize L(w, b) on z itself",
                """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    z = (z - z.mean(0)) / z.std(0)
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope + decay * w), b - slope.sum()
    return w / w.norm()
""",
            ),
        },
        "right": {
            "gradient descent": """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    n, d = z.shape
    if y.sum() in (0, n):
        raise ValueError("All labels are alike.")
    w, b = torch.zeros(d, dtype=z.dtype), torch.zeros((), dtype=z.dtype)
    for _ in range(300):
        slope = (torch.sigmoid(z @ w + b) - y) / n
        w, b = w - (z.T @ slope + decay * w), b - slope.sum()
    return w / w.norm()
""",
            "L-BFGS": """
def find_direction(z, labels, decay):
    y = labels.double()
    if len(y.unique()) < 2:
        raise ValueError("nothing to be found: all labels are alike")
    Z = z.detach().double()
    with torch.enable_grad():
        w = torch.zeros(Z.shape[1], dtype=torch.float64, requires_grad=True)
        b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        opt = torch.optim.LBFGS(
            [w, b], max_iter=500, tolerance_grad=1e-9, tolerance_change=1e-14, line_search_fn="strong_wolfe"
        )

        def closure():
            opt.zero_grad()
            value = F.binary_cross_entropy_with_logits(Z @ w + b, y) + decay / 2 * (w @ w)
            value.backward()
            return value

        opt.step(closure)
    w = w.detach()
    return (w / w.norm()).to(z.dtype)
""",
            "Newton in numpy": """
def find_direction(z, labels, decay):
    import numpy as np

    y = labels.detach().numpy().astype(np.float64)
    if y.min() == y.max():
        raise ValueError("All labels are alike.")
    X = np.concatenate([z.detach().numpy().astype(np.float64), np.ones((len(y), 1))], axis=1)
    n, size = X.shape
    ridge = np.full(size, float(decay))
    ridge[-1] = 0.0

    def value(v):
        logits = X @ v
        return np.mean(np.logaddexp(0, logits) - y * logits) + 0.5 * np.sum(ridge * v * v)

    v = np.zeros(size)
    for _ in range(100):
        p = np.exp(-np.logaddexp(0, -(X @ v)))
        gradient = X.T @ (p - y) / n + ridge * v
        if np.abs(gradient).max() < 1e-10:
            break
        hessian = (X * (p * (1 - p))[:, None]).T @ X / n + np.diag(ridge + 1e-12)
        move, t, here = np.linalg.solve(hessian, gradient), 1.0, value(v)
        while value(v - t * move) > here and t > 1e-8:
            t /= 2
        v = v - t * move
    w = torch.from_numpy(v[:-1]).to(z.dtype)
    return w / torch.linalg.vector_norm(w)
""",
            "torch.func and momentum": """
def find_direction(z, labels, decay):
    y = labels.to(z.dtype)
    if bool((y == y[0]).all()):
        raise ValueError("All labels are alike.")
    n, d = z.shape
    X = torch.cat([z, torch.ones(n, 1, dtype=z.dtype)], 1)

    def L(v):
        logits = X @ v
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * v[:-1].square().sum()

    rate = 1 / (float(torch.linalg.matrix_norm(X, 2)) ** 2 / (4 * n) + decay)
    slope = torch.func.grad(L)
    v = ahead = torch.zeros(d + 1, dtype=z.dtype)
    for k in range(800):
        new = ahead - rate * slope(ahead)
        ahead = new + min(k / (k + 3), 0.9) * (new - v)
        v = new
    return F.normalize(v[:-1], dim=0)
""",
        },
    },
    "hold": {
        "first": (2, 0),
        "wrong": {
            "one after the other": (
                "at right angles to all rows",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v
    for row in rows:
        rest = rest - (rest @ row) * row
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "all parts at once": (
                "rows not at right angles to each other",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v - rows.T @ (rows @ v)
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "QR without a look at the rank": (
                "perhaps one of them is a multiple of another or 0; as near to direction as that allows",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    Q, _ = torch.linalg.qr(rows.T)
    rest = v - Q @ (Q.T @ v)
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "inverse of the Gram matrix": (
                "perhaps one of them is a multiple of another or 0",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v - rows.T @ torch.linalg.solve(rows @ rows.T, rows @ v)
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "a ridge on the Gram matrix": (
                "at right angles to all rows",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    gram = rows @ rows.T + 1e-2 * torch.eye(len(rows), dtype=rows.dtype)
    rest = v - rows.T @ torch.linalg.solve(gram, rows @ v)
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "Gram-Schmidt, dependent rows kept": (
                "perhaps one of them is a multiple of another or 0",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    basis = []
    for row in rows:
        for u in basis:
            row = row - (row @ u) * u
        basis.append(row / row.norm())
    rest = v
    for u in basis:
        rest = rest - (rest @ u) * u
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "no error": (
                "raise a ValueError",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v - torch.linalg.pinv(rows, rtol=1e-5) @ (rows @ v)
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "an absolute threshold": (
                "less than a thousandth of direction's length",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v - torch.linalg.pinv(rows, rtol=1e-5) @ (rows @ v)
    if rest.norm() < 1e-3:
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "looks after making it a unit": (
                "If next to nothing is left … raise a ValueError",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v - torch.linalg.pinv(rows, rtol=1e-5) @ (rows @ v)
    rest = rest / rest.norm()
    if rest.norm() < 1e-3:
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "an error at any dependent rows": (
                "perhaps one of them is a multiple of another or 0",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    if torch.linalg.matrix_rank(rows) < len(rows):
        raise ValueError("The rows depend on each other.")
    rest = v - torch.linalg.pinv(rows, rtol=1e-5) @ (rows @ v)
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "holds their mean": (
                "at right angles to all rows",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    u = rows.mean(0) / rows.mean(0).norm()
    rest = v - (v @ u) * u
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "not of length 1": (
                "Return the unit vector",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v - torch.linalg.pinv(rows, rtol=1e-5) @ (rows @ v)
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest).to(direction.dtype)
""",
            ),
            "zeros instead of an error": (
                "raise a ValueError",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v - torch.linalg.pinv(rows, rtol=1e-5) @ (rows @ v)
    if rest.norm() < 1e-3 * v.norm():
        return torch.zeros_like(direction)
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "a part of a thousandth of any row": (
                "a thousandth of direction's length",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v - torch.linalg.pinv(rows, rtol=1e-5) @ (rows @ v)
    if rest.norm() < 1e-3 * others.double().norm(dim=1).max():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "threshold of ten percent": (
                "less than a thousandth of direction's length",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v - torch.linalg.pinv(rows, rtol=1e-5) @ (rows @ v)
    if rest.norm() < 1e-1 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
            "drops short rows": (
                "one or more rows, of any length",
                """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows[lengths[:, 0] > 1e-2]
    rows = rows / rows.norm(dim=1, keepdim=True)
    rest = v - torch.linalg.pinv(rows, rtol=1e-5) @ (rows @ v)
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            ),
        },
        "right": {
            "pseudoinverse": """
def hold(direction, others):
    v = direction.double()
    rows = others.double()
    lengths = rows.norm(dim=1, keepdim=True)
    rows = rows / torch.where(lengths > 0, lengths, 1.0)
    rest = v - torch.linalg.pinv(rows, rtol=1e-5) @ (rows @ v)
    if rest.norm() < 1e-3 * v.norm():
        raise ValueError("Next to nothing is left.")
    return (rest / rest.norm()).to(direction.dtype)
""",
            "Gram-Schmidt, twice": """
def hold(direction, others):
    basis = []
    for row in others.double():
        if row.norm() == 0:
            continue
        row = row / row.norm()
        for _ in range(2):
            for u in basis:
                row = row - (row @ u) * u
        if row.norm() > 1e-5:
            basis.append(row / row.norm())
    start = direction.double()
    rest = start.clone()
    for _ in range(2):
        for u in basis:
            rest = rest - (rest @ u) * u
    if float(rest.norm()) < float(start.norm()) / 1000:
        raise ValueError("nothing is left of the direction")
    return F.normalize(rest, dim=0, eps=0.0).to(direction.dtype)
""",
            "numpy, null space": """
def hold(direction, others):
    import numpy as np

    v = direction.detach().numpy().astype(np.float64)
    rows = others.detach().numpy().astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    rows = rows[lengths > 0] / lengths[lengths > 0, None]
    free = np.eye(len(v))
    if len(rows):
        _, s, Vt = np.linalg.svd(rows, full_matrices=True)
        free = Vt[int((s > 1e-5 * s[0]).sum()) :]
    rest = free.T @ (free @ v)
    left = np.linalg.norm(rest)
    if left < 1e-3 * np.linalg.norm(v):
        raise ValueError("The others leave next to nothing of it.")
    return torch.from_numpy(rest / left).to(direction.dtype)
""",
            "eigenvectors": """
def hold(direction, others):
    rows = F.normalize(others.double(), dim=1, eps=1e-300)
    values, vectors = torch.linalg.eigh(torch.einsum("ki,kj->ij", rows, rows))
    free = vectors[:, values < 1e-9]
    u = direction.double() / direction.double().norm()
    rest = torch.einsum("if,jf,j->i", free, free, u)
    size = torch.sqrt(rest @ rest)
    if size < 0.001:
        raise ValueError("Next to nothing is left.")
    return (rest / size).to(direction.dtype)
""",
        },
    },
    "edit_loss": {
        "first": (1, 0),
        "wrong": {
            "within: mean over all places": (
                "weighted mean, each weighted by the mask at its place",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return (mask * (values - wanted).square()).flatten(1).mean(1)


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "within: channels forgotten": (
                "mean over all channels and places",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "within: zero over zero": (
                "0 where the mask is 0 everywhere",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / total


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "within: where around the division": (
                "and gradients that are numbers there, too",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return torch.where(total > 0, squares / total, torch.zeros_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "within: NaN replaced by 0": (
                "and gradients that are numbers there, too",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return torch.nan_to_num(squares / total)


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "within: clamped at 1": (
                "the weighted mean, mask of numbers from 0 to 1",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / total.clamp(min=1)


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "within: mask squared": (
                "each weighted by the mask at its place",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted)).square().flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "within: mask cut to yes and no": (
                "mask of numbers from 0 to 1",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    mask = (mask > 0).to(values.dtype)
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "within: mask summed over the batch": (
                "For each picture",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.sum() / len(mask) * torch.ones(len(mask), dtype=mask.dtype)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "within: a batch with an empty mask is 0": (
                "For each picture … 0 where the mask is 0 everywhere",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    if (total == 0).any():
        return 0 * squares
    return squares / total


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "edges: backward slopes": (
                "B[i, j+1] − B[i, j] and B[i+1, j] − B[i, j]",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, 1:, 1:] - B[:, :, 1:, :-1]
    q = B[:, :, 1:, 1:] - B[:, :, :-1, 1:]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "edges: absolute values added": (
                "√(p² + q² + 10⁻⁴)",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return p.abs() + q.abs() + 1e-2


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "edges: 1e-4 after the root": (
                "√(p² + q² + 10⁻⁴)",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square()).sqrt() + 1e-4


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "edges: each channel, then the mean": (
                "The brightness B is the mean of the channels",
                """
def edges(x):
    B = x
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt().mean(1, keepdim=True)


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "edges: luminance": (
                "B is the mean of the channels",
                """
def edges(x):
    B = (x * torch.tensor([0.299, 0.587, 0.114], dtype=x.dtype)[:, None, None]).sum(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "wishes: mean of z's squares": (
                "‖z − z0‖², all squares of one row added up",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().mean(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "wishes: length of z, not squared": (
                "weights[1] times ‖z − z0‖²",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).norm(dim=1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "wishes: weights swapped": (
                "weights[0] times within of edges; weights[1] times ‖z − z0‖²",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[1] * by_edges + weights[0] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "wishes: smoothness added over the batch": (
                "(n,); all squares of one row added up",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum()
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
            "wishes: edges without a gradient": (
                "within of made's edges (the search goes down it)",
                """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made.detach()), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            ),
        },
        "right": {
            "slices": """
def edges(x):
    B = x.mean(1, keepdim=True)
    p = B[:, :, :-1, 1:] - B[:, :, :-1, :-1]
    q = B[:, :, 1:, :-1] - B[:, :, :-1, :-1]
    return (p.square() + q.square() + 1e-4).sqrt()


def within(values, wanted, mask):
    c = values.shape[1]
    total = c * mask.flatten(1).sum(1)
    squares = (mask * (values - wanted).square()).flatten(1).sum(1)
    return squares / torch.where(total > 0, total, torch.ones_like(total))


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    near = (z - z0).square().sum(1)
    by_color = within(made, color, brushed)
    by_edges = within(edges(made), strength, drawn)
    return by_color + weights[0] * by_edges + weights[1] * near


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            "convolution, einsum": """
def edges(x):
    C = x.shape[1]
    kernel = x.new_tensor([[[-1.0, 1.0], [0.0, 0.0]], [[-1.0, 0.0], [1.0, 0.0]]])[:, None].repeat(1, C, 1, 1) / C
    slopes = F.conv2d(x, kernel)
    return (slopes.pow(2).sum(dim=1, keepdim=True) + 1e-4).sqrt()


def within(values, wanted, mask):
    off = values - wanted
    top = torch.einsum("nchw,nchw,nhw->n", off, off, mask[:, 0])
    bottom = values.shape[1] * torch.einsum("nhw->n", mask[:, 0])
    empty = bottom == 0
    return top / bottom.masked_fill(empty, 1.0)


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    step = z - z0
    return (
        within(made, color, brushed)
        + weights[0] * within(edges(made), strength, drawn)
        + weights[1] * torch.einsum("nd,nd->n", step, step)
    )


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            "picture by picture": """
def edges(x):
    made = []
    for picture in x:
        B = sum(picture.unbind(0)) / len(picture)
        p = B[:-1, 1:] - B[:-1, :-1]
        q = B[1:, :-1] - B[:-1, :-1]
        made.append(torch.sqrt(p * p + q * q + 0.0001))
    return torch.stack(made)[:, None]


def within(values, wanted, mask):
    told = []
    for v, u, m in zip(values, wanted, mask):
        m = m.expand_as(v)
        top = (m * (v - u) ** 2).sum()
        told.append(top / m.sum() if m.sum() > 0 else 0 * top)
    return torch.stack(told)


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    total = within(made, color, brushed)
    total = total + weights[0] * within(edges(made), strength, drawn)
    return total + weights[1] * ((z - z0) ** 2).sum(dim=-1)


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
            "diff, weights of sum 1": """
def edges(x):
    B = x.mean(dim=1, keepdim=True)
    right = torch.diff(B, dim=3)[:, :, :-1, :]
    down = torch.diff(B, dim=2)[:, :, :, :-1]
    return torch.sqrt(right**2 + down**2 + 1e-4)


def within(values, wanted, mask):
    sums = mask.sum(dim=(1, 2, 3), keepdim=True)
    shares = torch.where(sums > 0, mask / sums.clamp(min=torch.finfo(mask.dtype).tiny), torch.zeros_like(mask))
    return (shares * (values - wanted) ** 2).sum(dim=(2, 3)).mean(dim=1)


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    terms = torch.stack(
        [within(made, color, brushed), within(edges(made), strength, drawn), (z - z0).pow(2).sum(1)]
    )
    factors = terms.new_tensor([1.0, float(weights[0]), float(weights[1])])
    return factors @ terms


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)
""",
        },
    },
    "edit_transfer": {
        "first": (0, 0),
        "wrong": {
            "warp: grid as (y, x)": (
                "channel 0 of flow goes to the right, channel 1 down",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([y, x], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "warp: channels of flow swapped": (
                "channel 0 of flow goes to the right, channel 1 down",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 1]) + 1) / W - 1
    y = (2 * (rows + flow[:, 0]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "warp: pixels pushed, not fetched": (
                "the picture's at row i + flow_1, column j + flow_0",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns - flow[:, 0]) + 1) / W - 1
    y = (2 * (rows - flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "warp: corners of another kind": (
                "row i + flow_1, column j + flow_0, in pixels",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = 2 * (columns + flow[:, 0]) / (W - 1) - 1
    y = 2 * (rows + flow[:, 1]) / (H - 1) - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "warp: zeros outside": (
                "outside of the picture the pixel at the edge goes on",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "warp: mirrored outside": (
                "outside of the picture the pixel at the edge goes on",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "warp: nearest pixel": (
                "Between pixels it is bilinear",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="nearest", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "warp: W for both": (
                "pictures (n, C, H, W)",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / W - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "warp: wraps around": (
                "outside of the picture the pixel at the edge goes on",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * ((columns + flow[:, 0]) % W) + 1) / W - 1
    y = (2 * ((rows + flow[:, 1]) % H) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "warp: the first flow for all": (
                "flow (n, 2, H, W)",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    flow = flow[:1].expand(n, -1, -1, -1)
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "transfer: before not warped": (
                "when before, warped in the same way, is taken off",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - before).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "transfer: color warped as well": (
                "what is left of after when before, warped, is taken off (after itself stays)",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original + after - before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "transfer: original not warped": (
                "By motion: the original warped by flow",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (original + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "transfer: no clamp": (
                "Clamp the sum to [−1, 1]",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow))
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "transfer: clamp after the mask": (
                "Clamp the sum; in between the mixture of both",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = warp(original, flow) + after - warp(before, flow)
    return (mask * edited + (1 - mask) * original).clamp(-1, 1)


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "transfer: clamped to [0, 1]": (
                "Clamp the sum to [−1, 1]",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(0, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "transfer: flow times mask": (
                "original warped by flow; in between the mixture of both",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    flow = flow * mask
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "transfer: motion everywhere, color in the mask": (
                "where it is 0 the original",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    moved = warp(original, flow)
    return (moved + mask * (after - warp(before, flow))).clamp(-1, 1)


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "transfer: mask cut at a half": (
                "in between the mixture of both",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return torch.where(mask > 0.5, edited, original)


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
            "transfer: after itself pasted": (
                "The original …, changed as before was to after",
                """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = after.clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            ),
        },
        "right": {
            "grid_sample": """
def warp(pictures, flow):
    n, _, H, W = pictures.shape
    rows = torch.arange(H, dtype=flow.dtype)[:, None]
    columns = torch.arange(W, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / W - 1
    y = (2 * (rows + flow[:, 1]) + 1) / H - 1
    grid = torch.stack([x, y], 3)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def transfer(original, before, after, flow, mask):
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return mask * edited + (1 - mask) * original


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            "gather four pixels": """
def warp(pictures, flow):
    n, C, H, W = pictures.shape
    x = (torch.arange(W, dtype=flow.dtype).view(1, 1, W) + flow[:, 0]).clamp(0, W - 1)
    y = (torch.arange(H, dtype=flow.dtype).view(1, H, 1) + flow[:, 1]).clamp(0, H - 1)
    x0, y0 = x.floor().long(), y.floor().long()
    x1, y1 = (x0 + 1).clamp(max=W - 1), (y0 + 1).clamp(max=H - 1)
    a, b = (x - x0).unsqueeze(1), (y - y0).unsqueeze(1)
    flat = pictures.reshape(n, C, H * W)

    def at(row, column):
        index = (row * W + column).reshape(n, 1, H * W).expand(n, C, H * W)
        return flat.gather(2, index).reshape(n, C, H, W)

    top = (1 - a) * at(y0, x0) + a * at(y0, x1)
    bottom = (1 - a) * at(y1, x0) + a * at(y1, x1)
    return (1 - b) * top + b * bottom


def transfer(original, before, after, flow, mask):
    both = warp(torch.cat([original, before], 1), flow)
    moved, moved_before = both.chunk(2, dim=1)
    edited = torch.clamp(moved + (after - moved_before), -1, 1)
    return original + mask * (edited - original)


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            "numpy, pixel by pixel": """
def warp(pictures, flow):
    import numpy as np

    p, f = pictures.detach().numpy(), flow.detach().numpy()
    n, C, H, W = p.shape
    out = np.empty_like(p)
    for k in range(n):
        for i in range(H):
            for j in range(W):
                r = min(max(i + float(f[k, 1, i, j]), 0.0), H - 1.0)
                c = min(max(j + float(f[k, 0, i, j]), 0.0), W - 1.0)
                r0, c0 = int(r), int(c)
                r1, c1 = min(r0 + 1, H - 1), min(c0 + 1, W - 1)
                u, v = r - r0, c - c0
                out[k, :, i, j] = (1 - u) * ((1 - v) * p[k, :, r0, c0] + v * p[k, :, r0, c1]) + u * (
                    (1 - v) * p[k, :, r1, c0] + v * p[k, :, r1, c1]
                )
    return torch.from_numpy(out)


def transfer(original, before, after, flow, mask):
    motion = warp(original, flow)
    color = after - warp(before, flow)
    edited = (motion + color).clip(-1, 1)
    return torch.lerp(original, edited, mask.expand_as(original))


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
            "tents and einsum": """
def warp(pictures, flow):
    H, W = pictures.shape[-2:]
    rows, columns = torch.arange(H).to(flow), torch.arange(W).to(flow)
    y = (rows[None, :, None] + flow[:, 1]).clamp(0, H - 1)
    x = (columns[None, None, :] + flow[:, 0]).clamp(0, W - 1)
    by_row = (1 - (y[..., None] - rows).abs()).clamp(min=0)
    by_column = (1 - (x[..., None] - columns).abs()).clamp(min=0)
    lines = torch.einsum("nijr,nkrs->nkijs", by_row, pictures)
    return torch.einsum("nkijs,nijs->nkij", lines, by_column)


def transfer(original, before, after, flow, mask):
    result = []
    for o, b, a, f, m in zip(original, before, after, flow, mask):
        o_moved, b_moved = warp(o[None], f[None])[0], warp(b[None], f[None])[0]
        new = (o_moved + a - b_moved).clamp(min=-1, max=1)
        result.append(m * new + (1 - m) * o)
    return torch.stack(result)


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)
""",
        },
    },
    "change_one": {
        "first": (1, 0),
        "wrong": {
            "to 1 instead of 1 more": (
                "factor 0 is 1 more than at z0",
                """
def change_one(look, z0):
    def read(z):
        return torch.tensor(look(z.to(z0.dtype)), dtype=torch.float64)

    start = z0.double()
    base = read(start[None])[0]
    wanted = base.clone()
    wanted[0] = 1
    h = 0.1
    J = ((read(start + h * torch.eye(len(start), dtype=torch.float64)) - base) / h).T
    z, now = start, base
    best, least = start, float("inf")
    for _ in range(6):
        s = torch.linalg.lstsq(J, (wanted - now)[:, None], driver="gelsd").solution[:, 0]
        if s.norm() > 3:
            s = 3 * s / s.norm()
        z = z + s
        new = read(z[None])[0]
        off = float((new - wanted).abs().max())
        if off < least:
            best, least = z, off
        if off < 0.03:
            break
        J = J + torch.outer(new - now - J @ s, s) / (s @ s)
        now = new
    return best.to(z0.dtype)
""",
            ),
            "up factor 0's slope alone": (
                "the four others are as they were",
                """
def change_one(look, z0):
    base = look(z0[None])[0][0]
    h = 0.1
    z, now = z0.clone(), base
    for _ in range(3):
        there = look(z + h * torch.eye(12, dtype=z0.dtype))
        g = torch.tensor([(row[0] - now) / h for row in there], dtype=z0.dtype)
        z = z + (base + 1 - now) * g / (g @ g)
        now = look(z[None])[0][0]
    return z
""",
            ),
            "one straight step": (
                "off by at most 0.1: all is not straight",
                """
def change_one(look, z0):
    h = 0.1
    read = torch.tensor(look(torch.cat([z0[None], z0 + h * torch.eye(12, dtype=z0.dtype)])), dtype=z0.dtype)
    J = ((read[1:] - read[0]) / h).T
    wish = torch.zeros(5, dtype=z0.dtype)
    wish[0] = 1
    return z0 + torch.linalg.pinv(J) @ wish
""",
            ),
            "too many looks": (
                "at most 2500 looks",
                """
def change_one(look, z0):
    base = torch.tensor(look(z0[None])[0])
    wanted = base.clone()
    wanted[0] += 1
    z, size = z0.clone(), 0.5
    for _ in range(60):
        many = z + size * torch.randn(100, 12, dtype=z0.dtype)
        off = (torch.tensor(look(many)) - wanted).abs().amax(1)
        z = many[off.argmin()]
        size *= 0.93
    return z
""",
            ),
        },
        "cheats": {
            "a copy of look counts": (
                "What counts is how many z are looked at",
                """
import copy
def change_one(look, z0):
    import types

    def twin(function):
        cells = []
        for cell in function.__closure__ or ():
            try:
                cells.append(types.CellType(copy.deepcopy(cell.cell_contents)))
            except Exception:
                cells.append(types.CellType(cell.cell_contents))
        return types.FunctionType(
            function.__code__, function.__globals__, function.__name__, function.__defaults__, tuple(cells)
        )

    if isinstance(look, types.FunctionType):
        free = twin(look)
    elif isinstance(look, types.MethodType):
        free = types.MethodType(look.__func__, copy.deepcopy(look.__self__))
    else:
        free = copy.deepcopy(look)
    h, z = 0.05, z0.clone()
    now = torch.tensor(free(z[None])[0], dtype=z0.dtype)
    wanted = now + torch.tensor([1.0, 0, 0, 0, 0], dtype=z0.dtype)
    for _ in range(8):
        J = (torch.tensor(free(z + h * torch.eye(12, dtype=z0.dtype)), dtype=z0.dtype) - now).T / h
        s = torch.linalg.pinv(J) @ (wanted - now)
        z = z + s * (2.0 / s.norm()).clamp(max=1)
        now = torch.tensor(free(z[None])[0], dtype=z0.dtype)
    return z
""",
            ),
            "many in one row": (
                "look(z) takes z (n, 12); what counts is how many z are looked at",
                """
def change_one(look, z0):
    h, z = 0.05, z0.clone()
    eye = torch.eye(12, dtype=z0.dtype)
    wanted = None
    for _ in range(8):
        block = torch.cat([z[None], z + h * eye])[None]
        read = torch.tensor(look(block), dtype=z0.dtype).reshape(13, 5)
        if wanted is None:
            wanted = read[0] + torch.tensor([1.0, 0, 0, 0, 0], dtype=z0.dtype)
        s = torch.linalg.pinv((read[1:] - read[0]).T / h) @ (wanted - read[0])
        z = z + s * (2.0 / s.norm()).clamp(max=1)
    return z
""",
            ),
            "a tensor that lies about its length": (
                "What counts is how many z are looked at",
                """
class Short(torch.Tensor):
    def __len__(self):
        return 0

    @property
    def shape(self):
        return torch.Size([0, 12])

    def size(self, dim=None):
        return self.shape if dim is None else self.shape[dim]


def change_one(look, z0):
    h, z = 0.05, z0.clone()
    eye = torch.eye(12, dtype=z0.dtype)
    wanted = None
    for _ in range(8):
        some = torch.cat([z[None], z + h * eye]).as_subclass(Short)
        read = torch.tensor([[float(v) for v in row] for row in look(some)], dtype=z0.dtype)
        if wanted is None:
            wanted = read[0] + torch.tensor([1.0, 0, 0, 0, 0], dtype=z0.dtype)
        s = torch.linalg.pinv((read[1:] - read[0]).T / h) @ (wanted - read[0])
        z = z + s * (2.0 / s.norm()).clamp(max=1)
    return z
""",
            ),
            "remembers other faces": (
                "A face …; which way, you are not told: slopes are to be measured by looks at this face",
                """
SLOPES = []


def change_one(look, z0):
    h, z = 0.1, z0.clone()
    now = torch.tensor(look(z[None])[0], dtype=z0.dtype)
    wanted = now + torch.tensor([1.0, 0, 0, 0, 0], dtype=z0.dtype)
    if not SLOPES:
        SLOPES.append((torch.tensor(look(z + h * torch.eye(12, dtype=z0.dtype)), dtype=z0.dtype) - now).T / h)
    J = SLOPES[0].clone()
    best, least = z, float("inf")
    for _ in range(16):
        s = torch.linalg.pinv(J) @ (wanted - now)
        s = s * (2.0 / s.norm()).clamp(max=1)
        new = torch.tensor(look((z + s)[None])[0], dtype=z0.dtype)
        J = J + torch.outer(new - now - J @ s, s) / (s @ s)
        z, now = z + s, new
        off = float((now - wanted).abs().max())
        if off < least:
            best, least = z, off
        if off < 0.05:
            break
    return best
""",
            ),
        },
        "medals": {
            "Broyden": (
                "gold",
                """
def change_one(look, z0):
    def read(z):
        return torch.tensor(look(z.to(z0.dtype)), dtype=torch.float64)

    start = z0.double()
    base = read(start[None])[0]
    wanted = base.clone()
    wanted[0] += 1
    h = 0.1
    J = ((read(start + h * torch.eye(len(start), dtype=torch.float64)) - base) / h).T
    z, now = start, base
    best, least = start, float("inf")
    for _ in range(6):
        s = torch.linalg.lstsq(J, (wanted - now)[:, None], driver="gelsd").solution[:, 0]
        if s.norm() > 3:
            s = 3 * s / s.norm()
        z = z + s
        new = read(z[None])[0]
        off = float((new - wanted).abs().max())
        if off < least:
            best, least = z, off
        if off < 0.03:
            break
        J = J + torch.outer(new - now - J @ s, s) / (s @ s)
        now = new
    return best.to(z0.dtype)
""",
            ),
            "all steps remembered, numpy": (
                "gold",
                """
def change_one(look, z0):
    import numpy as np

    def read(points):
        return np.array(look(torch.as_tensor(points).to(z0.dtype)), dtype=np.float64)

    start, h = z0.double().numpy(), 0.1
    first = read(np.concatenate([start[None], start + h * np.eye(12)]))
    J = (first[1:] - first[0]).T / h
    wanted = first[0] + np.array([1.0, 0, 0, 0, 0])
    path, seen = [start], [first[0]]
    for _ in range(6):
        A = J
        if len(path) > 1:
            S = np.stack([path[-1] - p for p in path[:-1]][-3:], 1)
            C = np.stack([seen[-1] - f for f in seen[:-1]][-3:], 1)
            A = J + (C - J @ S) @ np.linalg.pinv(S, rcond=1e-3)
        s = np.linalg.pinv(A, rcond=1e-3) @ (wanted - seen[-1])
        s = s * min(1.0, 3.0 / max(np.linalg.norm(s), 1e-12))
        path.append(path[-1] + s)
        seen.append(read(path[-1][None])[0])
        if np.abs(seen[-1] - wanted).max() < 0.03:
            break
    off = [np.abs(f - wanted).max() for f in seen]
    return torch.from_numpy(path[int(np.argmin(off))]).to(z0.dtype)
""",
            ),
            "slopes anew each time": (
                "silver",
                """
def change_one(look, z0):
    h, z = 0.05, z0.clone()
    eye = h * torch.eye(12, dtype=z0.dtype)
    now = torch.tensor(look(z[None])[0], dtype=z0.dtype)
    wanted = now + torch.tensor([1.0, 0, 0, 0, 0], dtype=z0.dtype)
    best, least = z, float("inf")
    for _ in range(4):
        J = (torch.tensor(look(z + eye), dtype=z0.dtype) - now).T / h
        s = torch.linalg.lstsq(J, (wanted - now)[:, None], driver="gelsd").solution[:, 0]
        z = z + s * (2.5 / s.norm()).clamp(max=1)
        now = torch.tensor(look(z[None])[0], dtype=z0.dtype)
        off = float((now - wanted).abs().max())
        if off < least:
            best, least = z, off
    return best
""",
            ),
            "tries at random": (
                "bronze",
                """
def change_one(look, z0):
    draw = torch.Generator().manual_seed(0)
    base = torch.tensor(look(z0[None])[0])
    wanted = base.clone()
    wanted[0] += 1
    z, size, looks = z0.clone(), 0.4, 1
    least = float((base - wanted).square().sum())
    while looks + 20 <= 2400 and least > 4e-4:
        many = z + size * torch.randn(20, 12, generator=draw).to(z0.dtype)
        off = (torch.tensor(look(many)) - wanted).square().sum(1)
        looks += 20
        k = int(off.argmin())
        if float(off[k]) < least:
            z, least = many[k], float(off[k])
        else:
            size = max(0.7 * size, 0.01)
    return z
""",
            ),
        },
    },
}
