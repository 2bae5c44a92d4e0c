"""What a terminal cannot show is shown as something like it."""

from __future__ import annotations

import io
import sys

import pytest

from gancourse import cli
from gancourse.terminal import say, show_anything


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


def test_what_is_said_moves_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("\x1b[31mred\x1b[0m, \x1b]0;title\x07 and\rback,\n\tindented")
    assert capsys.readouterr().out == "red,  andback,\n\tindented\n"


@pytest.mark.parametrize("name", ["\x1b[31mnone.ipynb", "\x1b]0;title\x07none.ipynb", "none\u202e.ipynb"])
def test_a_files_name_in_an_error_moves_no_terminal(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["gancourse", "validate", name])
    with pytest.raises(SystemExit) as left:
        cli.main()
    err = capsys.readouterr().err
    assert left.value.code == 2
    assert "none" in err
    assert not {"\x1b", "\x07", "\u202e"} & set(err)
