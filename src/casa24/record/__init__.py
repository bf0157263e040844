"""Read and write the data folder."""
