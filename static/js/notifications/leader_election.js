// Lets one window of the browser alert the user. Each window draws a lot, and the lowest wins. The
// window that the user looks at draws the lowest of all, and is silent. A pause follows each alert.

const PAUSE = 1000 // ms: enough for the lots of the others, or to hear that a window has shown it
const REST = 3000 // ms
const windows = new BroadcastChannel('attention')
const own = Math.random()
let [count, lowest] = [0, Infinity]
let timer, end
const isLookedAt = () => document.visibilityState === 'visible' && document.hasFocus()
// A window without a click may not play sounds, so it prefers the others.
const lot = () => (isLookedAt() ? 0 : own + (navigator.userActivation?.hasBeenActive ? 1 : 2))

const note = windows.onmessage = ({ data }) => {
  if (data > lowest) return
  lowest = data
  clearTimeout(end)
  end = setTimeout(() => { lowest = Infinity }, REST)
}

const alertUser = async () => {
  note({ data: 0 })
  windows.postMessage(0)
  // Another window may have changed the settings.
  await htmx.ajax('GET', '/attention/', '#attention').catch(() => {})
  const { chosen, sound, notifying } = document.querySelector('.attention').dataset
  if (chosen.includes('notification')) (await import(notifying)).show(chosen.includes('words'))
  if (chosen.includes('sound')) (await import(sound)).play()
}

document.addEventListener('unread-counted', ({ detail }) => {
  const before = count
  count = detail
  if (count <= before) return
  windows.postMessage(lot())
  timer ??= setTimeout(() => {
    timer = undefined
    if (!isLookedAt() && lot() < lowest && count > before) alertUser()
  }, PAUSE)
})
