"""Reports: requests, their statuses, schedules, and the registry of report types."""
