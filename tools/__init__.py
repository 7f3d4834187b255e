"""For authors: runs, checks and cleans notebooks, begins a chapter, makes a release.

The notebooks themselves never need it. Each module imports only those before it:
paths → normal → myst → clean, lint → notebooks → new_chapter; paths → doctor, wheel, vendor →
release → screens.
"""
