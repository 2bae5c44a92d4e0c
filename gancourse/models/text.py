"""Networks that read a sentence, and draw what it says.

A reader of sentences: word vectors and a recurrent network, one vector for a sentence, learned beside an encoder of
pictures (Reed, Akata, Yan, Logeswaran, Schiele and Lee, "Generative Adversarial Text to Image Synthesis", ICML 2016,
arXiv:1605.05396, section 3.2). A generator that is told such a vector beside its noise, and a discriminator that is
told it at its 4 × 4 map (section 4.1 and figure 2); an encoder from pictures back to the noise (section 4.4).

Conditioning augmentation, and a second stage from small pictures and text to larger ones: Zhang, Xu, Li, Zhang, Wang,
Huang and Metaxas, "StackGAN", ICCV 2017, arXiv:1612.03242, sections 3.2 to 3.4.

Deviations: all is much smaller. Text goes through a GRU, the papers' through a character-level CNN and RNN. The second
stage adds to the small picture, enlarged, what it makes. A discriminator may also read a text vector in a picture, a
relative of AttnGAN's matching score (Xu et al., CVPR 2018, arXiv:1711.10485, section 3.2) that learns along.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.data.conditions import checked_condition
from gancourse.data.faces.captions import caption_words
from gancourse.models.dcgan import Discriminator, Generator, init_weights
from gancourse.models.face_reader import Residual

PAD_WORD, UNKNOWN_WORD = "<pad>", "<unk>"


class TextEncoder(nn.Module):
    """From sentences to vectors (n, text) of length √text: word vectors, a GRU, its state at the last word.

    Args:
        words: the vocabulary; the first two are PAD_WORD and UNKNOWN_WORD.
        text: length of a sentence's vector.
        inner: length of a word's vector.
    """

    def __init__(self, words: Sequence[str], text: int = 64, inner: int = 32) -> None:
        super().__init__()
        self.words, self.text, self.inner = list(words), text, inner
        self.number = {word: k for k, word in enumerate(self.words)}
        self.embed = nn.Embedding(len(self.words), inner)
        self.gru = nn.GRU(inner, text, batch_first=True)
        self.out = nn.Linear(text, text)

    def numbers(self, sentences: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Numbers of words (n, L), and where words are, bool (n, L)."""
        lists = [[self.number.get(word, 1) for word in caption_words(text)] for text in sentences]
        longest = max([1, *map(len, lists)])
        numbers = torch.tensor([row + [0] * (longest - len(row)) for row in lists]).reshape(len(lists), longest)
        there = torch.arange(longest) < torch.tensor([len(row) for row in lists])[:, None]
        return numbers, there

    def forward(self, numbers: Tensor, there: Tensor) -> Tensor:
        """Numbers (n, L) and where words are (n, L) to vectors (n, text)."""
        states, _ = self.gru(self.embed(numbers))
        last = (there.sum(1) - 1).clamp(min=0)
        state = states[torch.arange(len(states), device=states.device), last] * there.any(1, keepdim=True)
        return math.sqrt(self.text) * F.normalize(self.out(state), dim=1)

    @torch.no_grad()
    def say(self, sentences: Sequence[str]) -> Tensor:
        """The vectors (n, text) of sentences, where the network lies; (0, text) of none."""
        where = self.out.weight
        parts = [self.numbers(sentences[k : k + 500]) for k in range(0, len(sentences), 500)]
        said = [self(numbers.to(where.device), there.to(where.device)) for numbers, there in parts]
        return torch.cat(said) if said else where.new_zeros(0, self.text)

    def strange(self, sentence: str) -> list[str]:
        """The words of a sentence that the vocabulary does not have."""
        return [word for word in caption_words(sentence) if word not in self.number]


class PictureEncoder(nn.Module):
    """From pictures to vectors (n, text) of length √text, to be compared with sentences'.

    Args:
        size, width: as DCGAN's discriminator has them.
        text: length of the vector.
    """

    def __init__(self, size: int, text: int = 64, width: int = 24) -> None:
        super().__init__()
        self.size, self.text, self.width = size, text, width
        self.net = Discriminator(size, width)
        self.reading = nn.Conv2d(self.net.head.in_channels, text, 4)

    def forward(self, pictures: Tensor) -> Tensor:
        found = self.reading(self.net.features(pictures)).flatten(1)
        return math.sqrt(self.text) * F.normalize(found, dim=1)


