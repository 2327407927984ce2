// The switches for sound and notification. The browser is asked on the click on the switch, and at no other time; what
// it refuses is said as it is.

const place = document.getElementById('attention')

const note = (about) => {
  const words = place.querySelector(`[data-words="${about}"]`).content.cloneNode(true)
  place.querySelector('.field__error').replaceChildren(words)
}

const permission = () => window.Notification?.permission ?? 'missing'

export const ask = async ({ issueRequest }) => {
  await window.Notification?.requestPermission()
  if (permission() === 'granted') issueRequest()
  else note(permission())
}

// After each time that they were drawn. Who has just turned the sound on hears it once.
export const drawn = async ({ requestConfig }) => {
  const { chosen, sound, announcing } = place.firstElementChild.dataset
  if (chosen) import(announcing)
  if (chosen.includes('notification') && permission() !== 'granted') note(permission())
  if (requestConfig.elt.id !== 'sign-sound' || !chosen.includes('sound')) return
  const { play } = await import(sound)
  if (!await play().catch(() => false)) note('silent')
}
