"""What sites ask of those who read them: robots.txt and the signs of opting out in a page."""
