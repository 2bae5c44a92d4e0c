"""From picture files to blocks of bytes: on all cores, with a progress bar, and strict about broken files."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

from gancourse.errors import CourseError
from gancourse.waiting import working

BLOCK = 1024  # pictures between two writes to the cache


def crop_and_scale(picture: Image.Image, size: int) -> Image.Image:
    """The largest square in the middle, scaled to size × size.

    Of CelebA's aligned 178 × 218 pixels this is the 178 × 178 in the middle. It is what
    `CenterCrop(178)` and `Resize(size)` of torchvision do, bit for bit: bilinear with its kernel
    widened to the scale, so that every pixel is an average of an area. The DCGAN recipe scales
    first and crops then, which gives the same picture up to half a pixel.
    """
    side = min(picture.size)
    # torchvision rounds half a pixel to even; so does Python.
    left, top = (round((length - side) / 2) for length in picture.size)
    # Cropped first: with `box=` alone, pixels outside of the square would be averaged into its border.
    square = picture.crop((left, top, left + side, top + side))
    return square.resize((size, size), Image.Resampling.BILINEAR)


def pixels(data: bytes, size: int) -> np.ndarray:
    """One encoded picture as uint8, (3, size, size)."""
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(crop_and_scale(picture.convert("RGB"), size)).transpose(2, 0, 1)


def is_web_page(data: bytes) -> bool:
    """Whether these bytes open a web page, as a download site saves in place of a file."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    # Some pages have a comment or XML's declaration first.
    return start.startswith((b"<!doctype html", b"<html", b"<head")) or (
        start.startswith((b"<!--", b"<?xml")) and b"<html" in start
    )


def decoded_blocks(
    names: Sequence[str], read: Callable[[str], bytes], size: int, label: str, cores: int | None = None
) -> Iterator[np.ndarray]:
    """Blocks of decoded pictures, in order.

    Reading, decoding and scaling release Python's lock, so threads keep all cores busy. After the
    first broken picture nothing more is yielded, but the others are looked at, to name all that
    are broken at once.
    """

    def one(name: str) -> np.ndarray | str:
        data = None
        try:
            data = read(name)
            return pixels(data, size)
        except MemoryError:
            raise
        except Exception as error:  # Pillow and zipfile raise many kinds for a broken file
            if isinstance(error, OSError) and error.strerror:
                return error.strerror  # the disk's words: no permission, no such file
            if data and is_web_page(data):
                return "a web page under a picture's name"
            return "empty" if data == b"" else str(error) or type(error).__name__

    broken: dict[str, str] = {}
    cores = cores or os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool, working(label) as done:
        for start in range(0, len(names), BLOCK):
            block = names[start : start + BLOCK]
            results = []
            for result in pool.map(one, block):
                results.append(result)
                done((start + len(results)) / len(names))
            broken.update({name: why for name, why in zip(block, results, strict=True) if isinstance(why, str)})
            if not broken:
                yield np.stack([r for r in results if not isinstance(r, str)])
    if broken:
        first = next(iter(broken))
        listed = ", ".join(list(broken)[:5]) + (", …" if len(broken) > 5 else "")
        raise CourseError(
            f"{len(broken):,} of {len(names):,} pictures cannot be decoded: {listed} ({first}: {broken[first]}). "
            "Fetch them again, or delete them to go on without. Nothing was cached."
        )
