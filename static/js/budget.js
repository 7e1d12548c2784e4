/* The grid of a budget by keyboard: arrows, Enter, Tab; blocks pasted from a spreadsheet; totals at once; what was typed stays until it is saved. */
(() => {
  "use strict";
  const root = document.querySelector("[data-budget]");
  if (!root) return;
  const grid = root.querySelector("[data-grid]");
  const body = grid.tBodies[0];
  const digits = Number(root.dataset.digits);
  const language = document.documentElement.lang || "en";
  const shown = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: 3 });
  const comma = new Intl.NumberFormat(language).format(1.5).includes(",");
  const save = document.querySelector("[data-save]");
  const sayBox = root.querySelector("[data-say]");
  const faultList = root.querySelector("[data-faults]");
  const place = `suite-budget:${document.body.dataset.user}:${root.dataset.budget}`;
  let version = Number(root.dataset.version);

  const say = (text, kind = "info") => {
    sayBox.textContent = text;
    sayBox.className = `alert alert-${kind} mb-0${text ? "" : " d-none"}`;
  };
  // "1.234,5", "1,234.5", "1 234.5" as a decimal; "" for nothing; null for what is no number.
  const parse = (text) => {
    let plain = text.trim().replace(/[\s\u00a0\u202f'’]/g, "");
    if (!plain) return "";
    const point = plain.lastIndexOf("."), other = plain.lastIndexOf(",");
    if (point >= 0 && other >= 0) plain = point > other ? plain.replaceAll(",", "") : plain.replaceAll(".", "").replace(",", ".");
    else if (other >= 0) plain = comma || !/^-?\d{1,3}(,\d{3})+$/.test(plain) ? plain.replace(",", ".") : plain.replaceAll(",", "");
    else if (comma && /^-?\d{1,3}(\.\d{3})+$/.test(plain)) plain = plain.replaceAll(".", "");
    return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? plain : null;
  };
  const format = (plain) => (plain === "" ? "" : shown.format(Number(plain)));
  // Sums in thousandths as whole numbers: no cent is lost.
  const units = (plain) => {
    const [whole, rest = ""] = plain.replace("-", "").split(".");
    const value = BigInt(whole || "0") * 1000n + BigInt((rest + "000").slice(0, 3));
    return plain.startsWith("-") ? -value : value;
  };
  const shownUnits = (value) => shown.format(Number(value) / 1000);
  const valueOf = (cell) => (cell.tagName === "INPUT" ? parse(cell.value) : cell.dataset.was);
  const cellsOf = (row) => [...row.querySelectorAll("[data-cell], [data-shown]")];
  const same = (one, two) => one === two || (one !== "" && two !== "" && one !== null && units(one) === units(two));
  const isChanged = (cell) => !same(valueOf(cell), cell.dataset.was);
  const changed = () => [...body.querySelectorAll("[data-cell]")].filter(isChanged);

  const total = () => {
    const columns = new Map();
    let all = 0n;
    for (const row of body.rows) {
      let sum = 0n;
      for (const cell of cellsOf(row)) {
        const plain = valueOf(cell) || "";
        if (!plain) continue;
        const period = cell.dataset.cell || cell.dataset.shown;
        sum += units(plain);
        columns.set(period, (columns.get(period) || 0n) + units(plain) * BigInt(row.dataset.side));
      }
      all += sum * BigInt(row.dataset.side);
      const box = row.querySelector("[data-total]");
      if (box.tagName === "INPUT") { if (box !== document.activeElement) box.value = shownUnits(sum); } else box.textContent = shownUnits(sum);
    }
    for (const box of grid.querySelectorAll("[data-sum]")) box.textContent = shownUnits(columns.get(box.dataset.sum) || 0n);
    grid.querySelector("[data-sum-all]").textContent = shownUnits(all);
  };
  const keep = () => {
    const left = changed();
    if (!left.length) { localStorage.removeItem(place); return; }
    localStorage.setItem(place, JSON.stringify({ version, cells: left.map((cell) => [...keyOf(cell), cell.value]) }));
  };
  const keyOf = (cell) => {
    const row = cell.closest("tr");
    return [Number(row.dataset.account), row.dataset.value ? Number(row.dataset.value) : null, Number(cell.dataset.cell)];
  };
  let timer = 0;
  const look = () => {
    const left = changed();
    for (const cell of body.querySelectorAll("[data-cell]")) cell.classList.toggle("is-changed", left.includes(cell));
    if (save) save.disabled = left.length === 0;
    root.querySelector("[data-empty]").classList.toggle("d-none", body.rows.length > 0);
    total();
    clearTimeout(timer);
    timer = setTimeout(keep, 300);
  };
  const mark = (cell, message) => {
    cell.classList.toggle("is-invalid", Boolean(message));
    cell.toggleAttribute("aria-invalid", Boolean(message));
    cell.title = message || "";
  };
  const put = (cell, plain) => { cell.value = plain === null ? cell.value : format(plain); mark(cell, ""); };
  const rowFor = (account, value) => body.querySelector(`tr[data-account="${account}"][data-value="${value ?? ""}"]`);
  const addRow = (row) => {
    const known = rowFor(row.account, row.value);
    if (known) return known;
    const made = root.querySelector("[data-new-row]").content.firstElementChild.cloneNode(true);
    made.dataset.account = row.account;
    made.dataset.value = row.value ?? "";
    made.dataset.side = row.side;
    made.querySelector("[data-code]").textContent = row.code;
    made.querySelector("[data-name]").textContent = row.name;
    made.querySelector("[data-value-name]").textContent = `${row.value_code} ${row.value_name}`.trim();
    for (const cell of made.querySelectorAll("input")) cell.setAttribute("aria-label", `${row.code} ${row.value_code}, ${cell.getAttribute("aria-label")}`);
    body.append(made);
    return made;
  };

  const ask = async (what) => {
    let answer, told;
    try {
      answer = await fetch(location.pathname, {
        method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": root.querySelector("[name=csrfmiddlewaretoken]").value },
        body: JSON.stringify(what),
      });
      told = await answer.json();
    } catch { say(root.dataset.textOffline, "danger"); return null; }
    if (answer.ok) return told;
    say([told.message, told.cells?.length ? "" : told.hint, answer.status === 409 ? root.dataset.textStale : ""].filter(Boolean).join(" "), "danger");
    faultList.replaceChildren();
    for (const fault of told.cells || []) {
      const row = rowFor(fault.account, fault.value);
      const cell = row?.querySelector(`[data-cell="${fault.period}"]`);
      if (cell) mark(cell, fault.message);
      const item = document.createElement("li");
      const month = grid.tHead.querySelector(`[data-period="${fault.period}"]`)?.textContent || "";
      item.textContent = `${row ? row.querySelector("th").innerText.trim().replace(/\s+/g, " ") : ""}, ${month}: ${fault.message}`;
      faultList.append(item);
    }
    root.querySelector(".is-invalid")?.focus();
    return null;
  };
  const store = async () => {
    const left = changed();
    if (!left.length || save.disabled) return;
    save.disabled = true;
    for (const cell of body.querySelectorAll("[data-cell]")) mark(cell, "");
    faultList.replaceChildren();
    const sent = left.map((cell) => { const [account, value, period] = keyOf(cell); const plain = parse(cell.value); return { account, value, period, amount: plain === null ? cell.value : plain }; });
    const told = await ask({ do: "save", version, cells: sent });
    if (told) {
      version = told.version;
      left.forEach((cell, at) => { cell.dataset.was = sent[at].amount; });
      say(root.dataset.textSaved, "success");
    }
    look();
  };
  const take = (cells, replace) => {
    let count = 0;
    for (const one of cells) {
      const cell = rowFor(one.account, one.value)?.querySelector(`[data-cell="${one.period}"]`);
      if (!cell || (!replace && cell.value.trim())) continue;
      put(cell, one.amount);
      count += 1;
    }
    look();
    return count;
  };

  for (const cell of body.querySelectorAll("[data-cell]")) cell.value = format(cell.dataset.was);
  for (const cell of body.querySelectorAll("[data-shown]")) cell.textContent = format(cell.dataset.was);
  total();
  if (!save) return;

  // What was typed before and not saved
  const before = JSON.parse(localStorage.getItem(place) || "null");
  if (before) {
    const lost = before.cells.filter(([account, value, period, text]) => {
      const cell = rowFor(account, value)?.querySelector(`[data-cell="${period}"]`);
      if (cell) cell.value = text;
      return !cell;
    });
    const keys = [...new Set(lost.map(([account, value]) => JSON.stringify([account, value])))].map((key) => JSON.parse(key));
    Promise.all(keys.map(([account, value]) => ask({ do: "row", account, value }))).then((told) => {
      for (const one of told) if (one) one.rows.forEach(addRow);
      for (const [account, value, period, text] of lost) { const cell = rowFor(account, value)?.querySelector(`[data-cell="${period}"]`); if (cell) cell.value = text; }
      if (changed().length) say(root.dataset.textRestored, "warning");
      look();
    });
  }

  // Moving
  const stops = (row) => [...row.querySelectorAll("input")];
  const move = (input, down, right) => {
    const row = input.closest("tr");
    const at = stops(row).indexOf(input) + right;
    const target = down ? body.rows[row.sectionRowIndex + down] : row;
    const next = target && stops(target)[at];
    if (!next) return false;
    next.focus();
    next.select();
    return true;
  };
  body.addEventListener("keydown", (event) => {
    const input = event.target;
    if (input.tagName !== "INPUT" || event.altKey || event.metaKey || event.ctrlKey) return;
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const atStart = whole || (input.selectionStart === 0 && input.selectionEnd === 0), atEnd = whole || input.selectionStart === input.value.length;
    let done = false;
    if (event.key === "ArrowDown" || (event.key === "Enter" && !event.shiftKey)) done = move(input, 1, 0) || event.key === "Enter";
    else if (event.key === "ArrowUp" || event.key === "Enter") done = move(input, -1, 0) || event.key === "Enter";
    else if (event.key === "ArrowLeft" && atStart) done = move(input, 0, -1);
    else if (event.key === "ArrowRight" && atEnd) done = move(input, 0, 1);
    else if (event.key === "Escape" && input.dataset.cell) { put(input, input.dataset.was); look(); input.select(); done = true; }
    if (event.key === "Enter" && input.matches("[data-total]")) input.dispatchEvent(new Event("change", { bubbles: true }));
    if (done) event.preventDefault();
  });
  body.addEventListener("focusin", (event) => { if (event.target.tagName === "INPUT") event.target.select(); });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && (event.key === "s" || event.key === "Enter")) { event.preventDefault(); document.activeElement?.dispatchEvent(new Event("change", { bubbles: true })); store(); }
  });

  // Typing
  body.addEventListener("input", (event) => { if (event.target.dataset.cell) { mark(event.target, ""); look(); } });
  body.addEventListener("change", async (event) => {
    const input = event.target;
    if (input.dataset.cell) {
      const plain = parse(input.value);
      if (plain === null) mark(input, root.dataset.textNumber); else put(input, plain);
      look();
    } else if (input.matches("[data-total]")) {
      const row = input.closest("tr"), plain = parse(input.value);
      if (plain === null) { mark(input, root.dataset.textNumber); return; }
      mark(input, "");
      const now = cellsOf(row).reduce((sum, cell) => sum + units(valueOf(cell) || "0"), 0n);
      if (plain === "" || units(plain) === now || input.dataset.asked === plain) return;
      input.dataset.asked = plain;
      const told = await ask({ do: "spread", account: Number(row.dataset.account), value: row.dataset.value ? Number(row.dataset.value) : null, amount: plain, key: root.querySelector("[data-spread-key]").value });
      delete input.dataset.asked;
      if (told) take(told.cells, true);
    }
  });

  // A block from a spreadsheet
  body.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!event.target.dataset.cell || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const first = event.target.closest("tr").sectionRowIndex, left = cellsOf(event.target.closest("tr")).indexOf(event.target);
    const outside = [];
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, down) => line.split("\t").forEach((value, right) => {
      const row = body.rows[first + down], cell = row && cellsOf(row)[left + right];
      if (!cell) { if (value.trim()) outside.push(value.trim()); return; }
      const plain = parse(value);
      if (plain === null) { cell.value = value; mark(cell, root.dataset.textNumber); } else put(cell, plain);
    }));
    if (outside.length) say(`${root.dataset.textOutside} ${outside.slice(0, 8).join(", ")}${outside.length > 8 ? " …" : ""}`, "warning");
    look();
  });

  // Rows and copies
  root.querySelector("[data-row-form]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { account, value } = event.target.elements;
    const told = await ask({ do: "row", account: Number(account.value), value: value?.value ? Number(value.value) : null });
    if (!told) return;
    say("");
    const row = addRow(told.rows[0]);
    look();
    row.querySelector("input").focus();
    row.scrollIntoView({ block: "nearest" });
  });
  root.querySelector("[data-fill-form]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { source, percent, replace } = event.target.elements;
    const rows = [...body.rows].map((row) => [Number(row.dataset.account), row.dataset.value ? Number(row.dataset.value) : null]);
    const told = await ask({ do: "fill", source: source.value, percent: parse(percent.value) ?? percent.value, rows });
    if (!told) return;
    told.rows.forEach(addRow);
    say(`${root.dataset.textFilled} ${take(told.cells, replace.checked)}`);
  });
  save.addEventListener("click", store);
  window.addEventListener("beforeunload", (event) => { keep(); if (changed().length) event.preventDefault(); });
  look();
})();
