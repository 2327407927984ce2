// JPEG is a list of segments, each with a marker and its length. The data of a scan follows its
// header and ends at the next marker (ITU-T T.81, annex B).

const [EOI, SOS] = [0xd9, 0xda]

const endOfScan = (bytes, from) => {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]
    if (next && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at // no zero, no restart
  }
  throw new RangeError('no end')
}

export default function* (bytes) {
  const view = new DataView(bytes.buffer)
  for (let at = 2, end; ; at = end) {
    while (view.getUint16(at) === 0xffff) at += 1
    const marker = view.getUint16(at) - 0xff00
    if (marker === EOI) return
    end = at + 2 + Math.max(2, view.getUint16(at + 2))
    if (end > bytes.length) throw new RangeError('too long')
    if (marker === SOS) end = endOfScan(bytes, end)
    yield [marker, bytes.subarray(at, end)]
  }
}
