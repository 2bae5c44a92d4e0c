// The live panel's view: one picture, buttons, knobs.

function render({ model, el }) {
  const panel = openPanel(model, el, "live training");
  el.classList.add("gancourse-live");
  const image = make("img", el, { className: "gancourse-picture" });
  panel.addStatus(el);
  panel.addKnobs(panel.addButtons(el));
  let url = null;
  panel.frames((frame) => {
    const next = URL.createObjectURL(new Blob([frame.png], { type: "image/png" }));
    const last = url;
    image.src = url = next;
    image.alt = frame.alt;
    if (last) setTimeout(() => URL.revokeObjectURL(last), 1000);
  });
  panel.undo.push(() => url && URL.revokeObjectURL(url));
  return panel.close;
}

export default { render };
