from erp.banking.models.accounts import BankAccount, StatementProfile
from erp.banking.models.habits import BankRule
from erp.banking.models.statements import BankStatement, StatementLine, StatementMatch

__all__ = ["BankAccount", "BankRule", "BankStatement", "StatementLine", "StatementMatch", "StatementProfile"]
