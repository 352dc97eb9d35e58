// Arrow keys turn the calendar's pages, T goes to today; typing in a field is left alone.
document.addEventListener("keydown", function (event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  var where = { ArrowLeft: "prev", ArrowRight: "next", t: "today", T: "today" }[event.key];
  var link = where && document.querySelector("[data-turn=" + where + "]");
  if (link) { event.preventDefault(); link.click(); }
});
