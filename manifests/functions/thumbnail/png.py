"""Shrinks a PNG with nothing but zlib: 8 bits a channel, not interlaced."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type: grey, RGB, palette, grey and RGB with alpha
LARGEST = 2_000_000  # pixels: a few seconds in plain Python


class NotSupported(Exception):
    """Not a PNG, or not one that is read here."""


def shrink(image, side):
    """A PNG whose longer side has at most `side` pixels: each takes its nearest neighbour's colour."""
    try:
        width, height, colour, others, pixels = read(image)
    except (struct.error, zlib.error, IndexError, KeyError) as error:
        raise NotSupported("a damaged PNG") from error
    size = CHANNELS[colour]
    scale = max(width, height, side) / side
    new_width, new_height = max(1, int(width / scale)), max(1, int(height / scale))
    rows = []
    for y in range(new_height):
        row = pixels[int(y * scale)]
        at = [int(x * scale) * size for x in range(new_width)]
        rows.append(b"\0" + b"".join(row[start : start + size] for start in at))  # filter 0: as it is
    header = struct.pack(">IIBBBBB", new_width, new_height, 8, colour, 0, 0, 0)
    return SIGNATURE + b"".join(
        chunk(kind, data)
        for kind, data in [(b"IHDR", header), *others, (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")]
    )


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def read(image):
    """Width, height, colour type, palette chunks, and the rows of pixels."""
    if not image.startswith(SIGNATURE):
        raise NotSupported("not a PNG")
    chunks, at = [], len(SIGNATURE)
    while at < len(image):
        length, kind = struct.unpack_from(">I4s", image, at)
        chunks.append((kind, image[at + 8 : at + 8 + length]))
        at += length + 12
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or interlaced or not 0 < width * height <= LARGEST:
        raise NotSupported("a PNG with other than 8 bits a channel, interlaced, empty, or too large")
    line = width * CHANNELS[colour]
    packed = b"".join(data for kind, data in chunks if kind == b"IDAT")
    data = zlib.decompressobj().decompress(packed, (line + 1) * height)
    others = [(kind, data) for kind, data in chunks if kind in (b"PLTE", b"tRNS")]
    return width, height, colour, others, rows_of(data, line, height, CHANNELS[colour])


def rows_of(data, line, height, size):
    """Undoes the filter that each row of a PNG names in its first byte."""
    above, rows = bytes(line), []
    for y in range(height):
        start = y * (line + 1)
        kind, row = data[start], bytearray(data[start + 1 : start + 1 + line])
        if len(row) < line or kind > 4:
            raise NotSupported("a damaged PNG")
        for x in range(line if kind else 0):
            left, up = row[x - size] if x >= size else 0, above[x]
            corner = above[x - size] if x >= size else 0
            row[x] = (row[x] + (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]) & 255
        above = row
        rows.append(bytes(row))
    return rows


def paeth(left, up, corner):
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
