"""How anything reaches the local cloud: one endpoint, dummy credentials, never a real account."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

REGION = "us-east-1"
ACCOUNT = "000000000000"
ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105  the local cloud checks no credentials
LOOPBACK = "127.0.0.1"
NOWHERE = os.devnull


def environment(endpoint_url: str, env: Mapping[str, str]) -> dict[str, str]:
    """`env` for a child process: no profile, token or proxy can lead it past the local cloud."""
    kept = {name: value for name, value in env.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_CONFIG_FILE": NOWHERE,
        "AWS_SHARED_CREDENTIALS_FILE": NOWHERE,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": LOOPBACK,
        "no_proxy": LOOPBACK,
    }


def session() -> boto3.session.Session:
    return boto3.session.Session(
        aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION
    )


def secrets_manager(endpoint_url: str) -> "SecretsManagerClient":
    return session().client("secretsmanager", endpoint_url=endpoint_url, config=config())


def config() -> Config:
    """Short deadlines; no proxy, whatever the environment says."""
    return Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 3}, proxies={})
