"""Clock, ids, errors, keys and paging: what every other room stands on. Standard library only."""
