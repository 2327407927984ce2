// Constants and functions that sending and receiving pages share (messaging/files/).

export const CHUNK = 65_536 // bytes
export const SILENCE = 30_000 // ms without a frame, after which a connection counts as dead
export const RESUME = 1_000 * document.body.dataset.resume // ms that a page waits for the other one

// Returns a socket that says first what it is for.
export const connect = (frame) => {
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/files/`)
  socket.addEventListener('open', () => socket.send(JSON.stringify(frame)))
  return socket
}

// Resolves with the SHA-256, or with '' on the plain-http addresses of a local network, where
// crypto.subtle is missing and the server alone can compute it.
export const digestOf = async (bytes) => {
  if (!crypto.subtle) return ''
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

// Returns whether a request is for what was offered. Requests for more than that would use up the
// sender's rate limit.
export const isOffered = ({ dataset: { message, size, digest } }) => {
  const offer = document.querySelector(`#message-${message} .file`)?.dataset
  return offer?.size === size && offer.digest === digest
}

// Tells the page that this one sends others first. Else it would take this one for closed.
export const postpone = (token) => connect({ type: 'wait', token }) // and the server closes it
