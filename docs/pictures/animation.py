"""Animated PNGs: screenshots one after the other, of which all but the first keep what has changed only."""

import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from typing import Any

from playwright.async_api import Page

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANGED = """async ([before, after]) => {
  const read = async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const paper = new OffscreenCanvas(image.width, image.height).getContext("2d");
    paper.drawImage(image, 0, 0);
    return paper.getImageData(0, 0, image.width, image.height);
  };
  const now = await read(after), old = before && await read(before);
  const { width, height, data } = now;
  let [left, top, right, bottom] = [width - 1, height - 1, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (old && [0, 1, 2].every((n) => old.data[at + n] === data[at + n])) { data.fill(0, at, at + 4); continue; }
    for (let n = 0; n < 3; n++) data[at + n] = Math.min(255, Math.round(data[at + n] / 4) * 4); // few shades pack well
    const x = (at / 4) % width, y = Math.floor(at / 4 / width);
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
  }
  if (right < left) [left, top, right, bottom] = [0, 0, 0, 0];
  const canvas = new OffscreenCanvas(right - left + 1, bottom - top + 1);
  canvas.getContext("2d").putImageData(now, -left, -top);
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  return { x: left, y: top, png: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
}"""
"""Returns a screenshot, or the part of it that differs from the one before; what is alike in it is transparent."""


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each chunk's kind and data."""
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


async def animate(page: Page, frames: Sequence[tuple[bytes, float]]) -> bytes:
    """Return the screenshots, each held for its seconds, as one PNG that plays on and on; `page` is an empty one."""
    found: list[bytes] = []
    head, before, number = b"", "", 0
    for shot, seconds in frames:
        after = b64encode(shot).decode()
        part: dict[str, Any] = await page.evaluate(_CHANGED, [before, after])
        before, parts = after, [*chunks(b64decode(part["png"]))]
        size = parts[0][1]
        head = head or size
        held = (*struct.unpack(">II", size[:8]), part["x"], part["y"], round(seconds * 100), 100, 0, int(bool(found)))
        found.append(_chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, *held)))
        packed = zlib.compress(zlib.decompress(b"".join(data for kind, data in parts if kind == b"IDAT")), 9)
        first = number == 0
        found.append(_chunk(b"IDAT", packed) if first else _chunk(b"fdAT", struct.pack(">I", number + 1) + packed))
        number += 1 if first else 2
    control = _chunk(b"acTL", struct.pack(">II", len(frames), 0))
    return b"".join([SIGNATURE, _chunk(b"IHDR", head), control, *found, _chunk(b"IEND", b"")])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
