// The playground's view: the plane on a canvas, the losses on another, and a pen for data of one's own.

const SIZE = 440; // pixels of the page
const REAL = "#0173b2";
const FAKE = "#de8f05";
const JUDGE = "#029e73";
const INK = "#303030";
const SAYS_FAKE = [247, 220, 180];
const SAYS_REAL = [184, 220, 245];
const MOST_POINTS = 2000;
const LAYERS = { heat: "what D says", arrows: "pull on the fake points", mesh: "plane of noise" };
const SPEEDS = { "as fast as it goes": 0, "20 steps a second": 20, "5 steps a second": 5, "1 step a second": 1 };

function floats(bytes) {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function counted(number, what) {
  return `${number.toLocaleString()} ${what}${number === 1 ? "" : "s"}`;
}

function addCanvas(parent, width, height) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const canvas = make("canvas", parent, { width: width * ratio, height: height * ratio }, { role: "img" });
  canvas.style.aspectRatio = `${width} / ${height}`;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  return [canvas, pen];
}

// D's verdicts as a small picture: orange for fake, white for one half, blue for real.
function paintHeat(context, bytes, side) {
  const small = document.createElement("canvas");
  small.width = small.height = side;
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    const v = bytes.getUint8(i) / 127.5 - 1;
    const end = v < 0 ? SAYS_FAKE : SAYS_REAL;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = 255 + Math.abs(v) * (end[c] - 255);
    image.data[4 * i + 3] = 255;
  }
  small.getContext("2d").putImageData(image, 0, 0);
  const width = (SIZE * side) / (side - 1); // the outer points of the lattice lie on the picture's edge
  context.drawImage(small, (SIZE - width) / 2, (SIZE - width) / 2, width, width);
}

function paintMesh(context, mesh, at) {
  const rows = Math.sqrt(mesh.length / 2);
  context.strokeStyle = "#8a5200";
  context.globalAlpha = 0.55;
  context.lineWidth = 0.8;
  context.beginPath();
  for (let across = 0; across < 2; across++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < rows; j++) {
        const k = 2 * (across ? j * rows + i : i * rows + j);
        const [x, y] = at(mesh[k], mesh[k + 1]);
        j ? context.lineTo(x, y) : context.moveTo(x, y);
      }
  context.stroke();
  context.globalAlpha = 1;
}

function paintArrows(context, fake, arrows, at) {
  context.strokeStyle = INK;
  context.lineWidth = 1.2;
  context.beginPath();
  for (let i = 0; i < arrows.length; i += 2) {
    const [x, y] = at(fake[i], fake[i + 1]);
    const [u, v] = at(fake[i] + arrows[i], fake[i + 1] + arrows[i + 1]);
    const length = Math.hypot(u - x, v - y);
    if (!(length > 1.5)) continue;
    const head = Math.min(5, 0.5 * length);
    const angle = Math.atan2(v - y, u - x);
    context.moveTo(x, y);
    context.lineTo(u, v);
    for (const side of [-0.5, 0.5]) {
      context.moveTo(u, v);
      context.lineTo(u - head * Math.cos(angle + side), v - head * Math.sin(angle + side));
    }
  }
  context.stroke();
}

// Real points are round, fake ones stand on a corner: the picture does not rest on color alone.
function paintPoints(context, points, at, fake) {
  context.fillStyle = fake ? FAKE : REAL;
  context.strokeStyle = fake ? INK : "white";
  context.lineWidth = fake ? 0.7 : 0.5;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = at(points[i], points[i + 1]);
    context.beginPath();
    if (fake) {
      context.moveTo(x, y - 4.2);
      context.lineTo(x + 4.2, y);
      context.lineTo(x, y + 4.2);
      context.lineTo(x - 4.2, y);
      context.closePath();
    } else context.arc(x, y, 3.2, 0, 7);
    context.fill();
    context.stroke();
  }
}

function paintLosses(context, losses, steps, width, height) {
  const [left, right, top, bottom] = [34, width - 8, 24, height - 22];
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  const all = Array.from(losses).filter(Number.isFinite).sort((a, b) => a - b);
  // One wild value should not flatten all others.
  const low = Math.min(0, all.length ? all[Math.floor(0.01 * (all.length - 1))] : 0);
  const high = Math.max(low + 1, 1.1 * (all.length ? all[Math.floor(0.99 * (all.length - 1))] : 1));
  const y = (v) => bottom - ((Math.min(high, Math.max(low, v)) - low) / (high - low)) * (bottom - top);
  context.font = "12px sans-serif";
  context.fillStyle = INK;
  context.strokeStyle = "#d8d8d8";
  context.lineWidth = 1;
  context.textAlign = "right";
  for (const v of [low, (low + high) / 2, high]) {
    context.fillText(v.toPrecision(2), left - 4, y(v) + 4);
    context.beginPath();
    context.moveTo(left, y(v));
    context.lineTo(right, y(v));
    context.stroke();
  }
  context.fillText(counted(steps, "step"), right, height - 6);
  context.textAlign = "left";
  const count = losses.length / 2;
  [["D's loss", JUDGE, []], ["G's loss", FAKE, [7, 3, 2, 3]]].forEach(([name, color, dash], player) => {
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(left + 100 * player, 11);
    context.lineTo(left + 100 * player + 26, 11);
    for (let i = 0, begun = false; i < count; i++) {
      const v = losses[2 * i + player];
      if (!Number.isFinite(v)) continue;
      const x = left + ((i + 1) / count) * (right - left);
      begun ? context.lineTo(x, y(v)) : context.moveTo(x, y(v));
      begun = true;
    }
    context.stroke();
    context.setLineDash([]);
    context.fillText(name, left + 100 * player + 32, 15);
  });
}

