// Receives the bytes of one file over a separate WebSocket.

import { CHUNK, connect, RESUME, SILENCE } from './protocol.js'

const STALLED = 5_000 // ms
const STATES = { 4404: 'gone', 4411: 'stopped', 4430: 'busy' } // by close code (close_codes.py)
for (const code of [4401, 4403, 4410, 4422]) STATES[code] = 'failed'

// Resolves with the state that follows, and either the bytes or the reason in the server's words.
// `begins` tells that the file begins, and returns whether it may.
export default (frame, begins, tell, stop) => new Promise((resolve) => {
  const socket = Object.assign(connect(frame), { binaryType: 'arraybuffer' })
  const open = new AbortController()
  const send = (detail) => socket.readyState === 1 && socket.send(JSON.stringify(detail))
  let [bytes, count, reason, heard, timer] = [new Uint8Array(), 0, '']

  const end = (state, detail = reason) => {
    open.abort()
    clearTimeout(timer)
    socket.close(1000)
    resolve([state, detail])
  }
  const wait = (ms) => {
    heard = performance.now()
    clearTimeout(timer)
    timer = setTimeout(end, ms, 'interrupted')
  }
  const add = (number, chunk) => {
    const got = CHUNK * count + chunk.length
    if (got > bytes.length) return end('failed')
    bytes.set(chunk, CHUNK * count)
    count += 1
    send({ type: 'have', number }) // which was random
    tell('receiving', got / bytes.length)
  }
  const read = ({ type, reason: words }) => {
    if (type === 'start') [bytes, count] = [new Uint8Array(frame.size), 0]
    if (type === 'start' && !begins()) end('given-up')
    if (type === 'interrupted') tell(type)
    if (type === 'refused') reason = words
    if (type === 'whole') end(count === Math.ceil(frame.size / CHUNK) ? 'whole' : 'failed', bytes)
  }
  socket.onopen = () => wait(RESUME + SILENCE)
  socket.onmessage = ({ data }) => {
    wait(count ? SILENCE : RESUME + SILENCE)
    if (typeof data === 'string') read(JSON.parse(data))
    else add(new DataView(data).getUint32(0), new Uint8Array(data, 4))
  }
  socket.onclose = ({ code }) => end(STATES[code] ?? 'interrupted')
  wait(SILENCE)
  stop.addEventListener('abort', () => {
    send({ type: 'stop' })
    end('offered')
  }, open)
  // The page has reconnected (resend.js), so this connection may be dead too.
  document.addEventListener('answered', () => {
    if (performance.now() - heard > STALLED) end('interrupted')
  }, open)
})
