"""The page a student gets back: every exercise, what holds, what does not and why, beside the code.

It is made of text only. Whatever a submission holds is escaped, and the page forbids scripts by
itself (Content-Security-Policy), should that ever fail.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from gancourse.authoring.source import Lesson
from gancourse.grading.result import Result
from gancourse.grading.summary import Row

PAGE_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 54rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 2.5rem 0 .5rem; border-top: 1px solid #8888; padding-top: 1rem; font-size: 1.2rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #8885; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
ul { list-style: none; padding: 0; }
li { margin: .35rem 0; padding: .3rem .7rem; border-left: .35rem solid; }
li.yes { border-color: #0173b2; } li.no { border-color: #de8f05; background: #de8f0518; }
li p { margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.medal { display: inline-block; padding: .1rem .8rem; border-radius: 1rem; border: 2px solid; color: #1a1a1a; }
.medal.bronze { background: #e0a070; } .medal.silver { background: #d8dce0; } .medal.gold { background: #f2cf4a; }
.medal.none { color: inherit; }
pre { padding: .7rem; overflow-x: auto; background: #8881; font-size: .9rem; white-space: pre-wrap; }
.note { font-style: italic; white-space: pre-wrap; }
"""

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head>
<body><main><h1>{title}</h1>
{body}
</main></body></html>
"""


UNSEEN = " <small>(not in your notebook)</small>"
"""Behind a claim of the hidden checks."""


def write_page(row: Row, lesson: Lesson, path: Path, code: dict[str, str] | None = None) -> None:
    """Write a student's page; `code` is what the student wrote, by exercise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = [f"<p>{escape(row.student)}: <strong>{row.score:g} of {row.max_score:g} points</strong>{pending(row)}</p>"]
    if row.remark:
        body.append(f"<p>{escape(row.remark)}</p>")
    else:
        titles = lesson.titles
        body.append(overview(row, titles))
        body += [section(row.results[id], titles[id], (code or {}).get(id, "")) for id in lesson.exercises]
    page = PAGE.format(title=escape(lesson.title), style=PAGE_STYLE, body="\n".join(body))
    path.write_text(page, encoding="utf-8", errors="replace")


def pending(row: Row) -> str:
    return f"; {row.pending:g} more wait for a person to grade them" if row.pending else ""


def points(result: Result) -> str:
    return "to be graded" if result.score is None else f"{result.score:g} of {result.max_score:g}"


def overview(row: Row, titles: dict[str, str]) -> str:
    """All exercises on one screen."""
    lines = [
        f'<tr><td><a href="#{escape(id)}">{escape(titles.get(id, id))}</a></td><td class="n">{points(result)}</td></tr>'
        for id, result in row.results.items()
    ]
    return f'<table><tr><th>exercise</th><th class="n">points</th></tr>{"".join(lines)}</table>'


def section(result: Result, title: str, code: str) -> str:
    """One exercise: its claims, or what is said in their place, and what the student wrote."""
    parts = [f'<h2 id="{escape(result.exercise)}">{escape(title)} ({points(result)})</h2>']
    parts.append(medal(result.medal) if result.medal and not result.by_hand else "")
    held = "" if result.medal else note(result.held)
    parts.append(note(result.reason) if result.reason else f"{held}<ul>{claims(result)}</ul>")
    parts += map(note, result.notes)
    if code.strip():
        parts.append(f"<p>What you handed in:</p><pre>{escape(code)}</pre>")
    return "\n".join(parts)


def medal(kind: str) -> str:
    """What an open challenge has earned, in a word; its color only repeats it."""
    word = "No medal yet" if kind == "none" else f"{kind.capitalize()} medal"
    return f'<p><span class="medal {escape(kind)}">{word}</span></p>'


def claims(result: Result) -> str:
    """Every claim as an item of a list, each with why it does not hold."""
    items = []
    for finding in result.findings:
        kind, mark = ("yes", "✓") if finding.holds else ("no", "✗")
        why = "".join(f"<p>{escape(line)}</p>" for line in (finding.miss or finding.told).splitlines())
        items.append(
            f'<li class="{kind}">{mark} {escape(finding.claim)}{UNSEEN if finding.by == "hidden" else ""}{why}</li>'
        )
    return "".join(items)


def note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>'
