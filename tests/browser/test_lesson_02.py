"""Lesson 02 in JupyterLab and Chromium: it runs, its film moves, its checks speak, its playground plays."""

from __future__ import annotations

from pathlib import Path

from panels import source, wait_for

LESSON = "02_mixture_2d"
ANSWERS = ("sample_mixture", "log_density", "count_modes", "minibatch_std", "packed_distance", "PackedDiscriminator")


def test_solution_runs_in_the_page_and_the_playground_plays(lab, context, screenshots: Path) -> None:
    page = lab.open(context, f"solutions/{LESSON}/{LESSON}.ipynb")
    lab.set_source(page, "setup", f"import os\nos.environ['GANCOURSE_FAST'] = '1'\n{source(page, 'setup')}")
    lab.run_all(page)

    def finished() -> dict | None:
        state = lab.progress(page)
        return state if state["done"] == state["all"] and state["idle"] else None

    state = wait_for(finished, 400, "the notebook does not come to its end")
    assert state["errors"] == []
    images = page.locator(".jp-OutputArea-output img")
    assert images.count() and all(images.nth(i).get_attribute("alt") for i in range(images.count()))

    lab.show(page, "playground")
    panel = page.locator(".gancourse-panel, .gancourse-live, .gancourse-playground").first
    panel.wait_for()
    panel.get_by_role("button", name="Play").click()
    lab.set_source(page, "world", "print(len(playground.game.history))")

    def steps() -> int:
        lab.run_cell(page, "world")
        (output,) = lab.outputs(page, "world")
        return int("".join(output["text"]))

    wait_for(lambda: steps() > 5, 60, "Play does not train")
    lab.show(page, "playground")
    page.screenshot(path=screenshots / "playground_02.png")
    panel.get_by_role("button", name="Pause").click()
    lab.close(page)


def test_checks_speak_to_a_student(lab, context, screenshots: Path) -> None:
    page = lab.open(context, f"notebooks/{LESSON}/{LESSON}.ipynb")
    lab.run_cell(page, "setup")
    for exercise in ANSWERS:
        lab.run_cell(page, exercise)
        lab.run_cell(page, f"test-{exercise}")
        (output,) = lab.outputs(page, f"test-{exercise}")
        assert "not written yet" in "".join(output["traceback"]), exercise

    wrong = (
        "def minibatch_std(features):\n"
        "    spread = features.var(dim=0, correction=0).mean().sqrt()\n"
        "    return torch.cat([features, spread.expand(len(features), 1)], dim=1)"
    )
    lab.set_source(page, "minibatch_std", wrong)
    lab.run_cell(page, "minibatch_std")
    lab.run_cell(page, "test-minibatch_std")
    (output,) = lab.outputs(page, "test-minibatch_std")
    report = " ".join("\n".join(output["traceback"]).split())  # it is wrapped
    assert "Take the root of each, then average" in report and "core.py" not in report
    lab.show(page, "test-minibatch_std")
    page.screenshot(path=screenshots / "wrong_answer_02.png")
    lab.close(page)
