"""BigGAN's networks: Brock, Donahue and Simonyan, "Large Scale GAN Training for High Fidelity Natural Image
Synthesis", ICLR 2019, arXiv:1809.11096, section 3 and appendix B, on the base that it takes from Zhang, Goodfellow,
Metaxas and Odena, "Self-Attention Generative Adversarial Networks", ICML 2019, arXiv:1805.08318.

G is told the class, and pieces of z, in each normalization; D by a projection (Miyato and Koyama 2018,
arXiv:1802.05637). Weights of both are divided by an estimate of their largest singular value (Miyato, Kataoka,
Koyama and Yoshida 2018, arXiv:1802.05957), which moves with each forward pass in training mode.

Deviations: widths are small so that a CPU will do, and no number of channels is above four times the last one; the
maps from what a normalization is told to its gain and shift start near zero and are not normalized themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from gancourse.data.conditions import checked_labels
from gancourse.models.progressive import double_size

Weighted = TypeVar("Weighted", bound=nn.Module)


def normalized(layer: Weighted) -> Weighted:
    """A layer with orthogonal weights at the start (Saxe et al. 2014), whose largest singular value stays near 1."""
    assert isinstance(layer, nn.Conv2d | nn.Linear | nn.Embedding)
    nn.init.orthogonal_(layer.weight)
    spectral_norm(layer)
    return layer


def conv(inputs: int, outputs: int, kernel: int = 3, bias: bool = True) -> nn.Conv2d:
    return normalized(nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=bias))


class ClassNorm(nn.Module):
    """Batch normalization, then x · (1 + gain(c)) + shift(c): c says which features of a picture are strong.

    Both maps are linear and without bias, so that of a one-hot c each is a table with a row for each class.

    Args:
        features: channels of the maps.
        told: length of c.
    """

    def __init__(self, features: int, told: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(features, affine=False)
        self.gain, self.shift = nn.Linear(told, features, bias=False), nn.Linear(told, features, bias=False)
        for layer in (self.gain, self.shift):
            nn.init.normal_(layer.weight, 0, 0.02)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Maps (n, features, H, W) and c (n, told) to maps."""
        return self.norm(x) * (1 + self.gain(c))[:, :, None, None] + self.shift(c)[:, :, None, None]


class SelfAttention(nn.Module):
    """x + γ · o, where o gathers from all places of the map what is like this one; γ starts at 0.

    SAGAN's section 3. As in BigGAN's code keys and values are pooled to a quarter of the places.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        few, half = max(1, channels // 8), max(1, channels // 2)
        self.theta, self.phi = conv(channels, few, 1, bias=False), conv(channels, few, 1, bias=False)
        self.g, self.out = conv(channels, half, 1, bias=False), conv(half, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(()))

    def weights(self, x: Tensor) -> Tensor:
        """How much each place takes from each pooled place: (n, H W, H W / 4), rows of sum 1."""
        theta, phi = self.theta(x).flatten(2), F.max_pool2d(self.phi(x), 2).flatten(2)
        return (theta.transpose(1, 2) @ phi).softmax(-1)

    def forward(self, x: Tensor) -> Tensor:
        """Maps (n, channels, H, W) to maps."""
        gathered = F.max_pool2d(self.g(x), 2).flatten(2) @ self.weights(x).transpose(1, 2)
        return x + self.gamma * self.out(gathered.unflatten(2, x.shape[2:]))


class UpBlock(nn.Module):
    """A residual block of G (figure 15b): norm, ReLU, twice the size, 3 × 3; norm, ReLU, 3 × 3; beside it a 1 × 1.

    Args:
        inputs, outputs: channels.
        told: length of c.
    """

    def __init__(self, inputs: int, outputs: int, told: int) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = ClassNorm(inputs, told), ClassNorm(outputs, told)
        self.conv_1, self.conv_2 = conv(inputs, outputs), conv(outputs, outputs)
        self.skip = conv(inputs, outputs, 1)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Maps (n, inputs, H, W) and c (n, told) to maps (n, outputs, 2 H, 2 W)."""
        h = self.conv_1(double_size(F.relu(self.norm_1(x, c))))
        h = self.conv_2(F.relu(self.norm_2(h, c)))
        return h + double_size(self.skip(x))  # the same as the other way round, at a quarter of the work


