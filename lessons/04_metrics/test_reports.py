"""Lesson 04's reports: what is wrong with a number is for the reader to find."""

from __future__ import annotations

import re

import pytest

from gancourse import data
from gancourse.authoring.source import find
from gancourse.data.images import Images
from gancourse.metrics.evaluations import evaluation


@pytest.mark.parametrize("which", "ABC")
def test_what_is_seen_of_a_report_does_not_tell_its_cause(which: str) -> None:
    known, fresh = (Images(data.source("faces").sample_images(n, size=16)) for n in (40, 80))
    told = evaluation(which, known, fresh, 24)
    assert not re.search("blur|cop(y|ies)|training|half", told.seen)
    shown = find("04_metrics").cell("reports").text
    assert not re.search(r"plant\(|blur\(|copies", shown), "the cell above the pictures tells it"
