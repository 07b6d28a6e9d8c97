import { type Entity, fileNameOf } from '../part/entity.ts'

/** Cryptography that is recognised; nothing is decrypted or verified here. */
export interface Protection {
  readonly kind: 'smime' | 'pgp'
  readonly signed: boolean
  readonly encrypted: boolean
  /** PGP armour in the text itself instead of a structure of parts. */
  readonly inline: boolean
}

/** S/MIME (RFC 8551) and PGP/MIME (RFC 3156), by the outermost part that says so. */
export function protectionOf(root: Entity): Protection | null {
  let entity: Entity | undefined = root
  for (let depth = 0; entity !== undefined && depth < depthMax; depth++) {
    const found = ofEntity(entity)
    if (found !== null) return found
    // A mailing list wraps a signed message in a multipart/mixed to add its footer.
    entity = entity.type.startsWith('multipart/') ? entity.children[0] : undefined
  }
  return null
}

const depthMax = 4

function ofEntity(entity: Entity): Protection | null {
  if (entity.type.startsWith('text/')) return null
  const protocol = entity.parameters.get('protocol')?.toLowerCase() ?? ''
  const firstTypes = entity.children.map(child => child.type)
  if (entity.type === 'multipart/signed') {
    const isPgp = protocol.includes('pgp') || firstTypes.includes('application/pgp-signature')
    return { kind: isPgp ? 'pgp' : 'smime', signed: true, encrypted: false, inline: false }
  }
  if (entity.type === 'multipart/encrypted') return { kind: 'pgp', signed: false, encrypted: true, inline: false }
  if (/^application\/(?:x-)?pkcs7-mime$/.test(entity.type)) {
    const type = entity.parameters.get('smime-type')?.toLowerCase() ?? ''
    const isSigned = type === 'signed-data' || (type === '' && /\.p7s$/i.test(fileNameOf(entity) ?? ''))
    return { kind: 'smime', signed: isSigned, encrypted: !isSigned && type !== 'certs-only', inline: false }
  }
  return null
}

const armour = /^-----BEGIN PGP (SIGNED )?MESSAGE-----[ \t\r]*$/m

export function inlinePgp(text: string): Protection | null {
  if (!text.includes('-----BEGIN PGP ')) return null
  const match = armour.exec(text)
  if (match === null) return null
  const signed = match[1] !== undefined
  return { kind: 'pgp', signed, encrypted: !signed, inline: true }
}

/** Signatures and keys of a protected message: parts of the wrapping, no files. */
export function isWrapping(type: string): boolean {
  return /^application\/(?:pgp-(?:signature|encrypted|keys)|(?:x-)?pkcs7-signature)$/.test(type)
}

export function isTnef(entity: Entity): boolean {
  if (!entity.type.startsWith('application/')) return false
  if (/^application\/(?:vnd\.)?ms-tnef$/.test(entity.type)) return true
  return /^winmail\.dat$/i.test(fileNameOf(entity) ?? '')
}