// The pen: strokes of points, from the mouse, a finger or the keyboard. NaN, NaN ends a stroke.
function addPen(panel, model, field, canvas, below, repaint) {
  let points = [];
  let down = false; // whether a stroke is going on
  const cursor = { x: 0, y: 0, visible: false };
  const bar = make("div", below, { className: "gancourse-bar" }, { role: "group", "aria-label": "drawing" });
  const undoStroke = make("button", bar, { type: "button", textContent: "Undo stroke" });
  const clear = make("button", bar, { type: "button", textContent: "Clear drawing" });
  const where = make("span", bar, { className: "gancourse-where" }, { role: "status" });
  make("p", below, {
    textContent:
      "Draw the data on the picture: press and drag. With the keyboard: arrow keys move the pen (with Shift: far), " +
      "Space puts a point, Enter lowers or lifts the pen, Backspace takes a stroke back.",
  });

  const active = () => model.get("values").target === model.get("drawable");
  const extent = () => model.get("extent_drawn");
  const count = () => points.filter(Number.isFinite).length / 2;
  function send() {
    panel.send({ drawing: new DataView(new Float32Array(points).buffer) });
    repaint();
  }
  function put(x, y) {
    const n = points.length;
    const joined = down && n && Number.isFinite(points[n - 1]);
    const [a, b] = joined ? [points[n - 2], points[n - 1]] : [x, y];
    const parts = joined ? Math.floor(Math.hypot(x - a, y - b) / 0.06) : 1;
    for (let i = 1; i <= parts && points.length < 2 * MOST_POINTS; i++)
      points.push(a + ((x - a) * i) / parts, b + ((y - b) * i) / parts);
    send();
  }
  function end() {
    if (points.length && Number.isFinite(points[points.length - 1])) points.push(NaN, NaN);
    down = false;
    send();
  }
  function back() {
    let n = points.length - 2;
    while (n >= 2 && Number.isFinite(points[n - 1])) n -= 2;
    points = points.slice(0, Math.max(0, n));
    send();
  }
  function tell() {
    where.textContent =
      (cursor.visible ? `pen at ${cursor.x.toFixed(1)}, ${cursor.y.toFixed(1)}, ${down ? "down" : "up"}; ` : "") +
      counted(count(), "point");
  }
  undoStroke.onclick = back;
  clear.onclick = () => ((points = []), send(), tell());

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const e = extent();
    return [((event.clientX - box.left) / box.width) * 2 * e - e, e - ((event.clientY - box.top) / box.height) * 2 * e];
  }
  field.addEventListener("pointerdown", (event) => {
    if (!active() || event.button) return;
    field.setPointerCapture(event.pointerId);
    if (down) end();
    cursor.visible = false;
    put(...place(event));
    down = true;
  });
  field.addEventListener("pointermove", (event) => {
    if (active() && down && event.buttons) put(...place(event));
  });
  for (const name of ["pointerup", "pointercancel"])
    field.addEventListener(name, () => active() && down && (end(), tell()));

  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  field.addEventListener("keydown", (event) => {
    if (!active() || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move) {
      const e = extent();
      const far = event.shiftKey ? e / 4 : e / 25;
      cursor.visible = true;
      cursor.x = Math.max(-e, Math.min(e, cursor.x + far * move[0]));
      cursor.y = Math.max(-e, Math.min(e, cursor.y + far * move[1]));
      down ? put(cursor.x, cursor.y) : repaint();
    } else if (event.key === " ") {
      cursor.visible = true;
      put(cursor.x, cursor.y);
      if (!down) end();
    } else if (event.key === "Enter") {
      cursor.visible = true;
      if (down) end();
      else {
        put(cursor.x, cursor.y);
        down = true;
      }
    } else if (event.key === "Backspace" || event.key === "Delete") {
      if (down) end();
      back();
    } else return;
    event.preventDefault();
    event.stopPropagation();
    tell();
  });
  field.addEventListener("blur", () => {
    if (down) end();
    cursor.visible = false;
    repaint();
  });

  panel.on("change:drawing", () => {
    const bytes = model.get("drawing");
    if (!down && bytes && bytes.byteLength !== undefined) points = Array.from(floats(bytes));
    tell();
  });
  panel.on("change:values", () => {
    below.hidden = !active();
    field.classList.toggle("gancourse-drawable", active());
    if (active()) {
      field.tabIndex = 0;
      field.setAttribute("role", "application");
      field.setAttribute("aria-label", "drawing of the data: arrow keys move the pen, Space puts a point");
    } else for (const name of ["tabindex", "role", "aria-label"]) field.removeAttribute(name);
  });

  function paint(context, at) {
    if (!active()) return;
    context.fillStyle = REAL;
    context.globalAlpha = 0.3;
    for (let i = 0; i < points.length; i += 2) {
      if (!Number.isFinite(points[i])) continue;
      const [x, y] = at(points[i], points[i + 1]);
      context.beginPath();
      context.arc(x, y, 5, 0, 7);
      context.fill();
    }
    context.globalAlpha = 1;
    if (!cursor.visible) return;
    const [x, y] = at(cursor.x, cursor.y);
    context.strokeStyle = "black";
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - 9, y);
    context.lineTo(x + 9, y);
    context.moveTo(x, y - 9);
    context.lineTo(x, y + 9);
    context.stroke();
  }
  return { paint, empty: () => active() && !count() };
}

