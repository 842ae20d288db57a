"""A peer in TypeScript: native frames and four formats, with common npm packages."""
