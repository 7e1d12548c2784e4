/* Forms: lines by keyboard, drafts that survive, Ctrl+Enter saves. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]") || document.querySelector("#content form");
  if (!form) return;

  // Lines
  const total = (card) => card.querySelector('input[name$="-TOTAL_FORMS"]');
  const visible = (card) => [...card.querySelectorAll("tr[data-row]")].filter((row) => !row.hidden && !row.closest("template"));
  const renumber = (card) => visible(card).forEach((row, index) => { row.querySelector("[data-number]").firstChild.nodeValue = String(index + 1); });
  const focusables = (row) => [...row.querySelectorAll("input, select, textarea")].filter((input) => input.offsetParent !== null && input.tabIndex >= 0 && input.type !== "hidden");
  const addLine = (card) => {
    const index = Number(total(card).value);
    const made = document.createElement("tbody");
    made.innerHTML = card.querySelector("template[data-empty]").innerHTML.replaceAll("__prefix__", String(index));
    const row = made.querySelector("tr");
    card.querySelector("[data-rows]").append(row);
    total(card).value = String(index + 1);
    window.suiteLookups?.(row);
    renumber(card);
    const first = row.querySelector("select")?.tomselect || focusables(row)[0];
    first?.focus();
    return row;
  };
  const dropLine = (card, row) => {
    const box = row.querySelector('input[name$="-DELETE"]');
    if (box) box.checked = true;
    row.hidden = true;
    renumber(card);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const card of form.querySelectorAll("[data-lines]")) {
    renumber(card);
    card.addEventListener("click", (event) => {
      if (event.target.closest("[data-add-line]")) addLine(card);
      const drop = event.target.closest("[data-drop-line]");
      if (drop) dropLine(card, drop.closest("tr"));
    });
    card.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.defaultPrevented || event.target.tagName === "TEXTAREA" || event.target.tagName === "BUTTON") return;
      if (event.target.closest(".ts-wrapper.dropdown-active")) return;
      event.preventDefault();
      const row = event.target.closest("tr");
      const inputs = focusables(row);
      const next = inputs[inputs.indexOf(event.target) + 1];
      if (next) { next.focus(); next.select?.(); return; }
      const rows = visible(card);
      const below = rows[rows.indexOf(row) + 1];
      if (below) focusables(below)[0]?.focus(); else addLine(card);
    });
  }

  // Enter in the header moves on; only Ctrl+Enter and the button save
  form.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.defaultPrevented || target.tagName !== "INPUT" && target.tagName !== "SELECT") return;
    if (target.type === "submit" || target.type === "file" || target.closest("[data-lines], .ts-wrapper.dropdown-active")) return;
    event.preventDefault();
    const stops = [...form.querySelectorAll("input, select, textarea, button")].filter((stop) => stop.offsetParent !== null && stop.tabIndex >= 0 && stop.type !== "hidden" && !stop.disabled);
    const next = stops[stops.indexOf(target) + 1];
    next?.focus();
    if (next?.tagName === "INPUT") next.select();
  });

  // Save by keyboard
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });

  // Drafts: what was typed stays on this computer until it is saved
  if (!form.dataset.draft) return;
  const place = `suite-draft:${document.body.dataset.user}:${form.dataset.draft}`;
  const bar = form.querySelector("[data-draft-bar]");
  const skipped = new Set(["csrfmiddlewaretoken", "version", "token"]);
  const read = () => [...new FormData(form)].filter(([name, value]) => !skipped.has(name) && typeof value === "string");
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => localStorage.setItem(place, JSON.stringify({ at: Date.now(), values: read() })), 400);
  });
  form.addEventListener("submit", () => { clearTimeout(timer); localStorage.setItem(place, JSON.stringify({ at: Date.now(), values: read() })); sessionStorage.setItem("suite-sent", place); });
  const kept = JSON.parse(localStorage.getItem(place) || "null");
  if (kept && form.dataset.bound === "0") bar.hidden = false;
  bar?.querySelector("[data-draft-forget]").addEventListener("click", () => { localStorage.removeItem(place); bar.hidden = true; });
  bar?.querySelector("[data-draft-restore]").addEventListener("click", () => {
    for (const card of form.querySelectorAll("[data-lines]")) {
      const wanted = Number((kept.values.find(([name]) => name === total(card).name) || [])[1] || 0);
      while (Number(total(card).value) < wanted) addLine(card);
    }
    for (const input of form.querySelectorAll("input[type=checkbox]")) input.checked = false;
    for (const [name, value] of kept.values) {
      const input = form.elements.namedItem(name);
      if (!input || name.endsWith("_FORMS")) continue;
      if (input.type === "checkbox") input.checked = true;
      else if (input.tomselect) { if (value) input.tomselect.addOption({ value, text: value }); input.tomselect.setValue(value, true); }
      else input.value = value;
    }
    form.querySelectorAll('input[name$="-DELETE"]:checked').forEach((box) => { box.closest("tr").hidden = true; });
    bar.hidden = true;
  });
})();
