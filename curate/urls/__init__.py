"""What an address says about a page before it is read: block lists and words."""
