// The list of shortcuts. A key alone can be pressed by mistake, above all by who speaks to the machine: it can be put off.

const dialog = document.getElementById('shortcuts')
let opener

export default (from) => {
  if (dialog.open) return
  opener = from.closest('[popover]') ? document.querySelector('.me__name') : from
  document.querySelector('[popover]:popover-open')?.hidePopover()
  dialog.showModal()
}

dialog.addEventListener('change', ({ target }) => { document.body.toggleAttribute('data-quiet', target.checked) })
dialog.addEventListener('close', () => opener.focus())
