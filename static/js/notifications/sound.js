// Two soft notes, made here: there is no file to fetch, and no policy to open for one.

const NOTES = [[587.33, 0], [880, 0.11]] // Hz, and when, in seconds
const LENGTH = 0.6

let context

const sing = ([frequency, delay]) => {
  const start = context.currentTime + delay
  const tone = new OscillatorNode(context, { frequency })
  const volume = new GainNode(context, { gain: 0 })
  volume.gain.setValueAtTime(0, start)
  volume.gain.linearRampToValueAtTime(0.12, start + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH)
  tone.connect(volume).connect(context.destination)
  tone.start(start)
  tone.stop(start + LENGTH)
  return tone
}

// Whether it sounded. A page in which nobody has clicked yet is kept silent by the browser, and is not told so.
export const play = async () => {
  context ??= new AudioContext()
  await Promise.race([context.resume(), new Promise((done) => { setTimeout(done, 500) })])
  if (context.state !== 'running') return false
  NOTES.map(sing).at(-1).onended = () => context.suspend()
  return true
}
