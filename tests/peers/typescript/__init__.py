"""A peer in TypeScript: our frames and four formats, with the packages of npm that people take."""
