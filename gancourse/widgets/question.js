// A question's view: buttons for the choices, then words. All words are here from the start, so that a
// click is answered at once, also while the kernel works.

function render({ model, el }) {
  const told = model.get("told");
  const predicts = told.kind === "predict";
  const title = predicts ? "Predict, then see" : "Quiz";
  const { on, close } = openWidget(model, el, title);
  el.classList.add("gancourse-question");
  let looked = false; // a click on "Show what came"

  make("div", el, { className: "gancourse-kind", textContent: title });
  const text = make("div", el, { className: "gancourse-asked", innerHTML: told.text_html, id: newId() });
  const list = make("div", el, { className: "gancourse-choices" }, { role: "group", "aria-labelledby": text.id });
  const buttons = told.choices.map((choice, i) => {
    const button = make("button", list, { type: "button" });
    button.dataset.lmSuppressShortcuts = "true";
    make("span", button, { className: "gancourse-mark" }, { "aria-hidden": "true" });
    make("span", button, { innerHTML: choice.text_html });
    make("span", button, { className: "gancourse-verdict" });
    button.onclick = () => {
      if (model.get("chosen") >= 0) return;
      model.set("chosen", i);
      model.save_changes();
    };
    return button;
  });
  const words = make("div", el, { className: "gancourse-answer" }, { role: "status", "aria-live": "polite" });
  const look = make("button", el, { type: "button", textContent: "Show what came", hidden: true });
  look.onclick = () => {
    looked = true;
    buttons[model.get("chosen")].focus(); // this one goes
    draw();
  };

  on("change:chosen change:seen", draw);

  function draw() {
    const chosen = model.get("chosen");
    const open = chosen >= 0 && (model.get("seen") || looked);
    buttons.forEach((button, i) => {
      const [mark, , verdict] = button.children;
      const right = told.choices[i].right;
      button.setAttribute("aria-pressed", String(i === chosen));
      button.setAttribute("aria-disabled", String(chosen >= 0));
      button.classList.toggle("gancourse-right", open && right);
      button.classList.toggle("gancourse-wrong", open && i === chosen && !right);
      mark.textContent = open && right ? "✓" : open && i === chosen ? "✗" : i === chosen ? "●" : "○";
      verdict.textContent = open && right ? "right" : open && i === chosen ? "not this one" : i === chosen ? "your choice" : "";
    });
    look.hidden = chosen < 0 || open;
    const next = chosen < 0 ? "" : open ? answer(chosen) : "Noted. Now run the next cell and see.";
    if (words.innerHTML !== next && words.dataset.next !== next) words.innerHTML = words.dataset.next = next;
  }

  function answer(chosen) {
    const choice = told.choices[chosen];
    const begin = choice.right ? "Right. " : "Not quite. ";
    const rights = told.choices.filter((other) => other.right && other !== choice);
    const also = choice.right ? "" : rights.map((other) => `<p>✓ ${other.text_html}: ${other.word_html}</p>`).join("");
    return `<p><strong>${begin}</strong>${choice.word_html}</p>${also}<div>${told.after_html}</div>`;
  }

  return close;
}

function newId() {
  return `gancourse-${Math.random().toString(36).slice(2)}`;
}

export default { render };
