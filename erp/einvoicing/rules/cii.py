"""EN 16931 as UN/CEFACT Cross Industry Invoice D16B, the XML inside Factur-X and ZUGFeRD."""

from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element  # noqa: S405 - a type; what comes in is parsed by defusedxml

from erp.einvoicing.rules.document import CREDIT_CODES, CREDIT_NOTE, INVOICE, Adjustment, ElectronicInvoice, Line, TaxGroup, Trader
from erp.einvoicing.rules.markup import Reader, amount, element, plain
from suite.kernel.money.rules import ZERO

CEFACT = "urn:un:unece:uncefact:data:"
ROOT = f"{CEFACT}standard:CrossIndustryInvoice:100"
SPACES = {
    "rsm": ROOT, "ram": f"{CEFACT}standard:ReusableAggregateBusinessInformationEntity:100", "udt": f"{CEFACT}standard:UnqualifiedDataType:100",
    "qdt": f"{CEFACT}standard:QualifiedDataType:100",
}
GUIDELINE = "urn:cen.eu:en16931:2017"


def write_cii(invoice: ElectronicInvoice) -> bytes:
    """The document as a Cross Industry Invoice of the profile EN 16931."""
    return element("rsm:CrossIndustryInvoice", SPACES, [
        ("rsm:ExchangedDocumentContext", [("ram:GuidelineSpecifiedDocumentContextParameter", [("ram:ID", GUIDELINE)])]),
        ("rsm:ExchangedDocument", [
            ("ram:ID", invoice.number), ("ram:TypeCode", invoice.type_code), _day("ram:IssueDateTime", invoice.issued_on),
            ("ram:IncludedNote", [("ram:Content", invoice.note)]),
        ]),
        ("rsm:SupplyChainTradeTransaction", [
            *[_line(line) for line in invoice.lines],
            ("ram:ApplicableHeaderTradeAgreement", [
                ("ram:BuyerReference", invoice.buyer_reference), ("ram:SellerTradeParty", _party(invoice.seller)),
                ("ram:BuyerTradeParty", _party(invoice.buyer)),
                ("ram:SellerOrderReferencedDocument", [("ram:IssuerAssignedID", invoice.sales_order)]),
                ("ram:BuyerOrderReferencedDocument", [("ram:IssuerAssignedID", invoice.order_reference)]),
            ]),
            ("ram:ApplicableHeaderTradeDelivery", [
                ("ram:ShipToTradeParty", [("ram:PostalTradeAddress", [("ram:CountryID", invoice.delivered_to)])]),
                ("ram:ActualDeliverySupplyChainEvent", [_day("ram:OccurrenceDateTime", invoice.delivered_on)]),
            ]),
            ("ram:ApplicableHeaderTradeSettlement", _settlement(invoice)),
        ]),
    ])


def _day(name: str, day: date | None, prefix: str = "udt") -> tuple:
    return (name, [(f"{prefix}:DateTimeString", day.strftime("%Y%m%d") if day else "", {"format": "102"})])


def _party(trader: Trader) -> list:
    return [
        ("ram:Name", trader.name), ("ram:SpecifiedLegalOrganization", [("ram:ID", trader.registration)]),
        ("ram:DefinedTradeContact", [
            ("ram:TelephoneUniversalCommunication", [("ram:CompleteNumber", trader.phone)]),
            ("ram:EmailURIUniversalCommunication", [("ram:URIID", trader.email)]),
        ]),
        ("ram:PostalTradeAddress", [
            ("ram:PostcodeCode", trader.postal_code), ("ram:LineOne", trader.street), ("ram:LineTwo", trader.more_street), ("ram:CityName", trader.city),
            ("ram:CountryID", trader.country), ("ram:CountrySubDivisionName", trader.region),
        ]),
        ("ram:URIUniversalCommunication", [("ram:URIID", trader.endpoint, {"schemeID": trader.endpoint_scheme})]),
        ("ram:SpecifiedTaxRegistration", [("ram:ID", trader.vat_number, {"schemeID": "VA"})]),
    ]


def _category(category: str, percent: Decimal | None) -> list:
    return [("ram:TypeCode", "VAT"), ("ram:CategoryCode", category), ("ram:RateApplicablePercent", plain(percent))]


def _adjustment(one: Adjustment) -> tuple:
    return ("ram:SpecifiedTradeAllowanceCharge", [
        ("ram:ChargeIndicator", [("udt:Indicator", "true" if one.is_charge else "false")]), ("ram:ActualAmount", amount(one.amount)),
        ("ram:Reason", one.reason), ("ram:CategoryTradeTax", _category(one.category, one.percent)) if one.category else None,
    ])


