// What the views of all widgets share. All state is in the model's traits, so that a page that is
// reloaded, or shown twice, shows the same. A view's own file follows this one.

const REST = 400; // milliseconds without a touch, after which a state can be come back to
const PATIENCE = 2500; // milliseconds until the page says that the kernel does not answer

function make(tag, parent, properties = {}, attributes = {}) {
  const node = document.createElement(tag);
  Object.assign(node, properties);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (node.matches("button, input, select, video, [tabindex]")) ownKeys(node);
  parent.append(node);
  return node;
}

// What has the focus must say this of itself. Else JupyterLab takes keys such as b, x and the arrows
// for its own, and inserts, deletes and leaves cells.
function ownKeys(node) {
  node.dataset.lmSuppressShortcuts = "true";
}

// A slider between its name and its value; `say` puts the value's words there.
function makeRange(parent, text, properties = {}, name = text) {
  make("span", parent, { textContent: text });
  // The name alone: without it the value beside the slider would be part of the name, and be read twice.
  const input = make("input", parent, { type: "range", ...properties }, { "aria-label": name });
  const shown = make("span", parent, { className: "gancourse-value" }, { "aria-hidden": "true" });
  function say(words, aloud = words) {
    shown.textContent = words;
    input.setAttribute("aria-valuetext", aloud);
  }
  return { input, say };
}

function makeMenu(parent, text, options) {
  const row = make("label", parent);
  make("span", row, { textContent: text });
  const menu = make("select", row, {}, { "aria-label": text });
  for (const [name, value] of options) make("option", menu, { textContent: name, value });
  return menu;
}

// Show a PNG in an image, again and again; what comes back lets the last one go.
function pngShower(image) {
  let url = null;
  function show(bytes) {
    const last = url;
    image.src = url = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
    if (last) setTimeout(() => URL.revokeObjectURL(last), 1000);
  }
  return [show, () => url && URL.revokeObjectURL(url)];
}

