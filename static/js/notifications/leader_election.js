// All windows of a browser hear of what has come. Each draws a lot, and the one with the lowest calls; one that somebody
// is looking at draws the lowest of all, and is silent. So is everybody for a while after a call.

const PAUSE = 1000 // ms: enough for the lots of the others, and for the word that another window has shown it
const REST = 3000 // ms
const windows = new BroadcastChannel('attention')
const own = Math.random()
let [count, lowest] = [0, Infinity]
let timer, end
const isLookedAt = () => document.visibilityState === 'visible' && document.hasFocus()
// A window in which nobody has done anything yet may not sound: it leaves it to the others.
const lot = () => (isLookedAt() ? 0 : own + (navigator.userActivation?.hasBeenActive ? 1 : 2))

const note = windows.onmessage = ({ data }) => {
  if (data > lowest) return
  lowest = data
  clearTimeout(end)
  end = setTimeout(() => { lowest = Infinity }, REST)
}

const call = async () => {
  note({ data: 0 })
  windows.postMessage(0)
  // It may have been changed in another window.
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
    if (!isLookedAt() && lot() < lowest && count > before) call()
  }, PAUSE)
})
