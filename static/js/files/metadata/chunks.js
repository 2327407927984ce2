// PNG is a list of chunks, each with its length, its type and, after the data, a checksum of both
// (PNG, third edition, chapter 5).

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

const checksum = (bytes) => {
  let value = -1
  for (const byte of bytes) value = table[(value ^ byte) & 0xff] ^ (value >>> 8)
  return ~value >>> 0
}

export const pngChunk = (type, data) => {
  const bytes = new Uint8Array(data.length + 12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set([...type].map((letter) => letter.charCodeAt()), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, checksum(bytes.subarray(4, 8 + data.length)))
  return bytes
}

export function* pngChunks(bytes) {
  const view = new DataView(bytes.buffer)
  for (let [at, type] = [8, '']; type !== 'IEND'; ) {
    const end = at + 8 + view.getUint32(at)
    const isDamaged = view.getUint32(end) !== checksum(bytes.subarray(at + 4, end))
    if (isDamaged) throw new RangeError('wrong checksum')
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    yield [type, bytes.subarray(at, end + 4)]
    at = end + 4
  }
}

// WebP is a list of chunks, each with its name and size, and a byte more if that is odd (RFC 9649).

const ascii = (bytes) => String.fromCharCode(...bytes.subarray(0, 4))

export function* webpChunks(bytes, from) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let [at, end] = [from, 0]; at < bytes.length; at = end) {
    const size = view.getUint32(at + 4, true)
    end = at + 8 + size + (size % 2)
    if (end > bytes.length) throw new RangeError('too long')
    const data = bytes.subarray(at + 8, at + 8 + size)
    yield [ascii(bytes.subarray(at)), bytes.subarray(at, end), data]
  }
}

export const webpChunk = (name, data) => {
  const bytes = new Uint8Array(8 + data.length + (data.length % 2))
  bytes.set([...name].map((letter) => letter.charCodeAt()))
  new DataView(bytes.buffer).setUint32(4, data.length, true)
  bytes.set(data, 8)
  return bytes
}
