/* Choices that are found by typing (tom-select): rows come from the server, a page at a time. */
(() => {
  "use strict";
  const plain = { plugins: ["dropdown_input"], allowEmptyOption: true, maxOptions: 200 };
  const remote = (select) => ({
    valueField: "value", labelField: "text", searchField: [], sortField: [], preload: "focus", maxOptions: 50, openOnFocus: true, selectOnTab: true, loadThrottle: 150,
    plugins: select.required ? [] : ["clear_button"],
    shouldLoad: () => true,
    score: () => () => 1,
    load(typed, done) {
      this.clearOptions((option) => this.items.includes(option.value));
      const address = new URL(select.dataset.lookupUrl, location.origin);
      address.searchParams.set("q", typed);
      fetch(address, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : { results: [] }))
        .then((body) => done(body.results))
        .catch(() => done());
    },
  });
  const start = (root) => {
    if (typeof TomSelect === "undefined") return;
    for (const select of root.querySelectorAll("select")) {
      if (select.tomselect || select.closest("template") || select.hasAttribute("data-plain")) continue;
      select.classList.add("form-select");
      if (select.dataset.lookupUrl) new TomSelect(select, { ...remote(select), dropdownParent: "body" });
      else if (select.multiple) new TomSelect(select, { plugins: ["remove_button"], dropdownParent: "body" });
      else if (select.options.length > 12) new TomSelect(select, { ...plain, dropdownParent: "body" });
    }
  };
  window.suiteLookups = start;
  document.addEventListener("DOMContentLoaded", () => start(document));
  document.addEventListener("htmx:afterSwap", (event) => start(event.detail.target));
})();
