"""Paper: documents as PDF in the company's letterhead and the reader's language.

A template (templates/print/*.typ) holds the layout and no words; everything printed comes as data, so nothing a user typed is ever read
as markup. The same data gives the same bytes. No tables.
"""
