"""Comparisons repeated over seeds, one module a chapter, for the tables that it draws."""
