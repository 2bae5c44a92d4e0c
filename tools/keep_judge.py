"""Write the discriminator of lesson 03's run to data/: what lesson 04's probe looks into.

    python tools/keep_judge.py [RUN]

RUN is what `python tools/train_dcgan.py` keeps, build/dcgan_faces_64/run.pt by default.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from gancourse.models.dcgan import Discriminator
from gancourse.models.judge import FILE, save_judge
from gancourse.paths import repository


def main() -> None:
    """Read the run, write its discriminator."""
    kept = Path(sys.argv[1]) if len(sys.argv) > 1 else repository() / "build" / "dcgan_faces_64" / "run.pt"
    run = torch.load(kept, map_location="cpu", weights_only=True)
    width = run["D"]["features.0.weight"].shape[0]
    D = Discriminator(64, width)
    D.load_state_dict(run["D"])
    path = repository() / "data" / FILE
    save_judge(D, path, run["step"])
    print(f"{path.name}: D of width {width} after {run['step']:,} steps, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
