"""Whether what is recommended is the fastest: messages through a socket that is limited to a speed."""
