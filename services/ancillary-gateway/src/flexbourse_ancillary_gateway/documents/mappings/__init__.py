"""Between documents and the domain: what a document says, and what we say in one."""
