"""The API keys of this stage, read from Secrets Manager when first needed."""

import os
import time
from functools import cache

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from shared.errors.taxonomy import AccessUnavailable
from shared.rest.access import ApiKeys


@cache
def api_keys() -> ApiKeys:
    client = boto3.client("secretsmanager")
    name = os.environ["API_KEYS_SECRET"]

    def load() -> str:
        try:
            return client.get_secret_value(SecretId=name)["SecretString"]
        except (ClientError, BotoCoreError) as error:
            raise AccessUnavailable("the secret of API keys cannot be read") from error

    return ApiKeys(load=load, seconds=time.monotonic)
