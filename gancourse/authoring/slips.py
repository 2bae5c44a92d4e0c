"""Slips of the pen, made by machine: every small change to a right answer that might be a mistake.

`slips(source)` gives each with a readable name. Changed are constants, operators, comparisons, calls and
their arguments, indices, defaults, conditions, loops and statements; `detach`, `no_grad`, `clamp` and the
like go missing; what makes a new tensor works in place; double precision becomes single. Not all of them
are mistakes: a lesson's mutants.py excuses those that change nothing that matters.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from typing import Any

import torch

SWAPPED: dict[str, tuple[str, ...]] = {
    "mean": ("sum",),
    "sum": ("mean",),
    "min": ("max",),
    "max": ("min",),
    "argmin": ("argmax",),
    "argmax": ("argmin",),
    "amin": ("amax",),
    "amax": ("amin",),
    "any": ("all",),
    "all": ("any",),
    "zeros": ("ones",),
    "new_zeros": ("new_ones",),
    "zeros_": ("ones_",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "rand": ("randn",),
    "randn": ("rand",),
    "sqrt": ("square",),
    "square": ("abs", "sqrt"),
    "abs": ("square",),
    "exp": ("expm1",),
    "log": ("log2", "log1p"),
    "sin": ("cos",),
    "acos": ("asin",),
    "sigmoid": ("tanh",),
    "softplus": ("relu",),
    "norm": ("sum",),
    "var": ("std",),
    "std": ("var",),
    "trace": ("sum",),
    "cat": ("stack",),
    "stack": ("cat",),
    "double": ("float",),
    "float64": ("float32",),
    "float": ("double",),
    "parameters": ("buffers",),
    "buffers": ("parameters",),
    "values": ("indices",),
    "indices": ("values",),
    "normal_": ("uniform_",),
    "logsumexp": ("sum", "amax"),
    "kthvalue": ("topk",),
    "Tanh": ("Sigmoid", "Identity"),
    "ReLU": ("LeakyReLU", "Identity"),
    "LeakyReLU": ("ReLU", "Identity"),
    "BatchNorm2d": ("InstanceNorm2d", "Identity"),
    "Conv2d": ("ConvTranspose2d",),
    "ConvTranspose2d": ("Conv2d",),
    "isfinite": ("isnan", "isinf"),
}
"""Names taken for one another, by the last part of a call's or an attribute's name."""

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Pow: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.MatMult: (ast.Mult,),
}
CONTEXT = (ast.expr, ast.keyword, ast.arguments, ast.Slice)
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


def slips(source: str) -> dict[str, str]:
    """All slips in a source, by name: "`what stands there` → `what is written`", numbered where that comes twice."""
    tree = ast.parse(source)
    found: dict[str, str] = {}
    seen = {ast.dump(tree)}
    for name, changed in changes(tree):
        try:
            code = ast.unparse(ast.fix_missing_locations(changed)) + "\n"
            dump = ast.dump(ast.parse(code))
        except (SyntaxError, ValueError):
            continue
        if dump in seen:
            continue
        seen.add(dump)
        known = sum(name == other.split(" (no. ")[0] for other in found)
        found[f"{name} (no. {known + 1})" if known else name] = code
    return found


def changes(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Each changed tree, with the change's name."""
    nodes = list(ast.walk(tree))
    number = {id(node): i for i, node in enumerate(nodes)}
    above = {id(child): node for node in nodes for child in ast.iter_child_nodes(node)}
    for node in nodes:
        for field, i in parts(node):
            part = part_of(node, field, i)
            shown = in_context(part, above)
            for new in others(part, node) if isinstance(part, ast.expr) else other_statements(part):
                changed = copy.deepcopy(tree)
                twins = list(ast.walk(changed))
                put_in(twins[number[id(node)]], field, i, copy.deepcopy(new))
                now = new if shown is part else twins[number[id(shown)]]
                yield f"{quoted(shown)} → {quoted(now)}", changed


def in_context(part: ast.AST, above: dict[int, ast.AST]) -> ast.AST:
    """What a slip's name quotes: the part or, where that is as short as `1`, what it stands in."""
    while isinstance(part, CONTEXT) and len(ast.unparse(part)) <= 8 and isinstance(above[id(part)], CONTEXT):
        part = above[id(part)]
    return part


def parts(node: ast.AST) -> Iterator[tuple[str, int | None]]:
    """A node's own parts that may be changed: the field's name, and the index where it is a list."""
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.keyword) and node.arg == "strict":
            return
        if isinstance(value, ast.expr) and isinstance(getattr(value, "ctx", ast.Load()), ast.Load):
            yield name, None
        elif isinstance(value, list):
            for i, part in enumerate(value):
                loaded = isinstance(part, ast.expr) and name not in ("targets", "decorator_list")
                if loaded or isinstance(part, ast.stmt):
                    yield name, i


def part_of(node: ast.AST, name: str, i: int | None) -> Any:
    return getattr(node, name) if i is None else getattr(node, name)[i]


def put_in(node: ast.AST, name: str, i: int | None, new: Any) -> None:
    """Put another part there: a list of statements takes the place of one."""
    if i is None:
        setattr(node, name, new)
    elif isinstance(new, list):
        getattr(node, name)[i : i + 1] = new
        if not getattr(node, name):
            getattr(node, name).append(ast.Pass())
    else:
        getattr(node, name)[i] = new


