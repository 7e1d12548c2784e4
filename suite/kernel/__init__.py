"""Nouns that two suites need and none owns: companies, people, parties, products, money, taxes, documents."""
