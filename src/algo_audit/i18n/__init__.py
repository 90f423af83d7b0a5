"""Languages: texts by key (``catalogue``) and numbers, dates and lists (``formats``)."""
