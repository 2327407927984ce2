// A colour profile may name its author, a device and its serial number. Its colour data stays in
// place, because the picture would look wrong without it. The rest is overwritten with zeros.
// ICC.1:2022 describes header, tags and types.

const HEADER = 128
const TAG = 12
const MAX_TAGS = 100
const UNNEEDED = [
  [4, 8], // CMM
  [24, 36], // date
  [40, 44], // platform
  [48, 64], // manufacturer, model, attributes
  [80, HEADER], // creator, hash
]
const COLOURS = new Set([
  ...['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC', 'kTRC', 'wtpt', 'bkpt', 'chad', 'cicp'],
  ...['A2B0', 'A2B1', 'A2B2', 'B2A0', 'B2A1', 'B2A2'],
])
const REQUIRED = new Set(['desc', 'cprt'])

const ascii = (bytes, at) => String.fromCharCode(...bytes.subarray(at, at + 4))

// Description and copyright, which every profile must have.
const writeEmptyText = (data, result) => {
  const type = ascii(data, 0)
  const view = new DataView(result.buffer, result.byteOffset, result.length)
  if (!['desc', 'mluc', 'text'].includes(type)) throw new RangeError(type)
  result.set(data.subarray(0, 4))
  if (type === 'desc') view.setUint32(8, 1) // length, with the final NUL
  if (type === 'mluc') view.setUint32(12, TAG) // size of a record, of which there is none
}

export default (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const result = new Uint8Array(bytes.length)
  const count = view.getUint32(HEADER)
  const endOfTags = HEADER + 4 + TAG * count
  if (ascii(bytes, 36) !== 'acsp' || count > MAX_TAGS) throw new RangeError()
  result.set(bytes.subarray(0, HEADER))
  for (const [start, end] of UNNEEDED) result.fill(0, start, end)
  let kept = 0
  for (let at = HEADER + 4; at < endOfTags; at += TAG) {
    const start = view.getUint32(at + 4)
    const end = start + view.getUint32(at + 8)
    if (start < endOfTags || end > bytes.length) throw new RangeError()
    const name = ascii(bytes, at)
    const data = bytes.subarray(start, end)
    if (COLOURS.has(name)) result.set(data, start)
    else if (REQUIRED.has(name)) writeEmptyText(data, result.subarray(start, end))
    else continue
    result.set(bytes.subarray(at, at + TAG), HEADER + 4 + TAG * kept++)
  }
  new DataView(result.buffer).setUint32(HEADER, kept)
  return result
}
