"""Bad input that is to be refused with a sentence."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from typing import Any

from gancourse.checks.core import Miss, StudentError, describe_error, expect

STOPPED_WITH = re.compile(r".*(?:`,|stopped|\d) with (?:\w+\.)*(\w+)(.*)", re.DOTALL)  # as `describe_error` says it
REFUSE = "Raise a ValueError that says so: else it goes unnoticed, or fails three layers further on."


def expect_refusal(call: Callable[[], Any], where: str, came: tuple[str, ...]) -> None:
    """Miss unless a call stops with a ValueError whose text holds what came, in one of these forms."""
    try:
        call()
    except NotImplementedError:
        raise
    except StudentError as error:
        said = str(error)
    except Exception as error:
        said = describe_error(error)
    else:
        raise Miss(f"For {where} nothing is said. {REFUSE}")
    stopped = STOPPED_WITH.search(said)
    kind, sentence = stopped.groups() if stopped else ("", "")
    own = kind == "ValueError" or not hasattr(builtins, kind)  # a kind of one's own is a ValueError's heir, most likely
    expect(bool(kind) and own, f"For {where} it stops, but not with a ValueError of yours. {said}")
    if not any(word.lower() in sentence.lower() for word in came):
        raise Miss(f"For {where} the sentence should say what came ({came[0]}); it says{sentence or ' nothing'}")
