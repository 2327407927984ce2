// Receives a file. Begins again after each interruption, for as long as a message waits.

import attempt from './download.js'

const RESUME = 1_000 * document.body.dataset.resume // ms
const BUSY = 5_000 // ms

const pause = (ms, stop) => new Promise((done) => {
  setTimeout(done, ms)
  stop.addEventListener('abort', done, { once: true })
})
const delay = (tries) => Math.min(4_000, 500 * 2 ** tries) * (0.5 + Math.random() / 2)

// crypto.subtle is missing on plain-http addresses of a local network. There, only the server can
// compute the digest.
const isIntact = async (bytes, digest) => {
  if (!digest || !crypto.subtle) return true
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('') === digest
}

// Tells each state of the card. Resolves with the bytes, or with nothing if it ends without them.
export default async (frame, tell, stop) => {
  let [since, tries] = [performance.now(), 0]
  const tellProgress = (...state) => {
    [since, tries] = [performance.now(), 0]
    tell(...state)
  }
  for (;;) {
    const [state, detail] = await attempt(frame, tellProgress, stop)
    if (state === 'whole') return await isIntact(detail, frame.digest) ? detail : tell('failed')
    const isTrying = ['interrupted', 'busy'].includes(state)
    if (!isTrying) return tell(state, detail)
    if (performance.now() - since > RESUME) return tell('failed', detail)
    tell('interrupted', detail)
    await pause(state === 'busy' ? BUSY : delay(tries), stop)
    if (stop.aborted) return tell('offered')
    tries += 1
  }
}
