"""Nothing a developer has configured can lead the local platform to a real account."""

from apphost.local_aws import environment


def test_profiles_tokens_and_proxies_do_not_reach_a_child() -> None:
    env = environment(
        "http://127.0.0.1:4566",
        {
            "PATH": "/bin",
            "AWS_PROFILE": "production",
            "AWS_SESSION_TOKEN": "t",
            "AWS_ACCESS_KEY_ID": "AKIA",
            "HTTPS_PROXY": "http://proxy",
        },
    )
    assert env["PATH"] == "/bin"
    assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert env["AWS_ACCESS_KEY_ID"] == "test"
    assert env["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert env["NO_PROXY"] == "127.0.0.1"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(env)
