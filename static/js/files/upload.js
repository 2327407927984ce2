// Sends one file over a separate WebSocket. Reads each chunk once the server has room for it.

import { CHUNK, connect, SILENCE } from './protocol.js'

const TOLD = { stopped: 'stop', unreadable: 'gone' } // to the recipient

const read = async (blob, number) => {
  const bytes = await blob.slice(number * CHUNK, (number + 1) * CHUNK).arrayBuffer()
  const frame = new Uint8Array(4 + bytes.byteLength)
  new DataView(frame.buffer).setUint32(0, number)
  frame.set(new Uint8Array(bytes), 4)
  return frame
}

// Reports the fraction that the other page has confirmed, from 0 to 1, and finally the result: a
// close code, 'unreadable', 'silent' or 'stopped', and the server's reason. Returns a function that
// stops it.
export default (blob, token, { told, ended }) => {
  const [socket, total] = [connect({ type: 'send', token }), Math.ceil(blob.size / CHUNK)]
  const put = (data) => socket.readyState === 1 && socket.send(data)
  const tell = (frame) => put(JSON.stringify(frame))
  let [next, until, reason, isReading, timer] = [0, 0, '']

  const end = (how) => {
    if (how in TOLD) tell({ type: TOLD[how] })
    clearTimeout(timer)
    socket.onmessage = socket.onclose = null
    socket.close()
    ended(how, reason)
  }
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(end, SILENCE, 'silent') // a browser notices a dead connection much later
  }
  const send = async () => {
    if (isReading) return
    isReading = true
    try {
      while (next < Math.min(until, total)) put(await read(blob, next++))
    } catch {
      if (socket.onclose) end('unreadable')
    }
    isReading = false
  }

  socket.onclose = ({ code }) => end(code)
  socket.onmessage = ({ data }) => {
    wait()
    const frame = JSON.parse(data)
    if (frame.type === 'refused') reason = frame.reason
    if (frame.type !== 'credit') return
    until = frame.until
    told(frame.have / total)
    send()
  }
  wait()
  return () => end('stopped')
}
