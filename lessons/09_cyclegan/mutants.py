"""Right and wrong answers to the exercises of lesson 09, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("cycle_and_identity")

it.right("four distances")
it.right(
    "by hand",
    """
    def apart(x, y):
        return (x - y).abs().sum() / x.numel()

    return apart(a, G_BA(G_AB(a))) + apart(b, G_AB(G_BA(b))), apart(a, G_BA(a)) + apart(b, G_AB(b))
    """,
)
it.right(
    "in a loop",
    """
    losses = [0, 0]
    for there, back, x in ((G_AB, G_BA, a), (G_BA, G_AB, b)):
        losses[0] = losses[0] + nn.L1Loss()(back(there(x)), x)
        losses[1] = losses[1] + nn.L1Loss()(back(x), x)
    return torch.stack(losses)
    """,
)
it.wrong("returns nothing", {"return cycle, same": ""}, says="The result is None")
it.wrong("return 0", "return 0", says="the cycle's loss first")
it.wrong("swapped", {"return cycle, same": "return same, cycle"}, says="in the other order", point=True)
it.wrong("averaged", {"return cycle, same": "return cycle / 2, same / 2"}, says="directions are averaged", point=True)
it.wrong("squared", {"F.l1_loss": "F.mse_loss"}, count=4, says="The squared difference is taken", point=True)
it.wrong(
    "summed",
    {"(G_BA(G_AB(a)), a)": '(G_BA(G_AB(a)), a, reduction="sum")', "(G_AB(G_BA(b)), b)": '(G_AB(G_BA(b)), b, reduction="sum")',
     "(G_AB(b), b)": '(G_AB(b), b, reduction="sum")', "(G_BA(a), a)": '(G_BA(a), a, reduction="sum")'},
    says="summed over the pixels", point=True,
)  # fmt: skip
it.wrong(
    "one way",
    {" + F.l1_loss(G_AB(G_BA(b)), b)": "", " + F.l1_loss(G_BA(a), a)": ""},
    says="Only one direction is counted",
    point=True,
)
it.wrong(
    "the same network twice",
    {"G_BA(G_AB(a))": "G_AB(G_AB(a))", "G_AB(G_BA(b))": "G_BA(G_BA(b))"},
    says="back goes G_BA",
    point=True,
)
it.wrong(
    "identity on one's own pictures",
    {"F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)": "F.l1_loss(G_AB(a), a) + F.l1_loss(G_BA(b), b)"},
    says="What G_AB should leave alone is a picture of B",
    never="in the other order",
    point=True,
)
it.wrong(
    "detached on the way",
    {"G_BA(G_AB(a))": "G_BA(G_AB(a).detach())", "G_AB(G_BA(b))": "G_AB(G_BA(b).detach())"},
    says="detached on its way",
)
it.wrong("numbers", {"return cycle, same": "return cycle.item(), same.item()"}, says="cut off from the networks")
it.wrong(
    "a single batch",
    {"F.l1_loss(G_BA(G_AB(a)), a) + F.l1_loss(G_AB(G_BA(b)), b)": (
        "F.l1_loss(torch.cat([G_BA(G_AB(a)), G_AB(G_BA(b))]), torch.cat([a, b]))"
    )},
    says="expected",
    point=True,
)  # fmt: skip
it.wrong(
    "the batches cut to one size",
    {"cycle = F": "n = min(len(a), len(b))\na, b = a[:n], b[:n]\ncycle = F"},
    says="expected",
    point=True,
)
it.excused = {
    "`F.l1_loss(G_BA(G_AB(a)), a)` → `F.l1_loss(a, G_BA(G_AB(a)))`": "the absolute difference does not depend on the order",
    "`F.l1_loss(G_AB(G_BA(b)), b)` → `F.l1_loss(b, G_AB(G_BA(b)))`": "the absolute difference does not depend on the order",
    "`F.l1_loss(G_AB(b), b)` → `F.l1_loss(b, G_AB(b))`": "the absolute difference does not depend on the order",
    "`F.l1_loss(G_BA(a), a)` → `F.l1_loss(a, G_BA(a))`": "the absolute difference does not depend on the order",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("perfect_maps")

it.right("lists")
it.right(
    "tensors",
    """
    p, q, f, g = (torch.tensor(x) for x in (p, q, f, g))
    if step in (1, 2):
        out = torch.zeros_like(q).index_add_(0, f, p)
        return out.tolist() if step == 1 else float((out - q).clamp(min=0).sum() / q.sum())
    if step == 3:
        return float((p * (g[f] == torch.arange(len(f)))).sum() / p.sum())
    if step == 4:
        s = torch.tensor(s)
        return s[f].tolist(), g[s.argsort()].tolist()
    count = 1 if sorted(p.tolist()) == sorted(q.tolist()) else 0
    for c in p.unique():
        count *= math.factorial(int((p == c).sum()))
    return count
    """,
)
it.right(
    "by trying all",
    """
    from itertools import permutations

    k = len(p)
    if step == 1:
        return [sum(p[i] for i in range(k) if f[i] == j) for j in range(k)]
    if step == 2:
        return 0.5 * sum(abs(sum(p[i] for i in range(k) if f[i] == j) - q[j]) for j in range(k)) / sum(q)
    if step == 3:
        return sum(p[i] * (g[f[i]] == i) for i in range(k)) / sum(p)
    if step == 4:
        there = [s[f[i]] for i in range(k)]
        back = [0] * k
        for i, j in enumerate(there):
            back[j] = i
        return there, back
    return sum(all(p[i] == q[j] for i, j in enumerate(order)) for order in permutations(range(k)))
    """,
)
it.wrong("returns nothing", {"return sum(c for i, c in enumerate(p) if g[f[i]] == i) / sum(p)": "return None",
                             "return out": "return None"}, says="The result is None")  # fmt: skip
it.wrong("return 0", "return 0", says="should be a list of 5 whole numbers", point=True)
it.wrong("the counts of A", {"return out": "return list(p)"}, says="in A's order")
it.wrong(
    "looks up instead of adding",
    {"for i, j in enumerate(f):\n    out[j] += p[i]": "out = [p[j] for j in f]"},
    says="It should be added there",
)
it.wrong("counts pictures once", {"out[j] += p[i]": "out[j] += 1"}, says="each counts as often as it occurs")
it.wrong("no half", {" / 2 / sum(q)": " / sum(q)"}, says="Take half")
it.wrong("a count in step 2", {" / 2 / sum(q)": " / 2"}, says="Divide by how many pictures")
it.wrong("signs cancel", {"sum(abs(c - d)": "sum((c - d)"}, says="take absolute values")
it.wrong("squares", {"abs(c - d)": "(c - d) ** 2"}, says="The differences are squared")
it.wrong(
    "each picture once in step 3",
    {"sum(c for i, c in enumerate(p) if g[f[i]] == i) / sum(p)": "sum(g[j] == i for i, j in enumerate(f)) / len(f)"},
    says="It should count as often as it occurs",
)
it.wrong(
    "what does not come back", {"if g[f[i]] == i) / sum(p)": "if g[f[i]] != i) / sum(p)"}, says="does not come back"
)
it.wrong("the shuffle first", {"[s[j] for j in f]": "[f[j] for j in s]"}, says="so first f, then s", point=True)
it.wrong(
    "the way back as it was",
    {"[g[s.index(j)] for j in range(len(s))]": "list(g)"},
    says="no longer come back",
    point=True,
)
it.wrong(
    "back by the shuffle itself",
    {"[g[s.index(j)] for j in range(len(s))]": "[g[s[j]] for j in range(len(s))]"},
    says="should undo the shuffle first",
    point=True,
)
it.wrong("no shuffle", {"[s[j] for j in f]": "list(f)"}, says="That is the map as it was", point=True)
it.wrong("undoes the shuffle", {"[s[j] for j in f]": "[s.index(j) for j in f]"}, says="undoes the shuffle", point=True)
it.wrong(
    "all orders",
    {"return math.prod(math.factorial(p.count(c)) for c in set(p))": "return math.factorial(len(p))"},
    says="All orders are counted",
    point=True,
)
it.wrong("sums the groups", {"math.prod(": "sum("}, says="so their numbers multiply", point=True)
it.wrong("no factorial", {"math.factorial(p.count(c))": "p.count(c)"}, says="in n! ways", point=True)
it.wrong(
    "never none", {"if sorted(p) != sorted(q):\n    return 0": ""}, says="No one-to-one map has these counts",
    point=True,
)  # fmt: skip
it.wrong(
    "the way back is chosen, too",
    {"for c in set(p))": "for c in set(p)) ** 2"},
    says="it is no second choice",
    point=True,
)
it.wrong(
    "in their order",
    {"sorted(p) != sorted(q)": "p != q"},
    says="expected",
    point=True,
)
it.excused = {
    "`if step == 5: …` → `if sorted(p) != sorted(q): …` `return math.prod((math.factorial(p.count(c)) for c in set(p)))`": "the last of the five steps: what is left when no other was asked",
    "`raise ValueError(f'Steps are 1 to 5, not {step}.')` → nothing": "no step of this number is asked for",
    "`ValueError(f'Steps are 1 to 5, not {step}.')` → `f'Steps are 1 to 5, not {step}.'`": "no step of this number is asked for",
    "`ValueError(f'Steps are 1 to 5, not {step}.')` → `ValueError()`": "no step of this number is asked for",
    "`sum((abs(c - d) for c, d in zip(out, q, strict=True))) / 2` → `sum((abs(c - d) for c, d in zip(out, q, strict=True))) // 2`": "both have one sum, so the differences add up to an even number",
    "`abs(c - d)` → `abs(d - c)`": "the absolute difference does not depend on the order",
    "`zip(out, q, strict=True)` → `zip(q, out, strict=True)`": "the absolute difference does not depend on the order",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("ResidualBlock")

it.right("seven layers")
it.right(
    "padding by convolutions that mirror",
    """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        settings = {"padding": 1, "padding_mode": "reflect", "bias": False}
        self.first = nn.Conv2d(channels, channels, 3, **settings)
        self.second = nn.Conv2d(channels, channels, 3, **settings)

    def forward(self, x):
        hidden = F.relu(F.instance_norm(self.first(x)))
        return F.instance_norm(self.second(hidden)) + x
