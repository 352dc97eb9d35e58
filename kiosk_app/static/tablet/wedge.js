// A hand scanner types like a keyboard, but fast and with an end; people do not. It may type on any
// screen, also into a comment: what it typed there is taken out again.

const PAUSE = 100;
const MEAN = 45;
const SHORTEST = 8;
const DIGITS = 6;
const SILENT_END = 150;
const ENDS = ["Enter", "Tab"];
const SIGNS = { Minus: "-", Period: ".", Slash: "/", NumpadSubtract: "-", NumpadDecimal: ".", NumpadDivide: "/" };
const SHIFTED = { Slash: "?", Semicolon: ":", Digit7: "&", Minus: "_" };

// An input method hides the letter behind "Process"; the key's place still tells it.
function letter(event) {
  if (event.key.length === 1) return event.key;
  if (!["Process", "Unidentified"].includes(event.key)) return "";
  const code = event.code;
  if (event.shiftKey && SHIFTED[code]) return SHIFTED[code];
  if (/^(Digit|Numpad)\d$/.test(code)) return code.slice(-1);
  if (/^Key[A-Z]$/.test(code)) return event.shiftKey ? code.slice(3) : code.slice(3).toLowerCase();
  return SIGNS[code] || (code === "Equal" ? "=" : code === "Semicolon" ? ";" : "");
}

function editable() {
  const at = document.activeElement;
  return at && ["INPUT", "TEXTAREA"].includes(at.tagName) && "value" in at && at.type !== "checkbox" ? at : null;
}

function begun() {
  const at = editable();
  return { text: "", first: 0, last: 0, at, was: at ? at.value : "" };
}

function isScan(burst) {
  const digits = burst.text.replace(/\D/g, "").length;
  const spent = burst.last - burst.first;
  return burst.text.length >= SHORTEST && digits >= DIGITS && spent <= MEAN * (burst.text.length - 1);
}

// The field as it was before the scanner typed into it.
function putBack(burst) {
  if (!burst.at || burst.at.value === burst.was) return;
  burst.at.value = burst.was;
  burst.at.dispatchEvent(new Event("input", { bubbles: true }));
}

// onCode gets what was scanned; complete(text) says whether a text is a code without an end key.
export function listen(onCode, complete) {
  let burst = begun();
  let waiting = null;
  const take = () => {
    clearTimeout(waiting);
    const scanned = burst;
    burst = begun();
    putBack(scanned);
    onCode(scanned.text.trim());
  };
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (ENDS.includes(event.key) || ["Enter", "Tab"].includes(event.code)) {
        const fast = event.timeStamp - burst.last <= PAUSE;
        if (fast && isScan(burst)) {
          event.preventDefault();
          event.stopImmediatePropagation();
          take();
        } else burst = begun();
        return;
      }
      const typed = letter(event);
      if (!typed) return;
      if (!burst.text || event.timeStamp - burst.last > PAUSE) {
        burst = begun();
        burst.first = event.timeStamp;
      }
      burst.text += typed;
      burst.last = event.timeStamp;
      clearTimeout(waiting);
      if (isScan(burst) && complete(burst.text)) waiting = setTimeout(take, SILENT_END);
    },
    true
  );
}
