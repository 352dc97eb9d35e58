// How the screen looks to this person: size of text and contrast.

import { offer } from "./acts.js";

const root = document.documentElement;

// A phone has its own enlargement: A++ is for tablets.
const narrow = () => window.matchMedia("(max-width: 560px)").matches;

export function pressed() {
  const states = {
    "text-normal": !root.dataset.text, "text-plus": Boolean(root.dataset.text),
    contrast: Boolean(root.dataset.contrast), aloud: Boolean(root.dataset.aloud),
  };
  Object.keys(states).forEach((name) => {
    const button = document.querySelector(".k-top [data-act=" + name + "]");
    if (button) button.setAttribute("aria-pressed", String(states[name]));
  });
}

export function plain() {
  root.removeAttribute("data-text");
  root.removeAttribute("data-contrast");
  pressed();
}

offer({
  "text-normal": () => { root.removeAttribute("data-text"); pressed(); },
  "text-plus": () => {
    root.dataset.text = root.dataset.text === "plus" && !narrow() ? "max" : "plus";
    pressed();
  },
  contrast: () => {
    if (root.dataset.contrast) root.removeAttribute("data-contrast");
    else root.dataset.contrast = "high";
    pressed();
  },
});
