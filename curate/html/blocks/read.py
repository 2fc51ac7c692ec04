from curate.html.markup.read import read_page as read_page
