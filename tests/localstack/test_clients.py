"""Programs connect as users of LocalStack are used to, to either local cloud."""

import pytest
from localstack_client.session import Session

from apphost.local_cloud import Cloud
from tests.cloud import open_account

ACCOUNT = "000000000000"


@pytest.mark.parametrize("target", ["embedded", "localstack"])
def test_localstack_client_reads_the_table_that_we_wrote(
    request: pytest.FixtureRequest, target: str
) -> None:
    if target == "embedded":
        url: str = request.getfixturevalue("cloud_url")
    else:
        running: Cloud = request.getfixturevalue("running")
        url = running.url
    ours = open_account(url, ACCOUNT).client("dynamodb")
    ours.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    ours.put_item(TableName="orders", Item={"pk": {"S": "ord_1"}, "amount": {"N": "3998"}})

    session = Session(localstack_host=url.removeprefix("http://"))

    table = session.resource("dynamodb").Table("orders")
    assert table.get_item(Key={"pk": "ord_1"})["Item"] == {"pk": "ord_1", "amount": 3998}
    client = session.client("dynamodb")
    assert client.list_tables()["TableNames"] == ["orders"]


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "LOCALSTACK_HOST"])
def test_localstack_client_finds_the_cloud_by_its_variable(
    running: Cloud, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    value = running.url if variable == "AWS_ENDPOINT_URL" else running.url.removeprefix("http://")
    monkeypatch.setenv(variable, value)
    client = Session().client("sts")
    assert client.meta.endpoint_url == running.url
    assert client.get_caller_identity()["Account"] == ACCOUNT
