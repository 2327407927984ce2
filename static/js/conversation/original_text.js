// What was written is kept beside the text on the screen, which a translation or an extension may change: it is read
// here before it is shown. What is sent, changed, quoted or reported is `written`, never what the screen says.

document.addEventListener('htmx:oobBeforeSwap', ({ detail: { fragment } }) => {
  for (const text of fragment.querySelectorAll('.message__text')) text.written = text.textContent
})
