// Reads which kind of picture a file is, and its size in pixels, from its first bytes. A file that
// claims more pixels than a page can decode, or has an unusual header, is not a picture.

const MOST = 40_000_000 // pixels
const JPEG_SIZES = [0xc0, 0xc1, 0xc2] // the frames that browsers decode

const jpeg = (at, read) => {
  for (let place = 2; read.getUint8(place) === 0xff;) {
    const marker = read.getUint8(place + 1)
    if (JPEG_SIZES.includes(marker)) return [read.getUint16(place + 7), read.getUint16(place + 5)]
    const isSegment = marker === 0xc4 || marker >= 0xdb && marker <= 0xfe
    if (!isSegment) return
    place += 2 + read.getUint16(place + 2)
  }
}

const png = (at, read) => at(12, 'IHDR') && [read.getUint32(16), read.getUint32(20)]

// The first frame may be larger than the screen that the header announces.
const gif = (at, read) => {
  const number = (place) => read.getUint16(place, true)
  const flags = read.getUint8(10)
  let place = 13 + (flags & 0x80 ? 3 * 2 ** (1 + (flags & 7)) : 0)
  while (read.getUint8(place) === 0x21) { // extensions
    place += 2
    while (read.getUint8(place)) place += 1 + read.getUint8(place)
    place += 1
  }
  if (read.getUint8(place) !== 0x2c) return
  return [6, 8].map((side, index) =>
    Math.max(number(side), number(place + 1 + 2 * index) + number(place + 5 + 2 * index)))
}

const webp = (at, read) => {
  const bits = (place) => read.getUint32(place, true)
  if (at(12, 'VP8X')) return [24, 27].map((place) => 1 + (bits(place) & 0xffffff))
  if (at(12, 'VP8L')) return [0, 14].map((shift) => 1 + (bits(21) >> shift & 0x3fff))
  if (at(12, 'VP8 ')) return [26, 28].map((place) => bits(place) & 0x3fff)
}

const KINDS = [
  [jpeg, (at) => at(0, '\xff\xd8\xff')],
  [png, (at) => at(0, '\x89PNG\r\n\x1a\n')],
  [gif, (at) => at(0, 'GIF87a') || at(0, 'GIF89a')],
  [webp, (at) => at(0, 'RIFF') && at(8, 'WEBPVP')],
]

// Returns [width, height], or nothing for a file that must not be decoded.
export default (bytes) => {
  const read = new DataView(bytes.buffer)
  const at = (place, text) => [...text].every((one, i) => bytes[place + i] === one.charCodeAt(0))
  try {
    const [size] = KINDS.find(([, isKind]) => isKind(at)) ?? []
    const [width, height] = size?.(at, read) ?? []
    return width && height && width * height <= MOST ? [width, height] : undefined
  } catch { // a RangeError, because the file is too short
  }
}
