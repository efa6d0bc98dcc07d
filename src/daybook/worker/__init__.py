"""The worker: claims due lanes, runs one step of each, keeps their leases, frees those of workers that died."""
