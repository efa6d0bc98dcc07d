"""Sellers, applications, authorisations, tokens and usage plans: who may ask, for whom, and how often."""
