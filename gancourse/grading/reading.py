"""Read a notebook from bytes that may be anything: its cells' text and the ids they are known by."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

LARGEST = 256 * 2**20
"""Bytes above which a notebook is not read. An ordinary one has a thousandth of it."""
LARGE = 16 * 2**20
"""Bytes above which pictures are cut out before anything else is done."""
PICTURE = re.compile(rb'"[A-Za-z0-9+/=]{1000,}(?:\\n[A-Za-z0-9+/=]*)*"')
"""A picture in JSON: thousands of letters without a space."""

MOST_ITEMS = 8_000_000
MOST_CELLS = 5_000
LONGEST_CELL = 200_000
"""Characters of a cell that are read."""
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
    return notebook_in(bytes_of(path), path.name)


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
    name = path.name
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
    if len(raw) > LARGE and not wide:
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
    text = "".join(lines)[:LONGEST_CELL].encode("utf-8", errors="replace").decode()
    new = (new_code_cell if cell.get("cell_type") == "code" else new_markdown_cell)(text)
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
    if isinstance(grade_id, str):
        new.metadata["nbgrader"] = {"grade_id": grade_id}
    id = cell.get("id")
    new["id"] = id if isinstance(id, str) and CELL_ID.fullmatch(id) else ""
    return new
