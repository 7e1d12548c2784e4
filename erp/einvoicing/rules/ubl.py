"""EN 16931 as UBL 2.1 Invoice and CreditNote."""

from decimal import Decimal
from xml.etree.ElementTree import Element  # noqa: S405 - a type; what comes in is parsed by defusedxml

from erp.einvoicing.rules.document import CREDIT_NOTE, INVOICE, Adjustment, ElectronicInvoice, Line, TaxGroup, Trader
from erp.einvoicing.rules.markup import Reader, amount, element, plain
from suite.kernel.money.rules import ZERO

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
SPACES = {"cac": f"{UBL}CommonAggregateComponents-2", "cbc": f"{UBL}CommonBasicComponents-2"}
GUIDELINE = "urn:cen.eu:en16931:2017"
VAT = ("cac:TaxScheme", [("cbc:ID", "VAT")])


def write_ubl(invoice: ElectronicInvoice) -> bytes:
    """The document as a UBL Invoice, or CreditNote."""
    name = "CreditNote" if invoice.is_credit else "Invoice"
    due, day = _day(invoice.due_on), _day(invoice.issued_on)
    kind = ("cbc:CreditNoteTypeCode" if invoice.is_credit else "cbc:InvoiceTypeCode", invoice.type_code)
    children = [
        ("cbc:CustomizationID", GUIDELINE), ("cbc:ID", invoice.number), ("cbc:IssueDate", day), None if invoice.is_credit else ("cbc:DueDate", due), kind,
        ("cbc:Note", invoice.note), ("cbc:DocumentCurrencyCode", invoice.currency), ("cbc:BuyerReference", invoice.buyer_reference),
        ("cac:OrderReference", [("cbc:ID", invoice.order_reference or ("NA" if invoice.sales_order else "")), ("cbc:SalesOrderID", invoice.sales_order)]),
        ("cac:BillingReference", [("cac:InvoiceDocumentReference", [("cbc:ID", invoice.corrects), ("cbc:IssueDate", _day(invoice.corrects_issued_on))])]),
        ("cac:AccountingSupplierParty", [("cac:Party", _party(invoice.seller))]), ("cac:AccountingCustomerParty", [("cac:Party", _party(invoice.buyer))]),
        ("cac:Delivery", [
            ("cbc:ActualDeliveryDate", _day(invoice.delivered_on)),
            ("cac:DeliveryLocation", [("cac:Address", [("cac:Country", [("cbc:IdentificationCode", invoice.delivered_to)])])]),
        ]),
        _payment_means(invoice), ("cac:PaymentTerms", [("cbc:Note", invoice.terms)]),
        *[_adjustment(one, invoice.currency) for one in invoice.adjustments],
        ("cac:TaxTotal", [_money("cbc:TaxAmount", invoice.tax, invoice), *[_tax(group, invoice) for group in invoice.taxes]]),
        ("cac:LegalMonetaryTotal", [
            _money("cbc:LineExtensionAmount", invoice.line_total, invoice), _money("cbc:TaxExclusiveAmount", invoice.net, invoice),
            _money("cbc:TaxInclusiveAmount", invoice.gross, invoice), _money("cbc:AllowanceTotalAmount", invoice.allowances, invoice),
            _money("cbc:ChargeTotalAmount", invoice.charges, invoice), _money("cbc:PrepaidAmount", invoice.prepaid, invoice),
            _money("cbc:PayableRoundingAmount", invoice.rounding, invoice), _money("cbc:PayableAmount", invoice.payable, invoice),
        ]),
        *[_line(line, invoice) for line in invoice.lines],
    ]
    return element(f"document:{name}", {"document": f"{UBL}{name}-2", **SPACES}, children)


def _day(day) -> str:
    return day.isoformat() if day else ""


def _money(name: str, value: Decimal | None, invoice: ElectronicInvoice) -> tuple:
    return (name, amount(value), {"currencyID": invoice.currency})


def _party(trader: Trader) -> list:
    return [
        ("cbc:EndpointID", trader.endpoint, {"schemeID": trader.endpoint_scheme}),
        ("cac:PostalAddress", [
            ("cbc:StreetName", trader.street), ("cbc:AdditionalStreetName", trader.more_street), ("cbc:CityName", trader.city),
            ("cbc:PostalZone", trader.postal_code), ("cbc:CountrySubentity", trader.region),
            ("cac:Country", [("cbc:IdentificationCode", trader.country)]),
        ]),
        ("cac:PartyTaxScheme", [("cbc:CompanyID", trader.vat_number), VAT]) if trader.vat_number else None,
        ("cac:PartyLegalEntity", [("cbc:RegistrationName", trader.name), ("cbc:CompanyID", trader.registration)]),
        ("cac:Contact", [("cbc:Telephone", trader.phone), ("cbc:ElectronicMail", trader.email)]),
    ]


