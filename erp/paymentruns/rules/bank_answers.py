"""What the bank says of a file that it was sent: pain.002."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

ACCEPTED = {"ACCC", "ACSC", "ACCP", "ACSP", "ACTC", "ACWC", "ACWP"}
# Executed: the money has left, or is on its way for good.
DONE = {"ACCC", "ACSC"}


class NotAnAnswer(Exception):
    """The file is no pain.002."""


@dataclass
class Answer:
    """Of which message; its status as a whole; per payment that is named: (end-to-end id, status, reason)."""

    message_id: str
    status: str
    reason: str = ""
    payments: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_rejected(self) -> bool:
        return self.status == "RJCT"


def read_answer(content: bytes) -> Answer:
    """The answer in a file. External entities and the like are refused. Raises NotAnAnswer."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotAnAnswer(str(error)) from error
    report = next((part for part in root if _name(part) == "CstmrPmtStsRpt"), None)
    group = next((part for part in report if _name(part) == "OrgnlGrpInfAndSts"), None) if report is not None else None
    message_id = _text(group, "OrgnlMsgId") if group is not None else ""
    if not message_id:
        raise NotAnAnswer("no OrgnlMsgId")
    answer = Answer(message_id, _text(group, "GrpSts"), _reason(group))
    for block in (part for part in report if _name(part) == "OrgnlPmtInfAndSts"):
        status = _text(block, "PmtInfSts")
        answer.status = answer.status or status
        for payment in (part for part in block if _name(part) == "TxInfAndSts"):
            answer.payments.append((_text(payment, "OrgnlEndToEndId"), _text(payment, "TxSts") or status, _reason(payment)))
    return answer


def _name(part: Element) -> str:
    return part.tag.rpartition("}")[2]


def _text(part: Element, name: str) -> str:
    found = next((child for child in part if _name(child) == name), None)
    return (found.text or "").strip() if found is not None else ""


def _reason(part: Element) -> str:
    """The bank's code and words, as "AC04 Account closed"."""
    for block in (child for child in part if _name(child) == "StsRsnInf"):
        codes = [(leaf.text or "").strip() for leaf in block.iter() if _name(leaf) in ("Cd", "Prtry", "AddtlInf")]
        return " ".join(code for code in codes if code)[:140]
    return ""
