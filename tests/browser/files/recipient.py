"""A recipient's page that accepts a file, and confirms as many chunks as a test wants."""

import base64

from tests.browser.conftest import Somebody, becomes

# Confirm `wanted` chunks, by default all.
ACCEPT = """([name, wanted]) => {
  const message = [...document.querySelectorAll('.message--theirs')].findLast(
    (each) => each.querySelector('.message__text').textContent === name)
  const { size, kind, digest } = message.querySelector('.file').dataset
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/files/`)
  const transfer = window.transfer = {
    socket, wanted, chunks: [], numbers: [], have: 0, heard: [], code: 0,
  }
  const tell = (frame) => socket.send(JSON.stringify(frame))
  const { conversation } = message.closest('.pane').dataset
  const { proof } = message.querySelector('time').dataset
  transfer.confirm = () => {
    const numbers = transfer.numbers.slice(0, transfer.wanted)
    if (numbers.length > transfer.have) tell({ type: 'have', number: numbers.at(-1) })
    transfer.have = numbers.length
  }
  transfer.report = () => document.dispatchEvent(new CustomEvent('frame', { detail: {
    type: 'received', conversation, message: message.id.replace('message-', ''), proof,
  } }))
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => tell({
    type: 'receive', conversation, message: message.id.replace('message-', ''), proof,
    size: Number(size), kind, digest,
  })
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) {
      transfer.chunks.push(new Uint8Array(data, 4))
      transfer.numbers.push(new DataView(data).getUint32(0))
    } else {
      const { type } = JSON.parse(data)
      transfer.heard.push(type)
      if (type === 'start') Object.assign(transfer, { chunks: [], numbers: [], have: 0 })
      if (type === 'whole' && !transfer.isSilent) transfer.report()
    }
    transfer.confirm()
  }
  socket.onclose = ({ code }) => { transfer.code = code }
}"""
BYTES = """async () => {
  const bytes = new Uint8Array(await new Blob(window.transfer.chunks).arrayBuffer())
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}"""


def accepts(person: Somebody, name: str, chunks: int = 1_000) -> None:
    person.hears(name)
    person.page.evaluate(ACCEPT, [name, chunks])


def confirms(person: Somebody, chunks: int = 1_000) -> None:
    person.page.evaluate("(n) => { window.transfer.wanted = n; window.transfer.confirm() }", chunks)


def has(person: Somebody, data: bytes) -> None:
    """Wait until the page has exactly these bytes."""
    becomes(lambda: base64.b64decode(person.page.evaluate(BYTES)) == data, True)


def is_told(person: Somebody, *words: str) -> None:
    becomes(lambda: tuple(person.page.evaluate("window.transfer.heard")), words)


def is_closed(person: Somebody, code: int) -> None:
    becomes(lambda: person.page.evaluate("window.transfer.code"), code)
