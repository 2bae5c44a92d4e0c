"""Networks, one module for each family, each to be read in one sitting."""
