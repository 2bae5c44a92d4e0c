"""Pictures of one's own: any folder becomes a data set, two folders the domains of a translation.

    summer, winter = two_folders("photos/summer", "photos/winter", size=32)

Of each picture the largest square in the middle is taken and scaled, so pictures may have any sizes. A file that
cannot be read is skipped, and all such are counted and named.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from gancourse.data.celeba_pictures import how_many
from gancourse.data.decode import crop_and_scale, is_web_page
from gancourse.data.images import Images
from gancourse.errors import CourseError
from gancourse.waiting import each

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
NAMED = 5  # files that a message lists by name
LEAST_SIDE = 4  # pixels that a side of a picture may have, at least


def picture_folder(path: str | Path, size: int = 32, n: int | None = None) -> Images:
    """The pictures of a folder and of the folders in it, in the order of their names.

    Args:
        path: of the folder.
        size: height and width that all are scaled to.
        n: at most so many, spread evenly over the folder.

    Returns:
        three channels each; the name is the folder's.

    Warns:
        UserWarning: of files that cannot be read, named and counted, and of pictures of different sizes.

    Raises:
        CourseError: if there is no such folder, or no picture in it that can be read.
    """
    folder = Path(path).expanduser()
    if not folder.exists():
        raise CourseError(f"There is no folder {folder}. (Paths begin in {Path.cwd()}.)")
    if not folder.is_dir():
        raise CourseError(f"{folder} is a file. Give the folder that it lies in: {folder.parent}.")
    found = picture_files(folder)
    if not found:
        others = sum(1 for p in folder.rglob("*") if p.is_file())
        there = f"holds {how_many(others, 'file')}, but none is a picture" if others else "is empty"
        raise CourseError(f"The folder {folder} {there}. Pictures end in {', '.join(SUFFIXES)}.")
    if n is not None and n < len(found):
        found = [found[k * len(found) // n] for k in range(n)]
    pictures, broken, sizes = [], {}, Counter()
    for file in each(found, f"reading {how_many(len(found), 'picture')} of {folder.name}", usual=0.004 * len(found)):
        read = picture_read(file, size)
        if isinstance(read, str):
            broken[str(file.relative_to(folder))] = read
        else:
            pictures.append(read[0])
            sizes[read[1]] += 1
    if not pictures:
        name, why = next(iter(broken.items()))
        raise CourseError(f"None of the {how_many(len(broken), 'picture')} in {folder} can be read: {name} ({why}).")
    for told in (told_broken(folder, broken, len(found)), told_sizes(folder, sizes)):
        if told:
            warnings.warn(told, stacklevel=2)
    about = f"{how_many(len(pictures), 'picture')} of the folder {folder}, {size} × {size}"
    return Images(torch.from_numpy(np.stack(pictures)), {}, folder.name, "all", about, "as the folder's owner says")


def two_folders(a: str | Path, b: str | Path, size: int = 32, n: int | None = None) -> tuple[Images, Images]:
    """The two domains of a translation, of any two folders: nobody pairs anything.

    Raises:
        CourseError: as `picture_folder`, and if both are the same folder or one lies in the other.
    """
    first, second = (Path(path).expanduser().resolve() for path in (a, b))
    if first == second or first in second.parents or second in first.parents:
        raise CourseError(f"{a} and {b} share pictures: give two folders of which none lies in the other.")
    return picture_folder(a, size, n), picture_folder(b, size, n)


def picture_files(folder: Path) -> list[Path]:
    """Files that are called like pictures, below a folder; hidden ones are left out."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place, name) for name in names if name.lower().endswith(SUFFIXES) and not name.startswith(".")]
    return sorted(found)


def picture_read(file: Path, size: int) -> tuple[np.ndarray, tuple[int, int]] | str:
    """A picture as uint8 (3, size, size), and its own width and height; or why not."""
    try:
        with Image.open(file) as picture:
            if min(picture.size) < LEAST_SIDE:
                return f"only {picture.width} × {picture.height} pixels"
            square = crop_and_scale(on_white(picture), size)
            return np.asarray(square).transpose(2, 0, 1), picture.size
    except MemoryError:
        raise
    except Exception as error:  # Pillow raises many kinds for a broken file
        if isinstance(error, OSError) and error.strerror:
            return error.strerror
        start = file.read_bytes()[:1024]
        if not start:
            return "empty"
        if is_web_page(start):
            return "a web page under a picture's name"
        return "no picture, whatever its name says" if "cannot identify" in str(error) else str(error)


def on_white(picture: Image.Image) -> Image.Image:
    """In three colors; what is transparent shows white."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(white, clear).convert("RGB")


def told_broken(folder: Path, broken: dict[str, str], many: int) -> str:
    """What is said of files that are skipped; "" if there are none."""
    if not broken:
        return ""
    listed = "; ".join(f"{name} ({why})" for name, why in list(broken.items())[:NAMED])
    more = f"; and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
    return f"{len(broken):,} of {how_many(many, 'picture')} in {folder} cannot be read and are skipped: {listed}{more}."


def told_sizes(folder: Path, sizes: Counter[tuple[int, int]]) -> str:
    """What is said of pictures of different sizes; "" if all are of one."""
    if len(sizes) < 2:
        return ""
    most = ", ".join(f"{count:,} of {width} × {height}" for (width, height), count in sizes.most_common(3))
    more = f", and {len(sizes) - 3} sizes more" if len(sizes) > 3 else ""
    return f"Pictures in {folder} have {len(sizes)} sizes ({most}{more}); of each the square in the middle is scaled."
