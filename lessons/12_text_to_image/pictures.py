"""Four sentences and six faces of each: the picture at the head of lesson 12."""

from __future__ import annotations

import matplotlib.pyplot as plt
import torch

from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.models import store
from gancourse.sheets import draw_rows

SENTENCES = (
    "A laughing person with curly red hair.",
    "An older person with a gray beard and glasses.",
    "Someone with deep brown skin and a headscarf.",
    "A young person with long black hair and a hat.",
)


@torch.no_grad()
def main() -> None:
    """Each row is one sentence; columns share their noise."""
    nets = store.load("text_faces_64")
    random = torch.Generator().manual_seed(12)
    z, eps = torch.randn(6, 32, generator=random), torch.randn(2, 6, 32, generator=random)
    rows: dict[str, torch.Tensor] = {}
    for sentence in SENTENCES:
        t = nets["T"].say([sentence]).expand(6, -1)
        rows[sentence.replace(" with", "\nwith")] = nets["G2"](nets["G1"](z, t, eps[0]), t, eps[1])
    fig = draw_rows(rows, width=9.5)
    fig.savefig(asset(find("12_text_to_image"), "sentences.png"), dpi=110)
    plt.close(fig)


if __name__ == "__main__":
    main()
