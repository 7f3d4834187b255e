"""For authors: runs, checks and cleans notebooks, begins a chapter, makes a release.

The notebooks themselves never need it. Each module imports only those before it:
paths → normal, comparison → myst → clean, lint → notebooks → new_chapter;
paths → browser, doctor, vendor, wheel → release, screens.
"""
