"""`gancourse data get celeba`: the terms first, then the files, each from whichever source has it.

The zip is not unpacked; the loader reads it as it is. Every file must have the MD5 sum of the
authors' own, so it does not matter which of the sources it comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gancourse.data import cache, celeba_files
from gancourse.data.download import File, NoSource, fetch
from gancourse.errors import CourseError

TERMS = """\
CelebA (Large-scale CelebFaces Attributes), Liu, Luo, Wang and Tang, ICCV 2015. Its authors'
laboratory, MMLAB of The Chinese University of Hong Kong, sets these terms:
  - It is for non-commercial research only.
  - Its pictures were found on the Internet and are not MMLAB's property; MMLAB is not responsible
    for their content or meaning.
  - You must not copy, sell, trade or exploit any part of the pictures, or of data derived from
    them, for commercial purposes.
  - You must not copy, publish or distribute any part of it further. Allowed are copies for
    internal use at a single site within one organization.
  - MMLAB may end your access at any time.
The terms in full: https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html
1.4 GB will be downloaded."""

BY_HAND = """\
To get it by hand, open https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html in a browser, follow
"Align&Cropped Images" to its Google Drive or Baidu folder, and put these files into
  {folder}
    img_align_celeba.zip       from Img   (1.4 GB; leave it zipped, or unpack it)
    list_attr_celeba.txt       from Anno
    list_eval_partition.txt    from Eval  (may be missing)
Kaggle's copy (jessicali9530/celeba-dataset) does too, zipped or not. A copy elsewhere is used
where it is if GANCOURSE_CELEBA names its folder or zip. `gancourse data list` says whether it
was found. Google Drive's limit is per day: the same command may work tomorrow, and goes on with
what it has."""

# The authors' own files on Google Drive, by the identifiers that torchvision uses, then copies at universities.
DRIVE = "https://drive.usercontent.google.com/download?export=download&confirm=t&id={id}"
MIRRORS = (
    "https://graal.ift.ulaval.ca/public/celeba/{name}",
    "https://cseweb.ucsd.edu/~weijian/static/datasets/celeba/{name}",
)
NEEDED = {
    "list_attr_celeba.txt": ("0B7EVK8r0v71pblRyaVFSWGxPY0U", "75e246fa4810816ffd6ee81facbd244c"),
    "list_eval_partition.txt": ("0B7EVK8r0v71pY0NSMzRuSXJEVkk", "d32c9cbf5e040fd4025c592c306e6668"),
    "img_align_celeba.zip": ("0B7EVK8r0v71pZjFTYXZWM3FlRnM", "00d2c5bc6d35e252742224ab0c1e8fcb"),
}


def files() -> list[File]:
    """What is fetched, the small files first: whether a source answers shows before the 1.4 GB."""
    return [
        File(name, md5, [DRIVE.format(id=identifier), *(mirror.format(name=name) for mirror in MIRRORS)])
        for name, (identifier, md5) in NEEDED.items()
    ]


def get(folder: Path | None, agreed: Callable[[str], bool], say: Callable[[str], None]) -> None:
    """Show the terms, ask, and fetch what is missing.

    Args:
        folder: where to; None is the cache's folder, where the loader looks.
        agreed: is shown the terms and says whether they are accepted.
        say: takes a line about what is going on.
    """
    target = folder or cache.root() / "celeba"
    if not agreed(TERMS):
        raise CourseError("Nothing was downloaded: the terms were not accepted.")
    for file in files():
        try:
            path = fetch(file, target)
        except NoSource as error:
            raise CourseError(f"{error}\n\n{BY_HAND.format(folder=target)}") from error
        say(f"{file.name}: complete and verified, {path.stat().st_size / 1e6:,.1f} MB")
    # The loader takes the first copy of several places, which need not be this one.
    try:
        used = celeba_files.find_copy().pictures
    except CourseError:
        used = None
    if used is None or target.resolve() not in used.resolve().parents:
        say(f"Set GANCOURSE_CELEBA={target.resolve()} so that it is used{f' and not {used}' if used else ''}.")
