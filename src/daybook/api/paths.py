"""The operations' paths in the framework's own spelling."""

import re

from daybook.contract.operations import Operation


def litestar_path(operation: Operation) -> str:
    """`/reports/{reportId}` as `/reports/{reportId:str}`."""
    return re.sub(r"\{(\w+)\}", r"{\1:str}", operation.path)
