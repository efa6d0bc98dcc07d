"""What leaves the house: one attempt, from a URL of a user's to an Answer."""
