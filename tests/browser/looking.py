"""What must hold for every page, however it is looked at: no sideways scrolling on a phone, readable, usable without a mouse (axe)."""

from suite.runtime.places import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
# Everything once; what may differ on a phone or in other colours, again there.
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
BY_SIZE_AND_COLOUR = ["color-contrast", "button-name", "link-name", "scrollable-region-focusable"]
SERIOUS = """async (rules) => {
  const found = await axe.run(document, { resultTypes: ["violations"], runOnly: rules });
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact)).map((one) =>
    `${one.id}: ${one.nodes.slice(0, 2).map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "").slice(0, 140)).join(" | ")}`);
}"""
SIDEWAYS = """() => {
  const beyond = document.documentElement.scrollWidth - window.innerWidth;
  if (beyond <= 0) return "";
  const guilty = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
    .slice(0, 3).map((one) => `${one.tagName.toLowerCase()}.${[...one.classList].join(".")}`);
  return `${beyond}px too wide: ${guilty.join(", ")}`;
}"""
TURN = "(theme) => document.documentElement.setAttribute('data-bs-theme', theme)"


def complaints_about(page) -> list[str]:
    """What is wrong with the page that is open: wide in its colours, then narrow in the other ones."""
    found = []
    page.add_script_tag(path=AXE)
    now = page.get_attribute("html", "data-bs-theme") or "light"
    other = "dark" if now == "light" else "light"
    for size, theme, rules in ((WIDE, now, EVERYTHING), (NARROW, other, BY_SIZE_AND_COLOUR)):
        page.set_viewport_size(size)
        page.evaluate(TURN, theme)
        where = f"at {size['width']}, {theme}"
        if sideways := page.evaluate(SIDEWAYS):
            found.append(f"{where}: {sideways}")
        found += [f"{where}: {violation}" for violation in page.evaluate(SERIOUS, rules)]
    page.set_viewport_size(WIDE)
    return found
