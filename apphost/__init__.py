"""The local cloud: start it, deploy the CDK app to it, seed it, stop it."""
