"""Files of units and offers: CSV, XLSX and XML in, objects and row errors out, an annotated file back."""
