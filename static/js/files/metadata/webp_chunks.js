// WebP is a list of chunks, each with its name and size, and a byte more if that is odd (RFC 9649).

const ascii = (bytes) => String.fromCharCode(...bytes.subarray(0, 4))

export function* chunks(bytes, from) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let [at, end] = [from, 0]; at < bytes.length; at = end) {
    const size = view.getUint32(at + 4, true)
    end = at + 8 + size + (size % 2)
    if (end > bytes.length) throw new RangeError('too long')
    const data = bytes.subarray(at + 8, at + 8 + size)
    yield [ascii(bytes.subarray(at)), bytes.subarray(at, end), data]
  }
}

export const chunk = (name, data) => {
  const bytes = new Uint8Array(8 + data.length + (data.length % 2))
  bytes.set([...name].map((letter) => letter.charCodeAt()))
  new DataView(bytes.buffer).setUint32(4, data.length, true)
  bytes.set(data, 8)
  return bytes
}
