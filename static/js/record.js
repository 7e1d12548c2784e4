/* A record: files by drag and drop; a saved form's draft is forgotten. */
(() => {
  "use strict";
  const sent = sessionStorage.getItem("suite-sent");
  if (sent) { localStorage.removeItem(sent); sessionStorage.removeItem("suite-sent"); }
  for (const zone of document.querySelectorAll("form[data-drop]")) {
    const input = zone.querySelector("input[type=file]");
    const over = (on) => zone.classList.toggle("is-over", on);
    zone.addEventListener("dragover", (event) => { event.preventDefault(); over(true); });
    zone.addEventListener("dragleave", () => over(false));
    zone.addEventListener("drop", (event) => { event.preventDefault(); over(false); input.files = event.dataTransfer.files; zone.requestSubmit(); });
    input.addEventListener("change", () => { if (input.files.length) zone.requestSubmit(); });
  }
})();
