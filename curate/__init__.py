"""curate: turn web crawls into pretraining corpora in every language."""

__version__ = "0.1.0"

__all__ = ["__version__"]
