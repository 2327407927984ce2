// Handles the requests of pages that want a file of this one.

const ADDRESS = `${location.origin.replace('http', 'ws')}/ws/files/`

// Returns whether a request is for what was offered. A page that asks for more than there is would
// use up what this person may send.
export const isOffered = ({ dataset: { message, size, digest } }) => {
  const offer = document.querySelector(`#message-${message} .file`)?.dataset
  return offer?.size === size && offer.digest === digest
}

// Tells the page that this one sends others first. Else it would take this one for closed.
export const postpone = (token) => { // and the server closes it
  const socket = new WebSocket(ADDRESS)
  socket.onopen = () => socket.send(JSON.stringify({ type: 'wait', token }))
}
