"""What the books knew when: the order in which postings became visible, so that a report of then is the report of then for ever."""
