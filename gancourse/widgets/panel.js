// What the views of all panels that train share, on top of base.js: the buttons, and frames that come
// as fast as they are shown.

const STEPS = {
  step: ["Step", "one full step of the training"],
  d_step: ["D step", "one step of the discriminator; the generator stands still"],
  g_step: ["G step", "one step of the generator; the discriminator stands still"],
};

function openPanel(model, el, label) {
  const widget = openWidget(model, el, label);
  const { on, undo, send } = widget;
  el.classList.add("gancourse-panel");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // Show a frame and tell the kernel, which sends no more than is shown. Who asked their system for
  // less motion gets a picture a second while the training runs.
  let waiting = 0;
  let last = 0;
  function frames(draw) {
    function show() {
      waiting = 0;
      const frame = model.get("frame");
      if (!frame || !frame.number) return;
      last = performance.now();
      draw(frame);
      if (model.get("shown") !== frame.number) {
        model.set("shown", frame.number);
        model.save_changes();
      }
    }
    on("change:frame", () => {
      const pause = calm.matches && model.get("playing") ? last + 1000 - performance.now() : 0;
      if (pause <= 0) show();
      else if (!waiting) waiting = setTimeout(show, pause);
    });
    undo.push(() => clearTimeout(waiting));
  }

  function addButtons(parent) {
    const [bar, buttons] = widget.addBar(parent, "training controls", [
      ...Object.entries(STEPS).map(([name, words]) => [name, ...words]),
      ["restart", "Start again"],
      ["stop", "Stop", "end the run and free its memory"],
    ]);
    const play = make("button", bar, { type: "button", className: "gancourse-play" });
    bar.prepend(play);
    play.onclick = () => send({ playing: !model.get("playing") });
    on("change:playing change:buttons", () => {
      play.textContent = model.get("playing") ? "Pause" : "Play";
      for (const name of Object.keys(STEPS)) {
        buttons[name].hidden = name !== "step" && !model.get("buttons").includes(name);
        buttons[name].disabled = model.get("playing");
      }
    });
    return bar;
  }

  return { ...widget, frames, addButtons, addKnobs: (parent) => widget.addKnobs(parent, send) };
}
