"""Producers: what makes the rows of a report type. A folder for each family; adding a folder is all it takes."""
