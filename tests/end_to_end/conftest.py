"""Whole classes are graded, and sandboxes are started, in `make test` only."""

from __future__ import annotations

import pytest

WHOLE = {"graded", "everybody"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what grades a class."""
    for item in items:
        if WHOLE & set(getattr(item, "fixturenames", ())) and "end_to_end" in item.path.parts:
            item.add_marker(pytest.mark.slow)