def quoted(thing: Any) -> str:
    """A piece of source for a slip's name, on one line."""
    if isinstance(thing, list):
        return " ".join(f"`{unparsed_line(one)}`" for one in thing) or "nothing"
    return f"`{unparsed_line(thing)}`"


def unparsed_line(node: ast.AST) -> str:
    lines = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).splitlines()
    return lines[0] + (" …" if len(lines) > 1 else "")


def others(node: Any, parent: ast.AST) -> Iterator[ast.expr]:
    """What might stand in an expression's place."""
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            opposite = value if isinstance(parent, ast.Subscript) else -value  # x.shape[-1] is as good as x.shape[1]
            yield from (ast.Constant(other) for other in sorted({value + 1, value - 1, 0, opposite} - {value}))
        case ast.Constant(value=float() as value):
            yield from (ast.Constant(other) for other in (0.0, 2 * value, value / 2, -value) if other != value)
        case ast.BinOp(left, op, right):
            yield from (ast.BinOp(left, other(), right) for other in OPERATORS.get(type(op), ()))
            if isinstance(op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow | ast.MatMult):
                yield ast.BinOp(right, op, left)
            yield left
            yield right
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield operand
        case ast.Compare(left, [op], [right]):
            yield from (ast.Compare(left, [other()], [right]) for other in COMPARISONS.get(type(op), ()))
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            yield from values
        case ast.IfExp(test, body, orelse):
            yield from (body, orelse, ast.IfExp(test, orelse, body))
        case ast.Tuple(elts) | ast.List(elts) if len(elts) > 1:
            kind = type(node)
            for i in range(len(elts) - 1):
                yield kind([*elts[:i], elts[i + 1], elts[i], *elts[i + 2 :]], ast.Load())
            yield from (kind([*elts[:i], *elts[i + 1 :]], ast.Load()) for i in range(len(elts)))
        case ast.Subscript(value, index):
            yield value
            if isinstance(index, ast.Slice):
                for edge in ("lower", "upper", "step"):
                    if getattr(index, edge) is not None:
                        yield ast.Subscript(value, node_with(index, **{edge: None}), ast.Load())
        case ast.Attribute(value, attr):
            if not isinstance(parent, ast.Call) or parent.func is not node:
                yield from (ast.Attribute(value, other, ast.Load()) for other in SWAPPED.get(attr, ()))
                if not isinstance(value, ast.Name) or attr in ("T", "values"):
                    yield value
        case ast.Call():
            yield from other_calls(node)
        case ast.ListComp(generators=generators) | ast.GeneratorExp(generators=generators):
            for i, generator in enumerate(generators):
                for j in range(len(generator.ifs)):
                    fewer = node_with(generator, ifs=[*generator.ifs[:j], *generator.ifs[j + 1 :]])
                    yield node_with(node, generators=[*generators[:i], fewer, *generators[i + 1 :]])


def other_calls(call: ast.Call) -> Iterator[ast.expr]:
    """What might stand in a call's place: another name, fewer or swapped arguments, in place, or no call at all."""
    func, args, keywords = call.func, call.args, call.keywords
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    method = isinstance(func, ast.Attribute) and not names_module(func.value)
    for other in SWAPPED.get(name, ()):
        named = node_with(func, attr=other) if isinstance(func, ast.Attribute) else ast.Name(other, ast.Load())
        yield node_with(call, func=named)
    if isinstance(func, ast.Attribute) and method:
        yield func.value
        if hasattr(torch.Tensor, f"{name}_"):
            yield node_with(call, func=node_with(func, attr=f"{name}_"))
        if name.endswith("_") and hasattr(torch.Tensor, name[:-1]):
            yield node_with(call, func=node_with(func, attr=name[:-1]))
    yield from (arg for arg in args if not isinstance(arg, ast.Starred))
    for i in range(len(args) - 1):
        yield node_with(call, args=[*args[:i], args[i + 1], args[i], *args[i + 2 :]])
    for i in range(len(args)):
        yield node_with(call, args=[*args[:i], *args[i + 1 :]])
    for i in range(len(keywords)):
        if keywords[i].arg != "strict":  # it guards, and changes nothing
            yield node_with(call, keywords=[*keywords[:i], *keywords[i + 1 :]])


def other_statements(node: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    """What might stand in a statement's place."""
    match node:
        case ast.FunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom() | ast.Pass():
            return
        case ast.Return(value):
            if value is not None:
                yield [ast.Expr(value)]
            return
        case ast.If(test, body, orelse):
            yield [node_with(node, test=ast.UnaryOp(ast.Not(), test))]
            yield body
            yield orelse
            return
        case ast.With(_, body):
            yield body
        case ast.For(_, _, body) | ast.While(_, body):
            yield [node_with(node, body=[*body, ast.Break()])]
        case ast.AugAssign(target, op, value):
            yield [ast.Assign([target], value)]
            yield from ([ast.AugAssign(target, other(), value)] for other in OPERATORS.get(type(op), ()))
        case ast.Assign([ast.Name(name)], ast.BinOp(ast.Name(left), op, value)) if name == left:
            yield [ast.AugAssign(ast.Name(name, ast.Store()), op, value)]
    yield []


def names_module(node: ast.AST) -> bool:
    """Whether a name is a module's, by the names that lessons import."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("torch", "F", "nn", "math", "np")


def node_with(node: Any, **fields: Any) -> Any:
    """A node of the same kind with some fields changed."""
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})
