"""Writers: one format a file, each taking the middle form."""
