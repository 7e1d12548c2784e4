"""Tax between document and return: what waits for payment, what is withheld, what applies where."""
