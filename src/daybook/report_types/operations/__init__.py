"""Operation reports through the Reports API: what became of every record that was submitted to a marketplace."""

from daybook.report_types.operations.producer import OperationReport

PRODUCERS = (OperationReport(),)
