"""The house rules that no off-the-shelf linter knows: a file in, its findings out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

LINES_PER_FILE_MAX = 300
LINES_PER_FUNCTION_MAX = 50

VAGUE_NAMES = {"base", "common", "helpers", "manager", "misc", "utils"}
SENTENCE_ENDS = (".", "!", "?", ":")
OUTSIDE = {"os", "random", "secrets", "socket", "subprocess", "time", "uuid"}
CLOCKS = {"now", "today", "utcnow"}
EFFECTS = {"float", "hash", "input", "open", "print"}
BLIND = {"BaseException", "Exception"}
ENTRY_POINTS = {"api", "messaging", "rest"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path below the repository, its text, its syntax tree."""

    path: PurePosixPath
    text: str
    tree: ast.Module = field(repr=False)

    @classmethod
    def parse(cls, path: str, text: str) -> Source:
        return cls(path=PurePosixPath(path), text=text, tree=ast.parse(text))

    @classmethod
    def read(cls, path: Path, *, root: Path) -> Source:
        return cls.parse(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))

    @property
    def is_pure(self) -> bool:
        """Domain, application, money and the contracts: values in, values out."""
        if {"application", "domain"} & set(self.path.parts):
            return True
        inside = self.path.as_posix().removeprefix("layers/shared/python/shared/")
        return inside == "money.py" or (inside.startswith("contracts/") and "codec" not in inside)

    @property
    def is_entry_point(self) -> bool:
        """Where an unexpected error is turned into an answer instead of ending the program."""
        return bool(ENTRY_POINTS & set(self.path.parts))

    def at(self, node: ast.AST, remedy: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {remedy}"


def findings(source: Source) -> list[str]:
    """Everything in this file that breaks a house rule; each line ends with what to do about it."""
    found = [*_shape(source), *_names(source)]
    if source.is_pure:
        found += _surprises(source)
    if source.path.parts[0] in {"functions", "layers"} and not source.is_entry_point:
        found += _blind_catches(source)
    return found


def _shape(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines > LINES_PER_FILE_MAX:
        yield f"{source.path}: {lines} lines; give its second subject a file of its own"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LINES_PER_FUNCTION_MAX:
                yield source.at(node, f"{node.name} has {length} lines; name its parts, below it")


def _names(source: Source) -> Iterator[str]:
    for part in (*source.path.parts[:-1], source.path.stem):
        if part in VAGUE_NAMES:
            yield f"{source.path}: '{part}' says nothing; name it for what it holds"
    docstring = ast.get_docstring(source.tree)
    if source.text.strip() and not docstring:
        yield f"{source.path}: open it with one sentence that says what it is for"
    elif docstring and not docstring.split("\n\n")[0].rstrip().endswith(SENTENCE_ENDS):
        yield f"{source.path}: its first paragraph is not a sentence; end it with a full stop"


def _surprises(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names):
                modules = [name.name for name in names]
            case ast.ImportFrom(module=str(module)):
                modules = [module]
            case _:
                modules = []
        for module in modules:
            if module.split(".")[0] in OUTSIDE:
                yield source.at(node, f"{module} is outside; take its value from api/ or a port")
        if remedy := _surprise(node):
            yield source.at(node, remedy)


def _surprise(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCKS:
            return f"{name}() reads a clock; take `now` as a value from api/"
        case ast.Name(id="float") | ast.Constant(value=float()):
            return "a float loses cents; use whole minor units (Money) or Fraction"
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
            return "`/` makes a float; use // or divmod, and name the rounding"
        case ast.Call(func=ast.Name(id=name)) if name in EFFECTS:
            return f"{name}() is an effect or not repeatable; it belongs in api/ or infrastructure/"
    return None


def _blind_catches(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(isinstance(kind, ast.Name) and kind.id in BLIND for kind in caught):
                yield source.at(node, "catch what you can name; only an entry point catches all")
