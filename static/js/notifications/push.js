// Turns notifications without a page on and off. The browser asks for permission only after a
// click. While they are on, each page sends the subscription again.

import { obstacle, renew, subscribe, unsubscribe } from './subscription.js'
import watch from './waiting.js'

const place = document.getElementById('push')
const part = (selector) => place.querySelector(selector)
const say = (name) => part('[role=status]').replaceChildren(
  part(`[data-words="${name}"]`).content.cloneNode(true))
const isOn = () => part('.switch').matches('[aria-checked=true]')
const load = () => htmx.ajax('GET', '/push/switch/', '#push')
const post = (path, values) =>
  htmx.ajax('POST', path, { source: '#push-switch', target: '#push', values }).catch(() => {})

const register = async (getSubscription) => {
  const { key } = part('.push').dataset
  const { endpoint } = await getSubscription(key)
  await post(part('.switch').dataset.subscribe, { endpoint, key })
  if (isOn()) return say('on')
  await unsubscribe()
  if (part('[data-refused]')) return // with words from the server
  await load() // the key may be a former one
  say('refused')
}

const turnOn = async () => {
  say('busy')
  const permission = await Notification.requestPermission()
  if (permission === 'granted') await register(subscribe).catch(() => say('failed'))
  else say(permission)
}

const turnOff = async () => {
  await unsubscribe().catch(() => {})
  await post(part('.switch').dataset.stop, {})
  if (isOn()) say('refused')
}

let running, isRenewed
const run = (task) => { running ??= task().finally(() => { running = undefined }) }

export const show = () => run(async () => {
  await load()
  if (obstacle()) return say(obstacle())
  if (!isOn()) return unsubscribe() // a former user of this browser may have subscribed
  say('on')
  if (!isRenewed) await register(renew).catch(() => say('failed'))
  isRenewed = true
})

place.addEventListener('click', ({ target }) => {
  if (!target.closest('.switch')) return
  if (!isOn() && obstacle()) say(obstacle())
  else run(isOn() ? turnOff : turnOn)
})
watch()
