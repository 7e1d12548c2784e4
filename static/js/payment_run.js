/* A payment run by keyboard: arrows go through the rows, Space ticks, typing an amount ticks, Ctrl+Enter proposes. Totals follow. */
(() => {
  "use strict";
  const run = document.querySelector("[data-run]");
  if (!run) return;
  const rows = [...run.querySelectorAll("[data-row]")];
  const total = document.querySelector("[data-total]");
  const count = document.querySelector("[data-count]");
  const left = document.querySelector("[data-left]");
  const all = run.querySelector("[data-all]");
  const written = new Intl.NumberFormat(document.documentElement.lang || "en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const number = (text) => {
    const plain = text.includes(".") ? text.trim() : text.trim().replace(",", ".");
    return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : NaN;
  };
  const parts = (row) => ({ pick: row.querySelector("[data-pick]"), amount: row.querySelector("[data-amount]") });
  const sum = () => {
    let cents = 0;
    let ticked = 0;
    for (const row of rows) {
      const { pick, amount } = parts(row);
      row.classList.toggle("is-ticked", pick.checked);
      const value = number(amount.value);
      const open = Number(amount.dataset.open);
      const isWrong = pick.checked && (Number.isNaN(value) || value * open <= 0 || Math.abs(value) > Math.abs(open));
      amount.classList.toggle("is-invalid", isWrong);
      amount.setAttribute("aria-invalid", isWrong ? "true" : "false");
      if (!pick.checked) continue;
      ticked += 1;
      if (!Number.isNaN(value)) cents += Math.round(value * 1000);
    }
    total.textContent = written.format(cents / 1000);
    count.textContent = String(ticked);
    if (left) {
      const rest = Number(left.dataset.left) - cents / 1000;
      left.textContent = written.format(rest);
      left.classList.toggle("is-short", rest < 0);
    }
  };
  run.addEventListener("change", sum);
  run.addEventListener("input", (event) => {
    const row = event.target.matches("[data-amount]") && event.target.closest("[data-row]");
    if (row) parts(row).pick.checked = true;
    sum();
  });
  all?.addEventListener("change", () => {
    for (const row of rows) if (!parts(row).pick.disabled) parts(row).pick.checked = all.checked;
    sum();
  });
  run.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run.requestSubmit(run.querySelector("[data-propose]"));
      return;
    }
    const row = event.target.closest("[data-row]");
    if (!row) return;
    const { pick, amount } = parts(row);
    const what = event.target === amount ? "amount" : "pick";
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] || (event.key === "Enter" ? 1 : 0);
    if (step) {
      for (let at = rows.indexOf(row) + step; rows[at]; at += step) {
        const next = parts(rows[at])[what];
        if (next.disabled) continue;
        next.focus();
        if (what === "amount") next.select();
        break;
      }
      event.preventDefault();
    } else if (event.key === " " && what === "amount") {
      pick.checked = !pick.checked;
      sum();
      event.preventDefault();
    }
  });
  const first = run.querySelector(".is-invalid") || run.querySelector("[data-pick]:not(:disabled)");
  first?.focus();
  sum();
})();
