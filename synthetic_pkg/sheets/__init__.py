"""The sheets of a PKG book, one small module each: `fill(page)` gives the sheet's cells as a Grid."""
