"""What may be asked of a report type: its marketplaces, its range of data, its options, how often."""
