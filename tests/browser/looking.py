"""What must hold for every page, however it is looked at: no sideways scrolling on a phone, readable, usable without a mouse (axe)."""

from suite.runtime.places import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
SERIOUS = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] });
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


def complaints_about(page, *, with_axe: bool = True) -> list[str]:
    """What is wrong with the page that is open: wide in its colours, then narrow in the other ones."""
    found = []
    now = page.get_attribute("html", "data-bs-theme") or "light"
    other = "dark" if now == "light" else "light"
    for size, theme in ((WIDE, now), (NARROW, other)):
        page.set_viewport_size(size)
        page.evaluate(TURN, theme)
        where = f"at {size['width']}, {theme}"
        if sideways := page.evaluate(SIDEWAYS):
            found.append(f"{where}: {sideways}")
        if with_axe:
            if not page.evaluate("() => 'axe' in window"):
                page.add_script_tag(path=AXE)
            found += [f"{where}: {violation}" for violation in page.evaluate(SERIOUS)]
    page.set_viewport_size(WIDE)
    return found
