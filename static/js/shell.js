/* The shell: search palette, keyboard, forms that are sent once. */
(() => {
  "use strict";
  const palette = document.getElementById("palette");
  const keys = document.getElementById("keys");
  const field = palette?.querySelector("input[type=search]");

  const openPalette = () => {
    if (!palette || palette.open) return;
    palette.showModal();
    field.value = "";
    field.focus();
    field.dispatchEvent(new Event("palette-open", { bubbles: true }));
  };
  const hits = () => [...palette.querySelectorAll(".palette-hit")];
  const move = (step) => {
    const all = hits();
    const now = all.findIndex((hit) => hit.classList.contains("is-current"));
    const next = all[Math.max(0, Math.min(all.length - 1, now + step))];
    all.forEach((hit) => hit.classList.toggle("is-current", hit === next));
    next?.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener?.dataset.open === "palette") openPalette();
    if (opener?.dataset.open === "keys") keys?.showModal();
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
  palette?.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); move(1); }
    if (event.key === "ArrowUp") { event.preventDefault(); move(-1); }
    if (event.key === "Enter") {
      const hit = palette.querySelector(".palette-hit.is-current") || (hits().length === 1 ? hits()[0] : null);
      if (hit) { event.preventDefault(); location.assign(hit.href); }
    }
  });

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable], .ts-wrapper, dialog[open]") !== null;
  const rows = () => [...document.querySelectorAll("#content tr[data-pk]")];
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.classList.contains("is-current"));
    const next = all[Math.max(0, Math.min(all.length - 1, now + by))];
    all.forEach((row) => row.classList.toggle("is-current", row === next));
    next.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const follow = (key) => document.querySelector(`[data-key="${key}"]`)?.click();
    switch (event.key) {
      case "/": event.preventDefault(); openPalette(); break;
      case "?": keys?.showModal(); break;
      case "n": follow("n"); break;
      case "e": case "p": case "[": case "]": follow(event.key); break;
      case "j": step(1); break;
      case "k": step(-1); break;
      case "Enter": document.querySelector("tr.is-current .record-link")?.click(); break;
    }
  });

  document.querySelector("#side-menu .dropdown-item.active")?.scrollIntoView({ block: "nearest" });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
})();
