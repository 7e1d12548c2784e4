/* Matching by keyboard: digits choose a proposal, Enter accepts it, j and k go through the lines, a and s open what else a line may be. */
(() => {
  "use strict";
  const isTyping = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog, .ts-control");
  document.querySelector("[data-go]")?.addEventListener("change", (event) => event.target.form.submit());
  const work = document.querySelector("[data-reconcile]");
  if (!work) return;
  const offers = [...work.querySelectorAll("[data-offer]")];
  let chosen = 0;
  const choose = (at) => {
    if (!offers[at]) return;
    chosen = at;
    offers.forEach((offer, place) => offer.classList.toggle("is-chosen", place === at));
    offers[at].querySelector("button")?.focus();
  };
  const open = (name) => {
    const panel = work.querySelector(`[data-panel="${name}"]`);
    if (!panel) return;
    panel.open = true;
    panel.scrollIntoView({ block: "nearest" });
    const first = panel.querySelector("select, input:not([type=hidden])");
    if (first) (first.tomselect || first).focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const go = (address) => { if (address) location.search = address; };
    if (/^[1-8]$/.test(event.key)) choose(Number(event.key) - 1);
    else if (event.key === "j" || event.key === "ArrowDown") go(work.dataset.next);
    else if (event.key === "k" || event.key === "ArrowUp") go(work.dataset.before);
    else if (event.key === "a" || event.key === "s") open(event.key);
    else if (event.key === "r") work.querySelector("[data-remember]")?.click();
    else if (event.key === "Enter" && !event.target.closest("a, button, summary")) offers[chosen]?.requestSubmit();
    else return;
    event.preventDefault();
  });
})();
