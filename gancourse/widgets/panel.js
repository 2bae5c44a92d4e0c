// What the views of all panels share. All state is in the model's traits, so that a page that is
// reloaded, or shown twice, shows the same. A view's own file follows this one.

const WORDS = {
  step: ["Step", "one full step of the training"],
  d_step: ["D step", "one step of the discriminator; the generator stands still"],
  g_step: ["G step", "one step of the generator; the discriminator stands still"],
};

function make(tag, parent, properties = {}, attributes = {}) {
  const node = document.createElement(tag);
  Object.assign(node, properties);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (["button", "input", "select"].includes(tag)) ownKeys(node);
  parent.append(node);
  return node;
}

// What has the focus must say this of itself. Else JupyterLab takes keys such as b, x and the arrows
// for its own, and inserts, deletes and leaves cells.
function ownKeys(node) {
  node.dataset.lmSuppressShortcuts = "true";
}

function say(value, knob) {
  if (knob.whole) return String(Math.round(value));
  return value >= 0.01 && value < 1000 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}

function openPanel(model, el, label) {
  el.classList.add("gancourse-panel");
  ownKeys(el);
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", label);
  const undo = [];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  function on(names, action) {
    model.on(names, action);
    undo.push(() => model.off(names, action));
    action();
  }

  // The picture that stands in the notebook for places without a panel is hidden while this one lives.
  const style = make("style", document.head);
  const still = model.get("still");
  style.textContent = `.${still}, .jp-OutputArea-child:has(.${still}) { display: none !important; }`;
  undo.push(() => style.remove());

  // Send what the user did, and say so if nobody takes it.
  let note = null;
  let timer = 0;
  function send(changes) {
    const ticket = model.get("asked") + 1;
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.set("asked", ticket);
    model.save_changes();
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (note && model.get("answered") < ticket)
        note.textContent =
          "The kernel does not answer. It is busy with another cell, or it was started anew: then run this cell again.";
    }, 2500);
  }
  undo.push(() => clearTimeout(timer));

  function press(name) {
    const wanted = model.get("wanted");
    send({ wanted: { ...wanted, [name]: (wanted[name] || 0) + 1 } });
  }

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

  function addStatus(parent) {
    const status = make("div", parent, { className: "gancourse-status" }, { role: "status" });
    note = make("div", parent, { className: "gancourse-note" }, { role: "status" });
    on("change:status", () => (status.textContent = model.get("status")));
    on("change:answered", () => (note.textContent = ""));
  }

  function addButtons(parent) {
    const bar = make("div", parent, { className: "gancourse-bar" }, { role: "group", "aria-label": "training controls" });
    const play = make("button", bar, { type: "button", className: "gancourse-play" });
    play.onclick = () => send({ playing: !model.get("playing") });
    const steps = {};
    for (const [name, [text, title]] of Object.entries(WORDS)) {
      steps[name] = make("button", bar, { type: "button", textContent: text, title });
      steps[name].onclick = () => press(name);
    }
    const again = make("button", bar, { type: "button", textContent: "Start again" });
    again.onclick = () => press("restart");
    const stop = make("button", bar, { type: "button", textContent: "Stop", title: "end the run and free its memory" });
    stop.onclick = () => press("stop");
    on("change:playing change:buttons", () => {
      play.textContent = model.get("playing") ? "Pause" : "Play";
      for (const [name, button] of Object.entries(steps)) {
        button.hidden = name !== "step" && !model.get("buttons").includes(name);
        button.disabled = model.get("playing");
      }
    });
    return bar;
  }

  function setValue(name, value) {
    send({ values: { ...model.get("values"), [name]: value } });
  }

  function addList(parent, name, knob) {
    const label = make("label", parent);
    make("span", label, { textContent: knob.label });
    const list = make("select", label, {}, { "aria-label": knob.label });
    for (const option of knob.options) make("option", list, { textContent: option, value: option });
    list.onchange = () => setValue(name, list.value);
    on("change:values", () => (list.value = model.get("values")[name]));
  }

  // A slider counts ticks, so that its ends are exactly the range's ends.
  function addSlider(parent, name, knob) {
    const label = make("label", parent);
    make("span", label, { textContent: knob.label });
    const ticks = knob.whole && !knob.log ? knob.high - knob.low : 60;
    const [to, from] = knob.log ? [Math.log10, (x) => 10 ** x] : [(x) => x, (x) => x];
    const [low, high] = [to(knob.low), to(knob.high)];
    const value = (tick) => (tick >= ticks ? knob.high : from(low + ((high - low) * tick) / ticks));
    // The name alone: without it the value beside the slider would be part of the name, and be read twice.
    const input = make("input", label, { type: "range", min: 0, max: ticks, step: 1 }, { "aria-label": knob.label });
    const shown = make("span", label, { className: "gancourse-value" }, { "aria-hidden": "true" });
    function tell(value) {
      shown.textContent = say(value, knob);
      input.setAttribute("aria-valuetext", shown.textContent);
    }
    input.addEventListener("input", () => tell(value(Number(input.value))));
    // A setting that starts the training anew waits until the slider is let go.
    input.addEventListener(knob.restarts ? "change" : "input", () => setValue(name, value(Number(input.value))));
    on("change:values", () => {
      const now = model.get("values")[name];
      if (document.activeElement !== input) input.value = Math.round(((to(now) - low) / (high - low)) * ticks);
      tell(now);
    });
  }

  function addKnobs(parent) {
    for (const [name, knob] of Object.entries(model.get("knobs")))
      (knob.kind === "choice" ? addList : addSlider)(parent, name, knob);
  }

  const close = () => undo.forEach((action) => action());
  return { on, undo, send, press, frames, addStatus, addButtons, addKnobs, close };
}
