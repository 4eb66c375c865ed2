"""Documents of IEC 62325-451 as dataclasses, bound to XML, and checked by structure and by schema."""
