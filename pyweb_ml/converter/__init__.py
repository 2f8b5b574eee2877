"""Any common model becomes web assets, and proves that it is still the same model."""
