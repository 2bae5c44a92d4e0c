"""What one exercise came to: the one form that it has from the judge to the student's page.

It is the checks' verdict with what only grading knows. Text, table, JSON, the gradebook's notebook and
the page are made from it; none of them is ever read back, but for the JSON. So whatever a student's
code says in an error, a line like "  ✓ all hold" among it, is told and means nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from gancourse.checks import Finding, Verdict
from gancourse.terminal import uncolored


@dataclass(frozen=True)
class Result(Verdict):
    """What one exercise came to. Its text (`str`) is the report for the student.

    Attributes:
        findings: the claims that were tested, the public ones first.
        max_score: the points that it is worth.
        score: those that it has earned; None as long as a person has to grade it.
        why: why nothing could be tested, if that is so. Whatever is said in a code's name is indented below it.
        notes: sentences on how it was judged.
        written: whether it is an answer in words, which a person grades.
        by_hand: whether a person gave the score.
        comment: what that person wrote.
    """

    max_score: float = 0
    score: float | None = 0
    why: str = ""
    notes: tuple[str, ...] = ()
    written: bool = False
    by_hand: bool = False
    comment: str = ""

    @property
    def reason(self) -> str:
        """What is said in the claims' place; "" if the claims are."""
        return f"Graded by hand. {self.comment}".strip() if self.by_hand else self.why or super().reason

    def __str__(self) -> str:
        told = self.reason if self.by_hand or self.written else super().__str__()
        return "\n".join([told, *(f"  {note}" for note in self.notes)])

    def as_json(self) -> dict[str, Any]:
        """Ready for `json`: everything, and what follows from it (`credit`, `message`, `holds`) for those who read."""
        data = asdict(self)
        for row, finding in zip(data["findings"], self.findings, strict=True):
            row["holds"] = finding.holds
        return {**data, "credit": self.credit, "message": str(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The result that `as_json` wrote down.

        Raises:
            KeyError, TypeError: if it is none.
        """
        findings = (Finding(**{f.name: row[f.name] for f in fields(Finding)}) for row in data["findings"])
        own: dict[str, Any] = {f.name: data[f.name] for f in fields(cls)}
        own.update(findings=tuple(findings), notes=tuple(own["notes"]))
        return cls(**own)


def result_of(verdict: Verdict, max_score: float, *notes: str) -> Result:
    """The result of checks: points times credit. Codes that color a terminal are left out of what they say."""
    findings = tuple(replace(f, miss=f.miss and uncolored(f.miss), told=uncolored(f.told)) for f in verdict.findings)
    return Result(verdict.exercise, findings, max_score, round(max_score * verdict.credit, 2), notes=notes)
