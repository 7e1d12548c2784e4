/* Lists: choosing rows for bulk actions, choosing columns, short addresses. */
(() => {
  "use strict";
  const bar = document.getElementById("bulk");
  const boxes = () => [...document.querySelectorAll("input[name=pk][form=bulk]")];
  const show = () => {
    if (!bar) return;
    const chosen = boxes().filter((box) => box.checked).length;
    bar.hidden = chosen === 0;
    bar.querySelector("[data-selected]").textContent = String(chosen);
    const whole = bar.querySelector("[data-whole]");
    if (!whole) return;
    whole.hidden = chosen < boxes().length;
    if (whole.hidden) whole.querySelector("input").checked = false;
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[data-select-all], input[name=pk]")) show();
  });
  document.querySelector("[data-apply-columns]")?.addEventListener("click", () => {
    const chosen = [...document.querySelectorAll("[data-columns] input:checked")].map((box) => box.value);
    const query = new URLSearchParams(location.search);
    ["after", "before", "columns"].forEach((name) => query.delete(name));
    if (chosen.length) query.set("columns", chosen.join(","));
    location.search = query.toString();
  });
  document.querySelector("form[data-clean-query]")?.addEventListener("submit", (event) => {
    for (const input of event.target.querySelectorAll("input[name], select[name]")) if (!input.value) input.disabled = true;
  });
  show();
})();
