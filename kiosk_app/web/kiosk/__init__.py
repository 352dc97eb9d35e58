"""The tablet's pages: one page with JavaScript, the same screens as plain forms without."""
