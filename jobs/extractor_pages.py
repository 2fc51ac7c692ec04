def make_pages(path):
    return []
