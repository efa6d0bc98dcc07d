"""Adapters: a folder for each marketplace, which speaks its wire and answers in the words of operations/calls.py."""
