"""A bucket on a real S3 wire: moto's server on loopback, and the few calls by which a test looks behind the store."""

import re
import urllib.request

from moto.server import ThreadedMotoServer

from daybook.documents.objects import Objects

CREDENTIALS = {"region": "us-east-1", "access_key_id": "test", "secret_access_key": "test"}


class Bucket:
    """An S3 server of its own, with one bucket."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.options = {"endpoint": f"http://{host}:{port}", **CREDENTIALS}
        self._ask("/documents", "PUT")

    def stop(self) -> None:
        self._server.stop()

    def objects(self, prefix: str) -> Objects:
        """The store below a prefix of the bucket."""
        return Objects.open(f"s3://documents/{prefix}", self.options)

    def keys(self, prefix: str) -> list[str]:
        """The keys of the objects below the prefix."""
        return re.findall(r"<Key>(.*?)</Key>", self._ask(f"/documents?list-type=2&prefix={prefix}/"))

    def uploads(self, prefix: str) -> list[str]:
        """The keys of the uploads below the prefix that were begun and not ended."""
        found = re.findall(r"<Key>(.*?)</Key>", self._ask("/documents?uploads"))
        return [key for key in found if key.startswith(f"{prefix}/")]

    def _ask(self, path: str, method: str = "GET") -> str:
        request = urllib.request.Request(self.options["endpoint"] + path, method=method)
        with urllib.request.urlopen(request) as answer:
            return str(answer.read(), "utf-8")