def _payment_means(invoice: ElectronicInvoice) -> tuple | None:
    if not invoice.iban:
        return None
    return ("cac:PaymentMeans", [
        ("cbc:PaymentMeansCode", "30"), ("cbc:PaymentID", invoice.number),
        ("cac:PayeeFinancialAccount", [
            ("cbc:ID", invoice.iban), ("cbc:Name", invoice.seller.name), ("cac:FinancialInstitutionBranch", [("cbc:ID", invoice.bic)]),
        ]),
    ])


def _category(name: str, category: str, percent: Decimal | None, *reasons: tuple) -> tuple:
    return (name, [("cbc:ID", category), ("cbc:Percent", plain(percent)), *reasons, VAT])


def _adjustment(one: Adjustment, currency: str) -> tuple:
    return ("cac:AllowanceCharge", [
        ("cbc:ChargeIndicator", "true" if one.is_charge else "false"), ("cbc:AllowanceChargeReason", one.reason),
        ("cbc:Amount", amount(one.amount), {"currencyID": currency}),
        _category("cac:TaxCategory", one.category, one.percent) if one.category else None,
    ])


def _tax(group: TaxGroup, invoice: ElectronicInvoice) -> tuple:
    return ("cac:TaxSubtotal", [
        _money("cbc:TaxableAmount", group.basis, invoice), _money("cbc:TaxAmount", group.amount, invoice),
        _category(
            "cac:TaxCategory", group.category, group.percent, ("cbc:TaxExemptionReasonCode", group.reason_code), ("cbc:TaxExemptionReason", group.reason),
        ),
    ])


def _line(line: Line, invoice: ElectronicInvoice) -> tuple:
    name, quantity = ("CreditNoteLine", "CreditedQuantity") if invoice.is_credit else ("InvoiceLine", "InvoicedQuantity")
    return (f"cac:{name}", [
        ("cbc:ID", line.id), (f"cbc:{quantity}", plain(line.quantity), {"unitCode": line.unit}), _money("cbc:LineExtensionAmount", line.net, invoice),
        *[_adjustment(one, invoice.currency) for one in line.adjustments],
        ("cac:Item", [
            ("cbc:Description", line.description), ("cbc:Name", line.name), ("cac:SellersItemIdentification", [("cbc:ID", line.item_number)]),
            _category("cac:ClassifiedTaxCategory", line.category, line.percent),
        ]),
        ("cac:Price", [
            _money("cbc:PriceAmount", line.price, invoice),
            ("cbc:BaseQuantity", plain(line.price_quantity), {"unitCode": line.unit}) if line.price_quantity != 1 else None,
        ]),
    ])


def read_ubl(root: Element) -> ElectronicInvoice:
    """What a UBL Invoice or CreditNote says. Raises Refusal: a figure missing, no number or date where one must stand."""
    is_credit = root.tag == f"{{{UBL}CreditNote-2}}CreditNote"
    whole = Reader(root, SPACES)
    currency = whole.text("cbc:DocumentCurrencyCode")
    total = whole.one("cac:LegalMonetaryTotal") or whole
    taxes = [tax for tax in whole.all("cac:TaxTotal") if tax.node.find("cbc:TaxAmount", SPACES) is not None]
    stated = next((tax for tax in taxes if tax.node.find("cbc:TaxAmount", SPACES).get("currencyID") in (currency, None)), None)
    means = whole.one("cac:PaymentMeans") or whole
    earlier = whole.one("cac:BillingReference/cac:InvoiceDocumentReference") or Reader(Element("none"), SPACES)
    return ElectronicInvoice(
        syntax=f"UBL-{'CreditNote' if is_credit else 'Invoice'}", number=whole.text("cbc:ID"), kind=CREDIT_NOTE if is_credit else INVOICE,
        issued_on=whole.day("cbc:IssueDate"), currency=currency, seller=_read_party(whole.one("cac:AccountingSupplierParty/cac:Party")),
        buyer=_read_party(whole.one("cac:AccountingCustomerParty/cac:Party")),
        lines=tuple(_read_line(line) for line in whole.all("cac:CreditNoteLine" if is_credit else "cac:InvoiceLine")),
        taxes=tuple(_read_tax(group) for group in (stated.all("cac:TaxSubtotal") if stated else [])),
        adjustments=tuple(_read_adjustment(one) for one in whole.all("cac:AllowanceCharge")),
        line_total=total.amount("cbc:LineExtensionAmount"), allowances=total.number("cbc:AllowanceTotalAmount"), charges=total.number("cbc:ChargeTotalAmount"),
        net=total.amount("cbc:TaxExclusiveAmount"), tax=(stated.number("cbc:TaxAmount") if stated else None) or ZERO,
        gross=total.amount("cbc:TaxInclusiveAmount"), prepaid=total.number("cbc:PrepaidAmount"), rounding=total.number("cbc:PayableRoundingAmount"),
        payable=total.amount("cbc:PayableAmount"), due_on=whole.day("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate"),
        terms=whole.text("cac:PaymentTerms/cbc:Note"), note=whole.text("cbc:Note"), buyer_reference=whole.text("cbc:BuyerReference"),
        order_reference=whole.text("cac:OrderReference/cbc:ID"), sales_order=whole.text("cac:OrderReference/cbc:SalesOrderID"),
        corrects=earlier.text("cbc:ID"), corrects_issued_on=earlier.day("cbc:IssueDate"), delivered_on=whole.day("cac:Delivery/cbc:ActualDeliveryDate"),
        delivered_to=whole.text("cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode"),
        iban=means.text("cac:PayeeFinancialAccount/cbc:ID"), bic=means.text("cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"),
    )


