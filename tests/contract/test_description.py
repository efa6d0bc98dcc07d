"""The OpenAPI document: what it says of itself, and that it lags behind nothing."""

import pytest

from tests.api.serving import Daybook
from tests.contract.facts import OPERATIONS


@pytest.mark.requirement("R004-001", "R004-006")
def test_the_interface_is_described_under_its_version_and_its_license(daybook: Daybook) -> None:
    info = daybook.wire.send("GET", "/openapi.json").json["info"]
    assert info["version"] == "2021-06-30"
    assert info["license"]["name"] == "Apache License 2.0"


@pytest.mark.requirement("R004-004", "R004-005", "R004-008")
def test_every_operation_is_described_with_its_parameters_and_its_answers(daybook: Daybook) -> None:
    paths = daybook.wire.send("GET", "/openapi.json").json["paths"]
    for operation in OPERATIONS:
        described = paths[operation.path][operation.method.lower()]
        assert described["operationId"] == operation.name
        assert [each["name"] for each in described["parameters"]] == [each.name for each in operation.parameters]
        assert {str(operation.success), "400", "401", "403", "404", "415", "429", "500", "503"} <= set(
            described["responses"]
        )
        assert ("requestBody" in described) == bool(operation.body)
        contents = [*described["responses"].values(), *([described["requestBody"]] if operation.body else [])]
        assert {kind for content in contents for kind in content["content"]} == {"application/json"}
