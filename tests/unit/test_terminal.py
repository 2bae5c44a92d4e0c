"""What a terminal cannot show is shown as something like it."""

from __future__ import annotations

import io

import pytest

from gancourse.terminal import show_anything


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", "+ a: D = 1/2 -> Zoe - ? ?\n"),
        ("latin-1", "+ a: D = ½ -> Zoë - ? ?\n"),
        ("cp1252", "+ a: D = ½ -> Zoë – ? ?\n"),
        ("utf-8", "✓ a: D = ½ → Zoë – 漢 ?\n"),
    ],
)
def test_whatever_is_printed_comes_out(encoding: str, shown: str) -> None:
    out = io.BytesIO()
    stream = io.TextIOWrapper(out, encoding=encoding, newline="\n")
    show_anything(stream, None, io.StringIO())
    print("✓ a: D = ½ → Zoë – 漢 \ud83d", file=stream, flush=True)
    assert out.getvalue().decode(encoding) == shown
