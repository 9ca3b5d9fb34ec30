"""Scripts and style sheets without what only their readers need: comments, indents, spaces beside signs."""

from __future__ import annotations

import re

PIECE = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<=[(,=:\[!&|?])\s*/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)
    |(?P<template>`)""",
    re.VERBOSE | re.DOTALL,
)
BESIDE = re.compile(r"[ \t]*([{}()\[\],;:?=<>&|!*])[ \t]*")
SUMS = re.compile(r"(?<![-+]) ([-+/%]=?) (?![-+])")  # `a - -b` keeps its spaces
STYLE_SIGNS = re.compile(r"\s*([{};,])\s*")


def lean_script(text: str) -> str:
    """A script that does the same. Texts, templates and patterns stay as they are, and every statement on its line."""
    code, kept, at = [], [], 0
    while found := PIECE.search(text, at):
        code.append(text[at : found.start()])
        at = found.end()
        if found["comment"]:
            continue
        if found["template"]:
            at = _after_template(text, at)
        code.append(f"\0{len(kept)}\0")
        kept.append(text[found.start() : at])
    lines = (line.strip() for line in "".join([*code, text[at:]]).splitlines())
    joined = SUMS.sub(r"\1", "\n".join(line for line in lines if line))
    joined = BESIDE.sub(r"\1", joined)
    joined = re.sub(r"([{(\[,;])\n", r"\1", joined)  # none of these ends a statement that the next line could go on
    return re.sub("\0([0-9]+)\0", lambda number: kept[int(number[1])].strip(), joined) + "\n"


def _after_template(text: str, at: int) -> int:
    """Where a template ends whose inside begins at a position; code within it may hold templates of its own."""
    depth = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text.startswith("${", at):
            depth += 1
            at += 1
        elif depth and text[at] == "}":
            depth -= 1
        elif depth and text[at] == "`":
            at = _after_template(text, at + 1) - 1
        elif text[at] == "`":
            return at + 1
        at += 1
    return at


def lean_style(text: str) -> str:
    """A style sheet that does the same."""
    text = STYLE_SIGNS.sub(r"\1", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).replace(";}", "}")
    return re.sub(r"(?<=[{;])([\w-]+): ", r"\1:", text).strip() + "\n"
