"""Pages, a module for each part of the site; `app.PAGES` lists them."""
