"""Amazon's wire shapes, typed: the Reports API v2021-06-30, its errors, and Login with Amazon's token answers."""
