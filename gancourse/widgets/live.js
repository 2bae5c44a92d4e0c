// The panel's view: buttons, sliders, one picture. All state is in the model's traits, so that a
// page that is reloaded, or shown twice, shows the same.

function make(tag, parent, properties = {}) {
  const node = document.createElement(tag);
  Object.assign(node, properties);
  parent.append(node);
  return node;
}

function say(value, knob) {
  if (knob.whole) return String(Math.round(value));
  return value >= 0.01 && value < 1000 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}

function render({ model, el }) {
  el.classList.add("gancourse-live");
  // Without this JupyterLab takes keys such as b and x for its own: they insert and delete cells.
  el.dataset.lmSuppressShortcuts = "true";
  const image = make("img", el, { className: "gancourse-picture" });
  const status = make("div", el, { className: "gancourse-status" });
  status.setAttribute("role", "status");
  const bar = make("div", el, { className: "gancourse-bar" });
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "training controls");

  const play = make("button", bar, { type: "button" });
  play.onclick = () => set("playing", !model.get("playing"));
  const step = make("button", bar, { type: "button", textContent: "Step" });
  step.onclick = () => set("steps_wanted", model.get("steps_wanted") + 1);
  const again = make("button", bar, { type: "button", textContent: "Start again" });
  again.onclick = () => set("restarts_wanted", model.get("restarts_wanted") + 1);

  const sliders = {};
  for (const [name, knob] of Object.entries(model.get("knobs"))) {
    const label = make("label", bar);
    make("span", label, { textContent: knob.label });
    const input = make("input", label, { type: "range" });
    const to = knob.log ? Math.log10 : (x) => x;
    const from = knob.log ? (x) => 10 ** x : (x) => x;
    input.min = to(knob.low);
    input.max = to(knob.high);
    input.step = knob.whole ? 1 : (input.max - input.min) / 60;
    const shown = make("output", label);
    // A setting that starts the training anew waits until the slider is let go.
    input[knob.restarts ? "onchange" : "oninput"] = () =>
      set("values", { ...model.get("values"), [name]: from(Number(input.value)) });
    const preview = () => (shown.textContent = say(from(Number(input.value)), knob));
    input.addEventListener("input", preview);
    sliders[name] = () => {
      if (document.activeElement !== input) input.value = to(model.get("values")[name]);
      preview();
      input.setAttribute("aria-valuetext", shown.textContent);
    };
  }

  function set(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  let url = null;
  function showFrame() {
    const bytes = model.get("frame");
    if (!bytes || !bytes.byteLength) return;
    const next = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
    const last = url;
    image.src = url = next;
    if (last) setTimeout(() => URL.revokeObjectURL(last), 1000);
  }
  function showState() {
    play.textContent = model.get("playing") ? "Pause" : "Play";
    step.disabled = model.get("playing");
    image.alt = model.get("alt");
    status.textContent = model.get("status");
    Object.values(sliders).forEach((update) => update());
  }
  model.on("change:frame", showFrame);
  model.on("change:playing change:alt change:status change:values", showState);
  showFrame();
  showState();
  return () => {
    model.off("change:frame", showFrame);
    model.off("change:playing change:alt change:status change:values", showState);
    if (url) URL.revokeObjectURL(url);
  };
}

export default { render };
