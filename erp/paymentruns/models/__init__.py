from erp.paymentruns.models.batches import PaymentBatch, PaymentBatchLine
from erp.paymentruns.models.mandates import Mandate
from erp.paymentruns.models.settings import ChequeBook, PaymentHold, PaymentSettings

__all__ = ["ChequeBook", "Mandate", "PaymentBatch", "PaymentBatchLine", "PaymentHold", "PaymentSettings"]
