"""Lesson 03 in JupyterLab and Chromium: it runs, the samples move, a check names a mistake, the explorer answers."""

from __future__ import annotations

from pathlib import Path

from panels import source, wait_for

LESSON = "03_dcgan"
FAST = "%env GANCOURSE_FAST=1\n"  # the machine's quarter of an hour is for students


def test_solution_runs_and_the_explorer_answers(lab, context, screenshots: Path) -> None:
    page = lab.open(context, f"solutions/{LESSON}/{LESSON}.ipynb")
    lab.set_source(page, "setup", FAST + source(page, "setup"))
    lab.run_all(page)

    def finished() -> dict | None:
        state = lab.progress(page)
        return state if state["done"] == state["all"] and state["idle"] else None

    state = wait_for(finished, 600, "the notebook does not come to its end")
    assert state["errors"] == []
    captions = "".join("".join(o.get("data", {}).get("text/html", "")) for o in lab.outputs(page, "first-run"))
    assert "<img" in captions and "iteration" in captions and "<progress" not in captions
    for id in ("first-run", "nearest", "ways", "edit"):
        lab.show(page, id)
        page.screenshot(path=screenshots / f"lesson_03_{id}.png")
    images = page.locator(".jp-OutputArea-output img")
    assert images.count() and all(images.nth(i).get_attribute("alt") for i in range(images.count()))

    lab.show(page, "explorer")
    slider = page.get_by_role("slider", name="smile").first
    slider.wait_for()
    canvas = page.locator(".jp-OutputArea-output canvas").first

    def look() -> str:
        return canvas.evaluate("c => c.toDataURL()")

    wait_for(lambda: canvas.evaluate("c => c.width > 1"), 60, "the explorer shows no picture")
    before = look()
    slider.focus()
    page.keyboard.press("End")
    wait_for(lambda: look() != before, 60, "the slider does not change the picture")
    page.screenshot(path=screenshots / "lesson_03_explorer.png")
    lab.close(page)


def test_checks_speak_to_a_student(lab, context, screenshots: Path) -> None:
    page = lab.open(context, f"notebooks/{LESSON}/{LESSON}.ipynb")
    page.wait_for_selector(".jp-RenderedMarkdown img")
    page.screenshot(path=screenshots / "lesson_03_top.png")
    lab.run_cell(page, "setup")
    lab.run_cell(page, "transposed_convolution")
    lab.run_cell(page, "test-transposed_convolution")
    (output,) = lab.outputs(page, "test-transposed_convolution")
    assert "not written yet" in "".join(output["traceback"])

    replaces = (
        "def transposed_convolution(picture, kernel, stride=1, padding=0):\n"
        "    (h, w), (k, l) = picture.shape, kernel.shape\n"
        "    large = picture.new_zeros((h - 1) * stride + k, (w - 1) * stride + l)\n"
        "    for i in range(h):\n"
        "        for j in range(w):\n"
        "            a, b = i * stride, j * stride\n"
        "            large[a : a + k, b : b + l] = picture[i, j] * kernel\n"
        "    return large[padding : large.shape[0] - padding, padding : large.shape[1] - padding]"
    )
    lab.set_source(page, "transposed_convolution", replaces)
    lab.run_cell(page, "transposed_convolution")
    lab.run_cell(page, "test-transposed_convolution")
    (output,) = lab.outputs(page, "test-transposed_convolution")
    report = "\n".join(output["traceback"])
    assert "the later one replaces the earlier" in report and "site-packages" not in report
    lab.show(page, "test-transposed_convolution")
    page.screenshot(path=screenshots / "lesson_03_wrong.png")

    lab.set_source(page, "transposed_convolution", replaces.replace("] = picture", "] += picture"))
    lab.run_cell(page, "transposed_convolution")
    lab.run_cell(page, "test-transposed_convolution")
    (output,) = lab.outputs(page, "test-transposed_convolution")
    assert output["output_type"] == "stream" and "✗" not in output["text"]
    lab.close(page)