""",
)
it.right(
    "F.pad, and a loop",
    """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.filters = nn.ModuleList(nn.Conv2d(channels, channels, 3) for _ in range(2))
        self.norm = nn.InstanceNorm2d(channels)

    def forward(self, x):
        hidden = x
        for k, layer in enumerate(self.filters):
            hidden = self.norm(layer(F.pad(hidden, (1, 1, 1, 1), mode="reflect")))
            hidden = hidden.clamp(min=0) if k == 0 else hidden
        return x + hidden
""",
)
it.wrong("returns nothing", {"return x + self.layers(x)": "self.layers(x)"}, says="The result is None")
it.wrong("return x", {"return x + self.layers(x)": "return x"}, says="are the layers used?", point=True)
it.wrong(
    "no shortcut", {"return x + self.layers(x)": "return self.layers(x)"}, says="What came in is not added", point=True
)
it.wrong(
    "zeros",
    {"nn.ReflectionPad2d(1)": "nn.ZeroPad2d(1)"},
    count=2,
    says="The convolutions see zeros",
    never="edge is repeated",
    point=True,
)
it.wrong(
    "the edge repeated",
    {"nn.ReflectionPad2d(1)": "nn.ReplicationPad2d(1)"},
    count=2,
    says="The edge is repeated",
    never="see zeros",
    point=True,
)
it.wrong(
    "around the picture",
    {"nn.ReflectionPad2d(1)": "nn.CircularPad2d(1)"},
    count=2,
    says="continued from its other side",
    point=True,
)
it.wrong(
    "padded twice",
    {"nn.Conv2d(channels, channels, 3)": "nn.Conv2d(channels, channels, 3, padding=1)"},
    count=2,
    says="Your code stopped",
    point=True,
)
it.wrong(
    "batch normalization",
    {"nn.InstanceNorm2d(channels)": "nn.BatchNorm2d(channels)"},
    count=2,
    says="It is normalized over the batch",
    point=True,
)
it.wrong(
    "no normalization",
    {"nn.InstanceNorm2d(channels),": ""},
    count=2,
    says="no normalization behind the convolutions",
    point=True,
)
it.wrong("no ReLU", {"nn.ReLU(),": ""}, says="There is no ReLU between", point=True)
it.wrong("LeakyReLU", {"nn.ReLU()": "nn.LeakyReLU(0.2)"}, says="ReLU, not LeakyReLU", point=True)
it.wrong(
    "ReLU behind the sum",
    {"return x + self.layers(x)": "return F.relu(x + self.layers(x))"},
    says="A ReLU stands behind the sum",
    point=True,
)
it.wrong(
    "ReLU before the sum",
    {"return x + self.layers(x)": "return x + F.relu(self.layers(x))"},
    says="A ReLU stands before the sum",
    point=True,
)
it.wrong(
    "one convolution",
    """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels))

    def forward(self, x):
        return x + self.layers(x)
