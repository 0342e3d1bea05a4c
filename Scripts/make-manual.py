#!/usr/bin/env python3
"""The manual page of pare, in man(7)'s macros, from what the program says of itself.

    pare --experimental-dump-help | Scripts/make-manual.py VERSION > pare.1

One section a command; what the program says is not said twice, so the page is as new as the program.
"""

import json
import sys


def escape(text):
    """A text as roff prints it: backslashes, and a point or an apostrophe at the start of a line."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join(("\\&" if line[:1] in (".", "'") else "") + line for line in lines)


def names(argument):
    """`-o, --output <file>`, or `<model>` for what stands without a name."""
    value = f" \\fI{escape(argument['valueName'])}\\fR" if argument["kind"] != "flag" and argument.get("valueName") else ""
    if argument["kind"] == "positional":
        word = f"\\fI{escape(argument.get('valueName', ''))}\\fR"
        word += "..." if argument.get("isRepeating") else ""
        return f"[{word}]" if argument.get("isOptional") else word
    words = []
    for name in sorted(argument.get("names", []), key=lambda name: name["kind"] == "long"):
        dash = "\\-\\-" if name["kind"] == "long" else "\\-"
        words.append(f"\\fB{dash}{escape(name['name'])}\\fR")
    return ", ".join(words) + value


def described(argument):
    """The sentence of an option, with its choices and its default."""
    text = escape(argument.get("abstract", ""))
    if argument.get("allValues") and argument.get("valueName"):
        text += f" One of {escape(', '.join(argument['allValues']))}."
    if argument.get("defaultValue") not in (None, ""):
        text += f" Default: {escape(argument['defaultValue'])}."
    return text


def arguments(command, common=()):
    """The options of a command, without those that every command has."""
    lines = []
    for argument in command.get("arguments", []):
        if not argument.get("shouldDisplay", True) or any(name["name"] in common for name in argument.get("names", [])):
            continue
        lines += [".TP", names(argument), described(argument)]
    return lines


def discussion(text):
    """Examples and other tables as they are, all else as paragraphs."""
    lines = []
    for block in text.split("\n\n"):
        head, *rest = block.split("\n")
        if head.endswith(":") and head[:-1].isupper():
            lines += [".PP", f"\\fB{escape(head[:-1].capitalize())}\\fR", ".nf", escape("\n".join(rest)), ".fi"]
        else:
            lines += [".PP", escape(block)]
    return lines


def section(command, path):
    """A command with its options, then its own commands."""
    if not command.get("shouldDisplay", True) or command["commandName"] == "help":
        return []
    name = f"{path} {command['commandName']}"
    lines = [f".SS {escape(name)}", escape(command.get("abstract", ""))] + discussion(command.get("discussion", ""))
    lines += arguments(command, common=("help", "version"))
    for inner in command.get("subcommands", []):
        lines += section(inner, name)
    return lines


def page(command, version):
    name = command["commandName"]
    lines = [
        f'.TH {name.upper()} 1 "" "{name} {version}" "User Commands"', ".SH NAME", f"{name} \\- {escape(command['abstract'])}",
        ".SH SYNOPSIS", f"\\fB{name}\\fR [\\fIcommand\\fR] [\\fIoptions\\fR]", ".SH DESCRIPTION",
        f"Without a command \\fB{name} {command['defaultSubcommand']}\\fR is run. \\fB\\-\\-help\\fR behind a command prints this page's "
        "part of it, \\fB\\-\\-version\\fR the version.",
    ]
    lines += discussion(command.get("discussion", "")) + [".SH OPTIONS"] + arguments(command) + [".SH COMMANDS"]
    for inner in command["subcommands"]:
        lines += section(inner, name)
    lines += [
        ".SH ENVIRONMENT", ".TP", "\\fBPARE_HOME\\fR", "The folder with Models, Themes and Sessions as shipped.", ".TP",
        "\\fBPARE_SESSIONS\\fR", "The folder where sessions are kept.", ".TP", "\\fBPARE_DATA\\fR",
        "The examples, where no option names them.", ".SH FILES", f"\\fB{name} \\-\\-paths\\fR prints the folders that are used.",
    ]
    return "\n".join(line for line in lines if line) + "\n"


if __name__ == "__main__":
    print(page(json.load(sys.stdin)["command"], sys.argv[1]), end="")
