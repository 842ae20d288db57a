"""Check that recommendations are the fastest, with messages over a socket of limited speed."""
