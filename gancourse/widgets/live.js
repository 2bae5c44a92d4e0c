// The live panel's view: one picture, buttons, knobs.

function render({ model, el }) {
  const panel = openPanel(model, el, "live training");
  el.classList.add("gancourse-live");
  const image = make("img", el, { className: "gancourse-picture" });
  panel.addStatus(el);
  panel.addKnobs(panel.addButtons(el));
  const [show, release] = pngShower(image);
  panel.frames((frame) => {
    show(frame.png);
    image.alt = frame.alt;
  });
  panel.undo.push(release);
  return panel.close;
}

export default { render };
