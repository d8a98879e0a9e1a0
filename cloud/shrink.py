"""Removes from files of the unpacked zip what no program reads at run time."""

import gzip
import json
import struct
from collections.abc import Collection
from pathlib import Path
from typing import Any

_ELF64_LITTLE_ENDIAN = b"\x7fELF\x02\x01"
_SYMBOL_TABLE = 2


def shrink(folder: Path, services: Collection[str]) -> None:
    """Keep the behaviour of all packages, and the data of these AWS services."""
    for path in folder.glob("*.dist-info/METADATA"):
        # The headers; the package's README follows.
        path.write_bytes(path.read_bytes().partition(b"\n\n")[0] + b"\n")
    data = folder / "botocore" / "data"
    for path in data.glob("*/*/*.json.gz"):
        model = json.loads(gzip.decompress(path.read_bytes()), object_hook=_without_documentation)
        path.write_bytes(gzip.compress(_dump(model), mtime=0))
    for path in data.glob("endpoints.json"):
        path.write_bytes(_dump(_select_services(json.loads(path.read_bytes()), services)))
    for path in folder.rglob("*.so"):
        path.write_bytes(clear_symbols(path.read_bytes()))


def _dump(value: Any) -> bytes:  # noqa: ANN401  any JSON
    return json.dumps(value, separators=(",", ":")).encode()


def _without_documentation(value: dict[str, Any]) -> dict[str, Any]:
    """Empty a text, which botocore requires in places, and no field that has this name."""
    return value | {"documentation": ""} if isinstance(value.get("documentation"), str) else value


def _select_services(endpoints: dict[str, Any], services: Collection[str]) -> dict[str, Any]:
    for partition in endpoints["partitions"]:
        every = partition["services"]
        partition["services"] = {name: every[name] for name in every if name in services}
    return endpoints


def clear_symbols(library: bytes) -> bytes:
    """Overwrite an ELF library's symbols for debuggers with zeros, which compress to nothing.

    ``strip`` does it for the processor of this machine alone, and is not on every machine. The
    symbols with which libraries are loaded are in other sections.
    """
    if not library.startswith(_ELF64_LITTLE_ENDIAN):
        return library
    (table,) = struct.unpack_from("<Q", library, 40)
    size, count = struct.unpack_from("<HH", library, 58)
    headers = [struct.unpack_from("<IIQQQQI", library, table + n * size) for n in range(count)]
    cleared = bytearray(library)
    for header in headers:
        if header[1] == _SYMBOL_TABLE:
            names = headers[header[6]]
            for offset, length in (header[4:6], names[4:6]):
                cleared[offset : offset + length] = bytes(length)
    return bytes(cleared)
