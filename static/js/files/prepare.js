// Prepares a file to be offered: removes what tells about its author from a picture, and computes
// the digest of the rest.

import clean from './metadata/clean.js'

// crypto.subtle is missing on plain-http addresses of a local network, where the server does this.
const digestOf = async (blob) => {
  if (!crypto.subtle) return ''
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()))
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

// Rejects if the file cannot be read.
export default async (file) => {
  await file.slice(0, 1).arrayBuffer()
  const { blob, kind, cleaned } = await clean(file)
  return { blob, kind, cleaned, digest: await digestOf(blob) }
}
