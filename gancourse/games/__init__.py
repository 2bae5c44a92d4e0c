"""Games: one module per GAN. Each says whose turn it is, and its loss, as the paper writes it.

    class Plain(Game):
        def play(self, batch):
            fake = self.G(self.noise(batch))
            yield "D", d_loss(self.D(batch.pixels), self.D(fake.detach()))
            yield "G", g_loss(self.D(fake))

`gancourse.training.Engine` plays any of them. Read `base` first, then `gan` or `conditional`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gancourse.games.base import Batch as Batch
    from gancourse.games.base import Game as Game
    from gancourse.games.conditional import Conditional as Conditional
    from gancourse.games.cyclegan import CycleGAN as CycleGAN
    from gancourse.games.dcgan import DCGAN as DCGAN
    from gancourse.games.gan import Gan as Gan
    from gancourse.games.pix2pix import Pix2pix as Pix2pix
    from gancourse.games.reader import Reading as Reading

_HOMES = {
    "Batch": "gancourse.games.base",
    "Conditional": "gancourse.games.conditional",
    "CycleGAN": "gancourse.games.cyclegan",
    "DCGAN": "gancourse.games.dcgan",
    "Game": "gancourse.games.base",
    "Gan": "gancourse.games.gan",
    "Pix2pix": "gancourse.games.pix2pix",
    "Reading": "gancourse.games.reader",
}
__all__ = ["DCGAN", "Batch", "Conditional", "CycleGAN", "Game", "Gan", "Pix2pix", "Reading"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gancourse.games' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