class DownBlock(nn.Module):
    """A residual block of D (figure 15c): ReLU, 3 × 3, ReLU, 3 × 3, mean of 2 × 2; beside it a 1 × 1 and the mean.

    Args:
        inputs, outputs: channels.
        first: whether x is the picture, which goes in without a ReLU.
        down: whether the size is halved.
    """

    def __init__(self, inputs: int, outputs: int, first: bool = False, down: bool = True) -> None:
        super().__init__()
        self.first, self.down = first, down
        self.conv_1, self.conv_2 = conv(inputs, outputs), conv(outputs, outputs)
        self.skip = conv(inputs, outputs, 1) if down or inputs != outputs else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Maps (n, inputs, H, W) to (n, outputs, H / 2, W / 2), or as large as they were."""
        h = self.conv_2(F.relu(self.conv_1(x if self.first else F.relu(x))))
        return F.avg_pool2d(h, 2) + self.skip(F.avg_pool2d(x, 2)) if self.down else h + self.skip(x)


class BigGenerator(nn.Module):
    """From z and a class to pictures in [−1, 1].

    Args:
        size: height and width: 8, 16, 32, 64, …
        classes: how many there are.
        latent_dim: length of z; with `skip_z` z is cut into one piece for the bottom and one for each block.
        width: channels of the last maps; each level before has twice as many, up to four times.
        embed_dim: length of a class's embedding.
        shared: whether all normalizations are told one embedding; if not, each has a table of the classes.
        skip_z: whether pieces of z enter at every block.
        attention: size of the maps that look at themselves; none do if no maps have it.
        channels: of the pictures.

    Raises:
        ValueError: if `size` is no power of two from 8 on, or z cannot be cut.
    """

    def __init__(
        self,
        size: int = 32,
        classes: int = 14,
        latent_dim: int = 60,
        width: int = 24,
        embed_dim: int = 32,
        shared: bool = True,
        skip_z: bool = True,
        attention: int = 16,
        channels: int = 3,
    ) -> None:
        super().__init__()
        self.size, self.classes, self.latent_dim, self.width = size, classes, latent_dim, width
        self.embed_dim, self.shared, self.skip_z = embed_dim, shared, skip_z
        self.attention, self.channels = attention, channels
        sizes = sizes_to(size)
        self.pieces = len(sizes) if skip_z else 1
        if latent_dim % self.pieces:
            raise ValueError(f"latent_dim={latent_dim} should be a multiple of {self.pieces}: so many pieces has z.")
        piece, widths = latent_dim // self.pieces, [width * min(4, size // side) for side in sizes]
        told = (embed_dim if shared else classes) + piece * skip_z
        if shared:  # not normalized, as in the authors' code
            self.embedding = nn.Embedding(classes, embed_dim)
            nn.init.orthogonal_(self.embedding.weight)
        self.bottom = normalized(nn.Linear(piece, 16 * widths[0]))
        self.blocks = nn.ModuleList(UpBlock(i, o, told) for i, o in pairwise(widths))
        self.attends = SelfAttention(widths[sizes.index(attention)]) if attention in sizes[1:] else nn.Identity()
        self.norm, self.to_rgb = nn.BatchNorm2d(widths[-1]), conv(widths[-1], channels)

    def embed(self, y: Tensor) -> Tensor:
        """Labels, int64 (n,), to what tells a class: (n, embed_dim), or one-hot (n, classes) if nothing is shared."""
        y = checked_labels(y, self.classes)
        return self.embedding(y) if self.shared else F.one_hot(y, self.classes).float()

    def drawn(self, z: Tensor, c: Tensor) -> Tensor:
        """z (n, latent_dim) and what `embed` gives, or something between two, to (n, channels, size, size)."""
        first, *rest = z.chunk(self.pieces, 1)
        x = self.bottom(first).unflatten(1, (-1, 4, 4))
        for k, block in enumerate(self.blocks):
            x = block(x, torch.cat([c, rest[k]], 1) if self.skip_z else c)
            if x.shape[-1] == self.attention:
                x = self.attends(x)
        return self.to_rgb(F.relu(self.norm(x))).tanh()

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """z (n, latent_dim) and labels, int64 (n,), to pictures (n, channels, size, size)."""
        return self.drawn(z, self.embed(y))


class BigDiscriminator(nn.Module):
    """From pictures and classes to one number each: ψ(h) + eᵀ h, where h are features, summed over their places.

    Args:
        size: height and width: 8, 16, 32, 64, …
        classes: how many there are.
        width: channels after the first block; each following one has twice as many, up to four times.
        attention: size of the maps that look at themselves; none do if no maps have it.
        channels: of the pictures.

    Raises:
        ValueError: if `size` is no power of two from 8 on.
    """

    def __init__(
        self, size: int = 32, classes: int = 14, width: int = 24, attention: int = 16, channels: int = 3
    ) -> None:
        super().__init__()
        self.size, self.classes, self.width, self.attention, self.channels = size, classes, width, attention, channels
        sizes = sizes_to(size)[-2::-1]  # after each halving, down to 4
        widths = [width * min(4, size // (2 * side)) for side in sizes]
        blocks = [DownBlock(channels, width, first=True)]
        blocks += [DownBlock(i, o) for i, o in pairwise(widths)]
        self.blocks = nn.ModuleList([*blocks, DownBlock(widths[-1], widths[-1], down=False)])
        self.attends = SelfAttention(widths[sizes.index(attention)]) if attention in sizes[:-1] else nn.Identity()
        self.psi = normalized(nn.Linear(widths[-1], 1))
        self.embedding = normalized(nn.Embedding(classes, widths[-1]))

    def features(self, pictures: Tensor) -> Tensor:
        """Pictures (n, channels, size, size) to h (n, features)."""
        x = pictures
        for block in self.blocks:
            x = block(x)
            if x.shape[-1] == self.attention:
                x = self.attends(x)
        return F.relu(x).sum((2, 3))

    def forward(self, pictures: Tensor, y: Tensor) -> Tensor:
        """Pictures and labels, int64 (n,), to (n, 1)."""
        h = self.features(pictures)
        e = self.embedding(checked_labels(y, self.classes, len(h)))
        return self.psi(h) + (e * h).sum(1, keepdim=True)


def sizes_to(size: int) -> list[int]:
    """4, 8, … up to this size.

    Raises:
        ValueError: if it is no power of two from 8 on.
    """
    if size < 8 or size & (size - 1):
        raise ValueError(f"size={size} should be a power of two from 8 on.")
    return [2**k for k in range(2, size.bit_length())]


def orthogonal_penalty(net: nn.Module) -> Tensor:
    """Σ ‖W Wᵀ ⊙ (1 − I)‖² over a network's weights W as matrices, one row for each output; shape ().

    Equation 3, where filters are columns: they are to be orthogonal, of whatever length. As in the authors' code W is
    what the optimizer moves, before any normalization, and embeddings are left out.
    """
    left_out = {id(p) for layer in net.modules() if isinstance(layer, nn.Embedding) for p in layer.parameters()}
    total = torch.zeros((), device=next(net.parameters()).device)
    with torch.autocast(total.device.type, enabled=False):  # a penalty is no forward pass: it stays float32
        for weight in net.parameters():
            if weight.ndim >= 2 and id(weight) not in left_out:
                rows = weight.flatten(1)
                alike = rows @ rows.T
                total = total + (alike - alike.diagonal().diag()).square().sum()
    return total


def truncated_normal(n: int, d: int, threshold: float, random: torch.Generator | None = None) -> Tensor:
    """z (n, d) from N(0, I), each number drawn anew until it is at most `threshold` away from 0 (section 3.1).

    Raises:
        ValueError: if the threshold is not above 0.
    """
    if not threshold > 0:
        raise ValueError(f"threshold={threshold!r} should be above 0.")
    z = torch.randn(n, d, generator=random)
    while (far := z.abs() > threshold).any():
        z[far] = torch.randn(int(far.sum()), generator=random)
    return z


@torch.no_grad()
def standing_statistics(G: nn.Module, draws: Iterable[tuple[Tensor, Tensor]]) -> None:
    """Give G's normalizations the mean statistics of some batches: those that are to be drawn (appendix C.1).

    Their running ones are a memory of training: of weights that an average of them never had, and of z that was not
    truncated. Nothing else of G changes.

    Args:
        G: called with each (z, y).
        draws: batches, large ones.
    """
    norms = [layer for layer in G.modules() if isinstance(layer, nn.BatchNorm2d)]
    before = [(layer.momentum, layer.training) for layer in norms]
    for layer in norms:
        layer.reset_running_stats()
        layer.momentum, layer.training = None, True  # None: the plain mean of all batches
    for z, y in draws:
        G(z, y)
    for layer, (momentum, training) in zip(norms, before, strict=True):
        layer.momentum, layer.training = momentum, training
