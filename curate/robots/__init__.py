"""Permissions of sites for their readers: robots.txt and the signs of opting out in a page."""