function render({ model, el }) {
  const panel = openPanel(model, el, "playground: a GAN in the plane");
  el.classList.add("gancourse-playground");
  const top = make("div", el, { className: "gancourse-columns" });
  const left = make("div", top, { className: "gancourse-plane" });
  const right = make("div", top, { className: "gancourse-side" });

  const field = make("div", left, { className: "gancourse-field" });
  ownKeys(field);
  const [plane, context] = addCanvas(field, SIZE, SIZE);
  const legend = make("div", left, { className: "gancourse-legend" });
  for (const [kind, text] of [["real", "real"], ["fake", "fake"], ["says-real", "D: real"], ["says-fake", "D: fake"]]) {
    const item = make("span", legend);
    make("span", item, { className: `gancourse-mark gancourse-${kind}` }, { "aria-hidden": "true" });
    make("span", item, { textContent: text });
  }
  const below = make("div", left, { className: "gancourse-pen" });

  const [curves, ink] = addCanvas(right, SIZE, 190);
  curves.setAttribute("aria-label", "both losses over the steps");
  const note = make("div", right, { className: "gancourse-words" });
  panel.addButtons(right);
  panel.addStatus(right);
  const knobs = make("div", right, { className: "gancourse-knobs" }, { role: "group", "aria-label": "settings" });
  panel.addKnobs(knobs);
  const speeds = makeMenu(knobs, "speed", Object.entries(SPEEDS));
  speeds.onchange = () => panel.send({ pace: Number(speeds.value) });
  panel.on("change:pace", () => (speeds.value = String(model.get("pace"))));
  const layers = make("div", right, { className: "gancourse-bar" }, { role: "group", "aria-label": "what is shown" });
  for (const [name, text] of Object.entries(LAYERS)) {
    const label = make("label", layers);
    const box = make("input", label, { type: "checkbox" });
    make("span", label, { textContent: text });
    box.onchange = () => panel.send({ layers: { ...model.get("layers"), [name]: box.checked } });
    panel.on("change:layers", () => (box.checked = model.get("layers")[name]));
  }

  let frame = null;
  let pen = { paint: () => {}, empty: () => false };
  function repaint() {
    context.fillStyle = "white";
    context.fillRect(0, 0, SIZE, SIZE);
    const e = frame ? frame.extent : model.get("extent_drawn");
    const at = (x, y) => [((x / e + 1) / 2) * SIZE, ((1 - y / e) / 2) * SIZE];
    if (frame) {
      const shown = model.get("layers");
      const fake = floats(frame.fake);
      if (shown.heat) paintHeat(context, frame.heat, frame.side);
      if (shown.mesh && frame.mesh.byteLength) paintMesh(context, floats(frame.mesh), at);
      pen.paint(context, at);
      if (!pen.empty()) paintPoints(context, floats(frame.real), at, false);
      paintPoints(context, fake, at, true);
      if (shown.arrows) paintArrows(context, fake, floats(frame.arrows), at);
      paintLosses(ink, floats(frame.losses), frame.steps, SIZE, 190);
    } else pen.paint(context, at);
  }
  pen = addPen(panel, model, field, plane, below, repaint);
  panel.frames((next) => {
    frame = next;
    plane.setAttribute("aria-label", frame.alt);
    note.textContent = `${counted(frame.count, "step")}. ${frame.note}`;
    repaint();
  });
  panel.on("change:layers change:drawing change:values", repaint);
  return panel.close;
}

export default { render };
