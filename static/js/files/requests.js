// Tells the page that wants a file that this one sends others first. Else it would take this page
// for closed.

const ADDRESS = `${location.origin.replace('http', 'ws')}/ws/files/`

export default (token) => { // and the server closes it
  const socket = new WebSocket(ADDRESS)
  socket.onopen = () => socket.send(JSON.stringify({ type: 'wait', token }))
}
