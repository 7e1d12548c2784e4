"""What the books ask others."""

from suite.kernel.documents.questions import Question

# ask(entry=, document=, releases=, actor=): its lines are written. The answer looks, before commit, whether they stay within budgets; `releases`
# is the source of the commitment that this document fulfils, or "".
budget_asked = Question("ledger.budget_asked")
