from curate.html.markup.page import *  # noqa: F403 - until all imports are changed
