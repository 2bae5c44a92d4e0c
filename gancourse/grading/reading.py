"""Read a notebook from bytes that may be anything: its cells' text and the ids they are known by."""

from __future__ import annotations

import base64
import codecs
import json
import re
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gancourse.grading.folders import readable

LARGEST = 256 * 2**20
"""Bytes above which a notebook is not read. An ordinary one has a thousandth of it."""
HUGE = 128 * 2**20
"""Bytes above which pictures are cut out before anything else is done."""
PICTURE = re.compile(rb'"[A-Za-z0-9+/=]{1000,}(?:\\n[A-Za-z0-9+/=]*)*"')
"""A picture in JSON: thousands of letters without a space."""

MOST_ITEMS = 8_000_000
MOST_CELLS = 5_000
LONGEST_TEXT = 200_000
"""Characters of a cell that are read. Pictures in it are set apart before."""
CUT = "\n\n[The rest was cut off: a cell is read up to {most:,} characters.]"
MOST_PICTURES = 12
LARGEST_PICTURE = 12 * 2**20
"""Letters of a picture that are kept, for those who grade an answer in words."""
PASTED = re.compile(r"data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/=\s]*)")
BEGINNINGS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
"""Pictures that a browser shows and never runs, by how their bytes begin."""
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""What Jupyter takes for the id of a cell. Other editors write others; nothing here can be known by them."""


class Damaged(Exception):
    """A file that is no notebook. The message is a sentence that says why."""


def read_notebook(path: Path) -> NotebookNode:
    """A notebook from a file that may hold anything: its cells' text and the ids they are known by.

    All else in the file is dropped: outputs, tags, settings, whatever its version. So no file is too
    old, too new or too odd, as long as there is text in cells.

    Raises:
        Damaged: if there is none.
    """
    return notebook_in(bytes_of(path), readable(path.name))


def notebook_in(raw: bytes, name: str) -> NotebookNode:
    """The notebook in these bytes; `name` is what a sentence calls it.

    Raises:
        Damaged: if there is none.
    """
    data = parsed(decoded(raw, name), name)
    cells = data.get("cells") if isinstance(data, dict) else None
    if isinstance(data, dict) and cells is None:  # before version 4 cells were on worksheets
        sheets = data.get("worksheets")
        cells = (
            [c for s in sheets if isinstance(s, dict) and isinstance(s.get("cells"), list) for c in s["cells"]]
            if isinstance(sheets, list)
            else None
        )
    if not isinstance(cells, list):
        raise Damaged(f"{name} is JSON but not a notebook: it has no cells.")
    if len(cells) > MOST_CELLS:
        raise Damaged(f"{name} has {len(cells):,} cells; more than {MOST_CELLS:,} are not read.")
    found = [clean for cell in cells if (clean := words_of(cell))]
    for number, cell in enumerate(found):  # the same each time: what is unchanged is known by its text
        cell["id"] = cell["id"] or f"given-{number}"
    notebook = new_notebook()
    notebook.cells = found
    return notebook


def bytes_of(path: Path) -> bytes:
    """All that is in an ordinary file, if it is not too much.

    Raises:
        Damaged: if it is none, or cannot be read.
    """
    name = readable(path.name)
    try:
        if path.is_symlink() or not path.is_file():
            raise Damaged(f"{name} is a link to another file, not a notebook.")
        if path.stat().st_size > LARGEST:
            raise Damaged(f"{name} is larger than {LARGEST // 2**20} MB. Clear its outputs.")
        with path.open("rb") as file:  # which may grow meanwhile
            return file.read(LARGEST)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise Damaged(f"{name} cannot be read: {why}.") from None


def decoded(raw: bytes, name: str) -> str:
    """The text in these bytes, whichever way it was saved. Of large ones pictures are left out."""
    if not raw.strip():
        raise Damaged(f"{name} is an empty file.")
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if len(raw) > HUGE and not wide:
        raw = PICTURE.sub(b'""', raw)
    return raw.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def parsed(text: str, name: str) -> Any:
    """The JSON in a text.

    Raises:
        Damaged: if it is none.
    """
    if text.count(",") + text.count("[") > MOST_ITEMS:
        raise Damaged(f"{name} holds too many things to be a notebook. Clear its outputs.")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if text.count("\ufffd") > len(text) // 20:
            raise Damaged(f"{name} is damaged: it is not text in UTF-8, as a notebook is.") from None
        cut_off = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
        where = "it ends too early" if cut_off else f"line {error.lineno}: {error.msg}"
        raise Damaged(f"{name} is damaged: it is not JSON, as a notebook is ({where}).") from None
    except (RecursionError, ValueError):
        raise Damaged(f"{name} is damaged: it is not a notebook.") from None


def words_of(cell: Any) -> NotebookNode | None:
    """A cell's text and ids and nothing else; None if there is no text."""
    if not isinstance(cell, dict):
        return None
    source = cell.get("source", cell.get("input"))
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        return None
    # Half of a pair of surrogates is no text and could not be written down.
    text = "".join(lines).encode("utf-8", errors="replace").decode()
    pictures: list[str] = []
    if cell.get("cell_type") != "code":
        text, pictures = set_apart(text, cell.get("attachments"))
        text = text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT.format(most=LONGEST_TEXT)
    new = (new_code_cell if cell.get("cell_type") == "code" else new_markdown_cell)(text[: LONGEST_TEXT + len(CUT) + 9])
    if pictures:
        new["attachments"] = attached(pictures)
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
    if isinstance(grade_id, str):
        new.metadata["nbgrader"] = {"grade_id": grade_id}
    id = cell.get("id")
    new["id"] = id if isinstance(id, str) and CELL_ID.fullmatch(id) else ""
    return new


def set_apart(text: str, attachments: Any) -> tuple[str, list[str]]:
    """A text with a word in the place of each pasted picture, and the pictures: those, and what is attached."""
    pictures: list[str] = []

    def word(match: re.Match[str]) -> str:
        pictures.append(match[1])
        return f"picture-{len(pictures)}"

    text = PASTED.sub(word, text)
    for bundle in attachments.values() if isinstance(attachments, dict) else ():
        found = [data for data in bundle.values() if isinstance(data, str)] if isinstance(bundle, dict) else []
        pictures += found[:1]
    return text, pictures


def attached(pictures: list[str]) -> dict[str, dict[str, str]]:
    """Those of some pictures that a browser can show and not run, as a cell has them."""
    found: dict[str, dict[str, str]] = {}
    for number, data in enumerate(pictures[:MOST_PICTURES], 1):
        if len(data) > LARGEST_PICTURE:
            continue
        try:
            raw = base64.b64decode("".join(data.split()), validate=True)
        except ValueError:
            continue
        for kind, beginning in BEGINNINGS.items():
            if raw.startswith(beginning):
                found[f"picture-{number}"] = {kind: base64.b64encode(raw).decode()}
    return found
