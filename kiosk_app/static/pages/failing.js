// A request that fails says so where its answer would have come; a mark that was not saved goes back.
(function () {
  function tell(event) {
    var from = event.detail.elt;
    if (!from.matches(".chart, form")) return;
    var saves = event.detail.requestConfig && event.detail.requestConfig.verb === "post";
    var place = from.classList.contains("chart") || saves ? from : event.detail.target;
    var before = place.querySelector(".failed");
    if (before) before.remove();
    if (saves) from.reset();
    var told = document.getElementById(saves ? "failed-save" : "failed-load").content;
    place.insertBefore(told.cloneNode(true), place.firstChild);
  }
  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, tell);
  });
})();
