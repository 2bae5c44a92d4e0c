// The explorer's view: a picture, the pad, sliders, buttons, and the last film.

const STEP = 0.02; // of the pad's width, for one press of an arrow key

function render({ model, el }) {
  const controls = model.get("controls");
  const { on, undo, touch, addBar, addStatus, close } = openWidget(model, el, "latent explorer");
  el.classList.add("gancourse-explorer");

  const main = make("div", el, { className: "gancourse-columns" });
  const left = make("div", main, { className: "gancourse-left" });
  const picture = make("canvas", left, { className: "gancourse-picture" });
  picture.setAttribute("role", "img");
  on("change:frame", () => paint(picture, model.get("frame"), ...model.get("frame_size")));

  const side = make("div", main, { className: "gancourse-side" });
  if (controls.pad) makePad(make("div", side, { className: "gancourse-pad-row" }));
  const sliders = make("div", side, { className: "gancourse-sliders" });
  sliders.setAttribute("role", "group");
  sliders.setAttribute("aria-label", "sliders");
  for (const name of controls.sliders)
    addSlider(sliders, name.replaceAll("_", " "), { low: -controls.reach, high: controls.reach }, ["values", name]);
  if (controls.truncation) addSlider(sliders, "truncation", { low: 0, high: 1.5 }, ["truncation"]);
  for (const [name, control] of Object.entries(controls.condition))
    (control.options ? addMenu : addSlider)(sliders, control.label, control, ["condition", name]);

  const [, buttons] = addBar(left, "explorer controls", [
    ["random", "Random", "new corners"],
    ["undo", "Undo", "back to the place before"],
    ["redo", "Redo", "forward again"],
    ["reset", "Reset", "all sliders to zero"],
    ["save", "Save", "keep this picture"],
    ["film", "Film", "a film through the saved pictures, or around the corners"],
  ]);
  buttons.reset.hidden = !controls.sliders.length;

  addStatus(left);
  const progress = make("progress", left, { max: 1 }, { "aria-label": "the film's progress" });
  on("change:progress", () => {
    const share = model.get("progress");
    progress.hidden = share < 0;
    progress.value = Math.max(0, share);
    buttons.film.disabled = share >= 0;
  });
  let url = null;
  const video = make("video", left, { controls: true, loop: true, muted: true, className: "gancourse-clip" });
  video.setAttribute("aria-label", `the last film of ${controls.subject}s`);
  on("change:clip", () => {
    const bytes = model.get("clip");
    video.hidden = !bytes || !bytes.byteLength;
    if (video.hidden) return;
    if (url) URL.revokeObjectURL(url);
    video.src = url = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  });

  on("change:at change:values change:condition change:truncation", () => {
    const [x, y] = model.get("at").map((v) => Math.round(100 * v));
    const moved = Object.entries(model.get("values")).filter(([, v]) => Math.abs(v) > 0.004);
    const words = moved.map(([name, v]) => `${name} ${v.toFixed(1)}`);
    if (controls.pad) words.unshift(`${x}% to the right and ${y}% down between the corners`);
    const label = [`generated ${controls.subject}`, ...words].join(", ");
    picture.setAttribute("aria-label", label);
  });

  function addSlider(parent, text, { low, high, log, whole }, [trait, key]) {
    const row = make("label", parent);
    const { input, say } = makeRange(row, text);
    const to = log ? Math.log10 : (v) => v;
    const from = log ? (v) => 10 ** v : (v) => v;
    const read = () => (key === undefined ? model.get(trait) : model.get(trait)[key]);
    input.min = to(low);
    input.max = to(high);
    input.step = whole ? 1 : (to(high) - to(low)) / 120;
    input.oninput = () => {
      const value = from(Number(input.value));
      touch({ [trait]: key === undefined ? value : { ...model.get(trait), [key]: value } });
    };
    if (!log && low < 0 && high > 0) {
      row.title = "double-click for 0";
      input.ondblclick = () => {
        input.value = 0;
        input.oninput();
      };
    }
    on(`change:${trait}`, () => {
      const value = to(read());
      if (Math.abs(Number(input.value) - value) > 1e-9) input.value = value;
      say(whole ? String(Math.round(read())) : read().toFixed(2).replace("-", "−"));
    });
  }

  function addMenu(parent, text, { options }, [trait, key]) {
    const menu = makeMenu(parent, text, options.map((option) => [option, option]));
    menu.onchange = () => touch({ [trait]: { ...model.get(trait), [key]: menu.value } });
    on(`change:${trait}`, () => (menu.value = model.get(trait)[key]));
  }

  function makePad(parent) {
    const pad = make("div", parent, { className: "gancourse-pad" });
    pad.setAttribute("role", "group");
    pad.setAttribute("aria-label", "pad between four corners; arrow keys move, with Shift further");
    const corners = [0, 1, 2, 3].map((i) => {
      const corner = make("canvas", pad, { className: `gancourse-corner gancourse-corner-${i}` });
      corner.setAttribute("role", "presentation");
      return corner;
    });
    const field = make("div", pad, { className: "gancourse-field" });
    const across = make("div", field, { className: "gancourse-line gancourse-across" });
    const down = make("div", field, { className: "gancourse-line gancourse-down" });
    const dot = make("div", field, { className: "gancourse-dot" });
    // Two sliders that cannot be seen: what a screen reader reads, and where the keyboard is.
    const inputs = ["left to right", "top to bottom"].map((words, axis) => {
      const input = make("input", field, { type: "range", min: 0, max: 1, step: 0.01 });
      input.setAttribute("aria-label", `between the corners, ${words}`);
      input.oninput = () => {
        const at = [...model.get("at")];
        at[axis] = Number(input.value);
        touch({ at });
      };
      input.onkeydown = (event) => {
        const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        if (!move) return;
        event.preventDefault();
        event.stopPropagation();
        const by = event.shiftKey ? 5 * STEP : STEP;
        touch({ at: model.get("at").map((v, i) => Math.min(1, Math.max(0, v + by * move[i]))) });
      };
      return input;
    });
    const point = (event) => {
      const box = field.getBoundingClientRect();
      const share = (v, low, size) => Math.min(1, Math.max(0, (v - low) / size));
      touch({ at: [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)] });
    };
    pad.onpointerdown = (event) => {
      if (event.button) return;
      event.preventDefault();
      pad.setPointerCapture(event.pointerId);
      inputs[0].focus({ preventScroll: true });
      point(event);
    };
    pad.onpointermove = (event) => {
      if (pad.hasPointerCapture(event.pointerId)) point(event);
    };
    on("change:at", () => {
      const [x, y] = model.get("at").map((v) => `${100 * v}%`);
      dot.style.left = down.style.left = x;
      dot.style.top = across.style.top = y;
      inputs.forEach((input, axis) => {
        const value = model.get("at")[axis];
        input.value = value;
        input.setAttribute("aria-valuetext", `${Math.round(100 * value)}%`);
      });
    });
    on("change:corner_frames change:frame_size", () => {
      const [height, width] = model.get("frame_size");
      corners.forEach((canvas, i) => paint(canvas, model.get("corner_frames"), height, width, i * height * width * 3));
    });
    const way = make("div", parent, { className: "gancourse-way" }, { role: "radiogroup" });
    way.setAttribute("aria-label", "between the corners");
    make("span", way, { textContent: "Between the corners:" });
    const name = `way-${Math.random().toString(36).slice(2)}`;
    const ways = [true, false].map((spherical) => {
      const row = make("label", way);
      const radio = make("input", row, { type: "radio", name });
      make("span", row, { textContent: spherical ? "on the sphere" : "straight" });
      radio.onchange = () => touch({ spherical });
      return radio;
    });
    on("change:spherical", () => (ways[model.get("spherical") ? 0 : 1].checked = true));
  }

  undo.push(() => url && URL.revokeObjectURL(url));
  return close;
}

export default { render };
