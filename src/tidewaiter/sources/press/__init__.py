"""Press: articles as they were kept, each with what its side file says of it."""
