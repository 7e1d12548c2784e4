from erp.claims.models.advances import EmployeeAdvance, EmployeePayment
from erp.claims.models.claims import ExpenseClaim, ExpenseClaimLine, ExpenseReceipt
from erp.claims.models.types import EmployeeUser, ExpenseRate, ExpenseType

__all__ = [
    "EmployeeAdvance", "EmployeePayment", "EmployeeUser", "ExpenseClaim", "ExpenseClaimLine", "ExpenseRate", "ExpenseReceipt", "ExpenseType",
]
