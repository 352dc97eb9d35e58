// A keyboard-wedge scanner types fast and ends with Enter; people do not.

const FAST = 60;
const SHORTEST = 8;

export function listen(onCode) {
  let typed = "";
  let last = 0;
  window.addEventListener(
    "keydown",
    (event) => {
      const now = performance.now();
      if (now - last > FAST) typed = "";
      last = now;
      if (event.key === "Enter" && typed.length >= SHORTEST) {
        event.preventDefault();
        event.stopPropagation();
        const code = typed;
        typed = "";
        onCode(code);
      } else if (event.key.length === 1) {
        typed += event.key;
      }
    },
    true
  );
}
