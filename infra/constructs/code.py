"""What goes into a function's zip: its service's package, and nothing of another service.

On AWS the dependencies and the shared package come as two layers. Each stack makes its own: a
layer exported to another stack could never be updated. A stage without layers gets everything in
one flat zip; imports are the same either way.
"""

from dataclasses import dataclass

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import layer_build
from infra.layer_build import ROOT, Package
from infra.stages import Stage

FUNCTIONS = ROOT / "functions"
SHARED = ROOT / "layers" / "shared" / "python" / "shared"
RUNTIME = lambda_.Runtime.PYTHON_3_13


@dataclass(frozen=True, slots=True)
class Bundle:
    """A function's code, and the layers below it."""

    code: lambda_.Code
    layers: list[lambda_.ILayerVersion]


def service_bundle(scope: Construct, service: str, stage: Stage) -> Bundle:
    """The code of one service; its layers are created in `scope`."""
    package = FUNCTIONS / service
    if not stage.layers:
        return Bundle(_asset(layer_build.flat_zip([package, SHARED], stage.wheels)), [])
    return Bundle(
        _asset(layer_build.sources_zip(package)),
        [
            _layer(scope, "Dependencies", layer_build.dependencies_layer(stage.wheels), stage),
            _layer(scope, "Shared", layer_build.shared_layer(SHARED), stage),
        ],
    )


def shared_bundle(scope: Construct, stage: Stage) -> Bundle:
    """The shared package as a function of its own: the gateway's authorizer."""
    if not stage.layers:
        return Bundle(_asset(layer_build.flat_zip([SHARED], stage.wheels)), [])
    dependencies = layer_build.dependencies_layer(stage.wheels)
    return Bundle(
        _asset(layer_build.sources_zip(SHARED)),
        [_layer(scope, "Dependencies", dependencies, stage)],
    )


def _layer(scope: Construct, name: str, package: Package, stage: Stage) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        f"{name}Layer",
        code=_asset(package),
        compatible_runtimes=[RUNTIME],
        compatible_architectures=[architecture(stage)],
    )


def architecture(stage: Stage) -> lambda_.Architecture:
    return {
        "arm64": lambda_.Architecture.ARM_64,
        "x86_64": lambda_.Architecture.X86_64,
    }[stage.architecture]


def _asset(package: Package) -> lambda_.AssetCode:
    """The digest of the inputs names the asset: other machines' zip libraries do not change it."""
    path, digest = package
    return lambda_.Code.from_asset(
        str(path), asset_hash=digest, asset_hash_type=AssetHashType.CUSTOM
    )
