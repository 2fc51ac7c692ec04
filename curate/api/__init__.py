"""Functions and work folders for Python programs. Import them from :mod:`curate` itself."""
