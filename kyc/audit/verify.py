"""Check an export of the audit trail: `python3 -I -S verify.py FILE [--head HEX]`.

Standard library alone, so that this one file can be copied anywhere and trusted by reading it.
Exit 0: verified. 1: not what was recorded, and the first bad seq is printed. 2: unreadable.

Each line is canonical JSON. Entry n has digest(n) = SHA-256(entry) and
hash(n) = SHA-256(hash(n-1) || digest(n)), where hash(0) stands for the chain's name.
"""

import argparse
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

_HEX: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,15}")
_LONGEST_LAST_LINE: Final = 4096


class Broken(Exception):
    """The chain does not hold from entry `seq` on."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"{why} (seq {seq})")
        self.seq = seq
        self.why = why


class Unreadable(Exception):
    """The file is no export, or is cut off."""


def genesis(chain: str) -> str:
    """What the first link takes for its predecessor: the chain's name is under the hash too."""
    return hashlib.sha256(f"permitdesk audit {chain}".encode()).hexdigest()


def linked(prev: str, digest: str) -> str:
    """Hash a link, hexadecimal in and out."""
    return hashlib.sha256(bytes.fromhex(prev) + bytes.fromhex(digest)).hexdigest()


def spelled(line: dict[str, Any]) -> bytes:
    """Write a line in the only form that is accepted."""
    text = json.dumps(
        line, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode() + b"\n"


class Chain:
    """A chain as far as it has been followed: `seq` entries, ending in `head`."""

    def __init__(self, name: str, *, seq: int = 0, head: str = "", published: str = "") -> None:
        self.name = name
        self.seq = seq
        self.head = head or genesis(name)
        self.proven = seq
        self.published = published
        self.passed = not published or self.head == published

    def follow(self, raw: bytes) -> None:
        """Take one more line, or raise Broken."""
        seq = self.seq + 1
        try:
            line = _parsed(raw)
        except ValueError as error:
            raise Broken(seq, "the line is damaged") from error
        if type(line.get("seq")) is not int or line["seq"] != seq:
            raise Broken(seq, "an entry is missing, doubled or out of its place")
        if line.keys() == {"digest", "seq"} and is_hash(line["digest"]):
            self._append(line["digest"])
        elif line.keys() == {"entry", "hash", "seq"} and isinstance(line["entry"], str):
            self._append(hashlib.sha256(line["entry"].encode()).hexdigest())
            if line["hash"] != self.head:
                raise Broken(seq, f"the entry does not match its hash{self._doubt(seq)}")
            self.proven = seq
        else:
            raise Broken(seq, "the line is neither an entry nor a digest")

    def end(self, *, count: int, head: str) -> None:
        """Compare with what the last line says, or raise Broken."""
        if count != self.seq:
            raise Broken(min(count, self.seq) + 1, "the last line counts other entries")
        if head != self.head:
            raise Broken(self.seq, f"the last line has another head{self._doubt(self.seq)}")
        if not self.passed:
            raise Broken(1, "the chain never passes through the published head")

    def _append(self, digest: str) -> None:
        self.head = linked(self.head, digest)
        self.seq += 1
        self.passed = self.passed or self.head == self.published

    def _doubt(self, seq: int) -> str:
        """A digest line carries no hash: it may be what was changed."""
        first = self.proven + 1
        return f", or a digest since {first} is wrong" if first < seq else ""


def verify_lines(lines: Iterable[bytes], last: bytes, *, published: str = "") -> Chain:
    """Follow an export: every line but the last, then the last. Raises Broken or Unreadable."""
    try:
        end = _parsed(last)
    except ValueError as error:
        raise Unreadable("the last line is no end of an export") from error
    if end.keys() != {"chain", "count", "head"}:
        raise Unreadable("the last line is no end of an export")
    name, count = end["chain"], end["count"]
    if not isinstance(name, str) or not _NAME.fullmatch(name) or type(count) is not int:
        raise Unreadable("the last line is no end of an export")
    chain = Chain(name, published=published)
    for line in lines:
        chain.follow(line)
    chain.end(count=max(count, 0), head=end["head"])
    return chain


def verify_file(file: BinaryIO, *, published: str = "") -> Chain:
    """Follow an export in an open file, line by line: it may be larger than memory."""
    last = _last_line(file)
    file.seek(0)
    return verify_lines(_all_but_the_last(file), last, published=published)


def _parsed(raw: bytes) -> dict[str, Any]:
    """Read a line; ValueError unless it is spelled to the byte as we would."""
    try:
        line = json.loads(raw.decode())
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(line, dict) or spelled(line) != raw:
        raise ValueError("not canonical")
    return line


def is_hash(value: object) -> bool:
    """Whether it is 64 lower-case hexadecimal digits."""
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def _last_line(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_LAST_LINE))
    tail = file.read()
    if not tail.endswith(b"\n"):
        raise Unreadable("the file is empty or cut off")
    return tail[:-1].rpartition(b"\n")[2] + b"\n"


def _all_but_the_last(file: Iterable[bytes]) -> Iterator[bytes]:
    held: bytes | None = None
    for line in file:
        if held is not None:
            yield held
        held = line


def _head(text: str) -> str:
    """A head as it is shown or written down: spaces and case do not matter."""
    head = "".join(text.split()).lower()
    if not _HEX.fullmatch(head):
        raise argparse.ArgumentTypeError("a head is 64 hexadecimal digits")
    return head


def main(arguments: list[str]) -> int:
    """Check one file and say what was found."""
    parser = argparse.ArgumentParser(description="Check an export of the audit trail.")
    parser.add_argument("file")
    parser.add_argument("--head", type=_head, help="a head published earlier")
    options = parser.parse_args(arguments)
    try:
        with open(options.file, "rb") as file:  # noqa: PTH123  # one import less to trust
            chain = verify_file(file, published=options.head or "")
    except Broken as broken:
        print(f"first bad seq: {broken.seq} ({broken.why})")
        return 1
    except Unreadable as unreadable:
        print(f"unreadable: {unreadable}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"unreadable: {error.strerror}", file=sys.stderr)
        return 2
    print(f"verified: chain {chain.name}, entries 1 to {chain.seq}, head {chain.head}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
