"""What the benchmarks of nights share: generated pages, their loading, and the peer. No scripts to be run alone."""
