"""Rights: kinds of removal reasons, and lists of what was taken down."""
