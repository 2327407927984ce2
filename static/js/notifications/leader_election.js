// Elects one window of the browser to alert the user. Each window draws a number, and the lowest
// wins. The window that the user looks at draws 0 and stays silent. A pause follows each alert.

const PAUSE = 2000 // ms: enough to receive the numbers of other windows, or word of an alert, and
// for a message to be read in a window on another device
const REST = 3000 // ms
const windows = new BroadcastChannel('attention')
const own = Math.random()
let [count, lowest] = [0, Infinity]
let timer, end
const isLookedAt = () => document.visibilityState === 'visible' && document.hasFocus()
// A window that has had no click may not play sounds, so it lets others win.
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
  if (count < before) timer = clearTimeout(timer) // the user is reading, maybe on another device
  if (count <= before) return
  windows.postMessage(lot())
  timer ??= setTimeout(() => {
    timer = undefined
    if (!isLookedAt() && lot() < lowest && count > before) alertUser()
  }, PAUSE)
})
