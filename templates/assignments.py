"""Prints what the Python module on standard input assigns, one JSON text per line.

The module is parsed and never run. What a name is in the end is known if its last binding is a
literal at the top level; any other binding (in an `if`, by `+=`, by an import) leaves it out.
Works with Python 3.8 and newer. Read by src/engines/import/python.rs.
"""

import ast
import json
import sys

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COLLECTIONS = (ast.Tuple, ast.List, ast.Set, ast.Dict)
# Why a name is left out. No part of the module is in these.
BLOCK = "it is set in a block, which may not run, or more than once"
BYTES = "an environment cannot hold bytes; write it without the b, or as base64"
CALL = "the value is the result of a call or a lookup, not a literal"
COLLECTION = "an environment cannot hold a collection"
COMPLEX = "an environment cannot hold a complex number"
COMPUTED = "the value is computed"
DELETED = "it is deleted"
ELLIPSIS = "an environment cannot hold `...`"
FORMATTED = "an f-string is computed; write it out, or as a template in secrets.toml"
NONE = "an environment cannot hold None"
REBOUND = "another line of the module makes it something else"
SEVERAL = "it is one of several names, set at once"
STAR = "`import *` on line {} may make it something else"
SURROGATE = "the text holds half a surrogate pair, which is not a character"
STATEMENTS = {ast.Assign: COMPUTED, ast.AnnAssign: COMPUTED, ast.AugAssign: COMPUTED, ast.Delete: DELETED}
# Patterns of `match` exist from Python 3.10 on, and template strings from 3.14.
PATTERNS = {"MatchAs": "name", "MatchStar": "name", "MatchMapping": "rest"}
TEMPLATES = ("JoinedStr", "TemplateStr")


def literal(node):
    """The text of a literal and None, or None and why it has no text."""
    sign, operand = None, node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.UAdd, ast.USub)):
        sign, operand = node.op, node.operand
    if isinstance(operand, ast.Constant):
        value = operand.value
        if sign is None or type(value) in (int, float, complex):
            return text(-value if isinstance(sign, ast.USub) else value)
    if type(node).__name__ in TEMPLATES:
        return None, FORMATTED
    if isinstance(node, COLLECTIONS):
        return None, COLLECTION
    return None, CALL if isinstance(node, (ast.Call, ast.Subscript)) else COMPUTED


def text(value):
    """`str()` of a constant, as `literal` gives it."""
    if not isinstance(value, (str, int, float)):
        return None, {type(None): NONE, bytes: BYTES, complex: COMPLEX}.get(type(value), ELLIPSIS)
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return None, SURROGATE
    return str(value), None


class Module:
    def __init__(self):
        self.found = []  # [name, line, text or None, None or why it is left out]
        self.names = set()
        self.globals = []

    def bindings(self, tree):
        """How, by which name and on which line `tree` binds names of the module."""
        nodes = [(tree, False)]
        while nodes:
            node, inner = nodes.pop()
            children = list(ast.iter_child_nodes(node))
            line = getattr(node, "lineno", 0)
            if isinstance(node, ast.Global):
                self.globals += [(name, line) for name in node.names]
            elif isinstance(node, SCOPES):
                if not inner:
                    yield REBOUND, node.name, line
                inner = True
            elif inner:
                pass
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    yield REBOUND, name, getattr(alias, "lineno", line)
            elif isinstance(node, ast.comprehension):
                children = [node.iter, *node.ifs]  # its names are its own
            elif isinstance(node, ast.ExceptHandler) and node.name:
                yield REBOUND, node.name, line
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                yield BLOCK, node.id, line
            elif getattr(node, PATTERNS.get(type(node).__name__, ""), None):
                yield BLOCK, getattr(node, PATTERNS[type(node).__name__]), line
            # By hand instead of by recursion: no depth is too deep.
            nodes += [(child, inner) for child in reversed(children)]

    def bind(self, name, line, value, problem):
        self.names.add(name)
        self.found.append([name, line, value, problem])

    def leave_out(self, tree, reason=None):
        for how, name, line in self.bindings(tree):
            if name == "*":
                for found in self.found:
                    found[2:] = None, STAR.format(line)
            elif how != REBOUND:
                self.bind(name, line, None, reason or how)
            else:
                self.rebind(name, line)

    def rebind(self, name, line):
        """`name` is something else from here on, which only matters if it was a variable before."""
        if name in self.names:
            self.bind(name, line, None, REBOUND)

    def statement(self, node):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            self.leave_out(node, STATEMENTS.get(type(node)))
        elif node.value:
            self.leave_out(node.value, COMPUTED)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    self.bind(target.id, target.lineno, *literal(node.value))
                else:
                    self.leave_out(target, SEVERAL)


def main():
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(200_000)  # more than a variable holds
    source = sys.stdin.buffer.read().decode()
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        print(json.dumps({"syntax": [max(error.lineno or 1, 1), max(error.offset or 1, 1)]}))
        return
    except ValueError:  # a NUL, before Python 3.12
        before = source.partition("\0")[0]
        print(json.dumps({"syntax": [before.count("\n") + 1, len(before) - before.rfind("\n")]}))
        return
    except (MemoryError, RecursionError):
        print(json.dumps("deep"))
        return
    module = Module()
    for node in tree.body:
        module.statement(node)
    for name, line in module.globals:
        module.rebind(name, line)
    for found in module.found:
        print(json.dumps({"found": found}))


main()