def _line(line: Line) -> tuple:
    return ("ram:IncludedSupplyChainTradeLineItem", [
        ("ram:AssociatedDocumentLineDocument", [("ram:LineID", line.id)]),
        ("ram:SpecifiedTradeProduct", [("ram:SellerAssignedID", line.item_number), ("ram:Name", line.name), ("ram:Description", line.description)]),
        ("ram:SpecifiedLineTradeAgreement", [("ram:NetPriceProductTradePrice", [
            ("ram:ChargeAmount", amount(line.price)),
            ("ram:BasisQuantity", plain(line.price_quantity), {"unitCode": line.unit}) if line.price_quantity != 1 else None,
        ])]),
        ("ram:SpecifiedLineTradeDelivery", [("ram:BilledQuantity", plain(line.quantity), {"unitCode": line.unit})]),
        ("ram:SpecifiedLineTradeSettlement", [
            ("ram:ApplicableTradeTax", _category(line.category, line.percent)), *[_adjustment(one) for one in line.adjustments],
            ("ram:SpecifiedTradeSettlementLineMonetarySummation", [("ram:LineTotalAmount", amount(line.net))]),
        ]),
    ])


def _settlement(invoice: ElectronicInvoice) -> list:
    return [
        ("ram:PaymentReference", invoice.number if invoice.iban else ""), ("ram:InvoiceCurrencyCode", invoice.currency),
        ("ram:SpecifiedTradeSettlementPaymentMeans", [
            ("ram:TypeCode", "30"),
            ("ram:PayeePartyCreditorFinancialAccount", [("ram:IBANID", invoice.iban), ("ram:AccountName", invoice.seller.name)]),
            ("ram:PayeeSpecifiedCreditorFinancialInstitution", [("ram:BICID", invoice.bic)]),
        ]) if invoice.iban else None,
        *[
            ("ram:ApplicableTradeTax", [
                ("ram:CalculatedAmount", amount(group.amount)), ("ram:TypeCode", "VAT"), ("ram:ExemptionReason", group.reason),
                ("ram:BasisAmount", amount(group.basis)), ("ram:CategoryCode", group.category), ("ram:ExemptionReasonCode", group.reason_code),
                ("ram:RateApplicablePercent", plain(group.percent)),
            ])
            for group in invoice.taxes
        ],
        *[_adjustment(one) for one in invoice.adjustments],
        ("ram:SpecifiedTradePaymentTerms", [("ram:Description", invoice.terms), _day("ram:DueDateDateTime", invoice.due_on)]),
        ("ram:SpecifiedTradeSettlementHeaderMonetarySummation", [
            ("ram:LineTotalAmount", amount(invoice.line_total)), ("ram:ChargeTotalAmount", amount(invoice.charges)),
            ("ram:AllowanceTotalAmount", amount(invoice.allowances)), ("ram:TaxBasisTotalAmount", amount(invoice.net)),
            ("ram:TaxTotalAmount", amount(invoice.tax), {"currencyID": invoice.currency}), ("ram:RoundingAmount", amount(invoice.rounding)),
            ("ram:GrandTotalAmount", amount(invoice.gross)), ("ram:TotalPrepaidAmount", amount(invoice.prepaid)),
            ("ram:DuePayableAmount", amount(invoice.payable)),
        ]),
        ("ram:InvoiceReferencedDocument", [
            ("ram:IssuerAssignedID", invoice.corrects), _day("ram:FormattedIssueDateTime", invoice.corrects_issued_on, "qdt"),
        ]) if invoice.corrects else None,
    ]


