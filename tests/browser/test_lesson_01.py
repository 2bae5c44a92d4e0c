"""Lesson 01 in JupyterLab and Chromium: it runs, its pictures move, its checks speak, its panel obeys."""

from __future__ import annotations

import time
from pathlib import Path

from panels import settled, wait_for

LESSON = "01_gaussian_1d"
PICTURE = ".gancourse-live img"


def test_start_page_opens_and_leads_to_the_lesson(lab, context, screenshots: Path) -> None:
    page = lab.open(context, "notebooks/start.ipynb")
    page.wait_for_selector(".jp-RenderedMarkdown img")
    picture = page.locator(".jp-RenderedMarkdown img").first
    assert picture.get_attribute("alt")
    wait_for(lambda: picture.evaluate("i => i.naturalWidth"), 30, "the start page's picture does not load")
    page.screenshot(path=screenshots / "start.png")
    page.get_by_role("link", name="01 · One bell curve").click()
    page.wait_for_function(f"() => window.jupyterapp.shell.currentWidget.context.path.endsWith('{LESSON}.ipynb')")
    lab.close(page)


def test_solution_runs_from_top_to_bottom_and_the_picture_moves(lab, context, screenshots: Path) -> None:
    page = lab.open(context, f"solutions/{LESSON}/{LESSON}.ipynb")
    lab.run_all(page)
    seen: set[str] = set()
    captions: list[str] = []

    def moving() -> bool:
        for output in lab.outputs(page, "first-match"):
            html = "".join(output.get("data", {}).get("text/html", ""))
            if html and hash(html.partition(" alt=")[0]) not in seen:
                seen.add(hash(html.partition(" alt=")[0]))
                captions.append(html)
        if len(seen) == 4:
            lab.show(page, "first-match")
            page.screenshot(path=screenshots / "training.png")
        return bool(captions) and "<progress" not in captions[-1]

    wait_for(moving, 300, "training does not come to its end")
    assert len(seen) >= 5, f"the picture was drawn {len(seen)} times only"
    assert "iteration 3,000 of 3,000" in captions[-1]

    def finished() -> dict | None:
        state = lab.progress(page)
        return state if state["done"] == state["all"] and state["idle"] else None

    state = wait_for(finished, 400, "the notebook does not come to its end")
    assert state["errors"] == []
    lab.show(page, "first-match")
    images = page.locator(".jp-OutputArea-output img")
    assert images.count() and all(images.nth(i).get_attribute("alt") for i in range(images.count()))
    page.screenshot(path=screenshots / "solution.png")

    # The panel, in the same page and kernel: play, pause, step, turn a knob.
    lab.show(page, "panel")
    panel = page.locator(".gancourse-live").first
    picture = page.locator(PICTURE).first

    def frame() -> str:
        return picture.get_attribute("src") or ""

    wait_for(frame, 60, "the panel shows no picture")
    first = frame()
    panel.get_by_role("button", name="Play").click()
    wait_for(lambda: frame() != first, 60, "Play does not move the picture")
    knob = panel.get_by_label("D's steps k")
    knob.focus()
    page.keyboard.press("End")
    assert panel.locator(".gancourse-value").first.inner_text() == "20"
    panel.get_by_label("learning rate").focus()
    page.keyboard.press("Home")
    time.sleep(1.5)
    page.screenshot(path=screenshots / "panel.png")
    panel.get_by_role("button", name="Pause").click()
    panel.get_by_role("button", name="Play").wait_for()
    rest = settled(frame)
    time.sleep(1.5)
    assert frame() == rest, "the picture moves again after Pause"
    panel.get_by_role("button", name="Step").click()
    wait_for(lambda: frame() != rest, 60, "Step does not move the picture")
    lab.set_source(page, "setup", "print(panel.state.k, round(panel.state.rate, 9), panel.status == '')")
    lab.run_cell(page, "setup")
    assert "".join(lab.outputs(page, "setup")[0]["text"]).split() == ["20", "1e-05", "True"]
    lab.close(page)


def test_checks_speak_to_a_student(lab, context, screenshots: Path) -> None:
    page = lab.open(context, f"notebooks/{LESSON}/{LESSON}.ipynb")
    lab.run_cell(page, "setup")
    lab.run_cell(page, "discriminator_loss")
    lab.run_cell(page, "test-discriminator_loss")
    (output,) = lab.outputs(page, "test-discriminator_loss")
    assert "not written yet" in "".join(output["traceback"])
    assert "Traceback" not in "".join(output["traceback"])

    wrong = (
        "def discriminator_loss(real_logits, fake_logits):\n"
        "    return F.softplus(real_logits).mean() + F.softplus(-fake_logits).mean()"
    )
    lab.set_source(page, "discriminator_loss", wrong)
    lab.run_cell(page, "discriminator_loss")
    lab.run_cell(page, "test-discriminator_loss")
    (output,) = lab.outputs(page, "test-discriminator_loss")
    report = "\n".join(output["traceback"])
    assert "swapped" in report
    assert "site-packages" not in report and "core.py" not in report
    lab.show(page, "test-discriminator_loss")
    page.screenshot(path=screenshots / "wrong_answer.png")

    lab.show(page, "hints-discriminator_loss")
    hint = page.locator("details", has_text="Hint 2: the formula").first
    hint.locator("summary").click()
    wait_for(lambda: hint.locator("mjx-container").count(), 30, "the hint's formula is not typeset")

    right = (
        "def discriminator_loss(real_logits, fake_logits):\n"
        "    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()"
    )
    lab.set_source(page, "discriminator_loss", right)
    lab.run_cell(page, "discriminator_loss")
    lab.run_cell(page, "test-discriminator_loss")
    (output,) = lab.outputs(page, "test-discriminator_loss")
    assert output["output_type"] == "stream" and output["name"] == "stdout"
    assert "✗" not in output["text"]
    page.screenshot(path=screenshots / "right_answer.png")
    lab.close(page)
