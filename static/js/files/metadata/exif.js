// Only the orientation is needed from EXIF, which has the structure of TIFF 6.0.

const ORIENTATION = 0x0112
const SHORT = 3

const orientationIn = (tiff) => {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length)
  const isLittle = view.getUint16(0) === 0x4949
  if (!isLittle && view.getUint16(0) !== 0x4d4d) return
  const start = view.getUint32(4, isLittle) + 2
  const end = start + 12 * view.getUint16(start - 2, isLittle)
  for (let at = start; at < end; at += 12) {
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue
    return view.getUint16(at + 2, isLittle) === SHORT && view.getUint16(at + 8, isLittle)
  }
}

// Returns nothing if it is missing or damaged, or if the picture is upright anyway.
export const orientationAlone = (tiff) => {
  let orientation
  try {
    orientation = orientationIn(tiff)
  } catch {
    return // an offset beyond the end
  }
  if (!(orientation > 1 && orientation <= 8)) return
  const entry = [ORIENTATION >> 8, ORIENTATION & 0xff, 0, SHORT, 0, 0, 0, 1, 0, orientation, 0, 0]
  return new Uint8Array([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0])
}