class Augmentation(nn.Module):
    """Conditioning augmentation: from a text vector to a draw of N(μ, diag σ²), and μ and log σ²; section 3.2."""

    def __init__(self, text: int, condition: int) -> None:
        super().__init__()
        self.text, self.condition = text, condition
        self.both = nn.Linear(text, 2 * condition)

    def forward(self, t: Tensor, eps: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """t (n, text), and noise (n, condition) unless it is to be drawn, to c, μ and log σ², (n, condition) each."""
        mu, log_var = self.both(t).float().chunk(2, 1)  # under autocast, too: a loss is made of them
        eps = torch.randn_like(mu) if eps is None else eps
        return mu + (0.5 * log_var).exp() * eps, mu, log_var


class TextGenerator(nn.Module):
    """From noise and a text vector to pictures in [−1, 1].

    Args:
        size: height and width of the pictures: 8, 16, 32, 64, …
        text: length of the text vector.
        condition: length of what is made of it.
        latent_dim: length of z.
        width: channels of the last hidden map.
        varied: whether c is drawn (conditioning augmentation); else c is a linear layer's answer, with leaky ReLU.
    """

    def __init__(
        self, size: int, text: int = 64, condition: int = 32, latent_dim: int = 32, width: int = 32, varied: bool = True
    ) -> None:
        super().__init__()
        self.size, self.text, self.condition, self.latent_dim = size, text, condition, latent_dim
        self.width, self.varied = width, varied
        self.augment = Augmentation(text, condition)
        self.net = Generator(size, latent_dim + condition, width)

    def told(self, t: Tensor, eps: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """c, μ, log σ² of text vectors."""
        t = checked_condition(t, len(t), self.text)
        c, mu, log_var = self.augment(t, eps)
        return (c, mu, log_var) if self.varied else (F.leaky_relu(mu, 0.2), mu, log_var)

    def forward(self, z: Tensor, t: Tensor, eps: Tensor | None = None) -> Tensor:
        """z (n, latent_dim) and t (n, text) to pictures (n, 3, size, size)."""
        return self.drawn(z, self.told(t, eps)[0])

    def drawn(self, z: Tensor, c: Tensor) -> Tensor:
        return self.net(torch.cat([z, c], 1))


class TextDiscriminator(nn.Module):
    """From pictures in [−1, 1] and text vectors to one logit each: real, and what the text says?

    Args:
        size: height and width of the pictures.
        text: length of the text vector.
        condition: what the text vector becomes before it is put beside each place of the 4 × 4 map.
        width: channels after the first layer.
        reads: whether it also answers with a text vector that it reads in the picture, whatever it is told.
    """

    def __init__(self, size: int, text: int = 64, condition: int = 32, width: int = 24, reads: bool = False) -> None:
        super().__init__()
        self.size, self.text, self.condition, self.width, self.reads = size, text, condition, width, reads
        self.net = Discriminator(size, width)
        wide = self.net.head.in_channels
        self.told = nn.Sequential(nn.Linear(text, condition), nn.LeakyReLU(0.2))
        self.join = nn.Sequential(nn.Conv2d(wide + condition, wide, 1), nn.LeakyReLU(0.2))
        self.join.apply(init_weights)
        self.reading = nn.Conv2d(wide, text, 4) if reads else None

    def forward(self, pictures: Tensor, t: Tensor) -> Tensor:
        """Pictures (n, 3, size, size) and t (n, text) to logits (n, 1); with `reads` to (n, 1 + text)."""
        maps = self.net.features(pictures)
        logit = self.judged(maps, t)
        return logit if self.reading is None else torch.cat([logit, self.reading(maps).flatten(1)], 1)

    def judged(self, maps: Tensor, t: Tensor) -> Tensor:
        """The last map (n, C, 4, 4) of pictures and t (n, text) to logits (n, 1), in float32 under autocast, too."""
        t = checked_condition(t, len(maps), self.text)
        c = self.told(t)[:, :, None, None].expand(-1, -1, *maps.shape[2:])
        return self.net.head(self.join(torch.cat([maps, c], 1))).flatten(1).float()


class StageTwo(nn.Module):
    """From pictures (n, 3, s, s) and text vectors to pictures (n, 3, 2s, 2s): StackGAN's section 3.4.

    Args:
        text, condition: as for TextGenerator.
        width: channels at half the small size, where the text is put beside every place.
        blocks: residual blocks there.
    """

    def __init__(self, text: int = 64, condition: int = 32, width: int = 48, blocks: int = 2) -> None:
        super().__init__()
        self.text, self.condition, self.width, self.blocks = text, condition, width, blocks
        self.augment = Augmentation(text, condition)
        self.down = nn.Sequential(
            nn.Conv2d(3, width // 2, 3, padding=1), nn.ReLU(),
            nn.Conv2d(width // 2, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
        )  # fmt: skip
        self.join = nn.Sequential(
            nn.Conv2d(width + condition, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )
        self.body = nn.Sequential(*[Residual(width) for _ in range(blocks)])
        self.up = nn.Sequential(
            nn.Upsample(scale_factor=2), nn.Conv2d(width, width // 2, 3, padding=1, bias=False),
            nn.BatchNorm2d(width // 2), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.Conv2d(width // 2, width // 3, 3, padding=1, bias=False),
            nn.BatchNorm2d(width // 3), nn.ReLU(),
            nn.Conv2d(width // 3, 3, 3, padding=1),
        )  # fmt: skip
        for p in list(self.up.parameters())[-2:]:  # it starts as an enlargement
            nn.init.zeros_(p)

    def told(self, t: Tensor, eps: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """c, μ, log σ² of text vectors."""
        return self.augment(checked_condition(t, len(t), self.text), eps)

    def forward(self, small: Tensor, t: Tensor, eps: Tensor | None = None) -> Tensor:
        """Pictures (n, 3, s, s) in [−1, 1] and t (n, text) to pictures (n, 3, 2s, 2s) in [−1, 1]."""
        return self.drawn(small, self.told(t, eps)[0])

    def drawn(self, small: Tensor, c: Tensor) -> Tensor:
        maps = self.down(small)
        maps = self.join(torch.cat([maps, c[:, :, None, None].expand(-1, -1, *maps.shape[2:])], 1))
        large = F.interpolate(small, scale_factor=2, mode="bilinear", align_corners=False)
        return torch.tanh(self.up(self.body(maps)) + torch.atanh(large.clamp(-0.98, 0.98)))


class StyleEncoder(nn.Module):
    """From pictures to the noise they may have been drawn from, (n, latent_dim): Reed's section 4.4.

    Args:
        size, width: as DCGAN's discriminator has them.
        latent_dim: length of all noise: z, and behind it the noise of the conditioning augmentation, if there is some.
    """

    def __init__(self, size: int, latent_dim: int = 32, width: int = 24) -> None:
        super().__init__()
        self.size, self.latent_dim, self.width = size, latent_dim, width
        self.net = Discriminator(size, width)
        self.out = nn.Conv2d(self.net.head.in_channels, latent_dim, 4)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.out(self.net.features(pictures)).flatten(1)
