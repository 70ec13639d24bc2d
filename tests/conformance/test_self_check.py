"""The cloud starts with every mend, or says which one does not fit."""

import pytest

from tests.conformance.experiments import run_inside

pytestmark = pytest.mark.embedded


def test_every_mend_that_is_written_is_applied() -> None:
    assert run_inside("mends_applied") == run_inside("mends_written")


def test_another_version_of_ministack_is_refused() -> None:
    refusal = run_inside("refusal_of_another_version")
    assert refusal == "ministack is 1.5.33; the mends are for 1.5.34"


def test_a_mend_whose_place_is_gone_is_named() -> None:
    assert run_inside("refusal_when_a_name_is_gone") == (
        "ministack lacks what is mended: "
        "stream_mappings needs services.lambda_svc:_poll_dynamodb_streams; "
        "template_tables needs services.cloudformation.provisioners:"
        "_RESOURCE_HANDLERS[AWS::DynamoDB::Table][update]"
    )
