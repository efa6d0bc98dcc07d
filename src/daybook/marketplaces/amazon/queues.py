"""A queue of SQS, in which Amazon puts its notifications. boto3 speaks to it, and is an extra: `daybook[sqs]`."""

import os
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from daybook.kernel.errors import Misconfigured, Unavailable
from daybook.notifications.inbound.queues import Message

AT_ONCE = 10
"""Messages that SQS gives out at a time, at most."""
_HOST = re.compile(r"(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.com(?:\.cn)?")
_DEFAULT_REGION = "us-east-1"


class AmazonQueue:
    """One queue. Credentials are found where AWS's own tools look for them."""

    def __init__(self, url: str) -> None:
        try:
            import boto3  # noqa: PLC0415  an extra, which most do without
            import botocore.config  # noqa: PLC0415  it comes with the former
            import botocore.exceptions  # noqa: PLC0415  so does it
        except ImportError as error:
            raise Misconfigured("DAYBOOK_AMAZON_QUEUE needs boto3.", "Run: pip install 'daybook[sqs]'") from error
        parts = urlsplit(url)
        self._url = url
        self._faults = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)
        self._sqs: Any = boto3.session.Session().client(
            "sqs",
            region_name=_region(parts.hostname or ""),
            endpoint_url=f"{parts.scheme}://{parts.netloc}",
            config=botocore.config.Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 1}),
        )

    def receive(self, seconds: int) -> Sequence[Message]:
        """What is there, or comes within so many seconds (up to 20). Until it is deleted it will come again.

        Raises Unavailable.
        """
        try:
            got = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=AT_ONCE, WaitTimeSeconds=seconds)
        except self._faults as error:
            raise _away(error) from error
        return [Message(one["Body"], one["ReceiptHandle"]) for one in got.get("Messages", ())]

    def delete(self, message: Message) -> None:
        """It is kept here now. Raises Unavailable."""
        try:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)
        except self._faults as error:
            raise _away(error) from error

    def close(self) -> None:
        """Gives back the connections."""
        self._sqs.close()


def _region(host: str) -> str:
    """The region that a queue's host names, or else the environment's."""
    named = _HOST.fullmatch(host)
    usual = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION
    return (named[1] or named[2]) if named else usual


def _away(error: Exception) -> Unavailable:
    return Unavailable("The queue of Amazon's notifications cannot be read.", str(error))
