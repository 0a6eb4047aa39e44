"""How large a workbook may be: judged before it is opened, and by really inflating it, whatever its directory says."""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping

from impact_analytics.datafiles import Unusable
from impact_analytics.sheets.sentences import said

MB = 1_000_000
LARGEST = 10 * MB  # of a file
INFLATED = 40 * MB  # of all that is in it
RATIO = 200  # of what is inflated to what was packed, beyond LEAST_JUDGED
LEAST_JUDGED = 2 * MB
MEMBERS = 500
WORKSHEETS = 40
CHUNK = 64 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WANTED = ("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
OTHERS = {"content.xml": "OpenDocument", "word/document.xml": "Word", "ppt/presentation.xml": "PowerPoint"}
OTHERS |= {"xl/workbook.bin": "Excel .xlsb"}
DECLARED = (b"<!DOCTYPE", b"<!ENTITY")
ENCODING = re.compile(rb"""\s*(?:\xef\xbb\xbf)?<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)""")
TEXTS = re.compile(rb"""<(?:[\w.-]+:)?sst\b(?:[^>"']|"[^"]*"|'[^']*')*>""")
COUNTED = re.compile(rb"""\s(?:uniqueCount|count)\s*=\s*(?:"[^"]*"|'[^']*')""")
XML = (".xml", ".rels", ".vml")
LOCAL_HEADER = struct.Struct("<4s5H3L2H")


def members(name: str, content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook, inflated; raise Unusable for what is too large or no workbook."""
    _judge_file(name, content)
    listed = _listed(name, content)
    _judge_listed(name, listed)
    inflated = dict(_inflated(name, content, listed))
    for part, text in inflated.items():
        if part.endswith(XML) and not _harmless(text):
            raise _damaged(name, part)
    return inflated


def archived(members: Mapping[str, bytes]) -> bytes:
    """Return parts as an archive of our own, so that a reader sees the very bytes that were judged.

    calamine makes room for as many texts as the part of texts says there are, and dies where that is a lie.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for part, text in members.items():
            archive.writestr(part, TEXTS.sub(lambda tag: COUNTED.sub(b"", tag[0]), text) if b"sst" in text else text)
    return file.getvalue()


def _harmless(text: bytes) -> bool:
    """Say whether XML is UTF-8, as every spreadsheet writes it, and declares no entities."""
    encoding = ENCODING.match(text)
    plain = encoding is None or encoding[1].lower() in (b"utf-8", b"us-ascii")
    return plain and b"\0" not in text and not any(word in text for word in DECLARED)


def _judge_file(name: str, content: bytes) -> None:
    if len(content) > LARGEST:
        found = f"{-(-len(content) // MB)}"
        raise Unusable(said("error", "too_big", name, found=found, most=LARGEST // MB))
    if content.startswith(OLE):
        raise Unusable(said("error", "encrypted" if ENCRYPTED in content else "old_workbook", name))
    if content.startswith(b"%PDF"):
        raise Unusable(said("error", "other_format", name, found="PDF"))
    if not content.startswith(b"PK\x03\x04"):
        raise Unusable(said("error", "not_workbook", name))


def _listed(name: str, content: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError) as error:
        raise _damaged(name, "zip") from error


def _judge_listed(name: str, listed: list[zipfile.ZipInfo]) -> None:
    names = Counter(info.filename for info in listed)
    other = [called for part, called in OTHERS.items() if part in names]
    if other:
        raise Unusable(said("error", "other_format", name, found=other[0]))
    if any(part not in names for part in WANTED):
        raise Unusable(said("error", "not_workbook", name))
    if any(part.endswith("vbaProject.bin") for part in names):
        raise Unusable(said("error", "macros", name))
    if any(part.startswith("xl/embeddings/") for part in names):
        raise Unusable(said("error", "embedded", name))
    if max(names.values()) > 1 or any("\\" in part for part in names):
        raise _damaged(name, "zip")
    _judge_sizes(name, listed)


def _judge_sizes(name: str, listed: list[zipfile.ZipInfo]) -> None:
    if len(listed) > MEMBERS or sum(info.file_size for info in listed) > INFLATED:
        raise _swollen(name)
    worksheets = sum(info.filename.startswith("xl/worksheets/") for info in listed if info.filename.endswith(".xml"))
    if worksheets > WORKSHEETS:
        raise Unusable(said("error", "many_sheets", name, found=worksheets, most=WORKSHEETS))
    for info in listed:
        if info.flag_bits & 1:
            raise Unusable(said("error", "encrypted", name))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _damaged(name, info.filename)


def _inflated(name: str, content: bytes, listed: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Inflate every part, stopping as soon as there is more than is allowed or than the directory said."""
    total = 0
    for info in listed:
        packed = _packed(name, content, info)
        room = min(INFLATED - total, info.file_size)
        text = _inflate(packed, room + 1) if info.compress_type == zipfile.ZIP_DEFLATED else packed[: room + 1]
        total += len(text)
        if total > INFLATED or (total > LEAST_JUDGED and total > RATIO * len(content)):
            raise _swollen(name)
        if len(text) != info.file_size or zlib.crc32(text) != info.CRC:
            raise _damaged(name, info.filename)
        yield info.filename, text


def _packed(name: str, content: bytes, info: zipfile.ZipInfo) -> bytes:
    start = info.header_offset
    header = content[start : start + LOCAL_HEADER.size]
    if len(header) < LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise _damaged(name, info.filename)
    *_, name_length, extra_length = LOCAL_HEADER.unpack(header)
    start += LOCAL_HEADER.size + name_length + extra_length
    return content[start : start + info.compress_size]


def _inflate(packed: bytes, most: int) -> bytes:
    """Inflate no more than so many bytes; what cannot be inflated is short."""
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    text = bytearray()
    try:
        while len(text) < most and not machine.eof:
            chunk = machine.decompress(packed, min(CHUNK, most - len(text)))
            packed = machine.unconsumed_tail
            text += chunk
            if not chunk and not packed:
                break
    except zlib.error:
        return bytes(text[:-1])
    return bytes(text)


def _swollen(name: str) -> Unusable:
    return Unusable(said("error", "swollen", name, most=f"{INFLATED // MB} MB"))


def _damaged(name: str, reason: str) -> Unusable:
    return Unusable(said("error", "damaged", name, reason=reason))
