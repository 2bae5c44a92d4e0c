// What the views of the explorer and the canvas share. All state is in the model's traits, so that a
// page that is reloaded, or shown twice, shows the same. A view's own file follows this one.

const REST = 400; // milliseconds without a touch, after which a state can be come back to
const PATIENCE = 2500; // milliseconds until the page says that the kernel does not answer

function make(tag, parent, properties = {}, attributes = {}) {
  const node = document.createElement(tag);
  Object.assign(node, properties);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
  return node;
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

function openView(model, el, label) {
  const undoers = [];
  const updates = [];
  el.classList.add("gancourse-view");
  // JupyterLab takes keys such as b, x and the arrows for its own: they insert, delete and choose cells.
  // It looks at the element with the focus before it looks at those around it.
  el.addEventListener("keydown", (event) => event.stopPropagation());
  updates.push(() => {
    for (const node of [el, ...el.querySelectorAll("input, button, select, video, [tabindex]")])
      node.dataset.lmSuppressShortcuts = "true";
  });
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", label);

  // The picture that stands in the notebook for places without a widget is hidden while this one lives.
  const style = make("style", document.head);
  const still = model.get("still");
  style.textContent = `.${still}, .jp-OutputArea-child:has(.${still}) { display: none !important; }`;
  undoers.push(() => style.remove());

  // Call `update` now, when all has been built, and whenever one of the traits changes.
  function follow(traits, update) {
    const events = traits.map((trait) => `change:${trait}`).join(" ");
    model.on(events, update);
    undoers.push(() => model.off(events, update));
    updates.push(update);
  }

  // A drag only sets traits. When it rests, that is an action too, and an action wants an answer: if
  // none comes, say so.
  let note = null;
  let unanswered = 0;
  let resting = 0;
  function touch(changes) {
    model.set(changes);
    model.save_changes();
    clearTimeout(resting);
    resting = setTimeout(() => act("commit"), REST);
  }
  function act(name, changes = {}) {
    clearTimeout(resting);
    clearTimeout(unanswered);
    const wanted = model.get("wanted");
    const ticket = model.get("asked") + 1;
    model.set({ ...changes, asked: ticket, wanted: { ...wanted, [name]: (wanted[name] ?? 0) + 1 } });
    model.save_changes();
    unanswered = setTimeout(() => {
      if (note && model.get("answered") < ticket)
        note.textContent =
          "The kernel does not answer. It is busy with another cell, or it was started anew: then run this cell again.";
    }, PATIENCE);
  }
  undoers.push(() => clearTimeout(unanswered), () => clearTimeout(resting));

  // A row of buttons, each an action; those that `can` knows are disabled while there is nothing to do.
  function bar(parent, label, named) {
    const row = make("div", parent, { className: "gancourse-bar" }, { role: "group", "aria-label": label });
    const buttons = {};
    for (const [name, text, hint] of named) {
      buttons[name] = make("button", row, { type: "button", textContent: text, title: hint });
      buttons[name].onclick = () => act(name);
    }
    follow(["can"], () => {
      for (const [name, can] of Object.entries(model.get("can"))) if (buttons[name]) buttons[name].disabled = !can;
    });
    return buttons;
  }

  function statusLine(parent) {
    const status = make("div", parent, { className: "gancourse-status" }, { role: "status" });
    follow(["status"], () => (status.textContent = model.get("status")));
    note = make("div", parent, { className: "gancourse-note" }, { role: "alert" });
    follow(["answered"], () => (note.textContent = ""));
    return status;
  }

  return {
    follow,
    touch,
    act,
    bar,
    statusLine,
    undoers,
    start: () => updates.forEach((update) => update()),
    close: () => undoers.forEach((undo) => undo()),
  };
}
