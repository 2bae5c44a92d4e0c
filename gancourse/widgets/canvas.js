// The canvas's view. Strokes are drawn here, pixel by pixel and by the rules of bitmap.py, so that the
// pen never waits and labels stay labels; a browser's own lines would be smoothed. The drawing goes to
// the kernel in a trait, held back while the kernel is busy, and for certain at the end of a stroke.

const FAR = 8; // pixels for one press of an arrow key with Shift

function segment(bits, width, height, [x0, y0], [x1, y1], radius, value, soft) {
  const reach = radius + 1;
  const left = Math.max(0, Math.trunc(Math.min(x0, x1) - reach));
  const right = Math.min(width, Math.trunc(Math.max(x0, x1) + reach) + 1);
  const top = Math.max(0, Math.trunc(Math.min(y0, y1) - reach));
  const bottom = Math.min(height, Math.trunc(Math.max(y0, y1) + reach) + 1);
  const long = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const x = column + 0.5;
      const y = row + 0.5;
      let along = long ? ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / long : 0;
      along = Math.min(1, Math.max(0, along));
      const away = Math.sqrt((x0 + along * (x1 - x0) - x) ** 2 + (y0 + along * (y1 - y0) - y) ** 2);
      const i = row * width + column;
      if (soft) {
        const covered = Math.floor(255 * Math.min(1, Math.max(0, radius + 0.5 - away)) + 0.5);
        bits[i] = value ? Math.max(bits[i], covered) : Math.min(bits[i], 255 - covered);
      } else if (away <= radius) bits[i] = value;
    }
  }
  if (soft) return;
  for (const [x, y] of [
    [x0, y0],
    [x1, y1],
  ])
    if (x >= 0 && x < width && y >= 0 && y < height) bits[Math.trunc(y) * width + Math.trunc(x)] = value;
}

