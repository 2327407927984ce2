// Receives a file. Begins again after each interruption, for as long as a message waits, but not
// forever: something may cut every connection before the file is through.

import attempt from './download.js'
import { digestOf, RESUME } from './protocol.js'

const BUSY = 5_000 // ms
const MOST = 10 // beginnings

const pause = (ms, stop) => new Promise((done) => {
  setTimeout(done, ms)
  stop.addEventListener('abort', done, { once: true })
})
const delay = (tries) => Math.min(4_000, 500 * 2 ** tries) * (0.5 + Math.random() / 2)

const isIntact = async (bytes, digest) => {
  const own = digest && await digestOf(bytes)
  return !own || own === digest
}

// Reports each state of the card. Resolves with the bytes, or with nothing if the transfer failed.
export default async (frame, tell, stop) => {
  let [since, tries, beginnings] = [performance.now(), 0, 0]
  const tellProgress = (...state) => {
    [since, tries] = [performance.now(), 0]
    tell(...state)
  }
  const begins = () => {
    tellProgress('receiving', 0)
    return ++beginnings <= MOST
  }
  for (;;) {
    const [state, detail] = await attempt(frame, begins, tellProgress, stop)
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
