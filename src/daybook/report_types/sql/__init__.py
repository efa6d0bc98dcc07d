"""Report types that an operator writes as SQL: one file each, in a folder that the settings name.

A file is a header of comments and one SELECT over the sources of the settings. `types.SqlTypes` finds the files, and
`producer.SqlReport` makes a document of one. DuckDB is loaded only where there is such a folder.
"""

from daybook.report_types.producers import Producer

PRODUCERS: tuple[Producer, ...] = ()
"""None by itself: they come from the operator's folder."""
