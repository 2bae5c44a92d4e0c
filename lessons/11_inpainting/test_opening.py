"""What lesson 11 says of its first picture."""

from __future__ import annotations

import pytest

from gancourse.authoring.source import find


def test_the_first_guess_has_the_answer_that_the_lesson_gives(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """B, by L1 alone, is nearest; C, with judges, next; and the person wears glasses, all of which are hidden."""
    monkeypatch.setenv("GANCOURSE_FAST", "1")
    names = find("11_inpainting").worked("setup", "load", "from-around", "opening", "opening-errors")
    lines = [line for line in capsys.readouterr().out.splitlines() if "mean absolute error" in line]
    a, b, c = (float(line.split()[-1]) for line in lines)
    assert b < c < a, "as printed, three digits"
    assert names["large"].attributes["glasses"][names["wears"][10]] > 0
    assert (names["five"]["D"] == names["person"]).all()