// Show pixels as they are: `bytes` holds height × width × 3 of them from `from` on.
function paint(canvas, bytes, height, width, from = 0) {
  if (!height || !bytes || bytes.byteLength < from + height * width * 3) return;
  const rgb = new Uint8Array(bytes.buffer, bytes.byteOffset + from, height * width * 3);
  const image = new ImageData(width, height);
  for (let i = 0, j = 0; i < rgb.length; j += 4) {
    image.data[j] = rgb[i++];
    image.data[j + 1] = rgb[i++];
    image.data[j + 2] = rgb[i++];
    image.data[j + 3] = 255;
  }
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function openWidget(model, el, label) {
  el.classList.add("gancourse-widget");
  ownKeys(el);
  el.addEventListener("keydown", (event) => event.stopPropagation());
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", label);
  const undo = []; // what is to be done when the view goes

  // Act now, and whenever one of the traits changes: on("change:at change:values", …).
  function on(events, action) {
    model.on(events, action);
    undo.push(() => model.off(events, action));
    action();
  }

  // The picture that stands in the notebook for places without a widget is hidden while this one lives.
  const style = make("style", document.head);
  const still = model.get("still");
  style.textContent = `.${still}, .jp-OutputArea-child:has(.${still}) { display: none !important; }`;
  undo.push(() => style.remove());

  function set(changes) {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  }

  // Send what the user did, and say so if nobody takes it.
  let note = null;
  let unanswered = 0;
  let resting = 0;
  function send(changes) {
    clearTimeout(resting);
    clearTimeout(unanswered);
    const ticket = model.get("asked") + 1;
    set({ ...changes, asked: ticket });
    unanswered = setTimeout(() => {
      if (note && model.get("answered") < ticket)
        note.textContent =
          "The kernel does not answer. It is busy with another cell, or it was started anew: then run this cell again.";
    }, PATIENCE);
  }
  undo.push(() => clearTimeout(unanswered), () => clearTimeout(resting));

  function press(name, changes = {}) {
    const wanted = model.get("wanted");
    send({ ...changes, wanted: { ...wanted, [name]: (wanted[name] ?? 0) + 1 } });
  }

  // A drag only sets traits. When it rests, that is an action too.
  function touch(changes) {
    set(changes);
    clearTimeout(resting);
    resting = setTimeout(() => press("commit"), REST);
  }

  // A row of buttons, each an action; those that `can` knows are disabled while there is nothing to do.
  function addBar(parent, label, named) {
    const bar = make("div", parent, { className: "gancourse-bar" }, { role: "group", "aria-label": label });
    const buttons = {};
    for (const [name, textContent, title = ""] of named) {
      buttons[name] = make("button", bar, { type: "button", textContent, title });
      buttons[name].onclick = () => press(name);
    }
    on("change:can", () => {
      for (const [name, can] of Object.entries(model.get("can") ?? {})) if (buttons[name]) buttons[name].disabled = !can;
    });
    return [bar, buttons];
  }

  function addStatus(parent) {
    const status = make("div", parent, { className: "gancourse-status" }, { role: "status" });
    note = make("div", parent, { className: "gancourse-note" }, { role: "alert" });
    on("change:status", () => (status.textContent = model.get("status")));
    on("change:answered", () => (note.textContent = ""));
  }

  // A slider, a list or a line of words for each of the model's knobs; `act` gets what the user sets.
  function addKnobs(parent, act, ticks = 60) {
    for (const [name, knob] of Object.entries(model.get("knobs"))) {
      const write = (value) => act({ values: { ...model.get("values"), [name]: value } });
      const add = { choice: addList, sentence: addSentence }[knob.kind] ?? addSlider;
      add(parent, name, knob, write, ticks);
    }
  }

  function addList(parent, name, knob, write) {
    const menu = makeMenu(parent, knob.label, knob.options.map((option) => [option, option]));
    menu.onchange = () => write(menu.value);
    on("change:values", () => (menu.value = model.get("values")[name]));
  }

  // What is typed counts when the user rests, or presses Enter.
  function addSentence(parent, name, knob, write) {
    const label = make("label", parent, { className: "gancourse-sentence" });
    make("span", label, { textContent: knob.label });
    const input = make("input", label, { type: "text", maxLength: knob.longest, spellcheck: false });
    let waiting = 0;
    const now = () => (clearTimeout(waiting), write(input.value));
    input.addEventListener("input", () => (clearTimeout(waiting), (waiting = setTimeout(now, 500))));
    input.addEventListener("change", now);
    undo.push(() => clearTimeout(waiting));
    on("change:values", () => document.activeElement !== input && (input.value = model.get("values")[name]));
  }

  // A slider counts ticks, so that its ends are exactly the range's ends.
  function addSlider(parent, name, knob, write, most) {
    const ticks = knob.whole && !knob.log ? knob.high - knob.low : most;
    const [to, from] = knob.log ? [Math.log10, (x) => 10 ** x] : [(x) => x, (x) => x];
    const [low, high] = [to(knob.low), to(knob.high)];
    const value = (tick) => (tick >= ticks ? knob.high : from(low + ((high - low) * tick) / ticks));
    const { input, say } = makeRange(make("label", parent), knob.label, { min: 0, max: ticks, step: 1 });
    const tell = (value) => say(inWords(value, knob));
    input.addEventListener("input", () => tell(value(Number(input.value))));
    // A setting that starts the training anew waits until the slider is let go.
    input.addEventListener(knob.restarts ? "change" : "input", () => write(value(Number(input.value))));
    on("change:values", () => {
      const now = model.get("values")[name];
      if (document.activeElement !== input) input.value = Math.round(((to(now) - low) / (high - low)) * ticks);
      tell(now);
    });
  }

  const close = () => undo.forEach((action) => action());
  return { on, undo, send, press, touch, addBar, addStatus, addKnobs, close };
}

function inWords(value, knob) {
  if (knob.whole) return String(Math.round(value));
  const size = Math.abs(value);
  return !size || (size >= 0.01 && size < 1000) ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}
