"""CelebA's tables of labels and splits, as their authors, Kaggle, pandas and spreadsheets write them.

Cells may be divided by blanks, tabs, commas or semicolons, and quoted; yes is 1, 1.0 or True, and no is -1, 0, -1.0
or False. An index column is not mistaken for a label, nor a row of labels for a header. Whatever cannot be read with
certainty is refused with the line that it stands in: a label that is guessed is worse than none.
"""

from __future__ import annotations

import csv
import re
from typing import NamedTuple

import numpy as np

from gancourse.data.decode import is_web_page
from gancourse.errors import CourseError

FETCH = "Fetch it again (`gancourse data get celeba`)."
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png")
FIRST_OF_VALID, FIRST_OF_TEST, AFTER_LAST = 162_771, 182_638, 202_600  # the official partition, by file number
# The authors' order, for tables that were written without a header.
OFFICIAL_LABELS = [
    "5_o_Clock_Shadow", "Arched_Eyebrows", "Attractive", "Bags_Under_Eyes", "Bald", "Bangs", "Big_Lips", "Big_Nose",
    "Black_Hair", "Blond_Hair", "Blurry", "Brown_Hair", "Bushy_Eyebrows", "Chubby", "Double_Chin", "Eyeglasses",
    "Goatee", "Gray_Hair", "Heavy_Makeup", "High_Cheekbones", "Male", "Mouth_Slightly_Open", "Mustache",
    "Narrow_Eyes", "No_Beard", "Oval_Face", "Pale_Skin", "Pointy_Nose", "Receding_Hairline", "Rosy_Cheeks",
    "Sideburns", "Smiling", "Straight_Hair", "Wavy_Hair", "Wearing_Earrings", "Wearing_Hat", "Wearing_Lipstick",
    "Wearing_Necklace", "Wearing_Necktie", "Young",
]  # fmt: skip
SPLIT_WORDS = {"train": 0, "training": 0, "valid": 1, "val": 1, "validation": 1, "dev": 1, "test": 2, "testing": 2}
CELL_WORDS = {"true": 1, "false": 0, **SPLIT_WORDS}
NUMERAL = re.compile(r"[+-]?\d+([.,]0*)?")
INDEX_HEADING = re.compile(r"|index|level_\d+|unnamed: ?[\d.]+", re.IGNORECASE)  # pandas' and R's
NAME_HEADINGS = ("image_id", "image", "image_name", "filename", "file_name", "file", "img", "name", "id")


class Table(NamedTuple):
    """Rows of numbers, by the picture's name without its ending; and how many rows the file says it has, if it does."""

    source: str
    columns: list[str]
    rows: dict[str, int]
    values: np.ndarray
    promised: int | None = None


class Refused(CourseError):
    """A table that cannot be read; another one beside it may do."""


def read_table(data: bytes, source: str, header: bool) -> Table:
    """A table from its bytes.

    Args:
        source: what it is called in messages.
        header: whether columns must have names; a table of splits needs none.

    Raises:
        Refused: if it is no such table, or a part of one; the message says which line.
    """
    if is_web_page(data):
        raise Refused(page_in_place_of(source))
    lines = [(number, line) for number, line in enumerate(text_decoded(data).splitlines(), 1) if line.strip()]
    cells = [(number, row) for number, row in divided(lines) if row]
    promised = None
    if cells and len(filled_cells(cells[0][1])) == 1 and filled_cells(cells[0][1])[0].isdigit():
        promised = int(filled_cells(cells.pop(0)[1])[0])  # the official file's number of rows
    heading = None if not cells or is_row(cells[0][1]) else cells.pop(0)[1]
    if not cells:
        raise Refused(f"{source} has no rows. {FETCH}")
    width = len(cells[0][1])
    if heading is not None and len(heading) == width - 1:
        heading = ["", *heading]  # the official header, and R's, do not name the first column
    named = next((i for i, name in enumerate(heading or []) if name.lower() in NAME_HEADINGS), None)
    pictured = next((i for i, cell in enumerate(cells[0][1]) if cell.lower().endswith(PICTURE_ENDINGS)), named or 0)
    if heading is not None:
        width = len(heading)
        kept = [i for i, name in enumerate(heading) if i != pictured and not INDEX_HEADING.fullmatch(name)]
        columns = [heading[i] for i in kept]
    else:
        kept = list(range(pictured + 1, width))  # what stands before a picture's name is an index
        columns = [*OFFICIAL_LABELS] if header and len(kept) == len(OFFICIAL_LABELS) else []
        columns = ["value"] if not header and len(kept) == 1 else columns
    if len(set(columns)) < len(columns) or not columns:
        told = "has two columns of one name" if columns else f"does not name its {len(kept)} columns of labels"
        raise Refused(f"{source} {told}: there should be a line with a name for each above the rows.")
    check_widths(cells, width, pictured, len(kept), source)
    values = cell_numbers(cells, kept, columns, pictured, source, (-1, 1) if header else (0, 2))
    return Table(source, columns, by_picture(cells, pictured, values, source), values, promised)


