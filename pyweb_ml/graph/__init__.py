"""Names and edges: payload types, contracts, configs, authoring. No I/O, no kernels."""
