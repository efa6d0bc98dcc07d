"""Amazon's contract over HTTP. Every handler has one shape: admit, decode, call the room, answer."""
