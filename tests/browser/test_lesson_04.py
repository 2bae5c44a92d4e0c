"""Lesson 04 in JupyterLab and Chromium: it runs, its table is there, its sliders move the scores."""

from __future__ import annotations

from pathlib import Path

from panels import source, wait_for

LESSON = "04_metrics"


def quick_setup(lab, page) -> None:
    """Let the lesson take few pictures: its full numbers are measured by benchmarks."""
    lab.set_source(page, "setup", f"import os\nos.environ['GANCOURSE_FAST'] = '1'\n{source(page, 'setup')}")


def test_solution_runs_and_the_sliders_move_the_scores(lab, context, screenshots: Path) -> None:
    page = lab.open(context, f"solutions/{LESSON}/{LESSON}.ipynb")
    opening = page.locator(".jp-RenderedMarkdown img").first
    assert opening.get_attribute("alt")
    wait_for(lambda: opening.evaluate("i => i.naturalWidth"), 30, "the opening picture does not load")
    quick_setup(lab, page)
    lab.run_all(page)

    def finished() -> dict | None:
        state = lab.progress(page)
        return state if state["done"] == state["all"] and state["idle"] else None

    state = wait_for(finished, 500, "the notebook does not come to its end")
    assert state["errors"] == []
    for cell in ("strips", "figure", "panel"):
        lab.show(page, cell)
        page.screenshot(path=screenshots / f"04_{cell}.png")

    panel = page.locator(".gancourse-sliders").first
    picture = panel.locator("img")

    def told() -> str:
        return picture.get_attribute("alt") or ""

    before = wait_for(told, 60, "the panel shows no picture")
    for label, key in (("blur", "End"), ("hair styles", "Home")):
        slider = panel.get_by_label(label)
        slider.focus()
        page.keyboard.press(key)
        now = wait_for(lambda last=before: told() != last and told(), 60, f"{label} does not move the scores")
        assert now != before
        before = now
    assert panel.get_by_label("hair styles").get_attribute("aria-valuetext") == "1"
    wait_for(lambda: panel.locator("[role=status]").inner_text() == "", 60, "the panel does not come to rest")
    page.screenshot(path=screenshots / "04_panel_moved.png")
    # While it draws, several moves come in; the last one is what is shown in the end.
    slider = panel.get_by_label("share of copies")
    slider.focus()
    page.keyboard.press("End")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    lab.set_source(page, "setup", "print(panel.rest(30), panel.settings())")

    def arrived() -> bool:  # the page holds a move back until the kernel has taken the one before
        lab.run_cell(page, "setup")
        text = "".join(output.get("text", "") for output in lab.outputs(page, "setup"))
        return "True" in text and "'copied': 0.875" in text and "'styles': 1" in text

    wait_for(arrived, 60, "the last position does not arrive")
    lab.close(page)


def test_checks_name_the_mistake(lab, context, screenshots: Path) -> None:
    page = lab.open(context, f"notebooks/{LESSON}/{LESSON}.ipynb")
    quick_setup(lab, page)
    lab.run_cell(page, "setup")
    wrong = (
        "def frechet_distance(mu1, sigma1, mu2, sigma2):\n"
        "    one, two = (torch.linalg.eigvalsh(s).clamp(min=0).sqrt() for s in (sigma1, sigma2))\n"
        "    return (mu1 - mu2).square().sum() + (one - two).square().sum()"
    )
    lab.set_source(page, "frechet_distance", wrong)
    lab.run_cell(page, "frechet_distance")
    lab.run_cell(page, "test-frechet_distance")
    (output,) = lab.outputs(page, "test-frechet_distance")
    report = "\n".join(output["traceback"])
    assert "pairs the sorted eigenvalues" in report.replace("\n", " ") and "site-packages" not in report
    lab.show(page, "test-frechet_distance")
    page.screenshot(path=screenshots / "04_wrong_answer.png")
    lab.show(page, "hints-frechet_distance")
    hint = page.locator("details", has_text="Hint 2: the formula").first
    hint.locator("summary").click()
    wait_for(lambda: hint.locator("mjx-container").count(), 30, "the hint's formula is not typeset")
    lab.close(page)
