// What can be done by touching something that bears data-act; each part of the flow offers its own.

const known = {};

export function offer(acts) {
  Object.assign(known, acts);
}

export function perform(name) {
  if (!known[name]) return false;
  known[name]();
  return true;
}
