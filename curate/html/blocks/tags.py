from curate.html.markup.tags import *  # noqa: F403 - until all imports are changed
