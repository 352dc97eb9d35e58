// "Nghe đọc": the screen is read aloud where the device has a voice for its language.

import { offer } from "./acts.js";
import { main, watch, whenShown } from "./screens.js";
import { pressed } from "./view.js";

const root = document.documentElement;
const voices = window.speechSynthesis;

function voice() {
  const wanted = root.lang.toLowerCase();
  return voices.getVoices().find((each) => each.lang.toLowerCase().replace("_", "-").split("-")[0] === wanted) || null;
}

function say(text) {
  if (!root.dataset.aloud || !text) return;
  const chosen = voice();
  const spoken = new SpeechSynthesisUtterance(text);
  spoken.lang = chosen ? chosen.lang : root.lang;
  spoken.voice = chosen;
  voices.speak(spoken);
}

// Heading, what explains it, then the options in their order; nothing that was typed.
function words() {
  const wanted = "h1, .lead, .sub, .privacy, .start b, .tile span, legend span, .chip .lb, .opt3 .tx b, .lk span, .na, .msg:not([hidden]), .saved:not([hidden]), .btn:not([hidden])";
  return Array.from(document.querySelectorAll(wanted))
    .filter((element) => (main.contains(element) || element.closest("#foot")) && element.offsetParent)
    .map((element) => element.textContent.trim())
    .filter(Boolean);
}

function readScreen() {
  if (!root.dataset.aloud) return;
  voices.cancel();
  words().forEach(say);
}

export function silent() {
  root.removeAttribute("data-aloud");
  if (voices) voices.cancel();
}

function toggle() {
  if (root.dataset.aloud) {
    silent();
  } else if (voice()) {
    root.dataset.aloud = "on";
    readScreen();
  } else {
    const says = document.querySelector(".novoice");
    says.textContent = says.dataset.says;
    says.hidden = false;
    setTimeout(() => { says.hidden = true; }, 5000);
  }
  pressed();
  watch();
}

if (voices && window.SpeechSynthesisUtterance) {
  voices.getVoices();
  whenShown(() => setTimeout(readScreen, 0));
  document.addEventListener("change", (event) => {
    const label = event.target.closest("label");
    if (label && ["checkbox", "radio"].includes(event.target.type)) {
      if (root.dataset.aloud) voices.cancel();
      say(label.textContent.trim());
    }
  });
}

// The button stands where speech is known at all, and says when there is no voice.
export function show() {
  const button = document.querySelector(".k-top [data-act=aloud]");
  if (button) button.hidden = !(voices && window.SpeechSynthesisUtterance);
}

show();
offer({ aloud: () => toggle() });
