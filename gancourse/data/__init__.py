"""Data sets. So far the toys: distributions with samplers and exact densities."""
