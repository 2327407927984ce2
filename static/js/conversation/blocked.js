// To somebody who is blocked one cannot write. The focus goes on to what takes the place of what is gone.

const isLost = () => document.activeElement === document.body ||
  document.activeElement.closest('.menu, .composer, .pane__blocked')

for (const state of ['online', 'offline', 'blocked']) {
  document.addEventListener(`presence-${state}`, (event) => {
    if (!event.target.matches('.pane__presence')) return
    const pane = event.target.closest('.pane')
    const isBlocked = state === 'blocked'
    const fields = pane.querySelectorAll('.composer > :is(textarea, button)')
    if (fields[0].disabled === isBlocked) return
    const wanted = pane.matches(':target') && isLost() && (isBlocked ? pane.querySelector('.pane__blocked button') : fields[0])
    for (const field of fields) field.disabled = isBlocked
    if (wanted) wanted.focus()
  })
}

// What was chosen in a menu is done: it does not stay open over what comes of it.
document.addEventListener('submit', ({ submitter }) => submitter?.closest('.menu')?.hidePopover())
