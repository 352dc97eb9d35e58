// The field of the receipt's screen: six digits, day and number behind the unit's prefix, or any code.

const NUMBER = { digits: 6, day: 12 };
const NEEDED = { digits: 6, day: 10 };
const SHORTEST = 8;
const DATE = 6;

let prefix = "";

// The unit's own prefix as printed, before which day and number are typed.
export function knowPrefix(printed) {
  prefix = printed || "";
}

export function hasPrefix() {
  return prefix !== "";
}

function digitsOf(text) {
  const own = prefix && text.startsWith(prefix) ? text.slice(prefix.length) : text;
  return own.replace(/[Oo]/g, "0").replace(/[Il]/g, "1").replace(/\D/g, "");
}

function laidOut(digits, mode) {
  const kept = digits.slice(0, NUMBER[mode]);
  if (mode === "digits") return kept;
  return prefix + "-" + kept.slice(0, DATE) + (kept.length > DATE ? "-" + kept.slice(DATE) : "");
}

// What stands in the field, as a look-up takes it: value, whether it is a whole code, whether it is complete.
export function typed(input) {
  const mode = input.name;
  if (mode === "code") {
    const value = input.value.trim();
    return { value, full: true, complete: value.replace(/[^A-Za-z0-9]/g, "").length >= SHORTEST };
  }
  const digits = digitsOf(input.value);
  const value = mode === "day" ? laidOut(digits, mode) : digits;
  return { value, full: mode === "day", complete: digits.length >= NEEDED[mode] };
}

// After a key of the device: only what belongs there stays, dashes come by themselves.
export function tidy(input) {
  if (input.name === "code") return;
  input.value = laidOut(digitsOf(input.value), input.name);
}

// A key of the screen.
export function press(input, key) {
  const digits = digitsOf(input.value);
  if (key === "clear") input.value = laidOut("", input.name);
  else if (key === "back") input.value = laidOut(digits.slice(0, -1), input.name);
  else input.value = laidOut(digits + key, input.name);
}
