"""Whatever a terminal can show: text goes out as it is, and what has no place in the terminal's encoding as its like.

A check's ✓ must not end `gancourse validate` where a terminal knows ASCII, Latin-1 or cp1252 only.
"""

from __future__ import annotations

import codecs
import io
import re
import sys
import unicodedata
from typing import TextIO

ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -~]?|\x9b[0-9;?]*[@-~]")
UNPRINTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What moves a terminal's cursor or turns its writing around."""
LIKE = {"✓": "+", "✗": "x", "·": "-", "–": "-", "—": "-", "−": "-", "→": "->", "≤": "<=", "≥": ">=", "∞": "inf"}


def lookalike(error: UnicodeError) -> tuple[str | bytes, int]:
    """For `codecs`: what to write for characters that an encoding does not have."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(LIKE.get(c) or ascii_of(c) for c in lost), error.end


def ascii_of(character: str) -> str:
    """A letter without its accent, ½ as 1/2; else a question mark."""
    text = unicodedata.normalize("NFKD", character).replace("\u2044", "/").encode("ascii", "ignore").decode()
    return text or "?"


codecs.register_error("lookalike", lookalike)


def uncolored(text: str) -> str:
    """Text without the codes that color it on a terminal, or do anything else there."""
    return UNPRINTED.sub("", ANSI.sub("", text))


def say(text: str, err: bool = False) -> None:
    """Print a line, in which names of files and the like move no terminal.

    Not click's echo, which writes UTF-8 to a terminal that says it is an ASCII one.
    """
    print(uncolored(text), file=sys.stderr if err else sys.stdout, flush=True)


def show_anything(*streams: TextIO | None) -> None:
    """Let nothing that is written to these streams stop for a character that they cannot take."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="lookalike")
