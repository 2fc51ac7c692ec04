"""Signs in an address of what its page is, before it is read: block lists and words."""
