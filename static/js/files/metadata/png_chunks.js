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

export const chunk = (type, data) => {
  const bytes = new Uint8Array(data.length + 12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set([...type].map((letter) => letter.charCodeAt()), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, checksum(bytes.subarray(4, 8 + data.length)))
  return bytes
}

export function* chunks(bytes) {
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
