"""Films of a way through the latent space, as GIF or MP4."""

from __future__ import annotations

import base64
import html
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from gancourse.latent.drawing import Generate, draw, tiles

SMALLEST = 256  # pixels: smaller pictures are enlarged to about this height


def film(
    generate: Generate,
    zs: Tensor,
    path: str | Path,
    *,
    fps: int = 24,
    height: int | None = None,
    batch: int = 16,
    progress: Callable[[int, int], object] | None = None,
    **condition: Any,
) -> Path:
    """Write a film in which z goes through `zs`, in order.

    The file appears when it is whole: a run that is stopped leaves an older one as it was.

    Args:
        generate: z (n, latent_dim) and keywords to pictures in [−1, 1], (n, C, H, W).
        zs: (frames, latent_dim); or (frames, m, latent_dim), m pictures side by side in each frame.
        path: ends in .gif or .mp4. A GIF repeats for ever.
        fps: frames a second; a GIF knows hundredths of a second only.
        height: of the film in pixels; by default at least 256.
        batch: frames made at once.
        progress: called with the frames done and their number.
        condition: passed on to `generate`.

    Returns:
        the path.

    Raises:
        ValueError: for another ending, or no frames.
    """
    path = Path(path)
    if path.suffix.lower() not in (".gif", ".mp4"):
        raise ValueError(f"A film's name ends in .gif or .mp4; {path.name!r} does not.")
    if zs.ndim not in (2, 3) or not len(zs):
        raise ValueError(f"zs should be (frames, latent_dim) or (frames, m, latent_dim); it is {tuple(zs.shape)}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=path.suffix.lower(), prefix=".film-", dir=path.parent)
    os.close(handle)
    try:
        frames = enlarged(film_frames(generate, zs, batch, progress, condition), height)
        (write_gif if path.suffix.lower() == ".gif" else write_mp4)(frames, name, fps)
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def film_frames(
    generate: Generate,
    zs: Tensor,
    batch: int,
    progress: Callable[[int, int], object] | None,
    condition: dict[str, Any],
) -> Iterator[np.ndarray]:
    """The frames, uint8 (H, W, 3), made a few at a time."""
    several = zs.shape[1] if zs.ndim == 3 else 1
    for start in range(0, len(zs), batch):
        some = zs[start : start + batch].reshape(-1, zs.shape[-1])
        made = draw(generate, some, batch, **condition)
        for frame in made.unflatten(0, (-1, several)):
            yield tiles(frame, several).numpy()
        if progress:
            progress(min(start + batch, len(zs)), len(zs))


def enlarged(frames: Iterator[np.ndarray], height: int | None) -> Iterator[Image.Image]:
    """The frames at the film's size: even numbers of pixels, which MP4's colors at half size need."""
    for frame in frames:
        tall, wide = frame.shape[:2]
        factor = (height or max(tall, round(SMALLEST / tall) * tall)) / tall
        size = (2 * max(1, round(wide * factor / 2)), 2 * max(1, round(tall * factor / 2)))
        yield Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC)


def write_gif(frames: Iterator[Image.Image], name: str, fps: int) -> None:
    """A GIF that repeats. One palette for all frames, from ten of them: with one each, colors would flicker."""
    kept = list(frames)
    width, height = kept[0].size
    chosen = kept[:: max(1, len(kept) // 10)]
    sheet = Image.new("RGB", (width * len(chosen), height))
    for i, frame in enumerate(chosen):
        sheet.paste(frame, (i * width, 0))
    palette = sheet.quantize(256, method=Image.Quantize.MEDIANCUT)
    flat = [frame.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for frame in kept]
    flat[0].save(name, save_all=True, append_images=flat[1:], duration=round(1000 / fps / 10) * 10, loop=0)


def write_mp4(frames: Iterator[Image.Image], name: str, fps: int) -> None:
    """H.264 with the pixel format that every browser shows."""
    import imageio.v2 as imageio

    options: dict[str, Any] = {"codec": "libx264", "quality": 8, "pixelformat": "yuv420p", "macro_block_size": 2}
    # The index first: a page can start to play before all has come.
    options["output_params"] = ["-movflags", "+faststart"]
    writer: Any = imageio.get_writer(name, format="FFMPEG", fps=fps, ffmpeg_log_level="error", **options)
    with writer:
        for frame in frames:
            writer.append_data(np.asarray(frame))


def film_bundle(path: str | Path, alt: str, width: int | None = None) -> dict[str, str]:
    """A film as a notebook stores it: inside the output, with words for those who cannot see it.

    An MP4 has controls and waits to be started; a GIF plays at once.

    Raises:
        ValueError: if `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("A film needs alt text: say in a sentence what it shows.")
    path = Path(path)
    data, said = base64.b64encode(path.read_bytes()).decode(), html.escape(alt)
    fit = f'style="max-width:100%" {f"width={width}" if width else ""}'
    if path.suffix.lower() == ".mp4":
        source = f"data:video/mp4;base64,{data}"
        tag = f'<video controls loop muted playsinline aria-label="{said}" {fit} src="{source}"></video>'
    else:
        tag = f'<img alt="{said}" {fit} src="data:image/gif;base64,{data}">'
    return {"text/html": tag, "text/plain": alt}
