"""Decode and draw pictures in a page."""

PLAIN = """async (side) => {
  const canvas = new OffscreenCanvas(side, side)
  const context = canvas.getContext('2d')
  const draw = (colour) => {
    context.fillStyle = colour
    context.fillRect(0, 0, side, side)
    context.fillStyle = 'rgb(0 200 40)'
    context.fillRect(0, 0, side / 2, side / 4)
  }
  const made = async (colour, type, quality) => {
    draw(colour)
    const blob = await canvas.convertToBlob({ type: `image/${type}`, quality })
    return new Uint8Array(await blob.arrayBuffer()).toBase64()
  }
  return {
    jpeg: await made('rgb(200 30 60)', 'jpeg', 0.8),
    png: await made('rgb(200 30 60)', 'png'),
    lossy: await made('rgb(200 30 60)', 'webp', 0.8),
    lossless: await made('rgb(200 30 60)', 'webp', 1),
    second: await made('rgb(20 30 160)', 'webp', 1),
  }
}"""
# `looks` returns each frame's duration and pixels, as decoded and as drawn by a page.
SETUP = """() => {
  const canvas = new OffscreenCanvas(1, 1)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const pixels = async (image, width, height) => {
    Object.assign(canvas, { width, height })
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, width, height)
    return `${width}x${height} ${new Uint8Array(data).toBase64()}`
  }
  window.drawn = async (blob) => {
    const bitmap = await createImageBitmap(blob).catch(() => null)
    return bitmap && pixels(bitmap, bitmap.width, bitmap.height)
  }
  window.framesOf = async (blob, type) => {
    const decoder = new ImageDecoder({ data: await blob.arrayBuffer(), type })
    await Promise.all([decoder.tracks.ready, decoder.completed])
    const { frameCount, repetitionCount } = decoder.tracks.selectedTrack
    const seen = [repetitionCount]
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex += 1) {
      const { image } = await decoder.decode({ frameIndex })
      seen.push(image.duration, await pixels(image, image.displayWidth, image.displayHeight))
      image.close()
    }
    return seen
  }
  window.fileOf = (text) => new File([Uint8Array.fromBase64(text)], 'holiday.jpg')
}"""
CLEANED = """async (text) => {
  const file = fileOf(text)
  const { blob, kind, cleaned } = await clean(file)
  const seen = async (one) => [await drawn(one), await framesOf(one, blob.type)]
  const bytes = new Uint8Array(await blob.arrayBuffer()).toBase64()
  const [before, after] = [await seen(file), await seen(blob)]
  return { kind, cleaned, type: blob.type, bytes, before, after }
}"""
# Truncates a picture at each place, or changes a byte there. Lists the places after which it is
# neither left unchanged (as no picture) nor drawn as before.
DAMAGED = """async ([text, changes, isCut]) => {
  const whole = new Uint8Array(await fileOf(text).arrayBuffer())
  const wrong = []
  for (const [at, value] of changes) {
    const bytes = isCut ? whole.slice(0, at) : whole.with(at, value)
    const file = new File([bytes], 'holiday.jpg')
    const { blob, kind, cleaned } = await clean(file)
    const isSame = kind ? !isCut && (await drawn(blob)) === (await drawn(file)) : blob === file
    if (!isSame || (!kind && cleaned)) wrong.push([at, value])
  }
  return wrong
}"""
