// How the screen looks to this person: size of text and contrast.

import { offer } from "./acts.js";

const root = document.documentElement;

function pressed() {
  const states = {
    "text-normal": !root.dataset.text, "text-plus": Boolean(root.dataset.text),
    contrast: Boolean(root.dataset.contrast),
  };
  Object.keys(states).forEach((name) => {
    document.querySelector(".k-top [data-act=" + name + "]").setAttribute("aria-pressed", String(states[name]));
  });
}

export function plain() {
  root.removeAttribute("data-text");
  root.removeAttribute("data-contrast");
  pressed();
}

offer({
  "text-normal": () => { root.removeAttribute("data-text"); pressed(); },
  "text-plus": () => { root.dataset.text = "plus"; pressed(); },
  contrast: () => {
    if (root.dataset.contrast) root.removeAttribute("data-contrast");
    else root.dataset.contrast = "high";
    pressed();
  },
});
