"""Files in, records out: bytes are read row by row, and a bad row is named, never fatal."""
