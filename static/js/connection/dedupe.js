// Nothing is on the page twice: what is about to be appended under an id that is there already is left out.
// #elsewhere is where a broadcast lands that concerns nothing on this page; it stays empty.

document.addEventListener('htmx:oobBeforeSwap', (event) => {
  const { target, fragment } = event.detail
  if (target.id === 'elsewhere') event.detail.shouldSwap = false
  for (const thing of [...fragment.children]) {
    const present = thing.id && document.getElementById(thing.id)
    if (present && present !== target) thing.remove()
  }
})