def text_decoded(data: bytes) -> str:
    """The text: UTF-8 or, as Windows may write it, UTF-16."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def divided(lines: list[tuple[int, str]]) -> list[tuple[int, list[str]]]:
    """Lines in cells, with their numbers. What divides cells is what most of the second line's gaps hold."""
    if lines and (told := re.fullmatch(r"sep=(.)", lines[0][1].strip(), re.IGNORECASE)):
        lines = lines[1:]  # a spreadsheet's way to say it
        mark = told[1]
    else:
        sample = "\n".join(line for _, line in lines[-2:])
        mark = next((mark for mark in (";", "\t", ",") if mark in sample), " ")
    if mark == " ":
        return [(number, [cell.strip('"') for cell in line.split()]) for number, line in lines]
    read = csv.reader((line for _, line in lines), delimiter=mark, skipinitialspace=True)
    try:
        rows = [[cell.strip().strip("'\"") for cell in row] for row in read]
    except csv.Error as error:
        raise Refused(f"A table of CelebA has cells that cannot be told apart ({error}).") from error
    if len(rows) != len(lines):
        raise Refused("A table of CelebA has a quotation mark that is not closed.")
    return [(number, row) for (number, _), row in zip(lines, rows, strict=True)]


def filled_cells(row: list[str]) -> list[str]:
    return [cell for cell in row if cell]


def is_row(row: list[str]) -> bool:
    """Whether this is a row of values, and not a header."""
    return any(cell.lower().endswith(PICTURE_ENDINGS) for cell in row) or all(
        value_of(cell) is not None for cell in row
    )


def value_of(cell: str) -> int | None:
    """A whole number, True or False, or the name of a split; None for anything else."""
    if NUMERAL.fullmatch(cell):
        return int(cell.replace(",", ".").split(".")[0])
    return CELL_WORDS.get(cell.lower())


def check_widths(cells: list[tuple[int, list[str]]], width: int, pictured: int, values: int, source: str) -> None:
    """Every row has as many cells as the header. That a file was cut short shows in its last row alone."""
    aside = width - values
    for number, row in cells:
        if len(row) == width:
            continue
        who = row[pictured] if pictured < len(row) else row[0]
        what = f"{source}: the row of {who} has {len(row) - aside} values, not {values}"
        if number == cells[-1][0] and len(row) < width:
            raise Refused(f"{what}; it is the last one, so the file may have been cut short. {FETCH}")
        raise Refused(f"{what} (line {number}).")


def cell_numbers(
    cells: list[tuple[int, list[str]]],
    kept: list[int],
    columns: list[str],
    pictured: int,
    source: str,
    limits: tuple[int, int],
) -> np.ndarray:
    """The values, int16, (rows, columns), within the limits."""
    known = {cell: value_of(cell) for cell in {row[i] for _, row in cells for i in kept}}
    odd = {cell for cell, value in known.items() if value is None or not limits[0] <= value <= limits[1]}
    if odd:
        number, row, i = next((number, row, i) for number, row in cells for i in kept if row[i] in odd)
        found, usual = repr(row[i]) if row[i] else "nothing", "1 and -1" if limits[0] else "0, 1 and 2"
        raise Refused(
            f"{source}: numbers were expected behind the file names, {usual} or the like; line {number}, of "
            f"{row[pictured]}, has {found} for {columns[kept.index(i)]}."
        )
    flat = (known[row[i]] for _, row in cells for i in kept)
    return np.fromiter(flat, np.int16, len(cells) * len(kept)).reshape(len(cells), len(kept))


def by_picture(cells: list[tuple[int, list[str]]], pictured: int, values: np.ndarray, source: str) -> dict[str, int]:
    """Which row is of which picture. A number without an ending has lost its zeros in a spreadsheet or in pandas."""
    rows: dict[str, int] = {}
    for i, (number, row) in enumerate(cells):
        name = row[pictured]
        key = name.split(".")[0].zfill(6) if NUMERAL.fullmatch(name) else stem(name)
        first = rows.setdefault(key, i)
        if first != i and not np.array_equal(values[first], values[i]):
            raise Refused(f"{source} has two rows of {name} that differ; the second is line {number}.")
    return rows


def page_in_place_of(path: object) -> str:
    """What to say about a web page under a data file's name."""
    return (
        f"{path} is a web page, not data: the download site answered with a page (often: too many downloads "
        "today) that was saved under this name. Delete it and fetch the file again (`gancourse data get celeba`)."
    )


def stem(name: str) -> str:
    """A picture's name in small letters without folders and ending: tables say .jpg even where pictures are .PNG."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()


def partition_of(stems: list[str], table: Table | None) -> np.ndarray:
    """0 train, 1 valid, 2 test, −1 unknown: from the table or, without one, from the official file numbers."""
    if table is not None:
        values = table.values[:, 0]
        return np.array([values[table.rows[s]] if s in table.rows else -1 for s in stems], dtype=np.int8)
    file_numbers = np.array([int(s) if is_official(s) else 0 for s in stems])
    splits = np.searchsorted([FIRST_OF_VALID, FIRST_OF_TEST], file_numbers, side="right").astype(np.int8)
    return np.where((file_numbers > 0) & (file_numbers < AFTER_LAST), splits, -1).astype(np.int8)


def is_official(name_stem: str) -> bool:
    """Whether a picture is called as CelebA's are, by six digits."""
    return name_stem.isdecimal() and name_stem.isascii() and len(name_stem) == 6
