// A fragment that has no place in this page was not shown and must not be confirmed. The page does not fit the server:
// it connects anew without a version, to which the server answers in words and lets the page go.

document.addEventListener('htmx:oobErrorNoTarget', () => {
  document.getElementById('version').value = ''
  document.dispatchEvent(new Event('reconnect'))
})
