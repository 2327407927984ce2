// GIF is a header, then images and extensions, whose data is in blocks of at most 255 bytes.
// The GIF89a specification describes them; the extension that repeats is Netscape's.

const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b]
const [PLAIN_TEXT, CONTROL, COMMENT, APPLICATION] = [0x01, 0xf9, 0xfe, 0xff]
const REPEATS = ['NETSCAPE2.0', 'ANIMEXTS1.0']

const colours = (flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

const endOfBlocks = (view, at) => {
  for (let size; (size = view.getUint8(at)); at += size + 1);
  return at + 1
}

const isNeeded = (part) => {
  const [, label, size] = part
  const isRepeat = size === 11 && REPEATS.includes(String.fromCharCode(...part.subarray(3, 14)))
  const needed = label === CONTROL ? 8 : label === APPLICATION && isRepeat ? 19 : 0
  const isKnown = [PLAIN_TEXT, CONTROL, COMMENT, APPLICATION].includes(label)
  if (!isKnown || (needed && needed !== part.length)) throw new RangeError('unknown')
  return needed
}

export default function* (bytes) {
  const view = new DataView(bytes.buffer)
  let at = 13 + colours(view.getUint8(10))
  yield bytes.subarray(0, at)
  for (let end; view.getUint8(at) !== TRAILER; at = end) {
    const start = view.getUint8(at)
    if (start === IMAGE) end = endOfBlocks(view, at + 11 + colours(view.getUint8(at + 9)))
    else if (start === EXTENSION) end = endOfBlocks(view, at + 2)
    else throw new RangeError('unknown')
    if (start === IMAGE || isNeeded(bytes.subarray(at, end))) yield bytes.subarray(at, end)
  }
  yield bytes.subarray(at, at + 1)
}
