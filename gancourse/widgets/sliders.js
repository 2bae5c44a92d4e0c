// A picture and its sliders.

function render({ model, el }) {
  const { on, undo, touch, addStatus, addKnobs, close } = openWidget(model, el, "a picture and its sliders");
  el.classList.add("gancourse-sliders");
  const bar = make("div", el, { className: "gancourse-bar" }, { role: "group", "aria-label": "what the picture shows" });
  addKnobs(bar, touch, 40);
  addStatus(el);
  const image = make("img", el, { className: "gancourse-picture" });
  const [show, release] = pngShower(image);
  on("change:frame", () => {
    const bytes = model.get("frame");
    if (bytes && bytes.byteLength) show(bytes);
  });
  on("change:alt", () => (image.alt = model.get("alt")));
  undo.push(release);
  return close;
}

export default { render };
