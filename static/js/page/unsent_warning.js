// What has not been sent yet would be lost with the page: the browser asks before it leaves.

const isUnsent = () => document.querySelector('.outbox > .message, .message:has(.state--waiting, .state--unknown)') ||
  [...document.querySelectorAll('.composer__text')].some((field) => field.value.trim())

const isSentAway = () => document.querySelector('meta[http-equiv="refresh"]')

addEventListener('beforeunload', (event) => {
  if (isUnsent() && !isSentAway()) event.preventDefault()
})
