"""What customers ordered: confirmed, held on credit, amended, closed short or cancelled. Other suites hear of it by signals."""
