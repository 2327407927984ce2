// Plays two soft notes. They are synthesised here, so the policy need not allow audio files.

const NOTES = [[587.33, 0], [880, 0.11]] // frequency in Hz, start in seconds
const LENGTH = 0.6 // seconds
let context

const playNote = ([frequency, delay]) => {
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

// Returns whether the sound was audible. Browsers mute a page without a click, but do not say so.
export const play = async () => {
  context ??= new AudioContext()
  await Promise.race([context.resume(), new Promise((done) => { setTimeout(done, 500) })])
  if (context.state !== 'running') return false
  NOTES.map(playNote).at(-1).onended = () => context.suspend()
  return true
}