function render({ model, el }) {
  const { height, width, soft, names, colors, over, label, offer } = model.get("setup");
  const { on, undo, press, addBar, addStatus, close } = openWidget(model, el, `canvas: ${label}`);
  el.classList.add("gancourse-drawing");

  const largest = Math.max(8, Math.round(Math.max(width, height) / 4)); // pixels of the brush
  const columns = make("div", el, { className: "gancourse-columns" });
  const left = make("div", columns, { className: "gancourse-left" });
  const stage = make("div", left, { className: "gancourse-stage", tabIndex: 0 }, { role: "application" });
  stage.style.aspectRatio = `${width} / ${height}`;
  stage.setAttribute("aria-roledescription", "drawing area");
  const sheet = make("canvas", stage, { width, height }, { "aria-hidden": "true" });
  const brush = make("div", stage, { className: "gancourse-brush", hidden: true });
  const [bar] = addBar(left, "canvas controls", [
    ["undo", "Undo", "take the last stroke back"],
    ["redo", "Redo", "forward again"],
    ["clear", "Clear", "an empty canvas"],
    ...(offer ? [["load_offered", offer, "another drawing to begin with"]] : []),
  ]);
  const file = make("input", bar, { type: "file", accept: "image/*", hidden: true });
  const load = make("button", bar, { type: "button", textContent: "Load …" });
  load.title = over ? "a picture file to draw over" : "a picture file; its colors become the nearest ones here";
  const where = make("div", left, { className: "gancourse-where" }, { "aria-live": "polite" });
  addStatus(left);

  const answer = make("canvas", columns, { className: "gancourse-answer", hidden: true });
  answer.setAttribute("role", "img");
  answer.setAttribute("aria-label", "what the model makes of the drawing");
  on("change:answer", () => {
    answer.hidden = !model.get("answer").byteLength;
    paint(answer, model.get("answer"), ...model.get("answer_size"));
  });

  const tools = make("div", columns, { className: "gancourse-tools" });
  const id = `gancourse-${Math.random().toString(36).slice(2)}`;
  makePalette(make("div", tools, { className: "gancourse-palette" }, { role: "radiogroup" }));
  makeBrushSize(make("label", tools, { className: "gancourse-size" }));
  const mirror = make("input", make("label", tools, { className: "gancourse-mirror" }), { type: "checkbox" });
  mirror.after("Mirror: draw on both sides");
  mirror.onchange = () => reflect(mirror.checked);
  on("change:mirrored", () => (mirror.checked = model.get("mirrored")));
  const help = make("p", tools, { className: "gancourse-help", id });
  help.textContent =
    "Keyboard: arrows move, with Shift further; hold Space to draw, or Enter for pen down and up; " +
    "E erases, 1 to 9 choose a color, [ and ] the size, M mirrors, Ctrl+Z takes back.";
  stage.setAttribute("aria-describedby", id);
  stage.setAttribute("aria-label", `${label}, ${width} by ${height} pixels`);

  // --- the drawing ---

  let bits = new Uint8Array(width * height);
  let own = null; // the last drawing sent from here
  let points = null; // of the stroke that is being drawn
  let frame = 0;
  const color = () => model.get("chosen");
  const ink = () => (soft ? (color() ? 0 : 255) : color());

  function show() {
    frame = 0;
    const image = new ImageData(width, height);
    const under = over ? new Uint8Array(model.get("under").buffer, model.get("under").byteOffset) : null;
    for (let i = 0, j = 0; i < bits.length; i++, j += 4) {
      const value = bits[i];
      for (let c = 0; c < 3; c++)
        image.data[j + c] = soft ? value : under && !value ? under[3 * i + c] : (colors[value] ?? colors[0])[c];
      image.data[j + 3] = 255;
    }
    sheet.getContext("2d").putImageData(image, 0, 0);
    if (points) send();
  }
  const later = () => (frame ||= requestAnimationFrame(show));
  function copied() {
    own = new DataView(bits.slice().buffer);
    return { bits: own };
  }
  function send() {
    model.set(copied());
    model.save_changes();
  }
  function add(point) {
    points.push(point);
    const last = points.at(-2) ?? point;
    const line = (from, to) => segment(bits, width, height, from, to, model.get("brush") / 2, ink(), soft);
    const across = ([x, y]) => [width - x, y];
    line(last, point);
    if (model.get("mirrored")) line(across(last), across(point));
    later();
  }
  function begin(point) {
    points = [];
    add(point);
  }
  function end() {
    if (!points) return;
    points = null;
    press("commit", copied());
  }
  on("change:bits", () => {
    const sent = model.get("bits");
    if (sent === own || !sent || sent.byteLength !== bits.length) return;
    bits = new Uint8Array(sent.buffer, sent.byteOffset, sent.byteLength).slice();
    // Undo may come back while the next stroke is being drawn: it goes on, on top of that.
    const again = points;
    if (again) {
      points = [];
      again.forEach(add);
    }
    later();
  });
  on("change:under", later);
  undo.push(() => cancelAnimationFrame(frame), end);

  // --- the mouse, a finger, a pen ---

  const place = (event) => {
    const box = sheet.getBoundingClientRect();
    return [((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * height) / box.height];
  };
  stage.onpointerdown = (event) => {
    if (event.button) return;
    event.preventDefault();
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    cursor = place(event).map((v, i) => Math.min([width, height][i] - 0.5, Math.max(0.5, Math.floor(v) + 0.5)));
    begin(place(event));
  };
  stage.onpointermove = (event) => {
    const all = event.getCoalescedEvents?.() ?? [];
    if (points && stage.hasPointerCapture(event.pointerId)) (all.length ? all : [event]).forEach((e) => add(place(e)));
    point(...place(event));
  };
  stage.onpointerup = stage.onpointercancel = end;
  stage.onpointerleave = () => (brush.hidden = document.activeElement !== stage);

  // --- the keyboard ---

  let cursor = [Math.floor(width / 2) + 0.5, Math.floor(height / 2) + 0.5];
  let held = false;
  function point(x, y) {
    brush.hidden = false;
    brush.style.left = `${(100 * x) / width}%`;
    brush.style.top = `${(100 * y) / height}%`;
    brush.style.width = `${(100 * model.get("brush")) / width}%`;
  }
  function tell() {
    const [x, y] = cursor.map(Math.floor);
    const value = bits[y * width + x];
    const what = soft ? (value < 128 ? "ink" : "paper") : names[value];
    where.textContent = `column ${x + 1}, row ${y + 1}: ${what}${points ? ", pen down" : ""}`;
  }
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  stage.onkeydown = (event) => {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "Tab" || event.altKey) return;
    if (command && key === "z") press(event.shiftKey ? "redo" : "undo");
    else if (command && key === "y") press("redo");
    else if (command) return;
    else if (moves[key]) {
      const by = event.shiftKey ? FAR : 1;
      cursor = cursor.map((v, i) => Math.min([width, height][i] - 0.5, Math.max(0.5, v + by * moves[key][i])));
      if (points) add([...cursor]);
    } else if (key === " ") {
      if (!held && !points) begin([...cursor]);
      held = true;
    } else if (key === "Enter") points ? end() : begin([...cursor]);
    else if (key === "e") choose(0);
    else if (key === "m") reflect(!model.get("mirrored"));
    else if (/^[0-9]$/.test(key) && Number(key) < names.length) choose(Number(key));
    else if (key === "[" || key === "]") resize(model.get("brush") + (key === "[" ? -1 : 1));
    else return;
    event.preventDefault();
    event.stopPropagation();
    point(...cursor);
    tell();
  };
  stage.onkeyup = (event) => {
    if (event.key !== " ") return;
    held = false;
    end();
    tell();
  };
  stage.onfocus = () => stage.matches(":focus-visible") && point(...cursor);
  stage.onblur = () => {
    brush.hidden = true;
    held = false;
    end();
  };

  // --- the tools ---

  function choose(number) {
    model.set("chosen", number);
    model.save_changes();
  }
  function reflect(both) {
    model.set("mirrored", both);
    model.save_changes();
  }
  function resize(size) {
    model.set("brush", Math.min(largest, Math.max(1, size)));
    model.save_changes();
  }
  function makePalette(parent) {
    parent.setAttribute("aria-label", "color");
    const group = `color-${Math.random().toString(36).slice(2)}`;
    const radios = names.map((name, number) => {
      const row = make("label", parent);
      const radio = make("input", row, { type: "radio", name: group });
      const swatch = make("span", row, { className: "gancourse-swatch" });
      const erases = number === 0;
      swatch.style.background = erases && over ? "transparent" : `rgb(${colors[number].join(" ")})`;
      make("span", row, { textContent: erases ? `Eraser: ${name}` : name });
      radio.onchange = () => choose(number);
      return radio;
    });
    on("change:chosen", () => {
      const radio = radios[model.get("chosen")];
      if (radio) radio.checked = true;
    });
  }
  function makeBrushSize(parent) {
    const { input, say } = makeRange(parent, "Brush", { min: 1, max: largest, step: 1 }, "brush size");
    input.oninput = () => resize(Number(input.value));
    on("change:brush", () => {
      input.value = model.get("brush");
      say(`${model.get("brush")} px`, `${model.get("brush")} pixels`);
    });
  }
  load.onclick = () => file.click();
  file.onchange = async () => {
    if (!file.files.length) return;
    try {
      const picture = await createImageBitmap(file.files[0]);
      // Cut to the canvas's proportions around the middle. Labels are not smoothed: no color is made up.
      const share = Math.min(picture.width / width, picture.height / height);
      const small = new OffscreenCanvas(width, height).getContext("2d");
      small.imageSmoothingEnabled = soft || over;
      small.imageSmoothingQuality = "high";
      small.fillStyle = "white";
      small.fillRect(0, 0, width, height);
      const [w, h] = [share * width, share * height];
      small.drawImage(picture, (picture.width - w) / 2, (picture.height - h) / 2, w, h, 0, 0, width, height);
      const rgba = small.getImageData(0, 0, width, height).data;
      const rgb = new Uint8Array(width * height * 3);
      for (let i = 0, j = 0; j < rgba.length; j += 4) for (let c = 0; c < 3; c++) rgb[i++] = rgba[j + c];
      press("take_loaded", { loaded: new DataView(rgb.buffer) });
    } catch {
      where.textContent = `${file.files[0].name} is not a picture that this browser can read.`;
    }
    file.value = "";
  };

  return close;
}

export default { render };
