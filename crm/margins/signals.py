"""What the margin check asks before it judges."""

from suite.kernel.documents.questions import Question

cost_asked = Question("cost_asked")
"""ask(company_id=, product_ids=): {product id: cost of one unit in company currency}; a product whose cost nobody knows is missing."""