def read_cii(root: Element) -> ElectronicInvoice:
    """What a Cross Industry Invoice says. Raises Refusal: a figure missing, no number or date where one must stand."""
    whole = Reader(root, SPACES)
    nothing = Reader(Element("none"), SPACES)
    trade = whole.one("rsm:SupplyChainTradeTransaction") or nothing
    agreed = trade.one("ram:ApplicableHeaderTradeAgreement") or nothing
    delivery = trade.one("ram:ApplicableHeaderTradeDelivery") or nothing
    settled = trade.one("ram:ApplicableHeaderTradeSettlement") or nothing
    total = settled.one("ram:SpecifiedTradeSettlementHeaderMonetarySummation") or nothing
    earlier = settled.one("ram:InvoiceReferencedDocument") or nothing
    currency = settled.text("ram:InvoiceCurrencyCode")
    taxes = total.all("ram:TaxTotalAmount")
    stated = next((tax for tax in taxes if tax.node.get("currencyID") in (currency, None)), None)
    means = settled.all("ram:SpecifiedTradeSettlementPaymentMeans")
    account = next((one for one in means if one.text(_IBAN, _OWN_ACCOUNT)), nothing)
    return ElectronicInvoice(
        syntax="CII", number=whole.text("rsm:ExchangedDocument/ram:ID"),
        kind=CREDIT_NOTE if whole.text("rsm:ExchangedDocument/ram:TypeCode") in CREDIT_CODES else INVOICE,
        issued_on=whole.day("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"), currency=currency,
        seller=_read_party(agreed.one("ram:SellerTradeParty")), buyer=_read_party(agreed.one("ram:BuyerTradeParty")),
        lines=tuple(_read_line(line) for line in trade.all("ram:IncludedSupplyChainTradeLineItem")),
        taxes=tuple(_read_tax(group) for group in settled.all("ram:ApplicableTradeTax")),
        adjustments=tuple(_read_adjustment(one) for one in settled.all("ram:SpecifiedTradeAllowanceCharge")),
        line_total=total.amount("ram:LineTotalAmount"), allowances=total.number("ram:AllowanceTotalAmount"), charges=total.number("ram:ChargeTotalAmount"),
        net=total.amount("ram:TaxBasisTotalAmount"), tax=(stated.number(".") if stated else None) or ZERO, gross=total.amount("ram:GrandTotalAmount"),
        prepaid=total.number("ram:TotalPrepaidAmount"), rounding=total.number("ram:RoundingAmount"), payable=total.amount("ram:DuePayableAmount"),
        due_on=settled.day("ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString"),
        terms=settled.text("ram:SpecifiedTradePaymentTerms/ram:Description"), note=whole.text("rsm:ExchangedDocument/ram:IncludedNote/ram:Content"),
        buyer_reference=agreed.text("ram:BuyerReference"), order_reference=agreed.text("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        sales_order=agreed.text("ram:SellerOrderReferencedDocument/ram:IssuerAssignedID"), corrects=earlier.text("ram:IssuerAssignedID"),
        corrects_issued_on=earlier.day("ram:FormattedIssueDateTime/qdt:DateTimeString"),
        delivered_on=delivery.day("ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString"),
        delivered_to=delivery.text("ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID"), iban=account.text(_IBAN, _OWN_ACCOUNT),
        bic=account.text("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"),
    )


_IBAN = "ram:PayeePartyCreditorFinancialAccount/ram:IBANID"
_OWN_ACCOUNT = "ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID"


def _read_party(party: Reader | None) -> Trader:
    if party is None:
        return Trader()
    vat = next((one.text(".") for one in party.all("ram:SpecifiedTaxRegistration/ram:ID") if one.node.get("schemeID") == "VA"), "")
    endpoint = party.one("ram:URIUniversalCommunication/ram:URIID")
    return Trader(
        name=party.text("ram:Name"), vat_number=vat, registration=party.text("ram:SpecifiedLegalOrganization/ram:ID"),
        street=party.text("ram:PostalTradeAddress/ram:LineOne"), more_street=party.text("ram:PostalTradeAddress/ram:LineTwo"),
        postal_code=party.text("ram:PostalTradeAddress/ram:PostcodeCode"), city=party.text("ram:PostalTradeAddress/ram:CityName"),
        region=party.text("ram:PostalTradeAddress/ram:CountrySubDivisionName"), country=party.text("ram:PostalTradeAddress/ram:CountryID"),
        phone=party.text("ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        email=party.text("ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID"), endpoint=endpoint.text(".") if endpoint else "",
        endpoint_scheme=(endpoint.node.get("schemeID") or "") if endpoint else "",
    )


def _read_adjustment(one: Reader) -> Adjustment:
    return Adjustment(
        is_charge=one.text("ram:ChargeIndicator/udt:Indicator").lower() in ("true", "1"), amount=one.amount("ram:ActualAmount"), reason=one.text("ram:Reason"),
        category=one.text("ram:CategoryTradeTax/ram:CategoryCode"), percent=one.number("ram:CategoryTradeTax/ram:RateApplicablePercent"),
    )


def _read_tax(group: Reader) -> TaxGroup:
    return TaxGroup(
        category=group.text("ram:CategoryCode"), percent=group.number("ram:RateApplicablePercent"), basis=group.amount("ram:BasisAmount"),
        amount=group.amount("ram:CalculatedAmount"), reason=group.text("ram:ExemptionReason"), reason_code=group.text("ram:ExemptionReasonCode"),
    )


def _read_line(line: Reader) -> Line:
    quantity = line.one("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity")
    settled = "ram:SpecifiedLineTradeSettlement/"
    price = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/"
    return Line(
        id=line.text("ram:AssociatedDocumentLineDocument/ram:LineID"), name=line.text("ram:SpecifiedTradeProduct/ram:Name"),
        quantity=(quantity.number(".") if quantity else None) or ZERO, unit=(quantity.node.get("unitCode") or "") if quantity else "",
        price=line.number(f"{price}ram:ChargeAmount") or ZERO, price_quantity=line.number(f"{price}ram:BasisQuantity") or Decimal(1),
        net=line.amount(f"{settled}ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"),
        category=line.text(f"{settled}ram:ApplicableTradeTax/ram:CategoryCode"),
        percent=line.number(f"{settled}ram:ApplicableTradeTax/ram:RateApplicablePercent"),
        description=line.text("ram:SpecifiedTradeProduct/ram:Description"), item_number=line.text("ram:SpecifiedTradeProduct/ram:SellerAssignedID"),
        adjustments=tuple(_read_adjustment(one) for one in line.all(f"{settled}ram:SpecifiedTradeAllowanceCharge")),
    )