def _read_party(party: Reader | None) -> Trader:
    if party is None:
        return Trader()
    schemes = party.all("cac:PartyTaxScheme")
    vat = next((one.text("cbc:CompanyID") for one in schemes if one.text("cac:TaxScheme/cbc:ID") in ("VAT", "")), "")
    endpoint = party.one("cbc:EndpointID")
    return Trader(
        name=party.text("cac:PartyLegalEntity/cbc:RegistrationName", "cac:PartyName/cbc:Name"), vat_number=vat,
        registration=party.text("cac:PartyLegalEntity/cbc:CompanyID"), street=party.text("cac:PostalAddress/cbc:StreetName"),
        more_street=party.text("cac:PostalAddress/cbc:AdditionalStreetName"), postal_code=party.text("cac:PostalAddress/cbc:PostalZone"),
        city=party.text("cac:PostalAddress/cbc:CityName"), region=party.text("cac:PostalAddress/cbc:CountrySubentity"),
        country=party.text("cac:PostalAddress/cac:Country/cbc:IdentificationCode"), phone=party.text("cac:Contact/cbc:Telephone"),
        email=party.text("cac:Contact/cbc:ElectronicMail"), endpoint=party.text("cbc:EndpointID"),
        endpoint_scheme=(endpoint.node.get("schemeID") or "") if endpoint else "",
    )


def _read_adjustment(one: Reader) -> Adjustment:
    return Adjustment(
        is_charge=one.text("cbc:ChargeIndicator").lower() in ("true", "1"), amount=one.amount("cbc:Amount"), reason=one.text("cbc:AllowanceChargeReason"),
        category=one.text("cac:TaxCategory/cbc:ID"), percent=one.number("cac:TaxCategory/cbc:Percent"),
    )


def _read_tax(group: Reader) -> TaxGroup:
    return TaxGroup(
        category=group.text("cac:TaxCategory/cbc:ID"), percent=group.number("cac:TaxCategory/cbc:Percent"), basis=group.amount("cbc:TaxableAmount"),
        amount=group.amount("cbc:TaxAmount"), reason=group.text("cac:TaxCategory/cbc:TaxExemptionReason"),
        reason_code=group.text("cac:TaxCategory/cbc:TaxExemptionReasonCode"),
    )


def _read_line(line: Reader) -> Line:
    quantity = line.one("cbc:InvoicedQuantity") or line.one("cbc:CreditedQuantity")
    return Line(
        id=line.text("cbc:ID"), name=line.text("cac:Item/cbc:Name", "cac:Item/cbc:Description"),
        quantity=line.number("cbc:InvoicedQuantity", "cbc:CreditedQuantity") or ZERO, unit=(quantity.node.get("unitCode") or "") if quantity else "",
        price=line.number("cac:Price/cbc:PriceAmount") or ZERO, price_quantity=line.number("cac:Price/cbc:BaseQuantity") or Decimal(1),
        net=line.amount("cbc:LineExtensionAmount"), category=line.text("cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
        percent=line.number("cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"), description=line.text("cac:Item/cbc:Description"),
        item_number=line.text("cac:Item/cac:SellersItemIdentification/cbc:ID"),
        adjustments=tuple(_read_adjustment(one) for one in line.all("cac:AllowanceCharge")),
    )
