"""What documents of a type look like, for people and programs that do not use this library."""
