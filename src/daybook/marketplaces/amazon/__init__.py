"""Amazon, through the Listings Items API 2021-08-01: the endpoint says whether Amazon itself or a sandbox."""