""",
    says="Two convolutions of",
    point=True,
)
it.wrong(
    "no second normalization",
    """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
    says="no normalization behind the second",
    point=True,
)
it.wrong(
    "one convolution, used twice",
    """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv, self.norm, self.pad = nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels), nn.ReflectionPad2d(1)

    def forward(self, x):
        hidden = F.relu(self.norm(self.conv(self.pad(x))))
        return x + self.norm(self.conv(self.pad(hidden)))
""",
    says="Two convolutions of",
    point=True,
)
it.excused = {
    "`nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels), nn.ReLU(), nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels))` → `nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels), nn.ReflectionPad2d(1), nn.ReLU(), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels))`": "mirroring copies pixels: it does not matter whether negative ones become 0 before or after",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("from_buffer")

it.right("two lists")
it.right(
    "a tensor that grows",
    """
    fakes, held, out = fakes.detach(), held.clone(), []
    for i in range(len(fakes)):
        if held.shape[0] < capacity:
            held = torch.cat([held, fakes[i : i + 1]])
            out.append(fakes[i])
        elif not bool(coins[i]):
            out.append(fakes[i])
        else:
            out.append(held[places[i]].clone())
            held[places[i]] = fakes[i]
    return torch.stack(out), held
    """,
)
it.right(
    "first the free places",
    """
    fakes = fakes.detach()
    free = capacity - len(held)
    kept = torch.cat([held, fakes[:free]])
    shown = fakes.clone()
    for i in range(max(free, 0), len(fakes)):
        if coins[i]:
            k = int(places[i])
            shown[i] = kept[k]
            kept[k] = fakes[i]
    return [shown, kept]
    """,
)
it.wrong("returns nothing", {"return torch.stack(shown), torch.stack(kept)": ""}, says="The result is None")
it.wrong("return 0", "return 0", says="Return two tensors", point=True)
it.wrong("hands on", "return fakes.detach(), held", says="What is held should have shape", point=True)
it.wrong("coins turned", {"elif coin:": "elif not coin:"}, says="the other way around", point=True)
it.wrong("never replaced", {"kept[place] = fake": ""}, says="The old picture stays", point=True)
it.wrong(
    "always stored",
    {"else:\n    shown.append(fake)": "else:\n    shown.append(fake)\n    kept[place] = fake"},
    says="is stored, too",
    point=True,
)
it.wrong("the new one both times", {"shown.append(kept[place])": "shown.append(fake)"}, says="the old picture should be shown",
         point=True)  # fmt: skip
it.wrong(
    "replaced first",
    {"shown.append(kept[place])\nkept[place] = fake": "kept[place] = fake\nshown.append(kept[place])"},
    says="the old picture should be shown",
    point=True,
)
it.wrong("still attached", {"fakes.detach()": "fakes"}, says="still hangs on G's computation")
it.wrong("one too many", {"len(kept) < capacity": "len(kept) <= capacity"}, says="The buffer holds at most", point=True)
it.wrong(
    "fifty whatever is asked", {"len(kept) < capacity": "len(kept) < 50"}, says="The buffer holds at most", point=True
)
it.wrong(
    "looks at the buffer of before",
    {"shown.append(kept[place])": "shown.append(held[place])"},
    says="does not come out again",
    point=True,
)
it.wrong(
    "chance of its own",
    {"elif coin:": "elif torch.rand(()) < 0.5:"},
    says="not right",
    point=True,
)
it.wrong(
    "changes what it is given",
    """
    shown = fakes.detach().clone()
    kept = torch.cat([held, shown[: capacity - len(held)]]) if len(held) < capacity else held
    for i in range(capacity - len(held) if len(held) < capacity else 0, len(fakes)):
        if coins[i]:
            k = int(places[i])
            shown[i] = kept[k].clone()
            kept[k] = fakes[i].detach()
    return shown, kept
    """,
    says="changed",
)
it.wrong("stored in front", {"kept.append(fake)": "kept.insert(0, fake)"}, says="not right")
it.wrong("old ones while it fills", {"kept.append(fake)\nshown.append(fake)": (
    "kept.append(fake)\nshown.append(kept[0])"
)}, says="stored and shown itself")  # fmt: skip
it.excused = {
    "`held, fakes, coins, places, capacity=50` → `held, fakes, coins, places, capacity=-50`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`held, fakes, coins, places, capacity=50` → `held, fakes, coins, places, capacity=0`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`held, fakes, coins, places, capacity=50` → `held, fakes, coins, places, capacity=49`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`held, fakes, coins, places, capacity=50` → `held, fakes, coins, places, capacity=51`": "a default in the head that the notebook gives: the checks and the lesson say what they mean",
    "`coins.tolist()` → `coins`": "a number in a tensor decides, and finds a place, as a plain one does",
    "`places.tolist()` → `places`": "a number in a tensor decides, and finds a place, as a plain one does",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("cyclegan_step")

it.right("two turns")
it.right(
    "frozen judges, and the losses by hand",
    """
    for net in (D_A, D_B):
        net.requires_grad_(False)
    made_b, made_a = G_AB(a), G_BA(b)
    fooled = F.mse_loss(D_B(made_b), torch.ones_like(D_B(made_b))) + F.mse_loss(D_A(made_a), torch.ones_like(D_A(made_a)))
    cycle = (G_BA(made_b) - a).abs().mean() + (G_AB(made_a) - b).abs().mean()
    same = (G_AB(b) - b).abs().mean() + (G_BA(a) - a).abs().mean()
    opt_G.zero_grad()
    total = fooled + weight * cycle + identity * same
    total.backward()
    opt_G.step()
    for net in (D_A, D_B):
        net.requires_grad_(True)
    opt_D.zero_grad()
    found = 0.0
    for D, real, made in ((D_A, a, remember_A(made_a.detach())), (D_B, b, remember_B(made_b.detach()))):
        loss = 0.5 * ((D(real) - 1).pow(2).mean() + D(made).pow(2).mean())
        loss.backward()
        found += float(loss)
    opt_D.step()
    return float(fooled), float(cycle), float(same), found
    """,
)
it.right(
    "translates for the judges first",
    """
    with torch.no_grad():
        old_b, old_a = remember_B(G_AB(a)), remember_A(G_BA(b))
    opt_G.zero_grad(set_to_none=False)
    parts = [
        (1 - D_B(G_AB(a))).square().mean() + (1 - D_A(G_BA(b))).square().mean(),
        F.l1_loss(G_BA(G_AB(a)), a) + F.l1_loss(G_AB(G_BA(b)), b),
        F.l1_loss(G_BA(a), a) + F.l1_loss(G_AB(b), b),
    ]
    sum(w * part for w, part in zip((1, weight, identity), parts)).backward()
    opt_G.step()
    opt_D.zero_grad()
    d_loss = ((D_A(a) - 1) ** 2).mean() + (D_A(old_a) ** 2).mean() + ((D_B(b) - 1) ** 2).mean() + (D_B(old_b) ** 2).mean()
    (d_loss / 2).backward()
    opt_D.step()
    return [*(part.item() for part in parts), d_loss.item() / 2]
    """,
)
TOTAL = "(fooled + weight * cycle + identity * same).backward()"
LAST = "return fooled.item(), cycle.item(), same.item(), d_loss.item()"
it.wrong("returns nothing", {LAST: ""}, says="The result is None")
it.wrong("return 0", "return 0.0, 0.0, 0.0, 0.0", says="G has not moved", point=True)
it.wrong("two numbers", {LAST: "return fooled.item(), d_loss.item()"}, says="Return four numbers", point=True)
it.wrong("losses attached", {LAST: "return fooled, cycle, same, d_loss"}, says="computation attached", point=True)
it.wrong("with their weights", {LAST: "return fooled.item(), weight * cycle.item(), identity * same.item(), d_loss.item()"},
         says="returned with their weights")  # fmt: skip
it.wrong("another order", {LAST: "return d_loss.item(), fooled.item(), cycle.item(), same.item()"}, says="The order is")
it.wrong(
    "judges swapped",
    {"(D_B(into_b) - 1)": "(D_A(into_b) - 1)", "(D_A(into_a) - 1)": "(D_B(into_a) - 1)"},
    says="The judges are swapped",
    point=True,
)
it.wrong(
    "wrong way",
    {"(D_B(into_b) - 1)": "D_B(into_b)", "(D_A(into_a) - 1)": "D_A(into_a)"},
    says="called real",
    point=True,
)
it.wrong("G halved", {"fooled = (D_B(into_b) - 1).square().mean() + (D_A(into_a) - 1).square().mean()": (
    "fooled = ((D_B(into_b) - 1).square().mean() + (D_A(into_a) - 1).square().mean()) / 2"
)}, says="Only the judges' is", point=True)  # fmt: skip
it.wrong("one generator plays", {" + (D_A(into_a) - 1).square().mean()": ""}, says="should please D_A", point=True)
it.wrong(
    "cycle detached",
    {"G_BA(into_b), a": "G_BA(into_b.detach()), a", "G_AB(into_a), b": "G_AB(into_a.detach()), b"},
    says="detached on the way round",
    point=True,
)
it.wrong("cycle of A alone", {" + F.l1_loss(G_AB(into_a), b)": ""}, says="Only A's pictures go round", point=True)
it.wrong(
    "cycle squared",
    {
        "F.l1_loss(G_BA(into_b), a)": "F.mse_loss(G_BA(into_b), a)",
        "F.l1_loss(G_AB(into_a), b)": "F.mse_loss(G_AB(into_a), b)",
    },
    says="difference is squared",
    point=True,
)
it.wrong(
    "identity on one's own pictures",
    {"F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)": "F.l1_loss(into_b, a) + F.l1_loss(into_a, b)"},
    says="What G_AB should leave alone is a picture of B",
    point=True,
)
it.wrong("no weights", {TOTAL: "(fooled + cycle + same).backward()"}, says="The weights are missing", point=True)
it.wrong("weights swapped", {"weight * cycle + identity * same": "identity * cycle + weight * same"},
         says="weights are swapped", point=True)  # fmt: skip
it.wrong(
    "identity times both", {"identity * same": "weight * identity * same"}, says="not also `weight` times", point=True
)
it.wrong("no cycle", {" + weight * cycle": ""}, says="The cycle teaches nothing", point=True)
it.wrong("no identity", {" + identity * same": ""}, says="The identity loss teaches nothing", point=True)
it.wrong("no game", {"(fooled + weight": "(weight"}, says="The judges teach the generators nothing", point=True)
it.wrong("gradients left in G", {"opt_G.zero_grad()": ""}, says="opt_G.zero_grad() before backward()", point=True)
it.wrong(
    "gradients of G's turn in D",
    {
        "opt_D.zero_grad()": "",
        "into_b, into_a = G_AB(a), G_BA(b)": "opt_D.zero_grad()\ninto_b, into_a = G_AB(a), G_BA(b)",
    },
    says="has left gradients in the judges",
    never="of the step before are still in the judges",
    point=True,
)
it.wrong("not halved", {"(on_a + on_b) / 2": "on_a + on_b"}, says="The factor ½ is missing", point=True)
it.wrong(
    "no memory",
    {"remember_A(into_a.detach()), remember_B(into_b.detach())": "into_a.detach(), into_b.detach()"},
    says="Show them what remember_A and remember_B return",
    point=True,
)
it.wrong(
    "memories swapped",
    {"old_a, old_b = remember_A": "old_b, old_a = remember_A"},
    says="The past translations are swapped",
    point=True,
)
it.wrong(
    "memories given the other domain",
    {
        "remember_A(into_a.detach()), remember_B(into_b.detach())": "remember_A(into_b.detach()), remember_B(into_a.detach())"
    },
    says="in the other domain",
)
it.wrong(
    "real pictures swapped",
    {"(D_A(a) - 1)": "(D_A(b) - 1)", "(D_B(b) - 1)": "(D_B(a) - 1)"},
    says="real pictures are swapped",
    point=True,
)
it.wrong(
    "labels swapped",
    {"(D_A(a) - 1).square().mean() + D_A(old_a).square()": "D_A(a).square().mean() + (D_A(old_a) - 1).square()",
     "(D_B(b) - 1).square().mean() + D_B(old_b).square()": "D_B(b).square().mean() + (D_B(old_b) - 1).square()"},
    says="Real and made are swapped", point=True,
)  # fmt: skip
it.wrong("one judge learns", {"(on_a + on_b) / 2": "on_b / 2"}, says="D_A has not moved", point=True)
it.wrong("not detached", {
    "remember_A(into_a.detach()), remember_B(into_b.detach())": (
        "(remember_A(into_a.detach()), remember_B(into_b.detach()))\n"
        "((D_A(G_BA(b)).square().mean() + D_B(G_AB(a)).square().mean()) / 2).backward()"
    ),
}, says="gone back into the generators")  # fmt: skip
it.wrong(
    "judges first",
    """
    into_b, into_a = G_AB(a), G_BA(b)
    old_a, old_b = remember_A(into_a.detach()), remember_B(into_b.detach())
    on_a = (D_A(a) - 1).square().mean() + D_A(old_a).square().mean()
    on_b = (D_B(b) - 1).square().mean() + D_B(old_b).square().mean()
    d_loss = (on_a + on_b) / 2
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    fooled = (D_B(into_b) - 1).square().mean() + (D_A(into_a) - 1).square().mean()
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    opt_G.zero_grad()
    (fooled + weight * cycle + identity * same).backward()
    opt_G.step()
    return fooled.item(), cycle.item(), same.item(), d_loss.item()
    """,
    says="Here the generators move first",
    point=True,
)
it.wrong(
    "translated anew",
    {"old_a, old_b = remember_A(into_a.detach())": (
        "into_b, into_a = G_AB(a), G_BA(b)\nold_a, old_b = remember_A(into_a.detach())"
    )},
    says="that the generators were judged by",
)  # fmt: skip
it.wrong(
    "cross-entropy",
    {"(D_B(into_b) - 1).square()": "F.softplus(-D_B(into_b))", "(D_A(into_a) - 1).square()": "F.softplus(-D_A(into_a))",
     "(D_A(a) - 1).square()": "F.softplus(-D_A(a))", "D_A(old_a).square()": "F.softplus(D_A(old_a))",
     "(D_B(b) - 1).square()": "F.softplus(-D_B(b))", "D_B(old_b).square()": "F.softplus(D_B(old_b))"},
    says="That is the cross-entropy", point=True,
)  # fmt: skip
it.wrong("judges stay frozen", {"into_b, into_a = G_AB(a), G_BA(b)": (
    "into_b, into_a = G_AB(a), G_BA(b)\nfor p in D_A.parameters():\n    p.requires_grad_(False)"
)}, says="D_A has not moved", point=True)  # fmt: skip
it.excused = {
    "`F.l1_loss(G_BA(into_b), a)` → `F.l1_loss(a, G_BA(into_b))`": "the absolute difference does not depend on the order",
    "`F.l1_loss(G_AB(into_a), b)` → `F.l1_loss(b, G_AB(into_a))`": "the absolute difference does not depend on the order",
    "`F.l1_loss(G_AB(b), b)` → `F.l1_loss(b, G_AB(b))`": "the absolute difference does not depend on the order",
    "`F.l1_loss(G_BA(a), a)` → `F.l1_loss(a, G_BA(a))`": "the absolute difference does not depend on the order",
    "`into_a.detach()` → `into_a.detach_()`": "the generators' turn is over: nobody goes back through the translations",
    "`into_b.detach()` → `into_b.detach_()`": "the generators' turn is over: nobody goes back through the translations",
    "`(D_B(into_b) - 1).square()` → `(D_B(into_b) - 1).square_()`": "what is squared in place is a fresh tensor that nothing else uses",
    "`(D_A(into_a) - 1).square()` → `(D_A(into_a) - 1).square_()`": "what is squared in place is a fresh tensor that nothing else uses",
    "`(D_A(a) - 1).square()` → `(D_A(a) - 1).square_()`": "what is squared in place is a fresh tensor that nothing else uses",
    "`D_A(old_a).square()` → `D_A(old_a).square_()`": "what is squared in place is a fresh tensor that nothing else uses",
    "`(D_B(b) - 1).square()` → `(D_B(b) - 1).square_()`": "what is squared in place is a fresh tensor that nothing else uses",
    "`D_B(old_b).square()` → `D_B(old_b).square_()`": "what is squared in place is a fresh tensor that nothing else uses",
    "`D_B(into_b) - 1` → `1 - D_B(into_b)`": "the square does not depend on the sign",
    "`D_A(into_a) - 1` → `1 - D_A(into_a)`": "the square does not depend on the sign",
    "`D_A(a) - 1` → `1 - D_A(a)`": "the square does not depend on the sign",
    "`D_B(b) - 1` → `1 - D_B(b)`": "the square does not depend on the sign",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("hidden_message")

it.right("under no_grad")
it.right(
    "detached",
    """
    made = G_AB(a).detach()
    errors = []
    for k in (0.0, levels):
        returned = G_BA(torch.clip(made + noise * (k / 127.5), -1.0, 1.0))
        errors.append(float((returned.detach() - a).abs().mean()))
    return tuple(errors)
    """,
)
it.right(
    "in evaluation of both at once",
    """
    with torch.inference_mode():
        made = G_AB(a)
        both = torch.cat([made, torch.clamp(made + 2 * levels * noise / 255, -1, 1)])
        apart = (G_BA(both) - torch.cat([a, a])).abs().flatten(1).mean(1)
    return apart[: len(a)].mean().item(), apart[len(a) :].mean().item()
    """,
)
RETURNED = "return F.l1_loss(G_BA(made), a).item(), F.l1_loss(G_BA(disturbed), a).item()"
it.wrong("returns nothing", {RETURNED: "pass"}, says="The result is None")
it.wrong("return 0", "return 0", says="the error without noise first")
it.wrong("swapped", {RETURNED: "return F.l1_loss(G_BA(disturbed), a).item(), F.l1_loss(G_BA(made), a).item()"},
         says="in the other order", point=True)  # fmt: skip
it.wrong("1/255", {"levels * 2 / 255": "levels / 255"}, says="half as strong", point=True)
it.wrong("in bytes", {"levels * 2 / 255": "levels"}, says="not scaled to the range", point=True)
it.wrong("whole levels", {"levels * 2 / 255 * noise": "2 / 255 * (levels * noise).round()"}, says="rounded to whole")
it.wrong("not clipped", {".clamp(-1, 1)": ""}, says="should be clipped", point=True)
it.wrong("clipped at 0", {".clamp(-1, 1)": ".clamp(0, 1)"}, says="clip there, not at 0", point=True)
it.wrong(
    "noise on the picture",
    {"(made + levels * 2 / 255 * noise).clamp(-1, 1)": "G_AB((a + levels * 2 / 255 * noise).clamp(-1, 1))"},
    says="Add it to its translation",
    point=True,
)
it.wrong("squared", {"F.l1_loss": "F.mse_loss"}, count=2, says="The squared difference", point=True)
it.wrong(
    "beside the clean one", {"F.l1_loss(G_BA(disturbed), a)": "F.l1_loss(G_BA(disturbed), G_BA(made))"},
    says="Compare both with the picture", point=True,
)  # fmt: skip
it.wrong(
    "the translation's error",
    {"F.l1_loss(G_BA(made), a)": "F.l1_loss(made, a)", "F.l1_loss(G_BA(disturbed), a)": "F.l1_loss(disturbed, a)"},
    says="Translate it back first",
    point=True,
)
it.wrong(
    "how much is added",
    {RETURNED: "first = F.l1_loss(G_BA(made), a).item()\nreturn first, F.l1_loss(G_BA(disturbed), a).item() - first"},
    says="how much is added",
    point=True,
)
it.wrong(
    "attached",
    {"with torch.no_grad():": "with torch.enable_grad():", RETURNED: RETURNED.replace(".item()", "")},
    says="computation attached",
)
it.wrong("noise of its own", {"* noise)": "* torch.randn_like(made))"}, says="expected", point=True)
it.excused = {
    "`with torch.no_grad(): …` → `made = G_AB(a)` `disturbed = (made + levels * 2 / 255 * noise).clamp(-1, 1)` `return (F.l1_loss(G_BA(made), a).item(), F.l1_loss(G_BA(disturbed), a).item())`": "both are returned as plain numbers, so no computation stays attached",
    "`(made + levels * 2 / 255 * noise).clamp(-1, 1)` → `(made + levels * 2 / 255 * noise).clamp_(-1, 1)`": "what is clipped in place is a fresh tensor that nothing else uses",
    "`F.l1_loss(G_BA(made), a).item()` → `F.l1_loss(G_BA(made), a)`": "a tensor of one number without a computation is a number, too",
    "`F.l1_loss(G_BA(disturbed), a).item()` → `F.l1_loss(G_BA(disturbed), a)`": "a tensor of one number without a computation is a number, too",
    "`F.l1_loss(G_BA(made), a)` → `F.l1_loss(a, G_BA(made))`": "the absolute difference does not depend on the order",
    "`F.l1_loss(G_BA(disturbed), a)` → `F.l1_loss(a, G_BA(disturbed))`": "the absolute difference does not depend on the order",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("translated_points")

LEVEL = """
def leveled(x):
    middle = x.mean(0)
    lengths, directions = torch.linalg.eigh((x - middle).T @ (x - middle) / len(x))
    there = directions / lengths.sqrt()
    return (x - middle) @ there, middle, torch.linalg.inv(there)


def turns(k):
    for mirror in (1.0, -1.0):
        for i in range(k):
            c, s = math.cos(2 * math.pi * i / k), math.sin(2 * math.pi * i / k)
            yield torch.tensor([[c, mirror * s], [-s, mirror * c]])


def heaps(x):
    from scipy.cluster.vq import kmeans2

    best = None
    for seed in range(10):
        centers, labels = kmeans2(x.numpy(), 5, minit="++", seed=seed)
        centers, labels = torch.tensor(centers), torch.tensor(labels).long()
        far = float((x - centers[labels]).norm(dim=1).sum())
        if best is None or far < best[0]:
            best = far, centers, labels
    _, centers, labels = best
    order = torch.bincount(labels, minlength=5).argsort(descending=True)
    return centers[order], order.argsort()[labels]

"""
it.earns("gold", "leveled, and turned")
it.earns(
    "gold",
    "turned by how far it is to the nearest, both ways",
    LEVEL
    + """
def translated_points(a, b):
    u, _, _ = leveled(a)
    v, middle, back = leveled(b)

    def far(turn):
        d = torch.cdist(u @ turn, v)
        return float(d.amin(0).mean() + d.amin(1).mean())

    best = min(turns(90), key=far)
    return u @ best @ back + middle
""",
)
it.earns(
    "gold",
    "finer turns, by a sum",
    LEVEL
    + """
def translated_points(a, b):
    u, _, _ = leveled(a)
    v, middle, back = leveled(b)
    best = min(turns(120), key=lambda turn: float(torch.cdist(u @ turn, v).sum()))
    return u @ best @ back + middle
""",
)
it.earns(
    "silver",
    "the middle of the heap of the same rank",
    LEVEL
    + """
def translated_points(a, b):
    (_, rank), (centers, _) = heaps(a), heaps(b)
    return centers[rank]
""",
)
it.earns(
    "bronze",
    "the two largest heaps, and the middle for all others",
    LEVEL
    + """
def translated_points(a, b):
    (_, rank), (centers, _) = heaps(a), heaps(b)
    centers[2:] = b.mean(0)
    return centers[rank]
""",
)
it.wrong("returns nothing", "return None", says="What you return is None")
it.wrong("the middle of b", "return b.mean(0).expand(len(a), 2)", says="Bronze takes at most 70")
it.wrong("some of b", "return b[torch.randperm(len(b))[: len(a)]]", says="Bronze takes at most 70")
it.wrong("a as it is", "return a", says="Bronze takes at most 70")
it.wrong(
    "mean and spread alone", "return (a - a.mean(0)) / a.std(0) * b.std(0) + b.mean(0)", says="Bronze takes at most 70"
)
it.wrong("points in the order in which they come", "return b", says="Bronze takes at most 70")
it.wrong("one number for each", "return a.mean(1)", says="should have shape")
it.wrong("leveled, and not turned", LEVEL + """
def translated_points(a, b):
    u, _, _ = leveled(a)
    _, middle, back = leveled(b)
    return u @ back + middle
""", says="Bronze takes at most 70")  # fmt: skip
it.wrong("NaN", "return a * float('nan')", says="NaN")
it.wrong(
    "the farthest turn",
    {"math.inf, u": "-math.inf, u", "if far < best": "if far > best"},
    says="Bronze takes at most 70",
)
