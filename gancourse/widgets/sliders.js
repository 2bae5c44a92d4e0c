// A picture and its sliders. All state is in the model's traits, so that a page that is reloaded,
// or shown twice, shows the same.

function make(tag, parent, properties = {}) {
  const node = document.createElement(tag);
  Object.assign(node, properties);
  parent.append(node);
  return node;
}

function render({ model, el }) {
  el.classList.add("gancourse-sliders");
  // JupyterLab takes keys such as b, x and the arrows for its own, wherever the focus is, unless the
  // focused element itself says otherwise.
  el.dataset.lmSuppressShortcuts = "true";
  const keep = (event) => event.stopPropagation();
  el.addEventListener("keydown", keep);
  const bar = make("div", el, { className: "gancourse-bar" });
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "what the picture shows");
  const status = make("div", el, { className: "gancourse-status" });
  status.setAttribute("role", "status");
  const image = make("img", el, { className: "gancourse-picture" });

  const updates = [];
  for (const [name, knob] of Object.entries(model.get("knobs"))) {
    const label = make("label", bar);
    make("span", label, { textContent: knob.label });
    const to = knob.log ? Math.log10 : (x) => x;
    const from = knob.log ? (x) => 10 ** x : (x) => x;
    const step = knob.whole ? 1 : (to(knob.high) - to(knob.low)) / 40;
    const input = make("input", label, { type: "range", min: to(knob.low), max: to(knob.high), step });
    input.dataset.lmSuppressShortcuts = "true";
    const shown = make("span", label, { className: "gancourse-value" });
    shown.setAttribute("aria-hidden", "true"); // aria-valuetext says it
    const say = () => {
      const value = from(Number(input.value));
      shown.textContent = knob.whole ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    input.oninput = () => {
      say();
      model.set("values", { ...model.get("values"), [name]: from(Number(input.value)) });
      model.save_changes();
    };
    updates.push(() => {
      if (document.activeElement !== input) input.value = to(model.get("values")[name]);
      say();
    });
  }

  let url = null;
  function showFrame() {
    const bytes = model.get("frame");
    if (!bytes || !bytes.byteLength) return;
    const last = url;
    image.src = url = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
    if (last) setTimeout(() => URL.revokeObjectURL(last), 1000);
  }
  function showState() {
    image.alt = model.get("alt");
    status.textContent = model.get("status");
    updates.forEach((update) => update());
  }
  model.on("change:frame", showFrame);
  model.on("change:alt change:status change:values", showState);
  showFrame();
  showState();
  return () => {
    el.removeEventListener("keydown", keep);
    model.off("change:frame", showFrame);
    model.off("change:alt change:status change:values", showState);
    if (url) URL.revokeObjectURL(url);
  };
}

export default { render };
